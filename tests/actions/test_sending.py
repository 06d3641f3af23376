"""One request to one member, and what becomes of it: never two silences where one was meant, and never a guess."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from noc.actions.sending import Sender
from noc.model.alerts import Matcher, Silence, SilenceDraft, SilenceState, redraft
from noc.model.errors import (
    Auth,
    BadAnswer,
    BadQuery,
    Overloaded,
    Refused,
    Rejected,
    SourceError,
    Unreachable,
    Unsettled,
)
from tests.actions.given import Forks, Member, Took, cluster, no_answer, not_running, posted, refused
from tests.alertgiven import MINUTE, NOW, ack_of, alert

DRAFT = SilenceDraft((Matcher("alertname", "Api"),), NOW - 300, NOW + 900, "mara", "deploying")
HELD = ack_of(alert())
LATER = redraft(HELD, ends_at=NOW + 30 * MINUTE)
ORDER = ("one", "two")
GATEWAY = Overloaded("502 from http://one: bad gateway", status=502)
HTML = BadAnswer("http://one answered HTML, not Alertmanager: login page or wrong URL?", status=200)
LOST = Unreachable("the connection to http://one was lost")
UNKNOWN = BadQuery("there is no silence x", status=404)


def sender(members: list[Member]) -> Sender:
    named = dict(zip(ORDER, members, strict=False))
    return Sender(named, named)


async def raised(work: Awaitable[object], kind: type[Exception], words: str, field: str = "") -> None:
    with pytest.raises(kind, match=f"^{re.escape(words)}$") as found:
        await work
    assert getattr(found.value, "field", "") == field


# --- creating


async def test_one_member_is_written_to_and_the_others_hear_of_it() -> None:
    members = cluster(2)
    id = await sender(members).create(DRAFT, ORDER)
    assert (list(members[1].silences), posted(members)) == ([id], [1, 0])


async def test_where_surely_nothing_was_sent_the_next_member_is_asked() -> None:
    members = cluster(2)
    members[0].script = [not_running()]
    await sender(members).create(DRAFT, ORDER)
    assert (posted(members), len(members[0].active)) == ([1, 1], 1)


async def test_where_no_member_can_be_reached_nothing_was_sent() -> None:
    members = cluster(2)
    for one in members:
        one.script = [not_running()]
    with refused("nothing was sent: connection refused by http://one; is it running?"):
        await sender(members).create(DRAFT, ORDER)


async def test_without_an_alertmanager_nothing_is_sent() -> None:
    with refused("nothing was sent: no Alertmanager is configured"):
        await sender([]).create(DRAFT, ())
    with refused("nothing was sent: no Alertmanager is configured"):
        await sender([]).update(LATER, ())
    with refused("nothing was sent: no Alertmanager is configured"):
        await sender([]).expire("x", ())


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (BadQuery("comment in body is required", status=422), "comment"),
        (BadQuery("createdBy in body is required", status=422), "author"),
        (BadQuery("Failed to create silence: end time can't be in the past", status=400), "ends"),
        (BadQuery("invalid matcher: error parsing regexp: missing )", status=400), "matchers"),
        (Auth("401 from http://one: login needed or wrong", status=401), ""),
        (Auth("403 from http://one: access denied", status=403), ""),
    ],
    ids=["no comment", "no author", "end", "regex", "401", "403"],
)
async def test_a_refusal_is_told_in_the_servers_words_at_its_field_and_nobody_else_is_asked(
    error: SourceError, field: str
) -> None:
    members = cluster(2)
    members[0].script = [error]
    await raised(sender(members).create(DRAFT, ORDER), Rejected, error.cause, field)
    assert (posted(members), members[0].silences) == ([1, 0], {})


@pytest.mark.parametrize("error", [no_answer(), LOST, GATEWAY, HTML], ids=["timeout", "lost", "502", "html"])
async def test_what_was_done_though_its_answer_was_lost_is_found_at_the_other_members(error: SourceError) -> None:
    members = cluster(2)
    members[0].script, members[0].down = [Took(error)], error
    id = await sender(members).create(DRAFT, ORDER)
    assert ([one.id for one in members[1].active], posted(members)) == ([id], [1, 0])


@pytest.mark.parametrize("error", [no_answer(), LOST, GATEWAY, HTML], ids=["timeout", "lost", "502", "html"])
async def test_without_an_answer_nothing_is_sent_a_second_time_and_the_doubt_is_told(error: SourceError) -> None:
    members = cluster(2)
    members[0].script = [error]
    words = f"no usable answer ({error.cause}); it is not there as far as is known, try again"
    await raised(sender(members).create(DRAFT, ORDER), Unsettled, words)
    assert (posted(members), members[0].silences) == ([1, 0], {})


async def test_where_nobody_can_be_asked_afterwards_nothing_is_claimed() -> None:
    members = cluster(2)
    members[0].script = [LOST]
    members[0].down = members[1].down = no_answer()
    words = f"no usable answer ({LOST.cause}); nobody can say whether it is there, try again"
    await raised(sender(members).create(DRAFT, ORDER), Unsettled, words)


LIKE = replace(HELD, matchers=DRAFT.matchers, comment=DRAFT.comment, ends_at=DRAFT.ends_at)


@pytest.mark.parametrize(
    "other",
    [
        replace(LIKE, comment="another"),
        replace(LIKE, created_by="leo"),
        replace(LIKE, matchers=(Matcher("alertname", "Db"),)),
        replace(LIKE, ends_at=NOW + 903),
        replace(LIKE, state=SilenceState.EXPIRED),
    ],
    ids=["words", "author", "matchers", "end", "expired"],
)
async def test_another_silence_is_not_taken_for_the_lost_one(other: Silence) -> None:
    members = cluster(1, other)
    members[0].script = [LOST]
    with pytest.raises(Unsettled):
        await sender(members).create(DRAFT, ORDER[:1])


# --- creating once more after a lost answer


async def lost_once(members: list[Member], draft: SilenceDraft = DRAFT) -> str:
    """A silence was made and nobody could tell; its id. Now everybody answers."""
    members[0].script, members[0].down = [Took(LOST)], LOST
    with pytest.raises(Unsettled):
        await sender(members).create(draft, ORDER[: len(members)])
    members[0].down = None
    return next(iter(members[0].silences))


async def test_pressed_again_it_takes_the_silence_of_the_lost_answer_with_the_end_that_is_meant_now() -> None:
    members = cluster(1)
    id = await lost_once(members)
    now = replace(DRAFT, ends_at=DRAFT.ends_at + 20.0)
    assert await sender(members).create(now, ORDER[:1], lost=DRAFT) == id
    assert [(one.id, one.ends_at) for one in members[0].active] == [(id, NOW + 920)]


async def test_pressed_again_at_once_it_needs_no_second_request() -> None:
    members = cluster(1)
    id = await lost_once(members)
    assert await sender(members).create(DRAFT, ORDER[:1], lost=DRAFT) == id
    assert posted(members) == [1]


async def test_an_older_silence_of_the_same_words_is_not_taken_for_the_lost_one() -> None:
    older = replace(LIKE, ends_at=NOW + 60)
    members = cluster(1, older)
    id = await sender(members).create(DRAFT, ORDER[:1], lost=DRAFT)
    assert {one.id: one.ends_at for one in members[0].active} == {older.id: NOW + 60, id: NOW + 900}


async def test_a_planned_one_takes_its_new_beginning_too() -> None:
    planned = replace(DRAFT, starts_at=NOW + 3600, ends_at=NOW + 7200)
    members = cluster(1)
    id = await lost_once(members, planned)
    assert await sender(members).create(replace(planned, starts_at=NOW + 1800), ORDER[:1], lost=planned) == id
    assert [(one.id, one.starts_at) for one in members[0].silences.values()] == [(id, NOW + 1800)]


async def test_pressed_again_while_nobody_answers_nothing_is_sent() -> None:
    members = cluster(1)
    await lost_once(members)
    members[0].down = no_answer()
    with refused(
        "nothing was sent: no answer from http://one within 10s; nobody can say whether the last try was done"
    ):
        await sender(members).create(DRAFT, ORDER[:1], lost=DRAFT)
    assert (posted(members), len(members[0].active)) == ([1], 1)


# --- changing


async def test_a_change_keeps_the_id_the_verbatim_beginning_and_the_order_of_matchers() -> None:
    members = cluster(2, HELD)
    assert await sender(members).update(LATER, ORDER, HELD) == HELD.id
    assert members[0].posted == [
        SilenceDraft(HELD.matchers, HELD.starts_at, NOW + 30 * MINUTE, "mara", HELD.comment, HELD.id, HELD.starts_text)
    ]


async def test_it_is_made_on_the_silence_as_it_is_now() -> None:
    members = cluster(1, replace(HELD, ends_at=NOW + 3600))
    await sender(members).update(LATER, ORDER[:1], HELD)
    assert members[0].active[0].ends_at == NOW + 3600  # somebody chose a later end meanwhile


@pytest.mark.parametrize("held", [(), (replace(HELD, state=SilenceState.EXPIRED),)], ids=["gone", "expired"])
async def test_what_ended_meanwhile_is_left_alone_because_a_late_write_would_make_it_anew(
    held: tuple[Silence, ...],
) -> None:
    members = cluster(2, *held)
    with refused("this silence has ended meanwhile; nothing was sent"):
        await sender(members).update(LATER, ORDER, HELD)
    assert posted(members) == [0, 0]


async def test_where_nobody_can_say_how_it_is_nothing_is_changed() -> None:
    members = cluster(2, HELD)
    members[0].down = members[1].down = no_answer()
    with refused("nothing was sent: no answer from http://one within 10s"):
        await sender(members).update(LATER, ORDER, HELD)
    assert posted(members) == [0, 0]


async def test_a_member_that_does_not_answer_leaves_the_word_to_the_others() -> None:
    members = cluster(2, HELD)
    members[0].down, members[0].script = no_answer(), [not_running()]
    assert await sender(members).update(LATER, ORDER, HELD) == HELD.id
    assert posted(members) == [1, 1]


async def test_a_new_silence_made_in_its_stead_is_ended_at_once() -> None:
    members = cluster(1, HELD)
    members[0].script = [Forks()]
    words = "Alertmanager made a new silence instead of changing this one; the new one was ended at once"
    await raised(sender(members).update(LATER, ORDER[:1], HELD), Rejected, words)
    assert [one.id for one in members[0].active] == [HELD.id]


async def test_a_change_whose_answer_was_lost_is_looked_up() -> None:
    members = cluster(1, HELD)
    members[0].script = [Took(LOST)]
    assert await sender(members).update(LATER, ORDER[:1], HELD) == HELD.id


async def test_a_change_that_is_not_there_is_in_doubt() -> None:
    members = cluster(1, HELD)
    members[0].script = [LOST]
    words = f"no usable answer ({LOST.cause}); the silence is unchanged as far as is known"
    await raised(sender(members).update(LATER, ORDER[:1], HELD), Unsettled, words)


async def test_a_refused_change_is_told_at_its_field() -> None:
    members = cluster(1, HELD)
    members[0].script = [BadQuery("Failed to create silence: end time can't be in the past", status=400)]
    words = "Failed to create silence: end time can't be in the past"
    await raised(sender(members).update(LATER, ORDER[:1], HELD), Rejected, words, "ends")


async def test_a_member_that_has_not_heard_of_a_silence_leaves_the_change_to_one_that_has() -> None:
    apart = [Member(), Member(HELD)]
    apart[0].script = [UNKNOWN]
    assert await sender(apart).update(LATER, ORDER, HELD) == HELD.id
    assert (posted(apart), apart[1].active[0].ends_at) == ([1, 1], NOW + 30 * MINUTE)


# --- ending


async def test_ending_is_one_request_and_harmless_to_repeat() -> None:
    members = cluster(2, HELD)
    await sender(members).expire(HELD.id, ORDER)
    await sender(members).expire(HELD.id, ORDER)
    assert (posted(members), members[1].active) == ([2, 0], [])


async def test_a_member_that_has_not_heard_of_a_silence_leaves_its_end_to_one_that_has() -> None:
    apart = [Member(), Member(HELD)]
    await sender(apart).expire(HELD.id, ORDER)
    assert (posted(apart), apart[1].active) == ([1, 1], [])


async def test_an_id_that_nobody_knows_is_told() -> None:
    await raised(sender(cluster(2)).expire("x", ORDER), Rejected, "there is no silence x")


async def test_an_end_whose_answer_was_lost_is_looked_up() -> None:
    members = cluster(2, HELD)
    members[0].script = [Took(no_answer())]
    await sender(members).expire(HELD.id, ORDER)
    assert posted(members) == [1, 0]


@pytest.mark.parametrize("down", [None, no_answer()], ids=["still active", "nobody answers"])
async def test_an_end_that_is_not_seen_is_in_doubt(down: SourceError | None) -> None:
    members = cluster(1, HELD)
    members[0].script, members[0].down = [GATEWAY], down
    words = "no usable answer (502 from http://one: bad gateway); it may still be active"
    await raised(sender(members).expire(HELD.id, ORDER[:1]), Unsettled, words)


async def test_an_end_that_is_not_allowed_is_told() -> None:
    members = cluster(2, HELD)
    members[0].script = [Auth("403 from http://one: access denied", status=403)]
    await raised(sender(members).expire(HELD.id, ORDER), Rejected, "403 from http://one: access denied")
    assert posted(members) == [1, 0]


async def test_where_nobody_can_be_reached_nothing_is_ended() -> None:
    members = cluster(2, HELD)
    for one in members:
        one.script = [not_running()]
    with pytest.raises(Refused):
        await sender(members).expire(HELD.id, ORDER)
    assert len(members[0].active) == 1
