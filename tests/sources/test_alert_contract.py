"""Every member of an Alertmanager passes the same checks: a real one, at its root and below a prefix, and the demo's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from noc.config.server import Server
from noc.demo import routing
from noc.demo.alertmanager import AlertmanagerApi
from noc.demo.corrected import CONFIG
from noc.demo.server import HandlerApp
from noc.model.clock import SystemClock
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.http import client
from tests.sources.alert_contract import CHECKS, Check, Subject

PREFIX = "/alertmanager"


@pytest.fixture(scope="session")
def running(alertmanager_factory: Callable[..., str]) -> Callable[[str], str]:
    """The URL of a real Alertmanager below a prefix, started when first asked for."""
    urls: dict[str, str] = {}

    def url(prefix: str) -> str:
        if prefix not in urls:
            urls[prefix] = alertmanager_factory(routing.document(CONFIG), prefix=prefix)
        return urls[prefix]

    return url


@pytest.fixture(params=["real", "real, prefix", "demo", "demo, prefix", "demo, 0.28"])
async def subject(request: pytest.FixtureRequest, running: Callable[[str], str]) -> AsyncIterator[Subject]:
    kind, _, more = request.param.partition(", ")
    prefix, clock = PREFIX if more == "prefix" else "", SystemClock()
    transport = None
    if kind == "real":
        server = Server(url=running(prefix))
    else:
        version = "0.28.0" if more == "0.28" else "0.25.0"
        api = AlertmanagerApi(clock, prefix=prefix, version=version, started=clock.now() - 60)
        server, transport = Server(url=f"http://demo{prefix}"), httpx.ASGITransport(HandlerApp(api))
    asked = client(server, transport)

    async def post(alerts: list[dict[str, object]]) -> None:
        (await asked.post("/api/v2/alerts", json=alerts)).raise_for_status()

    source = AlertmanagerSource(server, asked, clock)
    yield Subject(source, post, clock)
    await source.aclose()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, subject: Subject) -> None:
    await check(subject)
