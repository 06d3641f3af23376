"""The picture of a grid held against its tracks and its panels."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from noc.config.layout import Grid
from noc.config.nearest import hint
from noc.doctor.remark import Remark

EMPTY = "."


def grid_remarks(grid: Grid, panels: Collection[str]) -> Iterator[Remark]:
    """Rows of unequal length, tracks that do not count with the picture, torn areas, and names without partner."""
    width = len(grid.areas[0])
    for index, row in enumerate(grid.areas):
        if len(row) != width:
            message = f"this row has {_cells(len(row))}, the first has {width}"
            yield Remark(("grid", "areas", index), message)
    tracks = (("columns", grid.columns, width, "cells a row"), ("rows", grid.rows, len(grid.areas), "rows"))
    for key, sizes, count, what in tracks:
        if sizes and len(sizes) != count:
            yield Remark(("grid", key), f"{len(sizes)} {key}, but the areas have {count} {what}")
    if all(len(row) == width for row in grid.areas):
        yield from _torn(grid)
    yield from _partners(grid, panels)


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"


def _places(grid: Grid) -> dict[str, list[tuple[int, int]]]:
    places: dict[str, list[tuple[int, int]]] = {}
    for y, row in enumerate(grid.areas):
        for x, name in enumerate(row):
            if name != EMPTY:
                places.setdefault(name, []).append((x, y))
    return places


def _torn(grid: Grid) -> Iterator[Remark]:
    for name, cells in _places(grid).items():
        xs, ys = [x for x, _ in cells], [y for _, y in cells]
        full = (max(xs) - min(xs) + 1) * (max(ys) - min(ys) + 1)
        if full != len(cells):
            message = f"{name!r} fills {len(cells)} cells of the {full} around them; an area must be a rectangle"
            yield Remark(("grid", "areas", min(ys)), message)


def _partners(grid: Grid, panels: Collection[str]) -> Iterator[Remark]:
    places = _places(grid)
    for name, cells in places.items():
        if name not in panels:
            free = [panel for panel in panels if panel not in places] or list(panels)
            yield Remark(("grid", "areas", cells[0][1]), f"no panel is called {name!r}{hint(name, free)}")
    for panel in panels:
        if panel not in places:
            yield Remark(("panels", panel), "this panel has no area in the grid")
