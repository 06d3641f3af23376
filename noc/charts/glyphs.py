"""The shapes of large characters: five rows of pixels for block terminals, seven strokes for ASCII ones."""

from __future__ import annotations

ROWS = 5

PIXELS: dict[str, str] = {
    "0": "### #.# #.# #.# ###",
    "1": "##. .#. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ".": ". . . . #",
    ",": ". . . # #",
    ":": ". # . # .",
    " ": ". . . . .",
    "-": "... ... ### ... ...",
    "–": "... ... ### ... ...",
    "+": "... .#. ### .#. ...",
    "±": ".#. ### .#. ... ###",
    "%": "#..# ...# .##. #... #..#",
    "/": "..# ..# .#. #.. #..",
    "×": "... #.# .#. #.# ...",
    "∞": "....... .##.##. #..#..# .##.##. .......",
    "°": "## ## .. .. ..",
    "e": "... ### ### #.. ###",
    "k": "#.. #.# ##. #.# #.#",
    "M": "#...# ##.## #.#.# #...# #...#",
    "G": "#### #... #.## #..# ####",
    "T": "### .#. .#. .#. .#.",
    "B": "##. #.# ##. #.# ##.",
    "P": "### #.# ### #.. #..",
    "E": "### #.. ##. #.. ###",
    "K": "#.# #.# ##. #.# #.#",
    "N": "#..# ##.# #.## #..# #..#",
    "a": "... ### .## #.# ###",
    "d": "..# ..# ### #.# ###",
    "h": "#.. #.. ### #.# #.#",
    "m": "..... ..... ##### #.#.# #.#.#",
    "s": "... .## #.. .## ##.",
    "i": "# . # # #",
    "n": "... ... ### #.# #.#",
    "w": "..... ..... #.#.# #.#.# #####",
    "y": "... #.# ### ..# ##.",
}
"""Rows from the top; ``s`` and its like stand for the letters of durations (2m 10s)."""

_STROKES = {
    "0": "abcdef",
    "1": "bc",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "5": "afgcd",
    "6": "afgedc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
    "-": "g",
    "–": "g",
}
_PLACES = {
    "a": (0, 1, "_"),
    "f": (1, 0, "|"),
    "g": (1, 1, "_"),
    "b": (1, 2, "|"),
    "e": (2, 0, "|"),
    "d": (2, 1, "_"),
    "c": (2, 2, "|"),
}


def pixels(char: str) -> list[str] | None:
    """Rows of ``#`` and ``.`` of a character, None when it has no shape."""
    shape = PIXELS.get(char)
    return shape.split() if shape else None


def strokes(char: str) -> list[str] | None:
    """The same in three rows of ``_`` and ``|``."""
    if char in ".,: ":
        return [" ", "." if char == ":" else " ", " " if char == " " else "." if char != "," else ","]
    if char not in _STROKES:
        return None
    rows = [[" "] * 3 for _ in range(3)]
    for stroke in _STROKES[char]:
        row, column, glyph = _PLACES[stroke]
        rows[row][column] = glyph
    return ["".join(row) for row in rows]
