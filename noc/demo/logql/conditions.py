"""Label filters: a condition of the tree as a function of a row."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator

from noc.catalogue.logql import LogQLError
from noc.catalogue.logql.syntax import Comparison, Condition, Junction
from noc.demo.goregexp import complaint
from noc.demo.logql import gonumber
from noc.demo.logql.fault import UnsupportedError
from noc.demo.logql.row import Row
from noc.model.errors import QueryError
from noc.model.regex import compiled

Test = Callable[[Row], bool]

FAULT = "LabelFilterErr"

_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_READERS: dict[str, Callable[[str], float]] = {
    "number": gonumber.number,
    "duration": gonumber.nanoseconds,
    "bytes": gonumber.size,
}


def test(condition: Condition) -> Test:
    """Whether a row passes. Raises LogQLError for a regular expression that is none, UnsupportedError."""
    match condition:
        case Junction():
            left, right = test(condition.left), test(condition.right)
            if condition.op == "and":
                return lambda row: _both(left(row), right(row))
            return lambda row: left(row) or right(row)
        case Comparison(kind="text"):
            return text_test(condition.name, condition.op, str(condition.value))
        case Comparison(kind="ip"):
            raise UnsupportedError("ip() filters")
        case Comparison():
            return _measured(condition)


def _both(left: bool, right: bool) -> bool:
    """Both sides are tried always: each may leave an error in the row."""
    return left and right


def text_test(name: str, op: str, wanted: str) -> Test:
    """``=``, ``!=``, ``=~`` or ``!~`` on a label; an absent one is the empty text, expressions match from end to end."""
    if op in ("=", "!="):
        same = op == "="
        return lambda row: (row.compared(name) == wanted) is same
    fullmatch, hit = expression(wanted).fullmatch, op == "=~"
    return lambda row: (fullmatch(row.compared(name)) is not None) is hit


def expression(pattern: str, *, whole: bool = True) -> re.Pattern[str]:
    """A compiled regular expression; raises LogQLError in Go's words where it is none, or where noc does not read it."""
    words = complaint(pattern, whole=whole)
    if words:
        raise LogQLError(words)
    try:
        return compiled(pattern)
    except QueryError as fault:
        raise LogQLError(str(fault)) from None


def _measured(condition: Comparison) -> Test:
    name, order, read = condition.name, _ORDERS[condition.op], _READERS[condition.kind]
    wanted = float(condition.value)

    def passes(row: Row) -> bool:
        value = row.get(name)
        if value is None:
            return False
        try:
            return order(read(value), wanted)
        except ValueError as fault:
            if not row.error:
                row.fail(FAULT, str(fault))
            return True

    return passes


def names(condition: Condition) -> Iterator[str]:
    """The labels that a condition compares."""
    if isinstance(condition, Junction):
        yield from names(condition.left)
        yield from names(condition.right)
    else:
        yield condition.name
