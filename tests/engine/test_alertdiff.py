"""Differences between two books as events: what happened, when, and who did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from noc.engine.alertdiff import changes, event, found
from noc.engine.book import Entry, Event, EventKind, Finding, FindingKind
from noc.model.acks import Stage
from noc.model.alerts import AlertState, Phase
from noc.model.severity import Severity
from tests.alertgiven import NOW, ack_of, acked, alert, entry, silence

SLOW = alert("Slow", "high", instance="a")
ACTIVE = entry(SLOW)
ACKED = acked(SLOW)
WINDOW = silence(by="jo", comment="MW! deploying")
SILENCED = entry(replace(SLOW, silenced_by=(WINDOW.id,)), silences=(WINDOW,))
INHIBITED = entry(replace(SLOW, inhibited_by=("x",)))
MUTED = entry(replace(SLOW, muted_by=("nights",)))
KNOWN = frozenset({"alertmanager"})


def by_key(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    return {one.alert.fingerprint: one for one in entries}


def told(was: Entry | None, entry: Entry, *, flaps: int = 3, anew: bool = False) -> list[tuple[str, str, str]]:
    made = changes(
        by_key([was] if was else []),
        [entry],
        NOW,
        flaps,
        anew={entry.alert.fingerprint} if anew else frozenset(),
        known=KNOWN,
    )
    return [(one.kind.value, one.who, one.words) for one in made]


def test_an_event_carries_all_that_a_line_about_it_needs() -> None:
    assert event(EventKind.ACKED, ACKED, NOW, "mara", "on it") == Event(
        NOW, EventKind.ACKED, "Slow", Severity.HIGH, SLOW.fingerprint, SLOW.labels, "mara", "on it"
    )


@pytest.mark.parametrize(
    ("was", "now", "events"),
    [
        (None, ACTIVE, [("fired", "", "")]),
        (None, ACKED, [("fired", "", ""), ("acked", "mara", "on it")]),
        (None, SILENCED, [("fired", "", "")]),
        (ACTIVE, ACTIVE, []),
        (ACTIVE, replace(ACTIVE, value=2.0), []),
        (ACTIVE, ACKED, [("acked", "mara", "on it")]),
        (ACKED, ACTIVE, [("unacked", "", "")]),
        (ACTIVE, SILENCED, [("silenced", "jo", "deploying")]),
        (ACKED, SILENCED, [("silenced", "jo", "deploying")]),
        (SILENCED, ACKED, [("acked", "mara", "on it")]),
        (SILENCED, ACTIVE, [("unsilenced", "", "")]),
        (ACTIVE, INHIBITED, [("silenced", "", "inhibited")]),
        (INHIBITED, ACTIVE, [("unsilenced", "", "no longer inhibited")]),
        (ACTIVE, MUTED, [("silenced", "", "muted")]),
        (MUTED, ACTIVE, [("unsilenced", "", "no longer muted")]),
        (ACTIVE, replace(SILENCED, silences=()), [("silenced", "", "")]),
        (ACTIVE, replace(INHIBITED, silences=(WINDOW,)), [("silenced", "", "inhibited")]),
        (replace(ACTIVE, phase=Phase.UNKNOWN), ACTIVE, []),
        (ACTIVE, replace(ACTIVE, phase=Phase.CLEARING, clears_at=NOW + 60), []),
    ],
)
def test_what_changed_is_told_with_who_did_it(
    was: Entry | None, now: Entry, events: list[tuple[str, str, str]]
) -> None:
    assert told(was, now) == events


def test_who_silenced_is_who_hides_it_longest() -> None:
    long = silence(by="ada", comment="all night", left=7200)
    both = entry(replace(SLOW, silenced_by=(WINDOW.id, long.id)), silences=(WINDOW, long))
    assert told(ACTIVE, both) == [("silenced", "ada", "all night")]


def test_a_stage_is_told_and_an_extension_is_not() -> None:
    fixing = replace(ACKED, ack=ack_of(SLOW, by="jo", stage=Stage.FIXING))
    longer = replace(ACKED, ack=ack_of(SLOW, left=1800, extended=1))
    assert told(ACKED, fixing) == [("stage", "jo", "fix deploying")]
    assert told(ACKED, longer) == []


def test_an_alert_that_began_anew_fired_whatever_its_state() -> None:
    anew = replace(ACTIVE, alert=replace(SLOW, starts_at=NOW))
    assert told(ACTIVE, anew, anew=True) == [("fired", "", "")]
    assert told(ACKED, anew, anew=True) == [("fired", "", ""), ("unacked", "", "")]


def test_a_start_that_moved_is_no_firing_by_itself() -> None:
    assert told(ACTIVE, replace(ACTIVE, alert=replace(SLOW, starts_at=SLOW.starts_at - 30))) == []


def test_the_firing_that_makes_it_flap_says_how_often() -> None:
    assert told(None, replace(ACTIVE, flaps=2)) == [("fired", "", "")]
    assert told(None, replace(ACTIVE, flaps=4)) == [("fired", "", ""), ("flapping", "", "4 times")]
    assert told(ACTIVE, replace(ACTIVE, flaps=4)) == []


def test_what_only_a_member_has_that_was_not_heard_before_is_no_event() -> None:
    alone, both = (replace(ACKED, members=names) for names in (("b",), ("alertmanager", "b")))
    assert told(None, alone) == []
    assert told(None, both) == [("fired", "", ""), ("acked", "mara", "on it")]


# -- findings


def finding(kind: FindingKind = FindingKind.WATCHDOG, title: str = "Watchdog missing", hint: bool = False) -> Finding:
    return Finding(kind, title, "text", NOW - 60, hint)


def test_findings_begin_and_end() -> None:
    one, other = finding(), finding(FindingKind.RULES, "No rules loaded")
    made = [(each.kind, each.name, each.severity, each.key) for each in found([one], [other], NOW)]
    assert made == [
        (EventKind.FOUND, "No rules loaded", Severity.CRITICAL, "finding:rules"),
        (EventKind.MENDED, "Watchdog missing", Severity.CRITICAL, "finding:watchdog"),
    ]
    assert list(found([one], [finding()], NOW)) == []


def test_hints_are_no_events() -> None:
    assert list(found([], [finding(hint=True)], NOW)) == []
    assert [each.kind for each in found([finding(hint=True)], [finding()], NOW)] == [EventKind.FOUND]


def test_every_state_an_alert_can_change_to_is_told() -> None:
    by_state = {one.state: one for one in (ACTIVE, ACKED, SILENCED, INHIBITED, MUTED)}
    assert set(by_state) == set(AlertState)
    silent = [
        (was.value, now.value)
        for was in AlertState
        for now in AlertState
        if was is not now and not told(by_state[was], by_state[now])
    ]
    assert silent == []
