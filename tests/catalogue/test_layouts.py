"""The bundled layouts resolve, and their grids are drawn in whole rectangles."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc.catalogue.metrics import Catalogue
from noc.catalogue.resolve import resolve
from noc.config.layout import Layout
from noc.config.loader import load_layout
from noc.config.panels import QueryPanel
from noc.config.paths import bundled
from noc.engine.grid import rectangles
from noc.model.units import is_known

FILES = {path.stem: path for path in sorted(bundled("layouts").glob("*.yaml"))}
each_layout = pytest.mark.parametrize("path", FILES.values(), ids=FILES)


def cells(layout: Layout) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for y, row in enumerate(layout.grid.areas):
        for x, name in enumerate(row):
            found.setdefault(name, []).append((x, y))
    found.pop(".", None)
    return found


@each_layout
def test_every_asking_panel_has_expressions_a_unit_and_a_title(path: Path, catalogue: Catalogue) -> None:
    layout = resolve(load_layout(path), catalogue)
    for name, panel in layout.panels.items():
        assert panel.title, name
        if isinstance(panel, QueryPanel):
            assert panel.queries and all(item.query for item in panel.queries), name
            units = [panel.unit, *(item.unit for item in panel.queries)]
            assert all(unit is None or is_known(unit) for unit in units), name


@each_layout
def test_every_area_is_a_rectangle_and_has_its_panel(path: Path) -> None:
    layout = load_layout(path)
    assert len({len(row) for row in layout.grid.areas}) == 1
    areas = cells(layout)
    assert areas.keys() == layout.panels.keys()
    for name, places in areas.items():
        width = max(x for x, _ in places) - min(x for x, _ in places) + 1
        height = max(y for _, y in places) - min(y for _, y in places) + 1
        assert len(places) == width * height, name


@each_layout
def test_every_drill_leads_to_a_bundled_layout(path: Path) -> None:
    targets = {panel.drill.layout for panel in load_layout(path).panels.values() if panel.drill}
    assert targets - FILES.keys() == set()


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("operations", ("app_http_requests_total",)),
        ("host", ("node_cpu_seconds_total",)),
        ("prometheus", ("prometheus_tsdb_head_series",)),
    ],
)
def test_a_layout_says_what_it_needs(name: str, needs: tuple[str, ...]) -> None:
    layout = load_layout(FILES[name])
    assert (layout.needs, layout.range) == (needs, 3600)
    assert 5 <= layout.refresh <= 15


@each_layout
@pytest.mark.parametrize(("columns", "rows"), [(200, 55), (120, 40)])
def test_every_card_is_large_enough_on_a_tv_and_on_a_desk(path: Path, columns: int, rows: int) -> None:
    """Header and footer take a row each; below 20x4 a wall would deal the panels onto pages."""
    cards = rectangles(load_layout(path).grid, columns, rows - 2, (1, 1))
    assert min(card.width for card in cards.values()) >= 20
    assert min(card.height for card in cards.values()) >= 4
