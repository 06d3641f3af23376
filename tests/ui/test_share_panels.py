"""Panels of shares and distributions: what they make of the servers' answers, how bad it is, and what the cursor holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.buckets import Bucket
from noc.model.errors import Unreachable
from noc.model.query import QueryKind
from noc.model.results import State
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import KINDS, severity, state
from noc.ui.panels import heatmap as heatmaps
from noc.ui.panels import pie as pies
from noc.ui.panels.data import PanelData
from noc.ui.panels.heatmap import heat
from noc.ui.panels.histogram import histogram
from noc.ui.panels.pie import REST, missed, pie, shares
from tests.palettes import DARK as PALETTE
from tests.ui.given import NOW, Answers, panel, values

HOUR = 3600.0
BOUNDS = ("0.1", "0.5", "1", "5", "+Inf")


def text(data: PanelData, columns: int, rows: int) -> list[str]:
    """The card's rows, trailing blanks cut."""
    return draw_card(data, columns, rows).text().split("\n")


# -- histogram


def buckets(*counts: float, **more: str) -> Answers:
    """Cumulative counts of one histogram."""
    return [({"le": le, **more}, [(NOW, count)]) for le, count in zip(BOUNDS, counts, strict=True)]


def histogram_of(answers: Answers, **written: object) -> PanelData:
    query = "sum by (le) (increase(x_bucket[$__range]))"
    return panel({"kind": "histogram", "title": "Times", "query": query, "unit": "s", **written}, answers)


SIZES = values(*[(str(at), at * 2.0**20) for at in range(9)])
LATENCY = buckets(50, 150, 180, 198, 200)


def test_a_histogram_card_says_quantiles_shares_and_how_many() -> None:
    assert text(histogram_of(LATENCY), 50, 9) == [
        " Times",
        " p50 300 ms  p95 3.22 s                     n 200",
        "             50 %",
        "           ████████",
        "    25 %   ████████   15 %",
        "  ████████ ████████ ▂▂▂▂▂▂▂▂   9 %      1 %",
        "  ████████ ████████ ████████ ▆▆▆▆▆▆▆▆ ▁▁▁▁▁▁▁▁",
        "  ─────────────│p50───────────────│p95─────────",
        " 0 s    100 ms   500 ms    1 s      5 s   ∞",
    ]


@pytest.mark.parametrize("answers", [LATENCY, SIZES])
@pytest.mark.parametrize("columns", [60, 30])
def test_series_that_are_not_in_a_histogram_are_counted(answers: Answers, columns: int) -> None:
    data = histogram_of(answers)
    [main] = data.asked
    cut = replace(data, asked=(replace(main, result=replace(main.result, dropped=500)),))
    assert text(cut, columns, 9)[1].endswith("+500 more")
    assert "p95" in text(cut, columns, 9)[1]


def test_buckets_of_several_series_are_one_histogram() -> None:
    both = [*buckets(1, 2, 3, 4, 5, path="a"), *buckets(10, 20, 30, 40, 50, path="b")]
    assert histogram(histogram_of(both)).buckets == (
        Bucket(0.0, 0.1, 11.0),
        Bucket(0.1, 0.5, 11.0),
        Bucket(0.5, 1.0, 11.0),
        Bucket(1.0, 5.0, 11.0),
        Bucket(5.0, math.inf, 11.0),
    )


def test_a_quantile_beyond_the_last_bound_is_said_to_be_greater() -> None:
    marks = histogram(histogram_of(buckets(0, 0, 0, 10, 100), marks=[0.99, 0.05])).marks
    assert [(mark.name, mark.value, mark.text) for mark in marks] == [("p5", 3.0, "3 s"), ("p99", math.inf, ">5 s")]


def test_how_many_is_said_of_increases_and_not_of_rates() -> None:
    assert histogram(histogram_of(LATENCY)).words == "n 200"
    assert histogram(histogram_of(LATENCY, query="sum by (le) (rate(x_bucket[5m]))")).words == ""


