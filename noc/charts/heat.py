"""Heatmaps: amounts as colours, in time by row or in a matrix, with names, axis and legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Literal

from noc.charts.axes import limit_text
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.ramp import Ramp, ramp_over
from noc.charts.timeaxis import clock_label, tick_column, time_ticks
from noc.model.colour import blend, readable_on
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells
from noc.model.thresholds import Threshold
from noc.model.units import format_value

_NAMES = 28
"""Cells of a row's name, at most."""
_TILE = (6, 14)
"""Cells of a matrix's column in which its value can be written; that it takes at most."""
_TALL = 3
"""Lines of a row, at most, where there is room."""
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
    seconds), ``step`` seconds each. ``dense`` rows lie on one scale: they may share a cell, and neighbours are added where
    there are too many. ``thresholds`` are those of the amounts, ``limits`` those of the rows. ``more`` rows and columns are
    left out."""

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
    """Where the cells stand: ``names`` cells for names, ``wide`` for the tiles, ``last`` for values at the right; ``tall``
    lines a row, or two rows a line (``halved``); rows from ``first`` on, ``shown`` of them; the lines of axis and legend
    below, and of the words that count what is left out."""

    names: int
    wide: int
    last: int
    tall: int
    halved: bool
    first: int
    shown: int
    axis: int
    legend: int

    @property
    def lines(self) -> int:
        return -(-self.shown // 2) if self.halved else self.shown * self.tall

    def row(self, y: int) -> int | None:
        """The index of the row in a line."""
        if not 0 <= y < self.lines:
            return None
        return self.first + (2 * y if self.halved else y // self.tall)


def _room(height: int) -> tuple[int, int, int]:
    """Lines for rows, for the axis and for the legend."""
    legend = 1 if height >= 5 else 0
    axis = 1 if height - legend >= 3 else 0
    return max(0, height - legend - axis), axis, legend


def fitted(heat: Heat, height: int, *, halves: bool = True) -> Heat:
    """The heat with dense rows added up until all of them have a place; the topmost one, open upwards, stays alone."""
    room, _, _ = _room(height)
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
    """Neighbours as one, under the name of the highest."""
    values = []
    for column in zip(*(row.values for row in rows), strict=True):
        known = [value for value in column if value is not None]
        values.append(sum(known) if known else None)
    return replace(rows[0], values=tuple(values))


def grid_of(heat: Heat, width: int, height: int, *, halves: bool = True, chosen: str | None = None) -> Grid:
    """How a heatmap (as fitted) lies in so many cells. Rows that do not fit are counted in a line of their own."""
    room, axis, legend = _room(height)
    count = len(heat.rows)
    halved = heat.dense and halves and count > room
    places = room * 2 if halved else room
    counted = 1 if room > 1 and (count > places or heat.more) else 0
    shown = min(count, max(0, places - counted))
    tall = min(_TALL, max(1, (room - counted) // count)) if count and not halved else 1
    last = (
        _last(heat) if width >= _LAST_FROM and not heat.columns and (heat.cursor is not None or not heat.dense) else 0
    )
    longest = max((cells(clean(row.name)) for row in heat.rows), default=0)
    names = min(longest, _NAMES, max(5, width * 2 // 5)) + 1 if longest else 0
    wide = max(0, width - names - last)
    if heat.columns and heat.count:
        wide = max(1, min(wide, heat.count * _TILE[1]) // heat.count) * heat.count
    at = next((index for index, row in enumerate(heat.rows) if row.key == chosen), 0)
    first = max(0, min(at - shown + 1, count - shown))
    return Grid(names, wide, last, tall, halved, first, shown, axis, legend)


def _last(heat: Heat) -> int:
    texts = [_text(row.values[-1], heat) for row in heat.rows if row.values]
    return min(12, max(map(cells, texts), default=0) + 1)


def _text(value: float | None, heat: Heat) -> str:
    return "–" if value is None else format_value(value, heat.unit, heat.decimals)


def draw_heat(
    heat: Heat, width: int, height: int, palette: Palette, charset: Charset = UNICODE, *, chosen: str | None = None
) -> Canvas:
    """Names, tiles, newest values; the axis; the ramp with its ends, what a tint and a dot mean."""
    canvas = Canvas(width, height)
    if canvas.width == 0 or canvas.height == 0 or not heat.rows:
        return canvas
    heat = fitted(heat, canvas.height, halves=halving(palette, charset))
    known = [value for row in heat.rows for value in row.values if value is not None]
    ramp = ramp_over(known, heat.scale, heat.thresholds, palette, charset, low=heat.low, high=heat.high)
    grid = grid_of(heat, canvas.width, canvas.height, halves=ramp.blended, chosen=chosen)
    _draw_rows(canvas, heat, grid, ramp, chosen)
    below = grid.lines
    left_out = len(heat.rows) - grid.shown + heat.more
    if left_out and below < canvas.height - grid.axis - grid.legend:
        canvas.put(0, below, truncate(f"+{left_out} more", canvas.width), Ink(palette.muted))
        below += 1
    if grid.axis:
        _draw_axis(canvas, heat, grid, below, palette)
    if grid.legend:
        _draw_legend(canvas, heat, ramp, min(canvas.height - 1, below + grid.axis + 1))
    return spell(canvas, charset)


def halving(palette: Palette, charset: Charset) -> bool:
    """Whether two rows may share a line: only where colours alone carry the picture."""
    return ramp_over((), "linear", (), palette, charset).blended


def _draw_rows(canvas: Canvas, heat: Heat, grid: Grid, ramp: Ramp, chosen: str | None) -> None:
    palette = ramp.palette
    spans = _spans(heat.count, grid.wide)
    marked = _cursor_column(heat, grid)
    for y in range(grid.lines):
        index = grid.row(y)
        if index is None:
            continue
        row = heat.rows[index]
        under = heat.rows[index + 1] if grid.halved and index + 1 < grid.first + grid.shown else None
        for x, (first, last) in enumerate(spans):
            upper = _most(row.values[first:last])
            if under is None or not ramp.blended:
                glyph, ink = ramp.tile(upper)
            else:
                glyph, ink = _pair(ramp, upper, _most(under.values[first:last]))
            if x == marked:
                glyph, ink = ramp.charset.upright, _marked(ink, palette)
            canvas.put(grid.names + x, y, glyph, ink)
        if not grid.halved and y % grid.tall != (grid.tall - 1) // 2:
            continue
        lit = chosen is not None and chosen in (row.key, under.key if under else row.key)
        _draw_name(canvas, heat, grid, row, y, palette, lit=lit)
        if heat.columns:
            _write_values(canvas, heat, grid, ramp, row, y)
        elif grid.last:
            value = _under_cursor(heat, row, marked, spans)
            level = ramp.severity(value)
            colour = palette.text if level is Severity.OK else palette.severity(level)
            words = fit(_text(value, heat), grid.last, "right")
            canvas.put(canvas.width - grid.last, y, words, Ink(colour if value else palette.muted))


def _draw_name(canvas: Canvas, heat: Heat, grid: Grid, row: HeatRow, y: int, palette: Palette, *, lit: bool) -> None:
    """Names at the left, bounds towards the tiles; lit under the cursor."""
    colour = palette.muted if row.severity is Severity.OK else palette.severity(row.severity)
    ink = Ink(palette.text, palette.raised, bold=True) if lit else Ink(colour)
    name = truncate(clean(row.name), grid.names - 1, "middle")
    canvas.put(0, y, fit(name, grid.names - 1, "right" if heat.dense else "left"), ink)


def _spans(count: int, wide: int) -> list[tuple[int, int]]:
    """The columns of data, first and behind the last, that each of ``wide`` cells stands for."""
    if count == 0:
        return []
    return [(x * count // wide, max(x * count // wide + 1, (x + 1) * count // wide)) for x in range(wide)]


def _most(values: Sequence[float | None]) -> float | None:
    """The greatest of the values that share a cell: a spike is never lost."""
    known = [value for value in values if value is not None and not math.isnan(value)]
    return max(known, default=None)


def _pair(ramp: Ramp, upper: float | None, lower: float | None) -> tuple[str, Ink]:
    """Two rows in one line."""
    above, below = ramp.colour(upper), ramp.colour(lower)
    if above is None and below is None:
        return ramp.gap
    if above is None:
        return "▄", Ink(below)
    return "▀", Ink(above, below)


def _marked(ink: Ink, palette: Palette) -> Ink:
    """A tile under the time cursor."""
    ground = ink.bg or palette.surface
    return Ink(palette.accent if ink.bg is None else readable_on(ground, palette.background, palette.text), ground)


def _cursor_column(heat: Heat, grid: Grid) -> int | None:
    """The cell of the tiles that the time cursor is in."""
    if heat.columns or heat.cursor is None or not heat.start <= heat.cursor <= heat.end or grid.wide < 1:
        return None
    return tick_column(heat.cursor, heat.start, heat.end, grid.wide)


def _under_cursor(heat: Heat, row: HeatRow, marked: int | None, spans: Sequence[tuple[int, int]]) -> float | None:
    if marked is not None:
        return _most(row.values[slice(*spans[marked])])
    return row.values[-1] if row.values else None


def _write_values(canvas: Canvas, heat: Heat, grid: Grid, ramp: Ramp, row: HeatRow, y: int) -> None:
    """The amounts themselves in the tiles of a matrix that are wide enough."""
    slot = grid.wide // heat.count if heat.count else 0
    if slot < _TILE[0]:
        return
    for index, value in enumerate(row.values):
        text, colour = _text(value, heat), ramp.colour(value)
        if value is None or colour is None or cells(text) > slot - 2:
            continue
        x = grid.names + index * slot
        if ramp.blended:
            ink = Ink(readable_on(colour, ramp.palette.background, ramp.palette.text), colour)
        else:
            ink = Ink(ramp.palette.text)
        text = f" {text} "
        canvas.put(x + (slot - cells(text)) // 2, y, text, ink)


def _draw_axis(canvas: Canvas, heat: Heat, grid: Grid, y: int, palette: Palette) -> None:
    ink = Ink(palette.muted)
    if heat.columns:
        _draw_heads(canvas, heat, grid, y, ink)
        return
    for time, label in time_ticks(heat.start, heat.end, grid.wide, heat.tz):
        at = tick_column(time, heat.start, heat.end, grid.wide) - cells(label) // 2
        canvas.put(grid.names + at, y, label, ink)
    marked = _cursor_column(heat, grid)
    if marked is not None and heat.cursor is not None:
        label = f" {clock_label(heat.cursor, heat.tz, heat.step, heat.end - heat.start)} "
        x = min(max(0, grid.names + marked - cells(label) // 2), max(0, canvas.width - cells(label)))
        canvas.put(x, y, label, Ink(palette.text, bold=True))


def _draw_heads(canvas: Canvas, heat: Heat, grid: Grid, y: int, ink: Ink) -> None:
    """The names of a matrix's columns: all, or every second, third..., so that what stands there can be read."""
    slot = grid.wide // heat.count
    longest = max(cells(clean(name)) for name in heat.columns)
    stride = next((size for size in range(1, heat.count) if size * slot - 1 >= min(longest, 8)), max(1, heat.count))
    for index in range(0, heat.count, stride):
        name = truncate(clean(heat.columns[index]), stride * slot - 1, "middle")
        x = grid.names + index * slot + (max(0, slot - cells(name)) // 2 if stride == 1 else 0)
        canvas.put(x, y, name, ink)
    if heat.more_columns:
        words = f"+{heat.more_columns}"
        if grid.names + grid.wide + 1 + cells(words) <= canvas.width:
            canvas.put(grid.names + grid.wide + 1, y, words, ink)
        else:
            canvas.put(0, y, fit(words, max(grid.names - 1, cells(words))), ink)


def _draw_legend(canvas: Canvas, heat: Heat, ramp: Ramp, y: int) -> None:
    """``0 ░▒▓█ 24 req/s   ▲ HIGH > 100   · no data``: as much as fits, the ramp first."""
    palette, ink = ramp.palette, Ink(ramp.palette.muted)
    low, high = (format_value(value, heat.unit, heat.decimals) for value in (ramp.low, ramp.high))
    steps = len(palette.ramp)
    size = 2 if steps * 2 + cells(low) + cells(high) + 2 <= canvas.width // 2 else 1
    if cells(low) + cells(high) + steps * size + 2 > canvas.width:
        canvas.put(0, y, truncate(f"{low} … {high}", canvas.width), ink)
        return
    x = canvas.put(0, y, low, ink) + 1
    blank = Ramp(0.0, float(steps), "linear", (), palette, ramp.charset)
    for step in range(steps):
        glyph, tile = blank.tile(step + 1.0)
        x = canvas.put(x, y, glyph * size, tile)
    x = canvas.put(x + 1, y, high, ink)
    words = []
    limits = [(one, heat.unit) for one in heat.thresholds] + [(one, heat.limit_unit) for one in heat.limits]
    for one, unit in sorted(limits, key=lambda pair: -pair[0].severity.rank):
        sign = "<" if one.below else ">"
        text = f"{one.severity.glyph} {one.severity.word} {sign} {limit_text(one.value, unit, None)}"
        words.append((text, palette.severity(one.severity)))
    if any(_most(row.values[at : at + 1]) is None for row in heat.rows for at in range(len(row.values))):
        words.append((f"{ramp.gap[0]} no data", blend(palette.muted, palette.surface, 0.8)))
    for text, colour in words:
        if x + 3 + cells(text) <= canvas.width:
            x = canvas.put(x + 3, y, text, Ink(colour))
