"""What a pie is made of: slices, percentages that add up, and how ring and legend lie in the room there is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.model.text import clean
from noc.model.text import width as cells

RING_FROM = (24, 6)
"""Columns and rows from which there is a ring."""
_LEAST = 10
"""Pixels across under which a ring says nothing."""
_LEGEND, _WIDEST, _AIR = 22, 46, 3
"""Columns that the legend needs beside a ring, or half of all if it can use them; that it takes at most; between the two."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A share (0-1) of the whole, its value and its percentage in words."""

    name: str
    share: float
    text: str
    percent: str
    colour: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Pie:
    """Slices clockwise from the top. ``target``: the share marked on the ring. ``notes``: rows under the legend,
    each in words from long to short, and their colour. ``centre``: what stands in the hollow, number and unit, and a word beneath."""

    slices: tuple[Slice, ...]
    centre: tuple[str, str, str] = ("", "", "")
    target: float | None = None
    target_colour: str = ""
    notes: tuple[tuple[tuple[str, ...], str], ...] = ()
    style: Literal["donut", "pie"] = "donut"


def percents(shares: Sequence[float]) -> list[str]:
    """Percentages that add up to 100, by largest remainder: whole ones where every slice has at least one, else with a
    decimal. What is there but rounds to nothing is ``<0.1 %`` and counts as 0.1: the others are never the whole."""
    whole = math.fsum(shares)
    if whole <= 0:
        return ["0 %" for _ in shares]
    scale = 100 if all(share == 0 or share / whole >= 0.01 for share in shares) else 1000
    exact = [share / whole * scale for share in shares]
    units = [max(1, math.floor(one)) if one > 0 else 0 for one in exact]
    order = sorted(range(len(exact)), key=lambda index: (units[index] - exact[index], index))
    for index in order[: max(0, scale - sum(units))]:
        units[index] += 1
    units[max(range(len(units)), key=units.__getitem__)] -= max(0, sum(units) - scale)
    if scale == 100:
        return [f"{one} %" for one in units]
    return ["<0.1 %" if 0 < one < 0.5 else f"{unit / 10:.1f} %" for one, unit in zip(exact, units, strict=True)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where things stand: the ring's left upper cell and pixels across (0: none, a bar in row 0 instead), the legend's
    left upper cell and size, the first slice in it and how many there are; the row of the notes."""

    ring: tuple[int, int, int]
    left: int
    top: int
    columns: int
    first: int
    shown: int
    notes: int


def place(pie: Pie, width: int, height: int, chosen: str | None = None) -> Place:
    """How a pie lies in so many cells; the chosen slice is among the shown ones."""
    size, beside = _size(pie, width, height)
    columns = min(width, _natural(pie), _WIDEST) if size else width
    left, top = 0, 1
    ring = (0, 0)
    if size and beside:
        columns = min(columns, width - size - _AIR)
        ring = ((width - size - _AIR - columns) // 2, (height - size // 2) // 2)
        left, top = ring[0] + size + _AIR, 0
    elif size:
        ring = ((width - size) // 2, 0)
        left, top = (width - columns) // 2, size // 2 + 1
    room = max(0, height - top)
    notes = min(len(pie.notes), max(0, room - 1))
    lines = room - notes
    shown = len(pie.slices) if len(pie.slices) <= lines else min(lines, max(1, lines - 1))
    at = next((index for index, one in enumerate(pie.slices) if one.key == chosen), 0)
    first = max(0, min(at - shown + 1, len(pie.slices) - shown))
    used = min(lines, len(pie.slices)) + notes
    air = 1 if notes and used < room else 0
    if beside and size:
        top = max(0, (height - used - air) // 2)
    return Place((*ring, size), left, top, columns, first, shown, top + min(lines, len(pie.slices)) + air)


def _size(pie: Pie, width: int, height: int) -> tuple[int, bool]:
    """Pixels across the largest ring there is room for, and whether the legend stands beside it; 0: no ring."""
    if width < RING_FROM[0] or height < RING_FROM[1]:
        return 0, False
    legend = min(_natural(pie), max(_LEGEND, width // 2))
    beside = min(2 * height, width - legend - _AIR)
    below = min(width, 2 * (height - len(pie.slices) - len(pie.notes) - 2))
    size = max(beside, below) // 2 * 2
    return (size, beside >= below) if size >= _LEAST else (0, False)


def _natural(pie: Pie) -> int:
    """Columns of a legend that cuts nothing."""
    name, text, percent = widths(pie.slices)
    rows = 2 + name + 2 + (text + 2 if text else 0) + percent
    return max([rows, *(cells(words[0]) for words, _ in pie.notes)])


def widths(slices: Sequence[Slice]) -> tuple[int, int, int]:
    return (
        max((cells(clean(one.name)) for one in slices), default=0),
        max((cells(clean(one.text)) for one in slices), default=0),
        max((cells(one.percent) for one in slices), default=0),
    )


def slice_at(pie: Pie, width: int, height: int, y: int, chosen: str | None = None) -> str | None:
    """The key of the slice in a row of the picture."""
    spot = place(pie, width, height, chosen)
    row = y - spot.top
    return pie.slices[spot.first + row].key if 0 <= row < spot.shown else None
