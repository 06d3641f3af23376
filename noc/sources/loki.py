"""Loki (and what speaks its API) as a LogSource and as a MetricSource of LogQL (protocols.md 6).

Times go out as whole nanoseconds in strings. Lines come with categorised labels, so that what the server adds to a line is
no part of its stream. All questions pass one gate, because Loki answers a burst with nothing.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote
from weakref import WeakSet

import httpx

from noc.config.server import Server
from noc.model.clock import Clock
from noc.model.errors import Auth, BadAnswer, BadQuery, ConfigError, SourceError, Unreachable
from noc.model.logs import LogAnswer, TailFrame
from noc.model.series import Answer, Series
from noc.sources import decode, logdecode
from noc.sources.gate import Gate
from noc.sources.http import HungUp, Reply, exchange, refusal, tls_context, unreadable
from noc.sources.lokitail import SILENCE, Link, frames, opened

API = "/loki/api/v1"
CATEGORIZE = {"X-Loki-Response-Encoding-Flags": "categorize-labels"}
"""Asks for three-tuples: stream labels apart from structured metadata and parsed labels."""

MOST_LINES = 5000
"""Lines of one question at most; more is a 400 by default (protocols.md 6.1)."""

INGEST_DELAY = 10.0
"""Seconds for which agents hold lines back to send them in batches (protocols.md 6.6)."""

LABELS_SINCE = 6 * 3600.0
"""Seconds to look back for label values when no window is given, as Loki itself does."""

IN_THREAD = 200_000
"""Bytes of a body above which it is read in a thread: the event loop draws frames."""

INSTANT_SERIES = 1000
"""Series kept at least of an instant answer: ranking needs them."""

_MILLISECOND = 1_000_000  # nanoseconds
_FAR = 1e11  # unix seconds in the year 5138: a time beyond is in milliseconds

T = TypeVar("T")


class LokiSource:
    """One server. ``received`` counts the bytes of all bodies and frames as they came, ``requests`` the requests sent,
    ``silence`` is how many seconds a tail may say nothing."""

    def __init__(
        self,
        server: Server,
        client: httpx.AsyncClient,
        clock: Clock,
        *,
        rng: random.Random | None = None,
        silence: float = SILENCE,
    ) -> None:
        self._server = server
        self._client = client
        self._clock = clock
        self._gate = Gate(clock, rng or random.Random())  # noqa: S311  jitter, no secret
        self._silence = silence
        self._method = "POST"
        self._answered = False
        self._tls: ssl.SSLContext | None = None
        self._links: WeakSet[Link] = WeakSet()
        self.received = 0
        self.requests = 0

    async def lines(self, query: str, start: int, end: int, limit: int, *, newest: bool = True) -> LogAnswer:
        """Lines of a log query with start <= time < end (unix nanoseconds), oldest first: the newest ``limit``, or the
        oldest; 5000 at most."""
        limit = max(1, min(limit, MOST_LINES))
        if end <= start:
            return LogAnswer(())
        form = {
            "query": query,
            "start": str(start),
            "end": str(end),
            "limit": str(limit),
            "direction": "backward" if newest else "forward",
        }
        reply = await self._ask("query_range", form)
        found = await _read(reply, lambda body: logdecode.streams(body, newest=newest))
        return LogAnswer(found.lines, len(found.lines) >= limit, reply.date, reply.wire, found.stats)

    def tail(self, query: str, start: int) -> AsyncGenerator[TailFrame, None]:
        """Frames over a websocket, history since ``start`` (unix nanoseconds) first. A consumer that is slow loses the
        oldest lines, counted as dropped; closing the generator closes the connection."""
        return frames(lambda: self._opened(query, start), self._server.url, self._heard)

    async def instant(self, expr: str, at: float) -> Answer:
        """Evaluate a metric query at ``at`` (unix seconds, server's clock): one point a series."""
        return await self._instant(expr, _nanoseconds(at))

    async def count(self, expr: str, at: int) -> int:
        """The sum of a counting query at a moment in unix nanoseconds: a window ``(at - d, at]`` is told apart from its
        neighbours to the nanosecond."""
        answer = await self._instant(expr, str(at))
        return round(sum(one.last or 0.0 for one in answer.series))

    async def _instant(self, expr: str, at: str) -> Answer:
        reply = await self._ask("query", {"query": expr, "time": at})
        found = await self._numbers(reply, max(INSTANT_SERIES, self._server.max_series), 0.0)
        return replace(found, series=tuple(_in_seconds(one) for one in found.series))

    async def range(self, expr: str, start: float, end: float, step: float) -> Answer:
        """Evaluate a metric query from start to end (both inclusive, unix seconds). Loki answers for whole multiples of
        the step, rounded outwards: what lies outside is left out. A single point is asked as a window of a millisecond,
        as a window that ends where it begins is refused (recorded)."""
        until = end if end > start else start + 0.001
        form = {"query": expr, "start": _nanoseconds(start), "end": _nanoseconds(until), "step": _step(step)}
        found = await self._numbers(await self._ask("query_range", form), self._server.max_series, step)
        kept = tuple(_within(one, start, end) for one in found.series)
        return replace(found, series=tuple(one for one in kept if one.times))

    async def label_values(self, label: str, match: str = "", start: float = 0.0, end: float = 0.0) -> tuple[str, ...]:
        """Values of a label, sorted, of the streams a selector matches; of the last six hours when no window is given."""
        end = end or self._clock.now()
        params = {"start": _nanoseconds(start or end - LABELS_SINCE), "end": _nanoseconds(end)}
        if match:
            params["query"] = match
        path = f"{API}/label/{quote(label, safe='')}/values"
        return logdecode.names((await self._gate.through(lambda: self._good("GET", path, params=params))).body)

    async def aclose(self) -> None:
        """Close connections, those of tails too; later calls raise Unreachable."""
        for link in self._links:
            link.transport.abort()
        await self._client.aclose()

    async def _numbers(self, reply: Reply, limit: int, step: float) -> Answer:
        try:
            found = await _read(reply, lambda body: decode.answer(body, max_series=limit))
        except BadAnswer:
            if logdecode.kind_of(reply.body) == "streams":
                raise BadQuery(logdecode.NOT_NUMBERS, status=400) from None
            raise
        delay = INGEST_DELAY if self._server.ingest_delay is None else self._server.ingest_delay
        stats = logdecode.summary(found.stats)
        return replace(found, server_time=reply.date, size=reply.wire, lateness=delay + step, stats=stats)

    async def _ask(self, endpoint: str, form: Mapping[str, str]) -> Reply:
        return await self._gate.through(lambda: self._asked(f"{API}/{endpoint}", form))

    async def _asked(self, path: str, form: Mapping[str, str]) -> Reply:
        """POST, because queries outgrow URLs; GET for good where a gateway lets nothing else through."""
        if self._method == "POST":
            try:
                return await self._good("POST", path, form=form)
            except BadQuery as error:
                if error.status != 405:
                    raise
            except SourceError as error:
                if error.status != 501:
                    raise
            self._method = "GET"
        return await self._good("GET", path, params=form)

    async def _good(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """A good answer. A kept connection may be given up by the server in the moment it is used again; a server that
        has answered before is then asked once more at once, as questions change nothing."""

        async def send() -> Reply:
            self.requests += 1
            return await exchange(
                self._client,
                method,
                path,
                deadline=self._server.timeout,
                params=params,
                form=form,
                headers=CATEGORIZE,
            )

        try:
            reply = await send()
        except HungUp:
            if not self._answered:
                raise
            reply = await send()
        self._answered = True
        self.received += reply.wire
        return checked(reply, self._server.url)

    async def _opened(self, query: str, start: int) -> Link:
        if self._client.is_closed:
            raise Unreachable(f"the connection to {self._server.url} is closed")
        link = await self._gate.through(lambda: self._connected(query, start))
        self._links.add(link)
        if self._client.is_closed:  # in the meantime
            link.transport.abort()
        return link

    async def _connected(self, query: str, start: int) -> Link:
        if self._tls is None and self._server.url.startswith("https:"):
            try:
                self._tls = await asyncio.to_thread(tls_context, self._server.tls)
            except ConfigError as error:
                raise unreadable(error) from None
        self.requests += 1
        params = {"query": query, "start": str(start), "limit": str(MOST_LINES)}
        answer = await opened(self._server, f"{API}/tail", params, CATEGORIZE, self._tls, self._silence)
        if isinstance(answer, Link):
            return answer
        checked(answer, self._server.url)
        raise BadAnswer(f"{self._server.url} opens no websocket; a proxy in between?", status=answer.status)

    def _heard(self, size: int) -> None:
        self.received += size


def checked(reply: Reply, where: str) -> Reply:
    """The reply if it is a good one in JSON; raises what it means otherwise."""
    if not 200 <= reply.status < 300:
        raise _refused(reply, where)
    if reply.is_html:
        raise BadAnswer(f"{where} answered HTML, not Loki: login page or wrong URL?", status=reply.status)
    if reply.body.strip() and not reply.is_json:
        kind = reply.kind or "no content type"
        raise BadAnswer(f"{where} answered {kind}, not Loki: {reply.text}", status=reply.status)
    return reply


def _refused(reply: Reply, where: str) -> SourceError:
    """By the status alone; the text is for people, but for three that call for another deed."""
    said = "" if reply.is_html else logdecode.explanation(reply.body)
    if reply.status == 401 and "no org id" in said:
        return Auth(f"401 from {where}: no org id; name one as tenant: NAME", status=401)
    if reply.status == 400 and "multiple org ids" in said.lower():
        return BadQuery(f"tail follows one tenant only; several are followed by polling ({said})", status=400)
    if reply.status == 400 and "log queries are not supported as an instant query" in said:
        return BadQuery(logdecode.NOT_NUMBERS, status=400)
    if reply.status == 404:
        return BadAnswer(f"404 from {where}: no Loki API there; wrong URL or missing prefix?", status=404)
    return refusal(reply, where, said)


async def _read(reply: Reply, read: Callable[[bytes], T]) -> T:
    if len(reply.body) > IN_THREAD:
        return await asyncio.to_thread(read, reply.body)
    return read(reply.body)


def _nanoseconds(seconds: float) -> str:
    """Unix seconds as Loki reads them without doubt; milliseconds are the finest grain of the wall's times."""
    return str(round(seconds * 1000) * _MILLISECOND)


def _step(seconds: float) -> str:
    """A step in whole seconds or milliseconds: ``0.1s`` is refused (recorded)."""
    millis = max(1, round(seconds * 1000))
    return f"{millis // 1000}s" if millis % 1000 == 0 else f"{millis}ms"


def _within(series: Series, start: float, end: float) -> Series:
    """The points of start to end; times are exact to the millisecond."""
    first, after = bisect_left(series.times, start - 0.0005), bisect_right(series.times, end + 0.0005)
    if (first, after) == (0, len(series.times)):
        return series
    return Series(series.labels, series.times[first:after], series.values[first:after])


def _in_seconds(series: Series) -> Series:
    """A scalar's time comes in milliseconds (recorded), every other in seconds."""
    if not series.times or series.times[0] < _FAR:
        return series
    return Series(series.labels, array("d", [time / 1000 for time in series.times]), series.values)
