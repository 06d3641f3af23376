"""The alert poller's cadence, patience and single book, on a clock that only moves when told."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from noc.config.alerting import Alerting
from noc.config.server import Server
from noc.engine import alertpoller
from noc.engine.alertbook import AlertBook
from noc.engine.alertpoller import AlertPoller
from noc.engine.book import Book, Entry, MemberView, Observation, RulesView
from noc.model.alerts import AlertAnswer, AlertState, Phase, RuleAnswer
from noc.model.clock import FixedClock, SystemClock
from noc.model.errors import Overloaded, SourceError, Timeout, Unreachable
from noc.model.results import ServerHealth
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.http import client
from tests import servers
from tests.alertgiven import alert, entry, text_of

NOW = 1_000_000.0
DOWN = Unreachable("connection refused")
EMPTY = AlertAnswer((), ())
NO_RULES = RuleAnswer(())
REFRESH, RULES = 5.0, 15.0


class Source:
    """A member and a server of rules at once: answers at once, unless ``hold`` is set; ``reply`` is what it says."""

    def __init__(self, clock: FixedClock, reply: Any) -> None:
        self.clock = clock
        self.reply = reply
        self.hold: asyncio.Event | None = None
        self.asked: list[float] = []
        self.under_way = 0
        self.most_under_way = 0
        self.cancelled = 0

    async def poll(self) -> Any:
        self.asked.append(self.clock.monotonic())
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.hold is not None:
                await self.hold.wait()
            await asyncio.sleep(0)
            if isinstance(self.reply, Exception):
                raise self.reply
            return self.reply
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1

    rules = poll

    async def silence(self, id: str) -> None:
        return None

    async def aclose(self) -> None:
        """Belongs to whoever made it."""


class Keeper:
    """Keeps the observations; every book is a new version unless ``version`` stands still."""

    def __init__(self) -> None:
        self.seen: list[Observation] = []
        self.entries: tuple[Entry, ...] = ()
        self.fault: Exception | None = None
        self.version: int | None = None
        self.gate: threading.Event | None = None
        self.threads: list[bool] = []
        self.begun = threading.Event()
        self._at_once = threading.Lock()

    def observe(self, seen: Observation) -> Book:
        assert self._at_once.acquire(blocking=False), "two books made at once"
        try:
            self.seen.append(seen)
            self.threads.append(threading.current_thread() is threading.main_thread())
            self.begun.set()
            if self.gate is not None:
                assert self.gate.wait(10)
            if self.fault is not None:
                raise self.fault
            version = len(self.seen) if self.version is None else self.version
            return Book(at=seen.now, version=version, members=seen.members, rules=seen.rules, entries=self.entries)
        finally:
            self._at_once.release()


class StepClock(FixedClock):
    """Both clocks stand still; the wall's can be set by itself."""

    offset = 0.0

    def now(self) -> float:
        return self.at + self.offset


class Desk:
    """A poller over fake sources, driven by hand."""

    def __init__(self, members: str = "a", rules: str = "prom", **options: Any) -> None:
        self.clock = StepClock(NOW)
        self.members = {name: Source(self.clock, EMPTY) for name in members.split()}
        self.rules = {name: Source(self.clock, NO_RULES) for name in rules.split()}
        self.keeper = Keeper()
        self.books: list[Book] = []
        self.poller = AlertPoller(
            self.members,
            self.rules,
            self.keeper,
            self.clock,
            random.Random(7),
            settings=Alerting(),
            **options,
        )
        self.poller.subscribe(self.books.append)

    async def turn(self) -> float:
        """One tick, and everything that follows from it at this moment."""
        delay = self.poller.tick()
        await drain()
        return delay

    async def pass_time(self, seconds: float, step: float = 0.25) -> None:
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
            await self.turn()

    def member(self, name: str = "a") -> MemberView:
        return next(one for one in self.poller.book.members if one.name == name)


async def drain() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def gaps(source: Source) -> list[float]:
    return [later - sooner for sooner, later in pairwise(source.asked)]


# -- when is asked


async def test_the_first_book_is_there_before_anybody_was_asked() -> None:
    desk = Desk("a b")
    nobody = (MemberView("a"), MemberView("b"))
    expected = Observation(NOW, nobody, (RulesView("prom"),), REFRESH, RULES)
    assert desk.keeper.seen == [expected]
    assert desk.poller.book.members == nobody
    assert desk.members["a"].asked == []


