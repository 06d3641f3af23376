"""Waves, pulses and trains integrate exactly; arrivals are whole events that never go back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.demo.traffic import (
    DAY,
    ORIGIN,
    WEEK,
    Arrivals,
    Pulse,
    Train,
    Wave,
    business_week,
    flattened,
    lognormal_shares,
    noise,
    sharpened,
)

MONDAY = ORIGIN + 52 * WEEK
HOUR = 3600.0
PULSE = Pulse(start=120.0, rise=180.0, hold=600.0, fall=240.0)


def measured(shape: Wave | Train, start: float, end: float) -> float:
    """The integral by adding up many thin slices."""
    edges = np.linspace(start, end, 20001)
    middles = (edges[:-1] + edges[1:]) / 2
    return float(shape.value(middles).sum() * (edges[1] - edges[0]))


def exact(shape: Wave | Train, start: float, end: float) -> float:
    before, after = shape.integral(np.array([start, end]))
    return float(after - before)


@pytest.mark.parametrize(
    "wave", [business_week(), sharpened(business_week(), 1.5), noise(np.random.default_rng(3), 101, 47.0)]
)
@pytest.mark.parametrize("start", [MONDAY + 5000.0, MONDAY + WEEK - 4000.0, ORIGIN - 3 * DAY])
def test_a_waves_integral_is_its_area(wave: Wave, start: float) -> None:
    assert exact(wave, start, start + 9000.0) == pytest.approx(measured(wave, start, start + 9000.0), abs=0.5)


def test_the_business_week_averages_one() -> None:
    assert exact(business_week(), MONDAY, MONDAY + WEEK) == pytest.approx(WEEK)


def test_a_working_day_has_two_peaks_a_lunch_dip_and_a_quiet_night() -> None:
    night, morning, lunch, afternoon = business_week().value(MONDAY + DAY + np.array([2.0, 9.0, 11.0, 14.0]) * HOUR)
    assert night < 0.5 < lunch < 0.9 * afternoon
    assert lunch < 0.8 * morning


def test_a_sunday_is_half_a_tuesday() -> None:
    tuesday, sunday = business_week().value(MONDAY + np.array([1, 6]) * DAY + 10 * HOUR)
    assert 0.4 < sunday / tuesday < 0.6


def test_machines_follow_people_only_in_part() -> None:
    people, machines = business_week(), flattened(business_week(), 0.45)
    times = MONDAY + np.arange(0.0, DAY, HOUR)
    assert machines.value(times) - 1 == pytest.approx(0.45 * (people.value(times) - 1))


def test_noise_stays_within_one_and_averages_nothing() -> None:
    wave = noise(np.random.default_rng(5), 997, 60.0)
    assert np.abs(wave.knots).max() == 1.0
    assert wave.knots.mean() == pytest.approx(0.0, abs=1e-12)


def test_a_pulse_rises_holds_and_falls() -> None:
    moments = np.array([0.0, 120.0, 210.0, 300.0, 900.0, 1020.0, 1140.0, 5000.0])
    assert PULSE.value(moments).tolist() == pytest.approx([0, 0, 0.5, 1, 1, 0.5, 0, 0])
    assert PULSE.end == 1140.0
    assert PULSE.integral(np.array([0.0, PULSE.end, 1e6])).tolist() == pytest.approx([0.0, PULSE.area, PULSE.area])


@pytest.mark.parametrize("train", [
    Train(PULSE, MONDAY),
    Train(PULSE, MONDAY, 1800.0),
    Train.following(business_week(), PULSE, MONDAY, 7200.0),
    Train.following(business_week(), PULSE, MONDAY),
], ids=["once", "again and again", "as high as the traffic", "once, as high as the traffic"])  # fmt: skip
@pytest.mark.parametrize("start", [MONDAY - 600.0, MONDAY + 100.0, MONDAY + 2 * WEEK + 77.0])
def test_a_trains_integral_is_its_area(train: Train, start: float) -> None:
    assert exact(train, start, start + 8000.0) == pytest.approx(measured(train, start, start + 8000.0), abs=0.5)


def test_nothing_happens_before_a_trains_zero() -> None:
    train = Train(PULSE, MONDAY, 1800.0)
    before = MONDAY - np.array([1.0, 1500.0, 1e6])
    assert train.value(before).tolist() == [0.0, 0.0, 0.0]
    assert train.integral(before).tolist() == [0.0, 0.0, 0.0]


def test_a_following_train_is_as_high_as_the_wave_in_its_middle() -> None:
    wave = business_week()
    train = Train.following(wave, PULSE, MONDAY, 7200.0)
    middle = MONDAY + 5 * 7200.0 + (PULSE.start + PULSE.end) / 2
    assert train.value(np.array([middle]))[0] == pytest.approx(wave.value(np.array([middle]))[0])


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=50), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_arrivals_are_whole_and_never_go_back(expected: list[float], phase: float) -> None:
    arrivals = Arrivals(np.random.default_rng(1))
    counts = arrivals.count(np.sort(np.array(expected)), np.array(phase))
    assert np.array_equal(counts, np.floor(counts))
    assert (np.diff(counts) >= 0).all()


def test_arrivals_scatter_as_random_events_do() -> None:
    arrivals = Arrivals(np.random.default_rng(1))
    hits = np.diff(arrivals.count(np.arange(0.0, 60000.0, 20.0), np.array(0.3)))
    assert hits.mean() == pytest.approx(20.0, rel=0.02)
    assert 15.0 < hits.var() < 25.0


def test_arrivals_start_at_nothing() -> None:
    arrivals = Arrivals(np.random.default_rng(1))
    assert arrivals.count(np.zeros(5), np.linspace(0, 0.99, 5)).tolist() == [0.0] * 5


def test_bucket_shares_of_a_lognormal_add_up() -> None:
    shares = lognormal_shares(0.1, 0.5, [0.05, 0.1, 0.2])
    assert shares.sum() == pytest.approx(1.0)
    assert shares[:2].sum() == pytest.approx(0.5)
