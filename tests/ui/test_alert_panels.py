"""Panels of alerts by their exact text, from a wall of 200 columns down to a tile of 20; calm, storm, blindness, old news."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.actions.intent import Pending, Verb
from noc.charts.charset import ASCII
from noc.engine.book import Book, Entry, Finding, FindingKind, MemberView
from noc.model.acks import Stage
from noc.model.alerts import AlertAnswer, Matcher, Phase
from noc.model.colour import blend
from noc.model.errors import Unreachable
from noc.model.results import State
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import KINDS
from noc.ui.panels.alertlist import visible
from noc.ui.panels.alertwords import (
    Line,
    alert_key,
    entries_of,
    incident_lines,
    lines,
    order_of,
    silence_of,
    state_words,
)
from noc.ui.panels.data import Alerts, PanelData, Response, severity, state
from tests.alertgiven import MINUTE, NOW, acked, alert, book, entry, silence
from tests.ui.given import PALETTE, panel

WEBHOOK = alert("WebhookFailures", "critical", since=130, endpoint="/webhook")
POOL = alert("PoolHigh", "high", since=20 * MINUTE, instance="db-1:9104")
WINDOW = silence(Matcher("alertname", "Retry.+", True), by="jo", comment="MW! deploy", left=400, id="w")
IDLE = silence(Matcher("company_id", "7"), by="ann", comment="quiet tenant", id="idle")
LAG = entry(alert("ReplicationLag", "high", since=18, instance="db-2"), phase=Phase.PENDING, fires_at=NOW + 42, value=7)
FORCE = entry(
    alert("BruteForce", "critical", since=3600), phase=Phase.RESOLVED, resolved_at=NOW - 180, was_acked_by="mara"
)
RESPONSES = {
    "PoolHigh": Response(15 * MINUTE, None, "percentunit"),
    "WebhookFailures": Response(5 * MINUTE, 30 * MINUTE, "short"),
}


def busy(**more: object) -> Book:
    return book(
        entry(WEBHOOK, value=12.4),
        entry(POOL, value=0.84),
        acked(alert("ErrorRate", "high", since=900, endpoint="/api/v1/orders"), stage=Stage.MITIGATING),
        entry(alert("RetryRate", "medium", since=300, silenced_by=["w"]), silences=(WINDOW,)),
        entry(alert("ApiLatency", "medium", since=400, inhibited_by=[WEBHOOK.fingerprint])),
        *(entry(alert("ScopeSlow", "medium", since=600 - n, company_id=str(n))) for n in range(3)),
        pending=[LAG],
        resolved=[FORCE],
        silences=[IDLE],
        watchdog=alert("Watchdog", "none"),
        **more,
    )


def calm(**more: object) -> Book:
    return book(watchdog=alert("Watchdog", "none"), **more)


def shown(kind: str, of: Book | None = None, written: dict[str, object] | None = None, **alerts: object) -> PanelData:
    """A panel of a kind over a book; ``alerts`` are fields of what the wall and its viewer add."""
    alerts.setdefault("responses", RESPONSES)
    own = Alerts(of if of is not None else busy(), **alerts)  # type: ignore[arg-type]
    return panel({"kind": kind, "title": "Now", **(written or {})}, alerts=own)


def text(data: PanelData, columns: int, rows: int) -> list[str]:
    """The card's rows, the empty ones at its end left out."""
    return draw_card(data, columns, rows).text().rstrip("\n").split("\n")


def row(data: PanelData, word: str, columns: int = 120, rows: int = 24) -> str:
    """The first row with a word, its blanks made one."""
    return next((" ".join(line.split()) for line in text(data, columns, rows) if word in line), "")


# -- alerts, at every width


def test_the_list_says_everything_where_there_is_room() -> None:
    assert text(shown("alerts", written={"silences": True}), 120, 22) == [
        " Now                                                                                                         ✖ CRITICAL",
        " ✖ CRITICAL                                                            2 m  1 active",
        "   ✖ WebhookFailures  /webhook                                12.4     2 m  policy: backup+manager due in 2:50",
        " ▲ HIGH                                                               20 m  1 active  1 acked",
        "   ▲ PoolHigh  db-1:9104                                      84 %    20 m  policy: backup overdue 5:00",
        "   ▲ ErrorRate  /api/v1/orders                                        15 m  mitigating · acked by mara 13 m left",
        " ◆ MEDIUM                                                             10 m  3 active  2 hidden",
        "   ◆ ScopeSlow: 3 companies                                           10 m  3 active",
        "     ◆ ScopeSlow  0                                                   10 m",
        "     ◆ ScopeSlow  1                                                    9 m",
        "     ◆ ScopeSlow  2                                                    9 m",
        "   ◆ ApiLatency                                                        6 m  inhibited by WebhookFailures",
        "   ◆ RetryRate                                                         5 m  window by jo 6 m left",
        " will fire",
        " ◌ ReplicationLag  db-2                                          7     18s  fires in 0:42",
        " resolved",
        " ✔ BruteForce                                                         57 m  resolved 3 m ago · outcome? · acked by mara",
        " silences",
        ' ○ window {alertname=~"Retry.+"}                                            window ends in 6:40, 1 still fires beneath',
        ' ○ silence {company_id="7"}                                            matches nothing, by ann, 13 m left: quiet tenant',
        "",
        " policy: shown, not sent by noc",
    ]


