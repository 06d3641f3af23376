"""A poll of five thousand alerts and a thousand silences: what it costs, and for how long it holds up the event loop.

A real Alertmanager with the corrected routes has them, so that each alert stands in two of its groups; the rules behind
them come canned. Between two polls everything is sent again, as Prometheus does: every alert's end moves, and nothing of
the answer before can be taken over.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import orjson

from noc.config.alerting import Alerting
from noc.config.server import Server
from noc.engine.alertbook import AlertBook
from noc.engine.alertpoller import AlertPoller
from noc.model.clock import SystemClock
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.http import client
from noc.sources.prometheus import PrometheusSource
from noc.sources.rules import PrometheusRules
from tests import servers
from tests.benchmarks.figures import Figure, Report, Spread

ALERTS = 5000
SILENCES = 1000
POLLS = 20
LIMIT = 100.0  # milliseconds
TICK = 0.001  # seconds
DEADLINE = 60.0
CONFIG = servers.ALERTMANAGER_CONFIG.replace("group_wait: 0s", "group_wait: 1h").replace("interval: 1s", "interval: 1h")
"""The routes of the tests, whose groups here notify nobody: what they cost is Alertmanager's business."""

SEVERITIES = ("critical", "high", "medium", "low")


def labels(number: int) -> dict[str, str]:
    name = f"Alert{number % 60:02d}"
    return {
        "alertname": name,
        "severity": SEVERITIES[number % 4],
        "category": "performance",
        "company_id": str(number),
        "instance": f"app-{number % 40:02d}:9100",
        "job": "laravel",
        "environment": "production",
    }


def annotations(number: int) -> dict[str, str]:
    return {
        "summary": f"Alert {number} fires on app-{number % 40:02d}",
        "description": "The 95th percentile of the response time is above its threshold since five minutes.",
        "runbook_url": "https://runbooks.example.net/gateway/alerts",
    }


def post_alerts(url: str, count: int) -> None:
    """Send every alert (again), as Prometheus does: it ends four minutes from now unless it is sent again."""
    now = datetime.now(UTC)
    since, ends = (now - timedelta(minutes=5)).isoformat(), (now + timedelta(minutes=4)).isoformat()
    for first in range(0, count, 500):
        body = [
            {"labels": labels(n), "annotations": annotations(n), "startsAt": since, "endsAt": ends}
            for n in range(first, min(first + 500, count))
        ]
        httpx.post(f"{url}/api/v2/alerts", json=body, timeout=60).raise_for_status()


def post_silences(url: str, count: int) -> None:
    """Acknowledgements, each of one alert."""
    now = datetime.now(UTC)
    with httpx.Client(base_url=url, timeout=60) as asked:
        for n in range(count):
            body = {
                "matchers": [{"name": k, "value": v, "isRegex": False, "isEqual": True} for k, v in labels(n).items()],
                "startsAt": now.isoformat(),
                "endsAt": (now + timedelta(hours=2)).isoformat(),
                "createdBy": "mara",
                "comment": "ACK! on it [noc/1 fp=0000000000000000 since= sev=high step=1 ext=0 stage=acked out=]",
            }
            asked.post("/api/v2/silences", json=body).raise_for_status()


def canned_rules(count: int) -> bytes:
    """What a Prometheus answers whose rules made these alerts."""
    now = datetime.now(UTC).isoformat()
    rules = [
        {
            "type": "alerting",
            "name": f"Alert{rule:02d}",
            "query": "up == 0",
            "health": "ok",
            "duration": 60,
            "lastEvaluation": now,
            "alerts": [
                {
                    "labels": {k: v for k, v in labels(n).items() if k != "environment"},
                    "annotations": annotations(n),
                    "state": "firing",
                    "activeAt": now,
                    "value": "1e+00",
                }
                for n in range(rule, count, 60)
            ],
        }
        for rule in range(60)
    ]
    return orjson.dumps({"status": "success", "data": {"groups": [{"name": "noc", "interval": 15, "rules": rules}]}})


