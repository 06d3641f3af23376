"""Words, colours and rows that panels of alerts share. Pure; every foreign word is cleaned here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from noc.charts.canvas import Ink
from noc.config.alertpanels import AlertPanel, AlertsSpec, IncidentsSpec
from noc.engine import alertgroups, escalation
from noc.engine.alertgroups import Row, SilenceRow, frozen, rows, silence_rows, table, tree
from noc.engine.alertmerge import ack_in
from noc.engine.book import Book, Entry, Finding
from noc.engine.digest import QUIET_LABELS
from noc.model.acks import Stage, free_text
from noc.model.alerts import AlertState, Phase, Silence, spelled
from noc.model.palette import Palette
from noc.model.series import Labels
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.timerange import parse_duration
from noc.model.units import format_age, format_value
from noc.ui.panels.data import Alerts, PanelData, Response, chosen, chosen_by, listed_of, second
from noc.ui.panels.kept import per_book
from noc.ui.panels.tally import tally

FIRING = (Phase.FIRING, Phase.CLEARING, Phase.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what it stands for and whether the cursor may rest on it."""

    key: str
    row: Row | None = None
    finding: Finding | None = None
    silence: SilenceRow | None = None
    head: str = ""
    apart: bool = False
    """In a section of its own, not among what fires: no frozen order holds it."""

    @property
    def selectable(self) -> bool:
        return not self.head


def lines(data: PanelData) -> tuple[list[Line], int]:
    """The lines of an ``alerts`` panel, top to bottom, and how many new rows wait behind a frozen order."""
    assert data.alerts is not None and isinstance(data.spec, AlertsSpec)
    alerts, spec, book = data.alerts, data.spec, data.alerts.book
    found, waiting = _listed(book, spec, alerts.closed, alerts.order, *chosen_by(data))
    out = [*found]
    if spec.silences:
        hiding = _silences(book, spec, second(data))
        out += [Line("head:silences", head="silences"), *hiding] if hiding else []
    out += [Line(one.key, finding=one) for one in book.findings if one.hint]
    return out, waiting


@per_book
def _listed(
    book: Book, spec: AlertsSpec, closed: frozenset[str], order: tuple[str, ...] | None, typed: str, at: float
) -> tuple[tuple[Line, ...], int]:
    """What the second does not move: findings, what fires in its order, what will, what did."""
    keep = chosen(spec.filter, typed)
    firing, waiting = frozen(_current(book, spec, closed, typed, at), order, book)
    out = [Line(one.key, finding=one) for one in book.findings if not one.hint]
    listed = {row.key for row in firing}
    out += [Line(row.key, row) for row in firing]
    out += _section("will fire", [one for one in book.pending if spec.pending and keep(one, at)], listed)
    done = [one for one in book.resolved if spec.resolved and keep(one, at)]
    out += _section("resolved", done, listed | _was(listed, done))
    return tuple(out), waiting


@per_book
def _current(book: Book, spec: AlertsSpec, closed: frozenset[str], typed: str, at: float) -> list[Row]:
    """The rows of what fires, in no frozen order."""
    wanted = {AlertState(word) for word in spec.states}
    runs = tally(book, listed_of(book, spec, typed, at)).runs
    entries = [entry for run in runs if run.state in wanted for entry in run.entries]
    if spec.view == "tree":
        return rows(tree(entries, spec.group_by, spec.aggregate, ordered=True), closed)
    groups = table(entries, spec.group_by, spec.aggregate, ordered=True)
    return [
        Row(one.key, 0, one) if len(one.entries) > 1 else Row(one.entries[0].key, 0, None, one.entries[0])
        for one in groups
    ]


@per_book
def _silences(book: Book, spec: AlertsSpec, at: float) -> list[Line]:
    return [Line(one.key, silence=one) for one in silence_rows(book, at)]


def _was(listed: set[str], done: list[Entry]) -> set[str]:
    """Keys of resolved firings that already stand where they fired: the cursor's row does not jump."""
    return {one.key for one in done if one.alert.fingerprint in listed}


def _section(head: str, entries: list[Entry], listed: set[str]) -> list[Line]:
    found = [Line(one.key, Row(one.key, 0, None, one), apart=True) for one in entries if one.key not in listed]
    return [Line(f"head:{head}", head=head), *found] if found else []


