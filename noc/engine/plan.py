"""From the visible panels of a layout to the queries that feed them, deduplicated.

The step follows from the drawn width, the built-in variables from the panel's own range: both are fixed before any
request is planned, so that a tail fetched later has the same text as the whole (protocols.md 2.2).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Protocol

from noc.config.alertpanels import AlertHistorySpec
from noc.config.layout import Layout
from noc.config.logpanels import LogPanel, LogRateSpec, LogsSpec, TopSpec
from noc.config.panels import (
    BarSpec,
    PanelBase,
    QueryItem,
    QueryPanel,
    SparklineSpec,
    StatSpec,
    TableSpec,
    TimeseriesSpec,
)
from noc.config.sharepanels import CounterSpec, HeatmapSpec
from noc.config.statepanels import StateTimelineSpec
from noc.engine.kindplan import asked_by_kind, heat_step, unhurried_kind
from noc.engine.logplan import (
    course_of,
    feed_of,
    labels_of,
    loki_key,
    loki_named,
    named_lines,
    new_of,
    rate_of,
    top_of,
    touched_of,
    unhurried,
)
from noc.engine.variables import Values, builtins, interpolate
from noc.model.errors import QueryError
from noc.model.logs import FeedQuery
from noc.model.query import Demand, Query, QueryKind
from noc.model.timerange import TimeWindow, format_duration, nice_step

MAX_POINTS = 11_000
"""Grid points a server answers at most (protocols.md 1.1)."""


class Scraped(Protocol):
    """What planning needs to know of a metric server: how often it scrapes, in seconds."""

    @property
    def scrape_interval(self) -> float: ...


class Role(StrEnum):
    """What a query is for in its panel."""

    MAIN = "main"
    TREND = "trend"  # the course behind a single value
    DELTA = "delta"  # the value one range (or the comparison) earlier
    GHOST = "ghost"  # the course of the comparison, drawn behind
    FIRING = "firing"  # when alerts of this metric fired, shaded behind
    NEW = "new"  # of a top list: the rows that were not there in the range before
    TOUCHED = "touched"  # of a top list: how many values of another label each row touched
    BURN = "burn"  # of a promise: its share over a burn window


@dataclass(frozen=True, slots=True)
class PlacedPanel:
    """A panel as it is laid out: ``width`` in cells, ``plot_columns`` those of its plot without axis and frame."""

    id: str
    spec: PanelBase
    width: int
    plot_columns: int = 0  # the width, when unknown
    visible: bool = True


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """One query of a panel. ``index`` is the item of the panel's ``queries`` it belongs to."""

    role: Role
    index: int
    legend: str | None
    title: str
    query: Query
    refresh: float


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """All queries of a panel, and why there are none: ``error`` is for the panel's own picture."""

    id: str
    queries: tuple[PlannedQuery, ...] = ()
    step: float = 0.0
    span: float = 0.0
    error: str = ""
    feed: FeedQuery | None = None
    """For panels of log lines."""

    def of(self, role: Role) -> tuple[PlannedQuery, ...]:
        return tuple(planned for planned in self.queries if planned.role is role)


def plan(
    panels: Iterable[PlacedPanel],
    *,
    layout: Layout,
    values: Values,
    window: TimeWindow,
    servers: Mapping[str, Scraped],
    logs: Mapping[str, Scraped] | None = None,
    compare: float | None = None,
) -> dict[str, PanelPlan]:
    """Plans of the visible panels by id, in their order.

    ``window`` is the wall's range (the layout's, unless it was zoomed) and its fixed end while looking at history;
    a panel's own ``range`` wins. ``servers`` are the metric servers by name, the default one first, ``logs`` the log servers
    alike. ``compare`` is how many seconds earlier the comparison lies.
    """
    context = _Context(layout, values, window, servers, logs or {}, compare)
    return {panel.id: _planned(panel, context) for panel in panels if panel.visible}


def demands(plans: Iterable[PanelPlan]) -> frozenset[Demand]:
    """What the poller has to watch: equal queries once, with the smallest refresh."""
    wanted: dict[Query, float] = {}
    for panel in plans:
        for planned in panel.queries:
            wanted[planned.query] = min(planned.refresh, wanted.get(planned.query, math.inf))
    return frozenset(Demand(query, refresh) for query, refresh in wanted.items())


