"""Every source of metrics passes the same checks: on a real Prometheus and on the demo's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from noc.config.server import Server
from noc.demo.prometheus import PrometheusApi
from noc.demo.samples import SampleTable
from noc.demo.server import HandlerApp
from noc.model.clock import FixedClock, SystemClock
from noc.sources.http import client
from noc.sources.prometheus import PrometheusSource
from tests.sources.contract import CHECKS, END, Check, Subject, samples


@pytest.fixture(params=["gzip", "identity", "demo"])
async def subject(request: pytest.FixtureRequest, history: Callable[[], str]) -> AsyncIterator[Subject]:
    """The same samples behind each kind of server: a real one, packed and unpacked, and the demo's in process."""
    if request.param == "demo":
        clock = FixedClock(END + 5)
        app = HandlerApp(PrometheusApi(SampleTable(samples()), clock))
        server = Server(url="http://demo")
        source = PrometheusSource(server, client(server, httpx.ASGITransport(app)), clock)
    else:
        server = Server(url=history(), compression=request.param == "gzip")
        source = PrometheusSource(server, client(server), SystemClock())
    yield Subject(source)
    await source.aclose()


@pytest.fixture(scope="session")
def history(history_factory: Callable[..., str]) -> Callable[[], str]:
    """The URL of a real Prometheus with the samples, started when first asked for."""
    urls: list[str] = []

    def url() -> str:
        if not urls:
            urls.append(history_factory(samples()))
        return urls[0]

    return url


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, subject: Subject) -> None:
    await check(subject)
