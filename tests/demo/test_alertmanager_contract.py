"""The emulated Alertmanager answers one list of requests as the list says, and in every other detail as a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from noc.demo import routing
from noc.demo.alertmanager import AlertmanagerApi
from noc.demo.corrected import CONFIG
from noc.demo.server import DemoServer, HandlerApp
from noc.model.clock import SystemClock
from tests.sources.alertmanager_contract import STORIES, Step, Told, ask

STORY_NAMES = [story.__name__ for story in STORIES]


@pytest.fixture(scope="module")
def real(alertmanager_factory: Callable[..., str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=alertmanager_factory(routing.document(CONFIG))) as client:
        yield client


@pytest.fixture(scope="module")
def emulated() -> Iterator[httpx.Client]:
    with emulation() as client:
        yield client


@contextmanager
def emulation(**options: object) -> Iterator[httpx.Client]:
    clock = SystemClock()
    api = AlertmanagerApi(clock, started=clock.now(), **options)  # type: ignore[arg-type]
    with (
        DemoServer({"alertmanager": HandlerApp(api)}) as server,
        httpx.Client(base_url=server.urls["alertmanager"]) as client,
    ):
        yield client


def unmet(answers: list[tuple[Step, Told]]) -> list[object]:
    """The answers that are not what their step says."""
    return [
        (step.what, step.status, step.says, answer)
        for step, answer in answers
        if answer.status != step.status or (step.says is not ... and answer.body != step.says)
    ]


@pytest.mark.parametrize("story", STORIES, ids=STORY_NAMES)
def test_the_emulation_keeps_the_contract(story: Callable[[], Iterator[Step]], emulated: httpx.Client) -> None:
    assert unmet(ask(emulated, story)) == []


@pytest.mark.servers
@pytest.mark.parametrize("story", STORIES, ids=STORY_NAMES)
def test_a_real_alertmanager_and_the_emulation_answer_alike(
    story: Callable[[], Iterator[Step]], real: httpx.Client
) -> None:
    """A fresh emulation: its neighbour above has heard the story already."""
    ours = real_answers = ask(real, story)
    assert unmet(real_answers) == []
    with emulation() as client:
        ours = ask(client, story)
    assert [answer for _, answer in ours] == [answer for _, answer in real_answers]
