"""Shapes of dots as cells: half blocks, two dots a cell high, or ``#`` where a terminal has no blocks. Magnified without
losing their strokes' weight: what stands between two strokes may grow more than the strokes themselves."""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset

DOTS = 5
"""Rows of dots of every shape: strokes lie in the first, third and fifth."""

_HALVES = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}


def magnified(shape: Sequence[str], across: int, stroke: int, between: int) -> list[str]:
    """A shape of ``#`` and ``.`` in five rows, each dot ``across`` wide, strokes and what is between them so many high."""
    heights = [stroke if row % 2 == 0 else between for row in range(len(shape))]
    return [
        "".join(dot * across for dot in line)
        for line, height in zip(shape, heights, strict=True)
        for _ in range(height)
    ]


def joined(shapes: Sequence[Sequence[str]], gap: int) -> list[str]:
    """Shapes of equal height side by side, ``gap`` dots apart."""
    return [("." * gap).join(rows) for rows in zip(*shapes, strict=True)]


def rows_of(dots: int, charset: Charset) -> int:
    """Cells that so many rows of dots are high."""
    return (dots + 1) // 2 if charset.braille else dots


def draw_dots(dots: Sequence[str], ink: Ink, charset: Charset) -> Canvas:
    """A canvas just large enough, all of it in one ink: a row is one run."""
    lines = _paired(dots) if charset.braille else [line.replace(".", " ") for line in dots]
    canvas = Canvas(max(map(len, lines), default=0), len(lines), ink)
    for y, line in enumerate(lines):
        canvas.put(0, y, line, ink)
    return canvas


def _paired(dots: Sequence[str]) -> list[str]:
    """Rows of half blocks out of rows of dots."""
    lines = [*dots, "." * len(dots[0])] if len(dots) % 2 else list(dots)
    return [
        "".join(_HALVES[upper + lower] for upper, lower in zip(top, foot, strict=True))
        for top, foot in zip(lines[::2], lines[1::2], strict=True)
    ]
