"""The registry of panel kinds: one file per kind, one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from noc.charts.canvas import Canvas
from noc.model.results import State
from noc.model.severity import Severity
from noc.ui.panels import (
    alert_history,
    alert_tiles,
    alerts,
    bar,
    checks,
    clock,
    counter,
    gauge,
    geo,
    heatmap,
    histogram,
    incidents,
    log_rate,
    logs,
    pie,
    slo,
    sparkline,
    stat,
    state_timeline,
    status,
    status_grid,
    table,
    text,
    timeseries,
    top,
)
from noc.ui.panels.data import PanelData
from noc.ui.panels.data import severity as judged
from noc.ui.panels.data import state as answered

Draw = Callable[[PanelData, int, int], Canvas]


MINIMUM = (20, 4)
"""Columns and rows of the smallest card, title row included, that every kind can fill."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind is drawn, the height in rows its card likes on a tiled page, and whether it has rows to walk."""

    draw: Draw
    liked: int
    rows: bool = False
    width: int = MINIMUM[0]
    """Columns of the smallest useful card; a wall that gives less deals its cards onto pages of tiles."""
    keys: Callable[[PanelData, int, int], list[str]] | None = None
    """Keys of the rows a cursor that holds a thing may rest on, top to bottom; the body's size in cells."""
    row_at: Callable[[PanelData, int, int, int], str | None] | None = None
    """The key of the row drawn at a line of the body."""
    labels: Callable[[PanelData, str], Mapping[str, str]] | None = None
    """The labels behind the row of a key, which ``d`` carries along. A kind with ``keys`` and ``labels`` is told which
    row is chosen (``PanelData.chosen``); alerts and log lines have their own cursors."""
    severity: Callable[[PanelData], Severity] | None = None
    """How bad it is, for kinds that judge by more than thresholds."""
    state: Callable[[PanelData], State | None] | None = None
    """Whether its answers are fresh, for kinds that have other answers than their queries'; None: as everywhere."""
    checked: bool = False
    """Whether it shows the health checks of a wall that probes."""
    ticks: Callable[[PanelData], object] | None = None
    """What of the time changes the picture, for kinds that show it: equal values draw equal cards."""


KINDS: dict[str, Kind] = {
    "stat": Kind(stat.draw, 6, severity=stat.severity_of_stat),
    "gauge": Kind(gauge.draw, 6),
    "sparkline": Kind(sparkline.draw, 5),
    "timeseries": Kind(timeseries.draw, 9),
    "bar": Kind(bar.draw, 8, severity=bar.severity),
    "table": Kind(table.draw, 8, rows=True),
    "text": Kind(text.draw, 6),
    "status": Kind(status.draw, 5),
    "alert-tiles": Kind(alert_tiles.draw, 6, width=32),
    "alerts": Kind(alerts.draw, 12, width=56, keys=alerts.keys, row_at=alerts.row_at),
    "incidents": Kind(incidents.draw, 8, width=36, keys=incidents.keys, row_at=incidents.row_at),
    "alert-history": Kind(alert_history.draw, 9),
    "logs": Kind(logs.draw, 12, width=40, keys=logs.keys, row_at=logs.row_at),
    "log-rate": Kind(log_rate.draw, 9),
    "top": Kind(top.draw, 9, width=36, keys=top.keys, row_at=top.row_at, labels=top.labels),
    "counter": Kind(counter.draw, 6, severity=counter.severity),
    "histogram": Kind(histogram.draw, 9, width=30, severity=histogram.severity),
    "pie": Kind(pie.draw, 9, width=30, keys=pie.keys, row_at=pie.row_at, labels=pie.labels, severity=pie.severity),
    "heatmap": Kind(
        heatmap.draw,
        11,
        width=30,
        keys=heatmap.keys,
        row_at=heatmap.row_at,
        labels=heatmap.labels,
        severity=heatmap.severity,
    ),
    "geo": Kind(geo.draw, 16, width=28, keys=geo.keys, row_at=geo.row_at, labels=geo.labels, severity=geo.severity),
    "status-grid": Kind(
        status_grid.draw,
        6,
        keys=status_grid.keys,
        row_at=status_grid.row_at,
        labels=status_grid.labels,
        severity=status_grid.severity_of_grid,
        state=status_grid.state_of_grid,
        checked=True,
    ),
    "state-timeline": Kind(
        state_timeline.draw,
        8,
        width=36,
        keys=state_timeline.keys,
        row_at=state_timeline.row_at,
        labels=state_timeline.labels,
        severity=state_timeline.severity,
    ),
    "slo": Kind(slo.draw, 7, severity=slo.severity_of_slo, state=slo.state_of_slo),
    "checks": Kind(
        checks.draw,
        8,
        width=30,
        keys=checks.keys,
        row_at=checks.row_at,
        labels=checks.labels,
        severity=checks.severity,
        state=checks.state,
        checked=True,
        ticks=checks.ticks,
    ),
    "clock": Kind(clock.draw, 6, ticks=clock.ticks),
}


def severity(data: PanelData) -> Severity:
    """The panel's severity: by its kind's own judgement, else the worst of its current values."""
    own = KINDS[data.spec.kind].severity  # type: ignore[attr-defined]
    return judged(data) if own is None or data.fault else own(data)


def state(data: PanelData) -> State:
    """The panel's state: by its kind's own answers, else out of its queries'."""
    own = KINDS[data.spec.kind].state  # type: ignore[attr-defined]
    found = None if own is None or data.fault else own(data)
    return answered(data) if found is None else found
