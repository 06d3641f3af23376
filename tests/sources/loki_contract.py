"""What every Loki does that noc relies on, as checks that each implementation passes: the recordings of a real one, and any
server that holds the recorded lines.

``CHECKS`` can be answered by the recordings. ``LIVE`` needs a server that computes its answers over ``recorded_lines()``
with a clock that stands at ``NOW``, and ``TAILS`` one that is reached by a URL. To test another implementation, put a
fixture that yields a Subject into ``test_loki_contract``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect

from noc.model.errors import BadQuery, SourceError, TailClosed
from noc.model.logs import LogLine
from noc.sources.loki import LokiSource
from tests.sources.recorded import AT, END, FLAGS, START, recorded_lines, recording, recordings

NOW = END / 1e9 + 5
"""Unix seconds of a live server's clock: a little after its newest line."""

CATEGORIZED = {FLAGS: "categorize-labels"}
RANGE = "/loki/api/v1/query_range"
DEADLINE = 10.0  # seconds


@dataclass(frozen=True)
class Subject:
    """A server, plain and through the client. ``url`` is None where there is nothing to connect to."""

    client: httpx.AsyncClient
    source: LokiSource
    url: str | None = None

    async def get(self, path: str, params: dict[str, str], headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.client.get(path, params=params, headers=headers)

    async def streams(self, query: str, headers: dict[str, str] | None = None, **params: str) -> list[dict[str, Any]]:
        """The streams of a good answer over the recorded window."""
        response = await self.get(RANGE, {"start": str(START), "end": str(END), **params, "query": query}, headers)
        assert response.status_code == 200, response.text
        data = response.json()["data"]
        assert data["resultType"] == "streams"
        return list(data["result"])


Check = Callable[[Subject], Awaitable[None]]
CHECKS: list[Check] = []
LIVE: list[Check] = []
TAILS: list[Check] = []

AS_RECORDED = tuple(
    one.name
    for one in recordings()
    if one.name.startswith(("streams_", "error_"))
    or one.name in ("labels", "label_values", "series", "scalar_binary", "vector_empty", "ready")
)
"""Recordings whose whole answer follows from the question and the recorded lines."""


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def live(function: Check) -> Check:
    LIVE.append(function)
    return function


def tail(function: Check) -> Check:
    TAILS.append(function)
    return function


async def answered_as_recorded(subject: Subject, name: str) -> None:
    """The same status, content type and body as a real Loki gave; only the statistics and the order of streams are free."""
    asked = recording(name)
    response = await subject.get(asked.path, dict(asked.params), {FLAGS: asked.flags} if asked.flags else None)
    assert (response.status_code, response.headers["content-type"].lower()) == (asked.status, asked.kind.lower())
    if "json" in asked.kind:
        assert normal(response.json()) == normal(asked.json)
    else:
        assert response.text == asked.text


def normal(answer: Any) -> Any:
    """An answer without its statistics, streams and label sets in one order."""
    data = answer["data"]
    if isinstance(data, dict) and "result" in data:
        data = {name: value for name, value in data.items() if name != "stats"}
        if data["resultType"] == "streams":
            data["result"] = sorted(data["result"], key=lambda one: sorted(one["stream"].items()))
    elif data and isinstance(data[0], dict):
        data = sorted(data, key=lambda one: sorted(one.items()))
    return {**answer, "data": data}


def moments(streams: list[dict[str, Any]]) -> list[int]:
    return [int(value[0]) for one in streams for value in one["values"]]


@check
async def answers_backward_are_newest_first_in_each_stream_and_limited_over_all(subject: Subject) -> None:
    streams = await subject.streams('{job="laravel"}', limit="20", direction="backward")
    assert len(streams) > 1
    for one in streams:
        assert all(a >= b for a, b in pairwise(moments([one])))
    assert len(moments(streams)) == 20
    assert all(START <= at < END for at in moments(streams))


@check
async def answers_forward_are_oldest_first_and_hold_the_other_end(subject: Subject) -> None:
    forward = await subject.streams('{job="laravel"}', limit="20", direction="forward")
    backward = await subject.streams('{job="laravel"}', limit="20", direction="backward")
    for one in forward:
        assert all(a <= b for a, b in pairwise(moments([one])))
    assert len(moments(forward)) == 20
    assert max(moments(forward)) <= min(moments(backward))


@check
async def times_of_lines_are_strings_of_whole_nanoseconds(subject: Subject) -> None:
    streams = await subject.streams('{job="laravel"}', limit="20", direction="backward")
    for one in streams:
        for at, text in one["values"]:
            assert isinstance(at, str) and at.isdigit() and len(at) == 19
            assert isinstance(text, str)


@check
async def without_the_flag_metadata_stands_in_the_stream_and_values_are_pairs(subject: Subject) -> None:
    streams = await subject.streams('{job="laravel"}', limit="20", direction="backward")
    assert all(len(value) == 2 for one in streams for value in one["values"])
    assert all("detected_level" in one["stream"] for one in streams)


@check
async def with_the_flag_metadata_stands_beside_the_line_and_the_answer_says_so(subject: Subject) -> None:
    params = {"query": '{job="laravel",event_type="auth_failure"}', "limit": "10", "start": str(START), "end": str(END)}
    data = (await subject.get(RANGE, params, CATEGORIZED)).json()["data"]
    assert data["encodingFlags"] == ["categorize-labels"]
    assert len(data["result"]) == 1
    for _, _, extra in data["result"][0]["values"]:
        assert set(extra["structuredMetadata"]) == {"detected_level", "trace_id"}
    assert "detected_level" not in data["result"][0]["stream"]


@check
async def every_answer_to_a_query_says_what_it_cost(subject: Subject) -> None:
    for name in ("streams_backward", "streams_empty", "scalar_binary", "vector_top_ip", "matrix_rate_by_level"):
        asked = recording(name)
        stats = (await subject.get(asked.path, dict(asked.params))).json()["data"]["stats"]
        assert {"totalBytesProcessed", "totalLinesProcessed", "execTime"} <= set(stats["summary"]), name


@check
async def a_metric_range_lies_on_multiples_of_the_step_and_ends_behind_what_was_asked(subject: Subject) -> None:
    for name in ("matrix_rate_by_level", "matrix_quantile_unwrap"):
        asked = recording(name)
        data = (await subject.get(asked.path, dict(asked.params))).json()["data"]
        assert data["resultType"] == "matrix"
        times = [[point[0] for point in one["values"]] for one in data["result"]]
        assert times
        assert all(isinstance(time, int) and time % 60 == 0 for one in times for time in one)
        assert all(a < b for one in times for a, b in pairwise(one))
        assert max(max(one) for one in times) == -(-END // (60 * 10**9)) * 60
        assert all(float(value) >= 0 for one in data["result"] for _, value in one["values"])


@check
async def a_sum_by_a_label_has_only_that_label_and_none_where_a_stream_lacks_it(subject: Subject) -> None:
    asked = recording("matrix_rate_by_level")
    result = (await subject.get(asked.path, dict(asked.params))).json()["data"]["result"]
    found = sorted(orjson.dumps(one["metric"]) for one in result)
    assert found == [b'{"level":"critical"}', b'{"level":"info"}', b'{"level":"warning"}', b"{}"]


@check
async def an_instant_vector_has_one_value_a_series_at_the_second_asked(subject: Subject) -> None:
    asked = recording("vector_top_ip")
    data = (await subject.get(asked.path, dict(asked.params))).json()["data"]
    assert data["resultType"] == "vector"
    assert 1 <= len(data["result"]) <= 10
    for one in data["result"]:
        assert set(one["metric"]) == {"context_ip_address"}
        assert one["value"][0] == AT // 10**6 / 1000
        assert float(one["value"][1]) >= 1


@check
async def a_refusal_is_plain_text(subject: Subject) -> None:
    refusals = [one for one in recordings() if one.name.startswith("error_")]
    for asked in refusals:
        response = await subject.get(asked.path, dict(asked.params))
        assert response.status_code >= 400
        assert response.headers["content-type"].startswith("text/plain")
    assert len(refusals) == 9


@check
async def label_names_and_values_are_those_of_the_series(subject: Subject) -> None:
    answers = [(await subject.get(one.path, dict(one.params))).json()["data"] for one in map(recording, LABELS)]
    names, values, series = answers
    assert names == sorted({name for one in series for name in one})
    assert values == sorted({one["event_type"] for one in series if "event_type" in one})


LABELS = ("labels", "label_values", "series")


@check
async def the_build_has_no_envelope(subject: Subject) -> None:
    found = (await subject.get("/loki/api/v1/status/buildinfo", {})).json()
    assert "version" in found and "status" not in found


@live
async def the_client_reads_every_line_as_it_was_stored(subject: Subject) -> None:
    answer = await subject.source.lines('{job="laravel"}', START, END, 5000)
    expected = recorded_lines()
    assert sorted(map(whole, answer.lines)) == sorted(map(whole, expected))
    assert [line.at for line in answer.lines] == [line.at for line in expected]
    assert not answer.full
    assert answer.server_time is not None


def whole(line: LogLine) -> tuple[object, ...]:
    return (line.at, line.text, line.labels, line.metadata)


@live
async def the_client_gets_the_newest_or_the_oldest_over_all_streams(subject: Subject) -> None:
    known = [line.at for line in recorded_lines()]
    for limit in (1, 7, 44, 45):
        newest = await subject.source.lines('{job="laravel"}', START, END, limit)
        oldest = await subject.source.lines('{job="laravel"}', START, END, limit, newest=False)
        assert [line.at for line in newest.lines] == known[-limit:]
        assert [line.at for line in oldest.lines] == known[:limit]
        assert newest.full and oldest.full


@live
async def the_start_is_part_of_the_window_and_the_end_is_not(subject: Subject) -> None:
    known = sorted({line.at for line in recorded_lines()})
    first, second = known[0], known[1]
    for start, end, expected in (
        (first, second, [first]),
        (first, second + 1, [first, second]),
        (first + 1, second, []),
        (first + 1, second + 1, [second]),
        (first, first + 1, [first]),
    ):
        found = await subject.source.lines('{job="laravel"}', start, end, 10)
        assert sorted({line.at for line in found.lines}) == expected


@live
async def times_are_read_as_nanoseconds_seconds_or_rfc_3339(subject: Subject) -> None:
    second = START // 10**9
    written = datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z")
    expected = await subject.streams('{job="laravel"}', start=str(second * 10**9), limit="3", direction="forward")
    assert len(moments(expected)) == 3
    for start in (str(second), f"{second}.0", written):
        assert await subject.streams('{job="laravel"}', start=start, limit="3", direction="forward") == expected


@live
async def a_form_is_answered_like_a_question_in_the_address(subject: Subject) -> None:
    params = {"query": '{job="laravel"}', "start": str(START), "end": str(END), "limit": "5"}
    posted = await subject.client.post(RANGE, data=params)
    assert normal(posted.json()) == normal((await subject.get(RANGE, params)).json())


@live
async def five_thousand_lines_may_be_asked_for_and_no_more(subject: Subject) -> None:
    params = {"query": '{job="laravel"}', "start": str(START), "end": str(END)}
    assert (await subject.get(RANGE, {**params, "limit": "5000"})).status_code == 200
    refused = await subject.get(RANGE, {**params, "limit": "5001"})
    assert (refused.status_code, refused.text) == (
        400,
        "max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)",
    )


@live
async def parsed_labels_stand_beside_the_line_when_asked_for(subject: Subject) -> None:
    query = '{job="laravel",event_type="auth_failure"} | json ip="context.ip_address"'
    for one in await subject.streams(query, CATEGORIZED, limit="5"):
        assert "ip" not in one["stream"]
        for _, text, extra in one["values"]:
            assert extra["parsed"] == {"ip": orjson.loads(text)["context"]["ip_address"]}
            assert set(extra["structuredMetadata"]) == {"detected_level", "trace_id"}


@live
async def label_values_can_be_narrowed_by_a_selector(subject: Subject) -> None:
    window = (START / 1e9, END / 1e9)
    assert await subject.source.label_values("level", "", *window) == ("critical", "info", "warning")
    assert await subject.source.label_values("level", '{category="security"}', *window) == ("critical", "warning")
    assert await subject.source.label_values("nothing", "", *window) == ()


@live
async def numbers_of_the_client_lie_inside_what_it_asked(subject: Subject) -> None:
    start, end = START // 10**9 // 60 * 60, END // 10**9 // 60 * 60
    answer = await subject.source.range('sum(count_over_time({job="laravel"}[1m]))', float(start), float(end), 60.0)
    times = list(answer.series[0].times)
    assert start <= times[0] and times[-1] <= end
    assert all(time % 60 == 0 for time in times)
    assert answer.lateness == 70.0


@live
async def a_wrong_query_is_refused_with_its_place(subject: Subject) -> None:
    with pytest.raises(BadQuery) as caught:
        await subject.source.lines('{job="laravel"} |= ', START, END, 10)
    assert caught.value.status == 400
    assert caught.value.cause.startswith("parse error at line 1, col ")


@tail
async def a_tail_begins_with_history_one_stream_a_line_and_a_hundred_a_frame_at_most(subject: Subject) -> None:
    assert subject.url is not None
    query = quote('{job="laravel"}')
    address = f"ws{subject.url.removeprefix('http')}/loki/api/v1/tail?query={query}&start={START}"
    found: list[tuple[int, str]] = []
    async with asyncio.timeout(DEADLINE), connect(address, proxy=None) as socket:
        while len(found) < len(recorded_lines()):
            frame = orjson.loads(await socket.recv())
            assert 1 <= len(frame["streams"]) <= 100
            assert all(len(one["values"]) == 1 for one in frame["streams"])
            found += [(int(at), text) for one in frame["streams"] for at, text, *_ in one["values"]]
    assert [at for at, _ in found] == [line.at for line in recorded_lines()]
    assert sorted(found) == sorted((line.at, line.text) for line in recorded_lines())


@tail
async def the_client_follows_with_the_labels_that_a_question_gives(subject: Subject) -> None:
    found: list[LogLine] = []
    async with asyncio.timeout(DEADLINE), aclosing(subject.source.tail('{job="laravel"}', START)) as frames:
        while len(found) < len(recorded_lines()):
            found += (await anext(frames)).lines
    assert sorted(map(whole, found)) == sorted(map(whole, recorded_lines()))


@tail
async def a_tail_that_cannot_be_is_refused_before_or_after_the_upgrade(subject: Subject) -> None:
    endings: list[SourceError] = []
    for query in ('{job="laravel"', 'rate({job="laravel"}[1m])'):
        async with asyncio.timeout(DEADLINE), aclosing(subject.source.tail(query, START)) as frames:
            with pytest.raises(SourceError) as caught:
                await anext(frames)
        endings.append(caught.value)
    assert isinstance(endings[0], BadQuery)
    assert endings[0].cause == recording("error_parse").text
    assert isinstance(endings[1], TailClosed)
    assert endings[1].code == 1011
    assert "only log selector is supported" in endings[1].cause
