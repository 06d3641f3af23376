"""From numbers to heights: extents, round ticks and axes. NaN and infinities never get in here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from noc.model.thresholds import Threshold

DECIMAL = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Round distances between ticks, times powers of ten."""
_HUGE, _TINY = 1e300, 1e-290
_WASTE = 0.85  # an axis with fewer ticks must be that much tighter
NEAR = 0.6
"""A threshold this many data ranges away is still worth the room."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from ``low`` (position 0) to ``high`` (position 1); ticks lie between, both ends included."""

    low: float
    high: float
    ticks: tuple[float, ...] = ()
    log: bool = False

    def position(self, value: float) -> float:
        """0 at the low end, 1 at the high end, clamped; on a log axis nothing is below the low end."""
        low, high = self.low, self.high
        if value >= high:
            return 1.0
        if value <= low:
            return 0.0
        if self.log:
            return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
        # Halves first: the distance between two floats may be infinite, that of their halves is not.
        return (value / 2 - low / 2) / (high / 2 - low / 2)

    def row(self, value: float, rows: int) -> int:
        """The row of a value among ``rows`` rows, row 0 on top."""
        return rows - 1 - int(self.position(value) * (rows - 1) + 0.5)

    def scale(self, rows: int) -> float:
        """Rows a unit of a linear axis; 0 where rows cannot be had by multiplication."""
        scale = (rows - 1) / (self.high - self.low)
        return 0.0 if self.log or not 0 < scale < math.inf else scale

    def rower(self, rows: int) -> Callable[[float], int]:
        """``row`` for many values: the linear case without its divisions."""
        low, high, last, scale = self.low, self.high, rows - 1, self.scale(rows)
        if not scale:
            return lambda value: self.row(value, rows)

        def row(value: float) -> int:
            if value <= low:
                return last
            return 0 if value >= high else last - int((value - low) * scale + 0.5)

        return row


def finite(values: Iterable[float]) -> list[float]:
    """The values that have a place on an axis."""
    return [value for value in values if value - value == 0.0]  # an infinity or NaN less itself is NaN


def extent(
    values: Iterable[float],
    thresholds: Sequence[Threshold] = (),
    *,
    low: float | None = None,
    high: float | None = None,
    zero: bool = False,
    log: bool = False,
) -> tuple[float, float]:
    """Least and greatest value to show; the first is always below the second.

    Zero belongs to it when asked for or when the values come near it, a threshold when it is near (``NEAR``). A flat
    series gets air; no values at all give 0 to 1. ``low`` and ``high`` win over all that, unless ``high`` is not above
    ``low``. A log extent is above zero.
    """
    shown = [value for value in finite(values) if value > 0] if log else finite(values)
    bottom, top = (_tamed(min(shown)), _tamed(max(shown))) if shown else ((1.0, 10.0) if log else (0.0, 1.0))
    if not log and (zero or 0 < bottom <= top / 2 or bottom / 2 <= top < 0):
        bottom, top = min(bottom, 0.0), max(top, 0.0)
    reach = (top - bottom) * NEAR
    for value in map(_tamed, finite(threshold.value for threshold in thresholds)):
        if shown and (not log or value > 0) and bottom - reach <= value <= top + reach:
            bottom, top = min(bottom, value), max(top, value)
    return _bounded(bottom, top, _usable(low, log), _usable(high, log), log)


def _usable(bound: float | None, log: bool) -> float | None:
    if bound is None or not math.isfinite(bound) or (log and bound <= 0):
        return None
    return _tamed(bound)


def _tamed(value: float) -> float:
    """A value whose sums and quotients with others are finite; what is next to nothing keeps only its sign."""
    if abs(value) < _TINY:
        return math.copysign(_TINY, value) if value else 0.0
    return min(max(value, -_HUGE), _HUGE)


def _bounded(bottom: float, top: float, low: float | None, high: float | None, log: bool) -> tuple[float, float]:
    if low is not None and high is not None and high > low:
        return low, high
    if low is not None:
        return (low, top) if top > low else (low, low * 10 if log else low + (abs(low) or 1.0))
    if high is not None:
        return (bottom, high) if bottom < high else (high / 10 if log else high - (abs(high) or 1.0), high)
    if top - bottom > 1e-9 * max(abs(top), abs(bottom)):
        return bottom, top
    if log:
        return max(bottom, _TINY) / 10, max(bottom, _TINY) * 10
    if abs(bottom) < _TINY:
        return 0.0, 1.0
    return (0.0, 2 * bottom) if bottom > 0 else (2 * bottom, 0.0)


