"""What noc's incremental fetching saves: bytes and samples against asking for the whole window every time.

Twelve charts of one hour at 15 s on a real Prometheus with a past, refreshed every 5 s in real time. Both ways run
beside one another on the same server; what each query costs first is not counted. At the end the store is compared
with a fresh full answer, point by point, outside the window in which a point may still change.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from noc.config.server import Server
from noc.engine.poller import Poller
from noc.engine.store import Store, grid_of
from noc.engine.window import FULL_EVERY, PROVISIONAL
from noc.model.clock import SystemClock
from noc.model.query import Demand, Query, QueryKind
from noc.model.series import Answer, Series
from noc.sources.http import client
from noc.sources.prometheus import PrometheusSource
from tests.benchmarks import history
from tests.benchmarks.figures import Baseline, Figure, Report, Spread
from tests.benchmarks.layouts import PAST, REAL

SPAN, STEP, REFRESH = 3600.0, 15.0, 5.0
SLICES = 5


@dataclass
class Counting:
    """A MetricSource that notes what every answer cost: (seconds, cost). The first answer to each expression is kept
    apart in ``first``. The cost is the body's bytes on the wire; with ``stats``, the samples the server read instead:
    statistics make every body longer, so the two are measured on requests of their own."""

    source: PrometheusSource
    stats: bool
    later: list[tuple[float, int]] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)

    async def instant(self, expr: str, at: float) -> Answer:
        return self._noted(expr, await self.source.instant(expr, at))

    async def range(self, expr: str, start: float, end: float, step: float) -> Answer:
        return self._noted(expr, await self.source.range(expr, start, end, step))

    async def label_values(self, label: str, match: str = "", start: float = 0.0, end: float = 0.0) -> tuple[str, ...]:
        return await self.source.label_values(label, match, start, end)

    async def aclose(self) -> None:
        await self.source.aclose()

    def _noted(self, expr: str, answer: Answer) -> Answer:
        cost = answer.samples if self.stats else answer.size
        assert cost is not None, "the server sent no statistics"
        if expr in self.first:
            self.later.append((time.monotonic(), cost))
        else:
            self.first[expr] = cost
        return answer

    @property
    def total(self) -> int:
        return sum(cost for _, cost in self.later)


def counting(url: str, stats: bool) -> Counting:
    server = Server(url=url, scrape_interval=float(history.SCRAPE))
    return Counting(PrometheusSource(server, client(server), SystemClock(), stats=stats), stats)


async def full(source: Counting, queries: Sequence[Query], until: float) -> None:
    """Ask for the whole aligned window of every query at each refresh, as a dashboard without a cache does."""
    turn = time.monotonic()
    while turn < until:
        edge = math.floor(time.time() / STEP) * STEP
        await asyncio.gather(*(source.range(query.expr, edge - SPAN, edge, STEP) for query in queries))
        turn += REFRESH
        await asyncio.sleep(max(0.0, turn - time.monotonic()))


@dataclass(frozen=True, slots=True)
class Pair:
    """Both ways of fetching under one measure, since ``begin`` for ``seconds``; points compared and found different."""

    small: Counting
    large: Counting
    begin: float
    seconds: float
    points: int
    wrong: int

    @property
    def ratios(self) -> list[float]:
        """What was saved in each equal part of the run."""
        out = []
        for part in range(SLICES):
            low, high = (self.begin + self.seconds * edge / SLICES for edge in (part, part + 1))
            least, most = (sum(cost for at, cost in one.later if low <= at < high) for one in (self.small, self.large))
            if least:
                out.append(most / least)
        return out or [0.0]


async def measured(url: str, seconds: float, stats: bool) -> Pair:
    """Incremental and full beside one another."""
    small, large = counting(url, stats), counting(url, stats)
    queries = [Query("prometheus", expr, QueryKind.RANGE, STEP, SPAN) for expr in REAL]
    store = Store(spread=random.Random(1).random)
    poller = Poller({"prometheus": small}, store, SystemClock(), random.Random(1), lambda _: None)
    poller.watch([Demand(query, REFRESH) for query in queries])
    begin = time.monotonic()
    running = asyncio.create_task(poller.run())
    try:
        await full(large, queries, begin + seconds)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    points, wrong = await _compared(store, large.source, queries)
    await small.aclose()
    await large.aclose()
    return Pair(small, large, begin, seconds, points, wrong)


async def both(url: str, seconds: float) -> tuple[Pair, Pair]:
    """Bytes and samples at the same time."""
    sized, counted = await asyncio.gather(measured(url, seconds, False), measured(url, seconds, True))
    return sized, counted


async def _compared(store: Store, source: PrometheusSource, queries: Sequence[Query]) -> tuple[int, int]:
    """Points of the store that are settled, and how many of them a fresh full answer contradicts."""
    points = wrong = 0
    for query in queries:
        held = store.result(query).series
        if not held:
            continue
        end = max(series.times[-1] for series in held)
        fresh = (await source.range(query.expr, end - SPAN, end, grid_of(query).step)).series
        sure = end - PROVISIONAL - STEP
        have, want = _settled(held, end - SPAN, sure), _settled(fresh, end - SPAN, sure)
        points += len(want)
        wrong += sum(have.get(key) != value for key, value in want.items()) + len(have.keys() - want.keys())
    return points, wrong


def _settled(series: Sequence[Series], start: float, end: float) -> dict[tuple[object, float], str]:
    return {
        (one.labels, at): repr(value)
        for one in series
        for at, value in zip(one.times, one.values, strict=True)
        if start <= at <= end
    }


def run(seconds: float = 300.0) -> Report:
    """``seconds`` of real time; the server scrapes meanwhile."""
    with history.prometheus(PAST, hours=1.5, step=float(history.SCRAPE)) as url:
        sized, counted = asyncio.run(both(url, seconds))
    refreshes = len(sized.large.later) / len(REAL)
    points, wrong = sized.points + counted.points, sized.wrong + counted.wrong
    return Report(
        "fetch",
        f"12 charts, 1 h at 15 s, every 5 s for {seconds:g} s of real time ({refreshes:g} refreshes after the first)",
        (
            _saved("bytes", "B", 50, sized, refreshes),
            _saved("samples read", "", 100, counted, refreshes),
            Figure("requests a refresh", len(sized.small.later) / refreshes, "", baseline=Baseline("full", len(REAL))),
            _lasting("bytes", "B", sized),
            _lasting("samples read", "", counted),
            Figure("settled points that a fresh full answer contradicts", wrong, f"of {points}", aim=0.5),
        ),
        (
            f"min/median/max are the ratios of {SLICES} equal parts of the run",
            f"with healing: one full fetch of every query each {FULL_EVERY / 60:g} min counted in, as a wall runs for months",
        ),
    )


def _saved(what: str, unit: str, gain: float, pair: Pair, refreshes: float) -> Figure:
    return Figure(
        f"{what} a refresh",
        pair.small.total / refreshes,
        unit,
        gain=gain,
        baseline=Baseline("full", pair.large.total / refreshes),
        spread=Spread.of(pair.ratios),
    )


def _lasting(what: str, unit: str, pair: Pair) -> Figure:
    """A second's cost when the full fetch that heals late samples is counted in."""
    healing = sum(pair.small.first.values()) / FULL_EVERY
    tails, whole = (one.total / pair.seconds for one in (pair.small, pair.large))
    return Figure(f"{what} a second, with healing", healing + tails, unit, baseline=Baseline("full", whole))
