"""Acknowledging: one short structured silence an alert, kept alive by walls, ended when the alert resolves (alerts.md 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from noc.actions.intent import Intent, Verb
from noc.config.alerting import Alerting
from noc.engine.alertmerge import ack_in
from noc.engine.book import Book, Entry
from noc.engine.digest import named
from noc.model.acks import Ack
from noc.model.alerts import (
    AlertState,
    Matcher,
    Phase,
    Silence,
    SilenceDraft,
    SilenceKind,
    SilenceState,
    redraft,
    severity_label,
)
from noc.model.errors import Refused
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.timerange import format_duration

EARLIER = 300.0
"""Seconds by which a silence claims to begin before now: the server clamps it to its own now, and a clock that runs ahead
makes no pending silence (measured)."""

MOST = 50
"""Alerts acknowledged at once; beyond that one silence is the honest tool."""

PARTING = 3600.0
"""Seconds by which own acknowledgements are prolonged when the last wall of their author ends."""


def propose(
    entries: Sequence[Entry],
    book: Book,
    settings: Alerting,
    author: str,
    words: str,
    now: float,
    duration: float | None = None,
) -> Intent:
    """Acknowledge these alerts, each once. Refused where there is nothing to acknowledge, too much, or for too long."""
    firing = [one for one in entries if one.phase in (Phase.FIRING, Phase.CLEARING, Phase.UNKNOWN)]
    if not firing:
        word = entries[0].phase.value if entries else "gone"
        raise Refused(f"{clean(entries[0].alert.name, 60) if entries else 'this'} is {word}: nothing to acknowledge")
    open_ = list({one.key: one for one in firing if one.ack is None or not _current(one)}.values())
    if not open_:
        by = clean(firing[0].ack.created_by, 40) if firing[0].ack else ""
        raise Refused(f"already acknowledged by {by}")
    if len(open_) > MOST:
        raise Refused(f"{len(open_)} alerts at once; silence the group instead, {MOST} is the most")
    for one in open_:
        if duration is not None and duration > settings.ack.cap(one.severity):
            raise Refused(_above_cap(one.severity, settings), "ends")
    at = book.server_now(now)
    drafts = tuple(draft(one, settings, author, words, at, duration or settings.ack.duration) for one in open_)
    return Intent(Verb.ACK, f"acknowledge {listed(open_)}", tuple(one.key for one in open_), drafts)


def draft(entry: Entry, settings: Alerting, author: str, words: str, at: float, duration: float) -> SilenceDraft:
    """One acknowledgement; ``at`` by Alertmanager's clock. Matchers sorted by name: their order is identity."""
    alert = entry.alert
    ignored = set(settings.ack.ignore_labels) - {"alertname"}
    matchers = tuple(Matcher(name, value) for name, value in alert.labels if name not in ignored and value)
    comment = Ack(words, alert.fingerprint, alert.since_text, entry.severity.value).comment()
    return SilenceDraft(matchers, at - EARLIER, at + min(duration, settings.ack.cap(entry.severity)), author, comment)


def _above_cap(severity: Severity, settings: Alerting) -> str:
    most = format_duration(settings.ack.cap(severity))
    return f"an acknowledgement of a {severity.word} lasts {most} at most; silence it instead"


def _current(entry: Entry) -> bool:
    """Whether the acknowledgement that hides an alert is for this very firing."""
    ack = ack_in(entry.ack) if entry.ack else None
    if ack is None or entry.ack is None:
        return False
    return not ack.structured or ack.since == entry.alert.since_text or entry.alert.starts_at <= entry.ack.starts_at


