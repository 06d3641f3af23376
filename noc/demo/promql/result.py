"""What a query answers, and the two ways to ask."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import promql_parser as grammar

from noc.demo.promql import syntax
from noc.demo.promql.engine import Evaluator
from noc.demo.promql.faults import ExecutionError, ParseError
from noc.demo.promql.selection import Context
from noc.demo.promql.syntax import Expr
from noc.demo.promql.values import Floats, Grid, Ints, Scalar, Text, Value, Vector
from noc.demo.samples import SampleSource
from noc.model.errors import QueryError
from noc.model.series import Labels, Series

Edges = Literal["2.x", "3.x"]
"""Whether a sample exactly on the left edge of a window or lookback counts (2.x) or not (3.x)."""

Kind = Literal["vector", "matrix", "scalar", "string"]


@dataclass(frozen=True)
class Points:
    """One series of a result: times in milliseconds, values of equal length."""

    labels: Labels
    times: Ints
    values: Floats


@dataclass(frozen=True)
class QueryResult:
    """``kind`` is Prometheus's resultType. A scalar is one series without labels; ``text`` is a string's value."""

    kind: Kind
    points: tuple[Points, ...]
    text: str = ""

    def series(self) -> tuple[Series, ...]:
        """The result as the rest of the program knows series (seconds)."""
        return tuple(
            Series(points.labels, array("d", (points.times / 1000).tolist()), array("d", points.values.tolist()))
            for points in self.points
        )


@dataclass(frozen=True)
class Options:
    """Settings of an engine, in seconds: the lookback of instant selectors and a subquery's step where it has none."""

    edges: Edges = "2.x"
    lookback: float = 300.0
    subquery_step: float = 60.0


def evaluate_instant(expr: str, at: float, source: SampleSource, options: Options = Options()) -> QueryResult:
    """One moment (unix seconds, rounded to milliseconds).

    Raises ParseError, ExecutionError or UnsupportedError, all of them QueryError.
    """
    tree, moment = syntax.parse(expr), round(at * 1000)
    grid = Grid(moment, moment, 1)
    evaluator = Evaluator(_context(source, moment, moment, options), grid)
    if isinstance(syntax.plain(tree), grammar.MatrixSelector | grammar.SubqueryExpr):
        return _raw(evaluator, tree)
    with np.errstate(all="ignore"):
        value = evaluator.value(tree)
    if isinstance(value, Vector):
        kept = Vector.of(value.labels, value.values, value.present)
        return QueryResult("vector", tuple(map(Points, kept.labels, _times(grid, kept), kept.values)))
    if isinstance(value, Scalar):
        return QueryResult("scalar", (Points((), grid.times, value.values),))
    return QueryResult("string", (Points((), grid.times, np.zeros(1)),), value.value)


def evaluate_range(
    expr: str, start: float, end: float, step: float, source: SampleSource, options: Options = Options()
) -> QueryResult:
    """Every moment from ``start`` to ``end`` (both inclusive), ``step`` seconds apart; always a matrix, sorted by labels.

    Raises as ``evaluate_instant``.
    """
    (result,) = evaluate_ranges([expr], start, end, step, source, options)
    return result


def evaluate_ranges(
    exprs: Sequence[str], start: float, end: float, step: float, source: SampleSource, options: Options = Options()
) -> list[QueryResult]:
    """Several expressions as ``evaluate_range`` has each; what they have in common is evaluated once."""
    grid = Grid(round(start * 1000), round(end * 1000), int(step * 1e9) // 1_000_000)
    shared: dict[str, Value] | None = {} if len(exprs) > 1 else None
    results = []
    for expr in exprs:
        tree = syntax.parse(expr)
        require_graphable(tree)
        if grid.interval <= 0 or grid.start > grid.end:
            raise ExecutionError(
                "a range needs a step of at least a millisecond and an end that is not before its start"
            )
        with np.errstate(all="ignore"):
            value = Evaluator(_context(source, grid.start, grid.end, options), grid, shared).value(tree)
        results.append(QueryResult("matrix", _matrix(value, grid)))
    return results


def require_graphable(tree: Expr) -> None:
    """Refuse range vectors and strings, as Prometheus does before it evaluates."""
    inner = syntax.plain(tree)
    found = ""
    if isinstance(inner, grammar.MatrixSelector | grammar.SubqueryExpr):
        found = "range vector"
    elif isinstance(inner, grammar.StringLiteral):
        found = "string"
    if found:
        raise QueryError(f'invalid expression type "{found}" for range query, must be Scalar or instant Vector')


def _context(source: SampleSource, start: int, end: int, options: Options) -> Context:
    return Context(
        source=source,
        start=start,
        end=end,
        left_open=options.edges == "3.x",
        lookback=round(options.lookback * 1000),
        subquery_step=round(options.subquery_step * 1000),
    )


def _times(grid: Grid, vector: Vector) -> list[Ints]:
    return [grid.times] * len(vector.labels)


def _raw(evaluator: Evaluator, tree: Expr) -> QueryResult:
    """A range vector as it is: every sample with its own time."""
    with np.errstate(all="ignore"):
        windows = evaluator.windows(tree)
    found = [
        Points(labels, windows.times[low:high], windows.values[low:high])
        for labels, (low,), (high,) in zip(windows.labels, windows.low, windows.high, strict=True)
        if low < high
    ]
    return QueryResult("matrix", tuple(sorted(found, key=lambda points: points.labels)))


def _matrix(value: Value, grid: Grid) -> tuple[Points, ...]:
    if isinstance(value, Scalar):
        return (Points((), grid.times, value.values),)
    if isinstance(value, Text):
        raise ParseError("a string has no range")
    found = [
        Points(labels, grid.times[present], values[present])
        for labels, values, present in zip(value.labels, value.values, value.present, strict=True)
        if present.any()
    ]
    return tuple(sorted(found, key=lambda points: points.labels))
