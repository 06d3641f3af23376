"""Reads a whole LogQL text: a log query, or a metric query over some."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from noc.catalogue.logql.cursor import Cursor
from noc.catalogue.logql.fault import LogQLError
from noc.catalogue.logql.pipeline import condition, log_query, selector, stages
from noc.catalogue.logql.syntax import (
    Binary,
    Expr,
    Grouping,
    LabelReplace,
    LogQuery,
    Matcher,
    Matching,
    Metric,
    Number,
    RangeAggregation,
    Unwrap,
    VectorAggregation,
    VectorOf,
)
from noc.catalogue.logql.tokens import CONVERSIONS, RANGE_OPERATIONS, VECTOR_OPERATIONS

_BINDS = {
    "or": 1,
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(("==", "!=", ">", ">=", "<", "<="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
    "^": 6,
}
_TO_THE_RIGHT = ("^",)
_SETS = ("or", "and", "unless")
_GROUPED = frozenset(
    f"{name}_over_time" for name in ["avg", "stddev", "stdvar", "quantile", "max", "min", "first", "last"]
)
_UNWRAPPED = _GROUPED | {"sum_over_time", "rate", "rate_counter", "absent_over_time"}
_PLAIN = frozenset({"bytes_over_time", "bytes_rate", "count_over_time", "rate", "absent_over_time"})
_EVERYTHING = (
    "queries require at least one regexp or equality matcher that does not have an empty-compatible value. "
    'For instance, app=~".*" does not meet this requirement, but app=~".+" will'
)


def parse(text: str) -> Expr:
    """The tree of a LogQL text; raises LogQLError. Regular expressions and templates inside are not looked into."""
    cursor = Cursor(text)
    found = _expression(cursor)
    if cursor.kind != "$end":
        cursor.fail()
    for matchers in selectors(found):
        if all(_lets_nothing_in(matcher) for matcher in matchers):
            raise LogQLError(_EVERYTHING)
    return found


def selectors(expr: Expr) -> Iterator[tuple[Matcher, ...]]:
    """The stream selectors of an expression, from left to right."""
    match expr:
        case LogQuery():
            yield expr.matchers
        case RangeAggregation():
            yield expr.query.matchers
        case VectorAggregation() | LabelReplace():
            yield from selectors(expr.expr)
        case Binary():
            yield from selectors(expr.left)
            yield from selectors(expr.right)
        case Number() | VectorOf():
            pass


def _lets_nothing_in(matcher: Matcher) -> bool:
    """Whether a matcher takes streams that lack its label."""
    if matcher.op in ("=", "!="):
        return (matcher.value == "") == (matcher.op == "=")
    try:
        hit = re.fullmatch(matcher.value, "") is not None
    except re.error:  # a regular expression of Go's, or none: the server will tell
        return False
    return hit == (matcher.op == "=~")


def _expression(cursor: Cursor, above: int = 0) -> Expr:
    left = _operand(cursor)
    while True:
        op = cursor.kind
        binds = _BINDS.get(op, 0)
        if binds <= above:
            return left
        cursor.operator()
        cursor.take()
        matching, as_bool = _modifier(cursor)
        right = _expression(cursor, binds - 1 if op in _TO_THE_RIGHT else binds)
        left = Binary(op, _leg(left, op, "left"), _leg(right, op, "right"), matching, as_bool)


def _leg(expr: Expr, op: str, side: str) -> Metric:
    if isinstance(expr, LogQuery):
        kind = "PipelineExpr" if expr.stages else "MatchersExpr"
        raise LogQLError(f"unexpected type for {side} leg of binary operation ({op}): *syntax.{kind}")
    if op in _SETS and isinstance(expr, Number):
        raise LogQLError(f"unexpected literal for {side} leg of logical/set binary operation ({op}): {expr.value:f}")
    return expr


def _modifier(cursor: Cursor) -> tuple[Matching, bool]:
    as_bool = cursor.accept("bool") is not None
    rule = cursor.accept("on", "ignoring")
    if rule is None:
        return Matching(), as_bool
    names = _labels(cursor)
    group = cursor.accept("group_left", "group_right")
    many: Literal["", "left", "right"] = ""
    include: tuple[str, ...] = ()
    if group is not None:
        many = "left" if group.kind == "group_left" else "right"
        include = _labels(cursor) if cursor.kind == "(" and cursor.next_kind in ("IDENTIFIER", ")") else ()
    return Matching(names, rule.kind == "on", many, include), as_bool


def _labels(cursor: Cursor) -> tuple[str, ...]:
    """Label names in parentheses."""
    cursor.expect("(")
    if cursor.accept(")"):
        return ()
    if cursor.kind != "IDENTIFIER":
        cursor.fail("IDENTIFIER", ")")
    names = [cursor.take().text]
    while cursor.accept(","):
        names.append(cursor.expect("IDENTIFIER").text)
    if cursor.kind != ")":
        cursor.fail(",", ")")
    cursor.take()
    return tuple(names)


def _operand(cursor: Cursor) -> Expr:
    kind = cursor.kind
    if kind == "{":
        return log_query(cursor)
    if kind == "(":
        cursor.take()
        with cursor.deeper():
            inner = _expression(cursor)
        _close(cursor)
        return inner
    if kind in ("+", "-", "NUMBER"):
        return Number(cursor.signed_number())
    return _metric(cursor)


def _metric(cursor: Cursor) -> Metric:
    kind = cursor.kind
    if kind not in RANGE_OPERATIONS | VECTOR_OPERATIONS | {"vector", "label_replace"}:
        cursor.fail()
    cursor.take()
    with cursor.deeper():
        if kind in RANGE_OPERATIONS:
            return _range_aggregation(cursor, kind)
        if kind in VECTOR_OPERATIONS:
            return _vector_aggregation(cursor, kind)
        if kind == "label_replace":
            return _label_replace(cursor)
    cursor.expect("(")
    value = cursor.number()
    cursor.expect(")")
    return VectorOf(value)


def _argument(cursor: Cursor) -> Metric:
    """A metric expression inside a function."""
    found = _expression(cursor)
    if isinstance(found, LogQuery):
        cursor.fail()
    return found


def _close(cursor: Cursor) -> None:
    if not cursor.accept(")"):
        cursor.fail()


def _grouping(cursor: Cursor) -> Grouping | None:
    word = cursor.accept("by", "without")
    return None if word is None else Grouping(_labels(cursor), word.kind == "without")


def _vector_aggregation(cursor: Cursor, op: str) -> Metric:
    before = _grouping(cursor)
    cursor.expect("(")
    number = None
    if cursor.kind == "NUMBER" and cursor.next_kind == ",":
        number = cursor.take().text
        cursor.take()
    expr = _argument(cursor)
    _close(cursor)
    grouping = before or _grouping(cursor) or Grouping()
    if op in ("topk", "bottomk", "approx_topk"):
        return VectorAggregation(op, expr, grouping, _count(op, number))
    if number is not None:
        raise LogQLError(f"unsupported parameter for operation {op}({number},")
    if op in ("sort", "sort_desc") and grouping.names:
        raise LogQLError("sort and sort_desc doesn't allow grouping by ")
    return VectorAggregation(op, expr, grouping)


def _count(op: str, number: str | None) -> int:
    if number is None:
        raise LogQLError(f"parameter required for operation {op}")
    if not number.isdecimal() or len(number) > 18:
        raise LogQLError(f"invalid parameter {op}({number},")
    if int(number) <= 0:
        raise LogQLError(f"invalid parameter (must be greater than 0) {op}({number}")
    return int(number)


def _label_replace(cursor: Cursor) -> Metric:
    cursor.expect("(")
    expr = _argument(cursor)
    texts = []
    for _ in range(4):
        cursor.expect(",")
        texts.append(cursor.string())
    cursor.expect(")")
    return LabelReplace(expr, *texts)


def _range_aggregation(cursor: Cursor, op: str) -> Metric:
    cursor.expect("(")
    number = share = None
    if cursor.kind == "NUMBER":
        number, share = cursor.token.text, cursor.number()
        cursor.expect(",")
    query, unwrap, window, offset = _log_range(cursor)
    _close(cursor)
    grouping = _grouping(cursor)
    if (number is not None) and op != "quantile_over_time":
        raise LogQLError(f"parameter {number} not supported for operation {op}")
    if number is None and op == "quantile_over_time":
        raise LogQLError(f"parameter required for operation {op}")
    if grouping is not None and op not in _GROUPED:
        raise LogQLError(f"grouping not allowed for {op} aggregation")
    if op not in (_PLAIN if unwrap is None else _UNWRAPPED):
        raise LogQLError(f"invalid aggregation {op} {'without' if unwrap is None else 'with'} unwrap")
    return RangeAggregation(op, query, window, offset, unwrap, share, grouping)


Range = tuple[LogQuery, Unwrap | None, int, int]


def _log_range(cursor: Cursor) -> Range:
    """A log query with its window. The window may stand before or after the stages, the query in parentheses."""
    if cursor.accept("("):
        if cursor.kind == "(":
            with cursor.deeper():
                inner = _log_range(cursor)
            _close(cursor)
            return inner
        query, unwrap = _unwrapped(cursor)
        if cursor.kind == "RANGE":
            inner = _windowed(cursor, query, unwrap)
            _close(cursor)
            return inner
        _close(cursor)
        return _windowed(cursor, query, unwrap)
    return _windowed(cursor, *_unwrapped(cursor))


def _unwrapped(cursor: Cursor) -> tuple[LogQuery, Unwrap | None]:
    if cursor.kind != "{":
        cursor.fail("{", "(")
    query = LogQuery(selector(cursor), stages(cursor))
    return query, _unwrap(cursor)


def _windowed(cursor: Cursor, query: LogQuery, unwrap: Unwrap | None) -> Range:
    if cursor.kind != "RANGE":
        cursor.fail()
    window, offset = int(cursor.take().value), 0
    if cursor.accept("offset"):
        offset = int(cursor.expect("DURATION").value)
    if not query.stages and unwrap is None:
        query = LogQuery(query.matchers, stages(cursor))
    return query, unwrap or _unwrap(cursor), window, offset


def _unwrap(cursor: Cursor) -> Unwrap | None:
    if cursor.kind != "|" or cursor.next_kind != "unwrap":
        return None
    cursor.take()
    cursor.take()
    conversion = cursor.accept(*CONVERSIONS)
    if conversion is None and cursor.kind != "IDENTIFIER":
        cursor.fail("IDENTIFIER", "BYTES_CONV", "DURATION_CONV", "DURATION_SECONDS_CONV")
    if conversion is not None:
        cursor.expect("(")
    name = cursor.expect("IDENTIFIER").text
    if conversion is not None:
        cursor.expect(")")
    filters = []
    while cursor.accept("|"):
        filters.append(condition(cursor))
    return Unwrap(name, conversion.kind if conversion else "", tuple(filters))
