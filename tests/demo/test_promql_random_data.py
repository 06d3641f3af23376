"""Random series against a real Prometheus: irregular scrapes, resets, NaN, infinities and stale markers in any mixture."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc.demo.samples import STALE_BITS, Samples
from noc.model.series import labels_of
from tests import remotewrite
from tests.equality import compare_instant, compare_range, paired

pytestmark = pytest.mark.servers

BEGIN = 1_700_000_000.0
STALE = float(np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0])

VALUES = st.one_of(
    st.integers(0, 9).map(float),
    st.floats(0, 1e6).map(lambda value: round(value, 3)),
    st.integers(-5, 5).map(float),
    st.sampled_from([math.nan, math.inf, -math.inf, STALE]),
)
GAPS = st.one_of(st.sampled_from([15_000, 30_000, 60_000]), st.integers(1, 400_000))
SERIES = st.lists(st.tuples(GAPS, VALUES), min_size=1, max_size=25)

EXPRESSIONS = (
    "x",
    "rate(x[2m])",
    "rate(x[5m] offset 1m)",
    "increase(x[90s])",
    "delta(x[5m])",
    "irate(x[5m])",
    "idelta(x[5m])",
    "resets(x[5m])",
    "changes(x[5m])",
    "min_over_time(x[3m])",
    "max_over_time(x[3m])",
    "sum_over_time(x[3m])",
    "avg_over_time(x[3m])",
    "count_over_time(x[3m])",
    "last_over_time(x[1m])",
    "quantile_over_time(0.3, x[5m])",
    "avg_over_time(x[10m:1m])",
    "rate(x[10m:45s])",
    "absent(x)",
    "absent_over_time(x[1m])",
    "timestamp(x)",
    "sum(x)",
    "avg(x)",
    "max(x) - min(x)",
    "count by (n) (x > 3)",
    "quantile(0.6, x)",
    "x / ignoring (n) group_left sum(x)",
    "x > on (example) group_left avg by (example) (x)",
    "x or vector(1)",
    "x^2",
    "x % 7",
)


@pytest.fixture(scope="module")
def url(history_factory: Callable[..., str]) -> str:
    return history_factory([Samples(labels_of({"__name__": "first"}), np.array([BEGIN]), np.array([1.0]))])


@pytest.fixture(scope="module")
def starts() -> Iterator[float]:
    """Every example has an epoch of its own, later than all before it: a database takes no old samples."""
    return itertools.count(BEGIN + 86_400, 86_400.0)


def _samples(example: float, number: int, points: list[tuple[int, float]]) -> Samples:
    times = example + np.cumsum([gap for gap, _ in points]) / 1000
    return Samples(
        labels_of({"__name__": "x", "example": f"{example:.0f}", "n": str(number)}),
        np.round(times, 3),
        np.array([value for _, value in points]),
    )


@settings(max_examples=24, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(data=st.lists(SERIES, min_size=1, max_size=4), step=st.sampled_from([13.7, 30, 60]))
def test_random_series_are_evaluated_as_by_prometheus(
    url: str, starts: Iterator[float], data: list[list[tuple[int, float]]], step: float
) -> None:
    start = next(starts)
    samples = [_samples(start, number, points) for number, points in enumerate(data)]
    remotewrite.write(url, samples)
    end = max(float(series.times[-1]) for series in samples)
    with paired(url, samples) as pair:
        for expr in EXPRESSIONS:
            compare_instant(pair, expr, round((start + end) / 2, 3))
            compare_range(pair, expr, round(end - 20 * step, 3), round(end + 5 * step, 3), step)
