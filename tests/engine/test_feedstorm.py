"""Five thousand lines a second for a minute: every line once, or counted, and nothing grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from noc.engine.feedledger import KEYS
from noc.model.logs import Follow, LogLine, in_order
from tests.engine.logserver import NOW, QUERY, TAIL, Wall, line

RATE = 5000
SECONDS = 60
TOGETHER = 5  # lines of one nanosecond, two of them alike
KNOWN = KEYS + 1000


class Storm:
    """Lines that arrive in steps, and the greatest size of everything that is kept."""

    def __init__(self, wall: Wall, step: float, lost: Callable[[int], bool] = lambda _: False) -> None:
        self.wall = wall
        self.query = QUERY
        self.step = step
        self.lost = lost
        self.steps = 0
        self.most_keys = self.most_lines = self.most_notes = 0

    def lines(self) -> list[LogLine]:
        count = round(RATE * self.step)
        start = self.wall.clock.at - NOW - self.step
        out = []
        for n in range(count):
            moment = start + (n // TOGETHER) * TOGETHER / RATE
            name = f"{self.steps}/{n - (n % TOGETHER == 1)}"
            out.append(line(moment, name))
        return out

    def blow(self) -> None:
        server = self.wall.server
        lines = self.lines()
        server.deaf = self.lost(self.steps)
        server.arrive(*lines)
        if server.deaf:
            for tail in server.open_tails:
                tail.push(dropped=min(1000, len(lines)))
        self.steps += 1
        self.measure()

    def measure(self) -> None:
        log = self.wall.feeds._feeders[self.query].log
        self.most_keys = max(self.most_keys, log.ledger.keys)
        self.most_lines = max(self.most_lines, len(log.ring))
        self.most_notes = max(self.most_notes, len(log.rate._noted))


async def test_polled_with_room_for_what_comes_between_two_questions_every_line_is_shown_once() -> None:
    w = Wall()
    storm = Storm(w, 0.5)
    query = storm.query = replace(QUERY, limit=10_000, poll=1.0)
    await w.look(query)
    await w.pass_time(SECONDS, 0.5, storm.blow)
    feed = w.feed(query)
    assert feed.rate == pytest.approx(RATE * 0.8, rel=0.1)  # one line in five is the same as another
    await w.pass_time(5)
    feed = w.feed(query)
    assert len(w.server.held) == RATE * SECONDS * 4 // 5
    assert (feed.total, feed.skipped, feed.dropped, feed.uncounted) == (len(w.server.held), 0, 0, False)
    assert w.shown == set(w.server.held)
    assert list(feed.lines) == in_order(w.server.held)[-10_000:]
    assert storm.most_lines <= 10_000
    assert storm.most_keys <= KNOWN
    assert storm.most_notes <= 50


async def test_polled_faster_than_it_is_read_shown_and_skipped_make_all() -> None:
    w = Wall()
    storm = Storm(w, 0.5)
    await w.look()
    await w.pass_time(SECONDS, 0.5, storm.blow)
    assert w.feed().rate == pytest.approx(RATE * 0.8, rel=0.15)
    assert storm.most_keys <= 40_000
    await w.pass_time(60)
    feed = w.feed()
    assert feed.total + feed.skipped == len(w.server.held)
    assert (feed.dropped, feed.uncounted) == (0, False)
    assert w.shown <= set(w.server.held)
    assert len(w.shown) <= feed.total
    assert max(limit for *_, limit in w.server.asked) == 1000
    assert storm.most_lines <= 1000


async def test_by_a_tail_that_is_cut_every_line_is_shown_once() -> None:
    w = Wall()
    storm = Storm(w, 0.1)
    query = storm.query = replace(TAIL, limit=2000)
    await w.look(query)

    def blow() -> None:
        storm.blow()
        if storm.steps % 130 == 0:
            for tail in w.server.open_tails:
                tail.close((1006, 1011)[storm.steps // 130 % 2])

    await w.pass_time(SECONDS, 0.1, blow)
    await w.pass_time(60)
    feed = w.feed(query)
    assert len(w.server.tails) >= 5
    assert (feed.total, feed.skipped, feed.dropped, feed.uncounted) == (len(w.server.held), 0, 0, False)
    assert w.shown == set(w.server.held)
    assert storm.most_lines <= 2000
    assert storm.most_keys <= KNOWN


async def test_by_a_tail_whose_server_drops_lines_they_are_read_or_counted() -> None:
    w = Wall()
    storm = Storm(w, 0.1, lost=lambda step: step % 40 in (3, 4, 5))
    query = storm.query = replace(TAIL, limit=2000)
    await w.look(query)
    await w.pass_time(SECONDS, 0.1, storm.blow)
    assert w.feed(query).following is Follow.TAIL
    w.server.deaf = False
    await w.pass_time(90)
    feed = w.feed(query)
    assert feed.total + feed.skipped + feed.dropped == len(w.server.held)
    assert 0 < feed.dropped + feed.skipped < len(w.server.held) // 10
    assert feed.uncounted is False
    assert w.shown <= set(w.server.held)
    assert storm.most_keys <= KNOWN
