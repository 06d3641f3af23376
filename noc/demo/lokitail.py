"""The emulated Loki on a port: its HTTP API, and lines as they come over the websocket ``/loki/api/v1/tail``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from noc.catalogue.logql import Expr, LogQuery, parse
from noc.demo.encoding import Reply, text_reply
from noc.demo.failing import refusal
from noc.demo.logql.answers import Reader
from noc.demo.logql.row import Row
from noc.demo.logql.stages import Pipeline
from noc.demo.loki import FLAGS, ROOT, TENANT, LokiApi, UntilNow, nanoseconds
from noc.demo.lokibodies import CATEGORIZE, entry_of, refused
from noc.demo.lokiparameters import bounds, limit
from noc.demo.parameters import Params, first
from noc.demo.server import HandlerApp
from noc.model.errors import QueryError
from noc.model.logs import SECOND

PATH: Final = f"{ROOT}tail"
FRAME: Final = 100
"""Entries a frame at most."""
TAILS: Final = 10
"""Tails at a time; Loki takes one more connection and closes it again."""
LONGEST: Final = 3600.0
"""Seconds a tail lasts."""
PACE: Final = 0.5
"""Seconds between two looks for new lines, of the machine's time whatever the demo's clock does."""
ABNORMAL: Final = 1011
"""The code of every close with a reason (protocols.md 6.5)."""


@dataclass(frozen=True)
class Tail:
    """What a tail asks: times in nanoseconds. ``expr`` may be a metric query, which is refused after the handshake."""

    expr: Expr
    start: int
    limit: int
    delay: int
    apart: bool

    @classmethod
    def of(cls, params: Params, headers: dict[str, str], now: int) -> Tail:
        """Read and check them in the server's order; raises QueryError in its words."""
        expr = parse(first(params, "query"))
        if isinstance(expr, LogQuery):
            Pipeline(expr.stages)
        lines, (start, _), delay = limit(params), bounds(params, now), first(params, "delay_for") or "0"
        if not delay.isdecimal():
            raise QueryError(f'strconv.Atoi: parsing "{delay}": invalid syntax')
        if int(delay) > 5:
            raise QueryError("delay_for can't be greater than 5")
        return cls(expr, start, lines, int(delay) * SECOND, CATEGORIZE in headers.get(FLAGS, ""))


class LokiApp:
    """The emulated Loki as an ASGI application. ``pace`` and ``longest`` are seconds."""

    def __init__(self, api: LokiApi, *, pace: float = PACE, longest: float = LONGEST) -> None:
        self._api = api
        self._http = HandlerApp(api)
        self._pace = pace
        self._longest = longest
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._http(scope, receive, send)
            return
        await receive()  # websocket.connect
        self._open += 1
        try:
            await self._tail(scope, receive, send)
        except OSError:
            return  # the client is gone, which uvicorn tells with an OSError at the next frame
        finally:
            self._open -= 1

    async def _tail(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._asked(scope)
        if isinstance(found, Reply):
            if found.status:
                await _deny(send, found)
            else:
                await receive()  # websocket.disconnect: the client has waited long enough
            return
        ends = self._api.clock.monotonic() + self._longest  # counted from the question, as its first moment is
        await send({"type": "websocket.accept"})
        gone = asyncio.ensure_future(_gone(receive))
        try:
            reason = await self._follow(found, ends, send, gone)
        finally:
            gone.cancel()
        if reason:
            await send({"type": "websocket.close", "code": ABNORMAL, "reason": reason})

    def _asked(self, scope: Scope) -> Tail | Reply:
        """What the client wants, or what it is told instead of a handshake."""
        now = self._api.clock.now()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        broken = refusal(self._api.fail(now), now)
        if broken is not None:
            return broken
        if scope["path"] != PATH:
            return text_reply(404, "404 page not found\n", now)
        if self._api.tenants and not headers.get(TENANT):
            return text_reply(401, "no org id\n", now)
        if "|" in headers.get(TENANT, ""):
            return refused("multiple org IDs present", now)
        params = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        try:
            return Tail.of(params, headers, nanoseconds(now))
        except QueryError as fault:
            return refused(str(fault), now)

    async def _follow(self, tail: Tail, ends: float, send: Send, gone: asyncio.Future[None]) -> str:
        """Send frames until the client has gone; returns why the server ends the tail, if it does."""
        if not isinstance(tail.expr, LogQuery):
            return "only log selector is supported"
        if self._open > TAILS:
            return f"max concurrent tail requests limit exceeded, count > limit ({self._open} > {TAILS})"
        until = self._now(tail)
        history = await run_in_threadpool(self._history, tail.expr, tail, until)
        await _frames(send, history, apart=tail.apart, merged=True)
        while not gone.done():
            if self._api.clock.monotonic() >= ends:
                return "reached tail max duration limit"
            await asyncio.wait({gone}, timeout=self._pace)
            if self._api.fail(self._api.clock.now()) is not None:
                return "the demo's Loki is down"
            since, until = until, max(until, self._now(tail))
            rows = await run_in_threadpool(self._between, tail.expr, since, until)
            await _frames(send, rows, apart=tail.apart, merged=False)
        return ""

    def _now(self, tail: Tail) -> int:
        return nanoseconds(self._api.clock.now()) - tail.delay

    def _history(self, query: LogQuery, tail: Tail, until: int) -> list[Row]:
        return Reader(UntilNow(self._api.source, until)).newest(query, tail.start, until, tail.limit)[::-1]

    def _between(self, query: LogQuery, since: int, until: int) -> list[Row]:
        return list(Reader(UntilNow(self._api.source, until)).oldest(query, since, until))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _deny(send: Send, reply: Reply) -> None:
    """Answer the handshake with plain HTTP."""
    headers = [(name.lower().encode(), value.encode()) for name, value in reply.headers.items()]
    await send({"type": "websocket.http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": reply.body})


async def _frames(send: Send, rows: Sequence[Row], *, apart: bool, merged: bool) -> None:
    for at in range(0, len(rows), FRAME):
        body = frame(rows[at : at + FRAME], apart=apart, merged=merged)
        await send({"type": "websocket.send", "text": body.decode()})


def frame(rows: Sequence[Row], *, apart: bool, merged: bool) -> bytes:
    """One message: a stream for each entry. Where labels are not kept apart, history has them merged (``merged``) and a
    live entry has those of its stream only (protocols.md 6.5)."""
    streams = []
    for row in rows:
        labels, entry = entry_of(row, apart=apart)
        if not apart and not merged:
            labels = dict(sorted(row.kept_stream().items()))
        streams.append({"stream": labels, "values": [entry]})
    return orjson.dumps({"streams": streams} | ({"encodingFlags": [CATEGORIZE]} if apart else {}))
