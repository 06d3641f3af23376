"""The card around every panel: title row, body, and a picture of its own for each state (look.md, honest states)."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import groupby

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import spell
from noc.charts.status import draw_message, draw_skeleton
from noc.charts.wrap import wrap
from noc.config.alertpanels import AlertHistorySpec, AlertsSpec, IncidentsSpec, StatusSpec
from noc.config.logpanels import LogPanel, LogRateSpec, LogsSpec
from noc.config.panels import QueryPanel
from noc.model.colour import blend, readable_on
from noc.model.errors import SourceError
from noc.model.palette import Palette
from noc.model.results import State
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate, width
from noc.model.timerange import format_duration
from noc.model.units import format_age
from noc.ui.panels import KINDS, MINIMUM, severity, state
from noc.ui.panels.caret import caret
from noc.ui.panels.data import PanelData, age
from noc.ui.panels.log_rate import UNIT as LINES_A_SECOND
from noc.ui.panels.logwords import title_words, young_criticals

log = logging.getLogger(__name__)

TITLE_ROWS = 1
AIR = 1  # columns kept free at either side of the body


def body_size(columns: int, rows: int) -> tuple[int, int]:
    """Cells left for the picture in a card of so many columns and rows."""
    return max(0, columns - 2 * AIR), max(0, rows - TITLE_ROWS)


def card_or_fault(
    data: PanelData, columns: int, rows: int, *, focused: bool = False, pulse: bool = False, banded: bool = False
) -> Canvas:
    """The card as :func:`draw_card` draws it; where drawing fails, a card that says so.

    A wall shows what servers send for months: one answer that a picture cannot bear must not take the others away.
    """
    try:
        return draw_card(data, columns, rows, focused=focused, pulse=pulse, banded=banded)
    except Exception as error:
        log.error("panel %s cannot be drawn", data.id, exc_info=error)
        fault = f"noc cannot draw this ({type(error).__name__}: {error}); --log-file FILE keeps why"
        return draw_card(replace(data, asked=(), fault=fault), columns, rows, focused=focused, banded=banded)


def draw_card(
    data: PanelData, columns: int, rows: int, *, focused: bool = False, pulse: bool = False, banded: bool = False
) -> Canvas:
    """The whole card. ``pulse`` is the bright half of a critical card's slow pulse; ``banded`` marks the title row where
    cards stand on one another without a free row between them."""
    palette = data.look.palette
    canvas = Canvas(columns, rows, Ink(palette.text, palette.surface))
    if columns < MINIMUM[0] or rows < MINIMUM[1]:
        _small(canvas, data, focused)
        return canvas
    now_state, level = state(data), severity(data)
    _title(canvas, data, now_state, level, focused=focused, pulse=pulse, banded=banded)
    width_, height = body_size(columns, rows)
    body = _body(data, now_state, width_, height)
    canvas.blit(AIR, TITLE_ROWS, _grounded(body, palette))
    if focused:
        _edge(canvas, palette)
    return canvas


def _edge(canvas: Canvas, palette: Palette) -> None:
    for y in range(canvas.height):
        ground = canvas.inks[y][0].bg
        canvas.put(0, y, "▌", Ink(palette.accent, ground))


def _grounded(body: Canvas, palette: Palette) -> Canvas:
    """Inks without a ground or a colour take the card's."""
    known: dict[Ink, Ink] = {}
    for row in body.inks:
        column = 0
        for ink, run in groupby(row):
            length = len(list(run))
            if ink.bg is None or ink.fg is None:
                full = known.get(ink)
                if full is None:
                    full = known[ink] = ink._replace(fg=ink.fg or palette.text, bg=ink.bg or palette.surface)
                row[column : column + length] = [full] * length
            column += length
    return body


def _small(canvas: Canvas, data: PanelData, focused: bool) -> None:
    """Refused by size: still the title, coloured by state, and what it needs."""
    palette = data.look.palette
    level = severity(data)
    colour = palette.muted if level is Severity.OK else palette.severity(level)
    canvas.put(
        1, 0, truncate(clean(data.title, 120), max(0, canvas.width - 2)), Ink(colour, palette.surface, bold=True)
    )
    canvas.put(
        1,
        1,
        truncate(f"needs {MINIMUM[0]}x{MINIMUM[1]}", max(0, canvas.width - 2)),
        Ink(palette.faint, palette.surface),
    )
    if focused:
        _edge(canvas, palette)


