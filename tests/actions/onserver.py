"""A wall's alert work over a server that really keeps silences, and a proxy before it that loses, delays and refuses."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from noc.actions import ack
from noc.actions.audit import Audit
from noc.actions.intent import Done, Intent
from noc.actions.keeping import Keeping
from noc.actions.runner import Runner
from noc.config.alerting import Alerting
from noc.config.server import Server
from noc.engine.alertbook import AlertBook
from noc.engine.alertpoller import AlertPoller
from noc.engine.book import Book, Entry
from noc.model.alerts import Rule, RuleAlert, RuleAnswer
from noc.model.clock import Clock, SystemClock
from noc.model.series import labels_of
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.http import client

DEADLINE = 20.0
PATIENCE = 1.0
"""Seconds a wall behind a proxy waits for an answer."""


class Shifted:
    """The machine's clock, so many seconds fast."""

    def __init__(self, fast: float) -> None:
        self.fast = fast
        self._clock = SystemClock()

    def now(self) -> float:
        return self._clock.now() + self.fast

    def monotonic(self) -> float:
        return self._clock.monotonic()


@dataclass
class Site:
    """One Alertmanager as its neighbours see it: alerts are posted to it, and what it keeps is asked without noc."""

    url: str
    http: httpx.Client
    firing: dict[str, dict[str, str]] = field(default_factory=dict)
    """Labels of what fires, by name; a Prometheus would say the same."""

    def fire(self, name: str, severity: str = "high", **labels: str) -> dict[str, str]:
        full = {"alertname": name, "severity": severity, **labels}
        self._post(full, SystemClock().now() + 3600)
        self.firing[name] = full
        return full

    def resolve(self, name: str) -> None:
        self._post(self.firing.pop(name), SystemClock().now() - 0.001)

    def _post(self, labels: dict[str, str], ends_at: float) -> None:
        body = [{"labels": labels, "endsAt": text(ends_at)}]
        assert self.http.post("/api/v2/alerts", json=body).status_code == 200

    def silences(self) -> list[dict[str, Any]]:
        """What it has that did not end, as it says it."""
        return [one for one in self.http.get("/api/v2/silences").json() if one["status"]["state"] != "expired"]

    def state(self, name: str) -> str:
        (one,) = (each for each in self.http.get("/api/v2/alerts").json() if each["labels"]["alertname"] == name)
        return str(one["status"]["state"])

    def clear(self) -> None:
        """Nothing fires and nothing is silenced, for the next test."""
        for name in list(self.firing):
            self.resolve(name)
        for one in self.silences():
            self.http.delete(f"/api/v2/silence/{one['id']}")

    async def rules(self) -> RuleAnswer:
        """The RuleSource of this place: a rule for every name there ever was."""
        now = SystemClock().now()
        alerts = {name: RuleAlert(labels_of(labels), "firing", now - 60, 1.0) for name, labels in self.firing.items()}
        names = {*alerts, "DatabaseDeadlocks", "ApiErrors", "Watchdog"}
        return RuleAnswer(
            tuple(
                Rule(name, "noc", True, "up == 0", alerts=(alerts[name],) if name in alerts else (), evaluated_at=now)
                for name in sorted(names)
            )
        )

    async def aclose(self) -> None:
        return None


