"""The embedded world wired: its servers on loopback ports or in this process, and the wall on them. Beside ``wiring``."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noc.config.server import Server
from noc.config.settings import Settings
from noc.model.clock import Clock
from noc.model.ports import Prober
from noc.runtime import Runtime
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.apart import ProbeThread
from noc.sources.http import client
from noc.sources.loki import LokiSource
from noc.sources.probe import HttpProber
from noc.sources.prometheus import PrometheusSource
from noc.wiring import Library, assemble

if TYPE_CHECKING:
    from noc.demo.world import World as Gathered

PATIENCE = 60.0
"""Seconds the demo's Loki may take, which writes a day of lines when first asked for them, and whatever answers in this
process, where a busy machine is no server that fails."""

LAYOUTS = (
    "operations",
    "security",
    "performance",
    "business",
    "alerts",
    "logs",
    "attacks",
    "webhooks",
    "database",
    "health",
    "adoption",
    "host",
    "prometheus",
)
"""What ``n`` and ``p`` walk through where nobody named layouts."""


@dataclass(frozen=True, slots=True)
class World:
    """The embedded world as asked for on the command line. ``zero`` is the unix time at which the scenario begins."""

    scenario: str
    zero: float
    seed: int = 1


def demo(
    settings: Settings,
    library: Library,
    layouts: list[str],
    reopen: tuple[str, ...],
    asked: World,
    clock: Clock,
    *,
    pace: float = 1.0,
    in_process: bool = False,
) -> Runtime:
    """The wall on the embedded world: over a loopback port, or without any socket (``in_process``)."""
    import httpx
    from starlette.types import ASGIApp

    from noc.demo.gateway import Gateway
    from noc.demo.health import HealthApp, demo_checks
    from noc.demo.lokitail import LokiApp
    from noc.demo.server import DemoServer, HandlerApp

    gateway = Gateway(asked.scenario, asked.zero, asked.seed, clock)
    apps: dict[str, ASGIApp] = {
        "prometheus": HandlerApp(gateway.prometheus),
        "alertmanager": HandlerApp(gateway.alertmanagers[0]),
        "loki": LokiApp(gateway.loki),
        "health": HealthApp(gateway.world, clock),
    }
    server = None if in_process else DemoServer(apps).start()
    urls = server.urls if server else {name: f"http://{name}" for name in apps}
    configured = {name: demo_server(url, gateway.scrape_interval) for name, url in urls.items()}
    for name in configured if in_process else ("loki",):
        configured[name] = configured[name].model_copy(update={"timeout": PATIENCE})
    clients = {
        name: client(one, None if server else httpx.ASGITransport(apps[name]))
        for name, one in configured.items()
        if name != "health"
    }
    settings = settings.model_copy(update={"checks": demo_checks(urls["health"])})
    thread = ProbeThread()
    probers = _probers(settings, gateway.world, clock, thread, in_process=in_process)

    def close() -> None:
        thread.close()
        if server is not None:
            server.stop()

    source = PrometheusSource(configured["prometheus"], clients["prometheus"], clock)
    member = AlertmanagerSource(configured["alertmanager"], clients["alertmanager"], clock)
    return assemble(
        settings,
        library,
        layouts or list(LAYOUTS),
        reopen,
        clock=clock,
        sources={"prometheus": source},
        servers={"prometheus": configured["prometheus"]},
        lokis={"loki": LokiSource(configured["loki"], clients["loki"], clock)},
        log_servers={"loki": configured["loki"]},
        members={"alertmanager": member},
        probers=probers,
        rng=Even() if in_process else random.Random(asked.seed),  # noqa: S311  jitter, no secret
        pace=pace,
        correct_clock=False,
        audited=not in_process,
        rehearsed=True,
        chosen=layouts,
        close=close,
    )


class Even(random.Random):
    """No jitter: a picture says of failing servers when they are asked again, and two alike say the same."""

    def random(self) -> float:
        return 0.5


def _probers(
    settings: Settings, world: Gathered, clock: Clock, thread: ProbeThread, *, in_process: bool
) -> dict[str, Prober]:
    """What makes the world's health checks; nothing on a wall that does not probe. In this process an answer takes no time
    that passes: a stopwatch counts what was waited for."""
    import httpx

    from noc.demo.health import HealthApp, Stopwatch

    probers: dict[str, Prober] = {}
    for name, check in settings.checks.items() if settings.probe else ():
        if not in_process:
            probers[name] = thread.of(HttpProber(check, client(check.target), clock))
            continue
        watch = Stopwatch(clock)
        inside = httpx.ASGITransport(HealthApp(world, clock, watch.wait))
        probers[name] = HttpProber(check, client(check.target, inside), watch)
    return probers


def demo_source(asked: World, clock: Clock) -> tuple[PrometheusSource, Server]:
    """The embedded world's metrics in this process, without any socket."""
    import httpx

    from noc.demo.gateway import Gateway
    from noc.demo.server import HandlerApp

    gateway = Gateway(asked.scenario, asked.zero, asked.seed, clock)
    configured = demo_server("http://demo", gateway.scrape_interval)
    transport = httpx.ASGITransport(HandlerApp(gateway.prometheus))
    return PrometheusSource(configured, client(configured, transport), clock), configured


def demo_log_source(asked: World, clock: Clock) -> tuple[LokiSource, Server]:
    """The embedded world's log in this process, without any socket."""
    import httpx

    from noc.demo.gateway import Gateway
    from noc.demo.server import HandlerApp

    gateway = Gateway(asked.scenario, asked.zero, asked.seed, clock)
    configured = demo_server("http://demo", gateway.scrape_interval)
    transport = httpx.ASGITransport(HandlerApp(gateway.loki))
    return LokiSource(configured, client(configured, transport), clock), configured


def demo_server(url: str, scrape_interval: float) -> Server:
    return Server(url=url, flavour="prometheus", scrape_interval=scrape_interval, compression=False)
