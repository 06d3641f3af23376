"""Functions of range vectors: rates with Prometheus's extrapolation, regressions, and the *_over_time family.

Each takes windows and, where PromQL has one, a scalar a step; it returns values and a mask, shape (series, steps). Sums run
in Prometheus's order with its compensation wherever another order could show in the result.
"""

from __future__ import annotations

import numpy as np

from noc.demo.promql.ordering import interpolated, nan_first
from noc.demo.promql.values import Floats, Ints, Mask
from noc.demo.promql.windows import Windows, kahan_add

Answer = tuple[Floats, Mask]


def _filled(windows: Windows, values: Floats) -> Answer:
    return values, windows.counts > 0


def count(windows: Windows) -> Answer:
    return _filled(windows, windows.counts.astype(np.float64))


def last(windows: Windows) -> Answer:
    return _filled(windows, windows.last())


def present(windows: Windows) -> Answer:
    return _filled(windows, np.ones(windows.counts.shape))


def maximum(windows: Windows) -> Answer:
    """NaN counts only when nothing else is there."""
    return _filled(windows, windows.reduced(np.fmax, windows.values))


def minimum(windows: Windows) -> Answer:
    return _filled(windows, windows.reduced(np.fmin, windows.values))


def _order_matters(values: Floats) -> bool:
    """Whether a plain sum could differ visibly from a compensated one: cancellation, overflow, NaN or infinities."""
    return bool(len(values)) and not (values.min() >= 0 and values.max() < 1e250)


def total(windows: Windows) -> Answer:
    if not _order_matters(windows.values):
        return _filled(windows, windows.reduced(np.add, windows.values))

    def step(state: list[Floats], index: Ints, _window: Ints, _nth: int) -> None:
        kahan_add(windows.values[index], state[0], state[1])

    plain, rest = windows.folded(2, step)
    return _filled(windows, np.where(np.isinf(plain), plain, plain + rest))


def average(windows: Windows) -> Answer:
    if not _order_matters(windows.values):
        return _filled(windows, windows.reduced(np.add, windows.values) / np.maximum(windows.counts, 1))

    def step(state: list[Floats], index: Ints, _window: Ints, nth: int) -> None:
        mean, rest, value = state[0], state[1], windows.values[index]
        settled = np.isinf(mean) & (np.isfinite(value) | (value == mean))  # an infinite mean stays as it is
        new_mean, new_rest = mean.copy(), rest.copy()
        kahan_add(value / nth - mean / nth, new_mean, new_rest)
        mean[:], rest[:] = np.where(settled, mean, new_mean), np.where(settled, rest, new_rest)

    plain, rest = windows.folded(2, step)
    return _filled(windows, np.where(np.isinf(plain), plain, plain + rest))


def variance(windows: Windows) -> Answer:
    """Population variance."""

    def step(state: list[Floats], index: Ints, _window: Ints, nth: int) -> None:
        mean, mean_rest, squares, squares_rest = state
        value = windows.values[index]
        delta = value - (mean + mean_rest)
        kahan_add(delta / nth, mean, mean_rest)
        kahan_add(delta * (value - (mean + mean_rest)), squares, squares_rest)

    _, _, squares, rest = windows.folded(4, step)
    return _filled(windows, (squares + rest) / np.maximum(windows.counts, 1))


def deviation(windows: Windows) -> Answer:
    values, mask = variance(windows)
    return np.sqrt(values), mask


def quantile(windows: Windows, q: Floats) -> Answer:
    """The φ-quantile of each window, φ per step."""
    result = np.zeros(windows.counts.shape)
    wanted = np.broadcast_to(q, windows.counts.shape)
    for chosen, samples in windows.stacked():
        sizes = np.full(len(samples), samples.shape[1])
        result[chosen] = interpolated(nan_first(samples), sizes, wanted[chosen])
    return _filled(windows, result)


def _before(windows: Windows) -> tuple[Floats, Floats]:
    """Each sample of the flat array and the one before it; series boundaries are never inside a window."""
    return windows.values, np.concatenate([windows.values[:1], windows.values[:-1]])


def changes(windows: Windows) -> Answer:
    current, previous = _before(windows)
    changed = (current != previous) & ~(np.isnan(current) & np.isnan(previous))
    return _filled(windows, windows.reduced(np.add, changed.astype(np.float64), skip=1))


