"""Marks on a time axis: deployments, incidents and notes as quiet uprights with their words; stretches are shaded.

They say what happened, not how it is: no colour of a state, and no glyph of a severity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset
from noc.charts.timeaxis import tick_column
from noc.model.colour import blend
from noc.model.markers import Marker
from noc.model.palette import Palette
from noc.model.text import clean, truncate, width

GLYPHS: dict[str, tuple[str, str]] = {"incident": ("‡", "I"), "deploy": ("⇧", "D"), "note": ("¶", "N")}
"""By kind, what matters most first: the glyph, and the letter where there is only ASCII."""

LABEL = 28
"""Cells of a mark's words at most."""

UPRIGHT = ("┊", ":")
QUIET, SHADE = 0.55, 0.13
"""Shares of a colour over the card's ground: uprights, shaded stretches."""

_KINDS = tuple(GLYPHS)


@dataclass(frozen=True, slots=True)
class Field:
    """Where time runs on a canvas: ``columns`` from ``left``, ``rows`` from row 0, ``start`` to ``end`` in unix seconds.

    ``axis`` is the row of the clock times, None where there is none; ``free`` are the characters that may be drawn over.
    ``cells``: a column is a stretch of time, and not a point of a line; what happens within it stands in it.
    """

    left: int
    columns: int
    rows: int
    start: float
    end: float
    axis: int | None = None
    free: str = " "
    cells: bool = False

    def column(self, time: float) -> int:
        if self.cells:
            share = (time - self.start) / max(1e-9, self.end - self.start)
            return self.left + min(max(int(share * self.columns + 1e-9), 0), self.columns - 1)
        return self.left + tick_column(min(max(time, self.start), self.end), self.start, self.end, self.columns)


def glyph(kind: str, charset: Charset) -> str:
    """The sign of a kind of mark; that of a note for a kind nobody knows."""
    return GLYPHS.get(kind, GLYPHS["note"])[0 if charset.braille else 1]


def said(marker: Marker) -> str:
    """A mark in words, harmless: ``deploy v2.14 by mara``; the kind once."""
    text = clean(marker.text, 200).strip()
    if text.lower().startswith(marker.kind.lower()):
        return text
    return f"{clean(marker.kind, 20)} {text}".strip()


def within(markers: Iterable[Marker], start: float, end: float) -> list[Marker]:
    """The marks that reach into a window, oldest first; a stretch without an end yet goes on."""
    found = [one for one in markers if one.at <= end and (one.at if one.until is None else one.until) >= start]
    return sorted(found, key=lambda one: (one.at, _rank(one.kind), one.text))


def marked(markers: Iterable[Marker], field: Field) -> dict[int, list[Marker]]:
    """The marks that begin in the window by their canvas column, what matters most first within one."""
    columns: dict[int, list[Marker]] = {}
    if field.columns > 0 and field.end > field.start:
        for one in within(markers, field.start, field.end):
            if one.at >= field.start:
                columns.setdefault(field.column(one.at), []).append(one)
    return {x: sorted(found, key=lambda one: (_rank(one.kind), one.at)) for x, found in columns.items()}


def at_cursor(markers: Iterable[Marker], field: Field, cursor: float | None) -> str:
    """The words of what happened in the cursor's column; empty where nothing did."""
    if cursor is None or not field.start <= cursor <= field.end:
        return ""
    return ", ".join(said(one) for one in marked(markers, field).get(field.column(cursor), ()))


def draw_markers(
    canvas: Canvas, field: Field, markers: Sequence[Marker], palette: Palette, charset: Charset
) -> frozenset[int]:
    """Uprights over what is free, a glyph at each foot, words where they cover nothing; stretches shaded.

    Returns the columns of the axis row that are taken: clock times leave them out.
    """
    _shade(canvas, field, markers, palette)
    columns = marked(markers, field)
    if not columns:
        return frozenset()
    before = [list(row) for row in canvas.chars]
    quiet = Ink(blend(palette.muted, palette.surface, QUIET))
    foot = field.rows if field.axis is None else field.axis
    for x, found in columns.items():
        for y in range(field.rows):
            if canvas.chars[y][x] in field.free:
                canvas.chars[y][x] = UPRIGHT[0 if charset.braille else 1]
                canvas.inks[y][x] = quiet._replace(bg=canvas.inks[y][x].bg)
        y = foot if field.axis is not None else field.rows - 1
        if y < canvas.height and (field.axis is not None or before[y][x] in field.free):
            canvas.put(x, y, glyph(found[0].kind, charset), Ink(palette.text, canvas.inks[y][x].bg))
    _label(canvas, field, columns, before, palette)
    return frozenset(columns) if field.axis is not None else frozenset()


def unlabelled(ticks: Iterable[tuple[int, str]], taken: frozenset[int]) -> list[tuple[int, str]]:
    """Of (first column, clock time) pairs those that keep a cell of air from every glyph."""
    return [(x, text) for x, text in ticks if not taken & set(range(x - 1, x + len(text) + 1))]


def _rank(kind: str) -> int:
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _shade(canvas: Canvas, field: Field, markers: Iterable[Marker], palette: Palette) -> None:
    if field.columns <= 0 or field.end <= field.start:
        return
    ground = blend(palette.muted, palette.surface, SHADE)
    for one in within(markers, field.start, field.end):
        if one.until is None:
            continue
        for y in range(min(field.rows, canvas.height)):
            inks = canvas.inks[y]
            for x in range(field.column(one.at), field.column(one.until) + 1):
                if inks[x].bg is None:  # the ground of a stacked layer is data
                    inks[x] = inks[x]._replace(bg=ground)


def _label(
    canvas: Canvas, field: Field, columns: dict[int, list[Marker]], before: list[list[str]], palette: Palette
) -> None:
    """The words beside their upright, as high as they fit; the newest first, as it is asked for most. What fits nowhere
    is left to the cursor and the zoomed panel."""
    taken = {(x, y) for x in columns for y in range(field.rows)}
    for x, found in sorted(columns.items(), reverse=True):
        more = f" +{len(found) - 1}" if len(found) > 1 else ""
        words = clean(found[0].text, 200).strip() or found[0].kind
        text = truncate(words, min(LABEL, field.columns // 2) - len(more)) + more
        for at, y in _places(field, x, width(text)):
            cells = [(one, y) for one in range(at - 1, at + width(text) + 1) if one != x]
            if all(
                field.left <= one < field.left + field.columns and before[y][one] in field.free for one, _ in cells
            ) and not taken & set(cells):
                _write(canvas, at, y, text, palette)
                taken |= set(cells)
                break


def _write(canvas: Canvas, x: int, y: int, text: str, palette: Palette) -> None:
    grounds = [ink.bg for ink in canvas.inks[y]]
    end = canvas.put(x, y, text, Ink(palette.muted))
    for at in range(x, min(end, canvas.width)):
        canvas.inks[y][at] = canvas.inks[y][at]._replace(bg=grounds[at])


def _places(field: Field, x: int, cells: int) -> Iterator[tuple[int, int]]:
    """Where words may begin: right of the upright, then left of it, from the top row to the middle."""
    for y in range(max(1, (field.rows + 1) // 2)):
        yield x + 2, y
        yield x - 1 - cells, y