def test_a_wider_wall_gives_the_room_to_names_and_keeps_the_words_at_the_right() -> None:
    wide = text(shown("alerts"), 200, 22)
    assert [line[:40].rstrip() for line in wide[1:4]] == [
        " ✖ CRITICAL",
        "   ✖ WebhookFailures  /webhook",
        " ▲ HIGH",
    ]
    assert [" ".join(line[100:].split()) for line in wide[1:6]] == [
        "2 m 1 active",
        "12.4 2 m policy: backup+manager due in 2:50",
        "20 m 1 active 1 acked",
        "84 % 20 m policy: backup overdue 5:00",
        "15 m mitigating · acked by mara 13 m left",
    ]


def test_at_80_columns_a_row_still_says_what_how_long_who_and_what_comes_next() -> None:
    assert text(shown("alerts", written={"silences": True}), 80, 22) == [
        " Now                                                                 ✖ CRITICAL",
        " ✖ CRITICAL                                        2 m  1 active",
        "   ✖ WebhookFailures  /webhook            12.4     2 m  backup+manager in 2:50",
        " ▲ HIGH                                           20 m  1 active  1 acked",
        "   ▲ PoolHigh  db-1:9104                  84 %    20 m  backup overdue 5:00",
        "   ▲ ErrorRate  /api/v1/orders                    15 m  mitigating · mara 13 m",
        " ◆ MEDIUM                                         10 m  3 active  2 hidden",
        "   ◆ ScopeSlow: 3 companies                       10 m  3 active",
        "     ◆ ScopeSlow  0                               10 m",
        "     ◆ ScopeSlow  1                                9 m",
        "     ◆ ScopeSlow  2                                9 m",
        "   ◆ ApiLatency                                    6 m  inhibited",
        "   ◆ RetryRate                                     5 m  silenced 6 m",
        " will fire",
        " ◌ ReplicationLag  db-2                      7     18s  fires in 0:42",
        " resolved",
        " ✔ BruteForce                                     57 m  resolved 3 m · outcome?",
        " silences",
        ' ○ window {alertname=~"Retry.+"}     window ends in 6:40, 1 still fires beneath',
        ' ○ silence {company_id="7"}    matches nothing, by ann, 13 m left: quiet tenant',
        "",
        " policy: shown, not sent by noc",
    ]


def test_at_40_columns_names_come_before_values_and_ages() -> None:
    assert text(shown("alerts"), 40, 18) == [
        " Now                         ✖ CRITICAL",
        " ✖ CRITICAL               1",
        "   ✖ WebhookFailures      in 2:50",
        " ▲ HIGH                   1+1",
        "   ▲ PoolHigh  db-1:9104  overdue 5:00",
        "   ▲ ErrorRate  /api/v1…  mara",
        " ◆ MEDIUM                 3+2",
        "   ◆ ScopeSlow: 3 compa…  3",
        "     ◆ ScopeSlow  0",
        "     ◆ ScopeSlow  1",
        "     ◆ ScopeSlow  2",
        "   ◆ ApiLatency           inhibited",
        "   ◆ RetryRate            silenced",
        " will fire",
        " ◌ ReplicationLag  db-2   fires in 0:42",
        " resolved",
        " ✔ BruteForce             outcome?",
        " policy: shown, not sent by noc",
    ]


def test_in_the_smallest_card_glyphs_countdowns_and_owners_are_left() -> None:
    assert text(shown("alerts"), 20, 8) == [
        " Now     ✖ CRITICAL",
        " ✖ CRIT…  1",
        "   ✖ We…  in 2:50",
        " ▲ HIGH   1+1",
        "   ▲ Po…  overdue …",
        "   ▲ Er…  mara",
        " +9 more",
        " policy: shown, no…",
    ]


def test_a_table_has_a_row_for_each_group_of_equal_labels() -> None:
    data = shown("alerts", written={"view": "table", "group_by": ["alertname"], "pending": False, "resolved": False})
    assert text(data, 80, 12) == [
        " Now                                                                 ✖ CRITICAL",
        " ✖ WebhookFailures  /webho…  12.4     2 m  policy: backup+manager due in 2:50",
        " ▲ PoolHigh  db-1:9104       84 %    20 m  policy: backup overdue 5:00",
        " ◆ ScopeSlow: 3 companies            10 m  3 active",
        " ▲ ErrorRate  /api/v1/orde…          15 m  mitigating · acked by mara 13 m left",
        " ◆ ApiLatency                         6 m  inhibited by WebhookFailures",
        " ◆ RetryRate                          5 m  window by jo 6 m left",
        "",
        "",
        "",
        "",
        " policy: shown, not sent by noc",
    ]


