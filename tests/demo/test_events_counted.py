"""What a counter counted and what the log tells are the same events, whenever either is asked."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

import numpy as np
import pytest

from noc.demo.events import Journal
from noc.demo.events.database import SLOW
from noc.demo.events.health import HEALTHY, UNHEALTHY
from noc.demo.events.line import Stream
from noc.demo.events.requests import ERROR, EVERY, REQUEST, WEBHOOK
from noc.demo.events.security import ATTACK, AUTH, DENIAL, INJECTION, LIMIT, VIOLATION
from noc.demo.flows import Moments
from noc.demo.samples import LabelMatcher
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.logs import SECOND, LogLine
from tests.demo.events_read import context_of, event_of

ZERO = 1_794_960_000.0
HOUR = 3600.0


@cache
def world(scenario: str, zero: float = ZERO) -> World:
    return World(5, scenario, zero)


@cache
def journal(scenario: str, zero: float = ZERO) -> Journal:
    return Journal(world(scenario, zero))


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    """Of the module, so that one scenario's tests come after each other and share its world."""
    return str(request.param)


def counted(one: World, family: str, start: float, end: float, **labels: str) -> int:
    """Events of all series of a family with start < t <= end, read off its target's processes at those moments."""
    wanted = labels.items()
    return sum(number for have, number in grown(one, start, end).get(family, ()) if wanted <= have.items())


@lru_cache(maxsize=32)
def grown(one: World, start: float, end: float) -> dict[str, list[tuple[Mapping[str, str], int]]]:
    """What every series of whole events grew by, by family, over all targets and restarts."""
    found: dict[str, list[tuple[Mapping[str, str], int]]] = {}
    for target, block in one.counters():
        for begin, until in _alive(target.starts, target.gaps, start, end):
            since = np.full(2, max(moment for moment in target.starts if moment <= begin))
            values = block.at(Moments(np.array([begin, until]), since))
            for (name, labels), first, last in zip(block.rows, *values.T.tolist(), strict=True):
                if last > first:
                    found.setdefault(name, []).append((labels, round(last - first)))
    return found


def _alive(
    starts: tuple[float, ...], gaps: tuple[tuple[float, float], ...], start: float, end: float
) -> Iterator[tuple[float, float]]:
    edges = [*starts, float("inf")]
    for since, then in itertools.pairwise(edges):
        until = min([then, *(begin for begin, _ in gaps if begin >= since)])
        if max(since, start) < min(until, end):
            yield max(since, start), min(until, end)


def told(one: Journal, stream: Stream, start: float, end: float) -> list[LogLine]:
    """Lines of one stream with start < at <= end; microseconds, as events have them."""
    exact = [LabelMatcher(name, "=", value) for name, value in stream.labels]
    return list(one.lines(exact, round(start * SECOND) + 1, round(end * SECOND) + 1))


def windows(scenario: str) -> list[tuple[float, float]]:
    """Around the story and far from it, on whole seconds and between them, wide and narrow."""
    rng = random.Random(scenario)
    found = [(ZERO - 60, ZERO + 0.5 * HOUR), (ZERO - 20 * 24 * HOUR, ZERO - 20 * 24 * HOUR + HOUR)]
    for _ in range(12):
        start = round(ZERO + rng.uniform(-600, 7800), rng.choice((0, 1, 3)))
        found.append((start, round(start + rng.choice((1.0, 15.0, 300.0)) * rng.uniform(0.5, 1.5), 3)))
    return found


CODES = {
    "webhook_signature": "SIGNATURE_INVALID",
    "webhook_missing": "SIGNATURE_MISSING",
    "api_token": "TOKEN_INVALID",
    "sanctum": "LOGIN_FAILED",
}
BREACHES = {
    "cross_company_access": "app_tenant_violations_total",
    "scope_bypass": "app_tenant_scope_bypass_attempts_total",
    "admin_bypass": "app_tenant_admin_bypass_attempts_total",
    "service_discovery": "app_tenant_service_violations_total",
}


def test_every_refusal_has_its_line_and_no_line_is_uncounted(scenario: str) -> None:
    one, log = world(scenario), journal(scenario)
    for start, end in windows(scenario):
        lines = [context_of(line) for line in told(log, AUTH, start, end)]
        seen = Counter((context["error_code"], context["endpoint"]) for context in lines)
        for kind, code in CODES.items():
            for endpoint in [endpoint.path for endpoint in one.contract.endpoints]:
                expected = counted(one, "app_auth_failures_total", start, end, type=kind, endpoint=endpoint)
                assert seen[(code, endpoint)] == expected, (kind, endpoint, start, end)
        assert len(lines) == counted(one, "app_auth_failures_total", start, end)


def test_denials_are_told_by_model_and_company_as_they_are_counted(scenario: str) -> None:
    one, log = world(scenario), journal(scenario)
    for start, end in windows(scenario):
        lines = [context_of(line) for line in told(log, DENIAL, start, end)]
        seen = Counter((context["model"], context["company_id"]) for context in lines)
        for (model, company), number in seen.items():
            labels = {"model": model, "company_id": str(company)}
            assert number == counted(one, "app_policy_denials_total", start, end, **labels)
        assert len(lines) == counted(one, "app_policy_denials_total", start, end)


