"""What a time series chart is made of, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Literal

from noc.model.markers import Marker
from noc.model.series import Series
from noc.model.thresholds import Threshold

GraphStyle = Literal["lines", "area", "stacked", "points"]


@dataclass(frozen=True, slots=True)
class Line:
    """One series under its legend name. A ghost is a comparison (an hour ago): dimmer and dotted."""

    name: str
    series: Series
    colour: str
    ghost: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A shaded stretch of time (unix seconds), e.g. while an alert was firing."""

    start: float
    end: float
    colour: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole chart. Times in unix seconds, ``step`` in seconds, values and thresholds in the base unit."""

    lines: tuple[Line, ...]
    start: float
    end: float
    step: float
    unit: str = "short"
    decimals: int | None = None
    low: float | None = None
    high: float | None = None
    thresholds: tuple[Threshold, ...] = ()
    style: GraphStyle = "lines"
    log: bool = False
    show: tuple[str, ...] = ("last",)  # last, min, max, mean
    tz: tzinfo = UTC
    cursor: float | None = None
    hidden: frozenset[str] = frozenset()  # names switched off in the legend
    more: int = 0  # series left out by a limit
    spans: tuple[Span, ...] = ()
    markers: tuple[Marker, ...] = ()  # what happened beside the numbers

    @property
    def visible(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.name not in self.hidden)
