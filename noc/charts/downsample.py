"""From many points to few columns, without losing a spike, a dip or a gap."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

GAP = 1.5
"""Points further apart than this many steps are not joined (protocols.md: range answers leave missing points out)."""


class Bin(NamedTuple):
    """What falls into one column: least, greatest, first and last value.

    ``joined`` says that the first value follows the last one of the bin before, without a gap between them.
    """

    column: int
    low: float
    high: float
    first: float
    last: float
    joined: bool


def downsample(
    times: Sequence[float],
    values: Sequence[float],
    start: float,
    end: float,
    columns: int,
    step: float = math.inf,
) -> list[Bin]:
    """The filled columns from left to right; the first column's middle is ``start``, the last one's is ``end``.

    Points outside are left out; NaN and infinities are gaps; so are distances above ``GAP`` times ``step`` seconds.
    """
    if columns < 1 or not start <= end:
        return []
    scale = (columns - 1) / (end - start) if end > start else 0.0
    apart = GAP * step if step > 0 else math.inf
    bins: list[Bin] = []
    current, before, joined, starts_joined = -1, -math.inf, False, False
    low = high = first = last = 0.0
    append, new = bins.append, tuple.__new__  # a bin a column: past the constructor's argument names
    from_, to = bisect_left(times, start), bisect_right(times, end)
    for time, value in zip(times[from_:to], values[from_:to], strict=True):
        if value - value != 0.0:  # NaN and infinities; cheaper than asking a function 241 times a line
            joined = False
            continue
        if time - before > apart:
            joined = False
        before = time
        column = int((time - start) * scale + 0.5)
        if column == current:
            if value < low:
                low = value
            elif value > high:
                high = value
        else:
            if current >= 0:
                append(new(Bin, (current, low, high, first, last, starts_joined)))
            current, starts_joined = column, joined
            low = high = first = value
        last = value
        joined = True
    if current >= 0:
        bins.append(Bin(current, low, high, first, last, starts_joined))
    return bins