def test_broken_isolation_is_told_as_it_is_counted(scenario: str) -> None:
    one, log = world(scenario), journal(scenario)
    for start, end in windows(scenario):
        lines = [event_of(line) for line in told(log, VIOLATION, start, end)]
        for subcategory, family in BREACHES.items():
            label = "model" if subcategory == "scope_bypass" else "company_id"
            field = "model" if subcategory == "scope_bypass" else "requested_company_id"
            seen = Counter(str(line["context"][field]) for line in lines if line["subcategory"] == subcategory)
            assert seen == {
                value: number
                for value in one.contract.series[family].labels[label].values
                if (number := counted(one, family, start, end, **{label: value}))
            }


def test_attacks_limits_and_failed_webhooks_are_told_as_they_are_counted(scenario: str) -> None:
    one, log = world(scenario), journal(scenario)
    for start, end in windows(scenario):
        attacks = [*told(log, ATTACK, start, end), *told(log, INJECTION, start, end)]
        patterns = Counter(context_of(line)["pattern"] for line in attacks)
        for pattern in ("sql_injection", "xss", "user_enumeration", "brute_force"):
            assert patterns[pattern] == counted(one, "app_attack_patterns_total", start, end, pattern=pattern)
        limits = Counter(context_of(line)["provider"] for line in told(log, LIMIT, start, end))
        failed = Counter(
            (context["provider"], context["reason"]) for context in map(context_of, told(log, WEBHOOK, start, end))
        )
        for provider in ("retell", "calcom", "stripe"):
            assert limits[provider] == counted(one, "app_webhook_rate_limited_total", start, end, provider=provider)
            for reason in one.contract.series["app_webhook_failures_total"].labels["reason"].values:
                labels = {"provider": provider, "reason": reason}
                assert failed[(provider, reason)] == counted(one, "app_webhook_failures_total", start, end, **labels)


def test_server_errors_and_slow_queries_are_told_as_they_are_counted(scenario: str) -> None:
    one, log = world(scenario), journal(scenario)
    for start, end in windows(scenario):
        slow = counted(one, "mysql_global_status_slow_queries", start, end)
        assert len(told(log, SLOW, start, end)) == slow
        errors = [context_of(line) for line in told(log, ERROR, start, end)]
        seen = Counter((context["endpoint"], str(context["status_code"])) for context in errors)
        assert seen == {
            (endpoint.path, status): number
            for endpoint in one.contract.endpoints
            for status in ("500", "502", "503")
            if (number := counted(one, "app_http_requests_total", start, end, endpoint=endpoint.path, status=status))
        }


def test_a_counter_has_stepped_at_the_very_microsecond_of_its_event() -> None:
    """Neither before nor after: a scrape at any moment has counted exactly what was told up to it."""
    one, log = world("alert-storm"), journal("alert-storm")
    lines = told(log, AUTH, ZERO + 900, ZERO + 930)
    assert len(lines) > 40
    for at, number in Counter(line.at // 1000 for line in lines).items():
        assert counted(one, "app_auth_failures_total", (at - 1) / 1e6, at / 1e6) == number
        assert counted(one, "app_auth_failures_total", (at - 2) / 1e6, (at - 1) / 1e6) == sum(
            line.at // 1000 == at - 1 for line in lines
        )


@pytest.mark.parametrize("story", ["error-spike", "db-pool-exhaustion"])
def test_a_restart_loses_no_event_and_tells_none_while_the_process_is_away(story: str) -> None:
    one, log = world(story), journal(story)
    assert any(target.gaps for target, _ in one.counters())
    for target in {target.instance: target for target, _ in one.counters() if target.gaps}.values():
        ((gone, back),) = target.gaps
        for start, end in ((gone - 90, back + 90), (gone - 90.25, gone + 7), (gone + 3.5, back + 41.125)):
            for stream, family in ((ERROR, "5xx"), (AUTH, "app_auth_failures_total"), (SLOW, "slow")):
                if family == "5xx":
                    expected = sum(
                        counted(one, "app_http_requests_total", start, end, status=status)
                        for status in ("500", "502", "503")
                    )
                elif family == "slow":
                    expected = counted(one, "mysql_global_status_slow_queries", start, end)
                else:
                    expected = counted(one, family, start, end)
                assert len(told(log, stream, start, end)) == expected
        assert not [
            event
            for source in log.sources("request")
            if source.target.instance == target.instance
            for event in source.columns(gone, back).at
        ]


def test_one_ordinary_request_in_fifty_has_a_line() -> None:
    one, log = world("calm"), journal("calm")
    start, end = ZERO + 9 * HOUR, ZERO + 11 * HOUR
    lines = [context_of(line) for line in told(log, REQUEST, start, end)]
    ordinary = [context for context in lines if context["status_code"] not in (401, 403)]
    for path in ("/api/v2/availability", "/api/v2/services", "/webhook"):
        total = counted(one, "app_http_requests_total", start, end, endpoint=path, status="200")
        seen = sum(context["endpoint"] == path and context["status_code"] == 200 for context in ordinary)
        # two instances each count their own fifty; a slow query's request adds to availability
        assert abs(seen - total / EVERY) <= 2 + (40 if path == "/api/v2/availability" else 0)


def test_every_health_check_has_its_line() -> None:
    one, log = world("tour"), journal("tour")
    start, end = ZERO, ZERO + 2 * HOUR
    probes = one.select([LabelMatcher("__name__", "=", "probe_success")], start + 0.0005, end)
    lines = [context_of(line) for stream in (HEALTHY, UNHEALTHY) for line in told(log, stream, start, end)]
    assert len(lines) == sum(len(samples.times) for samples in probes)
    failed = sum(int((samples.values == 0).sum()) for samples in probes)
    assert failed > 0
    assert sum(not context["healthy"] for context in lines) == failed