def test_a_histogram_is_as_bad_as_the_worst_threshold_its_quantiles_have_crossed() -> None:
    limits = [{"above": 0.4, "severity": "medium"}, {"above": 4, "severity": "high"}]
    assert severity(histogram_of(LATENCY, thresholds=limits)) is Severity.MEDIUM
    assert severity(histogram_of(LATENCY, thresholds=limits, marks=[0.5])) is Severity.OK
    assert severity(histogram_of(buckets(0, 0, 0, 0, 9), thresholds=limits)) is Severity.HIGH
    assert severity(histogram_of(buckets(0, 0, 0, 0, 0), thresholds=limits)) is Severity.OK


def test_without_observations_the_card_says_so() -> None:
    rows = text(histogram_of(buckets(0, 0, 0, 0, 0)), 40, 6)
    assert [row.strip() for row in rows] == ["Times", "", "", "no observations in 1h", "", ""]


def test_values_of_all_series_are_sorted_into_bins() -> None:
    data = histogram_of(values(*[(str(at), at / 10) for at in range(1, 21)], ("x", math.nan)), bins=4)
    found = histogram(data)
    assert [(one.high, one.count) for one in found.buckets] == [(0.5, 5.0), (1.0, 5.0), (1.5, 5.0), (2.0, 5.0)]
    assert found.words == "20 values  1 without a number"
    assert [(mark.name, mark.text) for mark in found.marks] == [("p50", "1.05 s"), ("p95", "1.91 s")]


def test_a_histogram_of_values_has_bounds_round_in_its_unit() -> None:
    assert text(histogram_of(SIZES, bins=4, unit="bytes"), 44, 8) == [
        " Times",
        " p50 4 MiB  p95 7.60 MiB           9 values",
        "    33 %",
        "  █████████   22 %      22 %      22 %",
        "  █████████ █████████ █████████ █████████",
        "  █████████ █████████ █████████ █████████",
        "  ───────────────────│p50──────────────│p95",
        " 0 MiB   2 MiB     4 MiB     6 MiB    8 MiB",
    ]


# -- pie


def pie_of(*pairs: tuple[str, float], **written: object) -> PanelData:
    return panel({"kind": "pie", "title": "Webhooks", "query": "x", **written}, values(*pairs))


WEBHOOKS = (("failed", 20.0), ("success", 970.0), ("timeout", 10.0))
TARGET = {"slice": "success", "above": 0.99}


def test_a_pie_card_has_its_target_in_words() -> None:
    assert text(pie_of(*WEBHOOKS, target=TARGET), 56, 10) == [
        " Webhooks                                      ◆ MEDIUM",
        "    ⢀⣠⣴⣶⢸⣿⢸⣿⣶⣦⣄⡀",
        "  ⢀⣴⣿⣿⣿⠿⠃⠛⠘⠛⠿⣿⣿⣿⣦⡀",
        " ⢀⣾⣿⣿⠋        ⠙⣿⣿⣷⡀   ■ success               970  97 %",
        " ⣼⣿⣿⠃  █▀█ ▀▀█ ⠘⣿⣿⣧   ■ failed                 20   2 %",
        " ⣿⣿⣿   ▀▀█   █  ⣿⣿⣿   ■ timeout                10   1 %",
        " ⢻⣿⣿⡄  ▀▀▀   ▀ ⢠⣿⣿⡟",
        " ⠈⢿⣿⣿⣄   %    ⣠⣿⣿⡿⠁   ◆ MEDIUM now 97.0 %  > 99 %",
        "  ⠈⠻⣿⣿⣿⣶⣤⣤⣤⣤⣶⣿⣿⣿⠟⠁",
        "    ⠈⠙⠻⠿⣿⣿⣿⣿⠿⠟⠋⠁",
    ]


def test_a_small_pie_card_is_a_bar_with_a_legend() -> None:
    assert text(pie_of(*WEBHOOKS, target=TARGET), 22, 6) == [
        " Webhooks    ◆ MEDIUM",
        " ███████████████████│",
        " ■ success  970  97 %",
        " ■ failed    20   2 %",
        " ■ timeout   10   1 %",
        " ◆ now 97.0 %  > 99 %",
    ]


