"""Order and quantiles with PromQL's place for NaN: below every number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc.demo.promql.values import Floats, Ints, Mask


def nan_first(rows: Floats) -> Floats:
    """Each row ascending, NaN before everything."""
    return np.asarray(-np.sort(-rows, axis=-1)[..., ::-1])


def ranked(values: Floats, present: Mask, *, descending: bool = False, nan_last: bool = True) -> NDArray[np.intp]:
    """For each column the row numbers in order: absent ones last, equal ones in row order.

    Sorting and ``topk``/``bottomk`` put NaN behind all numbers whichever way they go, quantiles put it first.
    """
    nan = np.isnan(values)
    key = np.where(nan, 0.0, -values if descending else values)
    return np.lexsort((key, nan if nan_last else ~nan, ~present), axis=0)


def interpolated(ordered: Floats, sizes: Ints, q: Floats) -> Floats:
    """The φ-quantile of each row of ``ordered`` (ascending, the first ``sizes`` entries count), φ one a row."""
    rank = np.where(np.isnan(q), 0.0, np.clip(q, 0.0, 1.0)) * (sizes - 1)
    low = np.maximum(0, np.floor(rank)).astype(np.int64)
    high = np.minimum(sizes - 1, low + 1)
    weight = rank - np.floor(rank)
    rows = np.arange(len(ordered))
    value = ordered[rows, low] * (1 - weight) + ordered[rows, np.maximum(high, 0)] * weight
    value = np.where(q < 0, -np.inf, np.where(q > 1, np.inf, value))
    return np.asarray(np.where(np.isnan(q) | (sizes == 0), np.nan, value))
