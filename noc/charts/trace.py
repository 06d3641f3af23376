"""A series' way through the dots: one upright stretch for every dot column, each touching the next."""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.downsample import Bin
from noc.charts.raster import EMPTY
from noc.charts.scale import Axis

Stretches = tuple[list[int], list[int]]
"""Tops and bottoms by dot column, row 0 on top; EMPTY tops where there is nothing."""


def stretches(bins: Sequence[Bin], axis: Axis, columns: int, rows: int) -> Stretches:
    """From the least to the greatest value of every column; joined bins are connected in straight lines."""
    tops, bottoms = [EMPTY] * columns, [EMPTY] * columns
    row = axis.rower(rows)
    floor, ceiling, scale, foot = axis.low, axis.high, axis.scale(rows), rows - 1
    before, below = -1, 0
    for column, low, high, first, last, joined in bins:
        if low == high:
            tops[column] = bottoms[column] = start = end = row(first)
        else:
            if scale and floor < low and high < ceiling:  # as ``row`` does, without its two calls a column
                top = foot - int((high - floor) * scale + 0.5)
                bottom = foot - int((low - floor) * scale + 0.5)
            else:
                top, bottom = row(high), row(low)
            tops[column], bottoms[column] = top, bottom
            start = top if first == high else bottom if first == low else row(first)
            end = top if last == high else bottom if last == low else row(last)
        if joined and before >= 0:
            if column != before + 1:
                _join(tops, bottoms, before, below, column, start)
            elif start > below + 1:  # the usual case, neighbours, without a call
                middle = (below + start) // 2
                if bottoms[before] < middle:
                    bottoms[before] = middle
                if tops[column] > middle + 1:
                    tops[column] = middle + 1
            elif start < below - 1:
                middle = (below + start + 1) // 2
                if tops[before] > middle:
                    tops[before] = middle
                if bottoms[column] < middle - 1:
                    bottoms[column] = middle - 1
        before, below = column, end
    return tops, bottoms


def _join(tops: list[int], bottoms: list[int], left: int, left_row: int, right: int, right_row: int) -> None:
    """Fill the columns between two points and close the steps from each column to the next."""
    slope = (right_row - left_row) / (right - left)
    here = left_row
    for column in range(left + 1, right + 1):
        there = right_row
        if column < right:
            there = tops[column] = bottoms[column] = int(left_row + slope * (column - left) + 0.5)
        if there > here + 1:
            middle = (here + there) // 2
            bottoms[column - 1] = max(bottoms[column - 1], middle)
            tops[column] = min(tops[column], middle + 1)
        elif there < here - 1:
            middle = (here + there + 1) // 2
            tops[column - 1] = min(tops[column - 1], middle)
            bottoms[column] = max(bottoms[column], middle - 1)
        here = there


def filled(traced: Stretches, base: int) -> Stretches:
    """The same stretches drawn on to a base row, as the body of an area."""
    tops, bottoms = traced
    return (
        [top if top < 0 else min(top, base) for top in tops],
        [bottom if bottom < 0 else max(bottom, base) for bottom in bottoms],
    )


def dotted(traced: Stretches) -> Stretches:
    """Every other column's middle: a line that stays behind the others."""
    tops, bottoms = traced
    middles = [EMPTY if column & 1 or top < 0 else (top + bottoms[column]) // 2 for column, top in enumerate(tops)]
    return middles, middles


def ends(traced: Stretches) -> tuple[Stretches, Stretches]:
    """Only the greatest and only the least value of every column: points without a line."""
    tops, bottoms = traced
    return (tops, tops), (bottoms, bottoms)
