"""A state as a word one reads from five metres: capitals of three by five dots, two dots a cell high."""

from __future__ import annotations

from noc.charts.blocks import draw_dots, joined, magnified, rows_of
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset
from noc.charts.glyphs import pixels

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

LARGEST = 6
"""Times the smallest letters."""


def word_size(text: str, scale: int = 1, between: int | None = None, charset: Charset = UNICODE) -> tuple[int, int]:
    """Cells of a word: columns and rows. ``between`` are the dots between two strokes, ``scale`` by default."""
    across = scale if charset.braille else 2 * scale
    columns = sum((len(shape[0]) + 1) * across for char in text if (shape := _shape(char))) - across
    return max(0, columns), rows_of(3 * scale + 2 * (between or scale), charset)


def fitting(text: str, width: int, height: int, charset: Charset = UNICODE) -> tuple[int, int] | None:
    """Scale and dots between two strokes of the largest word that fits; None where not even the smallest does."""
    for scale in range(LARGEST, 0, -1):
        for between in range(scale + scale // 2, scale - 1, -1):
            columns, rows = word_size(text, scale, between, charset)
            if columns <= width and rows <= height:
                return scale, between
    return None


def draw_word(text: str, ink: Ink, width: int, height: int, charset: Charset = UNICODE) -> Canvas | None:
    """The word as large as the room allows; None where not even the smallest fits, or when a character has no shape.

    Where it is the width that ends a word's growth, it still grows upwards, from twice the smallest on, with strokes as thick as before.
    """
    shapes = [shape for char in text if (shape := _shape(char))]
    found = fitting(text, width, height, charset)
    if not shapes or len(shapes) < len(text) or found is None:
        return None
    scale, between = found
    across = scale if charset.braille else 2 * scale
    dots = joined([magnified(shape, across, scale, between) for shape in shapes], across)
    return draw_dots(dots, ink, charset)


def spelt(text: str) -> str:
    """A text in the capitals there are; the empty string when it has a character that has no shape."""
    capitals = text.upper()
    return capitals if capitals and all(_shape(char) for char in capitals) else ""


def _shape(char: str) -> list[str] | None:
    """Rows of ``#`` and ``.``: a capital, else a digit or a sign as numbers have them."""
    letter = _FONT.get(char)
    return [row.replace(" ", ".") for row in letter] if letter else pixels(char)
