"""What is asked of a metric server, as a value that can be compared: equal queries are fetched once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class QueryKind(StrEnum):
    INSTANT = "instant"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Query:
    """One query after interpolation; it is its own signature (protocols.md 2.4).

    ``span`` and ``step`` are seconds (0 for an instant query). ``end`` is None while live, else the fixed right edge
    in unix seconds. ``shift`` moves the whole window into the past by so many seconds (a comparison line, a delta).
    """

    source: str
    expr: str
    kind: QueryKind = QueryKind.INSTANT
    step: float = 0.0
    span: float = 0.0
    end: float | None = None
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """A query that somebody looks at, and how often it is to be asked (seconds)."""

    query: Query
    refresh: float
