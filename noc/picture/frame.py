"""A frame: one finished picture of the terminal, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from noc.charts.canvas import Canvas


@dataclass(frozen=True, slots=True)
class Frame:
    """The cells, and the ground they stand on where a cell's ink names none (``#rrggbb``)."""

    cells: Canvas
    foreground: str
    background: str
    title: str = "noc"
