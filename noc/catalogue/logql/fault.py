"""What is wrong with a LogQL text, in Loki's words."""

from __future__ import annotations

from noc.model.errors import QueryError


class LogQLError(QueryError):
    """A query that is no LogQL. ``line`` and ``column`` are 1-based, and 0 where the fault has no place of its own.

    ``str()`` is the whole sentence as Loki says it, ``reason`` is the part after the position.
    """

    def __init__(self, reason: str, line: int = 0, column: int = 0) -> None:
        place = f" at line {line}, col {column}:" if line else " :"
        super().__init__(f"parse error{place} {reason}")
        self.reason = reason
        self.line = line
        self.column = column
