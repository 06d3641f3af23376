"""Ending silences: what wakes, shown before it does."""

from __future__ import annotations

from collections.abc import Sequence

from noc.actions.intent import Intent, Verb, Waking
from noc.engine.book import Book
from noc.model.alerts import AlertState, Silence, SilenceKind, SilenceState
from noc.model.errors import Refused
from noc.model.severity import Severity
from noc.model.text import clean


def preview(silences: Sequence[Silence], book: Book, me: str) -> Waking:
    """Who wakes when these end: alerts hidden by nothing else. Somebody else's, or any CRITICAL, asks for the number."""
    ids = {one.id for one in silences}
    wakes = tuple(
        one
        for one in book.entries
        if one.alert.silenced_by
        and set(one.alert.silenced_by) <= ids
        and not (one.alert.inhibited_by or one.alert.muted_by)
        and one.state in (AlertState.ACKED, AlertState.SILENCED)
    )
    others = sorted({clean(one.created_by, 40) or "somebody" for one in silences if one.created_by != me})
    critical = sum(one.severity is Severity.CRITICAL for one in wakes)
    why = f"these are {', '.join(others)}'s" if others else f"{critical} CRITICAL would wake" if critical else ""
    return Waking(tuple(silences), wakes, bool(others or critical), why)


def words(waking: Waking) -> str:
    """``expires mara's window; 7 become ACTIVE, 2 CRITICAL``."""
    first = waking.silences[0]
    what = f"{clean(first.created_by, 40) or 'somebody'}'s {first.kind.value}"
    if len(waking.silences) > 1:
        what = f"{len(waking.silences)} silences"
    critical = sum(one.severity is Severity.CRITICAL for one in waking.wakes)
    if not waking.wakes:
        return f"expires {what}; nothing wakes"
    many = "becomes" if len(waking.wakes) == 1 else "become"
    tail = f", {critical} CRITICAL" if critical else ""
    return f"expires {what}; {len(waking.wakes)} {many} ACTIVE{tail}"


def propose(waking: Waking) -> Intent:
    """End them. Refused where all of them have ended already."""
    running = [one for one in waking.silences if one.state is not SilenceState.EXPIRED]
    if not running:
        raise Refused("this silence has ended already")
    verb = Verb.UNACK if all(one.kind is SilenceKind.ACK for one in running) else Verb.EXPIRE
    keys = tuple(one.key for one in waking.wakes)
    return Intent(verb, words(waking), keys, expire=tuple(one.id for one in running), before=tuple(running))
