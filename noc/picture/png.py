"""A frame as PNG: the SVG drawn by resvg with the bundled font and no other, so every machine makes the same picture."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import ExitStack
from functools import cache
from importlib.resources import as_file, files

import resvg_py

from noc.picture.cells import with_cells
from noc.picture.frame import Frame
from noc.picture.svg import FONT_FAMILY, render

SCALES = (1, 2, 3, 4)
_FACES = ("JetBrainsMono-Regular.ttf", "JetBrainsMono-Bold.ttf", "JetBrainsMono-Italic.ttf")


def to_png(frame: Frame, scale: int = 1) -> bytes:
    """The frame as PNG, 9 x 18 pixels a cell times ``scale`` (1 to 4), its cells kept in it (picture.cells).

    A character the bundled font lacks (CJK, emoji) is an empty frame of its width. Raises ValueError for another scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(map(str, SCALES))}, not {scale}")
    folder = files("noc.picture") / "font"
    with ExitStack() as stack:
        fonts = [str(stack.enter_context(as_file(folder / face))) for face in _FACES]
        picture: bytes = resvg_py.svg_to_bytes(
            svg_string=render(frame, has_glyph),
            zoom=scale,
            skip_system_fonts=True,
            font_files=fonts,
            font_family=FONT_FAMILY,
            monospace_family=FONT_FAMILY,
        )
    return with_cells(picture, frame)


def has_glyph(char: str) -> bool:
    """Whether the bundled font covers a cell's first character (marks on it are not asked)."""
    starts, ends = _coverage()
    index = bisect_right(starts, ord(char[0])) - 1
    return index >= 0 and ord(char[0]) <= ends[index]


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """First and last code points of the spans the font covers, from the list its subset tool wrote."""
    text = (files("noc.picture") / "font" / "coverage.txt").read_text(encoding="ascii")
    spans = [line.split("-") for line in text.split()]
    return [int(first, 16) for first, _ in spans], [int(last, 16) for _, last in spans]
