"""heatmap: where and when there is much: a histogram's buckets over time, series over time, one label against another."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from noc.charts.axes import limit_text
from noc.charts.buckets import apart, bound, bound_text, cumulative
from noc.charts.canvas import Canvas
from noc.charts.heat import draw_heat, halving
from noc.charts.heatgrid import Heat, HeatRow, fitted, grid_of
from noc.charts.histogram import bucket_level
from noc.config.sharepanels import HeatmapSpec
from noc.model.series import Labels, Series
from noc.model.severity import Severity, worst
from noc.model.text import clean
from noc.model.thresholds import severity_of
from noc.ui.panels.data import PanelData, names

_EVERY = 100_000
"""Rows of which none is left out."""
_SLOTS = 2000
"""Columns of time at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row before it is drawn: its labels, its amounts by column."""

    name: str
    labels: Labels
    values: tuple[float | None, ...]
    index: int = 0
    """The query it belongs to."""
    severity: Severity = Severity.OK

    @property
    def key(self) -> str:
        return "heat:" + json.dumps([self.index, self.labels])

    @property
    def drawn(self) -> HeatRow:
        return HeatRow(self.name, self.values, self.key, self.severity)

    @property
    def total(self) -> float:
        return math.fsum(min(abs(value), 1e300) for value in self.values if value is not None and value == value)


@dataclass(frozen=True, slots=True)
class _Clock:
    """Columns of time: ``count`` of ``step`` seconds each, the last one ending at ``end``."""

    end: float
    step: float
    count: int

    @property
    def start(self) -> float:
        return self.end - self.step * self.count

    def slot(self, time: float) -> int:
        """The column of a point, which stands for the step before it."""
        return self.count - 1 - round((self.end - time) / self.step)


def heat(data: PanelData) -> Heat:
    """The chart's model, its rows from top to bottom."""
    spec = data.spec
    assert isinstance(spec, HeatmapSpec)
    if spec.x is not None:
        return _matrix(data, spec, spec.x)
    clock = _clock(data)
    series = [one for asked in data.role("main") for one in asked.result.series]
    buckets = spec.y in (None, "le") and bool(series) and all(bound(one.label("le")) is not None for one in series)
    rows = _buckets(data, series, clock) if buckets else _ranked(_series_rows(data, spec, clock))
    shown = rows if buckets else rows[: spec.top]
    return Heat(
        tuple(row.drawn for row in shown),
        start=clock.start,
        end=clock.end,
        step=clock.step,
        tz=data.look.tz,
        cursor=data.cursor,
        unit="short" if buckets else data.unit,
        decimals=spec.decimals,
        scale=spec.scale,
        low=spec.min,
        high=spec.max,
        soft_high=spec.soft_max,
        thresholds=() if buckets else data.thresholds,
        limits=data.thresholds if buckets else (),
        limit_unit=data.unit,
        dense=buckets,
        more=len(rows) - len(shown) + data.dropped,
    )


def _clock(data: PanelData) -> _Clock:
    """The window moved back to the newest point where that is less than a step away, so that it touches the edge."""
    step = max((asked.planned.query.step for asked in data.role("main")), default=0.0) or 60.0
    ends = [one.times[-1] for asked in data.role("main") for one in asked.result.series if one.times]
    newest = max((time for time in ends if time <= data.end), default=data.end)
    end = newest if data.end - newest < 1.5 * step else data.end
    return _Clock(end, step, max(1, min(_SLOTS, round((data.end - data.start) / step))))


def _laid(series: Iterable[Series], clock: _Clock) -> tuple[float | None, ...]:
    """The values of series by column, summed where several have one. NaN is no value."""
    out: list[float | None] = [None] * clock.count
    for one in series:
        for time, value in zip(one.times, one.values, strict=True):
            slot = clock.slot(time)
            if 0 <= slot < clock.count and value == value:
                before = out[slot]
                out[slot] = value if before is None else before + value
    return tuple(None if value is not None and math.isnan(value) else value for value in out)


def _buckets(data: PanelData, series: list[Series], clock: _Clock) -> list[Row]:
    """The observations in each bucket, the highest on top; what is cumulative is taken apart column by column."""
    bounds = {bound(one.label("le")): one.label("le") for one in series}
    by_bound = {le: _laid([one for one in series if bound(one.label("le")) == le], clock) for le in bounds}
    ordered = sorted(le for le in by_bound if le is not None)
    columns: list[dict[float, float]] = []
    for at in range(clock.count):
        pairs = [(le, value) for le in ordered if (value := by_bound[le][at]) is not None]
        columns.append({one.high: one.count for one in apart(cumulative(pairs))})
    rows = []
    for one in apart(tuple((le, 0.0) for le in ordered)):
        text = limit_text(one.low if one.high == math.inf else one.high, data.unit, None)
        row = tuple(column.get(one.high) for column in columns)
        labels = (("le", bounds[one.high]),)
        rows.append(Row(bound_text(one, text, text), labels, row, severity=bucket_level(one, data.thresholds)))
    return rows[::-1]


