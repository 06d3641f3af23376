"""Queries made of queries, by their text: what a person wrote stays as it is, comments and all."""

from __future__ import annotations

from collections.abc import Sequence

from noc.catalogue.logql.fault import LogQLError
from noc.catalogue.logql.reading import parse
from noc.catalogue.logql.syntax import Expr, LogQuery, Parser


def is_log(expr: Expr) -> bool:
    """Whether an expression yields lines, and not samples."""
    return isinstance(expr, LogQuery)


def guarded(text: str) -> str:
    """A log query without the lines that its parser stage cannot read: one of them fails a whole metric query
    (protocols.md 6.3). As it was when it has no such stage, or minds ``__error__`` itself. Raises LogQLError."""
    if not _parsers(text) or "__error__" in text:
        return text
    return _with(text, '| __error__=""')


def counted(text: str, window: str, by: Sequence[str] = (), offset: str = "") -> str:
    """How many lines of a log query fell in ``window`` (``5m``), by these labels. Raises LogQLError.

    Variables must be filled in before.
    """
    whole = f"{_open(guarded(text))}[{window}]" + (f" offset {offset}" if offset else "")
    grouping = f" by ({', '.join(by)})" if by else ""
    return f"sum{grouping} (count_over_time({whole}))"


def filtered(text: str, label_filter: str) -> str:
    """A log query with one more label filter (``ip="203.0.113.1"``) at its end; ``json`` comes before it where nothing
    is read out of the lines yet. Raises LogQLError."""
    stage = f"| {label_filter}" if _parsers(text) else f"| json | {label_filter}"
    return _with(text, stage)


def _parsers(text: str) -> list[Parser]:
    """The parser stages of a log query."""
    found = parse(text)
    if not isinstance(found, LogQuery):
        raise LogQLError("only log selector is supported")
    return [stage for stage in found.stages if isinstance(stage, Parser)]


def _open(text: str) -> str:
    """A text that something can follow: a comment at its end would swallow it."""
    end = text.rstrip()
    return f"{end}\n" if "#" in end.rsplit("\n", 1)[-1] else f"{end} "


def _with(text: str, stage: str) -> str:
    return _open(text) + stage
