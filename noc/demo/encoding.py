"""Answers of the Prometheus API as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, NamedTuple

import orjson

from noc.demo.goformat import sample_value
from noc.demo.promql import Points, QueryResult

TEXT = "text/plain; charset=utf-8"


class Reply(NamedTuple):
    """An HTTP answer. Status 0 stands for a server that accepts the request and never answers."""

    status: int
    headers: dict[str, str]
    body: bytes


NEVER = Reply(0, {}, b"")


def text_reply(status: int, body: str, now: float, **more: str) -> Reply:
    """A plain answer; ``more`` are headers with underscores for dashes. Go's own errors forbid to guess the type."""
    headers = {"Content-Type": TEXT, "Date": formatdate(now, usegmt=True)}
    if status >= 400:
        headers["X-Content-Type-Options"] = "nosniff"
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return Reply(status, headers, body.encode())


def success(data: object, now: float) -> Reply:
    return _json(200, {"status": "success", "data": data}, now)


def failure(status: int, kind: str, message: str, now: float) -> Reply:
    return _json(status, {"status": "error", "errorType": kind, "error": message}, now)


def _json(status: int, envelope: Mapping[str, object], now: float) -> Reply:
    headers = {"Content-Type": "application/json", "Date": formatdate(now, usegmt=True)}
    return Reply(status, headers, orjson.dumps(envelope, option=orjson.OPT_SERIALIZE_NUMPY))


def query_data(result: QueryResult) -> dict[str, Any]:
    """``data`` of query and query_range."""
    return {"resultType": result.kind, "result": _result(result)}


def _result(result: QueryResult) -> Any:
    if result.kind == "matrix":
        return [{"metric": dict(points.labels), "values": _pairs(points)} for points in result.points]
    if result.kind == "vector":
        return [{"metric": dict(points.labels), "value": _pairs(points)[0]} for points in result.points]
    time, value = _pairs(result.points[0])[0]
    return [time, result.text if result.kind == "string" else value]


def _pairs(points: Points) -> list[tuple[Any, str]]:
    times = [_seconds(time) for time in points.times.tolist()]
    return list(zip(times, map(sample_value, points.values.tolist()), strict=True))


def _seconds(milliseconds: int) -> Any:
    """Whole seconds as an integer, others with exactly three decimals."""
    whole, rest = divmod(milliseconds, 1000)
    return whole if not rest else orjson.Fragment(f"{whole}.{rest:03}")
