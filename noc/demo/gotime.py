"""Times as Go's Alertmanager reads and writes them in JSON: many layouts in, milliseconds with the sender's offset out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

ZERO = datetime(1, 1, 1, tzinfo=UTC)
"""Go's zero time: no time given."""

_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_FRACTION = r"(?:[.,](?P<fraction>\d+))?"
_LAYOUTS = tuple(
    re.compile(_DATE + rest, re.ASCII)
    for rest in (
        rf"T(?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d){_FRACTION}(?P<zone>Z|[+-]\d\d:\d\d)?",
        r"T(?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d)[.,](?P<fraction>\d{3}(?:\d{3})?)(?P<zone>[+-]\d{4})",
        r"T(?P<hour>\d\d?):(?P<minute>\d\d)Z?",
        rf" (?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d){_FRACTION}",
    )
)
_LAST = "2006-01-02 15:04:05"
"""The layout tried last: only its complaint is told."""
_PARTS = (
    (r"\d{4}", "2006"),
    ("-", "-"),
    (r"\d\d", "01"),
    ("-", "-"),
    (r"\d\d", "02"),
    (" ", " "),
    (r"\d\d?", "15"),
    (":", ":"),
    (r"\d\d", "04"),
    (":", ":"),
    (r"\d\d", "05"),
)


def parsed(text: str) -> datetime:
    """A moment with the sender's own offset, cut to microseconds; UTC without one. ValueError in Go's words.

    The empty string is the zero time.
    """
    if not text:
        return ZERO
    for layout in _LAYOUTS:
        found = layout.fullmatch(text)
        if found is not None:
            at = _moment(found)
            if at is not None:
                return at
    raise ValueError(_complaint(text))


def _moment(found: re.Match[str]) -> datetime | None:
    parts = found.groupdict()
    zone = parts.get("zone") or "Z"
    offset = timedelta()
    if zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    try:
        return datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            int(parts["hour"]),
            int(parts["minute"]),
            int(parts.get("second") or 0),
            int((parts.get("fraction") or "0")[:6].ljust(6, "0")),
            timezone(offset) if offset else UTC,
        )
    except ValueError:
        return None


def _complaint(text: str) -> str:
    rest = text
    for number, (pattern, element) in enumerate(_PARTS):
        if not rest and element == " ":
            continue  # Go does not miss a blank at the very end
        found = re.match(pattern, rest, re.ASCII)
        if found is None:
            return f'parsing time "{text}" as "{_LAST}": cannot parse "{rest}" as "{element}"'
        rest = rest[found.end() :]
        value = int(found[0]) if element.isdigit() else 0
        limit = {2: (1, 12, "month"), 6: (0, 23, "hour"), 8: (0, 59, "minute"), 10: (0, 59, "second")}.get(number)
        if limit is not None and not limit[0] <= value <= limit[1]:
            return f'parsing time "{text}": {limit[2]} out of range'
    rest = re.sub(r"^[.,]\d+", "", rest)
    return f'parsing time "{text}": ' + (f'extra text: "{rest}"' if rest else "day out of range")


def written(at: datetime) -> str:
    """Milliseconds, cut and not rounded, with the moment's own offset: ``2026-11-26T10:21:27.154Z``."""
    text = at.isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def nanoseconds(at: float) -> str:
    """Unix seconds as Prometheus writes a moment: RFC 3339 in UTC with as many decimals as needed."""
    moment = utc(at)
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def utc(at: float) -> datetime:
    """Unix seconds as a moment in UTC."""
    return datetime.fromtimestamp(at, UTC)
