"""The catalogue refuses entries that no rule or panel could be made of, at their line."""

from __future__ import annotations

import pytest

from noc.catalogue import logql
from noc.catalogue.contract import Contract, SeriesSpec
from noc.catalogue.metrics import Catalogue, Category, parse
from noc.catalogue.read import parse_model
from noc.config.panels import StatSpec
from noc.model.errors import ConfigError
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from noc.model.units import is_known

ENTRY = """metrics:
  a.b:
    title: A
    description: B
    category: security
"""


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, "m.yaml")
    return str(caught.value)


def test_an_entry_needs_one_language() -> None:
    assert refusal(ENTRY) == "m.yaml:2: metrics.a.b: a metric needs exactly one of 'query' and 'logql'"
    both = ENTRY + "    query: up\n    logql: '{}'\n    section: '1.3'\n"
    assert refusal(both) == "m.yaml:2: metrics.a.b: a metric needs exactly one of 'query' and 'logql'"


def test_a_log_entry_has_no_row() -> None:
    text = ENTRY + "    logql: '{}'\n    row: '1.1'\n"
    assert refusal(text) == "m.yaml:2: metrics.a.b: 'zero', 'guard' and 'row' need a PromQL query"


def test_an_entry_says_which_part_of_the_specification_asks_for_it() -> None:
    assert (
        refusal(ENTRY + "    query: up\n") == "m.yaml:2: metrics.a.b: a metric needs exactly one of 'row' and 'section'"
    )


@pytest.mark.parametrize(
    "rest",
    [
        "row: '1.1'\n    thresholds: [{above: 1, severity: low}]",
        "row: '1.1'\n    thresholds: [{above: 1, severity: low}]\n    alert: Name",
        "section: '1.3'\n    thresholds: [{above: 1, severity: low}]\n    alert: Name\n    for: 1m",
        "row: '3.1'\n    alert: Name\n    for: 1m",
    ],
)
def test_alert_and_duration_belong_to_rows_with_thresholds(rest: str) -> None:
    assert refusal(f"{ENTRY}    query: up\n    {rest}\n") == (
        "m.yaml:2: metrics.a.b: 'alert' and 'for' belong to rows with thresholds, and every such row needs both"
    )


def test_a_guard_needs_a_rule() -> None:
    text = ENTRY + "    query: up\n    section: '1.3'\n    guard: up\n"
    assert refusal(text) == "m.yaml:2: metrics.a.b: 'guard' is a rule's condition, and this metric is no rule"


def test_an_unknown_key_is_named_with_its_line() -> None:
    text = ENTRY + "    query: up\n    section: '1.3'\n    legnd: x\n"
    assert refusal(text) == "m.yaml:8: metrics.a.b: unknown key 'legnd', did you mean 'legend'?"


def test_severities_are_lower_case() -> None:
    text = ENTRY + "    query: up\n    section: '1.3'\n    thresholds: [{above: 1, severity: CRITICAL}]\n"
    assert refusal(text).startswith("m.yaml:8: metrics.a.b.thresholds[1].severity: ")


def test_two_alerts_of_one_name_are_refused() -> None:
    entry = "query: up, title: A, description: B, category: security, row: '1.1', alert: Same, for: 0s"
    text = f"metrics:\n  a: {{{entry}, thresholds: [{{above: 0, severity: low}}]}}\n"
    text += f"  b: {{{entry}, thresholds: [{{above: 0, severity: low}}]}}\n"
    assert refusal(text) == "m.yaml:0: alert names must be unique: Same"


def test_a_second_entry_of_one_name_is_refused() -> None:
    text = "metrics:\n  a: {query: up, title: A, description: B, category: security, section: '1.3'}\n  a: {}\n"
    assert refusal(text) == "m.yaml:3: metrics.a: this key stands in line 2 already"


def test_an_unknown_name_is_answered_with_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(ConfigError) as caught:
        catalogue.find("api.throughputt", "wall.yaml", 12)
    assert str(caught.value) == ("wall.yaml:12: unknown metric 'api.throughputt', did you mean 'api.throughput'?")


