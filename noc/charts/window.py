"""What of a graph's data is shown, and the numbers said about it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from noc.charts.downsample import GAP
from noc.charts.graph import Graph, Line
from noc.charts.scale import finite
from noc.model.series import Series
from noc.model.units import format_value

STATISTICS = ("last", "min", "max", "mean")


def shown_window(graph: Graph) -> tuple[float, float]:
    """Start and end (unix seconds) of the plot.

    The end moves back to the newest point when that is only an unfinished step away, so that it touches the edge.
    """
    newest = max(
        (line.series.times[-1] for line in graph.visible if line.series.times and not line.ghost), default=None
    )
    if newest is None or not 0 < graph.end - newest <= GAP * graph.step:
        return graph.start, graph.end
    back = graph.end - newest
    return graph.start - back, newest


def within(series: Series, start: float, end: float) -> Sequence[float]:
    """The values from ``start`` to ``end``, both included."""
    return series.values[bisect_left(series.times, start) : bisect_right(series.times, end)]


def value_at(series: Series, time: float, step: float) -> float | None:
    """The value of the point nearest to a time, None when there is none within three quarters of a step."""
    times = series.times
    at = bisect_left(times, time)
    near = min(
        (index for index in (at - 1, at) if 0 <= index < len(times)), key=lambda i: abs(times[i] - time), default=None
    )
    if near is None or abs(times[near] - time) > 0.75 * step:
        return None
    return series.values[near]


def statistic(word: str, line: Line, graph: Graph) -> float | None:
    """``last``, ``min``, ``max`` or ``mean`` of the shown values; None when there is none.

    The last value is None once the series ended more than two steps before the graph: an old value is not the last word.
    """
    start, end = shown_window(graph)
    if word == "last":
        at = bisect_right(line.series.times, end) - 1
        if at < 0 or end - line.series.times[at] > 2 * graph.step:
            return None
        return line.series.values[at]
    values = finite(within(line.series, start, end))
    if not values:
        return None
    if word == "mean":
        return math.fsum(value / len(values) for value in values)
    return min(values) if word == "min" else max(values)


def statistic_text(word: str, line: Line, graph: Graph) -> str:
    """The formatted statistic; with a cursor in the graph ``last`` is the value under it."""
    under = word == "last" and graph.cursor is not None
    value = value_at(line.series, graph.cursor or 0.0, graph.step) if under else statistic(word, line, graph)
    return format_value(value, graph.unit, graph.decimals, tz=graph.tz)
