"""What a bar chart is made of, and the axis its bars share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from noc.charts.scale import Axis, extent, finite
from noc.model.thresholds import Threshold


@dataclass(frozen=True, slots=True)
class Bar:
    """``text`` is the formatted value, ``colour`` its ``#rrggbb``; bars of one group stand together under its title."""

    name: str
    value: float
    text: str
    colour: str
    group: str = ""


def bar_axis(bars: Sequence[Bar], thresholds: Sequence[Threshold], low: float | None, high: float | None) -> Axis:
    """From zero, or below it, to the greatest value: the longest bar has the full length unless ``high`` says more."""
    values = [bar.value for bar in bars]
    if low is None and all(value >= 0 for value in finite(values)):
        low = 0.0
    return Axis(*extent(values, thresholds, low=low, high=high, zero=True))


def reach(bar: Bar, axis: Axis) -> tuple[float, float] | None:
    """Positions 0-1 of a bar's foot and end; None for a value that is no number."""
    if math.isnan(bar.value):
        return None
    return axis.position(0.0), axis.position(bar.value)


def mark_positions(axis: Axis, thresholds: Sequence[Threshold]) -> list[tuple[float, Threshold]]:
    """Thresholds within the axis and where they fall."""
    return [(axis.position(item.value), item) for item in thresholds if axis.low <= item.value <= axis.high]
