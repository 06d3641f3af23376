"""Which lines of a feed are seen on so many rows, and where: what a mouse points at is what is drawn. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc.charts.canvas import Ink
from noc.charts.wrap import Piece
from noc.config.logpanels import LogsSpec
from noc.model.logs import LogLine
from noc.ui.panels.data import PanelData
from noc.ui.panels.logcells import height_of
from noc.ui.panels.logwords import filter_words, listed, lost_words, waiting_words


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and the rows it takes, or the day that stands over the lines of another day."""

    y: int
    rows: int
    line: LogLine | None
    head: str = ""


def foot_of(data: PanelData, rows: int) -> list[Piece]:
    """What waits, what is lost, what is filtered; nothing when there is nothing to say."""
    if rows < 3:
        return []
    palette = data.look.palette
    filtered = filter_words(data) if listed(data) else ""  # else it stands in the middle
    said = [(waiting_words(data), palette.accent), (filtered, palette.accent)]
    said += [(word, palette.medium) for word in lost_words(data)]
    return [(text, Ink(colour)) for text, colour in said if text]


def seen(data: PanelData, columns: int, rows: int) -> list[Placed]:
    """The rows of a body of that size from top to bottom: what a mouse points at is what is drawn."""
    lines = listed(data)
    room = rows - (1 if foot_of(data, rows) else 0)
    if not lines or room < 1:
        return []
    days = _Days(data)

    def height(index: int, top: bool) -> int:
        return height_of(lines[index], data, columns) + bool(days.head(lines, index, top=top))

    first = _first(data, lines, room, height)
    out: list[Placed] = []
    y = 0
    for index in range(first, len(lines)):
        head = days.head(lines, index, top=index == first)
        if head and y and y + 1 >= room:
            break  # neither a day over nothing nor a line under another day
        if head and y + 1 < room:
            out.append(Placed(y, 1, None, head))
            y += 1
        tall = min(height_of(lines[index], data, columns), room - y)
        out.append(Placed(y, tall, lines[index]))
        y += tall
        if y >= room:
            break
    return out


Height = Callable[[int, bool], int]
"""Rows of a line and of the day over it; whether it stands on top."""


def _first(data: PanelData, lines: Sequence[LogLine], room: int, height: Height) -> int:
    """The first line drawn, so that the cursor is seen, or the newest lines without one."""
    assert isinstance(data.spec, LogsSpec)
    cursor = data.logs.cursor if data.logs is not None else None
    at = None
    if cursor is not None:
        at = next((index for index, line in enumerate(lines) if line.key == cursor), None)
    if data.spec.order == "newest":
        return 0 if at is None else min(at, _fitting(min(at + 1, len(lines) - 1), room, height))
    last = _fitting(len(lines) - 1, room, height)
    return last if at is None else min(last, max(0, at - 1) if room > 3 else at)


def _fitting(last: int, room: int, height: Height) -> int:
    """The first line of a page that ends with a line."""
    used = height(last, False)
    while last > 0 and used + height(last - 1, True) <= room:
        last -= 1
        used += height(last, False)
    return last


class _Days:
    """The day over lines that are not of the day of the line above them; over the first one when it is not today's."""

    def __init__(self, data: PanelData) -> None:
        self._tz = data.look.tz
        self._today = self._day(data.now)

    def _day(self, seconds: float) -> date:
        return datetime.fromtimestamp(seconds, self._tz).date()

    def head(self, lines: Sequence[LogLine], index: int, *, top: bool = False) -> str:
        day = self._day(lines[index].seconds)
        before = self._today if top or index == 0 else self._day(lines[index - 1].seconds)
        return "" if day == before else f"{day:%a} {day.day} {day:%b}"
