"""The emulated Loki's tail, over real sockets: history, live lines, refusals before and after the handshake, the ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from noc.demo.logql.source import LineTable
from noc.demo.loki import LokiApi
from noc.demo.lokitail import LokiApp
from noc.demo.server import DemoServer
from noc.model.clock import FixedClock
from noc.model.logs import SECOND, LogLine
from tests.demo.lokirecorded import recording

NOW = 1_700_000_000.0
START = int(NOW) * SECOND
LABELS = (("app", "shop"), ("level", "info"))


def _line(second: float, text: str, **beside: str) -> LogLine:
    return LogLine(
        START + int(second * SECOND), text, LABELS, tuple(sorted({"detected_level": "info", **beside}.items()))
    )


@contextmanager
def _served(*lines: LogLine, **options: Any) -> Iterator[tuple[str, FixedClock]]:
    clock = FixedClock(NOW)
    ends = {name: options.pop(name) for name in ("longest",) if name in options}
    app = LokiApp(LokiApi(LineTable(lines), clock, **options), pace=0.01, **ends)
    with DemoServer({"loki": app}) as server:
        yield server.urls["loki"], clock


@asynccontextmanager
async def _tail(url: str, headers: dict[str, str] | None = None, **params: object) -> AsyncIterator[ClientConnection]:
    query = urlencode({"query": '{app="shop"}', **params})
    address = f"{url.replace('http', 'ws')}/loki/api/v1/tail?{query}"
    async with websockets.connect(address, additional_headers=headers or {}, max_size=None) as connection:
        yield connection


async def _frame(connection: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await asyncio.wait_for(connection.recv(), 10))
    return found


def _texts(frame: dict[str, Any]) -> list[str]:
    return [one["values"][0][1] for one in frame["streams"]]


async def test_history_comes_first_oldest_first_and_only_the_newest() -> None:
    lines = [_line(-n, f"line {n}") for n in (1, 2, 3, 4000)]
    with _served(*lines) as (url, _):
        async with _tail(url) as connection:
            assert _texts(await _frame(connection)) == ["line 3", "line 2", "line 1"]
        async with _tail(url, limit=2) as connection:
            assert _texts(await _frame(connection)) == ["line 2", "line 1"]
        async with _tail(url, start=START - 5000 * SECOND) as connection:
            assert _texts(await _frame(connection)) == ["line 4000", "line 3", "line 2", "line 1"]


async def test_live_lines_come_as_the_clock_moves_each_once() -> None:
    lines = [_line(n / 10, f"line {n}") for n in range(-5, 50)]
    with _served(*lines) as (url, clock):
        async with _tail(url, start=START) as connection:
            seen: list[str] = []
            while len(seen) < 50:
                clock.advance(0.35)
                seen += _texts(await _frame(connection))
            assert seen == [f"line {n}" for n in range(50)]


async def test_history_and_live_lines_meet_without_gap_or_double() -> None:
    lines = [_line(n / 100, f"line {n}") for n in range(-300, 300)]
    with _served(*lines) as (url, clock):
        async with _tail(url, limit=5000) as connection:
            seen: list[str] = []
            while len(seen) < 600:
                clock.advance(0.5)
                seen += _texts(await _frame(connection))
    assert seen == [f"line {n}" for n in range(-300, 300)]


async def test_a_frame_has_a_hundred_entries_at_most() -> None:
    with _served(*(_line(-1 - n / 1000, f"{n}") for n in range(250))) as (url, _):
        async with _tail(url, limit=1000) as connection:
            assert [len((await _frame(connection))["streams"]) for _ in range(3)] == [100, 100, 50]


async def test_labels_beside_a_line_are_merged_in_history_and_left_out_of_live_entries() -> None:
    lines = [_line(-1, "old", trace_id="t1"), _line(1, "new", trace_id="t2")]
    with _served(*lines) as (url, clock):
        async with _tail(url) as connection:
            history = await _frame(connection)
            clock.advance(2)
            live = await _frame(connection)
    assert history["streams"] == [
        {
            "stream": {"app": "shop", "detected_level": "info", "level": "info", "trace_id": "t1"},
            "values": [[str(START - SECOND), "old"]],
        }
    ]
    assert live == {"streams": [{"stream": {"app": "shop", "level": "info"}, "values": [[str(START + SECOND), "new"]]}]}


async def test_labels_are_kept_apart_on_request_in_history_and_live() -> None:
    header = {"X-Loki-Response-Encoding-Flags": "categorize-labels"}
    lines = [_line(-1, '{"a": 1}', trace_id="t1"), _line(1, '{"a": 2}', trace_id="t2")]
    with _served(*lines) as (url, clock):
        async with _tail(url, header, query='{app="shop"} | json') as connection:
            history = await _frame(connection)
            clock.advance(2)
            live = await _frame(connection)

    def entry(second: int, text: str, number: str, trace: str) -> dict[str, Any]:
        beside = {"structuredMetadata": {"detected_level": "info", "trace_id": trace}, "parsed": {"a": number}}
        at = str(START + second * SECOND)
        return {"stream": {"app": "shop", "level": "info"}, "values": [[at, text, beside]]}

    flags = ["categorize-labels"]
    assert history == {"streams": [entry(-1, '{"a": 1}', "1", "t1")], "encodingFlags": flags}
    assert live == {"streams": [entry(1, '{"a": 2}', "2", "t2")], "encodingFlags": flags}


@pytest.mark.parametrize("name", ["tail_frames", "tail_frames_categorized"])
async def test_frames_have_the_shape_of_the_recorded_ones(name: str) -> None:
    recorded = recording(name)
    with _served(_line(1, "new", trace_id="t")) as (url, clock):
        async with _tail(url, recorded["request"]["headers"]) as connection:
            clock.advance(2)
            ours = await _frame(connection)
    for one in recorded["frames"]:
        assert list(one["frame"]) == list(ours)
        assert one["frame"].get("encodingFlags") == ours.get("encodingFlags")
        for stream in one["frame"]["streams"]:
            assert list(stream) == ["stream", "values"]
            assert [len(entry) for entry in stream["values"]] == [len(ours["streams"][0]["values"][0])]


async def test_a_line_filter_and_a_delay_hold_lines_back() -> None:
    with _served(*(_line(n, f"line {n}") for n in range(10))) as (url, clock):
        async with _tail(url, query='{app="shop"} |~ "line [0-4]"', delay_for=5, start=START) as connection:
            clock.advance(8)
            assert _texts(await _frame(connection)) == ["line 0", "line 1", "line 2"]
            clock.advance(2)
            assert _texts(await _frame(connection)) == ["line 3", "line 4"]


@pytest.mark.parametrize(
    ("params", "headers", "status", "words"),
    [
        (
            {"query": "{"},
            {},
            400,
            "parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }",
        ),
        ({"query": '{app="shop"} | logfmt'}, {}, 400, "the demo does not evaluate the stage logfmt"),
        ({"delay_for": "6"}, {}, 400, "delay_for can't be greater than 5"),
        ({"delay_for": "x"}, {}, 400, 'strconv.Atoi: parsing "x": invalid syntax'),
        ({"limit": "0"}, {}, 400, "limit must be a positive value"),
        ({}, {"X-Scope-OrgID": "a|b"}, 400, "multiple org IDs present"),
    ],
)
async def test_what_is_wrong_with_the_question_is_told_before_the_handshake(
    params: dict[str, str], headers: dict[str, str], status: int, words: str
) -> None:
    with _served() as (url, _):
        with pytest.raises(websockets.InvalidStatus) as caught:
            async with _tail(url, headers, **params):
                pass
        response = caught.value.response
        assert (response.status_code, (response.body or b"").decode()) == (status, words)
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


async def test_a_server_with_tenants_wants_one_in_the_handshake() -> None:
    with _served(_line(-1, "line"), tenants=True) as (url, _):
        with pytest.raises(websockets.InvalidStatus) as caught:
            async with _tail(url):
                pass
        assert (caught.value.response.status_code, caught.value.response.body) == (401, b"no org id\n")
        async with _tail(url, {"X-Scope-OrgID": "a"}) as connection:
            assert _texts(await _frame(connection)) == ["line"]


async def _closed(connection: ClientConnection) -> tuple[int, str]:
    with pytest.raises(websockets.ConnectionClosed) as caught:
        while True:
            await asyncio.wait_for(connection.recv(), 10)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def test_a_metric_query_is_closed_after_the_handshake() -> None:
    with _served() as (url, _):
        async with _tail(url, query='rate({app="shop"}[1m])') as connection:
            assert await _closed(connection) == (1011, "only log selector is supported")


async def test_a_tail_ends_after_its_longest_time() -> None:
    with _served(longest=60.0) as (url, clock):
        async with _tail(url) as connection:
            clock.advance(61)
            assert await _closed(connection) == (1011, "reached tail max duration limit")


async def test_the_eleventh_tail_is_closed_and_room_is_made_by_one_that_goes() -> None:
    with _served(_line(-1, "line")) as (url, _):
        ten = []
        for _number in range(10):
            tail = _tail(url)
            connection = await tail.__aenter__()
            await _frame(connection)
            ten.append(tail)
        async with _tail(url) as connection:
            words = "max concurrent tail requests limit exceeded, count > limit (11 > 10)"
            assert await _closed(connection) == (1011, words)
        for tail in ten:
            await tail.__aexit__(None, None, None)
        async with _tail(url) as connection:
            assert _texts(await _frame(connection)) == ["line"]


async def test_a_failing_server_refuses_tails_and_ends_those_that_run() -> None:
    broken: list[int] = []
    with _served(_line(-1, "line"), fail=lambda _now: broken[0] if broken else None) as (url, _):
        async with _tail(url) as connection:
            assert _texts(await _frame(connection)) == ["line"]
            broken.append(503)
            assert await _closed(connection) == (1011, "the demo's Loki is down")
        with pytest.raises(websockets.InvalidStatus) as caught:
            async with _tail(url):
                pass
        assert caught.value.response.status_code == 503


async def test_stopping_the_server_ends_a_tail_at_once() -> None:
    with _served(_line(-1, "line")) as (url, _):
        tail = _tail(url)
        connection = await tail.__aenter__()
        assert _texts(await _frame(connection)) == ["line"]
    with pytest.raises(websockets.ConnectionClosed):
        await asyncio.wait_for(connection.recv(), 10)
    await tail.__aexit__(None, None, None)


async def test_another_path_is_no_websocket_and_the_api_answers_beside_the_tail() -> None:
    with _served(_line(-1, "line")) as (url, _):
        with pytest.raises(websockets.InvalidStatus) as caught:
            async with websockets.connect(url.replace("http", "ws") + "/other"):
                pass
        assert caught.value.response.status_code == 404
        async with _tail(url), httpx.AsyncClient() as client:
            assert (await client.get(f"{url}/ready")).text == "ready\n"
