"""A panel that names a metric inherits what its author left out."""

from __future__ import annotations

from typing import Any

import pytest

from noc.catalogue.metrics import Catalogue, parse
from noc.catalogue.resolve import complete, resolve
from noc.config.layout import Layout
from noc.config.panels import QueryItem, TableSpec, ThresholdSpec
from noc.model.errors import ConfigError

METRICS = parse(
    """
metrics:
  pool.used:
    title: Pool
    description: Share of connections in use
    section: "2.4"
    query: used / total
    unit: percentunit
    decimals: 1
    min: 0
    max: 1
    legend: "{{instance}}"
    thresholds: [{above: 0.8, severity: high}]
    mappings: [{value: 1, text: full}]
    category: performance
    runbook: pool
    optional: true
  api.p50:
    title: API p50
    description: Median
    section: "2.4"
    query: p50
    unit: s
    legend: p50
    category: performance
  api.p95:
    title: API p95
    description: 95th percentile
    section: "2.4"
    query: p95
    unit: s
    thresholds: [{above: 1, severity: medium}]
    category: performance
  errors:
    title: Errors
    description: Failed requests
    section: "2.4"
    query: sum(rate(errors_total[5m]))
    zero: laravel-api
    category: availability
  addresses:
    title: Addresses
    description: From the log
    section: "1.3"
    logql: '{job="laravel"}'
    category: security
""",
    "metrics.yaml",
)


def layout(**panels: dict[str, Any]) -> Layout:
    return Layout.model_validate({"title": "Test", "grid": {"areas": [" ".join(panels)]}, "panels": panels})


def resolved(panel: dict[str, Any], metrics: Catalogue = METRICS) -> Any:
    return resolve(layout(it=panel), metrics).panels["it"]


def test_everything_left_out_comes_from_the_metric() -> None:
    panel = resolved({"kind": "gauge", "metric": "pool.used"})
    assert panel.queries == (QueryItem(metric="pool.used", query="used / total", legend="{{instance}}"),)
    assert (panel.title, panel.unit, panel.decimals, panel.min, panel.max) == ("Pool", "percentunit", 1, 0, 1)
    assert panel.thresholds == (ThresholdSpec(above=0.8, severity="high"),)
    assert (panel.runbook, panel.description, panel.optional) == ("pool", "Share of connections in use", True)
    assert [mapping.text for mapping in panel.mappings] == ["full"]


def test_what_the_author_wrote_stands() -> None:
    panel = resolved({
        "kind": "gauge", "metric": "pool.used", "title": "Mine", "unit": "percent", "decimals": 0, "max": 100,
        "thresholds": [], "mappings": [], "runbook": "other", "legend": "all", "optional": False, "description": "",
    })  # fmt: skip
    assert (panel.title, panel.unit, panel.decimals, panel.min, panel.max) == ("Mine", "percent", 0, 0, 100)
    assert (panel.thresholds, panel.mappings, panel.runbook) == ((), (), "other")
    assert (panel.optional, panel.description, panel.queries[0].legend) == (False, "", "all")


def test_a_plain_query_becomes_the_only_item() -> None:
    panel = resolved({"kind": "stat", "query": "up", "legend": "{{job}}"})
    assert (panel.query, panel.queries) == (None, (QueryItem(query="up", legend="{{job}}"),))


def test_items_take_each_their_own_metric() -> None:
    panel = resolved({"kind": "timeseries", "queries": [{"metric": "api.p50"}, {"metric": "api.p95", "title": "slow"}]})
    assert panel.queries == (
        QueryItem(metric="api.p50", query="p50", legend="p50", title="API p50", unit="s", thresholds=()),
        QueryItem(
            metric="api.p95", query="p95", legend="slow", title="slow", unit="s",
            thresholds=(ThresholdSpec(above=1, severity="medium"),),
        ),
    )  # fmt: skip


def test_the_panel_takes_what_all_its_items_agree_on() -> None:
    panel = resolved({"kind": "timeseries", "queries": [{"metric": "api.p50"}, {"metric": "api.p95"}]})
    assert (panel.unit, panel.thresholds, panel.title) == ("s", None, None)


def test_the_panels_own_thresholds_and_unit_hold_for_its_items() -> None:
    panel = resolved({"kind": "table", "unit": "ms", "thresholds": [], "queries": [{"metric": "api.p95"}]})
    assert (panel.queries[0].unit, panel.queries[0].thresholds) == (None, None)


def test_an_item_may_stand_beside_a_plain_query() -> None:
    panel = resolved({"kind": "table", "legend": "x", "queries": [{"metric": "api.p95"}, {"query": "up"}]})
    assert [(item.query, item.legend) for item in panel.queries] == [("p95", "x"), ("up", "x")]
    assert panel.unit is None


