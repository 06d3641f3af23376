"""bar: values side by side, ranked; those in groups are in ``grouped``."""

from __future__ import annotations

import math

from noc.charts.bars import Bar, draw_bars
from noc.charts.canvas import Canvas
from noc.config.panels import BarSpec
from noc.model.severity import Severity, worst
from noc.model.text import clean
from noc.model.thresholds import severity_of
from noc.model.units import format_value
from noc.ui.panels import grouped
from noc.ui.panels.data import PanelData, Reading, mapped, readings, series_colour
from noc.ui.panels.data import severity as judged


def ranked(data: PanelData) -> list[Reading]:
    """The series in the order of the spec; NaN sinks to the end."""
    spec = data.spec
    assert isinstance(spec, BarSpec)
    found = readings(data)
    if spec.sort == "value":
        return sorted(found, key=lambda one: (_blank(one.value), -(one.value or 0.0), one.name))
    if spec.sort == "label":
        return sorted(found, key=lambda one: one.name)
    return found


def _blank(value: float | None) -> bool:
    return value is None or math.isnan(value)


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Bars in groups by their query; where every query has one bar, the query's title is its name, not its heading."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, BarSpec)
    if spec.mode != "plain":
        return grouped.draw(data, columns, rows)
    found = ranked(data)
    shown = [reading.index for reading in found[: spec.top]]
    several = len(set(shown)) > 1
    alone = several and len(set(shown)) == len(shown)
    bars = []
    for reading in found[: spec.top]:
        words = mapped(data, reading.value)
        text = (
            words[0]
            if words
            else format_value(reading.value, data.unit_of(reading.index), data.decimals_of(reading.index))
        )
        level = words[1] if words and words[1] else reading.severity
        colour = palette.severity(level) if level is not Severity.OK else series_colour(data, 0, reading.index)
        asked = spec.queries[reading.index] if several and reading.index < len(spec.queries) else None
        title = clean(asked.title, 60) if asked else ""
        name = title if alone and asked and title and not asked.legend else reading.name
        value = math.nan if reading.value is None else reading.value
        bars.append(Bar(name, value, text, colour, "" if alone else title))
    return draw_bars(
        bars,
        columns,
        rows,
        palette,
        data.look.charset,
        direction=spec.direction,
        low=spec.min,
        high=spec.max,
        thresholds=data.thresholds,
        more=len(found) - len(bars) + data.dropped,
    )


def severity(data: PanelData) -> Severity:
    """Of a stack the worst total, as its words are coloured; else the worst value."""
    spec = data.spec
    assert isinstance(spec, BarSpec)
    if spec.mode != "stacked":
        return judged(data)
    cells, _ = grouped.gathered(data)
    return worst([severity_of(grouped.total(row.values()), data.thresholds) for row in cells.values()])