async def test_everybody_is_asked_at_once_and_one_book_is_made_of_what_comes_together() -> None:
    desk = Desk("a b")
    assert await desk.poller.settle(10) is True
    assert [len(one.asked) for one in (*desk.members.values(), *desk.rules.values())] == [1, 1, 1]
    views = tuple(MemberView(name, EMPTY, NOW, asked=True) for name in "ab")
    assert desk.keeper.seen[-1] == Observation(
        NOW, views, (RulesView("prom", NO_RULES, NOW, asked=True),), REFRESH, RULES
    )
    assert len(desk.keeper.seen) <= 3
    assert desk.poller.book == desk.books[-1]


async def test_each_is_asked_at_its_own_cadence_a_little_spread() -> None:
    desk = Desk("a b")
    await desk.pass_time(300)
    for source, cadence in ((desk.members["a"], REFRESH), (desk.members["b"], REFRESH), (desk.rules["prom"], RULES)):
        found = gaps(source)
        assert len(found) == pytest.approx(300 / cadence, rel=0.12)
        assert all(0.9 * cadence <= gap <= 1.1 * cadence + 0.5 for gap in found)
        assert len(set(found)) > 1
    assert gaps(desk.members["a"]) != gaps(desk.members["b"])


async def test_a_hanging_member_delays_nobody_and_is_not_asked_again() -> None:
    desk = Desk("a b")
    desk.members["a"].hold = asyncio.Event()
    await desk.turn()
    await desk.pass_time(55)
    assert len(desk.members["a"].asked) == 1
    assert len(desk.members["b"].asked) >= 9
    assert len(desk.rules["prom"].asked) >= 3
    assert (desk.member("a").answer, desk.member("a").asked, desk.member("b").answer) == (None, True, EMPTY)
    assert desk.member("b").good_at == pytest.approx(desk.clock.now(), abs=6)
    desk.members["a"].hold.set()
    await drain()
    assert (desk.member("a").answer, desk.member("a").good_at) == (EMPTY, desk.clock.now())


async def test_a_source_that_never_returns_is_given_up() -> None:
    desk = Desk("a b", deadline=0.01)
    desk.members["a"].hold = asyncio.Event()
    assert await desk.poller.settle(5) is True
    error = desk.member("a").error
    assert isinstance(error, Timeout)
    assert error.cause == "no answer within 0.01s"
    assert desk.members["a"].cancelled == 1
    assert desk.member("b").error is None


async def test_who_fails_is_asked_less_and_less_and_keeps_its_last_answer() -> None:
    desk = Desk("a b")
    await desk.turn()
    desk.members["a"].reply = DOWN
    await desk.pass_time(6)
    failed_at = desk.members["a"].asked[-1]
    view = desk.member("a")
    assert (view.answer, view.good_at, view.error) == (EMPTY, NOW, DOWN)
    assert view.next_try is not None
    assert view.next_try >= failed_at + 0.25
    await desk.pass_time(600)
    found = gaps(desk.members["a"])
    assert min(found) >= REFRESH * 0.9
    assert max(found[-4:]) > 3 * REFRESH
    assert len(desk.members["b"].asked) > 100
    assert desk.member("a").answer is EMPTY
    desk.members["a"].reply = EMPTY
    await desk.pass_time(66)
    view = desk.member("a")
    assert (view.error, view.next_try) == (None, None)
    assert view.good_at is not None
    assert desk.clock.now() - view.good_at <= 6


async def test_a_server_that_asks_for_time_is_given_it() -> None:
    desk = Desk()
    desk.members["a"].reply = Overloaded("503", status=503, retry_after=90)
    await desk.turn()
    await desk.pass_time(89)
    assert len(desk.members["a"].asked) == 1
    await desk.pass_time(2)
    assert len(desk.members["a"].asked) == 2


async def test_a_tick_says_when_the_next_one_is_due() -> None:
    desk = Desk()
    assert await desk.turn() == 5.0  # what was asked is under way
    delay = await desk.turn()
    assert 4.5 <= delay <= 5.0
    desk.clock.advance(delay + 0.6)
    desk.poller.tick()
    assert len(desk.members["a"].asked) == 1  # the task begins with the loop's next turn
    await drain()
    assert len(desk.members["a"].asked) == 2


