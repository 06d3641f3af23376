"""Floats and times as Go programs write them; Prometheus's answers are compared with ours byte for byte."""

from __future__ import annotations

import math


def decimal(value: float) -> str:
    """The shortest digits without an exponent: label values of ``count_values``, numbers in error texts."""
    special = _special(value)
    if special is not None:
        return special
    digits = repr(value)
    return _positional(digits) if "e" in digits else digits.removesuffix(".0")


def sample_value(value: float) -> str:
    """A sample's value in JSON: the shortest digits, with an exponent below 1e-6 and from 1e21."""
    special = _special(value)
    if special is not None:
        return special
    digits = repr(value)
    if "e" not in digits:
        return digits.removesuffix(".0")
    return _positional(digits) if 1e-6 <= abs(value) < 1e21 else digits


def _special(value: float) -> str | None:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return None


def _positional(digits: str) -> str:
    """``1.5e-05`` as ``0.000015``: only the point moves, so no digit is invented."""
    mantissa, _, exponent = digits.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    shift = int(exponent)
    if shift >= 0:
        moved, rest = fraction[:shift].ljust(shift, "0"), fraction[shift:]
        return f"{sign}{whole}{moved}" + (f".{rest}" if rest else "")
    return f"{sign}0.{'0' * (-shift - 1)}{whole}{fraction}"
