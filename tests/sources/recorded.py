"""True answers of a real Loki 3.x (tests/recordings/loki), as values and as a transport that replays them.

A request is answered by the recording of the same path and parameters: what a request leaves out has Loki's default, times
are compared to the millisecond, and the recording with the same encoding flags is preferred. Any other request is an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import orjson

from noc.model.logs import LogLine
from noc.model.series import labels_of

FOLDER = Path(__file__).parents[1] / "recordings" / "loki"

START = 1795401430734753280
END = 1795405135734753280
"""Unix nanoseconds: the window of every recorded question."""

AT = 1795405130734753280
"""Unix nanoseconds: the moment of the recorded instant questions."""

STREAM_LABELS = frozenset({"category", "environment", "event_type", "job", "level", "service_name"})
METADATA = frozenset({"detected_level", "trace_id"})

FLAGS = "X-Loki-Response-Encoding-Flags"
_DEFAULTS = {"direction": "backward", "limit": "100"}
_TIMES = ("start", "end", "time")


@dataclass(frozen=True)
class Recording:
    """One question and its answer. ``flags`` is the encoding that was asked for."""

    name: str
    path: str
    params: Mapping[str, str]
    flags: str
    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@cache
def recordings() -> tuple[Recording, ...]:
    """Every recorded question but the tails."""
    found = []
    for file in sorted(FOLDER.glob("*.json")):
        raw = json.loads(file.read_text())
        if "frames" not in raw:
            asked = raw["request"]
            params = {name: str(value) for name, value in asked["params"].items()}
            flags = asked["headers"].get(FLAGS, "")
            found.append(
                Recording(
                    file.stem, asked["path"], params, flags, raw["status"], raw["content_type"], raw["body"].encode()
                )
            )
    return tuple(found)


def recording(name: str) -> Recording:
    return next(one for one in recordings() if one.name == name)


def tail_frames(name: str) -> list[dict[str, Any]]:
    """The frames of a recorded tail, in order."""
    return [one["frame"] for one in json.loads((FOLDER / f"{name}.json").read_text())["frames"]]


def recorded_lines() -> list[LogLine]:
    """Every line of the recorded answers once, with its stream and its metadata, oldest first: enough for another server
    to give the same answers about lines."""
    found: dict[tuple[int, str], LogLine] = {}
    for one in recordings():
        if not one.name.startswith("streams_"):
            continue
        for stream in one.json["data"]["result"]:
            outer = {name: value for name, value in stream["stream"].items() if name in STREAM_LABELS}
            for value in stream["values"]:
                extra = value[2]["structuredMetadata"] if len(value) > 2 else stream["stream"]
                inner = {name: text for name, text in extra.items() if name in METADATA}
                at = int(value[0])
                found[at, value[1]] = LogLine(at, value[1], labels_of(outer), labels_of(inner))
    return [found[key] for key in sorted(found)]


class Replay(httpx.AsyncBaseTransport):
    """Answers from the recordings; keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        params = {**dict(request.url.params), **dict(parse_qsl(request.content.decode(), keep_blank_values=True))}
        wanted = _normal(params)
        known = [one for one in recordings() if one.path == request.url.path and _normal(one.params) == wanted]
        flags = request.headers.get(FLAGS, "")
        for one in sorted(known, key=lambda one: one.flags != flags):
            headers = {"content-type": one.kind, "date": "Mon, 23 Nov 2026 03:38:55 GMT"}
            return httpx.Response(one.status, headers=headers, stream=httpx.ByteStream(one.body))
        raise AssertionError(f"never recorded: {request.url.path} {params}")


def _normal(params: Mapping[str, str]) -> dict[str, str]:
    times = {name: str(round(int(params[name]) / 1e6)) for name in _TIMES if name in params}
    return {**_DEFAULTS, **params, **times}
