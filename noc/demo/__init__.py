"""The embedded world: a seeded gateway, its servers and its exporter."""

import os

# numpy's linear algebra starts a thread for each processor and joins them when the process ends, which now and then never
# returns on a loaded machine (seen with OpenBLAS: a closed window left its process behind). The demo has no use for them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
