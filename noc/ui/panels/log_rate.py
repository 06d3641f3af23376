"""log-rate: lines a second over the range, stacked by level: what is worst stands at the bottom, where it is seen first."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.charts.graph import Graph, Line
from noc.charts.line import draw_graph
from noc.config.logpanels import LogRateSpec
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.series import Series
from noc.model.text import clean
from noc.ui.panels.data import PanelData, readings

UNIT = "lines/s"
"""Said once, in the title row: it would stand behind every value of the legend."""
LAYERS = 8
"""Layers of a label that is no level; the rest is one."""

_RANKS = ("critical", "error", "warn", "info", "debug", "trace", "unknown")
"""Levels from the bottom of the stack to its top."""
_SAME = {
    "fatal": "critical",
    "emergency": "critical",
    "alert": "critical",
    "err": "error",
    "warning": "warn",
    "": "unknown",
}
"""Other words for them; Loki's own ``detected_level`` has fatal besides critical."""


def lines(data: PanelData) -> list[Line]:
    """The layers from the bottom up. Lines without the label are ``unknown``."""
    spec = data.spec
    assert isinstance(spec, LogRateSpec)
    found: dict[str, list[Series]] = {}
    for reading in readings(data):
        word = reading.series.label(spec.by)
        found.setdefault(_SAME.get(word.lower(), word) if is_level(spec) or not word else word, []).append(
            reading.series
        )
    if is_level(spec):
        rank = {word: index for index, word in enumerate(_RANKS)}
        names = sorted(found, key=lambda name: (rank.get(name.lower(), len(rank)), name))
        return [Line(clean(name, 60), _sum(found[name]), level_colour(name, data.look.palette)) for name in names]
    return _ranked(data, {name: _sum(series) for name, series in found.items()})


def is_level(spec: LogRateSpec) -> bool:
    """Whether the layers are levels, which have colours of their own."""
    return spec.by in ("detected_level", "level", "level_name", "severity")


def level_colour(level: str, palette: Palette) -> str:
    """A severity's colour for what somebody must look at; the rest steps back."""
    known = {
        "critical": palette.critical,
        "error": palette.high,
        "warn": palette.medium,
        "info": blend(palette.text, palette.surface, 0.45),
        "high": palette.high,
        "medium": palette.medium,
        "low": palette.low,
    }
    return known.get(level.lower(), blend(palette.muted, palette.surface, 0.5))


def _ranked(data: PanelData, found: dict[str, Series]) -> list[Line]:
    """The largest layers first, in series colours; those beyond them as one."""
    palette = data.look.palette
    names = sorted(found, key=lambda name: (-sum(found[name].values), name))
    shown = names[:LAYERS] if len(names) <= LAYERS else names[: LAYERS - 1]
    out = [
        Line(clean(name, 60), found[name], palette.series[at % len(palette.series)]) for at, name in enumerate(shown)
    ]
    rest = names[len(shown) :]
    if rest:
        out.append(Line(f"{len(rest)} others", _sum([found[name] for name in rest]), palette.muted))
    return out


def _sum(series: list[Series]) -> Series:
    """Several series as one, summed at equal times."""
    if len(series) == 1:
        return series[0]
    totals: dict[float, float] = {}
    for one in series:
        for time, value in zip(one.times, one.values, strict=True):
            totals[time] = totals.get(time, 0.0) + value
    return Series.of({}, sorted(totals.items()))


def graph(data: PanelData) -> Graph:
    """The chart's model."""
    spec = data.spec
    assert isinstance(spec, LogRateSpec)
    steps = [asked.planned.query.step for asked in data.role("main")]
    return Graph(
        lines=tuple(lines(data)),
        start=data.start,
        end=data.end,
        step=max(steps, default=1.0),
        unit=data.unit,
        decimals=spec.decimals,
        low=spec.min if spec.min is not None else 0.0,
        high=spec.max,
        thresholds=data.thresholds,
        style="stacked",
        tz=data.look.tz,
        cursor=data.cursor,
        hidden=data.hidden,
        more=data.dropped,
        markers=data.markers,
    )


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    return draw_graph(graph(data), columns, rows, data.look.palette, data.look.charset, table=data.table)
