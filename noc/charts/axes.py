"""The value axis of a graph: its ends, its round ticks, its labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from noc.charts.scale import Axis, extent, log_axis, nice_axis
from noc.model.text import width
from noc.model.thresholds import Threshold
from noc.model.unit_table import lookup
from noc.model.units import format_axis, format_value, split_axis

GUTTER = 7
"""Widest axis label that carries its unit; beyond, the unit is written once, into the plot."""


def value_axis(
    values: Sequence[float],
    thresholds: Sequence[Threshold],
    unit: str,
    rows: int,
    *,
    low: float | None = None,
    high: float | None = None,
    zero: bool = False,
    log: bool = False,
) -> Axis:
    """The axis for values in a unit: ticks are round in the scale the unit is written in (GiB, minutes, k)."""
    bottom, top = extent(values, thresholds, low=low, high=high, zero=zero, log=log)
    fixed_low, fixed_high = low is not None and low == bottom, high is not None and high == top
    count = 3 if rows >= 5 else 2
    if log:
        return log_axis(bottom, top, count, fixed_low=fixed_low, fixed_high=fixed_high)
    size = rung(max(abs(bottom), abs(top)), unit)
    axis = nice_axis(bottom / size, top / size, count, fixed_low=fixed_low, fixed_high=fixed_high)
    ticks = tuple(tick * size for tick in axis.ticks)
    return Axis(bottom if fixed_low else axis.low * size, top if fixed_high else axis.high * size, ticks)


def rung(magnitude: float, unit: str) -> float:
    """What one of the scale's steps at this magnitude is in the unit itself: 2**30 for gibibytes."""
    spec = lookup(unit)
    if spec.kind != "scaled":
        return 1.0
    rungs = [step.size / spec.base for step in spec.steps]
    return max((size for size in rungs if size <= magnitude * (1 + 1e-9)), default=min(rungs, default=1.0)) or 1.0


def axis_labels(axis: Axis, unit: str, tz: tzinfo = UTC) -> tuple[list[str], str]:
    """A label for every tick, and the unit to be written once, behind the topmost, where the labels do not carry it."""
    labels = format_axis(axis.ticks, unit, tz=tz)
    if max(map(width, labels), default=0) <= GUTTER:
        return labels, ""
    numbers, suffix = split_axis(axis.ticks, unit, tz=tz)
    return numbers, suffix


def limit_text(value: float, unit: str, decimals: int | None) -> str:
    """A limit somebody has set (a threshold, the end of a scale), without the zeros that keep live numbers in place."""
    return format_axis((value,), unit)[0] if decimals is None else format_value(value, unit, decimals)
