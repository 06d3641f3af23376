"""Alerts as trees and tables, the frozen order of a list with the focus, and silences that deserve a row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.alertgroups import (
    Group,
    Row,
    counted,
    frozen,
    hidden_by,
    order_of,
    rows,
    silence_rows,
    table,
    tree,
)
from noc.engine.alertmerge import ordered, urgency
from noc.engine.book import Entry, MemberView
from noc.model.alerts import AlertAnswer, AlertState, Matcher, Phase, SilenceState
from noc.model.severity import Severity
from tests.alertgiven import MINUTE, NOW, ack_of, acked, alert, book, entry, silence

A1 = entry(alert("Slow", "high", since=300, company_id="1"))
A2 = entry(alert("Slow", "high", since=600, company_id="2"))
B = entry(alert("Dead", "critical", since=60))
C = acked(alert("Auth", "critical", since=900, company_id="1"))
L = entry(alert("Disk", "low", since=9000))
W = entry(alert("Old", "warning", since=100, silenced_by=("x",)))
ALL = [L, A1, W, C, B, A2]
COMPANIES = {"company_id": "companies"}


def shape(groups: Sequence[Group]) -> list[object]:
    """Values, with their groups or the names of their entries."""
    return [
        (
            one.value,
            shape(one.groups) if one.groups else [f"{e.alert.name}{e.alert.label('company_id')}" for e in one.entries],
        )
        for one in groups
    ]


def lines(found: Sequence[Row]) -> list[str]:
    """Each row as text: its depth as blanks, a group's label and value, or an entry's name."""
    return [
        "  " * row.depth
        + (f"{row.group.value} ({len(row.entries)})" if row.group else row.entry.alert.name if row.entry else "")
        for row in found
    ]


# -- trees


def test_severities_stand_by_their_rank_and_within_them_the_most_urgent_first() -> None:
    assert shape(tree(ALL, ("severity", "alertname"), {})) == [
        ("critical", [("Dead", ["Dead"]), ("Auth", ["Auth1"])]),
        ("high", [("Slow", ["Slow2", "Slow1"])]),
        ("medium", [("Old", ["Old"])]),
        ("low", [("Disk", ["Disk"])]),
    ]


def test_groups_by_another_label_stand_by_their_most_urgent_entry() -> None:
    assert shape(tree(ALL, ("company_id",), {})) == [
        ("", ["Dead", "Disk", "Old"]),
        ("2", ["Slow2"]),
        ("1", ["Slow1", "Auth1"]),
    ]


def test_a_group_counts_what_is_beneath() -> None:
    hidden = replace(A2, state=AlertState.INHIBITED)
    (critical, high) = tree([A1, hidden, B, C], ("severity", "alertname"), COMPANIES)
    assert critical == Group(
        "/severity=critical",
        "severity",
        "critical",
        (
            Group(
                "/severity=critical/alertname=Dead", "alertname", "Dead", (), (B,), Severity.CRITICAL, 1, 0, 0, NOW - 60
            ),
            Group(
                "/severity=critical/alertname=Auth",
                "alertname",
                "Auth",
                (),
                (C,),
                Severity.CRITICAL,
                0,
                1,
                0,
                NOW - 900,
            ),
        ),
        (B, C),
        Severity.CRITICAL,
        1,
        1,
        0,
        NOW - 900,
        "",
    )
    assert (high.worst, high.loud, high.acked, high.hidden, high.oldest, high.words) == (
        Severity.HIGH,
        1,
        0,
        1,
        NOW - 600,
        "2 companies",
    )


def test_the_worst_severity_of_a_group_may_be_acknowledged() -> None:
    (group,) = tree([L, C], ("nolabel",), {})
    assert (group.worst, group.entries) == (Severity.CRITICAL, (L, C))


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_counts_of_a_tree_are_those_of_its_entries_at_every_level(seed: int, count: int) -> None:
    chance = random.Random(seed)
    entries = [
        replace(
            entry(alert(chance.choice("AB"), chance.choice(("critical", "high", "low", "none")), since=n, id=str(n))),
            state=chance.choice(list(AlertState)),
            phase=chance.choice([Phase.FIRING, Phase.CLEARING, Phase.UNKNOWN]),
        )
        for n in range(count)
    ]

    def check(groups: Sequence[Group], beneath: Sequence[Entry]) -> None:
        assert sorted(e.key for one in groups for e in one.entries) == sorted(e.key for e in beneath)
        for one in groups:
            assert list(one.entries) == sorted(one.entries, key=urgency)
            assert one.worst.rank == max(e.severity.rank for e in one.entries)
            assert one.loud == sum(e.loud for e in one.entries)
            assert one.acked == sum(e.state is AlertState.ACKED for e in one.entries)
            assert one.hidden == sum(e.state not in (AlertState.ACTIVE, AlertState.ACKED) for e in one.entries)
            assert one.oldest == min(e.alert.starts_at for e in one.entries)
            if one.groups:
                check(one.groups, one.entries)

    check(tree(entries, ("severity", "alertname"), {}), entries)
    check(table(entries, ("alertname",), {}), entries)


def test_a_severity_word_of_another_house_is_grouped_by_its_meaning() -> None:
    found = tree([entry(alert("W", "warning", since=60)), entry(alert("M", "medium", since=90))], ("severity",), {})
    assert shape(found) == [("medium", ["M", "W"])]


def test_without_labels_or_entries_there_is_no_tree() -> None:
    assert (tree(ALL, (), {}), tree([], ("severity",), {}), table([], ("alertname",), {})) == ((), (), ())


# -- tables and tenants


def test_a_table_has_one_row_for_each_set_of_values_and_counts_tenants() -> None:
    found = table(ALL, ("severity", "alertname"), COMPANIES)
    assert [(one.key, one.value, one.words) for one in found] == [
        ("/severity=critical/alertname=Dead", "Dead", ""),
        ("/severity=high/alertname=Slow", "Slow", "2 companies"),
        ("/severity=low/alertname=Disk", "Disk", ""),
        ("/severity=critical/alertname=Auth", "Auth", ""),
        ("/severity=medium/alertname=Old", "Old", ""),
    ]


def test_tenants_are_counted_where_there_are_several() -> None:
    labels = {"company_id": "companies", "instance": "instances"}
    several = [entry(alert("S", company_id=str(n % 3), instance=str(n % 2))) for n in range(6)]
    assert [counted(some, labels) for some in (several, several[:1], [B, L], [])] == [
        "3 companies, 2 instances",
        "",
        "",
        "",
    ]


# -- rows


def test_a_tree_line_by_line_shows_a_lone_alert_without_a_head_of_its_own() -> None:
    groups = tree(ALL, ("severity", "alertname"), {})
    assert lines(rows(groups)) == [
        "critical (2)",
        "  Dead",
        "  Auth",
        "high (2)",
        "  Slow (2)",
        "    Slow",
        "    Slow",
        "medium (1)",
        "  Old",
        "low (1)",
        "  Disk",
    ]


def test_a_folded_group_is_its_head_and_acts_on_all_that_is_in_it() -> None:
    groups = tree(ALL, ("severity", "alertname"), {})
    found = rows(groups, frozenset({"/severity=critical", "/severity=high/alertname=Slow"}))
    assert lines(found) == [
        "critical (2)",
        "high (2)",
        "  Slow (2)",
        "medium (1)",
        "  Old",
        "low (1)",
        "  Disk",
    ]
    assert (found[0].entries, found[4].entries, Row("x", 0).entries) == ((B, C), (W,), ())


# -- the frozen order


def listed(*entries: Entry) -> list[Row]:
    return rows(tree(entries, ("severity", "alertname"), {}))


def test_without_an_order_the_rows_stand_as_they_are() -> None:
    assert frozen(listed(B, A1), None, book(B, A1)) == (listed(B, A1), 0)


def test_a_list_with_the_focus_keeps_its_order_and_counts_what_arrives() -> None:
    order = order_of(listed(A1, L))
    found, waiting = frozen(listed(B, A1, L), order, book(B, A1, L))
    assert (lines(found), waiting) == (["high (1)", "  Slow", "low (1)", "  Disk"], 1)


def test_what_was_acknowledged_meanwhile_stays_in_its_place() -> None:
    taken = acked(A1.alert)
    order = order_of(listed(A1, A2))
    now = listed(taken, A2)
    found, waiting = frozen(now, order, book(taken, A2))
    assert ([row.key for row in found], waiting) == ([row.key for row in listed(A1, A2)], 0)
    assert [row.entry.state.value for row in found if row.entry] == ["active", "acked"]


def test_what_resolved_meanwhile_stays_where_it_was_and_what_nobody_knows_any_more_goes() -> None:
    over = replace(B, phase=Phase.RESOLVED, resolved_at=NOW)
    order = order_of(listed(B, A1, L))
    found, waiting = frozen(listed(A1), order, book(A1, resolved=[over]))
    assert lines(found) == ["Dead", "high (1)", "  Slow"]
    assert (found[0].entry, waiting) == (over, 0)


def test_a_groups_row_acts_on_what_it_held_when_it_was_looked_at() -> None:
    closed = frozenset({"/severity=high"})
    late = entry(alert("Slow", "high", since=5, company_id="3"))
    order = order_of(rows(tree([A1, A2], ("severity", "alertname"), COMPANIES), closed))
    now = rows(tree([A1, A2, late], ("severity", "alertname"), COMPANIES), closed)
    (row,), waiting = frozen(now, order, book(A1, A2, late))
    assert (row.entries, waiting) == ((A2, A1), 1)
    assert row.group is not None
    assert (row.group.loud, row.group.oldest, row.group.words) == (2, NOW - 600, "3 companies")


def test_a_group_of_which_nothing_is_left_that_was_seen_is_no_row() -> None:
    closed = frozenset({"/severity=high"})
    order = order_of(rows(tree([A1, A2], ("severity", "alertname"), {}), closed))
    late = [entry(alert("Slow", "high", since=5, company_id=str(n))) for n in (3, 4)]
    found, waiting = frozen(rows(tree(late, ("severity", "alertname"), {}), closed), order, book(*late))
    assert (found, waiting) == ([], 2)


def test_an_order_of_keys_alone_shows_groups_whole() -> None:
    closed = frozenset({"/severity=high"})
    late = entry(alert("Slow", "high", since=5, company_id="3"))
    now = rows(tree([A1, A2, late], ("severity", "alertname"), {}), closed)
    found, waiting = frozen(now, ["/severity=high"], book(A1, A2, late))
    assert ([row.entries for row in found], waiting) == ([(A2, A1, late)], 0)


def test_a_later_firing_stands_where_the_first_stood_and_is_no_newcomer() -> None:
    anew = entry(replace(B.alert, starts_at=NOW))
    over = replace(B, phase=Phase.RESOLVED, resolved_at=NOW)
    found, waiting = frozen(listed(anew, L), order_of(listed(B, L)), book(anew, L, resolved=[over]))
    assert ([row.entry for row in found if row.entry], waiting) == ([anew, L], 0)


# -- the order of the book


@given(st.integers(0, 2**32), st.integers(0, 40), st.integers(0, 40))
def test_sorting_in_what_changed_is_sorting_all(seed: int, count: int, share: int) -> None:
    chance = random.Random(seed)

    def made(n: int) -> Entry:
        one = alert("A", chance.choice(("critical", "high", "low")), since=chance.randrange(3) * 60, id=str(n))
        return replace(entry(one), state=chance.choice(list(AlertState)))

    before = {one.alert.fingerprint: one for one in map(made, range(count))}
    after = {
        fp: replace(one, state=chance.choice(list(AlertState))) if chance.random() < share / 40 else one
        for fp, one in before.items()
        if chance.random() < 0.95
    }
    after |= {one.alert.fingerprint: one for one in map(made, range(count, count + chance.randrange(4)))}
    shown = ordered(before, ())
    assert list(shown) == sorted(before.values(), key=urgency)
    assert list(ordered(after, shown)) == sorted(after.values(), key=urgency)


# -- silences


def test_silences_that_end_soon_over_alerts_come_first_then_those_that_match_nothing() -> None:
    soon, far = silence(id="soon", left=9 * MINUTE), silence(id="far", left=60 * MINUTE)
    idle, later = silence(id="idle", left=60 * MINUTE), silence(id="later", left=90 * MINUTE, comment="MW! x")
    hidden = [entry(replace(alert(f"A{n}"), silenced_by=("soon", "far")), silences=(soon, far)) for n in range(3)]
    found = silence_rows(book(*hidden, silences=[later, idle, soon, far]), NOW)
    assert [(one.key, one.matches, one.ends_soon, one.idle) for one in found] == [
        ("silence:soon", 3, True, False),
        ("silence:idle", 0, False, True),
        ("silence:later", 0, False, True),
    ]


@pytest.mark.parametrize(
    "one",
    [
        silence(state=SilenceState.PENDING),
        silence(state=SilenceState.EXPIRED),
        silence(comment="ACK! on it"),
        ack_of(B.alert),
        silence(Matcher("noc_record", "x"), comment="RECORD! fixed"),
    ],
    ids=["pending", "expired", "ack", "structured ack", "record"],
)
def test_acks_records_and_silences_that_do_not_run_get_no_row(one: object) -> None:
    assert silence_rows(book(silences=[one]), NOW) == ()  # type: ignore[list-item]


def test_ends_are_counted_by_the_clusters_clock() -> None:
    own = silence(id="x", left=11 * MINUTE)
    shown = book(entry(replace(alert(), silenced_by=("x",)), silences=(own,)))
    ahead = replace(shown, members=(MemberView("am", AlertAnswer((), ()), NOW, skew=120.0, asked=True),))
    assert [len(silence_rows(one, NOW)) for one in (shown, ahead)] == [0, 1]


def test_a_silence_that_hides_the_watchdog_hides_something() -> None:
    own = silence(id="x", left=60 * MINUTE)
    dog = replace(alert("Watchdog", "none"), silenced_by=("x",))
    shown = book(silences=[own], watchdog=dog)
    assert (hidden_by(shown), silence_rows(shown, NOW)) == ({"x": 1}, ())
