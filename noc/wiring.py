"""Settings to a Runtime: the whole program on one screen. The only place that builds concrete objects."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import tzlocal

from noc.alertwiring import alert_desk, members_of
from noc.catalogue import metrics
from noc.catalogue.resolve import names_metrics, resolve
from noc.config.loader import read_layout, read_theme
from noc.config.paths import Places
from noc.config.server import Server
from noc.config.settings import Environment as SettingsEnvironment
from noc.config.settings import Settings
from noc.config.theme import role_colour
from noc.config.views import FILE as VIEWS
from noc.engine.checks import Checkups
from noc.engine.feeds import Feeds
from noc.engine.heartbeat import Heartbeat
from noc.engine.listeners import Listeners
from noc.engine.poller import Poller
from noc.engine.store import Store
from noc.logwiring import as_metrics, block_desk, feeds_of, lokis_of, origins_of
from noc.model.clock import Clock, SystemClock
from noc.model.errors import ConfigError, Fault, NocError
from noc.model.palette import Palette
from noc.model.ports import MetricSource, Prober
from noc.runtime import AlertDesk, BlockDesk, Environment, Page, Runtime
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.apart import ProbeThread
from noc.sources.http import client
from noc.sources.loki import LokiSource
from noc.sources.probe import HttpProber
from noc.sources.prometheus import PrometheusSource
from noc.tvwiring import first_page, programme_of

FIRST = ("operations", "host", "prometheus")
"""Layouts that are tried first when none is named: the first whose ``needs`` the server has."""

UNNAMED = "default"
"""What the environment is called when no configuration names one."""


@dataclass(frozen=True, slots=True)
class Library:
    """Layouts and themes by name, loaded and resolved on demand."""

    places: Places
    catalogue: Callable[[], metrics.Catalogue]
    """Read when a layout first names a metric: it takes as long as Textual takes to start."""

    @classmethod
    def of(cls, places: Places) -> Library:
        return cls(places, cache(metrics.load))

    def page(self, name: str) -> Page:
        """A layout by name or path, complete. ConfigError with every fault."""
        path = self.places.find_layout(name)
        loaded = read_layout(path)
        layout = loaded.required()

        def locate(key: tuple[str | int, ...]) -> tuple[str, int]:
            return str(path), loaded.line(*key)

        catalogue = self.catalogue() if names_metrics(layout) else metrics.EMPTY
        return Page(path.stem, resolve(layout, catalogue, locate), path)

    def palette(self, name: str) -> Palette:
        """A theme's colours. ConfigError with every fault."""
        path = self.places.find_theme(name)
        return read_theme(path).required().palette(path.stem)

    def palettes(self, chosen: str) -> dict[str, Palette]:
        """Every theme that can be worn; a broken one is left out unless it is the chosen one."""
        out: dict[str, Palette] = {}
        for name in {*self.places.available_themes(), chosen}:
            try:
                palette = self.palette(name)
            except ConfigError:
                if name == chosen:
                    raise
                continue
            out[palette.name] = palette
        return out

    def theme_file(self, name: str) -> Path | None:
        return self.places.available_themes().get(name)


def zone(name: str | None) -> tzinfo:
    """The wall's zone; the machine's own by default, with its daylight saving rules (a wall runs for months)."""
    return ZoneInfo(name) if name else tzlocal.get_localzone()


def live(
    settings: Settings,
    library: Library,
    layouts: list[str],
    reopen: tuple[str, ...],
    *,
    clock: Clock | None = None,
    pace: float = 1.0,
) -> Runtime:
    """The wall on the configured servers; on a clock of the caller's, ``pace`` is how many times as fast it runs."""
    environment = settings.active()
    correct_clock, clock = clock is None, clock or SystemClock()
    sources = {name: PrometheusSource(one, client(one), clock) for name, one in environment.prometheus.items()}
    members = members_of(settings, clock)
    return assemble(
        settings,
        library,
        layouts,
        reopen,
        clock=clock,
        sources=sources,
        servers=environment.prometheus,
        lokis=lokis_of(settings, clock),
        log_servers=environment.loki,
        members=members,
        probers=probers_of(settings, clock, thread := ProbeThread()),
        close=thread.close,
        pace=pace,
        correct_clock=correct_clock,
    )


def probers_of(settings: Settings, clock: Clock, thread: ProbeThread) -> dict[str, Prober]:
    """What makes the settings' health checks; nothing on a wall that does not probe."""
    checks = settings.checks if settings.probe else {}
    return {name: thread.of(HttpProber(check, client(check.target), clock)) for name, check in checks.items()}


