"""Shares of a whole: a ring or disc with its legend, a stacked bar where there is no room for one."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.digits import HEIGHTS, draw_digits
from noc.charts.ring import Dot, apart, ring_cells
from noc.charts.shares import Pie, Place, place, widths
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells

_HOLLOW = 0.68
_GAP, _TICK = 0.9, 1.0
"""Dots of ground at either side of the border between two slices; of the target's tick at either side of the target."""
_READABLE = 6
"""Cells from which the beginning of a word is better than none."""
_HALF = 4
"""Dots of a cell from which it is drawn where there is no braille."""
_FILLS = "#=+:%-o."
"""Neighbours differ without blocks."""


def draw_pie(
    pie: Pie, width: int, height: int, palette: Palette, charset: Charset = UNICODE, *, chosen: str | None = None
) -> Canvas:
    """The ring, the legend beside or beneath it, notes under the legend; the chosen slice's row is lit."""
    canvas = Canvas(width, height)
    if canvas.width == 0 or canvas.height == 0 or not pie.slices:
        return canvas
    spot = place(pie, canvas.width, canvas.height, chosen)
    if spot.ring[2]:
        _draw_ring(canvas, pie, spot, palette, charset)
        if pie.style == "donut":
            _draw_centre(canvas, pie, spot, palette, charset)
    else:
        _draw_bar(canvas, pie, palette, charset)
    _draw_legend(canvas, pie, spot, palette, charset, chosen)
    return spell(canvas, charset)


# -- the ring


def _draw_ring(canvas: Canvas, pie: Pie, spot: Place, palette: Palette, charset: Charset) -> None:
    """Every cell has the colour of the slice that has most of its dots, and those dots alone."""
    left, top, size = spot.ring
    ends = list(accumulate(one.share for one in pie.slices))
    parted = sum(one.share > 0 for one in pie.slices) > 1 and pie.style == "donut"
    for x, y, dots in ring_cells(size, _HOLLOW if pie.style == "donut" else 0.0):
        if pie.target is not None and any(apart(dot.share, pie.target, dot.radius) < _TICK for dot in dots):
            ink, index, bits = Ink(pie.target_colour or palette.text, bold=True), -1, sum(dot.bit for dot in dots)
        else:
            by_slice: dict[int, list[Dot]] = {}
            for dot in dots:
                by_slice.setdefault(min(len(ends) - 1, bisect_right(ends, dot.share)), []).append(dot)
            index, own = max(by_slice.items(), key=lambda found: (len(found[1]), -pie.slices[found[0]].share))
            share = pie.slices[index].share
            ink = Ink(pie.slices[index].colour)
            bits = sum(dot.bit for dot in own if not (parted and _between(dot, ends, share)))
        if charset.braille and bits:
            canvas.put(left + x, top + y, chr(0x2800 + bits), ink)
        elif not charset.braille and len(dots) >= _HALF:
            canvas.put(left + x, top + y, "|" if index < 0 else _FILLS[index % len(_FILLS)], ink)


def _between(dot: Dot, ends: Sequence[float], share: float) -> bool:
    """Whether a dot lies on the border of two slices; one that is as thin as its borders keeps all its dots."""
    return share * math.tau * dot.radius > _GAP * 4 and any(
        apart(dot.share, edge, dot.radius) < _GAP for edge in (0.0, *ends)
    )


def _draw_centre(canvas: Canvas, pie: Pie, spot: Place, palette: Palette, charset: Charset) -> None:
    """The number in the hollow, large where it fits, and its word beneath."""
    number, unit, word = pie.centre
    left, top, size = spot.ring
    radius, middle, centre = size / 2 * _HOLLOW - 1, left + size / 2, top + size / 4
    ink, quiet = Ink(palette.text, bold=True), Ink(palette.muted)
    for height in HEIGHTS:
        for suffix, below in ((unit, word), ("", f"{unit} {word}".strip())):
            large = draw_digits(number, suffix, ink, charset, height=height, suffix_ink=quiet)
            if large is None or large.width > _chord(radius, height) or not (suffix or _chord(radius, height + 2) > 2):
                continue
            y = round(centre - large.height / 2)
            canvas.blit(round(middle - large.width / 2), y, large)
            text, room = clean(below), int(_chord(radius, large.height + 2))
            if cells(text) > room:
                text = unit if not suffix else truncate(text, room) if room >= _READABLE else ""
            canvas.put(round(middle - cells(text) / 2), y + large.height, text, quiet)
            return
    text = f"{number} {unit}".strip()
    if cells(text) <= _chord(radius, 1):
        canvas.put(round(middle - cells(text) / 2), round(centre - 0.5), text, ink)


