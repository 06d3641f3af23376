"""Follows one query: history first, then whatever is new, by asking again and again. A tail does it otherwise: feedtail.

Nothing here runs on the event loop for longer than a slice of lines takes. Unexpected exceptions end here: they become the
feed's error, logged once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from noc.engine.feed import BOUNDS, Bounds, FeedLog
from noc.engine.feedledger import REACH, whole
from noc.engine.feedreading import Read, read
from noc.engine.feedserver import LogServer
from noc.engine.feedwindow import AHEAD, Window
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import BadQuery, SourceError, Timeout
from noc.model.logs import SECOND, Feed, FeedQuery, Follow, LogLine

log = logging.getLogger(__name__)

Counter = Callable[[FeedQuery, int, int], Awaitable[int]]
"""How many lines a query has with start <= time < end (unix nanoseconds); raises SourceError."""

LEAST_READ = 1000
"""Lines read before a question is given up as too full: small panels too hear of all that happens on a quiet server."""

SLICE = 500
"""Lines taken between two looks at the rest of the world: 1 to 2 ms."""

DEADLINE = 120.0
"""Seconds after which a source that never returns is given up; sources have their own, shorter deadline."""

SLOW_RETRY = 60.0
"""Seconds until a refused query is tried again: limits and data change, and parse errors cost nothing."""

LEAST_POLL = 0.5
"""Seconds between two questions; a wall is no load test."""

CHUNK = 5 * SECOND
"""Of a hole that stays open, so much is closed at a time."""

PATIENCE = 90 * SECOND
"""Age of a hole whose lines nobody could count, when it is given up."""

_NEVER = float("inf")
_LONGEST_SLEEP = 60.0
_JITTER = 0.05  # share of the cadence by which questions are spread
_SHORTEST_GAP = 0.25  # share of the cadence that a slow server is left alone in any case


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all feeds of a wall have in common. ``changed`` gives a feed's new version."""

    clock: Clock
    rng: random.Random
    changed: Callable[[FeedQuery], int]
    progress: Callable[[], None]
    rest: Callable[[asyncio.Event, float], Awaitable[None]]
    pace: float = 1.0
    correct_clock: bool = True
    count: Counter | None = None
    bounds: Bounds = BOUNDS
    deadline: float = DEADLINE


