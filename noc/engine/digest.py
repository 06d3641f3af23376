"""What happened, in words: the strip after a quiet quarter of an hour, the last eight hours, an alert as six lines.

For channels and hand-overs: plain text, every foreign word cleaned, times in the wall's zone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from noc.engine.book import Book, Entry, Event, EventKind
from noc.model.acks import free_text
from noc.model.alerts import WATCHDOG, AlertState, Phase, SilenceKind, SilenceState, spelled
from noc.model.series import Labels, Series
from noc.model.severity import Severity, worst
from noc.model.text import clean
from noc.model.units import format_age, format_value

QUIET_LABELS = frozenset({"alertname", "severity", "category"})


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which an alert fired, as Prometheus recorded it. Unix seconds."""

    name: str
    labels: Labels
    start: float
    end: float


def since(log: Iterable[Event], at: float, tz: tzinfo) -> str:
    """``since 03:12: 4 fired, 3 resolved, 1 acked by mara``; empty when nothing happened."""
    events = [event for event in log if event.at >= at]
    counts = Counter(event.kind for event in events)
    parts = [
        f"{counts[kind]} {word}"
        for kind, word in ((EventKind.FIRED, "fired"), (EventKind.RESOLVED, "resolved"))
        if counts[kind]
    ]
    for kind, word in ((EventKind.ACKED, "acked"), (EventKind.SILENCED, "silenced")):
        by = Counter(_by(event, word) for event in events if event.kind is kind)
        parts += [f"{count} {words}" for words, count in sorted(by.items())]
    if counts[EventKind.FLAPPING]:
        parts.append(f"{counts[EventKind.FLAPPING]} flapping")
    found = [event.name for event in events if event.kind is EventKind.FOUND]
    parts += [clean(name, 40) for name in dict.fromkeys(found)]
    return f"since {clock(at, tz)}: {', '.join(parts)}" if parts else ""


def _by(event: Event, word: str) -> str:
    """``acked by mara``; ``inhibited`` or ``muted``, which nobody does."""
    if event.who:
        return f"{word} by {clean(event.who, 30)}"
    return clean(event.words, 30) if event.kind is EventKind.SILENCED and event.words else f"{word} by somebody"


def clock(at: float, tz: tzinfo, *, day: bool = False) -> str:
    """``03:12``, with the day where it is asked for."""
    return datetime.fromtimestamp(at, tz).strftime("%a %d %b %H:%M" if day else "%H:%M")


def named(entry: Entry, limit: int = 200) -> str:
    """``DatabaseDeadlocks{instance=db-1}``: the alert and the labels that tell it from others."""
    return clean(entry.alert.name + _braced(entry.alert.labels), limit)


def _braced(labels: Labels) -> str:
    own = [f"{name}={value}" for name, value in labels if name not in QUIET_LABELS]
    return "{" + ", ".join(own) + "}" if own else ""


def owner(entry: Entry, now: float) -> str:
    """Who has it or what hides it, and for how long: ``acked by mara, 12m left``."""
    if entry.phase is Phase.RESOLVED:
        return f"was acked by {clean(entry.was_acked_by, 40)}" if entry.was_acked_by else ""
    if entry.ack is not None and entry.state is AlertState.ACKED:
        return f"acked by {clean(entry.ack.created_by, 40)}, {format_age(max(0.0, entry.ack.ends_at - now))} left"
    if entry.state is AlertState.SILENCED and entry.silences:
        last = max(entry.silences, key=lambda one: one.ends_at)
        return f"silenced by {clean(last.created_by, 40)}, {format_age(max(0.0, last.ends_at - now))} left"
    if entry.state is AlertState.INHIBITED:
        return "inhibited"
    if entry.state is AlertState.MUTED:
        return f"muted {clean(', '.join(entry.alert.muted_by), 60)}".rstrip()
    return ""


def six_lines(entry: Entry, now: float, tz: tzinfo, environment: str = "") -> str:
    """An alert as six lines for the incident channel."""
    alert = entry.alert
    where = f" [{clean(environment, 40)}]" if environment else ""
    state = entry.phase.value if entry.phase in (Phase.PENDING, Phase.RESOLVED) else entry.state.value
    by = owner(entry, now)
    own = [f"{name}={value}" for name, value in alert.labels if name not in QUIET_LABELS]
    summary = alert.annotation("summary") or alert.annotation("description") or "no summary"
    value = f", value {format_value(entry.value, 'short')}" if entry.value is not None else ""
    age = format_age(max(0.0, now - alert.starts_at))
    links = [alert.annotation("runbook_url") or alert.annotation("runbook"), alert.generator_url]
    lines = [
        f"{entry.severity.glyph} {entry.severity.word} {alert.name}{where}",
        f"labels: {', '.join(own) or 'none'}",
        f"what: {summary}{value}",
        f"since: {clock(alert.starts_at, tz, day=True)} {_zone(now, tz)} ({age})",
        f"state: {by if by.startswith(state) else f'{state}, {by}' if by else state}",
        f"links: {'  '.join(link for link in links if link) or 'none'}",
    ]
    return "\n".join(clean(line, 400) for line in lines)


def _zone(at: float, tz: tzinfo) -> str:
    return datetime.fromtimestamp(at, tz).tzname() or ""


