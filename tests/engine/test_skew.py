"""The server's clock is learned from its answers, without fluttering."""

from __future__ import annotations

import random

from noc.engine.skew import Skew
from noc.model.backoff import LEAST, Backoff


def learned(*samples: float) -> Skew:
    skew = Skew()
    for at, sample in enumerate(samples):
        skew.observe(at + sample - 0.5, at, at)
    return skew


def test_one_answer_is_enough_to_correct_a_wrong_clock() -> None:
    assert learned(100.0).seconds == 100.0


def test_the_seconds_of_the_header_do_not_move_the_correction() -> None:
    assert learned(0.4, -0.5, 0.5, 1.2).seconds == 0.0
    assert learned(100.0, 100.6, 99.5, 101.0).seconds == 100.0


def test_one_outlier_among_many_is_ignored() -> None:
    assert learned(10.0, 10.0, 500.0, 10.0).seconds == 10.0


def test_a_mended_clock_is_believed_again() -> None:
    assert learned(10.0, 0.0, 0.0, 0.0, 0.0, 0.0).seconds == 0.0


def test_a_slow_answer_tells_nothing() -> None:
    skew = Skew()
    skew.observe(500.0, 0.0, 9.0)
    assert skew.seconds == 0.0


def test_only_more_than_five_seconds_are_worth_telling() -> None:
    assert (learned(4.0).worth_telling, learned(-6.0).worth_telling) == (None, -6.0)


def test_when_our_clock_is_set_back_the_correction_takes_it_up() -> None:
    skew = learned(0.0)
    skew.forget(-100.0)
    assert skew.seconds == 100.0
    unknown = Skew()
    unknown.forget(-100.0)
    assert unknown.seconds == 0.0


def test_a_jump_ahead_may_have_been_sleep_and_waits_for_the_next_answer() -> None:
    skew = learned(10.0)
    skew.forget(7200.0)
    assert skew.seconds == 10.0
    skew.observe(50.0 - 0.5, 50.0, 50.0)
    assert skew.seconds == 0.0


def test_backoff_grows_to_a_minute_with_full_jitter() -> None:
    longest = [0.0] * 10
    for seed in range(300):
        backoff, now = Backoff(random.Random(seed)), 0.0
        for turn in range(10):
            wait = backoff.failed(now, now)
            longest[turn] = max(longest[turn], wait)
            assert wait >= LEAST - 1e-9
            now += wait
    assert [round(wait) for wait in longest] == [2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


def test_failures_of_requests_under_way_together_count_once() -> None:
    backoff = Backoff(random.Random(1))
    for n in range(8):
        backoff.failed(10.0 + n / 10, began=5.0)
    assert backoff.failures == 1


def test_a_servers_retry_after_is_honoured_up_to_ten_minutes() -> None:
    assert Backoff(random.Random(1)).failed(0.0, 0.0, retry_after=90.0) == 90.0
    assert Backoff(random.Random(1)).failed(0.0, 0.0, retry_after=86400.0) == 600.0


def test_a_success_ends_the_waiting() -> None:
    backoff = Backoff(random.Random(1))
    backoff.failed(0.0, 0.0)
    backoff.succeeded()
    assert (backoff.failing, backoff.until) == (False, 0.0)
