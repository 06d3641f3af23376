"""Functions of instant vectors: mathematics by element, labels, sorting, presence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noc.demo.promql import labelset
from noc.demo.promql.faults import ExecutionError
from noc.demo.promql.ordering import ranked
from noc.demo.promql.syntax import is_label_name
from noc.demo.promql.values import Floats, Scalar, Vector
from noc.demo.regex import expand
from noc.demo.samples import LabelMatcher
from noc.model.errors import QueryError
from noc.model.regex import compiled
from noc.model.series import Labels


def _sign(values: Floats) -> Floats:
    return np.where(values < 0, -1.0, np.where(values > 0, 1.0, values))


ELEMENTWISE: dict[str, Callable[[Floats], Floats]] = {
    "abs": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "exp": np.exp,
    "ln": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "sgn": _sign,
    "acos": np.arccos,
    "acosh": np.arccosh,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atanh": np.arctanh,
    "cos": np.cos,
    "cosh": np.cosh,
    "sin": np.sin,
    "sinh": np.sinh,
    "tan": np.tan,
    "tanh": np.tanh,
    "deg": lambda values: values * 180 / np.pi,
    "rad": lambda values: values * np.pi / 180,
}


def rounded(vector: Vector, nearest: Scalar) -> Vector:
    """To the nearest multiple, halves upwards."""
    inverse = 1 / nearest.values
    return vector.valued(np.floor(vector.values * inverse + 0.5) / inverse)


def _at_most(values: Floats, limit: Floats) -> Floats:
    """NaN wins, except against -Inf (Go's math.Min)."""
    return np.where((values == -np.inf) | (limit == -np.inf), -np.inf, np.minimum(values, limit))


def _at_least(values: Floats, limit: Floats) -> Floats:
    return np.where((values == np.inf) | (limit == np.inf), np.inf, np.maximum(values, limit))


def clamp(vector: Vector, low: Scalar, high: Scalar) -> Vector:
    """Nothing at steps where the lower limit is above the upper one."""
    values = _at_least(_at_most(vector.values, high.values), low.values)
    return vector.valued(values).masked(np.broadcast_to(~(high.values < low.values), vector.present.shape))


def clamp_min(vector: Vector, low: Scalar) -> Vector:
    return vector.valued(_at_least(vector.values, low.values))


def clamp_max(vector: Vector, high: Scalar) -> Vector:
    return vector.valued(_at_most(vector.values, high.values))


def scalar_of(vector: Vector) -> Scalar:
    """The only element's value, NaN where there is none or more than one."""
    single = vector.present.sum(axis=0) == 1
    values = np.where(vector.present, vector.values, 0.0).sum(axis=0)
    return Scalar(np.where(single, values, np.nan))


def absent(vector: Vector, labels: Labels) -> Vector:
    """1 where the vector has no element at all."""
    missing = ~vector.occupied()
    return Vector.single(labels, np.ones(len(missing)), missing)


def absent_labels(matchers: tuple[LabelMatcher, ...]) -> Labels:
    """What an absent selector would have carried: labels with exactly one equality matcher."""
    kept: dict[str, str] = {}
    seen: set[str] = set()
    for matcher in matchers:
        if matcher.op == "=" and matcher.name not in seen:
            kept[matcher.name] = matcher.value
            seen.add(matcher.name)
        else:
            kept.pop(matcher.name, None)
    kept.pop(labelset.NAME, None)
    return tuple(sorted((name, value) for name, value in kept.items() if value))


def sort(vector: Vector, *, descending: bool) -> Vector:
    """By value, NaN last; only instant queries show it, for the series of a range are sorted by labels."""
    if vector.values.shape[1] != 1 or not vector.labels:
        return vector
    return vector.rows(ranked(vector.values, vector.present, descending=descending)[:, 0])


def label_replace(vector: Vector, target: str, replacement: str, source: str, pattern: str) -> Vector:
    """Set ``target`` from the expanded ``replacement`` where all of ``source`` matches; an empty result removes it."""
    try:
        regex = compiled(pattern)
    except QueryError as fault:
        raise ExecutionError(f"invalid regular expression in label_replace(): {pattern}") from fault
    _require_label_name(target, "destination", "label_replace")

    def change(labels: Labels) -> Labels:
        match = regex.fullmatch(labelset.value_of(labels, source))
        return labels if match is None else labelset.replaced(labels, target, expand(replacement, match))

    return vector.relabelled(change).merged()


def label_join(vector: Vector, target: str, separator: str, *sources: str) -> Vector:
    """Set ``target`` to the values of ``sources`` joined; an empty result removes it."""
    for source in sources:
        _require_label_name(source, "source", "label_join")
    _require_label_name(target, "destination", "label_join")

    def change(labels: Labels) -> Labels:
        joined = separator.join(labelset.value_of(labels, source) for source in sources)
        return labelset.replaced(labels, target, joined)

    return vector.relabelled(change).merged()


def _require_label_name(name: str, role: str, function: str) -> None:
    if not is_label_name(name):
        raise ExecutionError(f"invalid {role} label name in {function}(): {name}")
