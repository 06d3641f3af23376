"""Gauges of the world: levels that follow a rhythm, ripple, and are pushed by the scenario, rounded as the real
exporter would; and figures that are plain functions of the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from noc.demo.flows import Effects, Moments, Rhythm, Row, Shapes, Weights, gust_weights
from noc.demo.samples import Floats


@dataclass(frozen=True)
class Level:
    """A gauge: ``base`` on average, ``swing`` more or less with the rhythm around its mean, ``ripple`` of noise.

    ``quantum`` is the step its values come in (1 for counts); ``low`` and ``high`` bound it. What presses against
    ``high`` moves up to ``ragged`` below it instead of standing still.
    """

    base: float
    swing: float = 0.0
    ripple: float = 0.0
    effects: Effects = ()
    low: float = 0.0
    high: float = inf
    ragged: float = 0.0
    quantum: float = 1.0
    rhythm: Rhythm = "people"


class Levels:
    """Gauges of one target, one row a Level."""

    def __init__(self, shapes: Shapes, key: str, levels: Sequence[tuple[Row, Level]]) -> None:
        self.rows: Sequence[Row] = tuple(row for row, _ in levels)
        feels = gust_weights(shapes, key, len(levels)) * 3.0  # ripples are mostly small and rarely agree
        weights = Weights(len(levels))
        for number, (_, level) in enumerate(levels):
            weights.add(number, shapes.rhythms["flat"], level.base - level.swing)
            weights.add(number, shapes.rhythms[level.rhythm], level.swing)
            for ripple, share in zip(shapes.ripples, feels[number], strict=True):
                weights.add(number, ripple, level.ripple * float(share))
            for train, amount in level.effects:
                weights.add(number, train, amount)
        self._shapes, self._weights = weights.shapes, weights.matrix()
        self._low = np.array([[level.low] for _, level in levels])
        self._high = np.array([[level.high] for _, level in levels])
        self._ragged = np.array([[level.ragged] for _, level in levels])
        self._ceiling = shapes.ripples[-1]
        self._quantum = np.array([[level.quantum] for _, level in levels])

    def at(self, moments: Moments) -> Floats:
        raw = self._weights @ np.stack([moments.value(shape) for shape in self._shapes])
        high = self._high - self._ragged * np.abs(moments.value(self._ceiling))
        bounded = np.clip(raw, self._low, high)
        return np.asarray(np.round(np.round(bounded / self._quantum) * self._quantum, 9))


class Plain:
    """Rows that are functions of the moment: constants, clocks, figures worked out from others."""

    def __init__(self, rows: Sequence[Row], function: Callable[[Moments], Sequence[Floats | float] | Floats]) -> None:
        self.rows = rows
        self._function = function

    def at(self, moments: Moments) -> Floats:
        return np.stack(
            [np.broadcast_to(np.asarray(row, float), moments.times.shape) for row in self._function(moments)]
        )


def constants(values: Mapping[str, float], labels: Mapping[str, str] | None = None) -> Plain:
    """Series that never change."""
    figures: list[Floats | float] = list(values.values())
    return Plain([(name, labels or {}) for name in values], lambda _: figures)
