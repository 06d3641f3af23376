"""The catalogue: every metric of the specification with its query, unit, thresholds and runbook, read from gateway.yaml.

Apart from the layouts because panels, alert rules, the demo and the documentation read the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Pairs
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from noc.catalogue.logql import is_log
from noc.catalogue.logql import parse as parse_logql
from noc.catalogue.narrowing import narrowed
from noc.catalogue.read import parse_model, read_bundled
from noc.config.base import Duration, Model
from noc.config.nearest import hint
from noc.config.panels import Mapping, ThresholdSpec
from noc.model.errors import ConfigError, Fault
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from noc.model.timerange import parse_duration

FILE = "gateway.yaml"

_BUILTIN = re.compile(r"\$__\w+")


class Category(StrEnum):
    """What an alert is about; the specification's rules carry it as a label (section 6.3)."""

    SECURITY = "security"
    PERFORMANCE = "performance"
    AVAILABILITY = "availability"
    BUSINESS = "business"


def _hold(value: Any) -> Any:
    return 0.0 if value == "0s" else parse_duration(value) if isinstance(value, str) else value


Hold = Annotated[float, BeforeValidator(_hold), Field(ge=0)]
"""Seconds; unlike other durations it may be ``0s``: fire at the first evaluation."""


ACK_WITHIN = {Severity.CRITICAL: 300.0, Severity.HIGH: 900.0, Severity.MEDIUM: 3600.0}
"""Seconds, as specification 4.1 names them; LOW has until the next business day, which no wall counts down."""

WATCH_AFTER = 600.0
"""Seconds: as long as a condition must stay away before its alert resolves."""


