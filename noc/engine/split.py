"""What changed, first half: an expression taken apart by one more label, or narrowed to one value of it.

Every aggregation on the way of the result keeps the label, and what binary operators match on follows, so that the
parts are what the whole was made of. Where that cannot be had the split is refused, with the reason in words. Parts
that only judge or fill in (a fallback after ``or``, a gate after ``and``, the one side of ``group_left``, what stands in
``scalar()``) stay whole. Selections (``topk``, ``> 5``) give way to what they select from: a part under the threshold
may be the one that moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import promql_parser as grammar

from noc.engine.syntax import complaint, parse
from noc.engine.writer import Node, Writer, is_scalar, matcher, matching_of, named, word
from noc.model.errors import QueryError

SELECTING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
COMPARING = frozenset({"==", "!=", ">", "<", ">=", "<="})
ABSENCE = frozenset({"absent", "absent_over_time"})
SORTING = frozenset({"sort", "sort_desc", "sort_by_label", "sort_by_label_desc"})
RELABELLING = frozenset({"label_replace", "label_join"})
COUNTING = frozenset(
    {"rate", "irate", "increase", "delta", "idelta", "changes", "resets", "count_over_time", "sum_over_time"}
)
"""Functions whose values add up over series."""

_LESS = "label_of_no_series"


class Whole(QueryError):
    """The expression has no parts; the message says why."""


def split_by(expr: str, label: str) -> str | None:
    """The expression broken down by a label, or None where that cannot be done correctly (see :func:`obstacle`)."""
    try:
        return _split(expr, label)
    except Whole:
        return None


def obstacle(expr: str, label: str = _LESS) -> str:
    """Why an expression cannot be broken down; empty when it can."""
    try:
        _split(expr, label)
    except Whole as reason:
        return str(reason)
    return ""


def narrowed(expr: str, label: str, value: str) -> str | None:
    """The same expression over those series alone whose label has this value; None if it cannot be read."""
    try:
        return _Narrowing(label, value).write(parse(expr))
    except ValueError:
        return None


def selectors(expr: str) -> list[str]:
    """The vector selectors from which the parts of an expression come, without range and offset, each once."""
    found = _Selectors()
    try:
        found.write(parse(expr))
    except ValueError:
        return []
    return list(dict.fromkeys(found.found))


def sample(selector: str, limit: int = 50) -> str:
    """A cheap question for the labels of a selector's series: any server answers it with few series."""
    return f"topk({limit}, {selector})"


def additive(expr: str) -> bool:
    """Whether the parts of an expression add up to the whole: counts do, quantiles and ratios do not."""
    try:
        return _adds_up(parse(expr))
    except ValueError:
        return False


def _split(expr: str, label: str) -> str:
    try:
        tree = parse(expr)
    except ValueError as error:
        raise Whole(f"it cannot be read: {complaint(expr) or error}") from None
    if is_scalar(tree) or isinstance(tree, grammar.StringLiteral):
        raise Whole("it is a single number and has no labels")
    if isinstance(tree, grammar.MatrixSelector | grammar.SubqueryExpr):
        raise Whole("it is a range, not a value")
    if _label_free(tree):
        raise Whole("its value has no labels")
    text = _Splitting(label).write(tree)
    if any(True for _ in _aggregations(tree)):
        return text
    return f"{'sum' if _adds_up(tree) else 'avg'} by ({named(label)}) ({text})"


def _kept_sides(node: Node) -> tuple[bool, bool]:
    """Which sides of a binary expression are no part of its value: a fallback, a gate, a judge, one of many-to-one."""
    op, (matching, labels) = str(node.op), matching_of(node)
    card = word(node.modifier.card) if node.modifier is not None else ""
    if op in ("and", "unless"):
        return False, True
    if op in COMPARING:
        return is_scalar(node.lhs), not is_scalar(node.lhs)
    if op == "or":
        return False, (matching == "on" and not labels) or _label_free(node.rhs)
    return card == "OneToMany", card == "ManyToOne"


def _label_free(node: Node) -> bool:
    """Whether a vector has no labels at all: ``vector(0)`` and sums over numbers."""
    if isinstance(node, grammar.ParenExpr | grammar.UnaryExpr):
        return _label_free(node.expr)
    if isinstance(node, grammar.BinaryExpr):
        sides = (node.lhs, node.rhs)
        return not is_scalar(node) and all(is_scalar(side) or _label_free(side) for side in sides)
    return isinstance(node, grammar.Call) and not is_scalar(node) and (node.func.name == "vector" or not node.args)


