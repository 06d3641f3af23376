"""What the catalogue's trickier queries answer, by Prometheus' own rule tester (Debian's promtool)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from noc.catalogue.metrics import Catalogue
from tests.servers import require

pytestmark = pytest.mark.servers

API = 'instance="api-1:8000", job="laravel-api"'
UP = {f"up{{{API}}}": "1x400"}


def check(tmp_path: Path, expr: str, series: dict[str, str], *answers: tuple[str, dict[str, float]]) -> None:
    """Feed ``series`` (a sample every 15 s, promtool's notation) and compare ``expr``, to six decimals, at each time."""
    cases: list[dict[str, Any]] = [
        {
            "expr": f"round({expr}, 1e-6)",
            "eval_time": at,
            "exp_samples": [{"labels": labels, "value": value} for labels, value in expected.items()],
        }
        for at, expected in answers
    ]
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    test = {"tests": [{"interval": "15s", "input_series": inputs, "promql_expr_test": cases}]}
    path = tmp_path / "test.yml"
    path.write_text(json.dumps(test), encoding="utf-8")
    done = subprocess.run(
        [require("promtool"), "test", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_violation_of_a_new_series_counts_and_an_old_one_does_not(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """`increase() > 0` alone misses the first violation; the bare counter never resolves (corrections 1)."""
    born = {f'app_tenant_violations_total{{company_id="2", user_id="7", {API}}}': "_x10 1x100"}
    query = catalogue["tenant.cross_access_attempts"].query
    assert query is not None
    labels = f'{{company_id="2", {API}}}'
    check(tmp_path, query, born, ("2m", {}), ("3m", {labels: 1}), ("7m", {labels: 1}), ("8m", {labels: 0}))


def test_no_violation_reads_zero_and_a_dead_exporter_reads_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    query = catalogue["tenant.isolation_violations"].panel_query
    check(tmp_path, query, {f"up{{{API}}}": "1x20 0x20"}, ("4m", {"{}": 0}), ("8m", {}))


def test_violations_of_two_kinds_are_told_apart(tmp_path: Path, catalogue: Catalogue) -> None:
    series = UP | {
        f'app_tenant_violations_total{{company_id="2", {API}}}': "_x10 1x100",
        f'app_tenant_service_violations_total{{company_id="2", {API}}}': "_x10 2x100",
    }
    expected = {'{kind="cross access"}': 1.0, '{kind="service discovery"}': 2.0}
    check(tmp_path, catalogue["tenant.isolation_violations"].panel_query, series, ("3m", expected))


def test_the_zero_gives_way_to_labelled_series(tmp_path: Path, catalogue: Catalogue) -> None:
    series = UP | {f'app_auth_failures_total{{type="webhook_signature", endpoint="/webhook", {API}}}': "_x40 0+1x100"}
    query = catalogue["auth.webhook.signature_failures"].panel_query
    check(tmp_path, query, series, ("5m", {"{}": 0}), ("20m", {'{endpoint="/webhook"}': 4}))


def test_six_unsigned_webhooks_a_minute_cross_a_threshold_a_minute(tmp_path: Path, catalogue: Catalogue) -> None:
    """Per second, 6 a minute are 0.1 and stay silent (corrections 2)."""
    series = {f'app_auth_failures_total{{type="webhook_missing", endpoint="/webhook", {API}}}': "0+1.5x100"}
    query = catalogue["auth.webhook.missing_signatures"].query
    assert query is not None
    check(tmp_path, f"{query} > 3", series, ("10m", {'{endpoint="/webhook"}': 6}))


def test_a_webhook_attack_is_no_authentication_spike(tmp_path: Path, catalogue: Catalogue) -> None:
    series = UP | {f'app_auth_failures_total{{type="webhook_signature", endpoint="/webhook", {API}}}': "0+10x100"}
    check(tmp_path, catalogue["auth.failure_spike"].panel_query, series, ("10m", {"{}": 0}))


def test_two_errors_in_a_hundred_are_two_percent_and_none_are_zero(tmp_path: Path, catalogue: Catalogue) -> None:
    """Each series divided by itself is 1.0 (corrections 3)."""
    query = catalogue["api.error_rate_5xx"].panel_query
    fine = {f'app_http_requests_total{{status="200", endpoint="/a", {API}}}': "0+98x100"}
    failing = fine | {f'app_http_requests_total{{status="502", endpoint="/b", {API}}}': "0+2x100"}
    check(tmp_path, query, failing, ("10m", {"{}": 0.02}))
    check(tmp_path, query, fine, ("10m", {"{}": 0}))
    check(tmp_path, query, {}, ("10m", {}))


def test_a_guard_keeps_quiet_traffic_out_of_the_ratio(tmp_path: Path, catalogue: Catalogue) -> None:
    """One failing request of two in five minutes is no outage."""
    metric = catalogue["api.error_rate_5xx"]
    series = {
        f'app_http_requests_total{{status="200", {API}}}': "0+0.01x100",
        f'app_http_requests_total{{status="500", {API}}}': "0+0.01x100",
    }
    assert metric.query is not None
    check(tmp_path, f"{metric.query} > 0.01", series, ("10m", {"{}": 0.5}))
    check(tmp_path, f"{metric.query} > 0.01 and {metric.guard}", series, ("10m", {}))


def test_a_quantile_is_of_the_last_minutes_not_of_a_lifetime(tmp_path: Path, catalogue: Catalogue) -> None:
    """An hour of fast queries before five slow minutes must not hide them (corrections 4)."""
    name = f"app_company_scope_query_duration_seconds_bucket{{{API}"
    series = {
        f'{name}, le="0.5"}}': "0+100x240 24000x40",
        f'{name}, le="1"}}': "0+100x240 24000x40",
        f'{name}, le="2"}}': "0+100x240 24000+100x40",
        f'{name}, le="+Inf"}}': "0+100x240 24000+100x40",
    }
    check(tmp_path, catalogue["scope.company.query_time_p95"].panel_query, series, ("68m", {"{}": 1.95}))


def test_one_deadlock_an_hour_is_one(tmp_path: Path, catalogue: Catalogue) -> None:
    """Extrapolation makes more than one of it, and one is allowed."""
    name = 'mysql_info_schema_innodb_metrics_lock_lock_deadlocks_total{instance="db-1:9104", job="mysqld"}'
    query = catalogue["db.deadlock_rate"].panel_query
    check(tmp_path, query, {name: "3x200 4x200"}, ("90m", {'{instance="db-1:9104"}': 1}))


def test_the_pool_is_compared_server_by_server(tmp_path: Path, catalogue: Catalogue) -> None:
    series = {
        'mysql_global_status_threads_connected{instance="db-1:9104", job="mysqld"}': "85x40",
        'mysql_global_variables_max_connections{instance="db-1:9104", job="other"}': "100x40",
        'mysql_global_status_threads_connected{instance="db-2:9104", job="mysqld"}': "10x40",
        'mysql_global_variables_max_connections{instance="db-2:9104", job="mysqld"}': "200x40",
    }
    expected = {'{instance="db-1:9104"}': 0.85, '{instance="db-2:9104"}': 0.05}
    check(tmp_path, catalogue["db.connection_pool.active"].panel_query, series, ("5m", expected))


def test_a_silent_exporter_is_a_dead_service(tmp_path: Path, catalogue: Catalogue) -> None:
    series = UP | {
        'mysql_up{instance="db-1:9104", job="mysqld"}': "1x40",
        f'app_queue_workers{{queue="default", {API}}}': "4x40",
        f'app_queue_workers{{queue="webhooks", {API}}}': "0x40",
    }
    states = {'{service="API"}': 1.0, '{service="Database"}': 1.0, '{service="Cache"}': 0.0, '{service="Queue"}': 0.0}
    check(tmp_path, catalogue["service.up"].panel_query, series, ("5m", states))
    check(tmp_path, catalogue["service.down"].panel_query, series, ("5m", {"{}": 2}))


def test_a_secret_missing_on_one_instance_counts(tmp_path: Path, catalogue: Catalogue) -> None:
    series = {
        'app_webhook_secret_configured{provider="retell", instance="a"}': "1x40",
        'app_webhook_secret_configured{provider="retell", instance="b"}': "0x40",
        'app_webhook_secret_configured{provider="stripe", instance="a"}': "1x40",
    }
    query = catalogue["webhook.unconfigured_secret"].panel_query
    check(tmp_path, query, series, ("5m", {'{provider="retell"}': 1, '{provider="stripe"}': 0}))


def test_a_company_without_errors_has_a_rate_of_zero(tmp_path: Path, catalogue: Catalogue) -> None:
    series = {
        f'app_tenant_requests_total{{company_id="1", status_class="2xx", {API}}}': "0+9x100",
        f'app_tenant_requests_total{{company_id="1", status_class="5xx", {API}}}': "0+1x100",
        f'app_tenant_requests_total{{company_id="2", status_class="2xx", {API}}}': "0+9x100",
    }
    expected = {'{company_id="1"}': 0.1, '{company_id="2"}': 0.0}
    check(tmp_path, catalogue["tenant.error_rate_overall"].panel_query, series, ("10m", expected))


def test_an_unauthorized_webhook_is_no_unauthorized_api_request(tmp_path: Path, catalogue: Catalogue) -> None:
    series = {
        f'app_http_requests_total{{status="401", endpoint="/calcom/webhook", {API}}}': "0+9x100",
        f'app_http_requests_total{{status="401", endpoint="/webhook", {API}}}': "0+9x100",
        f'app_http_requests_total{{status="401", endpoint="/api/v2/services", {API}}}': "0+3x100",
    }
    query = catalogue["auth.api.unauthorized_rate"].query
    assert query is not None
    check(tmp_path, query, series, ("10m", {'{endpoint="/api/v2/services"}': 12}))


def test_the_watchdog_is_no_alert(tmp_path: Path, catalogue: Catalogue) -> None:
    series = {
        'ALERTS{alertname="Watchdog", alertstate="firing", severity="none"}': "1x40",
        'ALERTS{alertname="A", alertstate="firing", severity="high"}': "1x20 _x20",
        'ALERTS{alertname="B", alertstate="pending", severity="high"}': "1x40",
    }
    check(tmp_path, catalogue["alerts.firing"].panel_query, series, ("4m", {"{}": 1}))
    check(tmp_path, catalogue["alerts.firing"].panel_query, {}, ("4m", {"{}": 0}))
