"""The last good answer to every query, and what went wrong since: the only shared mutable data of the wall.

Everything is bounded: series a query, points a query, queries in all. Queries nobody demands are kept while there is
room, so that a page that comes round again begins with its old picture and fetches only the tail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from types import MappingProxyType

from noc.engine.ring import Ring
from noc.engine.window import FULL_EVERY, PROVISIONAL, Coverage, Gap, TimeGrid, covered, missing, traits
from noc.model.errors import SourceError
from noc.model.query import Demand, Query, QueryKind
from noc.model.results import Result
from noc.model.series import Answer, Series


@dataclass(frozen=True, slots=True)
class Limits:
    """What the store holds at most."""

    queries: int = 512  # demanded ones always stay
    series: int = 1000  # of one query
    points: int = 1_000_000  # slots of one range query, 9 bytes each
    idle: float = 1800.0  # seconds for which a query is kept that nobody demands: a TV's programme comes round in less


@dataclass(frozen=True, slots=True)
class Size:
    """What the store holds now. ``points`` counts slots of rings and values of instant answers."""

    queries: int
    series: int
    points: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """One question on its way. ``at`` is the evaluation time of an instant query, ``gap`` the part of a range that
    is asked for; ``now`` is the server's clock when it was asked. Later tickets have larger numbers."""

    query: Query
    number: int
    now: float
    at: float
    gap: Gap | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Start and end to ask the server for, in unix seconds, the query's shift already subtracted."""
        assert self.gap is not None
        grid = grid_of(self.query)
        shift = self.query.shift
        return round(grid.time(self.gap.first) - shift, 3), round(grid.time(self.gap.end) - shift, 3)


def grid_of(query: Query) -> TimeGrid:
    """The time grid of a range query."""
    return TimeGrid(query.step, query.span, query.shift)


@dataclass(slots=True)
class _Entry:
    result: Result
    ring: Ring | None = None
    coverage: Coverage | None = None
    answered: int = 0  # number of the newest ticket that was answered or refused
    full_every: float = FULL_EVERY
    used: int = 0
    left: float = 0.0  # when it was last demanded, in the seconds that ``demand`` was told
    drawn: tuple[Series, ...] | None = field(default=None, repr=False)


