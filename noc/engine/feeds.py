"""Feeds of log lines for a wall: who is looked at is followed, equal queries once; who is left is remembered for a while.

One task follows one query, because a tail is a conversation; what they have in common (whose turn it is at a failing
server, its clock, the versions, one word to the wall for all of them) is here.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from itertools import count as numbers

from noc.engine.feed import BOUNDS, Bounds
from noc.engine.feeder import Feeder
from noc.engine.feedquestions import DEADLINE, Counter, Surroundings
from noc.engine.feedserver import LogServer
from noc.engine.feedtail import TailFeeder
from noc.engine.poller import rest
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import SourceError
from noc.model.logs import Feed, FeedQuery, Follow
from noc.model.ports import LogSource
from noc.model.results import ServerHealth

log = logging.getLogger(__name__)

BREATH = 0.05
"""Seconds between two words to the wall at least: a tail speaks a hundred times a second."""

_STEP = 2.0  # seconds by which the wall's clock must differ from its monotonic one to count as set
_LOOK = 5.0  # seconds between two looks at the clock


class Feeds:
    """Keeps the feeds of the watched queries current.

    ``on_change`` gets the queries whose feeds moved. ``count`` says how many lines a query has in a window; without it what
    is skipped cannot be counted. ``pace`` is how many seconds of ``clock.now`` pass in one of ``clock.monotonic`` (the
    demo's speed); questions keep their cadence in real seconds. ``correct_clock=False`` for clocks that are not meant to
    be the server's (demo, a snapshot of another time).
    """

    def __init__(
        self,
        sources: Mapping[str, LogSource],
        clock: Clock,
        rng: random.Random,
        on_change: Callable[[frozenset[FeedQuery]], None] = lambda _: None,
        *,
        count: Counter | None = None,
        pace: float = 1.0,
        correct_clock: bool = True,
        bounds: Bounds = BOUNDS,
        deadline: float = DEADLINE,
        breath: float = BREATH,
        rest: Callable[[asyncio.Event, float], Awaitable[None]] = rest,
    ) -> None:
        self._clock = clock
        self._on_change = on_change
        self._pace = pace
        self._bounds = bounds
        self._breath = breath
        self._rest = rest
        self._servers = {name: LogServer(name, source, Backoff(rng)) for name, source in sources.items()}
        self._around = Surroundings(
            clock=clock,
            rng=rng,
            changed=self._moved,
            progress=self._progressed,
            rest=rest,
            pace=pace,
            correct_clock=correct_clock,
            count=count,
            bounds=bounds,
            deadline=deadline,
        )
        self._feeders: dict[FeedQuery, Feeder] = {}
        self._left: dict[FeedQuery, float] = {}
        """Queries nobody looks at, and since when (monotonic), the longest first."""
        self._lost: dict[FeedQuery, Feed] = {}
        """Queries of servers there are not."""
        self._tasks: dict[FeedQuery, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        """Tasks cancelled here. A task's own ``cancelling`` tells also of a timeout that it is about to handle."""
        self._versions = numbers(1)
        self._changed: set[FeedQuery] = set()
        self._speaking: asyncio.Handle | None = None
        self._spoke = float("-inf")
        self._progress = asyncio.Event()
        self._wake = asyncio.Event()
        self._closed = False
        self._seen = (clock.now(), clock.monotonic())

    def watch(self, queries: Iterable[FeedQuery]) -> None:
        """What is looked at from now on. New queries are asked at once; a feed nobody looks at ends, its lines are kept
        for a while. Outside an event loop the first questions wait for :meth:`run` or :meth:`settle`."""
        wanted = list(dict.fromkeys(queries))
        moment = self._clock.monotonic()
        for query in [query for query in self._feeders if query not in wanted and query not in self._left]:
            self._leave(query, moment)
        self._lost = {query: self._lost.get(query) or self._unknown(query) for query in wanted if self._strange(query)}
        for query in wanted:
            if self._strange(query):
                continue
            if query not in self._feeders:
                self._feeders[query] = self._new(query)
            elif self._left.pop(query, None) is not None:
                self._feeders[query].resume(moment)
        self._forget(moment)
        self._start()

    def feed(self, query: FeedQuery) -> Feed:
        """What is known of a query, watched or not; an empty feed of one never watched."""
        feeder = self._feeders.get(query)
        return feeder.view() if feeder is not None else self._lost.get(query) or Feed(query)

    def refresh(self) -> None:
        """Ask everything now, refused queries and failing servers too; ``settle`` then waits for these answers."""
        moment = self._clock.monotonic()
        for server in self._servers.values():
            server.backoff.hurry(moment)
        for feeder in self._watched():
            feeder.hurry(moment)

    def health(self) -> Mapping[str, ServerHealth]:
        """How every server is doing, by name."""
        return {name: server.health(self._clock, self._pace) for name, server in self._servers.items()}

    async def run(self) -> None:
        """Follow until cancelled; whatever is under way is cancelled with it."""
        self._closed = False
        try:
            while True:
                self._start()
                self._notice_set_clock()
                self._forget(self._clock.monotonic())
                self._wake.clear()
                await self._rest(self._wake, _LOOK)
        finally:
            await self.aclose()

    async def settle(self, deadline: float) -> bool:
        """True when every watched query was answered or failed within ``deadline`` seconds."""
        self._start()
        try:
            async with asyncio.timeout(deadline):
                while not self._closed and any(not feeder.tried for feeder in self._watched()):
                    self._progress.clear()
                    await self._progress.wait()
        except TimeoutError:
            return False
        return all(feeder.tried for feeder in self._watched())

    async def aclose(self) -> None:
        """End every feed. The sources belong to whoever made them."""
        self._closed = True
        if self._speaking is not None:
            self._speaking.cancel()
            self._speaking = None
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._progress.set()  # nobody waits for answers that will not come

    def _watched(self) -> list[Feeder]:
        return [feeder for query, feeder in self._feeders.items() if query not in self._left]

    def _strange(self, query: FeedQuery) -> bool:
        return query.source not in self._servers

    def _unknown(self, query: FeedQuery) -> Feed:
        self._changed.add(query)
        return Feed(query, next(self._versions), error=SourceError(f"no log server named {query.source}"))

    def _new(self, query: FeedQuery) -> Feeder:
        server = self._servers[query.source]
        kind = TailFeeder if query.follow == Follow.TAIL and query.end is None else Feeder
        feeder = kind(query, server, self._around)
        server.listeners.append(feeder.shared_failure)
        return feeder

    def _leave(self, query: FeedQuery, moment: float) -> None:
        """Nobody looks any more: the conversation ends, what was said is remembered."""
        self._left[query] = moment
        task = self._tasks.get(query)
        if task is not None:
            task.cancel()
            self._ending.add(task)

    def _forget(self, moment: float) -> None:
        """Let go of what nobody has looked at for long, and of the longest when there are many."""
        for query, since in list(self._left.items()):
            if (moment - since) * self._pace <= self._bounds.kept_for and len(self._left) <= self._bounds.kept:
                break
            del self._left[query]
            feeder = self._feeders.pop(query)
            feeder.server.listeners.remove(feeder.shared_failure)

    def _start(self) -> None:
        """Start the tasks of feeds that have none, as far as there is a loop to run them."""
        if self._closed:
            return
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        for feeder in self._watched():
            before = self._tasks.get(feeder.query)
            if before is None or before.done() or before in self._ending:
                self._tasks[feeder.query] = task = asyncio.create_task(_followed(feeder, before))
                task.add_done_callback(partial(self._ended, feeder.query))
        if self._changed:
            self._announce()

    def _ended(self, query: FeedQuery, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if self._tasks.get(query) is task:
            del self._tasks[query]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a feed ended: %s", query.expr, exc_info=error)

    def _moved(self, query: FeedQuery) -> int:
        """A feed has changed: its new version. Versions never repeat, also when a feed is forgotten and made anew."""
        self._changed.add(query)
        self._announce()
        return next(self._versions)

    def _progressed(self) -> None:
        self._progress.set()

    def _announce(self) -> None:
        if self._speaking is not None or self._closed:
            return
        loop = asyncio.get_running_loop()
        wait = self._spoke + self._breath - self._clock.monotonic()
        self._speaking = loop.call_later(wait, self._tell) if wait > 0 else loop.call_soon(self._tell)

    def _tell(self) -> None:
        self._speaking = None
        self._spoke = self._clock.monotonic()
        changed = frozenset(self._changed)
        self._changed.clear()
        try:
            self._on_change(changed)
        except Exception as bug:  # the listener's fault is not the feeds'
            log.error("the listener failed", exc_info=bug)

    def _notice_set_clock(self) -> None:
        """The wall's clock was set (or the machine slept): keep ages true, and ask again."""
        wall, moment = self._clock.now(), self._clock.monotonic()
        drift = (wall - self._seen[0]) - (moment - self._seen[1]) * self._pace
        self._seen = (wall, moment)
        if abs(drift) <= _STEP * max(1.0, self._pace):
            return
        for server in self._servers.values():
            server.skew.forget(drift)
            if drift < 0 and server.good_at is not None:
                server.good_at += drift
        for feeder in self._feeders.values():
            if drift < 0:
                feeder.set_back(drift)
        for feeder in self._watched():
            if feeder.query.end is None:
                feeder.due = min(feeder.due, moment)
                feeder.wake.set()


async def _followed(feeder: Feeder, before: asyncio.Task[None] | None) -> None:
    """Follow, once the task that followed before has let go."""
    if before is not None:
        await asyncio.wait([before])
    await feeder.run()
