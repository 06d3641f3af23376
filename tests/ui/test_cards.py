"""Every state of a card is unlike the others at a glance, and none hides what is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.charset import ASCII
from noc.model.alerts import Phase
from noc.model.errors import BadQuery, Timeout, Unreachable
from noc.model.results import State
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import KINDS
from noc.ui.panels.data import Alerts, Logs, severity, state
from tests.alertgiven import acked, alert, book, entry, silence
from tests.ui.given import NOW, PALETTE, panel, values
from tests.ui.loggiven import failure, feed, line, slow, violation

STAT = {
    "kind": "stat",
    "title": "Requests",
    "query": "sum(rate(x[5m]))",
    "unit": "reqps",
    "spark": False,
    "delta": False,
}
HIGH = {**STAT, "thresholds": [{"above": 100, "severity": "medium"}, {"above": 200, "severity": "critical"}]}


def rows(data, width: int = 34, height: int = 6) -> list[str]:  # type: ignore[no-untyped-def]
    return draw_card(data, width, height).text().split("\n")


def test_a_fresh_value_is_the_largest_thing_on_its_card() -> None:
    assert rows(panel(STAT, values(("a", 142.0)))) == [
        " Requests",
        " ▀█  █ █ ▀▀█",
        "  █  ▀▀█ █▀▀",
        " ▀▀▀   ▀ ▀▀▀ req/s",
        "",
        "",
    ]


def test_loading_is_quiet_and_only_before_the_first_answer() -> None:
    data = panel(STAT, (), age=None)
    assert state(data) is State.LOADING
    assert "Requests" in rows(data)[0]
    assert not any(word in "\n".join(rows(data)) for word in ("error", "no data", "old"))


def test_no_data_says_which_question_found_nothing() -> None:
    data = panel(STAT)
    assert state(data) is State.NODATA
    text = " ".join(" ".join(rows(data, 60, 7)).split())
    assert "no data" in text
    assert "nothing matches sum(rate(x[5m]))" in text


def test_an_optional_panel_without_data_is_not_in_use() -> None:
    text = "\n".join(rows(panel({**STAT, "optional": True})))
    assert "not in use" in text
    assert "no data" not in text


def test_old_data_is_shown_as_old_and_dimmed() -> None:
    data = panel(STAT, values(("a", 142.0)), age=245)
    card = draw_card(data, 34, 6)
    assert state(data) is State.STALE
    assert card.text().split("\n")[0] == " Requests               ◷ 4 m old"
    assert card.text().split("\n")[1] == " ▀█  █ █ ▀▀█"
    assert card.inks[1][2].fg not in (PALETTE.text, None)


def test_a_failed_fetch_over_young_data_leaves_the_card_fresh() -> None:
    data = panel(STAT, values(("a", 142.0)), age=20, error=Timeout("no answer in 10 s"))
    assert state(data) is State.FRESH
    assert "no answer" not in "\n".join(rows(data))


def test_a_refused_query_keeps_the_last_picture_and_says_why() -> None:
    data = panel(STAT, values(("a", 142.0)), error=BadQuery("parse error: unexpected end"))
    found = rows(data, 44, 7)
    assert state(data) is State.ERROR
    assert found[0].endswith("error")
    assert found[1] == " ▀█  █ █ ▀▀█"
    assert found[-1] == " ✖ parse error: unexpected end"


def test_an_error_without_any_picture_names_cause_and_next_try() -> None:
    data = panel(STAT, age=None, error=Unreachable("connection refused"), next_try=12)
    text = "\n".join(rows(data, 40, 8))
    assert "connection refused" in text
    assert "next try in 12 s" in text


def test_a_warning_stands_in_one_line_beneath_the_picture() -> None:
    found = rows(panel(STAT, values(("a", 1.0)), warnings=("store 3 is down", "second")), 34, 7)
    assert found[0].endswith("warning")
    assert found[-1] == " ⚠ store 3 is down"


@pytest.mark.parametrize(
    ("value", "level", "mark"),
    [(50.0, Severity.OK, ""), (150.0, Severity.MEDIUM, "◆ MEDIUM"), (300.0, Severity.CRITICAL, "✖ CRITICAL")],
)
def test_trouble_is_glyph_and_word_and_colour_in_the_title_row(value: float, level: Severity, mark: str) -> None:
    data = panel(HIGH, values(("a", value)))
    card = draw_card(data, 34, 6)
    assert severity(data) is level
    assert card.text().split("\n")[0].endswith(mark or "Requests")
    grounds = {ink.bg for ink in card.inks[0]}
    assert (grounds == {PALETTE.surface}) is (level is Severity.OK)


def test_a_table_is_in_trouble_when_a_value_crosses_its_columns_threshold() -> None:
    column = {"query": 0, "title": "p95", "thresholds": [{"above": 2, "severity": "high"}]}
    table = {"kind": "table", "query": "x", "columns": [{"label": "instance"}, column]}
    assert severity(panel(table, values(("a", 3.0), ("b", 1.0)))) is Severity.HIGH
    assert severity(panel(table, values(("a", 1.0)))) is Severity.OK


def test_only_a_critical_title_pulses() -> None:
    for value, moves in ((300.0, True), (150.0, False), (50.0, False)):
        data = panel(HIGH, values(("a", value)))
        still, bright = draw_card(data, 34, 6), draw_card(data, 34, 6, pulse=True)
        assert (still.inks != bright.inks) is moves


def test_a_card_refused_by_size_says_what_it_needs() -> None:
    assert draw_card(panel(STAT, values(("a", 1.0))), 16, 3).text().split("\n") == [" Requests", " needs 20x4", ""]


def test_focus_is_an_accent_bar_at_the_left_edge() -> None:
    card = draw_card(panel(STAT, values(("a", 1.0))), 34, 6, focused=True)
    assert [row[0] for row in card.chars] == ["▌"] * 6
    assert {row[0].fg for row in card.inks} == {PALETTE.accent}


def test_hostile_titles_and_labels_are_shown_harmless() -> None:
    evil = "\x1b]0;owned\x07\u202e"
    data = panel(
        {"kind": "bar", "title": evil, "query": "x"}, [({"ip": evil + "1"}, [(NOW, 3.0)]), ({"ip": "2"}, [(NOW, 1.0)])]
    )
    text = draw_card(data, 60, 8).text()
    assert not any(ord(char) < 32 and char != "\n" for char in text)
    assert "\u202e" not in text


WRITTEN = {
    "stat": {"kind": "stat", "query": "x"},
    "gauge": {"kind": "gauge", "query": "x", "thresholds": [{"above": 3, "severity": "high"}]},
    "sparkline": {"kind": "sparkline", "query": "x"},
    "timeseries": {"kind": "timeseries", "query": "x"},
    "bar": {"kind": "bar", "query": "x"},
    "table": {"kind": "table", "query": "x"},
    "text": {"kind": "text", "text": "# Head\n\nwords"},
    "status": {"kind": "status"},
    "alert-tiles": {"kind": "alert-tiles"},
    "alerts": {"kind": "alerts", "silences": True},
    "incidents": {"kind": "incidents"},
    "alert-history": {"kind": "alert-history"},
    "logs": {"kind": "logs", "query": '{a="b"}', "highlight": ["x+"], "level": "info"},
    "log-rate": {"kind": "log-rate", "query": '{a="b"}', "by": "instance"},
    "status-grid": {"kind": "status-grid", "query": "x", "thresholds": [{"above": 3, "severity": "high"}]},
    "state-timeline": {"kind": "state-timeline", "query": "x", "thresholds": [{"above": 3, "severity": "high"}]},
    "slo": {"kind": "slo", "query": "x"},
    "counter": {"kind": "counter", "query": "x"},
    "clock": {"kind": "clock", "zones": ["Asia/Tokyo"], "seconds": True},
    "checks": {"kind": "checks"},
    "top": {"kind": "top", "query": '{a="b"}', "by": "instance"},
    "histogram": {"kind": "histogram", "query": "x", "thresholds": [{"above": 3, "severity": "high"}]},
    "pie": {"kind": "pie", "query": "x", "target": {"slice": "i0", "above": 0.9}},
    "heatmap": {"kind": "heatmap", "query": "x", "thresholds": [{"above": 3, "severity": "high"}]},
    "geo": {"kind": "geo", "query": "x", "by": "instance", "thresholds": [{"above": 3, "severity": "high"}]},
}

BOOK = book(
    entry(alert("A" * 300, "critical", company_id="1")),
    entry(alert("字" * 50, "high", path="\x1b[31m")),
    acked(alert("Taken", "high")),
    entry(alert("Hidden", "low", silenced_by=["x"]), silences=(silence(id="x"),)),
    resolved=[entry(alert("Over", "low"), phase=Phase.RESOLVED, resolved_at=NOW - 60)],
    pending=[entry(alert("Soon", "medium"), phase=Phase.PENDING, fires_at=NOW + 42)],
)
"""Every kind of row, long and hostile names among them."""


def test_every_kind_of_the_registry_is_tried_here() -> None:
    assert set(WRITTEN) == set(KINDS)


numbers = st.floats(allow_nan=True, allow_infinity=True, width=64)


@pytest.mark.parametrize("kind", sorted(WRITTEN))
@settings(max_examples=50)
@given(
    width=st.integers(0, 120),
    height=st.integers(0, 40),
    found=st.lists(st.lists(numbers, min_size=1, max_size=30), max_size=6),
    ascii_only=st.booleans(),
)
def test_no_size_and_no_number_breaks_a_card(
    kind: str, width: int, height: int, found: list[list[float]], ascii_only: bool
) -> None:
    answers = [
        ({"instance": f"i{index}"}, [(NOW - 60 * (len(points) - at - 1), value) for at, value in enumerate(points)])
        for index, points in enumerate(found)
    ]
    more = {"charset": ASCII} if ascii_only else {}
    data = panel(WRITTEN[kind], {"main": answers, "trend": answers}, alerts=Alerts(BOOK), **more)
    if kind == "logs":
        lines = [line("字\x1b[31mx" * 20), failure(3), violation(90_000), slow(90_001), line("a\u202eb", 90_001, "")]
        data = replace(
            data, logs=Logs(feed(lines[: len(found)], skipped=3), standing=ascii_only, typed="x", wrap=ascii_only)
        )
    card = draw_card(data, width, height)
    assert (card.width, card.height) == (width, height)
    assert all(len(row) == width for row in card.chars)
