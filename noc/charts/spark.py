"""Sparklines: the course of one number in very little room."""

from __future__ import annotations

import math
from collections.abc import Sequence

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.downsample import Bin, downsample
from noc.charts.raster import Raster
from noc.charts.scale import Axis, extent
from noc.charts.trace import stretches
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
    """Evenly spaced values, the newest at the right edge; NaN is a gap. Low and high fix the scale.

    One row is drawn in eighths, more rows in braille.
    """
    return _draw(range(len(values)), values, 0, len(values) - 1, 1, (width, height), colour, charset, (low, high))


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
    return _draw(series.times, series.values, start, end, step, (width, height), colour, charset, (low, high))


def _draw(
    times: Sequence[float],
    values: Sequence[float],
    start: float,
    end: float,
    step: float,
    size: tuple[int, int],
    colour: str,
    charset: Charset,
    bounds: tuple[float | None, float | None],
) -> Canvas:
    canvas = Canvas(*size)
    blocks = canvas.height == 1 or not charset.braille
    raster = Raster(canvas.width, canvas.height, charset)
    bins = downsample(times, values, start, end, canvas.width if blocks else raster.columns, step)
    if not bins or canvas.height == 0:
        return canvas
    axis = Axis(*extent([value for found in bins for value in (found.low, found.high)], low=bounds[0], high=bounds[1]))
    if blocks:
        _blocks(canvas, bins, axis, Ink(fg=colour), charset)
    else:
        raster.trace(*stretches(bins, axis, raster.columns, raster.rows), Ink(fg=colour))
        raster.onto(canvas, 0, 0)
    return spell(canvas, charset)


def _blocks(canvas: Canvas, bins: Sequence[Bin], axis: Axis, ink: Ink, charset: Charset) -> None:
    """Columns in eighths up to the greatest value, at least an eighth, so that zero is not a gap.

    A single row stops an eighth below its edge, so that sparklines in the rows of a table stay apart.
    """
    most = canvas.height * 8 - (canvas.height == 1)
    before: Bin | None = None
    for found in bins:
        columns = {found.column: found.high}
        if before is not None and found.joined:
            for column in range(before.column + 1, found.column):
                share = (column - before.column) / (found.column - before.column)
                columns[column] = before.last + (found.first - before.last) * share
        for column, value in columns.items():
            _column(canvas, column, max(1, math.ceil(axis.position(value) * most)), ink, charset)
        before = found


def _column(canvas: Canvas, x: int, eighths: int, ink: Ink, charset: Charset) -> None:
    for row in range(canvas.height):
        level = min(8, eighths - 8 * row)
        if level > 0:
            canvas.put(x, canvas.height - 1 - row, charset.rising[level], ink)