def _title(
    canvas: Canvas, data: PanelData, now_state: State, level: Severity, *, focused: bool, pulse: bool, banded: bool
) -> None:
    palette = data.look.palette
    note, colour = _note(data, now_state, level)
    ground, ink = palette.surface, Ink(palette.text if focused else palette.muted, palette.surface, bold=focused)
    lists = isinstance(data.spec, (AlertsSpec, IncidentsSpec))  # their rows are coloured: another bar would be noise
    if level is Severity.CRITICAL and now_state is not State.STALE and not lists:
        ground = palette.critical if not pulse else blend(palette.critical, palette.text, 0.75)
        ink = Ink(readable_on(ground), ground, bold=True)
        colour = ink.fg or palette.text
    elif level is not Severity.OK and not lists:
        tint = palette.severity(level)
        ground = blend(tint, palette.surface, 0.22)
        ink = Ink(palette.text, ground, bold=True)
    elif banded and not focused:
        ground = blend(palette.raised, palette.surface, 0.6)
        ink = Ink(palette.muted, ground)
    elif focused:
        ground = palette.raised
        ink = Ink(palette.text, ground, bold=True)
    canvas.fill(0, 0, canvas.width, 1, " ", Ink(palette.text, ground))
    room = canvas.width - 2 * AIR
    if level is not Severity.OK and note.endswith(level.word) and width(data.title) + 2 + width(note) > room:
        note = level.glyph  # the value beneath is tinted too: a whole title says more than the word
    note = truncate(note, max(0, room - 4))
    left = room - (width(note) + 2 if note else 0)
    canvas.put(AIR, 0, truncate(clean(data.title, 120), max(0, left)), ink)
    if note:
        x = canvas.width - AIR - width(note)
        canvas.put(x, 0, note, Ink(colour, ground, bold=level is not Severity.OK))
        counted = _critical_words(data)
        if counted and note.startswith(counted):
            canvas.put(x, 0, counted, Ink(palette.critical, ground, bold=True))


def _note(data: PanelData, now_state: State, level: Severity) -> tuple[str, str]:
    """The words at the right of the title row and their colour."""
    palette = data.look.palette
    if now_state is State.STALE:
        return f"◷ {format_age(age(data) or 0.0)} old", palette.medium
    if now_state is State.ERROR:
        return "error", palette.high
    if level is not Severity.OK:
        return f"{level.glyph} {level.word}", palette.severity(level)
    if now_state is State.WARNING:
        return "warning", palette.medium
    if isinstance(data.spec, LogsSpec):
        return _feed_note(data)
    own = data.query_spec.range if isinstance(data.spec, QueryPanel) else None
    words = format_duration(own) if own else ""
    if isinstance(data.spec, LogRateSpec) and data.spec.unit is None:
        words = f"{LINES_A_SECOND}  {words}".rstrip()
    return words, palette.muted


def _feed_note(data: PanelData) -> tuple[str, str]:
    """How fast lines come, and whether they stand still; before it the critical ones of the last minute."""
    standing = data.logs is not None and data.logs.standing
    words = "  ".join(filter(None, [_critical_words(data), title_words(data)]))
    return words, data.look.palette.accent if standing else data.look.palette.muted


def _critical_words(data: PanelData) -> str:
    """The critical lines of a feed's last minute are counted and nothing more: a feed is no alert, its rows are tinted
    themselves, and what must wake somebody has a rule."""
    critical = young_criticals(data)
    return f"{Severity.CRITICAL.glyph} {critical}" if critical else ""


def _body(data: PanelData, now_state: State, columns: int, rows: int) -> Canvas:
    palette, charset = data.look.palette, data.look.charset
    drawn = (
        data.alerts.book.known
        if data.alerts
        else bool(data.logs and data.logs.feed.lines) or any(asked.result.series for asked in data.role("main"))
    )
    if now_state is State.LOADING:
        return draw_skeleton(columns, rows, palette, charset)
    if now_state is State.NODATA:
        if isinstance(data.spec, AlertHistorySpec):
            words = f"nothing fired in {format_duration(data.end - data.start)}"
            return draw_message("✔", words, "", columns, rows, palette, charset, colour=palette.ok)
        if isinstance(data.spec, (LogsSpec, LogPanel)) and not data.spec.optional:
            words = f"quiet: no lines in {format_duration(data.end - data.start)}"
            return draw_message("", words, _question(data), columns, rows, palette, charset)
        if data.spec.optional:
            return draw_message("", "not in use", "", columns, rows, palette, charset)
        return draw_message("∅", "no data", _found_nothing(data), columns, rows, palette, charset)
    if now_state is State.ERROR and not drawn:
        error = _error(data)
        if data.fault:
            return draw_message("✖", clean(data.fault, 300), "", columns, rows, palette, charset, colour=palette.high)
        pointed = caret(_question(data), error.cause, columns) if error else []
        if error and pointed and rows >= 4:
            return _pointed(error.cause, pointed, columns, rows, data)
        return draw_message(
            "✖",
            clean(error.cause, 300) if error else "failed",
            _next_try(data),
            columns,
            rows,
            palette,
            charset,
            colour=palette.high,
        )
    words = _words(data, now_state)
    picture = KINDS[data.spec.kind].draw(data, columns, rows - (1 if words else 0))  # type: ignore[attr-defined]
    dated = isinstance(data.spec, StatusSpec)  # it says itself how old it is, and must be read from afar
    if now_state in (State.STALE, State.ERROR) and not dated:
        picture = _grounded(picture, palette)
        present = {y: picture.inks[y].copy() for y in _findings(data, columns, picture.height)}
        picture = faded(picture, palette)
        for y, inks in present.items():
            picture.inks[y][:] = inks
    if not words:
        return picture
    canvas = Canvas(columns, rows)
    canvas.blit(0, 0, picture)
    colour = palette.high if now_state is State.ERROR else palette.medium
    canvas.put(0, rows - 1, fit(words, columns), Ink(colour))
    return canvas


