"""The configuration file: environments with their servers, and how the wall behaves. Its docstrings are the manual.

Everything is optional: ``noc --prometheus URL`` needs no file at all (``merge.effective``).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from noc.config.alerting import Alerting
from noc.config.annotations import Annotation
from noc.config.base import Duration, Model, Refresh, Zone
from noc.config.blocking import Blocking
from noc.config.checks import Check
from noc.config.credentials import ConfigPath
from noc.config.server import Server, base_url
from noc.model.errors import ConfigError, Fault

ROLES = ("accent", "ok", "low", "medium", "high", "critical")
COLOUR_WORDS = frozenset({*ROLES, *(f"series{n}" for n in range(1, 9))})

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def server_name(url: str) -> str:
    """The name of a server in a list: its host, and its port where one is written."""
    parts = urlsplit(url)
    return parts.netloc + parts.path.replace("/", "-").rstrip("-")


def _url_of(item: Any) -> str:
    url = item.get("url") if isinstance(item, dict) else getattr(item, "url", item)
    return base_url(str(url))


def _servers(value: Any, info: ValidationInfo) -> Any:
    """A URL is one server named after its kind; a list is named after the hosts; a mapping names its servers itself."""
    kind = info.field_name or "server"
    if isinstance(value, str) or (isinstance(value, dict) and "url" in value) or isinstance(value, Server):
        value = {kind: value}
    if isinstance(value, (list, tuple)):
        named: dict[str, Any] = {}
        for item in value:
            try:
                name = server_name(_url_of(item)) if len(value) > 1 else kind
            except ValueError:
                name = f"{kind} {len(named) + 1}"
            if name in named:
                raise ValueError(f"{name!r} is listed twice; give the servers names: {{NAME: URL}}")
            named[name] = item
        value = named
    if isinstance(value, dict):
        value = {name: {"url": item} if isinstance(item, str) else item for name, item in value.items()}
    return value


Servers = Annotated[dict[str, Server], BeforeValidator(_servers)]
"""Servers by name. Short forms: one URL, one server, or a list of URLs or servers."""


def _colour(value: str) -> str:
    if value not in COLOUR_WORDS and not _HEX.fullmatch(value):
        raise ValueError(f"{value!r} is no colour; write '#rrggbb' in quotes, {', '.join(ROLES)} or series1 to series8")
    return value


class Environment(Model):
    """Servers that belong together, as one system has them: production, staging, a plant."""

    name: str = ""
    """How the header, dialogs and the audit call it; the key by default."""
    colour: Annotated[str, AfterValidator(_colour)] = "accent"
    """Band in the header and in dialogs: a role of the theme or ``#rrggbb``."""
    prometheus: Servers = Field(default_factory=dict)
    """Servers that speak the Prometheus API; a panel asks the first unless it names its ``source``."""
    loki: Servers = Field(default_factory=dict)
    """Loki servers; ``logs`` panels ask the first unless they name their ``source``."""
    alertmanager: Servers = Field(default_factory=dict)
    """Members of one Alertmanager cluster; the wall survives the loss of all but one."""
    readonly: bool = False
    """Nothing that writes, from here."""

    def servers(self, kind: str) -> dict[str, Server]:
        """The servers of ``prometheus``, ``loki`` or ``alertmanager``."""
        found: dict[str, Server] = getattr(self, kind)
        return found

    @property
    def empty(self) -> bool:
        return not (self.prometheus or self.loki or self.alertmanager)


class Settings(Model):
    """``noc/config.yaml`` in the XDG configuration directory, or the file given by ``--config``."""

    environments: dict[str, Environment] = Field(default_factory=dict)
    """Environments by name."""
    environment: str | None = None
    """The environment to open; the first by default. ``--env`` and NOC_ENV override it."""
    layout: tuple[str, ...] | str = ()
    """Layout or layouts to open when the command line names none; the first available by default."""
    layouts: tuple[ConfigPath, ...] = ()
    """Further directories with layouts."""
    themes: tuple[ConfigPath, ...] = ()
    """Further directories with themes."""
    theme: str = "midnight"
    """Name or path of the theme."""
    timezone: Zone | None = None
    """Zone of every time on the wall; the machine's by default."""
    range: Duration | None = None
    """Time range of every layout, over the layout's own."""
    refresh: Refresh | None = None
    """Refresh of every layout, over the layout's own; 2 s at least."""
    read_only: bool = False
    """Remove everything that writes, in all environments."""
    author: str | None = None
    """Who acts from here, as amtool's ``author``."""
    alerting: Alerting = Alerting()
    """How the wall works with alerts."""
    blocking: Blocking = Blocking()
    """Blocking an address; off until it is configured."""
    geo_database: ConfigPath | None = None
    """Country or city database in MaxMind's format (GeoLite2-Country.mmdb); the one of the extra ``geo`` by default."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Other keys for bindings: ``{panel.zoom: f}``; ``?`` lists the ids."""
    mouse: bool = True
    """React to the mouse; without it the terminal keeps its own selection."""
    log_file: ConfigPath | None = None
    """Write what noc does and what failed here."""
    tv: bool = False
    """A wall nobody touches for months: no chrome, nothing that writes; the same as ``--tv``."""
    programme: str | None = None
    """Programme of the TV by name or path; without one the opened layouts take turns."""
    programmes: tuple[ConfigPath, ...] = ()
    """Further directories with programmes."""
    scale: Literal[1, 2, 3] = 1
    """Seen from afar: larger digits, fewer panels a page."""
    colours: Literal["auto", "truecolor", "256", "16", "none"] = "auto"
    """What the terminal can show; told from the terminal, NO_COLOR included, by default."""
    charset: Literal["auto", "unicode", "ascii"] = "auto"
    """Blocks and braille, or plain ASCII; told from the locale and the terminal by default."""
    bandwidth: int | None = Field(default=None, ge=200)
    """Bytes a second to the terminal at most, on average: a slow line gets fewer pictures, never late ones."""
    meter: bool = False
    """Bytes a second to the terminal in the header; a slow line and one with a ``bandwidth`` have them anyway."""
    checks: dict[str, Check] = Field(default_factory=dict)
    """Health checks by name."""
    probe: bool = False
    """This wall makes the checks itself; without it they are read from the blackbox exporter's series."""
    annotations: tuple[Annotation, ...] = ()
    """Marks on the charts of every layout."""
    heartbeat: ConfigPath | None = None
    """A file for the node exporter's textfile collector (``…/noc.prom``) in which the wall says that it lives and paints."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        """An environment without a name is called by its key; one without anything is empty, not an error."""
        if not isinstance(data, dict) or not isinstance(data.get("environments"), dict):
            return data
        named = {
            key: {"name": str(key), **(value or {})} if value is None or isinstance(value, dict) else value
            for key, value in data["environments"].items()
        }
        return {**data, "environments": named}

    @property
    def opened(self) -> tuple[str, ...]:
        """``layout`` as a list."""
        return (self.layout,) if isinstance(self.layout, str) else self.layout

    def active(self) -> Environment:
        """The environment to open; an empty one when none is configured. ConfigError for an unknown name."""
        if self.environment is None:
            return next(iter(self.environments.values()), Environment(name="default"))
        if self.environment not in self.environments:
            known = ", ".join(self.environments) or "none is configured"
            message = f"unknown environment {self.environment!r}; known: {known}"
            raise ConfigError([Fault("environment", 0, message)])
        return self.environments[self.environment]

    @property
    def writable(self) -> bool:
        """Whether the wall may do anything that writes in the active environment."""
        return not (self.read_only or self.active().readonly)
