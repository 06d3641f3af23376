"""A canned Prometheus: cheap answers that cost the machine little, so that what is measured is the wall.

``python -m tests.benchmarks.stub [--series N]`` prints its URL and serves until it is ended. Every value moves with the
time. ``/_hang`` makes all further questions wait for ever, ``/_count`` tells how many were asked and answered, and with
how many bytes. For correctness use the real one.
"""

from __future__ import annotations

import argparse
import http.server
import json
import math
import socketserver
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx


class State:
    """What all connections share."""

    def __init__(self, series: int) -> None:
        self.series = series
        self.hanging = threading.Event()
        self.lock = threading.Lock()
        self.requests = 0
        self.sent = 0

    def counted(self, size: int) -> None:
        with self.lock:
            self.requests += 1
            self.sent += size


def value(at: float, number: int) -> str:
    """A day's wave with a ripple, as traffic has."""
    wave = 500 + 300 * math.sin(at / 13_750 + number) + 40 * math.sin(at / 700 + 2 * number) + 9 * math.sin(at / 7)
    return f"{wave:.3f}"


def matrix(start: float, end: float, step: float, series: int) -> dict[str, Any]:
    points = int((end - start) / step + 1e-6) + 1
    result = [
        {
            "metric": {"instance": f"app-{number:02d}:9100"},
            "values": [[start + point * step, value(start + point * step, number)] for point in range(points)],
        }
        for number in range(series)
    ]
    return {"resultType": "matrix", "result": result}


def vector(at: float) -> dict[str, Any]:
    return {"resultType": "vector", "result": [{"metric": {}, "value": [at, value(at, 0)]}]}


def answer(path: str, form: dict[str, list[str]], series: int) -> object:
    if path.endswith("/query_range"):
        start, end, step = (float(form[name][0]) for name in ("start", "end", "step"))
        return matrix(start, end, step, series)
    if path.endswith("/query"):
        return vector(float(form["time"][0]) if "time" in form else time.time())
    return {"version": "2.42.0", "goVersion": "go1.19"} if path.endswith("buildinfo") else []


class Handler(http.server.BaseHTTPRequestHandler):
    """Speaks to one connection."""

    protocol_version = "HTTP/1.1"
    state: State

    def setup(self) -> None:
        super().setup()
        assert isinstance(self.server, Server)
        self.state = self.server.state

    def log_message(self, *_: object) -> None:
        """Standard error stays empty."""

    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        form = urllib.parse.parse_qs(url.query)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionResetError("killed in the middle of a question")
        form.update(urllib.parse.parse_qs(body.decode()))
        if url.path == "/_hang":
            self.state.hanging.set()
            self._send({})
        elif url.path == "/_count":
            self._send({"requests": self.state.requests, "sent": self.state.sent})
        else:
            if self.state.hanging.is_set():
                threading.Event().wait()
            found = {"status": "success", "data": answer(url.path, form, self.state.series)}
            self.state.counted(self._send(found))

    do_POST = do_GET

    def _send(self, document: object) -> int:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return len(body)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, series: int) -> None:
        self.state = State(series)
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A wall that is killed resets its connections; anything else is a fault of the stub's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running(series: int = 3) -> Iterator[str]:
    """The stub as a process of its own; yields its URL."""
    command = [sys.executable, "-m", "tests.benchmarks.stub", "--series", str(series)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def hang(url: str) -> None:
    """From now on no question is answered."""
    httpx.get(f"{url}/_hang", timeout=5).raise_for_status()


def count(url: str) -> tuple[int, int]:
    """Questions answered so far and the bytes of their bodies."""
    found = httpx.get(f"{url}/_count", timeout=5).json()
    return int(found["requests"]), int(found["sent"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=3)
    server = Server(parser.parse_args().series)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
