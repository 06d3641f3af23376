"""Metrics that are log queries, or counts of lines, on every kind of panel: who takes them, who refuses, and where it says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from noc.catalogue.metrics import load, parse
from noc.catalogue.resolve import names_metrics, resolve
from noc.config.layout import Layout
from noc.config.panels import QueryItem
from noc.doctor.lint import lint_layout
from noc.doctor.remark import Known
from noc.model.errors import ConfigError

METRICS = parse(
    """
metrics:
  lines:
    title: Security events
    description: Everything the gateway says of attacks
    section: "1.3"
    logql: '{job="laravel", category="security"}'
    category: security
  attackers:
    title: Attackers
    description: Addresses by lines
    section: "1.3"
    logql: topk(10, sum by (ip) (count_over_time({job="laravel"} | json [$__range])))
    unit: short
    legend: "{{ip}}"
    category: security
  pool:
    title: Pool
    description: Share of connections in use
    section: "2.4"
    query: used / total
    unit: percentunit
    category: performance
""",
    "metrics.yaml",
)
LINES = '{job="laravel", category="security"}'
COUNT = 'topk(10, sum by (ip) (count_over_time({job="laravel"} | json [$__range])))'
NUMBERS = ["stat", "gauge", "bar", "sparkline", "timeseries", "table"]


def layout(**panels: dict[str, Any]) -> Layout:
    return Layout.model_validate({"title": "Test", "grid": {"areas": [" ".join(panels)]}, "panels": panels})


def resolved(panel: dict[str, Any]) -> Any:
    return resolve(layout(it=panel), METRICS).panels["it"]


def refused(**panels: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        resolve(layout(**panels), METRICS)
    return str(caught.value).split("\n")


def test_a_panel_of_lines_takes_query_title_and_description_from_its_metric() -> None:
    panel = resolved({"kind": "logs", "metric": "lines"})
    assert (panel.query, panel.title, panel.description) == (
        LINES,
        "Security events",
        "Everything the gateway says of attacks",
    )


def test_what_the_author_of_a_panel_of_lines_wrote_stands() -> None:
    panel = resolved({"kind": "logs", "metric": "lines", "title": "Mine", "description": ""})
    assert (panel.query, panel.title, panel.description) == (LINES, "Mine", "")
    assert resolved({"kind": "logs", "query": LINES}).title is None


@pytest.mark.parametrize("kind", ["log-rate", "top"])
def test_panels_that_count_lines_take_the_log_query(kind: str) -> None:
    panel = resolved({"kind": kind, "metric": "lines"})
    assert panel.queries == (QueryItem(metric="lines", query=LINES, language="logql"),)
    assert panel.title == "Security events"


@pytest.mark.parametrize("kind", NUMBERS)
def test_panels_of_numbers_take_a_count_of_lines_and_ask_it_in_logql(kind: str) -> None:
    panel = resolved({"kind": kind, "metric": "attackers"})
    assert panel.queries == (QueryItem(metric="attackers", query=COUNT, legend="{{ip}}", language="logql"),)
    assert (panel.title, panel.unit) == ("Attackers", "short")


def test_a_count_of_lines_stands_beside_a_promql_metric() -> None:
    panel = resolved({"kind": "table", "queries": [{"metric": "pool"}, {"metric": "attackers"}]})
    assert [(item.query, item.language, item.unit) for item in panel.queries] == [
        ("used / total", None, "percentunit"),
        (COUNT, "logql", "short"),
    ]


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_panel_of_numbers_refuses_lines(kind: str) -> None:
    assert refused(it={"kind": kind, "metric": "lines"}) == [
        f"Test:0: panels.it.metric: metric 'lines' is a log query, which a {kind} panel cannot ask"
    ]
    assert refused(it={"kind": kind, "queries": [{"metric": "pool"}, {"metric": "lines"}]}) == [
        f"Test:0: panels.it.queries[2].metric: metric 'lines' is a log query, which a {kind} panel cannot ask"
    ]


@pytest.mark.parametrize("kind", ["logs", "log-rate", "top"])
def test_a_panel_over_lines_refuses_numbers(kind: str) -> None:
    assert refused(a={"kind": kind, "metric": "attackers"}, b={"kind": kind, "metric": "pool"}) == [
        f"Test:0: panels.a.metric: metric 'attackers' counts lines, and a {kind} panel asks a log query",
        f"Test:0: panels.b.metric: metric 'pool' is a PromQL query, and a {kind} panel asks a log query",
    ]


def test_an_unknown_metric_of_a_panel_of_lines_is_named_with_the_nearest() -> None:
    assert refused(it={"kind": "logs", "metric": "line"}) == [
        "Test:0: panels.it.metric: unknown metric 'line', did you mean 'lines'?"
    ]


def test_resolving_twice_changes_nothing() -> None:
    once = resolve(layout(a={"kind": "logs", "metric": "lines"}, b={"kind": "top", "metric": "lines"}), METRICS)
    assert resolve(once, METRICS) == once


@pytest.mark.parametrize(
    ("panel", "found"),
    [({"kind": "logs", "metric": "lines"}, True), ({"kind": "logs", "query": LINES}, False)],
)
def test_a_panel_of_lines_needs_the_catalogue_only_for_a_metric(panel: dict[str, Any], found: bool) -> None:
    assert names_metrics(layout(it=panel)) is found


def test_the_builtin_variables_of_a_metric_do_not_hide_whether_it_gives_lines() -> None:
    assert [(name, METRICS[name].lines) for name in METRICS.metrics] == [
        ("lines", True),
        ("attackers", False),
        ("pool", False),
    ]


def test_each_refusal_stands_at_its_line_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "grid:\n"
        "  areas: [a b c]\n"
        "panels:\n"
        "  a: {kind: gauge, metric: log.security_events}\n"
        "  b:\n"
        "    kind: logs\n"
        "    metric: log.top_attackers\n"
        "  c:\n"
        "    kind: table\n"
        "    queries:\n"
        "      - metric: api.response_time_p95\n"
        "      - {title: lines, metric: log.security_events}\n"
    )
    catalogue = load()
    lines = next(name for name, one in catalogue.metrics.items() if one.lines)
    counts = next(name for name, one in catalogue.metrics.items() if one.logql and not one.lines)
    path.write_text(path.read_text().replace("log.security_events", lines).replace("log.top_attackers", counts))
    assert [str(fault) for fault in lint_layout(path, Known(catalogue=catalogue), file="mine.yaml")] == [
        f"mine.yaml:4: panels.a.metric: metric '{lines}' is a log query, which a gauge panel cannot ask",
        f"mine.yaml:7: panels.b.metric: metric '{counts}' counts lines, and a logs panel asks a log query",
        f"mine.yaml:12: panels.c.queries[2].metric: metric '{lines}' is a log query, which a table panel cannot ask",
    ]
