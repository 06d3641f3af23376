"""Error budgets by hand: 99.9 % over 30 days may fail for 43 minutes and 12 seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.promise import Promise
from noc.model.severity import Severity

MONTH = 30 * 86_400.0


@pytest.mark.parametrize(
    ("objective", "share", "spent", "left", "seconds", "seconds_left"),
    [
        (0.999, 1.0, 0.0, 1.0, 2592.0, 2592.0),
        (0.999, 0.9995, 0.5, 0.5, 2592.0, 1296.0),
        (0.999, 0.99962, 0.38, 0.62, 2592.0, 1607.04),
        (0.999, 0.999, 1.0, 0.0, 2592.0, 0.0),
        (0.999, 0.998, 2.0, -1.0, 2592.0, -2592.0),
        (0.99, 0.995, 0.5, 0.5, 25_920.0, 12_960.0),
        (0.5, 0.0, 2.0, -1.0, 1_296_000.0, -1_296_000.0),
    ],
)
def test_a_budget_is_what_may_fail_and_spent_what_did(
    objective: float, share: float, spent: float, left: float, seconds: float, seconds_left: float
) -> None:
    promise = Promise(objective, MONTH, share)
    found = (promise.spent, promise.left, promise.seconds, promise.seconds_left)
    assert found == pytest.approx((spent, left, seconds, seconds_left), abs=1e-6)


def test_a_window_burns_at_its_failures_over_the_budget() -> None:
    promise = Promise(0.999, MONTH, 1.0, (0.9996, 0.9988, 0.9856, None, float("nan")))
    assert promise.rates[:3] == pytest.approx((0.4, 1.2, 14.4))
    assert promise.rates[3:] == (None, None)


def test_exactly_spent_is_spent_whatever_floats_leave_over() -> None:
    for objective in (0.9, 0.99, 0.995, 0.999, 0.9999):
        assert Promise(objective, MONTH, objective).exhausted
        assert not Promise(objective, MONTH, objective + (1 - objective) * 0.001).exhausted


@pytest.mark.parametrize(
    ("share", "burns", "level"),
    [
        (0.9999, (1.0, 1.0), Severity.OK),
        (0.9999, (0.999, 0.999), Severity.OK),
        (0.9999, (0.998, 0.9995), Severity.OK),
        (0.9999, (0.998, 0.9985), Severity.MEDIUM),
        (0.9999, (0.985, 0.9999), Severity.HIGH),
        (0.9999, (0.9999, 0.98), Severity.OK),
        (0.9999, (None, None), Severity.OK),
        (0.9999, (), Severity.OK),
        (0.999, (1.0, 1.0), Severity.HIGH),
        (0.9, (1.0, 1.0), Severity.HIGH),
    ],
)
def test_a_short_window_alone_is_noise_unless_it_burns_above_the_alarm(
    share: float, burns: tuple[float | None, ...], level: Severity
) -> None:
    assert Promise(0.999, MONTH, share, burns).severity is level


@given(st.floats(0.01, 0.99999), st.floats(0, 1))
def test_what_is_spent_and_what_is_left_are_the_whole_budget(objective: float, share: float) -> None:
    promise = Promise(objective, MONTH, share)
    assert promise.spent + promise.left == pytest.approx(1)
    assert promise.exhausted is (share <= objective or promise.left <= 1e-9)
