"""Panels of shares, distributions and totals: how much of the whole, how often which value, how much against before."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from noc.config.base import Duration, Model
from noc.config.panels import QueryPanel


class CounterSpec(QueryPanel):
    """A total, large, with its change against a day or a week earlier, and its course."""

    kind: Literal["counter"]
    compare: Literal["yesterday", "last week", "none"] | Duration = "yesterday"
    """What the total is held against: as it was that much earlier."""
    spark: bool = True
    """Draw the course over the range beneath, where there is room."""
    reduce: Literal["last", "sum", "count"] = "sum"
    """How several series become the one number."""

    @property
    def earlier(self) -> float | None:
        """Seconds between now and what the total is held against; None: nothing."""
        words = {"yesterday": 86_400.0, "last week": 604_800.0, "none": None}
        return words[self.compare] if isinstance(self.compare, str) else self.compare


class HistogramSpec(QueryPanel):
    """How values are distributed: from the buckets of a histogram (label ``le``), else from the values of all series."""

    kind: Literal["histogram"]
    bins: int = Field(default=12, ge=2, le=60)
    """Columns into which plain values are sorted; a histogram's own buckets stand as they are."""
    marks: tuple[float, ...] = (0.5, 0.95)
    """Quantiles marked on the axis, each between 0 and 1."""

    @model_validator(mode="after")
    def _quantiles(self) -> HistogramSpec:
        if any(not 0 < mark < 1 for mark in self.marks):
            raise ValueError("marks are quantiles between 0 and 1, like 0.95")
        return self


class ShareTarget(Model):
    """``{slice: success, above: 0.99}``: the share a slice should have, drawn as a tick on the ring."""

    slice: str
    """Name of the slice, as the legend has it."""
    above: float | None = Field(default=None, gt=0, lt=1)
    below: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _one_side(self) -> ShareTarget:
        if (self.above is None) == (self.below is None):
            raise ValueError("a target needs exactly one of 'above' and 'below'")
        return self


class PieSpec(QueryPanel):
    """Shares of a whole, with legend and percentages."""

    kind: Literal["pie"]
    style: Literal["donut", "pie"] = "donut"
    top: int = Field(default=6, ge=1, le=12)
    """Slices; what is left becomes one slice ``other``."""
    target: ShareTarget | None = None


class HeatmapSpec(QueryPanel):
    """Colour by amount: time by bucket of a histogram, time by series, or one label against another."""

    kind: Literal["heatmap"]
    x: str | None = None
    """The label that makes the columns; time by default."""
    y: str | None = None
    """The label that makes the rows; by default ``le`` where the series have it, else the series' names."""
    cells: int | None = Field(default=None, ge=2, le=400)
    """Columns of time; as many as fit by default. ``24`` makes hours of a day."""
    top: int = Field(default=12, ge=1, le=60)
    """Rows (and columns of a label), those with the most; the rest is counted."""
    scale: Literal["linear", "sqrt", "log"] = "sqrt"
    """How amounts become steps of the ramp: sqrt and log show what is small beside what is large."""
    soft_max: float | None = None
    """The ramp reaches so far at least: one single event is not as bright as a hundred."""


class GeoSpec(QueryPanel):
    """Where it comes from: amounts by country on a map and as a list. Its query counts by address or by country."""

    kind: Literal["geo"]
    by: str = "context_ip_address"
    """The label with the address, or with the country's two letters."""
    top: int = Field(default=10, ge=1, le=60)
    """Countries in the list."""
