"""Bars: ranked values side by side, lying or standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset
from noc.model.palette import Palette
from noc.model.thresholds import Threshold


@dataclass(frozen=True, slots=True)
class Bar:
    """``text`` is the formatted value, ``colour`` its ``#rrggbb``; bars of one group stand together under its title."""

    name: str
    value: float
    text: str
    colour: str
    group: str = ""


def draw_bars(
    bars: Sequence[Bar],
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    direction: Literal["horizontal", "vertical"] = "horizontal",
    low: float | None = None,
    high: float | None = None,
    thresholds: Sequence[Threshold] = (),
    more: int = 0,
) -> Canvas:
    """The bars in the given order; what does not fit is counted with ``more`` in a last "+n more"."""
    return Canvas(width, height)
