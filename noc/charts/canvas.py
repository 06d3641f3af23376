"""The canvas: a rectangle of cells, each a character and its ink. Panels, dialogs and pictures are made of these."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len


class Ink(NamedTuple):
    """How a cell is drawn; None inherits the ground it is put on. Colours are ``#rrggbb``.

    A tuple, because every frame compares and hashes tens of thousands of them.
    """

    fg: str | None = None
    bg: str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN = Ink()


class Canvas:
    """``width`` x ``height`` cells. A wide character owns its cell and leaves the empty string in the next.

    Writing outside is clipped, never an error: a panel that shrinks must not break.
    """

    __slots__ = ("chars", "height", "inks", "width")

    def __init__(self, width: int, height: int, ink: Ink = PLAIN) -> None:
        self.width = max(0, width)
        self.height = max(0, height)
        self.chars: list[list[str]] = [[" "] * self.width for _ in range(self.height)]
        self.inks: list[list[Ink]] = [[ink] * self.width for _ in range(self.height)]

    def put(self, x: int, y: int, text: str, ink: Ink = PLAIN) -> int:
        """Write text from column x of row y; returns the column after it. Text must already be harmless (model/text).

        A character without width (an accent of its own) joins the one before it; one that does not fit whole is left out.
        """
        if not 0 <= y < self.height:
            return x + cell_len(text)
        chars, inks = self.chars[y], self.inks[y]
        first, end, before = self.width + 1, -1, -1  # the cells that are really written; the one an accent joins
        for char in text:
            wide = 1 if char.isascii() else cell_len(char)
            if wide == 0:
                if before >= 0:
                    chars[before] += char
                continue
            before = -1
            if x >= 0 and x + wide <= self.width:
                chars[x], inks[x], before = char, ink, x
                if wide == 2:
                    chars[x + 1], inks[x + 1] = "", ink
                first, end = min(first, x), x + wide
            x += wide
        self._mend(chars, first, end)
        return x

    def fill(self, x: int, y: int, width: int, height: int, char: str = " ", ink: Ink = PLAIN) -> None:
        """Fill a rectangle with one narrow character."""
        first, last = max(0, x), min(self.width, x + width)
        if first >= last:
            return
        for row in range(max(0, y), min(self.height, y + height)):
            self.chars[row][first:last] = [char] * (last - first)
            self.inks[row][first:last] = [ink] * (last - first)
            self._mend(self.chars[row], first, last)

    def blit(self, x: int, y: int, other: Canvas) -> None:
        """Copy another canvas onto this one at (x, y)."""
        first, last = max(0, x), min(self.width, x + other.width)
        if first >= last:
            return
        for row in range(max(0, -y), min(other.height, self.height - y)):
            self.chars[y + row][first:last] = other.chars[row][first - x : last - x]
            self.inks[y + row][first:last] = other.inks[row][first - x : last - x]
            self._mend(self.chars[y + row], first, last)

    def _mend(self, chars: list[str], first: int, last: int) -> None:
        """Blank the halves of wide characters that a write to ``first``..``last`` - 1 has left at its two edges."""
        for edge in (first, last):
            if not 0 <= edge <= self.width:
                continue
            cut = edge < self.width and not chars[edge]
            wide = edge > 0 and not chars[edge - 1].isascii() and cell_len(chars[edge - 1]) == 2
            if cut and not wide:
                chars[edge] = " "
            elif wide and not cut:
                chars[edge - 1] = " "

    def runs(self, y: int) -> Iterator[tuple[str, Ink]]:
        """Row y as runs of equal ink, left to right."""
        chars, start = self.chars[y], 0
        for ink, run in groupby(self.inks[y]):
            end = start + len(list(run))
            yield "".join(chars[start:end]), ink
            start = end

    def text(self) -> str:
        """The characters alone, trailing blanks cut: what tests compare."""
        return "\n".join("".join(row).rstrip() for row in self.chars)
