"""Heatmaps: amounts as colours, in time by row or in a matrix, with names, axis and legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from noc.charts.axes import limit_text
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.heatgrid import Grid, Heat, HeatRow, fitted, grid_of, spans, value_text
from noc.charts.ramp import Ramp, Tile, ramp_over
from noc.charts.timeaxis import clock_label, tick_column, time_ticks
from noc.model.colour import blend, readable_on
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells
from noc.model.units import format_value

_WRITTEN = 6
"""Cells of a matrix's column from which on its values are written into it."""


def draw_heat(
    heat: Heat, width: int, height: int, palette: Palette, charset: Charset = UNICODE, *, chosen: str | None = None
) -> Canvas:
    """Names, tiles, newest values; the axis; the ramp with its ends, what a tint and a dot mean."""
    canvas = Canvas(width, height)
    if canvas.width == 0 or canvas.height == 0 or not heat.rows:
        return canvas
    heat = fitted(heat, canvas.width, canvas.height, halves=halving(palette, charset))
    known = [value for row in heat.rows for value in row.values if value is not None]
    ramp = ramp_over(
        known, heat.scale, heat.thresholds, palette, charset, low=heat.low, high=heat.high, soft_high=heat.soft_high
    )
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
    shared = spans(heat.count, grid.wide)
    marked = _cursor_column(heat, grid)
    for y in range(grid.lines):
        index = grid.row(y)
        if index is None:
            continue
        below = grid.under(y)
        x = grid.names
        for (first, last), run in groupby(shared):
            upper = _most(heat.rows[index].values[first:last])
            lower = _most(heat.rows[below].values[first:last]) if below is not None else None
            glyph, ink = ramp.tile(upper) if below == index else _pair(ramp, upper, lower)
            x = canvas.put(x, y, glyph * len(list(run)), ink)
        if marked is not None:
            ink = _marked(canvas.inks[y][grid.names + marked], palette)
            canvas.put(grid.names + marked, y, ramp.charset.upright, ink)
        named = grid.named(y)
        if named is None:
            continue
        row = heat.rows[named]
        sharing = heat.rows[below] if grid.halves == 1 and below is not None else row
        lit = chosen is not None and chosen in (row.key, sharing.key)
        _draw_name(canvas, heat, grid, row, y, palette, lit=lit)
        if heat.columns:
            _write_values(canvas, heat, grid, ramp, row, y)
        elif grid.last:
            value = _under_cursor(heat, row, marked, shared)
            level = ramp.severity(value)
            colour = palette.text if level is Severity.OK else palette.severity(level)
            words = fit(value_text(value, heat), grid.last, "right")
            canvas.put(canvas.width - grid.last, y, words, Ink(colour if value else palette.muted))


def _draw_name(canvas: Canvas, heat: Heat, grid: Grid, row: HeatRow, y: int, palette: Palette, *, lit: bool) -> None:
    """Names at the left, bounds towards the tiles; lit under the cursor."""
    colour = palette.muted if row.severity is Severity.OK else palette.severity(row.severity)
    ink = Ink(palette.text, palette.raised, bold=True) if lit else Ink(colour)
    name = truncate(clean(row.name), grid.names - 1, "middle")
    canvas.put(0, y, fit(name, grid.names - 1, "right" if heat.dense else "left"), ink)


def _most(values: Sequence[float | None]) -> float | None:
    """The greatest of the values that share a cell: a spike is never lost."""
    known = [value for value in values if value is not None and not math.isnan(value)]
    return max(known, default=None)


def _pair(ramp: Ramp, upper: float | None, lower: float | None) -> Tile:
    """Two rows in one line: of one colour a whole tile, else half a block where there is more, so that the picture keeps
    its outline without colours."""
    above, below = ramp.colour(upper), ramp.colour(lower)
    if above == below:
        return ramp.tile(upper)
    if below is None or (above is not None and (upper or 0.0) > (lower or 0.0)):
        return "▀", Ink(above, below)
    return "▄", Ink(below, above)


def _marked(ink: Ink, palette: Palette) -> Ink:
    """A tile under the time cursor."""
    ground = ink.bg or palette.surface
    return Ink(palette.accent if ink.bg is None else readable_on(ground, palette.background, palette.text), ground)


def _cursor_column(heat: Heat, grid: Grid) -> int | None:
    """The cell of the tiles that the time cursor is in."""
    if heat.columns or heat.cursor is None or not heat.start <= heat.cursor <= heat.end or not heat.count * grid.wide:
        return None
    return tick_column(heat.cursor, heat.start, heat.end, grid.wide)


def _under_cursor(heat: Heat, row: HeatRow, marked: int | None, shared: Sequence[tuple[int, int]]) -> float | None:
    if marked is not None:
        return _most(row.values[slice(*shared[marked])])
    return row.values[-1] if row.values else None


def _write_values(canvas: Canvas, heat: Heat, grid: Grid, ramp: Ramp, row: HeatRow, y: int) -> None:
    """The amounts themselves in the tiles of a matrix that are wide enough."""
    slot = grid.wide // heat.count if heat.count else 0
    if slot < _WRITTEN:
        return
    for index, value in enumerate(row.values):
        text, colour = value_text(value, heat), ramp.colour(value)
        if value is None or colour is None or cells(text) > slot - 2:
            continue
        x = grid.names + index * slot
        over = readable_on(colour, ramp.palette.background, ramp.palette.text) if ramp.blended else ramp.palette.text
        ink = Ink(over, colour if ramp.blended else None)
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
    """The names of a matrix's columns, by turns in the lines there are: all, or every second, third..., so that what
    stands there can be read."""
    slot = grid.wide // heat.count
    longest = max(cells(clean(name)) for name in heat.columns)
    size = next((size for size in range(1, heat.count) if size * slot - 1 >= min(longest, 8)), max(1, heat.count))
    stride = -(-size // grid.axis)
    for turn, index in enumerate(range(0, heat.count, stride)):
        name = truncate(clean(heat.columns[index]), stride * grid.axis * slot - 1, "middle")
        air = max(0, slot - cells(name)) // 2 if stride == 1 else 0
        canvas.put(grid.names + index * slot + air, y + turn % grid.axis, name, ink)
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
