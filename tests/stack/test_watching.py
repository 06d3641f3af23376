"""The rules beside the rows, and what only rules together show: dead exporters, deaf alerting, history, flapping."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.rules import RuleGroup, groups
from noc.model.timerange import format_duration
from tests.stack.promtool import Check, Fired, Phases, Shape, prove
from tests.stack.worlds import API, born, webhook_failures

pytestmark = pytest.mark.servers

MINUTE = 60.0
FILE = {speed: groups(metrics.load(), contract.load(), speed=speed) for speed in (1, 60)}
JOBS = contract.load().jobs
UP: dict[str, Shape] = {
    f'up{{job="{job}", instance="{instance}"}}': lambda at: 1
    for job, spec in JOBS.items()
    for instance in spec.instances
}


def only(*names: str, speed: int = 1) -> list[RuleGroup]:
    return [group for group in FILE[speed] if group.name in names]


def fires(alert: str, **labels: str) -> dict[str, float]:
    """What ``round(ALERTS)`` says of one firing alert."""
    own = "".join(f', {name}="{value}"' for name, value in labels.items())
    return {f'{{alertname="{alert}", alertstate="firing"{own}}}': 1.0}


def step(at: float, before: float, after: float) -> Shape:
    return lambda now: before if now < at else after


def bursts(*starts: float, last: float) -> Callable[[float], bool]:
    return lambda now: any(start <= now < start + last for start in starts)


WATCHDOG = fires("Watchdog", severity="none", category="availability")
FIRING = 'ALERTS{alertstate="firing"}'
ATTEMPT = 'ALERTS{alertname="CrossTenantAccessAttempt"}'
CRITICAL = {"severity": "critical", "category": "availability"}
HIGH = {"severity": "high", "category": "availability"}
DOWN = {
    "summary": "An exporter does not answer",
    "description": "Not scraped for 2 minutes: redis cache-1:9121",
    "ack_within": "15m",
    "runbook": "exporter-down",
    "runbook_url": "https://wiki.example.com/runbooks/exporter-down",
    "dashboard": "operations",
}


def test_a_cross_tenant_attempt_fires_at_its_first_sample_and_clears_within_16_minutes(tmp_path: Path) -> None:
    """Corrections 1: `increase() > 0` misses the first one, the bare counter never resolves."""
    first = 10 * MINUTE
    series = born("app_tenant_violations_total", f'company_id="7", {API}')(Phases(first, first))
    labels = {"severity": "critical", "category": "security", "company_id": "7"}
    own = {"instance": "api-1:8000", "job": "laravel-api"}
    once = fires("CrossTenantAccessAttempt", **labels, **own)
    checks = [
        Check(first - 30, ATTEMPT, {}),
        Check(first, ATTEMPT, once),
        Check(first + 14 * MINUTE, ATTEMPT, once),
        Check(first + 16 * MINUTE, ATTEMPT, {}),
        Check(5 * 60 * MINUTE, ATTEMPT, {}),
    ]
    prove(tmp_path, only("security_alerts"), series, checks, 1)


def test_an_attempt_every_fourteen_minutes_is_one_alert(tmp_path: Path) -> None:
    """Five minutes it counts, ten more must be quiet before it resolves."""
    counted = [10 * MINUTE, 24 * MINUTE, 38 * MINUTE]
    name = f'app_tenant_violations_total{{company_id="7", {API}}}'
    series: dict[str, Shape] = {name: lambda at: sum(at >= one for one in counted) or None}
    checks = [Check(at * MINUTE, f"count({ATTEMPT})", {"{}": 1.0}) for at in (10, 23.5, 37.5, 52)]
    prove(
        tmp_path,
        only("security_alerts"),
        series,
        [*checks, Check(54 * MINUTE, ATTEMPT, {})],
        1,
    )


@pytest.mark.parametrize("speed", [1, 60])
def test_a_target_that_stops_answering_fires_after_two_minutes(tmp_path: Path, speed: int) -> None:
    series = UP | {
        'up{job="laravel-api", instance="api-2:8000"}': step(10 * MINUTE, 1, 0),
        'up{job="redis", instance="cache-1:9121"}': lambda at: 0 if 10 * MINUTE <= at < 20 * MINUTE else 1,
    }
    api = fires("LaravelMetricsDown", **CRITICAL, job="laravel-api", instance="api-2:8000")
    cache = fires("ExporterDown", **HIGH, job="redis", instance="cache-1:9121")
    checks = [
        Check(11.5 * MINUTE, FIRING, WATCHDOG),
        Check(12 * MINUTE, FIRING, WATCHDOG | api | cache),
        Fired(12 * MINUTE, "ExporterDown", [(HIGH | {"job": "redis", "instance": "cache-1:9121"}, DOWN)]),
        Check(20 * MINUTE, FIRING, WATCHDOG | api),
    ]
    prove(tmp_path, only("meta", speed=speed), series, checks, speed)


def test_a_job_that_nobody_scrapes_is_down_too(tmp_path: Path) -> None:
    """An exporter that vanished from the configuration is no green wall."""
    missing = {job: fires("ExporterDown", **HIGH, job=job) for job in JOBS if job != "laravel-api"}
    absent = fires("LaravelMetricsDown", **CRITICAL, job="laravel-api")
    for one in missing.values():
        absent |= one
    checks = [
        Check(1.5 * MINUTE, FIRING, WATCHDOG),
        Check(2 * MINUTE, FIRING, WATCHDOG | absent),
    ]
    prove(tmp_path, only("meta"), {}, checks, 1)


def test_alerting_that_cannot_be_heard_is_an_alert(tmp_path: Path) -> None:
    own = 'job="prometheus", instance="localhost:9090"'
    series = UP | {
        f'prometheus_rule_evaluation_failures_total{{rule_group="r.yml;security_alerts", {own}}}': step(
            10 * MINUTE, 0, 1
        ),
        f'prometheus_rule_evaluation_failures_total{{rule_group="r.yml;meta", {own}}}': lambda at: 0,
        f"prometheus_notifications_alertmanagers_discovered{{{own}}}": step(10 * MINUTE, 2, 0),
        f"prometheus_notifications_dropped_total{{{own}}}": step(10 * MINUTE, 0, 4),
    }
    found = (
        WATCHDOG
        | fires("RuleEvaluationFailures", **HIGH, rule_group="r.yml;security_alerts")
        | fires("AlertmanagerMissing", **CRITICAL)
        | fires("NotificationsDropped", **HIGH)
    )
    checks = [
        Check(9.5 * MINUTE, FIRING, WATCHDOG),
        Check(12 * MINUTE, FIRING, found),
        Check(16 * MINUTE, FIRING, WATCHDOG | fires("AlertmanagerMissing", **CRITICAL)),
    ]
    prove(tmp_path, only("meta"), series, checks, 1)


SIGNATURES = 'alertname="WebhookSignatureFailures", severity="critical", category="security", endpoint="/webhook"'


@pytest.mark.parametrize("speed", [1, 60])
def test_history_counts_a_firing_once_however_long_it_lasts(tmp_path: Path, speed: int) -> None:
    series = webhook_failures("webhook_signature", (0, 60, 0))(Phases(10 * MINUTE, 20 * MINUTE))
    window = f"[{format_duration(3600 / speed)}:{format_duration(60 / speed)}]"
    fired = f'count_over_time(noc:alert_fired{{alertname="WebhookSignatureFailures"}}{window})'
    checks = [Check(50 * MINUTE, fired, {f'{{{SIGNATURES}, alertstate="firing"}}': 1.0})]
    prove(tmp_path, only("security_alerts", "noc_history", speed=speed), series, checks, speed)


def test_history_knows_how_long_it_took_to_tell(tmp_path: Path) -> None:
    """It is pending for a minute, and recorded when it begins to fire."""
    series = webhook_failures("webhook_signature", (0, 60, 0))(Phases(10 * MINUTE, 20 * MINUTE))
    checks = [
        Check(11 * MINUTE, "noc:alert_detect_seconds{severity!='none'}", {}),
        Check(11.5 * MINUTE, "noc:alert_detect_seconds{severity!='none'}", {f"{{{SIGNATURES}}}": 60.0}),
        Check(12.5 * MINUTE, "noc:alert_detect_seconds{severity!='none'}", {}),
    ]
    prove(tmp_path, only("security_alerts", "noc_history"), series, checks, 1)


@pytest.mark.parametrize("speed", [1, 60])
def test_three_bursts_in_half_an_hour_are_flapping_though_the_alert_fires_once(tmp_path: Path, speed: int) -> None:
    """Corrections 27: `keep_firing_for` makes one firing of them, so the condition is what counts."""
    missing = bursts(5 * MINUTE, 14 * MINUTE, 23 * MINUTE, last=3 * MINUTE)
    name = f'app_webhook_secret_configured{{provider="stripe", {API}}}'
    series: dict[str, Shape] = {name: lambda at: 0 if missing(at) else 1}
    flapping = '{alertname="WebhookSecretUnconfigured", severity="critical", provider="stripe"}'
    kept = fires("WebhookSecretUnconfigured", severity="critical", category="security", provider="stripe")
    both = 'ALERTS{alertname="WebhookSecretUnconfigured"}'
    checks = [
        Check(22.5 * MINUTE, "noc:alert_flapping", {}),
        Check(23.5 * MINUTE, "noc:alert_flapping", {flapping: 3.0}),
        *(Check(at * MINUTE, both, kept) for at in (5, 13, 22, 30)),
        Check(40 * MINUTE, "noc:alert_flapping", {}),
    ]
    prove(tmp_path, only("security_alerts", "noc_history", speed=speed), series, checks, speed)


def test_the_size_of_a_storm_is_recorded(tmp_path: Path) -> None:
    providers = ("retell", "calcom", "stripe")
    series: dict[str, Shape] = {
        f'app_webhook_secret_configured{{provider="{provider}", {API}}}': step(number * MINUTE, 1, 0)
        for number, provider in enumerate(providers, 5)
    }
    checks = [
        Check(at * MINUTE, "noc:alerts_critical", {"{}": count} if count else {})
        for at, count in ((4.0, 0), (5.0, 1), (6.0, 2), (9.0, 3))
    ]
    prove(tmp_path, only("security_alerts", "noc_history"), series, checks, 1)
