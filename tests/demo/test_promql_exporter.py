"""The whole way: a real Prometheus scrapes the demo's exporter, and the evaluator reads the very same samples."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from noc.demo.exporter import ExporterApp
from noc.demo.server import DemoServer
from noc.demo.world import World
from noc.model.clock import ScaledClock, SystemClock
from tests.demo.test_promql_scraped import newest, with_stale_markers
from tests.demo.test_promql_world import QUERIES
from tests.equality import Pair, compare_instant, compare_range, paired
from tests.servers import raw_samples

pytestmark = pytest.mark.servers

SCRAPES = 8
SPEED = 30.0  # the world's seconds in one of ours: counters move between two scrapes
ZERO = 1_759_419_000.0


@pytest.fixture(scope="module")
def scraped(prometheus_factory: Callable[..., str]) -> Iterator[tuple[Pair, float]]:
    """Both servers over some scrapes of the exporter, and the moment of the last one."""
    exporter = ExporterApp(World(1, "alert-storm", ZERO), ScaledClock(ZERO + 900, SPEED))
    with DemoServer({"exporter": exporter}) as server:
        target = server.urls["exporter"].removeprefix("http://")
        url = prometheus_factory({"laravel-api": [target]}, interval="1s", honor_labels=True)
        end = _after(url, SCRAPES)
    table = with_stale_markers(raw_samples(url, '{__name__=~".+"}', "5m", end))
    with paired(url, table, now=end) as both:
        yield both, end


def _after(url: str, scrapes: int) -> float:
    """The time of the newest scrape once so many are complete."""
    import httpx

    clock, count = SystemClock(), "count_over_time(up[5m])"
    deadline = clock.monotonic() + 90
    while True:
        found = httpx.get(f"{url}/api/v1/query", params={"query": count}).json()["data"]["result"]
        if found and int(found[0]["value"][1]) >= scrapes:
            return newest(url)
        assert clock.monotonic() < deadline, f"{found}"
        time.sleep(0.2)


def test_every_query_of_catalogue_and_layouts_equals_the_real_servers(scraped: tuple[Pair, float]) -> None:
    pair, end = scraped
    for query in QUERIES:
        compare_instant(pair, query, end)
        compare_range(pair, query, round(end - 8, 3), end, 1)


def test_nearly_every_one_of_them_finds_something(scraped: tuple[Pair, float]) -> None:
    pair, end = scraped
    asked = [query for query in QUERIES if " > " not in query and " < " not in query and "ALERTS" not in query]
    silent = [query for query in asked if not pair.ask("query", query=query, time=f"{end:.3f}")[0]["data"]["result"]]
    assert len(silent) < len(asked) / 8, silent
