"""The specification's dashboards are complete: every metric stands on a layout, every visualisation has its panel."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from noc.catalogue.metrics import Catalogue
from noc.config.kinds import KINDS
from noc.config.layout import Layout
from tests.catalogue.dashboards import Visualisation, layouts, visualisations

SPECIFICATION = Path(__file__).parents[3] / "shared" / "spec"
ALL = visualisations()
LAYOUTS = layouts()

FOUR = {"security": 12, "performance": 12, "business": 12, "operations": 13}
"""Panels of sections 5.1 to 5.4."""


def panel_of(one: Visualisation) -> object:
    layout, _, name = one.panel.partition("/")
    return LAYOUTS[layout].panels[name]


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.section} {one.words[:40]}")
def test_a_visualisation_of_the_specification_has_its_panel(one: Visualisation) -> None:
    assert panel_of(one).kind == one.kind  # type: ignore[attr-defined]


def asked(layout: Layout) -> set[str]:
    """The catalogue's metrics a layout shows; a panel of lines names its metric itself."""
    found = set()
    for panel in layout.panels.values():
        found |= {item.metric for item in getattr(panel, "queries", ()) if item.metric}
        found |= {panel.metric} if getattr(panel, "metric", None) else set()
    return found


def test_every_metric_of_the_catalogue_stands_on_a_layout(catalogue: Catalogue) -> None:
    shown = set().union(*(asked(layout) for layout in LAYOUTS.values()))
    assert sorted(set(catalogue.metrics) - shown) == []


def test_every_panel_kind_stands_on_a_layout() -> None:
    used = {panel.kind for layout in LAYOUTS.values() for panel in layout.panels.values()}  # type: ignore[attr-defined]
    assert sorted(set(KINDS) - used - {"text"}) == []  # text is for what an author has to say


@pytest.mark.parametrize("name", FOUR)
def test_a_dashboard_of_section_5_has_exactly_its_panels(name: str) -> None:
    section = {"security": "5.1", "performance": "5.2", "business": "5.3", "operations": "5.4"}[name]
    named = [one.panel for one in ALL if one.section == section]
    assert sorted(named) == sorted(f"{name}/{panel}" for panel in LAYOUTS[name].panels)
    assert len(named) == FOUR[name]


@pytest.mark.parametrize("name", FOUR)
def test_a_dashboard_asks_as_often_as_the_specification_says(name: str) -> None:
    """Section 1.3: 30 seconds for the primary metrics of security; section 2.4: one point a minute."""
    layout = LAYOUTS[name]
    assert layout.refresh == {"security": 30, "performance": 15, "business": 30, "operations": 5}[name]
    if name == "performance":
        steps = {panel.step for panel in layout.panels.values() if panel.kind == "timeseries"}  # type: ignore[union-attr]
        assert steps == {60.0}


@pytest.mark.skipif(not SPECIFICATION.is_dir(), reason="the specification does not lie beside the checkout")
def test_the_transcription_holds_every_line_of_sections_5_1_to_5_4() -> None:
    text = next(SPECIFICATION.glob("000_*.txt")).read_text()
    wanted = Counter()
    for section, after in (("5.1", "#### Time Range"), ("5.2", "### 5.3"), ("5.3", "### 5.4"), ("5.4", "## 6.")):
        part = text[text.index(f"### {section} ") :]
        for line in re.findall(r"^- (.+)$", part[: part.index(after)], re.MULTILINE):
            wanted[section, line] += 1
    assert Counter((one.section, one.words) for one in ALL if one.section.startswith("5.")) == wanted