def order_of(data: PanelData) -> tuple[str, ...]:
    """The order in which a list stands now: what it is drawn in while it has the focus."""
    assert data.alerts is not None
    alerts, spec = data.alerts, data.spec
    if isinstance(spec, AlertsSpec):
        return _order(alerts.book, spec, alerts.closed, alerts.order, *chosen_by(data))
    return alertgroups.order_of([one.row for one in incident_lines(data)[0] if one.row is not None])


@per_book
def _order(
    book: Book, spec: AlertsSpec, closed: frozenset[str], order: tuple[str, ...] | None, typed: str, at: float
) -> tuple[str, ...]:
    found, _ = _listed(book, spec, closed, order, typed, at)
    return alertgroups.order_of([one.row for one in found if one.row is not None and not one.apart])


def incident_lines(data: PanelData) -> tuple[list[Line], int]:
    """What is being worked, forgotten acknowledgements on top, then what nobody has yet of CRITICAL and HIGH; and how
    many new rows wait behind a frozen order."""
    assert data.alerts is not None and isinstance(data.spec, IncidentsSpec)
    found, waiting = _incidents(data.alerts.book, data.spec, data.alerts.order, second(data), *chosen_by(data))
    return [*found], waiting


@per_book
def _incidents(
    book: Book, spec: IncidentsSpec, order: tuple[str, ...] | None, now: float, typed: str, at: float
) -> tuple[list[Line], int]:
    worked, open_ = _worked(book, spec, typed, at)
    lost = [one for one in worked if forgotten(one, spec.forgotten, now)]
    left = {one.key for one in lost}
    current = [Row(one.key, 0, None, one) for one in (*lost, *open_, *(one for one in worked if one.key not in left))]
    ordered, waiting = frozen(current, order, book)
    out = [Line(one.key, finding=one) for one in book.findings if not one.hint]
    return out + [Line(row.key, row) for row in ordered], waiting


@per_book
def _worked(book: Book, spec: IncidentsSpec, typed: str, at: float) -> tuple[list[Entry], list[Entry]]:
    """What somebody has, the most severe and oldest first, and what nobody has yet."""
    runs = tally(book, listed_of(book, spec, typed, at)).runs
    worked = [entry for run in runs if run.state is AlertState.ACKED for entry in run.entries]
    open_ = [entry for run in runs if run.loud and run.severity.rank >= Severity.HIGH.rank for entry in run.entries]
    worked.sort(key=lambda one: (-one.severity.rank, one.alert.starts_at))
    return worked, open_


def forgotten(entry: Entry, after: float, now: float) -> bool:
    """Whether an acknowledgement is old and its work never got further than being acknowledged."""
    if entry.ack is None or now - entry.ack.starts_at <= after:
        return False
    ack = ack_in(entry.ack)
    return ack is None or ack.stage is Stage.ACKED


# -- keys of rows


def entries_of(data: PanelData, key: str) -> tuple[Entry, ...]:
    """The alerts a row stands for; none for findings, silences and rows that are gone."""
    if data.alerts is None:
        return ()
    found = data.alerts.book.by_key.get(key)
    if found is not None:
        return (found,)
    listed = lines(data)[0] if isinstance(data.spec, AlertsSpec) else incident_lines(data)[0]
    line = next((one for one in listed if one.key == key and one.row is not None), None)
    return line.row.entries if line is not None and line.row is not None else ()


def silence_of(data: PanelData, key: str) -> Silence | None:
    """The silence a row stands for."""
    if data.alerts is None or not key.startswith("silence:"):
        return None
    return data.alerts.book.silence(key.removeprefix("silence:"))


def alert_key(data: PanelData) -> object:
    """Everything the picture of a panel of alerts hangs on; equal keys draw equal pictures."""
    alerts = data.alerts
    if alerts is None:
        return ()
    settings = (alerts.cursor, alerts.order, alerts.typed, alerts.closed, alerts.hushed, alerts.read_only)
    return (alerts.book.version, settings, tuple(alerts.pending.items()), int(data.now), id(alerts.responses))


