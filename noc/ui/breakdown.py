"""What changed, drawn: labels by how much they explain, under each its values with now, before, change and a bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset
from noc.charts.status import draw_message, draw_skeleton
from noc.engine.changes import FEW, Change
from noc.engine.inquiry import Breakdown, Inquiry
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate, width
from noc.model.units import format_delta, format_value, split_axis
from noc.ui.panels.data import Look

TOP = 5
"""Values shown of a label; the rest is counted."""

SMALL = 0.0005  # of all movement: below this a value did not move

Spot = tuple[str, str]
"""Label and value: what the cursor holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: a label's heading (no change), a value with its numbers, or a remark."""

    label: str
    change: Change | None = None
    text: str = ""
    cells: tuple[str, str, str] = ("", "", "")  # now, before, change
    unit: str = ""


def rows_of(breakdowns: Sequence[Breakdown], unit: str = "short") -> list[Row]:
    """All lines, in the order given; values that did not move are counted, not listed."""
    out: list[Row] = []
    for one in breakdowns:
        if out:
            out.append(Row(""))
        shown = [change for change in one.changes if change.share >= SMALL][:TOP]
        cells, suffix = _cells(shown, unit)
        out.append(Row(one.label, None, _explains(one), ("now", "before", "change") if shown else ("", "", ""), suffix))
        out += [Row(one.label, change, cells=each) for change, each in zip(shown, cells, strict=True)]
        rest = len(one.changes) - len(shown)
        if rest:
            share = sum(change.share for change in one.changes[len(shown) :])
            words = f"{_percent(share)} of the change" if share >= SMALL else "unchanged"
            out.append(Row("", text=f"+{rest} more, {words}"))
    return out


def _cells(changes: Sequence[Change], unit: str) -> tuple[list[tuple[str, str, str]], str]:
    """Now, before and change of each value, all on one scale, and the unit they have in common."""
    numbers = [each for one in changes for each in (one.now or 0.0, one.before or 0.0, abs(one.change))]
    most = max((abs(number) for number in numbers), default=0.0)
    digits = 2 - math.floor(math.log10(most)) if most else 0
    texts, suffix = split_axis([round(number, digits) for number in numbers], unit)
    out = []
    for index, one in enumerate(changes):
        now, before, moved = texts[3 * index : 3 * index + 3]
        arrow = "▲" if one.change > 0 else "▼"
        out.append(("gone" if one.vanished else now, "new" if one.new else before, f"{arrow} {moved}"))
    return out, suffix.strip()


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def spots(rows: Sequence[Row]) -> list[Spot]:
    """Where the cursor can stand, top to bottom."""
    return [(row.label, row.change.value) for row in rows if row.change is not None]


def _explains(one: Breakdown) -> str:
    """What a label tells, in words."""
    count = len(one.changes)
    if not one.moved:
        return f"none of {count} changed" if count > 1 else "one value, unchanged"
    if count == 1:
        return "one value has it all"
    few, share = 1, one.changes[0].share
    while few < min(FEW, count - 1) and share < 0.8:
        share += one.changes[few].share
        few += 1
    return f"{few} of {count} explain{'s' if few == 1 else ''} {_percent(share)}"


def draw_changed(
    inquiry: Inquiry,
    breakdowns: Sequence[Breakdown],
    title: str,
    unit: str,
    columns: int,
    rows: int,
    look: Look,
    cursor: Spot | None,
    note: str = "",
) -> Canvas:
    """The whole sheet. ``cursor`` is the chosen value; ``note`` says which of several queries this is."""
    palette = look.palette
    canvas = Canvas(columns, rows, Ink(palette.text, palette.surface))
    quiet = Ink(palette.muted, palette.surface)
    progress = _progress(inquiry)
    canvas.put(columns - width(progress) - 2, 0, progress, quiet)
    room = columns - width(progress) - 6
    canvas.put(2, 0, truncate(f"What changed: {title}{note}", room), Ink(palette.text, palette.surface, bold=True))
    canvas.put(2, 1, truncate(_headline(inquiry, unit, look), columns - 4), quiet)
    hint = "↑↓ choose   Enter asks for this value alone   Esc leaves" if cursor else "Esc leaves"
    canvas.put(2, rows - 1, truncate(hint, columns - 4), quiet)
    body = _body(inquiry, breakdowns, unit, columns - 4, rows - 5, look, cursor)
    for row in body.inks:
        row[:] = [_grounded(ink, palette.text, palette.surface) for ink in row]
    canvas.blit(2, 3, body)
    return canvas


def _grounded(ink: Ink, text: str, ground: str) -> Ink:
    return ink if ink.fg and ink.bg else Ink(ink.fg or text, ink.bg or ground, ink.bold, ink.dim, ink.italic)


def _progress(inquiry: Inquiry) -> str:
    if not inquiry.done:
        return f"asking {len(inquiry.found)} of {len(inquiry.labels)} labels" if inquiry.labels else "asking"
    parts = [f"{len(inquiry.labels)} label{'' if len(inquiry.labels) == 1 else 's'}"] if inquiry.labels else []
    if inquiry.unasked:
        parts.append(f"{inquiry.unasked} more not asked")
    if inquiry.failed:
        parts.append(f"{len(inquiry.failed)} failed")
    return ", ".join(parts)


