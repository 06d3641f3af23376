"""Two frames held against each other: which cells differ, in words and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from noc.charts.canvas import PLAIN, Canvas, Ink
from noc.engine.grid import Rect
from noc.model.colour import blend
from noc.model.text import clean
from noc.picture.frame import Frame
from noc.picture.sheet import beside

MOST_ROWS = 20
"""Rows that are told in full."""
NEAR = 8
"""Equal cells between two changes of a row that are still told as one."""
MARK, UNMARKED = "#ff2fd0", 0.55
"""Ground of a cell that differs, a colour no theme has; how much of its light a cell that is equal keeps."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of one row that differs; columns and rows count from 1, as a text editor does."""

    row: int
    column: int
    old: str
    new: str
    inks: tuple[str, str] = ("", "")
    """The colours before and after of the first cell, where only colours differ."""
    panel: str = ""

    @property
    def words(self) -> str:
        """``row 12, column 40 (pool): -84 % +91 %``, made harmless."""
        place = f"row {self.row}, column {self.column}" + (f" ({clean(self.panel, 60)})" if self.panel else "")
        if self.old == self.new:
            return f"{place}: {clean(self.old, 60)!r} is coloured -{self.inks[0]} +{self.inks[1]}"
        return f"{place}: -{clean(self.old, 160)!r} +{clean(self.new, 160)!r}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two frames differ. Falsy when they do not."""

    old_size: tuple[int, int]
    new_size: tuple[int, int]
    cells: frozenset[tuple[int, int]]
    """(column, row) from 0; cells that only one of them has are among them."""
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.cells) or self.old_size != self.new_size

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels that differ, in the order of their first change."""
        return tuple(dict.fromkeys(change.panel for change in self.changes if change.panel))

    @property
    def head(self) -> str:
        """``14 cells differ in 3 rows: pool, rate``."""
        if self.old_size != self.new_size:
            (old_columns, old_rows), (columns, rows) = self.old_size, self.new_size
            return f"it is {columns}x{rows} and was {old_columns}x{old_rows}"
        rows = len({y for _, y in self.cells})
        said = f"{_counted(len(self.cells), 'cell')} {'differs' if len(self.cells) == 1 else 'differ'}"
        said += f" in {_counted(rows, 'row')}"
        return said + (f": {', '.join(clean(panel, 60) for panel in self.panels)}" if self.panels else "")

    def lines(self, most: int = MOST_ROWS) -> list[str]:
        """A line for each change of the first ``most`` rows, then how many rows are left."""
        told: list[str] = []
        rows = sorted({change.row for change in self.changes})
        told += [change.words for change in self.changes if change.row in rows[:most]]
        if len(rows) > most:
            told.append(f"and {_counted(len(rows) - most, 'more row')}")
        return told


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def compare(old: Frame, new: Frame, panels: Mapping[str, Rect] | None = None, *, text_only: bool = False) -> Difference:
    """What differs between two frames; ``panels`` says where each stands in the new one. Colours count, unless
    ``text_only``: plain text keeps none, nor the blanks at the end of a row, nor the empty rows at its end."""
    if text_only:
        size = (max(old.cells.width, new.cells.width), max(old.cells.height, new.cells.height))
        old, new = (replace(frame, cells=_grown(frame.cells, size)) for frame in (old, new))
    a, b = old.cells, new.cells
    differing = frozenset(
        (x, y)
        for y in range(max(a.height, b.height))
        for x in _columns(old, new, y)
        if not (x < a.width and x < b.width and y < a.height and y < b.height)
        or a.chars[y][x] != b.chars[y][x]
        or (not text_only and _full(a.inks[y][x], old) != _full(b.inks[y][x], new))
    )
    places = panels or {}
    changes = [change for y, row in _by_row(differing) for change in _changes(old, new, y, row, places)]
    return Difference((a.width, a.height), (b.width, b.height), differing, tuple(changes))


def _columns(old: Frame, new: Frame, y: int) -> Iterable[int]:
    """Columns to look at: none where the rows are equal in every respect, which most are."""
    a, b = old.cells, new.cells
    alike = (a.width, old.foreground, old.background) == (b.width, new.foreground, new.background)
    if alike and y < min(a.height, b.height) and a.chars[y] == b.chars[y] and a.inks[y] == b.inks[y]:
        return ()
    return range(max(a.width, b.width))


def _full(ink: Ink, frame: Frame) -> Ink:
    """The ink with the colours it takes from the ground."""
    return ink._replace(fg=ink.fg or frame.foreground, bg=ink.bg or frame.background)


def _grown(canvas: Canvas, size: tuple[int, int]) -> Canvas:
    out = Canvas(*size, PLAIN)
    out.blit(0, 0, canvas)
    return out


def _by_row(cells: Iterable[tuple[int, int]]) -> Iterable[tuple[int, list[int]]]:
    for y, row in groupby(sorted(cells, key=lambda cell: (cell[1], cell[0])), key=lambda cell: cell[1]):
        yield y, [x for x, _ in row]


def _changes(old: Frame, new: Frame, y: int, columns: list[int], panels: Mapping[str, Rect]) -> Iterable[Change]:
    """The stretches of a row, cut where many equal cells or another panel part them."""
    first = last = columns[0]
    panel = _panel(panels, first, y)
    for column in [*columns[1:], -1]:
        if column >= 0 and column - last <= NEAR and _panel(panels, column, y) == panel:
            last = column
            continue
        inks = (_ink(old, first, y), _ink(new, first, y))
        yield Change(y + 1, first + 1, _text(old, y, first, last), _text(new, y, first, last), inks, panel)
        first = last = column
        panel = _panel(panels, first, y)


def _panel(panels: Mapping[str, Rect], x: int, y: int) -> str:
    return next((name for name, rect in panels.items() if rect.contains(x, y)), "")


def _text(frame: Frame, y: int, first: int, last: int) -> str:
    return "".join(frame.cells.chars[y][first : last + 1]) if y < frame.cells.height else ""


def _ink(frame: Frame, x: int, y: int) -> str:
    """``#d0d4d8 on #101418 bold``."""
    if y >= frame.cells.height or x >= frame.cells.width:
        return "nothing"
    ink = _full(frame.cells.inks[y][x], frame)
    return " ".join([f"{ink.fg} on {ink.bg}", *(name for name in Ink._fields[2:] if getattr(ink, name))])


def picture(old: Frame, new: Frame, difference: Difference) -> Frame:
    """Both frames side by side under their names (one above the other where they are wide), what is equal in the dark and
    what differs on a ground no theme has."""
    marked = [(words, _marked(frame, difference.cells)) for words, frame in (("was", old), ("is", new))]
    return beside(marked, across=2 if new.cells.width <= 100 else 1, title=difference.head)


def _marked(frame: Frame, cells: frozenset[tuple[int, int]]) -> Frame:
    canvas = _grown(frame.cells, (frame.cells.width, frame.cells.height))
    dark: dict[Ink, Ink] = {}
    for y, row in enumerate(canvas.inks):
        for x, ink in enumerate(row):
            if (x, y) in cells:
                row[x] = Ink("#000000", MARK, bold=True)
                continue
            quiet = dark.get(ink)
            if quiet is None:
                quiet = dark[ink] = _dark(_full(ink, frame))
            row[x] = quiet
    return replace(frame, cells=canvas)


def _dark(ink: Ink) -> Ink:
    assert ink.fg is not None and ink.bg is not None
    return ink._replace(fg=blend(ink.fg, ink.bg, UNMARKED))