def _pointed(cause: str, pointed: list[str], columns: int, rows: int, data: PanelData) -> Canvas:
    """The server's words, and beneath them the query with a mark where they point."""
    palette, canvas = data.look.palette, Canvas(columns, rows)
    words = wrap(f"✖ {clean(cause, 300)}", columns)[: max(1, rows - 3)]
    y = (rows - len(words) - 3) // 2
    for line in words:
        canvas.put((columns - width(line)) // 2, y, line, Ink(palette.high, bold=True))
        y += 1
    left = (columns - max(map(width, pointed))) // 2
    canvas.put(left, y + 1, pointed[0], Ink(palette.text))
    canvas.put(left, y + 2, pointed[1], Ink(palette.high, bold=True))
    return spell(canvas, data.look.charset)


def _findings(data: PanelData, columns: int, rows: int) -> list[int]:
    """Rows of a list that tell what the wall itself found: those are never old."""
    at = KINDS[data.spec.kind].row_at  # type: ignore[attr-defined]
    if at is None:
        return []
    return [y for y in range(rows) if (at(data, columns, rows, y) or "").startswith("finding:")]


def _words(data: PanelData, now_state: State) -> str:
    """The one line under a picture that cannot be taken at its word."""
    if now_state is State.WARNING:
        return "⚠ " + clean(next(word for asked in data.role("main") for word in asked.result.warnings), 300)
    if now_state in (State.STALE, State.ERROR):
        error = _error(data)
        if error:
            return "✖ " + clean(error.cause, 300)
    return ""


def _error(data: PanelData) -> SourceError | None:
    if data.alerts is not None:
        return next((member.error for member in data.alerts.book.members if member.error), None)
    if data.logs is not None:
        return data.logs.feed.error
    return next((asked.result.error for asked in data.asked if asked.result.error), None)


def _next_try(data: PanelData) -> str:
    members = data.alerts.book.members if data.alerts else ()
    tries = [one.next_try for one in members if one.error and one.next_try]
    tries += [data.logs.feed.next_try] if data.logs and data.logs.feed.error and data.logs.feed.next_try else []
    tries += [asked.result.next_try for asked in data.asked if asked.result.error and asked.result.next_try]
    return f"next try in {max(0.0, min(tries) - data.now):.0f} s" if tries else ""


def _question(data: PanelData) -> str:
    """The query that failed or found nothing, as it was sent."""
    if data.logs is not None:
        return data.logs.feed.query.expr
    failed = [asked.planned.query.expr for asked in data.asked if asked.result.error]
    main = [asked.planned.query.expr for asked in data.role("main")]
    return next(iter(failed or main), "")


def _found_nothing(data: PanelData) -> str:
    exprs = [asked.planned.query.expr for asked in data.role("main") if not asked.result.series]
    return "nothing matches " + clean(exprs[0], 200) if exprs else ""


def faded(canvas: Canvas, palette: Palette, share: float = 0.45) -> Canvas:
    """The same picture, dimmed towards the card: old, but still there."""
    known: dict[Ink, Ink] = {}
    for row in canvas.inks:
        for column, ink in enumerate(row):
            dim = known.get(ink)
            if dim is None:
                ground = ink.bg if ink.bg in (None, palette.surface) else blend(ink.bg or "", palette.surface, share)
                dim = Ink(blend(ink.fg or palette.text, palette.surface, share), ground, italic=ink.italic)
                known[ink] = dim
            row[column] = dim
    return canvas
