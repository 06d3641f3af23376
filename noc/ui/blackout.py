"""The whole wall says that nothing is known any more: large letters over the last picture. Pure rule, pure drawing.

A wall that froze on green is worse than a dark one. Each panel tells its own age; when every source is gone, the room must
see it from five metres, without reading a single panel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import spell
from noc.charts.letters import draw_word
from noc.model.colour import blend, readable_on
from noc.model.results import ServerHealth
from noc.model.text import clean, truncate, width
from noc.model.units import format_age
from noc.ui.panels.data import Look

AFTER = 10.0
"""Seconds without a good answer of any source after which the wall says so; it is looked at once a second."""

DIMMED = 0.25
"""How much of its colour the picture behind keeps."""


@dataclass(frozen=True, slots=True)
class Dark:
    """A source that gives no data. ``next_try`` is by the wall's clock."""

    name: str
    cause: str
    next_try: float | None = None


@dataclass(frozen=True, slots=True)
class Blackout:
    """``since`` is the last good answer of any source, by the wall's clock; None when none ever came since ``began``."""

    now: float
    since: float | None
    began: float
    sources: tuple[Dark, ...]


def blacked_out(
    servers: Sequence[ServerHealth],
    now: float,
    *,
    began: float = float("-inf"),
    refreshes: Mapping[str, float] | None = None,
) -> Blackout | None:
    """The blackout of a wall that asks these servers and none else; None while any of them may live.

    A server that is asked seldom is old and not dark: it is dark when its last request failed and its last good answer is
    more than ``AFTER`` seconds old. So a dead wall says so with the first failure after ten seconds. A server that hangs fails
    only when its deadline has passed; what has a refresh (seconds, by server, in ``refreshes``; only what is asked again and
    again, not what a paused wall stands on) is dark also when an answer is overdue by ``AFTER``. ``began`` is when the
    wall started: before the first answer that counts in place of it.
    """
    asked = [server for server in servers if server.asked]
    if not asked or not all(_dark(server, now, began, refreshes or {}) for server in asked):
        return None
    good = [server.good_at for server in asked if server.good_at is not None]
    sources = tuple(
        Dark(server.name, server.error.cause if server.error else "does not answer", server.next_try)
        for server in asked
    )
    return Blackout(now, max(good, default=None), began, sources)


def _dark(server: ServerHealth, now: float, began: float, refreshes: Mapping[str, float]) -> bool:
    silent = now - (began if server.good_at is None else server.good_at)
    if server.error is not None:
        return silent > AFTER
    refresh = refreshes.get(server.name)
    return refresh is not None and silent > refresh + AFTER


