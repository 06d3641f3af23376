"""counter: a total, large, its change against a day or a week earlier, and its course (specification 5.1 and 5.3)."""

from __future__ import annotations

import math
from dataclasses import replace

from noc.charts.canvas import Canvas, Ink
from noc.config.sharepanels import CounterSpec
from noc.model.results import State
from noc.model.series import Series
from noc.model.severity import Severity
from noc.model.timerange import format_duration
from noc.model.units import format_delta, format_value
from noc.ui.panels.data import PanelData, mapped, readings
from noc.ui.panels.number import beside_or_beneath, draw_course, draw_number, draw_state, judged_number, reduced_of


def total(data: PanelData, role: str = "main") -> float | None:
    """The one number: the sum of all series, their number, or the first one's value."""
    spec = data.spec
    assert isinstance(spec, CounterSpec)
    return reduced_of([reading.value for reading in readings(data, role)], spec.reduce)


def severity(data: PanelData) -> Severity:
    """The total's, not that of each series it is made of."""
    return judged_number(data, total(data))


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Digits as tall as the room allows, the change beside or beneath, the course at the foot."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, CounterSpec)
    value, canvas, level = total(data), Canvas(columns, rows), severity(data)
    words = mapped(data, value)
    own = (words[1] if words else None) or (level if level is not Severity.OK else None)
    ink = Ink(fg=palette.severity(own) if own else palette.text, bold=True)
    if words:
        used, right = draw_state(canvas, data, own.glyph if own else "", words[0], ink)
    else:
        used, right = draw_number(canvas, data, value, ink)
    used = beside_or_beneath(canvas, changes(data, value), used, right, Ink(fg=palette.muted))
    if spec.spark:
        draw_course(canvas, summed(data), used)
    return canvas


def summed(data: PanelData) -> PanelData:
    """The data with one course: that of the total, as the number is made of its series."""
    spec, trends = data.spec, data.role("trend")
    assert isinstance(spec, CounterSpec)
    series = [one for asked in trends for one in asked.result.series]
    if spec.reduce == "last" or (spec.reduce == "sum" and len(series) < 2) or not trends:
        return data
    points: dict[float, float] = {}
    for one in series:
        for at, value in zip(one.times, one.values, strict=True):
            if not math.isnan(value):
                points[at] = points.get(at, 0.0) + (value if spec.reduce == "sum" else 1.0)
    course = replace(trends[0].result, series=(Series.of({}, sorted(points.items())),))
    others = tuple(asked for asked in data.asked if asked not in trends)
    return replace(data, asked=(*others, replace(trends[0], result=course)))


def changes(data: PanelData, value: float | None) -> list[str]:
    """What became of the total since, the longest words first; a change is neither good nor bad. A total that lacks
    series says so instead, and one that is held against what is old would lie."""
    spec = data.spec
    assert isinstance(spec, CounterSpec)
    if data.dropped:
        return [f"+{data.dropped} more series, not counted", f"+{data.dropped} not counted", f"+{data.dropped}"]
    asked = data.role("delta")
    if spec.earlier is None or not asked or value is None or not math.isfinite(value):
        return []
    when = spec.compare if isinstance(spec.compare, str) else f"{format_duration(spec.compare)} ago"
    old = any(one.result.state(data.now) in (State.STALE, State.ERROR) for one in asked)
    before = None if old else total(data, "delta")
    if before is None or not math.isfinite(before):
        known = all(one.result.good_at is not None for one in asked)
        return [f"nothing known of {when}"] if known else []
    change, was = format_delta(value, before, data.unit), format_value(before, data.unit, spec.decimals)
    moved = value - before
    sign = "+" if moved > 0 else "-"
    amount = f"{sign}{format_value(abs(moved), data.unit, spec.decimals)}" if moved and math.isfinite(moved) else ""
    against = f"vs {when}"
    full = f"{change}  {amount}  {against}, {was}" if amount else f"{change}  {against}, {was}"
    return [full, f"{change} {against}, {was}", f"{change} {against}", change]
