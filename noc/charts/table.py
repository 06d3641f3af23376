"""Tables: quiet head, aligned numbers, columns that give way in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset
from noc.model.palette import Palette


@dataclass(frozen=True, slots=True)
class Cell:
    """``spark`` replaces the text by a small course of values (NaN is a gap)."""

    text: str
    colour: str | None = None
    spark: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Columns of low ``priority`` shrink first and leave first; ``cut`` says where text loses characters."""

    title: str
    cells: Sequence[Cell]
    align: Literal["left", "right"] = "left"
    priority: int = 0
    cut: Literal["end", "middle"] = "end"


def draw_table(
    columns: Sequence[TableColumn],
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    cursor: int | None = None,
    offset: int = 0,
    more: int = 0,
) -> Canvas:
    """The rows from ``offset`` on; rows below the edge and ``more`` are counted in the last row ("+12 more")."""
    return Canvas(width, height)