def test_what_does_not_fit_is_counted_and_no_heading_stands_over_nothing() -> None:
    data = shown("alerts", written={"silences": True})
    for height in (15, 16):  # on the higher one only the heading of what will fire would fit besides
        rows = [line for line in text(data, 80, height) if line]
        assert " will fire" not in rows
        assert rows[-2:] == [" +4 more", " policy: shown, not sent by noc"]
    assert [" ".join(line.split()) for line in text(data, 80, 17)[-4:-1]] == [
        "will fire",
        "◌ ReplicationLag db-2 7 18s fires in 0:42",
        "+3 more",
    ]


# -- alerts: what a row says


@pytest.mark.parametrize(
    ("one", "long", "short", "tiny"),
    [
        (entry(WEBHOOK), "policy: backup+manager due in 2:50", "backup+manager in 2:50", "in 2:50"),
        (entry(POOL), "policy: backup overdue 5:00", "backup overdue 5:00", "overdue 5:00"),
        (acked(POOL), "acked by mara 13 m left", "mara 13 m", "mara"),
        (
            entry(POOL, inhibits=2, flaps=4),
            "policy: backup overdue 20:00  flapping 4x  inhibits 2",
            "backup overdue 20:00",
            "overdue 20:00",
        ),
        (entry(POOL, phase=Phase.CLEARING, clears_at=NOW + 430), "clears in 7:10", "clears 7:10", "clears 7:10"),
        (
            replace(acked(POOL), clears_at=NOW + 430),
            "acked by mara 13 m left  clearing",
            "mara 13 m",
            "mara",
        ),
        (entry(alert("X", "low"), inhibits=1), "inhibits 1", "inhibits 1", ""),
        (entry(POOL, phase=Phase.UNKNOWN), "gone, not confirmed as resolved", "unconfirmed", "gone?"),
        (LAG, "fires in 0:42", "fires in 0:42", "fires in 0:42"),
        (replace(LAG, fires_at=NOW - 1), "fires now", "fires now", "fires now"),
        (entry(alert("X", "low", muted_by=["weekly-db"])), "muted weekly-db", "muted", "muted"),
        (entry(alert("X", "low", inhibited_by=["gone"])), "inhibited", "inhibited", "inhibited"),
    ],
)
def test_a_row_ends_in_who_has_it_what_hides_it_or_what_comes_next(
    one: Entry, long: str, short: str, tiny: str
) -> None:
    assert state_words(one, shown("alerts", book(one))) == (long, short, tiny)


def test_a_row_without_a_policy_counts_down_its_response() -> None:
    one = entry(alert("Scope", "medium", since=60, annotations={"ack_within": "30m"}))
    assert state_words(one, shown("alerts", book(one)))[0] == "ack in 29:00"
    late = entry(alert("Scope", "medium", since=3600, annotations={"ack_within": "30m"}))
    assert state_words(late, shown("alerts", book(late)))[0] == "ack overdue 30:00"


def test_what_was_asked_or_failed_goes_before_everything_else() -> None:
    one = entry(POOL)
    asked = {one.key: Pending(Verb.ACK, NOW)}
    failed = {one.key: Pending(Verb.ACK, NOW, "422: comment required")}
    assert state_words(one, shown("alerts", book(one), pending=asked))[0] == "acknowledge asked …"
    assert state_words(one, shown("alerts", book(one), pending=failed))[0] == "✖ 422: comment required"
    assert "✖ 422: comment required" in row(shown("alerts", book(one), pending=failed), "PoolHigh")


def test_what_resolved_asks_for_its_outcome_until_somebody_said_it() -> None:
    assert "outcome?" in row(shown("alerts"), "BruteForce")
    said = replace(FORCE, outcome="false-positive")
    assert "false positive" in row(shown("alerts", book(resolved=[said])), "BruteForce")
    watched = entry(WEBHOOK, phase=Phase.RESOLVED, resolved_at=NOW - 60)
    assert "watch 29:00" in row(shown("alerts", book(resolved=[watched])), "WebhookFailures")


def test_old_and_unconfirmed_rows_step_back_behind_a_clock() -> None:
    old = entry(POOL, stale=True)
    data = shown("alerts", book(old, entry(alert("Lost", "low"), phase=Phase.UNKNOWN)))
    assert row(data, "PoolHigh").startswith("◷ PoolHigh ◷ db-1:9104")
    assert row(data, "Lost").startswith("◷ Lost")


def test_a_window_that_ends_soon_over_firing_alerts_and_a_silence_over_nothing_are_rows() -> None:
    data = shown("alerts", written={"silences": True})
    assert row(data, "Retry.+", rows=40) == (
        '○ window {alertname=~"Retry.+"} window ends in 6:40, 1 still fires beneath'
    )
    assert row(data, "company_id=", rows=40) == (
        '○ silence {company_id="7"} matches nothing, by ann, 13 m left: quiet tenant'
    )
    assert "silences" not in "\n".join(text(shown("alerts"), 120, 40))