@pytest.mark.parametrize(
    ("success", "target", "expected"),
    [
        (970.0, {"slice": "success", "above": 0.99}, True),
        (9970.0, {"slice": "success", "above": 0.99}, False),
        (970.0, {"slice": "failed", "below": 0.05}, False),
        (10.0, {"slice": "failed", "below": 0.05}, True),
        (970.0, {"slice": "absent", "above": 0.5}, True),
        (970.0, {"slice": "absent", "below": 0.5}, False),
        (970.0, None, False),
    ],
)
def test_a_target_is_missed_on_its_wrong_side(success: float, target: object, expected: bool) -> None:
    data = pie_of(("success", success), ("failed", 20.0), ("timeout", 10.0), target=target)
    assert missed(data) is expected
    assert severity(data) is (Severity.MEDIUM if expected else Severity.OK)


def test_a_target_that_is_just_missed_is_not_rounded_to_be_met() -> None:
    data = pie_of(("success", 989.9), ("failed", 10.1), target=TARGET)
    assert pie(data).notes[0][0][0] == "◆ MEDIUM target > 99 %  now 98.99 %"
    absent = pie_of(("failed", 10.1), target=TARGET)
    assert pie(absent).notes[0][0][0] == "◆ MEDIUM target > 99 %  no success"


def test_a_share_is_never_written_on_the_wrong_side_of_its_target_nor_as_the_whole() -> None:
    wanted = {(0.997, 0.99): "99.7", (0.9899, 0.99): "98.99", (0.98999999, 0.99): "98.999", (0.07, 0.07): "7.0"}
    wanted |= {(0.0099999999, 0.01): "0.999", (1 - 1e-8, 0.99): "99.999", (1.0, 0.99): "100.0"}
    assert {pair: pies._percent(*pair) for pair in wanted} == {pair: f"{text} %" for pair, text in wanted.items()}


def test_a_target_is_written_with_all_its_digits() -> None:
    data = pie_of(("success", 9997.0), ("failed", 3.0), target={"slice": "success", "above": 0.9999})
    assert pie(data).notes[0][0][0] == "◆ MEDIUM target > 99.99 %  now 99.97 %"


def test_a_target_has_its_slice_at_the_top_and_in_the_middle() -> None:
    shown = pie(pie_of(("failed", 90.0), ("success", 10.0), target=TARGET))
    assert [one.name for one in shown.slices] == ["success", "failed"]
    assert (shown.target, shown.centre) == (0.99, ("10", "%", "success"))


def test_the_largest_slices_are_shown_and_the_rest_is_one() -> None:
    shown = pie(pie_of(*[(f"p{at}", 100.0 / 2**at) for at in range(6)], top=3))
    assert [(one.name, one.percent, one.key == REST) for one in shown.slices] == [
        ("p0", "51 %", False),
        ("p1", "25 %", False),
        ("p2", "13 %", False),
        ("other (3)", "11 %", True),
    ]


def test_a_rest_of_one_is_shown_by_its_name() -> None:
    assert [one.name for one in pie(pie_of(("a", 3.0), ("b", 2.0), ("c", 1.0), top=2)).slices] == ["a", "b", "c"]


def test_what_is_no_part_of_a_whole_is_counted() -> None:
    data = pie_of(("a", 3.0), ("b", -1.0), ("c", math.nan), ("d", math.inf), ("e", 0.0))
    assert [one.name for one in shares(data).found] == ["a", "e"]
    assert pie(data).notes[0][0] == ("3 left out: negative or no number", "3 left out")


def test_amounts_beyond_all_measure_have_finite_shares() -> None:
    shown = pie(pie_of(("a", 1.7e308), ("b", 1.7e308), ("c", 1.7e308), ("d", 1.7e308)))
    assert [one.percent for one in shown.slices] == ["25 %"] * 4


def test_a_query_with_a_severity_has_its_colour() -> None:
    queries = [{"query": "a", "legend": "ok"}, {"query": "b", "legend": "bad", "severity": "high"}]
    data = panel({"kind": "pie", "queries": queries}, values(("x", 3.0)))
    second = replace(data.asked[0], planned=replace(data.asked[0].planned, index=1, legend="bad"))
    colours = {one.name: one.colour for one in pie(replace(data, asked=(*data.asked, second))).slices}
    assert colours == {"bad": PALETTE.high, "panel": PALETTE.series[1]}


