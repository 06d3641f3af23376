"""Strips of states over time: a row a thing, coloured by what it was, the word inside where it has room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from itertools import groupby

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.markers import Field, at_cursor, draw_markers, unlabelled
from noc.charts.timeaxis import clock_label, time_ticks
from noc.model.colour import readable_on
from noc.model.markers import Marker
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate, width

GAP = "·"
_FULL, _HALF = "█", "▄"
_SPACINGS = (4, 2)
"""Rows of a strip with the free one under it: a band has three or one, so that its word stands in its middle."""
_NOTED = 30
"""Columns from which the current state stands at the right."""
_SIGNS = "=o*%#"
"""How urgent a state is, where there are no blocks: calm to critical."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A state from ``start`` to ``end`` in unix seconds. ``rank``: how urgent, 0 is calm; ``word`` is already clean.

    A state that is known to be good is ``calm``: drawn half as high, so that trouble stands out without colour too.
    """

    start: float
    end: float
    word: str
    colour: str
    rank: int = 0
    calm: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """One thing's states, in the order of time, and what is said of it at the right: a word and its colour."""

    key: str
    name: str
    stretches: tuple[Stretch, ...]
    note: str
    colour: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The window in unix seconds, where the cursor stands in it, and what happened meanwhile. ``more``: strips that are not
    even here."""

    start: float
    end: float
    tz: tzinfo = UTC
    step: float = 60.0
    cursor: float | None = None
    chosen: str | None = None
    more: int = 0
    markers: tuple[Marker, ...] = ()


def joined_stretches(stretches: Sequence[Stretch], slack: float) -> tuple[Stretch, ...]:
    """Equal neighbours at most ``slack`` seconds apart made one."""
    out: list[Stretch] = []
    for one in stretches:
        last = out[-1] if out else None
        if last and (last.word, last.colour) == (one.word, one.colour) and one.start <= last.end + slack:
            out[-1] = replace(last, end=max(last.end, one.end))
        else:
            out.append(one)
    return tuple(out)


def cells_of(stretches: Sequence[Stretch], start: float, end: float, columns: int) -> list[int | None]:
    """By column the index of its stretch: the most urgent that touches it, then the one that fills most of it; None: a
    gap. So the shortest outage stays seen over the longest range."""
    cells: list[int | None] = [None] * max(0, columns)
    if not columns > 0 or not end > start:
        return cells
    most: list[tuple[int, float]] = [(-1, 0.0)] * columns
    scale = columns / (end - start)
    for index, one in enumerate(stretches):
        first, last = (max(one.start, start) - start) * scale, (min(one.end, end) - start) * scale
        if last < first or last < 0 or first > columns:
            continue
        at = min(columns - 1, int(first + 1e-9))
        while at < columns and (at < last - 1e-9 or at == min(columns - 1, int(first + 1e-9))):
            share = (one.rank, min(last, at + 1.0) - max(first, float(at)))
            if share > most[at]:
                most[at], cells[at] = share, index
            at += 1
    return cells


def shown_of(count: int, rows: int, more: int = 0) -> int:
    """How many strips stand in a body of so many rows, its last one the time; a row counts what is left."""
    room = max(1, rows - 1)
    return count if count <= room and not (more and count == room) else max(1, room - 1)


def offset_of(strips: Sequence[Strip], rows: int, chosen: str | None, more: int = 0) -> int:
    """Strips above the first one drawn, so that the chosen one is seen."""
    at = next((index for index, one in enumerate(strips) if one.key == chosen), 0)
    return max(0, at - shown_of(len(strips), rows, more) + 1)


def spacing_of(count: int, rows: int, more: int = 0) -> int:
    """Rows a strip takes: one; two or four with a free one under it, where there is room for all."""
    return 1 if more else next((each for each in _SPACINGS if count * each <= rows), 1)


def draw_states(
    strips: Sequence[Strip], time: Timeline, columns: int, rows: int, palette: Palette, charset: Charset = UNICODE
) -> Canvas:
    """Names at the left, strips, what is now (or was at the cursor) at the right, the time beneath."""
    canvas = Canvas(columns, rows)
    if rows < 1 or columns < 4:
        return canvas
    share = 3 if columns >= _NOTED else 4
    names = min(max((width(clean(one.name, 120)) for one in strips), default=0), max(4, columns * share // 10))
    notes = min(max((width(one.note) for one in strips), default=0), columns // 5) if columns >= _NOTED else 0
    left, wide = names + 1, max(1, columns - names - 1 - (notes + 1 if notes else 0))
    field = Field(left, wide, rows - 1, time.start, time.end, rows - 1, cells=True)
    first, each = offset_of(strips, rows, time.chosen, time.more), spacing_of(len(strips), rows, time.more)
    shown = strips[first : first + shown_of(len(strips), rows, time.more)]
    words: list[tuple[int, int]] = []
    for place, one in enumerate(shown):
        band = Canvas(columns, max(1, each - 1))
        middle, picked = (band.height - 1) // 2, one.key == time.chosen
        ground = palette.raised if picked else None
        if picked:
            band.fill(0, 0, columns, band.height, " ", Ink(palette.text, ground))
        band.put(0, middle, truncate(clean(one.name, 120), names, "middle"), Ink(palette.text, ground, bold=picked))
        words += [(x, place * each + middle) for x in _strip(band, one, time, field, palette, charset)]
        if notes:
            band.put(columns - notes, middle, fit(one.note, notes), Ink(one.colour, ground, bold=True))
        canvas.blit(0, place * each, band)
    hidden = len(strips) - len(shown) + time.more
    if rows > 1:
        before = [(x, y, canvas.chars[y][x], canvas.inks[y][x]) for x, y in words if y < rows]
        marks = draw_markers(canvas, field, time.markers, palette, charset)
        for x, y, char, ink in before:  # no upright between the letters of a state
            canvas.chars[y][x], canvas.inks[y][x] = char, ink
        _axis(canvas, time, field, palette, marks)
    if hidden and rows > 1:
        canvas.put(0, min(rows - 1, len(shown) * each), f"+{hidden} more", Ink(palette.muted))
    return spell(canvas, charset)


def _strip(band: Canvas, strip: Strip, time: Timeline, field: Field, palette: Palette, charset: Charset) -> list[int]:
    """The stretches of a strip in all rows of its band, and the cursor across them; the columns of words."""
    at, words = field.left, list[int]()
    for index, run in groupby(cells_of(strip.stretches, time.start, time.end, field.columns)):
        length = len(list(run))
        if index is None:
            band.fill(at, (band.height - 1) // 2, length, 1, GAP, Ink(palette.faint))
        else:
            words += _stretch(band, strip.stretches[index], at, length, charset)
        at += length
    if time.cursor is None or not time.start <= time.cursor <= time.end:
        return words
    column = field.column(time.cursor)
    for y in range(band.height):
        under = band.inks[y][column]
        ground = under.fg if band.chars[y][column] == _FULL else under.bg
        band.put(column, y, charset.upright, Ink(palette.text, ground, bold=True))
    return words


def _stretch(band: Canvas, one: Stretch, x: int, length: int, charset: Charset) -> range:
    """A band, its word in the middle where that leaves a cell at either side; the columns of the word."""
    plain, middle = not charset.braille, (band.height - 1) // 2
    if plain:
        band.fill(x, 0, length, band.height, _SIGNS[min(one.rank, len(_SIGNS) - 1)], Ink(one.colour))
        if not one.calm and not one.rank:
            band.fill(x, 0, 1, band.height, "|", Ink(one.colour))
    elif one.calm:
        band.fill(x, middle, length, 1, _HALF if band.height == 1 else _FULL, Ink(one.colour))
    else:
        band.fill(x, 0, length, band.height, _FULL, Ink(one.colour))
    if not one.word or width(one.word) + 2 > length:
        return range(0)
    ground = None if plain or one.calm else one.colour
    ink = Ink(readable_on(ground) if ground else one.colour, ground, bold=one.rank > 0)
    first = x + (length - width(one.word) - 2) // 2
    return range(first, band.put(first, middle, f" {one.word} ", ink))


def _axis(canvas: Canvas, time: Timeline, field: Field, palette: Palette, marks: frozenset[int]) -> None:
    """Clock times under the strips; the cursor's own, and none that it or a mark would touch."""
    label, at, y = "", 0, field.rows
    if time.cursor is not None and time.start <= time.cursor <= time.end:
        told = at_cursor(time.markers, field, time.cursor)
        words = f"{clock_label(time.cursor, time.tz, time.step, time.end - time.start)} {told}".strip()
        label = f" {truncate(words, max(1, field.columns - 2))} "
        at = field.column(time.cursor) - width(label) // 2
        at = min(max(field.left, at), max(field.left, field.left + field.columns - width(label)))
        canvas.put(at, y, label, Ink(palette.text, palette.raised))
    ticks = [
        (min(field.column(moment) - width(text) // 2, field.left + field.columns - width(text)), text)
        for moment, text in time_ticks(time.start, time.end, field.columns, time.tz)
    ]
    for first, text in unlabelled(ticks, marks):
        if not label or first > at + width(label) or first + width(text) < at:
            canvas.put(first, y, text, Ink(palette.muted))
