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
from noc.model.logs import FeedQuery, Follow, LogLine, in_order
from noc.sources.http import client
from noc.sources.loki import LokiSource
from tests.engine.lokiflood import Lines, flood
from tests.servers import free_port

RATE = 5000
SECONDS = 5.0
DEADLINE = 60.0
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

    async def until(self, lines: Lines, moment: int) -> None:
        """Follow until everything before that moment has come."""
        end = time.monotonic() + DEADLINE
        wanted = lines.until(moment)
        while self.feeds.feed(self.query).total < wanted:
            assert time.monotonic() < end, f"{self.feeds.feed(self.query).total} of {wanted} lines came"
            await asyncio.sleep(0.02)


def compare(watched: Watched, lines: Lines) -> None:
    """Everything up to the newest line was shown, once."""
    watched.look()
    feed = watched.feeds.feed(watched.query)
    numbers = sorted(int(one.text.split()[1]) for one in watched.shown)
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= RATE * SECONDS
    assert [lines.at(number) for number in numbers[-100:]] == [one.at for one in in_order(list(watched.shown))[-100:]]
    assert (feed.total, feed.skipped, feed.dropped, feed.uncounted) == (len(numbers), 0, 0, False)
    assert watched.doubled == 0


@pytest.mark.parametrize("follow", Follow)
async def test_five_thousand_lines_a_second_come_once_each(follow: Follow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedtail, "EARLY", 0.1)
    port = free_port()
    with flood(port, RATE, cut=1.5) as lines:
        watched = Watched(port, replace(QUERY, follow=follow))
        begun = time.time_ns()
        watched.feeds.watch([watched.query])
        for part in range(1, 6):
            await watched.until(lines, begun + round(part * SECONDS / 5 * 1e9))
            if part % 2:
                for link in list(watched.source._links):
                    link.transport.abort()
        assert (watched.feeds.feed(watched.query).following, watched.feeds.feed(watched.query).note) == (follow, "")
        await watched.feeds.aclose()
        await watched.source.aclose()
        compare(watched, lines)
