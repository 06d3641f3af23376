"""The fixtures that start real programs do what other tests rely on."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import numpy as np
import pytest

from noc.demo.samples import STALE_BITS, Samples
from noc.model.series import labels_of
from tests.servers import require

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


def test_a_missing_program_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOC_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        require("no-such-program")
    monkeypatch.setenv("NOC_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        require("no-such-program")