def _series_rows(data: PanelData, spec: HeatmapSpec, clock: _Clock) -> list[Row]:
    """A row a series, or a row a value of the label ``y``."""
    pairs = [(asked.planned, one) for asked in data.role("main") for one in asked.result.series]
    if spec.y is not None:
        groups: dict[str, list[Series]] = {}
        for _, one in pairs:
            groups.setdefault(one.label(spec.y), []).append(one)
        return [
            Row(clean(value, 120) or "–", ((spec.y, value),), _laid(found, clock)) for value, found in groups.items()
        ]
    titles = names([one for _, one in pairs], [planned.legend for planned, _ in pairs], data.title)
    return [
        Row(title, one.labels, _laid([one], clock), planned.index)
        for title, (planned, one) in zip(titles, pairs, strict=True)
    ]


def _ranked(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.total, row.name))


def _matrix(data: PanelData, spec: HeatmapSpec, x: str) -> Heat:
    """One label against another (or against the series' names): the current values."""
    pairs = [(asked.planned, one) for asked in data.role("main") for one in asked.result.series]
    titles = names([one for _, one in pairs], [planned.legend for planned, _ in pairs], data.title)
    cells: dict[Labels, dict[str, float]] = {}
    named: dict[Labels, str] = {}
    for title, (_, one) in zip(titles, pairs, strict=True):
        labels = ((spec.y, one.label(spec.y)),) if spec.y else tuple(pair for pair in one.labels if pair[0] != x)
        named[labels] = (one.label(spec.y) if spec.y else " ".join(value for _, value in labels)) or (
            title if not spec.y else ""
        )
        if one.last is not None and one.last == one.last:
            row = cells.setdefault(labels, {})
            row[one.label(x)] = row.get(one.label(x), 0.0) + one.last
    heads = _heads(cells, spec.top)
    rows = _ranked(
        [Row(clean(named[key], 120) or "–", key, tuple(cells[key].get(head) for head in heads)) for key in cells]
    )
    every = {head for row in cells.values() for head in row}
    return Heat(
        tuple(row.drawn for row in rows[: spec.top]),
        tuple(clean(head, 120) or "–" for head in heads),
        unit=data.unit,
        decimals=spec.decimals,
        scale=spec.scale,
        low=spec.min,
        high=spec.max,
        soft_high=spec.soft_max,
        thresholds=data.thresholds,
        more=max(0, len(rows) - spec.top) + data.dropped,
        more_columns=len(every) - len(heads),
    )


def _heads(cells: Mapping[Labels, Mapping[str, float]], top: int) -> list[str]:
    """The columns with the most, most first; hours, codes and other numbers in their own order."""
    totals: dict[str, float] = {}
    for row in cells.values():
        for head, value in row.items():
            totals[head] = totals.get(head, 0.0) + min(abs(value), 1e300)
    heads = sorted(totals, key=lambda head: (-totals[head], head))
    numbers = {head: bound(head) for head in heads}
    if all(number is not None for number in numbers.values()):
        most = heads[: max(top, 24)]
        return sorted(most, key=lambda head: (numbers[head] or 0.0, head))
    return heads[:top]


def severity(data: PanelData) -> Severity:
    """The panel's state: the worst threshold that an amount of the newest column (of any in a matrix) has crossed, in
    rows that are only counted as well. Of buckets there is no verdict: a slow request is no slow service."""
    if not data.thresholds:
        return Severity.OK
    shown = heat(replace(data, spec=data.spec.model_copy(update={"top": _EVERY})))
    newest = [row.values if shown.columns else row.values[-1:] for row in shown.rows]
    return worst([severity_of(value, shown.thresholds) for values in newest for value in values])


def _fitted(data: PanelData, columns: int, rows: int) -> Heat:
    return fitted(heat(data), columns, rows, halves=halving(data.look.palette, data.look.charset))


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    return draw_heat(heat(data), columns, rows, data.look.palette, data.look.charset, chosen=data.chosen)


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the rows, top to bottom."""
    return [row.key for row in _fitted(data, columns, rows).rows]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the row drawn in a line of the body."""
    shown = _fitted(data, columns, rows)
    halves = halving(data.look.palette, data.look.charset)
    at = grid_of(shown, columns, rows, halves=halves, chosen=data.chosen).row(y)
    return shown.rows[at].key if at is not None and at < len(shown.rows) else None


def labels(data: PanelData, key: str) -> Mapping[str, str]:
    """The labels of a row."""
    if all(row.key != key for row in heat(data).rows):
        return {}
    return dict(json.loads(key.removeprefix("heat:"))[1])
