"""Expressions for a world that runs faster than the clock, so that an hour of it can be tested in a minute.

In a world ``speed`` times as fast as ours every window covers the same events when it is ``speed`` times as short. Counts
within a window, gauges and timings then mean what they meant. A rate does not: it is per second of the clock, in which
that world lives ``speed`` seconds. So each rate is divided where it is taken; ratios and quantiles made of rates stay as
they are, and every threshold is crossed exactly where it was.
"""

from __future__ import annotations

import re

from noc.model.timerange import format_duration, parse_duration

_SPAN = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")
_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*` | \#[^\n]*)
  | (?P<window>\[[^\]]*\])
  | (?P<offset>(?<![\w:])(?i:offset)\s+-?\s*(?:\d+(?:ms|[smhdwy]))+)
  | (?P<rate>(?<![\w:])(?:rate|irate|deriv)\s*\()
  | (?P<open>\()
  | (?P<close>\))
    """,
    re.VERBOSE,
)
"""What changes, what nests, and what must not be looked into: strings and comments."""


def paced(expr: str, speed: float) -> str:
    """The expression with windows and offsets divided by ``speed``, and rates too: ``(rate(x[5s]) / 60)`` at 60."""
    if speed == 1:
        return expr
    rates: list[bool] = []

    def token(found: re.Match[str]) -> str:
        text = found[0]
        match found.lastgroup:
            case "window" | "offset":
                return _SPAN.sub(lambda span: shortened(span[0], speed), text)
            case "rate":
                rates.append(True)
                return f"({text}"
            case "open":
                rates.append(False)
            case "close" if rates and rates.pop():
                return f") / {speed:.12g})"
        return text

    return _TOKEN.sub(token, expr)


def shortened(span: str, speed: float) -> str:
    """``5m`` -> ``5s`` at 60; whole milliseconds, and one at least, as Prometheus wants it."""
    return format_duration(max(0.001, parse_duration(span) / speed))
