"""Random expressions against a real Prometheus: what no list of examples thinks of."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.demo.promql_corpus import END, START
from tests.equality import Pair, compare_instant, compare_range

pytestmark = pytest.mark.servers

SELECTORS = st.sampled_from(
    [
        "up",
        "memory_bytes",
        "memory_limit_bytes",
        "requests_total",
        'requests_total{code="500"}',
        'requests_total{route=~"/(pay|cart)"}',
        "build_info",
        'gauge{kind=~"wave|nan|integer|constant|inf"}',
        "slow",
        "minute_grid",
        "latency_seconds_bucket",
        "nothing_here",
    ]
)
WINDOWS = st.sampled_from(["1m", "4m", "5m", "13m", "1h", "7m:1m", "10m:90s"])
OFFSETS = st.sampled_from(
    ["", "", "", " offset 1m", " offset -3m", " @ 1700003000", " @ end()", " @ start() offset 2m"]
)
LABELS = st.lists(st.sampled_from(["instance", "code", "route", "job", "version", "le"]), max_size=3, unique=True).map(
    ", ".join
)
_RATES = ["rate", "increase", "irate", "delta", "idelta", "resets", "changes"]
_OVER_TIME = ["avg", "min", "max", "sum", "count", "last", "present", "absent"]
RANGED = st.sampled_from([*_RATES, *(f"{name}_over_time" for name in _OVER_TIME)])
NUMBERS = st.sampled_from(["0", "1", "2.5", "-3", "100", "0.3", "NaN", "Inf"])


def ranged() -> st.SearchStrategy[str]:
    return st.builds("{}({}[{}]{})".format, RANGED, SELECTORS, WINDOWS, OFFSETS)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    fold = st.sampled_from(["sum", "avg", "min", "max", "count", "group", "quantile(0.7, "])
    grouping = st.builds("{} ({})".format, st.sampled_from(["by", "without"]), LABELS)
    matching = st.builds("{} ({})".format, st.sampled_from(["on", "ignoring"]), LABELS)
    left = st.sampled_from(["", " group_left", " group_right", " group_left (version)"])
    return st.one_of(
        st.builds(
            lambda f, g, e: f"quantile {g} (0.7, {e})" if f.startswith("quantile") else f"{f} {g} ({e})",
            fold,
            grouping,
            inner,
        ),
        st.builds("({} {} {})".format, inner, st.sampled_from(["*", "/", ">", "<= bool", "%"]), NUMBERS),
        st.builds("({} {} {})".format, NUMBERS, st.sampled_from(["-", "/", "<", "== bool", "^"]), inner),
        st.builds("({} {} {} {})".format, inner, st.sampled_from(["and", "or", "unless"]), matching, inner),
        st.builds("({} {} {}{} {})".format, inner, st.sampled_from(["*", "/"]), matching, left, inner),
        st.builds("{}({})".format, st.sampled_from(["abs", "ceil", "sgn", "-", "absent", "sort", "timestamp"]), inner),
        st.builds("clamp({}, {}, {})".format, inner, NUMBERS, NUMBERS),
        st.builds("last_over_time({}[{}])".format, inner, st.sampled_from(["3m:1m", "5m:", "10m:45s"])),
        st.builds(
            'label_replace({}, "to", "$1-x", "{}", "(.).*")'.format, inner, st.sampled_from(["instance", "code"])
        ),
        st.builds("({} or vector({}))".format, inner, NUMBERS),
    )


EXPRESSIONS = st.recursive(st.one_of(st.builds("{}{}".format, SELECTORS, OFFSETS), ranged()), grown, max_leaves=4)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(expr=EXPRESSIONS, at=st.integers(int(START) + 60, int(END)), step=st.sampled_from([17.5, 60, 300]))
def test_random_expressions_equal_prometheus(corpus_pair: Pair, expr: str, at: int, step: float) -> None:
    compare_instant(corpus_pair, expr, at)
    compare_range(corpus_pair, expr, at, at + 12 * step, step)
