"""Panels of log lines. They ask a Loki server; their query is a log query: a selector and its stages, no aggregation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from noc.config.base import Duration, Refresh
from noc.config.panels import Label, PanelBase, QueryPanel
from noc.model.errors import QueryError
from noc.model.linear import linear

Level = Literal["trace", "debug", "info", "warn", "error", "critical"]
"""Loki's words for levels, least first; ``fatal`` counts as critical, what is unknown as info."""


class LogsSpec(PanelBase):
    """Lines as they arrive, one row a line: time, severity, who, what, where."""

    kind: Literal["logs"]
    metric: str | None = None
    """A catalogue entry that is a log query."""
    query: str | None = None
    """A log query in LogQL; variables as ``$name``."""
    where: dict[Label, str] = Field(default_factory=dict)
    """Labels to which a catalogue entry is narrowed: ``{context_company_id: $company}``."""
    source: str | None = None
    """A configured Loki's name; the first by default."""
    follow: Literal["poll", "tail"] = "poll"
    """Ask every ``refresh``, or keep a websocket open where no proxy forbids it."""
    refresh: Refresh = 2.0
    """Seconds between two questions, and after a tail was refused."""
    range: Duration | None = None
    """History to begin with; the layout's range by default."""
    limit: int = Field(default=1000, ge=10, le=10_000)
    """Lines kept."""
    level: Level | None = None
    """Show only lines of this level and above."""
    filter: str = ""
    """Words, ``"two words"``, ``-word``, ``/regex/``, ``label="value"``, ``field=~"a|b"``, ``level>=warn``, as ``/`` takes
    them on the wall; all must hold. ``+word`` is only marked."""
    highlight: tuple[str, ...] = ()
    """Regular expressions whose matches are marked."""
    templates: dict[str, str] = Field(default_factory=dict)
    """How a line reads, by ``event_type`` (``*`` for any other): ``{{context.ip_address}} {{context.error_code}}``."""
    order: Literal["newest", "oldest"] = "newest"
    """Which line stands on top; the newest one is always seen."""
    wrap: bool = False
    """Several rows a line, instead of one that is cut."""

    @field_validator("highlight")
    @classmethod
    def _expressions(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                linear(pattern)
            except QueryError as error:
                raise ValueError(str(error)) from None
        return patterns

    @model_validator(mode="after")
    def _one_question(self) -> LogsSpec:
        if (self.metric is None) == (self.query is None):
            raise ValueError("a logs panel needs exactly one of 'metric' and 'query'")
        if self.where and self.metric is None:
            raise ValueError("'where' narrows catalogue metrics; write the labels into the query instead")
        return self


class LogPanel(QueryPanel):
    """What every panel has that counts lines: its query is a log query, the counting is noc's."""


class LogRateSpec(LogPanel):
    """Lines a second over the range, stacked by level."""

    kind: Literal["log-rate"]
    by: str = "detected_level"
    """The label that makes the layers; other than levels they take series colours."""


class TopSpec(LogPanel):
    """The values of a label with the most lines in the range: for addresses with country, course, first and last seen."""

    kind: Literal["top"]
    by: tuple[str, ...] | str = "context_ip_address"
    """A label, or several whose combinations are counted: ``[context_ip_address, context_endpoint]``."""
    top: int = Field(default=10, ge=1, le=100)
    touched: str | None = "context_company_id"
    """A label whose different values are counted for each row; null leaves the column out."""
    touched_title: str = "tenants"
    address: bool | None = None
    """Whether the first label is an address, with its country; by its name by default."""
