"""The registry of panel kinds: one file per kind, one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from noc.charts.canvas import Canvas
from noc.ui.panels import bar, gauge, sparkline, stat, table, text, timeseries
from noc.ui.panels.data import PanelData

Draw = Callable[[PanelData, int, int], Canvas]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind is drawn, the height in rows its card likes on a tiled page, and whether it has rows to walk."""

    draw: Draw
    liked: int
    rows: bool = False


MINIMUM = (20, 4)
"""Columns and rows of the smallest card, title row included, that every kind can fill."""

KINDS: dict[str, Kind] = {
    "stat": Kind(stat.draw, 6),
    "gauge": Kind(gauge.draw, 6),
    "sparkline": Kind(sparkline.draw, 5),
    "timeseries": Kind(timeseries.draw, 9),
    "bar": Kind(bar.draw, 8),
    "table": Kind(table.draw, 8, rows=True),
    "text": Kind(text.draw, 6),
}
