"""Durations, time windows and the nice steps of a chart's grid."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)")

NICE_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Seconds (protocols.md 3)."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """``span`` seconds up to ``end`` (unix seconds), or up to now while ``end`` is None."""

    span: float
    end: float | None = None

    @property
    def live(self) -> bool:
        return self.end is None


def parse_duration(text: str) -> float:
    """Seconds of ``90s``, ``1h30m``, ``7d``, ``250ms`` or a plain number; ValueError otherwise."""
    text = text.strip()
    try:
        seconds = float(text)
    except ValueError:
        seconds, at = 0.0, 0
        for match in _PART.finditer(text):
            if match.start() != at:
                break
            seconds += float(match[1]) * UNITS[match[2]]
            at = match.end()
        if at != len(text) or not text:
            raise ValueError(f"{text!r} is no duration; write 30s, 5m, 1h30m or 7d") from None
    if not 0 < seconds < float("inf"):
        raise ValueError(f"{text!r} is no duration above zero")
    return seconds


def format_duration(seconds: float) -> str:
    """The shortest exact spelling PromQL accepts: 5400 -> ``1h30m``, 0.5 -> ``500ms``."""
    rest = round(seconds * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def nice_step(span: float, points: int, scrape_interval: float) -> float:
    """The next nice step at or above span/points, not under the scrape interval; days beyond the table."""
    raw = max(span / max(points, 1), scrape_interval)
    for step in NICE_STEPS:
        if step >= raw - 1e-9:
            return float(step)
    return float(-(-raw // 86400) * 86400)
