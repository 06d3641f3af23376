"""The evaluator: one walk over the tree, every node for all steps at once.

Prometheus evaluates each node of a range query at every step by itself; steps never influence each other. That is
what allows columns of an array to stand for steps, and what makes partial range queries equal full ones.
"""

from __future__ import annotations

from typing import assert_never

import numpy as np
import promql_parser as grammar

from noc.demo.promql import aggregate, arithmetic, matching, selection, syntax
from noc.demo.promql.aggregate import Grouping
from noc.demo.promql.calls import call
from noc.demo.promql.faults import ParseError, UnsupportedError
from noc.demo.promql.matching import Matching
from noc.demo.promql.selection import Context
from noc.demo.promql.syntax import Expr
from noc.demo.promql.values import Grid, Scalar, Text, Value, Vector
from noc.demo.promql.windows import Windows

_CARDINALITY = grammar.VectorMatchCardinality


class Evaluator:
    """Evaluates nodes on one grid of steps; a subquery gets an evaluator of its own with the same context.

    With ``shared``, calls and aggregations that are written alike are evaluated once.
    """

    def __init__(self, context: Context, grid: Grid, shared: dict[str, Value] | None = None) -> None:
        self.context: Context = context
        self.grid: Grid = grid
        self._shared = shared

    def value(self, expr: Expr) -> Value:
        """An expression's value at every step. Raises ExecutionError and UnsupportedError (see faults)."""
        if self._shared is None or not isinstance(expr, grammar.Call | grammar.AggregateExpr):
            return self._evaluated(expr)
        written = expr.prettify()
        if written not in self._shared:
            self._shared[written] = self._evaluated(expr)
        return self._shared[written]

    def _evaluated(self, expr: Expr) -> Value:
        match expr:
            case grammar.ParenExpr():
                return self.value(expr.expr)
            case grammar.NumberLiteral():
                return Scalar(np.full(self.grid.size, expr.val, dtype=np.float64))
            case grammar.StringLiteral():
                return Text(expr.val)
            case grammar.VectorSelector():
                return selection.select_vector(expr, self.grid, self.context)
            case grammar.Call():
                return call(expr, self)
            case grammar.AggregateExpr():
                return self._aggregate(expr)
            case grammar.BinaryExpr():
                return self._binary(expr)
            case grammar.UnaryExpr():
                return self._negated(self.value(expr.expr))
            case _:
                raise UnsupportedError(f"the demo does not evaluate {type(expr).__name__} here")

    def vector(self, expr: Expr) -> Vector:
        value = self.value(expr)
        if not isinstance(value, Vector):
            raise ParseError(f"expected an instant vector: {expr.prettify()}")
        return value

    def scalar(self, expr: Expr) -> Scalar:
        value = self.value(expr)
        if not isinstance(value, Scalar):
            raise ParseError(f"expected a scalar: {expr.prettify()}")
        return value

    def windows(self, expr: Expr) -> Windows:
        """A range vector: of raw samples or of a subquery."""
        inner = syntax.plain(expr)
        if isinstance(inner, grammar.MatrixSelector):
            return selection.select_windows(inner, self.grid, self.context)
        if not isinstance(inner, grammar.SubqueryExpr):
            raise ParseError(f"expected a range vector: {expr.prettify()}")
        steps, start, end = selection.subquery_grid(inner, self.grid, self.context)
        if steps.start > steps.end:
            return Windows.cut([], (start, end), self.grid.times, self.context.left_open)
        vector = Evaluator(self.context, steps).vector(inner.expr)
        return selection.subquery_windows(vector, steps, (start, end), self.grid, self.context)

    def _negated(self, value: Value) -> Value:
        match value:
            case Scalar():
                return Scalar(-value.values)
            case Vector():
                return value.valued(-value.values).nameless().distinct()
            case Text():
                raise ParseError("unary expression only allowed on expressions of type scalar or instant vector")
            case _:
                assert_never(value)

    def _aggregate(self, expr: Expr) -> Vector:
        operator, modifier = str(expr.op), expr.modifier
        grouping = Grouping()
        if modifier is not None:
            grouping = Grouping(tuple(modifier.labels), modifier.type == grammar.AggModifierType.Without)
        if operator == "count_values":
            return aggregate.count_values(self.vector(expr.expr), grouping, syntax.text_of(expr.param))
        if operator in aggregate.SIMPLE:
            return aggregate.aggregate(operator, self.vector(expr.expr), grouping)
        if operator not in ("quantile", "topk", "bottomk"):
            raise UnsupportedError(f"the demo does not evaluate the aggregation {operator}")
        parameter, vector = self.scalar(expr.param).values, self.vector(expr.expr)
        if operator == "quantile":
            return aggregate.quantile(vector, grouping, parameter)
        return aggregate.extremes(vector, grouping, parameter, largest=operator == "topk")

    def _binary(self, expr: Expr) -> Value:
        operator, modifier = str(expr.op), expr.modifier
        if not arithmetic.known(operator):
            raise UnsupportedError(f"the demo does not evaluate the operator {operator}")
        as_bool = modifier is not None and modifier.return_bool
        left, right = self.value(expr.lhs), self.value(expr.rhs)
        match left, right:
            case Scalar(), Scalar():
                return arithmetic.scalar_scalar(operator, left, right)
            case Vector(), Scalar():
                return arithmetic.vector_scalar(operator, left, right, swapped=False, as_bool=as_bool)
            case Scalar(), Vector():
                return arithmetic.vector_scalar(operator, right, left, swapped=True, as_bool=as_bool)
            case Vector(), Vector():
                rules = _matching(modifier)
                if operator in arithmetic.SET_OPERATORS:
                    return matching.set_operation(operator, left, right, rules)
                return matching.binary_operation(operator, left, right, rules, as_bool)
            case _:
                raise ParseError("binary expression must contain only scalar and instant vector types")


def _matching(modifier: Expr) -> Matching:
    if modifier is None:
        return Matching()
    filled = modifier.fill_values
    if filled is not None and (filled.lhs is not None or filled.rhs is not None):
        raise UnsupportedError("the demo does not evaluate the fill modifier")
    names, on = (), False
    if modifier.matching is not None:
        names = tuple(modifier.matching.labels)
        on = modifier.matching.type == grammar.LabelModifierType.Include
    many = {int(_CARDINALITY.ManyToOne): "left", int(_CARDINALITY.OneToMany): "right"}.get(int(modifier.card), "")
    return Matching(names, on, many, tuple(modifier.group_labels or ()))
