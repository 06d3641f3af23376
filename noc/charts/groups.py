"""Bars in groups: side by side, or as the parts of one bar on one another. Lying here, standing in ``groupcolumns``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.charts.bar import LEAST_BAR, axis_of, divided, mark_positions, value_ink
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.groupcolumns import draw_standing
from noc.charts.scale import Axis
from noc.charts.segments import Block, Line, draw_lying, segments_of
from noc.model.palette import Palette
from noc.model.text import clean, truncate
from noc.model.text import width as cells
from noc.model.thresholds import Threshold

__all__ = ["FILLS", "Group", "Part", "draw_groups"]

FILLS = "#=+o%*x@"
"""What the parts are filled with where there are no blocks, so that they differ without colour."""
_LEGEND_FROM = 4
"""Rows from which there is a legend, when there are several parts."""
_LEAST_NAME = 8
"""Cells that a name in the legend keeps before names are left out."""

Mode = Literal["grouped", "stacked"]


@dataclass(frozen=True, slots=True)
class Part:
    """What every group has one of, with its ``#rrggbb``."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Group:
    """Values and their words, one for each part; None where the group lacks the part. ``text`` is the total in words."""

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    total: float
    text: str


def draw_groups(
    groups: Sequence[Group],
    parts: Sequence[Part],
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    mode: Mode = "grouped",
    direction: Literal["horizontal", "vertical"] = "horizontal",
    low: float | None = None,
    high: float | None = None,
    thresholds: Sequence[Threshold] = (),
    more: int = 0,
    more_parts: int = 0,
) -> Canvas:
    """The groups in the given order, the parts named in the last row; ``more`` groups and parts are counted.

    Parts below zero grow the other way. Thresholds are marks across the bars: what crosses one (a bar, or the total of a
    stack) has its words in the colour of the severity, the bars keep those of their parts.
    """
    canvas = Canvas(width, height)
    axis = axis_of(_ends(groups, mode), thresholds, low, high)
    rows = canvas.height
    if rows >= _LEGEND_FROM and (len(parts) > 1 or more_parts):
        rows -= 1
        _draw_legend(canvas, rows, parts, more_parts, palette, charset)
    draw = draw_standing if direction == "vertical" else _draw_lying
    body = Canvas(canvas.width, rows)
    draw(body, _blocks(groups, parts, axis, mode), axis, palette, charset, thresholds, more)
    canvas.blit(0, 0, body)
    return spell(canvas, charset)


def _ends(groups: Sequence[Group], mode: Mode) -> list[float]:
    """Where bars end: values, or the sums above and below zero."""
    out = []
    for group in groups:
        values = [value for value in group.values if value is not None and not math.isnan(value)]
        if mode == "stacked":
            out += [sum(value for value in values if value > 0), sum(value for value in values if value < 0)]
        else:
            out += values
    return out


def _blocks(groups: Sequence[Group], parts: Sequence[Part], axis: Axis, mode: Mode) -> list[Block]:
    out = []
    for group in groups:
        pairs = [(value, index) for index, value in enumerate(group.values) if value is not None]
        inks = [(parts[index].colour, FILLS[index % len(FILLS)]) for _, index in pairs]
        if mode == "stacked":
            stack = segments_of([value for value, _ in pairs], inks, axis)
            out.append(Block(group.name, (Line(stack, group.total, group.text),)))
            continue
        lines = (
            Line(segments_of([value], [ink], axis), value, group.texts[index])
            for (value, index), ink in zip(pairs, inks, strict=True)
        )
        out.append(Block(group.name, tuple(lines)))
    return out


def _draw_lying(
    canvas: Canvas,
    blocks: Sequence[Block],
    axis: Axis,
    palette: Palette,
    charset: Charset,
    thresholds: Sequence[Threshold],
    more: int,
) -> None:
    """Whole groups as long as they fit, with a free row between them where all have room for it."""
    blocks, left_out = _fitting(blocks, canvas.height, more)
    if left_out and canvas.height > 1:
        canvas.put(0, canvas.height - 1, truncate(f"+{left_out} more", canvas.width), Ink(fg=palette.muted))
    lines = sum(len(block.lines) for block in blocks)
    room = canvas.height - (1 if left_out and canvas.height > 1 else 0)
    gap = 1 if lines + len(blocks) - 1 <= room and len(blocks) > 1 else 0
    named, texts = divided([(block.name, line.text) for block in blocks for line in block.lines], canvas.width)
    length = canvas.width - named - texts
    marks = [(position, palette.severity(item.severity)) for position, item in mark_positions(axis, thresholds)]
    y = 0
    for block in blocks:
        canvas.put(0, y, truncate(clean(block.name), max(0, named - 1), "middle"), Ink(fg=palette.muted))
        for line in block.lines:
            if length >= LEAST_BAR:
                draw_lying(canvas, named, y, length, line.segments, palette.surface, charset, marks)
            text = truncate(clean(line.text), canvas.width)
            canvas.put(canvas.width - cells(text), y, text, value_ink(line.value, thresholds, palette))
            y += 1
        y += gap


def _fitting(blocks: Sequence[Block], rows: int, more: int) -> tuple[list[Block], int]:
    """The groups that fit whole, the first one at least in part, and how many groups (and bars of it) do not."""
    if sum(len(block.lines) for block in blocks) <= rows and not more:
        return list(blocks), 0
    room, out = max(1, rows - 1), []
    for block in blocks:
        if len(block.lines) > room:
            break
        out.append(block)
        room -= len(block.lines)
    if not out and blocks:
        first = blocks[0]
        return [Block(first.name, first.lines[:room])], len(blocks) - 1 + more + len(first.lines) - room
    return out, len(blocks) - len(out) + more


def _draw_legend(canvas: Canvas, y: int, parts: Sequence[Part], more: int, palette: Palette, charset: Charset) -> None:
    """``█ 2xx  █ 5xx  +3 more``: names shortened before any is left out."""
    limit = next((size for size in (40, 24, 16, 12) if _legend_count(parts, size, canvas.width, more) == len(parts)), 0)
    limit = limit or _LEAST_NAME
    x, count = 0, _legend_count(parts, limit, canvas.width, more)
    for index, part in enumerate(parts[:count]):
        x = canvas.put(x, y, charset.growing[8] if charset.braille else FILLS[index % len(FILLS)], Ink(fg=part.colour))
        x = canvas.put(x + 1, y, truncate(clean(part.name), limit, "middle"), Ink(fg=palette.muted)) + 2
    if left_out := len(parts) - count + more:
        canvas.put(x, y, truncate(f"+{left_out} more", max(0, canvas.width - x)), Ink(fg=palette.muted))


def _legend_count(parts: Sequence[Part], limit: int, width: int, more: int) -> int:
    used = count = 0
    for index, part in enumerate(parts):
        used += 2 + min(limit, cells(clean(part.name))) + (2 if index else 0)
        others = len(parts) - index - 1 + more
        if used + (2 + len(f"+{others} more") if others else 0) <= width:
            count = index + 1
    return count
