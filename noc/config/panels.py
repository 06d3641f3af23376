"""One spec class per panel kind that asks servers or shows text. The docstrings under the fields are the layout's manual.

A panel asks its question in one of three ways: ``metric:`` names a catalogue entry, ``query:`` is one expression,
``queries:`` are several. After ``catalogue.resolve`` every panel that asks anything has ``queries`` filled with
expressions, and unit, thresholds, severity and runbook inherited where the author left them out.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from noc.config.base import Duration, Model, Refresh
from noc.model.severity import Severity
from noc.model.thresholds import Threshold


def _label(name: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is None:
        raise ValueError(f"{name!r} cannot be the name of a label: letters, digits and _ alone")
    return name


Label = Annotated[str, AfterValidator(_label)]
"""A label's name."""


class ThresholdSpec(Model):
    """``{above: 0.8, severity: high}`` or ``{below: 10, severity: medium}``, in the panel's unit."""

    above: float | None = None
    below: float | None = None
    severity: Severity
    label: str = ""

    @model_validator(mode="after")
    def _one_side(self) -> ThresholdSpec:
        if (self.above is None) == (self.below is None):
            raise ValueError("a threshold needs exactly one of 'above' and 'below'")
        return self

    def threshold(self) -> Threshold:
        if self.above is not None:
            return Threshold(self.above, self.severity, below=False, label=self.label)
        assert self.below is not None
        return Threshold(self.below, self.severity, below=True, label=self.label)


class Mapping(Model):
    """Shows a value as words: ``{value: 1, text: up}`` or ``{from: 0, to: 0.5, text: idle}``."""

    value: float | None = None
    from_: float | None = Field(default=None, alias="from")
    to: float | None = None
    nan: bool = False
    text: str
    severity: Severity | None = None

    def matches(self, value: float) -> bool:
        if value != value:
            return self.nan
        if self.value is not None:
            return value == self.value
        if self.from_ is None and self.to is None:
            return False
        return (self.from_ is None or value >= self.from_) and (self.to is None or value <= self.to)


class Drill(Model):
    """Where ``d`` leads: a layout, with variables carried along; ``$label`` takes the row's or series' label."""

    layout: str
    variables: dict[str, str] = Field(default_factory=dict)


class QueryItem(Model):
    """One question of a panel with several."""

    query: str | None = None
    """A PromQL expression; variables as ``$name``."""
    metric: str | None = None
    """A catalogue entry instead of an expression."""
    legend: str | None = None
    """Template of the series' name: ``{{instance}}`` takes a label; without one the distinguishing labels."""
    title: str = ""
    """Column title in tables, group in bars."""
    source: str | None = None
    """A configured server's name; the panel's by default."""
    language: Literal["promql", "logql"] | None = None
    """What the query is written in: what its server speaks by default; a LogQL query asks the first Loki."""
    unit: str | None = None
    """Column unit in tables; the panel's by default."""
    decimals: int | None = Field(default=None, ge=0, le=9)
    """Of its values; the panel's by default."""
    thresholds: tuple[ThresholdSpec, ...] | None = None
    """Column thresholds in tables; the panel's by default."""
    severity: Severity | None = None
    """The severity's colour instead of a series colour, where a series is a state."""


class PanelBase(Model):
    """What every kind has."""

    title: str | None = None
    """Shown quietly at the top; the catalogue's title or the panel's id by default."""
    description: str = ""
    """One sentence for the zoomed panel and the help."""
    optional: bool = False
    """No data is 'not in use' instead of a fault."""
    drill: Drill | None = None


