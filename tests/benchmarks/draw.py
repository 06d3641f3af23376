"""Drawing: a wall of twelve cards with charts onto the glass, against plotext drawing the same series at the same sizes.

noc's side is the whole way from series to terminal cells: cards, states, legends, axes, the comparison with what is on
the glass, the strips of the rows that differ. plotext's side is its figure built to text, without any card.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import plotext

from noc.charts.canvas import Canvas, Ink
from noc.ui.cards import draw_card
from noc.ui.compat import changed_spans, strip_of
from noc.ui.panels.data import PanelData
from tests.benchmarks.figures import Baseline, Figure, Report, Spread
from tests.ui.given import NOW, PALETTE, panel

COLUMNS, ROWS = 60, 20
ACROSS, DOWN = 4, 3
LINES, POINTS, STEP = 3, 241, 15.0
REPEATS = 15
FRAMES = 4  # redraws of one repeat


def points(card: int, line: int, frame: int) -> list[tuple[float, float]]:
    """One hour at 15 s that has moved on by ``frame`` points; the same course for both sides."""
    start = NOW - (POINTS - 1) * STEP
    return [
        (
            start + number * STEP,
            50 + 30 * math.sin((number + frame) / 17 + card) + 8 * math.sin((number + frame) * (line + 1)),
        )
        for number in range(POINTS)
    ]


Frame = list[list[list[tuple[float, float]]]]
"""Points by card and line."""


def frames(count: int) -> list[Frame]:
    return [
        [[points(card, line, frame) for line in range(LINES)] for card in range(ACROSS * DOWN)]
        for frame in range(count)
    ]


def cards(frame: Frame) -> list[PanelData]:
    return [
        panel(
            {"kind": "timeseries", "title": f"Chart {number}", "query": f"m{number}", "unit": "reqps"},
            [({"instance": f"app-{line:02d}"}, course) for line, course in enumerate(lines)],
            step=STEP,
        )
        for number, lines in enumerate(frame)
    ]


@dataclass
class Glass:
    """The cells on the terminal and the strips of their rows, without a terminal."""

    canvas: Canvas

    def paint(self, x: int, y: int, part: Canvas) -> int:
        """As the real glass does; returns how many rows had to be made anew."""
        spans = changed_spans(self.canvas, part, x, y)
        self.canvas.blit(x, y, part)
        return len({span.y for span in spans})

    def strips(self) -> None:
        for y in range(self.canvas.height):
            strip_of(self.canvas, y, PALETTE.text, PALETTE.background)


def drawn(wall: list[PanelData], glass: Glass) -> None:
    for number, data in enumerate(wall):
        x, y = number % ACROSS * COLUMNS, number // ACROSS * ROWS
        glass.paint(x, y, draw_card(data, COLUMNS, ROWS))
    glass.strips()


def plotted(frame: Frame) -> None:
    """The same series by plotext: a figure of the same size a card, braille lines, legend, title, built to text."""
    for number, lines in enumerate(frame):
        figure = plotext.figure
        figure.clear()
        figure.plot_size(COLUMNS, ROWS)
        figure.title(f"Chart {number}")
        for course in lines:
            signal = figure.signal([at for at, _ in course], [value for _, value in course], marker="braille")
            signal.lines(True)
            figure.draw(signal)
        str(figure.build())


def seconds(work: Callable[[int], None]) -> float:
    """Processor seconds of one redraw."""
    began = time.process_time()
    for number in range(FRAMES):
        work(number)
    return (time.process_time() - began) / FRAMES


def run() -> Report:
    courses = frames(FRAMES)
    walls = [cards(frame) for frame in courses]
    glass = Glass(Canvas(ACROSS * COLUMNS, DOWN * ROWS, Ink(PALETTE.text, PALETTE.background)))
    pairs = [  # in turn, so that a busy machine is busy for both
        (seconds(lambda number: drawn(walls[number], glass)), seconds(lambda number: plotted(courses[number])))
        for _ in range(REPEATS + 1)
    ][1:]
    ours_spread, theirs_spread = (Spread.of(side).scaled(1000) for side in zip(*pairs, strict=True))
    return Report(
        "draw",
        f"{ACROSS * DOWN} cards of {COLUMNS}x{ROWS} with {LINES} lines of {POINTS} points, all data new",
        (
            Figure(
                "processor time of a redraw",
                ours_spread.middle,
                "ms",
                gain=10,
                baseline=Baseline("plotext", theirs_spread.middle),
                spread=ours_spread,
            ),
        ),
        (f"plotext's min/median/max: {theirs_spread} ms",),
    )
