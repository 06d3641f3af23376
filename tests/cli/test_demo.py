"""``noc demo --serve`` prints its servers and sends its lines to a Loki that is named; it runs as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from noc.cli.exits import Exit
from noc.cli.main import run
from tests.e2e.real import until

NAMES = ("prometheus", "loki", "alertmanager", "exporter", "health")


@contextmanager
def served(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A running ``noc demo --serve`` and the URLs it has printed, by name."""
    command = [sys.executable, "-m", "noc", "demo", "--serve", *arguments]
    environ = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "PUSH_TOKEN": "open-sesame"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)
    try:
        assert process.stdout is not None
        printed = [process.stdout.readline().split() for _ in NAMES]
        yield process, dict(printed)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def recording() -> Iterator[tuple[str, list[tuple[dict[str, str], dict[str, Any]]]]]:
    """A stand-in for Loki: its URL, and headers and body of every push it took."""
    pushes: list[tuple[dict[str, str], dict[str, Any]]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            pushes.append(({**dict(self.headers), "path": self.path}, json.loads(content)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", pushes
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_servers_are_printed_one_a_line_and_answer(tmp_path: Path) -> None:
    with served(tmp_path, "--scenario", "calm") as (process, urls):
        assert tuple(urls) == NAMES
        ready = httpx.get(f"{urls['loki']}/ready", timeout=30)
        assert (ready.status_code, ready.text) == (200, "ready\n")
        labels = httpx.get(f"{urls['loki']}/loki/api/v1/label/job/values", timeout=60).json()
        assert labels == {"status": "success", "data": ["laravel", "mysql", "nginx"]}
        assert httpx.get(f"{urls['health']}/health", timeout=30).json()["status"] == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == Exit.OK


def test_lines_are_sent_to_a_loki_of_the_configuration_with_its_login_and_tenant(tmp_path: Path) -> None:
    with recording() as (url, pushes):
        (tmp_path / "noc.yaml").write_text(
            f"environments:\n  live:\n    loki: {{url: '{url}', tenant: shop, bearer_env: PUSH_TOKEN}}\n"
        )
        arguments = ["--push-loki", url, "--config", str(tmp_path / "noc.yaml")]
        with served(tmp_path, *arguments) as (process, _):
            until(lambda: len(pushes) >= 3, "nothing was pushed")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == Exit.OK
    headers, sent = pushes[0]
    assert headers["path"] == "/loki/api/v1/push"
    assert headers["X-Scope-OrgID"] == "shop"
    assert headers["Authorization"] == "Bearer open-sesame"
    assert {stream["stream"]["job"] for stream in sent["streams"]} <= {"laravel", "mysql", "nginx"}
    lines = [
        (stream["stream"]["job"], *value[:2])
        for _, one in pushes
        for stream in one["streams"]
        for value in stream["values"]
    ]
    assert len({str(line) for line in lines}) == len(lines) > 100


def test_a_loki_to_push_to_needs_the_servers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--push-loki", "http://127.0.0.1:1"]) == Exit.USAGE
    assert "it goes with --serve" in capsys.readouterr().err


def test_a_bad_address_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert run(["demo", "--serve", "--push-loki", "ftp://example.com"]) == Exit.ERROR
    assert capsys.readouterr() == ("", "--push-loki: the URL must begin with http:// or https://\n")
