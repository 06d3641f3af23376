"""Parameters of the Loki API as its server reads them: times in four spellings, steps, limits; refusals in its words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from noc.catalogue.logql import units
from noc.demo.parameters import Params, first
from noc.model.errors import QueryError
from noc.model.logs import SECOND

LIMIT: Final = 100
LONGEST: Final = (30 * 24 + 1) * 3600 * SECOND
POINTS: Final = 11_000
MOST_LINES: Final = 5000

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII)


def moment(params: Params, name: str, default: int) -> int:
    """Nanoseconds: an integer of more than ten digits is that, a shorter one seconds, as is one with a point; or RFC 3339."""
    text = first(params, name)
    if not text:
        return default
    if "." in text and _FLOAT.fullmatch(text):
        fraction, whole = math.modf(float(text))
        return int(whole) * SECOND + int(round(fraction * 1000) / 1000 * 1e9)
    if _INTEGER.fullmatch(text):
        return int(text) * (SECOND if len(text) <= 10 else 1)
    return _written(text, name)


def _written(text: str, name: str) -> int:
    match = _RFC3339.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        whole = datetime.fromisoformat(match[1] + match[3].replace("Z", "+00:00"))
    except ValueError:
        complaint = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise QueryError(f"could not parse '{name}' parameter: {complaint}" if name != "time" else complaint) from None
    since_epoch = whole - datetime(1970, 1, 1, tzinfo=UTC)
    return (since_epoch.days * 86400 + since_epoch.seconds) * SECOND + int((match[2] or "0").ljust(9, "0"))


def bounds(params: Params, now: int, since: int = 3600 * SECOND) -> tuple[int, int]:
    """Start and end; without them the last hour (``since``), which ends at ``end`` where that is not in the future."""
    text = first(params, "since")
    if text:
        given = units.window(text)
        if given is None:
            raise QueryError(f"could not parse 'since' parameter: not a valid duration string: \"{text}\"")
        since = given
    end = moment(params, "end", now)
    return moment(params, "start", min(end, now) - since), end


def limit(params: Params) -> int:
    text = first(params, "limit")
    if not text:
        return LIMIT
    if not _INTEGER.fullmatch(text):
        raise QueryError(f'strconv.Atoi: parsing "{text}": invalid syntax')
    if int(text) <= 0:
        raise QueryError("limit must be a positive value")
    return int(text)


def backward(params: Params) -> bool:
    text = first(params, "direction").upper() or "BACKWARD"
    if text not in ("BACKWARD", "FORWARD"):
        raise QueryError(f"invalid direction '{first(params, 'direction')}'")
    return text == "BACKWARD"


def duration(text: str) -> int:
    """Nanoseconds of plain seconds or a Prometheus duration: whole numbers, so ``0.1s`` is none."""
    if _FLOAT.fullmatch(text):
        nanoseconds = float(text) * SECOND
        if abs(nanoseconds) >= 2.0**63:
            raise QueryError(f'cannot parse "{text}" to a valid duration. It overflows int64')
        return int(nanoseconds)
    found = units.window(text)
    if found is None:
        raise QueryError(f'cannot parse "{text}" to a valid duration')
    return found


@dataclass(frozen=True, slots=True)
class Range:
    """What a range query asks: nanoseconds, the number of lines, and which end to begin with."""

    start: int
    end: int
    step: int
    limit: int
    backward: bool

    @classmethod
    def of(cls, params: Params, now: int) -> Range:
        """Read and check them in the server's order; raises QueryError in its words."""
        start, end = bounds(params, now)
        if end <= start:
            raise QueryError("end timestamp must not be before or equal to start time")
        lines, newest_first = limit(params), backward(params)
        text = first(params, "step")
        step = duration(text) if text else max((end - start) // (250 * SECOND), 1) * SECOND
        if step <= 0:
            raise QueryError("zero or negative query resolution step widths are not accepted. Try a positive integer")
        if (end - start) // step > POINTS:
            raise QueryError(
                "exceeded maximum resolution of 11,000 points per time series. "
                "Try increasing the value of the step parameter"
            )
        interval = first(params, "interval")
        if interval and duration(interval):
            raise QueryError(
                "interval must be >= 0" if duration(interval) < 0 else "the demo does not evaluate interval"
            )
        return cls(start, end, step, lines, newest_first)

    def check_length(self) -> None:
        if self.end - self.start > LONGEST:
            length = _go_duration(self.end - self.start)
            raise QueryError(f"the query time range exceeds the limit (query length: {length}, limit: 30d1h)")

    def check_lines(self) -> None:
        if self.limit > MOST_LINES:
            raise QueryError(
                "max entries limit per query exceeded, "
                f"limit > max_entries_limit_per_query ({self.limit} > {MOST_LINES})"
            )

    def grid(self) -> tuple[int, int]:
        """Start rounded down and end rounded up to the step, as Loki's frontend does (protocols.md 6.6)."""
        return self.start - self.start % self.step, self.end + -self.end % self.step


def _go_duration(nanoseconds: int) -> str:
    """As Go writes a duration: ``9600h0m0s``."""
    minutes, rest = divmod(nanoseconds, 60 * SECOND)
    seconds = f"{rest // SECOND}" + (f".{rest % SECOND:09}".rstrip("0") if rest % SECOND else "")
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + f"{seconds}s"
