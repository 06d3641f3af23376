"""A state as a word one reads from five metres: capitals of three by five dots, two dots a cell high."""

from __future__ import annotations

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset

_FONT: dict[str, tuple[str, ...]] = {
    "A": ("###", "# #", "###", "# #", "# #"),
    "B": ("## ", "# #", "## ", "# #", "## "),
    "C": ("###", "#  ", "#  ", "#  ", "###"),
    "D": ("## ", "# #", "# #", "# #", "## "),
    "E": ("###", "#  ", "## ", "#  ", "###"),
    "F": ("###", "#  ", "## ", "#  ", "#  "),
    "G": ("###", "#  ", "# #", "# #", "###"),
    "H": ("# #", "# #", "###", "# #", "# #"),
    "I": ("#", "#", "#", "#", "#"),
    "J": ("  #", "  #", "  #", "# #", "###"),
    "K": ("#  #", "# # ", "##  ", "# # ", "#  #"),
    "L": ("#  ", "#  ", "#  ", "#  ", "###"),
    "M": ("#   #", "## ##", "# # #", "#   #", "#   #"),
    "N": ("#  #", "## #", "# ##", "#  #", "#  #"),
    "O": ("###", "# #", "# #", "# #", "###"),
    "P": ("###", "# #", "###", "#  ", "#  "),
    "Q": ("####", "#  #", "#  #", "# ##", "####"),
    "R": ("###", "# #", "## ", "# #", "# #"),
    "S": ("###", "#  ", "###", "  #", "###"),
    "T": ("###", " # ", " # ", " # ", " # "),
    "U": ("# #", "# #", "# #", "# #", "###"),
    "V": ("# #", "# #", "# #", "# #", " # "),
    "W": ("#   #", "#   #", "# # #", "## ##", "#   #"),
    "X": ("# #", "# #", " # ", "# #", "# #"),
    "Y": ("# #", "# #", " # ", " # ", " # "),
    "Z": ("###", "  #", " # ", "#  ", "###"),
    "?": ("###", "  #", " ##", "   ", " # "),
    "-": ("  ", "  ", "##", "  ", "  "),
    " ": ("  ", "  ", "  ", "  ", "  "),
}

DOTS = 5
"""Dots a letter is high at scale 1."""


def word_size(text: str, scale: int = 1) -> tuple[int, int]:
    """Cells of a word: columns and rows."""
    columns = sum((len(_FONT[char][0]) + 1) * scale for char in text if char in _FONT) - scale
    return max(0, columns), (DOTS * scale + 1) // 2


def draw_word(text: str, ink: Ink, width: int, height: int, charset: Charset = UNICODE) -> Canvas | None:
    """The word as large as the room allows, up to three times; None where not even the smallest fits, or in ASCII."""
    if charset is not UNICODE or any(char not in _FONT for char in text):
        return None
    for scale in (3, 2, 1):
        columns, rows = word_size(text, scale)
        if columns <= width and rows <= height:
            return _drawn(text, ink, scale, columns, rows)
    return None


def _drawn(text: str, ink: Ink, scale: int, columns: int, rows: int) -> Canvas:
    dots = [[False] * columns for _ in range(rows * 2)]
    x = 0
    for char in text:
        shape = _FONT[char]
        for y, line in enumerate(shape):
            for dx, dot in enumerate(line):
                if dot == "#":
                    _square(dots, x + dx * scale, y * scale, scale)
        x += (len(shape[0]) + 1) * scale
    canvas = Canvas(columns, rows)
    for y in range(rows):
        line = "".join(_CELLS[upper, lower] for upper, lower in zip(dots[2 * y], dots[2 * y + 1], strict=True))
        canvas.put(0, y, line, ink)
    return canvas


def _square(dots: list[list[bool]], x: int, y: int, scale: int) -> None:
    for row in range(y, y + scale):
        for column in range(x, x + scale):
            dots[row][column] = True


_CELLS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
