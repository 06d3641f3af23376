"""The legend: one row with the last values, or a table of statistics where there is room for it."""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.canvas import Canvas
from noc.charts.charset import Charset
from noc.charts.graph import Graph, Line
from noc.charts.plot import GHOST, coloured
from noc.charts.table import Cell, TableColumn, draw_table
from noc.charts.window import STATISTICS, statistic_text
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.text import clean, truncate, width

_LIMITS = (64, 32, 24, 16, 12)
"""Widest names to try: all names whole first, then all shortened, before any series is left out."""
_GAP = 2
_WIDEST = 110
"""Columns of the table at most: values stay near the names they belong to."""


def legend_row(graph: Graph, columns: int, palette: Palette, charset: Charset) -> Canvas:
    """``─ p50 0.18  ─ p95 0.94  +3 more``: as many series as fit whole, the rest counted."""
    canvas = Canvas(columns, 1)
    values = [_values(line, graph) for line in graph.lines]
    limit, count = _fitting(graph, values, columns)
    x = 0
    for line, value in list(zip(graph.lines, values, strict=True))[:count]:
        off = line.name in graph.hidden
        name = truncate(clean(line.name), limit, "middle")
        x = canvas.put(x, 0, charset.ghost if line.ghost else charset.line, coloured(_colour(line, off, palette)))
        x = canvas.put(x + 1, 0, name, coloured(palette.faint if off else palette.muted))
        if value:
            x = canvas.put(x + 1, 0, value, coloured(palette.faint if off else palette.text))
        x += _GAP
    left_out = len(graph.lines) - count + graph.more
    if left_out and x + width(_more(left_out)) <= columns:
        canvas.put(x, 0, _more(left_out), coloured(palette.muted))
    return canvas


def legend_table(graph: Graph, columns: int, rows: int, palette: Palette, charset: Charset) -> Canvas:
    """Name, last, min, max and mean of every series, one a row."""
    names = TableColumn(
        "",
        [Cell(f"{charset.ghost if line.ghost else charset.line} {line.name}", line.colour) for line in graph.lines],
        cut="middle",
    )
    words = [
        TableColumn(
            _titled(word, graph),
            [Cell(statistic_text(word, line, graph)) for line in graph.lines],
            "right",
            priority=-index,
        )
        for index, word in enumerate(STATISTICS, 1)
    ]
    return draw_table([names, *words], min(columns, _WIDEST), rows, palette, charset, more=graph.more)


def _titled(word: str, graph: Graph) -> str:
    return "at cursor" if word == "last" and graph.cursor is not None else word


def _values(line: Line, graph: Graph) -> str:
    """The values asked for; the last one needs no word. A series that is off, and one under a cursor, has just one."""
    if line.name in graph.hidden:
        return ""
    words = ("last",) if graph.cursor is not None else graph.show
    return " ".join(f"{'' if word == 'last' else word + ' '}{statistic_text(word, line, graph)}" for word in words)


def _fitting(graph: Graph, values: Sequence[str], columns: int) -> tuple[int, int]:
    """The widest name and the number of series for a row."""
    for limit in _LIMITS:
        if _count(graph, values, columns, limit) == len(graph.lines):
            return limit, len(graph.lines)
    return max(((limit, _count(graph, values, columns, limit)) for limit in _LIMITS[1:]), key=lambda pair: pair[1])


def _count(graph: Graph, values: Sequence[str], columns: int, limit: int) -> int:
    """How many series fit when names have ``limit`` cells at most, with room for the count of the others."""
    used, count = 0, 0
    for index, (line, value) in enumerate(zip(graph.lines, values, strict=True)):
        name = min(limit, width(clean(line.name)))
        used += (_GAP if index else 0) + 2 + name + (1 + width(value) if value else 0)
        others = len(graph.lines) - index - 1 + graph.more
        if used + (_GAP + width(_more(others)) if others else 0) <= columns:
            count = index + 1
    return count


def _more(count: int) -> str:
    return f"+{count} more"


def _colour(line: Line, off: bool, palette: Palette) -> str:
    if off:
        return palette.faint
    return blend(line.colour, palette.surface, GHOST) if line.ghost else line.colour
