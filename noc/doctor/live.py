"""Layouts and the catalogue's contract held against a server: does each query run, does it find anything.

The server comes as a MetricInventory and a function that evaluates one expression now; both block and raise
SourceErrors. A refused query is an error, one that finds nothing a warning: a quiet system has such series too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import promql_parser as promql

from noc.catalogue.contract import Contract, SeriesSpec
from noc.catalogue.logql import counted
from noc.config.document import Document, KeyPath
from noc.config.layout import Layout, ListVariable, QueryVariable, TextVariable, Variable
from noc.config.logpanels import LogPanel, LogsSpec
from noc.config.nearest import hint
from noc.config.panels import QueryItem, QueryPanel
from noc.doctor.remark import Remark, as_faults
from noc.engine.variables import builtins, interpolate
from noc.model.errors import BadQuery, Fault, QueryError
from noc.model.ports import MetricInventory
from noc.model.series import Answer
from noc.model.timerange import format_duration

SAMPLED = 3
"""Series of a family that are looked at for its labels."""


class Answers:
    """What a server said during one check: its answers are kept, so that nothing is asked twice."""

    def __init__(self, query: Callable[[str], Answer]) -> None:
        self._query = query
        self._known: dict[str, Answer | BadQuery] = {}

    def ask(self, expr: str) -> Answer:
        """Evaluate now. BadQuery when the server refuses the expression; other SourceErrors end the check."""
        if expr not in self._known:
            try:
                self._known[expr] = self._query(expr)
            except BadQuery as error:
                self._known[expr] = error
        answer = self._known[expr]
        if isinstance(answer, BadQuery):
            raise answer
        return answer


class LiveServer(Answers):
    """One metric server during one check."""

    def __init__(
        self, inventory: MetricInventory, query: Callable[[str], Answer], scrape_interval: float = 15.0
    ) -> None:
        super().__init__(query)
        self.inventory = inventory
        self.scrape_interval = scrape_interval
        self._names: frozenset[str] | None = None

    def names(self) -> frozenset[str]:
        """Every metric name of the server."""
        if self._names is None:
            self._names = frozenset(self.inventory.names())
        return self._names


class LiveLogs(Answers):
    """One log server during one check. ``query`` evaluates a metric query now, ``label_values`` takes label and selector."""

    def __init__(self, query: Callable[[str], Answer], label_values: Callable[[str, str], Sequence[str]]) -> None:
        super().__init__(query)
        self.label_values = label_values


@dataclass(frozen=True, slots=True)
class LiveServers:
    """The servers of an environment by name, the default one of each kind first; there may be none of one kind."""

    by_name: Mapping[str, LiveServer]
    logs: Mapping[str, LiveLogs] = field(default_factory=dict)

    def log(self, *sources: str | None) -> LiveLogs | None:
        """The first log source that is named and known, else the default one; None where there is none."""
        known = (self.logs[source] for source in sources if source is not None and source in self.logs)
        return next(known, next(iter(self.logs.values()), None))

    def of(self, *sources: str | None) -> LiveServer:
        """The first source that is named and known, else the default server."""
        known = (self.by_name[source] for source in sources if source is not None and source in self.by_name)
        return next(known, next(iter(self.by_name.values())))


def check_layout(layout: Layout, document: Document, servers: LiveServers) -> list[Fault]:
    """What the servers say to a layout whose panels are resolved; faults stand at the layout's own lines."""
    missing = [name for name in layout.needs if name not in servers.of().names()] if servers.by_name else []
    if missing:
        message = f"the server has no {', '.join(missing)}; this layout is of no use there"
        return as_faults([Remark(("needs",), message, "warning")], document)
    remarks: list[Remark] = []
    values: dict[str, tuple[str, ...]] = {}
    for name, variable in layout.variables.items():
        try:
            values[name] = _value(variable, values, servers)
        except (BadQuery, QueryError) as error:
            remarks.append(Remark(("variables", name, "query"), f"the server refuses it: {error}"))
        if not values.get(name):
            values[name] = ("",)
            remarks.append(Remark(("variables", name), "the server has no value for it", "warning"))
    for name, panel in layout.panels.items():
        if isinstance(panel, (QueryPanel, LogsSpec)):
            remarks += _lines(name, panel, layout, values, servers)
        if isinstance(panel, QueryPanel) and servers.by_name and not isinstance(panel, LogPanel):
            remarks += _panel(name, panel, layout, values, servers)
    return sorted(as_faults(remarks, document))


def _panel(
    name: str, panel: QueryPanel, layout: Layout, values: dict[str, tuple[str, ...]], servers: LiveServers
) -> Iterator[Remark]:
    span = panel.range or layout.range
    for index, item in enumerate(panel.queries):
        if item.query is None or _in_logql(item, panel, servers):
            continue
        server = servers.of(item.source, panel.source)
        known = builtins(step=server.scrape_interval, span=span, scrape_interval=server.scrape_interval)
        at = ("panels", name, "queries", index)
        try:
            expr = interpolate(item.query, {**known, **values})
            answer = server.ask(expr)
        except (BadQuery, QueryError) as error:
            yield Remark(at, f"the server refuses it: {error}")
            continue
        for warning in answer.warnings:
            yield Remark(at, f"the server warns: {warning}", "warning")
        if not answer.series and not panel.optional:
            yield Remark(at, f"finds nothing{_why(expr, server.names())}", "warning")


def _in_logql(item: QueryItem, panel: QueryPanel, servers: LiveServers) -> bool:
    source = item.source or panel.source
    named = source is not None and source in servers.logs and source not in servers.by_name
    return isinstance(panel, LogPanel) or item.language == "logql" or named