async def test_the_demos_speed_shortens_nothing_but_stretches_what_a_poll_means() -> None:
    desk = Desk(pace=60.0)
    assert (desk.keeper.seen[0].interval, desk.keeper.seen[0].rules_interval) == (300.0, 900.0)
    desk.members["a"].reply = DOWN
    await desk.turn()
    health = desk.poller.health()["a"]
    assert health.next_try is not None
    assert health.next_try - desk.clock.now() >= 0.25 * 60


# -- asked for


async def test_fresh_is_a_book_of_answers_to_questions_asked_after_it() -> None:
    """A write has just been done: an answer that was under way before knows nothing of it."""
    desk = Desk()
    await desk.turn()
    source = desk.members["a"]
    hold = source.hold = asyncio.Event()
    await desk.pass_time(6)
    assert len(source.asked) == 2
    waiting = asyncio.create_task(desk.poller.fresh(10))
    await drain()
    assert not waiting.done()
    source.hold = asyncio.Event()
    hold.set()
    await drain()
    assert not waiting.done()
    assert len(source.asked) == 3
    source.reply = new = AlertAnswer((alert(),), ())
    source.hold.set()
    book = await waiting
    assert book.members[0].answer is new
    assert book is desk.poller.book


async def test_fresh_asks_everybody_and_waits_only_for_those_who_were_well() -> None:
    desk = Desk("a b c")
    desk.members["a"].reply = desk.members["c"].reply = DOWN
    await desk.turn()
    desk.members["a"].hold = asyncio.Event()
    desk.members["c"].reply = EMPTY
    book = await asyncio.wait_for(desk.poller.fresh(3600), 5)
    assert [len(one.asked) for one in desk.members.values()] == [2, 2, 2]
    assert book.members[1] == MemberView("b", EMPTY, NOW, asked=True)


async def test_fresh_waits_for_the_failing_where_nobody_else_is_there() -> None:
    desk = Desk("a", "")
    desk.members["a"].reply = DOWN
    await desk.turn()
    desk.members["a"].reply = EMPTY
    book = await desk.poller.fresh(10)
    assert book.members == (MemberView("a", EMPTY, NOW, asked=True),)


async def test_fresh_and_settle_end_with_their_deadline_and_what_is_known() -> None:
    desk = Desk("a b")
    desk.members["a"].hold = asyncio.Event()
    assert await desk.poller.settle(0.01) is False
    book = await desk.poller.fresh(0.01)
    assert [one.answer for one in book.members] == [None, EMPTY]
    assert book is desk.poller.book


async def test_settle_counts_a_failure_as_an_answer_and_waits_for_the_book() -> None:
    desk = Desk("a b")
    desk.members["a"].reply = DOWN
    assert await desk.poller.settle(10) is True
    assert [one.error for one in desk.poller.book.members] == [DOWN, None]


async def test_two_that_wait_both_get_their_book() -> None:
    desk = Desk("a b")
    books = await asyncio.gather(desk.poller.fresh(10), desk.poller.fresh(10), desk.poller.settle(10))
    assert books[0].members == books[1].members
    assert books[2] is True
    assert max(one.most_under_way for one in desk.members.values()) == 1


async def test_refresh_asks_failing_ones_too_but_nobody_twice_at_once() -> None:
    desk = Desk("a b")
    desk.members["a"].reply = Overloaded("503", status=503, retry_after=500)
    desk.members["b"].hold = asyncio.Event()
    await desk.turn()
    for _ in range(3):
        desk.poller.refresh()
        await desk.turn()
    assert (len(desk.members["a"].asked), len(desk.members["b"].asked)) == (4, 1)


# -- the book


async def test_while_a_book_is_made_answers_gather_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alertpoller, "IN_THREAD", -1)
    desk = Desk("a b c", "")
    desk.keeper.gate = threading.Event()
    hold = asyncio.Event()
    for name in "bc":
        desk.members[name].hold = hold
    desk.keeper.begun.clear()
    desk.poller.tick()
    await asyncio.to_thread(desk.keeper.begun.wait, 10)
    making = len(desk.keeper.seen)
    hold.set()
    await drain()
    assert len(desk.keeper.seen) == making
    desk.keeper.gate.set()
    assert await desk.poller.settle(10) is True
    assert len(desk.keeper.seen) == making + 1
    assert [one.answer for one in desk.keeper.seen[-1].members] == [EMPTY, EMPTY, EMPTY]


