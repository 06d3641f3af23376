"""Counters and histograms of the world: rates as sums of shared shapes, integrated and turned into whole events.

Every rate is a combination of a few shapes (rhythms, gusts, the scenario's trains), so a block of many series is one
matrix product over the shapes' integrals, whatever the window.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from noc.demo.samples import Floats
from noc.demo.traffic import ORIGIN, Arrivals, Train, Wave, business_week, flattened, lognormal_shares, sharpened

Rhythm = Literal["people", "rush", "machines", "flat"]
"""``people`` at work, ``rush``: what grows faster than the traffic, ``machines`` that half follow, ``flat``."""
Row = tuple[str, Mapping[str, str]]
"""A series' name and its labels without job and instance."""
Indexes = NDArray[np.int64]

_GUSTS = 6
_NUDGE = 1e-6  # expected events: where an incident ends they stand still, often on a whole number, and rounding must not decide
_MINUTES = 4 * 7 * 24 * 60  # gusts repeat after four weeks


class Shapes:
    """The waves every figure is made of, from one seed. ``ripples`` are plain noise, ``gusts`` noise that scales
    with a rhythm."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        people = business_week()
        self.seed = seed
        self.arrivals = Arrivals(rng)
        self.rhythms: dict[str, Wave] = {
            "people": people,
            "rush": sharpened(people, 1.5),
            "machines": flattened(people, 0.45),
            "flat": Wave(np.ones(1), 7 * 86400.0),
        }
        self.ripples = tuple(_ripple(rng) for _ in range(_GUSTS))
        minutes = ORIGIN + np.arange(0.0, 60.0 * _MINUTES, 60.0)
        self.gusts: dict[str, tuple[Wave, ...]] = {}
        for name, wave in self.rhythms.items():
            level = wave.value(minutes)
            self.gusts[name] = tuple(Wave(ripple.knots * level, 60.0) for ripple in self.ripples)

    def draws(self, key: str) -> np.random.Generator:
        """A generator that depends on the seed and the key only."""
        return np.random.default_rng([self.seed, zlib.crc32(key.encode())])


def _ripple(rng: np.random.Generator) -> Wave:
    """Noise within -1 and 1 at one minute, seven minutes, and an hour, mean 0."""
    clock = np.arange(_MINUTES, dtype=np.float64)
    total = np.zeros(_MINUTES)
    for minutes, weight in ((1, 0.35), (7, 0.45), (60, 0.4)):
        lattice = rng.uniform(-weight, weight, _MINUTES // minutes)
        total += np.interp(clock / minutes, np.arange(len(lattice) + 1), np.append(lattice, lattice[0]))
    total -= total.mean()
    return Wave(total / np.abs(total).max(), 60.0)


Shape = Wave | Train


class Moments:
    """Times (unix seconds) of one target with the start of the process that ran then; shapes are computed once."""

    def __init__(self, times: Floats, since: Floats) -> None:
        self.times = times
        self.since = since
        self._grown: dict[int, tuple[Shape, Floats]] = {}
        self._values: dict[int, tuple[Shape, Floats]] = {}

    def grown(self, shape: Shape) -> Floats:
        """The shape's integral since the process started."""
        if id(shape) not in self._grown:
            self._grown[id(shape)] = (shape, shape.integral(self.times) - shape.integral(self.since))
        return self._grown[id(shape)][1]

    def value(self, shape: Shape) -> Floats:
        if id(shape) not in self._values:
            self._values[id(shape)] = (shape, shape.value(self.times))
        return self._values[id(shape)][1]


class Block(Protocol):
    """Series of one target that are computed together."""

    @property
    def rows(self) -> Sequence[Row]: ...

    def at(self, moments: Moments) -> Floats:
        """Values, one row a series, one column a moment."""


Effects = tuple[tuple[Shape, float], ...]
"""Shapes added to a rate or level, each times an amount."""


@dataclass(frozen=True)
class Flow:
    """A rate: events (or units) per second on average over a week, its rhythm, gusts within 0-1, and what is added on top."""

    per_second: float
    rhythm: Rhythm = "people"
    gust: float = 0.3
    effects: Effects = ()

    def scaled(self, share: float) -> Flow:
        """This flow's share on one instance."""
        effects = tuple((shape, amount * share) for shape, amount in self.effects)
        return Flow(self.per_second * share, self.rhythm, self.gust, effects)


