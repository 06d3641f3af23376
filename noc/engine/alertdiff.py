"""The differences between two books as events: what happened, when, and who did it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from noc.engine.alertmerge import ack_in
from noc.engine.book import Entry, Event, EventKind, Finding
from noc.model.acks import free_text
from noc.model.alerts import AlertState

_HIDDEN = (AlertState.SILENCED, AlertState.MUTED, AlertState.INHIBITED)


def event(kind: EventKind, entry: Entry, at: float, who: str = "", words: str = "") -> Event:
    alert = entry.alert
    return Event(at, kind, alert.name, entry.severity, alert.fingerprint, alert.labels, who, words)


def changes(before: Mapping[str, Entry], after: Iterable[Entry], at: float, flaps: int) -> Iterator[Event]:
    """Events of alerts that fire now, against the entries before by fingerprint. Resolved ones are told apart."""
    for entry in after:
        was = before.get(entry.alert.fingerprint)
        if was is None or was.alert.starts_at != entry.alert.starts_at:
            yield event(EventKind.FIRED, entry, at)
            if entry.flaps >= flaps:
                yield event(EventKind.FLAPPING, entry, at, words=f"{entry.flaps} times")
        if was is entry:
            continue
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
            by = entry.silences[0].created_by if entry.silences else ""
            yield event(EventKind.SILENCED, entry, at, by, entry.state.value)
        elif before in _HIDDEN and entry.state is AlertState.ACTIVE:
            yield event(EventKind.UNSILENCED, entry, at)
    elif entry.ack is not None and was is not None and was.ack is not None:
        old, new = ack_in(was.ack), ack_in(entry.ack)
        if old and new and old.stage is not new.stage:
            yield event(EventKind.STAGE, entry, at, entry.ack.created_by, new.stage.words)


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
