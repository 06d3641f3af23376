"""status-grid: a mark per service, with its state in a word (specification 5.4, critical services)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

from noc.charts.canvas import Canvas
from noc.charts.marks import Grid, Mark, draw_marks, grid_of
from noc.config.statepanels import StatusGridSpec
from noc.model.checks import CheckState
from noc.model.results import State
from noc.model.severity import Severity, worst
from noc.model.text import clean
from noc.model.units import format_value
from noc.ui.panels.data import PanelData, Reading, mapped, readings

GOOD = frozenset({"up", "ok", "healthy", "true", "1", "pass", "passing", "available", "operational", "connected"})
"""Words of a health check's body that are good, in any case; every other is critical."""
_LEVELS = tuple(Severity)
_LATE = 2.5
"""Intervals after which a check's answer is old."""


def services(data: PanelData) -> tuple[tuple[str, str], ...] | None:
    """Services and states as this wall's own health check found them; None where the query stands."""
    found = _check(data)
    return found.last.services or None if found is not None and found.last is not None else None


def marks_of(data: PanelData) -> list[Mark]:
    """A mark per service of the check, else per series; a question that found nothing is a mark as well."""
    spec = data.spec
    assert isinstance(spec, StatusGridSpec)
    checked = services(data)
    if checked is not None:
        found = [_checked(name, word, data) for name, word in checked]
    else:
        found = [_read(reading, data) for reading in readings(data)] + _missing(data)
    if spec.sort == "label":
        return sorted(found, key=lambda mark: (mark.name.casefold(), mark.key))
    return sorted(found, key=lambda mark: -mark.rank) if spec.sort == "severity" else found


def severity_of_grid(data: PanelData) -> Severity:
    """The worst mark's; what is missing is as bad as what is known to be HIGH."""
    return worst([_LEVELS[mark.rank] for mark in marks_of(data)])


def state_of_grid(data: PanelData) -> State | None:
    """Where this wall's own check names the services its age counts, not the query's; None: as everywhere."""
    checked = _check(data)
    if checked is None or checked.last is None or not checked.last.services:
        return None
    return State.STALE if data.now - checked.last.at > _LATE * checked.interval else State.FRESH


def _check(data: PanelData) -> CheckState | None:
    """The health check the spec names, on a wall that probes."""
    spec = data.spec
    assert isinstance(spec, StatusGridSpec)
    return next((one for one in data.checks or () if one.name == spec.check), None)


def _mark(key: str, name: str, word: str, level: Severity, data: PanelData) -> Mark:
    return Mark(key, name, word, level.glyph, data.look.palette.severity(level), level.rank)


def _checked(name: str, word: str, data: PanelData) -> Mark:
    level = Severity.OK if word.strip().casefold() in GOOD else Severity.CRITICAL
    return _mark(f"service:{name}", clean(name, 60), clean(word, 40) or "no state", level, data)


def _read(reading: Reading, data: PanelData) -> Mark:
    """The state is what a mapping says, else what thresholds say, else there is none and the value stands alone.

    A value that must not rise is shown where it is in order as well: 0 deadlocks say more than ok. One that must not
    fall is not: what is up would read as a count of one.
    """
    key = "grid:" + json.dumps([reading.index, *reading.series.labels])
    name, value = reading.name or data.title, reading.value
    words = mapped(data, value)
    if words is None and (value is None or math.isnan(value)):
        return _unknown(key, name, "no value", data)
    text = words[0] if words else format_value(value, data.unit_of(reading.index), data.decimals_of(reading.index))
    if words and words[1] is not None:
        return _mark(key, name, text, words[1], data)
    thresholds = data.thresholds_of(reading.index)
    if thresholds:
        level = reading.severity
        floor = any(one.below for one in thresholds)
        calm = words is None and level is Severity.OK and floor and data.unit_of(reading.index) == "short"
        mark = _mark(key, name, Severity.OK.word if calm else text, level, data)
        return mark if words else replace(mark, counted=level.word)
    return Mark(key, name, text, "·", data.look.palette.muted, judged=False)


def _unknown(key: str, name: str, word: str, data: PanelData) -> Mark:
    """Nothing is known: that is not ok."""
    return replace(_mark(key, name, word, Severity.HIGH, data), glyph="?")


def _missing(data: PanelData) -> list[Mark]:
    """Questions of several that found nothing, under their title: a service that does not answer is not ok."""
    asked = data.role("main")
    if len(asked) < 2:
        return []
    out = []
    for one in asked:
        if not one.result.series and one.result.good_at is not None:
            legend = one.planned.legend or ""
            name = one.planned.title or (legend if "{{" not in legend else "") or f"query {one.planned.index + 1}"
            out.append(_unknown(f"grid:missing {one.planned.index}", clean(name, 60), "missing", data))
    return out


def _more(data: PanelData) -> int:
    """Marks that are not even here: services the body named beyond those that are kept, else series."""
    found = _check(data)
    return found.last.more_services if found is not None and found.last and services(data) else data.dropped


def _grid(found: list[Mark], data: PanelData, columns: int, rows: int) -> Grid:
    return grid_of(found, columns, rows, data.chosen, _more(data), data.look.charset)


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the marks in the order in which they stand."""
    found = marks_of(data)
    if not _grid(found, data, columns, rows).left:
        return [mark.key for mark in found]
    return [mark.key for mark in sorted(found, key=lambda mark: -mark.rank)]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the first mark at a line of the body."""
    found = marks_of(data)
    at = _grid(found, data, columns, rows).at(y)
    return None if at is None else found[at].key


def labels(data: PanelData, key: str) -> Mapping[str, str]:
    """The labels behind a mark; of a health check's service its name."""
    if key.startswith("service:"):
        return {"service": key.removeprefix("service:")}
    for reading in readings(data):
        if "grid:" + json.dumps([reading.index, *reading.series.labels]) == key:
            return {name: value for name, value in reading.series.labels if name != "__name__"}
    return {}


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    return draw_marks(
        marks_of(data),
        columns,
        rows,
        data.look.palette,
        data.look.charset,
        chosen=data.chosen,
        more=_more(data),
    )