def test_a_silence_is_found_by_the_key_of_its_row() -> None:
    data = shown("alerts", written={"silences": True})
    keys = KINDS["alerts"].keys
    assert keys is not None
    assert [silence_of(data, key) for key in keys(data, 80, 20) if key.startswith("silence:")] == [WINDOW, IDLE]


def test_findings_come_first_as_critical_and_hints_last_and_quiet() -> None:
    lost = Finding(FindingKind.WATCHDOG, "Watchdog missing", "alerts may not arrive", NOW - 120)
    hint = Finding(FindingKind.RULES, "No rules loaded", "nothing can fire", NOW - 60, hint=True)
    data = shown("alerts", book(entry(POOL), findings=[lost, hint]))
    rows = text(data, 120, 12)
    assert " ".join(rows[1].split()) == "✖ Watchdog missing 2 m alerts may not arrive"
    assert " ".join(rows[4].split()) == "· No rules loaded 1 m nothing can fire"
    assert severity(data) is Severity.CRITICAL
    assert severity(shown("alerts", book(findings=[hint]))) is Severity.OK


def test_the_countdowns_say_once_that_nothing_is_sent() -> None:
    assert text(shown("alerts"), 120, 30)[-1] == " policy: shown, not sent by noc"
    assert "not sent" not in "\n".join(text(shown("alerts", book(acked(POOL))), 120, 30))


def test_nothing_that_fires_is_good_news_only_with_a_proof() -> None:
    assert "no alert fires" in "\n".join(text(shown("alerts", calm()), 80, 10))
    assert "the Watchdog was seen 2s ago" in "\n".join(text(shown("alerts", calm()), 80, 10))
    assert "this calm proves nothing" in "\n".join(text(shown("alerts", book()), 80, 10))


def test_without_an_alertmanager_every_list_says_what_to_do() -> None:
    for kind in ("alerts", "incidents", "status"):
        body = " ".join(" ".join(text(shown(kind, Book()), 80, 10)).split())
        assert "no Alertmanager is configured" in body
        assert "--alertmanager URL, or noc init" in body


def test_a_filter_of_its_own_and_a_typed_one_both_count() -> None:
    data = shown("alerts", written={"filter": 'severity=~"high|critical"'}, typed="@state=active")
    names = [entry.alert.name for line in lines(data)[0] if line.row and line.row.entry for entry in line.row.entries]
    assert names == ["WebhookFailures", "PoolHigh"]
    assert "nothing matches the filter" in "\n".join(text(shown("alerts", typed="nowhere=x"), 80, 10))


def test_hostile_words_stay_within_their_cells() -> None:
    evil = "\x1b[31m\u202e[b]x[/b]\n" + "漢" * 200
    one = entry(alert(evil, "critical", instance=evil, annotations={"summary": evil}))
    ill = silence(Matcher("alertname", evil), by=evil, comment=evil, id="e")
    for kind in ("alerts", "incidents", "status", "alert-tiles"):
        for columns in (20, 40, 120):
            card = draw_card(shown(kind, book(one, silences=[ill])), columns, 12)
            cells = "".join(char for line in card.chars for char in line)
            assert not {"\x1b", "\u202e", "\n"} & set(cells)
            assert all(len(line) == columns for line in card.chars)


# -- cursor, order, mouse


def test_the_cursor_is_seen_and_takes_the_list_with_it() -> None:
    many = book(*(entry(alert("ScopeSlow", "low", since=100 - n, company_id=f"{n:02d}")) for n in range(30)))
    table = {"view": "table", "group_by": ["company_id"]}
    for at, foot in ((0, "+22 more"), (20, "+8 more, 14 above"), (29, "22 above")):
        data = shown("alerts", many, table, cursor=many.entries[at].key)
        card, rows = draw_card(data, 60, 10), text(data, 60, 10)
        tinted = [line.split()[2] for y, line in enumerate(rows) if y and card.inks[y][5].bg != PALETTE.surface]
        assert (tinted, rows[-1].strip()) == ([f"{at:02d}"], foot)


def test_what_the_mouse_points_at_is_what_is_drawn_with_a_row_at_the_foot_too() -> None:
    many = book(*(entry(alert("ScopeSlow", "high", since=100 - n, company_id=f"{n:02d}")) for n in range(30)))
    data = shown("alerts", many, {"view": "table", "group_by": ["company_id"]}, cursor=many.entries[20].key)
    kind = KINDS["alerts"]
    assert kind.row_at is not None
    drawn = kind.draw(data, 60, 10).text().split("\n")
    for y, line in enumerate(drawn):
        key = kind.row_at(data, 60, 10, y)
        if key is not None:
            assert data.alerts is not None
            assert line.split()[2] == data.alerts.book.by_key[key].alert.label("company_id")
    assert [kind.row_at(data, 60, 10, y) for y in (8, 9, 99, -1)] == [None, None, None, None]
    assert drawn[9] == "policy: shown, not sent by noc"


