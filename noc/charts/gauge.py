"""Gauges: one or a few values between two ends, with the thresholds marked on the way.

An arc with the value in large digits inside it where there is room, else a bar over a faint track.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.charts.arc import arc_cells, draw_arc
from noc.charts.axes import limit_text
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.digits import HEIGHTS, draw_digits, tallest_digits
from noc.charts.meter import draw_meter
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells
from noc.model.thresholds import Threshold, severity_of

ARC_FROM = (18, 5)
"""Cells from which an arc is readable."""
_DIGITS = 13
"""Cells of four large characters (``12.4``): an arc that has no room for them gives way to a bar with large digits."""
_NAMES = 14
"""Cells of a name and its value (``db-1:9104 97 %``): two arcs that have no room for them give way to two bars."""
_THICKEST = 3
"""Rows of a bar at most."""
_OVER = 2
"""Rows for each bar from which its name can stand above it."""
_RINGS = {1: ((1.0, 0.78),), 2: ((1.0, 0.83), (0.77, 0.6))}
"""Outer and inner share of the radius, for one value and for two."""


@dataclass(frozen=True, slots=True)
class GaugeValue:
    """``text`` is the formatted value with its unit behind a blank; ``value`` is None when there is none."""

    name: str
    value: float | None
    text: str

    @property
    def parts(self) -> tuple[str, str]:
        """The number drawn large and the unit beside it; ``2m 10s`` has no unit to part with."""
        whole = clean(self.text)
        number, _, unit = whole.partition(" ")
        return (whole, "") if any(char.isdigit() for char in unit) else (number, unit)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What every part of a gauge needs to know."""

    low: float
    high: float
    thresholds: tuple[Threshold, ...]
    palette: Palette
    charset: Charset
    unit: str
    decimals: int | None

    def share(self, value: float | None) -> float:
        """Where a value lies, 0-1; nothing for no value."""
        if value is None or math.isnan(value):
            return 0.0
        value = min(max(value, self.low), self.high)
        return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def colour(self, value: float | None, index: int) -> str:
        """The severity's colour in trouble, else a series' own."""
        severity = severity_of(value, self.thresholds)
        if severity is not Severity.OK:
            return self.palette.severity(severity)
        return self.palette.series[index % len(self.palette.series)]

    def ink(self, value: float | None) -> Ink:
        """How the number is written: tinted in trouble, else as text."""
        severity = severity_of(value, self.thresholds)
        tint = self.palette.text if severity is Severity.OK else self.palette.severity(severity)
        return Ink(fg=self.palette.muted if value is None else tint, bold=True)

    def marks(self) -> list[tuple[float, str]]:
        """Thresholds strictly between the ends, the gravest last."""
        inside = [item for item in self.thresholds if self.low < item.value < self.high]
        inside.sort(key=lambda item: item.severity.rank)
        return [(self.share(item.value), self.palette.severity(item.severity)) for item in inside]

    def text(self, value: float) -> str:
        return limit_text(value, self.unit, self.decimals)


