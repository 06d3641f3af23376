"""Rows of log lines as cells: time, severity, who, what, where. Only rows that are seen are read and formatted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc.catalogue.events import read, words
from noc.charts.canvas import Canvas, Ink
from noc.charts.wrap import Piece, wrap_pieces
from noc.config.logpanels import LogsSpec
from noc.engine.logfilter import Mark, spans
from noc.model.colour import blend
from noc.model.logs import LogLine
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate, width
from noc.ui.panels.alertlist import CURSOR
from noc.ui.panels.data import PanelData
from noc.ui.panels.logwords import filter_words, listed, lost_words, marked, waiting_words

SECONDS_FROM = 48
"""Columns from which a time has its seconds."""
GAP = 2
STEP = 4
"""Columns widen by so many cells at once: a feed that runs must not twitch."""
MOST = {"kind": 20, "who": 28, "what": 64, "where": 32}
"""Cells of a column at most, however long its texts."""
WHO, ADDRESS = 20, 15
"""Cells that who keeps where room is short: an account, an address."""
WRAPPED = 8
"""Rows of one wrapped line at most."""
LEAST = 12
"""Cells of a remark in the last row at least."""
TINT = 0.28
"""Share of the critical colour in the ground of a critical row."""
MARK = 0.45
"""Share of the accent in the ground of what is marked."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One line before it is laid out. ``free``: it has no parts, its text takes their room."""

    severity: Severity
    time: str
    kind: str
    who: str
    what: str
    where: str

    @property
    def free(self) -> bool:
        return not self.who and not self.where


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in the lines, and the ground it is marked by."""

    wanted: tuple[Mark, ...]
    ink: str
    ground: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and the rows it takes, or the day that stands over the lines of another day."""

    y: int
    rows: int
    line: LogLine | None
    head: str = ""


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells of the columns, 0 where one leaves."""

    kind: int = 0
    who: int = 0
    what: int = 0
    where: int = 0


def draw_lines(data: PanelData, columns: int, rows: int) -> Canvas:
    """The lines that fit, the cursor's among them, and one row that says what is not seen."""
    canvas, palette = Canvas(columns, rows), data.look.palette
    foot = _foot(data, rows)
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


def _foot(data: PanelData, rows: int) -> list[Piece]:
    """What waits, what is lost, what is filtered; nothing when there is nothing to say."""
    if rows < 3:
        return []
    palette = data.look.palette
    said = [(waiting_words(data), palette.accent), (filter_words(data), palette.accent)]
    said += [(word, palette.medium) for word in lost_words(data)]
    return [(text, Ink(colour)) for text, colour in said if text]


def wrapped(data: PanelData) -> bool:
    """Whether a line may take several rows: as the spec says, or as the viewer turned it."""
    assert isinstance(data.spec, LogsSpec)
    return data.spec.wrap is not (data.logs is not None and data.logs.wrap)


# -- which lines are seen


def seen(data: PanelData, columns: int, rows: int) -> list[Placed]:
    """The rows of a body of that size from top to bottom: what a mouse points at is what is drawn."""
    lines = listed(data)
    room = rows - (1 if _foot(data, rows) else 0)
    if not lines or room < 1:
        return []
    days = _Days(data)

    def height(index: int) -> int:
        return _height(lines[index], data, columns) + bool(days.head(lines, index))

    first = _first(data, lines, room, height)
    out: list[Placed] = []
    y = 0
    for index in range(first, len(lines)):
        head = days.head(lines, index, top=index == first)
        if head and y + 1 < room:
            out.append(Placed(y, 1, None, head))
            y += 1
        if y >= room:
            break
        tall = min(_height(lines[index], data, columns), room - y)
        out.append(Placed(y, tall, lines[index]))
        y += tall
        if y >= room:
            break
    return out


def _first(data: PanelData, lines: Sequence[LogLine], room: int, height: Callable[[int], int]) -> int:
    """The first line drawn, so that the cursor is seen, or the newest lines without one."""
    assert isinstance(data.spec, LogsSpec)
    cursor = data.logs.cursor if data.logs is not None else None
    at = None
    if cursor is not None:
        at = next((index for index, line in enumerate(lines) if line.key == cursor), None)
    if data.spec.order == "newest":
        return 0 if at is None else _fitting(min(at + 1, len(lines) - 1), room, height)
    last = _fitting(len(lines) - 1, room, height)
    return last if at is None else min(last, max(0, at - 1))


def _fitting(last: int, room: int, height: Callable[[int], int]) -> int:
    """The first line of a page that ends with a line."""
    used = height(last)
    while last > 0 and used + height(last - 1) <= room:
        last -= 1
        used += height(last)
    return last


class _Days:
    """The day over lines that are not of the day of the line above them; over the first one when it is not today's."""

    def __init__(self, data: PanelData) -> None:
        self._tz = data.look.tz
        self._today = self._day(data.now)

    def _day(self, seconds: float) -> date:
        return datetime.fromtimestamp(seconds, self._tz).date()

    def head(self, lines: Sequence[LogLine], index: int, *, top: bool = False) -> str:
        day = self._day(lines[index].seconds)
        before = self._today if top or index == 0 else self._day(lines[index - 1].seconds)
        return "" if day == before else f"{day:%a} {day.day} {day:%b}"