class QueryPanel(PanelBase):
    """What every kind has that asks a server."""

    metric: str | None = None
    """A catalogue entry: query, unit, thresholds, severity and runbook are inherited."""
    query: str | None = None
    """A PromQL expression, or LogQL where ``source`` names a Loki; variables as ``$name``."""
    queries: tuple[QueryItem, ...] = ()
    """Several expressions."""
    where: dict[Label, str] = Field(default_factory=dict)
    """Labels to which its catalogue metrics are narrowed: ``{provider: $provider}`` follows the page's variable."""
    legend: str | None = None
    """Template of the series' name, ``{{label}}``."""
    source: str | None = None
    """A configured server's name; the first of its kind by default."""
    unit: str | None = None
    """One of the units (Grafana's names); any other word is a suffix. Default: short."""
    decimals: int | None = Field(default=None, ge=0, le=9)
    min: float | None = None
    max: float | None = None
    thresholds: tuple[ThresholdSpec, ...] | None = None
    mappings: tuple[Mapping, ...] = ()
    range: Duration | None = None
    """The layout's range by default."""
    refresh: Refresh | None = None
    """The layout's refresh by default; under 2 s is an error."""
    step: Duration | None = None
    """Chosen from the drawn width by default."""
    runbook: str | None = None
    """Name of a runbook of the catalogue, or a URL."""

    @model_validator(mode="after")
    def _one_question(self) -> QueryPanel:
        given = [name for name in ("metric", "query", "queries") if getattr(self, name)]
        if len(given) > 1 and set(given) != {"metric", "queries"}:
            raise ValueError(f"give one of 'metric', 'query' and 'queries', not {' and '.join(given)}")
        if not given:
            raise ValueError("a panel needs one of 'metric', 'query' or 'queries'")
        if self.where and self.metric is None and not any(item.metric for item in self.queries):
            raise ValueError("'where' narrows catalogue metrics; write the labels into the query instead")
        return self

    def thresholds_of(self, index: int) -> tuple[ThresholdSpec, ...]:
        """What the values of the index-th query are held against: its own thresholds, else the panel's."""
        own = self.queries[index].thresholds if index < len(self.queries) else None
        return (self.thresholds or ()) if own is None else own

    @property
    def judged(self) -> bool:
        """Whether the panel can be in trouble at all."""
        asked = range(max(1, len(self.queries)))
        return any(self.thresholds_of(index) for index in asked) or any(one.severity for one in self.mappings)


class StatSpec(QueryPanel):
    """A large number: the first series' value, its change against the period before, a small trend."""

    kind: Literal["stat"]
    delta: bool = True
    """Show the change against one range earlier."""
    spark: bool = True
    """Draw the trend beneath, where there is room."""
    reduce: Literal["last", "min", "max", "mean", "sum"] = "last"
    """How several series become the one number."""


class GaugeSpec(QueryPanel):
    """Values between ``min`` and ``max`` (default 0 and 1, or 100 for percent) with threshold ticks; two series make a dual gauge."""

    kind: Literal["gauge"]
    style: Literal["auto", "arc", "bar"] = "auto"


class SparklineSpec(QueryPanel):
    """One small line per series with its last value."""

    kind: Literal["sparkline"]


class TimeseriesSpec(QueryPanel):
    """Lines over time."""

    kind: Literal["timeseries"]
    style: Literal["lines", "area", "stacked", "points"] = "lines"
    scale: Literal["linear", "log"] = "linear"
    show: tuple[Literal["last", "min", "max", "mean"], ...] = ("last",)
    """Values in the legend."""
    limit: int = Field(default=12, ge=1, le=50)
    """Series drawn at most; the rest is counted."""
    firing: tuple[str, ...] | bool = False
    """Shade the spans in which these alerts fired; ``true``: those of the panel's catalogue metrics."""


class BarSpec(QueryPanel):
    """Bars per series or label, ranked; grouped or stacked by a label."""

    kind: Literal["bar"]
    direction: Literal["horizontal", "vertical"] = "horizontal"
    top: int = Field(default=10, ge=1, le=100)
    sort: Literal["value", "label", "none"] = "value"
    mode: Literal["plain", "grouped", "stacked"] = "plain"
    """``grouped``: bars side by side in groups; ``stacked``: one bar a group, its parts on one another."""
    group: str | None = None
    """The label that makes the groups; the query's title by default. Parts are named by the legend."""


class Column(Model):
    """A label column, or how a query's value column looks."""

    label: str | None = None
    """Take a label's value."""
    query: int | None = None
    """Take the value of the n-th query (0 is the first)."""
    title: str = ""
    unit: str | None = None
    thresholds: tuple[ThresholdSpec, ...] | None = None
    spark: bool = False
    """Draw the query's course over the range instead of its value."""


class TableSpec(QueryPanel):
    """Rows by label set, columns from labels and several queries joined on equal labels."""

    kind: Literal["table"]
    columns: tuple[Column, ...] = ()
    """All labels and all queries by default."""
    sort: str | None = None
    """Title of the column to sort by; ``-`` in front means descending. Default: the first value, descending."""
    top: int = Field(default=20, ge=1, le=1000)

    def thresholds_of(self, index: int) -> tuple[ThresholdSpec, ...]:
        """A column's own thresholds go before its query's."""
        own = next((one.thresholds for one in self.columns if one.query == index and one.thresholds is not None), None)
        return super().thresholds_of(index) if own is None else own


class TextSpec(PanelBase):
    """Markdown: headings, lists, emphasis, code."""

    kind: Literal["text"]
    text: str