def test_in_a_frozen_order_new_rows_wait_and_resolved_ones_stay() -> None:
    before = shown("alerts", book(entry(POOL), entry(WEBHOOK)))
    order = order_of(before)
    gone = entry(POOL, phase=Phase.RESOLVED, resolved_at=NOW)
    after = book(entry(WEBHOOK), entry(alert("New", "critical", since=1)), resolved=[gone])
    data = shown("alerts", after, order=order)
    assert order == ("/severity=critical", WEBHOOK.fingerprint, "/severity=high", POOL.fingerprint)
    assert [line.key for line in lines(data)[0]] == ["/severity=critical", WEBHOOK.fingerprint, POOL.fingerprint]
    assert entries_of(data, POOL.fingerprint) == (gone,)
    assert lines(data)[1] == 1
    assert "1 new ↑   Esc lets them in" in "\n".join(text(data, 80, 12))
    assert row(data, "PoolHigh").split()[0] == "✔"
    assert row(data, "New") == ""


def test_pending_and_resolved_rows_keep_their_sections_in_a_frozen_order() -> None:
    data = shown("alerts")
    frozen = shown("alerts", order=order_of(data))
    assert text(frozen, 120, 30) == text(data, 120, 30)


def test_a_group_in_a_frozen_order_acts_on_what_was_seen() -> None:
    first = [entry(alert("ScopeSlow", "medium", since=60 - n, company_id=str(n))) for n in range(2)]
    late = entry(alert("ScopeSlow", "medium", since=1, company_id="9"))
    order = order_of(shown("alerts", book(*first)))
    data = shown("alerts", book(*first, late), order=order)
    assert set(entries_of(data, "/severity=medium/alertname=ScopeSlow")) == set(first)
    free = shown("alerts", book(*first, late))
    assert set(entries_of(free, "/severity=medium/alertname=ScopeSlow")) == {*first, late}


def test_incidents_in_a_frozen_order_count_what_waits() -> None:
    order = order_of(shown("incidents", book(entry(POOL))))
    data = shown("incidents", book(entry(POOL), entry(WEBHOOK)), order=order)
    found, waiting = incident_lines(data)
    assert ([line.key for line in found], waiting) == ([POOL.fingerprint], 1)
    assert "1 new ↑" in "\n".join(text(data, 60, 8))


def test_every_key_of_a_list_is_found_again_by_the_mouse() -> None:
    for kind in ("alerts", "incidents"):
        data, own = shown(kind), KINDS[kind]
        assert own.keys is not None
        assert own.row_at is not None
        pointed = [own.row_at(data, 80, 40, y) for y in range(40)]
        assert [key for key in pointed if key is not None] == own.keys(data, 80, 40)


@given(st.integers(0, 60), st.integers(1, 30), st.integers(0, 70))
def test_the_cursor_is_always_among_the_lines_shown(count: int, height: int, at: int) -> None:
    found = [Line(str(index), head="section" if index % 7 == 3 else "") for index in range(count)]
    cursor = str(at) if at < count and at % 7 != 3 else None
    first, shown_ = visible(found, height, cursor)
    assert 0 <= first <= count
    assert first + shown_ <= count
    if cursor is not None and height > 2:
        assert first <= at < first + shown_


# -- incidents


def test_incidents_are_what_is_worked_and_what_nobody_has_yet() -> None:
    assert text(shown("incidents"), 120, 8) == [
        " Now                                                                                                         ✖ CRITICAL",
        " ✖ WebhookFailures  /webhook                                         12.4     2 m  policy: backup+manager due in 2:50",
        " ▲ PoolHigh  db-1:9104                                               84 %    20 m  policy: backup overdue 5:00",
        " ▲ ErrorRate  /api/v1/orders                                                 15 m  mitigating · acked by mara 13 m left",
    ]


def test_forgotten_acknowledgements_come_first_and_are_marked() -> None:
    old = acked(alert("Forgotten", "medium", since=7200), since=3600)
    worked = acked(alert("Worked", "high", since=7200), since=3600, stage=Stage.FIXING)
    data = shown("incidents", book(entry(WEBHOOK), old, worked))
    rows = [" ".join(line.split())[:24] for line in text(data, 120, 8)[1:4]]
    assert [line.split()[:2] for line in rows] == [["◷", "Forgotten"], ["✖", "WebhookFailures"], ["▲", "Worked"]]
    assert "fix deploying · acked by mara" in row(data, "Worked")


def test_nobody_works_on_anything() -> None:
    assert "✔ nobody is working on anything" in "\n".join(text(shown("incidents", calm()), 60, 6))


# -- status


def test_the_state_is_a_word_one_reads_from_five_metres() -> None:
    assert text(shown("status"), 80, 9) == [
        " Now                                                                 ✖ CRITICAL",
        "",
        " ██████  ██████  ██  ██████  ██  ██████  ██████  ██",
        " ██      ██  ██  ██    ██    ██  ██      ██  ██  ██",
        " ██      ████    ██    ██    ██  ██      ██████  ██",
        " ██      ██  ██  ██    ██    ██  ██      ██  ██  ██",
        " ██████  ██  ██  ██    ██    ██  ██████  ██  ██  ██████",
        " WebhookFailures happened 12.4 since 2 m  backup+manager in 2:50",
        " and ▲ 1  ◆ 3",
    ]


