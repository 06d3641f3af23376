"""A list of checks: state, name, time against its bound, status, the last results as marks, and what is wrong in words.

Where there is no column for the words they stand beneath the rows they belong to, the most urgent first, as far as there is
room; the head gives way to them. Rows that do not fit are counted, and those that stay are the most urgent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.text import fit, truncate, width

_GAP = 2
_GLYPH = 2  # the state and the blank behind it
_NAMED = 12  # columns of a name that numbers do not take
_FEWEST, _MARKS, _LONGEST = 4, 8, 24  # marks of the last results: at least, at first, where room is left over
_WORDS = 26  # columns from which words stand beside their row
_SPREAD = 12  # columns that names take of what is left over on a wide card
_WIDE = 64

GOOD_MARK, FAILED_MARK = "●", "○"
_PLAIN_MARKS = {GOOD_MARK: "o", FAILED_MARK: "x"}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check, its texts already clean. ``rank`` is how urgent it is (0: calm), ``faded`` what is known is old."""

    key: str
    name: str
    glyph: str
    colour: str
    took: str = ""
    bound: str = ""
    status: str = ""
    history: tuple[bool, ...] = ()
    """The last results, the newest last."""
    words: str = ""
    rank: int = 0
    faded: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What stands in a row of the canvas: a line, or the words that belong to it."""

    y: int
    index: int
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything stands. ``left`` counts the lines without a place."""

    places: tuple[Place, ...]
    widths: Widths
    head: bool
    left: int = 0


@dataclass(frozen=True, slots=True)
class Widths:
    """Columns of each part; 0 where it has no room."""

    name: int
    took: int = 0
    bound: int = 0
    status: int = 0
    history: int = 0
    words: int = 0


def widths_of(lines: Sequence[CheckLine], columns: int) -> Widths:
    """Names and times first, then status, marks, words, bounds; what is left over makes marks longer and gives air."""
    took = max((width(line.took) for line in lines), default=0)
    bound = max((width(line.bound) for line in lines), default=0)
    status = max((width(line.status) for line in lines), default=0)
    history = max((len(line.history) for line in lines), default=0)
    words = max((width(line.words) for line in lines), default=0)
    least = _GLYPH + sum(part + _GAP for part in (took, status) if part)
    name = min(max((width(line.name) for line in lines), default=0), max(_NAMED, columns - least))
    name = max(0, min(name, columns - _GLYPH))
    left = columns - _GLYPH - name

    def taken(wanted: int, floor: int = 0) -> int:
        nonlocal left
        given = min(wanted, left - _GAP)
        if wanted == 0 or given < (floor or wanted):
            return 0
        left -= given + _GAP
        return given

    took, status = taken(took), taken(status)
    marks = taken(min(history, _MARKS), min(history, _FEWEST))
    words = taken(words, min(words, _WORDS))
    bound = taken(bound) if took else 0
    if marks:
        more = max(0, min(history, _LONGEST) - marks)
        grown = min(more, left)
        marks, left = marks + grown, left - grown
    air = max(0, left if columns < _WIDE else min(left, _SPREAD))
    return Widths(name + air, took, bound, status, marks, words)


def arrange(lines: Sequence[CheckLine], columns: int, rows: int, cursor: str | None = None) -> Arrangement:
    """Where the lines stand on so many cells; the cursor's is always among them."""
    widths = widths_of(lines, columns)
    order = list(range(len(lines)))
    if len(lines) > rows:
        return _cut(lines, widths, rows, cursor)
    urgent = sorted((index for index in order if lines[index].words), key=lambda index: -lines[index].rank)
    spare = rows - len(lines)
    detailed = set() if widths.words else set(urgent[:spare])
    spare -= len(detailed)
    head = spare > 0 and bool(widths.took or widths.status)
    stride = 2 if spare - head >= len(lines) - 1 > 0 else 1
    places, y = [], int(head)
    for index in order:
        places.append(Place(y, index))
        if index in detailed:
            y += 1
            places.append(Place(y, index, detail=True))
        y += stride
    return Arrangement(tuple(places), widths, head)


