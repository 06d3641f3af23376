"""Many points into few columns: nothing that matters gets lost."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.downsample import Bin, downsample

values = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=300)


@settings(deadline=None)
@given(values, st.integers(1, 80))
def test_the_least_and_the_greatest_value_survive(points: list[float], columns: int) -> None:
    bins = downsample(range(len(points)), points, 0, len(points) - 1, columns, 1)
    assert min(found.low for found in bins) == min(points)
    assert max(found.high for found in bins) == max(points)
    assert bins[0].first == points[0]
    assert bins[-1].last == points[-1]


@settings(deadline=None)
@given(values, st.integers(1, 80))
def test_columns_ascend_and_each_holds_its_own_points(points: list[float], columns: int) -> None:
    bins = downsample(range(len(points)), points, 0, len(points) - 1, columns, 1)
    assert [found.column for found in bins] == sorted({found.column for found in bins})
    assert bins[0].column >= 0
    assert bins[-1].column < columns
    assert all(found.low <= found.first <= found.high and found.low <= found.last <= found.high for found in bins)


def test_the_last_point_falls_into_the_last_column() -> None:
    assert downsample([0, 10], [1, 2], 0, 10, 5, 10) == [Bin(0, 1, 1, 1, 1, False), Bin(4, 2, 2, 2, 2, True)]


def test_points_further_apart_than_one_and_a_half_steps_are_not_joined() -> None:
    bins = downsample([0, 10, 25, 41], [1, 1, 1, 1], 0, 41, 50, 10)
    assert [found.joined for found in bins] == [False, True, True, False]


def test_nan_and_infinities_are_gaps() -> None:
    bins = downsample(range(5), [1, math.nan, 2, math.inf, 3], 0, 4, 5, 1)
    assert [(found.column, found.low, found.joined) for found in bins] == [(0, 1, False), (2, 2, False), (4, 3, False)]


def test_points_outside_the_window_are_left_out() -> None:
    bins = downsample([0, 10, 20, 30], [1, 2, 3, 4], 5, 25, 3, 10)
    assert [(found.low, found.joined) for found in bins] == [(2, False), (3, True)]


def test_no_columns_and_no_window_give_nothing() -> None:
    assert downsample([0], [1], 0, 1, 0) == []
    assert downsample([0], [1], 1, 0, 10) == []
    assert downsample([], [], 0, 1, 10) == []


def test_a_window_of_one_moment_has_one_column() -> None:
    assert downsample([7], [1], 7, 7, 10) == [Bin(0, 1, 1, 1, 1, False)]
