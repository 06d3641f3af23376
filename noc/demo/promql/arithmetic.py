"""Operators on floats: arithmetic as Go computes it, comparisons as masks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noc.demo.promql import labelset
from noc.demo.promql.values import Floats, Mask, Scalar, Vector


def _power(base: Floats, exponent: Floats) -> Floats:
    """As C and Go define it; NumPy takes square roots for 0.5, which have another answer for -Inf."""
    return np.where((base == -np.inf) & (exponent == 0.5), np.inf, np.power(base, exponent))


_ARITHMETIC: dict[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": _power,
    "atan2": np.arctan2,
}

_COMPARISONS: dict[str, Callable[[Floats, Floats], Mask]] = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
}

SET_OPERATORS = frozenset({"and", "or", "unless"})


def known(operator: str) -> bool:
    return operator in _ARITHMETIC or operator in _COMPARISONS or operator in SET_OPERATORS


def is_comparison(operator: str) -> bool:
    return operator in _COMPARISONS


def combined(operator: str, left: Floats, right: Floats) -> tuple[Floats, Mask]:
    """Values and which of them a filter keeps; a comparison's value is its left side."""
    if operator in _COMPARISONS:
        return np.broadcast_to(left, np.broadcast_shapes(left.shape, right.shape)), _COMPARISONS[operator](left, right)
    values = _ARITHMETIC[operator](left, right)
    return values, np.ones(values.shape, dtype=np.bool_)


def keeps_name(operator: str) -> bool:
    """Comparisons, and in 2.42 ``atan2``, leave the metric name in place."""
    return operator in _COMPARISONS or operator == "atan2"


def scalar_scalar(operator: str, left: Scalar, right: Scalar) -> Scalar:
    """The parser lets comparisons of scalars through only with ``bool``."""
    values, kept = combined(operator, left.values, right.values)
    return Scalar(kept.astype(np.float64) if is_comparison(operator) else values)


def vector_scalar(operator: str, vector: Vector, scalar: Scalar, *, swapped: bool, as_bool: bool) -> Vector:
    """A vector with a scalar, the scalar on the left if ``swapped``; a filter always keeps the vector's value."""
    sides = (scalar.values[None, :], vector.values) if swapped else (vector.values, scalar.values[None, :])
    values, kept = combined(operator, *sides)
    if as_bool:
        return vector.valued(kept.astype(np.float64)).relabelled(labelset.nameless).merged()
    if is_comparison(operator):
        return vector.masked(kept)
    result = vector.valued(values)
    return result if keeps_name(operator) else result.nameless().merged()
