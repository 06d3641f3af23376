"""The demo's PromQL against a real Prometheus that holds the same samples."""

from __future__ import annotations

import pytest

from tests.demo.promql_corpus import END, EXPRESSIONS, INSTANTS, ORDERED, START
from tests.equality import Pair, compare_instant, compare_range

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_instant_answers_equal_prometheus(corpus_pair: Pair, expr: str) -> None:
    for at in INSTANTS:
        compare_instant(corpus_pair, expr, at)


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_range_answers_equal_prometheus(corpus_pair: Pair, expr: str) -> None:
    compare_range(corpus_pair, expr, START + 600, END + 120, 60)
    compare_range(corpus_pair, expr, START + 3607.5, START + 9001.25, 137.25)


@pytest.mark.parametrize("expr", ORDERED)
def test_sorted_answers_come_in_prometheus_order(corpus_pair: Pair, expr: str) -> None:
    for at in INSTANTS:
        compare_instant(corpus_pair, expr, at, ordered=True)


@pytest.mark.parametrize(
    "selector", ["memory_bytes[2m]", "up[90s] offset 1m", "sum(up)[10m:2m]", "slow[5m:1m]", "number[1m]"]
)
def test_raw_samples_equal_prometheus(corpus_pair: Pair, selector: str) -> None:
    for at in INSTANTS:
        compare_instant(corpus_pair, selector, at, ordered=True)
