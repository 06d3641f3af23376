"""Rows of alerts as cells: glyph, name, value, age, and what is happening with it. Serves ``alerts`` and ``incidents``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noc.charts.canvas import PLAIN, Canvas, Ink
from noc.engine import escalation
from noc.engine.alertgroups import Group
from noc.engine.book import Entry
from noc.model.alerts import AlertState, Phase
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate, width
from noc.model.units import format_age
from noc.ui.panels.alertwords import Line, glyph, inks, labels_words, silence_words, state_words, value_words
from noc.ui.panels.data import PanelData

INDENT = 2
AGE = 6
CURSOR = 0.25
"""Share of the accent in the ground of the cursor's row: seen from a step away, and no state's colour."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row before it is laid out."""

    line: Line
    depth: int
    mark: str
    mark_ink: Ink
    name: str
    extra: str
    name_ink: Ink
    value: str = ""
    age: str = ""
    state: str = ""
    short: str = ""
    tiny: str = ""
    state_ink: Ink = PLAIN


def visible(lines: Sequence[Line], height: int, cursor: str | None) -> tuple[int, int]:
    """First line shown and how many, so that the cursor is seen; the last row counts what is left out."""
    if len(lines) <= height:
        return 0, len(lines)
    room = max(1, height - 1)
    at = next((index for index, one in enumerate(lines) if one.key == cursor), 0)
    first = min(max(0, at - room + 2), len(lines) - room)
    shown = room
    while shown > 1 and first + shown < len(lines) and lines[first + shown - 1].head:
        shown -= 1  # a heading over nothing says nothing
    return first, shown


def seen(
    data: PanelData, lines: Sequence[Line], rows: int, *, waiting: int = 0, legend: bool = True
) -> tuple[int, int]:
    """First line that :func:`draw_lines` draws on so many rows, and how many: what a mouse points at is what is drawn."""
    assert data.alerts is not None
    foot = _foot(data, lines, rows, waiting, legend=legend)
    return visible(lines, rows - (1 if foot else 0), data.alerts.cursor)


def draw_lines(
    data: PanelData, lines: Sequence[Line], columns: int, rows: int, *, waiting: int = 0, legend: bool = True
) -> Canvas:
    """The lines that fit, the cursor's among them, and one row that says what does not."""
    assert data.alerts is not None
    canvas, palette = Canvas(columns, rows), data.look.palette
    foot = _foot(data, lines, rows, waiting, legend=legend)
    room = rows - (1 if foot else 0)
    first, count = seen(data, lines, rows, waiting=waiting, legend=legend)
    cells = [cells_of(one, data) for one in lines[first : first + count]]
    widths = _widths(cells, columns)
    for y, one in enumerate(cells):
        _put(canvas, y, one, widths, palette, cursor=one.line.key == data.alerts.cursor and one.line.selectable)
    above, left = (sum(not one.head for one in part) for part in (lines[:first], lines[first + count :]))
    if len(lines) > count and count < room:
        text = ", ".join([f"+{left} more"] * bool(left) + [f"{above} above"] * bool(above))
        canvas.put(0, count, truncate(text, columns), Ink(palette.muted))
    if foot:
        canvas.put(0, rows - 1, truncate(foot, columns), Ink(palette.accent if waiting else palette.muted))
    return canvas


def _foot(data: PanelData, lines: Sequence[Line], rows: int, waiting: int, *, legend: bool) -> str:
    """What waits behind a frozen order, else the legend of the countdowns."""
    if waiting:
        return f"{waiting} new ↑   Esc lets them in"
    assert data.alerts is not None
    steps = data.alerts.settings.escalation.steps
    counted = any(
        one.row and one.row.entry and one.row.entry.loud and steps.get(one.row.entry.severity) for one in lines
    )
    return f"policy: {escalation.LEGEND}" if legend and counted and rows > 6 else ""


def cells_of(line: Line, data: PanelData) -> Cells:
    """One line's texts and inks."""
    palette = data.look.palette
    muted = Ink(palette.muted)
    if line.head:
        return Cells(line, 0, "", muted, line.head, "", muted)
    if line.finding is not None:
        one = line.finding
        mark = Severity.CRITICAL.glyph if not one.hint else "·"
        ink = Ink(palette.critical, bold=True) if not one.hint else muted
        age = format_age(max(0.0, data.now - one.since))
        name_ink = Ink(palette.text, bold=True) if not one.hint else muted
        text = clean(one.text, 300)
        return Cells(
            line, 0, mark, ink, one.title, "", name_ink, "", age, text, text, text, name_ink if not one.hint else muted
        )
    if line.silence is not None:
        name, words = silence_words(line.silence, data)
        ink = Ink(palette.medium) if line.silence.ends_soon else muted
        return Cells(line, 0, "○", ink, name, "", Ink(palette.text), "", "", words, words, words, ink)
    assert line.row is not None
    if line.row.group is not None:
        return _group_cells(line, line.row.group, line.row.depth, data)
    assert line.row.entry is not None
    return _entry_cells(line, line.row.entry, line.row.depth, data)


