"""histogram: how values are distributed over the range, from a histogram's buckets or from the values of all series."""

from __future__ import annotations

import math

from noc.charts.axes import rung
from noc.charts.buckets import apart, beyond, binned, bound, cumulative, quantile, quantile_of
from noc.charts.canvas import Canvas
from noc.charts.histogram import Histogram, Mark, draw_histogram
from noc.charts.scale import finite
from noc.charts.status import draw_message
from noc.config.sharepanels import HistogramSpec
from noc.model.severity import Severity, worst
from noc.model.thresholds import severity_of
from noc.model.timerange import format_duration
from noc.model.units import format_value
from noc.ui.panels.data import PanelData


def histogram(data: PanelData) -> Histogram:
    """The chart's model. Series with the label ``le`` are buckets, summed over all other labels."""
    found = [(bound(one.label("le")), one.last) for asked in data.role("main") for one in asked.result.series]
    pairs = [(le, value) for le, value in found if le is not None and value is not None]
    if pairs:
        return _of_buckets(data, pairs)
    return _of_values(data, [value for _, value in found if value is not None])


def _of_buckets(data: PanelData, pairs: list[tuple[float, float]]) -> Histogram:
    known = cumulative(pairs)
    marks = []
    for q in _quantiles(data):
        text = format_value(quantile(q, known), data.unit, data.query_spec.decimals)
        over = beyond(q, known)
        marks.append(Mark(_name(q), math.inf if over else quantile(q, known), f">{text}" if over else text))
    total = known[-1][1]
    words = f"n {format_value(total)}" if _counts(data) else ""
    return Histogram(apart(known), tuple(marks), data.unit, data.thresholds, words, data.dropped)


def _of_values(data: PanelData, values: list[float]) -> Histogram:
    spec = data.spec
    assert isinstance(spec, HistogramSpec)
    known = [value for value in values if not math.isnan(value)]
    marks = tuple(
        Mark(_name(q), value, format_value(value, data.unit, spec.decimals))
        for q, value in ((q, quantile_of(q, known)) for q in _quantiles(data))
    )
    left = len(values) - len(known)
    words = [f"{len(known)} values", f"{left} without a number" if left else ""]
    size = rung(max(map(abs, finite(known)), default=1.0), data.unit)
    said = "  ".join(filter(None, words))
    return Histogram(binned(known, spec.bins, size), marks, data.unit, data.thresholds, said, data.dropped)


def _quantiles(data: PanelData) -> list[float]:
    spec = data.spec
    assert isinstance(spec, HistogramSpec)
    return sorted(set(spec.marks))


def _name(q: float) -> str:
    return f"p{q * 100:g}"


def _counts(data: PanelData) -> bool:
    """Whether the buckets count observations; of rates only the shares mean anything."""
    return not any("rate" in asked.planned.query.expr for asked in data.role("main"))


def severity(data: PanelData) -> Severity:
    """The panel's state: the worst threshold that a marked quantile has crossed. Counts in buckets are no values."""
    shown = histogram(data)
    return worst([severity_of(mark.value, data.thresholds) for mark in shown.marks]) if shown.total > 0 else Severity.OK


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    shown = histogram(data)
    if shown.total <= 0:
        words = f"no observations in {format_duration(data.end - data.start)}"
        return draw_message("", words, "", columns, rows, data.look.palette, data.look.charset)
    return draw_histogram(shown, columns, rows, data.look.palette, data.look.charset)