def test_without_anything_to_share_the_card_says_so() -> None:
    data = pie_of(("a", 0.0), ("b", math.nan), target=TARGET)
    assert text(data, 40, 6)[3].strip() == "nothing to share out in 1h"
    assert (missed(data), pies.keys(data, 40, 5), pies.row_at(data, 40, 5, 2)) == (False, [], None)


def test_the_cursor_walks_the_slices_and_carries_their_labels() -> None:
    data = pie_of(*WEBHOOKS)
    keys = pies.keys(data, 54, 9)
    assert [pies.labels(data, key) for key in keys] == [
        {"instance": "success"},
        {"instance": "failed"},
        {"instance": "timeout"},
    ]
    rows = {key: y for y in range(9) if (key := pies.row_at(data, 54, 9, y))}
    assert [rows[key] for key in keys] == [3, 4, 5]
    lit = draw_card(replace(data, chosen=keys[1]), 56, 10)
    assert [y for y in range(10) if any(ink.bg == PALETTE.raised for ink in lit.inks[y])] == [5]
    assert pies.labels(data, REST) == pies.labels(data, "gone") == {}


# -- heatmap


def heat_of(answers: Answers, *, step: float = 300.0, **written: object) -> PanelData:
    """A heatmap of range answers, every ``step`` seconds over an hour."""
    spec = {"kind": "heatmap", "title": "Heat", "query": "x", **written}
    data = panel(spec, answers)
    (asked,) = data.asked
    query = replace(asked.planned.query, kind=QueryKind.RANGE, step=step, span=HOUR)
    planned, result = replace(asked.planned, query=query), replace(asked.result, query=query)
    return replace(data, asked=(replace(asked, planned=planned, result=result),))


def course(found: Sequence[float | None], step: float = 300.0) -> list[tuple[float, float]]:
    """Values of the last steps; None is one that the server left out."""
    last = len(found) - 1
    return [(NOW - step * (last - at), value) for at, value in enumerate(found) if value is not None]


