"""The fixtures that start real programs do what other tests rely on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np
import pytest

from noc.demo.samples import STALE_BITS, Samples
from noc.model.series import labels_of
from tests.servers import Alertmanager, require

RULES = """
groups:
  - name: example
    rules:
      - {record: "answer", expr: "vector(42)"}
      - {alert: Always, expr: "vector(1)", labels: {severity: low}}
"""


def until(url: str, query: str) -> list[dict[str, object]]:
    """The result of a query as soon as there is one."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        result = httpx.get(f"{url}/api/v1/query", params={"query": query}).json()["data"]["result"]
        if result:
            return list(result)
        time.sleep(0.05)
    raise AssertionError(f"no answer to {query}")


@pytest.mark.servers
def test_prometheus_scrapes_a_node_exporter_and_evaluates_rules(
    prometheus_factory: Callable[..., str], node_exporter: str
) -> None:
    host = node_exporter.removeprefix("http://")
    url = prometheus_factory({"node": [host]}, interval="200ms", rules=[RULES])
    assert until(url, 'up{job="node"} == 1')[0]["metric"] == {"__name__": "up", "instance": host, "job": "node"}
    assert until(url, "node_load1")
    assert until(url, "answer")[0]["value"][1] == "42"  # type: ignore[index]
    assert until(url, 'ALERTS{alertname="Always",alertstate="firing"}')


@pytest.mark.servers
def test_a_history_is_held_to_the_bit_and_ends_at_its_stale_marker(history_factory: Callable[..., str]) -> None:
    stale = np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0]
    times = 1_600_000_000.0 + 60 * np.arange(300.0)
    values = np.concatenate([np.arange(299) / 7, [stale]])
    url = history_factory([Samples(labels_of({"__name__": "old", "text": 'ü"\\'}), times, values)])

    def ask(query: str, at: float) -> list[dict[str, list[object]]]:
        answer = httpx.get(f"{url}/api/v1/query", params={"query": query, "time": str(at)})
        return list(answer.json()["data"]["result"])

    raw = ask("old[1d]", times[-1])[0]
    assert raw["metric"] == {"__name__": "old", "text": 'ü"\\'}
    assert (
        [(time, float(str(value))) for time, value in raw["values"]]
        == list(  # type: ignore[misc]
            zip(times[:-1].tolist(), values[:-1].tolist(), strict=True)
        )
    )
    assert ask("old", times[-1] - 1)
    assert ask("old", times[-1]) == []


def silence(url: str) -> str:
    """The id of a new silence on ``a="b"``."""
    now = datetime.now(UTC)
    body = {
        "matchers": [{"name": "a", "value": "b", "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "me",
        "comment": "",
    }
    return str(httpx.post(f"{url}/api/v2/silences", json=body).json()["silenceID"])


def known(url: str) -> list[str]:
    return [one["id"] for one in httpx.get(f"{url}/api/v2/silences").json()]


@pytest.mark.servers
def test_an_alertmanager_stands_alone_behind_its_prefix(alertmanager_factory: Callable[..., str]) -> None:
    url = alertmanager_factory(prefix="/alerts/here")
    assert url.endswith("/alerts/here")
    assert httpx.get(f"{url}/api/v2/status").json()["cluster"] == {"peers": [], "status": "disabled"}
    assert [one["name"] for one in httpx.get(f"{url}/api/v2/receivers").json()][:2] == ["noc", "deadman"]


@pytest.mark.servers
def test_members_of_a_cluster_share_silences_and_come_back_with_them(alertmanager_cluster: list[Alertmanager]) -> None:
    first, second = alertmanager_cluster
    one = silence(first.url)
    deadline = time.monotonic() + 30
    while known(second.url) != [one]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    second.stop()
    with pytest.raises(httpx.TransportError):
        httpx.get(second.url)
    second.start()
    assert known(second.url) == [one]


def test_a_missing_program_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOC_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        require("no-such-program")
    monkeypatch.setenv("NOC_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        require("no-such-program")
