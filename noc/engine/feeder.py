"""Follows one query by asking again and again: when to ask, and what becomes of failures. A tail does more: feedtail.

Unexpected exceptions end here: they become the feed's error, logged once.
"""

from __future__ import annotations

import asyncio
import logging

from noc.engine.feedquestions import Questions, Surroundings
from noc.engine.feedserver import LogServer
from noc.model.backoff import Backoff
from noc.model.errors import BadQuery, SourceError, Timeout
from noc.model.logs import Feed, FeedQuery, Follow

log = logging.getLogger(__name__)

SLOW_RETRY = 60.0
"""Seconds until a refused query is tried again: limits and data change, and parse errors cost nothing."""

LEAST_POLL = 0.5
"""Seconds between two questions; a wall is no load test."""

_NEVER = float("inf")
_LONGEST_SLEEP = 60.0
_JITTER = 0.05  # share of the cadence by which questions are spread
_SHORTEST_GAP = 0.25  # share of the cadence that a slow server is left alone in any case


class Feeder:
    """One followed query. Whoever holds it starts :meth:`run` as a task and cancels it; what is known stays."""

    def __init__(self, query: FeedQuery, server: LogServer, around: Surroundings) -> None:
        self.query = query
        self.server = server
        self.around = around
        self.questions = Questions(query, server, around, self._lines_came)
        self.log = self.questions.log
        self.wake = asyncio.Event()
        self.due = float("-inf")  # monotonic seconds
        self.tried = False
        self.asking = False
        self._running = False
        self.error: SourceError | None = None
        self.next_try: float | None = None
        self.good_at: float | None = None
        self.following = Follow.POLL
        self.note = ""
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
                pace=self.around.pace,
            )
        return self._view

    def changed(self) -> None:
        """Something a panel could show is different."""
        self._version = self.around.changed(self.query)

    def resume(self, moment: float) -> None:
        """Somebody looks again; a window of the past that was answered needs nothing."""
        self.questions.resumed = True
        if self.query.end is None or not self.tried:
            self.due = min(self.due, moment)

    def hurry(self, moment: float) -> None:
        """Ask now, even what was refused or is done."""
        self.due, self.tried = moment, False
        self.wake.set()

    def shared_failure(self) -> None:
        """The server failed, or somebody's turn came: a feed that waits for it fails with it, unasked."""
        server = self.server
        if self._running and server.error is not None and not self.asking and self.due <= self.around.clock.monotonic():
            self._told(server.error, server.backoff.until)
        self.wake.set()

    def set_back(self, drift: float) -> None:
        """The wall's clock was set back by so many seconds (negative): ages stay true."""
        if self.good_at is not None:
            self.good_at += drift
            self.changed()

    async def run(self) -> None:
        """Follow until cancelled."""
        self._running = True
        try:
            while True:
                await self.permitted()
                began = self.around.clock.monotonic()
                try:
                    await self.step()
                except Exception as bug:  # noqa: BLE001  the worker's edge: no feed dies silently
                    self._bug("a feed failed", bug, began)
        finally:
            self._running = False

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
                await self.questions.ask()
        except SourceError as error:
            self.failed(error.kept(), began)
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

    def _lines_came(self) -> None:
        self._seen_alive()
        self.changed()

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