# -- words


def response_of(entry: Entry, alerts: Alerts) -> Response:
    """The response targets of an alert: its own annotations before the catalogue's."""
    known = alerts.responses.get(entry.alert.name, Response())
    return Response(
        _duration(entry.alert.annotation("ack_within")) or known.ack_within,
        _duration(entry.alert.annotation("watch_after")) or known.watch_after,
        known.unit,
    )


@lru_cache(maxsize=1024)
def _duration(text: str) -> float | None:
    try:
        return parse_duration(text) if text else None
    except ValueError:
        return None


def value_words(entry: Entry, alerts: Alerts) -> str:
    if entry.value is None:
        return ""
    return format_value(entry.value, response_of(entry, alerts).unit)


def labels_words(labels: Labels) -> str:
    """The labels that tell an alert from its like: values alone, in the order of their names."""
    return clean(" ".join(value for name, value in labels if name not in QUIET_LABELS), 200)


Words = tuple[str, str, str]
"""The same in long, short and the fewest words."""


def state_words(entry: Entry, data: PanelData) -> Words:
    """What stands at the end of a row: who has it, what hides it, what comes next."""
    assert data.alerts is not None
    alerts, now = data.alerts, data.now
    asked = alerts.pending.get(entry.key)
    if asked is not None:
        if asked.failed:
            return f"✖ {clean(asked.failed, 160)}", f"✖ {clean(asked.failed, 40)}", "✖ failed"
        return f"{asked.verb.value} asked …", "asked …", "asked …"
    phase = _PHASES.get(entry.phase)
    if phase is not None:
        return phase(entry, alerts, now)
    badges = _badges(entry)
    if entry.state is AlertState.ACTIVE:
        long, short, tiny = _open_words(entry, alerts, now)
        return "  ".join(filter(None, [long, *badges])), short or " ".join(badges[:1]), tiny
    long, short, tiny = _hidden_words(entry, alerts, now)
    return "  ".join([long, *badges]), short, tiny


def _badges(entry: Entry) -> list[str]:
    """What else is to be known of a row; behind what comes next, and the first to leave."""
    out = [f"flapping {entry.flaps}x"] if entry.flaps >= 3 else []
    if entry.clears_at is not None and entry.state is not AlertState.ACTIVE:
        out.append("clearing")
    if entry.inhibits:
        out.append(f"inhibits {entry.inhibits}")
    return out


def _open_words(entry: Entry, alerts: Alerts, now: float) -> Words:
    if entry.clears_at is not None:
        left = escalation.countdown(entry.clears_at - now)
        return f"clears in {left}", f"clears {left}", f"clears {left}"
    storming = tally(alerts.book, alerts.book.entries).loud(Severity.CRITICAL) > alerts.settings.escalation.storm
    due = escalation.due(entry, alerts.settings.escalation, now, storm=storming)
    target, _ = escalation.response(entry, response_of(entry, alerts).ack_within, now)
    if due is None:
        return target, target, target.removeprefix("ack ")
    who = clean("+".join(due.who), 40)
    span = escalation.countdown(now - due.at if due.overdue else due.at - now)
    short = f"{who} overdue {span}" if due.overdue else f"{who} in {span}"
    return clean(due.words(now), 80), short, f"overdue {span}" if due.overdue else f"in {span}"


def _hidden_words(entry: Entry, alerts: Alerts, now: float) -> Words:
    if entry.state is AlertState.ACKED and entry.ack is not None:
        who = clean(entry.ack.created_by, 24) or "somebody"
        left = format_age(max(0.0, entry.ack.ends_at - alerts.book.server_now(now)))
        ack = ack_in(entry.ack)
        stage = f"{ack.stage.words} · " if ack is not None and ack.stage is not Stage.ACKED else ""
        return f"{stage}acked by {who} {left} left", f"{stage}{who} {left}", who
    if entry.state is AlertState.SILENCED and entry.silences:
        last = max(entry.silences, key=lambda one: one.ends_at)
        who = clean(last.created_by, 24) or "somebody"
        left = format_age(max(0.0, last.ends_at - alerts.book.server_now(now)))
        word = "window by" if last.kind.value == "window" else "silenced by"
        return f"{word} {who} {left} left", f"silenced {left}", "silenced"
    if entry.state is AlertState.INHIBITED:
        source = alerts.book.by_key.get(entry.alert.inhibited_by[0]) if entry.alert.inhibited_by else None
        return (f"inhibited by {clean(source.alert.name, 40)}" if source else "inhibited"), "inhibited", "inhibited"
    return f"muted {clean(', '.join(entry.alert.muted_by), 40)}".rstrip(), "muted", "muted"