ENDPOINTS: Answers = [
    ({"endpoint": "/login", "method": "POST"}, course([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
    ({"endpoint": "/health", "method": "GET"}, course([30, None, 30, 0, 30, 30, 30, 30, 30, 30, 30, 30])),
    ({"endpoint": "/login", "method": "GET"}, course([None, None, 1])),
]
TIMES: Answers = [
    ({"le": "0.5"}, course([None, 2, 4, 6])),
    ({"le": "+Inf"}, course([None, 5, 4, 9])),
    ({"le": "1"}, course([None, 3, 4, 5])),
]
COUNTRIES: Answers = [
    ({"endpoint": "/login", "country": "CN"}, [(NOW, 40.0)]),
    ({"endpoint": "/login", "country": "RU"}, [(NOW, 90.0)]),
    ({"endpoint": "/webhook", "country": "RU"}, [(NOW, 7.0)]),
    ({"endpoint": "/webhook", "country": "BR"}, [(NOW, math.nan)]),
]
MATRIX = {"kind": "heatmap", "title": "Where", "query": "x", "x": "country", "y": "endpoint"}


def test_series_over_time_are_rows_ranked_by_their_total() -> None:
    found = heat(heat_of(ENDPOINTS))
    assert [row.name for row in found.rows] == ["/health GET", "/login POST", "/login GET"]
    assert found.rows[0].values == (30, None, 30, 0, 30, 30, 30, 30, 30, 30, 30, 30)
    assert (found.start, found.end, found.step, found.count) == (NOW - HOUR, NOW, 300.0, 12)


def test_rows_of_a_label_sum_their_series() -> None:
    found = heat(heat_of(ENDPOINTS, y="endpoint"))
    assert [(row.name, row.values[-3:]) for row in found.rows] == [("/health", (30, 30, 30)), ("/login", (10, 11, 13))]


def test_rows_beyond_the_top_are_counted() -> None:
    found = heat(heat_of(ENDPOINTS, top=1))
    assert (len(found.rows), found.more) == (1, 2)


def test_the_window_moves_back_to_the_newest_point() -> None:
    behind = [({"a": "1"}, [(at - 100, value) for at, value in course([1, 2, 3])])]
    found = heat(heat_of(behind))
    assert (found.end, found.rows[0].values[-3:]) == (NOW - 100, (1, 2, 3))
    old = [({"a": "1"}, [(at - 900, value) for at, value in course([1, 2, 3])])]
    assert heat(heat_of(old)).rows[0].values[-6:] == (1, 2, 3, None, None, None)


def test_cumulative_buckets_are_taken_apart_column_by_column() -> None:
    found = heat(heat_of(TIMES, unit="s"))
    assert [(row.name, row.values[-4:]) for row in found.rows] == [
        ("> 1 s", (None, 2.0, 0.0, 3.0)),
        ("≤ 1 s", (None, 1.0, 0.0, 0.0)),
        ("≤ 500 ms", (None, 2.0, 4.0, 6.0)),
    ]
    assert (found.dense, found.unit) == (True, "short")


def test_thresholds_of_buckets_judge_the_rows_and_never_the_counts() -> None:
    data = heat_of(TIMES, unit="s", thresholds=[{"above": 1, "severity": "high"}])
    assert [row.severity for row in heat(data).rows] == [Severity.HIGH, Severity.OK, Severity.OK]
    assert severity(data) is Severity.OK


def test_thresholds_of_series_judge_the_newest_column() -> None:
    assert severity(heat_of(ENDPOINTS, thresholds=[{"above": 29, "severity": "high"}])) is Severity.HIGH
    assert severity(heat_of(ENDPOINTS, thresholds=[{"above": 30, "severity": "high"}])) is Severity.OK


def test_trouble_in_a_row_that_is_only_counted_is_the_panels() -> None:
    answers = [({"instance": name}, [(NOW - 300, amount), (NOW, 1.0)]) for name, amount in (("a", 9.0), ("b", 8.0))]
    data = heat_of([*answers, ({"instance": "c"}, [(NOW, 5.0)])], top=2, thresholds=[{"above": 4, "severity": "high"}])
    assert [row.name for row in heat(data).rows] == ["a", "b"]
    assert severity(data) is Severity.HIGH


def test_one_label_against_another_is_a_matrix() -> None:
    found = heat(panel(MATRIX, COUNTRIES))
    assert found.columns == ("RU", "CN")
    assert [(row.name, row.values) for row in found.rows] == [("/login", (90.0, 40.0)), ("/webhook", (7.0, None))]


def test_numbers_on_the_axis_of_a_matrix_keep_their_order() -> None:
    answers = [({"hour": hour, "day": "Mon"}, [(NOW, count)]) for hour, count in (("10", 3.0), ("9", 1.0), ("11", 2.0))]
    assert heat(panel({"kind": "heatmap", "query": "x", "x": "hour"}, answers)).columns == ("9", "10", "11")


def test_columns_of_a_matrix_beyond_the_top_are_counted() -> None:
    answers = [({"c": name, "r": "x"}, [(NOW, count)]) for name, count in (("a", 3.0), ("b", 1.0), ("d", 2.0))]
    found = heat(panel({"kind": "heatmap", "query": "x", "x": "c", "top": 2}, answers))
    assert (found.columns, found.more_columns) == (("a", "d"), 1)


def test_a_heatmap_card_of_buckets() -> None:
    assert text(heat_of(TIMES, unit="s"), 44, 8) == [
        " Heat",
        "    > 1 s ·························▓▓▓   ▓▓",
        "    ≤ 1 s ·························▒▒▒",
        " ≤ 500 ms ·························▓▓▓█████",
        "                14:45   15:00   15:15",
        "",
        " 0 ░░▒▒▓▓████ 6   · no data",
        "",
    ]


def test_a_heatmap_card_of_a_matrix() -> None:
    assert text(panel(MATRIX, COUNTRIES), 44, 6) == [
        " Where",
        " /login   █████ 90 █████▓▓▓▓▓ 40 ▓▓▓▓▓",
        " /webhook ▒▒▒▒▒ 7 ▒▒▒▒▒▒··············",
        "                RU            CN",
        "",
        " 0 ░░▒▒▓▓████ 90   · no data",
    ]


def test_a_heatmap_under_the_time_cursor_says_the_values_there() -> None:
    assert text(replace(heat_of(ENDPOINTS), cursor=NOW - 1800), 70, 8) == [
        " Heat",
        " /health GET █████····█████    ████████│██████████████████████████ 30",
        " /login POST ░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓  6",
        " /login GET  ··························│······················░░░░  –",
        "                    14:40   14:50    15:00    15:10   15:20",
        "",
        " 0 ░░▒▒▓▓████ 30   · no data",
        "",
    ]


def test_the_cursor_walks_the_rows_of_a_heatmap_and_carries_their_labels() -> None:
    data = heat_of(ENDPOINTS, y="endpoint")
    keys = heatmaps.keys(data, 60, 4)
    assert [heatmaps.labels(data, key) for key in keys] == [{"endpoint": "/health"}, {"endpoint": "/login"}]
    assert [heatmaps.row_at(data, 60, 4, y) for y in range(4)] == [keys[0], keys[1], None, None]
    assert heatmaps.labels(data, "gone") == {}
    of_buckets = heat_of(TIMES, unit="s")
    assert [heatmaps.labels(of_buckets, key) for key in heatmaps.keys(of_buckets, 60, 8)] == [
        {"le": "+Inf"},
        {"le": "1"},
        {"le": "0.5"},
    ]


def test_every_line_of_a_heatmap_leads_to_a_row_that_can_be_chosen() -> None:
    many: Answers = [({"le": str(at)}, course([at, at])) for at in range(1, 40)]
    data = heat_of(many, unit="s")
    keys = heatmaps.keys(data, 40, 7)
    assert [heatmaps.row_at(data, 40, 7, y) in keys for y in range(7)] == [True] * 5 + [False] * 2


# -- states, of all three

WRITTEN: dict[str, Mapping[str, object]] = {
    "histogram": {"kind": "histogram", "title": "T", "query": "x"},
    "pie": {"kind": "pie", "title": "T", "query": "x"},
    "heatmap": {"kind": "heatmap", "title": "T", "query": "x"},
}
SOME = values(("a", 3.0), ("b", 1.0))


@pytest.mark.parametrize("kind", WRITTEN)
def test_each_state_has_its_picture(kind: str) -> None:
    spec = WRITTEN[kind]
    loading, empty = panel(spec, age=None), panel(spec)
    stale = panel(spec, SOME, age=600.0, error=Unreachable("connection refused"))
    warned = panel(spec, SOME, warnings=("store 3 is down",))
    assert [state(one) for one in (loading, empty, stale, warned)] == [
        State.LOADING,
        State.NODATA,
        State.STALE,
        State.WARNING,
    ]
    assert [severity(one) for one in (loading, empty, stale, warned)] == [Severity.OK] * 4
    assert "no data" in "\n".join(text(empty, 40, 8))
    assert "10 m old" in text(stale, 40, 8)[0] and "connection refused" in text(stale, 40, 8)[-1]
    assert text(warned, 40, 8)[-1] == " ⚠ store 3 is down"
    assert "not in use" in "\n".join(text(panel({**spec, "optional": True}), 40, 8))


@pytest.mark.parametrize("kind", WRITTEN)
@settings(max_examples=60, deadline=None)
@given(
    found=st.lists(
        st.tuples(st.sampled_from(["0.1", "1", "5", "+Inf", "x", ""]), st.lists(st.floats(), min_size=1, max_size=9)),
        max_size=9,
    ),
    columns=st.integers(0, 110),
    rows=st.integers(0, 40),
    more=st.sampled_from([{}, {"x": "le"}, {"y": "le"}, {"y": "n"}, {"x": "n", "y": "le"}]),
)
def test_whatever_is_answered_a_body_has_its_size_and_its_lines_lead_to_keys(
    kind: str, found: list[tuple[str, list[float]]], columns: int, rows: int, more: dict[str, str]
) -> None:
    answers = [({"le": le, "n": str(at)}, course(numbers)) for at, (le, numbers) in enumerate(found)]
    data = panel({**WRITTEN[kind], **(more if kind == "heatmap" else {})}, answers)
    how = KINDS[kind]
    body = how.draw(data, columns, rows)
    assert (body.width, body.height) == (columns, rows)
    assert severity(data) is Severity.OK
    if how.keys is not None and how.row_at is not None and how.labels is not None:
        keys = how.keys(data, columns, rows)
        assert len(set(keys)) == len(keys)
        assert all(how.row_at(data, columns, rows, y) in {None, *keys} for y in range(rows))
        assert all(dict(how.labels(data, key)) is not None for key in keys)
