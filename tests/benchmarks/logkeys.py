"""From the press of a key to its paint while a feed is flooded: 5,000 lines a second over a tail, through a real terminal.

The very same wall is measured twice in one run, first while its feed is silent, then in the flood; the log server is a
process of its own. How a painted key is found in what the terminal received: ``keys``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyte

from tests.benchmarks import terminal
from tests.benchmarks.figures import Baseline, Figure, Report, Spread
from tests.benchmarks.keys import LIMIT, PAUSES, Press, latencies
from tests.benchmarks.wall import PATIENCE
from tests.engine.lokiflood import flood
from tests.servers import free_port

RATE = 5000  # lines a second
PRESSES = 160
WARM = 5.0  # seconds of flood that do not count
LONGEST = 3600.0  # seconds of a tail
COLUMNS, ROWS = 160, 50

LAYOUT = """\
title: Flooded
range: 5m
grid: {columns: [3fr, 1fr], areas: [feed a, feed b, feed c, feed d]}
panels:
  feed: {kind: logs, title: Feed, follow: tail, query: '{app="shop"}'}
  a: {kind: text, title: A, text: one}
  b: {kind: text, title: B, text: two}
  c: {kind: text, title: C, text: three}
  d: {kind: text, title: D, text: four}
"""

KEYS: tuple[tuple[str, bytes], ...] = (("Tab", b"\t"), ("Tab", b"\t"), ("Tab", b"\t"), ("Shift+Tab", b"\x1b[Z"))
"""The focus moves with every press, over the feed too; no line gets the cursor, so that the feed goes on."""


def edge(screen: pyte.Screen) -> object:
    """Where the mark of the focus stands."""
    return tuple(line.find("▌") for line in screen.display)


def pressed(program: terminal.Terminal, count: int) -> list[Press]:
    """Press the keys in turn, so many in all, whatever the wall is doing."""
    out = []
    for number in range(count):
        name, data = KEYS[number % len(KEYS)]
        out.append(Press(name, program.press(data)))
        time.sleep(PAUSES[number % len(PAUSES)])
    return out


def run(presses: int = PRESSES) -> Report:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="noc-bench-") as name:
        layout = Path(name) / "flooded.yaml"
        layout.write_text(LAYOUT)
        main = "from noc.cli.main import main; main()"
        command = [sys.executable, "-c", main, str(layout), "--loki", f"http://127.0.0.1:{port}"]
        with (
            flood(port, RATE, RATE * 3600, LONGEST) as begin,
            terminal.opened(command, COLUMNS, ROWS) as program,
        ):
            if program.wait_for(b"quiet", PATIENCE) is None:
                raise RuntimeError("the wall shows no silent feed")
            time.sleep(1)
            calm_began, calm_cpu = program.now(), program.cpu()
            calm = pressed(program, presses)
            calm_share = (program.cpu() - calm_cpu) / (program.now() - calm_began)
            begin()
            time.sleep(WARM)
            began, cpu = program.now(), program.cpu()
            flooded = pressed(program, presses)
            share = (program.cpu() - cpu) / (program.now() - began)
            time.sleep(1)
            found = latencies(program, [*calm, *flooded], edge, COLUMNS, ROWS)
            memory = program.memory()
            rate = program.written(began) / (program.now() - began)
    before, after = found[:presses], found[presses:]
    base, times = (sorted(1000 * late for _, late in some if late is not None) for some in (before, after))
    return Report(
        "logkeys",
        f"{presses} presses with a silent feed, then {presses} at {RATE:,} lines a second over a tail, {COLUMNS}x{ROWS}",
        (
            _percentile("p50", 0.50, times, base, None),
            _percentile("p99", 0.99, times, base, LIMIT),
            Figure("never painted", presses - len(times), f"of {presses}", aim=0.5),
            Figure("share of a core", 100 * share, "%", baseline=Baseline("silent feed", 100 * calm_share)),
            Figure("to the terminal", rate, "B/s"),
            Figure("resident memory", memory, "MB"),
        ),
    )


def _percentile(name: str, share: float, times: Sequence[float], base: Sequence[float], aim: float | None) -> Figure:
    at, floor = (some[min(len(some) - 1, int(share * len(some)))] for some in (times, base))
    return Figure(
        f"press to paint, {name}", at, "ms", aim=aim, baseline=Baseline("silent feed", floor), spread=Spread.of(times)
    )
