"""A keeper's rounds: after every book, one at a time, and what fails is not tried with every tick."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from noc.actions.intent import Done, Verb
from noc.actions.keeping import Keeping
from noc.engine.book import Book
from noc.model.alerts import AlertState, Phase
from noc.model.errors import Auth
from tests.actions.given import SETTINGS, Bench, Member
from tests.alertgiven import MINUTE, ack_of, acked, alert, book, entry

DEADLOCKS = alert(since=20 * MINUTE)
HELD = ack_of(DEADLOCKS, left=MINUTE)
FIRING = book(acked(DEADLOCKS, left=MINUTE))
RESOLVED = book(silences=(HELD,), resolved=[entry(DEADLOCKS, AlertState.ACTIVE, Phase.RESOLVED, resolved_at=FIRING.at)])


def keeper(bench: Bench) -> tuple[Keeping, list[Done]]:
    told: list[Done] = []
    return Keeping(bench.runner, SETTINGS, bench.clock, told.append), told


async def rounds(keeping: Keeping, seen: Book, times: int = 1) -> None:
    for _ in range(times):
        keeping.look(seen)
        while keeping.busy:  # noqa: ASYNC110  a round says no more than that
            await asyncio.sleep(0)


async def test_it_keeps_what_fires_and_ends_what_resolved() -> None:
    bench = Bench(member := Member(HELD), seen=FIRING)
    keeping, told = keeper(bench)
    await rounds(keeping, FIRING)
    await rounds(keeping, RESOLVED)
    assert [(done.intent.verb, done.ok) for done in told] == [(Verb.KEEP, True), (Verb.LIFT, True)]
    assert ([draft.id for draft in member.posted], member.ended) == ([HELD.id], [HELD.id])


async def test_while_one_round_is_under_way_no_other_begins() -> None:
    bench = Bench(member := Member(HELD), seen=FIRING)
    keeping, _ = keeper(bench)
    keeping.look(FIRING)
    assert keeping.busy
    keeping.look(RESOLVED)
    await rounds(keeping, FIRING)
    assert (len(member.posted), member.ended) == (1, [])


async def test_a_failure_is_told_logged_and_tried_again_after_a_pause_only(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(member := Member(HELD), seen=RESOLVED)
    member.script = [Auth("403 from http://one: access denied")] * 9
    keeping, told = keeper(bench)
    await rounds(keeping, RESOLVED, 5)
    words = "end the acknowledgement of DatabaseDeadlocks: resolved: 403 from http://one: access denied"
    assert [done.message for done in told] == [words]
    assert caplog.record_tuples == [("noc.actions.keeping", logging.WARNING, words)]
    bench.clock.advance(15.0)
    await rounds(keeping, RESOLVED, 5)
    assert len(member.ended) == 2


async def test_the_same_silence_is_not_kept_twice_while_the_book_is_old() -> None:
    bench = Bench(member := Member(HELD), seen=FIRING)
    keeping, _ = keeper(bench)
    await rounds(keeping, FIRING, 3)
    assert len(member.posted) == 1


async def test_a_read_only_wall_keeps_nothing() -> None:
    bench = Bench(member := Member(HELD), seen=FIRING, read_only=True)
    keeping, told = keeper(bench)
    await rounds(keeping, FIRING)
    assert (told, member.posted) == ([], [])


async def test_before_anything_is_known_nothing_is_done() -> None:
    bench = Bench(Member(HELD), seen=FIRING)
    keeping, told = keeper(bench)
    await rounds(keeping, replace(RESOLVED, members=()))
    assert told == []


async def test_closing_ends_a_round_under_way() -> None:
    bench = Bench(member := Member(HELD), seen=FIRING)
    keeping, told = keeper(bench)
    keeping.look(FIRING)
    await keeping.aclose()
    assert (keeping.busy, told, member.posted) == (False, [], [])
    await keeping.aclose()
