"""Feeds that poll, on a scripted server and a clock that only moves when told."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from noc.engine.feed import Bounds
from noc.engine.feeds import Feeds
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Unreachable
from noc.model.logs import SECOND, Feed, FeedQuery, Follow, LogLine, in_order
from noc.model.results import ServerHealth, State
from tests.engine.logserver import NOW, QUERY, Wall, drain, line

DOWN = Unreachable("connection refused")
OTHER = replace(QUERY, expr='{app="other"}')
NANOS = round(NOW) * SECOND


def ends(wall: Wall) -> list[tuple[float, float]]:
    """The windows asked for, in seconds after NOW."""
    return [((start - NANOS) / SECOND, (end - NANOS) / SECOND) for _, start, end, _ in wall.server.asked]


async def test_history_comes_first_and_then_what_is_new_each_line_once_and_in_order() -> None:
    w = Wall()
    w.server.arrive(line(-700), line(-500), line(-20), line(-1))
    feed = await w.look()
    assert [one.text for one in feed.lines] == ["line of -500", "line of -20", "line of -1"]
    assert (feed.total, feed.skipped, feed.dropped, feed.uncounted) == (3, 0, 0, False)
    assert (feed.good_at, feed.error, feed.following, feed.note) == (NOW, None, Follow.POLL, "")
    w.server.arrive(line(0.5))
    await w.pass_time(2)
    assert w.texts() == ["line of -500", "line of -20", "line of -1", "line of 0.5"]
    assert w.feed().total == 4
    assert w.feed().state(w.clock.now()) is State.FRESH


async def test_a_feed_without_lines_is_empty_and_not_loading() -> None:
    w = Wall()
    assert w.feed().state(NOW) is State.LOADING
    assert (await w.look()).state(NOW) is State.NODATA


async def test_questions_keep_their_cadence_a_little_spread() -> None:
    w = Wall()
    await w.look()
    await w.pass_time(60)
    gaps = [later - earlier for earlier, later in pairwise(w.server.moments)]
    assert len(gaps) >= 29
    assert min(gaps) >= 1.9
    assert max(gaps) <= 2.0


async def test_a_cadence_under_half_a_second_is_not_kept() -> None:
    w = Wall()
    await w.look(replace(QUERY, poll=0.01))
    await w.pass_time(10)
    assert 19 <= len(w.server.asked) <= 23


async def test_a_world_that_runs_faster_is_asked_in_real_seconds_up_to_its_own_now() -> None:
    w = Wall(pace=60.0, correct_clock=False)
    await w.look()
    w.server.arrive(line(60), line(119), line(400))
    await w.pass_time(2)
    assert len(w.server.asked) == 2
    assert w.texts() == ["line of 60"]  # 1.9 s and some are not 119
    await w.pass_time(2)
    assert w.texts() == ["line of 60", "line of 119"]
    assert ends(w)[-1][1] == pytest.approx((w.server.moments[-1] - NOW) * 60)


async def test_every_question_reads_an_overlap_again_and_now_and_then_looks_further_back() -> None:
    w = Wall()
    await w.look()
    await w.pass_time(70)
    backs = [moment - NOW - start for (start, _), moment in zip(ends(w)[1:], w.server.moments[1:], strict=True)]
    assert min(backs) >= 12
    assert sum(back <= 15 for back in backs) >= 27
    assert sum(30 <= back <= 35 for back in backs) in (5, 6)
    assert sum(back >= 300 for back in backs) == 1


@pytest.mark.parametrize(("late", "within"), [(8, 2), (25, 12), (200, 62)])
async def test_a_late_line_is_put_where_it_belongs(late: float, within: float) -> None:
    w = Wall()
    w.server.arrive(line(-300), line(-1))
    await w.look()
    await w.pass_time(20)
    w.server.arrive(line(19.5, "punctual"))
    await w.pass_time(2)
    w.server.arrive(line(20 - late, "late"))
    await w.pass_time(within)
    assert "late" in w.texts()
    assert list(w.feed().lines) == in_order(list(w.feed().lines))
    assert w.feed().total == len(w.feed().lines) == 4


async def test_a_pipeline_that_lags_forty_seconds_is_followed_all_the_same() -> None:
    w = Wall()
    w.server.arrive(line(-41))
    await w.look()

    def deliver() -> None:
        w.server.arrive(line(w.clock.at - NOW - 40))

    await w.pass_time(30, 1, deliver)
    assert len(w.feed().lines) >= 30


async def test_a_line_with_other_metadata_is_the_same_line() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.server.held = [replace(w.server.held[0], metadata=(("detected_level", "error"),))]
    await w.pass_time(4)
    assert (len(w.feed().lines), w.feed().total) == (1, 1)


async def test_lines_of_one_nanosecond_are_kept_by_stream_and_text() -> None:
    w = Wall()
    same = [line(-1, "a"), line(-1, "b"), line(-1, "a", app="shop", host="two"), line(-1, "a")]
    w.server.arrive(*same)
    await w.look()
    await w.pass_time(10)
    assert list(w.feed().lines) == same[:3]


async def test_a_full_first_answer_is_paged_until_as_many_lines_are_there_as_are_kept() -> None:
    w = Wall()
    w.server.arrive(*(line(-500 + n / 20) for n in range(9000)))
    feed = await w.look(replace(QUERY, limit=7000))
    assert [limit for *_, limit in w.server.asked] == [5000, 2000]
    assert len(feed.lines) == 6999  # the line at the seam came twice
    assert feed.lines[-1] == w.server.held[-1]
    assert (feed.skipped, feed.uncounted) == (0, False)


async def test_pages_step_over_a_moment_with_several_lines() -> None:
    w = Wall()
    w.server.arrive(*(line(-500 + n // 3, f"{n}") for n in range(1400)))
    feed = await w.look(replace(QUERY, limit=1000))
    assert [one.text for one in feed.lines] == [f"{n}" for n in range(400, 1400)]


async def test_a_small_panel_reads_a_thousand_lines_unless_the_server_allows_only_what_it_shows() -> None:
    w = Wall()
    w.server.most = 100
    w.server.arrive(*(line(-500 + n) for n in range(400)))
    query = replace(QUERY, limit=100)
    feed = await w.look(query)
    assert list(feed.lines) == w.server.held[-100:]
    await w.pass_time(2)
    assert [limit for *_, limit in w.server.asked] == [1000, 100, 100]
    assert w.feed(query).error is None


def burst(start: float, seconds: float, rate: int) -> list[LogLine]:
    return [line(start + n / rate, f"{start:g}/{n}") for n in range(round(seconds * rate))]


async def test_what_comes_faster_than_it_is_read_is_counted_exactly() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.server.arrive(*burst(0.0, 1.0, 3000))
    await w.pass_time(2)
    feed = w.feed()
    assert len(feed.lines) == 1000
    assert feed.lines[-1] == w.server.held[-1]
    await w.pass_time(60)
    feed = w.feed()
    assert feed.total + feed.skipped == 3001
    assert feed.uncounted is False
    assert feed.dropped == 0


async def test_under_lasting_load_shown_and_skipped_make_all_and_the_account_stays_small() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()

    def deliver() -> None:
        w.server.arrive(*burst(w.clock.at - NOW - 1, 1.0, 3000))

    await w.pass_time(60, 1, deliver)
    during = w.feed()
    assert during.skipped > 100_000
    await w.pass_time(60)
    feed = w.feed()
    assert feed.total + feed.skipped == len(w.server.held)
    assert w.shown | {*w.server.held} == {*w.server.held}
    assert feed.uncounted is False
    assert all(later >= earlier for earlier, later in w.server.counted)


async def test_who_cannot_count_says_that_more_was_left_out_only_when_there_is_a_gap() -> None:
    w = Wall(counting=False)
    w.server.arrive(line(-1))
    await w.look()
    for second in range(20):
        w.server.arrive(*burst(second, 1.0, 300))
        await w.pass_time(1)
    assert (w.feed().uncounted, w.feed().skipped) == (False, 0)
    assert w.feed().total == 6001
    w.server.arrive(*burst(20, 1.0, 3000))
    await w.pass_time(2)
    assert (w.feed().uncounted, w.feed().skipped) == (True, 0)


async def test_a_count_that_fails_is_tried_again_and_given_up_in_the_end() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.server.uncountable = Overloaded("too many outstanding requests", status=503)
    w.server.arrive(*burst(0.0, 1.0, 3000))
    await w.pass_time(30)
    assert (w.feed().uncounted, w.feed().error) == (False, None)
    w.server.uncountable = None
    await w.pass_time(60)
    assert (w.feed().uncounted, w.feed().total + w.feed().skipped) == (False, 3001)
    w.server.uncountable = BadQuery("not countable", status=400)
    w.server.arrive(*burst(w.clock.at - NOW, 1.0, 3000))
    await w.pass_time(200)
    assert w.feed().uncounted is True


async def test_a_server_that_is_away_and_comes_back_leaves_no_gap() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.server.failure = DOWN

    def deliver() -> None:
        w.server.arrive(line(w.clock.at - NOW - 0.5))

    await w.pass_time(100, 1, deliver)
    feed = w.feed()
    assert len(feed.lines) == 1
    assert feed.error is DOWN
    assert feed.next_try is not None and feed.next_try <= w.clock.now() + 60
    assert feed.state(w.clock.now()) is State.STALE
    w.server.failure = None
    await w.pass_time(70, 1, deliver)
    await w.pass_time(3)
    feed = w.feed()
    assert (feed.error, feed.next_try) == (None, None)
    assert len(feed.lines) == feed.total == 171
    assert list(feed.lines) == w.server.held


async def test_what_agents_held_back_while_the_server_was_away_comes_within_a_minute() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.server.failure = DOWN
    await w.pass_time(120)
    w.server.failure = None
    w.server.arrive(line(119, "punctual"))
    await w.pass_time(65)
    assert w.texts()[-1] == "punctual"
    w.server.arrive(*(line(n, f"held back {n}") for n in range(1, 100)))
    await w.pass_time(65)
    assert list(w.feed().lines) == w.server.held


@pytest.mark.parametrize("offset", [-120.0, 120.0])
async def test_a_wall_whose_clock_is_wrong_sees_the_newest_lines(offset: float) -> None:
    w = Wall(offset=offset)
    w.server.arrive(line(-30), line(-1))
    await w.look()
    w.server.arrive(line(0.5))
    await w.pass_time(4)
    assert w.texts() == ["line of -30", "line of -1", "line of 0.5"]
    await w.pass_time(60, 1, lambda: w.server.arrive(line(w.clock.at - NOW - 0.1)))
    assert list(w.feed().lines)[:-3] == w.server.held[: len(w.feed().lines) - 3]
    assert len(w.server.held) - len(w.feed().lines) <= 2
    assert w.feeds.health()["loki"].skew == pytest.approx(-offset, abs=1.0)
    assert w.feed().age(w.clock.now()) is not None
    assert w.feed().age(w.clock.now()) <= 2.0  # type: ignore[operator]


@pytest.mark.parametrize("offset", [-50.0, 120.0])
async def test_a_server_that_never_tells_the_time_loses_nothing_within_the_reach_of_a_look(offset: float) -> None:
    w = Wall(offset=offset)
    w.server.dated = False
    w.server.arrive(line(-30))
    await w.look()
    await w.pass_time(60, 1, lambda: w.server.arrive(line(w.clock.at - NOW - 0.1)))
    await w.pass_time(65)
    assert list(w.feed().lines) == w.server.held


async def test_a_line_from_the_future_hides_nobody() -> None:
    w = Wall()
    w.server.arrive(line(50, "ahead"))
    await w.look()
    await w.pass_time(60, 1, lambda: w.server.arrive(line(w.clock.at - NOW - 0.1)))
    await w.pass_time(2)
    assert len(w.feed().lines) == 61
    assert list(w.feed().lines) == in_order(w.server.held)


async def test_a_clock_that_is_set_keeps_ages_true_and_loses_nothing() -> None:
    w = Wall()
    running = asyncio.create_task(w.feeds.run())
    w.server.arrive(line(-1))
    await w.look()
    for offset in (-3600.0, 3600.0, 0.0):
        await w.pass_time(30, 1, lambda: w.server.arrive(line(w.clock.at - NOW - 0.1)))
        w.clock.offset = offset
    await w.pass_time(40, 1, lambda: w.server.arrive(line(w.clock.at - NOW - 0.1)))
    await w.pass_time(3)
    assert list(w.feed().lines) == w.server.held
    assert w.feed().age(w.clock.now()) == pytest.approx(0.0, abs=3.0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_overloaded_server_is_left_alone_as_long_as_it_asks() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look(QUERY, OTHER)
    w.server.failure = Overloaded("too many outstanding requests", status=429, retry_after=30.0)
    await w.pass_time(2)
    asked = len(w.server.asked)
    feed = w.feed()
    assert len(feed.lines) == 1
    assert isinstance(feed.error, Overloaded)
    assert feed.next_try is not None and 26 <= feed.next_try - w.clock.now() <= 30.5
    await w.pass_time(26)
    assert len(w.server.asked) == asked
    assert isinstance(w.feed(OTHER).error, Overloaded)
    w.server.failure = None
    await w.pass_time(6)
    assert (w.feed().error, w.feed(OTHER).error) == (None, None)


async def test_a_failing_server_is_probed_by_one_feed_at_a_time() -> None:
    w = Wall()
    queries = [replace(QUERY, expr=f'{{app="{n}"}}') for n in range(8)]
    w.server.failure = DOWN
    w.server.hold = asyncio.Event()
    w.feeds.watch(queries)
    await drain()
    assert w.server.under_way == 8
    w.server.hold.set()
    await drain()
    w.server.most_under_way = 0
    w.server.hold.clear()
    await w.pass_time(60)
    assert w.server.most_under_way == 1
    w.server.failure = None
    w.server.hold.set()
    await w.pass_time(61)
    assert [w.feed(query).error for query in queries] == [None] * 8


async def test_a_refused_query_is_an_error_at_once_and_tried_again_slowly_or_when_told() -> None:
    w = Wall()
    refusal = BadQuery("parse error at line 1, col 19: syntax error", status=400)
    w.server.failure = refusal
    feed = await w.look()
    assert (feed.error, feed.state(NOW)) == (refusal, State.ERROR)
    assert feed.next_try == NOW + 60
    await w.pass_time(59)
    assert len(w.server.asked) == 1
    await w.pass_time(2)
    assert len(w.server.asked) == 2
    w.server.failure = None
    w.feeds.refresh()
    await drain()
    assert w.feed().state(w.clock.now()) is State.NODATA
    assert w.feeds.health()["loki"].error is None


@pytest.mark.parametrize("error", [Auth("401"), BadAnswer("HTML"), DOWN, Overloaded("503", status=503)])
async def test_lines_stay_while_a_server_fails_and_health_tells(error: SourceError) -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.server.failure = error
    await w.pass_time(2)
    feed = w.feed()
    assert (feed.error, len(feed.lines)) == (error, 1)
    health = w.feeds.health()["loki"]
    assert health == ServerHealth("loki", "loki", True, NOW, error, health.next_try, None)
    assert health.next_try is not None


async def test_an_exception_nobody_expected_becomes_the_feeds_error_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    w = Wall()
    w.server.failure = ZeroDivisionError("division by zero")
    with caplog.at_level(logging.ERROR):
        feed = await w.look()
        await w.pass_time(200)
    assert str(feed.error) == "noc failed on this answer (ZeroDivisionError: division by zero); see the log"
    assert [record.message for record in caplog.records] == ['{app="shop"}: an answer could not be used']
    w.server.failure = None
    w.feeds.refresh()
    await drain()
    assert w.feed().error is None


async def test_a_source_that_never_returns_is_given_up() -> None:
    w = Wall(deadline=0.01)
    w.server.hold = asyncio.Event()
    w.feeds.watch([QUERY])
    assert await w.feeds.settle(5.0)
    assert str(w.feed().error) == "no answer within 0.01s"
    await w.feeds.aclose()


async def test_a_window_of_the_past_is_asked_once() -> None:
    w = Wall()
    w.server.arrive(*(line(-200 + n) for n in range(150)))
    query = replace(QUERY, end=NOW - 100, span=50.0, limit=20)
    feed = await w.look(query)
    assert [one.text for one in feed.lines] == [f"line of {n - 120}" for n in range(20)]
    assert w.server.asked == [(query.expr, NANOS - 150 * SECOND, NANOS - 100 * SECOND, 20)]
    await w.pass_time(200)
    assert len(w.server.asked) == 1
    assert w.feed(query).state(w.clock.now()) is State.FRESH
    w.feeds.refresh()
    await drain()
    assert len(w.server.asked) == 2
    assert (len(w.feed(query).lines), w.feed(query).total) == (20, 20)


async def test_a_window_of_the_past_is_asked_again_until_it_was_answered() -> None:
    w = Wall()
    w.server.arrive(line(-120))
    query = replace(QUERY, end=NOW - 100, span=50.0)
    w.server.failure = DOWN
    assert (await w.look(query)).state(NOW) is State.ERROR
    await w.pass_time(30)
    w.server.failure = None
    await w.pass_time(60)
    assert len(w.feed(query).lines) == 1
    asked = len(w.server.asked)
    await w.pass_time(60)
    assert len(w.server.asked) == asked


async def test_equal_queries_share_a_feed_and_it_ends_when_nobody_looks() -> None:
    w = Wall()
    await w.look(QUERY, replace(QUERY))
    assert len(w.server.asked) == 1
    w.feeds.watch([])
    await w.pass_time(60)
    assert len(w.server.asked) == 1


async def test_a_question_nobody_waits_for_any_more_is_cancelled() -> None:
    w = Wall()
    w.server.hold = asyncio.Event()
    await w.look()
    w.feeds.watch([])
    await drain()
    assert (w.server.cancelled, w.server.under_way) == (1, 0)
    w.server.hold = None
    w.feeds.watch([QUERY])
    await drain()
    assert w.feed().state(NOW) is State.NODATA


async def test_a_layout_flipped_back_shows_its_lines_at_once_and_catches_up() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.feeds.watch([OTHER])
    await w.pass_time(120, 1, lambda: w.server.arrive(line(w.clock.at - NOW - 0.1)))
    assert w.texts() == ["line of -1"]
    w.server.hold = asyncio.Event()
    w.feeds.watch([QUERY])
    assert w.texts() == ["line of -1"]
    w.server.hold.set()
    await drain()
    assert list(w.feed().lines) == w.server.held
    assert (w.feed().total, w.feed().skipped) == (121, 0)


async def test_what_came_while_nobody_looked_was_not_skipped_and_leaves_no_hole() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    w.feeds.watch([])
    for second in range(20):
        w.server.arrive(*burst(second, 1.0, 500))
        await w.pass_time(1)
    w.feeds.watch([QUERY])
    await w.pass_time(60)
    feed = w.feed()
    assert list(feed.lines) == w.server.held[-1000:]
    assert (feed.skipped, feed.uncounted, feed.total) == (0, False, 1001)


async def test_flipping_back_and_forth_in_one_breath_follows_once() -> None:
    w = Wall()
    w.server.hold = asyncio.Event()
    for _ in range(5):
        w.feeds.watch([QUERY])
        w.feeds.watch([])
        w.feeds.watch([QUERY])
        await asyncio.sleep(0)
    await drain()
    assert w.server.under_way == 1
    w.server.hold.set()
    await w.pass_time(20)
    assert 10 <= len([moment for moment in w.server.moments if moment > NOW]) <= 11


async def test_a_feed_is_followed_once_also_when_it_is_looked_at_in_the_moment_its_rest_times_out() -> None:
    w = Wall()

    async def rest(wake: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0):  # the loop cancels the task for this timeout, ...
                asyncio.get_running_loop().call_soon(w.feeds.watch, [QUERY])  # ... then somebody looks, then it goes on
                await wake.wait()
        await asyncio.Event().wait()

    w.feeds = Feeds(w.servers, w.clock, random.Random(7), rest=rest)
    w.feeds.watch([QUERY])
    await drain()
    w.feeds.watch([])
    await drain()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_feeds_nobody_looks_at_are_forgotten_the_longest_first_and_all_in_time() -> None:
    w = Wall(bounds=Bounds(kept=2, kept_for=100.0))
    queries = [replace(QUERY, expr=f'{{n="{n}"}}') for n in range(4)]
    w.server.arrive(line(-1))
    for query in queries:
        await w.look(query)
        await w.pass_time(1)
    w.feeds.watch([])
    assert [len(w.feed(query).lines) for query in queries] == [0, 0, 1, 1]
    await w.pass_time(101)
    w.feeds.watch([])
    assert [len(w.feed(query).lines) for query in queries] == [0, 0, 0, 0]


async def test_versions_move_with_every_change_and_never_come_again() -> None:
    w = Wall(bounds=Bounds(kept=0))
    seen = []
    for _ in range(3):
        await w.look()
        seen.append(w.feed().version)
        await w.pass_time(2)
        seen.append(w.feed().version)
        w.feeds.watch([])
        assert w.feed() == Feed(QUERY)
    assert seen == sorted(set(seen))


async def test_the_view_is_made_once_a_version_and_its_lines_once_a_change() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    await w.look()
    first = w.feed()
    assert w.feed() is first
    await w.pass_time(2)
    assert w.feed() is not first
    assert w.feed().lines is first.lines


async def test_the_wall_is_told_once_a_turn_whatever_moved() -> None:
    w = Wall()
    await w.look(QUERY, OTHER)
    assert all(queries for queries in w.changes)
    assert {query for queries in w.changes for query in queries} == {QUERY, OTHER}
    told = len(w.changes)
    await w.pass_time(2)
    assert told < len(w.changes) <= told + 6


async def test_a_listener_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    w = Wall()

    def fail(_: Any) -> None:
        raise RuntimeError("no glass")

    w.feeds._on_change = fail
    w.server.arrive(line(-1))
    with caplog.at_level(logging.ERROR):
        await w.look()
    assert len(w.feed().lines) == 1
    assert caplog.records[0].message == "the listener failed"


async def test_a_server_nobody_configured_is_named() -> None:
    w = Wall()
    query = replace(QUERY, source="nowhere")
    feed = await w.look(query)
    assert (str(feed.error), feed.state(NOW)) == ("no log server named nowhere", State.ERROR)
    assert w.changes[-1] == {query}
    assert await w.feeds.settle(0.01)


async def test_settle_waits_for_an_answer_or_a_failure_of_each() -> None:
    w = Wall("loki", "other")
    w.servers["other"].failure = DOWN
    w.server.arrive(line(-1))
    w.feeds.watch([QUERY, replace(QUERY, source="other")])
    assert await w.feeds.settle(5.0)
    assert len(w.feed().lines) == 1
    assert w.feed(replace(QUERY, source="other")).error is DOWN
    w.server.hold = asyncio.Event()
    w.feeds.refresh()
    assert not await w.feeds.settle(0.01)
    w.server.hold.set()
    assert await w.feeds.settle(5.0)
    await w.feeds.aclose()


def test_queries_watched_before_there_is_a_loop_are_asked_when_there_is_one() -> None:
    w = Wall()
    w.server.arrive(line(-1))
    w.feeds.watch([QUERY])

    async def ask() -> None:
        assert await w.feeds.settle(5.0)
        await w.feeds.aclose()

    asyncio.run(ask())
    assert len(w.feed().lines) == 1


async def test_closing_ends_everything_and_nobody_waits_any_longer() -> None:
    w = Wall()
    w.server.hold = asyncio.Event()
    w.feeds.watch([QUERY])
    waiting = asyncio.create_task(w.feeds.settle(60.0))
    await drain()
    await w.feeds.aclose()
    assert await waiting is False
    assert w.server.under_way == 0
    await w.pass_time(60)
    assert len(w.server.asked) == 1


async def test_the_rate_is_known_from_history_and_follows() -> None:
    w = Wall()
    w.server.arrive(*(line(-30 + n / 10) for n in range(300)))
    assert (await w.look()).rate == pytest.approx(10.0, rel=0.1)
    await w.pass_time(20, 1, lambda: w.server.arrive(*burst(w.clock.at - NOW - 1, 1.0, 50)))
    assert w.feed().rate == pytest.approx(50.0, rel=0.15)
    w.server.failure = DOWN
    await w.pass_time(60, 1, lambda: w.server.arrive(*burst(w.clock.at - NOW - 1, 1.0, 50)))
    w.server.failure = None
    await w.pass_time(70, 1, lambda: w.server.arrive(*burst(w.clock.at - NOW - 1, 1.0, 50)))
    assert w.feed().rate == pytest.approx(50.0, rel=0.15)
    await w.pass_time(20)
    assert w.feed().rate == 0.0


async def test_the_rate_includes_what_is_skipped() -> None:
    w = Wall()
    await w.look()
    await w.pass_time(40, 1, lambda: w.server.arrive(*burst(w.clock.at - NOW - 1, 1.0, 2000)))
    assert w.feed().rate == pytest.approx(2000, rel=0.25)


async def test_enormous_lines_are_bounded_by_their_characters() -> None:
    w = Wall(bounds=Bounds(characters=10_000))
    w.server.arrive(*(line(-50 + n, f"{n}" + "x" * 999) for n in range(50)))
    feed = await w.look()
    assert sum(len(one.text) for one in feed.lines) <= 10_000
    assert feed.lines[-1] == w.server.held[-1]
    await w.pass_time(10)
    assert w.feed().total == 50


def test_feeds_touch_nothing_when_they_are_made() -> None:
    assert isinstance(Wall().feeds, Feeds)
    assert FeedQuery("a", "b", 1.0) == FeedQuery("a", "b", 1.0)
