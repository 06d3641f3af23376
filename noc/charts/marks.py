"""Marks: many things, each with its state, in a grid that uses the room there is. The worst is seen at any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.letters import draw_word, fitting, spelt, word_size
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.text import fit, truncate, width

TALL = 5
"""Rows from which a mark has its state in large letters."""
_GAP = 1
_CALM = 0.75  # share of its colour that a good state has: trouble is what one sees first
_AIR = 2  # columns between marks of one row each
_NAMED = 20  # columns of a name that is not cut
_WIDEST = 44  # columns of a mark of one row: beyond, name and state drift apart


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing. ``colour`` is its state's, ``rank`` how urgent it is (0: calm); name and word are already clean."""

    key: str
    name: str
    word: str
    glyph: str
    colour: str
    rank: int = 0
    judged: bool = True
    """Whether the colour says something; a plain value is neither good nor bad."""
    counted: str = ""
    """What several such marks are called where they are counted; the word itself by default, which may be a number."""

    @property
    def line(self) -> str:
        return f"{self.glyph} {self.name} {self.word}"

    @property
    def state(self) -> str:
        """The word under which it is counted; a plain value has none."""
        return (self.counted or self.word) if self.judged else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where marks stand: ``across`` columns of them, each ``rows`` high, the first one drawn at ``top``."""

    across: int
    rows: int
    gap: int
    top: int
    order: tuple[int, ...]
    """Indices of the marks drawn, in their places' order."""
    left: int = 0
    """Marks that have no place."""

    def at(self, y: int) -> int | None:
        """Index of the first mark drawn at a line; None where there is none."""
        row, within = divmod(y - self.top, self.rows + self.gap)
        place = row * self.across
        return self.order[place] if y >= self.top and within < self.rows and place < len(self.order) else None