def assemble(
    settings: Settings,
    library: Library,
    layouts: list[str],
    reopen: tuple[str, ...],
    *,
    clock: Clock,
    sources: Mapping[str, PrometheusSource],
    servers: Mapping[str, Server],
    lokis: Mapping[str, LokiSource] | None = None,
    log_servers: Mapping[str, Server] | None = None,
    members: Mapping[str, AlertmanagerSource] | None = None,
    probers: Mapping[str, Prober] | None = None,
    rng: random.Random | None = None,
    pace: float = 1.0,
    correct_clock: bool = True,
    audited: bool = True,
    rehearsed: bool = False,
    chosen: Sequence[str] | None = None,
    close: Callable[[], None] | None = None,
) -> Runtime:
    """What live and demo have in common. ``chosen``: the layouts that somebody named, all of them by default; ``probers``:
    by check, on a wall that probes."""
    environment = settings.active()
    rng = rng or random.Random()  # noqa: S311  jitter, no secret
    store = Store(spread=rng.random)
    palettes = library.palettes(settings.theme)
    theme = library.palette(settings.theme).name
    names = layouts or list(library.places.available_layouts())
    programme, programme_file = programme_of(
        settings, library.places, layouts if chosen is None else chosen, alerted=bool(members), shown=names[0]
    )

    ports = as_metrics(lokis or {}, sources)
    poller = Poller(ports, store, clock, rng, lambda _: None, pace=pace, correct_clock=correct_clock)
    news = Listeners()
    feeds = feeds_of(lokis or {}, clock, rng, news, pace=pace, correct_clock=correct_clock)
    check_news = Listeners()
    checkups = Checkups(settings.checks, probers, clock, rng, check_news, pace=pace) if probers else None
    read_only = not settings.writable or settings.tv
    named = _named(environment, palettes[theme])
    desk = None
    if members:
        desk = alert_desk(
            settings,
            library.places,
            clock,
            members,
            sources,
            zone=zone(settings.timezone),
            read_only=read_only,
            environment=named.name,
            rng=rng,
            pace=pace,
            correct_clock=correct_clock,
            audited=audited,
        )
    blocking = block_desk(
        settings,
        library.places,
        clock,
        environment=named.name,
        read_only=read_only,
        audited=audited,
        rehearsed=rehearsed,
    )
    return Runtime(
        environment=named,
        clock=clock,
        zone=zone(settings.timezone),
        catalogue=library.catalogue,
        page=_adjusted(first_page(programme, names, library.page), settings),
        palettes=palettes,
        theme=theme,
        sources=ports,
        servers=dict(servers),
        store=store,
        poller=poller,
        load=lambda name: _adjusted(library.page(name), settings),
        layouts=lambda: names,
        inventory=lambda: list(library.places.available_layouts()),
        load_palette=library.palette,
        tv=settings.tv,
        programme=programme,
        programme_file=programme_file,
        read_only=read_only,
        log_servers=dict(log_servers or {}),
        feeds=feeds,
        feed_news=news,
        origin=origins_of(settings).of,
        alerting=desk,
        blocking=blocking,
        keys=dict(settings.keys),
        watched=library.theme_file,
        reopen=reopen,
        annotations=settings.annotations,
        views=library.places.config / VIEWS,
        checkups=checkups,
        check_news=check_news,
        heartbeat=Heartbeat(settings.heartbeat, clock) if settings.heartbeat else None,
        close=_closing(poller, feeds, checkups, desk, blocking, [*ports.values(), *(members or {}).values()], close),
    )


def _closing(
    poller: Poller,
    feeds: Feeds | None,
    checkups: Checkups | None,
    desk: AlertDesk | None,
    blocking: BlockDesk | None,
    sources: Sequence[MetricSource | AlertmanagerSource],
    close: Callable[[], None] | None,
) -> Callable[[], Awaitable[None]]:
    """What ends a wall: nobody is asked any more, then the connections go, then the servers of an embedded world."""

    async def aclose() -> None:
        await poller.aclose()
        if feeds is not None:
            await feeds.aclose()
        if checkups is not None:
            await checkups.aclose()
        if desk is not None:
            await desk.aclose()
        if blocking is not None:
            blocking.close()
        for source in sources:
            await source.aclose()
        if close:
            close()

    return aclose


def _named(environment: SettingsEnvironment, palette: Palette) -> Environment:
    """The header names an environment only where somebody named it."""
    if environment.name in ("", UNNAMED):
        return Environment("")
    return Environment(environment.name, role_colour(palette, environment.colour))


def _adjusted(page: Page, settings: Settings) -> Page:
    """The settings' range and refresh go before the layout's own."""
    update = {key: value for key in ("range", "refresh") if (value := getattr(settings, key))}
    return Page(page.name, page.layout.model_copy(update=update), page.path) if update else page


async def first_layout(source: MetricSource, library: Library, now: float) -> str:
    """The first layout whose ``needs`` the server has; the last one tried when it has none or does not answer."""
    names = [name for name in FIRST if name in library.places.available_layouts()]
    for name in names:
        try:
            needs = library.page(name).layout.needs
            found = [await source.instant(f"count({metric})", now) for metric in needs]
        except NocError:
            continue
        if all(answer.series for answer in found):
            return name
    if not names:
        raise ConfigError([Fault("layouts", 0, "no layout found; the installation is incomplete")])
    return names[-1]
