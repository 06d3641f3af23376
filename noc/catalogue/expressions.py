"""What a PromQL expression asks for, read off its syntax tree: series, matchers, labels.

The lint, the doctor and the tests hold queries against a contract or a live server with it. Expressions come without
variables: the wall's are replaced before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import promql_parser

from noc.model.errors import QueryError


@dataclass(frozen=True, slots=True)
class Matcher:
    """``label op value``, as written."""

    label: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """One vector selector; the name is empty when only ``__name__`` or other labels choose."""

    name: str
    matchers: tuple[Matcher, ...]


class Expression:
    """A parsed expression. QueryError with the parser's words when the text is no PromQL."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._tree: Any = promql_parser.parse(text)
        except ValueError as error:
            raise QueryError(f"no PromQL: {error}") from None

    @cached_property
    def selectors(self) -> tuple[Selector, ...]:
        """Every selector, in reading order."""
        return tuple(
            Selector(node.name or "", tuple(Matcher(m.name, _OPS[str(m.op)], m.value) for m in node.matchers.matchers))
            for node in _nodes(self._tree)
            if isinstance(node, promql_parser.VectorSelector)
        )

    @cached_property
    def made_labels(self) -> frozenset[str]:
        """Labels the expression itself makes: the targets of ``label_replace`` and ``label_join``."""
        calls = (node for node in _nodes(self._tree) if isinstance(node, promql_parser.Call))
        return frozenset(call.args[1].val for call in calls if call.func.name in ("label_replace", "label_join"))

    @cached_property
    def used_labels(self) -> frozenset[str]:
        """Labels named in ``by``, ``on`` and ``group_left``; ``without`` and ``ignoring`` may name what is not there."""
        found: set[str] = set()
        for node in _nodes(self._tree):
            modifier: Any = getattr(node, "modifier", None)
            if isinstance(node, promql_parser.AggregateExpr) and str(modifier).startswith("by"):
                found.update(modifier.labels)
            elif isinstance(node, promql_parser.BinaryExpr) and modifier is not None:
                if str(modifier.matching).startswith("on"):
                    found.update(modifier.matching.labels)
                if modifier.group_labels:
                    found.update(modifier.group_labels)
        return frozenset(found)


_OPS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}


def _nodes(tree: Any) -> Iterator[Any]:
    """The tree's nodes, parents first, left to right."""
    yield tree
    for name in ("expr", "lhs", "rhs", "param", "vector_selector"):
        child = getattr(tree, name, None)
        if child is not None:
            yield from _nodes(child)
    for argument in getattr(tree, "args", ()):
        yield from _nodes(argument)