def test_a_small_state_is_glyph_and_word() -> None:
    assert text(shown("status"), 20, 5) == [
        " Now     ✖ CRITICAL",
        " ✖ CRITICAL",
        " WebhookFailures h…",
        " and ▲ 1  ◆ 3",
        " 1 acked, 1 inhibi…",
    ]


def test_a_calm_wall_says_so_and_what_it_was_last() -> None:
    assert text(shown("status", calm(resolved=[FORCE])), 60, 7) == [
        " Now",
        " ██████  ██    ██",
        " ██  ██  ██  ██",
        " ██  ██  ████",
        " ██  ██  ██  ██",
        " ██████  ██    ██",
        " last: BruteForce, resolved 15:27",
    ]
    assert text(shown("status", calm()), 20, 4)[1:] == [" ✔ all quiet", " no alert fires"]


def test_what_is_not_known_is_not_calm() -> None:
    view = MemberView("am", None, None, None, asked=True)
    data = shown("status", Book(members=(view,)))
    assert state(data) is State.LOADING
    failing = MemberView("am", None, None, Unreachable("connection refused"), NOW + 8, asked=True)
    data = shown("status", Book(members=(failing,)))
    assert state(data) is State.ERROR
    body = "\n".join(text(data, 60, 8))
    assert "connection refused" in body
    assert "next try in 8 s" in body
    assert "quiet" not in body


def gone_for(seconds: float, *entries: Entry, findings: tuple[Finding, ...] = ()) -> Book:
    """The book of one member that answered so long ago and fails since."""
    answer = AlertAnswer(tuple(one.alert for one in entries), ())
    error = Unreachable("connection refused")
    return book(
        *entries, members=[MemberView("am", answer, NOW - seconds, error, NOW + 8, asked=True)], findings=findings
    )


def test_an_old_calm_is_no_calm() -> None:
    data = shown("status", gone_for(240))
    assert state(data) is State.STALE
    assert text(data, 60, 9) == [
        " Now                                              ◷ 4 m old",
        "",
        " █ █ █▄ █ █ ▄▀ █▄ █ █▀█ █   █ █▄ █",
        " █ █ █ ▀█ █▀▄  █ ▀█ █ █ █▄▀▄█ █ ▀█",
        " ▀▀▀ ▀  ▀ ▀  ▀ ▀  ▀ ▀▀▀ ▀   ▀ ▀  ▀",
        "",
        " state unknown since 15:26: last answer 4 m ago",
        "",
        " ✖ connection refused",
    ]
    card = draw_card(data, 60, 9)
    assert {card.inks[y][1].fg for y in (2, 3, 4)} == {PALETTE.high}  # unlike what is old elsewhere, not dimmed


def test_a_narrow_card_says_in_fewer_words_since_when_nothing_is_known() -> None:
    assert " unknown since 15:26, 4 m ago" in text(shown("status", gone_for(240)), 40, 9)


def test_what_was_known_last_stands_beneath_an_unknown_state_and_a_finding_colours_it() -> None:
    lost = Finding(FindingKind.ALERTMANAGER, "Alertmanager unreachable", "no member answers", NOW - 200)
    data = shown("status", gone_for(240, entry(POOL), findings=(lost,)))
    rows = text(data, 60, 12)
    assert [line for line in rows if line][-4:] == [
        " state unknown since 15:26: last answer 4 m ago",
        " Alertmanager unreachable: no member answers",
        " was: PoolHigh happened since 20 m  backup overdue 5:00",
        " ✖ connection refused",
    ]
    assert {ink.fg for ink in draw_card(data, 60, 12).inks[3][1:4]} == {PALETTE.critical}


def test_old_news_are_kept_and_shown_as_old() -> None:
    data = shown("alerts", gone_for(240, entry(POOL)))
    assert state(data) is State.STALE
    rows = text(data, 60, 8)
    assert rows[0].endswith("◷ 4 m old")
    assert row(data, "PoolHigh").startswith("▲ PoolHigh")
    assert rows[-1] == " ✖ connection refused"


@pytest.mark.parametrize("kind", ["alerts", "incidents"])
def test_what_the_wall_found_itself_is_not_old_among_what_is(kind: str) -> None:
    lost = Finding(FindingKind.ALERTMANAGER, "Alertmanager unreachable", "no member answers", NOW - 200)
    data = shown(kind, gone_for(240, entry(POOL), findings=(lost,)))
    rows, inks = text(data, 80, 8), draw_card(data, 80, 8).inks
    found, old = (next(y for y, line in enumerate(rows) if word in line) for word in ("unreachable", "PoolHigh"))
    assert {inks[y][rows[y].index(mark)].fg for y, mark in ((found, "✖"), (old, "▲"))} == {
        PALETTE.critical,
        blend(PALETTE.high, PALETTE.surface, 0.45),
    }


