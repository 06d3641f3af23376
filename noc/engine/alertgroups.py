"""Alerts as trees and tables: grouped by any labels, severities in their own order, tenants counted. Pure.

Entries are sorted once, by urgency; every group takes its own in that order, so that thousands cost one pass a level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from noc.engine.alertmerge import urgency
from noc.engine.book import Book, Entry
from noc.model.alerts import AlertState, Silence, SilenceKind, SilenceState
from noc.model.severity import Severity, worst

ENDS_SOON = 600.0
"""Seconds before its end at which a silence with alerts beneath it gets a row."""

_INSIDE = "in:"  # before the key of an entry that an order knows inside a group only


@dataclass(frozen=True, slots=True)
class Group:
    """Entries with equal values of some labels. ``words`` counts tenants: ``5 companies``."""

    key: str
    label: str
    value: str
    groups: tuple[Group, ...]
    entries: tuple[Entry, ...]
    """Every entry beneath, most urgent first."""
    worst: Severity
    loud: int
    """Entries that the room must see."""
    acked: int
    hidden: int
    """Entries that are silenced, inhibited or muted."""
    oldest: float
    """The earliest startsAt, unix seconds."""
    words: str = ""


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
    entries: Iterable[Entry], group_by: Sequence[str], aggregate: Mapping[str, str], *, ordered: bool = False
) -> tuple[Group, ...]:
    """Groups by the first label, each grouped by the rest; the most urgent group first, severities by their rank.

    ``aggregate`` has labels whose values are counted, with the word for several of them. ``ordered``: the entries come
    as the book has them, by urgency; sorting thousands anew costs as much as grouping them.
    """
    found = list(entries) if ordered else sorted(entries, key=urgency)
    return _level(found, tuple(group_by), aggregate, "")


def _level(
    entries: Sequence[Entry], group_by: tuple[str, ...], aggregate: Mapping[str, str], path: str
) -> tuple[Group, ...]:
    if not group_by:
        return ()
    label, rest = group_by[0], group_by[1:]
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(_value(entry, label), []).append(entry)
    groups = []
    for value, members in found.items():
        key = f"{path}/{label}={value}"
        groups.append(_group(key, label, value, _level(members, rest, aggregate, key), members, aggregate))
    if label == "severity":
        groups.sort(key=lambda one: -one.worst.rank)
    return tuple(groups)


def table(
    entries: Iterable[Entry], group_by: Sequence[str], aggregate: Mapping[str, str], *, ordered: bool = False
) -> tuple[Group, ...]:
    """One group for each distinct set of values of the labels, the most urgent first: ``SlowScope: 5 companies``.

    ``ordered`` as for :func:`tree`.
    """
    found: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries if ordered else sorted(entries, key=urgency):
        found.setdefault(tuple(_value(entry, label) for label in group_by), []).append(entry)
    label = group_by[-1] if group_by else ""
    groups = []
    for values, members in found.items():
        key = "/" + "/".join(f"{name}={value}" for name, value in zip(group_by, values, strict=True))
        groups.append(_group(key, label, values[-1] if values else "", (), members, aggregate))
    return tuple(groups)


def _value(entry: Entry, label: str) -> str:
    return entry.severity.value if label == "severity" else entry.alert.label(label)


def _group(
    key: str, label: str, value: str, groups: tuple[Group, ...], entries: Sequence[Entry], aggregate: Mapping[str, str]
) -> Group:
    """A group and what its head says of its entries; where it has groups, these have counted already."""
    words = counted(entries, aggregate)
    if groups:
        return Group(
            key,
            label,
            value,
            groups,
            tuple(entries),
            worst([one.worst for one in groups]),
            sum(one.loud for one in groups),
            sum(one.acked for one in groups),
            sum(one.hidden for one in groups),
            min(one.oldest for one in groups),
            words,
        )
    loud = acked = hidden = 0
    state, firsts = None, []
    for entry in entries:
        if entry.state is not state:  # sorted by state, then severity: the first of each state is its worst
            state = entry.state
            firsts.append(entry.severity)
        loud += entry.loud
        acked += state is AlertState.ACKED
        hidden += state is not AlertState.ACKED and state is not AlertState.ACTIVE
    oldest = min(entry.alert.starts_at for entry in entries)
    return Group(key, label, value, groups, tuple(entries), worst(firsts), loud, acked, hidden, oldest, words)


def counted(entries: Sequence[Entry], aggregate: Mapping[str, str]) -> str:
    """``5 companies`` where entries span several values of an aggregate label; empty otherwise."""
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


def order_of(current: Sequence[Row]) -> tuple[str, ...]:
    """What :func:`frozen` needs to know of rows that were looked at: their keys, and what stands inside groups alone."""
    keys = [row.key for row in current]
    shown = {row.key for row in current if row.entry is not None}
    inside = dict.fromkeys(entry.key for row in current for entry in row.entries if entry.key not in shown)
    return (*keys, *(_INSIDE + key for key in inside))


def frozen(current: Sequence[Row], order: Sequence[str] | None, book: Book) -> tuple[list[Row], int]:
    """The rows in the order they had when the list got the focus, and how many new entries wait.

    What resolved meanwhile stays where it was, as resolved. A group's row stands for what it held then, if the order is
    one of :func:`order_of`: an alert that arrives between look and key changes nothing of what the key acts on.
    """
    if order is None:
        return list(current), 0
    known = {row.key: row for row in current}
    inside = {key.removeprefix(_INSIDE) for key in order if key.startswith(_INSIDE)}
    seen = inside.union(order)
    ended = {one.alert.fingerprint: one for one in reversed(book.resolved)}
    out: list[Row] = []
    for key in order:
        row = known.get(key)
        if row is None:
            entry = book.by_key.get(key) or ended.get(key)
            row = Row(key, _depth_after(out), None, entry) if entry is not None else None
        elif row.group is not None:
            row = _as_seen(row, row.group, seen, whole=not inside)
        if row is not None:
            out.append(row)
    waiting = {entry.key for row in current if row.entry or inside for entry in row.entries} - seen
    return out, len(waiting)


def _depth_after(before: Sequence[Row]) -> int:
    """How far an entry stands in that is no row of the tree any more: as its neighbour above."""
    if not before:
        return 0
    return before[-1].depth + (before[-1].group is not None)


def _as_seen(row: Row, group: Group, seen: set[str], *, whole: bool) -> Row | None:
    """A group's row with those of its entries that were seen; None when none of them is left."""
    held = tuple(one for one in group.entries if one.key in seen)
    if not held:
        return row if whole else None
    if len(held) == len(group.entries):
        return row
    fresh = _group(group.key, group.label, group.value, (), held, {})
    return replace(row, group=replace(fresh, groups=group.groups, words=group.words))


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
    for alert in (*(entry.alert for entry in book.entries), *([book.watchdog] if book.watchdog else [])):
        for id in alert.silenced_by:
            out[id] = out.get(id, 0) + 1
    return out


def silence_rows(book: Book, now: float) -> tuple[SilenceRow, ...]:
    """Active silences that end within ten minutes while alerts fire beneath, then those that match nothing.

    Acknowledgements and records are left out: their alerts show them. ``now``: unix seconds by the wall's clock.
    """
    counts, at = hidden_by(book), book.server_now(now)
    out = []
    for silence in book.silences:
        if silence.state is not SilenceState.ACTIVE or silence.kind in (SilenceKind.ACK, SilenceKind.RECORD):
            continue
        matches = counts.get(silence.id, 0)
        soon = matches > 0 and silence.ends_at - at < ENDS_SOON
        if soon or not matches:
            out.append(SilenceRow(silence, matches, soon, not matches))
    return tuple(sorted(out, key=lambda one: (one.idle, one.silence.ends_at, one.silence.id)))
