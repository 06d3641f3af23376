"""Recorded answers of a real Loki 3, and a source that holds every line they show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from noc.demo.logql.source import LineTable
from noc.demo.loki import LokiApi
from noc.demo.request import Request
from noc.model.clock import FixedClock
from noc.model.logs import LogLine
from noc.model.series import labels_of

HERE = Path(__file__).parent.parent / "recordings" / "loki"
NOW = 1_795_405_140.0
"""Shortly after the recordings were made."""

STREAM = ("category", "environment", "event_type", "job", "level", "service_name")
"""Labels of streams; the others stand beside a line or were read out of it."""


def recording(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text())
    return found


def result(name: str) -> dict[str, Any]:
    """``data`` of a recorded answer without the figures of its cost."""
    data: dict[str, Any] = json.loads(recording(name)["body"])["data"]
    data.pop("stats")
    return data


def request(name: str) -> Request:
    """The recorded question."""
    asked = recording(name)["request"]
    params = {key: [str(value)] for key, value in asked["params"].items()}
    headers = {key.lower(): value for key, value in asked["headers"].items()}
    return Request(asked["method"], asked["path"], params, headers)


def lines() -> list[LogLine]:
    """Every line of the recorded streams, once."""
    found: dict[tuple[int, str], LogLine] = {}
    for name in ("streams_forward", "streams_backward", "streams_json_stage", "streams_hostile_lines"):
        for stream in result(name)["result"]:
            labels = {key: value for key, value in stream["stream"].items() if key in STREAM}
            beside = {key: value for key, value in stream["stream"].items() if key in ("detected_level", "trace_id")}
            for at, text in stream["values"]:
                found[int(at), text] = LogLine(int(at), text, labels_of(labels), labels_of(beside))
    return list(found.values())


def api(**options: Any) -> LokiApi:
    return LokiApi(LineTable(lines()), FixedClock(NOW), **options)
