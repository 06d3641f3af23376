"""``noc demo``: the wall on the embedded world; with ``--serve`` only its servers."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from noc.cli import options
from noc.cli.glass import log_to, show
from noc.cli.moments import DEFAULT_SCENARIO, Seed, moment
from noc.cli.wall import Layouts, NoMouse, Until, Var, opened
from noc.config.paths import Places
from noc.config.server import Server
from noc.config.settings import Environment, Settings
from noc.demo.gateway import blind_for, telling_moment
from noc.demo.scenarios import SCENARIOS
from noc.demowiring import World, demo
from noc.model.clock import Clock, FixedClock, ScaledClock, SystemClock
from noc.model.errors import ConfigError
from noc.runtime import Runtime
from noc.wiring import Library

if TYPE_CHECKING:
    from noc.demo.events import Journal

Scenario = Annotated[
    str, typer.Option("--scenario", metavar="NAME", help="What happens: " + ", ".join(SCENARIOS) + ".")
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When the scenario begins, 2025-10-02T15:30:00Z; now by default."),
]
Speed = Annotated[
    float, typer.Option("--speed", metavar="N", min=0.1, max=600.0, help="How many times as fast time passes.")
]
Serve = Annotated[bool, typer.Option("--serve", help="Only run the demo's servers and print their URLs.")]
PushLoki = Annotated[
    str | None,
    typer.Option(
        "--push-loki",
        metavar="URL",
        help="With --serve: send the demo's log lines to this Loki too, from an hour before. "
        "A Loki of the configuration keeps its login and tenant.",
    ),
]


def command(
    layouts: Layouts = None,
    scenario: Scenario = DEFAULT_SCENARIO,
    seed: Seed = 1,
    at: At = None,
    speed: Speed = 1.0,
    serve: Serve = False,
    push_loki: PushLoki = None,
    until: Until = None,
    var: Var = None,
    no_mouse: NoMouse = False,
    config: options.Config = None,
    range: options.Range = None,
    tv: options.Tv = False,
    read_only: options.ReadOnly = False,
    theme: options.Theme = None,
    log_file: options.LogFile = None,
    programme: options.Programme = None,
    scale: options.Scale = None,
    colours: options.Colours = None,
    probe: options.Probe = False,
) -> None:
    """The wall on an embedded world: nothing to install, nothing to configure."""
    telling_moment(scenario)  # refuses an unknown scenario before anything starts
    zero = moment(at) if at else SystemClock().now()
    if push_loki and not serve:
        raise typer.BadParameter("it goes with --serve", param_hint="--push-loki")
    if serve:
        _serve(World(scenario, zero, seed), speed, _target(push_loki, config) if push_loki else None)
        return
    settings, places = options.build_settings(
        config=config,
        range=range,
        tv=tv,
        read_only=read_only,
        theme=theme,
        log_file=log_file,
        programme=programme,
        scale=scale,
        colours=colours,
        probe=probe,
    )
    settings = options.chosen_pages(settings, layouts, programme)
    log_to(settings.log_file)
    settings = demo_settings(settings, scenario)
    words = ["noc", "demo", "--scenario", scenario, "--seed", str(seed)]
    words += ["--at", at] if at else []
    runtime = demo(
        settings,
        Library.of(places),
        list(layouts or []),
        tuple(words),
        World(scenario, zero, seed),
        ScaledClock(zero, speed),
        pace=speed,
    )
    show(runtime, opened(runtime.page, settings, until, var), mouse=settings.mouse and not no_mouse, settings=settings)


def demo_settings(settings: Settings, scenario: str) -> Settings:
    """The user's behaviour and looks, but none of the user's servers."""
    environment = Environment(name=f"demo {scenario}", colour="series4")
    return settings.model_copy(update={"environments": {"demo": environment}, "environment": "demo"})


def staged(
    settings: Settings, places: Places, layout: str, scenario: str, seed: int, stand: float
) -> tuple[Runtime, Callable[[], None] | None]:
    """The embedded world at a scenario's telling moment, in this process; ``stand`` is that moment (unix seconds).

    Where the story's servers fail, the wall begins while they still answered: the second value moves the clock on.
    """
    blind = blind_for(scenario) if telling_moment(scenario) else 0.0
    clock = FixedClock(stand - blind)
    if settings.timezone is None:
        settings = settings.model_copy(update={"timezone": "UTC"})
    runtime = demo(
        demo_settings(settings, scenario),
        Library.of(places),
        [layout],
        ("noc", "demo", "--scenario", scenario),
        World(scenario, stand - telling_moment(scenario), seed),
        clock,
        in_process=True,
    )
    return runtime, (lambda: clock.advance(blind)) if blind else None


def _target(url: str, config: Path | None) -> Server:
    """The Loki of this URL, with the login it has in the configuration. ConfigError for a bad URL."""
    try:
        settings, _ = options.build_settings(config=config, loki=[url])
    except ConfigError as error:
        given = (replace(fault, file="--push-loki") if fault.file == "--loki" else fault for fault in error.faults)
        raise ConfigError(list(given)) from None
    return next(iter(settings.active().loki.values()))


def _serve(asked: World, speed: float, loki: Server | None = None) -> None:
    """Print one ``name URL`` a line, then serve until interrupted or ended; lines are sent to ``loki`` meanwhile."""
    from starlette.types import ASGIApp

    from noc.demo.exporter import ExporterApp
    from noc.demo.gateway import Gateway
    from noc.demo.health import HealthApp
    from noc.demo.lokitail import LokiApp
    from noc.demo.server import DemoServer, HandlerApp

    clock = ScaledClock(asked.zero, speed)
    gateway = Gateway(asked.scenario, asked.zero, asked.seed, clock)
    apps: dict[str, ASGIApp] = {
        "prometheus": HandlerApp(gateway.prometheus),
        "loki": LokiApp(gateway.loki),
        "alertmanager": HandlerApp(gateway.alertmanagers[0]),
        "exporter": ExporterApp(gateway.world, clock),
        "health": HealthApp(gateway.world, clock),
    }
    with DemoServer(apps) as server:
        for name, url in server.urls.items():
            print(name, url, flush=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            if loki is None:
                signal.pause()
            else:
                asyncio.run(_push(gateway.journal, loki, clock, asked))
        except (KeyboardInterrupt, asyncio.CancelledError):
            return


async def _push(journal: Journal, loki: Server, clock: Clock, asked: World) -> None:
    """Follow the world's lines until interrupted; Auth when the Loki wants another login."""
    from noc.demo.pushing import HISTORY, LokiPush
    from noc.sources.http import client

    task = asyncio.current_task()
    assert task is not None
    # An exception raised in the middle of anything may be swallowed there, and the push would never end.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with client(loki) as http:
        await LokiPush(journal, http, clock, asked.zero - HISTORY, options.narrate).run(random.Random())  # noqa: S311  jitter, no secret