def test_one_member_that_answers_keeps_the_panel_fresh() -> None:
    answer = AlertAnswer((POOL,), ())
    views = [
        MemberView("a", answer, NOW - 240, Unreachable("connection refused"), NOW + 8, asked=True),
        MemberView("b", answer, NOW - 2, asked=True),
    ]
    assert state(shown("status", book(entry(POOL), members=views))) is State.FRESH


# -- tiles


def test_tiles_count_what_nobody_has_and_acked_and_hidden_apart() -> None:
    assert text(shown("alert-tiles"), 80, 6) == [
        " Now                                                                 ✖ CRITICAL",
        "  ✖ CRITICAL          ▲ HIGH              ◆ MEDIUM           ● LOW",
        "         ▀█                  ▀█                 ▀▀█                 █▀█",
        "          █                   █                  ▀█                 █ █",
        "         ▀▀▀                 ▀▀▀                ▀▀▀                 ▀▀▀",
        "                      1 acked             2 hidden",
    ]


def test_the_numbers_of_tall_tiles_are_as_large_as_they_have_room() -> None:
    def tall(rows: int) -> int:
        inks = draw_card(shown("alert-tiles"), 80, rows + 1).chars
        return sum(any(char in "█▀▄" for char in row) for row in inks)

    assert {rows: tall(rows) for rows in (5, 9, 10, 13, 16, 20)} == {5: 3, 9: 3, 10: 5, 13: 8, 16: 10, 20: 13}


def test_the_numbers_of_all_tiles_are_equally_high() -> None:
    rows = text(shown("alert-tiles"), 59, 22)
    assert [y for y, row in enumerate(rows) if set(row) & set("█▀▄")] == list(range(8, 16))
    assert rows[8] == "   ██████         ██████        █████████     █████████"
    assert rows[15] == "   ▀▀▀▀▀▀▀▀▀      ▀▀▀▀▀▀▀▀▀     ▀▀▀▀▀▀▀▀▀     ▀▀▀▀▀▀▀▀▀"


def test_narrow_tiles_are_lines_of_glyph_word_and_number() -> None:
    assert text(shown("alert-tiles"), 20, 5) == [
        " Now     ✖ CRITICAL",
        " ✖ CRITICAL 1",
        " ▲ HIGH     1",
        " ◆ MEDIUM   3",
        " ● LOW      0",
    ]


def test_findings_count_as_critical_and_say_where_they_come_from() -> None:
    lost = Finding(FindingKind.WATCHDOG, "Watchdog missing", "alerts may not arrive", NOW - 120)
    rows = text(shown("alert-tiles", book(entry(WEBHOOK), findings=[lost])), 120, 6)
    assert any("1 found by noc" in line for line in rows)
    assert "▀▀█" in "\n".join(rows)
    narrow = text(shown("alert-tiles", book(entry(WEBHOOK), acked(POOL), findings=[lost])), 60, 8)
    assert narrow[-1].split() == ["1", "by", "noc", "1", "acked"]


def test_only_an_unacknowledged_critical_colours_the_title() -> None:
    loud = draw_card(shown("alert-tiles", book(entry(WEBHOOK))), 40, 6)
    taken = draw_card(shown("alert-tiles", book(acked(WEBHOOK))), 40, 6)
    assert loud.inks[0][0].bg == PALETTE.critical
    assert taken.inks[0][0].bg == PALETTE.surface
    pulsed = draw_card(shown("alert-tiles", book(entry(WEBHOOK))), 40, 6, pulse=True)
    assert pulsed.inks[0][0].bg not in (PALETTE.critical, PALETTE.surface)


def test_what_is_hidden_is_one_number_where_there_is_no_room_for_more() -> None:
    assert text(shown("alert-tiles"), 120, 6)[-1].split() == ["1", "acked", "1", "silenced", "1", "inhibited"]
    assert text(shown("alert-tiles"), 80, 6)[-1].split() == ["1", "acked", "2", "hidden"]
    assert [line.split()[-2:] for line in text(shown("alert-tiles"), 80, 8)[-2:]] == [
        ["1", "silenced"],
        ["1", "inhibited"],
    ]


@pytest.mark.parametrize("kind", ["alerts", "incidents", "status", "alert-tiles"])
@pytest.mark.parametrize("columns", [1, 9, 20, 40, 80, 120, 200])
def test_every_panel_fills_every_room(kind: str, columns: int) -> None:
    for rows in (1, 4, 5, 12, 55):
        for of in (busy(), calm(), book(), Book()):
            card = draw_card(shown(kind, of), columns, rows)
            assert (card.width, card.height) == (columns, rows)


def test_an_ascii_terminal_gets_no_half_blocks() -> None:
    data = replace(shown("status"), look=replace(shown("status").look, charset=ASCII))
    assert not set("█▀▄") & set("\n".join(text(data, 60, 10)))


# -- what pictures hang on


