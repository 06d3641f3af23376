"""What is asked to follow a query, and what the answers mean: which lines are new, which were left out, how many those are.

Nothing here runs on the event loop for longer than a slice of lines takes.
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
from noc.model.clock import Clock
from noc.model.errors import BadQuery, SourceError
from noc.model.logs import SECOND, FeedQuery, LogLine

log = logging.getLogger(__name__)

Counter = Callable[[FeedQuery, int, int], Awaitable[int]]
"""How many lines a query has with start <= time < end (unix nanoseconds, whole milliseconds); raises SourceError."""

LEAST_READ = 1000
"""Lines read before a question is given up as too full: small panels too hear of all that happens on a quiet server."""

SLICE = 500
"""Lines taken between two looks at the rest of the world: 1 to 2 ms."""

DEADLINE = 120.0
"""Seconds after which a source that never returns is given up; sources have their own, shorter deadline."""

CHUNK = 5 * SECOND
"""Of a hole that stays open, so much is closed at a time."""

PATIENCE = 90 * SECOND
"""Age of a hole whose lines nobody could count, when it is given up."""

UNCOUNTABLE = 60.0
"""Seconds for which nothing is counted after the server refused to."""

_MILLISECOND = SECOND // 1000


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


class Questions:
    """Asks for the lines of one query and keeps their log. ``came`` is called as soon as lines are there, before anything is
    counted."""

    def __init__(self, query: FeedQuery, server: LogServer, around: Surroundings, came: Callable[[], None]) -> None:
        self.query = query
        self.server = server
        self.around = around
        self.log = FeedLog(query.limit, around.bounds)
        self.resumed = False
        """Nobody looked for a while: what came meanwhile was not skipped."""
        self._came = came
        self._window: Window | None = None
        self._least = LEAST_READ
        self._uncountable = float("-inf")  # until then, monotonic seconds

    @property
    def covered(self) -> int | None:
        """Everything before was asked for; None before the first answer."""
        return None if self._window is None else self._window.covered

    @property
    def _counter(self) -> Counter | None:
        return self.around.count if self.around.clock.monotonic() >= self._uncountable else None

    async def ask(self) -> None:
        """Put one question and take what came; raises SourceError."""
        await (self._live() if self.query.end is None else self._fixed(self.query.end))

    async def _fixed(self, end: float) -> None:
        """The newest lines of a window of the past."""
        until = round(end * SECOND)
        found = await self._read(until - round(self.query.span * SECOND), until)
        self.log.restart(until)
        self.log.total = 0
        await self.take(found.lines)

    async def _live(self) -> None:
        moment = self.around.clock.monotonic()
        now = self.now()
        end = now + (AHEAD * SECOND if self.around.correct_clock else 0)
        window = self._window or Window(now - round(self.query.span * SECOND))
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
        self._window, self.resumed = window, False
        window.cover(until, due, moment)
        self._came()
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
        elif self._counter is None:
            log.ledger.came(new)
            log.ledger.write_off()

    def _left_out(self, bottom: int | None) -> bool:
        """Whether lines may lie unread below the last one read. Who cannot count looks only between old and new ones."""
        newest = self.log.ring.newest
        return bottom is not None and (self._counter is not None or newest is None or newest < bottom)

    async def _begun(self, found: Read, until: int) -> None:
        """The first lines, or the first after so long that they do not join those known."""
        floor = whole(until - REACH * SECOND)
        log = self.log
        total, newest = log.total, log.ring.newest
        if found.bottom is not None:
            floor = max(floor, found.bottom + _MILLISECOND - found.bottom % _MILLISECOND)
        log.restart(floor)
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
        query, source, clock = self.query, self.server.source, self.around.clock
        if query.end is None and query.limit < self._least:
            try:
                return await read(source, clock, query.expr, start, end, self._least)
            except BadQuery:
                found = await read(source, clock, query.expr, start, end, query.limit)
                self._least = query.limit  # the server allows no more; the user knew
                return found
        return await read(source, clock, query.expr, start, end, query.limit)

    def _known(self, end: int, read: Read) -> int:
        """Before which moment the server knew everything when it answered; teaches us its clock."""
        if not self.around.correct_clock:
            return end
        if read.server_time is None:
            return self.now() - round((read.took + 1) * SECOND)
        self.server.skew.observe(read.server_time, read.sent, read.received)
        return min(end, round((read.server_time - read.took - 1) * SECOND))

    def now(self) -> int:
        """The server's clock, unix nanoseconds."""
        return round(self.server.now(self.around.clock) * SECOND)

    async def _account(self, covered: int) -> None:
        """Count what may not have been read, and close the account of what is old."""
        ledger, count = self.log.ledger, self._counter
        target = ledger.mature(covered)
        if count is None:
            ledger.give_up()
        else:
            try:
                await self._counted(count, target)
            except BadQuery as error:
                log.warning("lines of %s cannot be counted: %s", self.query.expr, error.cause)
                self._uncountable = self.around.clock.monotonic() + UNCOUNTABLE
                ledger.give_up()
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
