"""What a bar chart is made of, the axis its bars share, and how a row is divided among name, bar and value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from noc.charts.canvas import Ink
from noc.charts.scale import Axis, extent, finite
from noc.model.palette import Palette
from noc.model.text import clean
from noc.model.text import width as cells
from noc.model.thresholds import Threshold, severity_of

NAME_SHARE = 0.4
"""Of the width, at most, for names."""
LEAST_BAR = 4
"""Cells under which a bar says nothing: names and values then stand alone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """``text`` is the formatted value, ``colour`` its ``#rrggbb``; bars of one group stand together under its title."""

    name: str
    value: float
    text: str
    colour: str
    group: str = ""


def bar_axis(bars: Sequence[Bar], thresholds: Sequence[Threshold], low: float | None, high: float | None) -> Axis:
    """From zero, or below it, to the greatest value or the first threshold above zero: the longest bar has the full length
    only if there is none (unless ``high`` says more). How near a bar is to being bad can be seen."""
    return axis_of([bar.value for bar in bars], thresholds, low, high)


def axis_of(values: Sequence[float], thresholds: Sequence[Threshold], low: float | None, high: float | None) -> Axis:
    """The same for the ends of any bars."""
    if low is None and all(value >= 0 for value in finite(values)):
        low = 0.0
    limits = [item.value for item in thresholds if item.value > 0 and not item.below]
    return Axis(*extent([*values, *sorted(limits)[:1]], thresholds, low=low, high=high, zero=True))


def reach(bar: Bar, axis: Axis) -> tuple[float, float] | None:
    """Positions 0-1 of a bar's foot and end; None for a value that is no number."""
    if math.isnan(bar.value):
        return None
    return axis.position(0.0), axis.position(bar.value)


def mark_positions(axis: Axis, thresholds: Sequence[Threshold]) -> list[tuple[float, Threshold]]:
    """Thresholds within the axis and where they fall."""
    return [(axis.position(item.value), item) for item in thresholds if axis.low <= item.value <= axis.high]


def divided(named: Sequence[tuple[str, str]], width: int) -> tuple[int, int]:
    """Cells for names and for values, given as pairs, the blank beside each included; names give way when bars get too
    short."""
    names = max((cells(clean(name)) + 1 for name, _ in named), default=0)
    texts = max((cells(clean(text)) + 1 for _, text in named), default=0)
    if names + texts + LEAST_BAR * 3 > width:
        names = min(names, max(int(width * NAME_SHARE), width - texts - LEAST_BAR * 3))
    return max(0, min(names, width - texts)), texts


def value_ink(value: float, thresholds: Sequence[Threshold], palette: Palette) -> Ink:
    """Words of a value that crosses a threshold have its colour."""
    level = severity_of(value, thresholds)
    return Ink(fg=palette.severity(level), bold=True) if level.rank else Ink(fg=palette.text)
