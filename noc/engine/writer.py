"""PromQL trees as text again. The parser's own printing loses escapes, and its nodes cannot be rebuilt in Python.

A rewriting is a subclass that overrides the kinds of nodes it changes; everything else is written as it was read.
Written text parses to the same tree, comments and spelling aside.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import promql_parser as grammar

from noc.model.timerange import format_duration

Node = Any
"""A node of promql_parser's tree, whose classes have no public constructors."""

_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*", re.ASCII)
_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def quoted(text: str) -> str:
    """A string literal; it holds nothing that a terminal would obey."""
    return '"' + "".join(_ESCAPES.get(char) or _seen(char) for char in text) + '"'


def _seen(char: str) -> str:
    """The character itself, or its escape where it would be drawn as nothing or move the cursor."""
    if char == " " or char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def is_metric_name(name: str) -> bool:
    """Whether a name can stand without quotes."""
    return _METRIC.fullmatch(name) is not None


def named(label: str) -> str:
    """A label's name, quoted where the classic grammar needs it."""
    return label if _NAME.fullmatch(label) else quoted(label)


def listed(labels: Iterable[str]) -> str:
    """Labels as they stand in ``by (...)``."""
    return ", ".join(named(label) for label in labels)


def matcher(label: str, operator: str, value: str) -> str:
    """One label matcher."""
    return f"{named(label)}{operator}{quoted(value)}"


def word(member: object) -> str:
    """The bare name of one of the parser's enumeration members: ``MatchOp.Re`` -> ``Re``."""
    return str(member).rsplit(".", 1)[-1]


class Writer:
    """Writes any tree; one method for each kind of node."""

    def write(self, node: Node) -> str:
        """The text of a node and all below it."""
        return str(getattr(self, type(node).__name__.lower())(node))

    def numberliteral(self, node: Node) -> str:
        value = float(node.val)
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Inf" if value > 0 else "-Inf"
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)

    def stringliteral(self, node: Node) -> str:
        return quoted(node.val)

    def parenexpr(self, node: Node) -> str:
        return f"({self.write(node.expr)})"

    def unaryexpr(self, node: Node) -> str:
        return f"-{self.write(node.expr)}"

    def vectorselector(self, node: Node) -> str:
        return self.selected(node) + _moment(node)

    def matrixselector(self, node: Node) -> str:
        inner = node.vector_selector
        return f"{self.selected(inner)}[{_span(node.range)}]{_moment(inner)}"

    def selected(self, node: Node) -> str:
        """Name and matchers of a selector, without its range and its moment."""
        groups = [node.matchers.matchers, *node.matchers.or_matchers]
        texts = [", ".join(self.matchers(group)) for group in groups if group or len(groups) == 1]
        inside = " or ".join(texts)
        name = node.name or ""
        if name and not _METRIC.fullmatch(name):
            name, inside = "", f"{quoted(name)}{', ' if inside else ''}{inside}"
        return f"{name}{{{inside}}}" if inside or not name else name

    def matchers(self, group: Iterable[Any]) -> list[str]:
        """One alternative of a selector's matchers."""
        return [matcher(one.name, _OPERATORS[word(one.op)], one.value) for one in group]

    def subqueryexpr(self, node: Node) -> str:
        step = _span(node.step) if node.step else ""
        return f"{self.write(node.expr)}[{_span(node.range)}:{step}]{_moment(node)}"

    def call(self, node: Node) -> str:
        return f"{node.func.name}({', '.join(self.write(argument) for argument in node.args)})"

    def aggregateexpr(self, node: Node) -> str:
        modifier = node.modifier
        clause = f" {word(modifier.type).lower()} ({listed(modifier.labels)})" if modifier else ""
        return self.aggregated(node, clause)

    def aggregated(self, node: Node, clause: str) -> str:
        """An aggregation with this grouping clause."""
        param = f"{self.write(node.param)}, " if node.param is not None else ""
        return f"{node.op}{clause}{' ' if clause else ''}({param}{self.write(node.expr)})"

    def binaryexpr(self, node: Node) -> str:
        return self.joined(node, self.write(node.lhs), self.write(node.rhs), *matching_of(node))

    def joined(self, node: Node, left: str, right: str, matching: str, labels: Iterable[str]) -> str:
        """A binary expression with these sides and this matching clause (``on``, ``ignoring`` or none)."""
        words = [str(node.op)]
        modifier = node.modifier
        if modifier is not None and modifier.return_bool:
            words.append("bool")
        if matching:
            words.append(f"{matching} ({listed(labels)})")
        if modifier is not None and word(modifier.card) in ("ManyToOne", "OneToMany"):
            side = "left" if word(modifier.card) == "ManyToOne" else "right"
            words.append(f"group_{side} ({listed(modifier.group_labels or ())})")
        fill = modifier.fill_values if modifier is not None else None
        if fill is not None:
            for name, value in (("fill_left", fill.lhs), ("fill_right", fill.rhs)):
                words += [f"{name} ({value:g})"] if value is not None else []
        return f"{left} {' '.join(words)} {right}"


def matching_of(node: Node) -> tuple[str, list[str]]:
    """``on`` or ``ignoring`` (or nothing) and the labels of a binary expression's matching clause."""
    matching = node.modifier.matching if node.modifier is not None else None
    if matching is None:
        return "", []
    return ("on" if word(matching.type) == "Include" else "ignoring"), list(matching.labels)


def _span(span: timedelta) -> str:
    return format_duration(span.total_seconds())


def _moment(node: Node) -> str:
    """The ``offset`` and ``@`` of a selector or a subquery."""
    text = ""
    if node.at is not None:
        text += f" {node.at}"
    if node.offset:
        seconds = node.offset.total_seconds()
        text += f" offset {'-' if seconds < 0 else ''}{format_duration(abs(seconds))}"
    return text


def is_scalar(node: Node) -> bool:
    """Whether a node's value is one number without labels."""
    if isinstance(node, grammar.ParenExpr | grammar.UnaryExpr):
        return is_scalar(node.expr)
    if isinstance(node, grammar.BinaryExpr):
        return is_scalar(node.lhs) and is_scalar(node.rhs)
    if isinstance(node, grammar.Call):
        return word(node.func.return_type) == "Scalar"
    return isinstance(node, grammar.NumberLiteral)