def _children(node: Node) -> list[Node]:
    """The nodes below from which the parts of the value come."""
    if isinstance(node, grammar.ParenExpr | grammar.UnaryExpr | grammar.SubqueryExpr | grammar.AggregateExpr):
        return [node.expr]
    if isinstance(node, grammar.BinaryExpr):
        return [side for side, kept in zip((node.lhs, node.rhs), _kept_sides(node), strict=True) if not kept]
    if isinstance(node, grammar.Call) and not is_scalar(node):
        return list(node.args)
    return []


def _aggregations(node: Node) -> Iterable[Node]:
    """The aggregations that merge series, outermost first."""
    if isinstance(node, grammar.AggregateExpr) and str(node.op) not in SELECTING:
        yield node
    for child in _children(node):
        yield from _aggregations(child)


def _loses(node: Node, label: str) -> bool:
    """Whether an aggregation drops the label."""
    modifier = node.modifier
    if modifier is None:
        return True
    return (label in modifier.labels) is (word(modifier.type) == "Without")


def _adds_up(node: Node) -> bool:
    if isinstance(node, grammar.ParenExpr | grammar.UnaryExpr):
        return _adds_up(node.expr)
    if isinstance(node, grammar.AggregateExpr):
        op = str(node.op)
        merged = any(True for _ in _aggregations(node.expr))
        if op in ("count", "count_values"):
            return not merged
        return (op == "sum" and not merged) or (op in ("sum", *SELECTING) and _adds_up(node.expr))
    if isinstance(node, grammar.Call):
        return node.func.name in COUNTING or (node.func.name in SORTING and _adds_up(node.args[0]))
    if not isinstance(node, grammar.BinaryExpr):
        return False
    op, left, right = str(node.op), node.lhs, node.rhs
    if op in COMPARING:
        return _adds_up(right if is_scalar(left) else left)
    if op in ("*", "/") and (is_scalar(right) or _kept_sides(node)[1]):
        return _adds_up(left)
    if op == "*" and (is_scalar(left) or _kept_sides(node)[0]):
        return _adds_up(right)
    if op in ("+", "-", "or"):
        return all(_adds_up(child) for child in _children(node)) and not (is_scalar(left) or is_scalar(right))
    return op in ("and", "unless") and _adds_up(left)


def _total(node: Node) -> bool:
    """Whether a value is one series without labels, merged of all there are."""
    if isinstance(node, grammar.ParenExpr | grammar.UnaryExpr):
        return _total(node.expr)
    if isinstance(node, grammar.BinaryExpr):
        sides = (node.lhs, node.rhs)
        joins = str(node.op) not in ("and", "or", "unless", *COMPARING) and not matching_of(node)[0]
        return joins and not is_scalar(node) and all(is_scalar(side) or _total(side) for side in sides)
    if not isinstance(node, grammar.AggregateExpr) or str(node.op) in (*SELECTING, "count_values"):
        return False
    return node.modifier is None or (word(node.modifier.type) == "By" and not node.modifier.labels)


class _Parts(Writer):
    """Rewrites only what the parts of a value come from; the rest is written as it was."""

    def binaryexpr(self, node: Node) -> str:
        left, right = (
            Writer().write(side) if kept else self.write(side)
            for side, kept in zip((node.lhs, node.rhs), _kept_sides(node), strict=True)
        )
        return self.joined(node, left, right, *matching_of(node))

    def call(self, node: Node) -> str:
        return Writer().call(node) if is_scalar(node) else super().call(node)


class _Narrowing(_Parts):
    """Adds one matcher to every selector."""

    def __init__(self, label: str, value: str) -> None:
        self._label, self._value = label, value

    def matchers(self, group: Iterable[Any]) -> list[str]:
        others = [one for one in group if not (one.name == self._label and word(one.op) in ("Equal", "Re"))]
        return [*super().matchers(others), matcher(self._label, "=", self._value)]


