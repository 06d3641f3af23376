"""status: the state of it all in one word, and the alert that makes it (specification 5.4)."""

from __future__ import annotations

from noc.charts.canvas import Canvas, Ink
from noc.charts.letters import draw_word
from noc.engine.book import Entry
from noc.engine.digest import clock, named
from noc.model.alerts import AlertState
from noc.model.severity import Severity
from noc.model.text import clean, truncate
from noc.model.units import format_age
from noc.ui.panels.alertwords import state_words, value_words
from noc.ui.panels.data import PanelData, severity, shown


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """The word as large as the room allows, what makes it beneath."""
    canvas = Canvas(columns, rows)
    palette = data.look.palette
    word, level = _word(data)
    colour = palette.ok if word == "OK" else palette.muted if level is Severity.OK else palette.severity(level)
    under = _lines(data)
    ink = Ink(colour, bold=True)
    room = max(1, rows - min(len(under), 2 if rows < 9 else 3))
    large = draw_word(word, ink, columns, room, data.look.charset)
    if large is None:
        text = f"{level.glyph} {word}" if word != "OK" else f"{Severity.OK.glyph} all quiet"
        canvas.put(0, 0, truncate(text if level is not Severity.OK or word == "OK" else f"? {word}", columns), ink)
        used = 1
    else:
        top = 1 if rows >= large.height + 3 else 0
        canvas.blit(0, top, large)
        used = top + large.height + (1 if rows - top - large.height > len(under) else 0)
    for y, (text, tint) in enumerate(under[: max(0, rows - used)], used):
        canvas.put(0, y, truncate(text, columns), Ink(tint))
    return canvas


def _word(data: PanelData) -> tuple[str, Severity]:
    assert data.alerts is not None
    level = severity(data)
    if not data.alerts.book.configured or not data.alerts.book.known:
        return "UNKNOWN", Severity.OK
    return ("OK", Severity.OK) if level is Severity.OK else (level.value.upper(), level)


def _lines(data: PanelData) -> list[tuple[str, str]]:
    """What stands beneath: what makes the state, how much more there is, what is taken."""
    assert data.alerts is not None
    palette, book = data.look.palette, data.alerts.book
    if not book.configured:
        return [("no Alertmanager is configured", palette.muted), ("--alertmanager URL, or noc init", palette.muted)]
    out = [(f"{one.title}: {clean(one.text, 200)}", palette.text) for one in book.findings if not one.hint]
    entries = shown(data)
    loud = [entry for entry in entries if entry.loud]
    if loud:
        out.append((_headline(loud[0], data), palette.text))
        if len(loud) > 1:
            out.append((_more(loud[1:]), palette.muted))
    taken = _taken(entries)
    if taken:
        out.append((taken, palette.muted))
    if not loud and not entries and not out:
        out.append((_calm(data), palette.muted))
    hints = [one for one in book.findings if one.hint]
    return out + [(f"hint: {clean(one.title, 60)}", palette.muted) for one in hints]


def _headline(entry: Entry, data: PanelData) -> str:
    assert data.alerts is not None
    age = format_age(max(0.0, data.now - entry.alert.starts_at))
    summary = clean(entry.alert.annotation("summary") or named(entry), 120)
    value = value_words(entry, data.alerts)
    words = f"{summary} {value}".strip()
    policy = state_words(entry, data)[1]
    return f"{words} since {age}" + (f"  {policy}" if policy else "")


def _more(entries: list[Entry]) -> str:
    counts = [(level, sum(one.severity is level for one in entries)) for level in reversed(Severity)]
    return "and " + "  ".join(f"{level.glyph} {count}" for level, count in counts if count)


def _taken(entries: tuple[Entry, ...]) -> str:
    words = []
    for state, word in (
        (AlertState.ACKED, "acked"),
        (AlertState.SILENCED, "silenced"),
        (AlertState.INHIBITED, "inhibited"),
    ):
        count = sum(one.state is state for one in entries)
        if count:
            words.append(f"{count} {word}")
    return ", ".join(words)


def _calm(data: PanelData) -> str:
    assert data.alerts is not None
    book = data.alerts.book
    if book.resolved:
        last = book.resolved[0]
        return f"last: {named(last, 60)}, resolved {clock(last.resolved_at or data.now, data.look.tz)}"
    return "no alert fires"
