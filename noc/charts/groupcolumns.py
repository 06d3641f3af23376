"""Bars in groups standing side by side: a cluster of columns, or one of parts, above the group's name."""

from __future__ import annotations

from collections.abc import Sequence

from noc.charts.bar import mark_positions, value_ink
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset
from noc.charts.scale import Axis
from noc.charts.segments import Block, draw_upright
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate
from noc.model.text import width as cells
from noc.model.thresholds import Threshold

_WIDEST, _WHOLE = 8, 14
"""Cells of a column at most; of a group of one column."""
_NAMED_FROM, _VALUED_FROM = 4, 5
"""Rows from which names stand beneath, and values above."""


def draw_standing(
    canvas: Canvas,
    blocks: Sequence[Block],
    axis: Axis,
    palette: Palette,
    charset: Charset,
    thresholds: Sequence[Threshold],
    more: int,
) -> None:
    """As many whole groups as fit with a cell a column and one between groups; the others are counted at the right."""
    each = max((len(block.lines) for block in blocks), default=1) or 1
    shown, note = _fitting(blocks, each, canvas.width, more)
    room = canvas.width - (cells(note) + 1 if note else 0)
    wide = room // max(1, len(shown)) - 1
    column = max(1, min(_WIDEST if each > 1 else _WHOLE, wide // each))
    named = canvas.height >= _NAMED_FROM
    floor = canvas.height - (1 if named or note else 0)
    above = 1 if canvas.height >= _VALUED_FROM else 0
    _draw_marks(canvas, axis, thresholds, floor, floor - above, palette, charset)
    x = 0
    for block in shown:
        for index, line in enumerate(block.lines[: canvas.width]):
            left = x + index * column
            size = column if each == 1 or column < 3 else column - 1
            draw_upright(canvas, left, floor, (size, floor - above), line.segments, palette.surface, charset)
            text = clean(line.text)
            if above and cells(text) <= size:
                top = max((one.end for one in line.segments), default=axis.position(0.0))
                filled = max(1 if line.segments else 0, -(-round(top * (floor - above) * 8) // 8))
                y = floor - 1 - min(floor - above, filled)
                canvas.put(left, max(0, y), fit(text, size, "center"), value_ink(line.value, thresholds, palette))
        if named:
            width = max(1, column * each if each == 1 or column < 3 else column * each - 1)
            name = truncate(clean(block.name), width, "middle")
            canvas.put(x, floor, fit(name, width, "center"), Ink(fg=palette.muted))
        x += column * each + 1
    canvas.put(canvas.width - cells(note), canvas.height - 1, note, Ink(fg=palette.muted))


def _fitting(blocks: Sequence[Block], each: int, width: int, more: int) -> tuple[list[Block], str]:
    """The groups that fit, the first one at least in part, and the count of the others (and of its columns)."""
    count = len(blocks)
    while True:
        left_out = len(blocks) - count + more
        note = f"+{left_out}" if left_out else ""
        room = width - (cells(note) + 1 if note else 0)
        if count <= 1 or count * (each + 1) - 1 <= room:
            break
        count -= 1
    shown = list(blocks[:count])
    if shown and len(shown[0].lines) > max(1, room):
        first, room = shown[0], max(1, width - 5)
        shown, note = [Block(first.name, first.lines[:room])], f"+{left_out + len(first.lines) - room}"
    return shown, note


def _draw_marks(
    canvas: Canvas,
    axis: Axis,
    thresholds: Sequence[Threshold],
    floor: int,
    rows: int,
    palette: Palette,
    charset: Charset,
) -> None:
    """Threshold lines behind the columns."""
    for position, threshold in mark_positions(axis, thresholds):
        y = floor - 1 - min(rows - 1, int(position * rows))
        if 0 <= y < canvas.height:
            canvas.fill(0, y, canvas.width, 1, charset.dash, Ink(fg=palette.severity(threshold.severity)))
