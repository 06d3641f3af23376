"""Asks the servers, in time and no oftener: cadence, jitter, backoff, single flight, cancellation.

One timer sleeps until the next query is due; there is no task per query. ``tick`` starts what is due and says how long
to sleep, so that a test needs no clock but its own. A failing server is left alone for a while and then probed with
one request; nothing waits inside a worker. Unexpected exceptions end here: they become the query's error, logged once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from array import array
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from noc.engine.link import Link
from noc.engine.store import Store, Ticket
from noc.engine.watch import NEVER, Watch
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import BadQuery, SourceError, Timeout
from noc.model.ports import MetricSource
from noc.model.query import Demand, Query
from noc.model.results import ServerHealth
from noc.model.series import Answer, Series

log = logging.getLogger(__name__)

IN_FLIGHT = 8
"""Requests under way at one server."""

DEADLINE = 120.0
"""Seconds after which a source that never returns is given up; sources have their own, shorter deadline."""

SLOW_RETRY = 60.0
"""Seconds until a query is asked again that the server could not execute (422): other data may cure it."""

KNOCK = 5.0
"""Seconds without a word of a server after which it is asked whether it lives, with a question that costs nothing: a wall
of slow panels must not learn minutes later that it is blind."""

LEAST_REFRESH = 0.5
"""Seconds; a wall is no load test."""

_LONGEST_SLEEP = 60.0
_STEP = 2.0  # seconds by which the wall's clock must differ from its monotonic one to count as set
_STALE_MOMENT = 5.0  # seconds a query may wait in the queue and still be evaluated at its tick's time


def _forwarded(current: Answer, at: float) -> Answer:
    """The current values as the last point of an otherwise empty window, to be asked again: it never settles."""
    series = tuple(Series(one.labels, array("d", [at]), one.values[-1:]) for one in current.series)
    return replace(current, series=series, partial=True)


async def rest(wake: asyncio.Event, seconds: float) -> None:
    """Sleep so long, or until woken."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return


