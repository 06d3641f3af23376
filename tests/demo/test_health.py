"""The demo's health endpoints: they say what the world's probes say, and the five checks find it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache

import httpx
import pytest

from noc.catalogue import contract
from noc.demo.health import CHECKS, SITE, HealthApp, Stopwatch, demo_checks
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.checks import CheckResult
from noc.model.clock import FixedClock
from noc.sources.http import client
from noc.sources.probe import HttpProber

ZERO = 1_759_419_000.0


@cache
def world(scenario: str) -> World:
    return World(1, scenario, ZERO)


def told(scenario: str) -> FixedClock:
    return FixedClock(ZERO + SCENARIOS[scenario].tell)


async def probed(scenario: str) -> Mapping[str, CheckResult]:
    """What the five checks find at the moment the scenario tells, without a socket."""
    clock, found = told(scenario), {}
    for name, check in demo_checks("http://health").items():
        watch = Stopwatch(clock)
        app = HealthApp(world(scenario), clock, watch.wait)
        prober = HttpProber(check, client(check.target, httpx.ASGITransport(app)), watch)
        found[name] = await prober.probe()
        await prober.aclose()
    return found


def failures(result: CheckResult) -> list[str]:
    return [finding.failure for finding in result.findings if finding.failure]


def test_the_checks_are_those_of_the_specification() -> None:
    checks = demo_checks(SITE)
    blackbox = contract.load().jobs["blackbox"]
    assert {check.target.url: check.interval for check in checks.values()} == {
        instance: blackbox.interval_of(instance) for instance in blackbox.instances
    }
    assert {name: check.within for name, check in checks.items() if check.within} == {"health": 0.1}


async def test_on_a_calm_day_every_check_is_good_and_takes_its_time() -> None:
    found = await probed("calm")
    assert {name: (result.ok, result.status, failures(result)) for name, result in found.items()} == {
        name: (True, 200, []) for name in CHECKS
    }
    assert found["detailed"].services == (("api", "up"), ("database", "up"), ("cache", "up"), ("queue", "up"))
    assert found["time"].drift == 0.0
    assert 0.02 < found["health"].duration < 0.06
    assert 0.2 < found["calcom"].duration < 0.5


async def test_in_a_storm_every_body_says_what_is_wrong() -> None:
    found = await probed("alert-storm")
    assert {name: (result.status, failures(result)[-1]) for name, result in found.items()} == {
        "health": (503, f"{found['health'].duration * 1000:.0f} ms, over 100 ms"),
        "detailed": (503, "services.database is exhausted"),
        "metrics": (500, "no JSON: <!DOCTYPE html><title>Server Error</tit…"),
        "calcom": (503, "calcom.reachable is false"),
        "time": (500, "utc is 1.50 h behind"),
    }


@pytest.mark.parametrize("scenario", ["calm", "alert-storm"])
async def test_a_probe_finds_what_the_exporters_series_say(scenario: str) -> None:
    at = told(scenario).now()
    series = {
        (dict(labels)["__name__"], dict(labels)["instance"]): value
        for labels, value in world(scenario).at(at)
        if dict(labels)["__name__"].startswith("probe_")
    }
    for name, result in (await probed(scenario)).items():
        instance = SITE + CHECKS[name]["path"]
        assert result.status == series["probe_http_status_code", instance]
        assert result.duration == pytest.approx(series["probe_duration_seconds", instance], abs=1e-6)
        assert (not failures(result)) == (series["probe_success", instance] == 1)


async def asked(method: str, path: str) -> httpx.Response:
    clock = told("calm")
    app = HealthApp(world("calm"), clock, Stopwatch(clock).wait)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://health") as http:
        return await http.request(method, path)


async def test_other_paths_and_methods_are_refused() -> None:
    found = await asyncio.gather(asked("GET", "/"), asked("GET", "/health/x"), asked("POST", "/health"))
    assert [answer.status_code for answer in found] == [404, 404, 405]


async def test_an_answer_is_dated_by_the_worlds_clock() -> None:
    assert (await asked("GET", "/health")).headers["date"] == "Thu, 02 Oct 2025 16:00:00 GMT"


async def test_a_stopwatch_runs_only_while_it_is_waited_on() -> None:
    watch = Stopwatch(FixedClock(5.0))
    await watch.wait(0.25)
    assert (watch.now(), watch.monotonic()) == (5.0, 5.25)
