"""The differences between two books as events: what happened, when, and who did it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from noc.engine.alertmerge import ack_in
from noc.engine.book import Entry, Event, EventKind, Finding
from noc.model.acks import free_text
from noc.model.alerts import AlertState

_HIDDEN = (AlertState.SILENCED, AlertState.MUTED, AlertState.INHIBITED)


def event(kind: EventKind, entry: Entry, at: float, who: str = "", words: str = "") -> Event:
    alert = entry.alert
    return Event(at, kind, alert.name, entry.severity, alert.fingerprint, alert.labels, who, words)


def changes(
    before: Mapping[str, Entry],
    after: Iterable[Entry],
    at: float,
    flaps: int,
    *,
    anew: Set[str] = frozenset(),
    known: Set[str],
) -> Iterator[Event]:
    """Events of alerts that fire now, against the entries before by fingerprint. Resolved ones are told apart.

    ``anew``: fingerprints of alerts that ended and began again. ``known``: members that had answered before; what only
    others have fired before this wall could see it, and is no event.
    """
    for entry in after:
        was = before.get(entry.alert.fingerprint)
        if was is entry or (was is None and known.isdisjoint(entry.members)):
            continue
        if was is None or entry.alert.fingerprint in anew:
            yield event(EventKind.FIRED, entry, at)
            if entry.flaps >= flaps:
                yield event(EventKind.FLAPPING, entry, at, words=f"{entry.flaps} times")
        if was is None or was.state is not entry.state or was.ack is not entry.ack:
            yield from _moved(was, entry, at)


def _moved(was: Entry | None, entry: Entry, at: float) -> Iterator[Event]:
    """What changed in who took or hides it."""
    before = was.state if was is not None else AlertState.ACTIVE
    if entry.state is not before:
        if entry.state is AlertState.ACKED:
            ack = entry.ack
            yield event(
                EventKind.ACKED, entry, at, ack.created_by if ack else "", free_text(ack.comment) if ack else ""
            )
        elif before is AlertState.ACKED and entry.state is AlertState.ACTIVE:
            yield event(EventKind.UNACKED, entry, at)
        elif entry.state in _HIDDEN and was is not None:
            yield _hidden(entry, at)
        elif before in _HIDDEN and entry.state is AlertState.ACTIVE:
            words = "" if before is AlertState.SILENCED else f"no longer {before.value}"
            yield event(EventKind.UNSILENCED, entry, at, words=words)
    elif entry.ack is not None and was is not None and was.ack is not None:
        old, new = ack_in(was.ack), ack_in(entry.ack)
        if old and new and old.stage is not new.stage:
            yield event(EventKind.STAGE, entry, at, entry.ack.created_by, new.stage.words)


def _hidden(entry: Entry, at: float) -> Event:
    """By whom and why an alert was silenced; an inhibited or muted one says so, as nobody did it."""
    if entry.state is not AlertState.SILENCED:
        return event(EventKind.SILENCED, entry, at, words=entry.state.value)
    last = max(entry.silences, key=lambda one: one.ends_at, default=None)
    return event(
        EventKind.SILENCED, entry, at, last.created_by if last else "", free_text(last.comment) if last else ""
    )


def found(before: Iterable[Finding], after: Iterable[Finding], at: float) -> Iterator[Event]:
    """Findings that began or ended; hints are no events."""
    was = {one.key: one for one in before if not one.hint}
    now = {one.key: one for one in after if not one.hint}
    for key, one in now.items():
        if key not in was:
            yield Event(at, EventKind.FOUND, one.title, one.severity, key)
    for key, one in was.items():
        if key not in now:
            yield Event(at, EventKind.MENDED, one.title, one.severity, key)
