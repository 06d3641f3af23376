"""The parser's tree in this package's terms: expressions in, matchers and milliseconds out, the unknown refused."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import promql_parser as grammar

from noc.demo.promql.faults import ParseError, UnsupportedError
from noc.demo.promql.labelset import NAME, quoted
from noc.demo.samples import LabelMatcher
from noc.model.errors import QueryError
from noc.model.regex import compiled

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)

Expr = Any
"""A node of promql_parser, which ships no types."""

_OPERATORS = {
    int(op): sign
    for op, sign in (
        (grammar.MatchOp.Equal, "="),
        (grammar.MatchOp.NotEqual, "!="),
        (grammar.MatchOp.Re, "=~"),
        (grammar.MatchOp.NotRe, "!~"),
    )
}


def parse(query: str) -> Expr:
    """The tree of an expression; raises ParseError with the parser's reason."""
    if not query.strip():
        raise ParseError("no expression found in input")
    try:
        tree = grammar.parse(escaped(query))
        grammar.walk(tree, _readable)
    except (ValueError, OverflowError) as fault:
        raise ParseError(str(fault)) from fault
    except (
        BaseException
    ) as fault:  # the parser's binding panics on absurd numbers, with a class that cannot be imported
        if type(fault).__name__ != "PanicException":
            raise
        raise ParseError("a number or duration is out of range") from fault
    return tree


def _readable(node: Expr) -> bool:
    """Read what the binding converts only when asked for, so that absurd durations and times fail here."""
    for attribute in ("range", "step", "offset"):
        getattr(node, attribute, None)
    modifier = None if " @ 0.000" in node.prettify() else getattr(node, "at", None)
    getattr(modifier, "at", None)
    return True


def escaped(query: str) -> str:
    """The expression with raw `strings` rewritten as escaped ones, which is all that the parser knows."""
    pieces, position = [], 0
    while position < len(query):
        opening = query[position]
        if opening in "\"'`":
            end = _closing(query, position)
            inner = query[position + 1 : end]
            pieces.append(quoted(inner) if opening == "`" else query[position : end + 1])
        elif opening == "#":
            end = (query + "\n").index("\n", position) - 1
            pieces.append(query[position : end + 1])
        else:
            end = position
            pieces.append(opening)
        position = end + 1
    return "".join(pieces)


def _closing(query: str, opening: int) -> int:
    """Where the string that opens there ends; an unterminated one runs to the end of the query."""
    quote, position = query[opening], opening + 1
    while position < len(query) and query[position] != quote:
        position += 2 if query[position] == "\\" and quote != "`" else 1
    if position >= len(query):
        raise ParseError("unterminated quoted string" if quote != "`" else "unterminated raw string")
    return position


def plain(expr: Expr) -> Expr:
    """The expression inside any number of parentheses."""
    while isinstance(expr, grammar.ParenExpr):
        expr = expr.expr
    return expr


def milliseconds(duration: timedelta | None) -> int:
    """Whole milliseconds of a duration of the parser; none is 0."""
    return 0 if duration is None else duration // timedelta(milliseconds=1)


def matchers(selector: Expr) -> tuple[LabelMatcher, ...]:
    """The matchers of a vector selector, its name among them."""
    if selector.matchers.or_matchers:
        raise UnsupportedError("matchers joined by 'or' are not PromQL")
    found = [LabelMatcher(m.name, _OPERATORS[int(m.op)], m.value) for m in selector.matchers.matchers]
    if selector.name:
        found.append(LabelMatcher(NAME, "=", selector.name))
    try:
        for matcher in found:
            if matcher.op in ("=~", "!~"):
                compiled(matcher.value)
    except QueryError as fault:
        raise ParseError(str(fault)) from fault
    return tuple(found)


def series_selector(text: str) -> tuple[LabelMatcher, ...]:
    """The matchers of a series selector as ``match[]`` takes it; raises ParseError for any other expression."""
    expr = parse(text)
    if not isinstance(expr, grammar.VectorSelector) or expr.offset is not None or has_at(expr):
        raise ParseError(f"expected a series selector, got {text!r}")
    return matchers(expr)


def is_label_name(name: str) -> bool:
    return _LABEL_NAME.fullmatch(name) is not None


def has_at(selector: Expr) -> bool:
    return " @ " in selector.prettify()


def at_milliseconds(node: Expr, start: int, end: int) -> int | None:
    """The fixed time of an ``@`` modifier of a selector or subquery; ``start`` and ``end`` are the query's."""
    if " @ 0.000" in node.prettify():  # so the parser shows all times up to 1970, and its binding aborts on them
        raise UnsupportedError("the @ modifier is refused for times before 1970")
    modifier = node.at
    if modifier is None:
        return None
    if modifier.type == grammar.AtModifierType.Start:
        return start
    if modifier.type == grammar.AtModifierType.End:
        return end
    moment: float = modifier.at.timestamp()
    return round(moment * 1000)


def text_of(expr: Expr) -> str:
    """The value of a string literal argument."""
    literal = plain(expr)
    if not isinstance(literal, grammar.StringLiteral):
        raise ParseError("expected a string literal")
    return str(literal.val)
