"""The poller's cadence, cancellation and backoff, on a clock that only moves when told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from noc.engine.poller import rest
from noc.model.errors import Auth, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.model.query import Query, QueryKind
from noc.model.results import ServerHealth, State
from noc.model.series import Answer, Series

NOW = 1_000_000.0
VALUE = Query("prom", "up")
COURSE = Query("prom", "load", QueryKind.RANGE, step=15.0, span=150.0)
DOWN = Unreachable("connection refused")
Wall = Any
Walls = Callable[..., Wall]
Reply = Callable[..., Answer]


def failing(error: BaseException, only: str | None = None) -> Callable[[str], Answer | BaseException]:
    return lambda expr: error if only in (None, expr) else Answer(())


async def test_new_queries_are_asked_at_once_and_values_of_a_tick_share_one_time(wall: Walls) -> None:
    w = wall()
    w.watch(*(Query("prom", f"q{n}") for n in range(12)))
    await w.turn()
    assert w.source.asked == [(f"q{n}", NOW) for n in range(12)]
    await w.pass_time(4.5)
    assert len(w.source.asked) == 12
    await w.pass_time(0.5)
    assert w.source.asked[12:] == [(f"q{n}", NOW + 5) for n in range(12)]


async def test_values_watched_later_join_the_tick_of_the_others(wall: Walls) -> None:
    w = wall()
    w.watch(VALUE)
    await w.turn()
    await w.pass_time(3)
    other = Query("prom", "other")
    w.watch(VALUE, other)
    await w.turn()
    assert w.source.asked[-1] == ("other", NOW + 3)
    await w.pass_time(2)
    assert w.source.asked[-2:] == [("up", NOW + 5), ("other", NOW + 5)]


async def test_a_graph_is_asked_only_when_its_grid_has_a_new_point_that_had_time_to_land(wall: Walls) -> None:
    w = wall(at=NOW + 5)  # a grid point is at NOW + 5
    w.watch(COURSE)
    await w.turn()
    assert w.source.asked == [("load", NOW + 5 - 150, NOW + 5, 15.0)]
    before = w.clock.now()
    moments = []
    for _ in range(240):
        asked = len(w.source.asked)
        await w.pass_time(0.25, 0.25)
        if len(w.source.asked) > asked:
            moments.append(w.clock.now() - before)
    assert [moment // 15 for moment in moments] == [0, 1, 2, 3]
    assert all(1.0 <= moment % 15 <= 2.25 for moment in moments)
    # The fake server answers points at time 0, outside every window: what was read is settled all the same.
    assert w.source.asked[-1] == ("load", NOW + 5 + 15, NOW + 5 + 45, 15.0)


async def test_a_graph_with_a_slow_refresh_skips_grid_points(wall: Walls) -> None:
    w = wall(at=NOW + 5)
    w.watch(COURSE, refresh=60.0)
    await w.turn()
    await w.pass_time(180)
    assert 3 <= len(w.source.asked) <= 5


async def test_the_same_query_is_never_under_way_twice(wall: Walls) -> None:
    w = wall()
    w.source.hold = asyncio.Event()
    w.watch(VALUE)
    await w.turn()
    await w.pass_time(30)
    w.poller.refresh()
    await w.turn()
    assert len(w.source.asked) == 1
    w.source.hold.set()
    await w.drain()
    assert w.store.result(VALUE).state(w.clock.now()) is State.FRESH


async def test_at_most_eight_requests_are_under_way_at_a_server(wall: Walls) -> None:
    w = wall("prom", "edge")
    for source in w.sources.values():
        source.hold = asyncio.Event()
    w.watch(*(Query(name, f"q{n}") for n in range(20) for name in w.sources))
    await w.turn()
    assert [source.under_way for source in w.sources.values()] == [8, 8]
    for source in w.sources.values():
        source.hold.set()
    await w.drain()
    assert [(source.most_under_way, len(source.asked)) for source in w.sources.values()] == [(8, 20), (8, 20)]


async def test_requests_nobody_waits_for_are_cancelled(wall: Walls) -> None:
    w = wall()
    w.source.hold = asyncio.Event()
    many = [Query("prom", f"q{n}") for n in range(10)]
    w.watch(*many)
    await w.turn()
    w.watch(many[0], VALUE)
    await w.drain()
    assert w.source.cancelled == [f"q{n}" for n in range(1, 8)]
    await w.turn()
    assert w.source.under_way == 2
    assert "q8" not in w.source.expressions
    w.source.hold.set()
    await w.drain()
    assert w.store.result(many[0]).state(NOW) is State.FRESH


async def test_one_waiter_giving_up_strands_nobody(wall: Walls) -> None:
    w = wall()
    w.source.hold = asyncio.Event()
    w.watch(VALUE)
    first, second = asyncio.create_task(w.poller.settle(60)), asyncio.create_task(w.poller.settle(60))
    await w.drain()
    first.cancel()
    await w.drain()
    w.source.hold.set()
    assert await second is True
    assert (w.source.cancelled, len(w.source.asked)) == ([], 1)


async def test_changes_of_one_turn_are_told_together(wall: Walls) -> None:
    w = wall()
    other = Query("prom", "other")
    w.watch(VALUE, other)
    await w.turn()
    assert w.changes == [frozenset({VALUE, other})]


async def test_a_failing_server_is_probed_by_one_request_at_a_time_after_a_pause(wall: Walls) -> None:
    w = wall()
    w.source.script = failing(DOWN)
    w.watch(*(Query("prom", f"q{n}") for n in range(20)))
    await w.turn()
    assert len(w.source.asked) == 8
    assert {w.store.result(Query("prom", f"q{n}")).error for n in range(20)} == {DOWN}
    w.source.most_under_way = 0
    gaps, last = [], w.clock.now()
    for _ in range(1200):
        asked = len(w.source.asked)
        await w.pass_time(0.5)
        if len(w.source.asked) > asked:
            gaps.append(w.clock.now() - last)
            last = w.clock.now()
    assert w.source.most_under_way == 1
    assert 10 <= len(gaps) <= 60, "ten minutes of a dead server"
    assert max(gaps) <= 60.5
    assert max(gaps[:3]) <= 8.5
    assert len(set(w.source.expressions[8:])) > 5, "the probe is not always the same query"


async def test_when_the_server_returns_everything_that_waited_is_asked(wall: Walls) -> None:
    w = wall()
    queries = [Query("prom", f"q{n}") for n in range(20)]
    w.source.script = failing(DOWN)
    w.watch(*queries)
    await w.turn()
    w.source.script = lambda expr: Answer(())
    await w.pass_time(2.5)
    assert all(w.store.result(query).error is None for query in queries)
    assert w.poller.health()["prom"].error is None


async def test_the_servers_wish_to_be_left_alone_is_honoured(wall: Walls) -> None:
    w = wall()
    w.source.script = failing(Overloaded("429", status=429, retry_after=30.0))
    w.watch(VALUE)
    await w.turn()
    assert w.store.result(VALUE).next_try == NOW + 30
    await w.pass_time(29.5)
    assert len(w.source.asked) == 1
    await w.pass_time(1)
    assert len(w.source.asked) == 2


async def test_a_trouble_of_one_server_does_not_touch_another(wall: Walls) -> None:
    w = wall("prom", "edge")
    w.source.script = failing(DOWN)
    w.watch(VALUE, Query("edge", "up"))
    await w.turn()
    await w.pass_time(30)
    assert len(w.sources["edge"].asked) == 7
    health = w.poller.health()
    assert (health["prom"].error, health["edge"].error) == (DOWN, None)
    assert health["edge"] == ServerHealth("edge", "prometheus", asked=True, good_at=NOW + 30)


async def test_a_refused_query_is_not_asked_again_until_somebody_asks_for_it(wall: Walls) -> None:
    w = wall()
    w.source.script = failing(BadQuery("parse error", status=400), only="up")
    w.watch(VALUE, COURSE)
    await w.turn()
    await w.pass_time(300, 2.5)
    assert w.source.expressions.count("up") == 1
    w.watch(VALUE)
    await w.turn()
    assert w.source.expressions.count("up") == 1, "the layout was drawn anew with the same question"
    w.poller.refresh()
    await w.turn()
    assert w.source.expressions.count("up") == 2
    w.watch()
    w.watch(VALUE)
    await w.turn()
    assert w.source.expressions.count("up") == 3
    assert w.poller.health()["prom"].error is None


async def test_a_query_that_could_not_be_executed_is_tried_again_each_minute(wall: Walls) -> None:
    w = wall()
    w.source.script = failing(BadQuery("many-to-many", status=422))
    w.watch(VALUE)
    await w.turn()
    await w.pass_time(59)
    assert len(w.source.asked) == 1
    await w.pass_time(1)
    assert len(w.source.asked) == 2


async def test_a_query_that_times_out_on_the_server_slows_down_alone(wall: Walls) -> None:
    w = wall()
    w.source.script = failing(Timeout("query timed out", status=503), only="up")
    other = Query("prom", "other")
    w.watch(VALUE, other)
    await w.turn()
    await w.pass_time(120)
    assert w.source.expressions.count("other") == 25
    assert w.source.expressions.count("up") < 15
    assert w.poller.health()["prom"].error is None


async def test_a_failure_beside_a_later_success_is_the_querys_own(wall: Walls) -> None:
    w = wall()
    w.watch(VALUE)
    w.source.hold = asyncio.Event()
    await w.turn()
    slow, w.source.hold = w.source.hold, None
    w.source.script = failing(DOWN, only="up")
    w.clock.advance(1)
    other = Query("prom", "other")
    w.watch(VALUE, other)
    await w.turn()
    slow.set()
    await w.drain()
    assert w.store.result(VALUE).error is DOWN
    assert w.poller.health()["prom"].error is None


async def test_an_unexpected_exception_becomes_the_querys_error_and_is_logged_once(
    wall: Walls, caplog: pytest.LogCaptureFixture
) -> None:
    w = wall()
    w.source.script = failing(KeyError("x"), only="up")
    other = Query("prom", "other")
    w.watch(VALUE, other)
    with caplog.at_level(logging.ERROR, "noc.engine.poller"):
        await w.turn()
        await w.pass_time(60)
    error = w.store.result(VALUE).error
    assert type(error) is SourceError
    assert error.cause == "noc failed on this answer (KeyError: 'x'); see the log"
    assert [record.message for record in caplog.records] == ["an answer of prom could not be used"]
    assert w.source.expressions.count("up") > 1
    assert w.source.expressions.count("other") == 13


async def test_a_query_nobody_can_plan_does_not_stop_the_others(wall: Walls, caplog: pytest.LogCaptureFixture) -> None:
    w = wall()
    impossible = Query("prom", "load", QueryKind.RANGE, step=0.0, span=60.0)
    w.watch(impossible, VALUE)
    await w.turn()
    await w.pass_time(10)
    assert w.source.expressions == ["up"] * 3
    error = w.store.result(impossible).error
    assert error is not None
    assert error.cause == "noc failed on this answer (ZeroDivisionError: float division by zero); see the log"


async def test_a_listener_that_fails_does_not_stop_the_polling(wall: Walls, caplog: pytest.LogCaptureFixture) -> None:
    w = wall()

    def broken(changed: frozenset[Query]) -> None:
        raise ValueError("listener")

    w.poller._on_change = broken
    w.watch(VALUE)
    await w.turn()
    await w.pass_time(20)
    assert len(w.source.asked) == 5
    assert [record.message for record in caplog.records] == ["the listener failed"]


async def test_a_source_that_never_returns_is_given_up(wall: Walls) -> None:
    w = wall(deadline=0.01)
    w.source.hold = asyncio.Event()
    w.watch(VALUE)
    assert await w.poller.settle(10) is True
    error = w.store.result(VALUE).error
    assert isinstance(error, Timeout)
    assert error.cause == "no answer within 0.01s"


async def test_a_server_that_is_not_configured_is_an_error_of_the_query(wall: Walls) -> None:
    w = wall()
    query = Query("nowhere", "up")
    w.watch(query)
    assert await w.poller.settle(1) is True
    error = w.store.result(query).error
    assert error is not None
    assert error.cause == "no server named nowhere"


async def test_a_wrong_password_is_tried_seldom_but_for_ever(wall: Walls) -> None:
    w = wall()
    w.source.script = failing(Auth("401", status=401))
    w.watch(VALUE)
    await w.turn()
    await w.pass_time(1200)
    assert 20 <= len(w.source.asked) <= 80


async def test_a_paused_wall_asks_nothing_and_catches_up_when_resumed(wall: Walls) -> None:
    w = wall()
    w.watch(VALUE)
    await w.turn()
    w.poller.pause()
    await w.pass_time(60)
    assert len(w.source.asked) == 1
    w.poller.resume()
    await w.turn()
    assert w.source.asked[1:] == [("up", NOW + 60)]


async def test_history_is_asked_until_it_can_change_no_more(wall: Walls) -> None:
    w = wall()
    past = Query("prom", "load", QueryKind.RANGE, 15.0, 150.0, end=NOW - 5)
    w.watch(past, Query("prom", "up", end=NOW - 5), refresh=10.0)
    await w.turn()
    await w.pass_time(300)
    assert [w.source.expressions.count(expr) for expr in ("load", "up")] == [3, 4]
    assert w.store.result(past).state(w.clock.now()) is State.NODATA
    w.watch()
    w.watch(past)
    await w.turn()
    assert len(w.source.asked) == 7, "a page that comes round again has its history still"


async def test_settling_asks_everything_once(wall: Walls) -> None:
    w = wall()
    w.source.script = failing(BadQuery("parse error"), only="q3")
    w.watch(*(Query("prom", f"q{n}") for n in range(30)))
    assert await w.poller.settle(5) is True
    assert len(w.source.asked) == 30


async def test_settling_ends_at_its_deadline(wall: Walls) -> None:
    w = wall()
    w.source.hold = asyncio.Event()
    w.watch(VALUE)
    assert await w.poller.settle(0.01) is False
    await w.poller.aclose()
    assert w.source.cancelled == ["up"]


async def test_a_server_whose_clock_is_ahead_is_asked_by_its_own_clock(wall: Walls) -> None:
    w = wall()
    w.source.script = lambda expr: Answer((), server_time=float(int(w.clock.now() + 42.0)))
    w.watch(VALUE, COURSE)
    await w.turn()
    await w.pass_time(5)
    assert w.source.asked[-1] == ("up", NOW + 5 + 42.5)
    assert w.poller.health()["prom"].skew == 42.5


async def test_a_clock_that_only_flutters_is_not_corrected(wall: Walls) -> None:
    w = wall()
    w.source.script = lambda expr: Answer((), server_time=float(int(w.clock.now() + 1.0)))
    w.watch(VALUE)
    await w.turn()
    await w.pass_time(60)
    assert w.source.asked[-1] == ("up", NOW + 60)
    assert w.poller.health()["prom"].skew is None


async def test_clocks_that_are_not_meant_to_agree_are_left_alone(wall: Walls) -> None:
    w = wall(correct_clock=False)
    w.source.script = lambda expr: Answer((), server_time=1.0)
    w.watch(VALUE)
    await w.turn()
    await w.pass_time(5)
    assert w.source.asked[-1] == ("up", NOW + 5)


async def test_the_wall_clock_stepping_back_keeps_ages_and_fetches_anew(wall: Walls, reply: Reply) -> None:
    w = wall()
    w.watch(VALUE, COURSE)
    await w.turn()
    await w.pass_time(3)
    w.clock.now = lambda: w.clock.at - 3600.0
    w.source.hold = asyncio.Event()
    w.poller.tick()
    assert w.store.result(VALUE).age(w.clock.now()) == 3.0
    await w.drain()
    assert w.source.asked[-2:] == [("up", 996_403.0), ("load", 996_240.0, 996_390.0, 15.0)]
    w.source.hold.set()
    await w.drain()
    assert w.store.result(COURSE).error is None


async def test_after_the_machine_slept_everything_is_asked_at_once(wall: Walls) -> None:
    w = wall()
    w.watch(VALUE)
    await w.turn()
    w.clock.advance(1)
    w.clock.now = lambda: w.clock.at + 7200.0
    await w.turn()
    assert w.source.asked[1:] == [("up", NOW + 1 + 7200)]


async def test_an_idle_wall_sleeps_until_the_next_query_is_due(wall: Walls) -> None:
    w = wall()
    w.watch(VALUE, refresh=30.0)
    await w.turn()
    w.clock.advance(10.0)
    assert w.poller.tick() == 20.0
    w.watch()
    assert w.poller.tick() == 60.0


async def test_running_polls_wakes_for_new_demands_and_cancels_its_requests_at_the_end(wall: Walls) -> None:
    naps: list[float] = []

    async def nap(wake: asyncio.Event, seconds: float) -> None:
        naps.append(seconds)
        await wake.wait()

    w = wall(rest=nap)
    task = asyncio.create_task(w.poller.run())
    await w.drain()
    assert naps == [60.0]
    w.watch(VALUE)
    await w.drain()
    assert w.source.asked == [("up", NOW)]
    assert naps[-1] == 5.0
    w.source.hold = asyncio.Event()
    w.clock.advance(5.0)
    w.poller.refresh()
    await w.drain()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert w.source.cancelled == ["up"]


async def test_resting_ends_by_time_or_by_waking() -> None:
    wake = asyncio.Event()
    await rest(wake, 0.0)
    wake.set()
    await rest(wake, 3600.0)


async def test_a_fast_demo_clock_is_asked_by_its_grid_and_not_by_ours(wall: Walls) -> None:
    w = wall(at=NOW + 5, pace=60.0)
    start = w.clock.at
    w.clock.now = lambda: NOW + 5 + (w.clock.at - start) * 60.0
    w.poller._seen = (w.clock.now(), w.clock.monotonic())
    w.watch(COURSE)
    await w.turn()
    await w.pass_time(5, 0.05)
    assert 15 <= len(w.source.asked) <= 22, "five of our seconds are twenty grid points of the demo's"


def young(asked: list[tuple[object, ...]]) -> Callable[[str], Answer]:
    """A server younger than one step: ranges find nothing yet, the current value is there."""
    return lambda expr: (
        Answer((Series.of({"n": "0"}, [(NOW, 7.0)]),))
        if len(asked[-1]) == 2
        else Answer(())  # (expr, at) is an instant
    )


async def test_a_server_younger_than_one_step_shows_its_current_value_as_the_last_point(wall: Walls) -> None:
    w = wall()
    w.source.script = young(w.source.asked)
    w.watch(COURSE)
    await w.turn()
    assert [(list(one.times), list(one.values)) for one in w.store.result(COURSE).series] == [([999_990.0], [7.0])]


async def test_that_point_gives_way_to_what_the_range_says_later(wall: Walls) -> None:
    w = wall()
    w.source.script = young(w.source.asked)
    w.watch(COURSE)
    await w.turn()
    course = Series.of({"n": "0"}, [(1_000_005.0, 3.0)])
    w.source.script = lambda expr: Answer((course,))
    await w.pass_time(20)
    assert [(list(one.times), list(one.values)) for one in w.store.result(COURSE).series] == [([1_000_005.0], [3.0])]


async def test_what_is_empty_now_too_stays_empty(wall: Walls) -> None:
    w = wall()
    w.source.script = lambda expr: Answer(())
    w.watch(COURSE)
    await w.turn()
    assert w.store.result(COURSE).state(NOW) is State.NODATA
    assert [len(asked) for asked in w.source.asked] == [4, 2]
