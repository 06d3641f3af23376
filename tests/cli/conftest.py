"""Fixtures of the commands of alert work: a room with an Alertmanager, and a shell in it whose clock stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from noc.demo.server import DemoServer, HandlerApp
from noc.model.clock import SystemClock
from tests.alertgiven import NOW
from tests.cli.alertgiven_cli import Front, Room, Shell


@pytest.fixture(scope="session")
def front() -> Iterator[tuple[Front, str]]:
    """One port for all tests of a worker, and what stands behind it."""
    behind = Front()
    with DemoServer({"alertmanager": HandlerApp(behind)}) as server:
        yield behind, server.urls["alertmanager"]


@pytest.fixture
def room(front: tuple[Front, str]) -> Room:
    """A fresh Alertmanager."""
    front[0].room = Room()
    return front[0].room


@pytest.fixture
def alertmanager(front: tuple[Front, str]) -> str:
    """Where it answers."""
    return front[1]


@pytest.fixture
def noc(
    room: Room,
    alertmanager: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """Commands in mara's home: the environment is prod, the clock stands at NOW, nobody sits at a terminal."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "NOC_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(SystemClock, "now", lambda self: NOW)
    settings = {"author": "mara", "timezone": "UTC", "environments": {"prod": {"alertmanager": alertmanager}}}
    return Shell(tmp_path, capsys, monkeypatch, settings)
