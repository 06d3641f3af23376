"""When checks are made and what is kept of them, on a clock that only moves when told."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.config.checks import Check
from noc.engine.checks import (
    REMEMBERED,
    Checkups,
    ends_soon,
    is_stale,
    next_due,
    noted,
    rebased,
    severity_of_check,
    severity_of_checks,
    state_of,
)
from noc.engine.listeners import Listeners
from noc.model.checks import CheckResult, CheckState, Finding
from noc.model.clock import FixedClock, ScaledClock
from noc.model.severity import Severity

NOW = 1_000_000.0
DAY = 86_400.0
HEALTH = Check.model_validate({"target": "https://api.test/health", "interval": "30s", "within": "100ms"})
SLOW = Check.model_validate({"target": "https://api.test/health/calcom", "interval": "5m", "title": "Cal.com"})
BAD = (Finding("status 200", "status 503"),)


class FakeProber:
    """Answers from a list, then always well; remembers when it was asked."""

    def __init__(self, clock: FixedClock, answers: Iterator[CheckResult | Exception] | None = None) -> None:
        self.clock = clock
        self.answers = answers or iter(())
        self.asked: list[float] = []
        self.release: asyncio.Event | None = None
        self.cancelled = self.closed = False

    async def probe(self) -> CheckResult:
        self.asked.append(self.clock.now())
        if self.release is not None:
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        found = next(self.answers, CheckResult(self.clock.now(), 0.034, 200))
        if isinstance(found, Exception):
            raise found
        return found

    async def aclose(self) -> None:
        self.closed = True


class Desk:
    """Checkups on fake probers, driven by hand."""

    def __init__(self, **checks: Check) -> None:
        self.clock = FixedClock(NOW)
        self.checks = checks or {"health": HEALTH}
        self.probers = {name: FakeProber(self.clock) for name in self.checks}
        self.prober = next(iter(self.probers.values()))
        self.heard = 0
        self.checkups = self.made()

    def made(self, news: Callable[[], None] | None = None) -> Checkups:
        return Checkups(self.checks, self.probers, self.clock, random.Random(7), news or self.hear)

    def hear(self) -> None:
        self.heard += 1

    async def turn(self) -> float:
        delay = self.checkups.tick()
        for _ in range(10):
            await asyncio.sleep(0)
        return delay

    async def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.clock.advance(1)
            await self.turn()


# -- pure


@given(st.floats(0, 300), st.floats(2, 3600), st.floats(0, 1e6))
def test_the_next_probe_is_at_a_whole_interval_and_neither_soon_nor_late(
    phase: float, interval: float, moment: float
) -> None:
    due = next_due(phase, interval, moment)
    turns = (due - phase) / interval
    assert abs(turns - round(turns)) < 1e-6
    assert interval / 2 - 1e-3 <= due - moment <= 1.5 * interval + 1e-3


GOOD, FAILED = CheckResult(NOW, 0.03, 200), CheckResult(NOW + 30, 0.03, 503, BAD)
FRESH = state_of("health", HEALTH)


def test_a_check_before_its_first_probe_is_called_after_its_path() -> None:
    fresh = CheckState("health", "/health", "https://api.test/health", 30.0, 0.1, Severity.HIGH)
    assert fresh == state_of("health", HEALTH)
    assert (state_of("c", SLOW).title, state_of("c", SLOW, 60.0).interval) == ("Cal.com", 18_000.0)
    assert state_of("r", Check.model_validate({"target": "https://api.test"})).title == "api.test"


def test_since_moves_only_when_it_turns() -> None:
    one = noted(FRESH, GOOD)
    two = noted(one, replace(GOOD, at=NOW + 30))
    three = noted(two, replace(FAILED, at=NOW + 60))
    four = noted(three, replace(FAILED, at=NOW + 90))
    assert [state.since for state in (one, two, three, four)] == [NOW, NOW, NOW + 60, NOW + 60]
    assert four.history == (True, True, False, False)


def test_the_last_sixty_are_remembered() -> None:
    state = FRESH
    for number in range(100):
        state = noted(state, replace(GOOD if number < 99 else FAILED, at=NOW + number))
    assert state.history == (True,) * (REMEMBERED - 1) + (False,)


def test_a_clock_set_back_takes_results_along() -> None:
    state = rebased(noted(FRESH, GOOD), -3600.0)
    assert (state.last, state.since) == (replace(GOOD, at=NOW - 3600), NOW - 3600)
    assert rebased(FRESH, -3600.0) == FRESH


def test_three_intervals_without_a_probe_are_stale() -> None:
    state = noted(FRESH, GOOD)
    assert [is_stale(state, NOW + age) for age in (0, 90, 90.1)] == [False, False, True]
    assert not is_stale(FRESH, NOW + 1e6)


@pytest.mark.parametrize(
    ("result", "severity"),
    [
        (None, Severity.OK),
        (GOOD, Severity.OK),
        (FAILED, Severity.HIGH),
        (CheckResult(NOW, 5.0, error="connection refused"), Severity.HIGH),
        (replace(GOOD, certificate=NOW + 15 * DAY), Severity.OK),
        (replace(GOOD, certificate=NOW + 13 * DAY), Severity.MEDIUM),
        (replace(FAILED, certificate=NOW + 13 * DAY), Severity.HIGH),
    ],
)
def test_what_a_result_is_worth(result: CheckResult | None, severity: Severity) -> None:
    assert severity_of_check(replace(FRESH, last=result), NOW) is severity


def test_the_worst_check_speaks_for_all() -> None:
    failed = noted(replace(FRESH, severity=Severity.CRITICAL), FAILED)
    assert severity_of_checks([noted(FRESH, GOOD), failed], NOW) is Severity.CRITICAL
    assert severity_of_checks([], NOW) is Severity.OK


def test_a_certificate_has_its_own_bound() -> None:
    state = replace(noted(FRESH, replace(GOOD, certificate=NOW + 20 * DAY)), certificate_bound=30 * DAY)
    assert ends_soon(state, NOW)
    assert not ends_soon(replace(state, certificate_bound=10 * DAY), NOW)


# -- running


async def test_everything_is_probed_at_once_and_then_each_at_its_interval() -> None:
    desk = Desk(health=HEALTH, calcom=SLOW)
    await desk.turn()
    assert [prober.asked for prober in desk.probers.values()] == [[NOW], [NOW]]
    await desk.pass_time(900)
    often, seldom = (prober.asked for prober in desk.probers.values())
    assert {late - early for early, late in pairwise(often[1:])} == {30.0}
    assert {late - early for early, late in pairwise(seldom[1:])} == {300.0}
    assert 29 <= len(often) <= 31
    assert 3 <= len(seldom) <= 4


async def test_it_sleeps_until_the_next_check_is_due_a_minute_at_most() -> None:
    desk = Desk(health=HEALTH)
    await desk.turn()
    delay = desk.checkups.tick()
    desk.clock.advance(delay - 0.01)
    await desk.turn()
    assert len(desk.prober.asked) == 1
    desk.clock.advance(0.01)
    await desk.turn()
    assert len(desk.prober.asked) == 2
    slow = Desk(calcom=SLOW)
    await slow.turn()
    assert slow.checkups.tick() == 60.0


async def test_one_probe_of_a_check_at_a_time() -> None:
    desk = Desk()
    desk.prober.release = asyncio.Event()
    await desk.turn()
    await desk.pass_time(120)
    assert desk.prober.asked == [NOW]
    desk.prober.release.set()
    desk.prober.release = None
    await desk.turn()
    await desk.turn()
    assert desk.prober.asked == [NOW, NOW + 120]


async def test_a_failing_check_is_made_as_often_as_a_good_one() -> None:
    desk = Desk()
    desk.prober.answers = iter([CheckResult(NOW, 0.1, error="connection refused")] * 1000)
    await desk.turn()
    await desk.pass_time(300)
    assert len(desk.prober.asked) in (10, 11)
    (state,) = desk.checkups.states()
    assert (state.history, state.since) == ((False,) * len(desk.prober.asked), NOW)


async def test_news_is_heard_once_a_result() -> None:
    desk = Desk(health=HEALTH, calcom=SLOW)
    await desk.turn()
    assert desk.heard == 2
    listeners, heard = Listeners(), []
    listeners.subscribe(lambda: heard.append(1))
    desk.checkups = desk.made(listeners)
    await desk.turn()
    assert heard == [1, 1]


async def test_a_prober_that_breaks_is_a_failed_check_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.prober.answers = iter([KeyError("x"), KeyError("x")])
    with caplog.at_level(logging.ERROR):
        await desk.turn()
        await desk.pass_time(60)
    (state,) = desk.checkups.states()
    assert state.history[:2] == (False, False)
    assert [record.message for record in caplog.records] == ["the check health failed in noc"]


async def test_what_a_broken_prober_is_said_to_be() -> None:
    desk = Desk()
    desk.prober.answers = iter([KeyError("x")])
    await desk.turn()
    (state,) = desk.checkups.states()
    assert state.last == CheckResult(NOW, 0.0, error="noc failed on this check (KeyError: 'x'); see the log")


async def test_a_listener_that_breaks_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()

    def broken() -> None:
        raise RuntimeError("no")

    desk.checkups = desk.made(broken)
    await desk.turn()
    await desk.pass_time(60)
    assert len(desk.prober.asked) >= 2
    assert len(caplog.records) == 1


async def test_settle_waits_for_every_first_result_and_not_longer_than_it_may() -> None:
    desk = Desk(health=HEALTH, calcom=SLOW)
    assert await desk.checkups.settle(5.0)
    assert all(state.last is not None for state in desk.checkups.states())
    hanging = Desk()
    hanging.prober.release = asyncio.Event()
    assert not await hanging.checkups.settle(0.01)
    assert hanging.checkups.states()[0].last is None
    await hanging.checkups.aclose()


async def test_refresh_probes_everything_now() -> None:
    desk = Desk(health=HEALTH, calcom=SLOW)
    await desk.checkups.settle(5.0)
    desk.clock.advance(3)
    desk.checkups.refresh()
    assert await desk.checkups.settle(5.0)
    assert [prober.asked for prober in desk.probers.values()] == [[NOW, NOW + 3]] * 2


async def test_closing_cancels_what_is_under_way_and_closes_the_probers() -> None:
    desk = Desk()
    desk.prober.release = asyncio.Event()
    await desk.turn()
    await desk.checkups.aclose()
    assert (desk.prober.cancelled, desk.prober.closed, desk.checkups.states()[0].last) == (True, True, None)
    await desk.turn()
    assert len(desk.prober.asked) == 1


async def test_it_runs_until_cancelled() -> None:
    desk = Desk()
    desk.prober.release = asyncio.Event()
    task = asyncio.create_task(desk.checkups.run())
    for _ in range(5):
        await asyncio.sleep(0)
    assert desk.prober.asked == [NOW]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert desk.prober.cancelled


class SetClock(FixedClock):
    """A wall clock that can be set apart from the monotonic one."""

    offset = 0.0

    def now(self) -> float:
        return self.at + self.offset


@pytest.mark.parametrize(("offset", "at"), [(-3600.0, NOW - 3600), (3600.0, NOW)])
async def test_a_set_clock_probes_everything_again_and_leaves_nothing_in_the_future(offset: float, at: float) -> None:
    clock = SetClock(NOW)
    prober = FakeProber(clock)
    checkups = Checkups({"health": HEALTH}, {"health": prober}, clock, random.Random(7), lambda: None)
    assert await checkups.settle(5.0)
    clock.offset = offset
    prober.release = asyncio.Event()
    checkups.tick()
    for _ in range(5):
        await asyncio.sleep(0)
    assert prober.asked == [NOW, NOW + offset]
    assert checkups.states()[0].since == at
    await checkups.aclose()


async def test_in_a_faster_world_ages_are_told_in_its_own_seconds() -> None:
    base = FixedClock(0.0)
    clock = ScaledClock(NOW, 60.0, base)
    prober = FakeProber(clock)  # type: ignore[arg-type]
    checkups = Checkups({"h": HEALTH}, {"h": prober}, clock, random.Random(7), lambda: None, pace=60.0)
    assert await checkups.settle(5.0)
    base.advance(29)
    (state,) = checkups.states()
    assert not is_stale(state, clock.now())
    base.advance(62)
    assert is_stale(state, clock.now())
    await checkups.aclose()