class Weights:
    """A matrix of weights over shapes, filled row by row; rows share the shapes they name."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._columns: dict[int, int] = {}
        self.shapes: list[Shape] = []
        self._entries: list[tuple[int, int, float]] = []

    def add(self, row: int, shape: Shape, weight: float) -> None:
        if id(shape) not in self._columns:
            self._columns[id(shape)] = len(self.shapes)
            self.shapes.append(shape)
        self._entries.append((row, self._columns[id(shape)], weight))

    def matrix(self) -> Floats:
        """(rows, shapes)"""
        matrix = np.zeros((self._rows, len(self.shapes)))
        for row, column, weight in self._entries:
            matrix[row, column] += weight
        return matrix


def gust_weights(shapes: Shapes, key: str, rows: int) -> Floats:
    """How much of each gust a row feels: (rows, gusts), absolute values summing to 1; the first blows through all."""
    draws = shapes.draws(key).uniform(-1.0, 1.0, (rows, _GUSTS))
    draws[:, 0] += 2.0
    return np.asarray(draws / np.abs(draws).sum(axis=1, keepdims=True))


class Mixture:
    """Flows as one matrix over the shapes they share."""

    def __init__(self, shapes: Shapes, key: str, flows: Sequence[Flow]) -> None:
        feels = gust_weights(shapes, key, len(flows))
        weights, pushes = Weights(len(flows)), Weights(len(flows))
        for row, flow in enumerate(flows):
            weights.add(row, shapes.rhythms[flow.rhythm], flow.per_second)
            if flow.gust:
                for gust, share in zip(shapes.gusts[flow.rhythm], feels[row], strict=True):
                    weights.add(row, gust, flow.per_second * flow.gust * float(share))
            for shape, amount in flow.effects:
                weights.add(row, shape, amount)
                pushes.add(row, shape, amount)
        self._shapes, self._weights = weights.shapes, weights.matrix()
        self._pushes, self._pushed = pushes.shapes, pushes.matrix()

    def grown(self, moments: Moments) -> Floats:
        """Integrals of the rates since the process started: (flows, moments)."""
        return self._weights @ np.stack([moments.grown(shape) for shape in self._shapes])

    def integrals(self, moments: Floats) -> Floats:
        """Each shape's integral from the common origin to each moment: (shapes, moments)."""
        return np.stack([shape.integral(moments) for shape in self._shapes])

    def grown_each(self, rows: Indexes, moments: Floats, born: Floats) -> Floats:
        """The integral of one flow at each moment: ``rows`` names as many flows as there are moments.

        ``born`` are the integrals at the process' start: (shapes, 1).
        """
        return np.asarray(np.einsum("ns,sn->n", self._weights[rows], self.integrals(moments) - born))

    def pushed_each(self, rows: Indexes, moments: Moments) -> Floats:
        """The part of one flow's rate (0-1) at each moment that comes from effects: an incident, not the usual."""
        if not self._pushes:
            return np.zeros(len(rows))
        rate = np.einsum("ns,sn->n", self._weights[rows], np.stack([moments.value(one) for one in self._shapes]))
        pushed = np.einsum("ns,sn->n", self._pushed[rows], np.stack([moments.value(one) for one in self._pushes]))
        return np.asarray(np.clip(pushed / np.maximum(rate, 1e-12), 0.0, 1.0))


