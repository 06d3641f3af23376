"""What changed, second half: the values of a label ranked by how far they moved, and labels by how much they explain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from noc.model.series import Answer, Series

NEVER_SPLIT = frozenset({"__name__", "le"})
"""Labels that tell no cause: the metric itself, and cumulative buckets that contain each other."""

FEW = 3
"""Values that a reader takes in as "it was these"."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a label. ``now`` or ``before`` is None where it did not exist; ``share`` is its part of all
    movement, up and down alike (0 to 1)."""

    value: str
    now: float | None
    before: float | None
    change: float
    share: float

    @property
    def new(self) -> bool:
        return self.before is None

    @property
    def vanished(self) -> bool:
        return self.now is None


def ranked(now: Answer, before: Answer, label: str, *, additive: bool = True) -> list[Change]:
    """The label's values by absolute change, largest first, of two instant answers.

    Several series of one value are added up, or averaged where the expression's parts do not add up. NaN counts as
    not there: a ratio of nothing is no value.
    """
    current, earlier = _by_value(now.series, label, additive), _by_value(before.series, label, additive)
    moved = {value: current.get(value, 0.0) - earlier.get(value, 0.0) for value in {**current, **earlier}}
    total = sum(abs(change) for change in moved.values())
    found = [
        Change(value, current.get(value), earlier.get(value), change, abs(change) / total if total else 0.0)
        for value, change in moved.items()
    ]
    return sorted(found, key=lambda one: (-abs(one.change), one.value))


def _by_value(series: Iterable[Series], label: str, additive: bool) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for one in counted(series):
        if one.last is not None and math.isfinite(one.last):
            found.setdefault(one.label(label), []).append(one.last)
    return {value: math.fsum(each) / (1 if additive else len(each)) for value, each in found.items()}


def counted(series: Iterable[Series]) -> list[Series]:
    """The series to count. Of cumulative buckets only the last: it holds all the others."""
    kept = list(series)
    buckets = [one for one in kept if one.label("le")]
    return [one for one in buckets if one.label("le") == "+Inf"] if buckets else kept


def power(changes: Sequence[Change]) -> float:
    """How well a label explains the change: the share its few top values have above their share of all values (0 to 1).

    One value that carries everything among many scores high; an even change over all values, or a single value, is 0.
    """
    count, best, reached = len(changes), 0.0, 0.0
    for index, change in enumerate(changes[:FEW], 1):
        reached += change.share
        best = max(best, reached - index / count)
    return best


def labels_of_interest(samples: Sequence[Sequence[Series]], *, complete: bool = True) -> list[str]:
    """Labels worth splitting by, those with fewest values first, from sample series of each selector.

    Labels that all selectors have are preferred to those of some. With ``complete`` samples a label of one value is
    left out, as it can tell nothing apart.
    """
    values = [_values(sample) for sample in samples if sample]
    if not values:
        return []
    shared = set.intersection(*(set(one) for one in values)) or set.union(*(set(one) for one in values))
    counts = {label: max(len(one.get(label, ())) for one in values) for label in shared - NEVER_SPLIT}
    least = 2 if complete else 1
    return sorted(
        (label for label in counts if counts[label] >= least), key=lambda one: (counts[one] < 2, counts[one], one)
    )


def _values(sample: Iterable[Series]) -> Mapping[str, set[str]]:
    """Distinct values by label; a series without a label has the empty one."""
    series = list(sample)
    names = {name for one in series for name, _ in one.labels}
    return {name: {one.label(name) for one in series} for name in names}
