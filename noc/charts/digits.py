"""Numbers a person reads from five metres away, the unit small beside their foot."""

from __future__ import annotations

from noc.charts.blocks import draw_dots, joined, magnified
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset
from noc.charts.glyphs import pixels, strokes
from noc.model.text import clean
from noc.model.text import width as cells

HEIGHTS = (15, 13, 10, 8, 5, 3)
"""Rows digits can be high, the tallest first: one to six times the smallest."""
_PLAIN_HEIGHTS = (15, 10, 5, 3)
"""The same without half blocks."""


def draw_digits(
    number: str,
    suffix: str,
    ink: Ink,
    charset: Charset = UNICODE,
    *,
    height: int = 3,
    width: int | None = None,
    suffix_ink: Ink | None = None,
) -> Canvas | None:
    """``number`` in large digits, ``suffix`` small beside its foot, in a canvas just as wide as both.

    ``height`` is one of ``HEIGHTS``. None when it is wider than ``width``, when a character has no large shape (the
    caller then writes plain text), or for a height that ASCII does not have.
    """
    large = _large(number, ink, charset, height)
    if large is None:
        return None
    small = clean(suffix, 40)
    wide = large.width + (1 + cells(small) if small else 0)
    if width is not None and wide > width:
        return None
    canvas = Canvas(wide, large.height)
    canvas.blit(0, 0, large)
    if small:
        canvas.put(large.width + 1, canvas.height - 1, small, suffix_ink or ink)
    return canvas


def tallest_digits(
    number: str,
    suffix: str,
    ink: Ink,
    charset: Charset = UNICODE,
    *,
    width: int,
    height: int,
    suffix_ink: Ink | None = None,
) -> Canvas | None:
    """The digits as tall as fit into ``width`` by ``height`` cells; None where not even the smallest do."""
    for rows in HEIGHTS:
        if rows <= height:
            drawn = draw_digits(number, suffix, ink, charset, height=rows, width=width, suffix_ink=suffix_ink)
            if drawn is not None:
                return drawn
    return None


def _large(number: str, ink: Ink, charset: Charset, height: int) -> Canvas | None:
    """The number alone: half blocks, a dot two columns wide in ASCII, seven strokes where that is three rows high."""
    if not number or height not in (HEIGHTS if charset.braille else _PLAIN_HEIGHTS):
        return None
    if height == 3 and not charset.braille:
        return _stroked(number, ink)
    found = [pixels(char) for char in number]
    shapes = [shape for shape in found if shape is not None]
    if len(shapes) < len(found):
        return None
    scale = height * 2 // 5
    across, stroke = (scale, scale) if charset.braille else (scale, scale // 2)
    return draw_dots(joined([magnified(shape, across, stroke, stroke) for shape in shapes], across), ink, charset)


def _stroked(number: str, ink: Ink) -> Canvas | None:
    found = [strokes(char) for char in number]
    shapes = [shape for shape in found if shape is not None]
    if len(shapes) < len(found):
        return None
    canvas = Canvas(sum(len(shape[0]) + 1 for shape in shapes) - 1, 3)
    x = 0
    for shape in shapes:
        for y, row in enumerate(shape):
            for dx, char in enumerate(row):
                if char != " ":
                    canvas.put(x + dx, y, char, ink)
        x += len(shape[0]) + 1
    return canvas
