"""The one gate: read-only, audit first, one request each, what rows say meanwhile, the notice, undo."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from noc.actions import ack, expire, outcome
from noc.actions import silence as silence_form
from noc.actions.intent import Done, Intent, Pending, Verb
from noc.engine.book import Book, Entry
from noc.model.acks import Outcome
from noc.model.alerts import Matcher, Phase, Silence, SilenceDraft, SilenceState
from noc.model.errors import Auth, BadQuery, Unreachable
from tests.actions.given import SETTINGS, Bench, Member, Took, cluster, no_answer, posted
from tests.alertgiven import MINUTE, NOW, ack_of, acked, alert, book, entry, silence

DEADLOCKS, ERRORS = alert(instance="db-1"), alert("ApiErrors", "critical")
KEY, OTHER = DEADLOCKS.fingerprint, ERRORS.fingerprint
BOTH = book(entry(DEADLOCKS), entry(ERRORS))
LOST = Unreachable("the connection to http://one was lost")
WINDOW = silence(Matcher("instance", "db-1"), comment="MW! upgrade", left=30 * MINUTE)


def acking(*alerts: Any, seen: Book = BOTH, at: float = NOW) -> Intent:
    return ack.propose([entry(one) for one in alerts or (DEADLOCKS,)], seen, SETTINGS, "mara", "on it", at)


def agreed(member: Member, *alerts: Any) -> Book:
    """The book once every member hides what its silences hide."""
    rows: list[Entry] = []
    for one in alerts or (DEADLOCKS, ERRORS):
        hiding = tuple(each for each in member.active if each.matches(dict(one.labels)))
        rows.append(
            entry(replace(one, silenced_by=tuple(each.id for each in hiding), suppressed=bool(hiding)), silences=hiding)
        )
    return book(*rows, silences=member.silences.values())


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


# --- the notice


async def test_an_acknowledgement_says_until_when_by_the_walls_zone() -> None:
    bench = Bench(member := Member(), seen=BOTH, zone=ZoneInfo("Europe/Berlin"))
    intent = acking()
    done = await bench.runner.run(intent)
    (id,) = member.silences
    undo = Intent(
        Verb.EXPIRE,
        "undo: acknowledge DatabaseDeadlocks{instance=db-1}",
        (KEY,),
        expire=(id,),
        detail={"undo": "acknowledge"},
    )
    words = "acknowledge DatabaseDeadlocks{instance=db-1} until 17:45 CEST"
    assert done == Done(intent, words, None, (id,), undo)
    assert (done.ok, bench.refreshed) == (True, 1)


async def test_an_end_on_another_day_names_the_day() -> None:
    bench = Bench(Member(WINDOW), seen=BOTH)
    done = await bench.runner.run(ack.extended(WINDOW, NOW + 9 * 3600))
    assert done.message == "extend mara's window until Fri 03 Oct 00:30 UTC"


async def test_the_end_is_told_by_the_walls_clock_when_alertmanagers_is_two_minutes_fast() -> None:
    seen = replace(BOTH, members=(replace(BOTH.members[0], skew=120.0),))
    bench = Bench(member := Member(), seen=seen)
    done = await bench.runner.run(acking(seen=seen))
    assert done.message == "acknowledge DatabaseDeadlocks{instance=db-1} until 15:45 UTC"
    assert [one.ends_at for one in member.active] == [NOW + 17 * MINUTE]


@pytest.mark.parametrize(
    "intent",
    [
        ack.unack([acked(DEADLOCKS)]),
        ack.staged(acked(DEADLOCKS)),
        outcome.propose(entry(DEADLOCKS, phase=Phase.RESOLVED), Outcome.FIXED, BOTH, "mara", NOW),
    ],
    ids=lambda intent: intent.verb.value,
)
async def test_what_has_no_end_worth_telling_tells_none(intent: Intent) -> None:
    bench = Bench(Member(ack_of(DEADLOCKS)), seen=BOTH)
    assert (await bench.runner.run(intent)).message == intent.summary


# --- what is refused before anything is sent


async def test_a_read_only_wall_sends_and_records_nothing(tmp_path: Path) -> None:
    bench = Bench(member := Member(), seen=BOTH, read_only=True, audit=tmp_path / "audit")
    done = await bench.runner.run(acking())
    assert (done.message, done.ok) == ("read-only: nothing is written from here", False)
    assert (member.posted, bench.runner.pending, (tmp_path / "audit").exists()) == ([], {}, False)


async def test_what_cannot_be_recorded_is_not_done(tmp_path: Path) -> None:
    bench = Bench(member := Member(), seen=BOTH, audit=tmp_path)
    done = await bench.runner.run(acking())
    assert done.message == f"{tmp_path} cannot record this (Is a directory); nothing was sent"
    assert (member.posted, bench.runner.pending) == ([], {})


async def test_the_same_intent_twice_at_once_is_one_request() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    intent = acking()
    done = await asyncio.gather(bench.runner.run(intent), bench.runner.run(intent))
    assert [one.message for one in done] == [
        "acknowledge DatabaseDeadlocks{instance=db-1} until 15:45 UTC",
        "already asked; wait for the answer",
    ]
    assert len(member.posted) == 1


async def test_the_same_form_sent_twice_at_once_is_one_request() -> None:
    class Slow(Member):
        async def create_silence(self, draft: SilenceDraft) -> str:
            await asyncio.sleep(0)
            return await super().create_silence(draft)

    bench = Bench(member := Slow(), seen=BOTH)
    matchers = (Matcher("instance", "db-1"),)
    intent = silence_form.propose(matchers, BOTH, SETTINGS, "mara", "deploying", NOW + 3600, NOW)
    done = await asyncio.gather(bench.runner.run(intent), bench.runner.run(intent))
    assert [one.message for one in done] == [
        'silence {instance="db-1"}: hides 1 of 2 firing until 16:30 UTC',
        "already asked; wait for the answer",
    ]
    assert len(member.posted) == 1


async def test_the_same_key_pressed_twice_is_one_request() -> None:
    """The second press is decided a second later, on the same book."""
    bench = Bench(member := Member(), seen=BOTH)
    await bench.runner.run(acking())
    bench.clock.advance(1.0)
    done = await bench.runner.run(acking(at=NOW + 1))
    assert (done.message, len(member.posted)) == ("already asked; wait for the answer", 1)


@pytest.mark.parametrize("others", [(ERRORS,), (DEADLOCKS, ERRORS)], ids=["another between", "its group"])
async def test_an_alert_that_is_being_acknowledged_is_not_acknowledged_anew(others: tuple[Any, ...]) -> None:
    """A slow member keeps the row active for seconds: neither a key on another row nor one on its group makes a second."""
    bench = Bench(member := Member(), seen=BOTH)
    await bench.runner.run(acking())
    await bench.runner.run(acking(*others))
    bench.clock.advance(30.0)
    assert (await bench.runner.run(acking(at=NOW + 30))).message == "already asked; wait for the answer"
    assert sum(one.matches(dict(DEADLOCKS.labels)) for one in member.active) == 1


async def test_the_same_silence_asked_again_within_five_seconds_is_a_slip_of_the_finger() -> None:
    bench = Bench(member := Member(WINDOW), seen=BOTH)
    await bench.runner.run(ack.extended(WINDOW, NOW + 3600))
    bench.clock.advance(4.9)
    done = await bench.runner.run(ack.extended(WINDOW, NOW + 3605))
    assert (done.message, len(member.posted)) == ("that was done a moment ago", 1)
    bench.clock.advance(0.1)
    assert (await bench.runner.run(ack.extended(WINDOW, NOW + 3605))).ok


async def test_what_failed_may_be_asked_again_at_once() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    member.script = [Auth("401 from http://one: login needed or wrong")]
    assert not (await bench.runner.run(acking())).ok
    assert (await bench.runner.run(acking())).ok


# --- one request each


async def test_several_alerts_are_a_request_each_and_what_fails_holds_up_nothing_else() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    member.script = [BadQuery("too many silences")]
    done = await bench.runner.run(acking(DEADLOCKS, ERRORS))
    words = "acknowledge 2 alerts (DatabaseDeadlocks, ...): 1 of 2 done; too many silences"
    assert (done.message, done.ok, len(member.active)) == (words, False, 1)
    assert bench.runner.pending == {
        KEY: Pending(Verb.ACK, NOW, "too many silences"),
        OTHER: Pending(Verb.ACK, NOW),
    }


async def test_members_that_answer_are_written_to_first() -> None:
    members = cluster(2)
    answering = BOTH.members[0]
    views = (replace(answering, name="one", error=LOST), replace(answering, name="two"))
    bench = Bench(*members, seen=replace(BOTH, members=views))
    await bench.runner.run(acking())
    assert posted(members) == [0, 1]


async def test_pressed_again_after_a_lost_answer_it_is_still_one_silence() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    member.script, member.down = [Took(LOST)], no_answer()
    done = await bench.runner.run(acking())
    words = (
        "acknowledge DatabaseDeadlocks{instance=db-1}: no usable answer (the connection to http://one was lost); "
        "nobody can say whether it is there, try again"
    )
    assert done.message == words
    member.down = None
    bench.clock.advance(20.0)
    again = await bench.runner.run(acking(at=NOW + 20))
    assert again.message == "acknowledge DatabaseDeadlocks{instance=db-1} until 15:45 UTC"
    assert [(one.id, one.ends_at) for one in member.active] == [(again.ids[0], NOW + 20 + 15 * MINUTE)]


# --- what rows say


async def test_a_row_says_asked_until_the_book_agrees() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    done = await bench.runner.run(acking())
    assert bench.runner.pending == {KEY: Pending(Verb.ACK, NOW)}
    half = replace(BOTH, silences=tuple(member.active))  # one member has it, another does not hide the alert yet
    bench.runner.settle(half)
    assert bench.runner.pending == {KEY: Pending(Verb.ACK, NOW)}
    bench.runner.settle(agreed(member))
    assert (done.ok, bench.runner.pending) == (True, {})


async def test_an_alert_that_resolved_meanwhile_waits_for_nothing() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    await bench.runner.run(acking())
    bench.runner.settle(book(silences=member.active))
    assert bench.runner.pending == {}


async def test_an_end_is_agreed_once_the_silence_is_seen_expired() -> None:
    held = acked(DEADLOCKS)
    bench = Bench(member := Member(*held.silences), seen=book(held))
    await bench.runner.run(ack.unack([held]))
    assert bench.runner.pending == {KEY: Pending(Verb.UNACK, NOW)}
    bench.runner.settle(agreed(member))
    assert bench.runner.pending == {}


async def test_what_alertmanager_never_confirms_is_told_after_a_minute_and_may_be_asked_again() -> None:
    bench = Bench(Member(), seen=BOTH)
    await bench.runner.run(acking())
    bench.clock.advance(60.0)
    bench.runner.settle(BOTH)
    assert bench.runner.pending[KEY].failed == ""
    bench.clock.advance(0.1)
    bench.runner.settle(BOTH)
    assert bench.runner.pending == {KEY: Pending(Verb.ACK, NOW, "Alertmanager never confirmed it")}
    assert (await bench.runner.run(acking())).message != "already asked; wait for the answer"


async def test_a_failure_stays_on_its_row_ten_minutes_or_until_the_alert_is_gone() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    member.script = [BadQuery("\x1b[31mno")] * 2
    await bench.runner.run(acking(DEADLOCKS, ERRORS))
    assert {one.failed for one in bench.runner.pending.values()} == {"␛[31mno"}
    bench.runner.settle(book(entry(DEADLOCKS)))
    assert list(bench.runner.pending) == [KEY]
    bench.clock.advance(600.1)
    bench.runner.settle(BOTH)
    assert bench.runner.pending == {}


async def test_a_request_that_is_cancelled_leaves_no_row_waiting_and_may_be_asked_again() -> None:
    class Hangs(Member):
        async def create_silence(self, draft: SilenceDraft) -> str:
            await asyncio.Event().wait()
            raise AssertionError

    bench = Bench(Hangs(), seen=BOTH)
    task = asyncio.create_task(bench.runner.run(acking()))
    await asyncio.sleep(0)
    assert list(bench.runner.pending) == [KEY]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert bench.runner.pending == {}


async def test_what_walls_do_by_themselves_shows_on_no_row_and_has_no_undo() -> None:
    held = ack_of(DEADLOCKS)
    bench = Bench(Member(held), seen=BOTH)
    lift = Intent(Verb.LIFT, "end", (KEY,), expire=(held.id,), before=(held,))
    done = await bench.runner.run(lift)
    assert (done.ok, done.undo, bench.runner.pending) == (True, None, {})
    assert (await bench.runner.run(lift)).ok  # a keeper's pauses are its own business


# --- undo


async def undone(bench: Bench, done: Done) -> Done:
    assert done.undo is not None
    return await bench.runner.run(done.undo)


async def test_undoing_an_acknowledgement_ends_its_silence() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    done = await undone(bench, await bench.runner.run(acking()))
    assert done.message == "undo: acknowledge DatabaseDeadlocks{instance=db-1}"
    assert (member.active, done.undo) == ([], None)


@pytest.mark.parametrize("held", [WINDOW, ack_of(DEADLOCKS)], ids=["a window", "an acknowledgement"])
async def test_undoing_an_extension_at_once_brings_the_old_end_and_words_back(held: Silence) -> None:
    bench = Bench(member := Member(held), seen=BOTH)
    done = await undone(bench, await bench.runner.run(ack.extended(held, NOW + 3600)))
    assert done.ok, done.message
    assert [(one.id, one.ends_at, one.comment) for one in member.active] == [(held.id, held.ends_at, held.comment)]


async def test_an_undone_end_makes_the_like_of_it_anew() -> None:
    bench = Bench(member := Member(WINDOW), seen=BOTH)
    ending = expire.propose(expire.preview([WINDOW], BOTH, "mara"))
    done = await undone(bench, await bench.runner.run(ending))
    (one,) = member.active
    assert done.ok
    assert one.id != WINDOW.id
    assert (one.matchers, one.starts_at, one.ends_at, one.comment) == (
        WINDOW.matchers,
        NOW,
        WINDOW.ends_at,
        WINDOW.comment,
    )


async def test_a_planned_one_that_was_ended_by_mistake_stays_planned() -> None:
    planned = silence(comment="MW! tonight", since=-3600.0, left=7200.0, state=SilenceState.PENDING)
    bench = Bench(member := Member(planned), seen=BOTH)
    done = await undone(bench, await bench.runner.run(expire.propose(expire.preview([planned], BOTH, "mara"))))
    assert [(member.silences[id].starts_at, member.silences[id].state) for id in done.ids] == [
        (NOW + 3600, SilenceState.PENDING)
    ]


async def test_an_outcome_has_no_undo() -> None:
    bench = Bench(Member(), seen=BOTH)
    said = outcome.propose(entry(DEADLOCKS, phase=Phase.RESOLVED), Outcome.NOISE, BOTH, "mara", NOW)
    assert (await bench.runner.run(said)).undo is None


async def test_where_nothing_was_done_there_is_nothing_to_undo() -> None:
    bench = Bench(member := Member(), seen=BOTH)
    member.script = [BadQuery("no")]
    assert (await bench.runner.run(acking())).undo is None


# --- the audit


async def test_what_was_asked_and_how_it_ended_are_recorded(tmp_path: Path) -> None:
    bench = Bench(member := Member(), seen=BOTH, audit=tmp_path / "audit")
    done = await bench.runner.run(acking())
    member.script = [Auth("403 from http://one: access denied")]
    await undone(bench, done)
    found = [(one["event"], one["verb"], one.get("result"), one.get("error")) for one in lines(tmp_path / "audit")]
    assert found == [
        ("asked", "acknowledge", None, None),
        ("ended", "acknowledge", "done", None),
        ("asked", "expire", None, None),
        ("ended", "expire", "failed", "403 from http://one: access denied"),
    ]


async def test_a_change_that_could_not_be_recorded_afterwards_is_told(tmp_path: Path) -> None:
    path = tmp_path / "audit"

    class Unmounts(Member):
        async def create_silence(self, draft: SilenceDraft) -> str:
            path.unlink()
            path.mkdir()
            return await super().create_silence(draft)

    bench = Bench(Unmounts(), seen=BOTH, audit=path)
    done = await bench.runner.run(acking())
    assert done.message == (
        "acknowledge DatabaseDeadlocks{instance=db-1} until 15:45 UTC; "
        f"but the audit failed: {path} cannot record this (Is a directory)"
    )
    assert done.ok
