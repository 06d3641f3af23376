"""When alerts of the embedded world pend, fire and end: as Prometheus' own loop has it, whatever was asked before."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue import contract, metrics
from noc.catalogue.rules import CONDITION, AlertRule, RecordingRule, RuleGroup, groups
from noc.demo import episodes
from noc.demo.episodes import HOUR, LOOK_BACK, Chronicle, Episode, Watched, lives, watched
from noc.demo.promql import evaluate_range
from noc.demo.samples import LabelMatcher, Samples
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.series import Labels, labels_of

ZERO = 1_759_417_200.0
"""A full hour."""
DAY = 86400.0
NAMED: Labels = (("alertname", "A"),)


# -- one alert's lives


def held(*times: float) -> list[tuple[float, float]]:
    """A condition at these times; its value is the time."""
    return [(time, time) for time in times]


def test_an_alert_pends_from_the_first_evaluation_and_fires_once_its_condition_held_long_enough() -> None:
    assert list(lives(NAMED, held(30, 60, 90), hold=60, keep=0, interval=30, end=3600)) == [
        Episode(NAMED, 30, 90, 120, ((30, 30), (60, 60), (90, 90)))
    ]


def test_an_alert_without_for_fires_at_once() -> None:
    assert list(lives(NAMED, held(30), hold=0, keep=0, interval=30, end=3600)) == [
        Episode(NAMED, 30, 30, 60, ((30, 30),))
    ]


def test_one_missed_evaluation_ends_what_only_pends_and_the_time_is_counted_anew() -> None:
    assert list(lives(NAMED, held(30, 60, 120, 150), hold=90, keep=600, interval=30, end=3600)) == [
        Episode(NAMED, 30, None, 90, ((30, 30), (60, 60))),
        Episode(NAMED, 120, None, 180, ((120, 120), (150, 150))),
    ]


def test_a_firing_alert_outlives_its_condition_by_keep_firing_for() -> None:
    (one,) = lives(NAMED, held(30, 60), hold=30, keep=45, interval=30, end=3600)
    assert one == Episode(NAMED, 30, 60, 150, ((30, 30), (60, 60)))  # missing at 90 and 120, 45 s are over at 150
    assert [one.firing(at) for at in (59, 60, 149, 150)] == [False, True, True, False]
    assert [one.kept_since(at, 30) for at in (60, 89, 90, 149, 150)] == [None, None, 90, 90, None]


def test_a_condition_that_returns_within_keep_firing_for_continues_the_same_alert() -> None:
    assert list(lives(NAMED, held(30, 120, 150), hold=0, keep=90, interval=30, end=3600)) == [
        Episode(NAMED, 30, 30, 270, ((30, 30), (120, 120), (150, 150)))
    ]


def test_a_condition_that_returns_in_the_very_evaluation_that_would_end_the_alert_continues_it() -> None:
    """Prometheus looks at what holds before it looks at what has been away for long enough."""
    assert list(lives(NAMED, held(30, 120), hold=0, keep=60, interval=30, end=3600)) == [
        Episode(NAMED, 30, 30, 210, ((30, 30), (120, 120)))
    ]


def test_an_alert_that_reaches_the_end_of_what_is_known_has_no_end() -> None:
    assert [one.ended_at for one in lives(NAMED, held(3540, 3570), hold=0, keep=0, interval=30, end=3600)] == [None]
    assert [one.ended_at for one in lives(NAMED, held(3300), hold=0, keep=300, interval=30, end=3600)] == [None]
    assert [one.ended_at for one in lives(NAMED, held(3240), hold=0, keep=300, interval=30, end=3600)] == [3570]


def test_an_alert_has_the_value_of_its_condition_when_that_held_last() -> None:
    one = Episode(NAMED, 30, 30, 400, ((30, 7.0), (60, 8.0), (120, 9.0)))
    assert [one.value(at) for at in (30, 59, 60, 110, 120, 399)] == [7.0, 7.0, 8.0, 8.0, 9.0, 9.0]


def loop(holds: Sequence[bool], hold: float, keep: float, interval: float) -> list[str]:
    """An alert's state after each evaluation, as the loop of AlertingRule.Eval (rules/alerting.go, 2.42) goes on."""
    states = []
    state, active, away = "inactive", 0.0, None
    for number, holding in enumerate(holds):
        now = number * interval
        if holding:
            away = None
            if state == "inactive":
                state, active = "pending", now
        else:
            kept = False
            if state == "firing" and keep > 0:
                away = now if away is None else away
                kept = now - away < keep
            if not kept:
                state, away = "inactive", None
        if state == "pending" and now - active >= hold:
            state = "firing"
        states.append(state)
    return states


