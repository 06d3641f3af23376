"""A machine with a real Prometheus that scrapes a real node exporter, and a home of its own for every test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.real import asked, until
from tests.e2e.terminal import environment

SCRAPED = "rate(node_cpu_seconds_total[5s])"
"""Finds something once the node exporter was scraped twice."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home directory without any configuration."""
    directory = tmp_path / "home"
    directory.mkdir()
    return directory


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """The environment of a program that this user starts."""
    return environment(home)


@pytest.fixture(scope="session")
def site(prometheus_factory: Callable[..., str], node_exporter: str) -> str:
    """The URL of a real Prometheus that has scraped a real node exporter every second, at least twice."""
    url = prometheus_factory({"node": [node_exporter.removeprefix("http://")]})
    until(lambda: asked(url, SCRAPED), f"{url} has not scraped {node_exporter}")
    return url
