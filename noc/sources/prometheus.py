"""The Prometheus query API and its relatives (Thanos, Mimir, VictoriaMetrics) as a MetricSource.

Written on httpx and orjson rather than on prometheus-api-client, for what a polling wall needs (protocols.md 4): a
request can be cancelled and cancels the query on the server, nothing retries while it holds a worker, there is one
total deadline, long queries travel in a form body, and warnings, statistics and the server's error types are kept.
One-shot look-ups use that library (``inventory``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

import httpx

from noc.config.server import Server
from noc.model.clock import Clock
from noc.model.errors import Auth, BadAnswer, SourceError, Unreachable
from noc.model.series import Answer
from noc.sources import decode
from noc.sources.flavour import LATENESS, PARAMETERS, Detected, detect
from noc.sources.http import HungUp, Reply, exchange, refusal

IN_THREAD = 200_000
"""Bytes of a body above which it is read in a thread: the event loop draws frames."""

INSTANT_SERIES = 1000
"""Series kept at least of an instant answer: rows of a table are cheap, and ranking needs them."""

LABELS_SINCE = 3600.0
"""Seconds to look back for label values when no window is given; without one a server searches all time."""

_SERVER_SHARE = 0.9  # of the deadline is the server's, so that its own timeout speaks first


class PrometheusSource:
    """One server. ``stats=True`` also asks for query statistics (benchmarks).

    ``received`` counts the bytes of all bodies as they came over the wire, ``requests`` the requests sent.
    """

    def __init__(self, server: Server, client: httpx.AsyncClient, clock: Clock, *, stats: bool = False) -> None:
        self._server = server
        self._client = client
        self._clock = clock
        self._stats = stats
        self._method = "POST"
        self._detected: Detected | None = None
        self._detecting = asyncio.Lock()
        self._answered = False
        self.received = 0
        self.requests = 0

    @property
    def detected(self) -> Detected | None:
        """What the server turned out to be; None until it answered once, and again after it was away."""
        return self._detected

    async def instant(self, expr: str, at: float) -> Answer:
        """Evaluate at ``at`` (unix seconds, server's clock): one point a series."""
        limit = max(INSTANT_SERIES, self._server.max_series)
        return await self._query("query", {"query": expr, "time": _seconds(at)}, limit)

    async def range(self, expr: str, start: float, end: float, step: float) -> Answer:
        """Evaluate on the grid start, start+step, ... end (both inclusive, unix seconds)."""
        form = {"query": expr, "start": _seconds(start), "end": _seconds(end), "step": _seconds(step)}
        return await self._query("query_range", form, self._server.max_series)

    async def label_values(self, label: str, match: str = "", start: float = 0.0, end: float = 0.0) -> tuple[str, ...]:
        """Values of a label, sorted; the last hour when no window is given."""
        known = await self._identified()
        end = end or self._clock.now()
        params = {"start": _seconds(start or end - LABELS_SINCE), "end": _seconds(end)}
        if match:
            params["match[]"] = match
        reply = await self._get(f"{known.prefix}/api/v1/label/{quote(label, safe='')}/values", params)
        self._check(reply)
        found = decode.document(reply.body)
        if found.get("status") != "success":
            raise decode.error_of(found, reply.status)
        values = found.get("data") or []
        if not isinstance(values, list):
            raise BadAnswer("an answer of unknown shape")
        return tuple(sorted(str(value) for value in values))

    async def look_up(self, endpoint: str) -> tuple[Detected, Reply]:
        """A plain GET below ``/api/v1``: what the server is, and its good answer in JSON."""
        known = await self._identified()
        reply = await self._get(f"{known.prefix}/api/v1/{endpoint}")
        self._check(reply)
        return known, reply

    async def aclose(self) -> None:
        """Close connections; later calls raise Unreachable."""
        await self._client.aclose()

    async def _query(self, endpoint: str, form: dict[str, str], limit: int) -> Answer:
        known = await self._identified()
        form = {**form, **PARAMETERS[known.flavour], "timeout": _seconds(self._server.timeout * _SERVER_SHARE)}
        if self._stats:
            form["stats"] = "true"
        try:
            reply = await self._ask(f"{known.prefix}/api/v1/{endpoint}", form)
            self._check(reply)
        except (Unreachable, Auth):
            self._detected = None  # another program may stand there when it comes back
            raise
        if len(reply.body) > IN_THREAD:
            found = await asyncio.to_thread(decode.answer, reply.body, max_series=limit)
        else:
            found = decode.answer(reply.body, max_series=limit)
        return replace(found, server_time=reply.date, size=reply.wire, lateness=self._lateness(known))

    async def _ask(self, path: str, form: Mapping[str, str]) -> Reply:
        """POST, because queries outgrow URLs; GET for good where a gateway lets nothing else through."""
        if self._method == "POST":
            reply = await self._exchange("POST", path, form=form)
            if reply.status not in (405, 501):
                return reply
            self._method = "GET"
        return await self._exchange("GET", path, params=form)

    async def _get(self, path: str, params: Mapping[str, str | list[str]] | None = None) -> Reply:
        return await self._exchange("GET", path, params=params)

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | list[str]] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request. A kept connection may be given up by the server in the moment it is used again; a server that
        has answered before is then asked once more at once, as questions change nothing."""
        try:
            reply = await self._sent(method, path, params, form)
        except HungUp:
            if not self._answered:
                raise
            reply = await self._sent(method, path, params, form)
        self._answered = True
        self.received += reply.wire
        return reply

    async def _sent(
        self, method: str, path: str, params: Mapping[str, str | list[str]] | None, form: Mapping[str, str] | None
    ) -> Reply:
        self.requests += 1
        return await exchange(self._client, method, path, deadline=self._server.timeout, params=params, form=form)

    async def _identified(self) -> Detected:
        """What the server is: the configuration's word, or found out once."""
        named = self._server.flavour
        async with self._detecting:
            if self._detected is None:
                self._detected = await self._detect() if named == "auto" else Detected(named)
            return self._detected

    async def _detect(self) -> Detected:
        async def get(path: str) -> Reply:
            reply = await self._get(path)
            if reply.status == 429 or reply.status >= 500:
                raise refusal(reply, self._server.url)
            return reply

        return await detect(get)

    def _lateness(self, known: Detected) -> float:
        """Seconds for which an answered point may still change (protocols.md 2.4)."""
        usual = LATENESS.get(known.flavour, 0.0) if self._server.ingest_delay is None else self._server.ingest_delay
        return max(usual, 2 * self._server.scrape_interval)

    def _check(self, reply: Reply) -> None:
        """Raise unless this is a good answer in JSON."""
        where = self._server.url
        good = 200 <= reply.status < 300
        if not good and reply.is_json:
            raise self._refused(reply)
        if not good:
            error = refusal(reply, where)
            if reply.status == 404:
                error = BadAnswer(f"404 from {where}: no Prometheus API there; try {where}/prometheus", status=404)
            raise error
        if reply.is_html:
            raise BadAnswer(f"{where} answered HTML, not Prometheus: login page or wrong URL?", status=reply.status)
        if reply.body.strip() and not reply.is_json:
            kind = reply.kind or "no content type"
            raise BadAnswer(f"{where} answered {kind}, not Prometheus: {reply.text}", status=reply.status)

    def _refused(self, reply: Reply) -> SourceError:
        if reply.status in (401, 403):
            return refusal(reply, self._server.url)
        try:
            envelope = decode.document(reply.body)
        except BadAnswer:
            return refusal(reply, self._server.url)
        return decode.error_of(envelope, reply.status, reply.retry_after)


def _seconds(value: float) -> str:
    """A time or duration as the API takes it: milliseconds are its finest grain."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