class Metric(Model):
    """One entry. Values are in the query's base unit: seconds, bytes, ratios 0-1, events a minute (``cpm``)."""

    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    row: Literal["1.1", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "3.4", "B"] | None = None
    """The specification's table that holds this metric; None for what only its panel lists name."""
    section: str | None = None
    """The section that asks for it; the row's by default."""
    query: str | None = None
    """A PromQL expression."""
    logql: str | None = None
    """A LogQL expression, where only log lines know the answer."""
    logs: str | None = None
    """A log query for the lines behind a PromQL metric: what ``l`` on its alert or its panel shows."""
    log_labels: dict[str, str] = Field(default_factory=dict)
    """Where its labels stand in these lines, where that differs from the catalogue's ``log_labels``."""
    zero: str | None = None
    """A job: while one of its targets is up, no series means 0 (an event counter before its first event)."""
    guard: str | None = None
    """A further PromQL condition without which a rule does not fire."""
    unit: str = "short"
    decimals: int | None = Field(default=None, ge=0, le=9)
    min: float | None = None
    max: float | None = None
    legend: str | None = None
    thresholds: tuple[ThresholdSpec, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    for_: Hold | None = Field(default=None, alias="for")
    """Seconds the condition must hold before the alert fires."""
    category: Category
    alert: str | None = Field(default=None, pattern=r"[A-Z][A-Za-z0-9]+")
    """The alert rule's name; given exactly where a row has thresholds."""
    runbook: str | None = Field(default=None, pattern=r"[a-z][a-z0-9-]+")
    ack_within: Duration | None = None
    """Seconds until somebody should have acknowledged, where the runbook asks for sooner than the severity (4.1, 4.4)."""
    watch_after: Duration | None = None
    """Seconds to keep an eye on it after it resolved; ten minutes by default."""
    optional: bool = False
    """A part the installation may not have (a read replica): no data is no fault."""

    @model_validator(mode="after")
    def _one_language(self) -> Metric:
        if (self.query is None) == (self.logql is None):
            raise ValueError("a metric needs exactly one of 'query' and 'logql'")
        if self.logql is not None and (self.zero or self.guard or self.row):
            raise ValueError("'zero', 'guard' and 'row' need a PromQL query")
        return self

    @model_validator(mode="after")
    def _rules_are_complete(self) -> Metric:
        if (self.row is None) == (self.section is None):
            raise ValueError("a metric needs exactly one of 'row' and 'section'")
        if self.is_rule != (self.alert is not None) or self.is_rule != (self.for_ is not None):
            raise ValueError("'alert' and 'for' belong to rows with thresholds, and every such row needs both")
        if self.guard is not None and not self.is_rule:
            raise ValueError("'guard' is a rule's condition, and this metric is no rule")
        return self

    @property
    def is_rule(self) -> bool:
        """Whether this is a threshold row of the specification, from which an alert rule is made."""
        return self.row is not None and bool(self.thresholds)

    def response(self, severity: Severity) -> tuple[float | None, float]:
        """Seconds to acknowledge in (None: no target), and seconds to watch afterwards, for an alert of that severity."""
        within = ACK_WITHIN.get(severity)
        if self.ack_within is not None:
            within = self.ack_within if within is None else min(within, self.ack_within)
        return within, self.watch_after or WATCH_AFTER

    @property
    def levels(self) -> tuple[Threshold, ...]:
        return tuple(spec.threshold() for spec in self.thresholds)

    @property
    def language(self) -> Literal["logql"] | None:
        """What the query is written in, where it is not PromQL."""
        return None if self.query is not None else "logql"

    @property
    def lines(self) -> bool:
        """Whether it gives log lines, and not numbers."""
        return self.logql is not None and is_log(parse_logql(_BUILTIN.sub("1h", self.logql)))

    @property
    def panel_query(self) -> str:
        """What a panel asks that wants all of it."""
        return self.asked({})

    def asked(self, where: Pairs[str, str]) -> str:
        """The expression a panel asks: with ``zero``, 0 instead of nothing as long as the counting job is up.

        Not ``vector(0)``: a dead exporter must not look like a quiet one (a green wall without eyes). ``where`` narrows
        what is counted (:func:`noc.catalogue.narrowing.narrowed`), not the job. Raises QueryError.
        """
        if self.query is None:
            return narrowed(self.logql or "", where, logql=True)
        query = narrowed(self.query, where)
        return query if self.zero is None else f'({query}) or on () (0 * max(up{{job="{self.zero}"}} == 1))'


class Catalogue(Model):
    """Metrics by dotted name, in the file's order."""

    log_labels: dict[str, str] = Field(default_factory=dict)
    """Labels of series and alerts to the fields of log lines that mean the same, as Loki's ``json`` names them."""
    log_requests: str | None = None
    """A stream selector over good and bad requests alike: whom a block would hit is counted in it."""
    log_fallback: str | None = None
    """A log query for alerts that no metric here knows."""
    metrics: dict[str, Metric] = Field(min_length=1)

    @model_validator(mode="after")
    def _alerts_are_unique(self) -> Catalogue:
        alerts = [metric.alert for metric in self.metrics.values() if metric.alert]
        twice = sorted({alert for alert in alerts if alerts.count(alert) > 1})
        if twice:
            raise ValueError(f"alert names must be unique: {', '.join(twice)}")
        return self

    def __contains__(self, name: object) -> bool:
        return name in self.metrics

    def __getitem__(self, name: str) -> Metric:
        return self.metrics[name]

    def rules(self) -> Iterator[tuple[str, Metric]]:
        """The threshold rows of the specification, in its order."""
        return ((name, metric) for name, metric in self.metrics.items() if metric.is_rule)

    def find(self, name: str, file: str = "", line: int = 0) -> Metric:
        """The metric of that name; ConfigError at ``file:line`` with the nearest name."""
        metric = self.metrics.get(name)
        if metric is None:
            raise ConfigError([Fault(file, line, self.unknown(name))])
        return metric

    def unknown(self, name: str) -> str:
        """What to say about a name that is no metric."""
        return f"unknown metric {name!r}{hint(name, self.metrics)}"


EMPTY = Catalogue.model_construct(metrics={})
"""For layouts that name no metric."""


def load() -> Catalogue:
    """The bundled catalogue. Reads and validates the file each time: callers keep it. ConfigError with file and line."""
    return read_bundled(FILE, Catalogue)


def parse(text: str, file: str) -> Catalogue:
    """A catalogue from YAML text; ``file`` is what errors call it."""
    return parse_model(text, file, Catalogue)
