"""From panels of log lines to what is asked: feeds of lines, and counts of them as metric queries.

A log query is its author's; the counting around it is noc's, so that one unparsable line never fails a whole panel
(``| __error__=""``, protocols.md 6.3) and the label that is counted by is named once.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from noc.catalogue.logql import counted, filtered, guarded
from noc.config.logpanels import LogRateSpec, LogsSpec, TopSpec
from noc.engine.variables import Values, builtins, interpolate
from noc.model.errors import QueryError
from noc.model.logs import FeedQuery, Follow
from noc.model.timerange import format_duration

NO_LOKI = "no Loki is configured; give one with --loki URL or run noc init"

WIDER = 5
"""A top list's course is asked for so many times its rows, as ranks change from step to step."""

SLOWEST = 60.0
"""Seconds between two questions for counts over a long range at most; each reads all its lines again."""


def loki_key(name: str, metrics: Mapping[str, object]) -> str:
    """What a Loki is called among the servers that answer metric queries: its name, unless a Prometheus has it."""
    return f"loki:{name}" if name in metrics else name


def loki_named(name: str | None, logs: Mapping[str, object]) -> str:
    """The configured Loki of that name, the first one by default; QueryError names what there is."""
    if not logs:
        raise QueryError(NO_LOKI)
    if name is None:
        return next(iter(logs))
    bare = name.removeprefix("loki:")
    if bare in logs:
        return bare
    near = get_close_matches(name, list(logs), 1)
    hint = f"did you mean {near[0]}?" if near else f"configured: {', '.join(logs)}"
    raise QueryError(f"no Loki named {name}; {hint}")


def feed_of(
    spec: LogsSpec, values: Values, span: float, end: float | None, scrape: float, logs: Mapping[str, object]
) -> FeedQuery:
    """The feed of a logs panel. ``span`` and ``end`` are the wall's window; QueryError says why there is none."""
    source = loki_named(spec.source, logs)
    own = builtins(step=scrape, span=span, scrape_interval=scrape)
    text = interpolate(spec.query or "", {**values, **own})
    return FeedQuery(source, text, span, end, spec.limit, Follow(spec.follow), spec.refresh)


def rate_of(spec: LogRateSpec, text: str, step: float) -> str:
    """Lines a second by level: a range query on a grid of ``step`` seconds."""
    return f"{counted(text, format_duration(step), (spec.by,))} / {step:g}"


def labels_of(spec: TopSpec) -> tuple[str, ...]:
    """The labels a top list counts by."""
    return (spec.by,) if isinstance(spec.by, str) else spec.by


def named_lines(spec: TopSpec, text: str) -> str:
    """The log query without the lines that lack the label: nobody attacks from an address that no line tells."""
    return filtered(text, f'{labels_of(spec)[0]}!=""') if guarded(text) != text else text


def top_of(spec: TopSpec, text: str, span: float) -> str:
    """The rows: the values with the most lines in the range."""
    return f"topk({spec.top}, {counted(text, format_duration(span), labels_of(spec))})"


def new_of(spec: TopSpec, text: str, span: float) -> str:
    """Of the rows those that had no line in the range before."""
    by, window = labels_of(spec), format_duration(span)
    return f"{top_of(spec, text, span)} unless {counted(text, window, by, offset=window)}"


def course_of(spec: TopSpec, text: str, step: float) -> str:
    """Lines in each step, of more values than are shown: what leads over the range need not lead in each step."""
    return f"topk({WIDER * spec.top}, {counted(text, format_duration(step), labels_of(spec))})"


def touched_of(spec: TopSpec, text: str, span: float) -> str:
    """How many values of another label each row has."""
    by = labels_of(spec)
    known = filtered(text, f'{spec.touched}!=""')
    return f"count by ({', '.join(by)}) ({counted(known, format_duration(span), (*by, spec.touched or ''))})"


def unhurried(refresh: float, span: float) -> float:
    """Seconds between two questions for a count over the whole range: a hundred and twentieth of it, a minute at most."""
    return max(refresh, min(SLOWEST, span / 120))
