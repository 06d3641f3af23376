"""alert-tiles: how many of each severity nobody has taken yet; acknowledged and silenced ones apart (specification 5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from noc.charts.canvas import Canvas, Ink
from noc.charts.digits import tallest_digits
from noc.config.alertpanels import AlertTilesSpec
from noc.engine.grid import tracks
from noc.model.alerts import AlertState
from noc.model.colour import blend
from noc.model.severity import Severity
from noc.model.text import truncate, width
from noc.ui.panels.data import PanelData, shown
from noc.ui.panels.tally import tally

LARGE = 5
"""Rows of a tile from which its number is drawn large."""
_AROUND = 5
"""Rows that a large number leaves to the tile's head, notes and air."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The numbers of one severity. ``found``: the wall's own findings among ``open``."""

    severity: Severity
    open: int
    acked: int
    silenced: int
    quiet: int
    """Inhibited or muted by a time interval."""
    found: int = 0


def tiles(data: PanelData) -> list[Tile]:
    """A tile for each severity the spec lists, in its order."""
    assert isinstance(data.spec, AlertTilesSpec) and data.alerts is not None
    counts = tally(data.alerts.book, shown(data))
    found = sum(not one.hint for one in data.alerts.book.findings)
    out = []
    for word in data.spec.severities:
        level = Severity(word)
        extra = found if level is Severity.CRITICAL else 0
        acked, silenced = (counts.taken(one, [level]) for one in (AlertState.ACKED, AlertState.SILENCED))
        quiet = counts.taken(AlertState.INHIBITED, [level]) + counts.taken(AlertState.MUTED, [level])
        out.append(Tile(level, counts.loud(level) + extra, acked, silenced, quiet, extra))
    return out


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Tiles side by side; on a narrow card one beneath the other, without large digits."""
    canvas = Canvas(columns, rows)
    found = tiles(data)
    least = 9
    if columns >= least * len(found):
        places = list(tracks(columns, [(1.0, True)] * len(found), 1))
        high = _height(found, data, min(wide for _, wide in places) - 2, rows)
        for (x, wide), tile in zip(places, found, strict=True):
            canvas.blit(x, 0, _tile(tile, data, wide, rows, high))
        return canvas
    across = max(1, min(2, columns // least)) if rows < len(found) else 1
    for index, tile in enumerate(found):
        x, wide = tracks(columns, [(1.0, True)] * across, 1)[index % across]
        canvas.blit(x, index // across, _line(tile, data, wide))
    return canvas


def _height(found: list[Tile], data: PanelData, columns: int, rows: int) -> int:
    """Rows of the numbers, the same in every tile; 0 where one has no room for large digits."""
    room = max(3, rows - _AROUND) if rows >= LARGE else 0
    drawn = [
        tallest_digits(str(tile.open), "", Ink(), data.look.charset, width=max(1, columns), height=room)
        for tile in found
    ]
    return min((large.height if large else 0 for large in drawn), default=0)


def _tile(tile: Tile, data: PanelData, columns: int, rows: int, high: int) -> Canvas:
    palette = data.look.palette
    colour = palette.severity(tile.severity)
    quiet = tile.open == 0
    ground = palette.surface if quiet else blend(colour, palette.surface, 0.18)
    canvas = Canvas(columns, rows, Ink(palette.text, ground))
    inner = max(1, columns - 2)
    head = 1 if rows >= LARGE + 4 else 0
    canvas.put(1, head, _head(tile, inner), Ink(palette.muted if quiet else colour, ground, bold=not quiet))
    ink = Ink(palette.muted if quiet else colour, ground, bold=True)
    digits = tallest_digits(str(tile.open), "", ink, data.look.charset, width=inner, height=high)
    if digits is not None:
        top = 1 if rows < digits.height + 3 else max(2, head + 1 + (rows - head - 1 - digits.height) // 2)
        canvas.blit(1 + (inner - digits.width) // 2, top, _on(digits, ground))
        below = top + digits.height
    else:
        text = str(tile.open)
        canvas.put(1 + (0 if rows > 2 else width(_head(tile, inner)) + 1), 1 if rows > 2 else 0, text, ink)
        below = 2 if rows > 2 else 1
    for y, text in enumerate(_notes(tile, inner, rows - below), below):
        canvas.put(1, y, truncate(text, inner), Ink(palette.muted, ground))
    return canvas


def _on(part: Canvas, ground: str) -> Canvas:
    """The same cells on a ground of their own."""
    for row in part.inks:
        for x, ink in enumerate(row):
            row[x] = ink._replace(bg=ground)
    return part


def _notes(tile: Tile, columns: int, rows: int) -> list[str]:
    """What is taken or hidden, in one row where it fits; what is hidden is one number where there are too few rows."""
    if rows < 1:
        return []
    taken = (tile.acked, "acked")
    words: list[str] = []
    for counts, found in (
        ((taken, (tile.silenced, "silenced"), (tile.quiet, "inhibited")), "found by noc"),
        ((taken, (tile.silenced + tile.quiet, "hidden")), "by noc"),
        ((taken, (tile.silenced + tile.quiet, "hid")), "noc"),
    ):
        words = [f"{count} {word}" for count, word in counts if count]
        words += [f"{tile.found} {found}"] if tile.found else []
        together = "  ".join(words)
        if words and width(together) <= columns:
            return [together]
        if len(words) <= rows and all(width(one) <= columns for one in words):
            return words
    return words[:rows]


SHORT = {Severity.CRITICAL: "CRIT", Severity.MEDIUM: "MED"}


def _head(tile: Tile, room: int) -> str:
    """Glyph and word; where there is no room the word that people say for it."""
    one = tile.severity
    head = f"{one.glyph} {one.word}"
    return head if width(head) <= room else truncate(f"{one.glyph} {SHORT.get(one, one.word)}", room)


def _line(tile: Tile, data: PanelData, columns: int) -> Canvas:
    """A tile in one row."""
    palette = data.look.palette
    canvas = Canvas(columns, 1)
    quiet = tile.open == 0
    colour = palette.muted if quiet else palette.severity(tile.severity)
    number = str(tile.open)
    name = _head(tile, max(1, columns - width(number) - 1))
    canvas.put(0, 0, name, Ink(colour, bold=not quiet))
    x = max(width(name) + 1, 11)
    x = canvas.put(min(x, columns - width(number)), 0, number, Ink(colour, bold=True))
    notes = "  ".join(_notes(tile, 999, 1))
    if notes and x + 2 + width(notes) <= columns:
        canvas.put(x + 2, 0, notes, Ink(palette.muted))
    return canvas
