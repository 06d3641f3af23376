"""The canvas: a rectangle of cells, each a character and its ink. Panels, dialogs and pictures are made of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len


@dataclass(frozen=True, slots=True)
class Ink:
    """How a cell is drawn; None inherits the ground it is put on. Colours are ``#rrggbb``."""

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
        """Write text from column x of row y; returns the column after it. Text must already be harmless (model/text)."""
        if not 0 <= y < self.height:
            return x + cell_len(text)
        chars, inks = self.chars[y], self.inks[y]
        for char in text:
            wide = 1 if char.isascii() else cell_len(char)
            if wide == 0:
                continue
            if x >= 0 and x + wide <= self.width:
                chars[x], inks[x] = char, ink
                if wide == 2:
                    chars[x + 1], inks[x + 1] = "", ink
            x += wide
        return x

    def fill(self, x: int, y: int, width: int, height: int, char: str = " ", ink: Ink = PLAIN) -> None:
        """Fill a rectangle with one narrow character."""
        for row in range(max(0, y), min(self.height, y + height)):
            for column in range(max(0, x), min(self.width, x + width)):
                self.chars[row][column], self.inks[row][column] = char, ink

    def blit(self, x: int, y: int, other: Canvas) -> None:
        """Copy another canvas onto this one at (x, y)."""
        for row in range(other.height):
            if not 0 <= y + row < self.height:
                continue
            for column in range(other.width):
                if 0 <= x + column < self.width:
                    self.chars[y + row][x + column] = other.chars[row][column]
                    self.inks[y + row][x + column] = other.inks[row][column]

    def runs(self, y: int) -> Iterator[tuple[str, Ink]]:
        """Row y as runs of equal ink, left to right."""
        chars, inks = self.chars[y], self.inks[y]
        start = 0
        for column in range(1, self.width + 1):
            if column == self.width or inks[column] != inks[start]:
                yield "".join(chars[start:column]), inks[start]
                start = column

    def text(self) -> str:
        """The characters alone, trailing blanks cut: what tests compare."""
        return "\n".join("".join(row).rstrip() for row in self.chars)
