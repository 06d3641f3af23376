"""What one line of a feed says, in cells: its texts, and the columns that a page of them has. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from noc.catalogue.events import read, words
from noc.charts.canvas import Ink
from noc.charts.wrap import Piece, wrap_pieces
from noc.config.logpanels import LogsSpec
from noc.model.logs import LogLine
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, width
from noc.ui.panels.data import PanelData

SECONDS_FROM = 48
"""Columns from which a time has its seconds."""
GAP = 2
STEP = 4
"""Columns widen by so many cells at once: a feed that runs must not twitch."""
MOST = {"kind": 20, "who": 28, "what": 64, "rest": 64, "where": 32}
"""Cells of a column at most, however long its texts."""
WHO, ADDRESS = 20, 15
"""Cells that who keeps where room is short: an account, an address."""
LOUD = ("warn", "error", "critical")
"""Levels of lines that somebody may have to look at."""
WRAPPED = 8
"""Rows of one wrapped line at most."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One line before it is laid out. ``free``: it has no parts, its text takes their room."""

    severity: Severity
    time: str
    kind: str
    who: str
    what: str
    where: str
    routine: bool = False
    """Its event calls it low and its level says no more than info: its mark is there and has no colour."""

    @property
    def rest(self) -> str:
        """What, for a row that has named its kind already."""
        return self.what[len(self.kind) :].lstrip(" ,") if self.kind and self.what.startswith(self.kind) else self.what

    @property
    def free(self) -> bool:
        return not self.who and not self.where


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells of the columns, 0 where one leaves."""

    kind: int = 0
    who: int = 0
    what: int = 0
    where: int = 0


def wrapped(data: PanelData) -> bool:
    """Whether a line may take several rows: as the spec says, or as the viewer turned it."""
    assert isinstance(data.spec, LogsSpec)
    return data.spec.wrap is not (data.logs is not None and data.logs.wrap)


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
        event.severity is Severity.LOW and event.level not in LOUD,
    )


def lead(columns: int) -> int:
    """Cells of time and severity, and the blanks behind each."""
    return (8 if columns >= SECONDS_FROM else 5) + 3


def pieces_of(cells: Cells, palette: Palette, ground: str | None = None) -> list[Piece]:
    """A wrapped line's parts one after the other."""
    plain, quiet = Ink(palette.text, ground), Ink(palette.muted, ground)
    parts = [(cells.kind, quiet), (cells.who, plain), (cells.rest, plain), (cells.where, quiet)]
    return [piece for text, ink in parts if text for piece in ((text, ink), (" ", ink), (" ", ink))][:-2]


def height_of(line: LogLine, data: PanelData, columns: int) -> int:
    if not wrapped(data):
        return 1
    cells = cells_of(line, data, columns)
    return min(WRAPPED, max(1, len(wrap_pieces(pieces_of(cells, data.look.palette), columns - lead(columns)))))


def column_widths(rows: Sequence[Cells], columns: int) -> Widths:
    """Columns for what the rows tell: where shrinks first, then what; then where leaves, then kind, then what, so that
    on the narrowest tile time, severity and who are left."""
    told = [one for one in rows if not one.free]
    room = columns - lead(columns)
    kind, who, what, rest, where = (
        min(MOST[name], _stepped(max((width(getattr(one, name)) for one in part), default=0)))
        for name, part in (("kind", rows), ("who", told), ("what", told), ("rest", told), ("where", told))
    )
    for given in (
        (kind, who, rest, where),
        (kind, who, min(rest, 36), where),  # one long text takes the others nothing
        (kind, min(who, WHO), min(rest, 22), min(where, 24)),
        (kind, who, rest, min(where, 16)),
        (kind, min(who, WHO), min(rest, 20), min(where, 12)),
        (kind, min(who, WHO), min(rest, 20), 0),
        (0, min(who, WHO), min(what, 20), min(where, 12)),
        (0, min(who, WHO), min(what, 12), 0),
        (0, min(who, ADDRESS), min(what, 9), 0),
    ):
        used = sum(part + GAP for part in given if part) - GAP
        if used <= room:
            return _grown(given, (kind, who, rest if given[0] else what, where), room - used)
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
