"""Moments ahead as people type them, for the ends of silences: ``2h``, ``18:00``, ``tomorrow 9:00``, ``mon 8:00``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from noc.model.timerange import parse_duration

EXAMPLES = ("2h", "18:00", "tomorrow 09:00", "mon 8:00", "2025-10-03 08:00")

LONGEST = 10 * 366 * 86400.0
"""Seconds ahead beyond which a moment is a slip of the finger."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_coming(text: str, now: float, tz: tzinfo) -> float:
    """Unix seconds after ``now``. A bare clock time is its next occurrence. ValueError says what to write instead."""
    words = " ".join(text.lower().split()).removeprefix("in ").removeprefix("until ")
    if not words:
        raise ValueError(f"write {', '.join(EXAMPLES[:3])}")
    ahead = _duration(words)
    if ahead is None:
        at = _calendar(words, datetime.fromtimestamp(now, tz))
        if at is None:
            raise ValueError(f"{text.strip()!r} is no time ahead; write {', '.join(EXAMPLES)}")
        ahead = at.timestamp() - now
    if ahead <= 0:
        raise ValueError("that lies in the past")
    if ahead > LONGEST:
        raise ValueError("that is more than ten years away")
    return now + ahead


def _duration(words: str) -> float | None:
    try:
        return parse_duration(words.replace(" ", ""))
    except ValueError:
        return None


def _calendar(words: str, today: datetime) -> datetime | None:
    first, _, rest = words.partition(" ")
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    day = _day(first, midnight)
    if day is not None:
        return _at(day, rest or "00:00")
    if _CLOCK.fullmatch(words):
        at = _at(midnight, words)
        return at + timedelta(days=1) if at is not None and at <= today else at
    try:
        exact = datetime.fromisoformat(words.upper().replace(" ", "T"))
    except ValueError:
        return None
    return exact if exact.tzinfo else exact.replace(tzinfo=today.tzinfo)


def _day(word: str, midnight: datetime) -> datetime | None:
    """The day a word names: the next such weekday, never today."""
    if word in ("today", "tonight"):
        return midnight
    if word == "tomorrow":
        return midnight + timedelta(days=1)
    for index, name in enumerate(_DAYS):
        if word in (name, name[:3]):
            return midnight + timedelta(days=(index - midnight.weekday() - 1) % 7 + 1)
    return None


def _at(day: datetime, clock: str) -> datetime | None:
    match = _CLOCK.fullmatch(clock.removeprefix("at ").strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return day.replace(hour=int(match[1]), minute=int(match[2]))