class Feeder:
    """One followed query. Whoever holds it starts :meth:`run` as a task and cancels it; what is known stays."""

    def __init__(self, query: FeedQuery, server: LogServer, around: Surroundings) -> None:
        self.query = query
        self.server = server
        self.around = around
        self.log = FeedLog(query.limit, around.bounds)
        self.wake = asyncio.Event()
        self.due = float("-inf")  # monotonic seconds
        self.tried = False
        self.asking = False
        self.resumed = False
        """Nobody looked for a while: what came meanwhile was not skipped."""
        self.error: SourceError | None = None
        self.next_try: float | None = None
        self.good_at: float | None = None
        self.following = Follow.POLL
        self.note = ""
        self.window: Window | None = None
        self._backoff = Backoff(around.rng)
        self._logged: set[str] = set()
        self._version = 0
        self._view = Feed(query)

    @property
    def interval(self) -> float:
        """Real seconds between two questions."""
        return max(LEAST_POLL, self.query.poll)

    def view(self) -> Feed:
        """What is known, made when first asked for after a change."""
        if self._view.version != self._version:
            log, ledger = self.log, self.log.ledger
            self._view = Feed(
                query=self.query,
                version=self._version,
                lines=log.ring.view(),
                total=log.total,
                skipped=ledger.skipped,
                dropped=ledger.dropped,
                uncounted=ledger.uncounted,
                rate=log.rate.rate(),
                good_at=self.good_at,
                error=self.error,
                next_try=self.next_try,
                following=self.following,
                note=self.note,
            )
        return self._view

    def changed(self) -> None:
        """Something a panel could show is different."""
        self._version = self.around.changed(self.query)

    def hurry(self, moment: float) -> None:
        """Ask now, even what was refused or is done."""
        self.due, self.tried = moment, False
        self.wake.set()

    def shared_failure(self) -> None:
        """The server failed, or somebody's turn came: a feed that waits for it fails with it, unasked."""
        server = self.server
        if server.error is not None and not self.asking and self.due <= self.around.clock.monotonic():
            self._told(server.error, server.backoff.until)
        self.wake.set()

    def set_back(self, drift: float) -> None:
        """The wall's clock was set back by so many seconds (negative): ages stay true."""
        if self.good_at is not None:
            self.good_at += drift
            self.changed()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            await self.permitted()
            began = self.around.clock.monotonic()
            try:
                await self.step()
            except Exception as bug:  # noqa: BLE001  the worker's edge: no feed dies silently
                self._bug("a feed failed", bug, began)

    async def step(self) -> None:
        """One question, at most."""
        await self.poll()

    async def permitted(self) -> None:
        """Wait until this feed's question is due and its server can take it."""
        while True:
            self.wake.clear()
            moment = self.around.clock.monotonic()
            wait = self.due - moment
            if wait <= 0:
                turn = self.server.wait(moment)
                wait = _LONGEST_SLEEP if turn is None else turn
                if wait <= 0:
                    return
                if self.server.error is not None and self.error is not self.server.error:
                    self._told(self.server.error, self.server.backoff.until)
            await self.around.rest(self.wake, min(wait, _LONGEST_SLEEP))

    async def poll(self) -> bool:
        """Ask once, take what came; whether that went well. ``due`` is when to ask next."""
        clock, server = self.around.clock, self.server
        began = clock.monotonic()
        server.asked = self.asking = True
        server.in_flight += 1
        try:
            async with asyncio.timeout(self.around.deadline):
                await (self._live() if self.query.end is None else self._fixed(self.query.end))
        except SourceError as error:
            self.failed(error, began)
        except TimeoutError:
            self.failed(Timeout(f"no answer within {self.around.deadline:g}s"), began)
        except Exception as bug:  # noqa: BLE001  the worker's edge: no task dies silently
            self._bug("an answer could not be used", bug, began)
        else:
            self._went_well(began)
            return True
        finally:
            server.in_flight -= 1
            self.asking = False
            if server.backoff.failing:
                server.tell()
            self.around.progress()
        return False

    async def _fixed(self, end: float) -> None:
        """The newest lines of a window of the past."""
        until = round(end * SECOND)
        found = await self._read(until - round(self.query.span * SECOND), until)
        self.log.restart(until)
        self.log.total = 0
        await self.take(found.lines)

    async def _live(self) -> None:
        moment = self.around.clock.monotonic()
        now = self._now()
        end = now + (AHEAD * SECOND if self.around.correct_clock else 0)
        window = self.window or Window(now - round(self.query.span * SECOND))
        due = window.due(moment)
        self.log.ledger.ask()
        start = window.start(self.log.ring.newest, due)
        found = await self._read(start, end)
        until = self._known(end, found)
        first = window.covered is None or (self.resumed and found.bottom is not None)
        if first:
            await self._begun(found, until)
        else:
            await self._went_on(found, start)
        self.window, self.resumed = window, False
        window.cover(until, due, moment)
        self._seen_alive()
        self.changed()
        await self._account(until)
        at = self.around.clock.monotonic() * self.around.pace
        if first:
            self.log.seed_rate(at, until, found.bottom)
        else:
            self.log.note_rate(at)

    async def _went_on(self, found: Read, start: int) -> None:
        """Further lines, and what they say about those that did not come."""
        log = self.log
        short = found.bottom if self._left_out(found.bottom) else None
        new = await self.take(found.lines)
        log.ledger.answered(start, short)
        if found.bottom is None:
            log.ledger.came()
        elif self.around.count is None:
            log.ledger.came(new)
            log.ledger.write_off()

    def _left_out(self, bottom: int | None) -> bool:
        """Whether lines may lie unread below the last one read. Who cannot count looks only between old and new ones."""
        newest = self.log.ring.newest
        return bottom is not None and (self.around.count is not None or newest is None or newest < bottom)

    async def _begun(self, found: Read, until: int) -> None:
        """The first lines, or the first after so long that they do not join those known."""
        floor = whole(until - REACH * SECOND)
        log = self.log
        total, newest = log.total, log.ring.newest
        log.restart(floor if found.bottom is None else max(floor, found.bottom + 1))
        await self.take(found.lines)
        if found.bottom is not None:
            log.ring.cut(found.bottom)
        if newest is not None:
            log.total = total + sum(line.at > newest for line in log.ring.view())

    async def take(self, lines: Sequence[LogLine]) -> int:
        """Take lines slice by slice; how many were new."""
        new = 0
        for first in range(0, len(lines), SLICE):
            if first:
                await asyncio.sleep(0)
            new += self.log.take(lines[first : first + SLICE])
        return new

    async def _read(self, start: int, end: int) -> Read:
        """The newest lines of a window, as many as are kept; raises SourceError."""
        query = self.query
        wanted = max(query.limit, LEAST_READ) if query.end is None else query.limit
        return await read(self.server.source, self.around.clock, query.expr, start, end, wanted)

    def _known(self, end: int, read: Read) -> int:
        """Before which moment the server knew everything when it answered; teaches us its clock."""
        if not self.around.correct_clock:
            return end
        if read.server_time is None:
            return self._now() - round((read.took + 1) * SECOND)
        self.server.skew.observe(read.server_time, read.sent, read.received)
        return min(end, round((read.server_time - read.took - 1) * SECOND))

    def _now(self) -> int:
        """The server's clock, unix nanoseconds."""
        return round(self.server.now(self.around.clock) * SECOND)

    async def _account(self, covered: int) -> None:
        """Count what may not have been read, and close the account of what is old."""
        ledger, count = self.log.ledger, self.around.count
        target = ledger.mature(covered)
        if count is None:
            ledger.give_up()
        else:
            try:
                await self._counted(count, target)
            except SourceError as error:
                log.info("lines of %s that were not read could not be counted: %s", self.query.expr, error.cause)
                if ledger.hole is not None and ledger.hole[0] < covered - PATIENCE:
                    ledger.give_up()
        if ledger.to_close(target) is None:
            ledger.raise_floor(target)

    async def _counted(self, count: Counter, target: int) -> None:
        ledger = self.log.ledger
        part = ledger.to_close(target)
        if part is not None and (part[1] - part[0] >= CHUNK or part[1] < target):
            ledger.closed(part, await count(self.query, *part))
        part = ledger.to_count()
        if part is not None:
            ledger.counted(part, await count(self.query, *part))

    def _seen_alive(self) -> None:
        self.good_at = self.around.clock.now()
        self.error = self.next_try = None
        self.tried = True

    def _went_well(self, began: float) -> None:
        clock = self.around.clock
        moment = clock.monotonic()
        self.server.answered(moment, clock.now())
        self._backoff.succeeded()
        self._seen_alive()
        self.due = _NEVER if self.query.end is not None else self._next(began, moment)
        self.changed()

    def _next(self, began: float, moment: float) -> float:
        """The cadence, a little spread."""
        spread = 1.0 - _JITTER * self.around.rng.random()
        return max(began + self.interval * spread, moment + self.interval * _SHORTEST_GAP)

    def failed(self, error: SourceError, began: float) -> None:
        """A question failed: when to try again, and whom to blame."""
        moment, server = self.around.clock.monotonic(), self.server
        if server.blames(error, began):
            self.due = moment
            server.failed(error, moment, began)
            self._told(error, server.backoff.until)
            return
        if isinstance(error, BadQuery):
            server.answered(moment, self.around.clock.now())
            wait = SLOW_RETRY
        else:
            wait = max(self.interval, self._backoff.failed(moment, began, error.retry_after))
        self.due = moment + wait
        self._told(error, self.due)

    def _bug(self, what: str, bug: Exception, began: float) -> None:
        self.logged(what, bug)
        self.failed(SourceError(f"noc failed on this answer ({type(bug).__name__}: {bug}); see the log"), began)

    def _told(self, error: SourceError, until: float) -> None:
        clock = self.around.clock
        self.error, self.tried = error, True
        self.next_try = clock.now() + max(0.0, until - clock.monotonic()) * self.around.pace
        self.changed()
        self.around.progress()

    def logged(self, what: str, bug: Exception) -> None:
        """A bug is told once, not with every question."""
        text = f"{what}: {type(bug).__name__}: {bug}"
        if text not in self._logged and len(self._logged) < 100:
            self._logged.add(text)
            log.error("%s: %s", self.query.expr, what, exc_info=bug)
