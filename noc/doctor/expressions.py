"""PromQL read before it is asked: syntax, what cannot be drawn, windows too short to hold two samples.

Variables are replaced by stand-ins first, with the same rules as on the wall, so that what passes here parses there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import promql_parser as promql

from noc.config.layout import ListVariable, QueryVariable, Variable
from noc.config.nearest import hint
from noc.engine.variables import ALL, Values, builtins, interpolate
from noc.model.errors import QueryError
from noc.model.timerange import format_duration

SCRAPES = 4
"""A window holds two samples for sure only when it spans four scrapes (protocols.md 1.4)."""

NEEDS_TWO = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "resets", "changes"})
"""Functions that say nothing about a single sample."""

STAND_INS = ("x", "5m", "1")
"""For a variable whose values are not known yet: a name, a duration, a number."""

FUNCTIONS = """
abs absent absent_over_time avg_over_time ceil changes clamp clamp_max clamp_min count_over_time day_of_month
day_of_week days_in_month delta deriv exp floor histogram_avg histogram_count histogram_fraction histogram_quantile
histogram_sum hour idelta increase irate label_join label_replace last_over_time ln log2 log10 max_over_time
min_over_time minute month predict_linear present_over_time quantile_over_time rate resets round scalar sgn sort
sort_desc sqrt stddev_over_time stdvar_over_time sum_over_time time timestamp vector year
"""
"""The functions a misspelt one may have meant."""

_UNKNOWN_FUNCTION = re.compile(r"unknown function with name '([^']*)'")
_WORDS = {"invalid promql query": "an operator, an operand or a comma is missing or too many"}

Said = tuple[str, str]
"""Message and severity."""


def expression_remarks(
    expr: str, variables: Mapping[str, Variable], scrape_interval: float, metricsql: bool = False
) -> Iterator[Said]:
    """What is wrong with the expression of a panel. ``metricsql``: the server reads more than this parser does."""
    try:
        tree = _parsed(expr, variables, scrape_interval)
    except QueryError as error:
        yield str(error), "error"
        return
    except ValueError as error:
        if not metricsql:
            yield f"no valid PromQL: {_plain(str(error))}", "error"
        return
    while isinstance(tree, promql.ParenExpr):
        tree = tree.expr
    if isinstance(tree, (promql.MatrixSelector, promql.SubqueryExpr)):
        yield "this is a range vector and cannot be drawn; put rate(…) or an …_over_time(…) around it", "error"
    if isinstance(tree, promql.StringLiteral):
        yield "this is a string and cannot be drawn", "error"
    yield from _windows(tree, scrape_interval)


def _parsed(expr: str, variables: Mapping[str, Variable], scrape_interval: float) -> Any:
    """The syntax tree with the first stand-in that fits. ValueError of the parser, QueryError of the variables."""
    failure = ValueError("invalid")
    for stand_in in STAND_INS:
        text = interpolate(expr, stand_ins(variables, stand_in, scrape_interval))
        try:
            return promql.parse(text)
        except ValueError as error:
            failure = failure if failure.args != ("invalid",) else error
            if text == expr:
                break
    raise failure


def stand_ins(variables: Mapping[str, Variable], stand_in: str = STAND_INS[0], scrape_interval: float = 15.0) -> Values:
    """A value for every variable, built-in ones included."""
    known = builtins(step=scrape_interval, span=3600.0, scrape_interval=scrape_interval)
    return {**known, **{name: _chosen(variable, stand_in) for name, variable in variables.items()}}


def _chosen(variable: Variable, stand_in: str) -> tuple[str, ...]:
    """The most that can be chosen: whoever allows several must cope with several."""
    if isinstance(variable, ListVariable):
        return variable.values[:2] if variable.multi else variable.values[:1]
    if isinstance(variable, QueryVariable):
        return (ALL,) if variable.all else (stand_in, f"{stand_in}2") if variable.multi else (stand_in,)
    return (variable.default or stand_in,)


def _plain(text: str) -> str:
    """The parser's words on one line, and the nearest function to one that does not exist."""
    unknown = _UNKNOWN_FUNCTION.search(text)
    if unknown:
        return f"unknown function {unknown[1]!r}{hint(unknown[1], FUNCTIONS.split())}"
    words = re.sub(r"\s+", " ", text).strip().rstrip(".")
    return _WORDS.get(words, words) or "it does not parse"


def _windows(tree: Any, scrape_interval: float) -> Iterator[Said]:
    least = SCRAPES * scrape_interval
    seen: set[float] = set()
    for function, window in _calls(tree):
        seconds = window.total_seconds()
        if seconds < least - 1e-9 and seconds not in seen:
            seen.add(seconds)
            yield (
                f"{function}(…[{format_duration(seconds)}]) spans less than {SCRAPES} scrapes of "
                f"{format_duration(scrape_interval)} and is often empty; write [$__rate_interval]",
                "error",
            )


def _calls(tree: Any) -> Iterator[tuple[str, timedelta]]:
    """Calls that need two samples, with their windows over raw series."""
    found: list[tuple[str, timedelta]] = []

    def visit(node: Any) -> bool:
        if isinstance(node, promql.Call) and node.func.name in NEEDS_TWO:
            found.extend((node.func.name, arg.range) for arg in node.args if isinstance(arg, promql.MatrixSelector))
        return True

    promql.walk(tree, visit, None)
    yield from found