def _lines(
    name: str, panel: QueryPanel | LogsSpec, layout: Layout, values: dict[str, tuple[str, ...]], servers: LiveServers
) -> Iterator[Remark]:
    """What the log servers say to a panel: of lines whether there are any in its range, of numbers as of any metric."""
    span = panel.range or layout.range
    asked: list[tuple[KeyPath, str | None, str | None]]
    if isinstance(panel, LogsSpec):
        asked = [(("panels", name, "query"), panel.query, panel.source)]
    else:
        items = [(index, item) for index, item in enumerate(panel.queries) if _in_logql(item, panel, servers)]
        asked = [(("panels", name, "queries", at), one.query, one.source or panel.source) for at, one in items]
    for at, query, source in asked:
        server = servers.log(source)
        if server is None or query is None:
            continue
        try:
            expr = interpolate(query, {**builtins(step=60.0, span=span, scrape_interval=15.0), **values})
            lines = isinstance(panel, (LogsSpec, LogPanel))
            answer = server.ask(counted(expr, format_duration(span)) if lines else expr)
        except (BadQuery, QueryError) as error:
            yield Remark(at, f"the server refuses it: {error}")
            continue
        if not answer.series and not panel.optional:
            yield Remark(at, f"finds no lines in {format_duration(span)}", "warning")


def selected(expr: str) -> tuple[str, ...]:
    """Metric names of an expression's selectors, each once, in order."""
    found: dict[str, None] = {}

    def visit(node: object) -> bool:
        if isinstance(node, promql.VectorSelector) and node.name:
            found[str(node.name)] = None
        return True

    promql.walk(promql.parse(expr), visit, None)
    return tuple(found)


def _why(expr: str, names: Collection[str]) -> str:
    try:
        absent = [name for name in selected(expr) if name not in names]
    except ValueError:
        return ""  # the server reads more than this parser does
    if not absent:
        return "; its series exist, so look at the labels"
    return f": the server has no {absent[0]}{hint(absent[0], names)}"


def _value(variable: Variable, values: dict[str, tuple[str, ...]], servers: LiveServers) -> tuple[str, ...]:
    """One value as the wall would choose it: the default, else the first there is."""
    if variable.default:
        return (variable.default,) if isinstance(variable.default, str) else variable.default
    if isinstance(variable, TextVariable):
        return ("",)
    if isinstance(variable, ListVariable):
        return variable.values[:1]
    if variable.language == "logql" or (variable.source in servers.logs and variable.source not in servers.by_name):
        server = servers.log(variable.source)
        return _logged(variable, values, server) if server is not None else ()
    return _first(variable, values, servers.of(variable.source)) if servers.by_name else ()


def _logged(variable: QueryVariable, values: dict[str, tuple[str, ...]], server: LiveLogs) -> tuple[str, ...]:
    if variable.parts is None:
        return ()
    selector, label = variable.parts
    found = server.label_values(label, interpolate(selector, values))
    return tuple(value for value in found if not variable.regex or re.search(variable.regex, value))[:1]


def _first(variable: QueryVariable, values: dict[str, tuple[str, ...]], server: LiveServer) -> tuple[str, ...]:
    if variable.parts is None:
        return ()
    selector, label = variable.parts
    if selector:
        answer = server.ask(f"group by ({label}) ({interpolate(selector, values)})")
        found: Sequence[str] = sorted(series.label(label) for series in answer.series)
    else:
        found = server.inventory.label_values(label)
    fitting = [value for value in found if not variable.regex or re.search(variable.regex, value)]
    return tuple(fitting[:1])


def check_contract(
    contract: Contract, document: Document, families: Collection[str], server: LiveServer
) -> list[Fault]:
    """Whether the series the catalogue asks for exist, with the type and the labels it counts on.

    ``families`` limits the check to those; ``document`` is the contract's file, for the lines.
    """
    types = {name: entry.type for name, entry in server.inventory.metadata().items()}
    remarks: list[Remark] = []
    for family, spec in contract.series.items():
        if family in families:
            remarks += _family(family, spec, types, server)
    return sorted(as_faults(remarks, document))


def families_of(contract: Contract, expressions: Collection[str]) -> frozenset[str]:
    """The contract's families that expressions ask for."""
    owner = {wire: family for family, spec in contract.series.items() for wire in spec.exposed(family)}
    names: set[str] = set()
    for expr in expressions:
        try:
            names.update(selected(expr))
        except ValueError:
            continue  # the lint has said so
    return frozenset(owner[name] for name in names if name in owner)


def _family(family: str, spec: SeriesSpec, types: dict[str, str], server: LiveServer) -> Iterator[Remark]:
    at = ("series", family)
    exposed = spec.exposed(family)
    absent = [name for name in exposed if name not in server.names()]
    if absent:
        near = hint(absent[0], server.names())
        born = "; it is born with its first event" if spec.sparse else ""
        yield Remark(at, f"the server has no {absent[0]}{born or near}", "warning" if spec.sparse else "error")
        return
    known = types.get(family) or types.get(family.removesuffix("_total"))
    if known not in (None, "unknown", "untyped", spec.type):
        yield Remark(at, f"is a {known} on the server, not a {spec.type}")
    name, labels = next(iter(exposed.items()))
    seen = {label for series in server.ask(f"topk({SAMPLED}, {name})").series for label, _ in series.labels}
    lacking = sorted(labels - seen) if seen else []
    if lacking:
        yield Remark(at, f"{name} has no label {', '.join(lacking)} on the server")
