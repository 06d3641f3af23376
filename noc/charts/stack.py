"""Stacked areas: every series stands on the ones before it, so the outline is their sum."""

from __future__ import annotations

import math
from array import array

from noc.charts.canvas import Ink
from noc.charts.downsample import Bin, downsample
from noc.charts.graph import Line
from noc.charts.plot import Plot
from noc.model.colour import blend
from noc.model.series import Series

_BODY = 0.75  # share of a layer's colour over the card's ground
_FILLS = "#%=+-:"  # neighbours differ without colour


def stacked(lines: tuple[Line, ...], start: float, end: float) -> tuple[Line, ...]:
    """The same lines with running sums as values, summed at equal timestamps.

    A series that is missing at a time adds nothing there; NaN and infinities add nothing either. Ghosts are left out.
    """
    solid = [line for line in lines if not line.ghost]
    times = sorted({time for line in solid for time in line.series.times if start <= time <= end})
    totals = dict.fromkeys(times, 0.0)
    sums: list[Line] = []
    for line in solid:
        for time, value in zip(line.series.times, line.series.values, strict=True):
            if time in totals and math.isfinite(value):
                totals[time] += value
        values = array("d", [totals[time] for time in times])
        sums.append(Line(line.name, Series(line.series.labels, array("d", times), values), line.colour))
    return tuple(sums)


def draw_stacked(plot: Plot, sums: tuple[Line, ...]) -> None:
    """One column of cells per bin in eighths; two layers in one cell are its foreground and its ground."""
    layers = [_heights(plot, line) for line in sums]
    base = plot.axis.position(0.0) * plot.rows * 8
    for column in range(plot.columns):
        bounds = [base] + [heights[column] for heights in layers]
        if math.isnan(bounds[-1]):
            continue
        for y in range(plot.rows):
            _draw_cell(plot, sums, bounds, plot.left + column, y)


def _draw_cell(plot: Plot, sums: tuple[Line, ...], bounds: list[float], x: int, y: int) -> None:
    """The lowest layer that ends within a cell is its block; of those above it the largest there is its ground, if it
    fills more than half of what is left: a layer of nothing is not drawn, a thin one does not look thick."""
    foot = (plot.rows - 1 - y) * 8
    inside = [
        index
        for index in range(len(sums))
        if bounds[index + 1] > max(foot + 0.5, bounds[index]) and bounds[index] < foot + 8
    ]
    if not inside:
        return
    lower = inside[0]
    eighths = max(1, min(8, round(bounds[lower + 1] - foot)))

    def reach(index: int) -> float:
        return min(bounds[index + 1], foot + 8) - bounds[index]

    above = max(inside[1:], key=reach, default=None)
    if eighths == 8 or (above is not None and reach(above) * 2 <= 8 - eighths):
        above = None
    surface = plot.palette.surface
    ground = blend(sums[above].colour, surface, _BODY) if above is not None and plot.charset.braille else None
    glyph = plot.charset.rising[eighths] if plot.charset.braille else _FILLS[lower % len(_FILLS)]
    plot.canvas.put(x, y, glyph, Ink(fg=blend(sums[lower].colour, surface, _BODY), bg=ground))


def _heights(plot: Plot, line: Line) -> list[float]:
    """Eighths above the plot's foot by cell column, NaN in gaps."""
    series, step = line.series, plot.graph.step
    heights = [math.nan] * plot.columns
    before: Bin | None = None
    for found in downsample(series.times, series.values, plot.start, plot.end, plot.columns, step):
        if found.joined and before is not None:
            for column in range(before.column + 1, found.column):
                share = (column - before.column) / (found.column - before.column)
                heights[column] = _eighths(plot, before.last + (found.first - before.last) * share)
        heights[found.column] = _eighths(plot, found.high)
        before = found
    return heights


def _eighths(plot: Plot, value: float) -> float:
    return plot.axis.position(value) * plot.rows * 8
