"""Time windows as people type them: ``yesterday 14:00 to 15:00``, ``last 6h``, ``-6h to -3h``, ``2025-10-02``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from noc.model.timerange import parse_duration

EXAMPLES = ("6h", "yesterday 14:00 to 15:00", "-6h to -3h", "2025-10-02 14:00 to 16:30", "around 03:12", "monday")

_SEPARATOR = re.compile(r"\s+(?:to|until|till|-|–)\s+|\s*\.\.\s*")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_RELATIVE = re.compile(r"(?:now\s*)?-\s*(\S+)|(.+?)\s+ago")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Spoken:
    """``start`` and ``end`` in unix seconds; ``live`` windows follow the clock and keep only their span."""

    start: float
    end: float
    live: bool = False


@dataclass(frozen=True, slots=True)
class _Moment:
    """A point in time, and the day it fills when no clock was given."""

    at: datetime
    whole_day: bool = False


def parse_window(text: str, now: float, tz: tzinfo) -> Spoken:
    """The window somebody typed, in the zone of the wall. ValueError says what to write instead."""
    words = " ".join(text.lower().split())
    if not words:
        raise ValueError("type a range, for example " + ", ".join(EXAMPLES[:3]))
    today = datetime.fromtimestamp(now, tz)
    if words.startswith("around "):
        middle = _moment(words.removeprefix("around "), today, None).at.timestamp()
        return _checked(middle - 1800, min(middle + 1800, now), now)
    span = words.removeprefix("last ")
    try:
        seconds = parse_duration(_joined(span))
        return Spoken(now - seconds, now, live=True)
    except ValueError:
        pass
    parts = _SEPARATOR.split(words)
    if len(parts) == 1:
        moment = _moment(words, today, None)
        if not moment.whole_day:
            raise ValueError(
                f"{text.strip()!r} is one moment; write '{text.strip()} to ...' or 'around {text.strip()}'"
            )
        return _checked(moment.at.timestamp(), (moment.at + timedelta(days=1)).timestamp(), now)
    if len(parts) != 2:
        raise ValueError("write one start and one end, with 'to' between them")
    start = _moment(parts[0], today, None)
    end = _moment(parts[1], today, start.at)
    finish = end.at + timedelta(days=1) if end.whole_day else end.at
    return _checked(start.at.timestamp(), finish.timestamp(), now)


def _joined(text: str) -> str:
    """``2 hours`` and ``30 min`` as ``2h`` and ``30m``."""
    text = re.sub(r"(\d)\s+", r"\1", text)
    for word, unit in (
        ("seconds?|secs?", "s"),
        ("minutes?|mins?", "m"),
        ("hours?|hrs?", "h"),
        ("days?", "d"),
        ("weeks?", "w"),
    ):
        text = re.sub(rf"(?<=\d)(?:{word})\b", unit, text)
    if text in ("hour", "day", "week", "minute"):
        return "1" + text[0]
    return text.replace(" ", "")


def _checked(start: float, end: float, now: float) -> Spoken:
    if start >= now:
        raise ValueError("that range lies in the future")
    if end <= start:
        raise ValueError("the end is not after the start")
    return Spoken(start, min(end, now))


def _moment(text: str, today: datetime, start: datetime | None) -> _Moment:
    """One side of a range; a bare clock time belongs to the start's day, or to the last such time before now."""
    text = text.strip()
    if text == "now":
        return _Moment(today)
    if match := _RELATIVE.fullmatch(text):
        return _Moment(today - timedelta(seconds=parse_duration(_joined(match[1] or match[2]))))
    try:
        exact = datetime.fromisoformat(text.upper().replace(" ", "T"))
        if "t" in text or " " in text:
            return _Moment(exact if exact.tzinfo else exact.replace(tzinfo=today.tzinfo))
    except ValueError:
        pass
    day, rest = _day(text, today)
    if not rest:
        if day is None:
            raise ValueError(_hint(text))
        return _Moment(day, whole_day=True)
    match = _CLOCK.fullmatch(rest.removeprefix("at ").strip())
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        raise ValueError(_hint(text))
    base = day or (start or today).replace(hour=0, minute=0, second=0, microsecond=0)
    at = base.replace(hour=0) + timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3] or 0))
    if day is None and start is None and at > today:
        at -= timedelta(days=1)
    if day is None and start is not None and at <= start:
        at += timedelta(days=1)
    return _Moment(at)


def _day(text: str, today: datetime) -> tuple[datetime | None, str]:
    """The day a text begins with (midnight in the wall's zone), and what follows it."""
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    first, _, rest = text.partition(" ")
    if match := _DATE.fullmatch(first):
        try:
            return midnight.replace(year=int(match[1]), month=int(match[2]), day=int(match[3])), rest
        except ValueError:
            raise ValueError(f"there is no day {first}") from None
    if first in ("today", "yesterday"):
        return midnight - timedelta(days=first == "yesterday"), rest
    for index, name in enumerate(_DAYS):
        if first in (name, name[:3]):
            return midnight - timedelta(days=(today.weekday() - index) % 7), rest
    return None, text


def _hint(text: str) -> str:
    return f"{text!r} is no time; write for example " + ", ".join(EXAMPLES[:4])
