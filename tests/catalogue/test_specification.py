"""Every row of the specification's tables stands in the catalogue with its threshold and severity.

Transcribed from sections 1-3 and appendix B: "per minute" and "per hour" stay counts, milliseconds are seconds, percent
are ratios. Where the tables and section 4 contradict each other, the tables hold and section 4's more severe level is a
second threshold.
"""

from __future__ import annotations

from collections import Counter

import pytest

from noc.catalogue.contract import Contract
from noc.catalogue.metrics import Catalogue
from noc.config.panels import ThresholdSpec

ROWS = [  # table, metric, side, value, severity, unit of the value
    ("1.1", "auth.webhook.signature_failures", "above", 5, "critical", "cpm"),
    ("1.1", "auth.api.unauthorized_rate", "above", 10, "high", "cpm"),
    ("1.1", "auth.api.forbidden_rate", "above", 15, "medium", "cpm"),
    ("1.1", "auth.session.failed_logins", "above", 20, "high", "short"),
    ("1.1", "auth.webhook.missing_signatures", "above", 3, "critical", "cpm"),
    ("1.1", "tenant.cross_access_attempts", "above", 0, "critical", "short"),
    ("1.1", "tenant.scope_bypass_attempts", "above", 0, "critical", "short"),
    ("1.1", "tenant.policy_violations", "above", 5, "high", "cpm"),
    ("1.1", "tenant.admin_scope_bypass", "above", 0, "critical", "short"),
    ("1.1", "tenant.service_discovery_violations", "above", 0, "critical", "short"),
    ("1.1", "webhook.retell.signature_invalid", "above", 2, "critical", "cpm"),
    ("1.1", "webhook.calcom.signature_invalid", "above", 2, "critical", "cpm"),
    ("1.1", "webhook.stripe.signature_invalid", "above", 1, "critical", "cpm"),
    ("1.1", "webhook.rate_limit_exceeded", "above", 10, "high", "short"),
    ("1.1", "webhook.unconfigured_secret", "above", 0, "critical", "short"),
    ("1.1", "security.sql_injection_attempts", "above", 0, "critical", "short"),
    ("1.1", "security.xss_attempts", "above", 5, "high", "cpm"),
    ("1.1", "security.timing_attack_pattern", "above", 10, "medium", "short"),
    ("1.1", "security.brute_force_pattern", "above", 50, "critical", "cpm"),
    ("2.1", "scope.company.query_time_p95", "above", 0.5, "medium", "s"),
    ("2.1", "scope.company.query_time_p99", "above", 1, "high", "s"),
    ("2.1", "scope.company.queries_per_second", "above", 1000, "medium", "ops"),
    ("2.1", "scope.company.cache_hit_rate", "below", 0.8, "medium", "percentunit"),
    ("2.1", "scope.company.index_usage", "below", 0.95, "high", "percentunit"),
    ("2.2", "db.connection_pool.active", "above", 0.8, "high", "percentunit"),
    ("2.2", "db.connection_pool.waiting", "above", 10, "medium", "short"),
    ("2.2", "db.query.slow_log_rate", "above", 5, "medium", "cpm"),
    ("2.2", "db.deadlock_rate", "above", 1, "high", "short"),
    ("2.2", "db.replication_lag", "above", 5, "high", "s"),
    ("2.3", "api.response_time_p50", "above", 0.2, "low", "s"),
    ("2.3", "api.response_time_p95", "above", 1, "medium", "s"),
    ("2.3", "api.response_time_p99", "above", 2, "high", "s"),
    ("2.3", "api.throughput", "below", 10, "medium", "reqps"),
    ("2.3", "api.error_rate_5xx", "above", 0.01, "high", "percentunit"),
    ("3.2", "health.basic", "below", 2, "medium", "short"),
    ("3.2", "health.detailed", "below", 1, "high", "short"),
    ("3.2", "health.metrics", "below", 1, "medium", "short"),
    ("3.2", "health.calcom", "below", 1, "high", "short"),
    ("3.2", "health.time", "below", 1, "medium", "short"),
    ("3.3", "webhook.retell.success_rate", "below", 0.95, "medium", "percentunit"),
    ("3.3", "webhook.calcom.success_rate", "below", 0.95, "medium", "percentunit"),
    ("3.3", "webhook.stripe.success_rate", "below", 0.99, "high", "percentunit"),
    ("3.3", "webhook.delivery_latency_p95", "above", 5, "medium", "s"),
    ("3.3", "webhook.retry_rate", "above", 0.1, "medium", "percentunit"),
    ("3.4", "tenant.error_rate_overall", "above", 0.05, "high", "percentunit"),
    ("3.4", "tenant.api_failures", "above", 100, "medium", "short"),
    ("3.4", "tenant.webhook_failures", "above", 10, "medium", "short"),
    ("B", "auth.failure_spike", "above", 20, "high", "short"),
]

SECOND_LEVELS = [  # section 4.1's examples, where the tables have a milder level
    ("db.connection_pool.active", 0.95, "critical"),  # "database connection pool exhausted"
    ("api.response_time_p95", 2, "high"),  # "API response time p95 >2000ms"
    ("api.error_rate_5xx", 0.1, "critical"),  # "API error rate >10%"
    ("health.basic", 1, "high"),  # no answer is worse than a late one
]

