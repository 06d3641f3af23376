"""What each bundled layout writes to its terminal: at rest (its quietest seconds: the clock ticks) and when it refreshes.

The walls stand on one demo's servers in a process of their own, a few at a time, in terminals of 200x55.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import mean

from noc.config.paths import bundled
from tests.benchmarks import terminal
from tests.benchmarks.figures import Figure, Report, Spread

WARM = 20.0  # seconds that do not count: first pictures, late answers
TOGETHER = 4
NAMES = ("prometheus", "loki", "alertmanager")


def layouts() -> list[str]:
    return sorted(path.stem for path in bundled("layouts").glob("*.yaml"))


def seconds_of(program: terminal.Terminal, since: float, until: float) -> list[int]:
    """Bytes that came in each whole second."""
    out = [0] * int(until - since)
    for at, data in list(program.chunks):
        if since <= at < since + len(out):
            out[int(at - since)] += len(data)
    return out


def watched(names: Sequence[str], flags: Sequence[str], seconds: float) -> dict[str, list[int]]:
    """Bytes a second of walls that stand beside one another."""
    with ExitStack() as stack:
        walls = {}
        for name in names:
            command = [sys.executable, "-m", "noc", "wall", name, *flags]
            walls[name] = stack.enter_context(terminal.opened(command, 200, 55))
        time.sleep(WARM + seconds)
        return {name: seconds_of(one, one.now() - seconds, one.now()) for name, one in walls.items()}


def run(seconds: float = 60.0) -> Report:
    """Every bundled layout for so many seconds."""
    serving = subprocess.Popen(
        [sys.executable, "-m", "noc", "demo", "--serve", "--scenario", "calm"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert serving.stdout is not None
        urls: dict[str, str] = {}
        while not set(NAMES) <= urls.keys():
            name, url = serving.stdout.readline().split()
            urls[name] = url
        flags = [part for name in NAMES for part in (f"--{name}", urls[name])]
        found: dict[str, list[int]] = {}
        names = layouts()
        for first in range(0, len(names), TOGETHER):
            found |= watched(names[first : first + TOGETHER], flags, seconds)
    finally:
        serving.kill()
        serving.wait()
    return Report("bytes", f"{seconds:g} s each at 200x55, calm", tuple(_figures(found)))


def _figures(found: dict[str, list[int]]) -> list[Figure]:
    out = []
    for name, course in found.items():
        quiet = sorted(course)[: max(1, len(course) // 4)]
        loud = sorted(course)[-max(1, len(course) // 10) :]
        out.append(Figure(f"{name}: on average", mean(course), "B/s", spread=Spread.of([float(one) for one in course])))
        out.append(Figure(f"{name}: at rest", mean(quiet), "B/s"))
        out.append(Figure(f"{name}: at refresh", mean(loud), "B/s"))
    return out
