"""The inner part of a graph and what is drawn into it: shaded spans, threshold lines, series, the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from noc.charts.axes import limit_text
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset
from noc.charts.downsample import downsample
from noc.charts.graph import Graph, Line
from noc.charts.markers import Field, at_cursor, draw_markers, unlabelled
from noc.charts.raster import Raster, dot
from noc.charts.scale import Axis
from noc.charts.timeaxis import clock_label, tick_column, time_ticks
from noc.charts.trace import Stretches, dotted, ends, filled, stretches
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.text import clean, truncate, width
from noc.model.thresholds import Threshold

GHOST, BODY, SHADE = 0.6, 0.35, 0.15
"""Shares of a colour over the card's ground: comparison lines, bodies of areas, shaded spans."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A graph on its canvas: ``columns`` x ``rows`` cells from column ``left`` of row 0, showing ``start`` to ``end``."""

    graph: Graph
    canvas: Canvas
    left: int
    columns: int
    rows: int
    axis: Axis
    start: float
    end: float
    palette: Palette
    charset: Charset

    def raster(self) -> Raster:
        return Raster(self.columns, self.rows, self.charset)

    def column(self, time: float) -> int:
        """The canvas column of a time within the plot."""
        return self.left + tick_column(time, self.start, self.end, self.columns)

    def row(self, value: float) -> int:
        """The cell row of a value, by the dot it falls on."""
        dots = 4 if self.charset.braille else 1
        return self.axis.row(value, self.rows * dots) // dots

    def field(self, *, times: bool) -> Field:
        """Where marks stand; ``times``: whether the row below has the clock times."""
        return Field(self.left, self.columns, self.rows, self.start, self.end, self.rows if times else None)


@lru_cache(maxsize=256)
def coloured(colour: str, bold: bool = False) -> Ink:
    """The ink of a colour, one object for all cells."""
    return Ink(fg=colour, bold=bold)


def draw_lines(plot: Plot) -> None:
    """The visible lines, ghosts beneath; later lines take over the cells they share with earlier ones."""
    lines = plot.raster()
    solid = [(line, _traced(plot, line, lines)) for line in plot.graph.visible if not line.ghost]
    if plot.graph.style == "area":
        base = plot.axis.row(0.0, lines.rows)
        for line, traced in solid:
            lines.trace(*filled(traced, base), coloured(blend(line.colour, plot.palette.surface, BODY)))
    for line, traced in solid:
        for part in ends(traced) if plot.graph.style == "points" else (traced,):
            lines.trace(*part, coloured(line.colour))
    _draw_ghosts(plot)
    lines.onto(plot.canvas, plot.left, 0, "*")


def _draw_ghosts(plot: Plot) -> None:
    ghosts = [line for line in plot.graph.visible if line.ghost]
    if ghosts:
        raster = plot.raster()
        for line in ghosts:
            ink = coloured(blend(line.colour, plot.palette.surface, GHOST))
            raster.trace(*dotted(_traced(plot, line, raster)), ink)
        raster.onto(plot.canvas, plot.left, 0, ".")


def _traced(plot: Plot, line: Line, raster: Raster) -> Stretches:
    series, graph = line.series, plot.graph
    bins = downsample(series.times, series.values, plot.start, plot.end, raster.columns, graph.step)
    if graph.style == "points":
        bins = [found._replace(joined=False) for found in bins]
    return stretches(bins, plot.axis, raster.columns, raster.rows)


def draw_spans(plot: Plot) -> None:
    """Shade the columns of every span that reaches into the plot, below all that is drawn there."""
    for span in plot.graph.spans:
        if span.end < plot.start or span.start > plot.end or not span.start <= span.end:
            continue
        first, last = plot.column(max(span.start, plot.start)), plot.column(min(span.end, plot.end))
        ground = blend(span.colour, plot.palette.surface, SHADE)
        for y in range(plot.rows):
            inks = plot.canvas.inks[y]
            for x in range(first, last + 1):
                inks[x] = inks[x]._replace(bg=ground)


def shown_thresholds(plot: Plot) -> list[Threshold]:
    """The thresholds within the axis, the gravest first; those outside are left out rather than drawn at an edge."""
    inside = [item for item in plot.graph.thresholds if plot.axis.low <= item.value <= plot.axis.high]
    return sorted(inside, key=lambda item: -item.severity.rank)


