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
from contextlib import ExitStack, contextmanager
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


ALERTMANAGER_CONFIG = """
route:
  receiver: noc
  group_by: [alertname, severity, category]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 3h
  routes:
    - {matchers: ['alertname="Watchdog"'], receiver: deadman}
    - {matchers: ['severity=~"critical|high|medium|low"'], receiver: noc, group_by: ['...'], continue: true}
    - {matchers: ['severity="critical"'], receiver: slack-critical}
    - {matchers: ['severity="high"'], receiver: slack-high}
    - {matchers: ['severity="medium"'], receiver: slack-medium, mute_time_intervals: [weekly-db-maintenance]}
    - {matchers: ['severity="low"'], receiver: slack-daily}
time_intervals:
  - name: weekly-db-maintenance
    time_intervals: [{weekdays: [sunday], times: [{start_time: '02:00', end_time: '04:00'}], location: UTC}]
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity=~"high|medium|low"']
    equal: [alertname, company_id]
receivers:
  - name: noc
  - name: deadman
  - name: slack-critical
  - name: slack-high
  - name: slack-medium
  - name: slack-daily
"""
"""The corrected routes, muting and inhibition; its receivers tell nobody, and groups are made at once."""


class Alertmanager:
    """A real Alertmanager on one port and one data directory through all its lives.

    ``peers`` are the ``host:port`` of members of its cluster; None: it stands alone. ``cluster_port`` is its own there.
    ``prefix`` (``/alertmanager``) is where all it serves lies; it is part of ``url``.
    """

    def __init__(
        self,
        directory: Path,
        *,
        config_yaml: str = ALERTMANAGER_CONFIG,
        peers: Sequence[str] | None = None,
        cluster_port: int = 0,
        prefix: str = "",
        retention: str = "120h",
        flags: Sequence[str] = (),
    ) -> None:
        program = require("prometheus-alertmanager")
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        directory.mkdir(exist_ok=True)
        config = directory / "alertmanager.yml"
        config.write_text(config_yaml)
        cluster = [f"--cluster.listen-address={f'127.0.0.1:{cluster_port}' if peers is not None else ''}"]
        if peers is not None:
            cluster += [f"--cluster.peer={peer}" for peer in peers]
            cluster += [
                "--cluster.gossip-interval=50ms",
                "--cluster.settle-timeout=1s",
                "--cluster.pushpull-interval=1s",
            ]
            cluster += ["--cluster.reconnect-interval=500ms", "--cluster.peer-timeout=1s"]
        port = free_port()
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}{prefix}"
        self._command = [
            program,
            f"--config.file={config}",
            f"--storage.path={directory / 'data'}",
            f"--data.retention={retention}",
            f"--web.listen-address={self.host}",
            f"--web.route-prefix={prefix or '/'}",
            "--log.level=warn",
            *cluster,
            *flags,
        ]

    def start(self) -> None:
        """Start it and wait until it answers. AssertionError with its log when it does not."""
        with (self._directory / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT, cwd=self._directory)
        if not _becomes_ready(self._process, f"{self.url}/-/ready", time.monotonic() + START_DEADLINE):
            self.stop()
            raise AssertionError(f"{self._command[0]} did not become ready:\n{_log(self._directory)}")

    def stop(self) -> None:
        """Stop it as a service manager does; idempotent. Silences survive, alerts do not."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


@contextmanager
def alertmanager(
    config_yaml: str = ALERTMANAGER_CONFIG, *, prefix: str = "", retention: str = "120h", flags: Sequence[str] = ()
) -> Iterator[str]:
    """A real Alertmanager that stands alone; yields its URL, prefix included."""
    options = {"config_yaml": config_yaml, "prefix": prefix, "retention": retention, "flags": flags}
    with _cluster(lambda directory: [Alertmanager(directory, **options)]) as members:  # type: ignore[arg-type]
        yield members[0].url


@contextmanager
def alertmanager_cluster(n: int = 2, config_yaml: str = ALERTMANAGER_CONFIG) -> Iterator[list[Alertmanager]]:
    """A real cluster of ``n`` members that know each other; each can be stopped and started again."""

    def made(directory: Path) -> list[Alertmanager]:
        ports = [free_port() for _ in range(n)]
        hosts = [f"127.0.0.1:{port}" for port in ports]
        return [
            Alertmanager(
                directory / f"member-{number}",
                config_yaml=config_yaml,
                peers=[host for host in hosts if host != hosts[number]],
                cluster_port=port,
            )
            for number, port in enumerate(ports)
        ]

    with _cluster(made) as members:
        for member in members:
            _settles(member, n)
        yield members


@contextmanager
def _cluster(made: Callable[[Path], list[Alertmanager]]) -> Iterator[list[Alertmanager]]:
    """Members started until the block ends; where a port was taken meanwhile, all are made anew."""
    deadline = time.monotonic() + START_DEADLINE
    with ExitStack() as stack:
        while True:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="noc-alertmanager-")))
            members = made(directory)
            for member in members:
                stack.callback(member.stop)
            try:
                for member in members:
                    member.start()
                break
            except AssertionError as fault:
                if time.monotonic() > deadline or "address already in use" not in str(fault):
                    raise
                for member in members:
                    member.stop()
        yield members


def _settles(member: Alertmanager, n: int) -> None:
    """Wait until a member sees all ``n`` and has settled: before that it may not hear of a silence."""
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        cluster = httpx.get(f"{member.url}/api/v2/status", timeout=5).json()["cluster"]
        if cluster["status"] == "ready" and len(cluster["peers"]) == n:
            return
        time.sleep(0.05)
    raise AssertionError(f"{member.url} does not see its {n} members: {cluster}")
