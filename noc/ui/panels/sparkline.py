"""sparkline: one small line a series, its name before and its last value after it."""

from __future__ import annotations

from noc.charts.canvas import Canvas, Ink
from noc.charts.spark import draw_spark_series
from noc.model.severity import Severity
from noc.model.text import fit, width
from noc.model.units import format_value
from noc.ui.panels.data import PanelData, Reading, mapped, readings, series_colour
from noc.ui.panels.number import draw_number

LARGE_FROM = 6
"""Rows from which a lone series' value is drawn in large digits."""


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Series share the rows; what does not fit is counted in the last one."""
    canvas, palette = Canvas(columns, rows), data.look.palette
    all_readings = readings(data)
    shown = all_readings if len(all_readings) <= rows else all_readings[: max(1, rows - 1)]
    if not shown or rows < 1:
        return canvas
    if len(all_readings) == 1 and rows >= LARGE_FROM and not mapped(data, shown[0].value):
        return _large(canvas, data, shown[0])
    steps = {asked.planned.index: asked.planned.query.step for asked in data.role("main")}
    texts = [_value(data, reading.value, reading.index) for reading in shown]
    value_width = min(max(width(text) for text in texts), columns)
    name_width = 0 if len(shown) == 1 else min(max(width(reading.name) for reading in shown), columns // 3)
    each = max(1, (rows if len(shown) == len(all_readings) else rows - 1) // len(shown))
    left = name_width + (2 if name_width else 0)
    room = columns - left - value_width - 1
    for position, (reading, text) in enumerate(zip(shown, texts, strict=True)):
        top = position * each
        middle = top + (each - 1)
        if name_width:
            canvas.put(0, middle, fit(reading.name, name_width), Ink(fg=palette.muted))
        if room >= 4:
            colour = series_colour(data, position, reading.index)
            canvas.blit(left, top, _spark(data, reading, steps[reading.index], room, each, colour))
        level = reading.severity
        ink = Ink(fg=palette.text if level is Severity.OK else palette.severity(level), bold=True)
        canvas.put(columns - value_width, middle, fit(text, value_width, "right"), ink)
    if len(shown) < len(all_readings):
        canvas.put(0, rows - 1, f"+{len(all_readings) - len(shown) + data.dropped} more", Ink(fg=palette.muted))
    return canvas


def _large(canvas: Canvas, data: PanelData, reading: Reading) -> Canvas:
    """One series in a tall card: its value large, to be read from five metres, and the line along the foot."""
    level = reading.severity
    ink = Ink(fg=data.look.palette.text if level is Severity.OK else data.look.palette.severity(level), bold=True)
    used, _ = draw_number(canvas, data, reading.value, ink)
    step = data.role("main")[0].planned.query.step
    height = min(canvas.height - used, 4)
    colour = series_colour(data, 0, reading.index)
    canvas.blit(0, canvas.height - height, _spark(data, reading, step, canvas.width, height, colour))
    return canvas


def _spark(data: PanelData, reading: Reading, step: float, columns: int, rows: int, colour: str) -> Canvas:
    return draw_spark_series(
        reading.series,
        data.start,
        data.end,
        step,
        columns,
        rows,
        colour,
        data.look.charset,
        low=data.query_spec.min,
        high=data.query_spec.max,
    )


def _value(data: PanelData, value: float | None, index: int) -> str:
    words = mapped(data, value)
    return words[0] if words else format_value(value, data.unit_of(index), data.decimals_of(index))