class Counters:
    """Counters that add up streams of events: ``rows`` maps each series to the streams it counts.

    Streams named in ``even`` are spaced evenly instead of scattered: what happens so rarely that two at once would be
    an incident.
    """

    def __init__(
        self,
        shapes: Shapes,
        key: str,
        streams: Mapping[str, Flow],
        rows: Sequence[tuple[Row, Sequence[str]]],
        even: frozenset[str] = frozenset(),
    ) -> None:
        self.mixture = Mixture(shapes, key, list(streams.values()))
        self._phase = shapes.draws(key + "/phase").uniform(size=(len(streams), 1))
        self._arrivals = shapes.arrivals
        self._even = np.array([stream in even for stream in streams])
        index = {stream: number for number, stream in enumerate(streams)}
        self.rows: Sequence[Row] = tuple(row for row, _ in rows)
        self.counted: Sequence[tuple[int, ...]] = tuple(tuple(index[name] for name in names) for _, names in rows)
        """The numbers of the streams that each row adds up."""
        self._sums = np.zeros((len(rows), len(streams)))
        for number, (_, names) in enumerate(rows):
            for stream in names:
                self._sums[number, index[stream]] += 1.0

    def at(self, moments: Moments) -> Floats:
        return np.asarray(self._sums @ self.events(self.mixture.grown(moments)))

    def events(self, expected: Floats) -> Floats:
        """Whole events of every stream since the process started, where ``expected`` were: (streams, moments)."""
        events = self._arrivals.count(expected + _NUDGE, self._phase)
        if self._even.any():
            events[self._even] = np.floor(expected[self._even] + self._phase[self._even])
        return events

    def due(self, streams: Indexes, numbers: Indexes) -> Floats:
        """How many events are expected when event ``numbers`` (1 is the first) of each stream happens."""
        phase = self._phase[streams, 0]
        scattered = self._arrivals.due(numbers, phase) - _NUDGE
        return np.asarray(np.where(self._even[streams], numbers - phase, scattered))


class Meters:
    """Counters of amounts instead of events (seconds, bytes), read off in steps of ``quantum``."""

    def __init__(self, shapes: Shapes, key: str, meters: Sequence[tuple[Row, Flow]], quantum: float) -> None:
        self.rows: Sequence[Row] = tuple(row for row, _ in meters)
        self._mixture = Mixture(shapes, key, [flow for _, flow in meters])
        self._quantum = quantum

    def at(self, moments: Moments) -> Floats:
        steps = np.floor(self._mixture.grown(moments) / self._quantum)
        return np.asarray(np.round(steps * self._quantum, 6))


@dataclass(frozen=True)
class Latency:
    """A log-normal component: median in seconds, spread (sigma of ln), and the flow of its observations."""

    median: float
    spread: float
    flow: Flow


class Histograms:
    """Histograms of one name: per label set a mixture of constant distributions whose rates move.

    Buckets count scattered events each and are summed up, so they grow monotonically in time and in ``le``.
    """

    def __init__(
        self,
        shapes: Shapes,
        key: str,
        name: str,
        bounds: Sequence[float],
        groups: Sequence[tuple[Mapping[str, str], Sequence[Latency]]],
    ) -> None:
        counts = {len(components) for _, components in groups}
        assert len(counts) == 1, "every label set has the same number of components"
        self._groups, self._components = len(groups), counts.pop()
        flows = [latency.flow for _, components in groups for latency in components]
        self._mixture = Mixture(shapes, f"{key} {name}", flows)
        self._shares = np.array(
            [
                [lognormal_shares(latency.median, latency.spread, bounds) for latency in components]
                for _, components in groups
            ]
        )
        width = len(bounds) + 1
        self._phase = shapes.draws(f"{key} {name}/phase").uniform(size=(len(groups), width, 1))
        self._arrivals = shapes.arrivals
        lows, highs = np.array([bounds[0] / 3, *bounds]), np.array([*bounds, bounds[-1] * 2])
        self._typical = np.sqrt(lows * highs)
        rows: list[Row] = []
        for labels, _ in groups:
            rows += [(f"{name}_bucket", {**labels, "le": le}) for le in [*map(bound_text, bounds), "+Inf"]]
            rows += [(f"{name}_sum", labels), (f"{name}_count", labels)]
        self.rows: Sequence[Row] = tuple(rows)

    def at(self, moments: Moments) -> Floats:
        grown = self._mixture.grown(moments).reshape(self._groups, self._components, -1)
        expected = np.einsum("gcb,gcn->gbn", self._shares, grown)
        events = self._arrivals.count(expected, self._phase)
        total = np.round(np.einsum("b,gbn->gn", self._typical, events), 6)[:, None, :]
        buckets = np.cumsum(events, axis=1)
        return np.concatenate([buckets, total, buckets[:, -1:, :]], axis=1).reshape(len(self.rows), -1)


def bound_text(bound: float) -> str:
    """A bucket's bound as client libraries expose it: 1 is "1.0"."""
    return repr(float(bound))
