"""Range aggregations: the samples in a window folded into one value, at every step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noc.catalogue.logql.syntax import RangeAggregation
from noc.demo.logql.extraction import Extracted, Times, Values
from noc.demo.logql.fault import LimitError, UnsupportedError
from noc.demo.promql.values import Mask, Vector, empty
from noc.model.series import Labels

_CELLS = 20_000_000
"""Values a range aggregation has at most: where lines make series of their own, a day has a hundred times as many."""

Fold = Callable[[Values], float]
"""A window's values, at least one, oldest first."""


def folded(node: RangeAggregation, found: Extracted, steps: Times) -> Vector:
    """``steps`` are the ends of the windows in nanoseconds; a window excludes its start and includes its end."""
    ends = steps - node.offset
    labels = list(found.series)
    if len(labels) * len(steps) > _CELLS:
        raise LimitError
    if not labels and node.op != "absent_over_time":
        return empty(len(steps))
    values, present = np.zeros((len(labels), len(steps))), np.zeros((len(labels), len(steps)), dtype=np.bool_)
    for number, key in enumerate(labels):
        times, samples = found.series[key]
        low = np.searchsorted(times, ends - node.window, "right")
        high = np.searchsorted(times, ends, "right")
        present[number] = high > low
        values[number] = _column(node, samples, low, high)
    if node.op == "absent_over_time":
        return _absent(node, np.asarray(present.any(axis=0)))
    return Vector.of(labels, values, present)


def _column(node: RangeAggregation, samples: Values, low: Times, high: Times) -> Values:
    seconds = node.window / 1e9
    match node.op:
        case "count_over_time" | "absent_over_time":
            return (high - low).astype(np.float64)
        case "rate" if node.unwrap is None:
            return (high - low) / seconds
        case "rate" | "bytes_rate":
            return _each(_sum, samples, low, high) / seconds
        case "sum_over_time" | "bytes_over_time":
            return _each(_sum, samples, low, high)
        case "quantile_over_time":
            share = node.parameter or 0.0
            return _each(lambda window: _quantile(share, window), samples, low, high)
        case _ if node.op in _FOLDS:
            return _each(_FOLDS[node.op], samples, low, high)
        case _:
            raise UnsupportedError(node.op)


def _each(fold: Fold, samples: Values, low: Times, high: Times) -> Values:
    values = np.zeros(len(low))
    last = (-1, -1)
    for step, (start, end) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        if start < end:
            values[step] = values[step - 1] if (start, end) == last else fold(samples[start:end])
            last = (start, end)
    return values


def _sum(window: Values) -> float:
    """One after the other, as Go adds: NumPy's own sum goes in pairs and ends in other digits."""
    return float(np.add.accumulate(window)[-1])


def _mean(window: Values) -> float:
    """The running mean, which never overflows."""
    mean = 0.0
    for count, value in enumerate(window.tolist(), 1):
        mean += value / count - mean / count
    return mean


def _quantile(share: float, window: Values) -> float:
    """Between the two samples next to the rank, in proportion."""
    if share < 0:
        return -np.inf
    if share > 1:
        return np.inf
    ordered = np.sort(window)
    rank = share * (len(ordered) - 1)
    low = int(max(0.0, np.floor(rank)))
    high = min(len(ordered) - 1, low + 1)
    weight = rank - np.floor(rank)
    return float(ordered[low] * (1 - weight) + ordered[high] * weight)


_FOLDS: dict[str, Fold] = {
    "avg_over_time": _mean,
    "min_over_time": lambda window: float(window.min()),
    "max_over_time": lambda window: float(window.max()),
    "first_over_time": lambda window: float(window[0]),
    "last_over_time": lambda window: float(window[-1]),
}


def _absent(node: RangeAggregation, seen: Mask) -> Vector:
    """1 wherever nothing was seen, under the labels that the selector fixes."""
    fixed: dict[str, str] = {}
    twice: set[str] = set()
    for matcher in node.query.matchers:
        if matcher.name in fixed or matcher.op != "=":
            twice.add(matcher.name)
        else:
            fixed[matcher.name] = matcher.value
    labels: Labels = tuple(sorted((name, value) for name, value in fixed.items() if name not in twice))
    return Vector.single(labels, np.ones(len(seen)), ~seen)