class Poller:
    """Keeps the store current for the watched demands.

    ``on_change`` gets the queries whose results moved, once per turn of the event loop. ``pace`` is how many seconds
    of ``clock.now`` pass in one of ``clock.monotonic`` (the demo's speed). ``correct_clock=False`` for clocks that are
    not meant to be the server's (demo, a snapshot of another time).
    """

    def __init__(
        self,
        sources: Mapping[str, MetricSource],
        store: Store,
        clock: Clock,
        rng: random.Random,
        on_change: Callable[[frozenset[Query]], None],
        *,
        in_flight: int = IN_FLIGHT,
        deadline: float = DEADLINE,
        pace: float = 1.0,
        correct_clock: bool = True,
        knock_after: float = KNOCK,
        rest: Callable[[asyncio.Event, float], Awaitable[None]] = rest,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._on_change = on_change
        self._in_flight = in_flight
        self._deadline = deadline
        self._pace = pace
        self._correct_clock = correct_clock
        self._knock_after = knock_after
        self._rest = rest
        self._links = {name: Link.to(name, source, rng) for name, source in sources.items()}
        self._watches: dict[Query, Watch] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()
        self._paused = False
        self._closed = False
        self._base = clock.monotonic()
        self._seen = (clock.now(), clock.monotonic())
        self._logged: set[str] = set()
        self._changed: set[Query] = set()
        store.subscribe(self._changed.add)

    def watch(self, demands: Iterable[Demand]) -> None:
        """What is looked at from now on. New queries are asked at once; requests nobody waits for are cancelled."""
        wanted: dict[Query, float] = {}
        for demand in demands:
            refresh = max(demand.refresh, LEAST_REFRESH)
            wanted[demand.query] = min(refresh, wanted.get(demand.query, refresh))
        for query in [query for query in self._watches if query not in wanted]:
            self._drop(self._watches.pop(query))
        moment = self._clock.monotonic()
        for query, refresh in wanted.items():
            known = self._watches.get(query)
            if known is None:
                done = self._store.settled(query)
                due = NEVER if done else moment
                self._watches[query] = Watch(query, refresh, self._rng.random(), due, Backoff(self._rng), tried=done)
            elif known.refresh != refresh:
                known.refresh = refresh
                known.due = min(known.due, moment + refresh) if known.due != NEVER else NEVER
        # ages are told in seconds of the clock, which may run faster than the questions
        self._store.demand(
            [Demand(query, refresh * self._pace) for query, refresh in wanted.items()], self._clock.now()
        )
        self._wake.set()

    def refresh(self) -> None:
        """Ask everything now, refused queries and failing servers too; ``settle`` then waits for these answers."""
        moment = self._clock.monotonic()
        for link in self._links.values():
            link.backoff.hurry(moment)
        for watch in self._watches.values():
            watch.due, watch.tried = moment, False
        self._wake.set()

    def pause(self) -> None:
        """Start no more requests; those under way may finish."""
        self._paused = True

    def resume(self) -> None:
        """Go on, at once with what became due meanwhile."""
        self._paused = False
        self._wake.set()

    @property
    def quiet(self) -> float:
        """Seconds of the wall's clock that a server which is looked at may say nothing before it is asked for a word."""
        return self._knock_after * self._pace

    def health(self) -> Mapping[str, ServerHealth]:
        """How every server is doing, by name."""
        return {name: link.health(self._clock, self._pace) for name, link in self._links.items()}

    async def run(self) -> None:
        """Poll until cancelled; requests under way are cancelled with it."""
        self._closed = False
        try:
            while True:
                self._wake.clear()
                try:
                    delay = self.tick()
                except Exception as error:  # noqa: BLE001  the poller's edge: no task dies silently
                    self._log("the poller's tick failed", error)
                    delay = 1.0
                await self._rest(self._wake, delay)
        finally:
            await self.aclose()

    async def settle(self, deadline: float) -> bool:
        """Ask everything once; True when every query was answered or failed within ``deadline`` seconds."""
        try:
            async with asyncio.timeout(deadline):
                while any(not watch.tried for watch in self._watches.values()):
                    self._progress.clear()
                    self.tick()
                    if any(not watch.tried for watch in self._watches.values()):
                        await self._progress.wait()
        except TimeoutError:
            return False
        return True

    async def aclose(self) -> None:
        """Cancel what is under way. The sources belong to whoever made them."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def tick(self) -> float:
        """Start what is due; seconds until the next is due (or less). Needs a running event loop."""
        moment = self._clock.monotonic()
        self._notice_set_clock(moment)
        if self._paused:
            return _LONGEST_SLEEP
        moments = {name: link.now(self._clock) for name, link in self._links.items()}
        for watch in self._watches.values():
            if watch.idle and watch.due <= moment:
                self._enqueue(watch, moments, moment)
        for link in self._links.values():
            self._pump(link)
        for due, link in self._silences():
            if due <= moment:
                self._knock(link, moment)
        self._announce()
        return self._sleep_until_next(moment)

    def _sleep_until_next(self, moment: float) -> float:
        soonest = min((watch.due for watch in self._watches.values() if watch.idle), default=NEVER)
        for link in self._links.values():
            if link.waiting and not link.in_flight:
                soonest = min(soonest, link.backoff.until)
        return min(max(0.0, min([soonest, *(due for due, _ in self._silences())]) - moment), _LONGEST_SLEEP)

    def _enqueue(self, watch: Watch, moments: Mapping[str, float], moment: float) -> None:
        link = self._links.get(watch.query.source)
        if link is None:
            watch.due, watch.tried = NEVER, True
            self._store.fail(watch.query, SourceError(f"no server named {watch.query.source}"))
            return
        watch.moment = moments[link.name]
        watch.queued = True
        link.waiting.append(watch)
        if link.error is not None and moment < link.backoff.until:
            self._share_failure(link, watch)

    def _share_failure(self, link: Link, watch: Watch) -> None:
        """A query that waits for a failing server fails with it, unasked."""
        assert link.error is not None
        watch.tried = True
        self._store.fail(watch.query, link.error, next_try=link.health(self._clock).next_try)

    def _pump(self, link: Link) -> None:
        """Start waiting queries while the server has room."""
        while (
            not (self._paused or self._closed) and link.waiting and link.room(self._clock.monotonic(), self._in_flight)
        ):
            watch = link.waiting.popleft()
            watch.queued = False
            link.asked, link.spoken = True, self._clock.monotonic()
            link.in_flight += 1
            watch.task = task = asyncio.create_task(self._fetch(link, watch))
            self._tasks.add(task)
            task.add_done_callback(partial(self._finished, link, watch))

    def _finished(self, link: Link, watch: Watch, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        link.in_flight -= 1
        if watch.task is task:
            watch.task = None
        self._pump(link)
        self._progress.set()
        self._wake.set()
        self._announce()

    async def _fetch(self, link: Link, watch: Watch) -> None:
        began, sent, now = self._clock.monotonic(), self._clock.now(), link.now(self._clock)
        at = watch.moment if 0.0 <= now - watch.moment <= _STALE_MOMENT * self._pace else now
        ticket: Ticket | None = None
        try:
            ticket = self._store.ask(watch.query, at)
            async with asyncio.timeout(self._deadline):
                answer = await self._asked(link.source, ticket)
            self._answered(link, watch, ticket, answer, sent)
        except SourceError as error:
            self._failed(link, watch, ticket, error.kept(), began)
        except TimeoutError:
            self._failed(link, watch, ticket, Timeout(f"no answer within {self._deadline:g}s"), began)
        except Exception as error:  # noqa: BLE001
            self._log(f"an answer of {link.name} could not be used", error)
            cause = SourceError(f"noc failed on this answer ({type(error).__name__}: {error}); see the log")
            self._failed(link, watch, ticket, cause, began)

    async def _asked(self, source: MetricSource, ticket: Ticket) -> Answer:
        if ticket.gap is None:
            return await source.instant(ticket.query.expr, ticket.at)
        start, end = ticket.bounds
        answer = await source.range(ticket.query.expr, start, end, ticket.query.step)
        if answer.series or not self._young(ticket):
            return answer
        return _forwarded(await source.instant(ticket.query.expr, round(ticket.now, 3)), end)

    def _young(self, ticket: Ticket) -> bool:
        """Whether nothing was ever found for a live window: the server may be younger than one step of the grid."""
        query = ticket.query
        return query.end is None and not query.shift and not self._store.result(query).series

    def _answered(self, link: Link, watch: Watch, ticket: Ticket, answer: Answer, sent: float) -> None:
        moment, wall = self._clock.monotonic(), self._clock.now()
        if answer.server_time is not None and self._correct_clock:
            link.skew.observe(answer.server_time, sent, wall)
        self._store.accept(ticket, answer, wall)
        link.answered(moment, wall)
        watch.backoff.succeeded()
        watch.tried = True
        done = self._store.settled(watch.query)
        watch.due = NEVER if done else watch.next_due(moment, link.now(self._clock), self._pace, self._base)

    def _failed(self, link: Link, watch: Watch, ticket: Ticket | None, error: SourceError, began: float) -> None:
        moment, wall = self._clock.monotonic(), self._clock.now()
        watch.tried = True
        if link.blames(error, began):
            wait = self._blame(link, error, began)
            watch.due = moment
            self._store.fail(watch.query, error, ticket=ticket, next_try=wall + wait * self._pace)
            return
        if isinstance(error, BadQuery):  # a refusal is an answer: the server lives
            link.answered(moment, wall)
            wait = SLOW_RETRY if error.status == 422 else NEVER
        else:
            wait = max(watch.refresh, watch.backoff.failed(moment, began, error.retry_after))
        watch.due = moment + wait
        self._store.fail(watch.query, error, ticket=ticket, next_try=wall + wait * self._pace if wait < NEVER else None)

    def _blame(self, link: Link, error: SourceError, began: float) -> float:
        """The server fails, and with it whatever waits for it; seconds until it is tried again."""
        link.spoken, link.error = self._clock.monotonic(), error
        wait = link.backoff.failed(link.spoken, began, error.retry_after)
        for other in link.waiting:
            self._share_failure(link, other)
        return wait

    def _silences(self) -> list[tuple[float, Link]]:
        """The servers that are looked at, each with the moment when it has said nothing for too long."""
        looked_at = {watch.query.source for watch in self._watches.values() if watch.due < NEVER or not watch.idle}
        return [(link.knock_due(self._knock_after), link) for link in self._links.values() if link.name in looked_at]

    def _knock(self, link: Link, moment: float) -> None:
        link.knocking = True
        task = asyncio.create_task(link.knock(self._clock, self._deadline))
        self._tasks.add(task)
        task.add_done_callback(partial(self._knocked, link, moment))

    def _knocked(self, link: Link, began: float, task: asyncio.Task[SourceError | None]) -> None:
        self._tasks.discard(task)
        link.knocking, link.spoken = False, self._clock.monotonic()
        if not task.cancelled():
            if (fault := task.exception()) is not None:
                self._log(f"an answer of {link.name} could not be used", fault)
            elif (error := task.result()) is not None and link.blames(error, began):
                self._blame(link, error, began)
        self._wake.set()
        self._announce()

    def _drop(self, watch: Watch) -> None:
        link = self._links.get(watch.query.source)
        if watch.queued and link is not None:
            link.waiting.remove(watch)
        if watch.task is not None:
            watch.task.cancel()

    def _notice_set_clock(self, moment: float) -> None:
        """The wall's clock was set (or the machine slept): keep ages and windows true, and ask everything again."""
        wall = self._clock.now()
        drift = (wall - self._seen[0]) - (moment - self._seen[1]) * self._pace
        self._seen = (wall, moment)
        if abs(drift) <= _STEP:
            return
        log.warning("the clock was set by %+.1f s", drift)
        if drift < 0:
            self._store.rebase(drift)
        for link in self._links.values():
            link.skew.forget(drift)
            if drift < 0 and link.good_at is not None:
                link.good_at += drift
        for watch in self._watches.values():
            watch.due = min(watch.due, moment)

    def _announce(self) -> None:
        """Tell ``on_change`` once in this turn of the loop, however many answers came."""
        if self._changed:
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        if not self._changed:
            return
        changed = frozenset(self._changed)
        self._changed.clear()
        try:
            self._on_change(changed)
        except Exception as error:  # noqa: BLE001
            self._log("the listener failed", error)

    def _log(self, what: str, error: BaseException) -> None:
        """Once for each kind of failure, with its traceback."""
        kind = f"{what}: {type(error).__name__}: {error}"
        if kind not in self._logged and len(self._logged) < 100:
            self._logged.add(kind)
            log.error("%s", what, exc_info=error)
