"""Each scenario tells its story at its telling moment, and is calm before it begins."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, isnan

import pytest

from noc.catalogue import metrics
from noc.catalogue.metrics import Metric
from noc.demo import figures
from noc.demo.flows import Effects, Rhythm, Shapes
from noc.demo.incidents import Incidents
from noc.demo.promql import evaluate_range
from noc.demo.scenarios import DEFAULT, KNOBS, SCENARIOS, Scenario
from noc.demo.traffic import WEEK
from noc.demo.world import World

ZERO = 1_794_960_000.0  # a Tuesday in November, before midnight
NOON = ZERO + 11 * 3600
NIGHT = ZERO + 4 * 3600
HOUR = 3600.0

CATALOGUE = metrics.load().metrics
RULES = {
    name: metric
    for name, metric in CATALOGUE.items()
    if metric.thresholds and metric.query is not None and "ALERTS" not in metric.query and "$" not in metric.query
}

TOLD = {
    "calm": set(),
    "tour": {
        "auth.webhook.signature_failures",
        "webhook.retell.signature_invalid",
        "db.connection_pool.active",
        "api.response_time_p95",
    },
    "webhook-attack": {
        "auth.webhook.signature_failures",
        "auth.webhook.missing_signatures",
        "webhook.retell.signature_invalid",
        "webhook.calcom.signature_invalid",
        "webhook.stripe.signature_invalid",
        "webhook.rate_limit_exceeded",
    },
    "cross-tenant-breach": {
        "tenant.cross_access_attempts",
        "tenant.scope_bypass_attempts",
        "tenant.service_discovery_violations",
        "tenant.admin_scope_bypass",
        "tenant.policy_violations",
    },
    "db-pool-exhaustion": {
        "db.connection_pool.active",
        "db.connection_pool.waiting",
        "db.query.slow_log_rate",
        "db.replication_lag",
        "api.response_time_p95",
        "api.error_rate_5xx",
    },
    "error-spike": {
        "api.error_rate_5xx",
        "tenant.error_rate_overall",
        "tenant.api_failures",
        "webhook.stripe.success_rate",
        "webhook.retry_rate",
    },
    "slow-scope": {
        "scope.company.query_time_p95",
        "scope.company.query_time_p99",
        "scope.company.cache_hit_rate",
        "scope.company.index_usage",
        "db.query.slow_log_rate",
    },
    "alert-storm": {
        "webhook.unconfigured_secret",
        "security.sql_injection_attempts",
        "security.brute_force_pattern",
        "db.deadlock_rate",
        "api.response_time_p50",
        "webhook.delivery_latency_p95",
    },
    "blackout": set(),
}


def crossed(metric: Metric, world: World, start: float, end: float, step: float = 60.0) -> bool:
    """Whether any series crosses any threshold in the window, where the metric's guard holds."""
    assert metric.query is not None
    query = metric.query
    if metric.guard:
        on = "(company_id)" if "by (company_id)" in metric.guard else "()"
        query = f"({query}) and on {on} ({metric.guard})"
    found = evaluate_range(query, start, end, step, world)
    limits = [spec.threshold() for spec in metric.thresholds]
    return any(
        limit.crossed(value)
        for points in found.points
        for value in points.values.tolist()
        if not isnan(value)
        for limit in limits
    )


def crossed_names(world: World, start: float, end: float, step: float = 60.0, names: Iterable[str] = RULES) -> set[str]:
    return {name for name in names if crossed(RULES[name], world, start, end, step)}


def test_every_scenario_is_told_here() -> None:
    assert set(TOLD) == set(SCENARIOS)
    assert all(name == scenario.name for name, scenario in SCENARIOS.items())
    assert DEFAULT == "tour"