def resets(windows: Windows) -> Answer:
    current, previous = _before(windows)
    return _filled(windows, windows.reduced(np.add, (current < previous).astype(np.float64), skip=1))


def _pairs(windows: Windows) -> tuple[Floats, Floats, Floats, Mask]:
    """The last value, the one before, and the seconds between them, where there are two samples."""
    seconds = (windows.last_time() - windows.last_time(1)) / 1000
    return windows.last(), windows.last(1), seconds, (windows.counts >= 2) & (seconds > 0)


def instant_rate(windows: Windows) -> Answer:
    newest, previous, seconds, mask = _pairs(windows)
    return np.where(newest < previous, newest, newest - previous) / seconds, mask


def instant_delta(windows: Windows) -> Answer:
    newest, previous, _, mask = _pairs(windows)
    return newest - previous, mask


def rate(windows: Windows, left_open: bool = False) -> Answer:
    """Per-second increase of a counter."""
    values, mask = increase(windows, left_open)
    return values / ((windows.end - windows.start) / 1000), mask


def increase(windows: Windows, left_open: bool = False) -> Answer:
    current, previous = _before(windows)
    fallen = np.where(current < previous, previous, 0.0)
    gained = windows.last() - windows.first()
    if fallen.any():
        gained = gained + windows.reduced(np.add, fallen, skip=1)
    return _extrapolated(windows, gained, counter=True, left_open=left_open)


def delta(windows: Windows, left_open: bool = False) -> Answer:
    """Difference over the window of a gauge."""
    return _extrapolated(windows, windows.last() - windows.first(), counter=False, left_open=left_open)


def _extrapolated(windows: Windows, gained: Floats, *, counter: bool, left_open: bool) -> Answer:
    """Stretch a gain between samples to the whole window, at most half a sampling interval beyond missing samples.

    A counter is not stretched to where it would have been below zero. 2.x applies that limit before the threshold of 1.1
    intervals, 3.x after it.
    """
    first_time, last_time = windows.first_time(), windows.last_time()
    to_start = (first_time - windows.start) / 1000
    to_end = (windows.end - last_time) / 1000
    sampled = (last_time - first_time) / 1000
    interval = sampled / np.maximum(windows.counts - 1, 1)
    threshold = interval * 1.1
    if left_open:
        to_start = np.where(to_start < threshold, to_start, interval / 2)
    if counter:
        first = windows.first()
        to_zero = np.where((gained > 0) & (first >= 0), sampled * (first / gained), np.inf)
        to_start = np.where(to_zero < to_start, to_zero, to_start)
    if not left_open:
        to_start = np.where(to_start < threshold, to_start, interval / 2)
    to_end = np.where(to_end < threshold, to_end, interval / 2)
    return gained * ((sampled + to_start + to_end) / sampled), windows.counts >= 2


def derivative(windows: Windows) -> Answer:
    """Least-squares slope per second."""
    slope, _ = _regression(windows, windows.first_time())
    return slope, windows.counts >= 2


def predict(windows: Windows, seconds: Floats) -> Answer:
    """The regression's value so many seconds after the evaluation time."""
    slope, intercept = _regression(windows, np.broadcast_to(windows.at, windows.counts.shape))
    return slope * seconds + intercept, windows.counts >= 2


def _regression(windows: Windows, origin: Ints) -> tuple[Floats, Floats]:
    """Slope per second and value at ``origin`` (milliseconds, one a window) of the least-squares line."""
    flat_origin = origin.ravel()

    def step(state: list[Floats], index: Ints, window: Ints, _nth: int) -> None:
        x = (windows.times[index] - flat_origin[window]) / 1000
        y = windows.values[index]
        for position, term in enumerate((x, y, x * y, x * x)):
            kahan_add(term, state[2 * position], state[2 * position + 1])

    sums = windows.folded(8, step)
    x, y, xy, xx = (sums[position] + sums[position + 1] for position in range(0, 8, 2))
    n = np.maximum(windows.counts, 1)
    slope = (xy - x * y / n) / (xx - x * x / n)
    intercept = y / n - slope * x / n
    current, previous = _before(windows)
    level = windows.reduced(np.add, (~(current == previous)).astype(np.float64), skip=1) == 0
    first = windows.first()
    infinite = np.isinf(first)
    return (
        np.where(level, np.where(infinite, np.nan, 0.0), slope),
        np.where(level, np.where(infinite, np.nan, first), intercept),
    )
