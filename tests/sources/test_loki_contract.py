"""Every Loki passes the same checks: the recordings of a real one, and the demo's over the recorded lines."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from noc.config.server import Server
from noc.demo.logql.source import LineTable
from noc.demo.loki import LokiApi
from noc.demo.server import HandlerApp
from noc.model.clock import FixedClock
from noc.sources.http import client
from noc.sources.loki import LokiSource
from tests.sources.loki_contract import AS_RECORDED, CHECKS, LIVE, NOW, Check, Subject, answered_as_recorded
from tests.sources.recorded import Replay, recorded_lines


@pytest.fixture
async def recorded() -> AsyncIterator[Subject]:
    """A real Loki's answers, replayed."""
    server = Server(url="http://loki:3100")
    http = client(server, Replay())
    yield Subject(http, LokiSource(server, http, FixedClock(NOW)))
    await http.aclose()


@pytest.fixture
async def demo() -> AsyncIterator[Subject]:
    """The demo's Loki over the recorded lines, in process."""
    server, clock = Server(url="http://demo"), FixedClock(NOW)
    http = client(server, httpx.ASGITransport(HandlerApp(LokiApi(LineTable(recorded_lines()), clock))))
    yield Subject(http, LokiSource(server, http, clock))
    await http.aclose()


@pytest.mark.parametrize("check", [*CHECKS, *LIVE], ids=lambda check: check.__name__)
async def test_the_demo_passes(check: Check, demo: Subject) -> None:
    await check(demo)


@pytest.mark.parametrize("name", AS_RECORDED)
async def test_the_demo_answers_as_recorded(name: str, demo: Subject) -> None:
    await answered_as_recorded(demo, name)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_recordings_pass(check: Check, recorded: Subject) -> None:
    await check(recorded)


@pytest.mark.parametrize("name", AS_RECORDED)
async def test_the_recordings_are_answered_as_recorded(name: str, recorded: Subject) -> None:
    await answered_as_recorded(recorded, name)


def test_each_check_stands_in_one_list() -> None:
    assert not {one.__name__ for one in CHECKS} & {one.__name__ for one in LIVE}
    assert len(AS_RECORDED) == len(set(AS_RECORDED))
