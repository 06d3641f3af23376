"""A page of log lines as cells: time, severity, who, what, where. Only lines that are seen are read and formatted."""

from __future__ import annotations

from dataclasses import dataclass

from noc.charts.canvas import Canvas, Ink
from noc.charts.wrap import wrap_pieces
from noc.engine.logfilter import Mark, spans
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import fit, truncate, width
from noc.ui.panels.alertlist import CURSOR
from noc.ui.panels.data import PanelData
from noc.ui.panels.logcells import GAP, Cells, Widths, cells_of, column_widths, lead, pieces_of, wrapped
from noc.ui.panels.logplace import Placed, foot_of, seen
from noc.ui.panels.logwords import marked

LEAST = 20
"""Cells of a remark in the last row at least."""
TINT = 0.28
"""Share of the critical colour in the ground of a critical row."""
MARK = 0.4
"""Share of the accent in the ground of what is marked."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in the lines, and the ground it is marked by."""

    wanted: tuple[Mark, ...]
    ink: str
    ground: str


def draw_lines(data: PanelData, columns: int, rows: int) -> Canvas:
    """The lines that fit, the cursor's among them, and one row that says what is not seen."""
    canvas, palette = Canvas(columns, rows), data.look.palette
    foot = foot_of(data, rows)
    placed = seen(data, columns, rows)
    cells = {one.y: cells_of(one.line, data, columns) for one in placed if one.line is not None}
    widths, marks, before = column_widths(list(cells.values()), columns), _marking(data), None
    cursor = data.logs.cursor if data.logs is not None else None
    for one in placed:
        if one.line is None:
            canvas.put(0, one.y, truncate(one.head, columns), Ink(palette.muted))
            before = None
            continue
        drawn = cells[one.y]
        ground = _ground(drawn, palette, cursor=one.line.key == cursor)
        if ground:
            canvas.fill(0, one.y, columns, one.rows, " ", Ink(palette.text, ground))
        if wrapped(data):
            _put_wrapped(canvas, one, drawn, palette, marks, ground, same=drawn.time == before)
        else:
            _put(canvas, one.y, drawn, widths, palette, marks, ground, same=drawn.time == before)
        before = drawn.time
    x = 0
    for text, ink in foot:
        if not x or columns - x >= min(width(text), LEAST):
            x = canvas.put(x, rows - 1, truncate(text, columns - x), ink) + 3
    return canvas


def _marking(data: PanelData) -> Marks:
    palette = data.look.palette
    return Marks(marked(data), palette.text, blend(palette.accent, palette.surface, MARK))


def _ground(cells: Cells, palette: Palette, *, cursor: bool) -> str | None:
    if cursor:
        return blend(palette.accent, palette.surface, CURSOR)
    return blend(palette.critical, palette.surface, TINT) if cells.severity is Severity.CRITICAL else None


def _glyph(cells: Cells, palette: Palette, ground: str | None) -> tuple[str, Ink]:
    if cells.severity is Severity.OK:
        return "·", Ink(palette.muted, ground)
    if cells.routine:
        return cells.severity.glyph, Ink(palette.muted, ground)
    return cells.severity.glyph, Ink(palette.severity(cells.severity), ground, bold=True)


def _put(
    canvas: Canvas,
    y: int,
    cells: Cells,
    widths: Widths,
    palette: Palette,
    marks: Marks,
    ground: str | None,
    *,
    same: bool,
) -> None:
    bold = cells.severity is Severity.CRITICAL
    quiet, plain = Ink(palette.muted, ground), Ink(palette.text, ground, bold=bold)
    x = canvas.put(0, y, cells.time, quiet if same and not bold else plain) + 1
    x = canvas.put(x, y, *_glyph(cells, palette, ground)) + 1
    if widths.kind and cells.kind:
        _text(canvas, x, y, fit(cells.kind, widths.kind), plain, marks)
    if widths.kind and (cells.kind or not cells.free):
        x += widths.kind + GAP
    if cells.free:
        text = cells.what if widths.kind or not cells.kind else f"{cells.kind}  {cells.what}"
        _text(canvas, x, y, truncate(text, canvas.width - x), plain, marks)
        return
    behind = plain if bold else quiet
    for text, given, ink, cut in (
        (cells.who, widths.who, plain, "middle"),
        (cells.rest if widths.kind else cells.what, widths.what, plain, "end"),
        (cells.where, widths.where, behind, "middle"),
    ):
        if given:
            _text(canvas, x, y, truncate(text, given, cut), ink, marks)
            x += given + GAP


def _text(canvas: Canvas, x: int, y: int, text: str, ink: Ink, marks: Marks) -> int:
    """Write a text, what is marked in it on a ground of its own."""
    end = canvas.put(x, y, text, ink)
    for piece, marked_ink, at in _marks(text, ink, marks):
        canvas.put(x + at, y, piece, marked_ink)
    return end


def _marks(text: str, ink: Ink, marks: Marks) -> list[tuple[str, Ink, int]]:
    """The marked pieces of a text, their ink, and the cells before each."""
    if not marks.wanted or not text:
        return []
    found = spans(marks.wanted, text)
    own = ink._replace(fg=marks.ink, bg=marks.ground, bold=True)
    return [(text[begin:end], own, width(text[:begin])) for begin, end in found]


def _put_wrapped(
    canvas: Canvas,
    placed: Placed,
    cells: Cells,
    palette: Palette,
    marks: Marks,
    ground: str | None,
    *,
    same: bool,
) -> None:
    bold, left = cells.severity is Severity.CRITICAL, lead(canvas.width)
    ink = Ink(palette.muted if same and not bold else palette.text, ground, bold=bold)
    x = canvas.put(0, placed.y, cells.time, ink) + 1
    canvas.put(x, placed.y, *_glyph(cells, palette, ground))
    rows = wrap_pieces(pieces_of(cells, palette, ground), canvas.width - left)
    for y, row in enumerate(rows[: placed.rows], placed.y):
        x = left
        for text, own in row:
            shade = palette.text if bold else own.fg
            x = _text(canvas, x, y, text, own._replace(fg=shade, bg=ground, bold=bold), marks)
    if len(rows) > placed.rows:
        canvas.put(canvas.width - 1, placed.y + placed.rows - 1, "…", Ink(palette.muted, ground))
