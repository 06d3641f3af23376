"""A server whose panels are slow is asked whether it lives: a blind wall must know it within seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from noc.engine.poller import KNOCK
from noc.model.errors import BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.model.query import Query
from noc.model.series import Answer

NOW = 1_000_000.0
VALUE = Query("prom", "up")
DOWN = Unreachable("connection refused")
WORD = "vector(1)"
Walls = Callable[..., Any]


async def slow(wall: Walls, **options: object) -> Any:
    """A wall of one panel that is asked once in five minutes, and was just now."""
    w = wall(knock_after=KNOCK, **options)
    w.watch(VALUE, refresh=300.0)
    await w.turn()
    return w


def refusing(error: BaseException) -> Callable[[str], Answer | BaseException]:
    return lambda expr: error


async def test_a_silent_server_is_asked_for_a_word_and_its_panels_are_left_alone(wall: Walls) -> None:
    w = await slow(wall)
    await w.pass_time(20.0)
    assert w.source.asked == [("up", NOW), *((WORD, NOW + KNOCK * n) for n in (1, 2, 3, 4))]
    assert w.poller.health()["prom"].good_at == NOW + 20
    assert w.store.result(VALUE).good_at == NOW


async def test_a_server_that_is_asked_all_the_time_is_not_knocked_at(wall: Walls) -> None:
    w = wall(knock_after=KNOCK)
    w.watch(VALUE, refresh=KNOCK)
    await w.turn()
    await w.pass_time(60.0)
    assert set(w.source.expressions) == {"up"}


async def test_a_server_that_is_gone_is_known_to_be_so_seconds_later(wall: Walls) -> None:
    w = await slow(wall)
    w.source.script = refusing(DOWN)
    await w.pass_time(KNOCK)
    health = w.poller.health()["prom"]
    assert (health.error, health.good_at) == (DOWN, NOW)
    assert health.next_try is not None and 0.0 < health.next_try - w.clock.now() <= 1.5
    assert w.store.result(VALUE).error is None, "it was not asked"
    asked = len(w.source.asked)
    await w.pass_time(60.0)
    assert 3 <= len(w.source.asked) - asked <= 12, "it is left alone longer and longer"
    w.source.script = lambda expr: Answer(())
    await w.pass_time(60.0)
    health = w.poller.health()["prom"]
    assert (health.error, health.next_try) == (None, None)
    assert health.good_at is not None and health.good_at > NOW + 60


@pytest.mark.parametrize("error", [BadQuery("unknown function"), BadQuery("not here", status=422)])
async def test_a_refusal_is_a_word(wall: Walls, error: SourceError) -> None:
    w = await slow(wall)
    w.source.script = refusing(error)
    await w.pass_time(KNOCK)
    health = w.poller.health()["prom"]
    assert (health.error, health.good_at) == (None, NOW + KNOCK)


async def test_a_server_that_hangs_is_knocked_at_once_also_while_a_panel_waits_for_it(wall: Walls) -> None:
    w = await slow(wall, deadline=0.05)
    w.source.hold = asyncio.Event()
    w.poller.refresh()
    await w.turn()
    await w.pass_time(KNOCK)
    assert w.source.expressions == ["up", "up", WORD]
    await w.pass_time(2.0)
    assert w.source.expressions == ["up", "up", WORD], "one question at a time"
    await asyncio.gather(*w.poller._tasks, return_exceptions=True)
    await w.drain()
    assert w.source.cancelled == ["up", WORD]
    error = w.poller.health()["prom"].error
    assert isinstance(error, Timeout)
    assert "no answer within 0.05s" in str(error)


async def test_a_failure_told_after_a_good_answer_is_not_the_servers(wall: Walls) -> None:
    w = await slow(wall)
    w.source.script = lambda expr: Overloaded("busy") if expr == WORD else Answer(())
    w.source.hold = asyncio.Event()
    await w.pass_time(KNOCK)
    w.source.hold, held = None, w.source.hold
    w.poller.refresh()
    await w.turn()
    held.set()
    await w.drain()
    assert w.poller.health()["prom"].error is None


async def test_nobody_is_knocked_at_whom_no_page_asks_nor_by_a_wall_that_stands_still(wall: Walls) -> None:
    w = await slow(wall)
    w.poller.pause()
    await w.pass_time(30.0)
    w.poller.resume()
    w.watch()
    await w.pass_time(30.0)
    past = Query("prom", "up", end=NOW - 86_400.0)
    w.watch(past)
    await w.pass_time(30.0)
    assert WORD not in w.source.expressions


async def test_a_knock_that_noc_itself_fails_on_is_logged_and_blames_nobody(
    wall: Walls, caplog: pytest.LogCaptureFixture
) -> None:
    w = await slow(wall)
    w.source.script = refusing(ZeroDivisionError("noc"))
    with caplog.at_level(logging.ERROR):
        await w.pass_time(KNOCK)
    assert "an answer of prom could not be used" in caplog.text
    assert w.poller.health()["prom"].error is None


async def test_on_a_fast_clock_the_silence_is_told_in_its_seconds(wall: Walls) -> None:
    w = await slow(wall, pace=20.0)
    assert w.poller.quiet == 20 * KNOCK
    w.source.script = refusing(DOWN)
    await w.pass_time(KNOCK)
    health = w.poller.health()["prom"]
    assert health.next_try is not None and health.next_try - w.clock.now() > 5.0
