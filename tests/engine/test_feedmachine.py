"""Whatever happens between a log server and a feed: the lines ever taken are those the server held, minus the counted ones.

A machine lets lines arrive (late ones, several of a moment, some twice, a burst now and then), the server fail, tails end,
lose lines and repeat themselves, clocks be wrong and layouts be flipped; in the end everything heals and is compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from noc.model.errors import BadAnswer, Overloaded, SourceError, TailClosed, Timeout, Unreachable
from noc.model.logs import FeedQuery, Follow, LogLine, in_order
from tests.engine.logserver import NOW, QUERY, Wall, line

FAILURES: tuple[SourceError, ...] = (
    Unreachable("connection refused"),
    Timeout("no answer within 10s"),
    Timeout("request timed out", status=504),
    Overloaded("too many outstanding requests", status=429),
    Overloaded("too many outstanding requests", status=503, retry_after=7.0),
    BadAnswer("HTML"),
)
ENDS = (1006, 1011, 1000)
HEALING = 400.0  # a refused tail is tried again after five minutes, a far look comes once in one


class Machine(RuleBasedStateMachine):
    """One feed with room for everything that arrives."""

    query: FeedQuery = replace(QUERY, limit=10_000)
    burst = 200

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.number = 0

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        self.loop.run_until_complete(work)

    @property
    def now(self) -> float:
        return self.wall.clock.at - NOW

    def lines(self, count: int, back: float, apart: float = 0.001) -> list[LogLine]:
        """New lines that end so many seconds ago, by two streams."""
        end = self.now - back
        first, self.number = self.number, self.number + count
        streams = ({}, {"app": "shop", "host": "b"})
        return [line(end - (count - 1 - n) * apart, f"{first + n}", **streams[n % 2]) for n in range(count)]

    @initialize(offset=st.sampled_from((0.0, -120.0, 120.0, 1.2)), past=st.integers(0, 30))
    def look(self, offset: float, past: int) -> None:
        self.wall = Wall(offset=offset)
        self.server = self.wall.server
        self.server.arrive(*self.lines(past, 1.0, 3.0))
        self.do(self.wall.look(self.query))

    @rule(
        count=st.integers(1, 20),
        back=st.sampled_from((0.0, 0.0, 0.3, 4.0, 8.0)),
        apart=st.sampled_from((0, 1e-9, 0.01)),
    )
    def arrive(self, count: int, back: float, apart: float) -> None:
        self.server.arrive(*self.lines(count, back, apart))

    @rule()
    def arrive_in_a_burst(self) -> None:
        self.server.arrive(*self.lines(self.burst, 0.0, 0.001))

    @rule(seconds=st.sampled_from((0.0, 0.1, 0.7, 2.0, 2.0, 11.0, 40.0)))
    def wait(self, seconds: float) -> None:
        self.do(self.wall.pass_time(seconds))

    @rule(failure=st.sampled_from(FAILURES))
    def fail(self, failure: SourceError) -> None:
        self.server.failure = failure

    @precondition(lambda self: self.server.failure is not None)
    @rule()
    def recover(self) -> None:
        self.server.failure = None

    @rule()
    def refresh(self) -> None:
        self.wall.feeds.refresh()

    @invariant()
    def what_is_shown_is_in_order_and_each_line_once(self) -> None:
        lines = self.wall.feed(self.query).lines
        assert list(lines) == in_order(list(lines))
        assert len(set(lines)) == len(lines) <= self.query.limit
        assert set(lines) <= set(self.server.held)

    def heal(self) -> None:
        self.server.failure = self.server.refused_tail = None
        self.server.deaf = False
        self.do(self.wall.look(self.query))
        self.do(self.wall.pass_time(HEALING))

    def compare(self) -> None:
        feed = self.wall.feed(self.query)
        assert set(feed.lines) == set(self.server.held)
        assert (feed.total, feed.skipped, feed.dropped, feed.uncounted) == (len(self.server.held), 0, 0, False)
        assert feed.error is None

    def teardown(self) -> None:
        if hasattr(self, "wall"):
            try:
                self.heal()
                self.compare()
            finally:
                self.do(self.wall.feeds.aclose())
        self.loop.close()


class Flipping(Machine):
    """Layouts are flipped too, and lines are late by minutes."""

    @rule(count=st.integers(1, 5), back=st.floats(10.0, 200.0))
    def arrive_late(self, count: int, back: float) -> None:
        self.server.arrive(*self.lines(count, back))

    @rule()
    def leave(self) -> None:
        self.wall.feeds.watch([])

    @rule()
    def come_back(self) -> None:
        self.wall.feeds.watch([self.query])


class Tailing(Flipping):
    """By a tail that ends, is refused, loses lines, says so or not, and repeats itself."""

    query = replace(Machine.query, follow=Follow.TAIL)

    @rule(code=st.sampled_from(ENDS))
    def end(self, code: int) -> None:
        for tail in self.server.open_tails:
            tail.close(code)

    @rule(refusal=st.sampled_from((None, None, TailClosed("too many", 1011), Unreachable("refused"))))
    def refuse(self, refusal: SourceError | None) -> None:
        self.server.refused_tail = refusal

    @rule(count=st.integers(1, 50), told=st.booleans())
    def lose(self, count: int, told: bool) -> None:
        self.server.deaf = True
        self.server.arrive(*self.lines(count, 0.0))
        self.server.deaf = False
        for tail in self.server.open_tails if told else ():
            tail.push(dropped=max(1, count - 2))

    @rule(count=st.integers(1, 30))
    def repeat(self, count: int) -> None:
        for tail in self.server.open_tails:
            tail.push(*self.server.held[-count:])

    @rule(history=st.sampled_from((0, 5, 5000)))
    def cut_histories(self, history: int) -> None:
        self.server.history = history


class Overflowing(Machine):
    """More arrives than is kept or read."""

    query = replace(QUERY, limit=300)
    burst = 2500

    def compare(self) -> None:
        feed, held = self.wall.feed(self.query), self.server.held
        assert feed.total + feed.skipped + feed.dropped == len(held)
        assert feed.uncounted is False
        newest = held[-self.query.limit :]
        assert {one for one in feed.lines if one.at > newest[0].at} == {one for one in newest if one.at > newest[0].at}
        assert len(feed.lines) == len(newest)


class OverflowingTail(Overflowing):
    """The same by a tail that loses lines."""

    query = replace(Overflowing.query, follow=Follow.TAIL)
    end = Tailing.end
    lose = Tailing.lose
    repeat = Tailing.repeat


@pytest.mark.parametrize("machine", [Machine, Flipping, Tailing, Overflowing, OverflowingTail])
def test_what_was_taken_is_what_the_server_held_minus_what_was_counted(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
            deadline=None,
        ),
    )