def grid_of(
    marks: Sequence[Mark],
    columns: int,
    rows: int,
    chosen: str | None = None,
    more: int = 0,
    charset: Charset = UNICODE,
) -> Grid:
    """The largest marks of which all have a place; else rows of text, the worst first, under a line that counts. Tiles of
    two rows without a gap are a wall: a row of text each is read sooner, and its names are whole.

    A chosen one always has a place. ``more`` are marks that are not even here.
    """
    count = len(marks)
    if not count or columns < 1 or rows < 1:
        return Grid(1, 1, 0, 0, (), count + more)
    everything = tuple(range(count))
    across = max(1, min(count, (columns + _AIR) // (max(width(mark.line) for mark in marks) + _AIR)))
    lined = not more and -(-count // across) <= rows
    tiles = None if more else _tiles(marks, columns, rows, charset)
    if tiles is not None and not (lined and tiles[1:] == (2, 0)):
        return Grid(*tiles, 0, everything)
    if lined:
        return Grid(across, 1, 0, 0, everything)
    top = 1 if rows > 1 else 0
    room = max(0, (rows - top) * across - 1) if rows > 1 else 0
    ordered = sorted(everything, key=lambda index: -marks[index].rank)
    at = next((place for place, index in enumerate(ordered) if marks[index].key == chosen), 0)
    first = max(0, at - room + 1)
    drawn = tuple(ordered[first : first + room])
    return Grid(across, 1, 0, top, drawn, count - len(drawn) + more)


def _tiles(marks: Sequence[Mark], columns: int, rows: int, charset: Charset) -> tuple[int, int, int] | None:
    """Marks across, their height and the gap, where each has two rows or more: the one whose states are the largest,
    and whose marks are nearest to what an eye takes for square."""
    count, found = len(marks), []
    names = min(_NAMED, max(width(mark.name) for mark in marks))
    words = max(width(mark.word) for mark in marks)
    for across in range(1, count + 1):
        down = -(-count // across)
        wide = (columns - _GAP * (across - 1)) // across
        gap = _GAP if rows >= down * 3 + (down - 1) else 0
        high = (rows - gap * (down - 1)) // down
        if high < 2 or wide < max(names + 4, words + (4 if high < 4 else 2)):
            continue
        full = across * down == count
        found.append((letter_rows(marks, wide, high, charset), full, -abs(wide - 4 * high), (across, high, gap)))
    return max(found)[3] if found else None


def letter_rows(marks: Sequence[Mark], columns: int, rows: int, charset: Charset = UNICODE) -> int:
    """Rows of the states' letters in marks so large, all alike; 0 where one of them has no room for its own."""
    if rows < TALL:
        return 0
    least = rows - 2 if rows <= TALL + 1 else rows - 3
    for word in {spelt(mark.word) for mark in marks} - {""}:
        found = fitting(word, columns - 2, least, charset)
        if found is None:
            return 0
        least = min(least, word_size(word, *found, charset)[1])
    return least if any(spelt(mark.word) for mark in marks) else 0


def draw_marks(
    marks: Sequence[Mark],
    columns: int,
    rows: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    chosen: str | None = None,
    more: int = 0,
) -> Canvas:
    """The marks in their grid; what has no place is counted, and so is what is wrong."""
    canvas = Canvas(columns, rows)
    grid = grid_of(marks, columns, rows, chosen, more, charset)
    gap = _GAP if grid.rows > 1 else _AIR
    wide = max(1, (columns - gap * (grid.across - 1)) // grid.across)
    wide = min(wide, _WIDEST) if grid.rows == 1 else wide
    letters = letter_rows(marks, wide, grid.rows, charset) if grid.rows > 1 else 0
    for place, index in enumerate(grid.order):
        across, down = place % grid.across, place // grid.across
        x, picked = across * (wide + gap), marks[index].key == chosen
        if grid.rows == 1:
            tile = _line(marks[index], wide, palette, picked)
        else:
            x, after = (at * (columns + gap) // grid.across for at in (across, across + 1))
            tile = _tile(marks[index], after - gap - x, grid.rows, letters, (palette, charset), picked)
        canvas.blit(x, grid.top + down * (grid.rows + grid.gap), tile)
    if grid.left and rows > 0:
        _counted(canvas, marks, palette, more)
        if rows > 1:
            place = len(grid.order)
            x, y = place % grid.across * (wide + gap), grid.top + place // grid.across
            drawn = set(grid.order)
            words = {mark.state for index, mark in enumerate(marks) if index not in drawn}
            tail = f" {next(iter(words))}" if len(words) == 1 and not more else ""
            canvas.put(x, y, truncate(f"+{grid.left} more{tail}", columns - x), Ink(palette.muted))
    return spell(canvas, charset)


def _line(mark: Mark, columns: int, palette: Palette, picked: bool) -> Canvas:
    """Glyph, name and state in one row."""
    ground = palette.raised if picked else None
    canvas = Canvas(columns, 1, Ink(palette.text, ground))
    trouble = mark.rank > 0
    canvas.put(0, 0, mark.glyph, Ink(mark.colour, ground, bold=trouble))
    word = truncate(mark.word, max(0, columns - 4))
    room = columns - 3 - width(word)
    canvas.put(
        2,
        0,
        fit(truncate(mark.name, max(0, room), "middle"), max(0, room)),
        Ink(palette.text, ground, bold=trouble),
    )
    canvas.put(columns - width(word), 0, word, Ink(mark.colour if mark.judged else palette.text, ground, bold=trouble))
    return canvas


def _tile(mark: Mark, columns: int, rows: int, letters: int, look: tuple[Palette, Charset], picked: bool) -> Canvas:
    """Glyph and name above, the state beneath: in letters so high where they have room."""
    palette, charset = look
    trouble = mark.rank > 0
    ground = blend(mark.colour, palette.surface, 0.26 if trouble else 0.1) if mark.judged else palette.raised
    ground = blend(palette.accent, palette.surface, 0.35) if picked else ground
    canvas = Canvas(columns, rows, Ink(palette.text, ground))
    inner = max(0, columns - 2)
    calm = blend(mark.colour, palette.surface, _CALM) if mark.judged else palette.text
    tint = Ink(mark.colour if trouble else calm, ground, bold=True)
    drawn = draw_word(spelt(mark.word), tint, inner, letters, charset) if letters else None
    used = 1 + (drawn.height if drawn else 1)
    air = 1 if rows > used + 1 else 0
    top = max(0, (rows - used - air) // 2)
    canvas.put(1, top, mark.glyph, tint._replace(fg=mark.colour))
    ink = Ink(palette.text if trouble else palette.muted, ground, bold=trouble)
    canvas.put(3, top, truncate(mark.name, max(0, inner - 2), "middle"), ink)
    if drawn is None:
        canvas.put(3 if inner >= width(mark.word) + 2 else 1, top + 1 + air, truncate(mark.word, inner), tint)
        return canvas
    for row in drawn.inks:
        row[:] = [tint] * len(row)
    canvas.blit(1, top + 1 + air, drawn)
    return canvas


def _counted(canvas: Canvas, marks: Sequence[Mark], palette: Palette, more: int) -> None:
    """How many are in which state, the worst first and by name: ``✖ 1 DOWN: Queue  ✔ 3 up``."""
    x = 0
    counts = Counter((-mark.rank, mark.glyph, mark.state, mark.colour) for mark in marks)
    for (rank, glyph, word, colour), count in sorted(counts.items()):
        same = [mark.name for mark in marks if (-mark.rank, mark.glyph, mark.state) == (rank, glyph, word)]
        names = f": {', '.join(same[:3])}" if rank < 0 and not x and len(same) <= 3 else ""
        text = f"{glyph} {count} {word}".rstrip() + names
        if x and x + width(text) > canvas.width:
            break
        x = canvas.put(x, 0, truncate(text, canvas.width - x), Ink(colour, bold=rank < 0)) + 2
    if more and x + width(f"+{more}") <= canvas.width:
        canvas.put(x, 0, f"+{more}", Ink(palette.muted))
