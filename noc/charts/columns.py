"""Bars standing side by side: columns in eighths, the value above, the name below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from noc.charts.bar import Bar, mark_positions, reach
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset
from noc.charts.scale import Axis
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells
from noc.model.thresholds import Threshold

_WIDEST = 12
_NAMED = 3
"""A slot's cells at most; from how many on it has room for a name."""


def draw_columns(
    canvas: Canvas,
    bars: Sequence[Bar],
    axis: Axis,
    palette: Palette,
    charset: Charset,
    thresholds: Sequence[Threshold],
    more: int,
) -> None:
    """As many columns as fit at two cells each; the others are counted at the right of the last row."""
    shown = list(bars[: canvas.width // 2])
    left_out = len(bars) - len(shown) + more
    note = f"+{left_out}" if left_out else ""
    while shown and len(shown) * 2 + (cells(note) + 1 if note else 0) > canvas.width:
        shown.pop()
        left_out += 1
        note = f"+{left_out}"
    breaks = sum(1 for bar, after in pairwise(shown) if bar.group != after.group)
    slot = min(_WIDEST, (canvas.width - breaks - (cells(note) + 1 if note else 0)) // max(1, len(shown)))
    if slot < 2:
        breaks, slot = 0, 2
    named = slot >= _NAMED and canvas.height >= 4
    grouped = named and any(bar.group for bar in shown) and canvas.height >= 6
    floor = canvas.height - (1 if named or note else 0) - (1 if grouped else 0)
    _draw_marks(canvas, axis, thresholds, floor, palette, charset)
    x = 0
    for index, bar in enumerate(shown):
        if breaks and index and bar.group != shown[index - 1].group:
            x += 1
        _draw_bar(canvas, x, slot, bar, axis, floor, palette, charset)
        if named:
            canvas.put(
                x, floor, fit(truncate(clean(bar.name), slot - 1, "middle"), slot - 1, "center"), Ink(fg=palette.muted)
            )
        if grouped and (index == 0 or bar.group != shown[index - 1].group):
            size = sum(slot for other in shown[index:] if other.group == bar.group)
            canvas.put(x, floor + 1, truncate(clean(bar.group), size - 1), Ink(fg=palette.muted, bold=True))
        x += slot
    canvas.put(canvas.width - cells(note), canvas.height - 1, note, Ink(fg=palette.muted))


def _draw_bar(
    canvas: Canvas, x: int, slot: int, bar: Bar, axis: Axis, floor: int, palette: Palette, charset: Charset
) -> None:
    """One column; its value stands above it when a row and the slot have room."""
    extends = reach(bar, axis)
    text = clean(bar.text)
    above = 1 if floor >= 4 else 0
    foot, end = sorted(round(position * (floor - above) * 8) for position in extends or (0.0, 0.0))
    if extends and foot == end and bar.value != 0:
        end += 1
    ink, hole = Ink(fg=bar.colour), Ink(fg=palette.surface, bg=bar.colour)
    for row in range(floor - above):
        begin, level = max(0, foot - row * 8), min(8, end - row * 8)
        if level <= begin:
            continue
        y = floor - 1 - row
        whole = begin == 0 or not charset.braille
        glyph = charset.rising[level] if whole else charset.rising[begin]
        canvas.fill(x, y, slot - 1, 1, glyph, ink if whole else hole)
    if above and cells(text) < slot:
        y = floor - 1 - max(0, -(-end // 8))
        canvas.put(x, max(0, y), fit(text, slot - 1, "center"), Ink(fg=palette.text))


def _draw_marks(
    canvas: Canvas, axis: Axis, thresholds: Sequence[Threshold], floor: int, palette: Palette, charset: Charset
) -> None:
    """Threshold lines behind the columns."""
    for position, threshold in mark_positions(axis, thresholds):
        rows = floor - (1 if floor >= 4 else 0)
        y = floor - 1 - min(rows - 1, int(position * rows))
        if 0 <= y < canvas.height:
            canvas.fill(0, y, canvas.width, 1, charset.dash, Ink(fg=palette.severity(threshold.severity)))
