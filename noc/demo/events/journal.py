"""The world's log: lines computed when they are asked for, and kept only for a while.

An hour's events are found per counter, five minutes' lines are written per telling; both are kept in bounded caches, so
that a wall which asks every two seconds costs next to nothing, and a day's query neither memory.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import Generic, TypeVar

from noc.demo.events import database, health, requests, security
from noc.demo.events.occurrences import MICROS, Columns, Curves, Occurrence, Source
from noc.demo.events.people import Crowd
from noc.demo.events.scene import Scene, Telling
from noc.demo.flows import Counters
from noc.demo.samples import LabelMatcher, selected
from noc.demo.targets import ScrapeTarget
from noc.demo.world import World
from noc.model.logs import LogLine
from noc.model.series import Labels

TELLINGS: tuple[Telling, ...] = (*security.TELLINGS, *database.TELLINGS, *requests.TELLINGS, health.TELLING)

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_HOUR = 3600 * MICROS
_CHUNK = 300 * MICROS
EVENTS_KEPT = 400_000
LINES_KEPT = 24_000
_NANOS = 1000  # of a microsecond


class Bounded(Generic[Key, Value]):
    """What was computed last, bounded by the sum of its sizes; safe to share between threads."""

    def __init__(self, limit: int, size: Callable[[Value], int]) -> None:
        self._limit = limit
        self._size_of = size
        self.size = 0
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, compute: Callable[[], Value]) -> Value:
        """The value kept, or computed now; two threads may compute the same at once."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = compute()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = value
                self.size += self._size_of(value)
                while self.size > self._limit and len(self._kept) > 1:
                    self.size -= self._size_of(self._kept.popitem(last=False)[1])
        return value


Hour = tuple[Columns, Sequence[Mapping[str, str]]]
"""The events of an hour, and the labels that their ``told`` points into."""


