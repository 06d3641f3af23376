"""Every Loki passes the same checks. Here: the recordings of a real one, replayed; the demo's is tried in tests/demo."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from noc.config.server import Server
from noc.model.clock import FixedClock
from noc.sources.http import client
from noc.sources.loki import LokiSource
from tests.sources.loki_contract import AS_RECORDED, CHECKS, LIVE, NOW, TAILS, Check, Subject, answered_as_recorded
from tests.sources.recorded import Replay


@pytest.fixture
async def recorded() -> AsyncIterator[Subject]:
    """A real Loki's answers, replayed."""
    server = Server(url="http://loki:3100")
    http = client(server, Replay())
    yield Subject(http, LokiSource(server, http, FixedClock(NOW)))
    await http.aclose()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_recordings_pass(check: Check, recorded: Subject) -> None:
    await check(recorded)


@pytest.mark.parametrize("name", AS_RECORDED)
async def test_the_recordings_are_answered_as_recorded(name: str, recorded: Subject) -> None:
    await answered_as_recorded(recorded, name)


def test_each_check_stands_in_one_list() -> None:
    names = [one.__name__ for one in (*CHECKS, *LIVE, *TAILS)]
    assert len(names) == len(set(names)) == 25
    assert len(AS_RECORDED) == len(set(AS_RECORDED))
