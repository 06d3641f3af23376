"""The demo's PromQL against a real Prometheus that holds the same samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.demo.promql_corpus import END, EXPRESSIONS, INSTANTS, ORDERED, START, samples
from tests.equality import Pair, compare_instant, compare_range, paired

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def pair(history_factory: Callable[..., str]) -> Iterator[Pair]:
    held = samples()
    with paired(history_factory(held), held) as both:
        yield both


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_instant_answers_equal_prometheus(pair: Pair, expr: str) -> None:
    for at in INSTANTS:
        compare_instant(pair, expr, at)


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_range_answers_equal_prometheus(pair: Pair, expr: str) -> None:
    compare_range(pair, expr, START + 600, END + 120, 60)
    compare_range(pair, expr, START + 3607.5, START + 9001.25, 137.25)


@pytest.mark.parametrize("expr", ORDERED)
def test_sorted_answers_come_in_prometheus_order(pair: Pair, expr: str) -> None:
    for at in INSTANTS:
        compare_instant(pair, expr, at, ordered=True)


@pytest.mark.parametrize(
    "selector", ["memory_bytes[2m]", "up[90s] offset 1m", "sum(up)[10m:2m]", "slow[5m:1m]", "number[1m]"]
)
def test_raw_samples_equal_prometheus(pair: Pair, selector: str) -> None:
    for at in INSTANTS:
        compare_instant(pair, selector, at, ordered=True)
