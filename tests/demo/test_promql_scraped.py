"""The demo's PromQL against a real Prometheus that scraped a changing exporter, stale markers included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import httpx
import numpy as np
import pytest

from noc.demo.encoding import Reply
from noc.demo.promql.labelset import NAME, value_of
from noc.demo.samples import STALE_BITS, Samples, SampleTable
from noc.demo.server import DemoServer, HandlerApp
from tests.equality import Pair, compare_instant, compare_range, paired
from tests.servers import raw_samples

pytestmark = pytest.mark.servers

SCRAPES = 40
STALE = np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0]


class Exporter:
    """A page of metrics whose values depend only on how often it was scraped."""

    def __init__(self) -> None:
        self.scrapes = 0

    def handle(self, method: str, path: str, params: object) -> Reply:
        self.scrapes += 1
        return Reply(200, {"Content-Type": "text/plain; version=0.0.4"}, "\n".join(self.lines(self.scrapes)).encode())

    def lines(self, n: int) -> Iterator[str]:
        yield f"jobs_total {n * 3 % 50}"
        yield f'requests_total{{code="200"}} {n * 7}'
        yield f'requests_total{{code="500"}} {n // 5}'
        yield f"temperature {'NaN' if n % 6 == 0 else n % 9 - 4}"
        if n > 12:
            yield f'late_total{{shard="b"}} {n}'
        if n % 20 < 10:
            yield f'flapping{{shard="a"}} {n}'
        for bound, share in (("0.1", 2), ("1", 5), ("+Inf", 6)):
            yield f'latency_bucket{{le="{bound}"}} {n * share}'
        yield ""


@pytest.fixture(scope="module")
def pair(prometheus_factory: Callable[..., str]) -> Iterator[Pair]:
    exporter = Exporter()
    with DemoServer({"exporter": HandlerApp(exporter)}) as server:
        target = server.urls["exporter"].removeprefix("http://")
        url = prometheus_factory({"app": [target]}, interval="100ms")
        deadline = time.monotonic() + 60
        while exporter.scrapes <= SCRAPES:
            assert time.monotonic() < deadline, f"{exporter.scrapes} scrapes"
            time.sleep(0.05)
        end = newest(url)
    table = with_stale_markers(raw_samples(url, '{job="app"}', "5m", end))
    with paired(url, table, now=end) as both:
        yield both


def newest(url: str) -> float:
    """The time of the newest scrape that is complete: ``up`` is written last."""
    answer = httpx.get(f"{url}/api/v1/query", params={"query": "timestamp(up)"}).json()
    return float(answer["data"]["result"][0]["value"][1])


def with_stale_markers(table: SampleTable) -> list[Samples]:
    """The raw samples with the markers that an API never shows: at the first scrape in which a series was missing.

    Every scrape writes ``up``, so its times are the times of all scrapes.
    """
    series = table.select((), 0, float("inf"))
    scrapes = next(one.times for one in series if value_of(one.labels, NAME) == "up")
    marked = []
    for one in series:
        expected = scrapes[(scrapes > one.times[0])]
        missed = expected[~np.isin(expected, one.times)]
        times = np.concatenate([one.times, missed])
        order = np.argsort(times)
        values = np.concatenate([one.values, np.full(len(missed), STALE)])
        marked.append(Samples(one.labels, times[order], values[order]))
    return marked


@pytest.mark.parametrize(
    "expr",
    [
        "up",
        "flapping",
        "late_total",
        "temperature",
        '{job="app",__name__!~"scrape_.*"}',
        "rate(jobs_total[2s])",
        "increase(requests_total[1s])",
        "irate(jobs_total[1s])",
        "resets(jobs_total[3s])",
        "rate(flapping[3s])",
        "count_over_time(flapping[2s])",
        "last_over_time(flapping[2s])",
        "absent(flapping)",
        "absent_over_time(flapping[500ms])",
        "avg_over_time(temperature[1s])",
        "max_over_time(temperature[1s])",
        "time() - timestamp(up)",
        "timestamp(flapping)",
        "flapping offset 1s",
        "flapping or late_total",
        "count_over_time(flapping[2s:200ms])",
        'count({job="app"}) by (__name__)',
        "histogram_quantile(0.9, rate(latency_bucket[2s]))",
        'sum(rate(requests_total{code=~"5.."}[2s])) / sum(rate(requests_total[2s]))',
    ],
)
def test_scraped_answers_equal_prometheus(pair: Pair, expr: str) -> None:
    end = pair.api.clock.now()
    compare_instant(pair, expr, end - 1.05)
    compare_range(pair, expr, round(end - 4, 3), end, 0.137)