def draw_blackout(blackout: Blackout, behind: Canvas, columns: int, rows: int, look: Look) -> Canvas:
    """The last picture dimmed, and a band over it as wide as the glass: since when, what fails and why, how old the picture is.

    Large letters give way first, then what is known of single sources; that there is no data is never cut.
    """
    palette = look.palette
    canvas = Canvas(columns, rows, Ink(palette.text, palette.background))
    canvas.blit(0, 0, _dimmed(behind, look))
    ground = blend(palette.critical, palette.background, 0.4) if palette.dark else palette.critical
    ink = Ink(readable_on(ground), ground, bold=True)
    lines = _lines(blackout, rows)
    words = _words(blackout, columns - max(4, columns // 10), rows - len(lines) - 4, ink, look)
    height = min(rows, sum(word.height + 1 for word in words) + len(lines) + 2)
    top = max(0, (rows - height) // 2)
    canvas.fill(0, top, columns, height, " ", ink)
    y = top + 1 if height > len(lines) + 1 else top
    for word in words:
        for row in word.inks:
            row[:] = [ink] * word.width
        canvas.blit((columns - word.width) // 2, y, word)
        y += word.height + 1
    left = max(1, (columns - max((width(line) for line in lines), default=0)) // 2)
    for index, line in enumerate(lines):
        shown = truncate(line, max(0, columns - 2))
        at = (columns - width(shown)) // 2 if index == 0 else left
        canvas.put(max(1, at), y, shown, ink if index == 0 else ink._replace(bold=False))
        y += 1
    return spell(canvas, look.charset)


def _dimmed(behind: Canvas, look: Look) -> Canvas:
    """A copy of the picture that only hints at what was seen last."""
    palette, known = look.palette, dict[Ink, Ink]()
    out = Canvas(behind.width, behind.height)
    for y, (chars, inks) in enumerate(zip(behind.chars, behind.inks, strict=True)):
        out.chars[y][:] = chars
        for x, ink in enumerate(inks):
            dim = known.get(ink)
            if dim is None:
                ground = blend(ink.bg or palette.background, palette.background, DIMMED)
                dim = known[ink] = Ink(blend(ink.fg or palette.text, palette.background, DIMMED), ground)
            out.inks[y][x] = dim
    return out


def _words(blackout: Blackout, columns: int, rows: int, ink: Ink, look: Look) -> list[Canvas]:
    """The large words: in one row or in two, whichever makes them larger; what does not fit large is small."""
    first, second = "NO DATA", _since(blackout, look.tz)
    choices = []
    for texts in ([first, second], [f"{first} {second}"]):
        room = (rows - len(texts) + 1) // len(texts)
        drawn = [word for text in texts if (word := draw_word(text, ink, columns, room, look.charset))]
        if len(drawn) == len(texts):
            lowest = min(word.height for word in drawn)
            same = [draw_word(text, ink, columns, lowest, look.charset) for text in texts]
            choices.append([word for word in same if word])
    if choices:
        return max(choices, key=lambda words: (words[0].height, len(words)))
    head = draw_word(first, ink, columns, rows - 2, look.charset)
    return [head, _plain(second, columns, ink)] if head else [_plain(f"{first} {second}", columns, ink)]


def _plain(text: str, columns: int, ink: Ink) -> Canvas:
    canvas = Canvas(min(max(0, columns), width(text)), 1)
    canvas.put(0, 0, truncate(text, canvas.width), ink)
    return canvas


def _since(blackout: Blackout, tz: tzinfo) -> str:
    """``SINCE 15:28:12``; with the day once that is not today's."""
    at = datetime.fromtimestamp(blackout.since if blackout.since is not None else _began(blackout), tz)
    today = datetime.fromtimestamp(blackout.now, tz).date()
    return f"SINCE {at:%H:%M:%S}" if at.date() == today else f"SINCE {at:%d} {_MONTHS[at.month - 1]} {at:%H:%M}"


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _began(blackout: Blackout) -> float:
    return blackout.began if blackout.began > 0 else blackout.now


def _lines(blackout: Blackout, rows: int) -> list[str]:
    """What fails, why, and the age of what is seen behind; one source a row as long as the large words keep their room."""
    count = len(blackout.sources)
    head = "the only source fails" if count == 1 else f"all {count} sources fail"
    if blackout.since is None:
        head += ", none has answered since noc started"
    else:
        head += f", the picture behind is {format_age(max(0.0, blackout.now - blackout.since))} old"
    room = max(0, min(rows - 14, rows // 3) if rows >= 18 else rows - 10)
    shown = blackout.sources if count <= room else blackout.sources[: max(0, room - 1)]
    lines = _table(shown, blackout.now)
    if len(shown) < count and room:
        lines.append(f"+{count - len(shown)} more")
    return [head, *([""] if lines and rows >= 20 else []), *lines]


def _table(sources: Sequence[Dark], now: float) -> list[str]:
    """Name, next try and cause of each source in columns; the cause, which may be long, is last."""
    names = [clean(one.name, 24) for one in sources]
    tries = [_next(one, now) for one in sources]
    name, due = max(map(width, names), default=0), max(map(width, tries), default=0)
    return [
        f"✖ {text}{' ' * (name - width(text))}  {when:{due}}{'  ' if due else ''}{clean(one.cause, 160)}"
        for one, text, when in zip(sources, names, tries, strict=True)
    ]


def _next(one: Dark, now: float) -> str:
    if one.next_try is None:
        return ""
    left = one.next_try - now
    return f"next try in {left:.0f} s" if left >= 1 else "trying now"