def test_the_picture_moves_with_the_second_the_cursor_and_the_book() -> None:
    data = shown("alerts")
    assert data.alerts is not None
    others = [
        replace(data, now=NOW + 1),
        replace(data, alerts=replace(data.alerts, cursor="x")),
        replace(data, alerts=replace(data.alerts, order=("x",))),
        replace(data, alerts=replace(data.alerts, typed="x")),
        replace(data, alerts=replace(data.alerts, closed=frozenset({"x"}))),
        replace(data, alerts=replace(data.alerts, pending={"x": Pending(Verb.ACK, NOW)})),
        replace(data, alerts=replace(data.alerts, book=replace(data.alerts.book, version=2))),
    ]
    keys = {alert_key(data), *(alert_key(one) for one in others)}
    assert len(keys) == len(others) + 1
    assert alert_key(panel({"kind": "stat", "query": "up"})) == ()


# -- history


TIMES = [NOW - 3600 + 60 * n for n in range(1, 61)]
RECORD = [
    ({"alertname": "PoolHigh", "severity": "high"}, [(at, 1.0) for at in TIMES[:30]]),
    ({"alertname": "Webhook", "severity": "critical"}, [(at, 1.0) for at in (TIMES[10], TIMES[11], TIMES[50])]),
]


def history(*fired: Entry, record: list[tuple[dict[str, str], list[tuple[float, float]]]] = RECORD) -> PanelData:
    written = {"kind": "alert-history", "title": "Fired", "range": "1h", "top": 3}
    return replace(panel(written, record, span=3600.0, step=60.0), fired=fired)


def test_the_history_draws_a_strip_for_each_alert_and_its_total() -> None:
    assert text(history(), 100, 5) == [
        " Fired                                                                                           1h",
        " ▲ PoolHigh   ███████████████████████████████████···································       30 m  1x",
        " ✖ Webhook    ···········███············································██··········        3 m  2x",
        "",
        "                        14:40      14:50       15:00      15:10       15:20",
    ]


def test_the_history_at_80_and_40_and_20_columns() -> None:
    assert text(history(), 80, 5) == [
        " Fired                                                                       1h",
        " ▲ PoolHigh   █████████████████████████·························       30 m  1x",
        " ✖ Webhook    ········██·······························██·······        3 m  2x",
        "",
        "                    14:40   14:50    15:00   15:10   15:20",
    ]
    assert text(history(), 40, 5) == [
        " Fired                               1h",
        " ▲ PoolHigh   █████████████············",
        " ✖ Webhook    ····█···············█····",
        "",
        "                        15:00",
    ]
    assert text(history(), 20, 4) == [
        " Fired           1h",
        " ▲ PoolHigh   ███··",
        " ✖ Webhook    █···█",
        "              15:00",
    ]


def test_what_the_wall_sees_firing_joins_the_record_that_is_a_step_behind() -> None:
    data = history(entry(alert("Webhook", "critical", since=660)), entry(alert("New", "low", since=120)))
    rows = [line.split() for line in text(data, 100, 6)[1:4]]
    assert [(line[1], " ".join(line[3:])) for line in rows] == [
        ("PoolHigh", "30 m 1x"),
        ("Webhook", "13 m 2x"),
        ("New", "2 m 1x"),
    ]
    assert rows[1][2].endswith("·█████████████")
    assert rows[2][2].endswith("·███")


def test_the_history_counts_what_it_leaves_out() -> None:
    record = [({"alertname": f"Fired{n}", "severity": "low"}, [(at, 1.0) for at in TIMES[: 9 - n]]) for n in range(6)]
    assert [line.split()[1:2] for line in text(history(record=record), 100, 9)[1:5]] == [
        ["Fired0"],
        ["Fired1"],
        ["Fired2"],
        ["more"],
    ]
    assert text(history(record=record), 100, 9)[4] == "   +3 more"
    assert text(history(record=record), 100, 5)[3] == "   +4 more"


def test_history_without_a_firing_is_good_news() -> None:
    data = panel({"kind": "alert-history", "title": "Fired"}, (), span=86400.0)
    assert "✔ nothing fired in 1d" in "\n".join(text(data, 60, 6))


# -- firing spans behind a chart


def test_spans_in_which_its_alerts_fired_stand_behind_a_chart_and_hide_no_line() -> None:
    points = [(NOW - 3600 + 60 * n, float(n % 7)) for n in range(61)]
    fired = [({"alertname": "PoolHigh"}, [(NOW - 1800 + 60 * n, 1.0) for n in range(11)])]
    written = {"kind": "timeseries", "title": "Pool", "query": "pool", "range": "1h"}
    plain = draw_card(panel(written, {"main": [({}, points)]}), 80, 12)
    over = draw_card(panel(written, {"main": [({}, points)], "firing": fired}), 80, 12)
    assert over.text() == plain.text()
    tinted = {x for y in range(1, 11) for x in range(80) if over.inks[y][x].bg != plain.inks[y][x].bg}
    assert tinted
    assert 35 <= min(tinted) <= 45
    assert max(tinted) - min(tinted) <= 16
