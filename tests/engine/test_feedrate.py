"""Lines a second, by arrival, spread over the time since the answer before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.feedrate import FeedRate


def rate(*notes: tuple[float, float, float]) -> float | None:
    one = FeedRate()
    for note in notes:
        one.note(*note)
    return one.rate()


def test_nothing_can_be_told_before_a_second_has_been_seen() -> None:
    assert rate() is None
    assert rate((100.0, 100.5, 50)) is None
    assert rate((100.0, 101.0, 50)) == 50.0


def test_only_the_last_ten_seconds_count() -> None:
    assert rate(*((float(n), n + 1.0, 20) for n in range(60))) == 20.0
    assert rate(*((float(n), n + 1.0, 20 if n < 50 else 0) for n in range(60))) == 0.0
    assert rate(*((float(n), n + 1.0, 20 if n < 50 else 0) for n in range(55))) == 10.0


def test_what_comes_after_a_stall_counts_for_the_whole_of_it() -> None:
    assert rate((0.0, 2.0, 200), (2.0, 62.0, 6000)) == 100.0


def test_frames_of_a_tail_are_noted_together() -> None:
    one = FeedRate()
    for n in range(5000):
        one.note(n / 100, (n + 1) / 100, 50)
    assert one.rate() == pytest.approx(5000.0)
    assert len(one._noted) <= 45


def test_arrivals_of_no_time_count_where_they_stand() -> None:
    assert rate((0.0, 5.0, 0), (5.0, 5.0, 50)) == 10.0


@given(st.lists(st.tuples(st.floats(0.0, 20.0), st.integers(-50, 500)), max_size=50))
def test_it_is_never_negative_and_never_more_than_all_that_came(steps: list[tuple[float, int]]) -> None:
    one = FeedRate()
    now = 1e6
    for step, lines in steps:
        one.note(now, now + step, lines)
        now += step
    found = one.rate()
    assert found is None or -1e-9 <= found <= sum(max(0, lines) for _, lines in steps) + 1e-6
