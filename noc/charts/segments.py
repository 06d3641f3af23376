"""A bar of several colours, lying or standing, in eighths of a cell: two parts meet within one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import Charset
from noc.charts.scale import Axis

NOTHING = -1
"""The ground, where no segment is."""


@dataclass(frozen=True, slots=True)
class Segment:
    """From ``start`` to ``end`` (0-1, in order), in a colour ``#rrggbb``; ``fill`` where there are no blocks."""

    start: float
    end: float
    colour: str
    fill: str


@dataclass(frozen=True, slots=True)
class Line:
    """One bar: its segments, its value and the value in words."""

    segments: tuple[Segment, ...]
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """The bars of a group."""

    name: str
    lines: tuple[Line, ...]


def segments_of(values: Sequence[float], inks: Sequence[tuple[str, str]], axis: Axis) -> tuple[Segment, ...]:
    """Values on one another from zero upwards, those below zero downwards; what is no number has no segment."""
    up = down = 0.0
    out = []
    for value, (colour, fill) in zip(values, inks, strict=True):
        if math.isnan(value) or value == 0:
            continue
        before = up if value > 0 else down
        after = before + value
        if math.isnan(after):
            continue
        up, down = (after, down) if value > 0 else (up, after)
        first, last = sorted((axis.position(before), axis.position(after)))
        out.append(Segment(first, last, colour, fill))
    return tuple(out)


def _eighths(segments: Sequence[Segment], length: int) -> list[int]:
    """Which segment has each eighth of ``length`` cells; a bar that is not empty has one at least."""
    size = length * 8
    out = [NOTHING] * size
    for index, one in enumerate(segments):
        first, last = round(min(1.0, max(0.0, one.start)) * size), round(min(1.0, max(0.0, one.end)) * size)
        if first == last and len(segments) == 1 and size:
            first, last = (first, last + 1) if last < size else (first - 1, last)
        out[first:last] = [index] * (last - first)
    return out


def _cell(
    eighths: Sequence[int], segments: Sequence[Segment], ground: str, glyphs: str, charset: Charset
) -> tuple[str, Ink]:
    """The glyph for one cell: its first segment as far as it goes, behind it the last one."""
    first, last = eighths[0], eighths[-1]
    if not charset.braille:
        filled = [one for one in eighths if one != NOTHING]
        if not filled or (first == NOTHING and len(filled) < 4):
            return " ", Ink()
        most = segments[max(set(filled), key=lambda one: (filled.count(one), -one))]
        return most.fill, Ink(fg=most.colour)
    if first == last:
        return (" ", Ink()) if first == NOTHING else (glyphs[8], Ink(fg=segments[first].colour))
    reach = next(index for index, one in enumerate(eighths) if one != first)
    colours = [ground if one == NOTHING else segments[one].colour for one in (first, last)]
    return glyphs[reach], Ink(fg=colours[0], bg=colours[1])


def draw_lying(
    canvas: Canvas,
    x: int,
    y: int,
    length: int,
    segments: Sequence[Segment],
    ground: str,
    charset: Charset,
    marks: Sequence[tuple[float, str]] = (),
) -> None:
    """One row; marks are positions 0-1 and colours."""
    eighths = _eighths(segments, length)
    for column in range(length):
        glyph, ink = _cell(eighths[column * 8 : column * 8 + 8], segments, ground, charset.growing, charset)
        if glyph != " ":
            canvas.put(x + column, y, glyph, ink)
    for position, colour in marks:
        column = min(length - 1, int(position * length))
        if not column >= 0 or not 0 <= x + column < canvas.width or not 0 <= y < canvas.height:
            continue
        middle = eighths[column * 8 + 4]
        under = segments[middle].colour if middle != NOTHING and charset.braille else None
        canvas.put(x + column, y, charset.upright, Ink(fg=colour, bg=under, bold=True))


def draw_upright(
    canvas: Canvas,
    x: int,
    floor: int,
    size: tuple[int, int],
    segments: Sequence[Segment],
    ground: str,
    charset: Charset,
) -> None:
    """A column of ``size`` (cells wide, cells high at most) on the row ``floor`` - 1."""
    width, height = size
    eighths = _eighths(segments, height)
    for row in range(height):
        glyph, ink = _cell(eighths[row * 8 : row * 8 + 8], segments, ground, charset.rising, charset)
        if glyph != " ":
            canvas.fill(x, floor - 1 - row, width, 1, glyph, ink)
