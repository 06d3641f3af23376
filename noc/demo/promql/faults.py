"""What can be wrong with a query, apart by who is told: the author of the expression, or the data's owner."""

from __future__ import annotations

from noc.model.errors import QueryError


class ParseError(QueryError):
    """The expression or a parameter is not valid: Prometheus answers 400 bad_data."""


class ExecutionError(QueryError):
    """The data do not allow the evaluation, in Prometheus's own words: 422 execution."""


class UnsupportedError(QueryError):
    """Valid PromQL that the demo does not evaluate; it is refused rather than answered wrongly."""


SAME_LABELSET = "vector cannot contain metrics with the same labelset"