class Journal:
    """A LineSource (:mod:`noc.demo.logql.source`) over one world; times are unix nanoseconds, ``end`` is exclusive.

    About ``keep`` lines, of a kilobyte each, are held in memory.
    """

    def __init__(self, world: World, keep: int = LINES_KEPT) -> None:
        self._scene = Scene(Crowd(world.seed, world.scenario.name), world.scenario, world.zero)
        self._begin = round(world.begin * MICROS)
        self._probes = health.Probes(world)
        self._labels: dict[str, list[Mapping[str, str]]] = {telling.name: [] for telling in TELLINGS}
        self._sources: dict[str, list[Source]] = {telling.name: [] for telling in TELLINGS}
        for target, counters in world.counters():
            self._add(world.seed, target, counters)
        self._hours: Bounded[tuple[str, int], Hour] = Bounded(EVENTS_KEPT, lambda hour: 8 + len(hour[0].at))
        self._chunks: Bounded[tuple[str, int], tuple[LogLine, ...]] = Bounded(keep, lambda lines: 1 + len(lines))

    def lines(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> Iterator[LogLine]:
        """Lines of the matching streams with start <= at < end, oldest first; nothing before the world begins."""
        wanted = _wanted(matchers)
        first = max(start, self._begin * _NANOS)
        if not wanted or first >= end:
            return
        span = _CHUNK * _NANOS
        for chunk in range(first // span, (end - 1) // span + 1):
            found: list[LogLine] = []
            for telling, streams in wanted:
                lines = self._chunk(telling, chunk)
                low = bisect_left(lines, first, key=_moment)
                cut = lines[low : bisect_left(lines, end, low, key=_moment)]
                found += cut if streams is None else [line for line in cut if line.labels in streams]
            if len(wanted) > 1:
                found.sort(key=_moment)
            yield from found

    def streams(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> list[Labels]:
        """Label sets of the matching streams with a line in the window."""
        found: set[Labels] = set()
        for telling, only in _wanted(matchers):
            theirs = only if only is not None else {stream.labels for stream in telling.streams}
            for labels in theirs - found:
                exact = [LabelMatcher(name, "=", value) for name, value in labels]
                if any(True for line in self.lines(exact, start, end)):
                    found.add(labels)
        return sorted(found)

    def events(self, telling: str, start: int, end: int) -> list[Occurrence]:
        """What a telling tells of: its events with start <= at < end (microseconds), oldest first."""
        found: list[Occurrence] = []
        for hour in range((start - 1) // _HOUR, (end - 1) // _HOUR + 1):
            columns, labels = self._hours.get((telling, hour), partial(self._hour, telling, hour))
            found += columns.between(start, end, labels)
        return found

    def sources(self, telling: str) -> tuple[Source, ...]:
        """Where a telling's events come from, one a block of counters."""
        return tuple(self._sources[telling])

    @property
    def kept(self) -> tuple[int, int]:
        """Lines and events held in memory."""
        return self._chunks.size, self._hours.size

    # --- within ----------------------------------------------------------------------------------------------

    def _add(self, seed: int, target: ScrapeTarget, counters: Counters) -> None:
        """Shares a block's streams out among the tellings; a stream that several series count is told once."""
        curves = Curves(counters)
        free = {stream for streams in counters.counted for stream in streams}
        for telling in TELLINGS:
            told: dict[int, int] = {}
            for (name, labels), streams in zip(counters.rows, counters.counted, strict=True):
                if name == telling.counter and telling.of(labels):
                    for stream in sorted(free.intersection(streams)):
                        told[stream] = len(self._labels[telling.name])
                        free.discard(stream)
                    self._labels[telling.name].append(labels)
            if told:
                self._sources[telling.name].append(Source(seed, target, curves, told, telling.every))

    def _hour(self, telling: str, hour: int) -> Hour:
        if telling == health.TELLING.name:
            return self._probes.columns(hour * 3600.0, (hour + 1) * 3600.0)
        parts = [source.columns(hour * 3600.0, (hour + 1) * 3600.0) for source in self._sources[telling]]
        return Columns.joined(parts), self._labels[telling]

    def _chunk(self, telling: Telling, chunk: int) -> tuple[LogLine, ...]:
        return self._chunks.get((telling.name, chunk), partial(self._written, telling, chunk))

    def _written(self, telling: Telling, chunk: int) -> tuple[LogLine, ...]:
        """One telling's lines of five minutes."""
        start, end = chunk * _CHUNK, (chunk + 1) * _CHUNK
        early, late = start - round(telling.trail * MICROS), end + round(telling.lead * MICROS)
        within = round(telling.within * MICROS)
        events = self.events(telling.name, early - within, late)
        causes = self.events(telling.continues, early - within, late) if telling.continues else []
        previous = 0
        lines: list[LogLine] = []
        for event in events:
            cause = _latest(causes, event.at, max(previous, event.at - within))
            previous = event.at
            if event.at >= early:
                lines += telling.tell(self._scene, event, cause)
        low, high = start * _NANOS, end * _NANOS
        return tuple(sorted((line for line in lines if low <= line.at < high), key=_moment))


def _moment(line: LogLine) -> int:
    return line.at


def _latest(causes: Sequence[Occurrence], at: int, after: int) -> Occurrence | None:
    """The last cause with after < its moment <= at."""
    place = bisect_left(causes, at + 1, key=lambda cause: cause.at)
    return causes[place - 1] if place and causes[place - 1].at > after else None


def _wanted(matchers: Sequence[LabelMatcher]) -> list[tuple[Telling, frozenset[Labels] | None]]:
    """The tellings that write into a matching stream, and into which: None for all of theirs."""
    found: list[tuple[Telling, frozenset[Labels] | None]] = []
    for telling in TELLINGS:
        streams = [stream.labels for stream in telling.streams]
        matching = frozenset(labels for labels in streams if selected(labels, matchers))
        if matching:
            found.append((telling, None if len(matching) == len(streams) else matching))
    return found
