"""The rule objects made of the catalogue: one alert for each level of each row, recorded first, with what people read."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.rules import (
    CONDITION,
    HISTORY,
    AlertRule,
    Links,
    RecordingRule,
    RuleGroup,
    faster,
    groups,
    meta,
)
from noc.model.severity import Severity
from tests.catalogue.test_specification import ROWS as TABLES
from tests.catalogue.test_specification import SECOND_LEVELS
from tests.stack.rows import ROWS, Row

CATALOGUE, CONTRACT = metrics.load(), contract.load()
MADE = groups(CATALOGUE, CONTRACT)
FROM_ROWS = [rule for group in MADE[:4] for rule in group.rules if isinstance(rule, AlertRule)]


def test_the_groups_and_how_often_each_is_evaluated() -> None:
    assert [(group.name, group.interval, len(group.rules)) for group in MADE] == [
        ("security_alerts", 30.0, 40),
        ("performance_alerts", 60.0, 32),
        ("availability_alerts", 30.0, 16),
        ("business_alerts", 60.0, 16),
        ("meta", 30.0, 10),
        ("noc_history", 60.0, 4),
    ]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.metric}-{row.severity}" for row in ROWS])
def test_the_row_has_one_rule_with_its_name_severity_and_hold(row: Row) -> None:
    found = [
        (rule.for_, rule.keep_firing_for, rule.labels, rule.annotations["metric"])
        for rule in FROM_ROWS
        if (rule.alert, rule.labels["severity"]) == (row.alert, row.severity)
    ]
    assert found == [(row.hold, 600.0, {"severity": row.severity, "category": row.category}, row.metric)]


def test_every_level_of_the_specifications_tables_is_among_them() -> None:
    """42 rows of sections 1-3, the five endpoints of 3.2, one of appendix B, four second levels."""
    tables = [(name, severity) for _, name, _, _, severity, _ in TABLES]
    second = [(name, severity) for name, _, severity in SECOND_LEVELS]
    assert Counter(tables + second) == Counter((row.metric, row.severity) for row in ROWS)
    assert len(FROM_ROWS) == len(ROWS) == 42 + 5 + 1 + 4


def test_a_condition_is_recorded_right_before_the_alert_that_reads_it() -> None:
    """Rules of a group are evaluated in order, so the alert reads a fresh record."""
    for group in MADE[:4]:
        for record, alert in list(pairwise(group.rules))[::2]:
            assert isinstance(record, RecordingRule)
            assert isinstance(alert, AlertRule)
            severity = alert.labels["severity"]
            assert record.labels == {"alertname": alert.alert, "severity": severity}
            assert record.record == CONDITION
            assert alert.expr == f'{CONDITION}{{alertname="{alert.alert}", severity="{severity}"}}'


def test_a_condition_keeps_the_metrics_value_and_its_guard() -> None:
    found = {
        (rule.labels["alertname"], rule.labels["severity"]): rule.expr
        for group in MADE[:4]
        for rule in group.rules
        if isinstance(rule, RecordingRule)
    }
    assert found["DatabaseConnectionPoolHigh", "critical"] == (
        "max by (instance) (mysql_global_status_threads_connected)"
        " / on (instance) max by (instance) (mysql_global_variables_max_connections) > 0.95"
    )
    assert found["LowIndexUsage", "high"] == (
        'sum(rate(app_company_scope_index_queries_total{index="used"}[5m]))'
        " / sum(rate(app_company_scope_index_queries_total[5m])) < 0.95"
        " and sum(rate(app_company_scope_index_queries_total[5m])) > 0.1"
    )


def test_levels_of_one_metric_share_the_name_so_that_one_may_inhibit_the_other() -> None:
    shared = Counter(rule.alert for rule in FROM_ROWS)
    assert {name for name, count in shared.items() if count > 1} == {
        "ApiLatencyP95",
        "BasicHealthCheck",
        "DatabaseConnectionPoolHigh",
        "HighAPIErrorRate",
    }


@pytest.mark.parametrize(
    ("metric", "severity", "within", "after"),
    [
        ("webhook.rate_limit_exceeded", Severity.CRITICAL, 300, 600),
        ("webhook.rate_limit_exceeded", Severity.HIGH, 900, 600),
        ("webhook.rate_limit_exceeded", Severity.MEDIUM, 3600, 600),
        ("webhook.rate_limit_exceeded", Severity.LOW, None, 600),
        ("auth.webhook.signature_failures", Severity.CRITICAL, 300, 1800),
        ("tenant.cross_access_attempts", Severity.CRITICAL, 120, 1800),
        ("db.connection_pool.active", Severity.CRITICAL, 60, 600),
        ("api.error_rate_5xx", Severity.HIGH, 600, 600),
        ("api.error_rate_5xx", Severity.CRITICAL, 300, 600),
    ],
)
def test_how_soon_somebody_answers_and_how_long_they_watch(
    metric: str, severity: Severity, within: float | None, after: float
) -> None:
    """Section 4.1 by severity; a runbook of 4.4 may ask for sooner, never for later."""
    assert CATALOGUE[metric].response(severity) == (within, after)


def test_what_people_read_of_one_alert() -> None:
    links = Links("https://wiki.example.org/noc/", "https://grafana.example.org/d")
    rules = [rule for group in groups(CATALOGUE, CONTRACT, links=links) for rule in group.rules]
    (rule,) = [rule for rule in rules if isinstance(rule, AlertRule) and rule.alert == "TenantErrorRate"]
    assert rule.annotations == {
        "summary": "Error rate by tenant",
        "description": "{{ $value | humanizePercentage }} (company {{ $labels.company_id }}), above 5%: "
        "Share of a company's requests answered with a server error",
        "metric": "tenant.error_rate_overall",
        "runbook": "tenant-errors",
        "runbook_url": "https://wiki.example.org/noc/tenant-errors",
        "dashboard": "business",
        "dashboard_url": "https://grafana.example.org/d/business",
        "ack_within": "15m",
        "watch_after": "10m",
    }


def test_without_a_base_there_is_no_link() -> None:
    rules = [rule for group in groups(CATALOGUE, CONTRACT, links=Links("", "")) for rule in group.rules]
    names = {name for rule in rules if isinstance(rule, AlertRule) for name in rule.annotations}
    assert names == {"summary", "description", "metric", "runbook", "dashboard", "ack_within", "watch_after"}


def test_a_dashboard_is_named_after_what_the_alert_is_about() -> None:
    assert {(rule.labels["category"], rule.annotations["dashboard"]) for rule in FROM_ROWS} == {
        ("security", "security"),
        ("performance", "performance"),
        ("business", "business"),
        ("availability", "operations"),
    }


def test_every_alert_says_what_it_is() -> None:
    alerts = [rule for group in MADE for rule in group.rules if isinstance(rule, AlertRule)]
    assert {rule.labels["severity"] for rule in alerts} == {"critical", "high", "medium", "low", "none"}
    assert {rule.labels["category"] for rule in alerts} == {"security", "performance", "availability", "business"}
    assert [
        rule.alert for rule in alerts if not rule.annotations["summary"] or not rule.annotations["description"]
    ] == []


def test_the_rules_about_alerting_itself() -> None:
    found = [(rule.alert, rule.labels["severity"], rule.for_, rule.expr) for rule in meta(CONTRACT, Links())]
    assert found == [
        ("Watchdog", "none", 0.0, "vector(1)"),
        ("LaravelMetricsDown", "critical", 120.0, 'up{job="laravel-api"} == 0 or absent(up{job="laravel-api"})'),
        ("ExporterDown", "high", 120.0, 'up{job="mysqld"} == 0 or absent(up{job="mysqld"})'),
        ("ExporterDown", "high", 120.0, 'up{job="redis"} == 0 or absent(up{job="redis"})'),
        ("ExporterDown", "high", 120.0, 'up{job="node"} == 0 or absent(up{job="node"})'),
        ("ExporterDown", "high", 120.0, 'up{job="prometheus"} == 0 or absent(up{job="prometheus"})'),
        ("ExporterDown", "high", 120.0, 'up{job="blackbox"} == 0 or absent(up{job="blackbox"})'),
        (
            "RuleEvaluationFailures",
            "high",
            60.0,
            "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
        ),
        ("AlertmanagerMissing", "critical", 120.0, "min(prometheus_notifications_alertmanagers_discovered) < 1"),
        ("NotificationsDropped", "high", 60.0, "sum(increase(prometheus_notifications_dropped_total[5m])) > 0"),
    ]


def test_the_rules_about_alerting_resolve_at_once_and_have_runbooks() -> None:
    assert {(rule.keep_firing_for, bool(rule.annotations["runbook"])) for rule in meta(CONTRACT, Links())} == {
        (0.0, True)
    }


def test_what_history_records() -> None:
    assert {rule.record: rule.expr for rule in HISTORY} == {
        "noc:alert_fired": 'ALERTS{alertstate="firing"} unless ALERTS{alertstate="firing"} offset 1m',
        "noc:alert_detect_seconds": (
            '(timestamp(ALERTS{alertstate="firing"}) - ignoring (alertstate) ALERTS_FOR_STATE) '
            'unless ignoring (alertstate) (ALERTS{alertstate="firing"} offset 1m)'
        ),
        "noc:alert_flapping": (
            "count_over_time((noc:alert_condition unless noc:alert_condition offset 1m)[30m:1m]) >= 3"
        ),
        "noc:alerts_critical": 'count(ALERTS{alertstate="firing", severity="critical"})',
    }


def test_a_faster_group_has_every_time_divided() -> None:
    slow = RuleGroup(
        "g",
        30.0,
        (
            RecordingRule("r", "increase(x[5m])", {"a": "b"}),
            AlertRule("A", "rate(x[5m]) > 1", 60.0, 600.0, {"severity": "high"}, {"summary": "s"}),
        ),
    )
    assert faster(slow, 60) == RuleGroup(
        "g",
        0.5,
        (
            RecordingRule("r", "increase(x[5s])", {"a": "b"}),
            AlertRule("A", "(rate(x[5s]) / 60) > 1", 1.0, 10.0, {"severity": "high"}, {"summary": "s"}),
        ),
    )