def _headline(inquiry: Inquiry, unit: str, look: Look) -> str:
    """The whole value at both moments."""
    at, earlier = (datetime.fromtimestamp(moment, look.tz) for moment in (inquiry.at, inquiry.at - inquiry.back))
    moments = f"{at:%H:%M} against {earlier:%H:%M}"
    if inquiry.now is None and inquiry.before is None:
        return moments
    values = f"{format_value(inquiry.now, unit)}, before {format_value(inquiry.before, unit)}"
    delta = format_delta(inquiry.now, inquiry.before, unit)
    return f"{values}   {delta}   {moments}" if inquiry.now is not None and inquiry.before is not None else values


def _body(
    inquiry: Inquiry,
    breakdowns: Sequence[Breakdown],
    unit: str,
    columns: int,
    rows: int,
    look: Look,
    cursor: Spot | None,
) -> Canvas:
    palette, charset = look.palette, look.charset
    if inquiry.error:
        return draw_message(
            "✖",
            "the server did not answer",
            clean(inquiry.error, 300),
            columns,
            rows,
            palette,
            charset,
            colour=palette.high,
        )
    if inquiry.obstacle:
        return draw_message("∅", "cannot be split", clean(inquiry.obstacle, 300), columns, rows, palette, charset)
    if not any(one.moved for one in breakdowns):
        if not inquiry.done:
            return draw_skeleton(columns, rows, palette, charset)
        if inquiry.failed and not breakdowns:
            failed = inquiry.failed[0]
            words = f"by {clean(failed.label, 60)}: {clean(failed.error, 300)}"
            return draw_message(
                "✖", "no label could be asked", words, columns, rows, palette, charset, colour=palette.high
            )
        detail = f"by {', '.join(clean(one.label, 40) for one in breakdowns)}" if breakdowns else ""
        return draw_message("✔", "nothing changed in this hour", detail, columns, rows, palette, charset)
    lines = rows_of(breakdowns, unit)
    canvas = Canvas(columns, rows, Ink(palette.text, palette.surface))
    places = [index for index, row in enumerate(lines) if row.change and (row.label, row.change.value) == cursor]
    at = places[0] if places else 0
    offset = max(0, min(at - rows // 2, len(lines) - rows))
    most = {one.label: max((abs(change.change) for change in one.changes), default=0.0) for one in breakdowns}
    places_of = columns_of(lines, columns)
    for y, row in enumerate(lines[offset : offset + rows]):
        if row.change is None:
            _draw_heading(canvas, y, row, places_of, palette)
        else:
            chosen = bool(places) and offset + y == at
            _draw_value(canvas, y, row, row.change, places_of, most[row.label], look, chosen=chosen)
    return canvas


SHARE = 6  # cells of the share's column
WIDEST_BAR = 48
LEAST_NAME = 28  # cells of a value's name where there is room for a bar too


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of a value's name, of each of the three numbers, and of the bar; the share follows."""

    name: int
    number: int
    bar: int

    @property
    def bar_at(self) -> int:
        return self.name + 3 * self.number + 2


def columns_of(rows: Sequence[Row], width_: int) -> Columns:
    """Names as wide as they are, as long as a bar of ten cells fits; the bar takes what is left."""
    number = max(8, 2 + max((width(cell) for row in rows for cell in row.cells), default=0))
    room = max(0, width_ - 3 * number - SHARE - 2)
    longest = max((width(clean(row.change.value, 200)) for row in rows if row.change), default=0) + 5
    name = min(max(LEAST_NAME, min(longest, room - 10)), room)
    return Columns(name, number, min(WIDEST_BAR, room - name))


def _draw_heading(canvas: Canvas, y: int, row: Row, columns: Columns, palette: Palette) -> None:
    quiet = Ink(palette.muted, palette.surface)
    if not row.label:
        canvas.put(2, y, truncate(row.text, canvas.width - 2), quiet)
        return
    name, number = columns.name, columns.number
    x = canvas.put(0, y, truncate(clean(row.label, 60), name), Ink(palette.text, palette.surface, bold=True))
    canvas.put(x + 2, y, truncate(row.text, name + number - x - 6), quiet)
    for column, words in enumerate(row.cells):
        canvas.put(name + (column + 1) * number - width(words), y, words, quiet)
    canvas.put(columns.bar_at, y, truncate(row.unit, columns.bar), quiet)


def _draw_value(
    canvas: Canvas, y: int, row: Row, change: Change, columns: Columns, most: float, look: Look, *, chosen: bool
) -> None:
    palette = look.palette
    ground = palette.raised if chosen else palette.surface
    plain, quiet = Ink(palette.text, ground), Ink(palette.muted, ground)
    name, number = columns.name, columns.number
    if chosen:
        canvas.fill(0, y, canvas.width, 1, " ", plain)
        canvas.put(0, y, "▌", Ink(palette.accent, ground))
    value = clean(change.value, 200) if change.value else f"(no {clean(row.label, 40)})"
    canvas.put(2, y, truncate(value, name - 3, "middle"), plain)
    inks = (quiet if change.vanished else plain, quiet, plain)
    for column, (text, ink) in enumerate(zip(row.cells, inks, strict=True)):
        canvas.put(name + column * number, y, fit(text, number, "right"), ink)
    colour = palette.series[0] if change.change > 0 else palette.series[2]
    length = _bar(abs(change.change) / most if most else 0.0, columns.bar, look.charset)
    canvas.put(columns.bar_at, y, length, Ink(colour, ground))
    canvas.put(columns.bar_at + columns.bar, y, fit(_percent(change.share), SHARE, "right"), quiet)


def _bar(share: float, cells: int, charset: Charset) -> str:
    """A bar of so many cells at share 1, in eighths."""
    eighths = round(share * cells * 8)
    full, part = divmod(eighths, 8)
    return charset.growing[8] * full + (charset.growing[part] if part else "")
