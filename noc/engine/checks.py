"""Makes a wall's own health checks: each at its interval, one probe of it at a time, and keeps what they found.

There is no backoff and no second try: a check is the measurement, and a failing endpoint is measured like any other. One
timer sleeps until the next check is due, as the poller's does; ``tick`` starts what is due, so that a test needs no clock
but its own.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from noc.config.checks import Check
from noc.engine.poller import rest
from noc.model.checks import CheckResult, CheckState
from noc.model.clock import Clock
from noc.model.ports import Prober
from noc.model.severity import Severity, worst

log = logging.getLogger(__name__)

REMEMBERED = 60
"""Probes of one check that are remembered."""

STALE_AFTER = 3
"""Intervals without a probe after which its result is old."""

GRACE = 5.0
"""Seconds beyond its target's timeout after which a prober that never returns is given up."""

_LONGEST_SLEEP = 60.0
_STEP = 2.0  # seconds by which the wall's clock must differ from its monotonic one to count as set


# -- pure


def next_due(phase: float, interval: float, moment: float) -> float:
    """When to probe again after ``moment``: at a whole interval from ``phase``, and not sooner than half an interval.

    So checks keep their own places in the minute, whatever a probe took, and those of many walls are spread.
    """
    return phase + math.ceil((moment + interval / 2 - phase) / interval - 1e-9) * interval


def noted(state: CheckState, result: CheckResult) -> CheckState:
    """The state after one more probe."""
    same = state.last is not None and state.last.ok == result.ok
    history = (*state.history, result.ok)[-REMEMBERED:]
    return replace(state, last=result, since=state.since if same else result.at, history=history)


def rebased(state: CheckState, drift: float) -> CheckState:
    """The state after the wall's clock was set back by ``-drift`` seconds: nothing lies in the future."""
    last = state.last and replace(state.last, at=state.last.at + drift)
    return replace(state, last=last, since=None if state.since is None else state.since + drift)


def is_stale(state: CheckState, now: float) -> bool:
    """Whether it was probed once, and then not for three intervals."""
    return state.last is not None and now - state.last.at > STALE_AFTER * state.interval


def ends_soon(state: CheckState, now: float) -> bool:
    """Whether its certificate ends within the check's bound."""
    end = state.last.certificate if state.last is not None else None
    return end is not None and end - now < state.certificate_bound


def severity_of_check(state: CheckState, now: float) -> Severity:
    """The check's own severity while it fails; MEDIUM where only its certificate ends soon."""
    if state.last is None:
        return Severity.OK
    if not state.last.ok:
        return state.severity
    return Severity.MEDIUM if ends_soon(state, now) else Severity.OK


def severity_of_checks(states: Iterable[CheckState], now: float) -> Severity:
    """The worst of them. An old failure stays one: nobody has seen it mended."""
    return worst([severity_of_check(state, now) for state in states])


def state_of(name: str, check: Check, pace: float = 1.0) -> CheckState:
    """A check before its first probe; called after its path by default. ``pace``: seconds of the clock in one of ours."""
    url = check.target.url
    return CheckState(
        name=name,
        title=check.title or urlsplit(url).path or urlsplit(url).netloc,
        url=url,
        interval=check.interval * pace,
        within=check.within,
        severity=check.severity,
        certificate_bound=check.certificate,
    )


# -- running


@dataclass(slots=True, eq=False)
class _Round:
    """One check and when it is probed next (monotonic seconds)."""

    check: Check
    prober: Prober
    state: CheckState
    phase: float
    due: float
    tried: bool = False
    task: asyncio.Task[None] | None = None


