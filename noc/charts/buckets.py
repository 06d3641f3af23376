"""Distributions: what a histogram's cumulative buckets say, and plain values sorted into bins of a round width."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from noc.charts.scale import finite, nice_step

_MOST = 1e300
"""Counts and values beyond it are taken for it, so that sums and differences stay finite."""

Cumulative = tuple[tuple[float, float], ...]
"""(upper bound, observations up to it), ascending in both."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Observations above ``low`` up to ``high``; infinite where the bucket is open."""

    low: float
    high: float
    count: float


def bound(le: str) -> float | None:
    """The upper bound that a label ``le`` names; None when it is no number."""
    try:
        value = float(le)
    except ValueError:
        return None
    return None if math.isnan(value) or "_" in le else value


def cumulative(pairs: Iterable[tuple[float, float]]) -> Cumulative:
    """Buckets of several series as one: equal bounds summed, in ascending order, never falling.

    A count below the one before it is noise of a server that read buckets one by one: it is raised, as Prometheus's
    ``ensureMonotonic`` does. NaN and negative counts are none.
    """
    counts: dict[float, float] = {}
    for le, count in pairs:
        counts[le] = counts.get(le, 0.0) + (min(count, _MOST) if count > 0 else 0.0)
    out: list[tuple[float, float]] = []
    for le in sorted(counts):
        out.append((le, max(counts[le], out[-1][1] if out else 0.0)))
    return tuple(out)


def apart(found: Cumulative) -> tuple[Bucket, ...]:
    """What each bucket holds itself. The first one begins at zero where its bound is above it."""
    out: list[Bucket] = []
    low, before = (0.0 if found and found[0][0] > 0 else -math.inf), 0.0
    for le, count in found:
        out.append(Bucket(low, le, count - before))
        low, before = le, count
    return tuple(out)


def quantile(q: float, found: Cumulative) -> float:
    """The value below which the share ``q`` of the observations lies, as Prometheus's ``histogram_quantile`` has it.

    Linear inside a bucket, from zero in the first one; the last finite bound for what lies beyond it. NaN without a
    bucket ``+Inf``, with no other, or without observations.
    """
    if len(found) < 2 or found[-1][0] != math.inf or found[-1][1] <= 0:
        return math.nan
    rank = q * found[-1][1]
    at = next((index for index, (_, count) in enumerate(found[:-1]) if count >= rank), len(found) - 1)
    le, count = found[at]
    if at == len(found) - 1:
        return found[-2][0]
    if at == 0 and le <= 0:
        return le
    start, before = found[at - 1] if at else (0.0, 0.0)
    return start + (le - start) * ((rank - before) / (count - before))


def beyond(q: float, found: Cumulative) -> bool:
    """Whether a quantile lies above the last finite bound, so that all that is known of it is that it is greater."""
    return len(found) > 1 and found[-1][1] > 0 and q * found[-1][1] > found[-2][1]


def quantile_of(q: float, values: Sequence[float]) -> float:
    """The same of plain values, as PromQL's ``quantile``: linear between the two nearest ranks. NaN without values."""
    ordered = sorted(value for value in values if not math.isnan(value))
    if not ordered:
        return math.nan
    rank = q * (len(ordered) - 1)
    low = math.floor(rank)
    high, weight = min(len(ordered) - 1, low + 1), rank - low
    if ordered[low] == ordered[high] or weight == 0:
        return ordered[low]
    return ordered[low] * (1 - weight) + ordered[high] * weight


def binned(values: Sequence[float], bins: int, size: float = 1.0) -> tuple[Bucket, ...]:
    """At most ``bins`` buckets of one width that hold all finite values, a value on a bound in the one below it.

    The width is round in multiples of ``size``: of a mebibyte, of a minute. Infinite values stand in open buckets at the
    ends. NaN is no value.
    """
    known = [min(max(value, -_MOST), _MOST) for value in finite(values)]
    out: list[Bucket] = []
    if known:
        low, width = _ruled(min(known), max(known), bins, size)
        counts = [0] * bins
        for value in known:
            counts[min(bins - 1, max(0, math.ceil((value - low) / width - 1e-9) - 1))] += 1
        used = max(index for index, count in enumerate(counts) if count) + 1
        out = [
            Bucket(low + index * width, low + (index + 1) * width, float(counts[index]))
            for index in range(max(1, used))
        ]
    under, over = sum(value == -math.inf for value in values), sum(value == math.inf for value in values)
    if under:
        out.insert(0, Bucket(-math.inf, out[0].low if out else 0.0, float(under)))
    if over:
        out.append(Bucket(out[-1].high if out else 0.0, math.inf, float(over)))
    return tuple(out)


def _ruled(low: float, high: float, bins: int, size: float) -> tuple[float, float]:
    """The first bound and the width of bins from ``low`` to ``high``."""
    spread = high - low
    if spread <= 1e-9 * max(abs(low), abs(high)) or spread < 1e-290:
        spread = max(abs(low), abs(high)) / 4 or 1.0
    width = nice_step(max(spread / bins / size, 1e-290)) * size
    while math.floor(low / width) * width + bins * width < high:
        width = nice_step(width / size * 1.01) * size
    return math.floor(low / width) * width, width


def merged(buckets: Sequence[Bucket], most: int) -> tuple[Bucket, ...]:
    """At most ``most`` buckets: the empty ones at both ends go first, then equal numbers of neighbours become one."""
    kept = list(buckets)
    while len(kept) > max(1, most) and kept[-1].count == 0:
        kept.pop()
    while len(kept) > max(1, most) and kept[0].count == 0:
        kept.pop(0)
    size = -(-len(kept) // max(1, most))
    groups = [kept[at : at + size] for at in range(0, len(kept), size)] if size > 1 else [[one] for one in kept]
    return tuple(Bucket(group[0].low, group[-1].high, sum(one.count for one in group)) for group in groups)


def bound_text(bucket: Bucket, below: str, above: str) -> str:
    """``≤ 250 ms``, or ``> 5 s`` for the open one; both bounds as they are to be written."""
    return f"> {below}" if bucket.high == math.inf else f"≤ {above}"
