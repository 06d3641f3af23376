"""The demo's Prometheus API against the real one: status, error type and text, label look-ups."""

from __future__ import annotations

import orjson
import pytest

from tests.demo.promql_corpus import END, START
from tests.equality import Pair

pytestmark = pytest.mark.servers

WINDOW = {"start": str(START), "end": str(END)}
RANGE = {"query": "1", "start": "1", "end": "5", "step": "1"}

REQUESTS: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "/api/v1/nothing", {}),
    ("GET", "/nothing", {}),
    ("DELETE", "/api/v1/query", {}),
    ("PUT", "/api/v1/labels", {}),
    ("POST", "/api/v1/metadata", {}),
    ("POST", "/api/v1/label/job/values", {}),
    ("POST", "/-/healthy", {}),
    ("GET", "/-/healthy", {}),
    ("GET", "/-/ready", {}),
    ("HEAD", "/-/ready", {}),
    ("GET", "/api/v1/label/b-d/values", {}),
    ("GET", "/api/v1/query", {"query": "1", "time": "abc"}),
    ("GET", "/api/v1/query", {"query": "1", "time": "2023-11-14T22:13:20.5+01:00"}),
    ("GET", "/api/v1/query", {"query": "1", "time": "2023-11-14T22:13:20"}),
    ("GET", "/api/v1/query", {"query": "time()", "time": "1700000000.12345"}),
    ("GET", "/api/v1/query", {"query": "1", "time": "1", "timeout": "x"}),
    ("GET", "/api/v1/query", {"query": '"a\\n\\"b\\" <é>"', "time": "1"}),
    ("GET", "/api/v1/query_range", {}),
    *(
        ("GET", "/api/v1/query_range", {**RANGE, **changed})
        for changed in (
            {"start": ""},
            {"end": "0"},
            {"step": ""},
            {"step": "0"},
            {"step": "-1"},
            {"step": "1.5m"},
            {"step": "1e30"},
            {"step": "1m30s"},
            {"step": "2s500ms"},
            {"step": "0.29"},
            {"step": "1", "end": "11001"},
            {"step": "1", "end": "11001.999"},
            {"step": "1", "end": "11002"},
            {"query": "up[5m]"},
            {"query": '"text"'},
            {"timeout": "1x"},
        )
    ),
    ("GET", "/api/v1/series", {}),
    ("GET", "/api/v1/series", {"match[]": "up", **WINDOW}),
    ("GET", "/api/v1/series", {"match[]": 'requests_total{route=~"/p.*"}', "start": "1699999200", "end": "1699999300"}),
    ("GET", "/api/v1/series", {"match[]": "up", "start": "5", "end": "1"}),
    ("GET", "/api/v1/series", {"match[]": "up", "start": "y"}),
    ("GET", "/api/v1/labels", WINDOW),
    ("GET", "/api/v1/labels", {}),
    ("GET", "/api/v1/labels", {"match[]": "up", **WINDOW}),
    ("GET", "/api/v1/labels", {"start": "x"}),
    ("GET", "/api/v1/label/__name__/values", WINDOW),
    ("GET", "/api/v1/label/instance/values", {"match[]": "memory_bytes", **WINDOW}),
    ("GET", "/api/v1/label/nothing/values", WINDOW),
    ("GET", "/api/v1/metadata", {"limit": "x"}),
    ("GET", "/api/v1/metadata", {}),
    ("GET", "/api/v1/rules", {}),
    ("GET", "/api/v1/rules", {"type": "x"}),
    ("GET", "/api/v1/alerts", {}),
    ("GET", "/api/v1/format_query", {"query": "sum(  up) by (job)"}),
    ("GET", "/api/v1/query_exemplars", {"query": "up", **WINDOW}),
    ("GET", "/api/v1/query_exemplars", {"query": "up", "start": "5", "end": "1"}),
]


@pytest.mark.parametrize(("method", "path", "params"), REQUESTS)
def test_answers_equal_prometheus(corpus_pair: Pair, method: str, path: str, params: dict[str, str]) -> None:
    real = corpus_pair.client.request(method, corpus_pair.url + path, params=params)
    ours = corpus_pair.api.handle(method, path, {name: [value] for name, value in params.items()})
    assert ours.status == real.status_code
    assert ours.headers.get("Allow") == real.headers.get("Allow")
    if method == "HEAD":
        return
    assert ours.headers["Content-Type"] == real.headers["Content-Type"]
    if "json" in real.headers["Content-Type"]:
        assert orjson.loads(ours.body) == orjson.loads(real.content)
    else:
        assert ours.body == real.content


def test_parse_errors_differ_only_in_place_and_reason(corpus_pair: Pair) -> None:
    for path, params in (
        ("query", {"query": "sum(up"}),
        ("query_range", {**RANGE, "query": "rate(up)"}),
        ("series", {"match[]": "up{"}),
        ("series", {"match[]": "rate(up[5m])"}),
        ("series", {"match[]": "up offset 5m"}),
        ("format_query", {"query": "1+"}),
        ("query_exemplars", {"query": "1+"}),
    ):
        real, ours = corpus_pair.ask(path, **params)
        assert (ours["status"], ours["errorType"]) == (real["status"], real["errorType"])
        assert str(ours["error"]).partition("1:")[0] == str(real["error"]).partition("1:")[0]
