"""Clock times and dates under a chart: round in the wall's zone, never on top of each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 3, 6, 12, 24, 60, 120)
_AIR = 3  # free columns between two labels
_DATES_FROM = 12 * 3600.0  # from this range on midnight is a date
_LATEST = 253_000_000_000.0  # the last second datetime knows, about

Tick = tuple[float, str]


def time_ticks(start: float, end: float, width: int, tz: tzinfo) -> list[Tick]:
    """(unix seconds, label) of the round local times whose labels, centred at their column, fit into ``width`` columns.

    Column 0 is ``start``, the last one ``end``. The closest spacing that leaves air between the labels is taken.
    """
    if not (0 <= start < end < _LATEST) or width < 5:
        return []
    span = end - start
    for length, spacing, ticks in _rulers(start, end, tz):
        if spacing / span * (width - 1) >= length + _AIR or spacing >= span:
            fitting = _placed(ticks, start, end, width)
            if fitting:
                return fitting
            if spacing >= span:
                break
    return []


def tick_column(time: float, start: float, end: float, width: int) -> int:
    """The column of a time among ``width`` columns; the last one when there is no time between start and end."""
    return int((time - start) / (end - start) * (width - 1) + 0.5) if end > start else width - 1


def clock_label(time: float, tz: tzinfo, step: float, span: float) -> str:
    """One moment as precise as the chart: seconds under a minute's step, with the date beyond half a day."""
    moment = datetime.fromtimestamp(time, UTC).astimezone(tz)
    clock = f"{moment:%H:%M:%S}" if step < 60 else f"{moment:%H:%M}"
    return f"{moment.day} {moment:%b} {clock}" if span >= _DATES_FROM else clock


def _placed(ticks: Iterator[Tick], start: float, end: float, width: int) -> list[Tick]:
    placed: list[Tick] = []
    free = 0
    for time, label in ticks:
        at = tick_column(time, start, end, width) - len(label) // 2
        if at >= free and at + len(label) <= width:
            placed.append((time, label))
            free = at + len(label) + 1
    return placed


def _rulers(start: float, end: float, tz: tzinfo) -> Iterator[tuple[int, float, Iterator[Tick]]]:
    """Label length, seconds between ticks and the ticks themselves, from fine to coarse."""
    dated = end - start >= _DATES_FROM
    for seconds in _SECONDS:
        yield 8 if seconds < 60 else 5, seconds, _clock(start, end, seconds, tz)
    for hours in _HOURS:
        yield 6 if dated else 5, hours * 3600.0, _days(start, end, tz, 1, range(0, 24, hours), dated)
    for days in _DAYS:
        yield 6, days * 86400.0, _days(start, end, tz, days, range(1), True)
    for months in _MONTHS:
        yield 8 if months < 12 else 4, months * 30.4 * 86400.0, _months(start, end, tz, months)


def _clock(start: float, end: float, seconds: int, tz: tzinfo) -> Iterator[Tick]:
    offset = _local(start, tz).utcoffset() or timedelta()
    shift = offset.total_seconds() % seconds
    time = -(-(start + shift) // seconds) * seconds - shift
    while time <= end:
        moment = _local(time, tz)
        yield time, f"{moment:%H:%M:%S}" if seconds < 60 else f"{moment:%H:%M}"
        time += seconds


def _days(start: float, end: float, tz: tzinfo, days: int, hours: range, dated: bool) -> Iterator[Tick]:
    day = _local(start, tz).date()
    day -= timedelta(days=day.toordinal() % days)
    while True:
        for hour in hours:
            time = _unix(day, hour, tz)
            if time > end:
                return
            if time >= start:
                label = f"{day.day} {day:%b}" if dated and hour == 0 else f"{hour:02}:00"
                yield time, label
        day += timedelta(days=days)


def _months(start: float, end: float, tz: tzinfo, months: int) -> Iterator[Tick]:
    first = _local(start, tz)
    count = first.year * 12 + first.month - 1
    count -= count % months
    while count < 9999 * 12:
        day = date(count // 12, count % 12 + 1, 1)
        time = _unix(day, 0, tz)
        if time > end:
            return
        if time >= start:
            yield time, f"{day:%Y}" if months >= 12 else f"{day:%b %Y}"
        count += months


def _local(time: float, tz: tzinfo) -> datetime:
    return datetime.fromtimestamp(time, UTC).astimezone(tz)


def _unix(day: date, hour: int, tz: tzinfo) -> float:
    return datetime(day.year, day.month, day.day, hour, tzinfo=tz).timestamp()
