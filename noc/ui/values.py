"""The values a query variable can take, asked from its server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from noc.config.layout import QueryVariable
from noc.config.nearest import hint
from noc.engine.logplan import loki_key, loki_named
from noc.engine.variables import Values, interpolate
from noc.model.errors import NocError, QueryError
from noc.runtime import Runtime

if TYPE_CHECKING:
    from noc.ui.board import Board

LOOK_BACK = 3600.0
"""Seconds of the past in which a value must have been seen at least, however short the wall's range."""


async def load(board: Board, names: Iterable[str]) -> None:
    """Ask for the values of the named variables, in the layout's order: one may stand in the next one's question.

    What fails leaves the others alone; the first SourceError or QueryError is raised at the end.
    """
    failures: list[NocError] = []
    for name in names:
        variable = board.page.layout.variables.get(name)
        if isinstance(variable, QueryVariable):
            try:
                board.known[name] = await values_of(name, variable, board.values, board.span, board.runtime)
            except NocError as error:
                failures.append(error)
    if failures:
        raise failures[0]


async def values_of(name: str, variable: QueryVariable, chosen: Values, span: float, runtime: Runtime) -> list[str]:
    """The values, sorted; ``chosen`` fills in other variables. SourceError, or QueryError for what cannot be asked."""
    if variable.parts is None:
        raise QueryError(f"{name}: write label_values(metric, label) or label_values(label)")
    selector, label = variable.parts
    if variable.language == "logql":
        server = loki_key(loki_named(variable.source, runtime.log_servers), runtime.servers)
    else:
        server = variable.source or next(iter(runtime.sources), "")
    source = runtime.sources.get(server)
    if source is None:
        raise QueryError(f"{name}: there is no Prometheus named {server!r}{hint(server, runtime.sources)}")
    try:
        pattern = re.compile(variable.regex or "")
    except re.error as error:
        raise QueryError(f"{name}: {variable.regex!r} is no regular expression: {error.msg}") from None
    now = runtime.clock.now()
    values = await source.label_values(label, interpolate(selector, chosen), now - max(span, LOOK_BACK), now)
    return [value for value in values if pattern.search(value)]
