"""From the bytes of Loki to lines and frames: two- and three-tuples, streams merged, nothing rounded (protocols.md 6.2, 6.5).

Pure and free of the event loop, so that a large body can be read in a thread. Texts are passed on as they came: what draws
them cleans them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from noc.model.errors import BadAnswer, BadQuery
from noc.model.logs import LogLine, TailFrame, in_order
from noc.model.series import Labels
from noc.model.text import clean
from noc.sources import decode

INTERNAL = "__"
"""How labels begin that are Loki's own affair: ``__error__``, ``__stream_shard__``, ``__tenant_id__``."""

NOT_LINES = "this query counts lines; a logs panel wants a selector and its stages, without rate() or sum()"
NOT_NUMBERS = "this query yields log lines, not numbers; count them, as count_over_time(… [5m]), or use a logs panel"

_SHORT = 300  # characters of a server's own text that are kept
_KINDS = 2000  # different label sets of a tail that are remembered


@dataclass(frozen=True, slots=True)
class Streams:
    """The lines of an answer, oldest first, and the server's summary of what they cost."""

    lines: tuple[LogLine, ...]
    stats: Mapping[str, object] = field(default_factory=dict)


def streams(body: bytes, *, newest: bool) -> Streams:
    """The lines of a query_range answer over all its streams, oldest first. ``newest``: it was asked backwards.

    Raises what the envelope says when it is an error, BadQuery for numbers, BadAnswer for what is not the protocol's.
    """
    envelope = document(body)
    if envelope.get("status") != "success":
        raise decode.error_of(envelope, 200)
    try:
        data = envelope["data"]
        kind, result = data["resultType"], data["result"] or []
        if kind in ("matrix", "vector", "scalar"):
            raise BadQuery(NOT_LINES)
        if kind != "streams":
            raise ValueError(kind)
        found: list[LogLine] = []
        for stream in result:
            values = stream["values"]
            _read(found, _outer(stream["stream"]), reversed(values) if newest else values)
        return Streams(tuple(in_order(found)), summary(data.get("stats")))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise BadAnswer("an answer of unknown shape") from None


class Frames:
    """Reads the frames of one tail. Label sets are kept, so that thousands of lines share them."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, str], ...], Labels] = {}

    def read(self, body: bytes) -> TailFrame:
        """The lines of a frame in the order they came, and how many the server dropped before it. BadAnswer."""
        frame = document(body)
        try:
            found: list[LogLine] = []
            for stream in frame.get("streams") or ():
                _read(found, self._labels(stream["stream"]), stream["values"])
            dropped = len(frame.get("dropped_entries") or ())
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            raise BadAnswer("a frame of unknown shape") from None
        return TailFrame(tuple(found), dropped)

    def _labels(self, stream: Mapping[str, str]) -> Labels:
        key = tuple(stream.items())
        labels = self._known.get(key)
        if labels is None:
            if len(self._known) >= _KINDS:
                self._known.clear()
            labels = self._known[key] = _outer(stream)
        return labels


def names(body: bytes) -> tuple[str, ...]:
    """The strings of a labels or label values answer, sorted; Loki leaves ``data`` out where there are none."""
    envelope = document(body)
    if envelope.get("status") != "success":
        raise decode.error_of(envelope, 200)
    values = envelope.get("data") or []
    if not isinstance(values, list):
        raise BadAnswer("an answer of unknown shape")
    return tuple(sorted(str(value) for value in values))


def document(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer or frame; bytes that are no UTF-8 cost their characters, not the lines around them.
    BadAnswer for an empty, truncated or other body."""
    try:
        return decode.document(body)
    except BadAnswer:
        mended = body.decode("utf-8", "replace").encode()
        if mended == body:
            raise
        return decode.document(mended)


def kind_of(body: bytes) -> str:
    """The result type of an answer that could not be read as numbers; the empty string when it names none."""
    data = decode.document(body).get("data")
    kind = data.get("resultType") if isinstance(data, Mapping) else None
    return kind if isinstance(kind, str) else ""


def summary(stats: object) -> Mapping[str, object]:
    """What a query cost, of the four kilobytes of statistics that come with every answer."""
    found = stats.get("summary") if isinstance(stats, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def explanation(body: bytes) -> str:
    """Why the server refused, as one harmless line: plain text from Loki, JSON from what may stand before it."""
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raw = body[: 4 * _SHORT].decode("utf-8", "replace")
    if isinstance(raw, Mapping):
        raw = raw.get("message") or raw.get("error") or ""
    return clean(" ".join(str(raw).split()), _SHORT)


def _read(found: list[LogLine], labels: Labels, values: Any) -> None:
    for value in values:
        text = value[1]
        if not isinstance(text, str):
            raise TypeError(text)
        found.append(LogLine(int(value[0]), text, labels, _inner(value) if len(value) > 2 else ()))


def _outer(stream: Mapping[str, str]) -> Labels:
    return tuple(sorted((name, str(value)) for name, value in stream.items() if not name.startswith(INTERNAL)))


def _inner(value: Sequence[Any]) -> Labels:
    """What a three-tuple adds to its line: structured metadata and parsed labels."""
    extra = value[2]
    structured, parsed = extra.get("structuredMetadata"), extra.get("parsed")
    both = {**structured, **parsed} if structured and parsed else structured or parsed or {}
    return _outer(both)
