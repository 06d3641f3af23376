"""alert-history: when each alert fired, one strip each over the range; how often, and for how long in all."""

from __future__ import annotations

from dataclasses import dataclass

from noc.charts.canvas import Canvas, Ink
from noc.charts.markers import Field, draw_markers, unlabelled
from noc.charts.timeaxis import tick_column, time_ticks
from noc.config.alertpanels import AlertHistorySpec
from noc.model.alerts import severity_label
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate, width
from noc.model.units import format_age
from noc.ui.panels.data import PanelData, readings

NAMES = 34
TOTAL = 14


@dataclass(frozen=True, slots=True)
class Strip:
    """One alert's firings. ``cells``: whether it fired in each column; ``seconds`` in all, ``times`` it began."""

    name: str
    severity: Severity
    cells: tuple[bool, ...]
    seconds: float
    times: int


Firings = dict[tuple[str, Severity], list[tuple[float, float]]]
"""Spans in unix seconds by an alert's name and severity."""


def firings(data: PanelData) -> Firings:
    """Prometheus's record, and what the wall sees itself."""
    step = _step(data)
    spans: Firings = {}
    for reading in readings(data):
        key = (reading.name, severity_label(reading.series.label("severity")))
        found = zip(reading.series.times, reading.series.values, strict=True)
        spans.setdefault(key, []).extend((at - step, at) for at, value in found if value > 0)
    for entry in data.fired:
        key = (clean(entry.alert.name, 120), entry.severity)
        spans.setdefault(key, []).append((entry.alert.starts_at, entry.resolved_at or data.now))
    return spans


def _step(data: PanelData) -> float:
    return next((asked.planned.query.step for asked in data.role("main")), 60.0)


def strips(data: PanelData, found: Firings, columns: int) -> list[Strip]:
    """A strip for each alert that fired within the window, the longest first."""
    step = _step(data)
    out = [_strip(name, level, spans, data, columns, step) for (name, level), spans in found.items()]
    return sorted((one for one in out if one.times), key=lambda one: (-one.seconds, one.name))


def _strip(
    name: str, level: Severity, spans: list[tuple[float, float]], data: PanelData, columns: int, step: float
) -> Strip:
    """The spans joined where they meet, and drawn: a column in which it fired at all is filled."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted((max(start, data.start), min(end, data.end)) for start, end in spans):
        if end < start:
            continue
        if joined and start <= joined[-1][1] + step * 0.5:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    cells = [False] * max(1, columns)
    span = max(1.0, data.end - data.start)
    for start, end in joined:
        first = min(columns - 1, int((start - data.start) / span * columns))
        last = max(first + 1, min(columns, int((end - data.start) / span * columns + 0.5)))
        cells[first:last] = [True] * (last - first)
    return Strip(name, level, tuple(cells), sum(end - start for start, end in joined), len(joined))


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Names at the left, strips, totals at the right where there is room, the time beneath."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, AlertHistorySpec)
    canvas = Canvas(columns, rows)
    totals = TOTAL if columns >= 70 else 0
    fired = firings(data)
    longest = max((width(name) for name, _ in fired), default=0)
    names = min(NAMES, max(12, columns * 2 // 5), max(12, longest + 2))
    wide = max(4, columns - names - 1 - (totals + 1 if totals else 0))
    everything = strips(data, fired, wide)
    found = everything[: spec.top]
    room = rows - 1
    shown = found[: room if len(everything) <= room else max(1, room - 1)]
    for y, one in enumerate(shown):
        level = palette.muted if one.severity is Severity.OK else palette.severity(one.severity)
        mark = one.severity.glyph if one.severity is not Severity.OK else "·"
        canvas.put(0, y, mark, Ink(level))
        canvas.put(2, y, truncate(clean(one.name, 120), names - 2), Ink(palette.text))
        for x, on in enumerate(one.cells):
            canvas.put(names + 1 + x, y, "█" if on else "·", Ink(level if on else palette.faint))
        if totals:
            text = f"{format_age(one.seconds)}  {one.times}x"
            canvas.put(columns - totals, y, fit(text, totals, "right"), Ink(palette.muted))
    left = len(everything) - len(shown)
    if left and len(shown) < room:
        canvas.put(2, len(shown), f"+{left} more", Ink(palette.muted))
    field = Field(names + 1, wide, len(shown), data.start, data.end, rows - 1, free=" ·")
    taken = draw_markers(canvas, field, data.markers, palette, data.look.charset)
    _axis(canvas, data, names + 1, wide, rows - 1, taken)
    return canvas


def _axis(canvas: Canvas, data: PanelData, x: int, wide: int, y: int, taken: frozenset[int]) -> None:
    ticks = [
        (x + tick_column(time, data.start, data.end, wide) - width(text) // 2, text)
        for time, text in time_ticks(data.start, data.end, wide, data.look.tz)
    ]
    for at, text in unlabelled(ticks, taken):
        canvas.put(at, y, text, Ink(data.look.palette.muted))
