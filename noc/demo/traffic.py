"""Seeded functions of time whose integrals are closed forms: the arithmetic under every figure of the demo's world.

A counter at any moment is the integral of its rate since its process started. Rates are sums of periodic piecewise
linear waves (the week's rhythm, noise) and of smooth bumps (incidents), all of which integrate exactly, so no moment
needs the moments before it. Arrivals turn a smooth integral into whole events with the scatter of real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import erf, inf, isfinite, log, sqrt

import numpy as np
from numpy.typing import NDArray

from noc.demo.samples import Floats

DAY = 86400.0
WEEK = 7 * DAY
ORIGIN = 1704067200.0
"""Monday 2024-01-01 00:00 UTC: where waves and integrals count from."""


class Wave:
    """A periodic, piecewise linear function of time: ``knots`` stand ``spacing`` seconds apart from ORIGIN on."""

    def __init__(self, knots: Floats, spacing: float) -> None:
        self._knots = np.append(knots, knots[0])
        self._slopes = np.diff(self._knots)
        self.spacing = spacing
        self._count = len(knots)
        steps = (self._knots[:-1] + self._knots[1:]) / 2
        self._areas = np.concatenate(([0.0], np.cumsum(steps)))

    @property
    def knots(self) -> Floats:
        """One period's values."""
        return self._knots[:-1]

    def _place(self, times: Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
        """Whole periods, the knot within the period, and the fraction of the way to the next."""
        steps = (times - ORIGIN) / self.spacing
        whole = np.floor(steps)
        fraction = steps - whole
        periods = np.floor(whole / self._count)
        return periods, (whole - periods * self._count).astype(np.intp), fraction

    def value(self, times: Floats) -> Floats:
        """The wave at each time (unix seconds); any shape."""
        _, knot, fraction = self._place(times)
        return np.asarray(self._knots[knot] + self._slopes[knot] * fraction)

    def integral(self, times: Floats) -> Floats:
        """The integral from ORIGIN to each time, in units of value times seconds."""
        periods, knot, fraction = self._place(times)
        within = self._areas[knot] + fraction * (self._knots[knot] + self._slopes[knot] * fraction / 2)
        return np.asarray(self.spacing * (periods * self._areas[-1] + within))


def noise(rng: np.random.Generator, knots: int, spacing: float) -> Wave:
    """Noise within -1 and 1 with mean 0, repeating after ``knots * spacing`` seconds."""
    lattice = rng.uniform(-1.0, 1.0, knots)
    lattice -= lattice.mean()
    return Wave(lattice / np.abs(lattice).max(), spacing)


_HOURS = (0.40, 0.36, 0.34, 0.33, 0.35, 0.42, 0.62, 0.98, 1.42, 1.72, 1.82, 1.68, 1.30, 1.42, 1.70, 1.76, 1.60, 1.34)
_EVENING = (1.08, 0.94, 0.82, 0.70, 0.58, 0.48)
_DAYS = (1.04, 1.07, 1.05, 1.03, 0.96, 0.62, 0.52)
_QUARTERS = 4
_LOCAL = 1  # hours east of UTC: the companies live in central Europe


def business_week() -> Wave:
    """The week of people at work, mean 1: two peaks a day with lunch between, a night low, quiet weekends."""
    hours = np.array(_HOURS + _EVENING)
    clock = np.arange(7 * 24 * _QUARTERS) / _QUARTERS + _LOCAL
    of_day = np.interp(clock % 24, np.arange(25), np.append(hours, hours[0]))
    of_week = np.interp((clock / 24 - 0.5) % 7, np.arange(8), np.append(_DAYS, _DAYS[0]))
    knots = of_day * of_week
    return Wave(knots / knots.mean(), 3600 / _QUARTERS)


def flattened(wave: Wave, share: float) -> Wave:
    """``share`` of the wave's swing around a constant 1: machines follow people only so far."""
    return Wave(1.0 + share * (wave.knots - 1.0), wave.spacing)


def sharpened(wave: Wave, power: float) -> Wave:
    """A positive wave raised to a power, mean 1 again: queueing grows faster than what causes it."""
    knots = wave.knots**power
    return Wave(knots / knots.mean(), wave.spacing)


def _smooth(share: Floats) -> Floats:
    return share * share * (3 - 2 * share)


def _smooth_area(share: Floats) -> Floats:
    return share**3 * (1 - share / 2)


@dataclass(frozen=True)
class Pulse:
    """A bump from 0 to 1 and back: it starts, rises, holds and falls within these seconds."""

    start: float
    rise: float
    hold: float
    fall: float

    @property
    def end(self) -> float:
        return self.start + self.rise + self.hold + self.fall

    @property
    def area(self) -> float:
        """The whole bump's integral in seconds."""
        return self.rise / 2 + self.hold + self.fall / 2

    def value(self, after: Floats) -> Floats:
        """Height within 0 and 1, ``after`` seconds from the scenario's zero."""
        up = np.clip((after - self.start) / self.rise, 0.0, 1.0)
        down = np.clip((after - self.end + self.fall) / self.fall, 0.0, 1.0)
        return _smooth(up) - _smooth(down)

    def integral(self, after: Floats) -> Floats:
        """Integral of the height from the scenario's zero on, in seconds."""
        since = after - self.start
        up = np.clip(since / self.rise, 0.0, 1.0)
        down = np.clip((after - self.end + self.fall) / self.fall, 0.0, 1.0)
        risen = self.rise * _smooth_area(up) + np.maximum(since - self.rise, 0.0)
        fallen = self.fall * _smooth_area(down) + np.maximum(after - self.end, 0.0)
        return np.asarray(risen - fallen)


@dataclass(frozen=True, eq=False)
class Train:
    """A pulse that happens at ``zero`` and every ``period`` seconds after (once, when infinite).

    ``levels`` are the heights of the occurrences, repeating; by default all 1. With a wave's values here a bump is a
    share of the traffic at its time of day, and its integral stays a closed form.
    """

    pulse: Pulse
    zero: float
    period: float = inf
    levels: tuple[float, ...] = (1.0,)

    @classmethod
    def following(cls, wave: Wave, pulse: Pulse, zero: float, period: float = inf) -> Train:
        """Each occurrence as high as the wave in its middle; a finite period must divide a week."""
        count = round(WEEK / period) if isfinite(period) else 1
        middle = zero + (pulse.start + pulse.end) / 2
        moments = np.array([middle + number * period if number else middle for number in range(count)])
        return cls(pulse, zero, period, tuple(wave.value(moments).tolist()))

    @cached_property
    def _sums(self) -> Floats:
        return np.concatenate(([0.0], np.cumsum(self.levels)))

    def _place(self, times: Floats) -> tuple[Floats, Floats]:
        """The number of the occurrence, and seconds since its beginning (negative before zero)."""
        after = times - self.zero
        if not isfinite(self.period):
            return np.zeros_like(after), np.minimum(after, 10 * WEEK)
        turn = np.maximum(np.floor(after / self.period), 0.0)
        return turn, after - turn * self.period

    def value(self, times: Floats) -> Floats:
        turn, after = self._place(times)
        level = np.asarray(self.levels)[turn.astype(np.intp) % len(self.levels)]
        return np.asarray(level * self.pulse.value(after))

    def integral(self, times: Floats) -> Floats:
        """The integral from zero to each time; 0 before."""
        turn, after = self._place(times)
        count = len(self.levels)
        cycles = np.floor(turn / count)
        within = (turn - cycles * count).astype(np.intp)
        before = self.pulse.area * (cycles * self._sums[-1] + self._sums[within])
        return np.asarray(before + np.asarray(self.levels)[within] * self.pulse.integral(after))


class Arrivals:
    """Whole events of a unit-rate random process: a monotone step function of expected events.

    The process repeats after COUNT events; ``phase`` (0-1) picks where a counter begins in it.
    """

    COUNT = 65536
    _FINE = 8  # places an event can fall on, per expected event

    def __init__(self, rng: np.random.Generator) -> None:
        gaps = rng.exponential(size=self.COUNT)
        moments = np.cumsum(gaps) * (self.COUNT / gaps.sum())
        self._counts = np.searchsorted(moments, np.arange(self.COUNT * self._FINE) / self._FINE, "right").astype(
            np.int32
        )

    def count(self, expected: Floats, phase: Floats) -> Floats:
        """Events among ``expected`` ones since phase; 0 where nothing is expected yet."""
        first = np.floor(phase * self.COUNT)
        return np.asarray(self._steps(first + expected) - self._steps(first))

    def due(self, numbers: NDArray[np.int64], phase: Floats) -> Floats:
        """The fewest expected events at which ``count`` reaches each number (1 is the first): its inverse."""
        first = np.floor(phase * self.COUNT)
        total = numbers + self._steps(first).astype(np.int64)
        rounds = (total - 1) // self.COUNT
        index = np.searchsorted(self._counts, total - rounds * self.COUNT, "left")
        return np.asarray(rounds * self.COUNT + index / self._FINE - first)

    def _steps(self, place: Floats) -> Floats:
        rounds = np.floor(place / self.COUNT)
        index = ((place - rounds * self.COUNT) * self._FINE).astype(np.intp)
        return np.asarray(rounds * self.COUNT + self._counts[index])


def lognormal_shares(median: float, spread: float, bounds: Sequence[float]) -> Floats:
    """The share of a log-normal distribution in each bucket of upper bounds, +Inf last; ``spread`` is sigma of ln."""
    below = [0.5 * (1 + erf(log(bound / median) / (spread * sqrt(2)))) for bound in bounds]
    return np.diff(np.array([0.0, *below, 1.0]))
