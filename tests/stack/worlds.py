"""Worlds in three phases (just not enough, just enough, calm), as the series an exporter would show of them.

Counters grow by events a minute in each phase, histograms by observations a minute up to each bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.stack.promtool import Phases, Shape

Values = tuple[float, float, float]
World = Callable[[Phases], dict[str, Shape]]

API = 'instance="api-1:8000", job="laravel-api"'
OTHER = 'instance="api-2:8000", job="laravel-api"'


def counters(**families: Mapping[str, Values]) -> World:
    """Counters by name and labels: events a minute in each phase."""

    def world(phases: Phases) -> dict[str, Shape]:
        return {
            f"{name}{{{labels}}}": _grown(phases, rates)
            for name, rows in families.items()
            for labels, rates in rows.items()
        }

    return world


def _grown(phases: Phases, rates: Values) -> Shape:
    def value(at: float) -> float:
        seconds = (
            min(at, phases.busy),
            min(max(at - phases.busy, 0), phases.over - phases.busy),
            max(at - phases.over, 0),
        )
        return round(sum(rate * span / 60 for rate, span in zip(rates, seconds, strict=True)), 9)

    return value


def gauges(**families: Mapping[str, Values]) -> World:
    """Gauges by name and labels: their values in each phase."""

    def world(phases: Phases) -> dict[str, Shape]:
        return {
            f"{name}{{{labels}}}": lambda at, values=values: phases.among(at, values)
            for name, rows in families.items()
            for labels, values in rows.items()
        }

    return world


def histogram(name: str, **bounds: Values) -> World:
    """A histogram of 1,000 observations a minute; ``_0_5=(952, 948, 1000)``: so many of them at most 0.5."""
    rows = {bound.removeprefix("_").replace("_", "."): rates for bound, rates in bounds.items()}
    return counters(
        **{
            f"{name}_bucket": {
                f'{API}, le="{bound}"': rates for bound, rates in {**rows, "+Inf": (1000, 1000, 1000)}.items()
            }
        }
    )


def born(name: str, labels: str) -> World:
    """A counter whose first sample is its first event, at the busy moment."""
    return lambda phases: {f"{name}{{{labels}}}": lambda at: None if at < phases.busy else 1}


def deadlocks(phases: Phases) -> dict[str, Shape]:
    """One, and ten minutes later another."""
    name = 'mysql_info_schema_innodb_metrics_lock_lock_deadlocks_total{instance="db-1:9104", job="mysqld"}'
    return {name: lambda at: 3 + (at >= phases.busy - 600) + (at >= phases.busy)}


AUTH = "app_auth_failures_total"
REQUESTS = "app_http_requests_total"
WEBHOOKS = "app_webhook_processed_total"
SCOPE = "app_company_scope_query_duration_seconds"
LATENCY = "app_http_request_duration_seconds"


def failures(**rates: Values) -> World:
    """Authentication failures by type, at the login."""
    return counters(
        **{AUTH: {f'type="{name}", endpoint="/api/auth/login", {API}': each for name, each in rates.items()}}
    )


def webhook_failures(kind: str, rates: Values) -> World:
    return counters(**{AUTH: {f'type="{kind}", endpoint="/webhook", {API}': rates}})


def forged(provider: str, rates: Values) -> World:
    good = f'provider="{provider}", result="success", {API}'
    return counters(
        app_webhook_signatures_total={f'provider="{provider}", result="failure", {API}': rates, good: (50, 50, 50)}
    )


def requests(**rates: Values) -> World:
    """Requests by status code."""
    return counters(
        **{
            REQUESTS: {
                f'status="{status[1:]}", endpoint="/api/v2/bookings", {API}': each for status, each in rates.items()
            }
        }
    )


def shares(name: str, label: str, good: str, bad: str, rates: Values, more: str = "") -> World:
    """``rates`` good ones of 1,000 a minute."""
    rest = (1000 - rates[0], 1000 - rates[1], 1000 - rates[2])
    return counters(**{name: {f'{label}="{good}", {more}{API}': rates, f'{label}="{bad}", {more}{API}': rest}})


def pool(connections: Values) -> World:
    return gauges(
        mysql_global_status_threads_connected={'instance="db-1:9104", job="mysqld"': connections},
        mysql_global_variables_max_connections={'instance="db-1:9104", job="mysqld"': (100, 100, 100)},
    )


def tenants(good: Values, bad: Values) -> World:
    return counters(
        app_tenant_requests_total={
            f'company_id="7", status_class="2xx", {API}': good,
            f'company_id="7", status_class="5xx", {API}': bad,
        }
    )


def probed(path: str, success: Values, duration: Values = (0.03, 0.03, 0.03)) -> World:
    """An endpoint as blackbox_exporter finds it; the endpoints beside it are well and quick."""
    others = {at: (1.0, 1.0, 1.0) for at in ("/health", "/health/detailed", "/api/zeitinfo") if at != path}
    took = dict.fromkeys(others, (0.03, 0.03, 0.03))

    def labels(at: str) -> str:
        return f'instance="https://api.example.com{at}", job="blackbox"'

    return gauges(
        probe_success={labels(at): each for at, each in {**others, path: success}.items()},
        probe_duration_seconds={labels(at): each for at, each in {**took, path: duration}.items()},
    )
