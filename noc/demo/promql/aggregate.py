"""Aggregation operators: series of one group folded into one, step by step, for all groups at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from noc.demo.goformat import decimal, sample_value
from noc.demo.promql import labelset
from noc.demo.promql.faults import ExecutionError
from noc.demo.promql.ordering import interpolated, ranked
from noc.demo.promql.syntax import is_label_name
from noc.demo.promql.values import Floats, Ints, Mask, Vector, empty
from noc.model.series import Labels


@dataclass(frozen=True)
class Grouping:
    """``by`` (keep these labels, by default none) or ``without`` (drop these and the name)."""

    names: tuple[str, ...] = ()
    exclude: bool = False

    def key(self, labels: Labels) -> Labels:
        if self.exclude:
            return labelset.without(labels, (*self.names, labelset.NAME))
        return labelset.only(labels, self.names)


@dataclass(frozen=True)
class Groups:
    """The rows of a vector by group, in order of first appearance. ``of`` is the group number of each row."""

    vector: Vector
    labels: list[Labels]
    of: Ints

    @classmethod
    def made(cls, vector: Vector, grouping: Grouping) -> Groups:
        numbers: dict[Labels, int] = {}
        of = [numbers.setdefault(grouping.key(labels), len(numbers)) for labels in vector.labels]
        return cls(vector, list(numbers), np.array(of, dtype=np.int64))

    @cached_property
    def counts(self) -> Floats:
        return self.reduced(np.add, self.vector.present.astype(np.float64))

    @cached_property
    def _order(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.of, kind="stable")
        return order, np.searchsorted(self.of[order], np.arange(len(self.labels)))

    def reduced(self, ufunc: np.ufunc, values: Floats) -> Floats:
        order, starts = self._order
        return np.asarray(ufunc.reduceat(values[order], starts, axis=0))

    def members(self) -> list[Ints]:
        order, starts = self._order
        return np.split(order, starts[1:])

    def ranks(self) -> list[Ints]:
        """Row numbers: first the first member of every group, then the second ones, and so on."""
        order, starts = self._order
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
        return [np.flatnonzero(rank == nth) for nth in range(int(rank.max()) + 1)]

    def vector_of(self, values: Floats) -> Vector:
        return Vector(self.labels, values, self.counts > 0)


def _sum(groups: Groups) -> Floats:
    vector = groups.vector
    return groups.reduced(np.add, np.where(vector.present, vector.values, 0.0))


def _extreme(ufunc: np.ufunc) -> Callable[[Groups], Floats]:
    def reduce(groups: Groups) -> Floats:
        vector = groups.vector
        return groups.reduced(ufunc, np.where(vector.present, vector.values, np.nan))

    return reduce


def _mean(groups: Groups) -> Floats:
    """The running mean, which neither overflows nor leaves an infinity for a finite value."""
    mean = np.zeros((len(groups.labels), groups.vector.values.shape[1]))
    seen = np.zeros_like(mean)
    for rows in groups.ranks():
        into, value, here = groups.of[rows], groups.vector.values[rows], groups.vector.present[rows]
        old, count = mean[into], seen[into] + here
        divisor = np.maximum(count, 1)
        settled = ~here | (np.isinf(old) & (np.isfinite(value) | (value == old)))
        mean[into] = np.where(settled, old, old + (value / divisor - old / divisor))
        seen[into] = count
    return mean


def _variance(groups: Groups) -> Floats:
    """Population variance, Welford's way."""
    mean = np.zeros((len(groups.labels), groups.vector.values.shape[1]))
    squares, seen = np.zeros_like(mean), np.zeros_like(mean)
    for rows in groups.ranks():
        into, value, here = groups.of[rows], groups.vector.values[rows], groups.vector.present[rows]
        count = seen[into] + here
        first = here & (count == 1)
        difference = value - mean[into]
        moved = np.where(first, value, mean[into] + difference / np.maximum(count, 1))
        grown = np.where(first, 0.0, squares[into] + difference * (value - moved))
        mean[into], squares[into] = np.where(here, moved, mean[into]), np.where(here, grown, squares[into])
        seen[into] = count
    return squares / np.maximum(seen, 1)


