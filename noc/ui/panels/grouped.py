"""Bars in groups: which series are one group, and which parts every group has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from noc.charts.canvas import Canvas
from noc.charts.groups import Group, Part, draw_groups
from noc.config.panels import BarSpec
from noc.model.text import clean
from noc.model.units import format_value
from noc.ui.panels.data import PanelData, Reading, mapped, names, readings, series_colour

PARTS = 8
"""Parts that are told apart, as many as there are series colours; those with the most."""

Cells = dict[str, dict[str, float]]
"""Values by group and part."""


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """The groups of a bar panel whose mode is ``grouped`` or ``stacked``."""
    spec = data.spec
    assert isinstance(spec, BarSpec) and spec.mode != "plain"
    cells, parts = gathered(data)
    kept = kept_parts(cells, list(parts))
    named = [Part(name, series_colour(data, position, parts[name])) for position, name in enumerate(kept)]
    over = len(parts) - len(kept)
    if over and spec.mode == "stacked":  # a stack is as long as its total
        cells, rest = with_rest(cells, kept, f"{over} others")
        kept, parts, over = [*kept, rest], {**parts, rest: next(iter(parts.values()))}, 0
        named.append(Part(rest, data.look.palette.faint))
    groups = [_group(name, cells[name], kept, parts, data) for name in ordered(cells, spec.sort)]
    return draw_groups(
        groups[: spec.top],
        named,
        columns,
        rows,
        data.look.palette,
        data.look.charset,
        mode=spec.mode,
        direction=spec.direction,
        low=spec.min,
        high=spec.max,
        thresholds=data.thresholds,
        more=max(0, len(groups) - spec.top) + data.dropped,
        more_parts=over,
    )


def gathered(data: PanelData) -> tuple[Cells, dict[str, int]]:
    """Values by group and part, those of equal names added up; the parts with their query, as they came."""
    spec = data.spec
    assert isinstance(spec, BarSpec)
    found = readings(data)
    cells: Cells = {}
    parts: dict[str, int] = {}
    for reading, part in zip(found, _parts(data, found), strict=True):
        group = clean(reading.series.label(spec.group) if spec.group else _title(data, reading.index), 60) or "–"
        parts.setdefault(part, reading.index)
        row, value = cells.setdefault(group, {}), math.nan if reading.value is None else reading.value
        row[part] = row[part] + value if part in row else value
    return cells, parts


def _title(data: PanelData, index: int) -> str:
    queries = data.query_spec.queries
    return (queries[index].title if index < len(queries) else "") or data.title


def _parts(data: PanelData, found: Sequence[Reading]) -> list[str]:
    """Parts are named by the legend; without one by the query's title, and by the labels that differ within groups."""
    spec = data.spec
    assert isinstance(spec, BarSpec)
    legends = [asked.planned.legend for asked in data.role("main") for _ in asked.result.series]
    bare = [
        replace(reading.series, labels=tuple(pair for pair in reading.series.labels if pair[0] != spec.group))
        for reading in found
    ]
    several = spec.group is not None and len({reading.index for reading in found}) > 1
    out = []
    for reading, name, legend in zip(found, names(bare, legends, ""), legends, strict=True):
        title = clean(_title(data, reading.index), 60)
        words = name if legend or not several else " ".join(filter(None, (title, name)))
        out.append(words or title)
    return out


def kept_parts(cells: Cells, parts: Sequence[str]) -> list[str]:
    """The parts with the most over all groups, in the order they came: colours stay while amounts change."""
    weight = dict.fromkeys(parts, 0.0)
    for row in cells.values():
        for part, value in row.items():
            weight[part] += abs(_number(value))
    most = set(sorted(parts, key=lambda part: -weight[part])[:PARTS])
    return [part for part in parts if part in most]


def with_rest(cells: Cells, kept: Sequence[str], name: str) -> tuple[Cells, str]:
    """The rows with one part for all that are not kept, and its name: another where a part has it already."""
    while any(name in row for row in cells.values()):
        name += "…"
    out = {}
    for group, row in cells.items():
        shown = {part: value for part, value in row.items() if part in kept}
        others = [value for part, value in row.items() if part not in kept]
        out[group] = {**shown, name: total(others)} if others else shown
    return out, name


def ordered(cells: Cells, sort: str) -> list[str]:
    """Names of the groups in the order of the spec; a group without any number sinks to the end."""
    if sort == "value":
        totals = {name: total(row.values()) for name, row in cells.items()}
        return sorted(cells, key=lambda name: (math.isnan(totals[name]), -_number(totals[name]), name))
    return sorted(cells) if sort == "label" else list(cells)


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def total(values: Iterable[float]) -> float:
    """The sum of what are numbers; NaN when nothing is."""
    numbers = [value for value in values if not math.isnan(value)]
    return sum(numbers) if numbers else math.nan


def _group(name: str, row: dict[str, float], kept: Sequence[str], parts: dict[str, int], data: PanelData) -> Group:
    values = tuple(row.get(part) for part in kept)
    texts = tuple(
        "" if value is None else _text(data, value, parts[part]) for part, value in zip(kept, values, strict=True)
    )
    whole = total(row.values())
    return Group(name, values, texts, whole, _text(data, whole, next(iter(parts.values()), 0)))


def _text(data: PanelData, value: float, index: int) -> str:
    words = mapped(data, value)
    return words[0] if words else format_value(value, data.unit_of(index), data.decimals_of(index))
