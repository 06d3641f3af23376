"""Floats as Go prints them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.demo.goformat import decimal, sample_value


@pytest.mark.parametrize(
    ("value", "sample", "label"),
    [
        (1.0, "1", "1"),
        (-0.0, "-0", "-0"),
        (0.1, "0.1", "0.1"),
        (1e6, "1000000", "1000000"),
        (1e-5, "0.00001", "0.00001"),
        (1.5e-6, "0.0000015", "0.0000015"),
        (1e-7, "1e-07", "0.0000001"),
        (123456789012345680000.0, "123456789012345680000", "123456789012345680000"),
        (1.25e21, "1.25e+21", "1250000000000000000000"),
        (5e-324, "5e-324", "0." + "0" * 323 + "5"),
        (-1.7976931348623157e308, "-1.7976931348623157e+308", "-17976931348623157" + "0" * 292),
        (math.nan, "NaN", "NaN"),
        (math.inf, "+Inf", "+Inf"),
        (-math.inf, "-Inf", "-Inf"),
    ],
)
def test_known_values(value: float, sample: str, label: str) -> None:
    assert (sample_value(value), decimal(value)) == (sample, label)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_is_lost_or_invented(value: float) -> None:
    for text in (sample_value(value), decimal(value)):
        assert float(text) == value
    assert "e" not in decimal(value)
