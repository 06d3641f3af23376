"""One row of a bar in eighths of a cell, with or without a track, and marks across it."""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset

Mark = tuple[float, str]
"""Position 0-1 along the bar and ``#rrggbb``."""


def draw_meter(
    canvas: Canvas,
    x: int,
    y: int,
    width: int,
    reach: tuple[float, float],
    colour: str,
    ground: str,
    charset: Charset,
    *,
    track: str | None = None,
    marks: Sequence[Mark] = (),
) -> None:
    """A bar between two positions 0-1 of ``width`` cells; ``ground`` is what it stands on, ``track`` colours the rest.

    A bar that is not empty shows at least one eighth.
    """
    first, last = (round(min(1.0, max(0.0, position)) * width * 8) for position in sorted(reach))
    if first == last and reach[0] != reach[1]:
        first, last = (first, last + 1) if last < width * 8 else (first - 1, last)
    for column in range(width):
        begin, end = max(0, first - column * 8), min(8, last - column * 8)
        glyph, ink = _cell(begin, end, colour, track or ground, charset)
        if glyph == " " and track:
            glyph, ink = (" ", Ink(bg=track)) if charset.braille else (charset.track, Ink(fg=track))
        if glyph != " " or ink.bg:
            canvas.put(x + column, y, glyph, ink)
    for position, mark in marks:
        column = min(width - 1, int(position * width))
        if 0 <= position <= 1 and width > 0:
            _draw_mark(canvas, x + column, y, mark, colour, covered=first <= column * 8 + 4 < last, charset=charset)


def _cell(begin: int, end: int, colour: str, ground: str, charset: Charset) -> tuple[str, Ink]:
    """The glyph for the filled eighths of one cell; a bar that ends leftwards is drawn as its own hole."""
    if end <= begin:
        return " ", Ink()
    if not charset.braille:
        return ("#" if end - begin >= 4 or begin == 0 else " "), Ink(fg=colour)
    if begin == 0:
        return charset.growing[end], Ink(fg=colour, bg=None if end == 8 else ground)
    if end == 8:
        return charset.growing[begin], Ink(fg=ground, bg=colour)
    return ("▐" if begin >= 4 else "▌"), Ink(fg=colour, bg=ground)


def _draw_mark(canvas: Canvas, x: int, y: int, mark: str, colour: str, *, covered: bool, charset: Charset) -> None:
    if not (0 <= x < canvas.width and 0 <= y < canvas.height):
        return
    under = canvas.inks[y][x]
    ink = under._replace(fg=mark, bg=colour if covered and charset.braille else under.bg, bold=True)
    canvas.put(x, y, charset.upright, ink)
