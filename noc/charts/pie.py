"""Shares of a whole: a ring or disc with its legend, a stacked bar where there is no room for one."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.digits import HEIGHTS, draw_digits
from noc.charts.ring import Pixel, apart, ring_pixels
from noc.charts.shares import Pie, Place, place, widths
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells

_HOLLOW = 0.68
_GAP = 0.45
"""Pixels of ground at either side of the border between two slices."""
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


def few(palette: Palette) -> bool:
    """Whether colours are so few that they must not be mixed: such a theme has a short ramp."""
    return len(palette.ramp) <= 4


# -- the ring


def _draw_ring(canvas: Canvas, pie: Pie, spot: Place, palette: Palette, charset: Charset) -> None:
    left, top, size = spot.ring
    ends = list(accumulate(one.share for one in pie.slices))
    colours: dict[tuple[int, int], tuple[str, int]] = {}
    for pixel in ring_pixels(size, _HOLLOW if pie.style == "donut" else 0.0):
        index = min(len(ends) - 1, bisect_right(ends, pixel.share))
        colour = _shade(pixel, pie, ends, index, palette)
        if colour:
            colours[pixel.x, pixel.y] = colour, index
    for y in range(0, size, 2):
        for x in range(size):
            upper, lower = colours.get((x, y)), colours.get((x, y + 1))
            if upper is None and lower is None:
                continue
            if not charset.braille:
                colour, index = upper or lower or ("", 0)
                if upper and lower:
                    canvas.put(left + x, top + y // 2, _FILLS[index % len(_FILLS)], Ink(colour))
            elif upper is None or lower is None:
                canvas.put(left + x, top + y // 2, "▀" if upper else "▄", Ink((upper or lower or ("", 0))[0]))
            elif upper[0] == lower[0]:
                canvas.put(left + x, top + y // 2, "█", Ink(upper[0]))
            else:
                canvas.put(left + x, top + y // 2, "▀", Ink(upper[0], lower[0]))


def _shade(pixel: Pixel, pie: Pie, ends: Sequence[float], index: int, palette: Palette) -> str | None:
    """The colour of a pixel: its slice's, thinned at the ring's edges and between slices; the target's tick over it."""
    if pie.target is not None and apart(pixel.share, pie.target, pixel.radius) < 0.7:
        return pie.target_colour or palette.text
    cover = pixel.cover
    if sum(one.share > 0 for one in pie.slices) > 1 and pie.style == "donut":
        start = ends[index - 1] if index else 0.0
        near = min(apart(pixel.share, edge, pixel.radius) for edge in (start, ends[index]))
        cover *= min(1.0, near / _GAP) if near < _GAP else 1.0
    if few(palette):
        cover = 1.0 if cover >= 0.5 else 0.0
    cover = round(cover * 6) / 6
    return blend(pie.slices[index].colour, palette.surface, cover) if cover else None


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
            text = clean(below)
            text = text if cells(text) <= _chord(radius, large.height + 2) else "" if suffix else unit
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
