"""``noc`` and ``noc wall``: the wall on the configured servers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from noc.cli import options
from noc.cli.glass import log_to, show
from noc.cli.moments import moment, variables
from noc.cli.views import View, chosen
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.model.clock import SystemClock
from noc.model.errors import ConfigError, Fault, SourceError
from noc.runtime import Page
from noc.ui.state import View as Seen
from noc.wiring import Library, first_layout, live

CHOOSING = 3.0  # seconds the server has to say which layout suits it

Layouts = Annotated[
    list[str] | None, typer.Argument(metavar="[LAYOUT]...", help="Layouts by name or path; n and p walk through them.")
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Look at history: the window's right edge.")]
Var = Annotated[list[str] | None, typer.Option("--var", metavar="NAME=VALUE", help="Set a variable of the layout.")]
NoMouse = Annotated[bool, typer.Option("--no-mouse", help="Leave the mouse to the terminal.")]


def command(
    layouts: Layouts = None,
    until: Until = None,
    var: Var = None,
    no_mouse: NoMouse = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    loki: options.Loki = None,
    alertmanager: options.Alertmanager = None,
    range: options.Range = None,
    tv: options.Tv = False,
    read_only: options.ReadOnly = False,
    theme: options.Theme = None,
    log_file: options.LogFile = None,
    programme: options.Programme = None,
    scale: options.Scale = None,
    colours: options.Colours = None,
    probe: options.Probe = False,
    view: View = None,
) -> None:
    """The wall on the configured servers."""
    settings, places = options.build_settings(
        config=config,
        env=env,
        prometheus=prometheus,
        loki=loki,
        alertmanager=alertmanager,
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
    library = Library.of(places)
    saved = chosen(view, config) if view is not None else None
    if saved is not None and layouts:
        raise typer.BadParameter("a saved view has its own layout", param_hint="--view")
    names = [saved.layout] if saved is not None else list(layouts or settings.opened)
    reopen = _reopen(config, env, prometheus, loki, alertmanager)
    active = settings.active()
    if active.empty:
        raise ConfigError([Fault("noc", 0, NO_SERVER)])
    if not names and not active.prometheus:
        names = [name for name, servers in (("alerts", active.alertmanager), ("logs", active.loki)) if servers]
    if not names:
        first = _first(settings, library)
        names = [first, *(name for name in library.places.available_layouts() if name != first)]
    runtime = live(settings, library, names, reopen)
    runtime.opens = saved
    seen = opened(runtime.page, settings, until, var)
    show(runtime, seen, mouse=settings.mouse and not no_mouse, settings=settings)


NO_SERVER = "no server is configured; give one with --prometheus URL, let noc init look for it, or try noc demo first"


def opened(page: Page, settings: Settings, until: str | None, var: list[str] | None) -> Seen:
    """The view the command line asks for."""
    return Seen(page.name, end=moment(until) if until else None, values=variables(var or [], page))


def _first(settings: Settings, library: Library) -> str:
    """The first bundled layout whose metrics the server has; a server that does not answer gets the last."""
    from noc.sources.http import client
    from noc.sources.prometheus import PrometheusSource

    clock = SystemClock()
    server = next(iter(settings.active().prometheus.values()))

    async def choose() -> str:
        source = PrometheusSource(server, client(server), clock)
        try:
            async with asyncio.timeout(CHOOSING):
                return await first_layout(source, library, clock.now())
        except (TimeoutError, SourceError):
            return "prometheus"
        finally:
            await source.aclose()

    return asyncio.run(choose())


def open_alert(settings: Settings, places: Places, fingerprint: str, *, theme: str | None = None) -> None:
    """The wall on the layout of alerts, with one alert whole on top (``noc alert FINGERPRINT``)."""
    if theme:
        settings = settings.model_copy(update={"theme": theme})
    runtime = live(settings, Library.of(places), ["alerts"], ("noc", "alert", fingerprint))
    show(runtime, Seen(runtime.page.name), mouse=settings.mouse, alert=fingerprint, settings=settings)


def _reopen(
    config: Path | None,
    env: str | None,
    prometheus: list[str] | None,
    loki: list[str] | None,
    alertmanager: list[str] | None,
) -> tuple[str, ...]:
    """The command line that opens this wall again, without secrets: servers are named as they were given."""
    words = ["noc", "wall"]
    words += ["--config", str(config)] if config else []
    words += ["--env", env] if env else []
    for flag, urls in (("--prometheus", prometheus), ("--loki", loki), ("--alertmanager", alertmanager)):
        words += [word for url in urls or [] for word in (flag, url)]
    return tuple(words)
