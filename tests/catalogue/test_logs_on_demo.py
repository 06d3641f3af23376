"""The catalogue's log queries held against the embedded world: what an alert counts stands in the lines it names."""

from __future__ import annotations

from functools import cache

import orjson
import pytest

from noc.catalogue import metrics
from noc.catalogue.loglinks import alert_lines
from noc.catalogue.logql import counted
from noc.demo.gateway import Gateway, telling_moment
from noc.demo.request import Request
from noc.model.clock import FixedClock
from noc.model.logs import SECOND

CATALOGUE = metrics.load()
ZERO = 1759419000.0
LOGGED = [name for name, metric in CATALOGUE.metrics.items() if metric.logs]


@cache
def gateway(scenario: str) -> Gateway:
    return Gateway(scenario, ZERO, 1, FixedClock(ZERO + telling_moment(scenario)))


def count(query: str, scenario: str, window: str = "10m") -> int:
    """How many lines a log query finds in the minutes before the scenario's telling moment."""
    at = str(int((ZERO + telling_moment(scenario)) * SECOND))
    params = {"query": [counted(query, window)], "time": [at]}
    reply = gateway(scenario).loki.answer(Request("GET", "/loki/api/v1/query", params, {}, b""))
    assert reply.status == 200, reply.body
    result = orjson.loads(reply.body)["data"]["result"]
    return int(result[0]["value"][1]) if result else 0


@pytest.mark.parametrize("name", LOGGED)
def test_a_storm_leaves_lines_behind_every_metric_that_names_some(name: str) -> None:
    assert count(CATALOGUE[name].logs or "", "alert-storm") > 0


def test_lines_behind_an_alert_are_those_of_its_labels() -> None:
    every = count(alert_lines("CrossTenantAccessAttempt", (), CATALOGUE), "cross-tenant-breach")
    by_company = [
        count(
            alert_lines("CrossTenantAccessAttempt", (("company_id", str(company)),), CATALOGUE), "cross-tenant-breach"
        )
        for company in range(1, 30)
    ]
    assert every > 0
    assert sum(by_company) == every
    assert sum(1 for number in by_company if number) < len(by_company)


def test_an_alert_nobody_knows_shows_what_went_wrong_in_its_time() -> None:
    assert alert_lines("SomebodyElsesAlert", (("job", "x"),), CATALOGUE) == CATALOGUE.log_fallback
    assert count(CATALOGUE.log_fallback or "", "alert-storm") > 0
