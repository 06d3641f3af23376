"""The geometry of a disc or ring in dots of braille, two by four in a cell, each as wide as it is high."""

from __future__ import annotations

import math
from array import array
from functools import lru_cache
from typing import NamedTuple

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


class Dot(NamedTuple):
    """A dot of the ring: its bit in the cell, its share of the way round clockwise from the top (0-1), and its distance
    from the centre in dots."""

    bit: int
    share: float
    radius: float


RingCell = tuple[int, int, tuple[Dot, ...]]
"""Column, row and the dots that the ring has in a cell."""


def ring_cells(size: int, hollow: float) -> tuple[RingCell, ...]:
    """The cells of a ring ``size`` columns across whose hollow has the share ``hollow`` of its radius."""
    return tuple((x, y, tuple(map(Dot, *dots))) for x, y, *dots in _packed(size, hollow))


@lru_cache(maxsize=16)
def _packed(size: int, hollow: float) -> tuple[tuple[int, int, bytes, array[float], array[float]], ...]:
    """The cells, their dots' bits, shares and radii in arrays: a ring has thousands of them."""
    outer = float(size)
    found: dict[tuple[int, int], list[Dot]] = {}
    for y in range(size * 2):
        for x in range(size * 2):
            across, up = x + 0.5 - outer, outer - y - 0.5
            radius = math.hypot(across, up)
            if outer * hollow <= radius <= outer:
                share = math.atan2(across, up) / math.tau % 1.0
                found.setdefault((x // 2, y // 4), []).append(Dot(_BITS[y % 4][x % 2], share, radius))
    return tuple(
        (
            x,
            y,
            bytes(dot.bit for dot in dots),
            array("d", (dot.share for dot in dots)),
            array("d", (dot.radius for dot in dots)),
        )
        for (x, y), dots in sorted(found.items())
    )


def apart(share: float, other: float, radius: float) -> float:
    """Dots between two directions at a distance from the centre, along the ring."""
    turn = abs(share - other) % 1.0
    return min(turn, 1.0 - turn) * math.tau * radius
