"""Whatever catalogue, layouts and runbooks ask of a Loki, the demo's answers over its own world."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from noc.catalogue import metrics, runbooks
from noc.catalogue.logql import LogQuery, counted, filtered, parse
from noc.config.paths import bundled
from noc.demo.events import Journal
from noc.demo.loki import LokiApi
from noc.demo.request import Request
from noc.demo.world import World
from noc.model.clock import FixedClock

ZERO = 1_795_400_000.0
NOW = ZERO + 600
LOG_KINDS = ("logs", "log-rate", "top")
_DURATIONS = re.compile(r"\$\{?__(?:range|interval|rate_interval)\}?")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def _asked() -> Iterator[str]:
    """Every LogQL text of the product, its variables filled with something."""
    catalogue = metrics.load()
    yield from filter(None, (catalogue.log_requests, catalogue.log_fallback))
    for metric in catalogue.metrics.values():
        yield from filter(None, (metric.logql, metric.logs))
    for file in sorted(bundled("layouts").glob("*.yaml")):
        yield from _in_layout(YAML(typ="safe").load(file.read_text()))
    for name in runbooks.names():
        yield from (code.text for code in runbooks.load(name).codes if code.language == "logql")


def _in_layout(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "query" in node and (node.get("kind") in LOG_KINDS or node.get("language") == "logql"):
            yield from [node["query"]] * (not node["query"].startswith("label_values("))
        for value in node.values():
            yield from _in_layout(value)
    elif isinstance(node, list):
        for value in node:
            yield from _in_layout(value)


def _filled(text: str) -> str:
    return _VARIABLE.sub(lambda match: "laravel" if match[1] == "job" else "7", _DURATIONS.sub("5m", text))


QUERIES = sorted({_filled(text) for text in _asked()})


@pytest.fixture(scope="module")
def api() -> LokiApi:
    return LokiApi(Journal(World(5, "alert-storm", ZERO)), FixedClock(NOW))


def _answer(api: LokiApi, path: str, query: str) -> dict[str, Any]:
    params = {
        "query": [query],
        "start": [str(int(NOW) - 300)],
        "end": [str(int(NOW))],
        "time": [str(int(NOW))],
        "step": ["30"],
    }
    reply = api.answer(Request("GET", f"/loki/api/v1/{path}", params))
    assert reply.status == 200, (query, reply.body)
    found: dict[str, Any] = json.loads(reply.body)["data"]
    return found


def test_there_are_questions() -> None:
    assert len(QUERIES) > 20
    assert any("unwrap" in query for query in QUERIES)


@pytest.mark.parametrize("query", QUERIES)
def test_the_demo_answers_it(query: str, api: LokiApi) -> None:
    expr = parse(query)
    found = _answer(api, "query_range", query)
    assert found["resultType"] == ("streams" if isinstance(expr, LogQuery) else "matrix")
    if isinstance(expr, LogQuery):
        by_address = counted(query, "5m", ["context_ip_address"])
        assert _answer(api, "query", by_address)["resultType"] == "vector"
        assert (
            _answer(api, "query_range", filtered(query, 'context_ip_address="203.0.113.1"'))["resultType"] == "streams"
        )
    else:
        assert _answer(api, "query", query)["resultType"] == "vector"
