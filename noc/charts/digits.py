"""Numbers a person reads from five metres away, the unit small beside their foot."""

from __future__ import annotations

from typing import Literal

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset
from noc.charts.glyphs import pixels, strokes
from noc.model.text import clean
from noc.model.text import width as cells

_HALVES = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}


def draw_digits(
    number: str,
    suffix: str,
    ink: Ink,
    charset: Charset = UNICODE,
    *,
    height: Literal[3, 5] = 3,
    width: int | None = None,
    suffix_ink: Ink | None = None,
) -> Canvas | None:
    """``number`` in large digits, ``suffix`` small beside its foot, in a canvas just as wide as both.

    None when that is wider than ``width``, or when a character has no large shape: the caller then writes plain text.
    ASCII digits have three rows always.
    """
    scale = 2 if height == 5 else 1
    shapes = [_shape(char, scale) if charset.braille else strokes(char) for char in number]
    if not shapes or None in shapes:
        return None
    rows = [
        (" " * scale).join(shape[row] for shape in shapes if shape) for row in range(height if charset.braille else 3)
    ]
    small = clean(suffix, 40)
    wide = len(rows[0]) + (1 + cells(small) if small else 0)
    if width is not None and wide > width:
        return None
    canvas = Canvas(wide, len(rows))
    for y, row in enumerate(rows):
        for x, char in enumerate(row):
            if char != " ":
                canvas.put(x, y, char, ink)
    if small:
        canvas.put(len(rows[0]) + 1, canvas.height - 1, small, suffix_ink or ink)
    return canvas


def _shape(char: str, scale: int) -> list[str] | None:
    """Rows of half blocks: two pixels a cell, every pixel ``scale`` times as wide and as high."""
    small = pixels(char)
    if small is None:
        return None
    large = ["".join(pixel * scale for pixel in row) for row in small for _ in range(scale)]
    if len(large) % 2:
        large.append("." * len(large[0]))
    return ["".join(map(_pair, upper, lower)) for upper, lower in zip(large[::2], large[1::2], strict=True)]


def _pair(upper: str, lower: str) -> str:
    return _HALVES[upper + lower]
