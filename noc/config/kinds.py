"""Every panel kind, discriminated by ``kind``: one line here for each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from noc.config.alertpanels import AlertHistorySpec, AlertsSpec, AlertTilesSpec, IncidentsSpec, StatusSpec
from noc.config.logpanels import LogRateSpec, LogsSpec, TopSpec
from noc.config.panels import (
    BarSpec,
    GaugeSpec,
    PanelBase,
    SparklineSpec,
    StatSpec,
    TableSpec,
    TextSpec,
    TimeseriesSpec,
)
from noc.config.sharepanels import CounterSpec, GeoSpec, HeatmapSpec, HistogramSpec, PieSpec
from noc.config.statepanels import ChecksSpec, ClockSpec, SloSpec, StateTimelineSpec, StatusGridSpec

PanelSpec = Annotated[
    StatSpec
    | GaugeSpec
    | SparklineSpec
    | TimeseriesSpec
    | BarSpec
    | TableSpec
    | TextSpec
    | StatusSpec
    | AlertTilesSpec
    | AlertsSpec
    | IncidentsSpec
    | AlertHistorySpec
    | LogsSpec
    | LogRateSpec
    | TopSpec
    | CounterSpec
    | HistogramSpec
    | PieSpec
    | HeatmapSpec
    | GeoSpec
    | StatusGridSpec
    | StateTimelineSpec
    | SloSpec
    | ChecksSpec
    | ClockSpec,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[PanelBase]] = {
    "stat": StatSpec,
    "gauge": GaugeSpec,
    "sparkline": SparklineSpec,
    "timeseries": TimeseriesSpec,
    "bar": BarSpec,
    "table": TableSpec,
    "text": TextSpec,
    "status": StatusSpec,
    "alert-tiles": AlertTilesSpec,
    "alerts": AlertsSpec,
    "incidents": IncidentsSpec,
    "alert-history": AlertHistorySpec,
    "logs": LogsSpec,
    "log-rate": LogRateSpec,
    "top": TopSpec,
    "counter": CounterSpec,
    "histogram": HistogramSpec,
    "pie": PieSpec,
    "heatmap": HeatmapSpec,
    "geo": GeoSpec,
    "status-grid": StatusGridSpec,
    "state-timeline": StateTimelineSpec,
    "slo": SloSpec,
    "checks": ChecksSpec,
    "clock": ClockSpec,
}
