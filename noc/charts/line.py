"""Lines, areas, stacks and points over time."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset
from noc.charts.graph import Graph, Line, Span
from noc.model.palette import Palette

__all__ = ["Graph", "Line", "Span", "draw_graph", "plot_columns"]


def plot_columns(width: int) -> int:
    """Columns a chart of ``width`` leaves for its plot: a stable estimate, to choose the step before data is there."""
    return max(1, width - 6 if width >= 24 else width)


def draw_graph(
    graph: Graph, width: int, height: int, palette: Palette, charset: Charset = UNICODE, *, table: bool = False
) -> Canvas:
    """The chart in ``width`` x ``height`` cells; ``table`` asks for the legend as a table where there is room (zoom)."""
    return Canvas(width, height)
