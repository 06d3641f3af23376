"""Reads a log query: the stream selector and what its lines pass through."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from noc.catalogue.logql.cursor import Cursor
from noc.catalogue.logql.syntax import (
    Assignment,
    Comparison,
    Condition,
    Decolorize,
    Extraction,
    Junction,
    LabelFilter,
    LabelFormat,
    LineFilter,
    LineFormat,
    LogQuery,
    Matcher,
    Named,
    Parser,
    Selection,
    Stage,
)

Item = TypeVar("Item")

LINE_FILTERS = ("|=", "|~", "|>", "!~", "!=", "!>")
_MATCHES = ("=", "=~", "!~", "!=")
_COMPARISONS = ("=", "==", "!=", ">", ">=", "<", "<=")


def log_query(cursor: Cursor) -> LogQuery:
    """A selector with its stages; stops before ``unwrap``, a range, or whatever else is no stage."""
    return LogQuery(selector(cursor), stages(cursor))


def selector(cursor: Cursor) -> tuple[Matcher, ...]:
    cursor.expect("{")
    if cursor.accept("}"):
        return ()
    if cursor.kind != "IDENTIFIER":
        cursor.fail("IDENTIFIER", "}")
    found = [_matcher(cursor)]
    while cursor.accept(","):
        found.append(_matcher(cursor))
    cursor.expect("}", ",")
    return tuple(found)


def _matcher(cursor: Cursor) -> Matcher:
    name = cursor.expect("IDENTIFIER").text
    op = cursor.expect(*_MATCHES).kind
    return Matcher(name, op, cursor.string())


def stages(cursor: Cursor) -> tuple[Stage, ...]:
    found: list[Stage] = []
    while True:
        if cursor.kind in LINE_FILTERS:
            found.append(_line_filter(cursor))
        elif cursor.kind == "|" and cursor.next_kind != "unwrap":
            cursor.take()
            found.append(_STAGES.get(cursor.kind, _label_filter)(cursor))
        else:
            return tuple(found)


def _line_filter(cursor: Cursor) -> LineFilter:
    op = cursor.take().kind
    terms = [_term(cursor)]
    while cursor.accept("or"):
        terms.append(_term(cursor))
    ip = tuple(ip for _, ip in terms)
    return LineFilter(op, tuple(text for text, _ in terms), ip if any(ip) else ())


def _term(cursor: Cursor) -> tuple[str, bool]:
    """The text of a line filter, and whether it is an address."""
    if cursor.kind == "STRING":
        return cursor.string(), False
    if cursor.kind != "ip":
        cursor.fail("STRING", "ip")
    return address(cursor), True


def address(cursor: Cursor) -> str:
    """``ip("…")``."""
    cursor.take()
    cursor.expect("(")
    text = cursor.string()
    cursor.expect(")")
    return text


def _parser(cursor: Cursor) -> Stage:
    kind = cursor.take().kind
    if kind == "regexp":
        return Parser("regexp", expression=cursor.string())
    if kind == "pattern":
        return Parser("pattern", expression=cursor.string())
    if kind == "unpack":
        return Parser("unpack")
    flags = []
    while kind == "logfmt" and (flag := cursor.accept("FLAG")):
        flags.append(flag.text)
    extractions = _listed(cursor, _extraction) if cursor.kind == "IDENTIFIER" else ()
    return Parser("json" if kind == "json" else "logfmt", extractions, flags=tuple(flags))


def _extraction(cursor: Cursor) -> Extraction:
    name = cursor.expect("IDENTIFIER").text
    return Extraction(name, cursor.string() if cursor.accept("=") else name)


def _line_format(cursor: Cursor) -> Stage:
    cursor.take()
    return LineFormat(cursor.string())


def _label_format(cursor: Cursor) -> Stage:
    cursor.take()
    return LabelFormat(_listed(cursor, _assignment))


def _assignment(cursor: Cursor) -> Assignment:
    name = cursor.expect("IDENTIFIER").text
    cursor.expect("=")
    token = cursor.expect("IDENTIFIER", "STRING")
    rename = token.kind == "IDENTIFIER"
    return Assignment(name, token.text if rename else str(token.value), rename)


def _decolorize(cursor: Cursor) -> Stage:
    cursor.take()
    return Decolorize()


def _selection(cursor: Cursor) -> Stage:
    op = cursor.take().kind
    return Selection("drop" if op == "drop" else "keep", _listed(cursor, _named))


def _named(cursor: Cursor) -> Named:
    name = cursor.expect("IDENTIFIER").text
    op = cursor.accept(*_MATCHES)
    return Named(name, Matcher(name, op.kind, cursor.string()) if op else None)


def _listed(cursor: Cursor, one: Callable[[Cursor], Item]) -> tuple[Item, ...]:
    found = [one(cursor)]
    while cursor.accept(","):
        found.append(one(cursor))
    return tuple(found)


def _label_filter(cursor: Cursor) -> Stage:
    return LabelFilter(condition(cursor))


def condition(cursor: Cursor, above: int = 0) -> Condition:
    """A label filter. ``and`` binds closer than ``or``; a comma, or nothing, takes all that follows as its right side.

    That is how Loki's grammar resolves it: its rules for a comma and for nothing have no precedence.
    """
    if cursor.kind not in ("IDENTIFIER", "("):
        cursor.fail()
    left = _primary(cursor)
    while True:
        if cursor.kind in ("or", "and"):
            binds = 1 if cursor.kind == "or" else 2
            if binds <= above:
                return left
            cursor.operator()
            op = cursor.take().kind
            left = Junction("or" if op == "or" else "and", left, condition(cursor, binds))
        elif cursor.kind in (",", "IDENTIFIER", "("):
            cursor.accept(",")
            cursor.operator()
            with cursor.deeper():
                left = Junction("and", left, condition(cursor))
        else:
            return left


def _primary(cursor: Cursor) -> Condition:
    if cursor.accept("("):
        with cursor.deeper():
            inner = condition(cursor)
        cursor.expect(")")
        return inner
    name = cursor.expect("IDENTIFIER").text
    if cursor.kind not in (*_COMPARISONS, "=~", "!~"):
        cursor.fail()
    op = cursor.take().kind
    if op in _MATCHES and cursor.kind == "STRING":
        return Comparison(name, op, cursor.string())
    if op in ("=~", "!~"):
        cursor.fail("STRING")
    if op in ("=", "!=") and cursor.kind == "ip":
        return Comparison(name, op, address(cursor), "ip")
    return _measured(cursor, name, "==" if op == "=" else op)


def _measured(cursor: Cursor, name: str, op: str) -> Comparison:
    if cursor.kind in ("+", "-", "NUMBER"):
        return Comparison(name, op, cursor.signed_number(), "number")
    token = cursor.accept("DURATION", "BYTES")
    if token is None:
        cursor.fail()
    return Comparison(name, op, token.value, "duration" if token.kind == "DURATION" else "bytes")


_STAGES: dict[str, Callable[[Cursor], Stage]] = {
    "json": _parser,
    "logfmt": _parser,
    "regexp": _parser,
    "pattern": _parser,
    "unpack": _parser,
    "line_format": _line_format,
    "label_format": _label_format,
    "decolorize": _decolorize,
    "drop": _selection,
    "keep": _selection,
}