@pytest.mark.parametrize("zero", [NOON, NIGHT], ids=["noon", "night"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_crosses_what_it_is_about(name: str, zero: float) -> None:
    world = World(1, name, zero)
    tell = zero + SCENARIOS[name].tell
    assert crossed_names(world, tell, tell, names=TOLD[name]) == TOLD[name]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_breach_is_seen_whatever_the_seed(seed: int) -> None:
    name = "cross-tenant-breach"
    world = World(seed, name, NOON)
    tell = NOON + SCENARIOS[name].tell
    assert crossed_names(world, tell, tell, names=TOLD[name]) == TOLD[name]


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_crossed_before_a_scenario_begins(name: str) -> None:
    assert crossed_names(World(1, name, NOON), NOON - HOUR, NOON, 600.0) == set()


@pytest.mark.parametrize(("seed", "day"), [(1, -3), (2, 0)])
def test_nothing_is_crossed_on_a_calm_day(seed: int, day: int) -> None:
    start = ZERO + day * 24 * HOUR
    assert crossed_names(World(seed, "calm", ZERO), start, start + 24 * HOUR, 300.0) == set()


def test_the_tour_passes_and_comes_again() -> None:
    world = World(1, "tour", NOON)
    told, period = TOLD["tour"], SCENARIOS["tour"].period
    again = NOON + period + SCENARIOS["tour"].tell
    assert crossed_names(world, NOON + 45 * 60, NOON + 50 * 60, names=told) == set()
    assert crossed_names(world, again, again, names=told) == told


def test_a_storm_crosses_more_than_ten_thresholds() -> None:
    world = World(1, "alert-storm", NOON)
    tell = NOON + SCENARIOS["alert-storm"].tell
    rules = [name for name in RULES if CATALOGUE[name].row]
    assert len(crossed_names(world, tell, tell, names=rules)) >= 35


def test_an_exhausted_pool_has_a_few_connections_left() -> None:
    world = World(1, "db-pool-exhaustion", NIGHT)
    tell = NIGHT + SCENARIOS["db-pool-exhaustion"].tell
    query = CATALOGUE["db.connection_pool.active"].query
    assert query is not None
    primary = evaluate_range(query, tell, tell, 60.0, world).points[0]
    assert 0.95 < primary.values[0] <= 0.97


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_bumps_fit_into_their_period(scenario: Scenario) -> None:
    if isfinite(scenario.period):
        assert WEEK % scenario.period == 0
        assert max(bump.pulse.end for bump in scenario.bumps) <= scenario.period
    assert {bump.knob for bump in scenario.bumps} <= set(KNOBS)
    assert scenario.description
    assert scenario.tell > 0


def test_every_knob_moves_a_figure() -> None:
    turned: set[str] = set()

    class Recording(Incidents):
        def push(self, knob: str, factor: float = 1.0) -> Effects:
            turned.add(knob)
            return super().push(knob, factor)

        def share(self, knob: str, per_second: float, rhythm: Rhythm = "people") -> Effects:
            turned.add(knob)
            return super().share(knob, per_second, rhythm)

    world, shapes = World(1, "calm", ZERO), Shapes(1)
    calm = SCENARIOS["calm"]
    for target in figures.targets(world.contract, calm, ZERO, 1.0):
        figures.blocks(figures.Site(shapes, Recording(calm, ZERO, shapes), world.contract, target))
    assert turned == set(KNOBS)


def test_every_knob_is_turned_by_a_scenario() -> None:
    assert {bump.knob for scenario in SCENARIOS.values() for bump in scenario.bumps} == set(KNOBS)


def test_an_unknown_knob_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"api\.eror"):
        list(SCENARIOS["tour"].of("api.eror"))


def test_servers_fail_in_a_blackout_one_after_another() -> None:
    world = World(1, "blackout", ZERO)
    servers = ("prometheus", "loki", "alertmanager")
    assert [world.outage(server, ZERO + 60) for server in servers] == [None, None, None]
    assert [world.outage(server, ZERO + 360) for server in servers] == ["slow", "refused", None]
    assert [world.outage(server, ZERO + SCENARIOS["blackout"].tell) for server in servers] == [
        "503",
        "refused",
        "refused",
    ]


def test_nothing_fails_in_other_scenarios() -> None:
    world = World(1, "alert-storm", ZERO)
    assert world.outage("prometheus", ZERO + 900) is None
