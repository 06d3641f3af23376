"""Metric queries: one walk over the tree, every node for all steps at once, the lines of a range aggregation read once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noc.catalogue.logql.syntax import (
    Binary,
    Grouping,
    LabelReplace,
    Metric,
    Number,
    RangeAggregation,
    VectorAggregation,
    VectorOf,
)
from noc.demo.logql.conditions import expression
from noc.demo.logql.extraction import Extracted, Times
from noc.demo.logql.fault import PipelineError, UnsupportedError
from noc.demo.logql.overtime import folded
from noc.demo.promql import aggregate, arithmetic, labelset, matching
from noc.demo.promql.values import Floats, Scalar, Vector
from noc.demo.regex import expand

Read = Callable[[RangeAggregation, Grouping | None, bool, int, int], Extracted]
"""Samples of a node with start <= at < end: with the grouping to use, and whether that is a sum's around it."""

_SUMMED = ("bytes_over_time", "bytes_rate", "sum_over_time", "rate", "count_over_time")
"""What Loki counts under the grouping of the ``sum`` around it, without ever telling apart what is summed anyway."""


class Evaluator:
    """Evaluates nodes at ``steps`` (nanoseconds, ascending)."""

    def __init__(self, steps: Times, read: Read) -> None:
        self._steps = steps
        self._read = read

    def value(self, expr: Metric) -> Scalar | Vector:
        """Raises LogQLError, PipelineError, UnsupportedError, ExecutionError (of the vectors, see noc.demo.promql)."""
        match expr:
            case Number():
                return Scalar(np.full(len(self._steps), expr.value))
            case VectorOf():
                return Vector.single((), np.full(len(self._steps), expr.value))
            case RangeAggregation():
                return self._range(expr, expr.grouping)
            case VectorAggregation():
                return self._aggregation(expr)
            case LabelReplace():
                return _replaced(self._vector(expr.expr), expr)
            case Binary():
                return self._binary(expr)

    def _vector(self, expr: Metric) -> Vector:
        """An operand that has series; a number has one without labels."""
        value = self.value(expr)
        return value if isinstance(value, Vector) else Vector.single((), value.values)

    def _range(self, node: RangeAggregation, grouping: Grouping | None, *, summed: bool = False) -> Vector:
        first, last = int(self._steps[0]) - node.offset - node.window, int(self._steps[-1]) - node.offset
        found = self._read(node, grouping, summed, first + 1, last + 1)
        if found.faults:
            raise PipelineError(found.faults[0][1])
        return folded(node, found, self._steps)

    def _aggregation(self, node: VectorAggregation) -> Vector:
        inner = node.expr
        if node.op == "sum" and isinstance(inner, RangeAggregation) and inner.op in _SUMMED and inner.grouping is None:
            vector = self._range(inner, node.grouping, summed=True)
        else:
            vector = self._vector(inner)
        grouping = aggregate.Grouping(node.grouping.names, node.grouping.without)
        if node.op in aggregate.SIMPLE:
            return aggregate.aggregate(node.op, vector, grouping)
        if node.op in ("topk", "bottomk"):
            count = np.full(len(self._steps), float(node.parameter or 0))
            return aggregate.extremes(vector, grouping, count, largest=node.op == "topk")
        if node.op in ("sort", "sort_desc"):
            return vector
        raise UnsupportedError(node.op)

    def _binary(self, node: Binary) -> Scalar | Vector:
        left, right = self.value(node.left), self.value(node.right)
        if node.op in ("/", "%"):
            right = _no_zero(right)
        rules = matching.Matching(node.matching.names, node.matching.on, node.matching.many, node.matching.include)
        match left, right:
            case Scalar(), Scalar():
                return arithmetic.scalar_scalar(node.op, left, right)
            case Vector(), Scalar():
                return arithmetic.vector_scalar(node.op, left, right, swapped=False, as_bool=node.as_bool)
            case Scalar(), Vector():
                return arithmetic.vector_scalar(node.op, right, left, swapped=True, as_bool=node.as_bool)
            case Vector(), Vector():
                if node.op in arithmetic.SET_OPERATORS:
                    return matching.set_operation(node.op, left, right, rules)
                return matching.binary_operation(node.op, left, right, rules, node.as_bool)
        raise AssertionError(node)


def _no_zero(value: Scalar | Vector) -> Scalar | Vector:
    """Loki's quotient by zero is NaN, never infinite."""
    if isinstance(value, Scalar):
        return Scalar(_nan_for_zero(value.values))
    return value.valued(_nan_for_zero(value.values))


def _nan_for_zero(values: Floats) -> Floats:
    return np.where(values == 0, np.nan, values)


def _replaced(vector: Vector, node: LabelReplace) -> Vector:
    pattern = expression(node.pattern)

    def change(labels: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        match = pattern.fullmatch(labelset.value_of(labels, node.source))
        return labels if match is None else labelset.replaced(labels, node.target, expand(node.replacement, match))

    return vector.relabelled(change).merged()
