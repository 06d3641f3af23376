"""What is kept of a book is what would be made anew, as long as the book stays and not longer."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

from noc.config.alerting import Alerting
from noc.engine import escalation
from noc.engine.book import Book
from noc.model.alerts import AlertState
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels.alertwords import incident_lines, lines, state_words
from noc.ui.panels.data import Alerts, PanelData, severity
from noc.ui.panels.kept import SIZE, per_book
from noc.ui.panels.tally import tally
from tests.alertgiven import MINUTE, NOW, acked, alert, book, entry
from tests.ui.given import panel


class Spec:
    """A spec that is equal to every other one, as two panels of one layout may be."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


Made = Callable[[Book, Spec, str, float], tuple[str, float]]


def counted() -> tuple[list[tuple[str, float]], Made]:
    """A function that is kept, and what it was really called with."""
    calls: list[tuple[str, float]] = []

    @per_book
    def made(book: Book, spec: Spec, word: str, at: float) -> tuple[str, float]:
        calls.append((word, at))
        return (word, at)

    return calls, made


def test_the_same_question_is_answered_once() -> None:
    calls, made = counted()
    one, spec = book(), Spec()
    assert [made(one, spec, "a", 1.0) for _ in range(3)] == [("a", 1.0)] * 3
    assert calls == [("a", 1.0)]


def test_another_word_another_spec_and_another_book_are_other_questions() -> None:
    calls, made = counted()
    one, spec = book(), Spec()
    for word, at in (("a", 1.0), ("b", 1.0), ("a", 2.0)):
        made(one, spec, word, at)
    made(one, Spec(), "a", 1.0)
    made(replace(one), spec, "a", 1.0)
    assert calls == [("a", 1.0), ("b", 1.0), ("a", 2.0), ("a", 1.0), ("a", 1.0)]


def test_not_more_is_kept_than_a_wall_has_panels() -> None:
    calls, made = counted()
    one, spec = book(), Spec()
    for at in range(SIZE + 1):
        made(one, spec, "a", float(at))
    calls.clear()
    made(one, spec, "a", 1.0)
    assert calls == []
    made(one, spec, "a", 0.0)
    assert calls == [("a", 0.0)]


class Watched(Book):
    """A book of which one can tell when it is gone."""

    __slots__ = ("__weakref__",)


def test_an_older_book_goes_when_a_newer_one_is_asked_about() -> None:
    _, made = counted()
    old, spec = Watched(), Spec()
    gone = weakref.ref(old)
    made(old, spec, "a", 1.0)
    del old
    assert gone() is not None
    made(book(), spec, "a", 1.0)
    gc.collect()
    assert gone() is None


def shown(kind: str, of: Book, written: dict[str, object] | None = None, **alerts: object) -> PanelData:
    return panel({"kind": kind, "title": "Now", **(written or {})}, alerts=Alerts(of, **alerts))  # type: ignore[arg-type]


def test_countdowns_go_on_over_a_book_that_stays() -> None:
    data = shown("alerts", book(entry(alert("Web", "critical", since=130))))
    first = draw_card(data, 80, 6).text()
    later = draw_card(replace(data, now=NOW + 1), 80, 6).text()
    assert "due in 2:50" in first
    assert "due in 2:49" in later


def test_a_new_book_is_seen_at_once_in_every_panel() -> None:
    before, after = book(entry(alert("Low", "low"))), book(entry(alert("Web", "critical", since=130)))
    for kind in ("alerts", "incidents", "status", "alert-tiles"):
        data = shown(kind, before)
        assert severity(data).value == "low"
        draw_card(data, 80, 9)
        fresh = replace(data, alerts=Alerts(after))
        assert severity(fresh).value == "critical"
        assert draw_card(fresh, 80, 9).text() == draw_card(shown(kind, after), 80, 9).text()


def test_a_filter_by_age_lets_an_alert_in_when_its_time_has_come() -> None:
    young = book(entry(alert("Young", "high", since=59)))
    data = shown("alerts", young, {"filter": "@age>1m"})
    assert lines(data)[0] == []
    assert [line.key for line in lines(replace(data, now=NOW + 2))[0] if line.row and line.row.entry] == [
        young.entries[0].key
    ]


def test_an_acknowledgement_is_forgotten_when_its_time_has_come() -> None:
    old = acked(alert("Old", "medium", since=3600), since=30 * MINUTE - 1)
    loud = entry(alert("Web", "critical", since=130))
    data = shown("incidents", book(loud, old))
    assert [line.key for line in incident_lines(data)[0]] == [loud.key, old.key]
    assert [line.key for line in incident_lines(replace(data, now=NOW + 2))[0]] == [old.key, loud.key]


def test_entries_are_counted_once_by_state_and_severity() -> None:
    loud = [entry(alert(f"Loud{n}", "high", since=60 - n)) for n in range(3)]
    worst, own = entry(alert("Web", "critical")), acked(alert("Mine", "critical"))
    hidden = entry(alert("Old", "low", inhibited_by=["x"]))
    of = book(*loud, worst, own, hidden)
    found = tally(of, of.entries)
    assert [(run.loud, run.state, run.severity, run.entries) for run in found.runs] == [
        (True, AlertState.ACTIVE, Severity.CRITICAL, [worst]),
        (True, AlertState.ACTIVE, Severity.HIGH, loud),
        (False, AlertState.ACKED, Severity.CRITICAL, [own]),
        (False, AlertState.INHIBITED, Severity.LOW, [hidden]),
    ]
    assert (found.first, found.loud(Severity.HIGH), found.loud(Severity.LOW)) == (worst, 3, 0)
    assert (found.taken(AlertState.ACKED), found.taken(AlertState.ACKED, [Severity.HIGH])) == (1, 0)
    assert tally(book(), ()).first is None


def test_a_storm_of_critical_raises_the_tier_in_the_rows_exactly_when_the_policy_says_so() -> None:
    policy = Alerting().escalation
    for count in (policy.storm, policy.storm + 1):
        of = book(*(entry(alert(f"Web{n}", "critical", since=30)) for n in range(count)))
        due = escalation.due(of.entries[0], policy, NOW, storm=escalation.storm(of, policy))
        assert due is not None
        assert state_words(of.entries[0], shown("alerts", of))[0] == due.words(NOW)
    quiet = book(*(entry(alert(f"Web{n}", "critical", since=30)) for n in range(policy.storm)))
    assert state_words(of.entries[0], shown("alerts", of)) != state_words(quiet.entries[0], shown("alerts", quiet))


def test_what_a_caller_does_with_the_lines_does_not_stay() -> None:
    data = shown("alerts", book(entry(alert("Web", "critical"))))
    lines(data)[0].clear()
    assert lines(data)[0]
    work = shown("incidents", book(entry(alert("Web", "critical"))))
    incident_lines(work)[0].clear()
    assert incident_lines(work)[0]
