"""The list under the query line: what could be typed next."""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.canvas import Canvas, Ink
from noc.engine.completion import Candidate
from noc.model.colour import readable_on
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate, width

SHOWN = 8
"""Candidates seen at once."""


def draw_popup(candidates: Sequence[Candidate], at: int, columns: int, rows: int, palette: Palette) -> Canvas:
    """As many candidates as fit around the chosen one, and how many there are beside."""
    room = min(SHOWN, rows)
    if not candidates or room < 1 or columns < 12:
        return Canvas(0, 0)
    over = len(candidates) > room
    listed = room - 1 if over and room > 1 else min(room, len(candidates))
    offset = max(0, min(at - listed // 2, len(candidates) - listed))
    shown = candidates[offset : offset + listed]
    texts = [clean(one.text, 200) for one in shown]
    wide = max(width(text) + (width(one.hint) + 3 if one.hint else 0) for text, one in zip(texts, shown, strict=True))
    canvas = Canvas(min(columns, max(wide, 12) + 2), listed + (1 if over and room > 1 else 0))
    for y, (text, one) in enumerate(zip(texts, shown, strict=True)):
        chosen = offset + y == at
        ground = palette.accent if chosen else palette.raised
        plain = Ink(readable_on(ground) if chosen else palette.text, ground)
        quiet = Ink(plain.fg if chosen else palette.muted, ground)
        canvas.put(0, y, " " + fit(text, canvas.width - 1), plain)
        room_for_hint = canvas.width - width(text) - 5
        if one.hint and room_for_hint > 6:
            canvas.put(width(text) + 4, y, truncate(one.hint, room_for_hint), quiet)
    if over and room > 1:
        left = f"{at + 1} of {len(candidates)}"
        canvas.put(0, listed, fit(f" {left}", canvas.width), Ink(palette.muted, palette.raised))
    return canvas
