"""The one line at the top: where this is, what window, what time, and how each server answers. Pure drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from noc.charts.canvas import Canvas, Ink
from noc.model.colour import blend, readable_on
from noc.model.palette import Palette
from noc.model.results import ServerHealth
from noc.model.text import clean, truncate, width
from noc.model.timerange import format_duration
from noc.model.units import format_age
from noc.ui.panels.data import Look
from noc.ui.state import View

BLIND_AFTER = 30.0  # seconds without a good answer after which the header is tinted as a whole
PROGRAMME = "programme"  # stands for the words that fit
TITLE = 12  # cells that the title keeps
SKEW_LIMIT = 5.0  # seconds a server's clock may differ before the header says so (protocols.md 7)


@dataclass(frozen=True, slots=True)
class HeaderData:
    """Everything the line shows."""

    environment: str
    colour: str
    title: str
    view: View
    span: float
    now: float
    zone: str
    servers: tuple[ServerHealth, ...]
    notice: str = ""
    variables: str = ""
    thin: bool = False
    mark: str = ""
    """The shared time cursor, as it is read."""
    read_only: bool = False
    """Whether this wall could write and must not."""
    programme: tuple[str, ...] = ()
    """Where a TV programme has come to, from long to short: the first that fits is said."""
    meter: str = ""
    """Bytes a second that go to the terminal."""
    paused: str = ""
    """A programme that somebody paused, and how long it will be."""


def draw_header(data: HeaderData, columns: int, look: Look) -> Canvas:
    """Left to right by importance; what does not fit goes in the order variables, zone, age, cause."""
    palette = look.palette
    ground = palette.background
    canvas = Canvas(columns, 1, Ink(palette.text, ground))
    mode, colour = _mode(data, palette)
    if _blind(data):
        ground = blend(palette.critical, palette.background, 0.35)
        canvas.fill(0, 0, columns, 1, " ", Ink(palette.text, ground))
    elif mode:
        ground = blend(colour, palette.background, 0.30)
        canvas.fill(0, 0, columns, 1, " ", Ink(palette.text, ground))
    x = 0
    if data.environment:
        band = data.colour or palette.raised
        text = f" {clean(data.environment, 20)} "
        x = canvas.put(0, 0, text, Ink(readable_on(band), band, bold=True))
    clock = _clock(data, look)
    for servers in _servers(data, palette):
        right = f"{clock}   " if servers else clock
        length = width(right) + sum(width(text) for text, _ in servers) + 1
        left = _left(data, mode)
        if x + 1 + width(left[0]) + 2 + length <= columns or servers == _servers(data, palette)[-1]:
            break
    room = columns - x - length - 2
    _put_left(canvas, x + 1, room, left, data, mode, Ink(palette.text, ground, bold=True), Ink(palette.muted, ground))
    at = columns - length
    if at > x:
        at = canvas.put(at, 0, right, Ink(palette.text if not data.thin else palette.muted, ground))
        for text, tint in servers:
            at = canvas.put(at, 0, text, Ink(tint, ground))
    return canvas


def _mode(data: HeaderData, palette: Palette) -> tuple[str, str]:
    """What fills the header when the glass does not show now."""
    view = data.view
    if data.paused:
        return data.paused, palette.medium
    if view.paused_at is not None:
        gone = int(data.now - view.paused_at)
        return f"PAUSED {gone // 60:02d}:{gone % 60:02d}", palette.medium
    if view.end is not None:
        return "HISTORY, not live", palette.medium
    return "", palette.background


def _blind(data: HeaderData) -> bool:
    """Whether a server has failed for so long that what stands beneath is old: then the whole line says so."""
    return any(
        server.error is not None and (server.good_at is None or data.now - server.good_at > BLIND_AFTER)
        for server in data.servers
    )


def _left(data: HeaderData, mode: str) -> tuple[str, str]:
    title = clean(data.title, 120)
    if data.notice and data.thin:
        return title, clean(data.notice, 200)
    return title, mode


def _window(data: HeaderData, mode: str) -> str:
    span = format_duration(data.span)
    if mode:
        return f"{mode}  {span}"
    return f"last {span} ▸ live"


def _put_left(
    canvas: Canvas, x: int, room: int, left: tuple[str, str], data: HeaderData, mode: str, strong: Ink, quiet: Ink
) -> None:
    title, _ = left
    if room - width(mode) - 2 < TITLE:
        mode = mode.partition(",")[0]  # HISTORY alone says that this is not live, and is never cut
    needed = width(mode) + 2 if mode else 0
    title = truncate(title, max(min(room, TITLE), room - needed), where="middle")
    x0 = x
    x = canvas.put(x, 0, title, strong)
    parts = [(_window(data, mode), strong if mode else quiet)]
    if mode and width(title) + 2 + width(parts[0][0]) > room:
        parts = [(mode, strong)]  # the span goes first
    if data.read_only:
        parts.insert(1 if mode else 0, ("read-only", quiet))
    if data.programme:
        parts.insert(1 if mode else 0, (PROGRAMME, quiet))
    if data.view.compare:
        parts.append((f"vs {format_duration(data.view.compare)} ago", quiet))
    if data.mark:
        parts.append((f"⌖ {data.mark}", strong))
    if data.variables:
        parts.append((clean(data.variables, 80), quiet))
    if data.meter:
        parts.append((data.meter, quiet))
    if data.notice and data.thin:
        parts.insert(0, (clean(data.notice, 200), strong))
    for text, ink in parts:
        rest = room - (x - x0) - 2
        if text == PROGRAMME:  # a countdown is whole or not there
            brief = next((words for words in data.programme if width(words) <= rest), "")
            x = canvas.put(x + 2, 0, brief, ink) if brief else x
            continue
        if rest < min(width(text), 12):
            break
        x = canvas.put(x + 2, 0, truncate(text, rest), ink)


def _clock(data: HeaderData, look: Look) -> str:
    return datetime.fromtimestamp(data.now, look.tz).strftime("%H:%M:%S") + f" {data.zone}"


def _servers(data: HeaderData, palette: Palette) -> list[list[tuple[str, str]]]:
    """The servers' words from long to short."""
    out = []
    for level in range(3):
        parts: list[tuple[str, str]] = []
        for index, (text, colour) in enumerate(_worded(data, palette, level)):
            parts.append((("   " if index else "") + text, colour))
        out.append(parts)
    return out