def _chord(radius: float, away: float) -> float:
    """Columns free in the hollow so many pixels from its middle."""
    return 2 * math.sqrt(max(0.0, radius**2 - away**2))


# -- the bar and the legend


def _draw_bar(canvas: Canvas, pie: Pie, palette: Palette, charset: Charset) -> None:
    """One row of all slices, in eighths; the target's tick over it."""
    ends = [end * canvas.width for end in accumulate(one.share for one in pie.slices)]
    for x in range(canvas.width):
        index = min(len(ends) - 1, bisect_right(ends, x))
        eighths = round((ends[index] - x) * 8)
        if not charset.braille:
            canvas.put(x, 0, _FILLS[index % len(_FILLS)], Ink(pie.slices[index].colour))
        elif eighths >= 8 or index == len(ends) - 1:
            canvas.put(x, 0, "█", Ink(pie.slices[index].colour))
        else:
            after = min(len(ends) - 1, bisect_right(ends, x + 1 - 1e-9))
            ink = Ink(pie.slices[index].colour, pie.slices[after].colour)
            canvas.put(x, 0, charset.growing[max(1, eighths)], ink)
    if pie.target is not None:
        at = min(canvas.width - 1, int(pie.target * canvas.width))
        ground = canvas.inks[0][at].fg if charset.braille else None
        canvas.put(at, 0, charset.upright, Ink(palette.text, ground, bold=True))


def _draw_legend(canvas: Canvas, pie: Pie, spot: Place, palette: Palette, charset: Charset, chosen: str | None) -> None:
    """A row a slice: its colour, name, value and percentage; values leave before names get too short."""
    name, text, percent = widths(pie.slices)
    if spot.columns - percent - 4 - (text + 2) < min(name, 8):
        text = 0
    room = max(0, spot.columns - 4 - percent - (text + 2 if text else 0))
    rows = list(enumerate(pie.slices))[spot.first : spot.first + spot.shown]
    for y, (index, one) in enumerate(rows, spot.top):
        glyph = "■" if charset.braille else _FILLS[index % len(_FILLS)]
        lit = chosen is not None and one.key == chosen
        ground = palette.raised if lit else None
        if lit:
            canvas.fill(spot.left, y, spot.columns, 1, " ", Ink(bg=ground))
        x = canvas.put(spot.left, y, glyph, Ink(one.colour, ground)) + 1
        shown = truncate(clean(one.name), room, "middle")
        canvas.put(x, y, shown, Ink(palette.text if lit else palette.muted, ground, bold=lit))
        right = spot.left + spot.columns
        canvas.put(right - percent, y, fit(one.percent, percent, "right"), Ink(palette.text, ground, bold=True))
        if text:
            words = fit(clean(one.text), text, "right")
            canvas.put(right - percent - 2 - text, y, words, Ink(palette.muted, ground))
    left_out = len(pie.slices) - spot.shown
    if left_out and spot.top + spot.shown < canvas.height:
        canvas.put(spot.left + 2, spot.top + spot.shown, f"+{left_out} more", Ink(palette.muted))
    room = canvas.width - spot.left
    for y, (note, colour) in enumerate(pie.notes, spot.notes):
        if y > spot.top + spot.shown - 1:
            fitting = next((one for one in note if cells(one) <= room), note[-1])
            canvas.put(spot.left, y, truncate(fitting, room), Ink(colour))
