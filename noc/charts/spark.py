"""Sparklines: the course of one number in very little room."""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset
from noc.model.series import Series


def draw_spark(
    values: Sequence[float],
    width: int,
    height: int,
    colour: str,
    charset: Charset = UNICODE,
    *,
    low: float | None = None,
    high: float | None = None,
) -> Canvas:
    """Evenly spaced values, the newest at the right edge; NaN is a gap. Low and high fix the scale."""
    return Canvas(width, height)


def draw_spark_series(
    series: Series,
    start: float,
    end: float,
    step: float,
    width: int,
    height: int,
    colour: str,
    charset: Charset = UNICODE,
    *,
    low: float | None = None,
    high: float | None = None,
) -> Canvas:
    """A series over ``start``..``end`` (unix seconds) with points every ``step`` seconds; missing points are gaps."""
    return Canvas(width, height)
