"""Asks every Alertmanager member and every server of rules, each at its own pace, and has the book made anew.

A member that hangs delays nobody: each has its own cadence, backoff and single flight. The book is made one at a time,
in a thread where it is large; subscribers hear once of each change. Alerts never pause (keys.md).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from noc.config.alerting import Alerting
from noc.engine.book import Book, MemberView, Observation, RulesView
from noc.engine.poller import rest
from noc.engine.skew import Skew
from noc.model.alerts import AlertAnswer, Phase, RuleAnswer
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import SourceError, Timeout
from noc.model.ports import AlertSource, RuleSource
from noc.model.results import ServerHealth

log = logging.getLogger(__name__)

IN_THREAD = 300
"""Alerts and silences above which the book is made in a thread."""

DEADLINE = 60.0
"""Seconds after which a source that never returns is given up; sources have their own, shorter deadline."""

JITTER = 0.1
"""Share of the cadence by which questions are spread, so that many walls do not ask at once."""

_STEP = 2.0  # seconds by which the clock must differ from the monotonic one to count as set
_LONGEST_SLEEP = 5.0

A = TypeVar("A", AlertAnswer, RuleAnswer)


class BookKeeper(Protocol):
    """Makes the book from what the servers said last; called by one thread at a time."""

    def observe(self, seen: Observation) -> Book: ...


@dataclass(slots=True)
class Line(Generic[A]):
    """One source as the poller sees it. Moments are monotonic seconds unless they say wall."""

    name: str
    ask: Callable[[], Awaitable[A]]
    refresh: float
    backoff: Backoff
    skew: Skew = field(default_factory=Skew)
    due: float = float("-inf")
    turn: int = -1
    """The last round of questions it has answered or failed."""
    booked: int = -1
    """The same, of the answer or failure that the book was last made from."""
    task: asyncio.Task[None] | None = None
    answer: A | None = None
    good_at: float | None = None  # wall's clock
    error: SourceError | None = None
    asked: bool = False


class AlertPoller:
    """Keeps ``book`` current. ``pace``: seconds of ``clock.now`` in one of ``clock.monotonic`` (the demo's speed)."""

    def __init__(
        self,
        members: Mapping[str, AlertSource],
        rules: Mapping[str, RuleSource],
        keeper: BookKeeper,
        clock: Clock,
        rng: random.Random,
        *,
        settings: Alerting,
        pace: float = 1.0,
        correct_clock: bool = True,
        deadline: float = DEADLINE,
        rest: Callable[[asyncio.Event, float], Awaitable[None]] = rest,
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._rng = rng
        self._settings = settings
        self._pace = pace
        self._correct_clock = correct_clock
        self._deadline = deadline
        self._rest = rest
        self._members = [Line(name, one.poll, settings.refresh, Backoff(rng)) for name, one in members.items()]
        self._rules = [Line(name, one.rules, settings.rules_refresh, Backoff(rng)) for name, one in rules.items()]
        self._subscribers: list[Callable[[Book], None]] = []
        self._turn = 0
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()
        self._making: asyncio.Task[None] | None = None
        self._dirty = True
        self._made_at = float("-inf")
        self._closed = False
        self._seen = (clock.now(), clock.monotonic())
        self._logged: set[str] = set()
        self.book = keeper.observe(self._observation())

    @property
    def interval(self) -> float:
        """Seconds of the wall's clock between two polls of a member."""
        return self._settings.refresh * self._pace

    @property
    def _lines(self) -> list[Line[AlertAnswer] | Line[RuleAnswer]]:
        return [*self._members, *self._rules]

    def subscribe(self, callback: Callable[[Book], None]) -> Callable[[], None]:
        """Call back with every book that differs from the one before; returns how to stop it."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def refresh(self) -> None:
        """Ask everybody now, failing ones too."""
        moment = self._clock.monotonic()
        self._turn += 1
        for line in self._lines:
            line.backoff.hurry(moment)
            line.due = moment
        self._wake.set()

    def health(self) -> Mapping[str, ServerHealth]:
        """How every member is doing, by name."""
        return {line.name: self._health(line) for line in self._members}

    def _health(self, line: Line[AlertAnswer]) -> ServerHealth:
        wait = line.backoff.until - self._clock.monotonic()
        return ServerHealth(
            name=line.name,
            kind="alertmanager",
            asked=line.asked,
            good_at=line.good_at,
            error=line.error,
            next_try=self._clock.now() + max(0.0, wait) * self._pace if line.backoff.failing else None,
            skew=line.skew.worth_telling,
        )

    async def run(self) -> None:
        """Ask until cancelled."""
        self._closed = False
        try:
            while True:
                self._wake.clear()
                try:
                    delay = self.tick()
                except Exception as error:  # noqa: BLE001  the poller's edge: no task dies silently
                    self._log("the alert poller's tick failed", error)
                    delay = 1.0
                await self._rest(self._wake, delay)
        finally:
            await self.aclose()

    async def settle(self, deadline: float) -> bool:
        """Ask everybody once; True when each has answered or failed within ``deadline`` seconds and the book is made."""
        return await self._until(self._turn, self._lines, deadline)

    async def fresh(self, deadline: float) -> Book:
        """A book made from answers to questions asked from now on; after ``deadline`` seconds whatever is known.

        Who failed before is asked too, and waited for only where nobody else is there to answer.
        """
        self.refresh()
        healthy = [line for line in self._lines if not line.backoff.failing]
        await self._until(self._turn, healthy or self._lines, deadline)
        return self.book

    async def _until(self, turn: int, lines: Sequence[Line[AlertAnswer] | Line[RuleAnswer]], deadline: float) -> bool:
        try:
            async with asyncio.timeout(deadline):
                while any(line.booked < turn for line in lines):
                    if self._closed:
                        return False
                    self._progress.clear()
                    self.tick()
                    await self._progress.wait()
        except TimeoutError:
            return False
        return True

    async def aclose(self) -> None:
        """Cancel what is under way. The sources belong to whoever made them."""
        self._closed = True
        tasks = [task for task in (*(line.task for line in self._lines), self._making) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._progress.set()  # nobody waits for answers that will not come

    def tick(self) -> float:
        """Start what is due and have the book made if something moved; seconds until the next."""
        moment = self._clock.monotonic()
        self._notice_set_clock(moment)
        for line in self._members:
            self._start(line, moment)
        for other in self._rules:
            self._start(other, moment)
        if self._making is None and moment - self._made_at >= self._settings.refresh:
            self._dirty = True  # ages pass, though nobody answers
        self._make()
        waits = [max(line.due, line.backoff.until) for line in self._lines if line.task is None]
        if self._making is None:
            waits.append(self._made_at + self._settings.refresh)
        return min(max(0.0, min(waits, default=moment + _LONGEST_SLEEP) - moment), _LONGEST_SLEEP)

    def _start(self, line: Line[A], moment: float) -> None:
        behind = line.turn < self._turn
        if self._closed or line.task is not None or not (behind or line.due <= moment):
            return
        if not behind and moment < line.backoff.until:
            return
        line.asked = True
        line.task = asyncio.create_task(self._fetch(line, self._turn))
        line.task.add_done_callback(lambda _: self._finished(line))

    def _finished(self, line: Line[A]) -> None:
        line.task = None
        self._dirty = True
        self._progress.set()
        self._wake.set()
        if not self._closed:
            self._make()

    async def _fetch(self, line: Line[A], turn: int) -> None:
        began, sent = self._clock.monotonic(), self._clock.now()
        error: SourceError
        try:
            async with asyncio.timeout(self._deadline):
                answer = await line.ask()
        except SourceError as found:
            error = found.kept()
        except TimeoutError:
            error = Timeout(f"no answer within {self._deadline:g}s")
        except Exception as bug:  # noqa: BLE001
            self._log(f"an answer of {line.name} could not be used", bug)
            error = SourceError(f"noc failed on this answer ({type(bug).__name__}: {bug}); see the log")
        else:
            self._answered(line, answer, sent, turn)
            return
        moment = self._clock.monotonic()
        line.error, line.turn = error, turn
        line.due = moment + max(line.refresh, line.backoff.failed(moment, began, error.retry_after))

    def _answered(self, line: Line[A], answer: A, sent: float, turn: int) -> None:
        moment, wall = self._clock.monotonic(), self._clock.now()
        if answer.server_time is not None and self._correct_clock:
            line.skew.observe(answer.server_time, sent, wall)
        line.backoff.succeeded()
        line.answer, line.good_at, line.error, line.turn = answer, wall, None, turn
        line.due = moment + line.refresh * (1 - JITTER + 2 * JITTER * self._rng.random())

    def _make(self) -> None:
        """Have the book made, unless that is under way: then once more afterwards."""
        if self._dirty and self._making is None and not self._closed:
            self._dirty = False
            self._making = asyncio.create_task(self._made())
            self._making.add_done_callback(lambda _: self._done())

    def _done(self) -> None:
        self._making = None
        self._progress.set()
        if not self._closed:
            self._make()

    async def _made(self) -> None:
        seen, turns = self._observation(), [line.turn for line in self._lines]
        size = sum(len(one.answer.alerts) + len(one.answer.silences) for one in seen.members if one.answer)
        try:
            book = (
                await asyncio.to_thread(self._keeper.observe, seen) if size > IN_THREAD else self._keeper.observe(seen)
            )
        except Exception as bug:  # noqa: BLE001  what servers send must never end the wall
            self._log("the alert book could not be made", bug)
            return
        finally:
            self._made_at = self._clock.monotonic()
            for line, turn in zip(self._lines, turns, strict=True):
                line.booked = turn
        before, self.book = self.book, book
        if any(entry.phase is Phase.UNKNOWN for entry in book.entries):
            self._ask_rules()
        if book.version != before.version:
            self._tell(book)

    def _tell(self, book: Book) -> None:
        for callback in list(self._subscribers):
            try:
                callback(book)
            except Exception as bug:  # noqa: BLE001  one listener's fault is not the next one's
                self._log("a listener to the alert book failed", bug)

    def _ask_rules(self) -> None:
        """Something is gone from Alertmanager: the servers of rules can say at once whether it resolved."""
        moment = self._clock.monotonic()
        for line in self._rules:
            line.due = min(line.due, moment + min(1.0, line.refresh))
        self._wake.set()

    def _observation(self) -> Observation:
        return Observation(
            now=self._clock.now(),
            members=tuple(
                MemberView(
                    line.name,
                    line.answer,
                    line.good_at,
                    line.error,
                    self._health(line).next_try,
                    line.skew.seconds,
                    line.asked,
                )
                for line in self._members
            ),
            rules=tuple(RulesView(one.name, one.answer, one.good_at, one.error, one.asked) for one in self._rules),
            interval=self.interval,
            rules_interval=self._settings.rules_refresh * self._pace,
        )

    def _notice_set_clock(self, moment: float) -> None:
        """The wall's clock was set: keep ages true, and ask again."""
        wall = self._clock.now()
        drift = (wall - self._seen[0]) - (moment - self._seen[1]) * self._pace
        self._seen = (wall, moment)
        if abs(drift) <= _STEP:
            return
        self._dirty = True  # every age in the book is another now
        for line in self._lines:
            line.skew.forget(drift)
            if drift < 0 and line.good_at is not None:
                line.good_at += drift
            line.due = min(line.due, moment)

    def _log(self, what: str, error: Exception) -> None:
        """A bug is told once, not with every poll."""
        text = f"{what}: {type(error).__name__}: {error}"
        if text not in self._logged:
            self._logged.add(text)
            log.error(what, exc_info=error)
