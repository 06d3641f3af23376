"""The demo's Loki passes what every Loki must, over a real port: the checks of tests.sources.loki_contract."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from noc.config.server import Server
from noc.demo.logql.source import LineTable
from noc.demo.loki import LokiApi
from noc.demo.lokitail import LokiApp
from noc.demo.server import DemoServer
from noc.model.clock import FixedClock
from noc.sources.discover import Found, discover
from noc.sources.http import client
from noc.sources.loki import LokiSource
from tests.sources.loki_contract import AS_RECORDED, CHECKS, LIVE, NOW, TAILS, Check, Subject, answered_as_recorded
from tests.sources.recorded import recorded_lines


@pytest.fixture
async def demo() -> AsyncIterator[Subject]:
    clock = FixedClock(NOW)
    with DemoServer({"loki": LokiApp(LokiApi(LineTable(recorded_lines()), clock), pace=0.05)}) as server:
        url = server.urls["loki"]
        http = client(Server(url=url))
        source = LokiSource(Server(url=url), http, clock)
        yield Subject(http, source, url)
        await source.aclose()


@pytest.mark.parametrize("check", [*CHECKS, *LIVE, *TAILS], ids=lambda check: check.__name__)
async def test_the_demo_on_a_port_passes(check: Check, demo: Subject) -> None:
    await check(demo)


@pytest.mark.parametrize("name", AS_RECORDED)
async def test_the_demo_on_a_port_answers_as_recorded(name: str, demo: Subject) -> None:
    await answered_as_recorded(demo, name)


async def test_the_search_for_servers_knows_it_as_a_loki() -> None:
    with DemoServer({"loki": LokiApp(LokiApi(LineTable([]), FixedClock(NOW)))}) as server:
        url = server.urls["loki"]
        assert await discover([url]) == [Found(url, "loki")]


async def test_the_search_for_servers_sees_that_a_tenant_is_missing() -> None:
    with DemoServer({"loki": LokiApp(LokiApi(LineTable([]), FixedClock(NOW), tenants=True))}) as server:
        url = server.urls["loki"]
        assert await discover([url]) == [Found(url, "loki", note="wants a tenant: set 'tenant'")]