@pytest.mark.parametrize(("count", "here"), [(1, True), (301, False)])
async def test_a_large_book_is_made_in_a_thread(count: int, here: bool) -> None:
    desk = Desk("a", "")
    desk.members["a"].reply = AlertAnswer(tuple(alert(company_id=str(n)) for n in range(count)), ())
    assert await desk.poller.settle(10) is True
    assert desk.keeper.threads == [True, True, here]  # nobody had answered to the first two


async def test_listeners_hear_once_of_each_book_that_differs() -> None:
    desk = Desk("a", "")
    desk.keeper.version = desk.poller.book.version
    await desk.turn()
    assert desk.books == []
    assert desk.keeper.seen[-1].members[0].answer is EMPTY
    desk.keeper.version = 7
    desk.poller.refresh()
    await desk.turn()
    assert [one.version for one in desk.books] == [7]
    assert desk.books[0] is desk.poller.book


async def test_who_has_unsubscribed_hears_no_more_and_may_say_so_twice() -> None:
    desk = Desk()
    heard: list[Book] = []
    stop = desk.poller.subscribe(heard.append)
    await desk.turn()
    before = len(heard)
    assert before > 0
    stop()
    stop()
    desk.poller.refresh()
    await desk.turn()
    assert (len(heard), len(desk.books) > before) == (before, True)


