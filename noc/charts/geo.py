"""The map: land in quiet dots, a mark where something comes from, words beside the largest marks."""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

from noc.charts.canvas import Canvas, Ink
from noc.charts.centroids import centroids
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.land import COLUMNS, PACKED, ROWS
from noc.charts.projection import SPAN, place
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.text import clean, truncate
from noc.model.text import width as cells

ASPECT = 2 * SPAN
"""Cells of the map's width over those of its height: a cell is two dots wide and four high."""

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_LEAST, _LARGEST = 0.9, 40
"""Radius of the smallest mark in dots; the map's width in dots over the radius of the largest."""
_APART = 2.0
"""Dots between two discs."""
_QUIET = 0.8
"""How much of the faint colour the land has on its ground."""
_SMALL = 0.05
"""Amounts under which a mark is a point."""
_NAMED = 12
"""Marks with words at most: more is a table, and that stands beside the map."""
_GREAT, _COVERED = 0.4, 0.2
"""Amounts from which words may cover points, and under which points may be covered."""
_SIZES = "oO@"
"""Marks by their amount where there is no braille and no glyph of a severity."""

At = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """``country`` is an ISO 3166 code, ``amount`` 0-1 of the greatest, ``colour`` ``#rrggbb``; ``glyph`` stands in the
    middle (a severity's), ``words`` beside it where there is room."""

    country: str
    amount: float
    colour: str
    words: str
    glyph: str = ""
    chosen: bool = False


def draw_map(marks: Sequence[Mark], width: int, height: int, palette: Palette, charset: Charset = UNICODE) -> Canvas:
    """The whole map, stretched to the size; ``ASPECT`` keeps its shape. Marks come the greatest first, and of two in one
    cell the first is seen. A country without a place on the map (Antarctica) has no mark."""
    canvas = Canvas(width, height)
    quiet = Ink(fg=blend(palette.faint, palette.surface, _QUIET))
    for y, row in enumerate(_land(canvas.width, canvas.height, charset.braille)):
        for x, char in enumerate(row):
            if char != " ":
                canvas.chars[y][x], canvas.inks[y][x] = char, quiet
    placed = [(mark, spot) for mark in marks if (spot := _spot(mark.country, canvas.width, canvas.height)) is not None]
    radii = _radii(placed, canvas.width)
    discs = [
        _draw_disc(canvas, mark.colour, spot, radius, charset)
        for (mark, spot), radius in zip(placed, radii, strict=True)
    ]
    for mark, spot in reversed(placed):
        _draw_middle(canvas, mark, (int(spot[0]), int(spot[1])), palette, charset)
    _draw_words(canvas, placed, discs, palette)
    return spell(canvas, charset)


def _spot(country: str, width: int, height: int) -> tuple[float, float] | None:
    """Where a country's mark stands, in cells."""
    found = centroids().get(country)
    at = place(*found) if found is not None else None
    if at is None or not width or not height:
        return None
    return min(at[0] * width, width - 0.01), min(at[1] * height, height - 0.01)


# -- land


@cache
def _counts() -> list[list[int]]:
    """The bitmap as running sums: the dots of land in the first n of a row, each row with those above it."""
    raw, size = zlib.decompress(base64.b85decode(PACKED)), COLUMNS // 8
    sums, bits = [[0] * (COLUMNS + 1)], 0
    for row in range(ROWS):
        bits ^= int.from_bytes(raw[row * size : (row + 1) * size], "big")
        along = accumulate(map(int, f"{bits:0{COLUMNS}b}"), initial=0)
        sums.append([above + here for above, here in zip(sums[-1], along, strict=True)])
    return sums


@lru_cache(maxsize=16)
def _land(width: int, height: int, braille: bool) -> tuple[str, ...]:
    """Rows of cells; a dot is land where half of what it stands for is."""
    if not width or not height:
        return ()
    if not braille:
        return tuple("".join("." if dot else " " for dot in row) for row in _dots(width, height))
    dots = _dots(width * 2, height * 4)
    return tuple(
        "".join(
            chr(0x2800 + bits) if (bits := _bits(dots, x * 2, y * 4)) else " "  # a blank, not a cell of no dots
            for x in range(width)
        )
        for y in range(height)
    )


def _bits(dots: Sequence[Sequence[bool]], x: int, y: int) -> int:
    return sum(bit for row, pair in enumerate(_DOTS) for column, bit in enumerate(pair) if dots[y + row][x + column])


def _dots(columns: int, rows: int) -> list[list[bool]]:
    sums = _counts()
    xs, ys = _edges(columns, COLUMNS), _edges(rows, ROWS)
    out = []
    for top, bottom in ys:
        high, low = sums[top], sums[bottom]
        out.append(
            [
                2 * (low[right] - low[left] - high[right] + high[left]) >= (right - left) * (bottom - top)
                for left, right in xs
            ]
        )
    return out