_FOLDS: dict[str, Callable[[Groups], Floats]] = {
    "sum": _sum,
    "avg": _mean,
    "min": _extreme(np.fmin),
    "max": _extreme(np.fmax),
    "count": lambda groups: groups.counts,
    "group": lambda groups: np.ones_like(groups.counts),
    "stdvar": _variance,
    "stddev": lambda groups: np.sqrt(_variance(groups)),
}

SIMPLE: Collection[str] = _FOLDS.keys()


def aggregate(operator: str, vector: Vector, grouping: Grouping) -> Vector:
    """An operator of ``SIMPLE``."""
    if not vector.labels:
        return vector
    groups = Groups.made(vector, grouping)
    return groups.vector_of(_FOLDS[operator](groups))


def quantile(vector: Vector, grouping: Grouping, q: Floats) -> Vector:
    """The φ-quantile of each group, φ per step."""
    if not vector.labels:
        return vector
    groups = Groups.made(vector, grouping)
    values = np.zeros((len(groups.labels), vector.values.shape[1]))
    for number, rows in enumerate(groups.members()):
        part, present = vector.values[rows], vector.present[rows]
        ordered = np.take_along_axis(part, ranked(part, present, nan_last=False), axis=0)
        values[number] = interpolated(ordered.T, present.sum(axis=0), q)
    return groups.vector_of(values)


def extremes(vector: Vector, grouping: Grouping, k: Floats, *, largest: bool) -> Vector:
    """``topk`` and ``bottomk``: the k series of each group at each step, with their own labels.

    For a single step the rows come in order of rank, as an instant query shows them.
    """
    limits = _integers(k)
    if not vector.labels or (limits < 1).all():
        return empty(vector.values.shape[1])
    keep = np.zeros_like(vector.present)
    display: list[int] = []
    for rows in Groups.made(vector, grouping).members():
        order = ranked(vector.values[rows], vector.present[rows], descending=largest)
        position = np.empty_like(order)
        np.put_along_axis(position, order, np.arange(len(rows))[:, None], axis=0)
        keep[rows] = position < limits
        display.extend(rows[order[:, 0]])
    chosen = Vector(vector.labels, vector.values, vector.present & keep)
    if vector.values.shape[1] == 1:
        chosen = chosen.rows(np.array(display, dtype=np.int64))
    return Vector.of(chosen.labels, chosen.values, chosen.present)


def _integers(k: Floats) -> Ints:
    convertible = (k >= -(2.0**63)) & (k < 2.0**63)
    if not convertible.all():
        raise ExecutionError(f"Scalar value {sample_value(float(k[~convertible][0]))} overflows int64")
    return k.astype(np.int64)


def count_values(vector: Vector, grouping: Grouping, label: str) -> Vector:
    """How many series of each group have which value; the value becomes a label."""
    if not is_label_name(label):
        raise ExecutionError(f"invalid label name {labelset.quoted(label)}")
    steps = vector.values.shape[1]
    counts: dict[Labels, Floats] = {}
    by = grouping if grouping.exclude else Grouping((*grouping.names, label))
    for labels, values, present in zip(vector.labels, vector.values, vector.present, strict=True):
        for value, here in _distinct(values, present):
            key = by.key(labelset.replaced(labels, label, decimal(value)))
            counts.setdefault(key, np.zeros(steps))[here] += 1
    if not counts:
        return empty(steps)
    table = np.stack(list(counts.values()))
    return Vector(list(counts), table, table > 0)


def _distinct(values: Floats, present: Mask) -> list[tuple[float, Mask]]:
    found = np.unique(values[present])
    return [(float(v), present & (np.isnan(values) if np.isnan(v) else values == v)) for v in found]
