"""A real Prometheus runs the file over the embedded world at sixty times its pace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.rules import AlertRule, groups
from noc.demo.exporter import ExporterApp
from noc.demo.server import DemoServer
from noc.demo.world import World
from noc.model.clock import ScaledClock
from noc.stack.rules import document
from tests.e2e.real import until

pytestmark = pytest.mark.servers

SPEED = 60
ZERO = 1_759_419_000.0
MADE = groups(metrics.load(), contract.load(), speed=SPEED)
UNWATCHED = {"Watchdog", "LaravelMetricsDown", "ExporterDown"}
"""What fires because the one target is none of the contract's jobs."""


class Running:
    """A Prometheus with the rules, on a world that goes through ``scenario`` from ``after`` seconds of it."""

    def __init__(self, start: Callable[..., str], server: DemoServer) -> None:
        target = server.urls["exporter"].removeprefix("http://")
        self.url = start({"world": [target]}, honor_labels=True, rules=[document(MADE, speed=SPEED)])

    def rules(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/api/v1/rules").json()
        return [rule for group in answer["data"]["groups"] for rule in group["rules"]]

    def answers(self, expr: str) -> bool:
        return bool(httpx.get(f"{self.url}/api/v1/query", params={"query": expr}).json()["data"]["result"])

    def alerts(self) -> dict[tuple[str, str], set[str]]:
        """States by name and severity."""
        found: dict[tuple[str, str], set[str]] = {}
        for alert in httpx.get(f"{self.url}/api/v1/alerts").json()["data"]["alerts"]:
            labels = alert["labels"]
            found.setdefault((labels["alertname"], labels["severity"]), set()).add(alert["state"])
        return found


def world(scenario: str, after: float) -> Iterator[DemoServer]:
    clock = ScaledClock(ZERO + after, SPEED)
    with DemoServer({"exporter": ExporterApp(World(7, scenario, ZERO), clock)}) as server:
        yield server


@pytest.fixture
def calm(prometheus_factory: Callable[..., str]) -> Iterator[Running]:
    for server in world("calm", 0):
        yield Running(prometheus_factory, server)


@pytest.fixture
def storm(prometheus_factory: Callable[..., str]) -> Iterator[Running]:
    for server in world("alert-storm", 600):
        yield Running(prometheus_factory, server)


def healthy(running: Running) -> bool:
    """Whether every rule has been evaluated; a rule that fails ends the test with its words."""
    rules = running.rules()
    assert [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] == "err"] == []
    return {rule["health"] for rule in rules} == {"ok"} and len(rules) == sum(len(group.rules) for group in MADE)


def test_on_a_calm_day_nothing_fires_that_the_catalogue_knows(calm: Running) -> None:
    """Rates are the world's own: at sixty times the pace they are neither sixty times too high nor too low."""
    until(lambda: healthy(calm), "some rules were never evaluated")
    until(lambda: calm.alerts().get(("ExporterDown", "high")) == {"firing"}, "no exporter was missed")
    long_enough = 'count_over_time(app_companies{instance="api-1:8000"}[1m]) > 12'  # the longest window and `for`
    until(lambda: calm.answers(long_enough), "no history was scraped")
    assert {name for name, _ in calm.alerts()} == UNWATCHED


def test_a_storm_crosses_thresholds_of_every_kind_and_no_rule_fails(storm: Running) -> None:
    expected = {
        ("WebhookSignatureFailures", "critical"),  # a rate
        ("FailedLogins", "high"),  # a count
        ("HighAPIErrorRate", "high"),  # a ratio
        ("SlowCompanyScopeQueries", "medium"),  # a quantile
        ("DatabaseConnectionPoolHigh", "high"),  # a gauge
    }
    until(
        lambda: expected <= {name for name, states in storm.alerts().items() if states == {"firing"}},
        "the storm did not fire",
    )
    assert healthy(storm)
    known = {
        (rule.alert, rule.labels["severity"]) for group in MADE for rule in group.rules if isinstance(rule, AlertRule)
    }
    assert storm.alerts().keys() - known == set()
