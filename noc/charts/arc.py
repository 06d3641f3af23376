"""A half circle of dots: the geometry of arc gauges."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_ASCII = (1, 1)

ArcCell = tuple[int, int, int, bytes, "array[float]"]
"""Column, row, all dot bits, and of each dot its bit and its share of the way (0 left, 1 right)."""


class Arc(NamedTuple):
    """The cells of an arc, their dots one behind the other: a wall remembers thousands, and three blocks for all of them lie
    among nothing else."""

    places: array[int]
    """Column, row and number of dots, cell by cell."""
    bits: bytes
    shares: array[float]

    def cells(self) -> Iterator[ArcCell]:
        first, numbers = 0, iter(self.places)
        for x, y, count in zip(numbers, numbers, numbers, strict=True):
            dots = self.bits[first : first + count]
            yield x, y, sum(dots), dots, self.shares[first : first + count]
            first += count


@lru_cache(maxsize=12)
def arc_cells(width: int, height: int, outer: float, inner: float) -> Arc:
    """The cells of a ring between two shares of the radius, its centre in the middle of the lower edge.

    The radius is the largest that fits ``width`` x ``height`` cells of 2 x 4 square dots.
    """
    radius = min(width * 2 / 2, height * 4)
    cells: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for y in range(height * 4):
        up = height * 4 - y - 0.5
        for x in range(width * 2):
            across = x + 0.5 - width
            if inner * radius <= math.hypot(across, up) <= outer * radius:
                share = 1 - math.atan2(up, across) / math.pi
                cells.setdefault((x // 2, y // 4), []).append((_BITS[y % 4][x % 2], share))
    ordered = sorted(cells.items())
    return Arc(
        array("H", (number for (x, y), dots in ordered for number in (x, y, len(dots)))),
        bytes(bit for _, dots in ordered for bit, _ in dots),
        array("d", (share for _, dots in ordered for _, share in dots)),
    )


def draw_arc(
    canvas: Canvas,
    x: int,
    y: int,
    arc: Arc,
    share: float,
    colour: str,
    track: str,
    charset: Charset,
    mark: Callable[[float, float], str | None],
) -> None:
    """Fill the ring up to ``share`` (0-1); ``mark`` gives the colour of a cell that spans two shares, if it is marked."""
    for column, row, bits, dots, shares in arc.cells():
        low, high = min(shares), max(shares)
        filled = sum(bit for bit, at in zip(dots, shares, strict=True) if at <= share)
        ink = Ink(fg=colour if filled else track)
        marked = mark(low, high)
        if marked:
            ink, filled = Ink(fg=marked, bold=True), 0
        glyph = (
            chr(0x2800 + (filled or bits)) if charset.braille else "+" if marked else "#" if filled else charset.track
        )
        canvas.put(x + column, y + row, glyph, ink)
