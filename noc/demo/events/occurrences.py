"""When events happened: the moments at which a counter of the world steps up, to the microsecond.

Counters are integrals of rates turned into whole events, so an event's moment is where the integral reaches what is
expected of it. It is bracketed on a grid and then found by interpolation, so that a scrape at any moment has counted
exactly the events up to it: the counter and the log tell of the same events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from noc.demo.events.dice import Draws, seed_of, throws
from noc.demo.flows import Counters, Indexes, Moments
from noc.demo.samples import Floats
from noc.demo.targets import ScrapeTarget

MICROS = 1_000_000
"""Microseconds of a second: the moments of events are whole ones, since 1970."""

_GRID = 5.0  # seconds
_MARGINS = (0.1, 2e-4, 5e-7)  # seconds around each guess: the curve is nearly straight, so every guess is far better
_APART = 1e-6  # seconds


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event: its moment (microseconds), the labels it was counted under, its number since its process began.

    ``first`` and ``second`` are its dice, 64 bits each. ``pushed``: an incident caused it, it is not of the usual kind.
    """

    at: int
    labels: Mapping[str, str]
    number: int
    first: int
    second: int
    pushed: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Events of an hour, ascending in time: one array a field; ``told`` names the labels of each."""

    at: NDArray[np.int64]
    told: Indexes
    number: NDArray[np.int64]
    first: Draws
    second: Draws
    pushed: NDArray[np.bool_]

    @classmethod
    def empty(cls) -> Columns:
        whole, bits = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64)
        return cls(whole, whole, whole, bits, bits, np.empty(0, dtype=np.bool_))

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """Several in one, in order of time; events of one moment stay in the order of the parts."""
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([part.at for part in parts]),
            np.concatenate([part.told for part in parts]),
            np.concatenate([part.number for part in parts]),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.second for part in parts]),
            np.concatenate([part.pushed for part in parts]),
        ).ordered()

    def ordered(self) -> Columns:
        """In order of time; events of one moment stay in theirs."""
        order = np.argsort(self.at, kind="stable")
        return Columns(
            self.at[order],
            self.told[order],
            self.number[order],
            self.first[order],
            self.second[order],
            self.pushed[order],
        )

    def between(self, start: int, end: int, labels: Sequence[Mapping[str, str]]) -> list[Occurrence]:
        """The events with start <= at < end."""
        low, high = np.searchsorted(self.at, (start, end), "left")
        cut = slice(int(low), int(high))
        fields = zip(
            self.at[cut].tolist(),
            self.told[cut].tolist(),
            self.number[cut].tolist(),
            self.first[cut].tolist(),
            self.second[cut].tolist(),
            self.pushed[cut].tolist(),
            strict=True,
        )
        return [Occurrence(at, labels[told], number, one, two, pushed) for at, told, number, one, two, pushed in fields]


class Curves:
    """The integrals of a block's streams on a grid, kept for those who ask for the same stretch one after another."""

    def __init__(self, counters: Counters) -> None:
        self.counters = counters
        self.grid = lru_cache(maxsize=2)(self._grid)
        self.born = lru_cache(maxsize=8)(self._born)

    def _grid(self, start: float, end: float, since: float) -> tuple[Floats, Floats]:
        """Times and (streams, times), both ends included, of the process that started at ``since``."""
        times = np.linspace(start, end, max(2, ceil((end - start) / _GRID) + 1))
        return times, self.counters.mixture.grown(Moments(times, np.array([since])))

    def _born(self, since: float) -> Floats:
        return self.counters.mixture.integrals(np.array([since]))


