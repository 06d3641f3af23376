"""Debian's real monitoring programs as context managers: free loopback ports, temporary directories, readiness polled.

A missing program skips the test with the reason; with ``NOC_REQUIRE_SERVERS=1`` (continuous integration) it fails.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

from noc.demo.samples import Samples, SampleTable
from noc.model.series import labels_of
from tests import remotewrite

START_DEADLINE = 30.0
"""Seconds until a program must answer; they take well under one on an idle machine."""


def require(program: str) -> str:
    """The program's path; skips the test where it is not installed, or fails it if servers are required."""
    path = shutil.which(program)
    if path is None:
        reason = f"{program} is not installed"
        if os.environ.get("NOC_REQUIRE_SERVERS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Callable[[int], Sequence[str]], ready: str, directory: Path) -> Iterator[str]:
    """Run ``command(port)`` until the block ends and yield its base URL once ``ready`` answers 200.

    A port that was taken between choosing and binding makes the program exit; it is then tried on another.
    """
    deadline = time.monotonic() + START_DEADLINE
    while True:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with (directory / "log.txt").open("wb") as log:
            process = subprocess.Popen(command(port), stdout=log, stderr=subprocess.STDOUT, cwd=directory)
        try:
            if _becomes_ready(process, url + ready, deadline):
                yield url
                return
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if time.monotonic() > deadline or "address already in use" not in _log(directory):
            raise AssertionError(f"{command(port)[0]} did not become ready:\n{_log(directory)}")


def _becomes_ready(process: subprocess.Popen[bytes], url: str, deadline: float) -> bool:
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=1).status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    return False


def _log(directory: Path) -> str:
    return (directory / "log.txt").read_text(errors="replace")


@contextmanager
def prometheus(
    scrape: Mapping[str, Sequence[str]] | None = None,
    *,
    interval: str = "1s",
    rules: Sequence[str] = (),
    flags: Sequence[str] = (),
    alertmanagers: Sequence[str] = (),
    honor_labels: bool = False,
) -> Iterator[str]:
    """A real Prometheus; yields its URL.

    ``scrape`` maps job names to ``host:port`` targets, ``rules`` are whole rule files as YAML text, ``alertmanagers``
    are ``host:port``, ``flags`` further arguments of the program. ``honor_labels`` keeps the targets' own job and
    instance labels, as the demo's exporter wants it.
    """
    program = require("prometheus")
    with tempfile.TemporaryDirectory(prefix="noc-prometheus-") as name:
        directory = Path(name)
        files = []
        for number, text in enumerate(rules):
            files.append(str(directory / f"rules-{number}.yml"))
            Path(files[-1]).write_text(text)
        jobs = [
            {"job_name": job, "honor_labels": honor_labels, "static_configs": [{"targets": list(targets)}]}
            for job, targets in (scrape or {}).items()
        ]
        config = {
            "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "rule_files": files,
            "scrape_configs": jobs,
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": list(alertmanagers)}]}]},
        }
        (directory / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML

        def command(port: int) -> list[str]:
            return [
                program,
                f"--config.file={directory / 'prometheus.yml'}",
                f"--storage.tsdb.path={directory / 'data'}",
                "--storage.tsdb.retention.time=100y",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
                *flags,
            ]

        with running(command, "/-/ready", directory) as url:
            yield url


@contextmanager
def node_exporter(*flags: str) -> Iterator[str]:
    """A real node exporter; yields its URL."""
    program = require("prometheus-node-exporter")
    with tempfile.TemporaryDirectory(prefix="noc-node-exporter-") as name:

        def command(port: int) -> list[str]:
            return [program, f"--web.listen-address=127.0.0.1:{port}", *flags]

        with running(command, "/metrics", Path(name)) as url:
            yield url


@contextmanager
def prometheus_with_history(samples: Sequence[Samples], *, evaluation_interval: str = "1m") -> Iterator[str]:
    """A real Prometheus that holds exactly these samples, stale markers included; yields its URL.

    ``evaluation_interval`` is also the step of subqueries that state none.
    """
    with prometheus(interval=evaluation_interval, flags=["--web.enable-remote-write-receiver"]) as url:
        remotewrite.write(url, samples)
        yield url


def raw_samples(url: str, selector: str, window: str, at: float) -> SampleTable:
    """What a server holds: the raw samples of a selector in the window that ends at ``at``.

    Stale markers are not among them: a series that vanished looks here as if it had only not been scraped.
    """
    answer = httpx.post(f"{url}/api/v1/query", data={"query": f"{selector}[{window}]", "time": f"{at:.3f}"}, timeout=30)
    result = answer.json()["data"]["result"]
    return SampleTable(
        [
            Samples(
                labels_of(series["metric"]),
                np.array([float(time) for time, _ in series["values"]]),
                np.array([float(value) for _, value in series["values"]]),
            )
            for series in result
        ]
    )
