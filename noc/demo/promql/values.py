"""What expressions evaluate to, for all steps of a query at once: rows are series, columns are steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noc.demo.promql import labelset
from noc.demo.promql.faults import SAME_LABELSET, ExecutionError
from noc.model.series import Labels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """The evaluation times in milliseconds: start, start + interval, ... up to end, both inclusive."""

    start: int
    end: int
    interval: int

    @cached_property
    def times(self) -> Ints:
        return np.arange(self.start, self.end + 1, self.interval, dtype=np.int64)

    @property
    def size(self) -> int:
        return (self.end - self.start) // self.interval + 1


@dataclass(frozen=True)
class Scalar:
    """One float a step, shape (steps,)."""

    values: Floats


@dataclass(frozen=True)
class Text:
    """A string literal."""

    value: str


@dataclass(frozen=True)
class Vector:
    """Instant vectors of all steps. ``values`` and ``present`` have shape (series, steps).

    A NaN can be a value, hence the separate mask; what ``values`` holds where nothing is present means nothing.
    """

    labels: Sequence[Labels]
    values: Floats
    present: Mask

    @classmethod
    def of(cls, labels: Sequence[Labels], values: Floats, present: Mask) -> Vector:
        """A vector without the rows that are present at no step: such series do not exist."""
        keep = present.any(axis=1)
        if keep.all():
            return cls(labels, values, present)
        return cls(labels, values, present).rows(np.flatnonzero(keep))

    @classmethod
    def single(cls, labels: Labels, values: Floats, present: Mask | None = None) -> Vector:
        """One series; present everywhere unless told."""
        mask = np.ones(len(values), dtype=np.bool_) if present is None else present
        return cls.of([labels], values.reshape(1, -1), mask.reshape(1, -1))

    def rows(self, indices: Ints | NDArray[np.intp]) -> Vector:
        return Vector([self.labels[i] for i in indices], self.values[indices], self.present[indices])

    def relabelled(self, change: Callable[[Labels], Labels]) -> Vector:
        return Vector([change(labels) for labels in self.labels], self.values, self.present)

    def nameless(self) -> Vector:
        return self.relabelled(labelset.nameless)

    def valued(self, values: Floats) -> Vector:
        return Vector(self.labels, values, self.present)

    def masked(self, keep: Mask) -> Vector:
        return Vector.of(self.labels, self.values, self.present & keep)

    def occupied(self) -> Mask:
        """At which steps there is any element."""
        return np.asarray(self.present.any(axis=0))

    def merged(self) -> Vector:
        """Rows of equal labels joined into one; an error when two of them meet at one step."""
        positions: dict[Labels, int] = {}
        target = np.array([positions.setdefault(labels, len(positions)) for labels in self.labels], dtype=np.int64)
        if len(positions) == len(self.labels):
            return self
        shape = (len(positions), self.values.shape[1])
        values, present = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
        for row, into in enumerate(target):
            here = self.present[row]
            if (present[into] & here).any():
                raise ExecutionError(SAME_LABELSET)
            values[into, here] = self.values[row, here]
            present[into] |= here
        return Vector(list(positions), values, present)

    def distinct(self) -> Vector:
        """Itself; an error when two rows have equal labels, even if they never meet (range functions, unary minus)."""
        if len(set(self.labels)) != len(self.labels):
            raise ExecutionError(SAME_LABELSET)
        return self


def empty(steps: int) -> Vector:
    return Vector([], np.zeros((0, steps)), np.zeros((0, steps), dtype=np.bool_))


Value = Vector | Scalar | Text
