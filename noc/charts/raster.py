"""A raster of dots, two by four in a cell of braille, or one in a cell of ASCII, with one ink a cell.

Dots are drawn as upright stretches, one per dot column: a noisy series costs as much as its columns, not as its
height. Later stretches take over the ink of the cells they touch.
"""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset

EMPTY = -1  # the top of a column that has no stretch

_SIDES = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
# [side][first][last]: the dots of one half of a cell from row first to row last
_SPANS = tuple(tuple(tuple(sum(side[first : last + 1]) for last in range(4)) for first in range(4)) for side in _SIDES)
_BRAILLE = tuple(chr(0x2800 + bits) for bits in range(256))


def dot(row: int) -> str:
    """The braille cell with one dot at its left side, in dot row 0-3: a dotted line, cell by cell."""
    return _BRAILLE[_SIDES[0][row]]


class Raster:
    """``width`` x ``height`` cells; ``columns`` x ``rows`` dots, row 0 on top."""

    __slots__ = ("_bits", "_inks", "_shape", "columns", "height", "rows", "width")

    def __init__(self, width: int, height: int, charset: Charset = UNICODE) -> None:
        self.width, self.height = max(0, width), max(0, height)
        self._shape = (2, 4) if charset.braille else (1, 1)
        self.columns, self.rows = self.width * self._shape[0], self.height * self._shape[1]
        self._bits = [0] * (self.columns * self.height)  # dot column by dot column
        self._inks: list[Ink | None] = [None] * (self.width * self.height)  # cell column by cell column

    def trace(self, tops: Sequence[int], bottoms: Sequence[int], ink: Ink) -> None:
        """One stretch a dot column from ``tops[x]`` to ``bottoms[x]``, both within the rows; EMPTY tops are skipped."""
        if not self._bits:
            return
        if self._shape == (1, 1):
            self._trace_cells(tops, bottoms, ink)
            return
        bits, inks, height = self._bits, self._inks, self.height
        for column in range(min(self.columns, len(tops))):
            top = tops[column]
            if top < 0:
                continue
            bottom = bottoms[column]
            spans = _SPANS[column & 1]
            at, cell = column * height, (column >> 1) * height
            first, last = top >> 2, bottom >> 2
            if first == last:
                bits[at + first] |= spans[top & 3][bottom & 3]
                inks[cell + first] = ink
                continue
            bits[at + first] |= spans[top & 3][3]
            bits[at + last] |= spans[0][bottom & 3]
            between = last - first - 1
            if between:
                bits[at + first + 1 : at + last] = [spans[0][3]] * between
            inks[cell + first : cell + last + 1] = [ink] * (between + 2)

    def _trace_cells(self, tops: Sequence[int], bottoms: Sequence[int], ink: Ink) -> None:
        for column in range(min(self.columns, len(tops))):
            for at in range(column * self.height + max(0, tops[column]), column * self.height + bottoms[column] + 1):
                if tops[column] >= 0:
                    self._bits[at], self._inks[at] = 1, ink

    def onto(self, canvas: Canvas, x: int, y: int, glyph: str = "*") -> None:
        """Put the cells that have dots onto the canvas; ``glyph`` stands for a dot where there is no braille."""
        height, wide, bits = self.height, self._shape[0], self._bits
        chars, inks = canvas.chars, canvas.inks
        top, bottom = max(0, -y), min(height, canvas.height - y)
        for column in range(max(0, -x), min(self.width, canvas.width - x)):
            left, across = column * wide * height, x + column
            right = left + (wide - 1) * height
            for row, ink in enumerate(self._inks[column * height + top : column * height + bottom], top):
                if ink is not None:
                    dots = bits[left + row] | bits[right + row]
                    chars[y + row][across] = _BRAILLE[dots] if wide == 2 else glyph
                    inks[y + row][across] = ink
