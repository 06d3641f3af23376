"""One line on its way through a pipeline, with the labels it has gathered."""

from __future__ import annotations

from collections.abc import Mapping

from noc.demo.logql.fault import DETAILS, ERROR
from noc.model.logs import LogLine
from noc.model.series import Labels

DUPLICATE = "_extracted"
"""What the name of a parsed label ends with where the stream has one of that name."""


class Row:
    """Labels in Loki's three kinds: of the stream, beside the line (``metadata``), read out of it (``parsed``).

    A parsed label hides the others of its name. ``stream`` is shared between rows and never changed.
    """

    __slots__ = ("at", "details", "error", "gone", "metadata", "parsed", "stream", "text")

    def __init__(self, line: LogLine, stream: Mapping[str, str]) -> None:
        self.at = line.at
        self.text = line.text
        self.stream = stream
        self.metadata = dict(line.metadata)
        if not stream.keys().isdisjoint(self.metadata):
            self.metadata = {name + DUPLICATE if name in stream else name: value for name, value in line.metadata}
        self.parsed: dict[str, str] = {}
        self.gone: set[str] = set()
        self.error = ""
        self.details = ""

    def get(self, name: str) -> str | None:
        """A label's value, or None where the row has none of that name."""
        if name in self.parsed:
            return self.parsed[name]
        if name in self.metadata:
            return self.metadata[name]
        return None if name in self.gone else self.stream.get(name)

    def compared(self, name: str) -> str:
        """What a condition on texts compares: an absent label is empty, and only here the error is a label."""
        return self.error if name == ERROR else self.get(name) or ""

    def taken(self, name: str) -> bool:
        """Whether a parsed label of this name gets the suffix."""
        return name in self.stream or name in self.metadata

    def fail(self, error: str, details: str = "") -> None:
        self.error, self.details = error, details

    def drop(self, name: str) -> None:
        if name == ERROR:
            self.error = ""
        elif name == DETAILS:
            self.details = ""
        else:
            self.parsed.pop(name, None)
            self.metadata.pop(name, None)
            self.gone.add(name)

    def rename(self, old: str, name: str) -> None:
        """Give a label another name; it stays of its kind."""
        value = self.get(old)
        if value is None:
            return
        if old in self.parsed:
            self.parsed[name] = value
        elif old in self.metadata:
            self.metadata[name] = value
        else:
            self.stream = {**self.stream, name: value}
            self.gone.discard(name)
        self.drop(old)

    def names(self) -> list[str]:
        return [*self.kept_stream(), *self.kept_metadata(), *self.parsed]

    def kept_stream(self) -> dict[str, str]:
        hidden = self.gone | self.parsed.keys() | self.metadata.keys()
        return {name: value for name, value in self.stream.items() if name not in hidden}

    def kept_metadata(self) -> dict[str, str]:
        return {name: value for name, value in self.metadata.items() if name not in self.parsed}

    def kept_parsed(self) -> dict[str, str]:
        """With the error, which counts as parsed."""
        if not self.error and not self.details:
            return self.parsed
        errors = {ERROR: self.error, DETAILS: self.details}
        return self.parsed | {name: value for name, value in errors.items() if value}

    def labels(self) -> Labels:
        """All of them, by name; empty ones do not exist."""
        merged = self.kept_stream() | self.metadata | self.kept_parsed()
        return tuple(sorted((name, value) for name, value in merged.items() if value))