async def test_a_listeners_fault_is_logged_once_and_is_not_the_next_ones(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk("a", "")
    after: list[Book] = []

    def faulty(_: Book) -> None:
        raise ValueError("no glass")

    desk.poller.subscribe(faulty)
    desk.poller.subscribe(after.append)
    for _ in range(3):
        desk.poller.refresh()
        await desk.turn()
    assert len(after) == len(desk.books) >= 3
    assert messages(caplog) == ["a listener to the alert book failed: ValueError: no glass"]


async def test_the_book_ages_though_nobody_answers() -> None:
    desk = Desk()
    desk.members["a"].hold = desk.rules["prom"].hold = asyncio.Event()
    await desk.turn()
    before = len(desk.keeper.seen)
    await desk.pass_time(60)
    made = [one.now for one in desk.keeper.seen[before:]]
    assert len(made) == 12
    assert [later - sooner for sooner, later in pairwise(made)] == [REFRESH] * 11


async def test_a_book_that_cannot_be_made_is_told_once_and_the_old_one_stays(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    await desk.turn()
    before = desk.poller.book
    desk.keeper.fault = ValueError("odd answer")
    await desk.pass_time(30)
    assert desk.poller.book is before
    assert messages(caplog) == ["the alert book could not be made: ValueError: odd answer"]
    assert len(desk.members["a"].asked) >= 6
    assert await desk.poller.settle(10) is True
    desk.keeper.fault = None
    await desk.pass_time(6)
    assert desk.poller.book.version > before.version


async def test_a_bug_in_a_source_is_that_sources_failure(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk("a b")
    desk.members["a"].reply = KeyError("labels")
    await desk.pass_time(120)
    error = desk.member("a").error
    assert type(error) is SourceError
    assert error.cause == "noc failed on this answer (KeyError: 'labels'); see the log"
    assert len(desk.members["a"].asked) > 2
    assert messages(caplog) == ["an answer of a could not be used: KeyError: 'labels'"]
    assert desk.member("b").error is None


async def test_what_is_gone_has_the_rules_asked_within_a_second() -> None:
    """They can say at once whether it resolved."""
    desk = Desk()
    await desk.turn()
    await desk.pass_time(2)
    assert len(desk.rules["prom"].asked) == 1
    desk.keeper.entries = (entry(alert(), phase=Phase.UNKNOWN),)
    await desk.pass_time(10)
    assert len(desk.rules["prom"].asked) >= 5
    assert min(gaps(desk.rules["prom"])) >= 1.0
    desk.rules["prom"].reply = Overloaded("503", status=503, retry_after=60)
    await desk.pass_time(2)
    asked = len(desk.rules["prom"].asked)
    await desk.pass_time(55)
    assert len(desk.rules["prom"].asked) == asked


# -- clocks


async def test_a_members_clock_is_told_by_its_answers() -> None:
    desk = Desk("a b", "")
    desk.members["a"].reply = replace(EMPTY, server_time=NOW + 119.5)
    await desk.turn()
    assert (desk.member("a").skew, desk.member("b").skew) == (120.0, 0.0)
    assert [one.skew for one in desk.poller.health().values()] == [120.0, None]
    quiet = Desk(correct_clock=False)
    quiet.members["a"].reply = desk.members["a"].reply
    await quiet.turn()
    assert quiet.member("a").skew == 0.0


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
async def test_a_wall_whose_clock_is_set_asks_again_and_keeps_ages_true(step: float) -> None:
    desk = Desk("a b")
    await desk.turn()
    desk.members["b"].reply = DOWN
    await desk.pass_time(6)
    asked = [len(one.asked) for one in desk.members.values()]
    good_at = desk.member("b").good_at
    assert good_at is not None
    desk.clock.offset += step
    desk.members["b"].hold = asyncio.Event()
    desk.poller.refresh()
    await desk.turn()
    assert len(desk.members["a"].asked) == asked[0] + 1
    assert desk.member("a").good_at == desk.clock.now()
    assert desk.member("b").good_at == (good_at + step if step < 0 else good_at)
    assert desk.poller.book.at == desk.clock.now()


async def test_a_clock_that_is_set_has_everybody_asked_without_being_told() -> None:
    desk = Desk("a b")
    await desk.turn()
    desk.clock.offset -= 600
    await desk.turn()
    assert [len(one.asked) for one in (*desk.members.values(), *desk.rules.values())] == [2, 2, 2]
    desk.clock.offset += 1.9  # what a time server mends is no step
    await desk.turn()
    assert [len(one.asked) for one in desk.members.values()] == [2, 2]


async def test_a_clock_set_back_moves_what_was_learned_of_a_members_clock() -> None:
    desk = Desk("a", "")
    desk.members["a"].reply = replace(EMPTY, server_time=NOW - 0.5)
    await desk.turn()
    assert desk.member().skew == 0.0
    desk.members["a"].hold = asyncio.Event()
    desk.clock.offset = -60.0
    await desk.turn()
    assert desk.member().skew == 60.0


# -- its life


async def test_health_says_how_each_member_is() -> None:
    desk = Desk("a b", "prom")
    assert desk.poller.health() == {name: ServerHealth(name, "alertmanager") for name in "ab"}
    desk.members["b"].reply = DOWN
    await desk.turn()
    found = desk.poller.health()
    assert found["a"] == ServerHealth("a", "alertmanager", asked=True, good_at=NOW)
    assert found["b"].next_try is not None
    assert found["b"] == ServerHealth("b", "alertmanager", asked=True, error=DOWN, next_try=found["b"].next_try)
    assert 0.25 <= found["b"].next_try - NOW <= 2.0


async def test_it_runs_until_cancelled_and_cancels_what_is_under_way() -> None:
    delays: list[float] = []
    rested = asyncio.Event()

    async def rest(wake: asyncio.Event, seconds: float) -> None:
        delays.append(seconds)
        rested.set()
        await wake.wait()

    desk = Desk("a b", rest=rest)
    desk.members["b"].hold = asyncio.Event()
    task = asyncio.create_task(desk.poller.run())
    await rested.wait()
    await drain()
    assert desk.member("a").answer is EMPTY
    asked = len(desk.members["a"].asked)
    desk.poller.refresh()
    await drain()
    assert len(desk.members["a"].asked) == asked + 1
    waiting = asyncio.create_task(desk.poller.settle(3600))
    await drain()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.wait_for(waiting, 5) is False
    assert desk.members["b"].cancelled == 1
    assert all(0 <= delay <= 5 for delay in delays)


async def test_after_the_end_nobody_is_asked() -> None:
    desk = Desk()
    await desk.turn()
    await desk.poller.aclose()
    await desk.pass_time(60)
    assert len(desk.members["a"].asked) == 1
    assert await desk.poller.settle(10) is True  # they have answered once
    before = desk.poller.book
    assert await asyncio.wait_for(desk.poller.fresh(3600), 5) is before


async def test_a_tick_that_fails_is_told_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    delays: list[float] = []
    enough = asyncio.Event()

    async def rest(wake: asyncio.Event, seconds: float) -> None:
        delays.append(seconds)
        if len(delays) == 3:
            enough.set()
            await asyncio.Event().wait()

    def faulty(_: float) -> None:
        raise ValueError("no time")

    desk = Desk(rest=rest)
    monkeypatch.setattr(desk.poller, "_notice_set_clock", faulty)
    task = asyncio.create_task(desk.poller.run())
    await enough.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert delays == [1.0, 1.0, 1.0]
    assert messages(caplog) == ["the alert poller's tick failed: ValueError: no time"]


async def test_without_any_server_there_is_a_book_all_the_same() -> None:
    desk = Desk("", "")
    assert await desk.poller.settle(10) is True
    assert await desk.turn() == 5.0
    assert desk.poller.book.members == ()


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the poller logged as errors, each with the exception it shows."""
    return [
        f"{one.getMessage()}: {type(one.exc_info[1]).__name__}: {one.exc_info[1]}"
        for one in caplog.records
        if one.name == alertpoller.__name__ and one.levelno == logging.ERROR and one.exc_info
    ]


# -- a real cluster


def post(url: str, *labels: dict[str, str]) -> None:
    now = datetime.now(UTC).timestamp()
    body = [{"labels": one, "startsAt": text_of(now - 60), "endsAt": text_of(now + 3600)} for one in labels]
    httpx.post(f"{url}/api/v2/alerts", json=body, timeout=10).raise_for_status()


def rows(book: Book) -> dict[str, tuple[AlertState, tuple[str, ...], bool]]:
    return {one.alert.name: (one.state, one.members, one.stale) for one in book.entries}


async def eventually(poller: AlertPoller, true: Callable[[Book], object]) -> Book:
    end = SystemClock().monotonic() + 20
    while not true(book := await poller.fresh(10)):
        assert SystemClock().monotonic() < end, rows(book)
        await asyncio.sleep(0.05)
    return book


@pytest.mark.servers
async def test_when_a_member_of_a_cluster_stops_nothing_disappears(
    alertmanager_cluster: list[servers.Alertmanager],
) -> None:
    clock, settings = SystemClock(), Alerting()
    one, two = alertmanager_cluster
    sources = {}
    for name, member in (("one", one), ("two", two)):
        server = Server(url=member.url)
        sources[name] = AlertmanagerSource(server, client(server), clock)
    poller = AlertPoller(sources, {}, AlertBook(settings), clock, random.Random(1), settings=settings)
    both, first, second = ({"alertname": name, "severity": "high"} for name in ("Both", "First", "Second"))
    post(one.url, both, first)
    post(two.url, both, second)
    whole = {
        "Both": (AlertState.ACTIVE, ("one", "two"), False),
        "First": (AlertState.ACTIVE, ("one",), False),
        "Second": (AlertState.ACTIVE, ("two",), False),
    }
    book = await eventually(poller, lambda book: rows(book) == whole)
    assert [(view.error, view.answer is not None) for view in book.members] == [(None, True), (None, True)]
    assert {view.answer.status.peers for view in book.members if view.answer} == {2}
    await asyncio.to_thread(one.stop)
    book = await eventually(poller, lambda book: book.members[0].error is not None)
    assert {name: row[::2] for name, row in rows(book).items()} == {
        "Both": (AlertState.ACTIVE, False),
        "First": (AlertState.ACTIVE, True),
        "Second": (AlertState.ACTIVE, False),
    }
    assert (book.resolved, [one.phase for one in book.entries]) == ((), [Phase.FIRING] * 3)
    failed = poller.health()["one"]
    assert isinstance(failed.error, Unreachable)
    assert failed.good_at is not None
    await asyncio.to_thread(one.start)  # it comes back without its alerts: they live in memory only
    book = await eventually(poller, lambda book: book.members[0].error is None)
    assert set(rows(book)) == {"Both", "First", "Second"}
    assert book.resolved == ()
    await poller.aclose()
    for source in sources.values():
        await source.aclose()