@given(
    holds=st.lists(st.booleans(), min_size=1, max_size=60),
    hold=st.sampled_from((0.0, 10.0, 30.0, 60.0, 100.0)),
    keep=st.sampled_from((0.0, 10.0, 30.0, 60.0, 100.0)),
)
def test_every_evaluation_finds_the_state_that_prometheus_loop_comes_to(
    holds: list[bool], hold: float, keep: float
) -> None:
    times = [number * 30.0 for number in range(len(holds))]
    found = list(
        lives(NAMED, held(*(at for at, now in zip(times, holds, strict=True) if now)), hold, keep, 30.0, 30.0 * 60)
    )

    def state(at: float) -> str:
        alive = [one for one in found if one.alive(at)]
        assert len(alive) <= 1
        return "inactive" if not alive else "firing" if alive[0].firing(at) else "pending"

    assert [state(at) for at in times] == loop(holds, hold, keep, 30.0)


# -- what is watched


def test_an_alert_that_reads_a_record_is_watched_by_the_records_own_expression() -> None:
    record = RecordingRule(CONDITION, "up == 0", {"alertname": "A", "severity": "high"})
    reads = AlertRule("A", f'{CONDITION}{{alertname="A", severity="high"}}', 60, labels={"severity": "high"})
    own = AlertRule("B", "vector(1)", labels={"severity": "none"})
    assert watched([RuleGroup("g", 30.0, (record, reads, own))]) == (
        Watched(reads, "up == 0", {"alertname": "A", "severity": "high"}, "g", 30.0),
        Watched(own, "vector(1)", {}, "g", 30.0),
    )


# -- a chronicle of a world


@cache
def catalogue() -> tuple[RuleGroup, ...]:
    return groups(metrics.load(), contract.load())


@cache
def world(scenario: str) -> World:
    return World(1, scenario, ZERO)


def chronicle(scenario: str) -> Chronicle:
    return Chronicle(world(scenario), catalogue(), ZERO - DAY)


Told = list[tuple[str, str, tuple[Episode, ...]]]


def told(found: Sequence[tuple[Watched, tuple[Episode, ...]]]) -> Told:
    """Only rules that have anything to tell."""
    return [(rule.rule.alert, rule.severity, lives) for rule, lives in found if lives]


def plainly(scenario: str, first: int, last: int) -> Told:
    """The same, each rule and each hour evaluated for itself."""
    out: Told = []
    for rule in watched(catalogue()):
        points: dict[tuple[Labels, Labels], list[tuple[float, float]]] = {}
        for hour in range(first, last + 1):
            start = hour * HOUR
            result = evaluate_range(rule.condition, start, start + HOUR - rule.interval, rule.interval, world(scenario))
            for one in result.points:
                seen = {**dict(one.labels), **rule.labels}
                seen.pop("__name__", None)
                full = {**seen, **rule.rule.labels, "alertname": rule.rule.alert}
                pairs = zip((one.times / 1000).tolist(), one.values.tolist(), strict=True)
                points.setdefault((labels_of(full), labels_of(seen)), []).extend(pairs)
        found: list[Episode] = []
        for (labels, own), now in points.items():
            if rule.rule.alert == "Watchdog":
                found.append(Episode(labels, ZERO - DAY, ZERO - DAY, None, tuple(now), own))
            else:
                end = (last + 1) * HOUR
                pace = (rule.rule.for_, rule.rule.keep_firing_for, rule.interval)
                found += [replace(one, seen=own) for one in lives(labels, now, *pace, end)]
        if found:
            out.append((rule.rule.alert, rule.severity, tuple(found)))
    return out


