"""Tables: quiet head, aligned numbers, columns that give way in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.meter import draw_meter
from noc.charts.spark import draw_spark
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells

_GAP = 2
_SPARK = 12
_BAR = 14
_LEAST = 10
_NAMED = 16
_NAME = 5
"""Cells between columns; of a column of sparks; of one of bars; that a shrunken column keeps before it leaves; that the
first one keeps while another can leave; of the last name left."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``spark`` replaces the text by a small course of values (NaN is a gap), ``bar`` (0-1) stands before it."""

    text: str
    colour: str | None = None
    spark: Sequence[float] | None = None
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Columns of low ``priority`` shrink first and leave first; ``cut`` says where text loses characters. ``keep`` cells
    are kept before it leaves; ``grow`` takes as many of what is left over."""

    title: str
    cells: Sequence[Cell]
    align: Literal["left", "right"] = "left"
    priority: int = 0
    cut: Literal["end", "middle"] = "end"
    keep: int = _LEAST
    grow: int = 0

    @property
    def natural(self) -> int:
        """The width that shows everything."""
        texts = [_size(cell) for cell in self.cells]
        return max([cells(clean(self.title)), *texts, 1])

    @property
    def least(self) -> int:
        """The width below which the column says nothing; a cut number would be a lie, so numbers never shrink."""
        if self.align == "right" and not any(cell.spark is not None for cell in self.cells):
            return self.natural
        return min(self.natural, self.keep)


def draw_table(
    columns: Sequence[TableColumn],
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    cursor: int | None = None,
    offset: int = 0,
    more: int = 0,
) -> Canvas:
    """The rows from ``offset`` on; rows below the edge and ``more`` are counted in the last row ("+12 more")."""
    canvas = Canvas(width, height)
    widths = column_widths(columns, canvas.width)
    rows = max((len(column.cells) for column in columns), default=0)
    head = 1 if any(column.title for column in columns) and canvas.height > 1 else 0
    room = canvas.height - head
    if (rows - offset > room or more) and room > 1:
        room -= 1
        left = max(0, rows - offset - room) + more
        canvas.put(0, canvas.height - 1, truncate(f"+{left} more", canvas.width), Ink(fg=palette.muted))
    x = 0
    for column, given in zip(columns, widths, strict=True):
        if given:
            if head:
                canvas.put(x, 0, _fitted(clean(column.title), given, column), Ink(fg=palette.muted))
            for y, cell in enumerate(column.cells[offset : offset + room], head):
                _draw_cell(canvas, x, y, cell, column, given, palette, charset)
            x += given + _GAP
    if cursor is not None and 0 <= cursor - offset < min(room, rows - offset):
        _highlight(canvas, cursor - offset + head, palette)
    return spell(canvas, charset)


def _size(cell: Cell) -> int:
    if cell.spark is not None:
        return _SPARK
    return _BAR if cell.bar is not None else cells(clean(cell.text))


def column_widths(columns: Sequence[TableColumn], width: int) -> list[int]:
    """Cells of every column, 0 for those that left.

    Columns shrink, then leave, the least important and rightmost first. The first one names the rows: it never leaves.
    What is left over goes to the first column that is not a number's.
    """
    widths = [column.natural for column in columns]
    order = sorted(range(len(columns)), key=lambda index: (columns[index].priority, -index))
    for index in order:
        least = min(widths[index], _NAMED) if index == 0 and len(columns) > 2 else columns[index].least
        widths[index] -= max(0, min(widths[index] - max(least, columns[index].least), _used(widths) - width))
    for index in order:
        if index and _used(widths) > width:
            if sum(map(bool, widths)) == 2:
                widths[0] = max(min(_NAME, widths[0]), widths[0] - (_used(widths) - width))
            if _used(widths) > width:
                widths[index] = 0
    for index in reversed(order):  # what the leaving ones freed
        if widths[index]:
            widths[index] = min(columns[index].natural, max(0, widths[index] + width - _used(widths)))
    for index, column in enumerate(columns):
        if widths[index] and column.grow:
            widths[index] += max(0, min(column.grow, width - _used(widths)))
    spare = width - _used(widths)
    grows = next((index for index in range(len(columns)) if widths[index] and columns[index].align == "left"), None)
    if grows is not None and spare > 0:
        widths[grows] += spare
    return widths


def _used(widths: Sequence[int]) -> int:
    shown = [given for given in widths if given]
    return sum(shown) + _GAP * max(0, len(shown) - 1)


def _fitted(text: str, given: int, column: TableColumn) -> str:
    return fit(truncate(text, given, column.cut), given, column.align)


def _draw_cell(
    canvas: Canvas, x: int, y: int, cell: Cell, column: TableColumn, given: int, palette: Palette, charset: Charset
) -> None:
    if cell.bar is not None:
        _draw_bar(canvas, x, y, cell, given, palette, charset)
    elif cell.spark is not None:
        canvas.blit(x, y, draw_spark(cell.spark, min(given, _SPARK), 1, cell.colour or palette.series[0], charset))
    else:
        canvas.put(x, y, _fitted(clean(cell.text), given, column), Ink(fg=cell.colour or palette.text))


def _draw_bar(canvas: Canvas, x: int, y: int, cell: Cell, given: int, palette: Palette, charset: Charset) -> None:
    """The bar, its words right aligned behind it, as wide in every row as the widest can be."""
    words = clean(cell.text)
    length = given - 5 if words else given
    reach, colour = (0.0, min(1.0, max(0.0, cell.bar or 0.0))), cell.colour or palette.series[0]
    draw_meter(canvas, x, y, max(1, length), reach, colour, palette.surface, charset)
    if words:
        canvas.put(x + length + 1, y, fit(words, 4, "right"), Ink(fg=palette.text))


def _highlight(canvas: Canvas, y: int, palette: Palette) -> None:
    for x, ink in enumerate(canvas.inks[y]):
        canvas.inks[y][x] = Ink(fg=ink.fg or palette.text, bg=palette.raised, bold=True)
