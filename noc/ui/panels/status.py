"""status: the state of it all in one word, and the alert that makes it (specification 5.4)."""

from __future__ import annotations

from noc.charts.canvas import Canvas, Ink
from noc.charts.letters import draw_word
from noc.engine.book import Entry
from noc.engine.digest import clock, named
from noc.model.alerts import AlertState
from noc.model.results import State
from noc.model.severity import Severity
from noc.model.text import clean, truncate, width
from noc.model.units import format_age
from noc.ui.panels.alertwords import state_words, value_words
from noc.ui.panels.data import PanelData, age, severity, shown, state
from noc.ui.panels.tally import tally

QUIET = "OK"
UNKNOWN = "UNKNOWN"
AIRY = 7
"""Rows of a body from which a row above the word stays free: it does not hang on the title."""
LEAST = 16
"""Cells of an alert's summary that are worth more than what stands behind it."""


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """The word as large as the room allows, what makes it beneath."""
    canvas = Canvas(columns, rows)
    word, mark, colour = _word(data)
    under = _lines(data, columns)
    ink = Ink(colour, bold=True)
    air = 1 if rows >= AIRY else 0
    room = max(1, rows - min(len(under), 2 if rows < 9 else 3) - air)
    large = draw_word(word, ink, columns, room, data.look.charset)
    if large is None:
        text = "all quiet" if word == QUIET else word
        canvas.put(0, 0, truncate(f"{mark} {text}", columns), ink)
        used = 1
    else:
        top = air if air and rows >= large.height + 2 else 0
        canvas.blit(0, top, large)
        used = top + large.height + (1 if rows - top - large.height > len(under) else 0)
    for y, (text, tint) in enumerate(under[: max(0, rows - used)], used):
        canvas.put(0, y, truncate(text, columns), Ink(tint))
    return canvas


def blind(data: PanelData) -> bool:
    """Whether no Alertmanager says anything now: an old answer that was calm is no calm."""
    assert data.alerts is not None
    return not data.alerts.book.known or state(data) in (State.STALE, State.ERROR)


def _word(data: PanelData) -> tuple[str, str, str]:
    """The state's word, its mark and its colour."""
    assert data.alerts is not None
    level, palette = severity(data), data.look.palette
    if not data.alerts.book.configured:
        return UNKNOWN, "?", palette.muted
    if blind(data):
        return UNKNOWN, "?", palette.high if level is Severity.OK else palette.severity(level)
    if level is Severity.OK:
        return QUIET, level.glyph, palette.ok
    return level.value.upper(), level.glyph, palette.severity(level)


def _lines(data: PanelData, columns: int) -> list[tuple[str, str]]:
    """What stands beneath: since when nothing is known, what makes the state, how much more there is, what is taken."""
    assert data.alerts is not None
    palette, book = data.look.palette, data.alerts.book
    if not book.configured:
        return [("no Alertmanager is configured", palette.muted), ("--alertmanager URL, or noc init", palette.muted)]
    old = age(data)
    unknown = blind(data)
    out = []
    if unknown and old is not None:
        since = clock(data.now - old, data.look.tz)
        words = f"state unknown since {since}: last answer {format_age(old)} ago"
        out.append(
            (words if width(words) <= columns else f"unknown since {since}, {format_age(old)} ago", palette.text)
        )
    out += [(f"{one.title}: {clean(one.text, 200)}", palette.text) for one in book.findings if not one.hint]
    counts = tally(book, shown(data))
    if counts.first is not None:
        was = "was: " if unknown else ""
        out.append((_headline(was, counts.first, data, columns), palette.text))
        first = counts.first.severity
        more = [(level, counts.loud(level) - (level is first)) for level in reversed(Severity)]
        words = "  ".join(f"{level.glyph} {count}" for level, count in more if count)
        out += [(f"and {words}", palette.muted)] if words else []
    taken = [(count, state.value) for state in AlertState if (count := counts.taken(state))]
    if taken:
        out.append((", ".join(f"{count} {word}" for count, word in taken), palette.muted))
    if not out:
        out.append((_calm(data), palette.muted))
    hints = [one for one in book.findings if one.hint]
    return out + [(f"hint: {clean(one.title, 60)}", palette.muted) for one in hints]


def _headline(was: str, entry: Entry, data: PanelData, columns: int) -> str:
    """What happens, its value, since when, and what comes next: the summary gives way first, then what comes next."""
    assert data.alerts is not None
    since = format_age(max(0.0, data.now - entry.alert.starts_at))
    value = value_words(entry, data.alerts)
    behind = f" {value} since {since}" if value else f" since {since}"
    policy = state_words(entry, data)[1]
    summary = was + clean(entry.alert.annotation("summary") or named(entry), 120)
    for tail in (f"{behind}  {policy}" if policy else behind, behind, f" since {since}"):
        room = columns - width(tail)
        if room >= min(width(summary), LEAST):
            return truncate(summary, room) + tail
    return truncate(summary, columns)


def _calm(data: PanelData) -> str:
    assert data.alerts is not None
    book = data.alerts.book
    if book.resolved:
        last = book.resolved[0]
        return f"last: {named(last, 60)}, resolved {clock(last.resolved_at or data.now, data.look.tz)}"
    return "no alert fires"