def test_a_metric_reads_as_the_file_says(catalogue: Catalogue) -> None:
    metric = catalogue.find("db.connection_pool.active")
    assert (metric.title, metric.unit, metric.for_, metric.category) == (
        "DB connections", "percentunit", 300, Category.PERFORMANCE,
    )  # fmt: skip
    assert metric.levels == (
        Threshold(0.8, Severity.HIGH),
        Threshold(0.95, Severity.CRITICAL, label="exhausted"),
    )
    assert metric.panel_query == metric.query


def test_a_log_metric_asks_its_panel_in_logql(catalogue: Catalogue) -> None:
    assert catalogue["security.events"].panel_query == '{job="laravel", category="security"}'
    assert catalogue["security.events"].language == "logql"
    assert catalogue["api.throughput"].language is None


def test_every_log_query_of_the_catalogue_is_logql(catalogue: Catalogue) -> None:
    for metric in catalogue.metrics.values():
        for text in (metric.logs, metric.logql):
            logql.parse((text or '{job=~".+"}').replace("$__range", "1h"))
        assert metric.logs is None or logql.is_log(logql.parse(metric.logs))


def test_every_alert_of_the_catalogue_has_lines_behind_it_or_names_a_part_that_writes_none(
    catalogue: Catalogue,
) -> None:
    silent = {name for name, metric in catalogue.rules() if metric.logs is None}
    assert silent == {"db.replication_lag"}


def test_every_unit_is_grafanas(catalogue: Catalogue) -> None:
    assert {metric.unit for metric in catalogue.metrics.values() if not is_known(metric.unit)} == set()


def test_every_metric_suits_a_panel(catalogue: Catalogue) -> None:
    for name, metric in catalogue.metrics.items():
        spec = StatSpec(kind="stat", metric=name, min=metric.min, max=metric.max, decimals=metric.decimals)
        assert spec.metric == name
        assert metric.min is None or metric.max is None or metric.min < metric.max, name


def test_two_levels_of_a_metric_rise_in_severity(catalogue: Catalogue) -> None:
    for name, metric in catalogue.metrics.items():
        ranks = [level.severity.rank for level in metric.levels]
        assert ranks == sorted(set(ranks)), name


def test_a_histogram_is_three_series_on_the_wire(series: Contract) -> None:
    family = "app_company_scope_query_duration_seconds"
    assert series.series[family].exposed(family) == {
        f"{family}_bucket": {"job", "instance", "le"},
        f"{family}_sum": {"job", "instance"},
        f"{family}_count": {"job", "instance"},
    }


def test_the_buckets_are_the_specifications(series: Contract) -> None:
    nine = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0)
    assert series.series["app_company_scope_query_duration_seconds"].buckets == nine
    assert series.series["app_webhook_processing_duration_seconds"].buckets == (*nine, 10.0, 30.0)


def test_no_label_is_unbounded(series: Contract) -> None:
    labels = {label for spec in series.series.values() for label in spec.labels}
    assert labels & {"user_id", "ip_address", "trace_id"} == set()
    for name, spec in series.series.items():
        size = 1
        for values in spec.labels.values():
            size *= values.cardinality
        assert size <= 2500, name


def test_names_follow_the_conventions(series: Contract) -> None:
    for name, spec in series.series.items():
        if name.startswith("app_"):
            assert (spec.type == "counter") == name.endswith("_total"), name
            if spec.unit is not None:
                assert name.endswith({"s": "_seconds", "bytes": "_bytes"}[spec.unit]), name


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("type: counter, buckets: [1]", "a histogram, and nothing else, has buckets"),
        ("type: histogram", "a histogram, and nothing else, has buckets"),
        ("type: histogram, buckets: [2, 1]", "buckets must ascend"),
    ],
)
def test_buckets_that_do_not_fit_are_refused(fields: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_model(f"{{job: a, help: h, labels: {{}}, {fields}}}", "c.yaml", SeriesSpec)
    assert str(caught.value) == f"c.yaml:0: {reason}"


def test_a_series_of_an_unknown_job_is_refused() -> None:
    text = """jobs: {a: {exporter: x, interval: 15s, instances: [i]}}
endpoints: []
vocabulary: {}
series:
  s: {job: b, type: gauge, help: h, labels: {}}
"""
    with pytest.raises(ConfigError) as caught:
        parse_model(text, "c.yaml", Contract)
    assert str(caught.value) == "c.yaml:0: series 's' names the unknown job 'b'"
