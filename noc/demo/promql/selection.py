"""Selectors: which raw samples an instant or range selector sees at each step (lookback, edges, offset, @, staleness)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noc.demo.promql import syntax
from noc.demo.promql.syntax import Expr
from noc.demo.promql.values import Floats, Grid, Ints, Vector
from noc.demo.promql.windows import Windows
from noc.demo.samples import STALE_BITS, Samples, SampleSource
from noc.model.series import Labels


@dataclass(frozen=True)
class Context:
    """What stays the same throughout one query. Times and durations are milliseconds.

    ``start`` and ``end`` are the query's own, as ``@ start()`` means them even inside a subquery. ``left_open`` is
    the 3.x rule: a sample exactly on the left edge of a window or of the lookback is outside.
    """

    source: SampleSource
    start: int
    end: int
    left_open: bool
    lookback: int
    subquery_step: int


def reference_times(node: Expr, grid: Grid, context: Context) -> Ints:
    """The time each step looks at: the step's own or the ``@`` time, less the offset."""
    fixed = syntax.at_milliseconds(node, context.start, context.end)
    base = grid.times if fixed is None else np.full(grid.size, fixed, dtype=np.int64)
    return np.asarray(base - syntax.milliseconds(node.offset))


def select_vector(selector: Expr, grid: Grid, context: Context) -> Vector:
    """An instant selector: the newest sample of each series within the lookback."""
    return select_sampled(selector, grid, context)[0]


def select_sampled(selector: Expr, grid: Grid, context: Context) -> tuple[Vector, Floats]:
    """An instant selector's values and its samples' own times in seconds, rows alike."""
    times_wanted = reference_times(selector, grid, context)
    found = _read(selector, int(times_wanted.min()) - context.lookback, int(times_wanted.max()), context)
    shape = (len(found), grid.size)
    values, sampled = np.zeros(shape), np.zeros(shape)
    present = np.zeros(shape, dtype=np.bool_)
    oldest = times_wanted - context.lookback
    previous: Floats | None = None
    for row, samples in enumerate(found):
        if samples.times is not previous:  # targets scraped together share their times
            previous, times = samples.times, _milliseconds(samples.times)
            index = np.searchsorted(times, times_wanted, "right") - 1
            inside = times[index] > oldest if context.left_open else times[index] >= oldest
            visible = (index >= 0) & inside
        values[row] = samples.values[index]
        sampled[row] = times[index] / 1000
        present[row] = visible & ~_stale(values[row])
    keep = np.flatnonzero(present.any(axis=1))
    return Vector([samples.labels for samples in found], values, present).rows(keep), sampled[keep]


def select_windows(selector: Expr, grid: Grid, context: Context) -> Windows:
    """A range selector: all samples of each series within the window that ends at each step."""
    inner = selector.vector_selector
    end = reference_times(inner, grid, context)
    start = end - syntax.milliseconds(selector.range)
    series: list[tuple[Labels, Ints, Floats]] = []
    previous: Floats | None = None
    for samples in _read(inner, int(start.min()), int(end.max()), context):
        if samples.times is not previous:  # targets scraped together share their times
            previous, times = samples.times, _milliseconds(samples.times)
        values, stale = samples.values, _stale(samples.values)
        if stale.any():
            series.append((samples.labels, times[~stale], values[~stale]))
        else:
            series.append((samples.labels, times, values))
    return Windows.cut(series, (start, end), grid.times, context.left_open)


def subquery_grid(subquery: Expr, grid: Grid, context: Context) -> tuple[Grid, Ints, Ints]:
    """The steps at which a subquery is evaluated (multiples of its step since 1970), and each window's start and end."""
    end = reference_times(subquery, grid, context)
    start = end - syntax.milliseconds(subquery.range)
    step = context.subquery_step if subquery.step is None else syntax.milliseconds(subquery.step)
    earliest = int(start.min())
    first = -(-earliest // step) * step
    if context.left_open and first == earliest:
        first += step
    return Grid(first, int(end.max()), step), start, end


def subquery_windows(inner: Vector, steps: Grid, edges: tuple[Ints, Ints], grid: Grid, context: Context) -> Windows:
    """A subquery's results as range vectors."""
    series = [
        (labels, steps.times[present], values[present])
        for labels, values, present in zip(inner.labels, inner.values, inner.present, strict=True)
    ]
    return Windows.cut(series, edges, grid.times, context.left_open)


def _read(selector: Expr, start: int, end: int, context: Context) -> list[Samples]:
    """The source's series in the order of a database's blocks, sorted by labels: it decides ties."""
    found = context.source.select(syntax.matchers(selector), start / 1000, end / 1000)
    return sorted((samples for samples in found if len(samples.times)), key=lambda samples: samples.labels)


def _milliseconds(times: Floats) -> Ints:
    return np.rint(times * 1000).astype(np.int64)


def _stale(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(np.ascontiguousarray(values, dtype=np.float64).view(np.uint64) == STALE_BITS)
