"""Poller, store and source together on a real Prometheus: the tails add up to the whole, at a fraction of the bytes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from noc.config.server import Server
from noc.engine.poller import Poller
from noc.engine.store import Store, grid_of
from noc.model.clock import FixedClock
from noc.model.query import Demand, Query, QueryKind
from noc.model.results import State
from noc.model.series import Series
from noc.sources.http import client
from noc.sources.prometheus import PrometheusSource
from tests.sources.contract import END, samples

SPAN = 600.0
STEP = 10.0
EXPRESSIONS = (
    "load",
    "pausing",
    "special",
    "rate(requests_total[1m])",
    "increase(requests_total[5m] offset 2m)",
    "sum by (job) (load)",
    "topk(1, load)",
    "max_over_time(load[2m:20s])",
    "absent(pausing)",
    "load @ end()",
    "load offset -1m",
    "(load > 60) and on (job) pausing",
)


@pytest.fixture(scope="module")
def url(history_factory: Callable[..., str]) -> str:
    return history_factory(samples())


def words(series: tuple[Series, ...]) -> list[str]:
    """As text, so that NaN equals NaN."""
    return sorted(f"{one.labels} {list(zip(one.times, one.values, strict=True))}" for one in series)


async def test_forty_polls_of_tails_equal_the_whole_each_time(url: str) -> None:
    server = Server(url=url, compression=False, scrape_interval=10.0, flavour="prometheus")
    source, whole = (PrometheusSource(server, client(server), FixedClock(END)) for _ in range(2))
    clock = FixedClock(END - SPAN + 3)
    store = Store()
    poller = Poller({"prom": source}, store, clock, random.Random(3), lambda _: None, correct_clock=False)
    queries = [Query("prom", expr, QueryKind.RANGE, STEP, SPAN) for expr in EXPRESSIONS]
    poller.watch([Demand(query, STEP) for query in queries])
    for _ in range(40):
        assert await poller.settle(20)
        for query in queries:
            grid = grid_of(query)
            end = grid.time(grid.floor(clock.now()))
            full = await whole.range(query.expr, end - SPAN, end, STEP)
            result = store.result(query)
            assert result.error is None
            assert words(result.series) == words(full.series), query.expr
        clock.advance(STEP)
        poller.refresh()
    assert source.received < whole.received / 3
    await source.aclose()
    await whole.aclose()


async def test_a_wall_survives_its_server_going_away_and_coming_back(url: str) -> None:
    server = Server(url=url, flavour="prometheus")
    gone = Server(url="http://127.0.0.1:1", flavour="prometheus")
    clock, store = FixedClock(END), Store()
    source = PrometheusSource(server, client(server), clock)
    poller = Poller({"prom": source}, store, clock, random.Random(3), lambda _: None, correct_clock=False)
    query = Query("prom", "load")
    poller.watch([Demand(query, 5.0)])
    assert await poller.settle(20)
    good, source._client = source._client, client(gone)
    clock.advance(11.0)
    poller.refresh()
    assert await poller.settle(20)
    result = store.result(query)
    assert (result.state(clock.now()), len(result.series), result.age(clock.now())) == (State.STALE, 2, 11.0)
    assert poller.health()["prom"].error is result.error
    await source.aclose()
    source._client = good
    poller.refresh()
    assert await poller.settle(20)
    assert store.result(query).state(clock.now()) is State.FRESH
    assert poller.health()["prom"].error is None
    await source.aclose()