def test_a_counter_without_events_reads_zero_while_its_exporter_is_up() -> None:
    panel = resolved({"kind": "stat", "metric": "errors"})
    assert panel.queries[0].query == ('(sum(rate(errors_total[5m]))) or on () (0 * max(up{job="laravel-api"} == 1))')


def test_a_panel_narrows_what_its_metrics_count_and_neither_their_job_nor_its_own_queries() -> None:
    panel = resolved({
        "kind": "table", "where": {"site": "$site"}, "queries": [{"metric": "errors"}, {"metric": "api.p95"}, {"query": "up"}],
    })  # fmt: skip
    assert [item.query for item in panel.queries] == [
        '(sum(rate(errors_total{site=~"$site"}[5m]))) or on () (0 * max(up{job="laravel-api"} == 1))',
        'p95{site=~"$site"}',
        "up",
    ]
    assert resolved({"kind": "stat", "metric": "pool.used", "where": {"db": "main"}}).queries[0].query == (
        'used{db="main"} / total{db="main"}'
    )


def test_lines_are_narrowed_behind_their_parser() -> None:
    for panel in ({"kind": "logs"}, {"kind": "top"}):
        found = resolved({**panel, "metric": "addresses", "where": {"ip": "$ip"}})
        expected = '{job="laravel"} | json | __error__="" | ip=~"$ip"'
        assert (found.query or found.queries[0].query) == expected


@pytest.mark.parametrize("panel", [{"kind": "stat", "query": "up"}, {"kind": "logs", "query": '{a="b"}'}])
def test_only_metrics_are_narrowed(panel: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="'where' narrows catalogue metrics; write the labels into the query instead"):
        layout(it={**panel, "where": {"a": "b"}})


def test_what_cannot_be_narrowed_is_a_fault_with_its_place() -> None:
    metrics = METRICS.model_copy(
        update={"metrics": {"odd": METRICS.metrics["api.p50"].model_copy(update={"query": "rate($metric[5m])"})}}
    )
    with pytest.raises(ConfigError) as caught:
        resolve(
            layout(it={"kind": "stat", "metric": "odd", "where": {"a": "b"}}), metrics, lambda key: ("x.yaml", len(key))
        )
    assert [str(fault).partition(":")[0] for fault in caught.value.faults] == ["x.yaml"]
    assert "panels.it.where" in str(caught.value)


def test_resolving_twice_changes_nothing() -> None:
    narrow = {"kind": "stat", "metric": "errors", "where": {"a": "$a"}}
    once = resolve(
        layout(a={"kind": "gauge", "metric": "pool.used"}, b={"kind": "stat", "query": "up"}, c=narrow), METRICS
    )
    assert resolve(once, METRICS) == once


def test_text_panels_pass_through() -> None:
    assert resolved({"kind": "text", "text": "# Hello"}).text == "# Hello"


def test_every_unknown_metric_is_named_with_the_nearest_one() -> None:
    wrong = layout(
        a={"kind": "stat", "metric": "pool.usd"},
        b={"kind": "table", "queries": [{"metric": "api.p95"}, {"metric": "api.p59"}]},
    )
    with pytest.raises(ConfigError) as caught:
        resolve(wrong, METRICS)
    assert str(caught.value) == (
        "Test:0: panels.a.metric: unknown metric 'pool.usd', did you mean 'pool.used'?\n"
        "Test:0: panels.b.queries[2].metric: unknown metric 'api.p59', did you mean 'api.p95'?"
    )


def test_a_fault_stands_where_the_key_stands_in_the_file() -> None:
    lines = {("panels", "a", "metric"): 7}
    with pytest.raises(ConfigError) as caught:
        resolve(layout(a={"kind": "stat", "metric": "nothing.like.it"}), METRICS, lambda key: ("my.yaml", lines[key]))
    assert str(caught.value) == (
        "my.yaml:7: panels.a.metric: unknown metric 'nothing.like.it'; known: addresses, api.p50, api.p95, errors, pool.used"
    )


def test_a_log_query_is_refused_by_a_panel_that_cannot_ask_it() -> None:
    with pytest.raises(ConfigError) as caught:
        resolved({"kind": "bar", "metric": "addresses"})
    assert str(caught.value) == (
        "Test:0: panels.it.metric: metric 'addresses' is a log query, which a bar panel cannot ask"
    )


def test_each_of_several_metrics_brings_its_own_decimals(catalogue: Catalogue) -> None:
    queries = ({"metric": "tenant.error_rate_overall"}, {"metric": "tenant.api_failures"})
    panel = TableSpec.model_validate({"kind": "table", "queries": queries})
    assert [item.decimals for item in complete(panel, catalogue).queries] == [None, 0]
    own = TableSpec.model_validate({"kind": "table", "queries": queries, "decimals": 2})
    assert [item.decimals for item in complete(own, catalogue).queries] == [None, None]
