"""Real servers as the end-to-end tests need them: asked directly, and stopped and started again where they stood."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.servers import free_port, require

DEADLINE = 60.0


def asked(url: str, expr: str) -> list[dict[str, Any]]:
    """What a server answers to an instant query now: Prometheus's own vector, or a scalar as one series."""
    data = httpx.post(f"{url}/api/v1/query", data={"query": expr}, timeout=30).json()["data"]
    result = data["result"]
    return [{"metric": {}, "value": result}] if data["resultType"] == "scalar" else result


def number(url: str, expr: str) -> float:
    """The value of the one series a query finds."""
    (series,) = asked(url, expr)
    return float(series["value"][1])


def until(true: Callable[[], object], complaint: str, deadline: float = DEADLINE) -> None:
    """Ask again and again until it is true. Servers tell nobody when they are ready."""
    end = time.monotonic() + deadline
    pause = threading.Event()
    while not true():
        assert time.monotonic() < end, complaint
        pause.wait(0.05)


class Prometheus:
    """A real Prometheus that watches itself, on one port and one data directory through all its lives."""

    def __init__(self, directory: Path) -> None:
        self._program = require("prometheus")
        self._directory = directory
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"
        jobs = [{"job_name": "self", "static_configs": [{"targets": [f"127.0.0.1:{self._port}"]}]}]
        config = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}
        (directory / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self._directory / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._program,
                    f"--config.file={self._directory / 'prometheus.yml'}",
                    f"--storage.tsdb.path={self._directory / 'data'}",
                    f"--web.listen-address=127.0.0.1:{self._port}",
                    "--log.level=warn",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(self._ready, f"{self.url} is not ready")

    def stop(self) -> None:
        """Stop it as a service manager does; idempotent."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def _ready(self) -> bool:
        assert self._process is not None and self._process.poll() is None, (self._directory / "log.txt").read_text()
        try:
            return httpx.get(f"{self.url}/-/ready", timeout=1).status_code == 200
        except httpx.TransportError:
            return False
