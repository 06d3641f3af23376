"""Makes the alert book after every poll, and remembers between polls what no server says: what resolved, and when.

"Gone is not resolved" (alerts.md 0.5, 3.4): what ``alertgone`` has not proven to be over stays, as unknown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from noc.config.alerting import Alerting
from noc.engine import alertdiff
from noc.engine.alertgone import Gone
from noc.engine.alertmerge import Lapsed, United, ack_in, alike, entries, ordered, silences_of, united
from noc.engine.alertrules import RuleIndex, pending
from noc.engine.book import Book, Entry, Event, EventKind, MemberView, Observation, RulesView
from noc.engine.findings import Watch
from noc.model.acks import parse_record
from noc.model.alerts import Alert, Silence, SilenceKind

KEEP_RESOLVED = 3600.0
LOG_SECONDS = 9 * 3600.0
LOG_EVENTS = 5000
RENEWED = 30.0
"""Seconds after which the book is made anew though nothing changed: what resolved grows old."""


class AlertBook:
    """The memory behind :meth:`observe`; one call at a time, from any thread."""

    def __init__(self, settings: Alerting) -> None:
        self._settings = settings
        self._book = Book()
        self._watch = Watch()
        self._gone = Gone()
        self._fired: dict[str, deque[float]] = {}
        self._log: deque[Event] = deque(maxlen=LOG_EVENTS)
        self._firing: Mapping[str, Entry] = {}
        self._silences: tuple[tuple[object, ...], dict[str, Silence], Lapsed] = ((), {}, Lapsed())
        self._index: tuple[tuple[object, ...], RuleIndex] = ((), RuleIndex())
        self._whole_at = float("-inf")

    def observe(self, seen: Observation) -> Book:
        """The book as of ``seen``; the same version where nothing that could be drawn has changed."""
        idle = not self._gone.waiting and not self._watch.waiting and 0 <= seen.now - self._whole_at < RENEWED
        if idle and _same(_said(seen), _said(self._book)):
            self._book = replace(self._book, at=seen.now, members=seen.members, rules=seen.rules, events=())
            return self._book
        self._whole_at = seen.now
        self._book = self._made(seen)
        return self._book

    def _made(self, seen: Observation) -> Book:
        before, was, now = self._book, self._firing, seen.now
        silences, lapsed = self._silenced(seen.members)
        index = self._indexed(seen.rules)
        found, watchdog = _apart(united(seen.members), was)
        resolved = self._gone.ended(seen, found, was, index)
        self._note_firings(found, was, now)
        flaps = {key: len(times) for key, times in self._fired.items() if len(times) > 1}
        current = entries(found, silences, index, lapsed, flaps, was)
        events = self._events(seen, current, resolved)
        current.update(self._gone.unknown(current))
        findings = self._watch.find(seen, watchdog, self._settings.findings)
        if any(one.answer is not None for one in before.members):
            events += alertdiff.found(before.findings, findings, now)
        self._remember(events, now)
        shown = ordered(current, before.entries)
        kept = _kept(resolved, before.resolved, current, silences.values(), now)
        self._firing = current
        return self._versioned(
            replace(
                before,
                at=now,
                entries=shown,
                pending=pending(index, current, now),
                resolved=kept,
                silences=tuple(silences.values()),
                members=seen.members,
                rules=seen.rules,
                findings=findings,
                events=tuple(events),
                log=tuple(self._log) if events else before.log,
                fired_hour=sum(now - one.alert.starts_at < 3600 for one in (*shown, *kept)),
                watchdog=watchdog,
                interval=seen.interval,
            )
        )

    def _events(self, seen: Observation, current: Mapping[str, Entry], resolved: Iterable[Entry]) -> list[Event]:
        """What this poll changed. What a member has that answers for the first time is no news: it fired before."""
        known = frozenset(one.name for one in self._book.members if one.answer is not None)
        anew = frozenset(one.alert.fingerprint for one in resolved if one.alert.fingerprint in current)
        events = [alertdiff.event(EventKind.RESOLVED, one, seen.now, one.was_acked_by) for one in resolved]
        events += alertdiff.changes(
            self._firing, current.values(), seen.now, self._settings.escalation.flaps, anew=anew, known=known
        )
        return events

    def _versioned(self, book: Book) -> Book:
        """The next version if anything that is drawn differs."""
        before = self._book
        same = (
            alike(book.entries, before.entries)
            and book.pending == before.pending
            and book.resolved == before.resolved
            and book.silences == before.silences
            and book.findings == before.findings
            and (book.watchdog is None) is (before.watchdog is None)
            and book.fired_hour == before.fired_hour
            and _health(book) == _health(before)
        )
        by_key = {one.key: one for one in (*book.resolved, *book.pending, *book.entries)}
        return replace(book, version=before.version + (not same), by_key=by_key)

    # -- memory

    def _silenced(self, members: tuple[MemberView, ...]) -> tuple[dict[str, Silence], Lapsed]:
        """The silences and what they say of acknowledgements that ended; read again when an answer differs."""
        said = tuple(part for one in members for part in (one.error is None, one.answer and one.answer.silences))
        if not _same(said, self._silences[0]):
            silences = silences_of(members)
            self._silences = (said, silences, Lapsed(silences.values()))
        return self._silences[1:]

    def _indexed(self, rules: tuple[RulesView, ...]) -> RuleIndex:
        said = tuple(part for one in rules for part in (one.error is None, one.answer))
        if not _same(said, self._index[0]):
            self._index = (said, RuleIndex(rules, self._index[1]))
        return self._index[1]

    def _note_firings(self, found: Mapping[str, United], was: Mapping[str, Entry], now: float) -> None:
        """Remember when each alert began to fire, for the flap window."""
        window = self._settings.escalation.flap_window
        for key, one in found.items():
            entry = was.get(key)
            if entry is None or entry.alert.starts_at != one.alert.starts_at:
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


def _said(seen: Observation | Book) -> tuple[object, ...]:
    """What the servers said: equal objects as long as they say the same."""
    members = (
        (one.name, one.asked, _cause(one), *((one.answer.alerts, one.answer.silences) if one.answer else ()))
        for one in seen.members
    )
    rules = ((one.name, _cause(one), one.answer) for one in seen.rules)
    return tuple(part for view in (*members, *rules) for part in view)


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two tuples hold the very same answers; words are compared."""
    return len(one) == len(other) and all(
        a is b or (isinstance(a, str) and a == b) for a, b in zip(one, other, strict=True)
    )


