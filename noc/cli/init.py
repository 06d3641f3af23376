"""``noc init``: look for servers at the usual addresses and write a configuration for what answers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from noc.cli import options
from noc.cli.exits import Exit
from noc.config.document import parse_document
from noc.config.paths import Places
from noc.config.server import base_url
from noc.config.settings import Settings, server_name
from noc.config.write import write_whole
from noc.model.errors import ConfigError, Fault
from noc.model.timerange import format_duration
from noc.sources.discover import PATIENCE, USUAL, Found, discover

USUAL_INTERVAL = 15.0  # seconds; the settings' default, not worth a line

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_HEAD = """\
# noc's configuration, written by `noc init`. `noc check` reads it and names every fault.
# A server that wants a login:   {url: https://…, basic: {username: noc, password_env: PROM_PASSWORD}}
#                            or  {url: https://…, bearer_file: token.txt}
# Several tenants:               {url: https://…, tenant: ops}
"""


def command(
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="[URL]...", help="Addresses to ask instead of the usual ones.")
    ] = None,
    config: options.Config = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing configuration.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the configuration instead of writing it.")] = False,
    name: Annotated[str, typer.Option("--env", metavar="NAME", help="Name of the environment.")] = "default",
    as_json: options.Json = False,
) -> None:
    """Look for Prometheus, Loki and Alertmanager, and write a configuration for what answers."""
    path = config or Places.of().config_file
    if path.exists() and not force and not dry_run:
        options.narrate(f"{path} exists; noc init --force overwrites it, --dry-run only shows what it would write")
        raise typer.Exit(Exit.REFUSED)
    found = asyncio.run(discover(_addresses(addresses), PATIENCE))
    usable = [one for one in found if one.kind]
    text = configuration(usable, name) if usable else ""
    if as_json:
        written = None if dry_run or not usable else str(path)
        print(json.dumps({"found": [asdict(one) for one in found], "written": written}, indent=2))
    for one in found:
        options.narrate(described(one))
    if not usable:
        options.narrate("nothing to write: no server answered. Give addresses (noc init URL...), or look at noc demo")
        raise typer.Exit(Exit.UNREACHABLE)
    if dry_run:
        if not as_json:
            print(text, end="")
        return
    try:
        write_whole(path, text)
    except OSError as error:
        options.narrate(f"{path} cannot be written: {error.strerror}")
        raise typer.Exit(Exit.ERROR) from None
    options.narrate(f"wrote {path}; now: noc")


def _addresses(given: Sequence[str] | None) -> Sequence[str]:
    """The addresses to ask; ConfigError for one that is no URL."""
    if not given:
        return USUAL
    faults = []
    for text in given:
        try:
            base_url(text)
        except ValueError as error:
            faults.append(Fault("noc init", 0, str(error)))
    if faults:
        raise ConfigError(faults)
    return given


def described(found: Found) -> str:
    """One line about a server: kind, version, URL, and what it still needs."""
    flavour = found.flavour if found.flavour not in ("", "prometheus") else found.kind or "server"
    parts = [f"{flavour} {found.version}".strip(), f"at {found.url}"]
    if found.scrape_interval:
        parts.append(f"scraping every {format_duration(found.scrape_interval)}")
    return " ".join(parts) + (f"; {found.note}" if found.note else "")


def configuration(found: Iterable[Found], name: str) -> str:
    """The configuration file for these servers. Read back before it is returned: it is never one noc refuses."""
    lines = [_HEAD, "environments:", f"  {_word(name)}:"]
    servers = list(found)
    for kind in ("prometheus", "loki", "alertmanager"):
        of_kind = [one for one in servers if one.kind == kind]
        if of_kind:
            lines.append(f"    {kind}:")
        for one in of_kind:
            key = kind if len(of_kind) == 1 else server_name(one.url)
            lines.append(f"      {_word(key)}: {{{', '.join(_entries(one))}}}{_remark(one)}")
    text = "\n".join(lines) + "\n"
    Settings.model_validate(parse_document(text, "config.yaml").data)
    return text


def _word(text: str) -> str:
    """A YAML key, in quotes unless it cannot be taken for anything else."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _entries(found: Found) -> Iterable[str]:
    yield f"url: {json.dumps(found.url)}"
    if found.scrape_interval and found.scrape_interval != USUAL_INTERVAL:
        yield f"scrape_interval: {format_duration(found.scrape_interval)}"


def _remark(found: Found) -> str:
    words = f"{found.flavour if found.flavour != 'prometheus' else ''} {found.version}".strip()
    remark = "; ".join(part for part in (words, found.note) if part)
    return f"  # {remark}" if remark else ""
