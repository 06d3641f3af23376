"""Probers in their own thread: a wall that is busy painting does not lengthen what it measures."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from noc.config.checks import Check
from noc.demo.health import HealthApp, demo_checks
from noc.demo.server import DemoServer
from noc.demo.world import World
from noc.model.checks import CheckResult
from noc.model.clock import ScaledClock, SystemClock
from noc.sources.apart import ProbeThread
from noc.sources.http import client
from noc.sources.probe import HttpProber
from tests.servers import free_port

ZERO = 1_759_419_000.0


@pytest.fixture
def thread() -> Iterator[ProbeThread]:
    made = ProbeThread()
    yield made
    made.close()


class Waiting:
    """Takes a while, and says in which thread."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.cancelled = threading.Event()
        self.began = threading.Event()
        self.ended = threading.Event()
        self.where = ""

    async def probe(self) -> CheckResult:
        began = time.monotonic()
        self.where = threading.current_thread().name
        self.began.set()
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        self.ended.set()
        return CheckResult(0.0, time.monotonic() - began)

    async def aclose(self) -> None:
        self.where += " closed"


async def test_a_blocked_event_loop_is_not_part_of_the_duration(thread: ProbeThread) -> None:
    prober = Waiting(0.05)
    task = asyncio.create_task(thread.of(prober).probe())
    await asyncio.sleep(0)
    assert prober.ended.wait(60)  # it goes on while this loop is blocked: a frame that takes very long
    assert (await task).duration >= 0.05
    await thread.of(prober).aclose()
    assert prober.where == "noc-probes closed"


async def test_cancelling_reaches_the_work(thread: ProbeThread) -> None:
    prober = Waiting(60)
    task = asyncio.create_task(thread.of(prober).probe())
    await asyncio.to_thread(prober.began.wait, 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await asyncio.to_thread(prober.cancelled.wait, 5)


async def test_closing_ends_what_is_under_way_and_the_thread() -> None:
    thread, prober = ProbeThread(), Waiting(60)
    task = asyncio.create_task(thread.of(prober).probe())
    await asyncio.to_thread(prober.began.wait, 5)
    await asyncio.to_thread(thread.close)
    assert prober.cancelled.is_set()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


def test_a_thread_that_never_worked_closes_at_once() -> None:
    ProbeThread().close()


async def test_the_demos_endpoints_are_good_over_a_real_socket(thread: ProbeThread) -> None:
    clock = ScaledClock(ZERO)
    with DemoServer({"health": HealthApp(World(1, "calm", ZERO), clock)}) as server:
        found = {}
        for name, check in demo_checks(server.urls["health"]).items():
            prober = thread.of(HttpProber(check, client(check.target), clock))
            found[name] = await prober.probe()
            await prober.aclose()
    assert {name: [one.failure for one in result.findings if one.what != "under 100 ms"] for name, result in found.items()} == {
        "health": [""],
        "detailed": ["", "", ""],
        "metrics": ["", ""],
        "calcom": ["", "", ""],
        "time": ["", "", ""],
    }  # fmt: skip
    assert found["calcom"].duration > 0.2


async def test_a_refused_connection_is_a_result_here_too(thread: ProbeThread) -> None:
    check = Check.model_validate({"target": f"http://127.0.0.1:{free_port()}/health"})
    prober = thread.of(HttpProber(check, client(check.target), SystemClock()))
    assert "connection refused" in (await prober.probe()).error
    await prober.aclose()
