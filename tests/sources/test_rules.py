"""Rules as a real Prometheus tells them, and as its relatives and proxies do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from noc.config.server import Server
from noc.model.alerts import Rule, RuleAlert, RuleAnswer
from noc.model.clock import SystemClock
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError
from noc.sources import alertdecode, rules
from noc.sources.http import client
from noc.sources.prometheus import PrometheusSource
from noc.sources.rules import PrometheusRules

DEADLINE = 30.0

TWO = '(label_replace(vector(1), "a", "1", "", "") or label_replace(vector(1), "a", "2", "", ""))'
FILE = f"""
groups:
  - name: first
    interval: 200ms
    rules:
      - {{record: "noc:two", expr: 'vector(2)', labels: {{severity: high}}}}
      - {{alert: Pending, expr: 'vector(1)', for: 1h}}
      - alert: Firing
        expr: 'vector(2.5) > 1'
        labels: {{severity: high}}
        annotations: {{summary: 'it is {{{{ $value }}}}'}}
      - {{alert: Kept, expr: 'vector(time()) % 2 < 1', keep_firing_for: 1h}}
      - {{alert: Quiet, expr: 'vector(1) > 2'}}
  - name: second
    interval: 200ms
    rules:
      - {{alert: Broken, expr: '{TWO} * on() {TWO}'}}
  - name: third
    interval: 10000h
    rules:
      - {{alert: Never, expr: 'vector(1)'}}
