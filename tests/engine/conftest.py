"""A metric source and a wall whose clock only moves when told: no test of the engine sleeps."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Iterable

import pytest

from noc.engine.poller import Poller
from noc.engine.store import Store
from noc.model.clock import FixedClock
from noc.model.query import Demand, Query
from noc.model.series import Answer, Series


class FakeSource:
    """Answers at once, unless ``hold`` is set; ``script`` decides on each question: an Answer or an exception."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.script: Callable[[str], Answer | BaseException] = lambda expr: answer(1.0)
        self.hold: asyncio.Event | None = None
        self.cancelled: list[str] = []
        self.under_way = 0
        self.most_under_way = 0
        self.closed = False

    async def instant(self, expr: str, at: float) -> Answer:
        self.asked.append((expr, at))
        return await self._answer(expr)

    async def range(self, expr: str, start: float, end: float, step: float) -> Answer:
        self.asked.append((expr, start, end, step))
        return await self._answer(expr)

    async def label_values(self, label: str, match: str = "", start: float = 0.0, end: float = 0.0) -> tuple[str, ...]:
        return ()

    async def aclose(self) -> None:
        self.closed = True

    @property
    def expressions(self) -> list[object]:
        return [one[0] for one in self.asked]

    async def _answer(self, expr: str) -> Answer:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.hold is not None:
                await self.hold.wait()
            await asyncio.sleep(0)
            found = self.script(expr)
            if isinstance(found, BaseException):
                raise found
            return found
        except asyncio.CancelledError:
            self.cancelled.append(expr)
            raise
        finally:
            self.under_way -= 1


class Wall:
    """A poller on fake sources, driven by hand; it knocks at no server unless told to."""

    def __init__(self, *names: str, at: float = 1_000_000.0, **options: object) -> None:
        options.setdefault("knock_after", math.inf)
        self.clock = FixedClock(at)
        self.sources = {name: FakeSource() for name in names or ("prom",)}
        self.source = next(iter(self.sources.values()))
        self.store = Store()
        self.changes: list[frozenset[Query]] = []
        self.poller = Poller(
            self.sources,
            self.store,
            self.clock,
            random.Random(7),
            self.changes.append,
            **options,  # type: ignore[arg-type]
        )

    def watch(self, *queries: Query, refresh: float = 5.0) -> None:
        self.poller.watch([Demand(query, refresh) for query in queries])

    async def turn(self) -> float:
        """One tick, and everything that follows from it at this moment."""
        delay = self.poller.tick()
        await self.drain()
        return delay

    async def drain(self) -> None:
        for _ in range(30):
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float, step: float = 0.5) -> None:
        """Let time pass in small ticks."""
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
            await self.turn()


def answer(*values: float, **more: object) -> Answer:
    """An answer of one point a value; series are told apart by their number."""
    series = tuple(Series.of({"n": str(n)}, [(0.0, value)]) for n, value in enumerate(values))
    return Answer(series, **more)  # type: ignore[arg-type]


def points(series: Iterable[Series]) -> dict[str, list[tuple[float, float]]]:
    """Series as plain lists, by name or number."""
    return {one.label("n") or one.name: list(zip(one.times, one.values, strict=True)) for one in series}


@pytest.fixture
def wall() -> Callable[..., Wall]:
    return Wall


@pytest.fixture
def reply() -> Callable[..., Answer]:
    return answer


@pytest.fixture
def plain() -> Callable[[Iterable[Series]], dict[str, list[tuple[float, float]]]]:
    return points
