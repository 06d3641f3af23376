"""Bars lying side by side: a name, a bar in eighths, the value right aligned. Standing ones are in ``columns``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from noc.charts.bar import LEAST_BAR, Bar, bar_axis, divided, mark_positions, reach
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.columns import draw_columns
from noc.charts.meter import draw_meter
from noc.model.palette import Palette
from noc.model.text import clean, truncate
from noc.model.text import width as cells
from noc.model.thresholds import Threshold

__all__ = ["Bar", "draw_bars"]


def draw_bars(
    bars: Sequence[Bar],
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    direction: Literal["horizontal", "vertical"] = "horizontal",
    low: float | None = None,
    high: float | None = None,
    thresholds: Sequence[Threshold] = (),
    more: int = 0,
) -> Canvas:
    """The bars in the given order, with a free row between them and above the first where all have room for it.

    What does not fit is counted with ``more`` in a last "+n more". Thresholds are marks across the bars.
    """
    canvas = Canvas(width, height)
    axis = bar_axis(bars, thresholds, low, high)
    if direction == "vertical":
        draw_columns(canvas, bars, axis, palette, charset, thresholds, more)
        return spell(canvas, charset)
    rows = _rows(bars)
    room, left_out = canvas.height, more
    if len(rows) > room or more:
        room = max(1, room - 1)
        left_out += sum(isinstance(row, Bar) for row in rows[room:])
        if canvas.height > 1:
            canvas.put(0, room, truncate(f"+{left_out} more", canvas.width), Ink(fg=palette.muted))
    named = [(row.name, row.text) for row in rows[:room] if isinstance(row, Bar)]
    name_cells, text_cells = divided(named, canvas.width)
    length = canvas.width - name_cells - text_cells
    marks = [(position, palette.severity(item.severity)) for position, item in mark_positions(axis, thresholds)]
    stride = 2 if len(rows) * 2 - 1 <= room else 1
    top = 1 if stride == 2 and len(rows) * 2 < room else 0
    for y, row in zip(range(top, canvas.height, stride), rows[:room], strict=False):
        if isinstance(row, str):
            canvas.put(0, y, truncate(clean(row), canvas.width), Ink(fg=palette.muted, bold=True))
            continue
        canvas.put(0, y, truncate(clean(row.name), max(0, name_cells - 1), "middle"), Ink(fg=palette.muted))
        extends = reach(row, axis)
        if extends and length >= LEAST_BAR:
            draw_meter(canvas, name_cells, y, length, extends, row.colour, palette.surface, charset, marks=marks)
        text = truncate(clean(row.text), canvas.width)
        canvas.put(canvas.width - cells(text), y, text, Ink(fg=palette.text))
    return spell(canvas, charset)


def _rows(bars: Sequence[Bar]) -> list[Bar | str]:
    """The bars with a title before each group."""
    rows: list[Bar | str] = []
    group = ""
    for bar in bars:
        if bar.group != group:
            group = bar.group
            if group:
                rows.append(group)
        rows.append(bar)
    return rows
