"""gauge: where a value stands between its ends, and how far the thresholds are."""

from __future__ import annotations

import math

from noc.charts.canvas import Canvas
from noc.charts.gauge import GaugeValue, draw_gauge
from noc.charts.scale import nice_ticks
from noc.config.panels import GaugeSpec
from noc.model.units import format_value
from noc.ui.panels.data import PanelData, mapped, readings

_FULL = {"percentunit": 1.0, "percent": 100.0}


def ends(data: PanelData) -> tuple[float, float]:
    """The scale: the author's ends, else zero and what the unit, the thresholds and the values ask for."""
    spec = data.query_spec
    low = 0.0 if spec.min is None else spec.min
    if spec.max is not None:
        return low, spec.max
    if data.unit in _FULL:
        return low, _FULL[data.unit]
    values = [reading.value for reading in readings(data) if reading.value is not None and math.isfinite(reading.value)]
    reach = max([*values, *(threshold.value * 1.25 for threshold in data.thresholds), low + 1e-9])
    return low, max(nice_ticks(low, reach, 3)[-1], reach)


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    spec = data.spec
    assert isinstance(spec, GaugeSpec)
    low, high = ends(data)
    values = []
    for reading in readings(data):
        words = mapped(data, reading.value)
        text = (
            words[0]
            if words
            else format_value(reading.value, data.unit_of(reading.index), data.decimals_of(reading.index))
        )
        values.append(GaugeValue(reading.name, reading.value, text))
    return draw_gauge(
        values,
        low,
        high,
        data.thresholds,
        columns,
        rows,
        data.look.palette,
        data.look.charset,
        style=spec.style,
        unit=data.unit,
        decimals=spec.decimals,
    )
