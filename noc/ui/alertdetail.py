"""One alert whole, as cells: what it is, who has it, what hides it, its labels; the runbook beside or beneath. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from noc.charts.canvas import Canvas, Ink
from noc.charts.markdown import draw_markdown
from noc.charts.wrap import wrap
from noc.engine import escalation
from noc.engine.book import Entry
from noc.engine.digest import clock, named
from noc.model.acks import free_text
from noc.model.alerts import Phase, spelled
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.units import format_age
from noc.ui.panels.alertwords import glyph, inks, response_of, state_words, value_words
from noc.ui.panels.data import PanelData

BESIDE = 110
"""Columns from which the runbook stands beside the alert rather than beneath it."""

LABEL = 12
Piece = tuple[str, str, Ink]


def facts(entry: Entry, data: PanelData) -> Iterator[Piece]:
    """(word, text, ink) rows about an alert, the urgent ones first."""
    assert data.alerts is not None
    palette, alerts = data.look.palette, data.alerts
    plain, quiet = Ink(palette.text), Ink(palette.muted)
    mark, _ = inks(entry, palette)
    level = entry.severity.word if entry.severity is not Severity.OK else "no severity"
    yield "", f"{glyph(entry)} {level}  {clean(named(entry), 300)}", Ink(mark.fg, bold=True)
    summary = entry.alert.annotation("summary")
    if summary:
        yield "", clean(summary, 400), Ink(palette.text, bold=True)
    description = entry.alert.annotation("description")
    if description:
        yield "", clean(description, 1000), plain
    yield "", "", plain
    yield from _standing(entry, data)
    for one in entry.silences:
        until = clock(one.ends_at, data.look.tz, day=True)
        words = free_text(one.comment)
        yield one.kind.value, clean(f"{one.created_by} until {until}{': ' + words if words else ''}", 300), plain
    for key in entry.alert.inhibited_by:
        source = alerts.book.by_key.get(key)
        yield "inhibited", f"by {named(source) if source else clean(key, 40)}", plain
    if entry.alert.muted_by:
        yield "muted", clean(", ".join(entry.alert.muted_by), 200), plain
    if entry.inhibits:
        yield "inhibits", f"{entry.inhibits} other alert{'' if entry.inhibits == 1 else 's'}", plain
    yield "known to", f"{clean(', '.join(entry.members), 120) or 'nobody who answers'}", quiet
    yield "", "", plain
    for name, value in entry.alert.labels:
        yield clean(name, 24), clean(value, 400), plain
    rest = [(name, value) for name, value in entry.alert.annotations if name not in ("summary", "description")]
    if rest:
        yield "", "", plain
    for name, value in rest:
        yield clean(name, 24), clean(value, 400), quiet
    for one in entry.silences[:3]:
        yield "matchers", clean(spelled(one.matchers), 300), quiet
    yield "fingerprint", clean(entry.alert.fingerprint, 40), quiet


def _standing(entry: Entry, data: PanelData) -> Iterator[Piece]:
    """Its state, value and age, what is expected of whom and until when."""
    assert data.alerts is not None
    palette, alerts, now = data.look.palette, data.alerts, data.now
    plain, policy = Ink(palette.text), alerts.settings.escalation
    due = escalation.due(entry, policy, now, storm=escalation.storm(alerts.book, policy))
    due_words = clean(due.words(now), 80) if due is not None else ""
    target, missed = escalation.response(entry, response_of(entry, alerts).ack_within, now)
    long = state_words(entry, data)[0].removesuffix(due_words or target).rstrip()  # these have rows of their own
    state = entry.phase.value if entry.phase is not Phase.FIRING else entry.state.value
    yield "state", ", ".join([state, *(part for part in long.split("  ") if part)]), plain
    if value := value_words(entry, alerts):
        yield "value", value, plain
    age = format_age(max(0.0, now - entry.alert.starts_at))
    yield "since", f"{clock(entry.alert.starts_at, data.look.tz, day=True)} ({age})", plain
    if target:
        yield "response", target, Ink(palette.high, bold=True) if missed else plain
    if due_words:
        yield "policy", f"{due_words.removeprefix('policy: ')} ({escalation.LEGEND})", plain


def draw_facts(rows: Sequence[Piece], columns: int, palette: Palette) -> Canvas:
    """The rows, long ones wrapped under their word."""
    lines: list[Piece] = []
    for word, text, ink in rows:
        indent = LABEL if word else 0
        parts = wrap(text, max(8, columns - indent)) or [""]
        lines += [(word if index == 0 else "" if not word else " ", part, ink) for index, part in enumerate(parts)]
    canvas = Canvas(columns, len(lines))
    for y, (word, text, ink) in enumerate(lines):
        if word.strip():
            canvas.put(0, y, clean(word, LABEL - 1), Ink(palette.muted))
        canvas.put(LABEL if word else 0, y, text, ink)
    return canvas


def draw_detail(entry: Entry, data: PanelData, columns: int, runbook: str) -> Canvas:
    """The alert, and its runbook beside it where there is room."""
    palette = data.look.palette
    wide = columns >= BESIDE and bool(runbook)
    left = columns // 2 - 2 if wide else columns
    own = draw_facts(list(facts(entry, data)), left, palette)
    if not runbook:
        return own
    text = trimmed(draw_markdown(runbook, columns - left - 3 if wide else columns, 400, palette, data.look.charset))
    canvas = Canvas(columns, max(own.height, text.height) if wide else own.height + 1 + text.height)
    canvas.blit(0, 0, own)
    canvas.blit(left + 3 if wide else 0, 0 if wide else own.height + 1, text)
    return canvas


def trimmed(canvas: Canvas) -> Canvas:
    """Without the empty rows at the end."""
    rows = canvas.height
    while rows and not "".join(canvas.chars[rows - 1]).strip():
        rows -= 1
    out = Canvas(canvas.width, rows)
    out.blit(0, 0, canvas)
    return out