def poller_of(url: str, count: int) -> tuple[AlertPoller, AlertmanagerSource]:
    clock = SystemClock()
    server = Server(url=url, timeout=DEADLINE)
    member = AlertmanagerSource(server, client(server), clock)
    body = canned_rules(count)
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=body, headers={"content-type": "application/json"})
    )
    metrics = Server(url="http://prometheus", flavour="prometheus")
    rules = PrometheusRules(PrometheusSource(metrics, client(metrics, transport), clock))
    own = Alerting()
    return AlertPoller(
        {"one": member}, {"prometheus": rules}, AlertBook(own), clock, random.Random(1), settings=own
    ), member


class Ticker:
    """Wakes up each millisecond and notes how late it was: for so long nothing else got its turn either."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Ticker:
        self._task = asyncio.create_task(self._run())
        await asyncio.sleep(10 * TICK)
        self.late.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        await asyncio.sleep(5 * TICK)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            self.late.append(time.perf_counter() - began - TICK)


async def polled(poller: AlertPoller) -> tuple[float, float, float]:
    """Milliseconds of one poll of everything: until the book is made, of processor time, and of the longest hold-up."""
    async with Ticker() as ticker:
        began, worked = time.perf_counter(), time.process_time()
        await poller.fresh(DEADLINE)
        lasted, worked = time.perf_counter() - began, time.process_time() - worked
    return 1000 * lasted, 1000 * worked, 1000 * max(ticker.late)


async def measured(url: str, polls: int, count: int, *, resent: bool) -> tuple[list[tuple[float, float, float]], int]:
    """So many polls, after a first one; and how many alerts the book has in the end."""
    poller, member = poller_of(url, count)
    gc.collect()
    gc.freeze()  # as the wall does before its first poll
    await poller.settle(DEADLINE)
    out = []
    for _ in range(polls):
        if resent:
            await asyncio.to_thread(post_alerts, url, count)
        out.append(await polled(poller))
    found = len(poller.book.entries)
    await poller.aclose()
    await member.aclose()
    return out, found


async def floor(polls: int) -> list[float]:
    """Milliseconds of the longest hold-up while nothing is done: the machine's own."""
    out = []
    for _ in range(polls):
        async with Ticker() as ticker:
            await asyncio.sleep(0.5)
        out.append(1000 * max(ticker.late))
    return out


def run(polls: int = POLLS, alerts: int = ALERTS, silences: int = SILENCES) -> Report:
    with servers.alertmanager(CONFIG) as url:
        post_alerts(url, alerts)
        post_silences(url, silences)
        post_alerts(url, alerts)
        size = len(httpx.get(f"{url}/api/v2/alerts/groups", timeout=60).content)
        same, _ = asyncio.run(measured(url, polls, alerts, resent=False))
        moved, found = asyncio.run(measured(url, polls, alerts, resent=True))
        idle = asyncio.run(floor(polls))
    assert found == alerts, f"{found} of {alerts} alerts in the book"
    return Report(
        "alertpoll",
        f"{alerts} alerts ({size / 1e6:.1f} MB of groups), {silences} silences, {polls} polls each of what is as it was "
        "and of what was sent again",
        (
            _figure("event loop held up, all sent again", [late for _, _, late in moved], LIMIT),
            _figure("event loop held up, as it was", [late for _, _, late in same], LIMIT),
            _figure("event loop held up, idle", idle),
            _figure("until the book is made, all sent again", [lasted for lasted, _, _ in moved]),
            _figure("until the book is made, as it was", [lasted for lasted, _, _ in same]),
            _figure("processor time, all sent again", [worked for _, worked, _ in moved]),
            _figure("processor time, as it was", [worked for _, worked, _ in same]),
        ),
        ("held up: the greatest lateness of a task that wakes each millisecond, over all polls",),
    )


def _figure(name: str, values: Sequence[float], aim: float | None = None) -> Figure:
    return Figure(name, max(values), "ms at most", aim=aim, spread=Spread.of(values))
