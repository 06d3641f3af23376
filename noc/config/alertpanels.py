"""Panels of alerts. They ask no server of their own: all of them show the one alert book of the wall."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from noc.config.base import Duration
from noc.config.panels import PanelBase, QueryPanel

FIRED = (
    "max by (alertname, severity) "
    '(max_over_time(ALERTS{alertstate="firing", severity=~"critical|high|medium|low"}[$__interval]))'
)
"""What the history asks unless its author says otherwise; ``ALERTS`` lacks external labels (alerts.md 3.3)."""

State = Literal["active", "acked", "inhibited", "muted", "silenced"]


class AlertPanel(PanelBase):
    """What every panel of alerts has."""

    filter: str = ""
    """Matchers and words of the book: ``severity=~"critical|high" company_id="7" @state=active @age<1h @ack_by=mara``."""


class StatusSpec(AlertPanel):
    """The state of it all in one word: the worst unacknowledged severity, and the alert that makes it."""

    kind: Literal["status"]


class AlertTilesSpec(AlertPanel):
    """A tile per severity with the number of unacknowledged alerts, acknowledged and silenced apart."""

    kind: Literal["alert-tiles"]
    severities: tuple[Literal["critical", "high", "medium", "low"], ...] = ("critical", "high", "medium", "low")


class AlertsSpec(AlertPanel):
    """Alerts as a table or as a tree of groups, most urgent first."""

    kind: Literal["alerts"]
    view: Literal["table", "tree"] = "tree"
    group_by: tuple[str, ...] = ("severity", "alertname")
    """Labels that make the tree's levels, and what one row of the table stands for."""
    aggregate: dict[str, str] = Field(default_factory=lambda: {"company_id": "companies"})
    """Labels whose values are counted where a group spans several: ``SlowScope: 5 companies``."""
    states: tuple[State, ...] = ("active", "acked", "inhibited", "muted", "silenced")
    pending: bool = True
    """Also what will fire."""
    resolved: bool = True
    """Also what resolved within the hour."""
    silences: bool = False
    """Also silences: windows that end soon, and those that match nothing."""


class IncidentsSpec(AlertPanel):
    """What is being worked: by whom, since when, at which stage; forgotten acknowledgements on top."""

    kind: Literal["incidents"]
    forgotten: Duration = 1800.0
    """An acknowledgement older than this without a change of stage counts as forgotten."""


class AlertHistorySpec(QueryPanel):
    """When each alert fired, as a strip over the range; 24 hours by default."""

    kind: Literal["alert-history"]
    range: Duration | None = 86400.0
    optional: bool = True
    """Nothing that fired is no fault."""
    top: int = Field(default=20, ge=1, le=200)
    """Strips at most, those that fired longest first; the rest is counted."""

    @model_validator(mode="before")
    @classmethod
    def _asks_alerts(cls, data: Any) -> Any:
        """Without a question of its own it asks Prometheus's series of firing alerts."""
        if isinstance(data, dict) and not any(data.get(key) for key in ("metric", "query", "queries")):
            return {**data, "query": FIRED, "legend": data.get("legend") or "{{alertname}}"}
        return data
