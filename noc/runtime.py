"""Everything a running wall needs, as one value: wiring fills it, the ui takes it."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from noc.actions.audit import Audit
from noc.actions.blocker import Blocker
from noc.actions.hook import Hook
from noc.actions.runner import Runner
from noc.catalogue.metrics import Catalogue
from noc.catalogue.runbooks import Runbook
from noc.config.alerting import Alerting
from noc.config.annotations import Annotation
from noc.config.blocking import Blocking
from noc.config.layout import Layout
from noc.config.programme import Programme
from noc.config.server import Server
from noc.config.views import SavedView
from noc.engine.alertpoller import AlertPoller
from noc.engine.bell import Bell
from noc.engine.checks import Checkups
from noc.engine.feeds import Feeds
from noc.engine.heartbeat import Heartbeat
from noc.engine.listeners import Listeners
from noc.engine.origin import Origin
from noc.engine.poller import Poller
from noc.engine.store import Store
from noc.model.clock import Clock
from noc.model.palette import Palette
from noc.model.ports import MetricSource


@dataclass(frozen=True, slots=True)
class Page:
    """One layout of the wall, resolved against the catalogue, and the file it came from."""

    name: str
    layout: Layout
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """What the header says about where the wall looks. ``colour`` is a hex colour or empty."""

    name: str
    colour: str = ""


@dataclass(slots=True)
class AlertDesk:
    """Everything that works with alerts: who is asked, what was said, how things are changed, what is heard."""

    settings: Alerting
    poller: AlertPoller
    runner: Runner
    bell: Bell
    audit: Audit
    runbook: Callable[[str], Runbook]
    """A runbook by name, the user's own before the bundled one; raises ConfigError."""
    hook: Hook | None = None
    """What runs beside the bell."""

    async def aclose(self) -> None:
        """Stop asking, and end the program that runs beside the bell."""
        await self.poller.aclose()
        if self.hook is not None:
            await self.hook.aclose()


@dataclass(slots=True)
class BlockDesk:
    """Everything that blocks addresses: what is configured, and the one gate."""

    settings: Blocking
    blocker: Blocker
    own: Path | None = None
    """A directory that is this wall's alone and goes with it."""

    def close(self) -> None:
        if self.own is not None:
            shutil.rmtree(self.own, ignore_errors=True)


@dataclass(slots=True)
class Runtime:
    """The wired program. Only ``ui`` and ``cli`` take it; nothing below knows it."""

    environment: Environment
    clock: Clock
    zone: tzinfo
    catalogue: Callable[[], Catalogue]
    page: Page
    palettes: dict[str, Palette]
    theme: str
    sources: dict[str, MetricSource]
    servers: dict[str, Server]
    store: Store
    poller: Poller
    load: Callable[[str], Page]
    """Find and load a layout by name or path; raises ConfigError, and then nothing has changed."""
    layouts: Callable[[], list[str]]
    """Names of the layouts that ``n`` and ``p`` walk through."""
    inventory: Callable[[], list[str]]
    """Names of all layouts that can be opened."""
    load_palette: Callable[[str], Palette]
    """Load a theme by name; raises ConfigError."""
    log_servers: dict[str, Server] = field(default_factory=dict)
    """Loki servers by name; as metric sources they may be called otherwise (``engine.logplan.loki_key``)."""
    feeds: Feeds | None = None
    """What follows log lines; None where no Loki is configured."""
    feed_news: Listeners = field(default_factory=Listeners)
    """Told whenever a feed has moved."""
    origin: Callable[[str], Origin | None] = lambda address: None
    """Where an address comes from, as far as is known."""
    alerting: AlertDesk | None = None
    """None where no Alertmanager is configured."""
    blocking: BlockDesk | None = None
    """None where nothing can be blocked from here."""
    tv: bool = False
    programme: Programme | None = None
    """What a TV walks through; None where one layout stands."""
    programme_file: Path | None = None
    """Where it was read from, to notice when it changes."""
    read_only: bool = False
    keys: dict[str, str] = field(default_factory=dict)
    watched: Callable[[str], Path | None] = lambda theme: None
    """The file of a theme, to notice when it changes."""
    reopen: tuple[str, ...] = ("noc",)
    """The command line that opens this wall again, without layout and view."""
    close: Callable[[], Awaitable[None]] | None = None
    annotations: tuple[Annotation, ...] = ()
    """Marks on the charts of every layout."""
    views: Path | None = None
    """The file of named views; None where there is none."""
    checkups: Checkups | None = None
    """What makes this wall's own health checks; None where it does not probe."""
    check_news: Listeners = field(default_factory=Listeners)
    """Told after each probe."""
    opens: SavedView | None = None
    """A saved view to open on, instead of the page alone."""
    heartbeat: Heartbeat | None = None
    """The wall's sign of life for a node exporter."""
