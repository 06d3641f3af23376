"""state-timeline: what each series was, when, and what it is now: mappings say what a value is called, thresholds how bad
it is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from noc.charts.canvas import Canvas
from noc.charts.states import (
    Stretch,
    Strip,
    Timeline,
    draw_states,
    joined_stretches,
    offset_of,
    shown_of,
    spacing_of,
)
from noc.config.statepanels import StateTimelineSpec
from noc.model.colour import blend
from noc.model.severity import Severity, worst
from noc.model.thresholds import severity_of
from noc.model.units import format_value
from noc.ui.panels.data import PanelData, Reading, mapped, readings

CALM = 0.7
"""Share of its colour that a good state has: a wall where all is well is quiet."""
_CURRENT = 1.5
"""Steps after its last point for which a state still is the current one."""


@dataclass(frozen=True, slots=True)
class _Course:
    """A strip with what it is ranked by."""

    strip: Strip
    rank: int
    bad: float
    """Seconds in a state that is not good."""


def strips_of(data: PanelData) -> list[Strip]:
    """All series' strips: the most severe first, then those that were bad for longest, then by name."""
    colours: dict[str, str] = {}
    courses = [_course(reading, data, colours) for reading in readings(data)]
    return [one.strip for one in sorted(courses, key=lambda one: (-one.rank, -one.bad, one.strip.name))]


def _course(reading: Reading, data: PanelData, colours: dict[str, str]) -> _Course:
    spec = data.spec
    assert isinstance(spec, StateTimelineSpec)
    step = _step(data, reading.index)
    found = []
    for at, value in zip(reading.series.times, reading.series.values, strict=True):
        if at < data.start or at - step > data.end or (math.isnan(value) and mapped(data, value) is None):
            continue
        begin, end = max(at - step, data.start), min(at, data.end)
        found.append(_stretch(begin, end, value, reading.index, data, colours))
    stretches = joined_stretches(found, 0.5 * step) if spec.merge else tuple(found)
    bad = sum(one.end - one.start for one in stretches if one.rank)
    rank = max((one.rank for one in stretches), default=0)
    note, colour = _note(stretches, data, reading.index)
    return _Course(Strip(key_of(reading), reading.name or data.title, stretches, note, colour), rank, bad)


def _step(data: PanelData, index: int) -> float:
    steps = [asked.planned.query.step for asked in data.role("main") if asked.planned.index == index]
    return max(steps, default=0.0) or 60.0


def _stretch(start: float, end: float, value: float, index: int, data: PanelData, colours: dict[str, str]) -> Stretch:
    """A value's state: a mapping's, else a threshold's, else a colour for each value there is."""
    palette, words = data.look.palette, mapped(data, value)
    levels = data.thresholds_of(index)
    text = words[0] if words else format_value(value, data.unit_of(index), data.decimals_of(index))
    level = words[1] if words and words[1] is not None else severity_of(value, levels) if levels else None
    if level is None:
        colour = colours.setdefault(text, palette.series[len(colours) % len(palette.series)])
        return Stretch(start, end, text, colour)
    if level is Severity.OK:
        word = text if words else Severity.OK.word
        return Stretch(start, end, word, blend(palette.ok, palette.surface, CALM), calm=True)
    return Stretch(start, end, text if words else level.word, palette.severity(level), level.rank)


def _answered(data: PanelData, index: int) -> float:
    """The moment up to which a query was answered: what was not asked since has not ended since."""
    good = [asked.result.good_at for asked in data.role("main") if asked.planned.index == index]
    return min([data.end, *(at for at in good if at is not None)])


def severity(data: PanelData) -> Severity:
    """The worst current state: a series that ended says nothing of now."""
    found = []
    for reading in readings(data):
        times, index = reading.series.times, reading.index
        if times and _answered(data, index) <= times[-1] + _CURRENT * _step(data, index):
            words = mapped(data, reading.value)
            found.append(words[1] if words and words[1] else reading.severity)
    return worst(found)


def _note(stretches: tuple[Stretch, ...], data: PanelData, index: int) -> tuple[str, str]:
    """The state at the cursor, else the current one; a series that ended says nothing of now."""
    palette = data.look.palette
    at = _answered(data, index) if data.cursor is None else data.cursor
    slack = _CURRENT * _step(data, index) if data.cursor is None else 0.0
    here = [one for one in stretches if one.start - 1e-6 <= at <= one.end + slack]
    if not here:
        return "no value", palette.muted
    level = tuple(Severity)[here[-1].rank]
    if level is Severity.OK:
        return here[-1].word, palette.text
    return f"{level.glyph} {here[-1].word}", palette.severity(level)


def key_of(reading: Reading) -> str:
    """What a cursor holds: the same series has the same key."""
    return "state:" + json.dumps([reading.index, *reading.series.labels])


def _top(data: PanelData) -> tuple[list[Strip], int]:
    """The strips of the spec's top, and how many are left out before any is drawn."""
    spec = data.spec
    assert isinstance(spec, StateTimelineSpec)
    found = strips_of(data)
    return found[: spec.top], max(0, len(found) - spec.top) + data.dropped


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the strips, top to bottom."""
    return [one.key for one in _top(data)[0]]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the strip drawn at a line of the body."""
    found, more = _top(data)
    place = y // spacing_of(len(found), rows, more)
    at = place + offset_of(found, rows, data.chosen, more)
    drawn = 0 <= place < shown_of(len(found), rows, more) and at < len(found)
    return found[at].key if drawn else None


def labels(data: PanelData, key: str) -> Mapping[str, str]:
    """The labels of a strip's series."""
    found = next((reading for reading in readings(data) if key_of(reading) == key), None)
    return {name: value for name, value in found.series.labels if name != "__name__"} if found else {}


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    found, more = _top(data)
    step = max((asked.planned.query.step for asked in data.role("main")), default=60.0)
    time = Timeline(data.start, data.end, data.look.tz, step, data.cursor, data.chosen, more, data.markers)
    return draw_states(found, time, columns, rows, data.look.palette, data.look.charset)
