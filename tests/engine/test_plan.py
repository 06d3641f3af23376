"""Visible panels become deduplicated queries whose step follows from the drawn width."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from noc.config.kinds import PanelSpec
from noc.config.layout import Layout
from noc.engine.plan import PanelPlan, PlacedPanel, Role, demands, plan
from noc.model.query import Demand, Query, QueryKind
from noc.model.timerange import TimeWindow

LAYOUT = Layout.model_validate(
    {"range": "1h", "refresh": "5s", "grid": {"areas": ["a"]}, "panels": {"a": {"kind": "text", "text": ""}}}
)


@dataclass(frozen=True)
class Prometheus:
    scrape_interval: float = 15.0


SERVERS = {"main": Prometheus(), "edge": Prometheus(60.0)}


def panel(id: str = "p", width: int = 124, across: int = 120, visible: bool = True, **spec: object) -> PlacedPanel:
    return PlacedPanel(id, TypeAdapter(PanelSpec).validate_python(spec), width, across, visible)


def planned(*panels: PlacedPanel, **more: object) -> dict[str, PanelPlan]:
    arguments = {"layout": LAYOUT, "values": {}, "window": TimeWindow(3600.0), "servers": SERVERS, **more}
    return plan(panels, **arguments)  # type: ignore[arg-type]


def asked(one: PanelPlan) -> list[tuple[Role, Query]]:
    return [(query.role, query.query) for query in one.queries]


def test_a_stat_asks_its_value_its_trend_and_the_value_one_range_earlier() -> None:
    found = planned(panel(kind="stat", query="up", across=20))["p"]
    assert asked(found) == [
        (Role.MAIN, Query("main", "up")),
        (Role.TREND, Query("main", "up", QueryKind.RANGE, step=300.0, span=3600.0)),
        (Role.DELTA, Query("main", "up", shift=3600.0)),
    ]
    assert [query.refresh for query in found.queries] == [5.0, 5.0, 60.0]


def test_a_stat_without_trend_and_delta_asks_one_value() -> None:
    assert asked(planned(panel(kind="stat", query="up", spark=False, delta=False))["p"]) == [
        (Role.MAIN, Query("main", "up"))
    ]


@pytest.mark.parametrize("kind", ["gauge", "bar", "table"])
def test_gauges_bars_and_tables_ask_values(kind: str) -> None:
    assert asked(planned(panel(kind=kind, query="up"))["p"]) == [(Role.MAIN, Query("main", "up"))]


@pytest.mark.parametrize("kind", ["sparkline", "timeseries"])
def test_lines_ask_a_course_with_two_points_a_column(kind: str) -> None:
    assert asked(planned(panel(kind=kind, query="up"))["p"]) == [
        (Role.MAIN, Query("main", "up", QueryKind.RANGE, step=15.0, span=3600.0))
    ]


def test_a_comparison_asks_the_same_course_earlier_on_the_same_grid() -> None:
    found = planned(panel(kind="timeseries", query="up"), compare=86_402.0)["p"]
    assert asked(found)[1] == (Role.GHOST, Query("main", "up", QueryKind.RANGE, 15.0, 3600.0, shift=86_400.0))
    assert found.of(Role.GHOST) == found.queries[1:]


def test_a_table_asks_the_course_of_columns_with_a_spark() -> None:
    spec = {
        "kind": "table",
        "queries": [{"query": "a", "title": "A"}, {"query": "b"}],
        "columns": [{"label": "job"}, {"query": 1, "spark": True}],
    }
    found = planned(panel(**spec))["p"]
    assert [(one.role, one.index, one.query.expr) for one in found.queries] == [
        (Role.MAIN, 0, "a"),
        (Role.MAIN, 1, "b"),
        (Role.TREND, 1, "b"),
    ]
    assert found.queries[0].title == "A"


def test_a_text_panel_asks_nothing_and_a_hidden_one_is_not_planned() -> None:
    found = planned(panel("t", kind="text", text="hi"), panel("h", kind="stat", query="up", visible=False))
    assert found == {"t": PanelPlan("t")}


def test_equal_queries_are_demanded_once_at_the_smallest_refresh() -> None:
    found = planned(
        panel("a", kind="gauge", query="up", refresh="30s"),
        panel("b", kind="bar", query="up", refresh="10s"),
        panel("c", kind="gauge", query="down"),
    )
    assert demands(found.values()) == {Demand(Query("main", "up"), 10.0), Demand(Query("main", "down"), 5.0)}


@pytest.mark.parametrize(
    ("columns", "span", "step"),
    [
        (120, 3600.0, 15.0),
        (80, 3600.0, 30.0),
        (118, 3600.0, 20.0),
        (122, 3600.0, 15.0),
        (120, 60.0, 15.0),
        (1, 60.0, 30.0),
    ],
)
def test_the_step_is_nice_and_not_under_the_scrape_interval(columns: int, span: float, step: float) -> None:
    found = planned(panel(kind="timeseries", query="up", across=columns), window=TimeWindow(span))["p"]
    assert (found.step, found.queries[0].query.step) == (step, step)


def test_stacked_areas_have_one_point_a_column() -> None:
    assert planned(panel(kind="timeseries", style="stacked", query="up"))["p"].step == 30.0


def test_a_panels_own_range_step_refresh_and_source_win() -> None:
    spec = {"kind": "timeseries", "query": "up", "range": "4h", "step": "7s", "refresh": "20s", "source": "edge"}
    found = planned(panel(**spec))["p"]
    assert asked(found) == [(Role.MAIN, Query("edge", "up", QueryKind.RANGE, step=7.0, span=14400.0))]
    assert found.queries[0].refresh == 20.0


def test_more_points_than_a_server_answers_are_never_asked_for() -> None:
    found = planned(panel(kind="timeseries", query="up", step="1s", range="7d"))["p"]
    assert found.step == 60.0


def test_the_built_in_variables_follow_the_panels_range_and_step() -> None:
    query = "rate(x[$__rate_interval]) + increase(x[$__range])"
    course = planned(panel(kind="timeseries", query=query, range="4h"))["p"].queries[0].query
    assert course.expr == "rate(x[75s]) + increase(x[14400s])"
    value = planned(panel(kind="gauge", query=query, range="4h"))["p"].queries[0].query
    assert value.expr == "rate(x[60s]) + increase(x[14400s])"
    slow = planned(panel(kind="gauge", query=query, source="edge"))["p"].queries[0].query
    assert slow.expr == "rate(x[240s]) + increase(x[3600s])"


def test_history_fixes_the_end_of_every_query() -> None:
    found = planned(panel(kind="stat", query="up"), window=TimeWindow(3600.0, end=5000.0))["p"]
    assert {query.query.end for query in found.queries} == {5000.0}


def test_legends_come_from_the_query_or_the_panel() -> None:
    spec = {"kind": "bar", "legend": "{{job}}", "queries": [{"query": "a", "legend": "{{pod}}"}, {"query": "b"}]}
    assert [query.legend for query in planned(panel(**spec))["p"].queries] == ["{{pod}}", "{{job}}"]


@pytest.mark.parametrize(
    ("spec", "servers", "error"),
    [
        ({"query": 'up{job="$jbo"}'}, SERVERS, "unknown variable $jbo, did you mean $job?"),
        ({"query": "up", "source": "edgy"}, SERVERS, "no Prometheus named edgy; did you mean edge?"),
        ({"query": "up", "source": "zz"}, SERVERS, "no Prometheus named zz; configured: main, edge"),
        (
            {"query": "up"},
            {},
            "no Prometheus is configured; give one with --prometheus URL or run noc init",
        ),
    ],
)
def test_what_cannot_be_planned_is_the_panels_error_and_no_others(
    spec: dict[str, object], servers: dict[str, Prometheus], error: str
) -> None:
    found = planned(
        panel("bad", kind="gauge", **spec), panel("t", kind="text", text=""), servers=servers, values={"job": ("a",)}
    )
    assert (found["bad"].error, found["bad"].queries, found["t"].error) == (error, (), "")
