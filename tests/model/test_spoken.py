"""Ranges as people type them, read at 15:30 on Thursday 2 October 2025 in the wall's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from noc.model.spoken import EXAMPLES, parse_window

ZONE = ZoneInfo("Europe/Zurich")
NOW = datetime(2025, 10, 2, 15, 30, tzinfo=ZONE).timestamp()


def spoken(text: str) -> tuple[str, str, bool]:
    window = parse_window(text, NOW, ZONE)
    start, end = (datetime.fromtimestamp(at, ZONE).strftime("%d %H:%M") for at in (window.start, window.end))
    return start, end, window.live


@pytest.mark.parametrize(
    ("text", "start", "end", "live"),
    [
        ("6h", "02 09:30", "02 15:30", True),
        ("last 90m", "02 14:00", "02 15:30", True),
        ("2 hours", "02 13:30", "02 15:30", True),
        ("last week", "25 15:30", "02 15:30", True),
        ("yesterday 14:00 to 15:00", "01 14:00", "01 15:00", False),
        ("Yesterday  14:00 - 15:00", "01 14:00", "01 15:00", False),
        ("yesterday", "01 00:00", "02 00:00", False),
        ("today", "02 00:00", "02 15:30", False),
        ("monday", "29 00:00", "30 00:00", False),
        ("-6h to -3h", "02 09:30", "02 12:30", False),
        ("now-6h to now", "02 09:30", "02 15:30", False),
        ("3 hours ago to 1 hour ago", "02 12:30", "02 14:30", False),
        ("2025-09-30 14:00 to 16:30", "30 14:00", "30 16:30", False),
        ("2025-10-01T14:00:00Z to 2025-10-01T16:00:00Z", "01 16:00", "01 18:00", False),
        ("23:00 to 01:00", "01 23:00", "02 01:00", False),
        ("16:00 to 17:00", "01 16:00", "01 17:00", False),
        ("around 03:12", "02 02:42", "02 03:42", False),
        ("yesterday 22:00 to today 02:00", "01 22:00", "02 02:00", False),
        ("2025-09-30 to 2025-10-01", "30 00:00", "02 00:00", False),
    ],
)
def test_a_range_is_understood(text: str, start: str, end: str, live: bool) -> None:
    assert spoken(text) == (start, end, live)


def test_a_day_of_25_hours_is_whole_when_the_clock_is_set_back() -> None:
    now = datetime(2025, 10, 27, 12, 0, tzinfo=ZONE).timestamp()
    window = parse_window("2025-10-26", now, ZONE)
    assert window.end - window.start == 25 * 3600


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "type a range"),
        ("yesterday 14:00", "is one moment"),
        ("2025-13-45", "there is no day 2025-13-45"),
        ("tomorrow", "'tomorrow' is no time"),
        ("15:00 to 14:00 to 13:00", "write one start and one end"),
        ("yesterday 15:00 to yesterday 14:00", "the end is not after the start"),
        ("2026-01-01 10:00 to 11:00", "lies in the future"),
        ("99:00 to 3:00", "'99:00' is no time"),
    ],
)
def test_what_is_no_range_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_window(text, NOW, ZONE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_hint_is_understood(example: str) -> None:
    assert parse_window(example, NOW, ZONE).end <= NOW