def _pending_words(entry: Entry, alerts: Alerts, now: float) -> Words:
    left = (entry.fires_at or now) - now
    words = f"fires in {escalation.countdown(left)}" if left > 0 else "fires now"
    return words, words, words


def _unknown_words(entry: Entry, alerts: Alerts, now: float) -> Words:
    return "gone, not confirmed as resolved", "unconfirmed", "gone?"


def _resolved_words(entry: Entry, alerts: Alerts, now: float) -> Words:
    ago = format_age(max(0.0, now - (entry.resolved_at or now)))
    said = clean(entry.outcome.replace("-", " "), 20) if entry.outcome else "outcome?"
    by = f" · acked by {clean(entry.was_acked_by, 24)}" if entry.was_acked_by else ""
    watch = response_of(entry, alerts).watch_after
    left = (entry.resolved_at or now) + watch - now if watch else 0.0
    watching = f" · watch {escalation.countdown(left)}" if left > 0 and not entry.outcome else ""
    return f"resolved {ago} ago · {said}{by}{watching}", f"resolved {ago} · {said}", said


_PHASES: dict[Phase, Callable[[Entry, Alerts, float], Words]] = {
    Phase.PENDING: _pending_words,
    Phase.UNKNOWN: _unknown_words,
    Phase.RESOLVED: _resolved_words,
}


def silence_words(row: SilenceRow, data: PanelData) -> tuple[str, str]:
    """A silence's matchers, and what is to be said of it: ``window ends in 10 min, 3 still fire beneath``."""
    assert data.alerts is not None
    one = row.silence
    left = max(0.0, one.ends_at - data.alerts.book.server_now(data.now))
    name = clean(f"{one.kind.value} {spelled(one.matchers)}", 200)
    if row.ends_soon:
        beneath = f"{row.matches} still {'fires' if row.matches == 1 else 'fire'} beneath"
        return name, f"{one.kind.value} ends in {escalation.countdown(left)}, {beneath}"
    who = clean(one.created_by, 24)
    words = clean(free_text(one.comment), 60)
    hides = "matches nothing" if row.idle else f"hides {row.matches}"
    return name, f"{hides}, by {who}, {format_age(left)} left{': ' + words if words else ''}"


# -- colours


def inks(entry: Entry, palette: Palette) -> tuple[Ink, Ink]:
    """Ink of the glyph and of the name. Colour is for what somebody must look at; what is taken or hidden steps back."""
    level = palette.muted if entry.severity is Severity.OK else palette.severity(entry.severity)
    if entry.stale or entry.phase is Phase.UNKNOWN:
        return Ink(palette.muted), Ink(palette.muted, italic=True)
    if entry.phase is Phase.RESOLVED:
        return Ink(palette.ok), Ink(palette.muted)
    if entry.phase is Phase.PENDING:
        return Ink(palette.muted), Ink(palette.muted)
    if entry.loud:
        return Ink(level, bold=True), Ink(palette.text, bold=entry.severity.rank >= Severity.HIGH.rank)
    if entry.state is AlertState.ACKED:
        return Ink(level), Ink(palette.text)
    return Ink(palette.muted), Ink(palette.muted)


def glyph(entry: Entry) -> str:
    """The mark in front of a row: severity, or what sets it apart."""
    if entry.phase is Phase.RESOLVED:
        return Severity.OK.glyph
    if entry.phase is Phase.PENDING:
        return "◌"
    if entry.phase is Phase.UNKNOWN or entry.stale:
        return "◷"
    return entry.severity.glyph if entry.severity is not Severity.OK else "·"


def is_alert_panel(data: PanelData) -> bool:
    return isinstance(data.spec, AlertPanel)
