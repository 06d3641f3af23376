"""A JSONL file of marks: read again when it changes, its end only, and never the reason that a chart fails."""

from __future__ import annotations

import os
from pathlib import Path

from noc.engine.marks import of_file
from noc.model.markers import Marker

BYTES = 1_000_000
LINES = 1000
"""How much of a file's end is read at most."""


class MarkFile:
    """``markers`` and ``notice`` are those of the last look; a file that is not there yet has neither.

    A deploy script appends a line to it: a last line without its end is left for the next look.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self._kind = kind
        self._seen: tuple[float, int, int] | None = None
        self.markers: tuple[Marker, ...] = ()
        self.notice = ""

    def look(self) -> bool:
        """Read the file if its time or size moved; whether anything is otherwise than before."""
        before = (self.markers, self.notice)
        try:
            stat = self.path.stat()
            seen = (stat.st_mtime, stat.st_size, stat.st_ino)
            if seen == self._seen:
                return False
            self._seen = seen
            self._read()
        except FileNotFoundError:
            self._seen, self.markers, self.notice = None, (), ""
        except OSError as error:
            self._seen, self.notice = None, f"{self.path.name}: {error.strerror or error}"
        return (self.markers, self.notice) != before

    def _read(self) -> None:
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            begin = max(0, size - BYTES)
            file.seek(begin)
            data = file.read(BYTES)
        if begin:  # the first line is cut
            data = data.partition(b"\n")[2]
        whole, end, rest = data.rpartition(b"\n")
        lines = (whole.split(b"\n") if end else []) + ([rest] if rest.rstrip().endswith(b"}") else [])
        kept = lines[-LINES:]
        first = 1 + len(lines) - len(kept)
        text = "\n".join(line.decode("utf-8", "replace") for line in kept)
        found, faults = of_file(text, self._kind, first)
        self.markers = tuple(found)
        more = f" (+{len(faults) - 1} more)" if len(faults) > 1 else ""
        where = "" if begin == 0 else " of those read"
        self.notice = f"{self.path.name}: {faults[0]}{where}{more}" if faults else ""
