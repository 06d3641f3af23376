"""Reads the lines of the demo's log back, in both shapes."""

from __future__ import annotations

import json
from typing import Any

from noc.model.logs import LogLine


def event_of(line: LogLine) -> dict[str, Any]:
    """The event of a JSON line as section 1.2 has it; Monolog's shape is turned into it."""
    read: dict[str, Any] = json.loads(line.text)
    if "datetime" not in read:
        return read
    inner = dict(read["context"])
    outer = {name: inner.pop(name) for name in ("category", "event_type", "subcategory", "severity", "trace_id")}
    if "span_id" in inner:
        outer["span_id"] = inner.pop("span_id")
    return {"timestamp": read["datetime"], "level": read["level_name"].lower(), **outer, "context": inner}


def context_of(line: LogLine) -> dict[str, Any]:
    context: dict[str, Any] = event_of(line)["context"]
    return context
