"""The geometry of a disc or ring in dots of braille, two by four in a cell, each as wide as it is high."""

from __future__ import annotations

import math
from array import array
from functools import lru_cache
from itertools import islice
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
    places, bits, shares, radii = _packed(size, hollow)
    dots, numbers = map(Dot, bits, shares, radii), iter(places)
    return tuple((x, y, tuple(islice(dots, count))) for x, y, count in zip(numbers, numbers, numbers, strict=True))


@lru_cache(maxsize=16)
def _packed(size: int, hollow: float) -> tuple[array[int], bytes, array[float], array[float]]:
    """Column, row and number of dots, cell by cell; then the dots' bits, shares and radii, one behind the other: a ring has
    thousands, and four blocks for all of them lie among nothing else."""
    outer = float(size)
    found: dict[tuple[int, int], list[Dot]] = {}
    for y in range(size * 2):
        for x in range(size * 2):
            across, up = x + 0.5 - outer, outer - y - 0.5
            radius = math.hypot(across, up)
            if outer * hollow <= radius <= outer:
                share = math.atan2(across, up) / math.tau % 1.0
                found.setdefault((x // 2, y // 4), []).append(Dot(_BITS[y % 4][x % 2], share, radius))
    ordered = sorted(found.items())
    every = [dot for _, dots in ordered for dot in dots]
    return (
        array("H", (number for (x, y), dots in ordered for number in (x, y, len(dots)))),
        bytes(dot.bit for dot in every),
        array("d", (dot.share for dot in every)),
        array("d", (dot.radius for dot in every)),
    )


def apart(share: float, other: float, radius: float) -> float:
    """Dots between two directions at a distance from the centre, along the ring."""
    turn = abs(share - other) % 1.0
    return min(turn, 1.0 - turn) * math.tau * radius