def _entry_cells(line: Line, entry: Entry, depth: int, data: PanelData) -> Cells:
    assert data.alerts is not None
    palette = data.look.palette
    mark_ink, name_ink = inks(entry, palette)
    long, short, tiny = state_words(entry, data)
    ink = Ink(palette.muted)
    if entry.state is AlertState.ACTIVE and entry.phase is Phase.FIRING:
        overdue = "overdue" in long
        ink = (
            Ink(blend(palette.severity(entry.severity), palette.text, 0.5), bold=True) if overdue else Ink(palette.text)
        )
    failed = entry.key in data.alerts.pending and bool(data.alerts.pending[entry.key].failed)
    if failed:
        ink = Ink(palette.critical, bold=True)
    stale = " ◷" if entry.stale else ""
    return Cells(
        line,
        depth,
        glyph(entry),
        mark_ink,
        clean(entry.alert.name, 120) + stale,
        labels_words(entry.alert.labels),
        name_ink,
        value_words(entry, data.alerts),
        _age(entry, data.now),
        long,
        short,
        tiny,
        ink,
    )


def _age(entry: Entry, now: float) -> str:
    if entry.phase is Phase.PENDING:
        return format_age(max(0.0, now - entry.alert.starts_at))
    end = entry.resolved_at if entry.phase is Phase.RESOLVED and entry.resolved_at else now
    return format_age(max(0.0, end - entry.alert.starts_at))


def _group_cells(line: Line, group: Group, depth: int, data: PanelData) -> Cells:
    assert data.alerts is not None
    palette = data.look.palette
    folded = line.key in data.alerts.closed
    if group.label == "severity":
        level = Severity(group.value)
        colour = palette.severity(level) if level is not Severity.OK and group.loud else palette.muted
        ink = Ink(colour, bold=True)
        name, mark = (level.word if level is not Severity.OK else "NONE"), level.glyph
    else:
        colour = palette.severity(group.worst) if group.loud and group.worst is not Severity.OK else palette.muted
        ink, mark = Ink(colour, bold=True), group.worst.glyph if group.worst is not Severity.OK else "·"
        name = clean(group.value or f"no {group.label}", 120)
    words = f": {group.words}" if group.words and group.label != "severity" else ""
    counts = [(group.loud, "active"), (group.acked, "acked"), (group.hidden, "hidden")]
    state = "  ".join(f"{count} {word}" for count, word in counts if count)
    fold = "▸ " if folded else ""
    name_ink = Ink(palette.text if group.loud else palette.muted, bold=bool(group.loud))
    age = format_age(max(0.0, data.now - group.oldest))
    return Cells(
        line,
        depth,
        mark,
        ink,
        f"{fold}{name}{words}",
        "",
        name_ink,
        "",
        age,
        state,
        state,
        _few(counts),
        Ink(palette.muted),
    )


def _few(counts: Sequence[tuple[int, str]]) -> str:
    """``5+1``: what is active, and what somebody has or something hides."""
    loud, rest = counts[0][0], sum(count for count, _ in counts[1:])
    return f"{loud}+{rest}" if rest else str(loud)


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells for value, age and state, 0 where it leaves; ``level``: 0 long words for the state, 2 the fewest."""

    value: int
    age: int
    state: int
    level: int


def _widths(cells: Sequence[Cells], columns: int) -> Widths:
    """Names come first: words shrink, then value and age leave, until three fifths of the names fit, or half the row."""
    rows = [one for one in cells if one.line.row is not None] or [one for one in cells if not one.line.head]
    value = min(12, max((width(one.value) for one in rows), default=0))
    age = AGE if any(one.age for one in rows) else 0
    names = max((_least(one) for one in rows), default=0)
    wanted = min(names, columns * 3 // 5)
    found = Widths(value, age, 0, 0)
    for level, shown in (
        (0, (value, age)),
        (1, (value, age)),
        (1, (0, age)),
        (2, (value, age)),
        (2, (0, age)),
        (2, (0, 0)),
    ):
        state = min(max((width(_words(one, level)) for one in rows), default=0), columns // 2)
        found = Widths(*shown, state, level)
        if columns - sum(part + 2 for part in (*shown, state) if part) >= wanted:
            break
    return found


def _words(one: Cells, level: int) -> str:
    return (one.state, one.short, one.tiny)[level]


def _room(one: Cells, widths: Widths, columns: int) -> int:
    """Cells for a row's words. Silences and findings have their own: theirs reach as far as their name leaves room."""
    if one.line.row is not None:
        return widths.state
    free = columns - _least(one) - 2 - (widths.age + 2 if one.age else 0)
    return max(widths.state, min(width(_words(one, widths.level)), free))


def _least(one: Cells) -> int:
    """Cells of a row's name without the labels behind it."""
    return one.depth * INDENT + 2 + width(one.name)


def _put(canvas: Canvas, y: int, one: Cells, widths: Widths, palette: Palette, *, cursor: bool) -> None:
    columns = canvas.width
    ground = blend(palette.accent, palette.surface, CURSOR) if cursor else None
    if cursor:
        canvas.fill(0, y, columns, 1, " ", Ink(palette.text, ground))
    if one.line.head:
        canvas.put(0, y, truncate(f"{one.name} ", columns), one.name_ink)
        return
    right = columns
    for text, cells, align, ink in (
        (_words(one, widths.level), _room(one, widths, columns), "left", one.state_ink),
        (one.age, widths.age, "right", Ink(palette.muted)),
        (one.value, widths.value, "right", Ink(palette.text)),
    ):
        if cells and (text or one.line.row is not None):
            right -= cells
            canvas.put(right, y, fit(text, cells, align), ink._replace(bg=ground))
            right -= 2
    x = one.depth * INDENT
    canvas.put(x, y, one.mark, one.mark_ink._replace(bg=ground))
    room = right - x - 2
    name = truncate(one.name, max(0, room))
    x = canvas.put(x + 2, y, name, one.name_ink._replace(bg=ground))
    left = right - x - 2
    if one.extra and left >= 4:
        canvas.put(x + 2, y, truncate(one.extra, left), Ink(palette.muted, ground))
