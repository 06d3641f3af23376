"""Extents, round ticks and positions on an axis."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.axes import axis_labels, value_axis
from noc.charts.scale import Axis, extent, log_axis, log_ticks, nice_axis, nice_ticks
from noc.model.severity import Severity
from noc.model.thresholds import Threshold

numbers = st.floats(-1e300, 1e300, allow_subnormal=False)


def limit(value: float) -> Threshold:
    return Threshold(value, Severity.HIGH)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (0.0, 1.0)),
        ([math.nan, math.inf, -math.inf], (0.0, 1.0)),
        ([1, 4], (0.0, 4.0)),  # zero is near
        ([3, 4], (3.0, 4.0)),
        ([-4, -1], (-4.0, 0.0)),
        ([-4, -3], (-4.0, -3.0)),
        ([5, math.nan, 5], (0.0, 10.0)),  # flat lines get air
        ([-5], (-10.0, 0.0)),
        ([0, 0], (0.0, 1.0)),
    ],
)
def test_the_extent_of_values(values: list[float], expected: tuple[float, float]) -> None:
    assert extent(values) == expected


def test_a_threshold_belongs_to_the_extent_when_it_is_near() -> None:
    assert extent([0, 10], [limit(15), limit(90)]) == (0.0, 15.0)
    assert extent([0, 10], [limit(16.1)]) == (0.0, 10.0)
    assert extent([], [limit(15)]) == (0.0, 1.0)


def test_given_ends_win_unless_they_contradict_each_other() -> None:
    assert extent([3, 40], low=0, high=10) == (0.0, 10.0)
    assert extent([3, 40], high=10) == (0.0, 10.0)
    assert extent([3, 4], low=5) == (5.0, 10.0)
    assert extent([3, 4], high=-5) == (-10.0, -5.0)
    assert extent([3, 4], low=5, high=5) == (5.0, 10.0)
    assert extent([3, 4], low=math.nan, high=math.inf) == (3.0, 4.0)


def test_a_log_extent_is_above_zero() -> None:
    assert extent([0, -1, 2, 50], log=True) == (2.0, 50.0)
    assert extent([0], log=True) == (1.0, 10.0)
    assert extent([7], log=True) == (0.7, 70.0)
    assert extent([2, 50], low=0, log=True) == (2.0, 50.0)


@settings(deadline=None)
@given(
    st.lists(st.floats(), max_size=9), st.none() | st.floats(), st.none() | st.floats(), st.booleans(), st.booleans()
)
def test_every_extent_ascends(
    values: list[float], low: float | None, high: float | None, zero: bool, log: bool
) -> None:
    bottom, top = extent(values, low=low, high=high, zero=zero, log=log)
    assert bottom < top
    assert math.isfinite(bottom)
    assert math.isfinite(top)
    assert bottom > 0 or not log


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1.84, (0, 1, 2)),
        (0, 1.1, (0, 0.6, 1.2)),
        (3, 17, (0, 10, 20)),
        (99.9, 99.97, (99.9, 99.95, 100)),
        (-5, 12, (-5, 0, 15)),
        (0, 1234, (0, 800, 1600)),
        (0, 7e6, (0, 4e6, 8e6)),
    ],
)
def test_an_axis_has_round_ticks_and_one_at_each_end(low: float, high: float, ticks: tuple[float, ...]) -> None:
    axis = nice_axis(low, high)
    assert axis.ticks == pytest.approx(ticks)
    assert (axis.low, axis.high) == (axis.ticks[0], axis.ticks[-1])


@settings(deadline=None)
@given(numbers, numbers, st.integers(2, 6))
def test_every_axis_spans_its_values_with_few_ticks(one: float, other: float, count: int) -> None:
    low, high = extent([one, other])
    axis = nice_axis(low, high, count)
    slack = (high - low) * 1e-6
    assert axis.low <= low + slack
    assert axis.high >= high - slack
    assert 2 <= len(axis.ticks) <= count


def test_fixed_ends_stay() -> None:
    assert nice_axis(0, 1, fixed_low=True, fixed_high=True).ticks == (0, 0.5, 1)
    assert nice_axis(1, 8.2, fixed_low=True).ticks == (1, 5, 9)
    assert nice_axis(1.8, 9, fixed_high=True).ticks == (1, 5, 9)


def test_nice_ticks_lie_within_and_are_few() -> None:
    assert nice_ticks(3, 17, 3) == [5, 10, 15]
    assert nice_ticks(0, 100, 5) == [0, 25, 50, 75, 100]
    assert nice_ticks(0, 100, 0) == nice_ticks(5, 5, 3) == []


def test_log_ticks_are_powers_or_their_halves() -> None:
    assert log_ticks(0.001, 1000, 3) == [0.001, 1, 1000]
    assert log_ticks(1, 100, 3) == [1, 10, 100]
    assert log_ticks(2, 7, 3) == [2, 5]
    assert log_ticks(0, 7, 3) == []
    assert log_axis(0.003, 400).ticks == (0.001, 1, 1000)


@settings(deadline=None)
@given(st.lists(numbers, min_size=2, max_size=5), st.integers(1, 200), st.booleans())
def test_every_value_has_a_row_and_higher_values_are_not_lower(values: list[float], rows: int, log: bool) -> None:
    axis = Axis(*extent(values, log=log), log=log)
    placed = [axis.row(value, rows) for value in sorted(values)]
    assert placed == sorted(placed, reverse=True)
    assert all(0 <= row < rows for row in placed)
    fast = axis.rower(rows)
    assert all(abs(fast(value) - axis.row(value, rows)) <= 1 for value in values)


@pytest.mark.parametrize(
    ("values", "unit", "labels"),
    [
        ([0, 1.84], "s", ["0 s", "1 s", "2 s"]),
        ([0, 5400], "s", ["0.0 h", "0.8 h", "1.6 h"]),
        ([0, 1.9 * 2**30], "bytes", ["0 GiB", "1 GiB", "2 GiB"]),
        ([0.31, 0.58], "percentunit", ["30 %", "45 %", "60 %"]),
        ([0, 12000], "short", ["0k", "6k", "12k"]),
    ],
)
def test_labels_are_round_in_the_unit_they_are_written_in(values: list[float], unit: str, labels: list[str]) -> None:
    axis = value_axis(values, [], unit, 8)
    assert axis_labels(axis, unit) == (labels, "")


def test_low_charts_have_labels_at_the_ends_only() -> None:
    assert value_axis([0, 10], [], "short", 4).ticks == (0, 10)


def test_a_wide_label_leaves_its_unit_to_be_written_once() -> None:
    axis = value_axis([0, 18000], [], "reqps", 8)
    assert axis_labels(axis, "reqps") == (["0", "10", "20"], "k req/s")