class Store:
    """Answers by query. ``spread`` gives 0 <= x < 1 and staggers the full fetches of different queries."""

    def __init__(self, *, limits: Limits = Limits(), spread: Callable[[], float] = lambda: 0.5) -> None:
        self._limits = limits
        self._spread = spread
        self._entries: dict[Query, _Entry] = {}
        self._demanded: frozenset[Query] = frozenset()
        self._listeners: list[Callable[[Query], None]] = []
        self._versions: dict[Query, int] = {}
        self._counter = count(1)
        self._tickets = count(1)

    @property
    def versions(self) -> Mapping[Query, int]:
        """A live view: the version of every query known. Numbers only grow, even after an eviction."""
        return MappingProxyType(self._versions)

    @property
    def size(self) -> Size:
        series = points = 0
        for entry in self._entries.values():
            if entry.ring is not None:
                series += len(entry.ring)
                points += entry.ring.points
            else:
                series += len(entry.result.series)
                points += sum(len(one.values) for one in entry.result.series)
        return Size(len(self._entries), series, points)

    def subscribe(self, listener: Callable[[Query], None]) -> Callable[[], None]:
        """Call ``listener`` whenever a query's version moved; returns the way to unsubscribe."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def demand(self, demands: Iterable[Demand], at: float | None = None) -> None:
        """What is looked at from now on; the rest may be evicted, least recently demanded first, and goes when nobody has
        demanded it for long. ``at`` is now in seconds; without it nothing grows old."""
        wanted = {demand.query: demand.refresh for demand in demands}
        before, self._demanded = self._demanded, frozenset(wanted)
        if at is not None:
            self._outlive(before | self._demanded, at)
        stamp = next(self._counter)
        for query, refresh in wanted.items():
            entry = self._entry(query)
            entry.used = stamp
            if entry.result.refresh != refresh:
                entry.result = replace(entry.result, refresh=refresh)
        self._evict()

    def result(self, query: Query) -> Result:
        """The word on a query; *loading* for one that was never demanded.

        Times of a shifted query are moved onto the present axis, so that it overlays the unshifted one. Range series
        come by labels, instant ones in the server's order.
        """
        entry = self._entries.get(query)
        if entry is None:
            return Result(query, refresh=0.0)
        if entry.drawn is None:
            entry.drawn = entry.ring.series() if entry.ring is not None else entry.result.series
            entry.result = replace(entry.result, series=entry.drawn)
        return entry.result

    def ask(self, query: Query, now: float) -> Ticket:
        """A ticket for the question to be asked at ``now`` (server's clock): what is missing of the query."""
        entry = self._entry(query)
        edge = now if query.end is None else query.end
        number = next(self._tickets)
        if query.kind is QueryKind.INSTANT:
            return Ticket(query, number, now, round(edge - query.shift, 3))
        whole = traits(query.expr).whole
        gap = missing(grid_of(query), edge, now, entry.coverage, whole=whole, full_every=entry.full_every)
        return Ticket(query, number, now, edge, gap)

    def settled(self, query: Query) -> bool:
        """Whether asking again can change nothing: a fixed window that was read when all of it was old enough."""
        entry = self._entries.get(query)
        have = entry.coverage if entry is not None else None
        return query.end is not None and have is not None and have.settled >= have.end

    def accept(self, ticket: Ticket, answer: Answer, now: float) -> bool:
        """Take an answer in; ``now`` is the wall's clock. False when a newer one came before it: it is ignored."""
        entry = self._claim(ticket)
        if entry is None:
            return False
        query = ticket.query
        series, dropped = answer.series, answer.dropped
        provisional = max(PROVISIONAL, answer.lateness) + traits(query.expr).future
        if ticket.gap is None:
            dropped += max(0, len(series) - self._limits.series)
            series = tuple(_moved(one, query.shift) for one in series[: self._limits.series])
            done = int(query.end is not None and ticket.now - query.end + query.shift >= provisional)
            entry.coverage = Coverage(done, 1, ticket.now, ticket.now)
        else:
            grid = grid_of(query)
            ring = entry.ring = entry.ring or Ring(grid)
            left_out = ring.merge(
                ticket.gap, series, max(1, min(self._limits.series, self._limits.points // grid.length))
            )
            dropped += left_out
            partial = answer.partial or left_out > 0
            entry.coverage = covered(
                grid, ticket.gap, ticket.now, entry.coverage, provisional=provisional, partial=partial
            )
            series = ()
        entry.result = replace(
            entry.result,
            series=series,
            good_at=now,
            error=None,
            next_try=None,
            warnings=answer.warnings,
            infos=answer.infos,
            dropped=dropped,
        )
        self._changed(entry)
        return True

    def fail(
        self, query: Query, error: SourceError, *, ticket: Ticket | None = None, next_try: float | None = None
    ) -> bool:
        """Note what went wrong; the last good data stays. Without a ticket the question was not even asked.

        ``next_try`` is by the wall's clock. False when a newer answer came before the failure.
        """
        entry = self._claim(ticket) if ticket is not None else self._entries.get(query)
        if entry is None:
            return False
        entry.result = replace(entry.result, error=error, next_try=next_try)
        self._changed(entry, redraw=False)
        return True

    def rebase(self, seconds: float) -> None:
        """The wall's clock was set: move every noted moment with it, so that ages go on as they were."""
        for entry in self._entries.values():
            good_at, next_try = entry.result.good_at, entry.result.next_try
            entry.result = replace(
                entry.result,
                good_at=None if good_at is None else good_at + seconds,
                next_try=None if next_try is None else next_try + seconds,
            )

    def _entry(self, query: Query) -> _Entry:
        entry = self._entries.get(query)
        if entry is None:
            entry = _Entry(Result(query, refresh=0.0), full_every=FULL_EVERY * (0.8 + 0.4 * self._spread()))
            self._entries[query] = entry
        return entry

    def _claim(self, ticket: Ticket) -> _Entry | None:
        """The entry a ticket may write to: not evicted meanwhile, and not answered by a newer ticket."""
        entry = self._entries.get(ticket.query)
        if entry is None or ticket.number <= entry.answered:
            return None
        entry.answered = ticket.number
        return entry

    def _changed(self, entry: _Entry, *, redraw: bool = True) -> None:
        if redraw:
            entry.drawn = None
        version = next(self._counter)
        entry.result = replace(entry.result, version=version)
        self._versions[entry.result.query] = version
        for listener in tuple(self._listeners):
            listener(entry.result.query)

    def _outlive(self, alive: frozenset[Query], at: float) -> None:
        """Drop what was left long ago. A clock that was set back makes nothing older than it is."""
        for query, entry in list(self._entries.items()):
            if query in alive:
                entry.left = at
            elif at - entry.left > self._limits.idle:
                self._drop(query)
            else:
                entry.left = min(entry.left, at)

    def _drop(self, query: Query) -> None:
        del self._entries[query]
        self._versions.pop(query, None)

    def _evict(self) -> None:
        spare = len(self._entries) - max(self._limits.queries, len(self._demanded))
        if spare <= 0:
            return
        idle = sorted((q for q in self._entries if q not in self._demanded), key=lambda q: self._entries[q].used)
        for query in idle[:spare]:
            self._drop(query)


def _moved(one: Series, shift: float) -> Series:
    if not shift:
        return one
    return Series.of(dict(one.labels), [(t + shift, v) for t, v in zip(one.times, one.values, strict=True)])
