"""stat: the number first, then what it was, then how it got there."""

from __future__ import annotations

import math

from noc.charts.canvas import Canvas, Ink
from noc.config.panels import StatSpec
from noc.model.severity import Severity
from noc.model.timerange import format_duration
from noc.model.units import format_delta
from noc.ui.panels.data import PanelData, mapped, readings, severity
from noc.ui.panels.number import beside_or_beneath, draw_course, draw_number, draw_state, judged_number, reduced_of


def reduced(data: PanelData, role: str = "main") -> float | None:
    """The one number out of the role's current values."""
    spec = data.spec
    assert isinstance(spec, StatSpec)
    return reduced_of([reading.value for reading in readings(data, role)], spec.reduce)


def severity_of_stat(data: PanelData) -> Severity:
    """Of a number made of several series its own."""
    spec = data.spec
    assert isinstance(spec, StatSpec)
    return severity(data) if spec.reduce == "last" else judged_number(data, reduced(data))


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Digits (or a state's letters) as tall as the room allows, the change beside or beneath, the trend at the foot."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, StatSpec)
    value, canvas = reduced(data), Canvas(columns, rows)
    level = severity_of_stat(data)
    words = mapped(data, value)
    if words:
        own = words[1] or (level if level is not Severity.OK else None)
        colour = palette.severity(own) if own else palette.text
        used, right = draw_state(canvas, data, own.glyph if own else "", words[0], Ink(fg=colour, bold=True))
    else:
        ink = Ink(fg=palette.text if level is Severity.OK else palette.severity(level), bold=True)
        used, right = draw_number(canvas, data, value, ink)
    used = beside_or_beneath(canvas, _delta(data, value), used, right, Ink(fg=palette.muted))
    if spec.spark:
        draw_course(canvas, data, used)
    return canvas


def _delta(data: PanelData, value: float | None) -> list[str]:
    """The change against one range earlier, in words and shorter; nothing where it is not known."""
    asked = data.role("delta")
    before = reduced(data, "delta") if asked else None
    if value is None or before is None or math.isnan(before) or math.isnan(value):
        return []
    when = f"{format_duration(asked[0].planned.query.shift)} ago"
    now, then = mapped(data, value), mapped(data, before)
    if now is not None and then is not None:  # a state has no percentage
        return [f"{then[0]} {when}"] if then[0] != now[0] else []
    change = format_delta(value, before, data.unit)
    return [f"{change} vs {when}", change]
