"""What panels count of the entries they show, in one pass over them once a poll."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from noc.engine.book import Book, Entry
from noc.model.alerts import AlertState
from noc.model.severity import Severity
from noc.ui.panels.kept import per_book


@dataclass(frozen=True, slots=True)
class Run:
    """Entries of one state and severity. ``loud``: nobody has them and nothing hides them."""

    loud: bool
    state: AlertState
    severity: Severity
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Tally:
    """Runs of like entries, in the book's order: most urgent first."""

    runs: tuple[Run, ...]

    @property
    def first(self) -> Entry | None:
        """The most urgent entry that nobody has."""
        return next((run.entries[0] for run in self.runs if run.loud), None)

    def loud(self, level: Severity) -> int:
        """How many of a severity nobody has."""
        return sum(len(run.entries) for run in self.runs if run.loud and run.severity is level)

    def taken(self, state: AlertState, levels: Iterable[Severity] = tuple(Severity)) -> int:
        """How many are in a state, and somebody has them or something hides them."""
        return sum(
            len(run.entries) for run in self.runs if not run.loud and run.state is state and run.severity in levels
        )


@per_book
def tally(book: Book, entries: tuple[Entry, ...]) -> Tally:
    """Of entries of the book; panels that show the same ones share it."""
    runs: list[Run] = []
    run = None
    for entry in entries:
        level, loud = entry.severity, entry.loud
        if run is None or run.state is not entry.state or run.severity is not level or run.loud is not loud:
            run = Run(loud, entry.state, level, [])
            runs.append(run)
        run.entries.append(entry)
    return Tally(tuple(runs))
