"""The lint on files that are well, and on what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc.catalogue.metrics import load
from noc.config.paths import Places
from noc.config.server import Server
from noc.doctor.lint import lint_layout, lint_settings, lint_theme
from noc.doctor.remark import Known

PLACES = Places.of({}, Path("/nonexistent"))
KNOWN = Known(load(), frozenset(PLACES.available_layouts()), frozenset(PLACES.available_themes()))

PANEL = "grid:\n  areas: [cpu]\npanels:\n  cpu: {{kind: {kind}, query: '{query}'}}\n"


def said(tmp_path: Path, text: str, known: Known = KNOWN) -> list[str]:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    return [str(fault) for fault in lint_layout(path, known, file="x.yaml")]


@pytest.mark.parametrize("name", sorted(PLACES.available_layouts()))
def test_a_bundled_layout_has_no_fault(name: str) -> None:
    assert lint_layout(PLACES.find_layout(name), KNOWN) == []


@pytest.mark.parametrize("name", sorted(PLACES.available_themes()))
def test_a_bundled_theme_has_no_fault(name: str) -> None:
    assert lint_theme(PLACES.find_theme(name)) == []


@pytest.mark.parametrize(
    "query",
    [
        "sum by (job) (rate(up[$__rate_interval]))",
        "rate(up[1m])",
        "max_over_time(up[15s])",
        "rate(up[${__range}])",
        "avg_over_time(up[$__interval])",
        "(((1)))",
        "vector(1) > bool 0",
        'label_replace(up, "a", "$1", "b", "(.*)")',
        "increase(up[90s:30s])",
        'up{job=~"a|b"} @ end() offset -5m',
    ],
)
def test_a_query_that_can_be_drawn_passes(tmp_path: Path, query: str) -> None:
    assert said(tmp_path, PANEL.format(kind="timeseries", query=query)) == []


@pytest.mark.parametrize(
    "query", ["rate(up[$window])", "sum by ($label) (up)", "up > $floor", 'up{job=~"$jobs", site="$site"}']
)
def test_a_variable_is_tried_as_name_as_duration_and_as_number(tmp_path: Path, query: str) -> None:
    text = (
        "variables:\n  window: {kind: list, values: [5m, 1h]}\n  label: {kind: text}\n  floor: {kind: text}\n"
        "  jobs: {kind: query, query: 'label_values(up, job)', multi: true, all: true}\n"
        "  site: {kind: list, values: [north, south]}\n"
    )
    faults = said(tmp_path, text + PANEL.format(kind="stat", query=query))
    assert [fault for fault in faults if "used nowhere" not in fault] == []


def test_the_least_window_follows_the_servers_scrape_interval(tmp_path: Path) -> None:
    text = PANEL.format(kind="stat", query="rate(up[1m])")
    fast = Known(prometheus={"main": Server(url="http://p", scrape_interval=5.0)})
    slow = Known(prometheus={"main": Server(url="http://p", scrape_interval=30.0)})
    assert said(tmp_path, text, fast) == []
    assert said(tmp_path, text, slow) == [
        "x.yaml:4: panels.cpu.query: rate(…[1m]) spans less than 4 scrapes of 30s and is often empty; "
        "write [$__rate_interval]"
    ]


def test_a_victoriametrics_may_be_asked_in_its_own_dialect(tmp_path: Path) -> None:
    text = PANEL.format(kind="stat", query="rate(up) default 0")
    dialect = Known(prometheus={"main": Server(url="http://p", flavour="victoriametrics")})
    assert said(tmp_path, text, dialect) == []
    assert len(said(tmp_path, text)) == 1


def test_nothing_is_held_against_words_that_are_not_known_here(tmp_path: Path) -> None:
    text = "grid:\n  areas: [cpu]\npanels:\n  cpu: {kind: stat, metric: any.thing, source: any, drill: {layout: any}}\n"
    assert said(tmp_path, text, Known()) == []


def test_a_drill_link_to_a_path_is_not_looked_up(tmp_path: Path) -> None:
    text = "grid:\n  areas: [cpu]\npanels:\n  cpu: {kind: stat, query: up, drill: {layout: ./mine.yaml}}\n"
    assert said(tmp_path, text) == []


def test_a_full_configuration_passes(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("theme: paper\nlayout: [host]\nenvironments:\n  prod: {prometheus: 'http://p:9090'}\n")
    assert lint_settings(path, KNOWN) == []
    path.write_text("")
    assert lint_settings(path, KNOWN) == []