class Wall:
    """Poller, runner and keeper of one person, wired as ``alertwiring`` does."""

    def __init__(
        self,
        site: Site,
        *urls: str,
        author: str = "mara",
        settings: Alerting | None = None,
        clock: Clock | None = None,
        correct_clock: bool = True,
        timeout: float = 10.0,
    ) -> None:
        self.settings = settings or Alerting()
        self.clock = clock or SystemClock()
        self.author = author
        self.told: list[Done] = []
        servers = {
            f"member-{number}": Server.model_validate({"url": url, "timeout": timeout})
            for number, url in enumerate(urls or (site.url,))
        }
        self.sources = {name: AlertmanagerSource(one, client(one), self.clock) for name, one in servers.items()}
        self.poller = AlertPoller(
            self.sources,
            {"prometheus": site},
            AlertBook(self.settings),
            self.clock,
            random.Random(1),
            settings=self.settings,
            correct_clock=correct_clock,
        )
        self.runner = Runner(
            self.sources,
            self.sources,
            Audit(None, self.clock),
            self.clock,
            author=author,
            read_only=False,
            zone=UTC,
            book=lambda: self.poller.book,
            refresh=partial(self.poller.fresh, 5.0),
        )
        self.keeping = Keeping(self.runner, self.settings, self.clock, self.told.append)

    async def __aenter__(self) -> Wall:
        await self.poller.settle(5.0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.keeping.aclose()
        await self.poller.aclose()
        for source in self.sources.values():
            await source.aclose()

    @property
    def book(self) -> Book:
        return self.poller.book

    async def fresh(self) -> Book:
        return await self.poller.fresh(5.0)

    def row(self, name: str) -> Entry:
        (one,) = (each for each in self.book.entries if each.alert.name == name)
        return one

    def acking(self, *names: str, duration: float | None = None) -> Intent:
        """What ``a`` proposes on these rows now."""
        rows = [self.row(name) for name in names]
        return ack.propose(rows, self.book, self.settings, self.author, "on it", self.clock.now(), duration)

    async def acked(self, name: str, duration: float | None = None) -> Done:
        done = await self.runner.run(self.acking(name, duration=duration))
        assert done.ok, done.message
        return done

    async def round(self) -> None:
        """One look of the keeper at a fresh book, until what it found is done."""
        self.keeping.look(await self.fresh())
        await self.until(lambda: not self.keeping.busy)

    async def resolved(self, name: str) -> Entry:
        """The row once the book knows that the alert is over."""

        def found() -> list[Entry]:
            return [one for one in self.book.resolved if one.alert.name == name]

        async with asyncio.timeout(DEADLINE):
            while not found():
                await self.fresh()
        return found()[0]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not true():  # noqa: ASYNC110  a server is waited for
                await asyncio.sleep(0.005)


Fault = str | tuple[int, str, str]
"""What becomes of a request. ``drop``: carried on, and the connection closed before the answer; ``hang``: carried on and
never answered; ``carried``: carried on and answered with HTML; ``lose`` and ``deaf``: not carried on, and closed or never
answered. A status, media type and body are the proxy's own answer."""


class Proxy:
    """Between a wall and an Alertmanager. ``faults`` say how the next requests of a method go; afterwards all is well."""

    def __init__(self, upstream: str) -> None:
        self.faults: dict[str, list[Fault]] = {}
        self.seen: list[str] = []
        """Methods and paths of what was asked and changes something."""
        self.url = ""
        self._upstream = upstream
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Proxy:
        self._http = httpx.AsyncClient(base_url=self._upstream)
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
        await self._http.aclose()

    async def close(self) -> None:
        """From now on connections are refused."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            named = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(named.get("content-length", "0")))
            answer = await self._answer(method, path, body, reader)
            if answer is not None:
                status, kind, content = answer
                writer.write(
                    f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
                    "Connection: close\r\n\r\n".encode()
                    + content
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the wall gave up
        finally:
            writer.close()

    async def _answer(
        self, method: str, path: str, body: bytes, reader: asyncio.StreamReader
    ) -> tuple[int, str, bytes] | None:
        if method != "GET":
            self.seen.append(f"{method} {path.rpartition('/')[0] if method == 'DELETE' else path}")
        faults = self.faults.get(method)
        fault = faults.pop(0) if faults else None
        if isinstance(fault, tuple):
            return fault[0], fault[1], fault[2].encode()
        reply = None
        if fault not in ("lose", "deaf"):
            kind = {"content-type": "application/json"} if body else {}
            reply = await self._http.request(method, path, content=body, headers=kind)
        if fault in ("hang", "deaf"):
            await reader.read()  # until the wall gives up
        if fault == "carried":
            return 200, "text/html", b"<html>Sign in</html>"
        if fault is not None or reply is None:
            return None
        return reply.status_code, reply.headers.get("content-type", ""), reply.content


def text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()
