"""Parameters of the Prometheus API as its server reads them: times, durations, repeated values; refusals in its words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from noc.model.errors import QueryError

Params = Mapping[str, Sequence[str]]
"""Form or query parameters, each with all its values, as ``parse_qs`` gives them."""

_UNITS = {"y": 31536000.0, "w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile("".join(rf"(?:(\d+){unit})?" for unit in _UNITS), re.ASCII)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_GO_FLOAT = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)", re.IGNORECASE | re.ASCII)
_MAX_SECONDS = 2.0**63 / 1e9


class BadParameter(QueryError):
    """A parameter that the server refuses: 400 bad_data."""

    def __init__(self, name: str, reason: object) -> None:
        super().__init__(f'invalid parameter "{name}": {reason}')


def first(params: Params, name: str) -> str:
    values = params.get(name)
    return values[0] if values else ""


def moment(params: Params, name: str, default: float) -> float:
    """Unix seconds, rounded to milliseconds, from a number or an RFC 3339 time."""
    text = first(params, name)
    return default if not text else _moment(name, text, f"Invalid time value for '{name}': ")


def required_moment(params: Params, name: str) -> float:
    return _moment(name, first(params, name))


def _moment(name: str, text: str, prefix: str = "") -> float:
    if _GO_FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return round(float(text), 3)
    if _RFC3339.fullmatch(text):
        try:
            return round(datetime.fromisoformat(text).timestamp(), 3)
        except ValueError:
            pass
    raise BadParameter(name, f'{prefix}cannot parse "{text}" to a valid timestamp')


def duration(params: Params, name: str) -> float:
    """Seconds, from a number or a duration such as ``1m30s``."""
    text = first(params, name)
    if _GO_FLOAT.fullmatch(text) and not math.isnan(float(text)):
        seconds = float(text)
        if abs(seconds) >= _MAX_SECONDS:
            raise BadParameter(name, f'cannot parse "{text}" to a valid duration. It overflows int64')
        return seconds
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise BadParameter(name, f'cannot parse "{text}" to a valid duration')
    return sum(float(count) * unit for count, unit in zip(match.groups(), _UNITS.values(), strict=True) if count)


@dataclass(frozen=True, slots=True)
class Range:
    """Start, end and step of a range query in seconds."""

    start: float
    end: float
    step: float

    @classmethod
    def of(cls, params: Params) -> Range:
        """Read and check them in the server's order."""
        start, end = required_moment(params, "start"), required_moment(params, "end")
        if end < start:
            raise BadParameter("end", "end timestamp must not be before start time")
        step = duration(params, "step")
        if step <= 0:
            raise BadParameter(
                "step", "zero or negative query resolution step widths are not accepted. Try a positive integer"
            )
        if round((end - start) * 1000) * 1_000_000 // max(1, int(step * 1e9)) > 11_000:
            raise QueryError(
                "exceeded maximum resolution of 11,000 points per timeseries. "
                "Try decreasing the query resolution (?step=XX)"
            )
        return cls(start, end, step)