class Source:
    """Streams of one block of counters on one target. ``every``: only each so manieth event of a stream is told."""

    def __init__(
        self, seed: int, target: ScrapeTarget, curves: Curves, streams: Mapping[int, int], every: int = 1
    ) -> None:
        self.target = target
        self._curves = curves
        self.counters = curves.counters
        self.streams = tuple(streams)
        self._streams = np.array(self.streams, dtype=np.int64)
        self._told = np.array(list(streams.values()), dtype=np.int64)
        self._every = every
        self._seed = seed

    def columns(self, start: float, end: float) -> Columns:
        """Events with start < at <= end (unix seconds), while the target's process ran."""
        return Columns.joined([self._life(begin, until, since) for begin, until, since in self._lives(start, end)])

    def _lives(self, start: float, end: float) -> Iterator[tuple[float, float, float]]:
        """The parts of a window in which one process ran: from, to, and when it had started."""
        for number, since in enumerate(self.target.starts):
            last = self.target.starts[number + 1] if number + 1 < len(self.target.starts) else inf
            last = min([last, *(begin for begin, _ in self.target.gaps if begin >= since)])
            if max(since, start) < min(last, end):
                yield max(since, start), min(last, end), since

    def _life(self, start: float, end: float, since: float) -> Columns:
        times, grown = self._curves.grid(start, end, since)
        edges = self.counters.events(grown[:, [0, -1]])[self._streams].astype(np.int64)
        which, numbers = self._numbered(edges)
        if not len(which):
            return Columns.empty()
        streams = self._streams[which]
        due = self.counters.due(streams, numbers)
        at = _solved(self._curves, streams, due, times, grown, since)
        share = self.counters.mixture.pushed_each(streams, Moments(at / MICROS, np.array([since])))
        seeds = np.array(
            [seed_of(self._seed, self.target.job, self.target.instance, since, stream) for stream in self._streams],
            dtype=np.uint64,
        )[which]
        first = throws(seeds, numbers)
        second = throws(first, numbers)
        pushed = (second >> np.uint64(40)) < (share * 2**24).astype(np.uint64)
        return Columns(at, self._told[which], numbers, first, second, pushed).ordered()

    def _numbered(self, edges: Indexes) -> tuple[Indexes, Indexes]:
        """Which of the streams, and the event's number, for all told events between two counts: (streams, 2)."""
        first = edges[:, 0] // self._every + 1
        counts = np.maximum(edges[:, 1] // self._every - first + 1, 0)
        which = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, (first[which] + within) * self._every


def _solved(
    curves: Curves, streams: Indexes, due: Floats, times: Floats, grown: Floats, since: float
) -> NDArray[np.int64]:
    """The first microsecond at which each stream's integral reaches what is due; brackets come from the grid.

    ``streams`` come in groups of equal ones.
    """
    born, mixture = curves.born(since), curves.counters.mixture

    def integral(moments: Floats, which: NDArray[np.bool_] | slice = slice(None)) -> Floats:
        return mixture.grown_each(streams[which], moments, born)

    edges = np.flatnonzero(np.diff(streams)) + 1
    groups = zip([0, *edges.tolist()], [*edges.tolist(), len(streams)], strict=True)
    place = np.concatenate([np.searchsorted(grown[streams[first]], due[first:stop]) for first, stop in groups])
    place = np.clip(place, 1, len(times) - 1)
    low, high = times[place - 1], times[place]
    below, above = grown[streams, place - 1], grown[streams, place]
    for margin in _MARGINS:
        guess = low + (high - low) * np.clip((due - below) / np.maximum(above - below, 1e-300), 0.0, 1.0)
        for probe in (np.maximum(guess - margin, low), np.minimum(guess + margin, high)):
            reached = integral(probe)
            early = (reached < due) & (probe > low)
            late = (reached >= due) & (probe < high)
            low, below = np.where(early, probe, low), np.where(early, reached, below)
            high, above = np.where(late, probe, high), np.where(late, reached, above)
    while (wide := high - low > _APART).any():
        middle = (low[wide] + high[wide]) / 2
        early = integral(middle, wide) < due[wide]
        low[wide], high[wide] = np.where(early, middle, low[wide]), np.where(early, high[wide], middle)
    micro = np.ceil(low * MICROS).astype(np.int64)
    return np.asarray(micro + (integral(micro / MICROS) < due), dtype=np.int64)
