"""Markdown as cells: headings, lists, emphasis, code, paragraphs wrapped to the width."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset
from noc.model.palette import Palette


def draw_markdown(text: str, width: int, height: int, palette: Palette, charset: Charset = UNICODE) -> Canvas:
    """The text's first ``height`` rows; a last "…" row says that there is more."""
    return Canvas(width, height)
