"""Gauges: one or a few values between two ends, with the thresholds marked on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset
from noc.model.palette import Palette
from noc.model.thresholds import Threshold


@dataclass(frozen=True, slots=True)
class GaugeValue:
    """``text`` is the formatted value with its unit; ``value`` is None when there is none."""

    name: str
    value: float | None
    text: str


def draw_gauge(
    values: Sequence[GaugeValue],
    low: float,
    high: float,
    thresholds: Sequence[Threshold],
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    style: Literal["auto", "arc", "bar"] = "auto",
    unit: str = "short",
    decimals: int | None = None,
) -> Canvas:
    """An arc from 5 rows and 18 columns on, else a bar. ``unit`` and ``decimals`` format the ends of the scale."""
    return Canvas(width, height)
