"""Alerts, matchers and silences: what can be said of them without any server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from noc.model.alerts import (
    AlertState,
    Matcher,
    Phase,
    SilenceDraft,
    SilenceKind,
    fingerprint,
    match_all,
    redraft,
    severity_label,
    spelled,
)
from noc.model.errors import QueryError
from noc.model.severity import Severity
from tests.alertgiven import NOW, alert, silence
from tests.e2e.real import until

LABELS = {"alertname": "Slow", "instance": "db-1", "path": "a\nb"}


@pytest.mark.parametrize(
    ("matcher", "met"),
    [
        (Matcher("instance", "db-1"), True),
        (Matcher("instance", "db"), False),
        (Matcher("instance", "db-1", equal=False), False),
        (Matcher("instance", "db", equal=False), True),
        (Matcher("instance", "db", regex=True), False),
        (Matcher("instance", "db-.", regex=True), True),
        (Matcher("instance", "db-1|web", regex=True), True),
        (Matcher("instance", "web|db-", regex=True), False),
        (Matcher("instance", "DB-1", regex=True), False),
        (Matcher("instance", "(?i)DB-1", regex=True), True),
        (Matcher("instance", "db-.", regex=True, equal=False), False),
        (Matcher("path", "a.b", regex=True), False),
        (Matcher("path", "(?s)a.b", regex=True), True),
        (Matcher("nolabel", ""), True),
        (Matcher("nolabel", "x"), False),
        (Matcher("nolabel", "x", equal=False), True),
        (Matcher("nolabel", ".*", regex=True), True),
        (Matcher("nolabel", ".+", regex=True), False),
        (Matcher("nolabel", ".+", regex=True, equal=False), True),
    ],
)
def test_a_matcher_is_anchored_and_takes_an_absent_label_as_empty(matcher: Matcher, met: bool) -> None:
    assert matcher.matches(LABELS) is met


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"\pL", "[[:alpha:]]", "a*+", "x{,3}", r"(a)\1", "a**"])
def test_an_expression_that_alertmanager_would_read_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(QueryError):
        Matcher("instance", pattern, regex=True).matches(LABELS)


def test_all_matchers_of_a_silence_must_be_met() -> None:
    both = (Matcher("alertname", "Slow"), Matcher("instance", "db-2"))
    assert [match_all(both[:1], LABELS), match_all(both, LABELS), match_all((), LABELS)] == [True, False, True]
    assert [silence(*both).matches(LABELS), silence(both[0]).matches(LABELS)] == [False, True]


@pytest.mark.parametrize(
    ("matcher", "text", "empty"),
    [
        (Matcher("a", "b"), 'a="b"', False),
        (Matcher("a", ""), 'a=""', True),
        (Matcher("a", "b", equal=False), 'a!="b"', True),
        (Matcher("a", "b|c", regex=True), 'a=~"b|c"', False),
        (Matcher("a", ".*", regex=True), 'a=~".*"', True),
        (Matcher("a", "b", regex=True, equal=False), 'a!~"b"', True),
        (Matcher("a", 'q"\\\n'), 'a="q\\"\\\\\\n"', False),
    ],
)
def test_a_matcher_is_written_as_amtool_writes_it_and_knows_whether_it_narrows_anything(
    matcher: Matcher, text: str, empty: bool
) -> None:
    assert (str(matcher), matcher.takes_empty) == (text, empty)


def test_several_matchers_are_written_in_braces() -> None:
    assert spelled((Matcher("a", "b"), Matcher("c", "d|e", regex=True))) == '{a="b", c=~"d|e"}'
    assert spelled(()) == "{}"


# -- alerts


def test_an_alert_knows_its_labels_and_annotations_by_name() -> None:
    one = alert("Slow", "warning", instance="db-1", annotations={"summary": "slow"})
    assert (one.name, one.label("instance"), one.label("job")) == ("Slow", "db-1", "")
    assert (one.annotation("summary"), one.annotation("runbook")) == ("slow", "")
    assert (one.severity, one.is_watchdog, alert("Watchdog", "none").is_watchdog) == (Severity.MEDIUM, False, True)


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", Severity.CRITICAL),
        (" CRITICAL ", Severity.CRITICAL),
        ("page", Severity.CRITICAL),
        ("P1", Severity.CRITICAL),
        ("error", Severity.HIGH),
        ("warning", Severity.MEDIUM),
        ("info", Severity.LOW),
        ("none", Severity.OK),
        ("", Severity.MEDIUM),
        ("purple", Severity.MEDIUM),
    ],
)
def test_severities_of_other_houses_have_their_place_and_an_unknown_one_is_not_calm(
    word: str, severity: Severity
) -> None:
    assert severity_label(word) is severity


def test_states_are_ordered_by_urgency() -> None:
    assert [state.value for state in sorted(AlertState, key=lambda one: one.order)] == [
        "active",
        "acked",
        "inhibited",
        "muted",
        "silenced",
    ]
    assert [phase.value for phase in Phase] == ["pending", "firing", "clearing", "unknown", "resolved"]


@pytest.mark.servers
def test_fingerprints_are_alertmanagers_own(alertmanager_factory: Callable[..., str]) -> None:
    url = alertmanager_factory()
    sets = [
        {"alertname": "Fingerprint"},
        {"alertname": "Fingerprint", "severity": "critical", "path": 'q"\\\n', "tenant": "Größe ☃"},
        {"b": "1", "alertname": "Fingerprint", "a": "2", "A": "3", "_x": "4"},
        {"alertname": "Fingerprint", "empty": ""},
    ]
    httpx.post(f"{url}/api/v2/alerts", json=[{"labels": labels} for labels in sets]).raise_for_status()

    def found() -> set[str]:
        listed = httpx.get(f"{url}/api/v2/alerts", params={"filter": "alertname=Fingerprint"}).json()
        return {one["fingerprint"] for one in listed}

    expected = {fingerprint(labels) for labels in sets}
    assert len(expected) == 3  # the empty label is none
    until(lambda: found() == expected, f"never {expected}", deadline=10)


# -- silences


@pytest.mark.parametrize(
    ("comment", "kind"),
    [
        ("ACK! on it", SilenceKind.ACK),
        ("MW! deploying", SilenceKind.WINDOW),
        ("EMERGENCY! all", SilenceKind.EMERGENCY),
        ("RECORD! fixed", SilenceKind.RECORD),
        ("SNOOZE! noc", SilenceKind.SNOOZE),
        ("planned ACK!", SilenceKind.OTHER),
        ("", SilenceKind.OTHER),
    ],
)
def test_what_a_silence_is_for_says_its_first_word(comment: str, kind: SilenceKind) -> None:
    assert silence(comment=comment).kind is kind
    assert silence(Matcher("noc_record", "x"), comment=comment).kind is SilenceKind.RECORD


def test_an_update_keeps_id_start_and_the_order_of_matchers() -> None:
    matchers = (Matcher("z", "1"), Matcher("a", "2"))
    one = silence(*matchers, comment="planned", id="id")
    same = SilenceDraft(matchers, one.starts_at, one.ends_at, "mara", "planned", "id", one.starts_text)
    assert redraft(one) == same
    assert redraft(one, ends_at=NOW + 60, comment="x") == replace(same, ends_at=NOW + 60, comment="x")