"""


@pytest.fixture(scope="session")
def real(prometheus_factory: Callable[..., str]) -> Callable[[], str]:
    """The URL of a real Prometheus with the rules, started when first asked for."""
    urls: list[str] = []

    def url() -> str:
        if not urls:
            urls.append(prometheus_factory(rules=[FILE]))
        return urls[0]

    return url


@pytest.fixture
async def source(real: Callable[[], str]) -> AsyncIterator[PrometheusRules]:
    server = Server(url=real())
    metrics = PrometheusSource(server, client(server), SystemClock())
    yield PrometheusRules(metrics)
    await metrics.aclose()


async def eventually(source: PrometheusRules, true: Callable[[dict[str, Rule]], object]) -> dict[str, Rule]:
    """The rules by name once they are so."""
    end = SystemClock().monotonic() + DEADLINE
    while not true(found := {one.name: one for one in (await source.rules()).rules}):
        assert SystemClock().monotonic() < end, found
        await asyncio.sleep(0.05)
    return found


@pytest.mark.servers
async def test_rules_come_in_the_files_order_with_what_the_file_says(source: PrometheusRules) -> None:
    found = await eventually(source, lambda own: all(one.evaluated_at for name, one in own.items() if name != "Never"))
    answer = await source.rules()
    assert (answer.placeholder, answer.server_time) == (False, pytest.approx(SystemClock().now(), abs=5))
    assert [(one.group, one.name, one.alerting) for one in answer.rules] == [
        ("first", "noc:two", False),
        ("first", "Pending", True),
        ("first", "Firing", True),
        ("first", "Kept", True),
        ("first", "Quiet", True),
        ("second", "Broken", True),
        ("third", "Never", True),
    ]
    kept = found["Kept"]
    assert (kept.hold, kept.keep_firing_for, kept.interval) == (0.0, 3600.0, 0.2)
    assert kept.evaluated_at == pytest.approx(SystemClock().now(), abs=5)
    record = found["noc:two"]
    assert (record.expr, record.labels, record.health, record.alerts) == (
        "vector(2)",
        (("severity", "high"),),
        "ok",
        (),
    )
    quiet = found["Quiet"]
    assert (quiet.health, quiet.error, quiet.alerts) == ("ok", "", ())


@pytest.mark.servers
async def test_pending_and_firing_alerts_say_since_when_and_with_what_value(source: PrometheusRules) -> None:
    found = await eventually(source, lambda own: own["Pending"].alerts and own["Firing"].alerts)
    now = SystemClock().now()
    (pending,), (firing,) = found["Pending"].alerts, found["Firing"].alerts
    assert 0 <= now - pending.active_at < 600
    assert pending == RuleAlert((("alertname", "Pending"),), "pending", pending.active_at, 1.0)
    assert firing == RuleAlert(
        (("alertname", "Firing"), ("severity", "high")),
        "firing",
        firing.active_at,
        2.5,
        (("summary", "it is 2.5"),),
    )
    assert found["Pending"].hold == 3600.0
    assert found["Firing"].annotations == (("summary", "it is {{ $value }}"),)


@pytest.mark.servers
async def test_an_alert_kept_firing_says_since_when_its_condition_is_away(source: PrometheusRules) -> None:
    found = await eventually(source, lambda own: any(one.keep_firing_since for one in own["Kept"].alerts))
    (kept,) = found["Kept"].alerts
    assert kept.state == "firing"
    assert kept.keep_firing_since is not None
    assert kept.active_at < kept.keep_firing_since <= SystemClock().now()
    back = await eventually(source, lambda own: all(one.keep_firing_since is None for one in own["Kept"].alerts))
    assert [(one.state, one.active_at) for one in back["Kept"].alerts] == [("firing", kept.active_at)]


@pytest.mark.servers
async def test_a_rule_that_fails_says_why(source: PrometheusRules) -> None:
    broken = (await eventually(source, lambda own: own["Broken"].health == "err"))["Broken"]
    assert broken.error.startswith("found duplicate series for the match group {} on the left hand-side") or (
        broken.error.startswith("found duplicate series for the match group {} on the right hand-side")
    )
    assert broken.alerts == ()


@pytest.mark.servers
async def test_a_rule_that_was_never_evaluated_is_of_unknown_health(source: PrometheusRules) -> None:
    never = {one.name: one for one in (await source.rules()).rules}["Never"]
    assert (never.health, never.evaluated_at, never.alerts) == ("unknown", 0.0, ())


# -- over a canned answer

PROMETHEUS = {"version": "2.42.0", "goVersion": "go1.19"}
EMPTY = {"status": "success", "data": {"groups": []}}
RULE = {"name": "up", "query": "up", "type": "recording", "health": "ok"}
ONE = {"status": "success", "data": {"groups": [{"name": "g", "interval": 15, "rules": [RULE]}]}}


class Stub:
    """A server that is ``build`` and answers questions for rules by ``reply``; a body of JSON stands for 200."""

    def __init__(self, reply: Any, build: Any = PROMETHEUS, prefix: str = "", **server: object) -> None:
        self.asked: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            self.asked.append(request.url.path)
            path = request.url.path.removeprefix(prefix)
            if not request.url.path.startswith(prefix) or path not in ("/api/v1/status/buildinfo", "/api/v1/rules"):
                return httpx.Response(404, text="404 page not found")
            if path.endswith("rules"):
                return reply if isinstance(reply, httpx.Response) else httpx.Response(200, json=reply)
            return httpx.Response(200, json={"status": "success", "data": build})

        own = Server.model_validate({"url": "http://prom:9090", **server})
        self.source = PrometheusRules(PrometheusSource(own, client(own, httpx.MockTransport(handle)), SystemClock()))


@pytest.mark.parametrize(
    ("build", "server", "reply", "placeholder"),
    [
        ({"version": "2.24.0"}, {}, EMPTY, True),
        ({"version": "2.24.0"}, {}, ONE, False),
        (PROMETHEUS, {"flavour": "victoriametrics"}, EMPTY, True),
        (PROMETHEUS, {}, EMPTY, False),
        ({"version": "2.9", "application": "Grafana Mimir"}, {}, EMPTY, False),
    ],
    ids=["VictoriaMetrics", "vmalert behind it", "VictoriaMetrics by its name", "Prometheus", "Mimir"],
)
async def test_only_the_empty_answer_of_victoriametrics_is_a_placeholder(
    build: object, server: dict[str, object], reply: object, placeholder: bool
) -> None:
    answer = await Stub(reply, build, **server).source.rules()
    expected = () if reply is EMPTY else (Rule("up", "g", False, "up", interval=15.0),)
    assert answer == RuleAnswer(expected, placeholder)


async def test_rules_lie_below_the_prefix_where_the_queries_do() -> None:
    stub = Stub(ONE, {"version": "2.9", "application": "Grafana Mimir"}, "/prometheus")
    await stub.source.rules()
    await stub.source.rules()
    assert stub.asked == [
        "/api/v1/status/buildinfo",
        "/prometheus/api/v1/status/buildinfo",
        "/prometheus/api/v1/rules",
        "/prometheus/api/v1/rules",
    ]


async def test_the_servers_clock_is_that_of_its_date_header() -> None:
    dated = httpx.Response(200, json=ONE, headers={"date": "Thu, 02 Oct 2025 15:30:00 GMT"})
    assert (await Stub(dated).source.rules()).server_time == 1_759_419_000.0


HTML = {"content-type": "text/html"}
NO_RULES = "an answer of unknown shape: no groups of rules"


@pytest.mark.parametrize(
    ("reply", "kind", "cause"),
    [
        (httpx.Response(401, text="who?"), Auth, "401 from http://prom:9090: login needed or wrong (who?)"),
        (
            httpx.Response(404, text="404 page not found"),
            BadAnswer,
            "404 from http://prom:9090: no Prometheus API there; try http://prom:9090/prometheus",
        ),
        (
            httpx.Response(200, content=b"<html>", headers=HTML),
            BadAnswer,
            "http://prom:9090 answered HTML, not Prometheus: login page or wrong URL?",
        ),
        (httpx.Response(503, text="starting"), Overloaded, "503 from http://prom:9090: starting"),
        (
            httpx.Response(400, json={"status": "error", "errorType": "bad_data", "error": "no\x1bgood"}),
            BadQuery,
            "no␛good",
        ),
        ({"status": "error", "errorType": "unavailable", "error": "ruler down"}, Overloaded, "ruler down"),
        ({"status": "success"}, BadAnswer, NO_RULES),
        ({"status": "success", "data": []}, BadAnswer, NO_RULES),
        ({"status": "success", "data": {"groups": {}}}, BadAnswer, NO_RULES),
        ([], BadAnswer, "an answer of unknown shape"),
        ({"status": "success", "data": {"groups": [5]}}, BadAnswer, "a rule of unknown shape"),
    ],
)
async def test_what_is_wrong_is_said_in_one_line(reply: object, kind: type[SourceError], cause: str) -> None:
    with pytest.raises(SourceError) as caught:
        await Stub(reply).source.rules()
    assert (type(caught.value), caught.value.cause.partition(" (")[0]) == (kind, cause.partition(" (")[0])
    assert cause in caught.value.cause


@pytest.mark.parametrize("limit", [0, 10**6])
async def test_large_answers_are_read_in_a_thread(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    threads = []
    read = alertdecode.rules

    def noted(groups: Any) -> object:
        threads.append(threading.current_thread() is threading.main_thread())
        return read(groups)

    monkeypatch.setattr(alertdecode, "rules", noted)
    monkeypatch.setattr(rules, "IN_THREAD", limit)
    await Stub(ONE).source.rules()
    assert threads == [limit > 0]


async def test_closing_the_rules_leaves_the_metrics_their_connections() -> None:
    stub = Stub(ONE)
    await stub.source.aclose()
    assert len((await stub.source.rules()).rules) == 1
