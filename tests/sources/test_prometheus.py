"""What travels to a Prometheus and its relatives, and what their misbehaviour looks like on the glass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import orjson
import pytest

from noc.config.server import Server
from noc.model.clock import FixedClock
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Timeout
from noc.sources.flavour import Detected
from noc.sources.http import HungUp, client
from noc.sources.prometheus import PrometheusSource

EMPTY = {"status": "success", "data": {"resultType": "vector", "result": []}}
BUILD = {"status": "success", "data": {"version": "2.42.0", "goVersion": "go1.19"}}
Handler = Callable[[httpx.Request], httpx.Response]


class Stub:
    """A server that answers queries by ``reply`` and knows what it is; keeps the requests."""

    def __init__(self, reply: Handler | None = None, build: object = BUILD, **server: object) -> None:
        self.reply = reply or (lambda request: httpx.Response(200, json=EMPTY))
        self.build = build
        self.requests: list[httpx.Request] = []
        self.server = Server.model_validate({"url": "http://prom:9090", **server})
        self.source = PrometheusSource(
            self.server, client(self.server, httpx.MockTransport(self._handle)), FixedClock(1_000_000.0)
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path.endswith("/buildinfo"):
            return (
                httpx.Response(200, json=self.build) if self.build else httpx.Response(404, text="404 page not found")
            )
        if request.url.path.endswith("/stores"):
            return httpx.Response(404, text="404 page not found")
        return self.reply(request)

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    @property
    def form(self) -> dict[str, str]:
        return {name: value[0] for name, value in parse_qs(self.last.content.decode()).items()}


def streamed(body: bytes, **headers: str) -> httpx.Response:
    """An answer that comes over the wire piece by piece, so that its bytes are counted."""
    return httpx.Response(200, stream=httpx.ByteStream(body), headers={"content-type": "application/json", **headers})


async def failure(stub: Stub) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await stub.source.instant("up", 1.0)
    return caught.value


async def test_a_query_is_a_form_with_an_explicit_time_and_a_timeout_under_the_deadline() -> None:
    stub = Stub()
    await stub.source.instant('up{a=~".+"}', 1234.5678)
    assert (stub.last.method, stub.last.url.path) == ("POST", "/api/v1/query")
    assert stub.form == {"query": 'up{a=~".+"}', "time": "1234.568", "timeout": "9"}
    await stub.source.range("up", 100.0, 200.0, 0.5)
    assert stub.last.url.path == "/api/v1/query_range"
    assert stub.form == {"query": "up", "start": "100", "end": "200", "step": "0.5", "timeout": "9"}


async def test_headers_say_who_asks_for_which_tenant_and_accept_exactly_gzip() -> None:
    stub = Stub(tenant="team-a", headers={"X-Room": "4"})
    await stub.source.instant("up", 1.0)
    headers = stub.last.headers
    assert headers["user-agent"].startswith("noc/")
    assert (headers["accept-encoding"], headers["x-scope-orgid"], headers["x-room"]) == ("gzip", "team-a", "4")
    plain = Stub(compression=False)
    await plain.source.instant("up", 1.0)
    assert plain.last.headers["accept-encoding"] == "identity"


async def test_a_path_prefix_is_kept() -> None:
    stub = Stub(url="http://prom:9090/a/b")
    await stub.source.instant("up", 1.0)
    assert str(stub.last.url) == "http://prom:9090/a/b/api/v1/query"


async def test_the_answer_carries_the_servers_clock_size_and_lateness() -> None:
    body = orjson.dumps(EMPTY)
    stub = Stub(lambda request: streamed(body, date="Thu, 01 Jan 1970 00:01:00 GMT"))
    answer = await stub.source.instant("up", 1.0)
    assert (answer.server_time, answer.lateness, answer.size) == (60.0, 30.0, len(body))
    assert (stub.source.received, stub.source.requests) == (len(body), 3)


async def test_a_large_body_is_read_in_a_thread_to_the_same_answer() -> None:
    result = [{"metric": {"n": str(n)}, "values": [[t, "1"] for t in range(240)]} for n in range(150)]
    body = orjson.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
    stub = Stub(lambda request: streamed(body))
    answer = await stub.source.range("up", 0.0, 239.0, 1.0)
    assert answer.size > 200_000
    assert (len(answer.series), answer.dropped) == (150, 0)


async def test_a_range_is_capped_as_configured_and_values_at_a_thousand() -> None:
    result = [{"metric": {"n": str(n)}, "value": [1, "1"], "values": [[1, "1"]]} for n in range(1500)]

    def reply(request: httpx.Request) -> httpx.Response:
        kind = "matrix" if request.url.path.endswith("range") else "vector"
        return httpx.Response(200, json={"status": "success", "data": {"resultType": kind, "result": result}})

    stub = Stub(reply, max_series=50)
    assert (await stub.source.range("up", 0.0, 1.0, 1.0)).dropped == 1450
    assert (await stub.source.instant("up", 1.0)).dropped == 500


async def test_a_gateway_that_allows_only_get_is_asked_by_get_from_then_on() -> None:
    stub = Stub(lambda r: httpx.Response(405, text="no") if r.method == "POST" else httpx.Response(200, json=EMPTY))
    await stub.source.instant("up", 1.0)
    await stub.source.instant("up", 2.0)
    assert [request.method for request in stub.requests[2:]] == ["POST", "GET", "GET"]
    assert stub.last.url.params["query"] == "up"


@pytest.mark.parametrize(
    ("build", "stores", "expected"),
    [
        (BUILD, 404, Detected("prometheus", "2.42.0")),
        (BUILD, 200, Detected("thanos", "2.42.0")),
        ({"data": {"version": "0.37.2", "goVersion": "go1"}}, 404, Detected("thanos", "0.37.2")),
        ({"data": {"version": "2.24.0"}}, 404, Detected("victoriametrics", "2.24.0")),
        ({"data": {"application": "Grafana Mimir", "version": "2.15.0"}}, 404, Detected("mimir", "2.15.0")),
        (None, 404, Detected("prometheus")),
    ],
)
async def test_the_flavour_is_found_out_once(build: object, stores: int, expected: Detected) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=EMPTY)

    stub = Stub(reply, build)
    handle = stub._handle
    stub._handle = lambda r: httpx.Response(stores) if r.url.path.endswith("/stores") else handle(r)  # type: ignore[method-assign]
    stub.source._client = client(stub.server, httpx.MockTransport(stub._handle))
    await asyncio.gather(*(stub.source.instant("up", 1.0) for _ in range(5)))
    assert stub.source.detected == expected
    assert sum(request.url.path.endswith("/api/v1/status/buildinfo") for request in stub.requests) == (
        1 if build else 2
    )


async def test_an_api_under_prometheus_is_found() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if not request.url.path.startswith("/prometheus/"):
            return httpx.Response(404, text="404 page not found")
        mimir = {"data": {"application": "Grafana Mimir", "version": "2"}}
        return httpx.Response(200, json=mimir if request.url.path.endswith("info") else EMPTY)

    asked: list[str] = []
    server = Server(url="http://mimir:8080")
    source = PrometheusSource(server, client(server, httpx.MockTransport(handle)), FixedClock(0.0))
    answer = await source.instant("up", 1.0)
    assert asked[-1] == "/prometheus/api/v1/query"
    assert answer.lateness == 60.0


@pytest.mark.parametrize(
    ("flavour", "expected"),
    [
        ("victoriametrics", {"latency_offset": "1ms", "nocache": "1"}),
        ("thanos", {"max_source_resolution": "0s", "dedup": "true", "partial_response": "true"}),
        ("mimir", {}),
    ],
)
async def test_the_configured_flavour_counts_and_brings_its_parameters(flavour: str, expected: dict[str, str]) -> None:
    stub = Stub(flavour=flavour)
    await stub.source.instant("up", 1.0)
    assert stub.form == {"query": "up", "time": "1", "timeout": "9", **expected}
    assert len(stub.requests) == 1, "nothing was asked to find out"


@pytest.mark.parametrize(
    ("settings", "lateness"),
    [({}, 30.0), ({"scrape_interval": "60s"}, 120.0), ({"ingest_delay": "90s"}, 90.0), ({"flavour": "mimir"}, 60.0)],
)
async def test_lateness_follows_scrapes_ingestion_and_flavour(settings: dict[str, str], lateness: float) -> None:
    assert (await Stub(**settings).source.instant("up", 1.0)).lateness == lateness


async def test_label_values_look_back_an_hour_unless_told() -> None:
    stub = Stub(lambda request: httpx.Response(200, json={"status": "success", "data": ["b", "a"]}))
    assert await stub.source.label_values("job", "up") == ("a", "b")
    assert (stub.last.method, stub.last.url.path) == ("GET", "/api/v1/label/job/values")
    assert dict(stub.last.url.params) == {"start": "996400", "end": "1000000", "match[]": "up"}


def text(status: int, body: str, kind: str = "text/plain", **headers: str) -> Handler:
    return lambda request: httpx.Response(
        status,
        content=body.encode(),
        headers={"content-type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}},
    )


MISTAKES: list[tuple[str, Handler, type[SourceError], str]] = [
    (
        "a login page",
        text(200, "<!DOCTYPE html><html>Sign in</html>", "text/html"),
        BadAnswer,
        "http://prom:9090 answered HTML, not Prometheus: login page or wrong URL?",
    ),
    (
        "a redirect to a login",
        text(302, "", location="https://sso.example/login?token=SECRET"),
        Auth,
        "http://prom:9090 sends to sso.example; a login page?",
    ),
    ("a redirect to https", text(301, "", location="https://prom/"), Auth, "http://prom:9090 wants https://"),
    (
        "a redirect to a prefix",
        text(302, "", location="/graph"),
        Auth,
        "http://prom:9090 sends to /graph; a login page or a missing prefix?",
    ),
    (
        "a cache that takes the query for a page",
        text(304, ""),
        BadAnswer,
        "304 from http://prom:9090: no answer to a query; a broken cache in between?",
    ),
    ("no content", text(204, ""), BadAnswer, "an empty answer"),
    ("a missing password", text(401, ""), Auth, "401 from http://prom:9090: login needed or wrong"),
    (
        "a missing tenant",
        text(401, "no org id\n"),
        Auth,
        "401 from http://prom:9090: login needed or wrong (no org id)",
    ),
    ("a forbidden page", text(403, "<html>no</html>", "text/html"), Auth, "403 from http://prom:9090: access denied"),
    (
        "a wrong path",
        text(404, "404 page not found\n"),
        BadAnswer,
        "404 from http://prom:9090: no Prometheus API there; try http://prom:9090/prometheus",
    ),
    ("an empty body", text(200, "", "application/json"), BadAnswer, "an empty answer"),
    (
        "truncated JSON",
        text(200, '{"status":"succ', "application/json"),
        BadAnswer,
        "truncated or broken JSON (15 bytes)",
    ),
    (
        "another program",
        text(200, "# HELP up Whether\nup 1", "text/plain; version=0.0.4"),
        BadAnswer,
        "http://prom:9090 answered text/plain, not Prometheus: # HELP up Whether up 1",
    ),
    (
        "http to an https port",
        text(400, "Client sent an HTTP request to an HTTPS server.\n"),
        BadAnswer,
        "http://prom:9090 wants https://",
    ),
    (
        "a starting server",
        text(503, "Service Unavailable"),
        Overloaded,
        "503 from http://prom:9090: Service Unavailable",
    ),
    (
        "a gateway without a server",
        text(502, "<html>502</html>", "text/html"),
        Overloaded,
        "502 from http://prom:9090: bad gateway",
    ),
    (
        "a wrong expression",
        text(400, '{"status":"error","errorType":"bad_data","error":"parse error"}', "application/json"),
        BadQuery,
        "parse error",
    ),
    (
        "a query that takes too long",
        text(503, '{"status":"error","errorType":"timeout","error":"query timed out"}', "application/json"),
        Timeout,
        "the query took too long on the server: query timed out",
    ),
    (
        "JSON that denies access",
        text(403, '{"message":"no"}', "application/json"),
        Auth,
        '403 from http://prom:9090: access denied ({"message":"no"})',
    ),
]


@pytest.mark.parametrize(
    ("reply", "expected", "cause"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES]
)
async def test_a_newcomers_mistake_is_told_in_one_clear_line(
    reply: Handler, expected: type[SourceError], cause: str
) -> None:
    error = await failure(Stub(reply))
    assert (type(error), error.cause) == (expected, cause)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "10"}, 10.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:30 GMT", "date": "Thu, 01 Jan 1970 00:01:00 GMT"}, 30.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
async def test_the_servers_wish_to_wait_is_read_as_seconds_or_date(
    headers: dict[str, str], expected: float | None
) -> None:
    error = await failure(Stub(lambda request: httpx.Response(429, text="slow down", headers=headers)))
    assert (type(error), error.status, error.retry_after) == (Overloaded, 429, expected)


async def test_no_secret_stands_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROM_TOKEN", "hush-hush")
    stub = Stub(text(401, ""), bearer_env="PROM_TOKEN")
    error = await failure(stub)
    assert stub.last.headers["authorization"] == "Bearer hush-hush"
    assert "hush" not in f"{error!r} {error.cause} {stub.server!r} {stub.source!r} {stub.source._client.headers!r}"


async def test_a_secret_that_is_not_set_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROM_TOKEN", raising=False)
    error = await failure(Stub(bearer_env="PROM_TOKEN"))
    assert (type(error), error.cause) == (
        Auth,
        "$PROM_TOKEN: this environment variable is not set (token of http://prom:9090)",
    )


async def test_a_server_that_was_away_is_identified_anew() -> None:
    stub = Stub()
    await stub.source.instant("up", 1.0)
    stub.reply = text(401, "")
    await failure(stub)
    assert stub.source.detected is None
    stub.reply = lambda request: httpx.Response(200, json=EMPTY)
    stub.build = {"data": {"version": "2.24.0"}}
    await stub.source.instant("up", 1.0)
    assert stub.form["latency_offset"] == "1ms"


async def test_a_server_that_is_starting_is_not_taken_for_anything() -> None:
    stub = Stub()
    stub._handle = lambda request: httpx.Response(503, text="Service Unavailable")  # type: ignore[method-assign]
    stub.source._client = client(stub.server, httpx.MockTransport(stub._handle))
    error = await failure(stub)
    assert (type(error), stub.source.detected) == (Overloaded, None)


def hanging_up(stub: Stub, times: int) -> None:
    """The next requests end like one on a kept connection that the server has just closed."""
    left = [times]

    def handle(request: httpx.Request) -> httpx.Response:
        stub.requests.append(request)
        if left[0]:
            left[0] -= 1
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.Response(200, json=EMPTY)

    stub.source._client = client(stub.server, httpx.MockTransport(handle))


async def test_a_kept_connection_that_was_just_closed_is_no_failure() -> None:
    stub = Stub()
    await stub.source.instant("up", 1.0)
    hanging_up(stub, times=1)
    assert (await stub.source.instant("up", 2.0)).series == ()
    hanging_up(stub, times=2)
    assert type(await failure(stub)) is HungUp


async def test_a_server_that_never_answered_is_not_asked_twice() -> None:
    stub = Stub(flavour="prometheus")
    hanging_up(stub, times=9)
    error = await failure(stub)
    assert error.cause == "http://prom:9090 hung up without an HTTP answer; wrong port?"
    assert len(stub.requests) == 1
