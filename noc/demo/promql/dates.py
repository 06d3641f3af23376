"""Calendar functions of unix seconds, in UTC."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noc.demo.promql.faults import UnsupportedError
from noc.demo.promql.values import Floats

_LIMIT = 8.0e12  # seconds either way of 1970; beyond, and for NaN, Go's calendar wraps around
_DAY = "datetime64[D]"


def _seconds(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]:
    return np.trunc(values).astype(np.int64).astype("datetime64[s]")


def _minute(values: Floats) -> Floats:
    return np.floor(np.trunc(values) / 60) % 60


def _hour(values: Floats) -> Floats:
    return np.floor(np.trunc(values) / 3600) % 24


def _day_of_week(values: Floats) -> Floats:
    """Sunday is 0; 1970 began on a Thursday."""
    return (np.floor(np.trunc(values) / 86400) + 4) % 7


def _since(values: Floats, unit: str) -> Floats:
    """Days since the beginning of the month or year."""
    moment = _seconds(values)
    days = moment.astype(_DAY) - moment.astype(f"datetime64[{unit}]").astype(_DAY)
    return np.asarray(days.astype(np.float64))


def _day_of_month(values: Floats) -> Floats:
    return _since(values, "M") + 1


def _day_of_year(values: Floats) -> Floats:
    return _since(values, "Y") + 1


def _month(values: Floats) -> Floats:
    return (_seconds(values).astype("datetime64[M]").astype(np.int64) % 12 + 1).astype(np.float64)


def _year(values: Floats) -> Floats:
    return (_seconds(values).astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.float64)


def _days_in_month(values: Floats) -> Floats:
    month = _seconds(values).astype("datetime64[M]")
    days = (month + np.timedelta64(1, "M")).astype(_DAY) - month.astype(_DAY)
    return np.asarray(days.astype(np.float64))


FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "minute": _minute,
    "hour": _hour,
    "day_of_week": _day_of_week,
    "day_of_month": _day_of_month,
    "day_of_year": _day_of_year,
    "month": _month,
    "year": _year,
    "days_in_month": _days_in_month,
}


def calendar_value(function: str, values: Floats) -> Floats:
    """One of ``FUNCTIONS``; raises UnsupportedError for values that are no time."""
    if not (np.abs(values) < _LIMIT).all():
        raise UnsupportedError(f"{function}() is refused for values that are no unix time")
    return FUNCTIONS[function](values)