def _cause(view: MemberView | RulesView) -> str:
    return view.error.cause if view.error else ""


def _health(book: Book) -> object:
    """What is drawn of the servers: whether they answer, and why not."""
    members = [(one.name, _cause(one), one.asked, one.answer is None) for one in book.members]
    return members, [(one.name, _cause(one), one.answer is None) for one in book.rules]


def _apart(found: dict[str, United], was: Mapping[str, Entry]) -> tuple[dict[str, United], Alert | None]:
    """The alerts without the Watchdog, and the Watchdog as somebody has it who answers. ``was``: known to be none."""
    dogs = [key for key, one in found.items() if key not in was and one.alert.is_watchdog]
    alerts = [one.alert for one in map(found.pop, dogs) if one.live]
    return found, alerts[0] if alerts else None


def _kept(
    resolved: Iterable[Entry],
    before: Iterable[Entry],
    current: Mapping[str, Entry],
    silences: Iterable[Silence],
    now: float,
) -> tuple[Entry, ...]:
    """What resolved within the hour, with what people said of it; but for a firing that turned out to go on."""
    out = []
    records: dict[tuple[str, str], str] | None = None
    for one in (*resolved, *before):
        again = current.get(one.alert.fingerprint)
        old = one.resolved_at is not None and now - one.resolved_at >= KEEP_RESOLVED
        if old or (again is not None and again.alert.starts_at <= one.alert.starts_at):
            continue
        records = _records(silences) if records is None else records
        said = records.get((one.alert.fingerprint, one.alert.since_text), one.outcome)
        out.append(one if said == one.outcome else replace(one, outcome=said))
    return tuple(out)


def _records(silences: Iterable[Silence]) -> dict[tuple[str, str], str]:
    """Outcomes by fingerprint and startsAt, as recording silences keep them."""
    out: dict[tuple[str, str], str] = {}
    for silence in silences:
        found = parse_record(silence) if silence.kind is SilenceKind.RECORD else None
        if found is not None:
            out[found[0], found[1]] = found[2].value
    return out


def stale_ack(entry: Entry, silence: Silence) -> bool:
    """Whether an acknowledgement belongs to an earlier firing of the alert it hides: the alert began after it was made.

    Such a one is ended at once, or the new firing would never be announced (alerts.md 0.1).
    """
    ack = ack_in(silence)
    if ack is None or not ack.structured or ack.since == entry.alert.since_text:
        return False
    return entry.alert.starts_at > silence.starts_at
