"""What a heatmap is made of, and how its rows and columns lie in the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Literal

from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.text import width as cells
from noc.model.thresholds import Threshold
from noc.model.units import format_value

_NAMES = 28
"""Cells of a row's name, at most."""
_WIDEST = 14
"""Cells of a matrix's column, at most."""
_TIMES_FROM = 24
"""Columns from which there is an axis of time."""
_TWO_FROM = 8
"""Rows from which the heads of a matrix may take two lines."""
_TALL = 3
"""Lines of a row, at most, where there is room."""
_MANY = 4
"""Rows from which they may grow by half lines."""
_LAST_FROM = 56
"""Columns from which the newest value (or the one under the cursor) stands at the right of its row."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row's name and its amounts by column; None: no value. ``key`` is what a cursor holds; ``severity`` that of all
    that a row stands for, in the colour of its name."""

    name: str
    values: tuple[float | None, ...]
    key: str = ""
    severity: Severity = Severity.OK


@dataclass(frozen=True, slots=True)
class Heat:
    """Rows from top to bottom. ``columns`` names those of a matrix; without them they span ``start`` to ``end`` (unix
    seconds), ``step`` seconds each. ``dense`` rows lie on one scale: they may share a cell, and neighbours are added
    where there are too many. ``thresholds`` are those of the amounts, ``limits`` those of the rows. The ramp reaches
    to ``soft_high`` at least. ``more`` rows and columns are left out."""

    rows: tuple[HeatRow, ...]
    columns: tuple[str, ...] = ()
    start: float = 0.0
    end: float = 0.0
    step: float = 60.0
    tz: tzinfo = UTC
    cursor: float | None = None
    unit: str = "short"
    decimals: int | None = None
    scale: Literal["linear", "sqrt", "log"] = "sqrt"
    low: float | None = None
    high: float | None = None
    soft_high: float | None = None
    thresholds: tuple[Threshold, ...] = ()
    limits: tuple[Threshold, ...] = ()
    limit_unit: str = "short"
    dense: bool = False
    more: int = 0
    more_columns: int = 0

    @property
    def count(self) -> int:
        """Columns of data."""
        return max((len(row.values) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells stand: ``names`` cells for names, ``wide`` for the tiles, ``last`` for values at the right; ``halves``
    half lines a row (1: two rows share a line, 3: each is a line and a half); rows from ``first`` on, ``shown`` of them; the
    lines of axis and legend below, and of the words that count what is left out."""

    names: int
    wide: int
    last: int
    halves: int
    first: int
    shown: int
    axis: int
    legend: int

    @property
    def lines(self) -> int:
        return -(-self.shown * self.halves // 2)

    def row(self, y: int) -> int | None:
        """The index of the row in a line; of two in one line that of the upper one."""
        return self.first + 2 * y // self.halves if 0 <= y < self.lines else None

    def under(self, y: int) -> int | None:
        """The index of the row in the lower half of a line; a last row that shares its line with none has all of it."""
        place = (2 * y + 1) // self.halves
        place -= self.halves == 1 and place == self.shown
        return self.first + place if y >= 0 and place < self.shown else None

    def named(self, y: int) -> int | None:
        """The index of the row whose name stands in a line: of rows that share one the upper one's, of a tall row the
        line in its middle."""
        for place in range(2 * y // self.halves, min(self.shown, (2 * y + 1) // self.halves + 1)):
            if (place * self.halves + (self.halves - 1) // 2) // 2 == y:
                return self.first + place
        return None


def _room(heat: Heat, width: int, height: int) -> tuple[int, int, int]:
    """Lines for rows, for the axis (where a time or the heads of a matrix have room) and for the legend."""
    legend = 1 if height >= 5 else 0
    axis = 1 if height - legend >= 3 and (heat.columns or width >= _TIMES_FROM) else 0
    if axis and heat.columns and height >= _TWO_FROM:
        longest = max(cells(clean(name)) for name in heat.columns)
        axis += longest >= _slots(heat, width - _names(heat, width))
    return max(0, height - legend - axis), axis, legend


def _names(heat: Heat, width: int) -> int:
    """Cells for the rows' names and the blank behind them."""
    longest = max((cells(clean(row.name)) for row in heat.rows), default=0)
    return min(longest, _NAMES, max(5, width * 2 // 5)) + 1 if longest else 0


def _slots(heat: Heat, wide: int) -> int:
    """Cells of a matrix's column."""
    return max(1, min(wide, heat.count * _WIDEST) // max(1, heat.count))


def fitted(heat: Heat, width: int, height: int, *, halves: bool = True) -> Heat:
    """The heat with dense rows added up until all of them have a place; the topmost one, open upwards, stays alone."""
    room, _, _ = _room(heat, width, height)
    places = max(1, room * 2 if halves else room)
    if not heat.dense or len(heat.rows) <= places:
        return heat
    top, rest = heat.rows[:1], heat.rows[1:]
    if places == 1:
        top, rest = (), heat.rows
    size = -(-len(rest) // max(1, places - len(top)))
    first = len(rest) % size or size
    groups = [rest[:first], *(rest[at : at + size] for at in range(first, len(rest), size))]
    return replace(heat, rows=(*top, *(_added(group) for group in groups)))


def _added(rows: Sequence[HeatRow]) -> HeatRow:
    """Neighbours as one, under the name of the highest, and with the severity that all of them have."""
    values = []
    for column in zip(*(row.values for row in rows), strict=True):
        known = [value for value in column if value is not None]
        values.append(sum(known) if known else None)
    least = min((row.severity for row in rows), key=lambda one: one.rank)
    return replace(rows[0], values=tuple(values), severity=least)


def grid_of(heat: Heat, width: int, height: int, *, halves: bool = True, chosen: str | None = None) -> Grid:
    """How a heatmap (as fitted) lies in so many cells. Rows that do not fit are counted in a line of their own."""
    room, axis, legend = _room(heat, width, height)
    count = len(heat.rows)
    shared = heat.dense and halves and count > room
    places = room * 2 if shared else room
    counted = 1 if room > 1 and (count > places or heat.more) else 0
    shown = min(count, max(0, places - counted))
    size = 1 if shared or not count else min(2 * _TALL, max(2, 2 * (room - counted) // count))
    size -= 0 if shared or (halves and _fine(heat)) else size % 2
    last = (
        _last(heat) if width >= _LAST_FROM and not heat.columns and (heat.cursor is not None or not heat.dense) else 0
    )
    names = _names(heat, width)
    wide = max(0, width - names - last)
    if heat.columns and heat.count:
        wide = _slots(heat, wide) * heat.count
    at = next((index for index, row in enumerate(heat.rows) if row.key == chosen), 0)
    first = max(0, min(at - shown + 1, count - shown))
    return Grid(names, wide, last, size, first, shown, axis, legend)


def _fine(heat: Heat) -> bool:
    """Whether rows may grow by half lines: those of a scale and those of a matrix whose amounts are written stay alike to
    the cell, and few of them gain nothing by it."""
    return not heat.dense and not heat.columns and len(heat.rows) >= _MANY


def _last(heat: Heat) -> int:
    texts = [value_text(row.values[-1], heat) for row in heat.rows if row.values]
    return min(12, max(map(cells, texts), default=0) + 1)


def value_text(value: float | None, heat: Heat) -> str:
    return "–" if value is None else format_value(value, heat.unit, heat.decimals)


def spans(count: int, wide: int) -> list[tuple[int, int]]:
    """The columns of data, first and behind the last, that each of ``wide`` cells stands for."""
    if count == 0:
        return []
    return [(x * count // wide, max(x * count // wide + 1, (x + 1) * count // wide)) for x in range(wide)]
