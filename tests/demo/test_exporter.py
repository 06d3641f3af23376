"""The exporter shows the world's figures of the moment, in the format a real Prometheus reads."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from noc.demo.exporter import CONTENT_TYPE, ExporterApp, render
from noc.demo.samples import LabelMatcher
from noc.demo.server import DemoServer
from noc.demo.world import World
from noc.model.clock import FixedClock
from noc.model.series import Labels, labels_of

ZERO = 1_794_960_000.0
WORLD = World(1, "alert-storm", ZERO)


def page(world: World, now: float) -> dict[Labels, float]:
    """The exposed series as the client library's own parser reads them."""
    families = text_string_to_metric_families(render(world, now).decode())
    return {
        labels_of({"__name__": sample.name, **sample.labels}): float(sample.value)
        for family in families
        for sample in family.samples
    }


async def get(path: str, method: str = "GET") -> httpx.Response:
    app = ExporterApp(WORLD, FixedClock(ZERO))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://exporter") as client:
        return await client.request(method, path)


@pytest.mark.parametrize(
    "target", ["api-1:8000", "db-1:9104", "db-1:9100", "cache-1:9121", "https://api.example.com/health"]
)
def test_the_page_shows_what_the_world_stores_at_that_moment(target: str) -> None:
    theirs = [LabelMatcher("instance", "=", target), LabelMatcher("__name__", "!~", "up|scrape_.*")]
    stored = WORLD.select(theirs, ZERO + 900, ZERO + 930)
    now = float(stored[0].times[-1])
    shown = page(WORLD, now)
    of_target = {labels: value for labels, value in shown.items() if dict(labels)["instance"] == target}
    assert of_target == {samples.labels: samples.values[-1] for samples in stored}


def test_what_scraping_makes_is_left_to_the_scraper() -> None:
    names = {dict(labels)["__name__"] for labels in page(WORLD, ZERO)}
    assert not any(name == "up" or name.startswith("scrape_") for name in names)


def test_everything_else_of_the_contract_is_on_the_page() -> None:
    names = {dict(labels)["__name__"] for labels in page(WORLD, ZERO + 2400)}
    made_by_scraping = {name for name in WORLD.contract.exposed() if name == "up" or name.startswith("scrape_")}
    assert names == set(WORLD.contract.exposed()) - made_by_scraping


def test_families_carry_help_and_type() -> None:
    lines = render(WORLD, ZERO + 900).decode().splitlines()
    for line in (
        "# HELP app_auth_failures_total Total authentication failures",
        "# TYPE app_auth_failures_total counter",
        "# TYPE app_company_scope_query_duration_seconds histogram",
        "# TYPE prometheus_engine_query_duration_seconds summary",
        "# TYPE mysql_global_status_threads_connected gauge",
        "# TYPE mysql_global_status_queries untyped",
    ):
        assert lines.count(line) == 1


def test_a_target_that_is_down_shows_nothing() -> None:
    world = World(1, "error-spike", ZERO)
    restart = world.scenario.restarts[0]
    instances = {dict(labels)["instance"] for labels in page(world, ZERO + restart.at + 1)}
    assert "api-1:8000" not in instances
    assert "api-2:8000" in instances


async def test_metrics_are_served_at_the_clocks_now() -> None:
    answer = await get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    assert answer.content == render(WORLD, ZERO)


async def test_other_paths_say_where_the_metrics_are() -> None:
    answer = await get("/")
    assert (answer.status_code, answer.text) == (404, "the metrics are on /metrics\n")


async def test_posting_is_refused() -> None:
    answer = await get("/metrics", "POST")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.servers
def test_a_real_prometheus_scrapes_the_page(prometheus_factory: Callable[..., str]) -> None:
    with DemoServer({"exporter": ExporterApp(WORLD, FixedClock(ZERO))}) as server:
        url = prometheus_factory({"world": [server.urls["exporter"].removeprefix("http://")]})
        expected = len(page(WORLD, ZERO))
        deadline = time.monotonic() + 30
        scraped = 0
        while scraped != expected and time.monotonic() < deadline:
            answer = httpx.get(f"{url}/api/v1/query", params={"query": 'count({exported_job!=""})'}).json()
            scraped = int(answer["data"]["result"][0]["value"][1]) if answer["data"]["result"] else 0
        assert scraped == expected
