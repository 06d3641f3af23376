"""Alert and recording rules made of the catalogue: every threshold of the specification's tables, once (specification 6.3).

Each condition is recorded first (``noc:alert_condition`` with the alert's name and severity), and the alert reads the
record. So the condition's own course stays visible behind ``keep_firing_for``, and "fired three times in half an hour" can
be told although the alert fired once (corrections 27). A record keeps the measured value, so ``$value`` is the metric's.

A second, more severe level of a metric is a second rule of the same name: Alertmanager then lets the CRITICAL inhibit the
HIGH of the same company (corrections, section 8: ``equal: [alertname, company_id]``).

``speed`` makes rules for a world that runs so many times as fast: ``for``, ``keep_firing_for`` and intervals are divided,
and expressions are paced (:mod:`noc.catalogue.pace`), so that the same thresholds are crossed with the same figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from noc.catalogue.contract import Contract
from noc.catalogue.metrics import Catalogue, Category, Metric
from noc.catalogue.pace import paced
from noc.config.panels import ThresholdSpec
from noc.model.alerts import WATCHDOG
from noc.model.severity import Severity
from noc.model.timerange import format_duration

CONDITION = "noc:alert_condition"
KEEP_FIRING = 600.0
"""Seconds a condition must stay away before its alert resolves (specification 4.2)."""

INTERVALS = {
    Category.SECURITY: 30.0,
    Category.AVAILABILITY: 30.0,
    Category.PERFORMANCE: 60.0,
    Category.BUSINESS: 60.0,
}
DASHBOARDS = {
    Category.SECURITY: "security",
    Category.PERFORMANCE: "performance",
    Category.BUSINESS: "business",
    Category.AVAILABILITY: "operations",
}
RUNBOOK_URL = "https://wiki.example.com/runbooks/"

SHORTEST = 300.0
"""Seconds of the shortest window a rule looks back; at least four scrapes must fit in."""


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """``record``: the new series' name."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertRule:
    """``for_`` and ``keep_firing_for`` in seconds."""

    alert: str
    expr: str
    for_: float = 0.0
    keep_firing_for: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


Rule = RecordingRule | AlertRule


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules evaluated in order every ``interval`` seconds."""

    name: str
    interval: float
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Bases of the URLs in annotations; an empty one writes none."""

    runbooks: str = RUNBOOK_URL
    dashboards: str = ""


def groups(
    catalogue: Catalogue, contract: Contract, *, speed: float = 1.0, links: Links | None = None
) -> tuple[RuleGroup, ...]:
    """All groups in the order they are written. ``speed`` 1 is the world's own pace."""
    links = links or Links()
    out = []
    for category in Category:
        rows = [(name, metric) for name, metric in catalogue.rules() if metric.category is category]
        made = [rule for name, metric in rows for rule in _of(name, metric, links)]
        if made:
            out.append(RuleGroup(f"{category.value}_alerts", INTERVALS[category], tuple(made)))
    out.append(RuleGroup("meta", 30.0, tuple(meta(contract, links))))
    out.append(RuleGroup("noc_history", 60.0, HISTORY))
    return tuple(faster(group, speed) for group in out)


def _of(name: str, metric: Metric, links: Links) -> Iterator[Rule]:
    """A record and an alert for each level of a row."""
    assert metric.alert is not None and metric.for_ is not None
    for level in metric.thresholds:
        labels = {"alertname": metric.alert, "severity": level.severity.value}
        yield RecordingRule(CONDITION, condition(metric, level), labels)
        yield AlertRule(
            metric.alert,
            f'{CONDITION}{{alertname="{metric.alert}", severity="{level.severity.value}"}}',
            metric.for_,
            KEEP_FIRING,
            {"severity": level.severity.value, "category": metric.category.value},
            notes(name, metric, level, links),
        )


def condition(metric: Metric, level: ThresholdSpec) -> str:
    """The expression that holds while the level is crossed, with the metric's value.

    Without parentheses: no query of a row ends in an operator that binds as loosely as a comparison; a test keeps it so.
    """
    threshold = level.threshold()
    crossed = f"{metric.query} {'<' if threshold.below else '>'} {threshold.value:g}"
    return f"{crossed} and {metric.guard}" if metric.guard else crossed


def notes(name: str, metric: Metric, level: ThresholdSpec, links: Links) -> dict[str, str]:
    """What people read: summary, the value in words, runbook, dashboard, and how soon to answer."""
    within, after = metric.response(level.severity)
    out = {"summary": metric.title, "description": _description(metric, level), "metric": name}
    if metric.runbook:
        out["runbook"] = metric.runbook
        if links.runbooks:
            out["runbook_url"] = f"{links.runbooks.rstrip('/')}/{metric.runbook}"
    dashboard = DASHBOARDS[metric.category]
    out["dashboard"] = dashboard
    if links.dashboards:
        out["dashboard_url"] = f"{links.dashboards.rstrip('/')}/{dashboard}"
    if within is not None:
        out["ack_within"] = format_duration(within)
    out["watch_after"] = format_duration(after)
    return out


