"""Follows one query by a tail: lines come as they arrive, and questions make sure that none is missing.

A tail alone is not complete: its history is cut, a slow reader loses lines, it ends once an hour and with every restart
of a server (protocols.md 6.5). So it begins with an answer, every end is followed by one, and while it lives the server is
asked now and then what the tail has not brought. The account (feedledger) is kept by these questions, as without a tail.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from noc.engine.feeder import Feeder
from noc.engine.feedquestions import Surroundings
from noc.engine.feedserver import LogServer
from noc.model.backoff import Backoff
from noc.model.errors import BadQuery, SourceError, TailClosed
from noc.model.logs import FeedQuery, Follow, TailFrame
from noc.model.text import clean

RENEW = 3000.0
"""Seconds a tail lives: servers end it after an hour, in the middle of a word."""

CHECK = 30.0
"""Seconds between two questions beside a tail that works."""

BATCH = 25_000
"""Lines after which the question comes earlier: what is not known by number any more cannot be accounted for."""

AFTER_DROPS = 1.0
"""Seconds from the news of dropped lines to the question for them: there will be more."""

STEADY = 60.0
"""Seconds after which a tail that brought nothing is believed to work: until then it may still be opening."""

EARLY = 10.0
"""Seconds under which a tail's end is taken for a refusal: a server that has too many closes each right after it was opened
(protocols.md 6.5)."""

FAILURES = 2
"""Tails in a row that ended early or brought nothing, after which the feed is polled instead."""

AGAIN = 300.0
"""Seconds after which a refused tail is tried again."""


class TailFeeder(Feeder):
    """One query followed by a tail, and by polling while there is none."""

    def __init__(self, query: FeedQuery, server: LogServer, around: Surroundings) -> None:
        super().__init__(query, server, around)
        self._tail_due = float("-inf")  # monotonic seconds
        self._failures = 0
        self._tail_backoff = Backoff(around.rng)
        self._whole = False
        """Nothing is missing up to a moment ago: the last answer was good, and no tail ended since."""
        self._proven = False
        self._unchecked = 0
        """Lines that came since the server was asked last."""
        self._asked_at = float("-inf")

    def hurry(self, moment: float) -> None:
        self._tail_due = min(self._tail_due, moment)
        super().hurry(moment)

    async def run(self) -> None:
        self._whole = False
        await super().run()

    async def step(self) -> None:
        """A question, or a tail from its beginning to its end."""
        clock = self.around.clock
        if self._whole and clock.monotonic() >= self._tail_due:
            await self._session()
            return
        self._whole = await self.poll()
        if self._whole:
            self.due = min(self.due, max(clock.monotonic(), self._tail_due))

    async def _session(self) -> None:
        clock = self.around.clock
        opened = clock.monotonic()
        self._proven, self._unchecked = False, 0
        if not self.note:
            self.following = Follow.TAIL
        reader = asyncio.create_task(self._listen(self._last()))
        reader.add_done_callback(lambda _: self.wake.set())
        self.due = opened + self.interval
        try:
            await self._beside(reader, opened)
        finally:
            renewed = not reader.done()
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        self._whole = renewed
        self.due = clock.monotonic()
        if not renewed:
            self._ended(reader.exception(), opened)
        self.changed()

    def _last(self) -> int:
        """From where a tail has to begin: the newest line, unless that is of the future; not later, for lines of its
        moment may be missing (protocols.md 6.5)."""
        newest, now = self.log.ring.newest, self.questions.now()
        if newest is not None and newest <= now:
            return newest
        covered = self.questions.covered
        return now if covered is None else min(covered, now)

    async def _beside(self, reader: asyncio.Task[None], opened: float) -> None:
        """Ask from time to time what the tail has not brought, until it ends or is to be renewed."""
        clock = self.around.clock
        while True:
            self.wake.clear()
            moment = clock.monotonic()
            if reader.done() or moment >= opened + RENEW:
                return
            if moment >= opened + STEADY:
                self._prove()
            if self._proven:
                self._alive()
            turn = self.server.wait(moment)
            if self.due <= moment and turn == 0.0:
                self._unchecked, self._asked_at = 0, moment
                if await self.poll() and self._proven:
                    self.due = clock.monotonic() + CHECK
                continue
            wait = max(self.due - moment, self.interval if turn is None else turn)
            await self.around.rest(self.wake, min(wait, self.interval, opened + RENEW - moment))

    async def _listen(self, start: int) -> None:
        """Take what the tail brings until it ends, by an error."""
        async with aclosing(self.server.source.tail(self.query.expr, start)) as frames:
            async for frame in frames:
                await self._heard(frame)
        raise TailClosed("the tail ended", 1000)

    async def _heard(self, frame: TailFrame) -> None:
        moment = self.around.clock.monotonic()
        self._prove()
        self._unchecked += await self.questions.take(frame.lines)
        if frame.dropped:
            self.log.ledger.drop(frame.dropped, self.questions.now())
            self._ask_by(moment + AFTER_DROPS)
        if self._unchecked >= BATCH:
            self._ask_by(max(moment, self._asked_at + self.interval))
        self._alive()
        await asyncio.sleep(0)  # frames may wait in line, and others for their turn

    def _ask_by(self, moment: float) -> None:
        if moment < self.due:
            self.due = moment
            self.wake.set()

    def _prove(self) -> None:
        """The tail works."""
        if not self._proven:
            self._proven = True
            self.following, self.note = Follow.TAIL, ""

    def _alive(self) -> None:
        clock = self.around.clock
        self.good_at = clock.now()
        self.log.note_rate(clock.monotonic() * self.around.pace)
        self.changed()

    def _ended(self, error: BaseException | None, opened: float) -> None:
        """When to try the next tail: at once after a long one, later after short ones, much later when they are refused."""
        moment = self.around.clock.monotonic()
        if not isinstance(error, SourceError):
            bug = error if isinstance(error, Exception) else RuntimeError("cancelled")
            self.logged("a tail could not be read", bug)
            error = SourceError(f"noc failed on it ({type(bug).__name__}: {bug}); see the log")
        if moment - opened >= EARLY and self._proven:
            self._failures = 0
            self._tail_backoff.succeeded()
            self._tail_due = moment
            return
        self._failures += 1
        self._tail_due = moment + self._tail_backoff.failed(moment, opened, error.retry_after)
        if self._failures >= FAILURES or isinstance(error, BadQuery):
            self._tail_due = max(self._tail_due, moment + AGAIN)
            self.following = Follow.POLL
            self.note = f"tail refused, polling: {clean(error.cause, 80)}"
