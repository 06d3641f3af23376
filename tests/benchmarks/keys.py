"""From the press of a key to its paint: a hundred panels whose server hangs, through a real terminal.

The wall first gets its data; then the server answers nothing any more, panels grow stale and the requests pile up. What
the terminal received is replayed afterwards in an emulator, piece by piece: a key is painted with the first piece
after which the changed cells show what the key asked for.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte

from tests.benchmarks import bare, layouts, stub, terminal, wall
from tests.benchmarks.figures import Baseline, Figure, Report, Spread

PRESSES = 240
PANELS = 100
LIMIT = 80.0  # milliseconds, p99
SETTLE = 30.0  # seconds after which every panel is stale and every request waits
PAUSES = (0.24, 0.29, 0.35, 0.41)  # seconds between presses, so that they fall on any moment of a second

Shown = Callable[[pyte.Screen], object]
"""What of a screen a key changes: the cells to watch."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key that was sent, and when."""

    name: str
    at: float


INNER = 34  # presses of Tab that lead away from the edges of the grid

KEYS: tuple[tuple[str, bytes], ...] = (
    ("Tab", b"\t"),
    ("right", b"\x1b[C"),
    ("2", b"2"),
    ("down", b"\x1b[B"),
    ("left", b"\x1b[D"),
    ("1", b"1"),
    ("up", b"\x1b[A"),
    ("Shift+Tab", b"\x1b[Z"),
)
"""Focus and range, in a circle: every press changes cells."""


def marked(screen: pyte.Screen) -> object:
    """The cells of the focus mark, and the words of the window in the header."""
    edge = tuple((y, x) for y in range(screen.lines) for x, cell in screen.buffer[y].items() if cell.data == "▌")
    return edge, screen.display[0][: screen.columns // 2]


def counted(screen: pyte.Screen) -> object:
    """The bare application's counter."""
    return screen.display[1].rstrip()


def latencies(
    program: terminal.Terminal, presses: Sequence[Press], shown: Shown, columns: int, rows: int
) -> list[tuple[str, float | None]]:
    """Seconds from each press to the piece of output that changed what it should; None where nothing did."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    pieces = iter(list(program.chunks))
    piece = next(pieces, None)
    found: list[tuple[str, float | None]] = []
    for number, press in enumerate(presses):
        while piece is not None and piece[0] < press.at:
            stream.feed(piece[1])
            piece = next(pieces, None)
        before, after = shown(screen), None
        until = presses[number + 1].at if number + 1 < len(presses) else float("inf")
        while piece is not None and piece[0] < until:
            at, data = piece
            stream.feed(data)
            piece = next(pieces, None)
            if after is None and shown(screen) != before:
                after = at - press.at
        found.append((press.name, after))
    return found


def pressed(program: terminal.Terminal, keys: Sequence[tuple[str, bytes]], count: int) -> list[Press]:
    """Press the keys in turn, so many in all, each after the wall has come to rest, or after a second more."""
    out = []
    for number in range(count):
        name, data = keys[number % len(keys)]
        out.append(Press(name, program.press(data)))
        time.sleep(PAUSES[number % len(PAUSES)])
        program.quiet(0.04, 1.0)
    return out


def run(presses: int = PRESSES) -> Report:
    columns, rows = 240, 67
    with tempfile.TemporaryDirectory(prefix="noc-bench-") as name:
        layout = Path(name) / "crowd.yaml"
        layout.write_text(layouts.crowd(PANELS))
        with stub.running() as url, terminal.opened(wall.noc(layout, url), columns, rows) as program:
            program.wait_for(b"live", wall.PATIENCE)
            program.quiet(0.7, 10)
            stub.hang(url)
            time.sleep(SETTLE)
            pressed(program, KEYS[:1], INNER)
            sent = pressed(program, KEYS, presses)
            time.sleep(1)
            found = latencies(program, sent, marked, columns, rows)
    with terminal.opened(wall.bare_program(), columns, rows) as program:
        program.wait_for(bare.READY.encode(), wall.PATIENCE)
        time.sleep(1)
        floor = latencies(program, pressed(program, [("x", b"x")], presses // 2), counted, columns, rows)
    times = sorted(1000 * late for _, late in found if late is not None)
    base = sorted(1000 * late for _, late in floor if late is not None)
    lost = len(found) - len(times)
    return Report(
        "keys",
        f"{presses} presses, {PANELS} panels, the server hangs, 240x67",
        (
            _percentile("p50", 0.50, times, base, None),
            _percentile("p99", 0.99, times, base, LIMIT),
            Figure("never painted", lost, f"of {len(found)}", aim=0.5),
            *(
                Figure(f"p50 of {key}", Spread.of(some).middle, "ms", spread=Spread.of(some))
                for key, some in _by_key(found).items()
            ),
        ),
    )


def _by_key(found: Sequence[tuple[str, float | None]]) -> dict[str, list[float]]:
    out: dict[str, list[float]] = {}
    for name, late in found:
        if late is not None:
            out.setdefault(name, []).append(1000 * late)
    return out


def _percentile(name: str, share: float, times: list[float], base: list[float], aim: float | None) -> Figure:
    at, floor = (some[min(len(some) - 1, int(share * len(some)))] for some in (times, base))
    return Figure(
        f"press to paint, {name}", at, "ms", aim=aim, baseline=Baseline("bare Textual", floor), spread=Spread.of(times)
    )
