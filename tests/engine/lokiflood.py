"""``python -m tests.engine.lokiflood``: a log server in a process of its own whose lines are a function of time.

Line number n has its time and text by its number alone, five of them share a nanosecond; so whoever followed can tell which
are missing. It answers query_range and the count of a window, and tails, which it ends by 1011.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import parse_qs

import httpx
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from noc.model.logs import SECOND
from tests.e2e.real import until

TOGETHER = 5
FRAME = 100
PACE = 0.02  # seconds between two rounds of frames
STREAMS = ({"app": "shop", "host": "a"}, {"app": "shop", "host": "b"})
PADDING = "checkout of the basket took longer than it should have and nobody knows why " * 3


@dataclass(frozen=True, slots=True)
class Lines:
    """``rate`` lines a second from ``begin`` (unix nanoseconds) on, ``most`` in all."""

    begin: int
    rate: int
    most: int

    def at(self, number: int) -> int:
        return self.begin + number // TOGETHER * TOGETHER * SECOND // self.rate

    def until(self, moment: int) -> int:
        """How many lines have a time before that moment."""
        if not self.most:
            return 0
        found = max(0, (moment - self.begin) * self.rate // SECOND - TOGETHER)
        while self.at(found) < moment:
            found += 1
        return min(found, self.most)

    def text(self, number: int) -> str:
        return f"line {number} {PADDING}"

    def value(self, number: int) -> list[object]:
        return [str(self.at(number)), self.text(number), {}]


class Flood:
    """The application: dry until it is told to begin. ``cut``: seconds after which it ends a tail."""

    def __init__(self, rate: int, most: int, cut: float) -> None:
        self.rate = rate
        self.most = most
        self.cut = cut
        self.lines = Lines(0, rate, 0)

    async def begin(self, _: Request) -> Response:
        self.lines = Lines(time.time_ns(), self.rate, self.most)
        return Response(str(self.lines.begin))

    def held(self) -> int:
        return self.lines.until(time.time_ns())

    async def query_range(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        start, end, limit = (int(form[name][0]) for name in ("start", "end", "limit"))
        last = min(self.held(), self.lines.until(end))
        first = max(self.lines.until(start), last - limit)
        streams = [
            {"stream": labels, "values": [self.lines.value(n) for n in range(last - 1, first - 1, -1) if n % 2 == side]}
            for side, labels in enumerate(STREAMS)
        ]
        return answered({"resultType": "streams", "encodingFlags": ["categorize-labels"], "result": streams})

    async def query(self, request: Request) -> Response:
        """``sum(count_over_time(...))`` as START-END in nanoseconds: the expression is not this server's business."""
        start, end = (int(part) for part in parse_qs((await request.body()).decode())["query"][0].split("-"))
        found = min(self.held(), self.lines.until(end)) - min(self.held(), self.lines.until(start))
        return answered({"resultType": "vector", "result": [{"metric": {}, "value": [end / SECOND, str(found)]}]})

    async def tail(self, link: WebSocket) -> None:
        await link.accept()
        number = self.lines.until(int(link.query_params["start"]))
        end = time.monotonic() + self.cut
        with suppress(WebSocketDisconnect, RuntimeError):
            while time.monotonic() < end:
                held = self.held()
                while number < held:
                    upto = min(held, number + FRAME)
                    await link.send_bytes(self.frame(number, upto))
                    number = upto
                await asyncio.sleep(PACE)
            await link.close(1011, "reached tail max duration limit")

    def frame(self, first: int, last: int) -> bytes:
        streams = [{"stream": STREAMS[n % 2], "values": [self.lines.value(n)]} for n in range(first, last)]
        return orjson.dumps({"streams": streams, "encodingFlags": ["categorize-labels"]})

    def application(self) -> Starlette:
        routes = [
            Route("/begin", self.begin, methods=["POST"]),
            Route("/loki/api/v1/query_range", self.query_range, methods=["POST"]),
            Route("/loki/api/v1/query", self.query, methods=["POST"]),
            WebSocketRoute("/loki/api/v1/tail", self.tail),
        ]
        return Starlette(routes=routes)


def answered(data: dict[str, object]) -> Response:
    return Response(orjson.dumps({"status": "success", "data": data}), media_type="application/json")


def reachable(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def flood(port: int, rate: int, most: int, cut: float) -> Iterator[Callable[[], Lines]]:
    """Run it in a process of its own; how to let it begin, which tells what it will hold."""

    def begin() -> Lines:
        return Lines(int(httpx.post(f"http://127.0.0.1:{port}/begin", timeout=60).text), rate, most)

    numbers = (str(number) for number in (port, rate, most, cut))
    words = [sys.executable, "-m", "tests.engine.lokiflood", *numbers]
    with subprocess.Popen(words) as process:
        try:
            until(lambda: reachable(port), "the flood does not come")
            yield begin
        finally:
            process.kill()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("rate", type=int)
    parser.add_argument("most", type=int)
    parser.add_argument("cut", type=float)
    asked = parser.parse_args()
    app = Flood(asked.rate, asked.most, asked.cut).application()
    uvicorn.run(app, port=asked.port, log_level="critical", ws="websockets-sansio", ws_ping_interval=1.0)


if __name__ == "__main__":
    main()