class _Selectors(_Parts):
    """Collects the selectors it passes."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def selected(self, node: Node) -> str:
        text = super().selected(node)
        self.found.append(text)
        return text


class _Splitting(_Parts):
    """Adds the label to every aggregation and to what is matched on; raises Whole where the parts would lie."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._outside = 0  # nodes above that make one value of several, or judge it

    def _grouped(self, node: Node) -> bool:
        """Whether the label has to be carried through an aggregation here."""
        return any(_loses(one, self._label) for one in _aggregations(node))

    def _within(self, node: Node) -> str:
        self._outside += 1
        text = self.write(node)
        self._outside -= 1
        return text

    def aggregateexpr(self, node: Node) -> str:
        op, label = str(node.op), self._label
        if op in SELECTING:
            return self._selection(node)
        if op == "count_values" and node.param is not None and getattr(node.param, "val", None) == label:
            raise Whole(f"{label} is what count_values makes")
        modifier = node.modifier
        kind = word(modifier.type).lower() if modifier is not None else "by"
        labels = list(modifier.labels) if modifier is not None else []
        if _loses(node, label):
            labels = [*labels, label] if kind == "by" else [one for one in labels if one != label]
        param = f"{self.write(node.param)}, " if node.param is not None else ""
        return f"{op} {kind} ({', '.join(map(named, labels))}) ({param}{self._within(node.expr)})"

    def _selection(self, node: Node) -> str:
        if not self._outside:
            text = self.write(node.expr)
            return f"({text})" if isinstance(node.expr, grammar.BinaryExpr | grammar.UnaryExpr) else text
        if self._grouped(node.expr):
            raise Whole(f"{node.op} chooses among wholes, and something is made of its choice")
        return Writer().write(node)

    def call(self, node: Node) -> str:
        name, label = node.func.name, self._label
        if is_scalar(node):
            return Writer().write(node)
        if name in ABSENCE:
            raise Whole(f"{name} tells that nothing is there, and nothing has no parts")
        if name.startswith("histogram_quantile") and label == "le":
            raise Whole("le is what the quantile is made from")
        if name in RELABELLING and node.args[1].val == label:
            if self._grouped(node.args[0]):
                raise Whole(f"{label} is made by {name} out of a whole")
            return Writer().write(node)
        if name in SORTING:
            return self.write(node.args[0])
        return f"{name}({', '.join(self._within(argument) for argument in node.args)})"

    def binaryexpr(self, node: Node) -> str:
        op, left, right = str(node.op), node.lhs, node.rhs
        if op in COMPARING:
            return self._comparison(node)
        if is_scalar(left) or is_scalar(right):
            return f"{self.write(left)} {op} {self.write(right)}"
        kept = _kept_sides(node)
        if op == "or":
            return self.write(left) if kept[1] else self._matched(node, within=True)
        if any(kept):
            return self._one_sided(node, kept)
        return self._matched(node)

    def _comparison(self, node: Node) -> str:
        """The compared value itself; inside of something greater the comparison must stay what it was."""
        value = node.rhs if is_scalar(node.lhs) else node.lhs
        if not self._outside:
            return self.write(value)
        if self._grouped(node):
            raise Whole("a comparison judges a whole, and something is made of its verdict")
        return Writer().write(node)

    def _one_sided(self, node: Node, kept: tuple[bool, bool]) -> str:
        """One side makes the value and is split, the other stays whole: the new label takes no part in the match."""
        left, right = node.lhs, node.rhs
        matching, labels = matching_of(node)
        brought = node.modifier.group_labels or () if node.modifier is not None else ()
        if self._label in brought:
            return Writer().write(node)
        grouped = self._grouped(right if kept[0] else left)
        if grouped and matching != "on" and self._label not in labels:
            matching, labels = "ignoring", [*labels, self._label]
        texts = (
            Writer().write(left) if kept[0] else self.write(left),
            Writer().write(right) if kept[1] else self.write(right),
        )
        return self.joined(node, *texts, matching, labels)

    def _matched(self, node: Node, *, within: bool = False) -> str:
        """Both sides make the value: both are split, and matched on the label too."""
        if _label_free(node.lhs) or _label_free(node.rhs):
            raise Whole(f"one side of {node.op} has no labels")
        grouped = self._grouped(node.lhs), self._grouped(node.rhs)
        if grouped[0] != grouped[1]:
            raise Whole(f"one side of {node.op} is a whole, the other is not")
        matching, labels = matching_of(node)
        if matching == "on" and self._label not in labels:
            labels = [*labels, self._label]
        elif matching == "ignoring":
            labels = [one for one in labels if one != self._label]
        write = self._within if within else self.write
        left, right = write(node.lhs), write(node.rhs)
        text = self.joined(node, left, right, matching, labels)
        op = str(node.op)
        if op in ("+", "-") and _total(node):  # a part of one side alone is a part all the same
            return f"({text} or {left} or {'-' if op == '-' else ''}{right})"
        return text