@pytest.mark.parametrize("scenario", ["tour", "alert-storm"])
def test_hours_and_rules_evaluated_together_say_what_each_says_for_itself(scenario: str) -> None:
    first = int(ZERO // HOUR) - LOOK_BACK
    found = told(chronicle(scenario).episodes(ZERO, ZERO + 3500))
    assert len(found) > 5
    assert sorted(found) == sorted(plainly(scenario, first, first + LOOK_BACK))


def test_equal_moments_give_equal_alerts_whatever_was_asked_before() -> None:
    at = ZERO + 2500
    fresh = told(chronicle("tour").episodes(at, at))
    asked = chronicle("tour")
    for start, end in ((at + 3 * HOUR, at + 3 * HOUR), (at - 2 * HOUR, at - HOUR), (at - 3 * HOUR, at + HOUR)):
        asked.episodes(start, end)
    assert told(asked.episodes(at, at)) == fresh


def alive(scenario: str, start: float, end: float, at: float) -> list[tuple[Labels, float, float | None]]:
    """What lives at one moment, when a chronicle is asked for a window about it."""
    found = chronicle(scenario).episodes(start, end)
    return sorted((one.labels, one.active_at, one.fired_at) for _, lives in found for one in lives if one.alive(at))


def test_a_moment_asked_alone_knows_as_much_as_a_moment_within_a_long_day() -> None:
    at = ZERO + 6 * HOUR + 600
    alone = alive("alert-storm", at, at, at)
    assert len(alone) > 10
    assert alone == alive("alert-storm", at - 9 * HOUR, at, at)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_scenario_keeps_an_alert_longer_than_is_looked_back(scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(episodes, "LOOK_BACK", 0)  # all is calm before zero
    found = chronicle(scenario).episodes(ZERO, ZERO + 3 * HOUR)
    longest = max(
        (
            one.values[-1][0] - one.active_at + rule.rule.keep_firing_for
            for rule, lives in found
            if rule.rule.alert != "Watchdog"
            for one in lives
        ),
        default=0.0,
    )
    assert longest < 3 * HOUR < LOOK_BACK * HOUR


class Counted:
    """A source that counts how often it is read."""

    def __init__(self, source: World) -> None:
        self.source = source
        self.reads = 0

    def select(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Samples]:
        self.reads += 1
        return self.source.select(matchers, start, end)

    def label_names(self) -> set[str]:
        return self.source.label_names()

    def series(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Labels]:
        return self.source.series(matchers, start, end)


def test_what_is_known_is_not_evaluated_again_and_a_new_hour_costs_one_hour() -> None:
    source = Counted(world("calm"))
    running = Chronicle(source, catalogue(), ZERO)
    running.episodes(ZERO, ZERO)
    once = source.reads
    for second in range(0, HOUR, 600):
        running.episodes(ZERO + second, ZERO + second)
        list(running.conditions(ZERO, ZERO + second))
    assert source.reads == once
    running.episodes(ZERO + HOUR, ZERO + HOUR)
    assert source.reads == 2 * once  # one evaluation, as long ranges and short ones are


def test_a_chronicle_of_weeks_holds_no_more_than_its_last_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(episodes, "_HOURS_KEPT", 6)
    one = RuleGroup("g", 60.0, (AlertRule("Up", "up == 1"),))
    running = Chronicle(world("calm"), (one,), ZERO)
    moments = [ZERO + hour * HOUR for hour in range(0, 21 * 24, 8)]
    random.Random(1).shuffle(moments)
    for at in moments:
        running.episodes(at, at)
        assert len(running._hours) <= 6
        assert len(running._told) <= 8
