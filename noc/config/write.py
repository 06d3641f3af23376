"""Files written whole: a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: str | bytes, *, mode: int = 0o600, parents: bool = True) -> None:
    """Write beside the target and rename over it. OSError.

    Missing directories are made for the owner alone, unless ``parents`` is False: then they are an error.
    """
    if parents:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    data = data.encode() if isinstance(data, str) else data
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
