"""timeseries: lines over time, ranked by their last value, the rest counted."""

from __future__ import annotations

import math

from noc.charts.canvas import Canvas
from noc.charts.graph import Graph, Line, Span
from noc.charts.line import draw_graph
from noc.config.panels import TimeseriesSpec
from noc.ui.panels.data import PanelData, names, readings, series_colour


def lines(data: PanelData) -> tuple[list[Line], int]:
    """The drawn lines in the order of the answers, ghosts last, and how many series were left out by the limits."""
    spec = data.spec
    assert isinstance(spec, TimeseriesSpec)
    found = readings(data)
    if len(found) > spec.limit:
        ranked = sorted(found, key=lambda one: _rank(one.value), reverse=True)[: spec.limit]
        kept = [one for one in found if one in ranked]
    else:
        kept = found
    out = [
        Line(reading.name, reading.series, series_colour(data, position, reading.index))
        for position, reading in enumerate(kept)
    ]
    return _distinct(out) + _ghosts(data, out), len(found) - len(kept) + data.dropped


def _rank(value: float | None) -> float:
    return -math.inf if value is None or math.isnan(value) else value


def _distinct(drawn: list[Line]) -> list[Line]:
    """The legend hides and shows by name, so equal names get a number."""
    seen: dict[str, int] = {}
    out = []
    for line in drawn:
        seen[line.name] = seen.get(line.name, 0) + 1
        name = line.name if seen[line.name] == 1 else f"{line.name} ({seen[line.name]})"
        out.append(Line(name, line.series, line.colour, line.ghost))
    return out


def _ghosts(data: PanelData, drawn: list[Line]) -> list[Line]:
    """The same series one comparison earlier (the store has moved them onto today's axis), in the colour of their like."""
    colours = {line.series.labels: line.colour for line in drawn}
    out = []
    for asked in data.role("ghost"):
        for series in asked.result.series:
            if series.labels not in colours:
                continue
            (name,) = names([series], [asked.planned.legend], data.title)
            out.append(Line(f"{name} before", series, colours[series.labels], ghost=True))
    return out


def firing(data: PanelData) -> tuple[Span, ...]:
    """The spans in which the panel's alerts fired, as Prometheus recorded them; each grid point stands for its step."""
    out: list[Span] = []
    for asked in data.role("firing"):
        step = asked.planned.query.step
        times = sorted(
            {at for one in asked.result.series for at, value in zip(one.times, one.values, strict=True) if value}
        )
        for at in times:
            start = max(data.start, at - step)
            if out and start <= out[-1].end + 1e-6:
                out[-1] = Span(out[-1].start, min(at, data.end), data.look.palette.critical)
            elif at > data.start:
                out.append(Span(start, min(at, data.end), data.look.palette.critical))
    return tuple(out)


def graph(data: PanelData) -> Graph:
    """The chart's model: also what the zoomed panel reads values from."""
    spec = data.spec
    assert isinstance(spec, TimeseriesSpec)
    drawn, more = lines(data)
    steps = [asked.planned.query.step for asked in data.role("main")]
    return Graph(
        lines=tuple(drawn),
        start=data.start,
        end=data.end,
        step=max(steps, default=1.0),
        unit=data.unit,
        decimals=spec.decimals,
        low=spec.min,
        high=spec.max,
        thresholds=data.thresholds,
        style=spec.style,
        log=spec.scale == "log",
        show=spec.show,
        tz=data.look.tz,
        cursor=data.cursor,
        hidden=data.hidden,
        more=more,
        spans=firing(data),
        markers=data.markers,
    )


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    return draw_graph(graph(data), columns, rows, data.look.palette, data.look.charset, table=data.table)
