"""A log server that does what a script says, and a wall of feeds whose clock only moves when told."""

from __future__ import annotations

import asyncio
import heapq
import random
from bisect import bisect_left, insort
from collections.abc import AsyncGenerator, Callable
from itertools import count
from operator import attrgetter
from typing import Any

from noc.engine.feeds import Feeds
from noc.model.clock import FixedClock
from noc.model.errors import BadQuery, SourceError, TailClosed
from noc.model.logs import SECOND, Feed, FeedQuery, Follow, LogAnswer, LogLine, TailFrame

NOW = 1_700_000_000.0
STREAM = (("app", "shop"),)
QUERY = FeedQuery("loki", '{app="shop"}', span=600.0)
TAIL = FeedQuery("loki", '{app="shop"}', span=600.0, follow=Follow.TAIL)
_AT = attrgetter("at")


def line(at: float, text: str | None = None, **labels: str) -> LogLine:
    """A line at so many seconds after NOW."""
    moment = round(NOW) * SECOND + round(at * SECOND)
    return LogLine(moment, f"line of {at:g}" if text is None else text, tuple(labels.items()) or STREAM)


class TurnClock(FixedClock):
    """Wall's and monotonic time move together; ``offset`` is how much the wall's is set wrong."""

    def __init__(self, at: float, offset: float = 0.0, pace: float = 1.0) -> None:
        super().__init__(at)
        self.offset = offset
        self.pace = pace

    def now(self) -> float:
        return NOW + (self.at - NOW) * self.pace + self.offset


class Tail:
    """One open tail of the scripted server: ``push`` sends a frame, ``close`` ends it."""

    def __init__(self, query: str, start: int) -> None:
        self.query = query
        self.start = start
        self.frames: asyncio.Queue[TailFrame | SourceError] = asyncio.Queue()
        self.open = True

    def push(self, *lines: LogLine, dropped: int = 0) -> None:
        self.frames.put_nowait(TailFrame(lines, dropped))

    def close(self, error: SourceError | int = 1006) -> None:
        said = TailClosed(f"closed with {error}", error) if isinstance(error, int) else error
        self.frames.put_nowait(said)


