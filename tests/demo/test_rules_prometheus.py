"""A real Prometheus with the same rules: what it tells of them, in which order they fire, what it sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import orjson
import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.rules import AlertRule, RecordingRule, RuleGroup, groups
from noc.demo.episodes import Chronicle
from noc.demo.exporter import ExporterApp
from noc.demo.prometheus import PrometheusApi
from noc.demo.rules import RuledSource, RunningRules
from noc.demo.samples import SampleTable
from noc.demo.server import DemoServer
from noc.demo.world import World
from noc.model.clock import FixedClock, ScaledClock, SystemClock
from noc.stack.rules import document
from tests.e2e.real import until

pytestmark = pytest.mark.servers

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")

PACE = 0.5
SIMPLE = RuleGroup(
    "simple",
    PACE,
    (
        RecordingRule("five", "vector(5)", {"a": "b"}),
        RecordingRule("bare", "vector(5)"),
        AlertRule(
            "Firing",
            'label_replace(vector(5), "a", "b", "", "") > 3',
            1.0,
            60.0,
            {"severity": "high"},
            {"says": "{{ $value }} {{ $labels.a }}"},
        ),
        AlertRule("Pending", "vector(5) > 3", 36000.0),
        AlertRule("Quiet", "vector(5) > 9"),
        AlertRule("Kept", "vector(time()) % 4 < 2", 0.0, 3600.0),
    ),
)


def emulated(source: Any, rules: tuple[RuleGroup, ...], now: float, zero: float) -> PrometheusApi:
    running = RunningRules(Chronicle(source, rules, zero))
    return PrometheusApi(RuledSource(source, running), FixedClock(now), rules=running.groups, alerts=running.alerts)


def data(api: PrometheusApi, what: str) -> Any:
    return orjson.loads(api.handle("GET", f"/api/v1/{what}", {}).body)["data"]


def timeless(value: Any) -> Any:
    """Moments and what differs from run to run become their kind; the order of alerts means nothing."""
    if isinstance(value, dict):
        out = {name: timeless(one) for name, one in value.items()}
        loose = {"evaluationTime": float, "file": str, "value": str}
        return {name: loose[name] if isinstance(one, loose.get(name, ())) else one for name, one in out.items()}
    if isinstance(value, list):
        return [timeless(one) for one in value]
    return TIME if isinstance(value, str) and TIME.fullmatch(value) else value


def test_rules_and_alerts_are_told_as_a_real_server_tells_them(prometheus_factory: Callable[..., str]) -> None:
    url = prometheus_factory(rules=[document([SIMPLE])])

    def real(what: str) -> Any:
        return httpx.get(f"{url}/api/v1/{what}").json()["data"]

    def kept() -> bool:
        found = {one["labels"]["alertname"]: one for one in real("alerts")["alerts"]}
        firing = found.get("Firing", {}).get("state") == "firing"
        return firing and "Pending" in found and "keepFiringSince" in found.get("Kept", {})

    until(kept, "no alert is kept")
    api = emulated(SampleTable([]), (SIMPLE,), 4_000_003.0, 0.0)
    assert timeless(data(api, "rules")) == timeless(real("rules"))

    def by_name(found: Any) -> Any:
        return sorted(timeless(found)["alerts"], key=lambda one: str(one["labels"]))

    assert by_name(data(api, "alerts")) == by_name(real("alerts"))
    values = {one["labels"]["alertname"]: one["value"] for one in data(api, "alerts")["alerts"]}
    assert values == {"Firing": "5e+00", "Pending": "5e+00", "Kept": "1.5e+00"}


# -- a story, at sixty times the world's pace

SPEED = 60
ZERO = 1_759_417_200.0
BEGIN, END = -240.0, 740.0
"""Seconds of the story that the real server sees: before it is calm, so that its windows are full when it begins."""
SLACK = 120.0
"""Seconds of the story by which the real one may be behind: it scrapes once in sixty of them, the demo's own four times."""


def story() -> World:
    return World(7, "webhook-attack", ZERO)


@pytest.fixture(scope="module")
def seen(prometheus_factory: Callable[..., str]) -> Iterator[Mapping[tuple[str, str, str], float]]:
    """When the real server first saw each alert in each state: seconds of the story by name, severity and state."""
    began = SystemClock().now()
    clock = ScaledClock(ZERO + BEGIN, SPEED)
    with DemoServer({"exporter": ExporterApp(story(), clock)}) as server:
        target = server.urls["exporter"].removeprefix("http://")
        rules = document(groups(metrics.load(), contract.load(), speed=SPEED), speed=SPEED)
        url = prometheus_factory({"world": [target]}, honor_labels=True, rules=[rules])
        until(lambda: clock.now() > ZERO + END, "the story does not go on")
        found = httpx.get(f"{url}/api/v1/query", params={"query": "ALERTS[1h]", "time": SystemClock().now()}).json()[
            "data"
        ]["result"]
    firsts: dict[tuple[str, str, str], float] = {}
    for one in found:
        labels = one["metric"]
        key = (labels["alertname"], labels["severity"], labels["alertstate"])
        first = (float(one["values"][0][0]) - began) * SPEED + BEGIN
        firsts[key] = min(first, firsts.get(key, first))
    yield firsts


MISSED = {"Watchdog", "LaravelMetricsDown", "ExporterDown"}
"""What the real server's one target lacks."""


@pytest.fixture(scope="module")
def expected() -> Mapping[tuple[str, str, str], float]:
    """The same of the demo's rules at the world's own pace, as far as the real server had the time to see it."""
    chronicle = Chronicle(story(), groups(metrics.load(), contract.load()), ZERO)
    firsts: dict[tuple[str, str, str], float] = {}
    for rule, found in chronicle.episodes(ZERO, ZERO + END):
        for one in found:
            for state, at in (("pending", one.active_at), ("firing", one.fired_at)):
                if at is not None and rule.rule.for_ > 0:
                    key = (rule.rule.alert, rule.severity, state)
                    firsts[key] = min(at - ZERO, firsts.get(key, at - ZERO))
    return {key: at for key, at in firsts.items() if key[0] not in MISSED and at < END - SLACK}


Firsts = Mapping[tuple[str, str, str], float]


def test_a_real_server_sees_the_same_alerts_in_the_same_states(seen: Firsts, expected: Firsts) -> None:
    assert {name for name, _, state in expected if state == "firing"} == {
        "RetellSignatureInvalid",
        "WebhookSignatureFailures",
        "WebhookRateLimitExceeded",
        "UnsignedWebhooks",
        "CalcomSignatureInvalid",
    }
    late = {key: (at, seen.get(key)) for key, at in expected.items() if abs(seen.get(key, 1e9) - at) > SLACK}
    assert late == {}
    others = {key for key in seen.keys() - expected.keys() if key[0] not in MISSED and seen[key] < END - 2 * SLACK}
    assert others == set()


def test_a_real_server_sees_them_in_the_same_order(seen: Firsts, expected: Firsts) -> None:
    """As far as they are apart by more than a real server may be late."""
    apart = [(one, other) for one in expected for other in expected if expected[one] + SLACK < expected[other]]
    assert len(apart) > 15
    assert [(one, other) for one, other in apart if seen[one] >= seen[other]] == []
    for name, severity, state in expected:
        if state == "firing":
            assert seen[name, severity, "pending"] < seen[name, severity, "firing"]
