"""One panel held against what is known: units, thresholds, bounds, columns, sources, links, and its expressions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from noc.catalogue.logql import is_log, parse
from noc.catalogue.logql.units import quoted
from noc.catalogue.metrics import Catalogue
from noc.config.document import KeyPath
from noc.config.layout import Layout
from noc.config.logpanels import LogPanel, LogsSpec
from noc.config.nearest import hint
from noc.config.panels import Mapping as ValueMapping
from noc.config.panels import PanelBase, QueryPanel, TableSpec, ThresholdSpec
from noc.config.server import Server
from noc.doctor.checks import chosen_remarks
from noc.doctor.expressions import expression_remarks, stand_ins
from noc.doctor.remark import Known, Remark
from noc.engine.logfilter import parse as parse_filter
from noc.engine.variables import interpolate, used
from noc.model.errors import QueryError
from noc.model.unit_table import UNITS
from noc.model.units import is_known

LOG_KINDS = frozenset({"logs", "log-rate", "top"})
"""Kinds that ask Loki; their queries are log queries."""

_URL = re.compile(r"https?://")


def panel_remarks(name: str, panel: PanelBase, layout: Layout, known: Known) -> Iterator[Remark]:
    """Everything a panel says that cannot be right, apart from its catalogue metrics (``catalogue.resolve``)."""
    at: KeyPath = ("panels", name)
    if panel.drill and known.layouts and panel.drill.layout not in known.layouts and "/" not in panel.drill.layout:
        message = f"unknown layout {panel.drill.layout!r}{hint(panel.drill.layout, known.layouts)}"
        yield Remark((*at, "drill", "layout"), message)
    if isinstance(panel, QueryPanel):
        yield from _looks(at, panel, known.catalogue)
        yield from _questions(at, panel, layout, known)
    if isinstance(panel, QueryPanel | LogsSpec):
        yield from _narrowing((*at, "where"), panel.where, layout)
    yield from chosen_remarks(at, panel, known)
    if isinstance(panel, TableSpec):
        yield from _columns(at, panel)
    if isinstance(panel, LogsSpec):
        yield from _feed(at, panel, layout, known)


def _narrowing(at: KeyPath, where: Mapping[str, str], layout: Layout) -> Iterator[Remark]:
    for label, value in where.items():
        for name in used(quoted(value)):
            if name not in layout.variables:
                yield Remark((*at, label), f"unknown variable ${name}{hint(name, layout.variables)}")


def _looks(at: KeyPath, panel: QueryPanel, catalogue: Catalogue | None) -> Iterator[Remark]:
    yield from _unit((*at, "unit"), panel.unit)
    yield from threshold_remarks((*at, "thresholds"), panel.thresholds or ())
    for index, item in enumerate(panel.queries):
        yield from _unit((*at, "queries", index, "unit"), item.unit)
        yield from threshold_remarks((*at, "queries", index, "thresholds"), item.thresholds or ())
    if panel.min is not None and panel.max is not None and panel.min >= panel.max:
        yield Remark((*at, "max"), f"max {panel.max:g} is not above min {panel.min:g}")
    if panel.step and panel.range and panel.step > panel.range:
        yield Remark((*at, "step"), "the step is longer than the range")
    for index, mapping in enumerate(panel.mappings):
        yield from _mapping((*at, "mappings", index), mapping)
    if catalogue and panel.runbook and not _URL.match(panel.runbook):
        runbooks = {metric.runbook for metric in catalogue.metrics.values() if metric.runbook}
        if panel.runbook not in runbooks:
            yield Remark((*at, "runbook"), f"unknown runbook {panel.runbook!r}{hint(panel.runbook, runbooks)}")


def _unit(at: KeyPath, unit: str | None) -> Iterator[Remark]:
    if unit and not is_known(unit):
        near = hint(unit, UNITS)
        yield Remark(at, f"unknown unit {unit!r} is shown as a suffix{near}", "warning")


def _mapping(at: KeyPath, mapping: ValueMapping) -> Iterator[Remark]:
    if mapping.from_ is not None and mapping.to is not None and mapping.from_ > mapping.to:
        yield Remark(at, f"from {mapping.from_:g} is above to {mapping.to:g}; this matches nothing")
    if mapping.value is None and mapping.from_ is None and mapping.to is None and not mapping.nan:
        yield Remark(at, "a mapping needs 'value', 'from', 'to' or 'nan: true'")


def threshold_remarks(at: KeyPath, specs: Sequence[ThresholdSpec]) -> Iterator[Remark]:
    """Levels that never show: the further a value goes, the more severe it has to be."""
    levels = [(index, spec.threshold()) for index, spec in enumerate(specs)]
    for below, word in ((False, "above"), (True, "below")):
        side = sorted(
            (pair for pair in levels if pair[1].below == below), key=lambda pair: pair[1].value, reverse=below
        )
        for (_, nearer), (index, further) in itertools.pairwise(side):
            if further.value == nearer.value:
                yield Remark((*at, index), f"two levels {word} {further.value:g}")
            elif further.severity.rank <= nearer.severity.rank:
                message = (
                    f"{word} {further.value:g} ({further.severity}) never shows: "
                    f"{word} {nearer.value:g} is {nearer.severity} already"
                )
                yield Remark((*at, index), message)


def _columns(at: KeyPath, panel: TableSpec) -> Iterator[Remark]:
    count = max(1, len(panel.queries))
    for index, column in enumerate(panel.columns):
        here = (*at, "columns", index)
        if (column.label is None) == (column.query is None):
            yield Remark(here, "a column needs exactly one of 'label' and 'query'")
        if column.query is not None and not 0 <= column.query < count:
            yield Remark((*here, "query"), f"there is no query {column.query}; the last is {count - 1}")
        yield from _unit((*here, "unit"), column.unit)
        yield from threshold_remarks((*here, "thresholds"), column.thresholds or ())
    titles = [column.title or column.label or "" for column in panel.columns]
    wanted = (panel.sort or "").removeprefix("-")
    if wanted and all(titles) and titles and wanted not in titles:
        yield Remark((*at, "sort"), f"no column is called {wanted!r}{hint(wanted, titles)}")


def _questions(at: KeyPath, panel: QueryPanel, layout: Layout, known: Known) -> Iterator[Remark]:
    logs = isinstance(panel, LogPanel)
    servers = _servers(known, logs=logs)
    yield from _source((*at, "source"), panel.source, servers, known)
    asked = [((*at, "query"), panel.query, panel.source, logs)]
    for index, item in enumerate(panel.queries):
        here = (*at, "queries", index)
        yield from _source((*here, "source"), item.source, known.loki if item.language == "logql" else servers, known)
        if (item.query is None) == (item.metric is None):
            yield Remark(here, "a question needs exactly one of 'query' and 'metric'")
        source = item.source or panel.source
        asked.append(((*here, "query"), item.query, source, logs or item.language == "logql"))
    for path, expr, source, logql in asked:
        if expr is None:
            continue
        if not expr.strip():
            yield Remark(path, "the query is empty")
        elif logql or (source not in known.prometheus and _loki(source) in known.loki):
            yield from log_remarks(path, expr, layout, lines=logs)
        else:
            interval, more = known.scrape_interval(source), known.metricsql(source)
            for message, severity in expression_remarks(expr, layout.variables, interval, more):
                yield Remark(path, message, severity)


def _servers(known: Known, *, logs: bool) -> Mapping[str, Server]:
    """The servers a panel may name: of lines a Loki, of numbers any; none where one kind is not known."""
    if logs or not known.prometheus:
        return known.loki if logs else {}
    return {**known.loki, **known.prometheus}


def _feed(at: KeyPath, panel: LogsSpec, layout: Layout, known: Known) -> Iterator[Remark]:
    yield from _source((*at, "source"), panel.source, known.loki, known)
    if panel.query is not None:
        yield from log_remarks((*at, "query"), panel.query, layout, lines=True)
    try:
        parse_filter(panel.filter)
    except ValueError as error:
        yield Remark((*at, "filter"), str(error))


def log_remarks(at: KeyPath, expr: str, layout: Layout, *, lines: bool) -> Iterator[Remark]:
    """What is wrong with a LogQL query: its variables, its syntax, lines where a number is wanted and the reverse."""
    try:
        tree = parse(interpolate(expr, stand_ins(layout.variables)))
    except QueryError as error:
        yield Remark(at, str(error))
        return
    if lines and not is_log(tree):
        yield Remark(at, "this counts lines, and the panel wants the lines: a selector and its stages, no aggregation")
    if not lines and is_log(tree):
        yield Remark(at, "this gives lines, and the panel draws numbers: sum(count_over_time(…[5m])), or kind: logs")


def _source(at: KeyPath, source: str | None, servers: Mapping[str, Server], known: Known) -> Iterator[Remark]:
    """A name that a Prometheus has too is written ``loki:NAME`` where the Loki is meant."""
    if source and servers and source not in servers and not (source != _loki(source) and _loki(source) in known.loki):
        yield Remark(at, f"unknown server {source!r}{hint(source, servers)}")


def _loki(source: str | None) -> str:
    return (source or "").removeprefix("loki:")
