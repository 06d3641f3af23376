"""top: the values of a label with the most lines: rank, origin, count, share, course, first and last seen, what is new."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from noc.catalogue.events import is_address
from noc.charts.canvas import Canvas
from noc.charts.table import Cell, TableColumn, draw_table
from noc.config.logpanels import TopSpec
from noc.engine.logplan import labels_of
from noc.model.series import Labels, Series
from noc.model.text import clean
from noc.model.units import format_value
from noc.ui.panels.data import PanelData

WHOLE = 15
"""Cells that a value keeps: an IPv4 address is never cut, as long as its column stands."""
SHORT, COURSE = 8, 6
"""Cells that origin and share keep; and the course of the range."""
PART, ENDPOINT = 6, 22
"""Cells that the further parts of a combination keep, at least and where there is room: without them two rows would read
the same, and a path says which endpoint before a bar says what the count says."""
BESIDES = WHOLE + 4
"""Cells of the first part and of the blanks between columns, beside ranks and counts."""
RANKED_FROM, COMBINED_FROM = 30, 38
"""Columns from which rows are numbered; those of combinations, whose parts come first."""
LONGER = 24
"""Cells that a share's bar takes of what is left over."""
_CLOCK_OVER = 86_400.0
"""Seconds of a window from which on a clock time says too little."""


@dataclass(frozen=True, slots=True)
class TopRow:
    """One value (or combination of values) and what is known of it in the range. ``first`` and ``last`` are unix seconds
    of the steps with its first and last lines, as far as the course reaches."""

    key: str
    labels: Labels
    """The labels that are counted by, in the order of the spec."""
    count: float
    rank: int
    share: float
    """Of the whole where it is known, else of the first row."""
    trend: Series | None = None
    first: float | None = None
    last: float | None = None
    new: bool = False
    touched: int | None = None
    address: str = ""
    """The address it stands for, raw; nothing when it stands for none."""

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for _, value in self.labels)


def row_key(values: Sequence[str]) -> str:
    """What a cursor holds: the same values make the same key, whatever is in them."""
    return "top:" + json.dumps(list(values))


def rows_of(data: PanelData) -> list[TopRow]:
    """The rows, the most lines first; at equal counts in the order of their values, so that rows do not jump."""
    spec = data.spec
    assert isinstance(spec, TopSpec)
    counts = {key: value for key, value in _values(data, "main").items() if math.isfinite(value) and value > 0}
    trends = {_labels(one, spec): one for asked in data.role("trend") for one in asked.result.series}
    new, touched = _values(data, "new"), _values(data, "touched")
    known = all(asked.result.good_at is not None for asked in data.role("new"))
    ordered = sorted(counts, key=lambda labels: (-counts[labels], labels))[: spec.top]
    whole = _whole(counts, spec) or max(counts.values(), default=1.0)
    out = []
    for rank, labels in enumerate(ordered, 1):
        trend = trends.get(labels)
        seen = [time for time, value in zip(trend.times, trend.values, strict=True) if value > 0] if trend else []
        reached = touched.get(labels)
        out.append(
            TopRow(
                row_key([value for _, value in labels]),
                labels,
                counts[labels],
                rank,
                counts[labels] / whole,
                trend,
                seen[0] if seen else None,
                seen[-1] if seen else None,
                known and labels in new,
                int(reached) if reached is not None and math.isfinite(reached) else None,
                _address(labels, spec),
            )
        )
    return out


def _values(data: PanelData, role: str) -> dict[Labels, float]:
    spec = data.spec
    assert isinstance(spec, TopSpec)
    found: dict[Labels, float] = {}
    for asked in data.role(role):
        for one in asked.result.series:
            if one.last is not None:
                found[_labels(one, spec)] = one.last
    return found


def _labels(series: Series, spec: TopSpec) -> Labels:
    return tuple((name, series.label(name)) for name in labels_of(spec))


def _whole(counts: dict[Labels, float], spec: TopSpec) -> float | None:
    """All lines there are; known while fewer rows came than were asked for."""
    return sum(counts.values()) if len(counts) < spec.top else None


def _address(labels: Labels, spec: TopSpec) -> str:
    """The first label's value that is an address, where the spec or the label's name says that there may be one."""
    for name, value in labels:
        named = spec.address if spec.address is not None else _names_address(name)
        if named and is_address(value.strip()):
            return value.strip()
        if spec.address is not None:
            break
    return ""


def _names_address(label: str) -> bool:
    parts = label.lower().split("_")
    return "ip" in parts or "addr" in parts or "address" in parts


def row_of(data: PanelData, key: str) -> TopRow | None:
    """The row a key stands for; None when it is gone."""
    return next((row for row in rows_of(data) if row.key == key), None)


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the rows, top to bottom."""
    return [row.key for row in rows_of(data)]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the row drawn at a line of the body."""
    found = rows_of(data)
    head, offset = int(rows > 1), _offset(data, found, rows)
    room = rows - head
    if len(found) - offset + data.dropped > room > 1:
        room -= 1  # the last one counts the rest
    at = y - head + offset
    return found[at].key if 0 <= y - head < room and at < len(found) else None


