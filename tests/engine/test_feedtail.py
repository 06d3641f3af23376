"""Feeds that follow a tail, on a scripted server: however it ends and whatever it loses, no line is missing or doubled."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, TailClosed, Timeout, Unreachable
from noc.model.logs import SECOND, Follow, TailFrame, in_order
from noc.model.results import State
from tests.engine.logserver import NOW, TAIL, Wall, drain, line

NANOS = round(NOW) * SECOND
DOWN = Unreachable("connection refused")
HUNG = TailClosed("nothing heard for 10 s", 1006)
LIMIT = TailClosed("reached tail max duration limit", 1011)
TOO_MANY = TailClosed("max concurrent tail requests limit exceeded, count > limit (11 > 10)", 1011)


async def tailed(**options: object) -> Wall:
    """A wall that follows by a tail, with two lines of history."""
    w = Wall(**options)  # type: ignore[arg-type]
    w.server.arrive(line(-20), line(-1))
    await w.look(TAIL)
    return w


def now(w: Wall) -> float:
    return w.clock.at - NOW


async def test_after_the_history_lines_come_without_a_question() -> None:
    w = await tailed()
    assert w.texts(TAIL) == ["line of -20", "line of -1"]
    assert w.feed(TAIL).following is Follow.TAIL
    asked = len(w.server.asked)
    w.server.arrive(line(0.1), line(0.2))
    await drain()
    assert w.texts(TAIL) == ["line of -20", "line of -1", "line of 0.1", "line of 0.2"]
    assert len(w.server.asked) == asked
    assert (w.feed(TAIL).total, w.feed(TAIL).note) == (4, "")


async def test_a_tail_begins_at_the_newest_line_or_where_the_history_ended() -> None:
    w = await tailed()
    assert [tail.start for tail in w.server.tails] == [NANOS - SECOND]
    empty = Wall()
    await empty.look(TAIL)
    assert [tail.start for tail in empty.server.tails] == [NANOS - SECOND]  # the second the server's clock may be off
    ahead = Wall()
    ahead.server.arrive(line(40))
    await ahead.look(TAIL)
    assert ahead.server.tails[0].start <= NANOS


async def test_a_tail_that_works_is_checked_now_and_then() -> None:
    w = await tailed()
    await w.pass_time(600, 1, lambda: w.server.arrive(line(now(w))))
    assert 20 <= len(w.server.asked) <= 25
    assert len(w.server.tails) == 1
    assert list(w.feed(TAIL).lines) == w.server.held
    assert w.feed(TAIL).rate == pytest.approx(1.0, abs=0.2)
    assert w.feed(TAIL).good_at == pytest.approx(w.clock.now(), abs=2.0)


async def test_a_silent_tail_is_polled_until_it_may_be_believed_and_stays_fresh() -> None:
    w = Wall()
    await w.look(TAIL)
    await w.pass_time(60)
    assert 30 <= len(w.server.asked) <= 34
    await w.pass_time(240)
    assert len(w.server.asked) <= 44
    assert w.feed(TAIL).state(w.clock.now()) is State.NODATA
    assert w.feed(TAIL).age(w.clock.now()) <= 2.0  # type: ignore[operator]


@pytest.mark.parametrize("end", [1006, 1011, 1000, HUNG, LIMIT], ids=str)
@pytest.mark.parametrize("after", [0.5, 100.0])
async def test_whatever_ends_a_tail_the_gap_is_filled_and_a_new_one_opened(
    end: SourceError | int, after: float
) -> None:
    w = await tailed()
    await w.pass_time(after)
    w.server.deaf = True
    w.server.arrive(line(after - 0.2, "unheard"))
    w.server.tails[-1].close(end)
    await drain()
    assert w.texts(TAIL)[-1] == "unheard"
    await w.pass_time(3)
    w.server.deaf = False
    w.server.arrive(line(now(w), "heard"))
    await drain()
    assert w.texts(TAIL) == ["line of -20", "line of -1", "unheard", "heard"]
    assert [tail.open for tail in w.server.tails] == [False, True]
    feed = w.feed(TAIL)
    assert (feed.total, feed.following, feed.error, feed.note) == (4, Follow.TAIL, None, "")


async def test_a_tail_that_ends_without_an_error_is_opened_again() -> None:
    w = await tailed()

    async def ended(query: str, start: int):  # type: ignore[no-untyped-def]
        yield TailFrame((line(0.1),))

    w.server.tail, tail = ended, w.server.tail  # type: ignore[method-assign]
    w.server.tails[-1].close(1006)
    await w.pass_time(2)
    w.server.tail = tail  # type: ignore[method-assign]
    assert w.texts(TAIL)[-1] == "line of 0.1"
    await w.pass_time(400)
    assert w.feed(TAIL).following is Follow.TAIL


async def test_lines_of_the_moment_at_which_a_tail_ended_are_all_there_once() -> None:
    w = await tailed()
    w.server.arrive(line(0.1, "a"), line(0.1, "b"))
    await drain()
    w.server.deaf = True
    w.server.arrive(line(0.1, "c"))
    w.server.tails[-1].close(1006)
    await w.pass_time(5)
    assert w.server.tails[-1].start == NANOS + SECOND // 10
    assert w.texts(TAIL) == ["line of -20", "line of -1", "a", "b", "c"]


async def test_what_a_new_tail_repeats_is_the_same_whatever_its_metadata() -> None:
    w = await tailed()
    known = [replace(one, metadata=(("detected_level", "info"),)) for one in w.server.held]
    w.server.tails[-1].push(*known, line(0.1), line(0.1))
    await drain()
    assert w.texts(TAIL) == ["line of -20", "line of -1", "line of 0.1"]
    assert w.feed(TAIL).total == 3


async def test_late_lines_of_a_tail_stand_where_they_belong() -> None:
    w = await tailed()
    w.server.arrive(line(0.5), line(-15, "late"))
    await drain()
    assert w.texts(TAIL) == ["line of -20", "late", "line of -1", "line of 0.5"]


async def test_a_history_that_the_server_cut_is_filled_by_a_question() -> None:
    w = await tailed()
    w.server.history = 3
    w.server.hold = asyncio.Event()
    w.server.tails[-1].close(1006)
    await drain()
    w.server.hold.set()
    w.server.arrive(*(line(n / 100) for n in range(1, 50)))
    await w.pass_time(5)
    assert list(w.feed(TAIL).lines) == w.server.held


async def test_lines_that_a_tail_never_brought_are_found_by_the_next_check() -> None:
    w = await tailed()
    w.server.arrive(line(0.1))
    await w.pass_time(5)
    w.server.deaf = True
    w.server.arrive(line(4, "lost"))
    w.server.deaf = False
    await w.pass_time(31, 1, lambda: w.server.arrive(line(now(w))))
    assert "lost" in w.texts(TAIL)
    assert list(w.feed(TAIL).lines) == in_order(w.server.held)


async def test_a_tail_is_renewed_before_the_server_ends_it() -> None:
    w = await tailed()
    await w.pass_time(2990, 10, lambda: w.server.arrive(line(now(w))))
    assert len(w.server.tails) == 1
    await w.pass_time(30, 10, lambda: w.server.arrive(line(now(w))))
    assert [tail.open for tail in w.server.tails] == [False, True]
    await w.pass_time(5, 0.5, lambda: w.server.arrive(line(now(w))))
    assert list(w.feed(TAIL).lines) == w.server.held
    assert w.feed(TAIL).note == ""


@pytest.mark.parametrize("refusal", [TOO_MANY, BadAnswer("HTML"), Auth("403"), DOWN, Timeout("no answer")], ids=str)
async def test_after_two_refused_tails_the_feed_is_polled_and_says_why(refusal: SourceError) -> None:
    w = Wall()
    w.server.refused_tail = refusal
    w.server.arrive(line(-1))
    await w.look(TAIL)
    assert w.feed(TAIL).following is Follow.TAIL
    await w.pass_time(5)
    feed = w.feed(TAIL)
    assert (feed.following, feed.note) == (Follow.POLL, f"tail refused, polling: {refusal.cause}")
    assert (feed.error, feed.state(w.clock.now())) == (None, State.FRESH)
    assert len(w.server.tails) == 2
    await w.pass_time(250, 1, lambda: w.server.arrive(line(now(w) - 0.1)))
    await w.pass_time(3)
    assert len(w.server.tails) == 2
    assert list(w.feed(TAIL).lines) == w.server.held


async def test_a_refused_tail_is_tried_again_later_and_followed_when_it_works() -> None:
    w = Wall()
    w.server.refused_tail = DOWN
    await w.look(TAIL)
    await w.pass_time(310)
    assert len(w.server.tails) == 3
    assert w.feed(TAIL).following is Follow.POLL
    w.server.refused_tail = None
    await w.pass_time(301)
    assert len(w.server.tails) == 4
    assert w.feed(TAIL).following is Follow.POLL  # it has not brought anything yet
    w.server.arrive(line(now(w)))
    await drain()
    assert (w.feed(TAIL).following, w.feed(TAIL).note) == (Follow.TAIL, "")


async def test_a_tail_is_tried_at_once_when_somebody_asks() -> None:
    w = Wall()
    w.server.refused_tail = DOWN
    await w.look(TAIL)
    await w.pass_time(20)
    w.server.refused_tail = None
    w.feeds.refresh()
    await drain()
    assert len(w.server.open_tails) == 1


async def test_a_query_that_cannot_be_tailed_is_polled_at_once() -> None:
    w = Wall()
    w.server.refused_tail = BadQuery("tail follows one tenant only", status=400)
    await w.look(TAIL)
    await w.pass_time(10)
    assert len(w.server.tails) == 1
    assert w.feed(TAIL).note == "tail refused, polling: tail follows one tenant only"


async def test_an_overloaded_server_gets_no_new_tail_before_its_time() -> None:
    w = Wall()
    w.server.refused_tail = Overloaded("too many outstanding requests", status=429, retry_after=40.0)
    await w.look(TAIL)
    await w.pass_time(39)
    assert len(w.server.tails) == 1
    await w.pass_time(3)
    assert len(w.server.tails) == 2


async def test_a_server_that_is_away_for_both_comes_back_without_a_gap() -> None:
    w = await tailed()
    await w.pass_time(100)
    w.server.failure = w.server.refused_tail = DOWN
    w.server.deaf = True
    w.server.tails[-1].close(1006)
    await w.pass_time(60, 1, lambda: w.server.arrive(line(now(w) - 0.5)))
    assert w.feed(TAIL).error is DOWN
    assert w.feed(TAIL).next_try is not None
    w.server.failure = w.server.refused_tail = None
    w.server.deaf = False
    await w.pass_time(65, 1, lambda: w.server.arrive(line(now(w) - 0.5)))
    assert list(w.feed(TAIL).lines) == w.server.held
    assert (w.feed(TAIL).error, w.feed(TAIL).following) == (None, Follow.TAIL)


async def test_dropped_lines_are_told_at_once_and_read_afterwards() -> None:
    w = await tailed()
    w.server.arrive(line(0.1))
    await w.pass_time(10)
    w.server.deaf = True
    lost = [line(9 + n / 100, f"lost {n}") for n in range(50)]
    w.server.arrive(*lost)
    w.server.tails[-1].push(line(9.9), dropped=50)
    w.server.arrive(line(9.9))
    await drain()
    assert (w.feed(TAIL).dropped, w.feed(TAIL).skipped, w.feed(TAIL).total) == (50, 0, 4)
    await w.pass_time(1.5)
    assert (w.feed(TAIL).dropped, w.feed(TAIL).skipped, w.feed(TAIL).total) == (0, 0, 54)
    assert list(w.feed(TAIL).lines) == w.server.held


async def test_what_was_dropped_and_cannot_be_read_any_more_is_counted_apart_from_what_was_skipped() -> None:
    w = await tailed()
    w.server.arrive(line(0.1))
    await w.pass_time(10)
    w.server.deaf = True
    w.server.arrive(*(line(9 + n / 5000, f"lost {n}") for n in range(4000)))
    w.server.tails[-1].push(w.server.held[-1], dropped=1000)
    await w.pass_time(100)
    feed = w.feed(TAIL)
    assert feed.dropped == 1000
    assert feed.total + feed.skipped + feed.dropped == len(w.server.held)
    assert feed.uncounted is False


async def test_without_counting_dropped_lines_stay_dropped_as_far_as_they_did_not_come() -> None:
    w = await tailed(counting=False)
    w.server.arrive(line(0.1))
    await w.pass_time(10)
    w.server.deaf = True
    w.server.arrive(*(line(9 + n / 5000, f"lost {n}") for n in range(4000)))
    w.server.tails[-1].push(w.server.held[-1], dropped=2000)
    await w.pass_time(100)
    feed = w.feed(TAIL)
    assert (feed.dropped, feed.skipped, feed.uncounted) == (1001, 0, True)


async def test_a_feed_nobody_looks_at_closes_its_tail_and_opens_it_again() -> None:
    w = await tailed()
    w.feeds.watch([])
    await drain()
    assert [tail.open for tail in w.server.tails] == [False]
    w.server.arrive(line(0.1))
    w.feeds.watch([TAIL])
    await drain()
    assert [tail.open for tail in w.server.tails] == [False, True]
    assert list(w.feed(TAIL).lines) == w.server.held
    await w.feeds.aclose()
    assert [tail.open for tail in w.server.tails] == [False, False]


async def test_a_window_of_the_past_opens_no_tail() -> None:
    w = Wall()
    await w.look(replace(TAIL, end=NOW))
    await w.pass_time(60)
    assert w.server.tails == []


async def test_an_exception_nobody_expected_ends_in_polling_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    w = Wall()
    w.server.refused_tail = ZeroDivisionError("division by zero")  # type: ignore[assignment]
    w.server.arrive(line(-1))
    with caplog.at_level(logging.ERROR):
        await w.look(TAIL)
        await w.pass_time(400)
    feed = w.feed(TAIL)
    assert feed.note.startswith("tail refused, polling: noc failed on it (ZeroDivisionError: division by zero)")
    assert (len(feed.lines), feed.error) == (1, None)
    assert [record.message for record in caplog.records] == ['{app="shop"}: a tail could not be read']


async def test_a_server_text_in_a_note_is_harmless() -> None:
    w = Wall()
    w.server.refused_tail = BadQuery("\x1b]0;owned\x07" + "x" * 500, status=400)
    await w.look(TAIL)
    note = w.feed(TAIL).note
    assert note.isprintable()
    assert len(note) < 120


async def test_frames_that_wait_in_line_let_others_have_their_turn() -> None:
    w = await tailed()
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    for frame in range(100):
        w.server.tails[-1].push(*(line(frame / 100 + n / 1e5, f"{frame}/{n}") for n in range(100)))
    await drain(500)
    assert w.feed(TAIL).total == 10_002
    assert turns >= 100
    beside.cancel()


async def test_a_fast_tail_is_not_copied_for_every_frame() -> None:
    w = await tailed()
    told = len(w.changes)
    for frame in range(50):
        w.server.tails[-1].push(line(frame / 100, f"{frame}"))
    w.feeds._breath = 1e9
    await drain(300)
    assert w.feed(TAIL).total == 52
    assert len(w.changes) <= told + 1
