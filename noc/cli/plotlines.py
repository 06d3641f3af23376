"""``noc plot`` on a Loki: which server a text is for, and the lines of a log query instead of a chart."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, tzinfo

from noc.catalogue import logql
from noc.engine.variables import builtins, interpolate
from noc.model.logs import LogLine
from noc.model.text import clean

WIDEST = 2000
"""Columns of a printed line at most; whole lines are for ``--json``."""


def speaks_logql(text: str, *, prometheus: bool, loki: bool, named: bool) -> bool:
    """Whether a text is for Loki: because there is no other server, or it is the one ``named`` on the command line; else
    because it reads as LogQL. Much does so in both languages, but in PromQL hardly any selector stands without a metric."""
    if not loki or not prometheus or named:
        return loki
    filled = interpolate(text, builtins(step=60.0, span=3600.0, scrape_interval=15.0))
    try:
        return any(logql.selectors(logql.parse(filled))) and "__name__" not in text
    except logql.LogQLError:
        return False


def gives_lines(text: str) -> bool:
    """Whether a text is a log query; what cannot be read is left to the server to refuse."""
    try:
        return logql.is_log(logql.parse(text))
    except logql.LogQLError:
        return False


def print_lines(lines: Sequence[LogLine], zone: tzinfo) -> None:
    """A line a row, the newest last, each harmless and on one row."""
    for line in lines:
        level = line.label("detected_level") or line.label("level")
        at = datetime.fromtimestamp(line.seconds, zone)
        print(
            f"{at:%Y-%m-%d %H:%M:%S}.{line.at // 1_000_000 % 1000:03d} {clean(level, 10):<8} {clean(line.text, WIDEST)}"
        )


def print_lines_json(lines: Sequence[LogLine]) -> None:
    """``{"lines": [{"at", "text", "labels", "metadata"}]}`` on standard output, the newest last; ``at`` in nanoseconds, as
    a string: most readers of JSON would round the number."""
    import orjson

    from noc.cli.alerting import as_text

    told = [
        {"at": str(one.at), "text": one.text, "labels": dict(one.labels), "metadata": dict(one.metadata)}
        for one in lines
    ]
    sys.stdout.write(as_text(orjson.dumps({"lines": told})) + "\n")
