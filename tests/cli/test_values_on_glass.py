"""Every layout on a real Prometheus that holds the gateway's history: what stands on the glass is what the server answers."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from noc.charts.charset import UNICODE
from noc.cli.glass import look, photographed
from noc.config.paths import Places, bundled
from noc.config.settings import Environment, Settings
from noc.demo.world import World
from noc.engine.plan import PlannedQuery
from noc.model.clock import FixedClock
from noc.model.query import QueryKind
from noc.model.units import format_value
from noc.ui.board import Board
from noc.ui.cards import draw_card
from noc.ui.panels.data import PanelData, readings
from noc.ui.state import View
from noc.wiring import Library, live

pytestmark = pytest.mark.servers

ZERO = 1_700_000_000.0
AT = ZERO + 1200.0
LAYOUTS = sorted(path.stem for path in bundled("layouts").glob("*.yaml"))
SAID = {"stat", "counter", "gauge"}
"""Kinds that say their one value in figures."""


@pytest.fixture(scope="module")
def server(history_factory: Callable[..., str]) -> Iterator[str]:
    yield history_factory(World(zero=ZERO).select((), ZERO - 7200.0, AT))


def shown(url: str, layout: str) -> Board:
    """The wall of a layout, settled at the last moment of the history."""
    environment = Environment.model_validate({"prometheus": url})
    settings = Settings(environments={"real": environment}, environment="real", timezone="UTC")
    places = Places.of({}, Path("/nonexistent"))
    runtime = live(settings, Library.of(places), [layout], ("noc",), clock=FixedClock(AT))
    view = View(runtime.page.name)
    _, board = asyncio.run(photographed(runtime, view, (200, 55), look(runtime, UNICODE), 30.0))
    return board


def answers(url: str, planned: PlannedQuery) -> dict[frozenset[tuple[str, str]], float]:
    """The server's own last values of a query, by labels."""
    query = planned.query
    if query.kind is QueryKind.INSTANT:
        asked = {"query": query.expr, "time": f"{AT - query.shift:.3f}"}
        result = httpx.post(f"{url}/api/v1/query", data=asked, timeout=30).json()["data"]["result"]
        return {_labels(one): float(one["value"][1]) for one in result}
    end = math.floor(AT / query.step) * query.step
    asked = {"query": query.expr, "start": f"{end - query.span:.3f}", "end": f"{end:.3f}", "step": f"{query.step}"}
    result = httpx.post(f"{url}/api/v1/query_range", data=asked, timeout=30).json()["data"]["result"]
    return {_labels(one): float(one["values"][-1][1]) for one in result}


def _labels(one: dict[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset(one["metric"].items())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_values_on_the_glass_equal_the_servers_answers(server: str, layout: str) -> None:
    board = shown(server, layout)
    compared = 0
    for panel in board.order:
        data = board.data(panel)
        for asked in data.role("main"):
            if asked.planned.query.source != "prometheus" or asked.result.error is not None:
                continue
            expected = answers(server, asked.planned)
            got = {frozenset(one.labels): one.last for one in asked.result.series}
            assert got.keys() <= expected.keys(), f"{layout}/{panel}"
            assert len(got) == min(len(expected), len(got) + asked.result.dropped), f"{layout}/{panel}"
            for labels, value in got.items():
                assert value == pytest.approx(expected[labels], rel=1e-9, nan_ok=True), f"{layout}/{panel} {labels}"
                compared += 1
        said(board, panel, data)
    assert compared or layout in ("logs", "address")


def said(board: Board, panel: str, data: PanelData) -> None:
    """A panel of one value has it in its text, formatted; digits that are drawn large are read elsewhere."""
    values = [one for one in readings(data) if one.value is not None] if data.asked else []
    if data.spec.kind not in SAID or len(values) != 1 or data.query_spec.mappings:  # type: ignore[attr-defined]
        return
    text = draw_card(data, 40, 4).text()
    assert format_value(values[0].value, data.unit, data.query_spec.decimals) in text, f"{panel}: {text}"
