"""The wall's own sign of life: a file for the node exporter's textfile collector, so that a dead wall is an alert.

A screen nobody looks at cannot say that it froze. What it writes is read by the node exporter
(``--collector.textfile.directory``), scraped, and watched by :data:`RULES`. Only a wall whose event loop turns writes it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from noc.model.clock import Clock
from noc.model.text import clean

EVERY = 15.0
"""Seconds between two beats; a scrape interval, so that none is missed."""

RULES = """\
groups:
  - name: noc-wall
    rules:
      - alert: NocWallSilent
        expr: time() - noc_heartbeat_timestamp_seconds > 60
        for: 1m
        labels: {severity: high}
        annotations:
          summary: The wall on {{ $labels.instance }} has given no sign of life for {{ $value | humanizeDuration }}
      - alert: NocWallMissing
        expr: absent(noc_heartbeat_timestamp_seconds)
        for: 5m
        labels: {severity: high}
        annotations:
          summary: No node exporter reports the heartbeat of any wall
      - alert: NocWallLate
        expr: noc_paint_late_seconds > 10
        for: 2m
        labels: {severity: medium}
        annotations:
          summary: The wall on {{ $labels.instance }} paints {{ $value | humanizeDuration }} late
"""
"""Rules that watch the file; ``time()`` is the server's, so a wall whose clock is wrong is told as well."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What a wall says of itself. ``sources`` counts servers by state: ok, failing, waiting."""

    at: float
    paints: int = 0
    late: float = 0.0
    bytes_written: int = 0
    resident: int | None = None
    """Bytes of memory; None where the system does not say."""
    sources: Mapping[str, int] = field(default_factory=dict)
    version: str = ""
    layout: str = ""


STATES = ("ok", "failing", "waiting")


def exposition(beat: Beat) -> str:
    """The beat in Prometheus's text format (0.0.4)."""
    counted = [(f'{{state="{state}"}}', float(beat.sources.get(state, 0))) for state in STATES]
    families: list[tuple[str, str, str, list[tuple[str, float]]]] = [
        (
            "noc_heartbeat_timestamp_seconds",
            "gauge",
            "When the wall last gave this sign of life, in unix seconds.",
            [("", beat.at)],
        ),
        ("noc_up", "gauge", "1 while the wall runs; 0 once it was left in order.", [("", 1.0)]),
        ("noc_paints_total", "counter", "Pictures the terminal has taken.", [("", float(beat.paints))]),
        (
            "noc_paint_late_seconds",
            "gauge",
            "How late pictures were at the worst in the last ten seconds.",
            [("", beat.late)],
        ),
        ("noc_bytes_written_total", "counter", "Bytes the terminal has taken.", [("", float(beat.bytes_written))]),
        ("noc_sources", "gauge", "Servers the wall asks, by how their last answer was.", counted),
        ("noc_build_info", "gauge", "The version of the wall.", [(f'{{version="{_escaped(beat.version)}"}}', 1.0)]),
        ("noc_page_info", "gauge", "The layout on the glass.", [(f'{{layout="{_escaped(beat.layout)}"}}', 1.0)]),
    ]
    if beat.resident is not None:
        families.append(("noc_resident_bytes", "gauge", "Resident memory of the wall.", [("", float(beat.resident))]))
    lines = []
    for name, kind, words, samples in families:
        lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{labels} {value:.17g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def farewell(beat: Beat) -> str:
    """The last beat of a wall that was left in order: it is down, and says so."""
    return exposition(beat).replace("\nnoc_up 1\n", "\nnoc_up 0\n")


def _escaped(value: str) -> str:
    return clean(value, 200).replace("\\", "\\\\").replace('"', '\\"')


class Heartbeat:
    """Writes beats into ``path``. Needs a tick a second; what keeps it from writing is told once."""

    def __init__(self, path: Path, clock: Clock, every: float = EVERY) -> None:
        self.path = path
        self._clock = clock
        self._every = every
        self._wrote_at = float("-inf")
        self._told = ""

    @property
    def due(self) -> bool:
        """Whether the next beat is to be written now."""
        return self._clock.monotonic() - self._wrote_at >= self._every

    def write(self, text: str) -> str:
        """Write a beat; why it could not be written, once for each reason, else the empty string."""
        self._wrote_at = self._clock.monotonic()
        try:
            replaced(self.path, text)
        except OSError as error:
            words = f"the heartbeat cannot be written to {self.path}: {error.strerror}"
            new, self._told = words != self._told, words
            return clean(words, 300) if new else ""
        self._told = ""
        return ""


def replaced(path: Path, text: str) -> None:
    """Write beside the file and rename, for a collector that reads at any time. Not synced to the disk: the next beat comes
    in seconds, and a memory card must last. The name in between does not end in ``.prom``, which would be read. OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def resident(statm: Path = Path("/proc/self/statm")) -> int | None:
    """Resident memory of this process in bytes (proc_pid_statm(5)); None where there is no such file."""
    try:
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return None
