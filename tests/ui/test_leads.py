"""Every panel leads somewhere: all panels of all bundled layouts, what a row carries, and what is made on the spot."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from noc.catalogue import metrics
from noc.catalogue.resolve import resolve
from noc.config.loader import load_layout
from noc.config.panels import QueryPanel, TextSpec, TimeseriesSpec
from noc.config.paths import Places
from noc.config.statepanels import ClockSpec
from noc.engine.syntax import complaint
from noc.engine.variables import builtins, interpolate
from noc.model.errors import ConfigError, Fault
from noc.runtime import Page, Runtime
from noc.ui import bindings
from noc.ui.board import Board
from noc.ui.leads import Lead, alert_place, lead
from noc.ui.logpages import MADE
from noc.ui.panels.data import Look
from noc.ui.panels.geo import keys as geo_keys
from noc.ui.panels.geo import labels as geo_labels
from noc.ui.pointing import drill
from noc.ui.screens.wall import Wall
from noc.ui.seriespages import alerts_page, metric_page, only_labels, series_page
from noc.ui.state import View
from tests.palettes import DARK
from tests.ui import given
from tests.ui.fakes import NOW, FakeSource, make_app, make_page, make_runtime
from tests.ui.test_geo_panel import geo

BARE = "grid: {areas: [a]}\npanels: {a: {kind: text, text: x}}"


@cache
def pages() -> dict[str, Page]:
    catalogue = metrics.load()
    return {
        name: Page(name, resolve(load_layout(path), catalogue), path)
        for name, path in Places.of({}).available_layouts().items()
    }


def runtime() -> Runtime:
    def load(name: str) -> Page:
        if name not in pages():
            raise ConfigError([Fault(name, 0, "there is no such layout")])
        return pages()[name]

    return make_runtime(BARE, FakeSource(), load=load, inventory=lambda: list(pages()), layouts=lambda: list(pages()))


def board_of(name: str, own: Page | None = None) -> Board:
    page = own or pages()[name]
    board = Board(replace(runtime(), page=page), View(page.name), Look(DARK))
    board.arrange(200, 55)
    return board


@pytest.mark.parametrize("name", list(pages()))
def test_every_panel_of_a_bundled_layout_leads_somewhere_that_exists(name: str) -> None:
    board = board_of(name)
    for panel, spec in board.page.layout.panels.items():
        found = lead(board, panel)
        if isinstance(spec, (TextSpec, ClockSpec)) and spec.drill is None:
            assert found is None
            continue
        assert found is not None, panel
        assert found.words, panel
        targets = [bool(found.layout), found.page is not None, bool(found.alert), bool(found.act)]
        assert targets.count(True) == 1, panel
        if found.layout:
            assert found.layout in pages(), panel
            assert set(dict(found.values)) <= set(pages()[found.layout].layout.variables), panel
        if found.act:
            assert found.act in bindings.IDS, panel


@pytest.mark.parametrize("name", list(pages()))
def test_the_course_of_every_panel_is_asked_in_readable_promql(name: str) -> None:
    page = pages()[name]
    values = dict.fromkeys(page.layout.variables, ("7",))
    for panel, spec in page.layout.panels.items():
        if not isinstance(spec, QueryPanel):
            continue
        made = series_page(page, panel, {"company_id": "7", "name": 'a "b" \\ c'})
        for one in made.layout.panels.values():
            assert isinstance(one, TimeseriesSpec)
            for item in one.queries:
                if item.language != "logql" and spec.kind not in ("top", "log-rate"):
                    filled = {**values, **builtins(step=60.0, span=3600.0, scrape_interval=15.0)}
                    assert complaint(interpolate(item.query or "", filled)) is None, panel


def page_of(panels: str, name: str = "test") -> Board:
    text = f"grid: {{areas: [a]}}\nvariables: {{company_id: {{kind: text}}}}\npanels: {{a: {panels}}}"
    return board_of(name, make_page(text, name))


def test_a_number_leads_to_its_course_and_that_to_what_changed() -> None:
    board = page_of('{kind: gauge, title: Pool, query: "max by (instance) (pool)", unit: percentunit}')
    found = lead(board, "a")
    assert found is not None and found.page is not None
    assert (found.words, found.page.name) == ("Pool over time", "made: Pool over time")
    chart = found.page.layout.panels["a"]
    assert isinstance(chart, TimeseriesSpec)
    assert ([item.query for item in chart.queries], chart.unit) == (["max by (instance) (pool)"], "percentunit")
    assert lead(board_of("", found.page), "a") == Lead("what changed, by label", act="changed")


def test_variables_stay_those_of_the_layout_it_came_from() -> None:
    board = page_of('{kind: stat, query: "x{company_id=\\"$company_id\\"}"}')
    found = lead(board, "a")
    assert found is not None and found.page is not None
    assert list(found.page.layout.variables) == ["company_id"]


def test_values_that_the_server_told_are_known_on_the_page_made_of_it_and_on_the_way_back() -> None:
    board = board_of("tenant")
    board.known = {"company_id": ["7", "8"]}
    found = lead(board, "calls")
    assert found is not None and found.page is not None
    board.enter(found.page, replace(board.view, layout=found.page.name))
    assert board.values == {"company_id": ("7",)}
    board.open("host", trail=True)
    assert board.values == {"instance": ()}
    board.back()
    board.back()
    assert (board.page.name, board.values) == ("tenant", {"company_id": ("7",)})


def test_queries_of_different_units_have_a_chart_each() -> None:
    board = page_of(
        "{kind: table, title: Hosts, unit: s, queries: [{query: up, title: Up, unit: short}, {query: age, title: Age}]}"
    )
    found = lead(board, "a")
    assert found is not None and found.page is not None
    charts = found.page.layout.panels.values()
    assert [(one.title, one.unit) for one in charts if isinstance(one, TimeseriesSpec)] == [
        ("Up", "short"),
        ("Age", "s"),
    ]


def test_a_histogram_leads_to_its_quantiles() -> None:
    board = page_of('{kind: histogram, query: "sum by (le) (increase(x_bucket[$__range]))", marks: [0.5]}')
    found = lead(board, "a")
    assert found is not None and found.page is not None
    chart = found.page.layout.panels["a"]
    assert isinstance(chart, TimeseriesSpec)
    assert (chart.queries[0].query, chart.queries[0].legend) == (
        'label_replace(histogram_quantile(0.5, sum by (le) (increase(x_bucket[$__range]))), "quantile", "p50", "", "")',
        "{{quantile}}",
    )


def test_a_promise_leads_to_its_share_over_the_first_burn_window() -> None:
    board = page_of('{kind: slo, query: "avg_over_time(up[$__range])", burn: [2h, 6h]}')
    found = lead(board, "a")
    assert found is not None and found.page is not None
    chart = found.page.layout.panels["a"]
    assert isinstance(chart, TimeseriesSpec) and chart.queries[0].query == "avg_over_time(up[2h])"


def test_a_row_narrows_any_expression_to_its_labels() -> None:
    assert only_labels("sum by (a) (x) / 2", {"a": 'say "hi"', "__name__": "x"}) == (
        '(sum by (a) (x) / 2) and on (a) label_replace(vector(1), "a", "say \\"hi\\"", "", "")'
    )
    assert only_labels("x", {}) == "x"
    assert only_labels("x", {"a": "/$id"}) == r'(x) and on (a) label_replace(vector(1), "a", "/\x24\x24id", "", "")'
    commented = only_labels("x  # all", {"a": "1"})
    assert (complaint(commented), commented.partition(")")[0]) == (None, "(x  # all\n")


def test_a_page_that_cannot_be_narrowed_to_a_row_does_not_say_so() -> None:
    made = series_page(pages()["logs"], "slow", {"context_sql_fingerprint": "SELECT 1"})
    assert made.name == "made: Slow queries over time"
    made = series_page(pages()["health"], "targets", {"job": "node", "instance": "a"})
    assert made.name == "made: Targets: a"


def test_a_row_with_a_tenant_leads_to_the_tenant_page_with_the_variable_carried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = page_of('{kind: table, query: "x"}')
    monkeypatch.setattr("noc.ui.leads._row", lambda board, panel: {"company_id": "7"})
    assert lead(board, "a") == Lead("tenant 7", layout="tenant", values=(("company_id", "7"),))


def test_an_address_leads_to_the_address_page_and_not_to_the_page_that_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("noc.ui.leads._row", lambda board, panel: {"context_ip_address": "203.0.113.7"})
    board = page_of('{kind: table, query: "x"}')
    assert lead(board, "a") == Lead("address 203.0.113.7", layout="address", values=(("ip_address", "203.0.113.7"),))
    text = 'grid: {areas: [a]}\nvariables: {ip_address: {kind: text, default: 203.0.113.7}}\npanels: {a: {kind: table, query: "x"}}'
    found = lead(board_of("", make_page(text, "address")), "a")
    assert found is not None and found.page is not None


def test_an_alert_leads_to_the_first_chart_that_shows_its_metric() -> None:
    board = board_of("alerts")
    catalogue = board.runtime.catalogue()
    for name, metric in catalogue.rules():
        assert metric.alert is not None
        page, panel = alert_place(board, metric.alert)
        spec = page.layout.panels[panel]
        assert isinstance(spec, QueryPanel)
        asked = {spec.metric, *(item.metric for item in spec.queries)}
        assert name in asked or page.name.startswith(MADE), name


@pytest.mark.parametrize(
    ("kind", "metric", "alert", "end"),
    [
        ("timeseries", "api.response_time_p95", "ApiLatencyP95", NOW - 5400),
        ("gauge", "db.connection_pool.active", "DatabaseConnectionPoolHigh", NOW - 7200),
    ],
)
async def test_a_chart_is_shown_around_an_alerts_moment_and_a_gauge_as_it_stood_then(
    kind: str, metric: str, alert: str, end: float
) -> None:
    text = f"grid: {{areas: [a]}}\npanels: {{a: {{kind: {kind}, metric: {metric}}}}}"
    async with make_app(make_runtime(text, FakeSource())).run_test() as pilot:
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        wall.actions.to_alert(alert, NOW - 7200)
        view = wall.board.view
        assert (view.focus, view.mark, view.end, view.span) == ("a", NOW - 7200, end, 3600.0)


def test_an_alert_nobody_knows_leads_to_its_own_record() -> None:
    page, panel = alert_place(board_of("alerts"), 'Strange"Alert')
    spec = page.layout.panels[panel]
    assert isinstance(spec, TimeseriesSpec)
    assert spec.queries[0].query == ('sum by (alertname) (ALERTS{alertstate="firing", alertname="Strange\\"Alert"})')


def test_pages_of_metrics_and_of_alerts_are_complete() -> None:
    metric = next(metric for _, metric in metrics.load().rules())
    assert metric_page(metric).layout.panels["series"].title == metric.title
    assert alerts_page().layout.panels["series"].title == "Alerts over time"


@pytest.mark.parametrize(
    ("more", "answers", "first"),
    [
        ({"kind": "bar"}, given.values(("a", 1), ("b", 9), ("c", 4)), "b"),
        ({"kind": "bar", "sort": "none"}, given.values(("a", 1), ("b", 9)), "a"),
        (
            {"kind": "gauge", "thresholds": [{"below": 5, "severity": "high"}]},
            given.values(("a", 7), ("b", 2), ("c", 1)),
            "b",
        ),
        ({"kind": "table", "columns": [{"label": "instance"}, {"query": 0}]}, given.values(("a", 1), ("b", 9)), "b"),
    ],
)
def test_without_a_cursor_a_panel_leads_to_what_it_shows_first_or_to_what_is_worst(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, object], answers: given.Answers, first: str
) -> None:
    board = page_of('{kind: stat, query: x, drill: {layout: host, variables: {instance: "$instance"}}}')
    shown = given.panel({"query": "x", **more}, answers)
    monkeypatch.setattr(board, "data", lambda panel, **_: shown)
    assert drill(board, "a") == ("host", {"instance": first})


def test_a_map_without_a_cursor_leads_to_its_busiest_address(monkeypatch: pytest.MonkeyPatch) -> None:
    board = board_of("attacks")
    board.change(replace(board.view, focus="map"))
    shown = geo()
    monkeypatch.setattr(board, "data", lambda panel, **_: replace(shown, chosen=None))
    assert drill(board) == ("address", {"ip_address": geo_labels(shown, geo_keys(shown, 100, 20)[0])["address"]})
