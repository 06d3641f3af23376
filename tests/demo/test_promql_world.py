"""Every query of the catalogue and of the bundled layouts, on the demo's own samples: the demo against a real Prometheus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from noc.catalogue import metrics
from noc.demo.promql.faults import ParseError
from noc.demo.promql.syntax import parse
from noc.demo.world import World
from tests.equality import Pair, compare_instant, compare_range, paired

pytestmark = pytest.mark.servers

ZERO = 1_700_000_000.0
START, END = ZERO - 1800.0, ZERO + 1200.0
LAYOUTS = Path(__file__).parents[2] / "layouts"
INTERPOLATED = {"__rate_interval": "1m", "__interval": "15s", "__range": "10m", "__range_s": "600"}


def interpolated(query: str) -> str:
    """The query with the usual intervals, and every other variable as "all"."""
    chosen = re.sub(r'=\s*"\$\{?[a-z]\w*\}?"', '=~".*"', query)
    return re.sub(r"\$\{?([A-Za-z_]\w*)(?::\w+)?\}?", lambda match: INTERPOLATED.get(match.group(1), ".*"), chosen)


def catalogue_queries() -> Iterator[str]:
    for metric in metrics.load().metrics.values():
        if metric.query is not None:
            yield metric.panel_query
            yield from ([metric.guard] if metric.guard else ())
            yield from (f"({metric.query}) > {level.value}" for level in metric.levels)


def layout_queries() -> Iterator[str]:
    for path in sorted(LAYOUTS.glob("*.yaml")):
        yield from _strings_of(YAML(typ="safe").load(path), "")


def _strings_of(node: Any, key: str) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _strings_of(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _strings_of(value, key)
    elif key in ("query", "queries", "expr", "compare", "max", "min") and isinstance(node, str):
        yield node


def _is_promql(query: str) -> bool:
    try:
        parse(query)
    except ParseError:
        return False  # LogQL
    return True


QUERIES = sorted(
    {text for query in (*catalogue_queries(), *layout_queries()) if _is_promql(text := interpolated(query))}
)


@pytest.fixture(scope="session")
def world_pair(history_factory: Callable[..., str]) -> Iterator[Pair]:
    held = World(zero=ZERO).select((), START, END)
    with paired(history_factory(held), held) as both:
        yield both


@pytest.mark.parametrize("query", QUERIES)
def test_catalogue_and_layouts_are_answered_as_by_prometheus(world_pair: Pair, query: str) -> None:
    compare_instant(world_pair, query, END)
    compare_range(world_pair, query, START + 900, END, 30)


def test_most_of_these_queries_have_an_answer(world_pair: Pair) -> None:
    """Two empty answers are equal too; panels without data would say nothing about the evaluator."""
    asked = [query for query in QUERIES if " > " not in query and "ALERTS" not in query]
    silent = [query for query in asked if not world_pair.ask("query", query=query, time=str(END))[0]["data"]["result"]]
    assert len(silent) < len(asked) / 10, silent
