"""Feeds over real sockets: five thousand lines a second from another process, whose tails end again and again."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace

import pytest

from noc.config.server import Server
from noc.engine import feedtail
from noc.engine.feeds import Feeds
from noc.model.clock import SystemClock
from noc.model.logs import FeedQuery, Follow, LogLine
from noc.sources.http import client
from noc.sources.loki import LokiSource
from tests.engine.lokiflood import TOGETHER, flood
from tests.servers import free_port

RATE = 5000
MOST = 5 * RATE
DEADLINE = 120.0
QUERY = FeedQuery("loki", '{app="shop"}', span=600.0, limit=10_000, poll=1.0)


class Watched:
    """Feeds on the flooding server, and every line they ever showed."""

    def __init__(self, port: int, query: FeedQuery) -> None:
        self.query = query
        server = Server(url=f"http://127.0.0.1:{port}")
        clock = SystemClock()
        self.source = LokiSource(server, client(server), clock, rng=random.Random(1))
        self.feeds = Feeds(
            {"loki": self.source}, clock, random.Random(2), lambda _: self.look(), count=self.count, breath=0.02
        )
        self.shown: set[LogLine] = set()
        self.doubled = 0

    async def count(self, query: FeedQuery, start: int, end: int) -> int:
        answer = await self.source.instant(f"{start}-{end}", end / 1e9)
        return round(answer.series[0].last or 0)

    def look(self) -> None:
        lines = self.feeds.feed(self.query).lines
        self.doubled += len(lines) - len(set(lines))
        self.shown.update(lines)

    def known(self) -> int:
        """Lines that came or are counted."""
        feed = self.feeds.feed(self.query)
        return feed.total + feed.skipped + feed.dropped

    async def until(self, lines: int) -> None:
        """Follow until so many are known."""
        end = time.monotonic() + DEADLINE
        while self.known() < lines:
            assert time.monotonic() < end, f"{self.known()} of {lines} lines are known"
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("follow", Follow)
async def test_five_thousand_lines_a_second_come_once_each(follow: Follow, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that stands still for seconds more may come than is kept: then it is counted."""
    monkeypatch.setattr(feedtail, "EARLY", 0.1)
    port = free_port()
    with flood(port, RATE, MOST, cut=1.5) as begin:
        watched = Watched(port, replace(QUERY, follow=follow))
        watched.feeds.watch([watched.query])
        assert await watched.feeds.settle(DEADLINE)
        lines = begin()
        for part in range(1, 6):
            await watched.until(part * MOST // 5)
            for link in list(watched.source._links) if part % 2 else ():
                link.transport.abort()
        feed = watched.feeds.feed(watched.query)
        await watched.feeds.aclose()
        await watched.source.aclose()
        watched.look()
    assert watched.known() == MOST
    assert (feed.following, feed.note, feed.uncounted) == (follow, "", False)
    assert watched.doubled == 0
    numbers = {int(one.text.split()[1]): one.at for one in watched.shown}
    assert len(numbers) == len(watched.shown) <= feed.total
    assert numbers == {number: lines.at(number) for number in numbers}
    kept = sorted(numbers)[-QUERY.limit :]
    assert [int(one.text.split()[1]) // TOGETHER for one in feed.lines] == [number // TOGETHER for number in kept]
    if not feed.skipped + feed.dropped:
        assert kept == list(range(MOST - QUERY.limit, MOST))
