"""text: Markdown that the layout's author wrote."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.charts.markdown import draw_markdown
from noc.config.panels import TextSpec
from noc.ui.panels.data import PanelData


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    assert isinstance(data.spec, TextSpec)
    return draw_markdown(data.spec.text, columns, rows, data.look.palette, data.look.charset)
