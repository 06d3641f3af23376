"""From alerts and series to the log lines behind them: the catalogue's log queries, narrowed to the labels at hand.

Values come from strangers: each is quoted whole, so that none can end its string, and a ``$`` is no variable of a layout.
"""

from __future__ import annotations

from collections.abc import Mapping

from noc.catalogue.logql import LogQLError, filtered, parse, quoted, written
from noc.catalogue.metrics import Catalogue, Metric
from noc.model.series import Labels

CONTEXT = "context_"
"""What Loki's ``json`` puts before the fields of a line's ``context`` (corrections 19)."""


def literal(value: str) -> str:
    """A value as a LogQL string that no variable of a layout can stand in."""
    return quoted(value).replace("$", "\\x24")


def only(query: str, field: str, value: str) -> str:
    """The log query, of lines with that value in a field or label."""
    return filtered(query, f"{field}={literal(value)}")


def alert_lines(name: str, labels: Labels, catalogue: Catalogue) -> str:
    """The log query of an alert by its name and labels; empty where the catalogue knows none."""
    metric = next((one for one in catalogue.metrics.values() if one.alert == name), None)
    return metric_lines(metric, dict(labels), catalogue)


def metric_lines(metric: Metric | None, labels: Mapping[str, str], catalogue: Catalogue) -> str:
    """The log query behind a catalogue entry and one of its series, of lines whose fields agree with the labels that mean
    the same; empty where there is none."""
    known = metric is not None and metric.logs is not None
    query = (metric.logs if metric is not None else None) or catalogue.log_fallback or ""
    if not query:
        return ""
    places = {**catalogue.log_labels, **(metric.log_labels if metric is not None and known else {})}
    narrowed = query
    for label, field in places.items():
        value = labels.get(label, "")
        if value and field not in query:  # not in what is narrowed already: there a stranger may have written it
            narrowed = only(narrowed, field, value)
    return narrowed


def whole(query: str) -> str:
    """A query in which everything is filled in, so that nothing in it is read as a variable when it stands in a layout
    again. One that cannot be read is left alone: its panel says so."""
    if "$" not in query:
        return query
    try:
        return written(parse(query)).replace("$", "\\x24")
    except LogQLError:
        return query


def field_of(placeholder: str, catalogue: Catalogue) -> str:
    """The field of log lines that may fill a runbook's placeholder."""
    return catalogue.log_labels.get(placeholder, CONTEXT + placeholder)
