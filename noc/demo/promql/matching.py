"""Vector matching: which series of two vectors meet, what their result is called, and when that is ambiguous."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noc.demo.promql import labelset
from noc.demo.promql.arithmetic import combined, is_comparison, keeps_name
from noc.demo.promql.faults import ExecutionError
from noc.demo.promql.values import Ints, Mask, Vector, empty
from noc.model.series import Labels


@dataclass(frozen=True)
class Matching:
    """``on``/``ignoring`` labels; ``many`` is the side with many series (left, right, or empty for one to one)."""

    names: tuple[str, ...] = ()
    on: bool = False
    many: str = ""
    include: tuple[str, ...] = ()

    def signature(self, labels: Labels) -> Labels:
        if self.on:
            return labelset.only(labels, self.names)
        return labelset.without(labels, (*self.names, labelset.NAME))

    def result(self, many: Labels, one: Labels, operator: str, as_bool: bool) -> Labels:
        """The label set of a result whose sides are these."""
        labels = many if keeps_name(operator) else labelset.nameless(many)
        if not self.many:
            labels = labelset.only(labels, self.names) if self.on else labelset.without(labels, self.names)
        for name in self.include:
            labels = labelset.replaced(labels, name, labelset.value_of(one, name))
        return labelset.nameless(labels) if as_bool else labels


def _by_signature(vector: Vector, matching: Matching) -> dict[Labels, list[int]]:
    rows: dict[Labels, list[int]] = defaultdict(list)
    for row, labels in enumerate(vector.labels):
        rows[matching.signature(labels)].append(row)
    return rows


def set_operation(operator: str, left: Vector, right: Vector, matching: Matching) -> Vector:
    """``and``, ``or``, ``unless``: whether the other side has a series of the same signature at the same step."""
    if operator == "or":
        extra = right.masked(~_met(right, left, matching))
        return Vector(
            [*left.labels, *extra.labels],
            np.concatenate([left.values, extra.values]),
            np.concatenate([left.present, extra.present]),
        ).merged()
    met = _met(left, right, matching)
    return left.masked(met if operator == "and" else ~met)


def _met(vector: Vector, other: Vector, matching: Matching) -> Mask:
    """Where each series of ``vector`` has a partner in ``other``."""
    partners = {
        signature: other.present[rows].any(axis=0) for signature, rows in _by_signature(other, matching).items()
    }
    met = np.zeros_like(vector.present)
    for row, labels in enumerate(vector.labels):
        met[row] = partners.get(matching.signature(labels), False)
    return met


def binary_operation(operator: str, left: Vector, right: Vector, matching: Matching, as_bool: bool) -> Vector:
    """Arithmetic or comparison of two vectors; raises ExecutionError in Prometheus's words when a match is ambiguous."""
    many, one = (right, left) if matching.many == "right" else (left, right)
    both = many.occupied() & one.occupied()
    if not both.any():
        return empty(len(both))
    ones = _by_signature(one, matching)
    _refuse_duplicates(one, ones, both, matching)
    pairs = [
        (row, partner, signature)
        for row, labels in enumerate(many.labels)
        for signature in (matching.signature(labels),)
        for partner in ones.get(signature, ())
    ]
    if not pairs:
        return empty(len(both))
    many_rows, one_rows = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    sides = many.values[many_rows], one.values[one_rows]
    values, kept = combined(operator, *(sides[::-1] if matching.many == "right" else sides))
    present = many.present[many_rows] & one.present[one_rows]
    if as_bool:
        values = kept.astype(np.float64)
    elif is_comparison(operator):
        present &= kept
    labels = [matching.result(many.labels[row], one.labels[partner], operator, as_bool) for row, partner, _ in pairs]
    _refuse_multiple([pair[2] for pair in pairs], labels, present, matching)
    return Vector.of(labels, values, present).merged()


def _refuse_duplicates(one: Vector, rows_of: dict[Labels, list[int]], both: Mask, matching: Matching) -> None:
    """The ``one`` side must have at most one series a signature at each step where anything is to be matched."""
    worst: tuple[int, Ints] | None = None
    for rows in rows_of.values():
        if len(rows) < 2:
            continue
        clashes = np.flatnonzero((one.present[rows].sum(axis=0) > 1) & both)
        if len(clashes) and (worst is None or clashes[0] < worst[0]):
            worst = int(clashes[0]), np.array(rows)
    if worst is None:
        return
    step, candidates = worst
    first, second = [int(row) for row in candidates if one.present[row, step]][:2]
    group = matching.signature(one.labels[second])
    side = "left" if matching.many == "right" else "right"
    raise ExecutionError(
        f"found duplicate series for the match group {labelset.text(group)} on the {side} hand-side of the operation: "
        f"[{labelset.text(one.labels[second])}, {labelset.text(one.labels[first])}]"
        ";many-to-many matching not allowed: matching labels must be unique on one side"
    )


def _refuse_multiple(signatures: Sequence[Labels], labels: Sequence[Labels], present: Mask, matching: Matching) -> None:
    """One-to-one: one result a signature and step. Many-to-one: results of a signature differ in their labels."""
    rows: dict[tuple[Labels, Labels], list[int]] = defaultdict(list)
    for row, signature in enumerate(signatures):
        rows[signature, labels[row] if matching.many else ()].append(row)
    for same in rows.values():
        if len(same) > 1 and (present[same].sum(axis=0) > 1).any():
            if matching.many:
                raise ExecutionError("multiple matches for labels: grouping labels must ensure unique matches")
            raise ExecutionError(
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
            )