def _cut(lines: Sequence[CheckLine], widths: Widths, rows: int, cursor: str | None) -> Arrangement:
    """The most urgent lines, and a row that counts the others where there is more than one row."""
    order = sorted(range(len(lines)), key=lambda index: -lines[index].rank)
    room = rows - 1 if rows > 1 else rows
    at = next((place for place, index in enumerate(order) if lines[index].key == cursor), 0)
    first = max(0, at - room + 1)
    shown = order[first : first + room]
    return Arrangement(
        tuple(Place(y, index) for y, index in enumerate(shown)), widths, head=False, left=len(lines) - len(shown)
    )


def draw_checklist(
    lines: Sequence[CheckLine],
    columns: int,
    rows: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    cursor: str | None = None,
    more: int = 0,
) -> Canvas:
    """The list; ``more`` are lines that were not even kept."""
    canvas = Canvas(columns, rows)
    found = arrange(lines, columns, rows, cursor)
    if found.head:
        _head(canvas, found.widths, palette)
    for place in found.places:
        line = lines[place.index]
        if place.detail:
            words = truncate(line.words, max(0, columns - _GLYPH))
            canvas.put(_GLYPH, place.y, words, Ink(_ink(line, palette, _word_colour(line, palette))))
        else:
            _row(canvas, place.y, line, found.widths, palette, charset)
        if line.key == cursor:
            _highlight(canvas, place.y, palette)
    last = max((place.y for place in found.places), default=-1) + 1
    if found.left + more and last < rows:
        canvas.put(0, last, truncate(f"+{found.left + more} more", columns), Ink(palette.muted))
    return spell(canvas, charset)


def _head(canvas: Canvas, widths: Widths, palette: Palette) -> None:
    for name, x, given in _columns(widths):
        if name == "took":
            canvas.put(x, 0, fit("took", given, "right") if given >= 4 else "", Ink(palette.muted))
        elif name == "status":
            canvas.put(x - 1, 0, fit("code", given + 1, "right"), Ink(palette.muted))  # longer than a code by one
        elif name == "history" and given >= 6:
            canvas.put(x, 0, fit("latest", given, "right"), Ink(palette.muted))


def _row(canvas: Canvas, y: int, line: CheckLine, widths: Widths, palette: Palette, charset: Charset) -> None:
    canvas.put(0, y, line.glyph, Ink(_ink(line, palette, line.colour), bold=line.rank > 0))
    loud = line.colour if line.rank else palette.text
    for name, x, given in _columns(widths):
        if name == "name":
            words = truncate(line.name, given, "middle")
            canvas.put(x, y, words, Ink(_ink(line, palette, palette.text), bold=line.rank > 0))
        elif name == "history":
            _marks(canvas, x, y, line, given, palette, charset)
        elif name == "words":
            canvas.put(x, y, truncate(line.words, given), Ink(_ink(line, palette, _word_colour(line, palette))))
        elif name == "bound":
            canvas.put(x, y, fit(line.bound, given), Ink(palette.muted))
        else:
            text = line.took if name == "took" else line.status
            canvas.put(x, y, fit(text, given, "right"), Ink(_ink(line, palette, loud)))


def _columns(widths: Widths) -> Iterator[tuple[str, int, int]]:
    """Name, first cell and cells of each part that is drawn."""
    x = _GLYPH
    for name in ("name", "took", "bound", "status", "history", "words"):
        given: int = getattr(widths, name)
        if given:
            yield name, x, given
            x += given + _GAP


def _marks(canvas: Canvas, x: int, y: int, line: CheckLine, given: int, palette: Palette, charset: Charset) -> None:
    """The newest touches the column's right edge, so that equal times stand beneath one another."""
    shown = line.history[-given:]
    for place, good in enumerate(shown, x + given - len(shown)):
        mark = GOOD_MARK if good else FAILED_MARK
        colour = blend(palette.ok, palette.surface, 0.6) if good else palette.high
        ink = Ink(_ink(line, palette, colour), bold=not good)
        canvas.put(place, y, mark if charset.braille else _PLAIN_MARKS[mark], ink)


def _word_colour(line: CheckLine, palette: Palette) -> str:
    return line.colour if line.rank else palette.muted


def _ink(line: CheckLine, palette: Palette, colour: str) -> str:
    return blend(colour, palette.surface, 0.45) if line.faded else colour


def _highlight(canvas: Canvas, y: int, palette: Palette) -> None:
    for x, ink in enumerate(canvas.inks[y]):
        canvas.inks[y][x] = Ink(fg=ink.fg or palette.text, bg=palette.raised, bold=True)
