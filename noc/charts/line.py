"""Time series charts: the plot, its axis, its times and its legend put together.

What leaves first when room shrinks: the times, then the legend, then the axis. Below that a line and its last value
remain.
"""

from __future__ import annotations

from noc.charts.axes import axis_labels, value_axis
from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.graph import Graph, Line, Span
from noc.charts.legend import legend_row, legend_table
from noc.charts.plot import (
    Plot,
    coloured,
    draw_cursor,
    draw_lines,
    draw_marks,
    draw_spans,
    draw_thresholds,
    draw_times,
)
from noc.charts.scale import Axis
from noc.charts.stack import draw_stacked, stacked
from noc.charts.window import shown_window, statistic_text, within
from noc.model.palette import Palette
from noc.model.text import width as cells

__all__ = ["Graph", "Line", "Span", "draw_graph", "plot_columns"]

AXIS_FROM = (28, 4)
LEGEND_FROM = 6
TIMES_FROM = 8
"""Widths and heights (cells) from which the parts are drawn."""
_TABLE_FROM = 16
_TYPICAL_GUTTER = 6


def plot_columns(width: int) -> int:
    """Columns a chart of ``width`` leaves for its plot: a stable estimate, to choose the step before data is there."""
    return max(1, width - _TYPICAL_GUTTER if width >= AXIS_FROM[0] else width)


def draw_graph(
    graph: Graph, width: int, height: int, palette: Palette, charset: Charset = UNICODE, *, table: bool = False
) -> Canvas:
    """The chart in ``width`` x ``height`` cells; ``table`` asks for the legend as a table where there is room (zoom)."""
    canvas = Canvas(width, height)
    legend = _legend(graph, canvas, palette, charset, table)
    times = 1 if height >= TIMES_FROM else 0
    rows = canvas.height - legend.height - times
    if rows > 0 and canvas.width > 0:
        canvas.blit(0, rows + times, legend)
        window = shown_window(graph)
        sums = stacked(graph.visible, *window) if graph.style == "stacked" else ()
        axis = _axis(graph, sums, window, rows)
        left, right, unit = _sides(graph, canvas, axis, rows, palette, told=legend.height > 0)
        if right > left:
            plot = Plot(graph, canvas, left, right - left, rows, axis, *window, palette, charset)
            taken = _draw_plot(plot, sums, unit, times=times > 0)
            if times:
                draw_times(plot, taken)
    return spell(canvas, charset)


def _legend(graph: Graph, canvas: Canvas, palette: Palette, charset: Charset, table: bool) -> Canvas:
    if table and canvas.height >= _TABLE_FROM and graph.lines:
        rows = min(len(graph.lines) + 1 + (graph.more > 0), canvas.height // 3)
        return legend_table(graph, canvas.width, rows, palette, charset)
    if canvas.height >= LEGEND_FROM and canvas.width >= AXIS_FROM[0]:
        return legend_row(graph, canvas.width, palette, charset)
    return _values_row(graph, canvas, palette)


def _values_row(graph: Graph, canvas: Canvas, palette: Palette) -> Canvas:
    """The last values in one row under a narrow chart, where they fit: beside it they take a third of its width."""
    texts = _last_values(graph)
    texts += [(f"+{graph.more}", palette.muted)] if graph.more and texts else []
    fits = sum(cells(text) + 2 for text, _ in texts) - 2 <= canvas.width
    if canvas.height < LEGEND_FROM or not texts or not fits:
        return Canvas(canvas.width, 0)
    row, x = Canvas(canvas.width, 1), 0
    for text, colour in texts:
        x = row.put(x, 0, text, coloured(colour)) + 2
    return row


def _last_values(graph: Graph) -> list[tuple[str, str]]:
    """Each line's last value and its colour, but for comparisons."""
    return [(statistic_text("last", line, graph), line.colour) for line in graph.visible if not line.ghost]


def _fitting(texts: list[tuple[str, str]], rows: int, more: int, palette: Palette) -> list[tuple[str, str]]:
    """As many as there are rows; the last one counts what is left out, where there is more than one."""
    kept = texts if len(texts) + bool(more) <= rows or rows < 2 else texts[: rows - 1]
    left = len(texts) - len(kept) + more
    return [*kept, (f"+{left}", palette.muted)][:rows] if left and kept else kept[:rows]


def _axis(graph: Graph, sums: tuple[Line, ...], window: tuple[float, float], rows: int) -> Axis:
    values = [value for line in sums or graph.visible for value in within(line.series, *window)]
    bodied = graph.style in ("area", "stacked")
    return value_axis(
        values,
        graph.thresholds,
        graph.unit,
        rows,
        low=graph.low,
        high=graph.high,
        zero=bodied,
        log=graph.log and graph.style != "stacked",
    )


def _sides(
    graph: Graph, canvas: Canvas, axis: Axis, rows: int, palette: Palette, *, told: bool
) -> tuple[int, int, str]:
    """Draw what stands beside the plot (``told``: the values stand below it); the plot's first column, the one after its
    last, and the axis' unit."""
    if canvas.width >= AXIS_FROM[0] and canvas.height >= AXIS_FROM[1]:
        labels, unit = axis_labels(axis, graph.unit, graph.tz)
        gutter = max(map(cells, labels), default=-1) + 1
        free = set(range(rows))
        for tick, label in sorted(zip(axis.ticks, labels, strict=True), key=lambda pair: pair[0] == 0):
            row = axis.row(tick, rows)
            if row in free:  # zero gives way to the end it is next to
                canvas.put(gutter - 1 - cells(label), row, label, coloured(palette.muted))
                free -= {row}
        return min(gutter, canvas.width // 2), canvas.width, unit
    texts = [] if told else _fitting(_last_values(graph), rows, graph.more, palette)
    room = max((cells(text) for text, _ in texts), default=-1) + 1
    if canvas.width - room < 6:
        return 0, canvas.width, ""
    for y, (text, colour) in enumerate(texts):
        canvas.put(canvas.width - cells(text), y, text, coloured(colour))
    return 0, canvas.width - room, ""


def _draw_plot(plot: Plot, sums: tuple[Line, ...], unit: str, *, times: bool) -> frozenset[int]:
    """All that stands in the plot; the columns that marks take of the time row."""
    if plot.graph.style == "stacked":
        draw_stacked(plot, sums)
    else:
        draw_lines(plot)
    if unit:
        _draw_unit(plot, unit)
    draw_thresholds(plot)
    taken = draw_marks(plot, times=times)
    draw_cursor(plot)
    draw_spans(plot)
    return taken


def _draw_unit(plot: Plot, unit: str) -> None:
    """The axis' unit behind its topmost label that no data follows; behind the topmost one if data is everywhere."""
    rows = sorted(plot.axis.row(tick, plot.rows) for tick in plot.axis.ticks)
    room = cells(unit) - 1
    free = [y for y in rows if all(char == " " for char in plot.canvas.chars[y][plot.left : plot.left + room])]
    plot.canvas.put(plot.left - 1, (free or rows)[0], unit, coloured(plot.palette.muted))