def unack(entries: Sequence[Entry]) -> Intent:
    """End every acknowledgement of these alerts. Refused where nobody acknowledged."""
    held = [one for one in entries if one.ack is not None and one.phase is not Phase.RESOLVED]
    if not held:
        raise Refused("nobody acknowledged this")
    acks = (each for one in held for each in (one.ack, *one.silences) if each and each.kind is SilenceKind.ACK)
    silences = tuple({each.id: each for each in acks}.values())
    return Intent(
        Verb.UNACK,
        f"take back the acknowledgement of {listed(held)}",
        tuple(one.key for one in held),
        expire=tuple(one.id for one in silences),
        before=silences,
    )


def staged(entry: Entry) -> Intent:
    """The next stage of the work, kept in the acknowledgement's comment. Refused where it cannot be kept."""
    if entry.ack is None or entry.phase is Phase.RESOLVED:
        raise Refused("acknowledge it first (a): the stage is kept in the acknowledgement")
    ack = ack_in(entry.ack)
    if ack is None or not ack.structured:
        raise Refused(f"{clean(entry.ack.created_by, 40)} acknowledged this with another program; it has no stage")
    following = ack.stage.following
    if following is None:
        raise Refused(f"it is at the last stage: {ack.stage.words}")
    comment = replace(ack, stage=following).comment()
    return Intent(
        Verb.STAGE,
        f"{clean(entry.alert.name, 80)}: {following.words}",
        (entry.key,),
        (redraft(entry.ack, comment=comment),),
        before=(entry.ack,),
        detail={"stage": following.value},
    )


def extended(silence: Silence, ends_at: float, summary: str = "", settings: Alerting | None = None) -> Intent:
    """A later (or earlier) end for a silence of any kind, in place. ``ends_at`` by Alertmanager's clock.

    Refused for one that has ended and, where ``settings`` tell the cap, for an acknowledgement that would pass it.
    """
    if silence.state is SilenceState.EXPIRED:
        raise Refused("this silence has ended; make a new one")
    ack = ack_in(silence)
    if ack is not None and ack.structured and settings is not None:
        severity = severity_label(ack.severity)
        if ends_at > silence.starts_at + settings.ack.cap(severity):
            raise Refused(_above_cap(severity, settings), "ends")
    comment = ack.extended_once().comment() if ack is not None and ack.structured else silence.comment
    return Intent(
        Verb.EXTEND,
        summary or f"extend {clean(silence.created_by, 40)}'s {silence.kind.value}",
        drafts=(redraft(silence, ends_at=ends_at, comment=comment),),
        before=(silence,),
    )


def parting(book: Book, author: str, settings: Alerting, now: float) -> Intent | None:
    """Own acknowledgements prolonged once as their author leaves: an hour at most, within the cap. None without any."""
    at = book.server_now(now)
    drafts, before, keys = [], [], []
    for entry in own(book, author):
        ack = ack_in(entry.ack) if entry.ack else None
        if entry.ack is None or ack is None:
            continue
        ends = min(at + PARTING, entry.ack.starts_at + settings.ack.cap(entry.severity))
        if ends > entry.ack.ends_at:
            drafts.append(redraft(entry.ack, ends_at=ends, comment=ack.extended_once().comment()))
            before.append(entry.ack)
            keys.append(entry.key)
    if not drafts:
        return None
    many = "" if len(drafts) == 1 else "s"
    return Intent(
        Verb.EXTEND,
        f"keep {len(drafts)} own acknowledgement{many} alive",
        tuple(keys),
        tuple(drafts),
        before=tuple(before),
    )


def own(book: Book, author: str) -> tuple[Entry, ...]:
    """Alerts this person acknowledged with noc and that still fire."""
    return tuple(
        one
        for one in book.entries
        if one.ack is not None
        and one.ack.created_by == author
        and one.state is AlertState.ACKED
        and (found := ack_in(one.ack)) is not None
        and found.structured
    )


def listed(entries: Iterable[Entry]) -> str:
    """One alert by name and labels, several by number and first name."""
    found = list(entries)
    if len(found) == 1:
        return named(found[0], 120)
    return f"{len(found)} alerts ({clean(found[0].alert.name, 60)}, ...)"
