"""The world's lines reach a Loki once each, in order, however it behaves; a stand-in records what it was sent."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from noc.config.credentials import Basic
from noc.config.server import Server
from noc.demo.events import Journal
from noc.demo.logql.source import LineTable
from noc.demo.pushing import BATCH_BYTES, BATCH_LINES, LokiPush, batches, body
from noc.demo.samples import LabelMatcher
from noc.demo.world import World
from noc.model.clock import FixedClock
from noc.model.errors import Auth, Overloaded, Unreachable
from noc.model.logs import SECOND, LogLine
from noc.sources.http import client

ZERO = 1_794_960_000.0
LABELS = (("job", "laravel"), ("level", "warning"))
SERVER = Server(url="http://loki:3100/prefix")


class Recorder:
    """A Loki that keeps what it took. ``answers`` are statuses or failures for the next requests, 204 afterwards."""

    def __init__(self, *answers: int | httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.taken: list[tuple[int, str, dict[str, str], dict[str, str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        response = httpx.Response(answer) if isinstance(answer, int) else answer
        if response.is_success:
            for stream in json.loads(request.content)["streams"]:
                self.taken += [(int(at), text, stream["stream"], extra) for at, text, extra in stream["values"]]
        return response


def push(
    lines: list[LogLine], recorder: Recorder, clock: FixedClock, said: list[str] | None = None, server: Server = SERVER
) -> LokiPush:
    http = client(server, httpx.MockTransport(recorder))
    return LokiPush(LineTable(lines), http, clock, ZERO, (said if said is not None else []).append)


def made(count: int, spacing: int = SECOND, text: str = "line") -> list[LogLine]:
    """Lines from ZERO on, ``spacing`` nanoseconds apart."""
    start = round(ZERO * SECOND)
    metadata = (("detected_level", "warn"), ("trace_id", "req_1"))
    return [LogLine(start + number * spacing, f"{text} {number}", LABELS, metadata) for number in range(count)]


async def test_a_request_has_lokis_own_shape_and_address() -> None:
    recorder = Recorder()
    await push(made(2), recorder, FixedClock(ZERO + 5)).send_due()
    (request,) = recorder.requests
    assert (request.method, str(request.url)) == ("POST", "http://loki:3100/prefix/loki/api/v1/push")
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {
        "streams": [
            {
                "stream": {"job": "laravel", "level": "warning"},
                "values": [
                    ["1794960000000000000", "line 0", {"trace_id": "req_1"}],
                    ["1794960001000000000", "line 1", {"trace_id": "req_1"}],
                ],
            }
        ]
    }


async def test_what_has_not_happened_yet_is_not_sent() -> None:
    recorder, clock = Recorder(), FixedClock(ZERO + 2.5)
    pushing = push(made(10), recorder, clock)
    await pushing.send_due()
    assert [text for _, text, _, _ in recorder.taken] == ["line 0", "line 1", "line 2"]
    await pushing.send_due()
    assert len(recorder.requests) == 1
    clock.advance(2.0)
    await pushing.send_due()
    assert [text for _, text, _, _ in recorder.taken][3:] == ["line 3", "line 4"]


async def test_every_line_of_the_world_arrives_once_as_the_clock_goes_on() -> None:
    journal = Journal(World(2, "webhook-attack", ZERO))
    recorder, clock = Recorder(), FixedClock(ZERO + 600)
    pushing = LokiPush(journal, client(SERVER, httpx.MockTransport(recorder)), clock, ZERO + 540, print)
    for step in (0.0, 2.0, 1.7, 11.3, 0.0, 44.9):
        clock.advance(step)
        await pushing.send_due()
    everything = [LabelMatcher("job", "=~", ".+")]
    lines = list(journal.lines(everything, round((ZERO + 540) * SECOND), round(clock.now() * SECOND)))
    assert len(lines) > 200
    assert sorted((at, text) for at, text, _, _ in recorder.taken) == sorted((line.at, line.text) for line in lines)
    assert pushing.tally.accepted == len(lines)
    assert {tuple(sorted(labels.items())) for _, _, labels, _ in recorder.taken} == {line.labels for line in lines}
    assert all("detected_level" not in extra for _, _, _, extra in recorder.taken)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_busy_loki_gets_the_same_batch_again_and_no_line_twice(status: int) -> None:
    recorder = Recorder(204, status, status)
    pushing = push(made(2500, SECOND // 1000), recorder, FixedClock(ZERO + 60))
    for _ in range(2):
        with pytest.raises(Overloaded):
            await pushing.send_due()
    await pushing.send_due()
    assert [text for _, text, _, _ in recorder.taken] == [f"line {number}" for number in range(2500)]
    assert recorder.requests[1].content == recorder.requests[2].content == recorder.requests[3].content


async def test_a_lost_connection_is_tried_again() -> None:
    recorder = Recorder(httpx.ConnectError("refused"), httpx.ReadTimeout("late"))
    pushing = push(made(3), recorder, FixedClock(ZERO + 60))
    for _ in range(2):
        with pytest.raises(Unreachable):
            await pushing.send_due()
    await pushing.send_due()
    assert len(recorder.taken) == 3


async def test_lines_that_loki_will_not_have_are_counted_said_once_and_left_behind() -> None:
    refusal = httpx.Response(400, text="entry for stream '{job=\"laravel\"}' has timestamp too old: \x1b[31m2026\n")
    recorder, said = Recorder(refusal, httpx.Response(400, text="again")), list[str]()
    pushing = push(made(2500, SECOND // 1000), recorder, FixedClock(ZERO + 60), said)
    await pushing.send_due()
    assert (pushing.tally.accepted, pushing.tally.refused) == (500, 2000)
    assert said == [
        "400 from http://loki:3100/prefix: entry for stream '{job=\"laravel\"}' has timestamp too old: ␛[31m2026"
    ]
    assert [text for _, text, _, _ in recorder.taken] == [f"line {number}" for number in range(2000, 2500)]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_login_ends_it(status: int) -> None:
    recorder = Recorder(httpx.Response(status, text="no org id\n"))
    with pytest.raises(Auth, match=f"^{status} from http://loki:3100/prefix: no org id$"):
        await push(made(1), recorder, FixedClock(ZERO + 60)).run(random.Random(1), waiting([]))


async def test_something_that_is_no_loki_is_named() -> None:
    with pytest.raises(Unreachable, match="404 from http://loki:3100/prefix: nothing here; is this a Loki\\?"):
        await push(made(1), Recorder(httpx.Response(404, text="nothing here")), FixedClock(ZERO + 60)).send_due()


async def test_tenant_and_login_go_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_PASSWORD", "secret")
    server = Server(url="http://loki:3100", tenant="shop", basic=Basic(username="noc", password_env="PUSH_PASSWORD"))
    recorder = Recorder()
    await push(made(1), recorder, FixedClock(ZERO + 60), server=server).send_due()
    headers = recorder.requests[0].headers
    assert headers["x-scope-orgid"] == "shop"
    assert headers["authorization"] == "Basic bm9jOnNlY3JldA=="


async def test_a_password_that_is_not_there_ends_it_without_a_request() -> None:
    server = Server(url="http://loki:3100", basic=Basic(username="noc", password_env="NOT_SET_ANYWHERE"))
    recorder = Recorder()
    with pytest.raises(Auth, match="NOT_SET_ANYWHERE"):
        await push(made(1), recorder, FixedClock(ZERO + 60), server=server).send_due()
    assert recorder.requests == []


class Enough(Exception):
    """Ends a run that would go on for ever."""


def waiting(
    pauses: list[float], rounds: int = 1, clock: FixedClock | None = None
) -> Callable[[float], Awaitable[None]]:
    """Notes each pause instead of waiting for it, moves the clock on, and ends the run after some."""

    async def wait(seconds: float) -> None:
        pauses.append(seconds)
        if clock is not None:
            clock.advance(seconds)
        if len(pauses) >= rounds:
            raise Enough
        await asyncio.sleep(0)

    return wait


async def test_a_run_follows_the_clock_every_two_seconds() -> None:
    recorder, clock, pauses = Recorder(), FixedClock(ZERO + 1), list[float]()
    with pytest.raises(Enough):
        await push(made(100), recorder, clock).run(random.Random(1), waiting(pauses, 5, clock))
    assert pauses == [2.0] * 5
    assert len(recorder.taken) == 9


async def test_a_run_backs_off_says_so_once_and_says_when_it_is_over() -> None:
    recorder = Recorder(503, 503, 503, 204)
    clock, pauses, said = FixedClock(ZERO + 1), list[float](), list[str]()
    with pytest.raises(Enough):
        await push(made(3), recorder, clock, said).run(random.Random(1), waiting(pauses, 4, clock))
    assert said == ["503 from http://loki:3100/prefix; trying again", "http://loki:3100/prefix takes lines again"]
    assert pauses[3] == 2.0
    assert all(0.25 <= pause <= ceiling for pause, ceiling in zip(pauses, (2.0, 4.0, 8.0), strict=False))
    assert len(recorder.taken) == 3


async def test_a_loki_that_says_how_long_to_wait_is_left_alone_for_so_long() -> None:
    recorder = Recorder(httpx.Response(429, headers={"Retry-After": "30"}, text="ingestion rate limit exceeded"))
    clock, pauses, said = FixedClock(ZERO + 1), list[float](), list[str]()
    with pytest.raises(Enough):
        await push(made(3), recorder, clock, said).run(random.Random(1), waiting(pauses, 1, clock))
    assert pauses == [30.0]
    assert said == ["429 from http://loki:3100/prefix: ingestion rate limit exceeded; trying again"]


def test_batches_are_bounded_by_lines_and_by_bytes() -> None:
    many = list(batches(iter(made(2 * BATCH_LINES + 1))))
    assert [len(batch) for batch in many] == [BATCH_LINES, BATCH_LINES, 1]
    heavy = [LogLine(number, "x" * 300_000, LABELS) for number in range(7)]
    assert [len(batch) for batch in batches(iter(heavy))] == [BATCH_BYTES // 300_000] * 2 + [1]
    assert list(batches(iter([]))) == []


def test_lines_of_one_moment_stay_together() -> None:
    crowd = [LogLine(number // 700, f"line {number}", LABELS) for number in range(2100)]
    assert [len(batch) for batch in batches(iter(crowd))] == [700, 700, 700]


def test_hostile_text_is_sent_as_it_is() -> None:
    text = '{"payload":"\\u001b[31m"} \x1b]0;title\x07 \u202e\x00 "quoted" \\ 漢字'
    sent: dict[str, Any] = json.loads(body([LogLine(1, text, LABELS)]))
    assert sent["streams"][0]["values"] == [["1", text, {}]]