def _edges(count: int, size: int) -> list[tuple[int, int]]:
    """What of ``size`` each of ``count`` stretches stands for, one at least."""
    firsts = [min(size - 1, index * size // count) for index in range(count)]
    return [(first, max(first + 1, (index + 1) * size // count)) for index, first in enumerate(firsts)]


# -- marks


def _radii(placed: Sequence[tuple[Mark, tuple[float, float]]], width: int) -> list[float]:
    """Radii in dots of discs whose area is the amount; beside a larger one a disc is as small as keeps them apart."""
    found: list[tuple[float, float, float]] = []
    for mark, spot in placed:
        x, y = _middle(spot)
        radius = width * 2 / _LARGEST * math.sqrt(min(1.0, max(0.0, mark.amount)))
        free = min((math.hypot(x - left, y - top) - other for left, top, other in found), default=math.inf)
        found.append((x, y, max(_LEAST, min(radius, free - _APART))))
    return [radius for _, _, radius in found]


def _middle(spot: tuple[float, float]) -> tuple[float, float]:
    """The middle of a spot's cell in dots: the glyph stands in the middle."""
    return int(spot[0]) * 2 + 0.5, int(spot[1]) * 4 + 1.5


def _draw_disc(canvas: Canvas, colour: str, spot: tuple[float, float], radius: float, charset: Charset) -> set[At]:
    """A disc and the cells it covers. It blots out the land of its cells."""
    middle = (int(spot[0]), int(spot[1]))
    if not charset.braille:
        return {middle}
    cx, cy = _middle(spot)
    reach, high = math.ceil(radius / 2), math.ceil(radius / 4)
    ink, covered = Ink(fg=colour), {middle}
    for y in range(max(0, middle[1] - high), min(canvas.height, middle[1] + high + 1)):
        for x in range(max(0, middle[0] - reach), min(canvas.width, middle[0] + reach + 1)):
            bits = sum(
                bit
                for row, pair in enumerate(_DOTS)
                for column, bit in enumerate(pair)
                if (x * 2 + column - cx) ** 2 + (y * 4 + row - cy) ** 2 <= radius**2
            )
            if bits and (radius > _LEAST or (x, y) == middle):
                canvas.put(x, y, chr(0x2800 + bits), ink)
                covered.add((x, y))
    return covered


def _draw_middle(canvas: Canvas, mark: Mark, at: At, palette: Palette, charset: Charset) -> None:
    """The cell in the middle: the severity's glyph, else a full one; of the chosen mark turned inside out."""
    sized = _SIZES[min(2, int(mark.amount * 3))]
    glyph = clean(mark.glyph, 1) or (("•" if mark.amount < _SMALL else "●") if charset.braille else sized)
    ink = Ink(fg=palette.surface, bg=mark.colour, bold=True) if mark.chosen else Ink(fg=mark.colour, bold=True)
    canvas.put(*at, glyph, ink)


def _draw_words(
    canvas: Canvas, placed: Sequence[tuple[Mark, tuple[float, float]]], discs: Sequence[set[At]], palette: Palette
) -> None:
    """Words beside the first marks, where they meet no other mark nor other words; those of the greatest may cover the
    edges of others and the points of small ones, which stand in the list; beside the chosen one in any case."""
    ordered = sorted(zip(placed, discs, strict=True), key=lambda pair: not pair[0][0].chosen)
    middles = {(int(x), int(y)) for _, (x, y) in placed}
    great = {(int(x), int(y)) for mark, (x, y) in placed if mark.amount >= _COVERED}
    covered, worded = set().union(*discs), set[At]()
    for (mark, (x, y)), disc in ordered[:_NAMED]:
        words = truncate(clean(mark.words, 40), canvas.width)
        at = _room(words, (int(x), int(y)), covered | worded, middles, canvas)
        if at is None and mark.amount >= _GREAT:
            at = _room(words, (int(x), int(y)), disc | great | worded, great, canvas)
        if at is None and mark.chosen:
            at = (max(0, min(int(x) + 2, canvas.width - cells(words))), int(y))
        if at is None or not words:
            continue
        ink = Ink(fg=palette.text, bg=palette.raised if mark.chosen else None, bold=True)
        canvas.put(*at, words, ink)
        worded |= {(at[0] + column, at[1]) for column in range(cells(words))}


def _room(words: str, middle: At, taken: set[At], middles: set[At], canvas: Canvas) -> At | None:
    """Where words stand beside a mark, a blank away from all others: right, left, above, beneath."""
    size, (x, y) = cells(words), middle
    sides = []
    for step in (1, -1):
        edge = x
        while (edge + step, y) in taken and (edge + step, y) not in middles and abs(edge - x) < size:
            edge += step
        sides.append((edge + 2 if step > 0 else edge - 1 - size, y))
    for left, row in (*sides, *((x - size // 2, y + step) for step in (-1, 1, -2, 2))):
        inside = left >= 0 and left + size <= canvas.width and 0 <= row < canvas.height
        if inside and not any((left + column, row) in taken for column in range(-1, size + 1)):
            return left, row
    return None