def _offset(data: PanelData, found: Sequence[TopRow], rows: int) -> int:
    """Rows above the first one drawn, so that the cursor's is seen, over the row that counts the rest where there is one."""
    at = next((index for index, row in enumerate(found) if row.key == data.chosen), 0)
    last = len(found) + bool(data.dropped) - max(1, rows - 1)
    return max(0, min(at - max(1, rows - 2) + 1, last))


# -- columns


def columns_of(data: PanelData, found: Sequence[TopRow], columns: int = RANKED_FROM) -> list[TableColumn]:
    """The columns that have something to say; the value never leaves, what is seldom needed does first."""
    spec, look = data.spec, data.look
    assert isinstance(spec, TopSpec)
    palette = look.palette
    names = labels_of(spec)
    whole = _whole({row.labels: row.count for row in found}, spec) is not None
    ranks = [Cell(str(row.rank), palette.muted) for row in found]
    ranked = columns >= (RANKED_FROM if len(names) == 1 else COMBINED_FROM)
    out = [TableColumn("", ranks, "right", 20)] if ranked else []
    counts = TableColumn("count", [Cell(format_value(row.count, spec.unit or "short")) for row in found], "right", 11)
    room = columns - BESIDES - counts.natural - (out[0].natural + 2 if out else 0)
    for at, name in enumerate(names):
        cells = [Cell(clean(row.values[at], 120) or "–") for row in found]
        path = name.endswith(("endpoint", "path", "url", "instance"))
        out.append(
            TableColumn(
                _titled(name),
                cells,
                priority=9 if at else 12,
                cut="middle" if path else "end",
                keep=min(ENDPOINT, max(PART, room)) if at else WHOLE,
            )
        )
    places = [origin_words(row, data) for row in found]
    if any(places):
        out.append(TableColumn("from", [Cell(words, palette.muted) for words in places], priority=6, keep=SHORT))
    if any(row.new for row in found):
        out.append(TableColumn("", [Cell("new" if row.new else "", palette.accent) for row in found], priority=7))
    out.append(counts)
    bars = [Cell(f"{row.share:.0%}" if whole else "", palette.series[0], bar=row.share) for row in found]
    out.append(TableColumn("share" if whole else "", bars, priority=4, keep=SHORT, grow=LONGER))
    if any(row.trend is not None for row in found):
        out.append(TableColumn("trend", [_trend(row, data) for row in found], priority=5, keep=COURSE))
        for title, moments in (("first", [row.first for row in found]), ("last", [row.last for row in found])):
            cells = [Cell(_moment(at, data), palette.muted) for at in moments]
            out.append(TableColumn(title, cells, "right", priority=2 if title == "first" else 3))
    if any(row.touched is not None for row in found):
        cells = [Cell("" if row.touched is None else str(row.touched)) for row in found]
        out.append(TableColumn(clean(spec.touched_title, 20), cells, "right", priority=8))
    return out


def _titled(label: str) -> str:
    return clean(label.removeprefix("context_").replace("_", " "), 40)


def origin_words(row: TopRow, data: PanelData) -> str:
    """``CH``, or why an address has no country: ``private``, ``documentation``."""
    origin = data.look.origin(row.address) if row.address else None
    return clean(origin.country or origin.note, 20) if origin is not None else ""


def _trend(row: TopRow, data: PanelData) -> Cell:
    """The course over the whole range; a step without lines is none, not a gap."""
    if row.trend is None:
        return Cell("", spark=[])
    steps = [asked.planned.query.step for asked in data.role("trend")]
    step = max(steps, default=0.0) or 1.0
    slots = [0.0] * max(1, min(2000, round((data.end - data.start) / step) + 1))
    for time, value in zip(row.trend.times, row.trend.values, strict=True):
        slot = len(slots) - 1 - round((data.end - time) / step)
        if 0 <= slot < len(slots) and math.isfinite(value):
            slots[slot] += value
    return Cell("", data.look.palette.series[0], slots)


def _moment(at: float | None, data: PanelData) -> str:
    if at is None:
        return ""
    moment = datetime.fromtimestamp(at, data.look.tz)
    clock = f"{moment:%H:%M}"
    return clock if data.end - data.start < _CLOCK_OVER else f"{moment.day} {moment:%b} {clock}"


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    found = rows_of(data)
    at = next((index for index, row in enumerate(found) if row.key == data.chosen), None)
    return draw_table(
        columns_of(data, found, columns),
        columns,
        rows,
        data.look.palette,
        data.look.charset,
        cursor=at,
        offset=_offset(data, found, rows),
        more=data.dropped,
    )


def labels(data: PanelData, key: str) -> Mapping[str, str]:
    """The labels of a row."""
    found = row_of(data, key)
    return dict(found.labels) if found is not None else {}
