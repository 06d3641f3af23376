"""The geometry of a disc or ring: half blocks, two pixels in a cell, each as wide as it is high."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

_SAMPLES = 4
"""Samples of a pixel's edge, each way."""


class Pixel(NamedTuple):
    """A pixel that the ring touches: cell column, half row, how much of it is covered (0-1), its share of the way round
    clockwise from the top (0-1), and its distance from the centre in pixels."""

    x: int
    y: int
    cover: float
    share: float
    radius: float


@lru_cache(maxsize=64)
def ring_pixels(size: int, hollow: float) -> tuple[Pixel, ...]:
    """The pixels of a ring ``size`` pixels across whose hollow has the share ``hollow`` of its radius."""
    outer, middle = size / 2, size / 2
    inner = outer * hollow
    offsets = [(at + 0.5) / _SAMPLES for at in range(_SAMPLES)]
    out = []
    for y in range(size):
        for x in range(size):
            across, up = x + 0.5 - middle, middle - y - 0.5
            radius = math.hypot(across, up)
            if not inner - 1 <= radius <= outer + 1:
                continue
            inside = sum(
                inner <= math.hypot(x + dx - middle, middle - y - dy) <= outer for dx in offsets for dy in offsets
            )
            if inside:
                share = math.atan2(across, up) / math.tau % 1.0
                out.append(Pixel(x, y, inside / _SAMPLES**2, share, radius))
    return tuple(out)


def apart(share: float, other: float, radius: float) -> float:
    """Pixels between two directions at a distance from the centre, along the ring."""
    turn = abs(share - other) % 1.0
    return min(turn, 1.0 - turn) * math.tau * radius
