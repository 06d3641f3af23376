"""Clock times and dates below a chart."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.timeaxis import clock_label, tick_column, time_ticks
from tests.charts.pictures import TWO

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
BERLIN, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")


def labels(span: float, width: int, end: float = TWO + 151) -> list[str]:
    return [label for _, label in time_ticks(end - span, end, width, BERLIN)]


@pytest.mark.parametrize(
    ("span", "width", "expected"),
    [
        (30, 50, ["15:02:10", "15:02:20"]),
        (5 * MINUTE, 40, ["14:58", "15:00", "15:02"]),
        (HOUR, 48, ["14:15", "14:30", "14:45", "15:00"]),
        (HOUR, 30, ["14:30"]),
        (4 * HOUR, 60, ["12:00", "13:00", "14:00"]),
        (DAY, 48, ["18:00", "23 Nov", "06:00", "12:00"]),
        (3 * DAY, 60, ["21 Nov", "12:00", "22 Nov", "12:00", "23 Nov", "12:00"]),
        (7 * DAY, 50, ["17 Nov", "19 Nov", "21 Nov", "23 Nov"]),
        (400 * DAY, 50, ["Jan 2025", "Apr 2025", "Jul 2025", "Oct 2025"]),
        (4000 * DAY, 50, ["2016", "2018", "2020", "2022", "2024"]),
    ],
)
def test_labels_are_as_dense_as_air_between_them_allows(span: float, width: int, expected: list[str]) -> None:
    assert labels(span, width) == expected


def test_ticks_are_round_in_the_zone_of_the_wall() -> None:
    ticks = time_ticks(TWO - 2 * HOUR, TWO, 40, KATHMANDU)
    assert [label for _, label in ticks] == ["18:00", "18:30", "19:00", "19:30"]
    assert ticks[0][0] == TWO - 6300  # 12:15 UTC


def test_days_begin_at_midnight_before_and_after_the_clocks_change() -> None:
    change = 1_761_440_400.0  # 2025-10-26 01:00 UTC: 03:00 becomes 02:00
    ticks = time_ticks(change - 2 * DAY, change + 2 * DAY, 60, BERLIN)
    midnights = [time for time, label in ticks if label.endswith("Oct")]
    assert [label for _, label in ticks if label.endswith("Oct")] == ["25 Oct", "26 Oct", "27 Oct"]
    assert [later - earlier for earlier, later in pairwise(midnights)] == [DAY, DAY + HOUR]


@settings(deadline=None)
@given(st.floats(0, 4e9), st.floats(1, 1e9), st.integers(0, 250), st.sampled_from([UTC, BERLIN, KATHMANDU]))
def test_labels_never_overlap_nor_leave_the_chart(start: float, span: float, width: int, tz: ZoneInfo) -> None:
    end, free = start + span, 0
    for time, label in time_ticks(start, end, width, tz):
        assert start <= time <= end
        at = tick_column(time, start, end, width) - len(label) // 2
        assert at >= free
        free = at + len(label) + 1
        assert free <= width + 1


def test_a_window_without_extent_has_no_times() -> None:
    assert time_ticks(TWO, TWO, 80, UTC) == time_ticks(-5, 5, 80, UTC) == time_ticks(0, 1e15, 80, UTC) == []


def test_a_moment_is_as_precise_as_the_chart() -> None:
    assert clock_label(TWO + 7, UTC, 15, HOUR) == "14:00:07"
    assert clock_label(TWO + 7, UTC, 60, HOUR) == "14:00"
    assert clock_label(TWO, BERLIN, 3600, 7 * DAY) == "23 Nov 15:00"