def nice_step(raw: float, steps: Sequence[float] = DECIMAL, base: float = 10.0) -> float:
    """The least round distance at or above ``raw`` (> 0): one of ``steps`` times a power of ``base``."""
    power = base ** math.floor(math.log(raw, base))
    for scale in (power / base, power, power * base):
        for step in steps:
            if step * scale >= raw * (1 - 1e-9):
                return step * scale
    return raw


def nice_ticks(
    low: float, high: float, count: int, steps: Sequence[float] = DECIMAL, base: float = 10.0
) -> list[float]:
    """At most ``count`` round values from ``low`` to ``high``, evenly spaced, both ends included where they are round."""
    if not (high > low and count > 0):
        return []
    step = nice_step((high - low) / max(1, count), steps, base)
    while True:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < count:
            return [index * step for index in range(first, last + 1)]
        step = nice_step(step * 1.01, steps, base)


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """At most ``count`` powers of ten from ``low`` to ``high`` (> 0); within one decade 1, 2 and 5 times a power."""
    if not (0 < low < high and count > 0):
        return []
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 1:
        stride = -(-(last - first + 1) // count)
        return [_power(exponent) for exponent in range(first, last + 1, max(1, stride))]
    around = range(first - 1, last + 2)
    ticks = [scale * _power(exponent) for exponent in around for scale in (1, 2, 5)]
    return [tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)][:count]


def nice_axis(
    low: float,
    high: float,
    count: int = 3,
    *,
    fixed_low: bool = False,
    fixed_high: bool = False,
    steps: Sequence[float] = DECIMAL,
    base: float = 10.0,
) -> Axis:
    """A tight axis around ``low`` < ``high`` with at most ``count`` round ticks, one at each end.

    They are evenly spaced, but around zero, which is then the third one. A fixed end stays where it is; with both
    fixed the ticks divide the distance evenly.
    """
    if (fixed_low and fixed_high) or count < 2:
        parts = max(1, count - 1)
        return Axis(
            low, high, tuple(low + (high - low) * part / parts for part in range(parts + 1)) if count > 1 else ()
        )
    if low < 0 < high and not (fixed_low or fixed_high):
        ends = -nice_step(-low, steps, base), nice_step(high, steps, base)
        return Axis(*ends, (ends[0], 0.0, ends[1]) if count > 2 else ends)
    best: tuple[float, ...] = ()
    for parts in range(count - 1, 0, -1):
        ticks = _spanning(low, high, parts, fixed_low, fixed_high, steps, base)
        if not best or ticks[-1] - ticks[0] < (best[-1] - best[0]) * _WASTE:
            best = ticks
    return Axis(best[0], best[-1], best)


def _spanning(
    low: float, high: float, parts: int, fixed_low: bool, fixed_high: bool, steps: Sequence[float], base: float
) -> tuple[float, ...]:
    """Ticks that span low..high in ``parts`` round distances."""
    step = nice_step((high - low) / parts, steps, base)
    while True:
        if fixed_high:
            first, far = high - parts * step, low
            if first <= far:
                return tuple(high - (parts - index) * step for index in range(parts + 1))
        else:
            at = None if fixed_low else math.floor(low / step + 1e-9)
            ticks = tuple((low + index * step) if at is None else (at + index) * step for index in range(parts + 1))
            if ticks[-1] >= high - 1e-9 * step:
                return ticks
        step = nice_step(step * 1.01, steps, base)


def log_axis(low: float, high: float, count: int = 3, *, fixed_low: bool = False, fixed_high: bool = False) -> Axis:
    """A log axis around 0 < ``low`` < ``high``, its free ends at powers of ten."""
    bottom = low if fixed_low else _power(math.floor(math.log10(low) + 1e-9))
    top = high if fixed_high else _power(math.ceil(math.log10(high) - 1e-9))
    if not bottom < top:
        top = bottom * 10
    return Axis(bottom, top, tuple(log_ticks(bottom, top, count)), log=True)


def _power(exponent: int) -> float:
    return float(10.0 ** max(-300, min(300, exponent)))
