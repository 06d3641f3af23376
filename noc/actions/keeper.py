"""What walls owe to acknowledgements: prolong them while their alert fires, end them the moment it resolves. Pure.

Ack = silence swallows RESOLVED and the next page unless it is short and ended at once (alerts.md 0.1, 0.2). Every writing
wall keeps every structured ack; whoever acknowledged goes first, so that two keepers leave one silence and rarely two
requests. Acks of karma and kthxbye are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from noc.actions.intent import Intent, Verb
from noc.config.alerting import Alerting
from noc.engine.alertbook import stale_ack
from noc.engine.alertmerge import ack_in
from noc.engine.book import Book, Entry
from noc.model.acks import Ack
from noc.model.alerts import AlertState, Phase, Silence, SilenceKind, SilenceState, redraft
from noc.model.severity import Severity
from noc.model.text import clean

LEAD = 300.0
"""Seconds before its end at which its own author's wall prolongs an acknowledgement; others a minute later, and everybody
two minutes later where another program (kthxbye) prolongs too."""


@dataclass(slots=True)
class Seen:
    """Ends of acknowledgements as this wall last saw them: what moves without noc's own count was moved by another."""

    ends: dict[str, tuple[float, int]] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)

    def note(self, silence: Silence, ack: Ack) -> None:
        """Whether somebody else prolongs this acknowledgement."""
        was = self.ends.get(silence.id)
        if was is not None and silence.ends_at > was[0] + 1.0 and ack.extended == was[1]:
            self.foreign.add(silence.id)
        self.ends[silence.id] = (silence.ends_at, ack.extended)


def duties(book: Book, settings: Alerting, now: float, me: str, seen: Seen) -> tuple[Intent, ...]:
    """What is to be done now, each as one intent; ``now`` by the wall's clock. Nothing while no member answers."""
    if not any(member.error is None and member.answer is not None for member in book.members):
        return ()
    at = book.server_now(now)
    firing = {entry.alert.fingerprint: entry for entry in book.entries}
    ended = {entry.alert.fingerprint: entry.resolved_at or 0.0 for entry in reversed(book.resolved)}
    out = []
    for silence, ack in _acks(book):
        seen.note(silence, ack)
        entry = firing.get(ack.fingerprint)
        if entry is None:
            over = silence.starts_at - (at - now) <= ended.get(ack.fingerprint, 0.0)
            if over or _proven_gone(book, silence, at, settings):
                out.append(_lift(silence, ack, "resolved"))
        elif entry.phase is not Phase.UNKNOWN:
            if stale_ack(entry, silence):
                out.append(_lift(silence, ack, "it resolved and fired anew"))
            elif (kept := _kept(silence, ack, entry, settings, at, me, seen)) is not None:
                out.append(kept)
    return tuple(out)


def _acks(book: Book) -> Iterator[tuple[Silence, Ack]]:
    for silence in book.silences:
        if silence.kind is SilenceKind.ACK and silence.state is SilenceState.ACTIVE:
            ack = ack_in(silence)
            if ack is not None and ack.structured:
                yield silence, ack


def _proven_gone(book: Book, silence: Silence, at: float, settings: Alerting) -> bool:
    """An acknowledgement whose alert this wall never saw firing (it was started later): gone if everybody says so.

    Young ones are left alone: the poll that shows the silence may be older than the alert's return.
    """
    young = at - silence.starts_at < 2 * settings.refresh + 5.0
    answered = all(member.error is None and member.answer is not None for member in book.members)
    settled = all(at - member.answer.status.started_at > 120.0 for member in book.members if member.answer)
    rules = [view for view in book.rules if view.error is None and view.answer is not None]
    if young or not answered or not settled or (book.rules and not rules):
        return False
    name = next((matcher.value for matcher in silence.matchers if matcher.name == "alertname"), "")
    firing = any(
        _covers(silence, dict(alert.labels))
        for view in rules
        for rule in (view.answer.rules if view.answer else ())
        if rule.name == name
        for alert in rule.alerts
        if alert.state == "firing"
    )
    return bool(book.members) and bool(rules) and not firing


def _covers(silence: Silence, labels: Mapping[str, str]) -> bool:
    """Whether a rule's alert, which lacks external labels, is the one acknowledged."""
    return all(labels[matcher.name] == matcher.value for matcher in silence.matchers if matcher.name in labels)


def _lift(silence: Silence, ack: Ack, why: str) -> Intent:
    name = next((matcher.value for matcher in silence.matchers if matcher.name == "alertname"), ack.fingerprint)
    return Intent(
        Verb.LIFT,
        f"end the acknowledgement of {clean(name, 80)}: {why}",
        (ack.fingerprint,),
        expire=(silence.id,),
        before=(silence,),
    )


def _kept(
    silence: Silence, ack: Ack, entry: Entry, settings: Alerting, at: float, me: str, seen: Seen
) -> Intent | None:
    """A later end, if it is time and the cap allows."""
    left = silence.ends_at - at
    if entry.state is AlertState.ACTIVE or left <= 0 or left > lead(silence, settings, me, seen):
        return None
    severity = Severity(ack.severity) if ack.severity in set(Severity) else entry.severity
    ends = min(at + settings.ack.duration, silence.starts_at + settings.ack.cap(severity))
    if ends <= silence.ends_at + 1.0:
        return None  # at its cap: it lapses, and the alert is active again
    return Intent(
        Verb.KEEP,
        f"keep the acknowledgement of {clean(entry.alert.name, 80)}",
        (entry.key,),
        (redraft(silence, ends_at=ends, comment=ack.extended_once().comment()),),
        before=(silence,),
    )


def lead(silence: Silence, settings: Alerting, me: str, seen: Seen) -> float:
    """Seconds before the end at which this wall prolongs: a third of the duration at most, less for other people's acks."""
    full = min(LEAD, settings.ack.duration / 3)
    if silence.id in seen.foreign:
        return full * 0.6
    return full if silence.created_by == me else full * 0.8
