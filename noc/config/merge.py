"""The settings in force: the command line over the environment over the file over what amtool and logcli know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from noc.config import foreign
from noc.config.document import Document
from noc.config.nearest import hint
from noc.config.server import Server, base_url
from noc.config.settings import Environment, Settings, server_name
from noc.config.wording import faults_of
from noc.model.errors import ConfigError, Fault
from noc.model.timerange import parse_duration

KINDS = ("prometheus", "loki", "alertmanager")


@dataclass(frozen=True, slots=True)
class Flags:
    """The common flags of the command line, as typed."""

    env: str | None = None
    prometheus: tuple[str, ...] = ()
    """URL or NAME=URL."""
    loki: tuple[str, ...] = ()
    alertmanager: tuple[str, ...] = ()
    range: str | None = None
    tv: bool = False
    read_only: bool = False
    theme: str | None = None
    log_file: Path | None = None
    programme: str | None = None
    scale: int | None = None
    colours: str | None = None
    probe: bool = False


def effective(
    settings: Settings, flags: Flags, environ: Mapping[str, str], *, home: Path, root: Path = Path("/")
) -> Settings:
    """The settings of this run, with ``environment`` chosen. ConfigError for an unknown environment or a bad flag.

    A plain URL takes the place of the configured servers of its kind, ``NAME=URL`` stands beside them. A URL that is
    configured keeps its login; any other is asked without one, so that no password goes to a mistyped host.
    """
    name = flags.env or environ.get("NOC_ENV") or settings.environment
    environment = _chosen(
        settings, name, "--env" if flags.env else "$NOC_ENV" if environ.get("NOC_ENV") else "environment"
    )
    servers = {kind: _servers(kind, environment.servers(kind), getattr(flags, kind)) for kind in KINDS}
    update = _behaviour(flags)
    if not servers["loki"] and (loki := foreign.logcli(environ)):
        servers["loki"] = {"loki": loki}
    if not servers["alertmanager"]:
        amtool = foreign.amtool(home, root)
        if amtool.server:
            servers["alertmanager"] = {"alertmanager": amtool.server}
        if settings.author is None and amtool.author:
            update["author"] = str(amtool.author)
    key = name or next(iter(settings.environments), "default")
    chosen = environment.model_copy(update=servers)
    update |= {"environment": key, "environments": {**settings.environments, key: chosen}}
    if flags.tv:
        update["tv"] = True
    return settings.model_copy(update=update)


def _chosen(settings: Settings, name: str | None, file: str) -> Environment:
    if name is None:
        return settings.active()
    if name not in settings.environments:
        if not settings.environments:
            raise ConfigError([Fault(file, 0, f"unknown environment {name!r}; no configuration names any")])
        raise ConfigError([Fault(file, 0, f"unknown environment {name!r}{hint(name, settings.environments)}")])
    return settings.environments[name]


def _servers(kind: str, configured: Mapping[str, Server], given: tuple[str, ...]) -> dict[str, Server]:
    pairs = [_named(text) for text in given]
    plain = [url for name, url in pairs if not name]
    servers = {} if plain else dict(configured)
    for name, text in pairs:
        file = f"--{kind}"
        try:
            url = base_url(text)
        except ValueError as error:
            raise ConfigError([Fault(file, 0, str(error))]) from None
        known = next((server for server in configured.values() if server.url == url), None)
        key = name or (kind if len(plain) == 1 else server_name(url))
        servers[key] = known or _validated(url, file)
    return servers


def _validated(url: str, file: str) -> Server:
    data: dict[str, Any] = {"url": url}
    try:
        return Server.model_validate(data)
    except ValidationError as error:
        raise ConfigError(faults_of(error.errors(include_url=False), Server, Document(file, data))) from None


def _named(text: str) -> tuple[str, str]:
    """``thanos=https://…`` -> name and URL; a ``=`` inside a URL names nothing."""
    name, equals, url = text.partition("=")
    return (name, url) if equals and name and not set(name) & set(":/?#@") else ("", text)


def _behaviour(flags: Flags) -> dict[str, Any]:
    update: dict[str, Any] = {}
    if flags.range:
        try:
            update["range"] = parse_duration(flags.range)
        except ValueError as error:
            raise ConfigError([Fault("--range", 0, str(error))]) from None
    if flags.read_only:
        update["read_only"] = True
    if flags.theme:
        update["theme"] = flags.theme
    update |= {
        key: value for key in ("log_file", "programme", "scale", "colours", "probe") if (value := getattr(flags, key))
    }
    if flags.programme:
        update["tv"] = True
    return update
