"""heatmap: not drawn yet."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.ui.panels.data import PanelData


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    raise NotImplementedError
