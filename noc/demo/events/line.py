"""A log line of the gateway: the flat JSON of section 1.2, or what Monolog writes of the same event (corrections 28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from json import JSONEncoder

from noc.demo.events.occurrences import MICROS, Occurrence
from noc.model.logs import LogLine
from noc.model.series import Labels, labels_of

_DETECTED = {"warning": "warn"}  # what Loki makes of the word, as recorded
_NUMBERS = {"info": 200, "warning": 300, "error": 400, "critical": 500}
_CHANNELS = {"security": "security", "performance": "performance", "application": "daily"}
_NESTED_OF_256 = 10  # about four in a hundred

_encode = JSONEncoder(
    ensure_ascii=False, separators=(",", ":")
).encode  # as PHP writes it: control characters escaped, no other


@dataclass(frozen=True, slots=True)
class Stream:
    """Labels of a stream, and what the server detects as the level of its lines."""

    labels: Labels
    detected: str
    level: str = ""
    category: str = ""
    event_type: str = ""


def application(category: str, event_type: str, level: str) -> Stream:
    """A stream of the gateway's JSON lines, labelled as the shipper does it (section 6.2)."""
    labels = {"job": "laravel", "service_name": "laravel", "environment": "production"}
    labels |= {"category": category, "event_type": event_type, "level": level}
    return Stream(labels_of(labels), _DETECTED.get(level, level), level, category, event_type)


def plain(job: str, detected: str) -> Stream:
    """A stream of lines that no parser understands; its labels do not tell a level."""
    return Stream(labels_of({"job": job, "service_name": job, "environment": "production"}), detected)


def trace_of(event: Occurrence) -> str:
    return f"req_{event.first >> 28:09x}"


@dataclass(frozen=True, slots=True)
class Told:
    """What one event says beside its stream; ``message`` is Monolog's for it."""

    subcategory: str
    severity: str
    context: Mapping[str, object]
    message: str
    span: bool = True


def json_line(stream: Stream, at: int, trace: str, bits: int, told: Told) -> LogLine:
    """The line at a moment (microseconds); ``bits`` are the line's own 64 random ones."""
    span = f"span_{bits & 0xFFFFFF:06x}"
    if bits >> 44 & 0xFF < _NESTED_OF_256:
        named = {"category": stream.category, "event_type": stream.event_type, "subcategory": told.subcategory}
        ids = {"trace_id": trace, "span_id": span} if told.span else {"trace_id": trace}
        text = _encode(
            {
                "message": told.message,
                "context": {**named, "severity": told.severity, **told.context, **ids},
                "level": _NUMBERS[stream.level],
                "level_name": stream.level.upper(),
                "channel": _CHANNELS[stream.category],
                "datetime": f"{second_of(at // MICROS)}.{at % MICROS:06d}+00:00",
                "extra": {},
            }
        )
    else:
        ids_text = f'"trace_id":"{trace}","span_id":"{span}"' if told.span else f'"trace_id":"{trace}"'
        text = (
            f'{{"timestamp":"{second_of(at // MICROS)}.{at % MICROS // 1000:03d}Z","level":"{stream.level}",'
            f'"category":"{stream.category}","event_type":"{stream.event_type}","subcategory":"{told.subcategory}",'
            f'"severity":"{told.severity}","context":{_encode(told.context)},{ids_text}}}'
        )
    return LogLine(at * 1000, text, stream.labels, (("detected_level", stream.detected), ("trace_id", trace)))


def text_line(stream: Stream, at: int, text: str) -> LogLine:
    return LogLine(at * 1000, text, stream.labels, (("detected_level", stream.detected),))


@lru_cache(maxsize=4096)
def second_of(second: int) -> str:
    """2025-10-02T15:30:45"""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