def hours(
    book: Book,
    *,
    now: float,
    tz: tzinfo,
    environment: str = "",
    span: float = 8 * 3600.0,
    spans: Sequence[Span] = (),
) -> str:
    """The last hours as text to paste: what is open, what fired and ended and by whom it was taken, silences.

    ``spans`` are firings that Prometheus recorded: they tell what happened before this wall was started.
    """
    start = now - span
    title = f"Alerts {clock(start, tz, day=True)} to {clock(now, tz)} {_zone(now, tz)}"
    lines = [f"{title}{' in ' + clean(environment, 40) if environment else ''}", ""]
    lines += ["Open now:", *([f"  {told(entry, now, tz)}" for entry in book.entries] or ["  nothing"]), ""]
    happened = sorted([*_logged(book, start, tz), *_recorded(book, spans, start, tz)])
    lines += ["What happened:", *([f"  {text}" for _, text in happened] or ["  nothing"]), ""]
    lines += ["Silences:", *([f"  {text}" for text in _silences(book, start, tz)] or ["  none"])]
    return "\n".join(lines) + "\n"


def _silences(book: Book, start: float, tz: tzinfo) -> Iterator[str]:
    """Those that run or will, then those that ended; acknowledgements and records stand with their alerts."""
    told = [one for one in book.silences if one.kind not in (SilenceKind.RECORD, SilenceKind.ACK)]
    for one in sorted(told, key=lambda one: (one.state is SilenceState.EXPIRED, one.ends_at)):
        if one.state is SilenceState.EXPIRED and one.ends_at < start:
            continue
        word = {SilenceState.EXPIRED: "ended", SilenceState.ACTIVE: "until"}.get(
            one.state, f"from {clock(one.starts_at, tz, day=True)} until"
        )
        yield (
            f"{clean(spelled(one.matchers), 160)} by {clean(one.created_by, 40)} {word} "
            f"{clock(one.ends_at, tz, day=True)}: {clean(free_text(one.comment), 120)}"
        )


def told(entry: Entry, now: float, tz: tzinfo) -> str:
    """An alert as one line: ``✖ CRITICAL DatabaseDeadlocks{…} since 03:12 (4m), acked by mara, 12m left``."""
    by = owner(entry, now)
    age = format_age(max(0.0, now - entry.alert.starts_at))
    rest = entry.phase.value if entry.phase in (Phase.PENDING, Phase.RESOLVED) else entry.state.value
    state = f", {by}" if by else ", nobody has it" if entry.loud else f", {rest}"
    return f"{entry.severity.glyph} {entry.severity.word} {named(entry)} since {clock(entry.alert.starts_at, tz)} ({age}){state}"


def _logged(book: Book, start: float, tz: tzinfo) -> list[tuple[float, str]]:
    out = []
    for event in book.log:
        if event.at < start:
            continue
        who = f" by {clean(event.who, 40)}" if event.who else ""
        if event.kind is EventKind.RESOLVED and who:
            who = f", had been acked{who}"
        words = f": {clean(event.words, 120)}" if event.words else ""
        name = clean(event.name + _braced(event.labels), 160)
        out.append((event.at, f"{clock(event.at, tz)} {event.severity.glyph} {name} {event.kind.value}{who}{words}"))
    return out


def _recorded(book: Book, spans: Sequence[Span], start: float, tz: tzinfo) -> list[tuple[float, str]]:
    """Firings before the wall's own log begins."""
    began = min((event.at for event in book.log), default=float("inf"))
    open_now = [(entry.alert.name, frozenset(entry.alert.labels)) for entry in book.entries]
    out = []
    for one in spans:
        if one.end < start or one.start >= began:
            continue
        name = clean(one.name + _braced(one.labels), 160)
        fires = any(name == one.name and labels.issuperset(one.labels) for name, labels in open_now)
        until = "still firing" if fires and one.end >= book.at - 120 else f"until {clock(one.end, tz)}"
        out.append((max(one.start, start), f"{clock(max(one.start, start), tz)} {name} fired, {until}"))
    return out


def oneline(book: Book, environment: str = "") -> tuple[str, Severity]:
    """``✖1 ▲2 ◆4 prod`` and the worst severity, for prompts, tmux and the terminal's title; ``✔ prod`` when all is calm.

    Counted is what nobody acknowledged; the wall's own findings count as CRITICAL. While nobody answers it begins with a
    question mark: ``? prod``, ``? ✖1 prod`` for what is known from before.
    """
    where = f" {clean(environment, 40)}" if environment else ""
    counts: Counter[Severity] = Counter(
        entry.severity for entry in book.entries if entry.loud and entry.severity is not Severity.OK
    )
    counts[Severity.CRITICAL] += sum(not finding.hint for finding in book.findings)
    level = worst([severity for severity, count in counts.items() if count])
    answering = any(one.answer is not None and one.error is None for one in book.members)
    parts = [f"{one.glyph}{counts[one]}" for one in reversed(Severity) if counts[one] and one is not Severity.OK]
    if not answering:
        parts.insert(0, "?")
    return f"{' '.join(parts) or Severity.OK.glyph}{where}", level


def spans_of(series: Iterable[Series], step: float) -> tuple[Span, ...]:
    """Firings out of ``ALERTS`` over a range: points one step apart belong together. The Watchdog is left out."""
    out = []
    for one in series:
        if one.label("alertname") == WATCHDOG:
            continue
        labels = tuple(pair for pair in one.labels if pair[0] not in ("__name__", "alertstate"))
        start = end = None
        for at in one.times:
            if end is not None and start is not None and at - end > step * 1.5:
                out.append(Span(one.label("alertname"), labels, start, end))
                start = None
            start = at if start is None else start
            end = at
        if start is not None and end is not None:
            out.append(Span(one.label("alertname"), labels, start, end))
    return tuple(sorted(out, key=lambda span: span.start))
