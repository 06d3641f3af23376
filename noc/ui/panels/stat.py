"""stat: the number first, then what it was, then how it got there."""

from __future__ import annotations

import math
from typing import Literal

from noc.charts.canvas import Canvas, Ink
from noc.charts.digits import draw_digits
from noc.charts.spark import draw_spark_series
from noc.config.panels import StatSpec
from noc.model.severity import Severity
from noc.model.text import truncate, width
from noc.model.timerange import format_duration
from noc.model.units import format_delta, format_value, split_value
from noc.ui.panels.data import PanelData, mapped, readings, severity


def reduced(data: PanelData, role: str = "main") -> float | None:
    """The one number out of the role's current values."""
    spec = data.spec
    assert isinstance(spec, StatSpec)
    values = [reading.value for reading in readings(data, role) if reading.value is not None]
    finite = [value for value in values if not math.isnan(value)]
    if not finite or spec.reduce == "last":
        return values[0] if values else None
    if spec.reduce == "mean":
        return sum(finite) / len(finite)
    if spec.reduce == "sum":
        return sum(finite)
    return min(finite) if spec.reduce == "min" else max(finite)


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Digits as tall as the room allows, the change beside or beneath, the trend at the foot."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, StatSpec)
    value, canvas = reduced(data), Canvas(columns, rows)
    level = severity(data)
    ink = Ink(fg=palette.text if level is Severity.OK else palette.severity(level), bold=True)
    words = mapped(data, value)
    if words:
        used, right = _words(canvas, data, words)
    else:
        used, right = draw_number(canvas, data, value, ink)
    used = _delta(canvas, data, value, used, right)
    if spec.spark and rows - used >= 1:
        for asked in data.role("trend"):
            for series in asked.result.series[:1]:
                height = min(rows - used, 4 if rows < 16 else 8)
                step = asked.planned.query.step
                spark = draw_spark_series(
                    series,
                    data.start,
                    data.end,
                    step,
                    columns,
                    height,
                    palette.series[0],
                    data.look.charset,
                    low=spec.min,
                    high=spec.max,
                )
                canvas.blit(0, rows - height, spark)
    return canvas


def _words(canvas: Canvas, data: PanelData, words: tuple[str, Severity | None]) -> tuple[int, int]:
    """A state in words, with its glyph and colour where the mapping names a severity; returns rows used and column."""
    text, level = words
    palette = data.look.palette
    glyph = f"{level.glyph} " if level else ""
    ink = Ink(fg=palette.severity(level) if level else palette.text, bold=True)
    top = 0 if canvas.height < 3 else 1
    canvas.put(0, top, truncate(glyph + text, canvas.width), ink)
    return top * 2 + 1, width(glyph + text)


def draw_number(canvas: Canvas, data: PanelData, value: float | None, ink: Ink) -> tuple[int, int]:
    """Draw the value; returns the rows used and the column after it."""
    unit, decimals = data.unit, data.query_spec.decimals
    number, suffix = split_value(value, unit, decimals)
    quiet = Ink(fg=data.look.palette.muted)
    heights: tuple[Literal[3, 5], ...] = (5, 3)
    for height in heights:
        if canvas.height < (11 if height == 5 else 4):
            continue
        digits = draw_digits(
            number, suffix, ink, data.look.charset, height=height, width=canvas.width, suffix_ink=quiet
        )
        if digits is not None:
            top = 1 if canvas.height >= height + 3 else 0
            canvas.blit(0, top, digits)
            return top + height, digits.width
    text = truncate(format_value(value, unit, decimals), canvas.width)
    canvas.put(0, 0, text, ink)
    return 1, width(text)


def _delta(canvas: Canvas, data: PanelData, value: float | None, used: int, right: int) -> int:
    """The change against one range earlier: beside the number where it fits, else beneath. Returns the rows used."""
    asked = data.role("delta")
    before = reduced(data, "delta") if asked else None
    if value is None or before is None or math.isnan(before) or math.isnan(value):
        return used
    change = format_delta(value, before, data.unit)
    text = f"{change} vs {format_duration(asked[0].planned.query.shift)} ago"
    quiet = Ink(fg=data.look.palette.muted)
    for words in (text, change):
        if right + 2 + width(words) <= canvas.width:
            canvas.put(canvas.width - width(words), used - 1, words, quiet)
            return used
    if used < canvas.height:
        canvas.put(0, used, truncate(text if width(text) <= canvas.width else change, canvas.width), quiet)
        return used + 1
    return used