_VALUES = {
    "percentunit": "{{ $value | humanizePercentage }}",
    "s": "{{ $value | humanizeDuration }}",
    "cpm": '{{ $value | printf "%.1f" }} per minute',
    "reqps": '{{ $value | printf "%.1f" }} requests per second',
    "ops": '{{ $value | printf "%.1f" }} per second',
}


def _description(metric: Metric, level: ThresholdSpec) -> str:
    value = _VALUES.get(metric.unit, '{{ $value | printf "%.0f" }}')
    threshold = level.threshold()
    limit = _limit(threshold.value, metric.unit)
    where, labels = re.subn(r"\{\{(\w+)\}\}", r"{{ $labels.\1 }}", metric.legend or "")
    side = "below" if threshold.below else "above"
    return f"{value}{f' ({where})' if labels else ''}, {side} {limit}: {metric.description}"


def _limit(value: float, unit: str) -> str:
    if unit == "percentunit":
        return f"{value * 100:g}%"
    return format_duration(value) if unit == "s" else f"{value:g}"


def meta(contract: Contract, links: Links) -> Iterator[AlertRule]:
    """Rules about the alerting itself: without them a dead exporter is a green wall (corrections 8)."""
    yield AlertRule(
        WATCHDOG,
        "vector(1)",
        labels={"severity": "none", "category": "availability"},
        annotations={
            "summary": "Alerting works",
            "description": "Always fires: when it is missing, alerts do not arrive",
            **_read("watchdog-missing", links),
        },
    )
    for job in contract.jobs:
        own = job == "laravel-api"
        severity = Severity.CRITICAL if own else Severity.HIGH
        yield AlertRule(
            "LaravelMetricsDown" if own else "ExporterDown",
            f'up{{job="{job}"}} == 0 or absent(up{{job="{job}"}})',
            120.0,
            labels={"severity": severity.value, "category": "availability", "job": job},
            annotations={
                "summary": "The API's metrics are missing" if own else "An exporter does not answer",
                "description": f"Not scraped for 2 minutes: {job} {{{{ $labels.instance }}}}",
                "ack_within": "5m" if own else "15m",
                **_read("metrics-down" if own else "exporter-down", links),
            },
        )
    yield AlertRule(
        "RuleEvaluationFailures",
        "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
        60.0,
        labels={"severity": "high", "category": "availability"},
        annotations={
            "summary": "A rule fails in evaluation",
            "description": "{{ $labels.rule_group }}: its alerts cannot fire",
            "ack_within": "15m",
            **_read("rule-failures", links),
        },
    )
    yield AlertRule(
        "AlertmanagerMissing",
        "min(prometheus_notifications_alertmanagers_discovered) < 1",
        120.0,
        labels={"severity": "critical", "category": "availability"},
        annotations={
            "summary": "Prometheus knows no Alertmanager",
            "description": "Alerts fire and nobody is told",
            "ack_within": "5m",
            **_read("alertmanager-down", links),
        },
    )
    yield AlertRule(
        "NotificationsDropped",
        "sum(increase(prometheus_notifications_dropped_total[5m])) > 0",
        60.0,
        labels={"severity": "high", "category": "availability"},
        annotations={
            "summary": "Prometheus drops notifications",
            "description": '{{ $value | printf "%.0f" }} dropped in 5 minutes',
            "ack_within": "15m",
            **_read("alertmanager-down", links),
        },
    )


def _read(runbook: str, links: Links) -> dict[str, str]:
    url = {"runbook_url": f"{links.runbooks.rstrip('/')}/{runbook}"} if links.runbooks else {}
    return {"runbook": runbook, **url, "dashboard": "operations"}


HISTORY: tuple[RecordingRule, ...] = (
    RecordingRule("noc:alert_fired", 'ALERTS{alertstate="firing"} unless ALERTS{alertstate="firing"} offset 1m'),
    RecordingRule(
        "noc:alert_detect_seconds",
        '(timestamp(ALERTS{alertstate="firing"}) - ignoring (alertstate) ALERTS_FOR_STATE) '
        'unless ignoring (alertstate) (ALERTS{alertstate="firing"} offset 1m)',
    ),
    RecordingRule("noc:alert_flapping", f"count_over_time(({CONDITION} unless {CONDITION} offset 1m)[30m:1m]) >= 3"),
    RecordingRule("noc:alerts_critical", 'count(ALERTS{alertstate="firing", severity="critical"})'),
)
"""What makes history cheap to ask: risings, seconds from the condition to the alert, flapping, the size of a storm.

Prometheus keeps the moment a condition began in whole seconds: at a high speed the time to detect is coarse.
"""


def faster(group: RuleGroup, speed: float) -> RuleGroup:
    """The same group for a world that runs ``speed`` times as fast."""
    return RuleGroup(group.name, group.interval / speed, tuple(_faster(rule, speed) for rule in group.rules))


def _faster(rule: Rule, speed: float) -> Rule:
    expr = paced(rule.expr, speed)
    if isinstance(rule, RecordingRule):
        return replace(rule, expr=expr)
    return replace(rule, expr=expr, for_=rule.for_ / speed, keep_firing_for=rule.keep_firing_for / speed)
