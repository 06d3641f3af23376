"""PromQL for the embedded world: a stated subset, evaluated as Prometheus 2.42 evaluates it, the rest refused.

``evaluate_instant`` and ``evaluate_range`` read a ``SampleSource``. Refusals are QueryErrors: ParseError (the expression
is wrong), ExecutionError (the data do not allow it), UnsupportedError (valid, but outside the subset of ``SUPPORTED``).
"""

from noc.demo.promql.calls import SUPPORTED
from noc.demo.promql.faults import ExecutionError, ParseError, UnsupportedError
from noc.demo.promql.result import (
    Edges,
    Options,
    Points,
    QueryResult,
    evaluate_instant,
    evaluate_range,
    evaluate_ranges,
)

__all__ = [
    "SUPPORTED",
    "Edges",
    "ExecutionError",
    "Options",
    "ParseError",
    "Points",
    "QueryResult",
    "UnsupportedError",
    "evaluate_instant",
    "evaluate_range",
    "evaluate_ranges",
]
