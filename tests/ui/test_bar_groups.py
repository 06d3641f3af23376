"""Bars in groups as an author writes them: which label makes the groups, what the parts are called, what is counted."""

from __future__ import annotations

import math
from dataclasses import replace

from noc.model.series import Series
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import severity
from noc.ui.panels.data import PanelData
from noc.ui.panels.grouped import gathered, kept_parts, ordered
from tests.ui.given import NOW, panel

COUNTS = {("retell", "ok"): 120.0, ("retell", "bad"): 30.0, ("stripe", "ok"): 40.0, ("calcom", "bad"): 80.0}


def bars(counts: dict[tuple[str, str], float] | None = None, **written: object) -> PanelData:
    answers = [
        ({"provider": provider, "result": result}, [(NOW, value)])
        for (provider, result), value in (COUNTS if counts is None else counts).items()
    ]
    return panel({"kind": "bar", "title": "Hooks", "query": "x", "group": "provider", **written}, answers)


def text(data: PanelData, columns: int, rows: int) -> list[str]:
    return draw_card(data, columns, rows).text().split("\n")


def test_a_label_makes_the_groups_and_what_differs_within_them_names_the_parts() -> None:
    cells, parts = gathered(bars(mode="stacked"))
    assert cells == {"retell": {"ok": 120.0, "bad": 30.0}, "stripe": {"ok": 40.0}, "calcom": {"bad": 80.0}}
    assert parts == {"ok": 0, "bad": 0}


def test_a_stacked_panel_has_the_groups_with_the_most_first() -> None:
    assert text(bars(mode="stacked"), 50, 6) == [
        " Hooks",
        " retell █████████████████████████████▋███████ 150",
        " calcom ███████████████████▊                   80",
        " stripe █████████▉                             40",
        "",
        " █ ok  █ bad",
    ]


def test_groups_beyond_the_top_are_counted() -> None:
    assert text(bars(mode="grouped", top=2), 40, 7) == [
        " Hooks",
        " retell ███████████████████████████ 120",
        "        ██████▊                      30",
        "",
        " calcom ██████████████████           80",
        " +1 more",
        " █ ok  █ bad",
    ]


def asked_twice(*second: str, legend: str | None = None) -> PanelData:
    """A panel of two queries: one series of the first, as many of the second as there are names."""
    queries = [{"query": "x", "title": "open"}, {"query": "y", "title": "closed", "legend": legend}]
    data = panel({"kind": "bar", "title": "Hooks", "queries": queries}, [({"to": "a"}, [(NOW, 8.0)])])
    (first,) = data.asked
    found = tuple(Series.of({"to": name}, [(NOW, 4.0)]) for name in second)
    other = replace(
        first,
        planned=replace(first.planned, index=1, legend=legend),
        result=replace(first.result, series=found),
    )
    return replace(data, asked=(first, other))


def test_queries_of_one_bar_each_name_their_bars_and_have_no_headings() -> None:
    assert [row.split()[:1] for row in text(asked_twice("b"), 40, 6)] == [["Hooks"], [], ["open"], [], ["closed"], []]
    named = text(asked_twice("b", legend="shut"), 40, 6)
    assert [row.split()[:1] for row in named] == [["Hooks"], [], ["open"], [], ["shut"], []]


def test_queries_of_several_bars_are_headings() -> None:
    heads = [row.split()[:1] for row in text(asked_twice("b", "c"), 40, 6)]
    assert heads == [["Hooks"], ["open"], ["a"], ["closed"], ["b"], ["c"]]


def test_plain_bars_stay_as_they_are() -> None:
    assert text(bars(), 40, 6) == [
        " Hooks",
        " retell ok  ███████████████████████ 120",
        " calcom bad ███████████████▍         80",
        " stripe ok  ███████▋                 40",
        " retell bad █████▊                   30",
        "",
    ]


def test_a_legend_names_the_parts() -> None:
    assert list(gathered(bars(mode="stacked", legend="is {{result}}"))[1]) == ["is ok", "is bad"]


def test_parts_of_one_name_are_added_up_and_what_is_no_number_counts_nothing_in_a_total() -> None:
    data = bars({("a", "x"): 1.0, ("a", "y"): 2.0, ("b", "x"): math.nan}, mode="stacked", legend="all")
    cells, _ = gathered(data)
    assert cells["a"] == {"all": 3.0}
    assert ordered(cells, "value") == ["a", "b"]
    assert "NaN" in draw_card(data, 40, 6).text()


def test_groups_are_ordered_by_total_by_name_or_not_at_all() -> None:
    cells, _ = gathered(bars(mode="stacked"))
    assert ordered(cells, "value") == ["retell", "calcom", "stripe"]
    assert ordered(cells, "label") == ["calcom", "retell", "stripe"]
    assert ordered(cells, "none") == ["retell", "stripe", "calcom"]


def test_the_eight_parts_with_the_most_are_told_apart_in_the_order_they_came() -> None:
    names = [f"p{number}" for number in range(12)]
    cells = {"a": {name: float(number) for number, name in enumerate(names)}}
    assert kept_parts(cells, names) == names[4:]
    data = bars({("a", name): value for name, value in cells["a"].items()}, mode="stacked")
    assert text(data, 70, 5)[1].endswith("█ 66")
    assert text(data, 70, 5)[-1].endswith("█ 4 others")
    assert text(replace(data, spec=data.spec.model_copy(update={"mode": "grouped"})), 70, 16)[-1].endswith("+4 more")


def test_a_stack_is_in_trouble_by_its_total() -> None:
    limits = [{"above": 140, "severity": "high"}]
    assert severity(bars(mode="stacked", thresholds=limits)) is Severity.HIGH
    assert severity(bars(mode="grouped", thresholds=limits)) is Severity.OK
    assert severity(bars(thresholds=limits)) is Severity.OK


def test_what_the_wall_does_not_keep_is_counted() -> None:
    data = bars(mode="stacked")
    asked = replace(data.asked[0], result=replace(data.asked[0].result, dropped=7))
    assert "+7 more" in draw_card(replace(data, asked=(asked,)), 40, 8).text()
