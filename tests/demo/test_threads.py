"""The demo's arithmetic runs in no threads of its own: those of OpenBLAS kept ended walls alive now and then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads as Linux lists them")
def test_the_embedded_world_starts_no_thread_by_being_imported() -> None:
    code = "import os, noc.demo.world; print(len(os.listdir('/proc/self/task')))"
    environ = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
