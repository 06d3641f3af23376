"""Alerts as trees and tables: grouped by any labels, severities in their own order, tenants counted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from noc.engine.alertmerge import urgency
from noc.engine.book import Book, Entry
from noc.model.alerts import AlertState, Silence, SilenceKind, SilenceState
from noc.model.severity import Severity, worst

ENDS_SOON = 600.0
"""Seconds before its end at which a silence with alerts beneath it gets a row."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries with equal values of some labels. ``words`` counts tenants: ``5 companies``."""

    key: str
    label: str
    value: str
    groups: tuple[Group, ...] = ()
    entries: tuple[Entry, ...] = ()
    """Every entry beneath, most urgent first."""
    words: str = ""

    @property
    def worst(self) -> Severity:
        return worst([entry.severity for entry in self.entries])

    @property
    def loud(self) -> int:
        return sum(entry.loud for entry in self.entries)

    @property
    def acked(self) -> int:
        return sum(entry.state is AlertState.ACKED for entry in self.entries)

    @property
    def hidden(self) -> int:
        return sum(entry.state not in (AlertState.ACTIVE, AlertState.ACKED) for entry in self.entries)

    @property
    def oldest(self) -> float:
        return min(entry.alert.starts_at for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a tree: a group's head or an entry. ``depth`` is how far it stands in."""

    key: str
    depth: int
    group: Group | None = None
    entry: Entry | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What an action on this row acts on."""
        if self.entry is not None:
            return (self.entry,)
        return self.group.entries if self.group else ()


def tree(
    entries: Iterable[Entry], group_by: Sequence[str], aggregate: Mapping[str, str], path: str = ""
) -> tuple[Group, ...]:
    """Groups by the first label, each grouped by the rest; the most urgent group first, severities by their rank."""
    if not group_by:
        return ()
    label, rest = group_by[0], group_by[1:]
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(_value(entry, label), []).append(entry)
    groups = []
    for value, members in found.items():
        ordered = tuple(sorted(members, key=urgency))
        key = f"{path}/{label}={value}"
        groups.append(
            Group(key, label, value, tree(ordered, rest, aggregate, key), ordered, counted(ordered, aggregate))
        )
    if label == "severity":
        return tuple(sorted(groups, key=lambda one: (-one.worst.rank, one.value)))
    return tuple(sorted(groups, key=lambda one: (*urgency(one.entries[0])[:3], one.value)))


def _value(entry: Entry, label: str) -> str:
    return entry.severity.value if label == "severity" else entry.alert.label(label)


def table(entries: Iterable[Entry], group_by: Sequence[str], aggregate: Mapping[str, str]) -> tuple[Group, ...]:
    """One group for each distinct set of values of the labels: ``SlowScope: 5 companies``."""
    found: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        found.setdefault(tuple(_value(entry, label) for label in group_by), []).append(entry)
    groups = []
    for values, members in found.items():
        ordered = tuple(sorted(members, key=urgency))
        key = "/" + "/".join(f"{label}={value}" for label, value in zip(group_by, values, strict=True))
        groups.append(
            Group(
                key,
                group_by[-1] if group_by else "",
                values[-1] if values else "",
                (),
                ordered,
                counted(ordered, aggregate),
            )
        )
    return tuple(sorted(groups, key=lambda one: urgency(one.entries[0])))


def counted(entries: Sequence[Entry], aggregate: Mapping[str, str]) -> str:
    """``5 companies`` where a group spans several values of an aggregate label; empty otherwise."""
    parts = []
    for label, plural in aggregate.items():
        values = {value for entry in entries if (value := entry.alert.label(label))}
        if len(values) > 1:
            parts.append(f"{len(values)} {plural}")
    return ", ".join(parts)


def rows(groups: Sequence[Group], closed: frozenset[str] = frozenset(), depth: int = 0) -> list[Row]:
    """The tree line by line. A folded group is its head alone; a group of one entry is that entry."""
    out: list[Row] = []
    for group in groups:
        if len(group.entries) == 1 and not (depth == 0 and group.groups):
            out.append(Row(group.entries[0].key, depth, None, group.entries[0]))
            continue
        out.append(Row(group.key, depth, group))
        if group.key in closed:
            continue
        if group.groups:
            out += rows(group.groups, closed, depth + 1)
        else:
            out += [Row(entry.key, depth + 1, None, entry) for entry in group.entries]
    return out


def frozen(current: Sequence[Row], order: Sequence[str] | None, book: Book) -> tuple[list[Row], int]:
    """The rows in the order they had when the list got the focus, and how many new ones wait.

    What resolved meanwhile stays where it was, as resolved; a group's row stands for what it held then.
    """
    if order is None:
        return list(current), 0
    known = {row.key: row for row in current}
    wanted = set(order)
    out = []
    for key in order:
        row = known.get(key)
        if row is None:
            entry = book.by_key.get(key) or _successor(key, book)
            if entry is not None:
                row = Row(key, 0, None, entry)
        elif row.group is not None:
            held = tuple(one for one in row.group.entries if one.key in wanted) or row.group.entries
            row = replace(row, group=replace(row.group, entries=held))
        if row is not None:
            out.append(row)
    waiting = sum(row.entry is not None and row.key not in wanted for row in current)
    return out, waiting


def _successor(key: str, book: Book) -> Entry | None:
    """The resolved firing that an entry under the cursor became."""
    return next((one for one in book.resolved if one.alert.fingerprint == key), None)


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence worth a row of its own: it ends soon with alerts beneath, or it hides nothing."""

    silence: Silence
    matches: int
    """Firing alerts it hides."""
    ends_soon: bool
    idle: bool

    @property
    def key(self) -> str:
        return f"silence:{self.silence.id}"


def hidden_by(book: Book) -> dict[str, int]:
    """How many firing alerts each silence hides, as the server counts: thousands of silences are not evaluated anew."""
    out: dict[str, int] = {}
    for entry in book.entries:
        for id in entry.alert.silenced_by:
            out[id] = out.get(id, 0) + 1
    return out


def silence_rows(book: Book, now: float, *, every: bool = False) -> tuple[SilenceRow, ...]:
    """Silences that end within ten minutes while alerts fire beneath, then those that match nothing; ``every``: all.

    Acknowledgements and records are left out: their alerts show them.
    """
    counts = hidden_by(book)
    out = []
    for silence in book.silences:
        if silence.kind in (SilenceKind.ACK, SilenceKind.RECORD) or silence.state is SilenceState.EXPIRED:
            continue
        matches = counts.get(silence.id, 0)
        soon = (
            silence.state is SilenceState.ACTIVE and matches > 0 and silence.ends_at - book.server_now(now) < ENDS_SOON
        )
        idle = silence.state is SilenceState.ACTIVE and matches == 0
        if soon or idle or every:
            out.append(SilenceRow(silence, matches, soon, idle))
    return tuple(sorted(out, key=lambda one: (not one.ends_soon, one.idle, one.silence.ends_at)))