class LogServer:
    """Holds lines in the order of their times and answers as Loki does; ``failure`` is raised instead while it is set.

    ``arrive`` gives it lines; open tails get them too, unless ``deaf`` is set. ``hold`` keeps answers back.
    """

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.held: list[LogLine] = []
        self._known: set[LogLine] = set()
        self.failure: BaseException | None = None
        self.refused_tail: SourceError | None = None
        self.uncountable: SourceError | None = None
        self.deaf = False
        self.hold: asyncio.Event | None = None
        self.dated = True
        self.most = 5000
        self.asked: list[tuple[str, int, int, int]] = []
        self.moments: list[float] = []
        self.counted: list[tuple[int, int]] = []
        self.tails: list[Tail] = []
        self.under_way = 0
        self.most_under_way = 0
        self.cancelled = 0
        self.history = 5000

    def arrive(self, *lines: LogLine) -> None:
        fresh = [one for one in dict.fromkeys(lines) if one not in self._known]
        self._known.update(fresh)
        for one in fresh:
            if not self.held or one.at >= self.held[-1].at:
                self.held.append(one)
            else:
                insort(self.held, one, key=_AT)
        if not self.deaf:
            for tail in self.open_tails:
                for first in range(0, len(lines), 100):
                    tail.push(*lines[first : first + 100])

    @property
    def open_tails(self) -> list[Tail]:
        return [tail for tail in self.tails if tail.open]

    def between(self, start: int, end: int) -> list[LogLine]:
        return self.held[bisect_left(self.held, start, key=_AT) : bisect_left(self.held, end, key=_AT)]

    async def lines(self, query: str, start: int, end: int, limit: int, *, newest: bool = True) -> LogAnswer:
        self.asked.append((query, start, end, limit))
        self.moments.append(self.clock.monotonic())
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.hold is not None:
                await self.hold.wait()
            await asyncio.sleep(0)
            if self.failure is not None:
                raise self.failure
            if limit > self.most:
                raise BadQuery(f"max entries limit per query exceeded, limit > ({limit} > {self.most})", status=400)
            found = self.between(start, end)
            kept = tuple(found[-limit:])
            return LogAnswer(kept, len(kept) >= limit, self.clock.monotonic() // 1 if self.dated else None)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1

    async def count(self, query: FeedQuery, start: int, end: int) -> int:
        self.counted.append((start, end))
        await asyncio.sleep(0)
        if self.uncountable is not None:
            raise self.uncountable
        return len(self.between(start, end))

    async def tail(self, query: str, start: int) -> AsyncGenerator[TailFrame, None]:
        tail = Tail(query, start)
        self.tails.append(tail)
        try:
            if self.refused_tail is not None:
                raise self.refused_tail
            past = self.between(start, 1 << 63)[-self.history :]
            if past:
                yield TailFrame(tuple(past))
            while True:
                said = await tail.frames.get()
                if isinstance(said, SourceError):
                    raise said
                yield said
        finally:
            tail.open = False

    async def aclose(self) -> None:
        """Belongs to whoever made it."""


class Sleepers:
    """Whoever rests on a clock that stands still: woken in the order of their times when it moves."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self._waiting: list[tuple[float, int, asyncio.Event]] = []
        self._order = count()

    async def rest(self, wake: asyncio.Event, seconds: float) -> None:
        heapq.heappush(self._waiting, (self.clock.monotonic() + max(0.0, seconds), next(self._order), wake))
        await wake.wait()

    async def pass_time(self, seconds: float) -> None:
        end = self.clock.at + seconds
        await drain()
        while self._waiting and self._waiting[0][0] <= end + 1e-9:
            at, _, wake = heapq.heappop(self._waiting)
            self.clock.at = max(self.clock.at, at)
            wake.set()
            await drain()
        self.clock.at = end
        await drain()


async def drain(turns: int = 60) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


class Wall:
    """Feeds on scripted servers."""

    def __init__(self, *names: str, offset: float = 0.0, pace: float = 1.0, counting: bool = True, **more: Any) -> None:
        self.clock = TurnClock(NOW, offset, pace)
        self.servers = {name: LogServer(self.clock) for name in names or ("loki",)}
        self.server = next(iter(self.servers.values()))
        self.sleepers = Sleepers(self.clock)
        self.changes: list[frozenset[FeedQuery]] = []
        self.shown: set[LogLine] = set()
        """Every line that was ever in a feed the wall was told of."""
        self.feeds = Feeds(
            self.servers,
            self.clock,
            random.Random(7),
            self._told,
            count=self.server.count if counting else None,
            pace=pace,
            breath=0.0,
            rest=self.sleepers.rest,
            **more,
        )

    def _told(self, queries: frozenset[FeedQuery]) -> None:
        self.changes.append(queries)
        for query in queries:
            self.shown.update(self.feeds.feed(query).lines)

    async def look(self, *queries: FeedQuery) -> Feed:
        self.feeds.watch(queries or (QUERY,))
        await drain()
        return self.feeds.feed(queries[0] if queries else QUERY)

    async def pass_time(self, seconds: float, step: float = 0.0, each: Callable[[], None] = lambda: None) -> None:
        """Let time pass; with ``step``, do something at the end of each."""
        for _ in range(round(seconds / step) if step else 1):
            await self.sleepers.pass_time(step or seconds)
            if step:
                each()
                await drain()

    def feed(self, query: FeedQuery = QUERY) -> Feed:
        return self.feeds.feed(query)

    def texts(self, query: FeedQuery = QUERY) -> list[str]:
        return [one.text for one in self.feed(query).lines]