def _worded(data: HeaderData, palette: Palette, level: int) -> list[tuple[str, str]]:
    """Each server's words; the members of a cluster share theirs."""
    members = [one for one in data.servers if one.kind == "alertmanager"]
    others = [one for one in data.servers if one.kind != "alertmanager" or len(members) < 2]
    out = [server_words(one, data.now, palette, level) for one in others]
    return [*out, cluster_words(members, data.now, palette, level)] if len(members) > 1 else out


def cluster_words(members: Sequence[ServerHealth], now: float, palette: Palette, level: int) -> tuple[str, str]:
    """``alertmanager ✔ 2s``; ``alertmanager ▲ 1 of 2 members`` while some answer; the cause once none does."""
    answering = [one for one in members if one.error is None]
    if len(answering) == len(members):
        oldest = min(answering, key=lambda one: one.good_at or 0.0)
        return server_words(replace(oldest, name="alertmanager"), now, palette, level)
    if not answering:
        latest = max(members, key=lambda one: one.good_at or 0.0)
        return server_words(replace(latest, name="alertmanager"), now, palette, level)
    words = f"{len(answering)} of {len(members)}{' members' if level == 0 else ''}"
    return (f"alertmanager ▲ {words}" if level < 2 else f"▲ {words}"), palette.high


def server_words(server: ServerHealth, now: float, palette: Palette, level: int) -> tuple[str, str]:
    """``prometheus ✔ 2s``; failing: age and cause. ``level`` 0 says all, 2 only the mark and the age."""
    name = clean(server.name, 20)
    age = None if server.good_at is None else max(0.0, now - server.good_at)
    known = format_age(age) if age is not None else ""
    if server.error is None:
        if age is None:
            return (f"{name} …", palette.muted) if level < 2 else ("…", palette.muted)
        skewed = server.skew is not None and abs(server.skew) > SKEW_LIMIT
        mark, colour = ("◷", palette.medium) if skewed else ("✔", palette.ok)
        words = f"{name} {mark} {known}" if level < 2 else f"{mark} {known}"
        if skewed and level == 0:
            words += f", its clock is {format_age(abs(server.skew or 0.0))} {'ahead' if (server.skew or 0) > 0 else 'behind'}"
        return words, colour
    words = f"{name} ✖" if level < 2 else "✖"
    words += f" last answer {known} ago" if age is not None and level == 0 else f" {known}" if age is not None else ""
    if level < 2:
        words += (", " if age is not None else " ") + truncate(clean(server.error.cause, 120), 60 if level == 0 else 24)
    return words, blend(palette.critical, palette.text, 0.6)


ALWAYS = 2
"""Keys at the end of the footer that stay where not all have room: help and the way out."""


def footer_parts(keys: Sequence[tuple[str, str]], room: int) -> list[tuple[int, str, str]]:
    """(index, key, word) of the keys that fit into so many cells, as the footer writes them: the first ones, and the last."""
    parts = [(index, key, f" {word}  ") for index, (key, word) in enumerate(keys)]
    if sum(width(key) + width(word) for _, key, word in parts) <= room:
        return parts
    last = parts[-ALWAYS:]
    left = room - sum(width(key) + width(word) for _, key, word in last)
    kept = []
    for part in parts[:-ALWAYS]:
        left -= width(part[1]) + width(part[2])
        if left < 0:
            break
        kept.append(part)
    return [*kept, *last] if left >= 0 or kept else kept


def footer_room(right: str, columns: int) -> int:
    """Cells the footer has for keys, beside what the wall says for itself."""
    shown = truncate(clean(right, 200), max(0, columns // 2))
    return columns - (width(shown) + 2 if shown else 0) - 2


def footer_key_at(keys: Sequence[tuple[str, str]], right: str, columns: int, column: int) -> int | None:
    """Index of the footer's key at a column, as :func:`draw_footer` places them; None beside them."""
    x = 1
    for index, key, word in footer_parts(keys, footer_room(right, columns)):
        end = x + width(key) + width(word)
        if x <= column < end:
            return index
        x = end
    return None


def draw_footer(keys: Sequence[tuple[str, str]], notice: str, right: str, columns: int, palette: Palette) -> Canvas:
    """Keys, or the latest notice in their place; ``right`` is what the wall has to say for itself (pages, tiles)."""
    canvas = Canvas(columns, 1, Ink(palette.muted, palette.background))
    right = truncate(clean(right, 200), max(0, columns // 2))
    room = columns - (width(right) + 2 if right else 0) - 1
    if notice:
        canvas.put(
            1, 0, truncate(clean(notice, 300), max(0, room - 1)), Ink(palette.text, palette.background, bold=True)
        )
    else:
        x = 1
        for _, key, word in footer_parts(keys, footer_room(right, columns)):
            x = canvas.put(x, 0, key, Ink(palette.accent, palette.background))
            x = canvas.put(x, 0, word, Ink(palette.muted, palette.background))
    if right:
        canvas.put(columns - width(right) - 1, 0, right, Ink(palette.text, palette.background))
    return canvas
