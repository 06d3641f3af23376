"""One-shot look-ups: against a real Prometheus, and against servers that misbehave in every way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from noc.config.server import Server
from noc.model.clock import FixedClock
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.model.ports import Metadata, MetricInventory
from noc.sources.inventory import PrometheusInventory
from tests.servers import free_port

Answers = Callable[[str], tuple[int, str, bytes]]


class Stub:
    """A server that answers every path by one function and remembers what it was asked."""

    def __init__(self, answer: Answers, headers: dict[str, str] | None = None) -> None:
        stub = self
        self.requests: list[tuple[str, dict[str, str]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stub.requests.append((self.path, dict(self.headers)))
                status, kind, body = answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                with suppress(BrokenPipeError):  # a client that went away
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def stub() -> Iterator[Callable[..., Stub]]:
    made: list[Stub] = []

    def make(answer: Answers, headers: dict[str, str] | None = None) -> Stub:
        made.append(Stub(answer, headers))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def inventory() -> Iterator[Callable[..., PrometheusInventory]]:
    made: list[PrometheusInventory] = []

    def make(url: str, **options: Any) -> PrometheusInventory:
        server = Server.model_validate({"url": url, **options})
        made.append(PrometheusInventory(server, FixedClock(1_700_000_000.0), {"WORD": "hunter2", "TOKEN": "abc"}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def success(data: object) -> tuple[int, str, bytes]:
    return 200, "application/json", json.dumps({"status": "success", "data": data}).encode()


def failure(status: int, kind: str, text: str) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps({"status": "error", "errorType": kind, "error": text}).encode()


@pytest.mark.servers
def test_a_real_prometheus_tells_names_labels_metadata_and_targets(
    prometheus_factory: Callable[..., str], node_exporter: str
) -> None:
    url = prometheus_factory({"node": [node_exporter.removeprefix("http://")]})
    one: PrometheusInventory = PrometheusInventory(Server(url=url))
    port: MetricInventory = one
    until(lambda: {"node_load1", "up"} <= set(one.names()))  # up is written after the scrape it tells of
    assert "node_cpu_seconds_total" in one.names()
    assert tuple(port.label_values("job")) == ("node",)
    load = port.metadata()["node_load1"]
    assert (load.type, load.help) == ("gauge", "1m load average.")
    (target,) = port.targets()
    assert (target.job, target.health, target.interval) == ("node", "up", 1.0)
    assert [series.last for series in one.query('up{job="node"}').series] == [1.0]
    assert [series.last for series in one.query("1 + 1").series] == [2.0]
    assert {labels["__name__"] for labels in one.labels_of('{__name__=~"node_load.*"}')} == {
        "node_load1",
        "node_load5",
        "node_load15",
    }
    assert [len(series.values) > 0 for series in one.query('up{job="node"}[1m]').series] == [True]
    with pytest.raises(BadQuery, match="parse error"):
        one.query("sum(")
    one.close()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Poll what a real server needs a scrape for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the server never got there"
        threading.Event().wait(0.05)


def test_names_and_labels_are_asked_for_the_last_hour_only(
    stub: Callable[..., Stub], inventory: Callable[..., PrometheusInventory]
) -> None:
    server = stub(lambda path: success(["b", "a"]))
    assert inventory(server.url).names() == ("a", "b")
    path, _ = server.requests[0]
    assert path == "/api/v1/label/__name__/values?start=1699996400.000&end=1700000000.000"


def test_login_tenant_and_headers_are_sent(
    stub: Callable[..., Stub], inventory: Callable[..., PrometheusInventory]
) -> None:
    server = stub(lambda path: success([]))
    inventory(
        server.url, basic={"username": "noc", "password_env": "WORD"}, tenant="ops", headers={"X-Team": "noc"}
    ).names()
    _, headers = server.requests[0]
    assert headers["Authorization"] == "Basic bm9jOmh1bnRlcjI="
    assert (headers["X-Scope-OrgID"], headers["X-Team"], headers["Accept-Encoding"]) == ("ops", "noc", "gzip")


def test_a_netrc_file_does_not_replace_the_configured_login(
    stub: Callable[..., Stub],
    inventory: Callable[..., PrometheusInventory],
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = stub(lambda path: success([]))
    inventory(server.url, bearer_env="TOKEN").names()
    assert server.requests[0][1]["Authorization"] == "Bearer abc"


@pytest.mark.parametrize(
    ("answer", "error", "cause"),
    [
        (failure(400, "bad_data", "parse error: x"), BadQuery, "parse error: x"),
        (failure(422, "execution", "too many samples"), BadQuery, "too many samples"),
        (failure(422, "422", "victoria says no"), BadQuery, "victoria says no"),
        (failure(503, "timeout", "query timed out"), Timeout, "the query took too long on the server: query timed out"),
        (failure(500, "internal", "disk"), Overloaded, "disk"),
        ((429, "text/plain", b"slow down"), Overloaded, "429 from {url}: slow down"),
        ((503, "text/plain", b"Service Unavailable"), Overloaded, "503 from {url}: Service Unavailable"),
        ((401, "text/plain", b"no org id"), Auth, "401 from {url}: login needed or wrong (no org id)"),
        (
            (404, "text/plain", b"404 page not found"),
            BadAnswer,
            "404 from {url}: no Prometheus API there; try {url}/prometheus",
        ),
        (
            (200, "text/html", b"<html>login</html>"),
            BadAnswer,
            "{url} answered HTML, not Prometheus: login page or wrong URL?",
        ),
        (
            (200, "application/json", b'{"status":"succ'),
            BadAnswer,
            "{url} answered no JSON: truncated, or not Prometheus",
        ),
        ((200, "application/json", b"[]"), BadAnswer, "{url} answered something that is not Prometheus"),
        (
            (200, "application/json", b'{"status":"success"}'),
            BadAnswer,
            "{url} answered something that is not Prometheus",
        ),
    ],
)
def test_every_bad_answer_becomes_a_source_error_in_words_after_one_request(
    answer: tuple[int, str, bytes],
    error: type[SourceError],
    cause: str,
    stub: Callable[..., Stub],
    inventory: Callable[..., PrometheusInventory],
) -> None:
    server = stub(lambda path: answer)
    with pytest.raises(error) as caught:
        inventory(server.url).query("up")
    assert caught.value.cause == cause.format(url=server.url)
    assert len(server.requests) == (2 if answer[0] == 404 else 1)  # a 404 is tried once more, under /prometheus


def test_an_api_below_prometheus_is_found_and_kept(
    stub: Callable[..., Stub], inventory: Callable[..., PrometheusInventory]
) -> None:
    server = stub(lambda path: success([]) if path.startswith("/prometheus/") else (404, "text/plain", b"nothing"))
    one = inventory(server.url)
    assert one.names() == ()
    assert one.names() == ()
    assert [path.partition("?")[0] for path, _ in server.requests] == [
        "/api/v1/label/__name__/values",
        "/prometheus/api/v1/label/__name__/values",
        "/prometheus/api/v1/label/__name__/values",
    ]


def test_a_redirect_is_not_followed_with_the_secrets(
    stub: Callable[..., Stub], inventory: Callable[..., PrometheusInventory]
) -> None:
    thief = stub(lambda path: success([]))
    server = stub(lambda path: (302, "text/html", b""), {"Location": f"{thief.url}/login"})
    with pytest.raises(Auth) as caught:
        inventory(server.url, bearer_env="TOKEN").names()
    assert caught.value.cause == f"{server.url} sends elsewhere; a login page or a missing prefix?"
    assert thief.requests == []


def test_a_server_that_is_not_there_is_said_at_once(inventory: Callable[..., PrometheusInventory]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable) as caught:
        inventory(url).names()
    assert caught.value.cause == f"connection refused by {url}; is it running?"


def test_a_silent_server_is_left_after_the_timeout(
    stub: Callable[..., Stub], inventory: Callable[..., PrometheusInventory]
) -> None:
    release = threading.Event()
    server = stub(lambda path: (release.wait(60), success([]))[1])
    start = time.monotonic()
    try:
        with pytest.raises(Timeout) as caught:
            inventory(server.url, timeout=0.2).names()
    finally:
        release.set()
    assert caught.value.cause == f"no answer from {server.url} within 0.2s"
    assert time.monotonic() - start < 30


def test_a_missing_secret_is_an_auth_error_that_names_its_place(
    inventory: Callable[..., PrometheusInventory],
) -> None:
    with pytest.raises(Auth) as caught:
        inventory("http://127.0.0.1:1", bearer_env="NOWHERE").names()
    assert caught.value.cause == "$NOWHERE: this environment variable is not set (token of http://127.0.0.1:1)"


def test_metadata_keeps_the_first_of_several_and_is_made_harmless(
    stub: Callable[..., Stub], inventory: Callable[..., PrometheusInventory]
) -> None:
    entries = [{"type": "counter", "help": "a\x1b[31mred", "unit": ""}, {"type": "gauge", "help": "", "unit": ""}]
    server = stub(lambda path: success({"x_total": entries}))
    found = inventory(server.url).metadata()
    assert set(found) == {"x_total"}
    assert found["x_total"].type == "counter"
    assert "\x1b" not in found["x_total"].help
    assert isinstance(found["x_total"], Metadata)


def test_targets_without_an_interval_are_targets_all_the_same(
    stub: Callable[..., Stub], inventory: Callable[..., PrometheusInventory]
) -> None:
    active = [{"labels": {"job": "a", "instance": "b"}, "health": "down", "lastError": "refused"}]
    server = stub(lambda path: success({"activeTargets": active, "droppedTargets": []}))
    (target,) = inventory(server.url).targets()
    assert (target.job, target.instance, target.health, target.error, target.interval) == (
        "a",
        "b",
        "down",
        "refused",
        0,
    )
