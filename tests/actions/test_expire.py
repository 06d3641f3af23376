"""Ending silences: who wakes is shown before it happens, and some of it must be typed."""

from __future__ import annotations

from dataclasses import replace

from noc.actions import expire
from noc.actions.intent import Intent, Verb, Waking
from noc.engine.book import Book, Entry
from noc.model.alerts import Matcher, Silence, SilenceState
from tests.actions.given import refused
from tests.alertgiven import ack_of, alert, book, entry, silence

WINDOW = silence(Matcher("team", "db"), by="mara", comment="MW! upgrade")
OTHER = silence(Matcher("instance", "db-1"), by="leo", comment="swap")


def hidden(name: str, severity: str, *by: Silence, **more: object) -> Entry:
    return entry(alert(name, severity, silenced_by=[one.id for one in by], **more), silences=by)  # type: ignore[arg-type]


def seen(*entries: Entry) -> Book:
    return book(*entries, silences=(WINDOW, OTHER))


def test_an_own_narrow_silence_wakes_without_the_number() -> None:
    slow = hidden("SlowScope", "medium", WINDOW)
    waking = expire.preview([WINDOW], seen(slow, entry(alert("Other", "low"))), "mara")
    assert waking == Waking((WINDOW,), (slow,))
    assert expire.words(waking) == "expires mara's window; 1 becomes ACTIVE"


def test_only_what_nothing_else_hides_wakes() -> None:
    both = hidden("A", "high", WINDOW, OTHER)
    inhibited = hidden("B", "high", WINDOW, inhibited_by=["0123456789abcdef"])
    muted = hidden("C", "high", WINDOW, muted_by=["nights"])
    book_ = seen(both, inhibited, muted)
    assert expire.preview([WINDOW], book_, "mara").wakes == ()
    assert expire.preview([WINDOW, OTHER], book_, "mara").wakes == (both,)
    assert expire.words(expire.preview([WINDOW], book_, "mara")) == "expires mara's window; nothing wakes"


def test_somebody_elses_silence_asks_for_the_number() -> None:
    waking = expire.preview([OTHER], seen(hidden("A", "low", OTHER)), "mara")
    assert (waking.guarded, waking.why, waking.number) == (True, "these are leo's", 1)


def test_a_critical_that_wakes_asks_for_the_number() -> None:
    names = [f"Slow{number}" for number in range(5)]
    entries = [hidden(name, "medium", WINDOW) for name in names]
    entries += [hidden(f"Down{number}", "critical", WINDOW) for number in range(2)]
    waking = expire.preview([WINDOW], seen(*entries), "mara")
    assert (waking.guarded, waking.why, waking.number) == (True, "2 CRITICAL would wake", 7)
    assert expire.words(waking) == "expires mara's window; 7 become ACTIVE, 2 CRITICAL"


def test_several_silences_and_strangers_names_are_told_in_one_line() -> None:
    evil = silence(Matcher("a", "b"), by="l\x1bo", comment="x")
    waking = expire.preview([WINDOW, OTHER, evil], seen(), "mara")
    assert (waking.why, expire.words(waking)) == ("these are leo, l␛o's", "expires 3 silences; nothing wakes")


def test_ending_is_one_request_a_silence_and_remembers_them() -> None:
    slow = hidden("SlowScope", "medium", WINDOW)
    assert expire.propose(expire.preview([WINDOW, OTHER], seen(slow), "mara")) == Intent(
        Verb.EXPIRE,
        "expires 2 silences; 1 becomes ACTIVE",
        (slow.key,),
        expire=(WINDOW.id, OTHER.id),
        before=(WINDOW, OTHER),
    )


def test_ending_an_acknowledgement_is_taking_it_back() -> None:
    mine = ack_of(alert("A", "low"))
    intent = expire.propose(expire.preview([mine], seen(), "mara"))
    assert (intent.verb, intent.summary) == (Verb.UNACK, "expires mara's ack; nothing wakes")
    assert expire.propose(expire.preview([mine, WINDOW], seen(), "mara")).verb is Verb.EXPIRE


def test_what_has_ended_is_left_out_and_alone_refused() -> None:
    ended, planned = replace(OTHER, state=SilenceState.EXPIRED), replace(WINDOW, state=SilenceState.PENDING)
    assert expire.propose(expire.preview([ended, planned], seen(), "mara")).expire == (WINDOW.id,)
    with refused("this silence has ended already"):
        expire.propose(expire.preview([ended], seen(), "mara"))
