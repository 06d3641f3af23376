"""Panels of states: what is up, since when, how much of a promise is left, and what time it is."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from noc.config.base import Duration, Zone
from noc.config.panels import PanelBase, QueryItem, QueryPanel


class StatusGridSpec(QueryPanel):
    """A mark per series: its name, its state in a word. Services, targets, hosts."""

    kind: Literal["status-grid"]
    check: str | None = None
    """A health check of the settings whose body names services: on a wall that probes, these stand instead of the query."""
    sort: Literal["severity", "label", "none"] = "none"
    """In which order the marks stand; as the server answers by default."""


class StateTimelineSpec(QueryPanel):
    """A strip per series, coloured by the state it was in: mappings and thresholds say which."""

    kind: Literal["state-timeline"]
    top: int = Field(default=20, ge=1, le=200)
    """Strips at most, the most severe first; the rest is counted."""
    merge: bool = True
    """Join equal states into one stretch with one word."""


class SloSpec(QueryPanel):
    """A promise: the share of good over a window, how much of the error budget is left, how fast it burns.

    The query is a share between 0 and 1 over ``$__range``; it is asked for the window and for each burn window.
    """

    kind: Literal["slo"]
    objective: float = Field(default=0.999, gt=0, lt=1)
    """The share that was promised."""
    window: Duration = 2_592_000.0
    """The promise's period, 30 days."""
    burn: tuple[Duration, ...] = Field(default=(3600.0, 21_600.0), min_length=1, max_length=4)
    """Windows of the burn rate; 1 uses the budget up exactly at the period's end."""
    alarm: float = Field(default=14.4, gt=0)
    """The burn rate in the first window from which the panel is HIGH (two percent of 30 days in one hour)."""


CHECKED = (
    ("health.checks", "success"),
    ("health.duration", "duration"),
    ("health.status_code", "status"),
    ("health.certificate", "certificate"),
    ("health.basic_duration", "bound"),
)
"""The catalogue's metrics behind the columns of a panel of health checks, by blackbox exporter. The last one names the
endpoints that have a bound: its threshold."""


class ChecksSpec(QueryPanel):
    """Health checks of endpoints: state, status, duration against its bound, certificate; which assertion failed.

    A wall that probes shows what it found itself; any other reads the blackbox exporter's series.
    """

    kind: Literal["checks"]
    checks: tuple[str, ...] = ()
    """Names of the settings' checks to show; all by default."""
    label: str = "instance"
    """The label of the exporter's series that holds the probed URL."""

    @model_validator(mode="before")
    @classmethod
    def _asks_exporter(cls, data: Any) -> Any:
        if isinstance(data, dict) and not any(data.get(key) for key in ("metric", "query", "queries")):
            items = [QueryItem(metric=metric, title=title) for metric, title in CHECKED]
            return {**data, "queries": tuple(items)}
        return data


class ClockSpec(PanelBase):
    """The time, large; further zones beneath."""

    kind: Literal["clock"]
    zones: tuple[Zone, ...] = ()
    """IANA names; the wall's zone comes first by itself."""
    seconds: bool = False
    date: bool = True