WITHOUT_THRESHOLD = [  # rows that are shown, never an alert
    ("3.1", "tenant.active_companies"),
    ("3.1", "tenant.api_calls_per_company"),
    ("3.1", "tenant.storage_per_company"),
    ("3.1", "tenant.feature_usage"),
    ("3.1", "tenant.growth_rate"),
    ("3.4", "tenant.policy_denials"),  # LOW (monitoring)
]

APPENDIX_B = [  # metric, threshold's value, seconds it must hold, severity
    ("tenant.cross_access_attempts", 0, 0, "critical"),
    ("auth.webhook.signature_failures", 5, 60, "critical"),
    ("api.error_rate_5xx", 0.01, 120, "high"),
    # table 2.1 has 500 ms for the same severity, and the tables of sections 1-3 win
    ("scope.company.query_time_p95", 0.5, 300, "medium"),
    ("db.connection_pool.active", 0.8, 300, "high"),
    ("auth.failure_spike", 20, 120, "high"),
    ("webhook.delivery_latency_p95", 5, 300, "medium"),
]


@pytest.mark.parametrize(("row", "name", "side", "value", "severity", "unit"), ROWS, ids=[row[1] for row in ROWS])
def test_the_row_has_its_threshold_in_the_unit_of_its_value(
    catalogue: Catalogue, row: str, name: str, side: str, value: float, severity: str, unit: str
) -> None:
    metric = catalogue[name]
    first = metric.thresholds[0]
    assert (metric.row, getattr(first, side), first.severity, metric.unit) == (row, value, severity, unit)


@pytest.mark.parametrize(("name", "value", "severity"), SECOND_LEVELS)
def test_a_second_level_stands_beside_the_row(catalogue: Catalogue, name: str, value: float, severity: str) -> None:
    first, *further = catalogue[name].thresholds
    side = "above" if first.above is not None else "below"
    assert further == [ThresholdSpec.model_validate({side: value, "severity": severity, "label": further[0].label})]


@pytest.mark.parametrize(("row", "name"), WITHOUT_THRESHOLD)
def test_a_row_without_a_threshold_is_no_rule(catalogue: Catalogue, row: str, name: str) -> None:
    assert (catalogue[name].row, catalogue[name].is_rule) == (row, False)


@pytest.mark.parametrize(("name", "value", "seconds", "severity"), APPENDIX_B)
def test_appendix_b_agrees(catalogue: Catalogue, name: str, value: float, seconds: int, severity: str) -> None:
    metric = catalogue[name]
    first = metric.thresholds[0]
    assert (first.above, first.severity, metric.for_) == (value, severity, seconds)


def test_the_counts_reconcile(catalogue: Catalogue) -> None:
    """42 threshold rows in sections 1-3 and the five endpoints of 3.2, one more in appendix B, four second levels; 53 rows of
    sections 1-3 in all."""
    rules = dict(catalogue.rules())
    assert Counter(metric.row for metric in rules.values()) == {
        "1.1": 19, "2.1": 5, "2.2": 5, "2.3": 5, "3.2": 5, "3.3": 5, "3.4": 3, "B": 1,
    }  # fmt: skip
    assert set(rules) == {row[1] for row in ROWS}
    assert sum(len(metric.thresholds) for metric in rules.values()) == 42 + 5 + 1 + 4
    assert sum(metric.row is not None for metric in catalogue.metrics.values()) == 42 + 5 + 1 + len(WITHOUT_THRESHOLD)


ENDPOINTS = [  # section 3.2: metric, endpoint, seconds between two probes
    ("health.basic", "/health", 30),
    ("health.detailed", "/health/detailed", 120),
    ("health.metrics", "/health/metrics", 60),
    ("health.calcom", "/health/calcom", 300),
    ("health.time", "/api/zeitinfo", 60),
]


@pytest.mark.parametrize(("name", "path", "interval"), ENDPOINTS)
def test_a_check_of_an_endpoint_holds_longer_than_its_interval(
    catalogue: Catalogue, series: Contract, name: str, path: str, interval: float
) -> None:
    metric = catalogue[name]
    assert f'{{instance=~".*{path}"}}' in (metric.query or "")
    assert metric.for_ is not None
    assert interval < metric.for_ <= 4 * interval
    assert series.jobs["blackbox"].interval_of(f"https://api.example.com{path}") == interval


def test_the_bound_of_the_basic_check_is_one_number(catalogue: Catalogue) -> None:
    (bound,) = catalogue["health.basic_duration"].thresholds
    assert bound.above == 0.1
    assert "< bool 0.1" in (catalogue["health.basic"].query or "")


def test_every_critical_alert_has_a_runbook(catalogue: Catalogue) -> None:
    critical = [m for _, m in catalogue.rules() if any(level.severity == "critical" for level in m.thresholds)]
    assert [metric.alert for metric in critical if metric.runbook is None] == []


def test_the_alerts_the_specification_names_keep_their_names(catalogue: Catalogue) -> None:
    names = {metric.alert for _, metric in catalogue.rules()}
    assert names >= {
        "CrossTenantAccessAttempt",
        "WebhookSignatureFailures",
        "HighAPIErrorRate",
        "SlowCompanyScopeQueries",
        "DatabaseConnectionPoolHigh",
        "AuthFailureSpike",
    }