def step_of(spec: PanelBase, span: float, columns: int, scrape_interval: float) -> float:
    """Seconds between two points: two a column (braille has two dots a cell), not under the scrape interval.

    A panel's own ``step`` wins; more points than servers answer are never asked for.
    """
    own = spec.step if isinstance(spec, QueryPanel) else None
    if isinstance(spec, HeatmapSpec) and not own:
        return heat_step(spec, span, columns, scrape_interval)
    step = own or nice_step(span, _points_a_column(spec) * max(1, columns), scrape_interval)
    return step if span / step <= MAX_POINTS else nice_step(span, MAX_POINTS, step)


def _points_a_column(spec: PanelBase) -> int:
    """One where a column is a bar or a block (sparks in eighths, stacked areas in half blocks), two for braille, eight
    for strips of states: a short outage is worse than the state around it, and must be seen to win its cell."""
    if isinstance(spec, StateTimelineSpec):
        return 8
    if isinstance(spec, (StatSpec, TableSpec, BarSpec, CounterSpec, AlertHistorySpec, LogPanel)):
        return 1
    return 1 if isinstance(spec, TimeseriesSpec) and spec.style == "stacked" else 2


@dataclass(frozen=True, slots=True)
class _Context:
    layout: Layout
    values: Values
    window: TimeWindow
    servers: Mapping[str, Scraped]
    logs: Mapping[str, Scraped]
    compare: float | None


def _planned(panel: PlacedPanel, context: _Context) -> PanelPlan:
    spec = panel.spec
    if isinstance(spec, LogsSpec):
        return _followed(panel.id, spec, context)
    if not isinstance(spec, QueryPanel):
        return PanelPlan(panel.id)
    span = spec.range or context.window.span
    refresh = spec.refresh or context.layout.refresh
    columns = panel.plot_columns or panel.width
    queries: list[PlannedQuery] = []
    first_step = 0.0
    try:
        for index, item in enumerate(_items(spec)):
            source, scrape = _source(item.source or spec.source, context, logql=_in_logql(spec, item))
            step = step_of(spec, span, columns, scrape)
            first_step = first_step or step
            text = _Text(item.query or "", context.values, span, step, scrape)
            for role, query in _asked(spec, index, source, text, context):
                slow = unhurried_kind(spec, role, query, refresh)
                if isinstance(spec, LogPanel):
                    slow = unhurried(slow, span)
                legend = item.legend if item.legend is not None else spec.legend
                queries.append(PlannedQuery(role, index, legend, item.title, query, slow))
        queries += _firing(spec, context, span, first_step)
    except QueryError as error:
        return PanelPlan(panel.id, (), first_step, span, str(error))
    return PanelPlan(panel.id, tuple(queries), first_step, span)


def _followed(id: str, spec: LogsSpec, context: _Context) -> PanelPlan:
    """A panel of lines asks no metric query: it has a feed."""
    span = spec.range or context.window.span
    try:
        scrape = context.logs[loki_named(spec.source, context.logs)].scrape_interval
        feed = feed_of(spec, context.values, span, context.window.end, scrape, context.logs)
    except QueryError as error:
        return PanelPlan(id, span=span, error=str(error))
    return PanelPlan(id, span=span, feed=feed)


def _in_logql(spec: QueryPanel, item: QueryItem) -> bool:
    return isinstance(spec, LogPanel) or item.language == "logql"


@dataclass(frozen=True, slots=True)
class _Text:
    """An expression before interpolation, with what its built-in variables depend on."""

    template: str
    values: Values
    span: float
    step: float
    scrape: float

    def course(self) -> str:
        """The text of a range query."""
        return self._filled(self.step, self.span)

    def moment(self) -> str:
        """The text of an instant query: ``$__interval`` is the scrape interval, so a current value is as current as
        the server can tell, whatever the panel's width."""
        return self._filled(self.scrape, self.span)

    def spanning(self, interval: float, span: float) -> str:
        """The text over another range; an interval of 0 is the scrape interval."""
        return self._filled(interval or self.scrape, span)

    def _filled(self, interval: float, span: float) -> str:
        own = builtins(step=interval, span=span, scrape_interval=self.scrape)
        return interpolate(self.template, {**self.values, **own})