def _height(line: LogLine, data: PanelData, columns: int) -> int:
    if not wrapped(data):
        return 1
    cells = cells_of(line, data, columns)
    return min(WRAPPED, max(1, len(wrap_pieces(_pieces(cells, data.look.palette), columns - _lead(columns)))))


# -- one line


def cells_of(line: LogLine, data: PanelData, columns: int) -> Cells:
    """A line's texts, cleaned. The time is that of the server that took it, in the wall's zone."""
    assert isinstance(data.spec, LogsSpec)
    event = read(line)
    told = words(event, data.spec.templates)
    moment = datetime.fromtimestamp(line.seconds, data.look.tz)
    longest = 4096 if wrapped(data) else max(1, columns)
    return Cells(
        event.severity,
        f"{moment:%H:%M:%S}" if columns >= SECONDS_FROM else f"{moment:%H:%M}",
        clean(event.kind.replace("_", " "), 60),
        clean(told.who, 120),
        clean(told.what, longest),
        clean(told.where, 200),
    )


def _lead(columns: int) -> int:
    """Cells of time and severity, and the blanks behind each."""
    return (8 if columns >= SECONDS_FROM else 5) + 3


def column_widths(rows: Sequence[Cells], columns: int) -> Widths:
    """Columns for what the rows tell: where shrinks first, then what; then where leaves, then kind, then what, so that
    on the narrowest tile time, severity and who are left."""
    told = [one for one in rows if not one.free]
    room = columns - _lead(columns)
    kind, who, what, where = (
        min(MOST[name], _stepped(max((width(getattr(one, name)) for one in part), default=0)))
        for name, part in (("kind", rows), ("who", told), ("what", told), ("where", told))
    )
    for given in (
        (kind, who, what, where),
        (kind, who, what, min(where, 16)),
        (kind, min(who, WHO), min(what, 20), min(where, 12)),
        (kind, min(who, WHO), min(what, 20), 0),
        (0, min(who, WHO), min(what, 20), min(where, 12)),
        (0, min(who, WHO), min(what, 12), 0),
        (0, min(who, ADDRESS), min(what, 9), 0),
    ):
        used = sum(part + GAP for part in given if part) - GAP
        if used <= room:
            return _grown(given, (kind, who, what, where), room - used)
    return Widths(0, max(0, room), 0, 0)


def _grown(given: tuple[int, ...], natural: tuple[int, ...], spare: int) -> Widths:
    """Columns that stand take what is left over: what first, then where, then who."""
    widths = list(given)
    for index in (2, 3, 1):
        if widths[index]:
            more = min(spare, natural[index] - widths[index])
            widths[index] += more
            spare -= more
    return Widths(*widths)


def _stepped(cells: int) -> int:
    return -(-cells // STEP) * STEP


def _ground(cells: Cells, palette: Palette, *, cursor: bool) -> str | None:
    if cursor:
        return blend(palette.accent, palette.surface, CURSOR)
    return blend(palette.critical, palette.surface, TINT) if cells.severity is Severity.CRITICAL else None


def _glyph(cells: Cells, palette: Palette, ground: str | None) -> tuple[str, Ink]:
    if cells.severity is Severity.OK:
        return "·", Ink(palette.muted, ground)
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
    for text, given, ink in (
        (cells.who, widths.who, plain),
        (cells.what, widths.what, plain),
        (cells.where, widths.where, behind),
    ):
        if given:
            cut = truncate(text, given, "middle" if text is not cells.what else "end")
            _text(canvas, x, y, cut, ink, marks)
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


def _pieces(cells: Cells, palette: Palette, ground: str | None = None) -> list[Piece]:
    """A wrapped line's parts one after the other."""
    plain, quiet = Ink(palette.text, ground), Ink(palette.muted, ground)
    parts = [(cells.kind, quiet), (cells.who, plain), (cells.what, plain), (cells.where, quiet)]
    return [piece for text, ink in parts if text for piece in ((text, ink), (" ", ink), (" ", ink))][:-2]


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
    bold, lead = cells.severity is Severity.CRITICAL, _lead(canvas.width)
    ink = Ink(palette.muted if same and not bold else palette.text, ground, bold=bold)
    x = canvas.put(0, placed.y, cells.time, ink) + 1
    canvas.put(x, placed.y, *_glyph(cells, palette, ground))
    rows = wrap_pieces(_pieces(cells, palette, ground), canvas.width - lead)
    for y, row in enumerate(rows[: placed.rows], placed.y):
        x = lead
        for text, own in row:
            shade = palette.text if bold else own.fg
            x = _text(canvas, x, y, text, own._replace(fg=shade, bg=ground, bold=bold), marks)
    if len(rows) > placed.rows:
        canvas.put(canvas.width - 1, placed.y + placed.rows - 1, "…", Ink(palette.muted, ground))
