"""Answers of the Loki API as bytes: streams with their labels merged or kept apart, matrices, vectors, plain texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import formatdate
from typing import Any

import orjson

from noc.demo.encoding import Reply, text_reply
from noc.demo.goformat import decimal
from noc.demo.logql.answers import Points
from noc.demo.logql.fault import written
from noc.demo.logql.row import Row
from noc.model.series import labels_of

CATEGORIZE = "categorize-labels"

_MILLISECOND = 1_000_000


def json_reply(body: object, now: float, kind: str = "application/json; charset=UTF-8", end: str = "\n") -> Reply:
    """``end`` follows the document: Loki sends a line's end with everything but samples."""
    headers = {"Content-Type": kind, "Date": formatdate(now, usegmt=True)}
    return Reply(200, headers, orjson.dumps(body) + end.encode())


def success(data: object, now: float) -> Reply:
    return json_reply({"status": "success", "data": data}, now)


def refused(message: str, now: float) -> Reply:
    """Loki explains itself in plain text (protocols.md 6.3)."""
    return text_reply(400, message, now)


def streams(rows: Sequence[Row], stats: Mapping[str, object], now: float, *, apart: bool) -> Reply:
    """Rows in the order they are shown within their stream. ``apart`` keeps what is no label of the stream with each line."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        labels, entry = entry_of(row, apart=apart)
        key = written(labels_of(labels))
        found.setdefault(key, {"stream": labels, "values": []})["values"].append(entry)
    data: dict[str, object] = {"resultType": "streams"}
    if apart:
        data["encodingFlags"] = [CATEGORIZE]
    data |= {"result": [found[key] for key in sorted(found)], "stats": stats}
    return success(data, now)


def entry_of(row: Row, *, apart: bool) -> tuple[dict[str, str], list[object]]:
    """The labels of a row's stream, and its entry: time and text, and the other labels by kind where they are kept apart."""
    at = str(row.at)
    if not apart:
        return dict(row.labels()), [at, row.text]
    kinds = {"structuredMetadata": row.kept_metadata(), "parsed": row.kept_parsed()}
    beside = {kind: _present(labels) for kind, labels in kinds.items() if _present(labels)}
    return _present(row.kept_stream()), [at, row.text, beside]


def _present(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sorted(labels.items()) if value}


def samples(kind: str, result: object, stats: Mapping[str, object], now: float) -> Reply:
    body = {"status": "success", "data": {"resultType": kind, "result": result, "stats": stats}}
    return json_reply(body, now, end="")


def matrix(found: Sequence[Points]) -> list[Mapping[str, object]]:
    return [{"metric": dict(one.labels), "values": _pairs(one)} for one in found]


def vector(found: Sequence[Points]) -> list[Mapping[str, object]]:
    return [{"metric": dict(one.labels), "value": _pairs(one)[0]} for one in found]


def scalar(one: Points) -> tuple[int, str]:
    """Loki gives the time of a number in milliseconds, of everything else in seconds."""
    return int(one.times[0]) // _MILLISECOND, decimal(float(one.values[0]))


def _pairs(one: Points) -> list[tuple[object, str]]:
    return list(zip(map(_seconds, one.times.tolist()), map(decimal, one.values.tolist()), strict=True))


def _seconds(nanoseconds: int) -> object:
    """Milliseconds, cut: whole seconds as an integer, others with as many decimals as needed."""
    whole, rest = divmod(nanoseconds // _MILLISECOND, 1000)
    return whole if not rest else orjson.Fragment(f"{whole}.{rest:03}".rstrip("0"))