def _asked(spec: QueryPanel, index: int, source: str, text: _Text, context: _Context) -> Sequence[tuple[Role, Query]]:
    """The queries of one item: a value, a course, or both."""
    end, compare, span, step = context.window.end, context.compare, text.span, text.step

    def course(shift: float = 0.0) -> Query:
        return Query(source, text.course(), QueryKind.RANGE, step, span, end, shift)

    def moment(shift: float = 0.0) -> Query:
        return Query(source, text.moment(), end=end, shift=shift)

    if isinstance(spec, AlertHistorySpec):
        return [(Role.MAIN, course())]
    own_way = asked_by_kind(spec, text.spanning, course(), moment())
    if own_way is not None:
        return [(Role(role), query) for role, query in own_way]
    if isinstance(spec, LogRateSpec):
        return [(Role.MAIN, replace(course(), expr=rate_of(spec, text.course(), step)))]
    if isinstance(spec, TopSpec):
        own = named_lines(spec, text.moment())
        return _top(spec, replace(course(), expr=own), replace(moment(), expr=own), span)
    if isinstance(spec, (TimeseriesSpec, SparklineSpec)):
        ghost = [(Role.GHOST, course(_whole(compare, step)))] if compare else []
        return [(Role.MAIN, course()), *ghost]
    asked = [(Role.MAIN, moment())]
    if (isinstance(spec, StatSpec) and spec.spark) or (isinstance(spec, TableSpec) and _has_spark(spec, index)):
        asked.append((Role.TREND, course()))
    if isinstance(spec, StatSpec) and spec.delta:
        asked.append((Role.DELTA, moment(compare or span)))
    return asked


def _top(spec: TopSpec, course: Query, moment: Query, span: float) -> list[tuple[Role, Query]]:
    """A top list: its rows, their course, which of them are new, and what else each touched."""
    asked = [
        (Role.MAIN, replace(moment, expr=top_of(spec, moment.expr, span))),
        (Role.TREND, replace(course, expr=course_of(spec, course.expr, course.step))),
        (Role.NEW, replace(moment, expr=new_of(spec, moment.expr, span))),
    ]
    if spec.touched and spec.touched not in labels_of(spec):
        asked.append((Role.TOUCHED, replace(moment, expr=touched_of(spec, moment.expr, span))))
    return asked


FIRING_REFRESH = 15.0
"""Seconds between two questions for the spans in which alerts fired, at least."""


def _firing(spec: QueryPanel, context: _Context, span: float, step: float) -> list[PlannedQuery]:
    """The question for the spans in which the panel's alerts fired; one series, however many of them."""
    names = spec.firing if isinstance(spec, TimeseriesSpec) else False
    if not isinstance(names, tuple) or not names or not context.servers:
        return []
    source, _ = _source(spec.source if spec.source in context.servers else None, context)  # a Loki knows no ALERTS
    alternatives = "|".join(re.escape(name) for name in names)
    expr = f'max(max_over_time(ALERTS{{alertstate="firing", alertname=~{json.dumps(alternatives)}}}[{format_duration(step)}]))'
    query = Query(source, expr, QueryKind.RANGE, step, span, context.window.end)
    refresh = max(spec.refresh or context.layout.refresh, FIRING_REFRESH)
    return [PlannedQuery(Role.FIRING, 0, None, "", query, refresh)]


def _whole(seconds: float, step: float) -> float:
    """A shift of whole steps, so that the shifted line lies on the same grid."""
    return max(1, round(seconds / step)) * step


def _has_spark(spec: TableSpec, index: int) -> bool:
    return any(column.spark and (column.query or 0) == index for column in spec.columns)


def _items(spec: QueryPanel) -> tuple[QueryItem, ...]:
    if spec.queries:
        return spec.queries
    return (QueryItem(query=spec.query, legend=spec.legend),) if spec.query else ()


def _source(name: str | None, context: _Context, *, logql: bool = False) -> tuple[str, float]:
    """Name and scrape interval of the server to ask; QueryError names what there is."""
    servers, logs = context.servers, context.logs
    if logql or (name is not None and name not in servers and name.removeprefix("loki:") in logs):
        chosen = loki_named(name, logs)
        return loki_key(chosen, servers), logs[chosen].scrape_interval
    if not servers:
        raise QueryError("no Prometheus is configured; give one with --prometheus URL or run noc init")
    chosen = name or next(iter(servers))
    if chosen not in servers:
        near = get_close_matches(chosen, [*servers, *logs], 1)
        hint = f"did you mean {near[0]}?" if near else f"configured: {', '.join([*servers, *logs])}"
        raise QueryError(f"no Prometheus named {chosen}; {hint}")
    return chosen, servers[chosen].scrape_interval
