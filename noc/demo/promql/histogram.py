"""``histogram_quantile`` over classic buckets: linear interpolation inside the bucket that holds the rank."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from noc.demo.promql import labelset
from noc.demo.promql.values import Floats, Ints, Vector, empty
from noc.model.series import Labels

_FLOAT = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)", re.IGNORECASE | re.ASCII)


def histogram_quantile(q: Floats, vector: Vector) -> Vector:
    """The φ-quantile (one φ a step) of each histogram: series that differ only in ``le``. Others are ignored."""
    groups: dict[Labels, list[tuple[float, int]]] = defaultdict(list)
    for row, labels in enumerate(vector.labels):
        bound = labelset.value_of(labels, labelset.BUCKET)
        if _FLOAT.fullmatch(bound):
            groups[labelset.without(labels, (labelset.BUCKET,))].append((float(bound), row))
    steps = vector.values.shape[1]
    if not groups:
        return empty(steps)
    values = np.zeros((len(groups), steps))
    present = np.zeros((len(groups), steps), dtype=np.bool_)
    for number, buckets in enumerate(groups.values()):
        buckets.sort(key=lambda bucket: bucket[0])
        bounds, rows = np.array([bound for bound, _ in buckets]), [row for _, row in buckets]
        mask = vector.present[rows]
        present[number] = mask.any(axis=0)
        patterns, which = np.unique(mask, axis=1, return_inverse=True)
        for pattern in range(patterns.shape[1]):
            columns, here = np.flatnonzero(which == pattern), np.flatnonzero(patterns[:, pattern])
            if len(here):
                counts = vector.values[np.array(rows)[here]][:, columns]
                values[number, columns] = bucket_quantile(q[columns], bounds[here], counts)
    return Vector([labelset.nameless(labels) for labels in groups], values, present).merged()


def bucket_quantile(q: Floats, bounds: Floats, counts: Floats) -> Floats:
    """Quantiles of cumulative ``counts`` (buckets, steps) below ascending ``bounds``, φ one a step.

    NaN without an observation, without a ``+Inf`` bucket or with that one alone. A rank in the ``+Inf`` bucket is the highest
    finite bound. The lowest bucket starts at 0 unless its bound is not positive. Counts that fall, as scrapes torn
    apart produce them, are raised to the highest before.
    """
    result = np.full(len(q), np.nan)
    bounds, counts = _coalesced(bounds, counts)
    if bounds[-1] == np.inf and len(bounds) > 1:
        counts = np.where(np.isnan(counts), counts, np.fmax.accumulate(counts, axis=0))
        result = _interpolated(q, bounds, counts)
    result = np.where(q < 0, -np.inf, np.where(q > 1, np.inf, result))
    return np.asarray(np.where(np.isnan(q), np.nan, result))


def _coalesced(bounds: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Buckets of equal bound (``le="1"`` and ``le="1.0"``) added up."""
    starts = np.flatnonzero(np.append(True, bounds[1:] != bounds[:-1]))
    if len(starts) == len(bounds):
        return bounds, counts
    return bounds[starts], np.add.reduceat(counts, starts, axis=0)


def _interpolated(q: Floats, bounds: Floats, counts: Floats) -> Floats:
    observations = counts[-1]
    rank = q * observations
    bucket = _search(counts[:-1], rank)
    steps = np.arange(len(q))
    last = bucket == len(bounds) - 1
    below = np.maximum(bucket - 1, 0)
    lower = np.where(bucket > 0, bounds[below], 0.0)
    base = np.where(bucket > 0, counts[below, steps], 0.0)
    inside = lower + (bounds[bucket] - lower) * ((rank - base) / (counts[bucket, steps] - base))
    value = np.where((bucket == 0) & (bounds[0] <= 0), bounds[0], inside)
    return np.asarray(np.where(observations == 0, np.nan, np.where(last, bounds[-2], value)))


def _search(counts: Floats, rank: Floats) -> Ints:
    """Per step the first bucket whose count reaches the rank, by bisection, so that NaN goes where it goes in Go."""
    low = np.zeros(len(rank), dtype=np.int64)
    high = np.full(len(rank), len(counts), dtype=np.int64)
    steps = np.arange(len(rank))
    while (low < high).any():
        middle = (low + high) // 2
        reached = counts[np.minimum(middle, len(counts) - 1), steps] >= rank
        open_ = low < high
        high = np.where(open_ & reached, middle, high)
        low = np.where(open_ & ~reached, middle + 1, low)
    return low
