"""table: a row per label set, columns from labels and from several queries joined on equal labels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from noc.charts.canvas import Canvas
from noc.charts.table import Cell, TableColumn, draw_table
from noc.config.panels import Column, TableSpec
from noc.model.series import Labels, Series
from noc.model.severity import Severity, worst
from noc.model.text import clean
from noc.model.thresholds import severity_of
from noc.model.units import format_value
from noc.ui.panels.data import PanelData, mapped


@dataclass(frozen=True, slots=True)
class Row:
    """One label set with the value of each query, and its course where a column asks for it."""

    labels: Labels
    values: dict[int, float]
    trends: dict[int, Series]
    severity: Severity


def joined(data: PanelData) -> list[Row]:
    """Rows in order of first appearance; the metric's name is no part of the join."""
    values: dict[Labels, dict[int, float]] = {}
    for asked in data.role("main"):
        for series in asked.result.series:
            if series.last is not None:
                values.setdefault(_key(series), {})[asked.planned.index] = series.last
    trends: dict[Labels, dict[int, Series]] = {}
    for asked in data.role("trend"):
        for series in asked.result.series:
            trends.setdefault(_key(series), {})[asked.planned.index] = series
    rows = []
    for labels, found in values.items():
        levels = [severity_of(value, data.thresholds_of(index)) for index, value in found.items()]
        rows.append(Row(labels, found, trends.get(labels, {}), worst(levels)))
    return rows


def _key(series: Series) -> Labels:
    return tuple(pair for pair in series.labels if pair[0] != "__name__")


def columns(data: PanelData) -> tuple[Column, ...]:
    """The spec's columns; without any, every label that differs and every query."""
    spec = data.spec
    assert isinstance(spec, TableSpec)
    if spec.columns:
        return spec.columns
    series = [one for asked in data.role("main") for one in asked.result.series]
    names = sorted({key for one in series for key, _ in one.labels if key != "__name__"})
    differing = [name for name in names if len({one.label(name) for one in series}) > 1] or names[:1]
    return (*(Column(label=name) for name in differing), *(Column(query=index) for index in range(len(spec.queries))))


def title(data: PanelData, column: Column) -> str:
    """What stands above a column."""
    if column.title:
        return clean(column.title, 60)
    if column.label is not None:
        return column.label
    queries = data.query_spec.queries
    own = queries[column.query].title if column.query is not None and column.query < len(queries) else ""
    return clean(own, 60) or ("value" if len(queries) < 2 else f"value {(column.query or 0) + 1}")


def ordered(data: PanelData) -> list[Row]:
    """Rows as the spec sorts them; values descend by default, NaN sinks."""
    spec, rows = data.spec, joined(data)
    assert isinstance(spec, TableSpec)
    shown = columns(data)
    descending, wanted = True, None
    if spec.sort:
        descending = spec.sort.startswith("-")
        wanted = next((column for column in shown if title(data, column) == spec.sort.lstrip("-")), None)
    if wanted is None:
        wanted = next((column for column in shown if column.query is not None), None)
    if wanted is None:
        return rows
    if wanted.label is not None:
        label = wanted.label
        return sorted(rows, key=lambda row: dict(row.labels).get(label, ""), reverse=descending)
    index = wanted.query or 0

    def rank(row: Row) -> tuple[bool, float]:
        value = row.values.get(index, math.nan)
        return (math.isnan(value), -value if descending else value)

    return sorted(rows, key=rank)


def draw(data: PanelData, width: int, height: int) -> Canvas:
    spec, rows = data.spec, ordered(data)
    assert isinstance(spec, TableSpec)
    kept = rows[: spec.top]
    drawn = [
        TableColumn(
            title(data, column),
            [_cell(data, column, row) for row in kept],
            align="left" if column.label is not None or column.spark else "right",
            priority=0 if position == 0 else (1 if column.query is not None and not column.spark else 2),
            cut="middle" if column.label in ("instance", "path", "endpoint", "mountpoint") else "end",
        )
        for position, column in enumerate(columns(data))
    ]
    offset = max(0, (data.row or 0) - max(1, height - 2) + 1)
    return draw_table(
        drawn,
        width,
        height,
        data.look.palette,
        data.look.charset,
        cursor=data.row,
        offset=offset,
        more=len(rows) - len(kept) + data.dropped,
    )


def _cell(data: PanelData, column: Column, row: Row) -> Cell:
    palette = data.look.palette
    if column.label is not None:
        return Cell(clean(dict(row.labels).get(column.label, ""), 200))
    index = column.query or 0
    if column.spark:
        trend = row.trends.get(index)
        return Cell("", palette.series[0], list(trend.values) if trend else [])
    value = row.values.get(index)
    words = mapped(data, value)
    level = severity_of(value, data.thresholds_of(index))
    if words:
        level = words[1] or level
    text = words[0] if words else format_value(value, column.unit or data.unit_of(index), data.decimals_of(index))
    return Cell(text, None if level is Severity.OK else palette.severity(level))
