"""Which monitoring servers answer at an address, and what they are: ``noc init``."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from noc.config.server import Server
from noc.model.errors import BadAnswer, SourceError
from noc.model.text import clean
from noc.model.timerange import parse_duration
from noc.sources.decode import document
from noc.sources.flavour import detect
from noc.sources.http import Reply, client, exchange

USUAL = (
    "http://localhost:9090",
    "http://localhost:9090/prometheus",
    "http://localhost/prometheus",
    "http://localhost:9093",
    "http://localhost:3100",
    "http://localhost:8428",
    "http://localhost:10902",
    "http://localhost:9009/prometheus",
    "http://localhost:8080/prometheus",
    "http://localhost:8481/select/0/prometheus",
    "http://prometheus:9090",
    "http://victoriametrics:8428",
    "http://thanos-query:10902",
    "http://mimir:9009/prometheus",
    "http://alertmanager:9093",
    "http://loki:3100",
)
"""Where these programs listen by default, on this machine and under the names that containers give them."""

PATIENCE = 2.0  # seconds for each question


@dataclass(frozen=True, slots=True)
class Found:
    """A server that answered. ``kind`` is empty where a login hides what it is; ``note`` says what is needed then."""

    url: str
    kind: str  # prometheus | loki | alertmanager
    flavour: str = ""
    version: str = ""
    scrape_interval: float | None = None  # seconds, of most targets
    note: str = ""


async def discover(addresses: Sequence[str] = USUAL, patience: float = PATIENCE) -> list[Found]:
    """Everything that answers, in the order of the addresses; each is asked at the same time. ValueError for a bad URL."""
    servers = [Server(url=address, timeout=patience) for address in addresses]
    answers = await asyncio.gather(*(_at(server) for server in servers))
    found: dict[str, Found] = {}
    for one in answers:
        if one is not None:
            found.setdefault(one.url, one)
    return list(found.values())


async def _at(server: Server) -> Found | None:
    """What answers at one address; None when nothing does."""
    async with client(server) as connection:
        probe = _Probe(connection, server)
        try:
            for ask in (probe.prometheus, probe.alertmanager, probe.loki):
                found = await ask()
                if found is not None:
                    return found
        except SourceError:
            return None
    return Found(server.url, "", note=probe.refused) if probe.refused else None


class _Probe:
    """The questions to one address. ``refused`` keeps what a login page or a tenant check said."""

    def __init__(self, connection: httpx.AsyncClient, server: Server) -> None:
        self._connection = connection
        self._server = server
        self.refused = ""

    async def prometheus(self) -> Found | None:
        try:
            known = await detect(self._get)
        except BadAnswer:
            return None
        info = await self._json(f"{known.prefix}/api/v1/query?query=1")
        if info is None or info.get("status") != "success":
            return None
        targets = await self._json(f"{known.prefix}/api/v1/targets?state=active")
        return Found(
            url=self._server.url + known.prefix,
            kind="prometheus",
            flavour=known.flavour,
            version=clean(known.version, 40),
            scrape_interval=_usual_interval(targets or {}),
        )

    async def alertmanager(self) -> Found | None:
        for prefix in ("", "/alertmanager"):
            status = await self._json(f"{prefix}/api/v2/status")
            version = (status or {}).get("versionInfo")
            if isinstance(version, Mapping):
                return Found(
                    self._server.url + prefix, "alertmanager", version=clean(str(version.get("version", "")), 40)
                )
        return None

    async def loki(self) -> Found | None:
        info = await self._json("/loki/api/v1/status/buildinfo")
        if info is None or "version" not in info:
            return None
        labels = await self._get("/loki/api/v1/labels")
        note = "wants a tenant: set 'tenant'" if labels.status == 401 and "no org id" in labels.text else ""
        return Found(self._server.url, "loki", version=clean(str(info["version"]), 40), note=note)

    async def _get(self, path: str) -> Reply:
        reply = await exchange(self._connection, "GET", path, deadline=self._server.timeout)
        if reply.status == 401 and "no org id" in reply.text:
            self.refused = "wants a tenant: set 'tenant'"
        elif reply.status in (401, 403):
            self.refused = "wants a login: set 'basic' or 'bearer_file'"
        return reply

    async def _json(self, path: str) -> dict[str, Any] | None:
        reply = await self._get(path)
        if reply.status != 200 or not reply.is_json:
            return None
        try:
            return document(reply.body)
        except BadAnswer:
            return None


def _usual_interval(targets: Mapping[str, Any]) -> float | None:
    """The scrape interval of most active targets, in seconds."""
    data = targets.get("data")
    active = data.get("activeTargets") if isinstance(data, Mapping) else None
    counts: Counter[float] = Counter()
    for target in active if isinstance(active, list) else []:
        try:
            counts[parse_duration(str(target["scrapeInterval"]))] += 1
        except (KeyError, TypeError, ValueError):
            continue
    return counts.most_common(1)[0][0] if counts else None
