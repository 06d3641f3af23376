"""Five thousand lines a second for a minute: for how long feeds hold up the event loop, what they cost, what they keep.

A log server in a process of its own floods one feed, by polling and by a tail that it ends every twenty seconds. On every
word of a change the feed is looked at, as the wall does. In the end every line has to be there or counted.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from noc.config.server import Server
from noc.engine.feeds import Feeds
from noc.model.clock import SystemClock
from noc.model.logs import Feed, FeedQuery, Follow
from noc.sources.http import client
from noc.sources.loki import LokiSource
from tests.benchmarks.alertpoll import TICK, Ticker
from tests.benchmarks.figures import Baseline, Figure, Report
from tests.engine.lokiflood import Lines, flood
from tests.servers import free_port

RATE = 5000
SECONDS = 60.0
CUT = 20.0  # seconds
LIMIT = 15.0  # milliseconds
DEADLINE = 90.0  # seconds until the last account is closed
QUERY = FeedQuery("loki", '{app="shop"}', span=600.0)
RUNS = {
    "polled, 1,000 kept": QUERY,
    "polled, 10,000 kept": replace(QUERY, limit=10_000),
    "tail, 1,000 kept": replace(QUERY, follow=Follow.TAIL),
    "tail, 10,000 kept": replace(QUERY, follow=Follow.TAIL, limit=10_000),
}


class Busy:
    """Wakes up each millisecond and notes how much processor time the event loop took in between: what a turn of it costs at
    most, whatever else the machine does."""

    def __init__(self) -> None:
        self.busy: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Busy:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(TICK)
            self.busy.append(1000 * (time.thread_time() - before))


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: how late the ticker was and what turns of the event loop took (milliseconds), share of a processor, resident
    memory at both ends (MB)."""

    late: tuple[float, ...]
    busy: tuple[float, ...]
    share: float
    before: float
    after: float
    feed: Feed
    keys: int


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def memory() -> float:
    """Resident memory of this process in MB."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1000


async def idle(seconds: float) -> list[float]:
    async with Ticker() as ticker:
        await asyncio.sleep(seconds)
    return [1000 * one for one in ticker.late]


async def followed(port: int, begin: Callable[[], Lines], query: FeedQuery, seconds: float) -> Ran:
    """Follow until everything has come or is counted."""
    clock = SystemClock()
    server = Server(url=f"http://127.0.0.1:{port}")
    source = LokiSource(server, client(server), clock, rng=random.Random(1))

    async def count(_: FeedQuery, start: int, end: int) -> int:
        answer = await source.instant(f"{start}-{end}", end / 1e9)
        return round(answer.series[0].last or 0)

    feeds = Feeds({"loki": source}, clock, random.Random(2), lambda _: looked(), count=count)

    def looked() -> Feed:
        return feeds.feed(query)

    def known() -> int:
        feed = looked()
        return feed.total + feed.skipped + feed.dropped

    gc.collect()
    gc.freeze()  # as the wall does before its first poll
    before, worked = memory(), time.process_time()
    feeds.watch([query])
    assert await feeds.settle(DEADLINE)
    lines = begin()
    async with Ticker() as ticker, Busy() as busy:
        await asyncio.sleep(seconds + 1)
    share = (time.process_time() - worked) / (seconds + 1)
    keys = feeds._feeders[query].log.ledger.keys
    after, end = memory(), time.monotonic() + DEADLINE
    while known() != lines.most and time.monotonic() < end:  # noqa: ASYNC110  the account is closed in silence
        await asyncio.sleep(0.5)
    feed = looked()
    await feeds.aclose()
    await source.aclose()
    return Ran(tuple(1000 * one for one in ticker.late), tuple(busy.busy), share, before, after, feed, keys)


def run(seconds: float = SECONDS) -> Report:
    quiet = asyncio.run(idle(min(20.0, seconds)))
    figures = [Figure("event loop held up, idle", max(quiet), "ms at most")]
    remarks = [
        "turn: processor time of the event loop between two wakings of a task that sleeps a millisecond",
        "held up: how late that task was; everything else that runs on the machine is in it",
    ]
    for name, query in RUNS.items():
        port, most = free_port(), round(RATE * seconds)
        with flood(port, RATE, most, CUT) as begin:
            one = asyncio.run(followed(port, begin, query, seconds))
        figures += _figures(name, one, quiet, most)
        feed = one.feed
        remarks.append(
            f"{name}: {feed.total:,} lines read, {feed.skipped:,} skipped, {feed.dropped:,} dropped; {one.keys:,} known by "
            f"number; {one.before:.0f} MB before, {one.after:.0f} MB after; turns {quantile(one.busy, 0.5):.2f} ms in the "
            f"median, held up {quantile(one.late, 0.5):.2f} ms (idle {quantile(quiet, 0.5):.2f} ms)"
        )
    return Report("logfeed", f"{RATE} lines a second for {seconds:g} s", tuple(figures), tuple(remarks))


def _figures(name: str, one: Ran, quiet: Sequence[float], most: int) -> list[Figure]:
    feed = one.feed
    missing = abs(most - feed.total - feed.skipped - feed.dropped)
    late, idle = quantile(one.late, 0.99), Baseline("idle", quantile(quiet, 0.99))
    return [
        Figure(f"longest turn, {name}", max(one.busy), "ms", aim=LIMIT),
        Figure(f"99 % of turns, {name}", quantile(one.busy, 0.99), "ms"),
        Figure(f"event loop held up, {name}", max(one.late), "ms at most", baseline=Baseline("idle", max(quiet))),
        Figure(f"held up 99 % of the time, {name}", late, "ms", baseline=idle),
        Figure(f"processor, {name}", 100 * one.share, "% of one"),
        Figure(f"memory gained, {name}", one.after - one.before, "MB"),
        Figure(f"lines unaccounted for, {name}", float(missing), "lines", aim=0.0),
    ]