def draw_thresholds(plot: Plot) -> None:
    """Dotted lines at the dot row of their value, named at their right end; drawn after the data and never over it."""
    data = [list(row) for row in plot.canvas.chars[: plot.rows]]
    dots = 4 if plot.charset.braille else 1
    for threshold in shown_thresholds(plot):
        row = plot.axis.row(threshold.value, plot.rows * dots)
        chars, inks = plot.canvas.chars[row // dots], plot.canvas.inks[row // dots]
        ink = coloured(plot.palette.severity(threshold.severity))
        glyph = dot(row % 4) if plot.charset.braille else plot.charset.dash
        for x in range(plot.left, plot.left + plot.columns):
            if chars[x] == " " and (plot.charset.braille or x % 2 == 0):
                chars[x], inks[x] = glyph, ink
    for threshold in shown_thresholds(plot):
        _name(plot, threshold, data)


def threshold_name(threshold: Threshold, graph: Graph) -> str:
    """``HIGH 2 s``, or the severity's word and the threshold's own label."""
    return f"{threshold.severity.word} {_said(threshold, graph)}"


def _said(threshold: Threshold, graph: Graph) -> str:
    return clean(threshold.label, 40) or limit_text(threshold.value, graph.unit, graph.decimals)


def _name(plot: Plot, threshold: Threshold, data: Sequence[Sequence[str]]) -> None:
    """The name at the right end of its line; where data stands, one row off, else as far right as there is room. In a
    narrow plot the severity's glyph stands for its word."""
    name = f" {threshold_name(threshold, plot.graph)} "
    if width(name) > plot.columns * 2 // 3:
        name = f" {threshold.severity.glyph} {_said(threshold, plot.graph)} "
    cells = width(name)
    if cells > plot.columns * 2 // 3:
        return
    row, right = plot.row(threshold.value), plot.left + plot.columns - cells
    places = [(right + 1, row), (right + 1, row - 1), (right + 1, row + 1)]
    places += [(x, row) for x in range(right, plot.left - 1, -1)]
    for x, y in places:
        if 0 <= y < plot.rows and all(char == " " for char in data[y][x : x + cells]):
            ink = coloured(plot.palette.severity(threshold.severity))
            plot.canvas.put(x, y, name if x <= right else name[:-1], ink)
            return


def draw_marks(plot: Plot, *, times: bool) -> frozenset[int]:
    """What happened beside the numbers, over no data; the columns of the time row that it takes."""
    return draw_markers(plot.canvas, plot.field(times=times), plot.graph.markers, plot.palette, plot.charset)


def draw_times(plot: Plot, taken: frozenset[int] = frozenset()) -> None:
    """The clock times in the row below the plot, but where a mark stands; the cursor's own time, and what happened at
    it, before them."""
    graph, y = plot.graph, plot.rows
    ticks = [
        (plot.column(time) - len(label) // 2, label)
        for time, label in time_ticks(plot.start, plot.end, plot.columns, graph.tz)
    ]
    for x, label in unlabelled(ticks, taken):
        plot.canvas.put(x, y, label, coloured(plot.palette.muted))
    if graph.cursor is not None and plot.start <= graph.cursor <= plot.end:
        happened = at_cursor(graph.markers, plot.field(times=True), graph.cursor)
        clock = clock_label(graph.cursor, graph.tz, graph.step, plot.end - plot.start)
        label = f" {truncate(f'{clock} {happened}'.strip(), max(len(clock), plot.columns - 2))} "
        cells = width(label)
        x = min(max(plot.left, plot.column(graph.cursor) - cells // 2), plot.left + plot.columns - cells)
        plot.canvas.put(x, y, label, coloured(plot.palette.text, bold=True))


def draw_cursor(plot: Plot) -> None:
    """An upright through the plot; where a line crosses it, the line's own glyph lights up."""
    cursor = plot.graph.cursor
    if cursor is None or not plot.start <= cursor <= plot.end:
        return
    x = plot.column(cursor)
    for y in range(plot.rows):
        if plot.canvas.chars[y][x] == " ":
            plot.canvas.put(x, y, plot.charset.upright, coloured(plot.palette.accent))
        else:
            plot.canvas.inks[y][x] = plot.canvas.inks[y][x]._replace(bg=plot.palette.raised, bold=True)