class Checkups:
    """Keeps the state of every check current. ``news`` is called after each probe; ``pace`` is how many seconds of
    ``clock.now`` pass in one of ``clock.monotonic``. Every check has a prober of its name; they are closed with this."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        probers: Mapping[str, Prober],
        clock: Clock,
        rng: random.Random,
        news: Callable[[], None],
        *,
        pace: float = 1.0,
        rest: Callable[[asyncio.Event, float], Awaitable[None]] = rest,
    ) -> None:
        self._clock = clock
        self._news = news
        self._pace = pace
        self._rest = rest
        moment = clock.monotonic()
        self._rounds = [
            _Round(check, probers[name], state_of(name, check, pace), moment + rng.uniform(0.0, check.interval), moment)
            for name, check in checks.items()
        ]
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()
        self._seen = (clock.now(), moment)
        self._closed = False
        self._logged: set[str] = set()

    def states(self) -> tuple[CheckState, ...]:
        """What is known of every check, in the order of the settings."""
        return tuple(one.state for one in self._rounds)

    def refresh(self) -> None:
        """Probe everything now; ``settle`` then waits for these results."""
        moment = self._clock.monotonic()
        for one in self._rounds:
            one.due, one.tried = moment, False
        self._wake.set()

    async def run(self) -> None:
        """Probe until cancelled; probes under way are cancelled with it."""
        self._closed = False
        try:
            while True:
                self._wake.clear()
                await self._rest(self._wake, self.tick())
        finally:
            await self._cancel()

    async def settle(self, deadline: float) -> bool:
        """Probe everything once; True when all have come back within ``deadline`` seconds."""
        try:
            async with asyncio.timeout(deadline):
                while any(not one.tried for one in self._rounds):
                    self._progress.clear()
                    self.tick()
                    await self._progress.wait()
        except TimeoutError:
            return False
        return True

    async def aclose(self) -> None:
        """Cancel what is under way and close the probers."""
        await self._cancel()
        for one in self._rounds:
            await one.prober.aclose()

    def tick(self) -> float:
        """Start what is due; seconds until the next is due (or less). Needs a running event loop."""
        moment = self._clock.monotonic()
        self._notice_set_clock(moment)
        for one in self._rounds:
            if one.task is None and one.due <= moment and not self._closed:
                one.due = next_due(one.phase, one.check.interval, moment)
                one.task = asyncio.create_task(self._probe(one))
                one.task.add_done_callback(partial(self._finished, one))
        soonest = min((one.due for one in self._rounds if one.task is None), default=math.inf)
        return min(max(0.0, soonest - moment), _LONGEST_SLEEP)

    async def _probe(self, one: _Round) -> None:
        began, sent = self._clock.now(), self._clock.monotonic()
        deadline = one.check.target.timeout + GRACE
        try:
            async with asyncio.timeout(deadline):
                result = await one.prober.probe()
        except TimeoutError:
            result = CheckResult(began, deadline, error=f"no result within {deadline:g}s")
        except Exception as error:  # noqa: BLE001  the worker's edge: a probe that breaks is a failed check
            self._log(one.state.name, error)
            words = f"noc failed on this check ({type(error).__name__}: {error}); see the log"
            result = CheckResult(began, self._clock.monotonic() - sent, error=words)
        one.state = noted(one.state, result)

    def _finished(self, one: _Round, task: asyncio.Task[None]) -> None:
        one.task, one.tried = None, True
        self._progress.set()
        self._wake.set()
        if not task.cancelled():
            self._tell()

    def _tell(self) -> None:
        try:
            self._news()
        except Exception as error:  # noqa: BLE001  a listener that breaks must not end the checks
            self._log("a listener", error)

    async def _cancel(self) -> None:
        self._closed = True
        tasks = [one.task for one in self._rounds if one.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _notice_set_clock(self, moment: float) -> None:
        """The wall's clock was set (or the machine slept): keep ages true, and probe everything again."""
        wall = self._clock.now()
        drift = (wall - self._seen[0]) - (moment - self._seen[1]) * self._pace
        self._seen = (wall, moment)
        if abs(drift) <= _STEP:
            return
        for one in self._rounds:
            if drift < 0:
                one.state = rebased(one.state, drift)
            one.due = min(one.due, moment)

    def _log(self, what: str, error: Exception) -> None:
        """Once for each kind of failure, with its traceback."""
        kind = f"{what}: {type(error).__name__}: {error}"
        if kind not in self._logged and len(self._logged) < 100:
            self._logged.add(kind)
            log.error("the check %s failed in noc", what, exc_info=error)
