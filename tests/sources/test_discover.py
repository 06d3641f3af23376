"""Which server stands behind an address, found out by asking."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from noc.config.server import Server
from noc.sources import discover as module
from noc.sources.discover import Found, discover

Answers = dict[str, tuple[int, Any]]

BUILD = "/api/v1/status/buildinfo"
QUERY = "/api/v1/query"
TARGETS = "/api/v1/targets"
UP = {"status": "success", "data": {"resultType": "scalar", "result": [0, "1"]}}


def ok(**data: object) -> tuple[int, dict[str, object]]:
    return 200, {"status": "success", "data": data}


PROMETHEUS: Answers = {
    BUILD: ok(version="2.53.0", goVersion="go1.22"),
    QUERY: (200, UP),
    TARGETS: ok(activeTargets=[{"scrapeInterval": "30s"}, {"scrapeInterval": "30s"}, {"scrapeInterval": "5s"}]),
}
MIMIR: Answers = {
    f"/prometheus{BUILD}": ok(version="2.13.0", application="Grafana Mimir"),
    f"/prometheus{QUERY}": (200, UP),
}
VICTORIA: Answers = {BUILD: ok(version="2.24.0"), QUERY: (200, UP)}
THANOS: Answers = {BUILD: ok(version="0.36.1", goVersion="go1"), QUERY: (200, UP)}
ALERTMANAGER: Answers = {
    "/api/v2/status": (200, {"cluster": {"status": "ready"}, "versionInfo": {"version": "0.27.0"}})
}
LOKI: Answers = {
    "/loki/api/v1/status/buildinfo": (200, {"version": "3.4.2"}),
    "/loki/api/v1/labels": (200, {"status": "success"}),
}
LOKI_WITH_TENANTS: Answers = {**LOKI, "/loki/api/v1/labels": (401, "no org id")}
MIMIR_WITH_TENANTS: Answers = {**MIMIR, f"/prometheus{QUERY}": (401, "no org id")}
LOGIN: Answers = {"*": (401, "who are you")}
PAGE: Answers = {"*": (200, "<html>hello</html>")}


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Answers]], None]:
    """Hosts and what they answer; any other refuses the connection."""

    def install(hosts: dict[str, Answers]) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.host not in hosts:
                raise httpx.ConnectError("refused", request=request)
            answers = hosts[request.url.host]
            status, body = answers.get(request.url.path) or answers.get("*") or (404, "404 page not found")
            if isinstance(body, str):
                kind = "text/html" if body.startswith("<") else "text/plain"
                return httpx.Response(status, text=body, headers={"content-type": kind})
            return httpx.Response(status, content=json.dumps(body), headers={"content-type": "application/json"})

        build = module.client

        def with_transport(server: Server) -> httpx.AsyncClient:
            return build(server, transport=httpx.MockTransport(answer))

        monkeypatch.setattr(module, "client", with_transport)

    return install


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (PROMETHEUS, Found("http://x", "prometheus", "prometheus", "2.53.0", 30.0)),
        (MIMIR, Found("http://x/prometheus", "prometheus", "mimir", "2.13.0")),
        (VICTORIA, Found("http://x", "prometheus", "victoriametrics", "2.24.0")),
        (THANOS, Found("http://x", "prometheus", "thanos", "0.36.1")),
        (ALERTMANAGER, Found("http://x", "alertmanager", version="0.27.0")),
        (LOKI, Found("http://x", "loki", version="3.4.2")),
        (LOKI_WITH_TENANTS, Found("http://x", "loki", version="3.4.2", note="wants a tenant: set 'tenant'")),
        (MIMIR_WITH_TENANTS, Found("http://x", "", note="wants a tenant: set 'tenant'")),
        (LOGIN, Found("http://x", "", note="wants a login: set 'basic' or 'bearer_file'")),
    ],
)
async def test_a_server_is_known_by_its_answers(
    network: Callable[[dict[str, Answers]], None], answers: Answers, found: Found
) -> None:
    network({"x": answers})
    assert await discover(["http://x"]) == [found]


@pytest.mark.parametrize("answers", [PAGE, {}])
async def test_a_web_page_is_no_monitoring_server(
    network: Callable[[dict[str, Answers]], None], answers: Answers
) -> None:
    network({"x": answers})
    assert await discover(["http://x"]) == []


async def test_what_refuses_is_left_out_and_one_server_is_found_once(
    network: Callable[[dict[str, Answers]], None],
) -> None:
    network({"x": MIMIR, "am": ALERTMANAGER})
    found = await discover(["http://nobody", "http://x", "http://x/", "http://am:9093"])
    assert [one.url for one in found] == ["http://x/prometheus", "http://am:9093"]
