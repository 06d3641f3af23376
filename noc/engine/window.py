"""Which part of a range is missing: the algorithm of protocols.md 2.4 as pure functions.

Every step of a range query is an evaluation of its own, so a tail fetched later equals the same part of a full answer
as long as both lie on one grid. Grid points are whole numbers here (point ``k`` is at ``k * step`` seconds), so no
rounding can creep in. What was read when it was old enough is *settled* and never asked again; the rest is.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from noc.model.timerange import parse_duration

PROVISIONAL = 30.0
"""Seconds for which a point may still change on any server: scrapes land late."""

FULL_EVERY = 900.0
"""Seconds between full fetches, which heal what came later than the provisional window."""

_SLACK = 1e-6  # seconds; times are exact to the millisecond on the wire


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """The points k * step of one query, in seconds; ``shift`` is how far in the past the server is asked."""

    step: float
    span: float
    shift: float = 0.0

    @property
    def length(self) -> int:
        """Points of a whole window, both ends included."""
        return int(self.span / self.step + _SLACK) + 1

    def floor(self, seconds: float) -> int:
        """The newest grid point at or before a moment."""
        return math.floor(seconds / self.step + _SLACK)

    def time(self, point: int) -> float:
        """When a point stands on the wall's axis, exact to the millisecond."""
        return round(point * self.step, 3)

    def nearest(self, seconds: float) -> int:
        """The grid point an answered sample belongs to."""
        return round(seconds / self.step)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the store holds of a query: points up to ``settled`` are final, those up to ``end`` were read."""

    settled: int
    end: int
    read_at: float  # unix seconds by the server's clock
    full_at: float


@dataclass(frozen=True, slots=True)
class Gap:
    """The points to ask for, ``first`` to ``end``, of a window that begins at ``start``; all inclusive."""

    start: int
    first: int
    end: int

    @property
    def full(self) -> bool:
        return self.first == self.start


def missing(
    grid: TimeGrid,
    edge: float,
    now: float,
    have: Coverage | None,
    *,
    whole: bool = False,
    full_every: float = FULL_EVERY,
) -> Gap:
    """The gap of a window that ends at ``edge``, asked at ``now`` (unix seconds by the server's clock).

    ``whole`` is for expressions whose old points move with the window (``@ end()``): they are always fetched in full.
    """
    end = grid.floor(edge)
    start = end - grid.length + 1
    fresh = have is None or whole or have.settled < start or now < have.read_at or now - have.full_at > full_every
    if have is None or fresh or end < have.end:
        return Gap(start, start, end)
    return Gap(start, min(have.settled + 1, end), end)


def covered(
    grid: TimeGrid, gap: Gap, now: float, have: Coverage | None, *, provisional: float, partial: bool = False
) -> Coverage:
    """What is covered once the gap was answered at ``now``; a partial answer settles nothing (it leaves data out)."""
    renewed = have is None or (gap.full and not partial)
    full_at = now if have is None or renewed else have.full_at
    if partial:
        return Coverage(gap.first - 1, gap.end, now, full_at)
    return Coverage(min(gap.end, grid.floor(now - provisional + grid.shift)), gap.end, now, full_at)


@dataclass(frozen=True, slots=True)
class Traits:
    """How an expression's old points behave: ``whole`` when they move with the window, ``future`` seconds it reads
    ahead of a point (negative offsets)."""

    whole: bool = False
    future: float = 0.0


_PLAIN = Traits()
_EDGE = re.compile(r"@\s*(?:start|end)\s*\(")
_AHEAD = re.compile(r"\boffset\s*-\s*((?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+|\d+(?:\.\d+)?)")


@lru_cache(maxsize=2048)
def traits(expr: str) -> Traits:
    """Traits of a PromQL expression; a dialect the parser does not know is searched by its words."""
    if "@" not in expr and "offset" not in expr:
        return _PLAIN
    import promql_parser

    from noc.engine.syntax import parse

    try:
        tree = parse(expr)
    except ValueError:
        ahead = [parse_duration(match[1]) for match in _AHEAD.finditer(expr)]
        return Traits(_EDGE.search(expr) is not None, max(ahead, default=0.0))
    found = _Seen()
    promql_parser.walk(tree, found.visit)
    return Traits(found.whole, found.future)


class _Seen:
    """Collects the modifiers of every selector and subquery of a tree. Offsets of nested parts add up."""

    def __init__(self) -> None:
        self.whole = False
        self.future = 0.0

    def visit(self, node: Any) -> bool:
        at = getattr(node, "at", None)
        if at is not None and not str(at.type).endswith(".At"):
            self.whole = True
        offset = getattr(node, "offset", None)
        if offset is not None and offset.total_seconds() < 0:
            self.future += -offset.total_seconds()
        return True
