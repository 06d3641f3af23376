"""One number out of several series, drawn large, and its course beneath: what panels of a single value share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from noc.charts.canvas import Canvas, Ink
from noc.charts.digits import draw_digits
from noc.charts.letters import draw_word, spelt
from noc.charts.spark import draw_spark_series
from noc.model.severity import Severity
from noc.model.text import truncate, width
from noc.model.thresholds import severity_of
from noc.model.units import format_value, split_value
from noc.ui.panels.data import PanelData, mapped

Reduce = Literal["last", "min", "max", "mean", "sum", "count"]

_FROM_AT_DESK = {15: 30, 13: 26, 10: 20, 8: 15, 5: 10, 3: 4}
_FROM_AFAR = {15: 18, 13: 16, 10: 12, 8: 10, 5: 7, 3: 4}
"""Rows of a body from which digits are so high. Seen from afar a number may leave its course a single row."""
_SPARE = 3
"""Rows beneath a number of which one may tell its change: its course keeps two."""
_AIR = 6
"""Rows beneath a number from which its change stands one row off."""


def judged_number(data: PanelData, value: float | None) -> Severity:
    """The severity of a number made of several series: its own, not that of each. What is judged is what is shown."""
    words = mapped(data, value)
    return words[1] if words and words[1] else severity_of(value, data.thresholds or data.thresholds_of(0))


def reduced_of(values: Sequence[float | None], how: Reduce) -> float | None:
    """The one number out of current values; NaN counts for nothing, unless there is nothing else."""
    found = [value for value in values if value is not None]
    finite = [value for value in found if not math.isnan(value)]
    if how == "count":
        return float(len(finite)) if found else None
    if not finite or how == "last":
        return found[0] if found else None
    if how == "mean":
        return sum(finite) / len(finite)
    if how == "sum":
        return sum(finite)
    return min(finite) if how == "min" else max(finite)


def draw_number(canvas: Canvas, data: PanelData, value: float | None, ink: Ink) -> tuple[int, int]:
    """Draw the value in the panel's unit; returns the rows used and the column after it."""
    unit, decimals = data.unit, data.query_spec.decimals
    number, suffix = split_value(value, unit, decimals)
    return draw_parts(canvas, data, number, suffix, format_value(value, unit, decimals), ink)


def draw_parts(canvas: Canvas, data: PanelData, number: str, suffix: str, text: str, ink: Ink) -> tuple[int, int]:
    """Draw a number as tall as the room allows, else as ``text``; returns the rows used and the column after it."""
    quiet = Ink(fg=data.look.palette.muted)
    rows = _FROM_AT_DESK if data.look.scale == 1 else _FROM_AFAR
    for height, least in rows.items():
        if canvas.height < least:
            continue
        digits = draw_digits(
            number, suffix, ink, data.look.charset, height=height, width=canvas.width, suffix_ink=quiet
        )
        if digits is not None:
            top = 1 if canvas.height >= height + 3 else 0
            canvas.blit(0, top, digits)
            return top + digits.height, digits.width
    text = truncate(text, canvas.width)
    canvas.put(0, 0, text, ink)
    return 1, width(text)


def draw_state(canvas: Canvas, data: PanelData, glyph: str, text: str, ink: Ink) -> tuple[int, int]:
    """A state in words, in letters as large as the room allows; returns the rows used and the column after it."""
    room = canvas.height - 2 if canvas.height >= 5 else canvas.height
    if data.look.scale == 1:
        room = min(room, max(3, canvas.height // 2))
    large = draw_word(spelt(text), ink, canvas.width, room, data.look.charset)
    if large is not None:
        top = 1 if canvas.height >= large.height + 2 else 0
        canvas.blit(0, top, large)
        return top + large.height, large.width
    top = 0 if canvas.height < 3 else 1
    words = truncate(f"{glyph} {text}".strip(), canvas.width)
    canvas.put(0, top, words, ink)
    return top * 2 + 1, width(words)


def draw_course(canvas: Canvas, data: PanelData, used: int) -> None:
    """The trend at the foot, under the rows that are used; the first series of each of its queries."""
    spec = data.query_spec
    if canvas.height - used < 1:
        return
    left = canvas.height - used
    height = left if left < 4 else min(left - 1, 8)
    for asked in data.role("trend"):
        for series in asked.result.series[:1]:
            spark = draw_spark_series(
                series,
                data.start,
                data.end,
                asked.planned.query.step,
                canvas.width,
                height,
                data.look.palette.series[0],
                data.look.charset,
                low=spec.min,
                high=spec.max,
            )
            canvas.blit(0, canvas.height - height, spark)


def beside_or_beneath(canvas: Canvas, words: Sequence[str], used: int, right: int, ink: Ink) -> int:
    """Write the longest of the words that fits at the right of the number's foot, or beneath. Returns the rows used.

    The last one does not say against what it holds the number: it stands beside it only where no row is to spare.
    """
    spare = len(words) > 1 and canvas.height - used >= _SPARE
    for text in words[:-1] if spare else words:
        if right + 2 + width(text) <= canvas.width:
            canvas.put(canvas.width - width(text), used - 1, text, ink)
            return used
    if words and used < canvas.height:
        used += 1 if canvas.height - used >= _AIR else 0
        text = next((text for text in words if width(text) <= canvas.width), words[-1])
        canvas.put(0, used, truncate(text, canvas.width), ink)
        return used + 1
    return used