def draw_gauge(
    values: Sequence[GaugeValue],
    low: float,
    high: float,
    thresholds: Sequence[Threshold],
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    style: Literal["auto", "arc", "bar"] = "auto",
    unit: str = "short",
    decimals: int | None = None,
) -> Canvas:
    """An arc from 5 rows and 18 columns on, else a bar. ``unit`` and ``decimals`` format the ends of the scale."""
    canvas = Canvas(width, height)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        low, high = (low, low + 1.0) if math.isfinite(low) and low + 1.0 > low else (0.0, 1.0)
    scale = _Scale(low, high, tuple(thresholds), palette, charset, unit, decimals)
    if style != "bar" and _has_arc(canvas, len(values), digits=style == "auto"):
        arc = Canvas(canvas.width, min(canvas.height, -(-canvas.width // 4) + 1))
        _draw_arcs(arc, values, scale)
        canvas.blit(0, (canvas.height - arc.height) // 2, arc)
    elif len(values) == 1:
        _draw_one_bar(canvas, values[0], scale)
    else:
        _draw_bars(canvas, values, scale)
    return spell(canvas, charset)


def _has_arc(canvas: Canvas, count: int, *, digits: bool) -> bool:
    """Whether the canvas has room for an arc, if asked with large digits inside. It depends on the size alone."""
    if count not in _RINGS or canvas.width < ARC_FROM[0] or canvas.height < ARC_FROM[1]:
        return False
    if not digits:
        return True
    return _floor(_radius(canvas, count), 3) >= _DIGITS if count == 1 else _floor(_radius(canvas, count), 2) >= _NAMES


def _radius(canvas: Canvas, count: int) -> float:
    """Columns of the hollow's radius inside so many rings."""
    return min(canvas.width, (canvas.height - 1) * 4) / 2 * _RINGS[count][-1][1]


def _floor(radius: float, rows: int) -> float:
    """Columns free under a half circle at the upper edge of ``rows`` rows of digits (a row is two columns high)."""
    return math.sqrt(max(0.0, radius**2 - (rows * 2 - 1) ** 2)) * 2 - 1


def _draw_arcs(canvas: Canvas, values: Sequence[GaugeValue], scale: _Scale) -> None:
    rows = canvas.height - 1
    wide = min(canvas.width, rows * 4)
    left = (canvas.width - wide) // 2
    half = 0.5 / (wide * 2)

    def mark(first: float, last: float) -> str | None:
        found = [colour for at, colour in scale.marks() if first - half <= at <= last + half]
        return found[-1] if found else None

    for index, (value, ring) in enumerate(zip(values, _RINGS[len(values)], strict=True)):
        colour = scale.colour(value.value, index)
        ring_cells = arc_cells(wide, rows, *ring)
        draw_arc(
            canvas, left, 0, ring_cells, scale.share(value.value), colour, scale.palette.faint, scale.charset, mark
        )
    _draw_ends(canvas, left, wide, scale)
    if len(values) == 1:
        _draw_inside(canvas, values[0], left, wide, scale)
        return
    hollow = _RINGS[len(values)][-1][1]
    top = max(0, rows - len(values))
    for index, value in enumerate(values):
        text = truncate(f"{clean(value.name)} {clean(value.text)}", int(wide * hollow) - 2, "middle")
        x = left + (wide - cells(text)) // 2
        canvas.put(x, top + index, text, Ink(fg=scale.colour(value.value, index), bold=True))


def _draw_inside(canvas: Canvas, value: GaugeValue, left: int, wide: int, scale: _Scale) -> None:
    """The number on the arc's floor, as large as fits between its feet; the unit below it."""
    number, suffix = value.parts
    middle, rows, radius = left + wide / 2, canvas.height - 1, _radius(canvas, 1)
    for size in HEIGHTS:
        digits = draw_digits(number, "", scale.ink(value.value), scale.charset, height=size)
        if digits and digits.width <= _floor(radius, size) and digits.height < rows:
            canvas.blit(round(middle - digits.width / 2), rows - digits.height, digits)
            break
    else:
        text = truncate(number, max(0, int(radius * 2) - 2))
        canvas.put(round(middle - cells(text) / 2), rows - 1, text, scale.ink(value.value))
    ends = max(cells(scale.text(scale.low)), cells(scale.text(scale.high))) + 1
    suffix = truncate(suffix, max(0, wide - 2 * ends))
    canvas.put(round(middle - cells(suffix) / 2), rows, suffix, Ink(fg=scale.palette.muted))


def _draw_ends(canvas: Canvas, left: int, wide: int, scale: _Scale) -> None:
    """Both ends of the scale in the last row, under the bar's or arc's own ends; only if both fit."""
    low, high = scale.text(scale.low), scale.text(scale.high)
    if cells(low) + cells(high) + 1 <= wide:
        ink = Ink(fg=scale.palette.muted)
        canvas.put(left, canvas.height - 1, low, ink)
        canvas.put(left + wide - cells(high), canvas.height - 1, high, ink)


def _draw_one_bar(canvas: Canvas, value: GaugeValue, scale: _Scale) -> None:
    """From one row (bar and value) over two (value above) to six (large digits, bar, ends of the scale)."""
    ink, text = scale.ink(value.value), truncate(clean(value.text), canvas.width)
    if canvas.height <= 1:
        _draw_bars(canvas, [GaugeValue("", value.value, value.text)], scale)
        return
    ends = 1 if canvas.height >= 3 else 0
    number, suffix = value.parts
    muted = Ink(fg=scale.palette.muted)
    digits = None
    bar_row = canvas.height - 1 - ends
    if canvas.height >= 5:
        room = max(3, bar_row - 2)
        digits = tallest_digits(number, suffix, ink, scale.charset, width=canvas.width, height=room, suffix_ink=muted)
    if digits:
        canvas.blit((canvas.width - digits.width) // 2, max(0, (bar_row - digits.height) // 2), digits)
    else:
        canvas.put((canvas.width - cells(text)) // 2, max(0, bar_row - 1), text, ink)
    _meter(canvas, 0, bar_row, canvas.width, value, 0, scale)
    if ends:
        _draw_ends(canvas, 0, canvas.width, scale)
        _draw_mark_names(canvas, 0, canvas.width, scale)


def _draw_bars(canvas: Canvas, values: Sequence[GaugeValue], scale: _Scale) -> None:
    """A bar per value with its name before and its value behind it, up to three rows thick and apart where there is
    room; the ends of the scale below when a row is left."""
    named = max((cells(clean(value.name)) for value in values), default=0)
    names = min(named, canvas.width // 3)
    if names < named and (canvas.height - 1) // max(1, len(values)) >= _OVER:
        _draw_named_bars(canvas, values, scale)
        return
    left = names + 1 if names else 0
    thick, stride, top = _bar_rows(len(values), canvas.height)
    drawn = _large_values(values, canvas.width - left, scale) if thick == _THICKEST else []
    texts = max([large.width for large in drawn] or [cells(clean(value.text)) for value in values], default=0)
    length = canvas.width - left - (texts + 1 if texts else 0) - (1 if drawn else 0)
    for index, (y, value) in enumerate(zip(range(top, canvas.height, stride), values, strict=False)):
        middle = y + (thick - 1) // 2
        canvas.put(0, middle, truncate(clean(value.name), names, "middle"), Ink(fg=scale.palette.muted))
        for row in range(y, y + thick):
            _meter(canvas, left, row, length, value, index, scale)
        if drawn:
            canvas.blit(canvas.width - drawn[index].width, y, drawn[index])
        else:
            text = truncate(clean(value.text), canvas.width)
            canvas.put(canvas.width - cells(text), middle, text, scale.ink(value.value))
    _draw_scale(canvas, left, top + stride * (len(values) - 1) + thick, length if values else 0, scale)


def _draw_named_bars(canvas: Canvas, values: Sequence[GaugeValue], scale: _Scale) -> None:
    """Names that are cut beside their bars, and may be alike then, stand above them; bars have the whole width."""
    slot = (canvas.height - 1) // len(values)
    thick = max(1, min(_THICKEST, slot - 2))
    stride = thick + (2 if slot > _OVER else 1)
    for index, value in enumerate(values):
        y = index * stride
        text = truncate(clean(value.text), canvas.width)
        name = truncate(clean(value.name), max(0, canvas.width - cells(text) - 1), "middle")
        canvas.put(0, y, name, Ink(fg=scale.palette.muted))
        canvas.put(canvas.width - cells(text), y, text, scale.ink(value.value))
        for row in range(y + 1, y + 1 + thick):
            _meter(canvas, 0, row, canvas.width, value, index, scale)
    _draw_scale(canvas, 0, (len(values) - 1) * stride + 1 + thick, canvas.width, scale)


def _draw_scale(canvas: Canvas, left: int, y: int, length: int, scale: _Scale) -> None:
    """The ends of the scale and the thresholds' values under bars, where there is a row."""
    if y < canvas.height and length > 0:
        strip = Canvas(length, 1)
        _draw_ends(strip, 0, length, scale)
        _draw_mark_names(strip, 0, length, scale)
        canvas.blit(left, y, strip)


def _bar_rows(count: int, height: int) -> tuple[int, int, int]:
    """Rows of a bar, rows from one to the next, and the row of the first, for so many bars and the ends of the scale."""
    thick = min(_THICKEST, (height - 1 - (count - 1)) // max(1, count))
    if thick < 1:
        return 1, 1, 0
    used = count * thick + count - 1 + 1
    return thick, thick + 1, 1 if thick > 1 and used < height else 0


def _large_values(values: Sequence[GaugeValue], width: int, scale: _Scale) -> list[Canvas]:
    """Every value in digits as high as a thick bar; none where bars would be shorter than the digits are wide."""
    muted, found = Ink(fg=scale.palette.muted), []
    suffixes = max((cells(value.parts[1]) for value in values), default=0)
    for value in values:
        number, suffix = value.parts
        digits = draw_digits(
            number,
            fit(suffix, suffixes),
            scale.ink(value.value),
            scale.charset,
            width=width // 2,
            suffix_ink=muted,
        )
        if digits is None:
            return []
        found.append(digits)
    return found


def _meter(canvas: Canvas, x: int, y: int, length: int, value: GaugeValue, index: int, scale: _Scale) -> None:
    if length < 3:
        return
    reach = (0.0, scale.share(value.value))
    colour = scale.colour(value.value, index)
    ground, track = scale.palette.surface, scale.palette.faint
    draw_meter(canvas, x, y, length, reach, colour, ground, scale.charset, track=track, marks=scale.marks())


def _draw_mark_names(canvas: Canvas, left: int, wide: int, scale: _Scale) -> None:
    """The thresholds' values under their marks, where they touch neither the ends nor each other."""
    row = canvas.chars[canvas.height - 1]
    for threshold in sorted(scale.thresholds, key=lambda item: -item.severity.rank):
        if not scale.low < threshold.value < scale.high:
            continue
        text = scale.text(threshold.value)
        x = left + int(scale.share(threshold.value) * wide) - cells(text) // 2
        if x > 0 and x + cells(text) < left + wide and all(char == " " for char in row[x - 1 : x + cells(text) + 1]):
            canvas.put(x, canvas.height - 1, text, Ink(fg=scale.palette.severity(threshold.severity)))
