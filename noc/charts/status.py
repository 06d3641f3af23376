"""The states of a panel without a picture: loading, and a message in the middle."""

from __future__ import annotations

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.wrap import wrap
from noc.model.palette import Palette
from noc.model.text import clean, truncate
from noc.model.text import width as cells

_LENGTHS = (0.62, 0.86, 0.44, 0.74, 0.55, 0.8)
"""Lengths of the rows to come, as shares of the width: uneven, as text and bars are."""


def draw_skeleton(width: int, height: int, palette: Palette, charset: Charset = UNICODE) -> Canvas:
    """A quiet picture of rows to come, shown only before the first answer."""
    canvas = Canvas(width, height)
    for index, y in enumerate(range(0 if height < 3 else 1, height, 2)):
        length = int(canvas.width * _LENGTHS[index % len(_LENGTHS)])
        canvas.fill(0, y, length, 1, "▄", Ink(fg=palette.faint, dim=True))
    if not charset.braille:
        for row in canvas.chars:
            row[:] = ["-" if char == "▄" else char for char in row]
    return canvas


def draw_message(
    glyph: str,
    headline: str,
    detail: str,
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    colour: str | None = None,
) -> Canvas:
    """Glyph and headline in ``colour`` (muted by default), the detail wrapped beneath, centred in the room there is.

    The headline is cut last: without room for more than a row, the detail goes first.
    """
    canvas = Canvas(width, height)
    head = f"{glyph} {clean(headline)}".strip()
    lines = wrap(head, canvas.width)
    if len(lines) > (canvas.height if canvas.height >= 3 else 1):
        lines = [truncate(head, canvas.width)]
    room = canvas.height - len(lines)
    details = wrap(clean(detail), max(1, min(canvas.width, 60))) if detail and room > 0 else []
    if 0 < room < len(details):
        details = [*details[: room - 1], truncate(f"{details[room - 1]} {details[room]}", min(canvas.width, 60))]
    top = (room - len(details)) // 2
    for y, line in enumerate(lines, top):
        canvas.put((canvas.width - cells(line)) // 2, y, line, Ink(fg=colour or palette.muted, bold=True))
    for y, line in enumerate(details, top + len(lines)):
        canvas.put((canvas.width - cells(line)) // 2, y, line, Ink(fg=palette.muted))
    return spell(canvas, charset)
