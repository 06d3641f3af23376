"""What can be wrong with a query besides its text, each told as Loki tells it: 400 with plain text."""

from __future__ import annotations

from noc.catalogue.logql import quoted
from noc.model.errors import QueryError
from noc.model.series import Labels

ERROR = "__error__"
DETAILS = "__error_details__"

SERIES = 500
"""Loki's limit of series a query (max_query_series)."""


class UnsupportedError(QueryError):
    """Valid LogQL that the demo does not evaluate; it is refused rather than answered wrongly."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the demo does not evaluate {what}")


class PipelineError(QueryError):
    """A line that a stage could not read, met by a query that counts (protocols.md 6.3)."""

    def __init__(self, labels: Labels) -> None:
        kind = dict(labels).get(ERROR, "")
        super().__init__(
            f"pipeline error: '{kind}' for series: '{written(labels)}'.\n"
            f'Use a label filter to intentionally skip this error. (e.g | __error__!="{kind}").\n'
            'To skip all potential errors you can match empty errors.(e.g __error__="")\n'
            'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n'
        )


class LimitError(QueryError):
    """More series than a server's limit allows."""

    def __init__(self) -> None:
        super().__init__(
            f"maximum number of series ({SERIES}) reached for a single query; consider reducing query cardinality by "
            "adding more specific stream selectors, reducing the time range, or aggregating results with functions like "
            "sum(), count() or topk()"
        )


def written(labels: Labels) -> str:
    """A label set as Loki writes and sorts it: ``{a="1", b="2"}``."""
    return "{" + ", ".join(f"{name}={quoted(value)}" for name, value in labels) + "}"
