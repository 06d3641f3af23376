"""``noc demo``: the wall on the embedded world; with ``--serve`` only its servers."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Annotated

import typer

from noc.cli import options
from noc.cli.glass import log_to, show
from noc.cli.moments import DEFAULT_SCENARIO, Seed, moment
from noc.cli.wall import Layouts, NoMouse, Until, Var, opened
from noc.config.paths import Places
from noc.config.settings import Environment, Settings
from noc.demo.gateway import blind_for, telling_moment
from noc.demo.scenarios import SCENARIOS
from noc.model.clock import FixedClock, ScaledClock, SystemClock
from noc.runtime import Runtime
from noc.wiring import Library, World, demo

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


def command(
    layouts: Layouts = None,
    scenario: Scenario = DEFAULT_SCENARIO,
    seed: Seed = 1,
    at: At = None,
    speed: Speed = 1.0,
    serve: Serve = False,
    until: Until = None,
    var: Var = None,
    no_mouse: NoMouse = False,
    config: options.Config = None,
    range: options.Range = None,
    tv: options.Tv = False,
    read_only: options.ReadOnly = False,
    theme: options.Theme = None,
    log_file: options.LogFile = None,
) -> None:
    """The wall on an embedded world: nothing to install, nothing to configure."""
    telling_moment(scenario)  # refuses an unknown scenario before anything starts
    zero = moment(at) if at else SystemClock().now()
    if serve:
        _serve(World(scenario, zero, seed), speed)
        return
    settings, places = options.build_settings(
        config=config, range=range, tv=tv, read_only=read_only, theme=theme, log_file=log_file
    )
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
    show(runtime, opened(runtime.page, settings, until, var), mouse=settings.mouse and not no_mouse)


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


def _serve(asked: World, speed: float) -> None:
    """Print one ``name URL`` a line, then serve until interrupted or ended."""
    from starlette.types import ASGIApp

    from noc.demo.exporter import ExporterApp
    from noc.demo.gateway import Gateway
    from noc.demo.server import DemoServer, HandlerApp

    clock = ScaledClock(asked.zero, speed)
    gateway = Gateway(asked.scenario, asked.zero, asked.seed, clock)
    apps: dict[str, ASGIApp] = {
        "prometheus": HandlerApp(gateway.prometheus),
        "alertmanager": HandlerApp(gateway.alertmanagers[0]),
        "exporter": ExporterApp(gateway.world, clock),
    }
    with DemoServer(apps) as server:
        for name, url in server.urls.items():
            print(name, url, flush=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return
