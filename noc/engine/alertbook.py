"""Makes the alert book after every poll, and remembers between polls what no server says: what resolved, and when.

"Gone is not resolved" (alerts.md 0.5, 3.4): an alert that Alertmanager no longer lists has resolved only if every member
answers, none was just restarted, and a Prometheus that evaluates its rule says so, or a minute passed with nobody to ask.
Until then it stays, as unknown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from noc.config.alerting import Alerting
from noc.engine import alertdiff
from noc.engine.alertmerge import RuleIndex, United, ack_in, entries, pending, silences_of, united, urgency
from noc.engine.book import Book, Entry, Event, EventKind, MemberView, Observation
from noc.engine.findings import RESTARTED, Watch
from noc.model.acks import parse_record
from noc.model.alerts import AlertState, Phase, Silence, SilenceKind

UNCONFIRMED = 60.0
"""Seconds an alert must be gone where no Prometheus can confirm that it resolved."""

KEEP_RESOLVED = 3600.0
LOG_SECONDS = 9 * 3600.0
LOG_EVENTS = 5000
RENEWED = 30.0
"""Seconds after which the book is made anew though nothing changed: what resolved grows old."""


@dataclass(slots=True)
class _Gone:
    """An alert that Alertmanager no longer lists."""

    entry: Entry
    at: float
    polls: int = 0


class AlertBook:
    """The memory behind :meth:`observe`; one call at a time, from any thread."""

    def __init__(self, settings: Alerting) -> None:
        self._settings = settings
        self._book = Book()
        self._watch = Watch()
        self._gone: dict[str, _Gone] = {}
        self._fired: dict[str, deque[float]] = {}
        self._log: deque[Event] = deque(maxlen=LOG_EVENTS)
        self._signature: object = None
        self._whole_at = float("-inf")
        self._started = False

    def observe(self, seen: Observation) -> Book:
        """The book as of ``seen``; the same version where nothing that could be drawn has changed."""
        signature = self._signed(seen)
        if signature == self._signature and not self._gone and seen.now - self._whole_at < RENEWED:
            self._book = replace(self._book, at=seen.now, members=seen.members, rules=seen.rules, events=())
            return self._book
        self._signature, self._whole_at = signature, seen.now
        self._book = self._made(seen)
        return self._book

    def _signed(self, seen: Observation) -> object:
        """Equal as long as the servers say the same: answers that are unchanged keep their objects."""
        members = [
            (one.name, one.error is None, one.asked, one.answer and (id(one.answer.alerts), id(one.answer.silences)))
            for one in seen.members
        ]
        rules = [(one.name, one.error is None, one.answer and id(one.answer)) for one in seen.rules]
        return (members, rules, self._watch.missed == 1)

    def _made(self, seen: Observation) -> Book:
        before, now = self._book, seen.now
        found = united(seen.members)
        silences = silences_of(seen.members)
        index = RuleIndex(seen.rules)
        watchdog = next((one.alert for one in found.values() if one.alert.is_watchdog and one.live), None)
        found = {key: one for key, one in found.items() if not one.alert.is_watchdog}
        firing = {entry.alert.fingerprint: entry for entry in before.entries}
        self._note_firings(found, firing, now)
        flaps = {key: len(times) for key, times in self._fired.items() if len(times) > 1}
        current = list(entries(found, silences, index, flaps))
        resolved = self._resolved(seen, found, firing, index)
        unknown = [replace(gone.entry, phase=Phase.UNKNOWN, clears_at=None) for gone in self._gone.values()]
        findings = self._watch.find(seen, watchdog, self._settings.findings)
        ordered = tuple(sorted([*current, *unknown], key=urgency))
        events: list[Event] = []
        if self._started:
            events += [alertdiff.event(EventKind.RESOLVED, one, now, one.was_acked_by) for one in resolved]
            events += alertdiff.changes(firing, current, now, self._settings.escalation.flaps)
            events += alertdiff.found(before.findings, findings, now)
        else:
            self._started = any(one.answer is not None for one in seen.members)
        self._remember(events, now)
        records = _records(silences.values())
        kept = [*resolved, *(one for one in before.resolved if now - (one.resolved_at or now) < KEEP_RESOLVED)]
        return self._versioned(
            replace(
                before,
                at=now,
                entries=ordered,
                pending=pending(index, found),
                resolved=tuple(replace(one, outcome=records.get(_firing(one), one.outcome)) for one in kept),
                silences=tuple(silences.values()),
                members=seen.members,
                rules=seen.rules,
                findings=findings,
                events=tuple(events),
                log=tuple(self._log) if events else before.log,
                fired_hour=sum(now - one.alert.starts_at < 3600 for one in (*ordered, *kept)),
                watchdog=watchdog,
            )
        )

    def _versioned(self, book: Book) -> Book:
        """The next version if anything that is drawn differs."""
        before = self._book
        same = (
            book.entries == before.entries
            and book.pending == before.pending
            and book.resolved == before.resolved
            and book.silences == before.silences
            and book.findings == before.findings
            and book.watchdog == before.watchdog
            and [_health(one) for one in book.members] == [_health(one) for one in before.members]
        )
        if same:
            return replace(book, version=before.version, by_key=before.by_key)
        by_key = {one.key: one for one in (*book.resolved, *book.pending, *book.entries)}
        return replace(book, version=before.version + 1, by_key=by_key)

    # -- what resolved

    def _resolved(
        self, seen: Observation, found: dict[str, United], firing: dict[str, Entry], index: RuleIndex
    ) -> list[Entry]:
        """What resolved with this poll; what is gone without proof is kept in ``_gone``."""
        now = seen.now
        out: list[Entry] = []
        for key, entry in firing.items():
            current = found.get(key)
            if current is None:
                self._gone.setdefault(key, _Gone(entry, now))
            elif entry.phase is not Phase.UNKNOWN and current.alert.starts_at > entry.alert.starts_at + 1.0:
                out.append(_ended(entry, now))  # it ended and began again between two polls
        for key, gone in list(self._gone.items()):
            current = found.get(key)
            if current is not None:
                del self._gone[key]
                if current.alert.starts_at > gone.entry.alert.starts_at + 1.0:
                    out.append(_ended(gone.entry, now))
            elif self._proven(seen, gone, index):
                del self._gone[key]
                out.append(_ended(gone.entry, now))
        return out

    def _proven(self, seen: Observation, gone: _Gone, index: RuleIndex) -> bool:
        """Whether an alert that is gone has resolved."""
        answers = [one.answer for one in seen.members if one.error is None and (one.good_at or 0.0) >= gone.at]
        if len(answers) < len(seen.members):
            return False
        if any(one and 0.0 <= seen.now - one.status.started_at < RESTARTED for one in answers):
            return False
        if index.of(gone.entry.alert) is not None:
            return False
        if seen.rules and not index.answering:
            return False
        for rule, view in index.rules(gone.entry.alert.name):
            if view.error is None and rule.health == "ok" and (view.good_at or 0.0) >= gone.at:
                return True
        if index.rules(gone.entry.alert.name):
            return False  # its rule is known: wait for that server's word
        return seen.now - gone.at >= max(UNCONFIRMED, 2 * seen.interval)

    # -- memory

    def _note_firings(self, found: dict[str, United], firing: dict[str, Entry], now: float) -> None:
        """Remember when each alert began to fire, for the flap window."""
        window = self._settings.escalation.flap_window
        for key, one in found.items():
            was = firing.get(key)
            if was is None or was.alert.starts_at != one.alert.starts_at:
                times = self._fired.setdefault(key, deque(maxlen=50))
                if not times or one.alert.starts_at > times[-1] + 1.0:
                    times.append(one.alert.starts_at)
        for key, times in list(self._fired.items()):
            while times and now - times[0] > window and (len(times) > 1 or key not in found):
                times.popleft()
            if not times:
                del self._fired[key]

    def _remember(self, events: list[Event], now: float) -> None:
        self._log.extend(events)
        while self._log and now - self._log[0].at > LOG_SECONDS:
            self._log.popleft()


def _ended(entry: Entry, now: float) -> Entry:
    """The same alert as resolved. It is nobody's any more; who had it is remembered."""
    by = entry.ack.created_by if entry.ack else ""
    return replace(
        entry,
        phase=Phase.RESOLVED,
        state=AlertState.ACTIVE,
        resolved_at=now,
        was_acked_by=by,
        clears_at=None,
        stale=False,
    )


def _records(silences: Iterable[Silence]) -> dict[tuple[str, str], str]:
    """Outcomes by fingerprint and startsAt, as recording silences keep them."""
    out: dict[tuple[str, str], str] = {}
    for silence in silences:
        found = parse_record(silence) if silence.kind is SilenceKind.RECORD else None
        if found is not None:
            out[found[0], found[1]] = found[2].value
    return out


def _firing(entry: Entry) -> tuple[str, str]:
    return (entry.alert.fingerprint, entry.alert.since_text)


def _health(member: MemberView) -> object:
    """What is drawn of a member: whether it answers and why not."""
    return (member.name, member.error.cause if member.error else "", member.asked, member.answer is None)


def stale_ack(entry: Entry, silence: Silence) -> bool:
    """Whether an acknowledgement belongs to an earlier firing of the alert it hides: the alert began after it was made.

    Such a one is ended at once, or the new firing would never be announced (alerts.md 0.1).
    """
    ack = ack_in(silence)
    if ack is None or not ack.structured or ack.since == entry.alert.since_text:
        return False
    return entry.alert.starts_at > silence.starts_at
