"""The catalogue and the layouts on the embedded world: everything has an answer, and the scenarios cross thresholds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache

import pytest

from noc.catalogue import metrics
from noc.catalogue.resolve import resolve
from noc.config.loader import load_layout
from noc.config.logpanels import LogPanel
from noc.config.panels import QueryPanel
from noc.config.paths import bundled
from noc.demo.promql import evaluate_instant, evaluate_range
from noc.demo.samples import LabelMatcher
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World

ZERO = 1_760_000_000.0  # a Thursday morning
CATALOGUE = metrics.load()
ASKING = [name for name, metric in CATALOGUE.metrics.items() if metric.query is not None]
RULES = [name for name, _ in CATALOGUE.rules()]
"""Reads ALERTS, which a server writes while its rules fire; the world holds what exporters expose."""

UNTOLD = {"scope.company.queries_per_second": {"medium"}, "api.throughput": {"medium"}}
"""Levels no scenario crosses yet: a flood of scope queries, traffic that stays away."""


@cache
def world(scenario: str) -> World:
    return World(scenario=scenario, zero=ZERO)


def moment(scenario: str) -> float:
    return ZERO + SCENARIOS[scenario].tell


def interpolated(query: str, **variables: str) -> str:
    query = query.replace("$__rate_interval", "1m").replace("$__range", "1h").replace("$__interval", "1m")
    return re.sub(r"\$([a-z]\w*)", lambda found: variables[found[1]], query)


def values(query: str, scenario: str, at: float) -> list[float]:
    return [float(point.values[-1]) for point in evaluate_instant(interpolated(query), at, world(scenario)).points]


def crossed(name: str, scenario: str) -> set[str]:
    """The severities of a metric's levels that are crossed, guard included, at the moment the scenario tells."""
    metric = CATALOGUE[name]
    at = moment(scenario)
    query = f"({metric.query}) and ({metric.guard})" if metric.guard else metric.query or ""
    answer = values(query, scenario, at)
    return {level.severity.value for level in metric.levels if any(level.crossed(value) for value in answer)}


@pytest.mark.parametrize("name", sorted(ASKING))
def test_the_metric_has_a_number_on_a_calm_day(name: str) -> None:
    answer = values(CATALOGUE[name].panel_query, "calm", moment("calm"))
    assert answer and all(math.isfinite(value) for value in answer)


@pytest.mark.parametrize("name", RULES)
def test_no_threshold_is_crossed_on_a_calm_day(name: str) -> None:
    assert crossed(name, "calm") == set()


@pytest.mark.parametrize("name", RULES)
def test_every_level_is_crossed_in_some_scenario(name: str) -> None:
    told = set[str]().union(*(crossed(name, scenario) for scenario in SCENARIOS))
    assert told == {level.severity.value for level in CATALOGUE[name].levels} - UNTOLD.get(name, set())


def panel_queries() -> Iterator[tuple[str, str, str, bool]]:
    for path in sorted(bundled("layouts").glob("*.yaml")):
        for name, panel in resolve(load_layout(path), CATALOGUE).panels.items():
            if isinstance(panel, QueryPanel):
                for index, item in enumerate(panel.queries):
                    assert item.query is not None
                    if item.language == "logql" or isinstance(panel, LogPanel):
                        continue  # tests/demo/test_loki_asked.py
                    yield f"{path.stem}.{name}.{index}", path.stem, item.query, panel.optional


PANELS = list(panel_queries())


@pytest.mark.parametrize(("who", "layout", "query", "optional"), PANELS, ids=[panel[0] for panel in PANELS])
def test_the_panel_has_a_course_over_the_last_hour(who: str, layout: str, query: str, optional: bool) -> None:
    at = moment("calm")
    instance = "localhost:9090" if layout == "prometheus" else "api-1:9100"
    variables = {"instance": instance, "company_id": "3", "provider": "retell|calcom|stripe", "endpoint": ".*"}
    series = evaluate_range(interpolated(query, **variables), at - 3600, at, 120, world("calm")).points
    assert series or (optional and layout != "host")
    assert all(len(one.values) > 0 for one in series)


@pytest.mark.parametrize("name", ["operations", "host", "prometheus"])
def test_the_world_has_what_the_layout_needs(name: str) -> None:
    layout = load_layout(bundled("layouts") / f"{name}.yaml")
    at = moment("calm")
    for name in layout.needs:
        assert world("calm").series([LabelMatcher("__name__", "=", name)], at - 300, at)
