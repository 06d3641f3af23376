"""A result is the last good answer to a query, its age, and what went wrong since. Old data is never hidden."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from noc.model.errors import BadQuery, SourceError
from noc.model.query import Query, QueryKind
from noc.model.series import Series


class State(StrEnum):
    """The picture a panel shows; each looks different (look.md)."""

    LOADING = "loading"
    FRESH = "fresh"
    NODATA = "nodata"
    STALE = "stale"
    WARNING = "warning"
    ERROR = "error"
    TOOSMALL = "toosmall"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Result:
    """The store's word on one query. ``version`` moves whenever anything a panel could show has changed."""

    query: Query
    refresh: float
    version: int = 0
    series: tuple[Series, ...] = ()
    good_at: float | None = None  # wall's clock when the last good answer arrived
    error: SourceError | None = None  # of the last attempt; None after a good one
    next_try: float | None = None  # wall's clock, while failing
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    dropped: int = 0  # series left out by the cap

    @property
    def interval(self) -> float:
        """Seconds a good answer stays current: max(refresh, step) for ranges, refresh otherwise."""
        return max(self.refresh, self.query.step) if self.query.kind is QueryKind.RANGE else self.refresh

    def age(self, now: float) -> float | None:
        """Seconds since the last good answer, or None before the first."""
        return None if self.good_at is None else max(0.0, now - self.good_at)

    def state(self, now: float) -> State:
        """The rule of architecture.md: failures over good data younger than two intervals stay fresh."""
        if isinstance(self.error, BadQuery) or (self.error is not None and self.good_at is None):
            return State.ERROR
        age = self.age(now)
        if age is None:
            return State.LOADING
        if self.query.end is None and age > 2 * self.interval:
            return State.STALE
        if self.warnings:
            return State.WARNING
        return State.FRESH if self.series else State.NODATA


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """One server as the header shows it."""

    name: str
    kind: str  # prometheus | loki | alertmanager
    asked: bool = False
    good_at: float | None = None
    error: SourceError | None = None
    next_try: float | None = None
    skew: float | None = None  # server clock minus ours, seconds
