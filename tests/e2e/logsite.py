"""The demo's servers as a process of their own, on the machine's clock: a story that began some minutes ago.

``python -m tests.e2e.logsite --zero UNIX [--scenario NAME] [--port NAME=PORT]`` prints ``name URL`` a line and serves
until it is ended. Equal arguments serve the same lines: a server that is killed and started again forgets nothing.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from noc.model.clock import SystemClock
from noc.model.logs import SECOND
from tests.e2e.real import until
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("prometheus", "loki", "alertmanager")
BREACH = "cross-tenant-breach"


class LogSite:
    """A Prometheus, a Loki and an Alertmanager of the demo; killed and started again they stand where they stood."""

    def __init__(self, scenario: str = BREACH, ago: float = 600.0) -> None:
        self._scenario = scenario
        self._zero = SystemClock().now() - ago
        self._ports = {name: free_port() for name in NAMES}
        self._process: subprocess.Popen[bytes] | None = None
        self.urls = {name: f"http://127.0.0.1:{port}" for name, port in self._ports.items()}

    def start(self) -> LogSite:
        """Start them and wait until they answer."""
        command = [sys.executable, "-m", "tests.e2e.logsite", "--zero", str(self._zero), "--scenario", self._scenario]
        command += [word for name, port in self._ports.items() for word in ("--port", f"{name}={port}")]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until(self._ready, f"{self.loki} is not ready")
        return self

    def kill(self) -> None:
        """Gone from one moment to the next; idempotent."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def _ready(self) -> bool:
        assert self._process is not None and self._process.poll() is None, "the demo's servers ended"
        try:
            return httpx.get(f"{self.loki}/ready", timeout=1).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def loki(self) -> str:
        return self.urls["loki"]

    @property
    def prometheus(self) -> str:
        return self.urls["prometheus"]

    @property
    def alertmanager(self) -> str:
        return self.urls["alertmanager"]

    @property
    def flags(self) -> list[str]:
        """All three, as the command line names them."""
        return [word for name, url in self.urls.items() for word in (f"--{name}", url)]

    def lines(self, query: str, start: float, end: float, limit: int = 5000) -> list[tuple[int, str]]:
        """What the Loki API says of a window (unix seconds), oldest first: (nanoseconds, text)."""
        asked = {
            "query": query,
            "start": str(int(start * SECOND)),
            "end": str(int(end * SECOND)),
            "limit": str(limit),
            "direction": "forward",
        }
        data = httpx.get(f"{self.loki}/loki/api/v1/query_range", params=asked, timeout=30).raise_for_status().json()
        found = [(int(entry[0]), entry[1]) for stream in data["data"]["result"] for entry in stream["values"]]
        return sorted(found)

    def silences(self) -> list[dict[str, Any]]:
        """Silences of the Alertmanager, as its API lists them."""
        found: list[dict[str, Any]] = httpx.get(f"{self.alertmanager}/api/v2/silences", timeout=30).json()
        return found


@contextmanager
def logsite(scenario: str = BREACH, ago: float = 600.0) -> Iterator[LogSite]:
    """Servers whose story began ``ago`` seconds ago."""
    found = LogSite(scenario, ago)
    try:
        yield found.start()
    finally:
        found.kill()


def serve(scenario: str, zero: float, ports: Mapping[str, int]) -> None:
    """Serve until ended."""
    from noc.demo.gateway import Gateway
    from noc.demo.lokitail import LokiApp
    from noc.demo.server import DemoServer, HandlerApp

    gateway = Gateway(scenario, zero, 1, SystemClock())
    apps = {
        "prometheus": HandlerApp(gateway.prometheus),
        "loki": LokiApp(gateway.loki),
        "alertmanager": HandlerApp(gateway.alertmanagers[0]),
    }
    with DemoServer(apps, ports) as server:
        for name, url in server.urls.items():
            print(name, url, flush=True)
        signal.pause()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default=BREACH)
    parser.add_argument("--zero", type=float, required=True)
    parser.add_argument("--port", action="append", default=[])
    asked = parser.parse_args()
    ports = {name: int(port) for name, _, port in (one.partition("=") for one in asked.port)}
    serve(asked.scenario, asked.zero, ports)


if __name__ == "__main__":
    main()
