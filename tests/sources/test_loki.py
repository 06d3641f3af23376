"""What travels to a Loki, what its recorded answers become, and what its refusals look like on the glass."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest

from noc.config.server import Server
from noc.model.clock import FixedClock
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.model.ports import LogSource, MetricSource
from noc.sources import logdecode
from noc.sources.http import HungUp, client
from noc.sources.loki import LokiSource
from tests.sources.recorded import AT, END, START, Replay, recording

EMPTY = {"status": "success", "data": {"resultType": "streams", "result": [], "stats": {"summary": {}}}}
Handler = Callable[[httpx.Request], httpx.Response]


class Stub:
    """A server that answers by ``reply``; keeps the requests."""

    def __init__(self, reply: Handler | None = None, **server: object) -> None:
        self.reply = reply or (lambda request: httpx.Response(200, json=EMPTY))
        self.requests: list[httpx.Request] = []
        self.server = Server.model_validate({"url": "http://loki:3100", **server})
        self.clock = FixedClock(1_000_000.0)
        http = client(self.server, httpx.MockTransport(self._handle))
        self.source = LokiSource(self.server, http, self.clock, rng=random.Random(1))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.reply(request)

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    @property
    def form(self) -> dict[str, str]:
        return {name: value[0] for name, value in parse_qs(self.last.content.decode()).items()}


def replayed(**server: object) -> LokiSource:
    """A source that hears the recordings."""
    known = Server.model_validate({"url": "http://loki:3100", **server})
    return LokiSource(known, client(known, Replay()), FixedClock(1_000_000.0), rng=random.Random(1))


def answering(status: int, text: str = "", kind: str = "text/plain; charset=utf-8", **headers: str) -> Stub:
    return Stub(lambda request: httpx.Response(status, text=text, headers={"content-type": kind, **headers}))


def matrix(*points: tuple[float, str]) -> dict[str, object]:
    result = [{"metric": {"level": "info"}, "values": points}]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


async def failure(stub: Stub) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await stub.source.lines("{a=`b`}", 0, 1, 10)
    return caught.value


def test_a_loki_is_a_source_of_lines_and_of_metrics() -> None:
    source: LogSource = replayed()
    metrics: MetricSource = replayed()
    assert isinstance(source, LokiSource) and isinstance(metrics, LokiSource)


async def test_a_question_for_lines_is_a_form_with_whole_nanoseconds() -> None:
    stub = Stub()
    await stub.source.lines('{job="a b"} |= "x+y"', 1795405195322089681, 1795405195322089682, 20)
    assert (stub.last.method, stub.last.url.path) == ("POST", "/loki/api/v1/query_range")
    assert stub.form == {
        "query": '{job="a b"} |= "x+y"',
        "start": "1795405195322089681",
        "end": "1795405195322089682",
        "limit": "20",
        "direction": "backward",
    }
    await stub.source.lines("{a=`b`}", 1, 2, 20, newest=False)
    assert stub.form["direction"] == "forward"


async def test_headers_say_who_asks_for_which_tenant_and_how_labels_shall_come() -> None:
    stub = Stub(tenant="a|b", headers={"X-Room": "4"}, url="http://gate/logs")
    await stub.source.lines("{a=`b`}", 0, 1, 10)
    headers = stub.last.headers
    assert str(stub.last.url) == "http://gate/logs/loki/api/v1/query_range"
    assert (headers["x-scope-orgid"], headers["x-room"]) == ("a|b", "4")
    assert headers["x-loki-response-encoding-flags"] == "categorize-labels"


async def test_no_more_is_asked_for_than_a_loki_gives() -> None:
    stub = Stub()
    for limit, asked in ((0, "1"), (1, "1"), (5000, "5000"), (100_000, "5000")):
        await stub.source.lines("{a=`b`}", 0, 1, limit)
        assert stub.form["limit"] == asked


async def test_no_time_holds_no_lines_and_is_not_asked_for() -> None:
    stub = Stub()
    answer = await stub.source.lines("{a=`b`}", 5, 5, 10)
    assert (answer.lines, answer.full, stub.requests) == ((), False, [])


@pytest.mark.parametrize(("name", "newest"), [("streams_backward", True), ("streams_forward", False)])
async def test_recorded_lines_come_oldest_first_and_full(name: str, newest: bool) -> None:
    answer = await replayed().lines('{job="laravel"}', START, END, 20, newest=newest)
    assert answer.lines == logdecode.streams(recording(name).body, newest=newest).lines
    assert [line.at for line in answer.lines] == sorted(line.at for line in answer.lines)
    assert (len(answer.lines), answer.full, answer.server_time) == (20, True, 1795405135.0)
    assert answer.size == len(recording(name).body)
    assert set(answer.stats) == set(recording(name).json["data"]["stats"]["summary"])


async def test_less_than_asked_for_is_all_there_is() -> None:
    source = replayed()
    hostile = await source.lines('{job="laravel",category=""}', START, END, 20)
    assert (len(hostile.lines), hostile.full) == (10, False)
    empty = await source.lines('{job="nothing"}', START, END, 20)
    assert (empty.lines, empty.full) == ((), False)
    assert source.requests == 2
    assert source.received == hostile.size + empty.size


async def test_a_large_answer_is_read_in_a_thread_to_the_same_lines() -> None:
    answer = await replayed().lines('{job="laravel",category=""}', START, END, 20)
    assert answer.size > 200_000
    assert [len(line.text) for line in answer.lines][-2:] == [200_000, 19]


async def test_a_recorded_matrix_ends_where_it_was_asked_to_end() -> None:
    source = replayed()
    answer = await source.range('sum by (level) (rate({job="laravel"}[5m]))', START / 1e9, END / 1e9, 60)
    given = recording("matrix_rate_by_level").json["data"]["result"]
    assert given[0]["values"][-1][0] == 1795405140
    assert [dict(one.labels) for one in answer.series] == [{"level": name} for name in ("critical", "info", "warning")]
    assert {one.times[-1] for one in answer.series} == {1795405080.0}
    assert [list(one.values) for one in answer.series] == [
        [float(value) for _, value in one["values"][:-1]] for one in given[:3]
    ]
    assert (answer.lateness, answer.server_time, answer.partial) == (70.0, 1795405135.0, False)
    assert set(answer.stats) == set(recording("matrix_rate_by_level").json["data"]["stats"]["summary"])


async def test_a_recorded_quantile_keeps_its_values() -> None:
    expr = recording("matrix_quantile_unwrap").params["query"]
    series = (await replayed().range(expr, START / 1e9, END / 1e9, 60)).series[0]
    assert (series.labels, series.values[0], len(series.times)) == (
        (("context_model", "Appointment"),),
        3901.5499999999993,
        60,
    )


async def test_a_recorded_vector_has_one_point_a_series_at_the_time_asked() -> None:
    expr = recording("vector_top_ip").params["query"]
    answer = await replayed(ingest_delay="5s").instant(expr, AT / 1e9)
    found = [(one.label("context_ip_address"), list(one.times), list(one.values)) for one in answer.series]
    assert len(found) == 10
    assert found[0] == ("203.0.113.1", [1795405130.734], [308.0])
    assert answer.lateness == 5.0


async def test_a_recorded_scalar_whose_time_is_in_milliseconds_stands_at_its_second() -> None:
    series = (await replayed().instant("1+1", AT / 1e9)).series[0]
    assert (series.labels, list(series.times), list(series.values)) == ((), [1795405130.734], [2.0])


async def test_a_recorded_empty_vector_is_no_series() -> None:
    answer = await replayed().instant('sum(count_over_time({job="nothing"}[5m]))', AT / 1e9)
    assert answer.series == ()


async def test_points_outside_what_was_asked_are_left_out_and_empty_series_with_them() -> None:
    stub = Stub(lambda request: httpx.Response(200, json=matrix((90, "0"), (100, "1"), (110, "2"), (120, "3"))))
    answer = await stub.source.range("rate({a=`b`}[1m])", 100.0, 110.0, 10)
    assert [(list(one.times), list(one.values)) for one in answer.series] == [([100.0, 110.0], [1.0, 2.0])]
    assert (await stub.source.range("rate({a=`b`}[1m])", 130.0, 140.0, 10)).series == ()


async def test_a_single_point_is_asked_as_a_window_that_has_a_length() -> None:
    stub = Stub(lambda request: httpx.Response(200, json=matrix((110, "2"), (120, "3"))))
    answer = await stub.source.range("rate({a=`b`}[1m])", 110.0, 110.0, 10)
    assert (stub.form["start"], stub.form["end"]) == ("110000000000", "110001000000")
    assert [(list(one.times), list(one.values)) for one in answer.series] == [([110.0], [2.0])]


@pytest.mark.parametrize(
    ("step", "sent"), [(60.0, "60s"), (3600.0, "3600s"), (1.0, "1s"), (0.1, "100ms"), (1.5, "1500ms"), (0.0001, "1ms")]
)
async def test_a_step_is_sent_in_whole_seconds_or_milliseconds(step: float, sent: str) -> None:
    stub = Stub(lambda request: httpx.Response(200, json=matrix()))
    await stub.source.range("rate({a=`b`}[1m])", 100.0, 110.5, step)
    assert stub.form == {
        "query": "rate({a=`b`}[1m])",
        "start": "100000000000",
        "end": "110500000000",
        "step": sent,
    }


async def test_the_recorded_refusal_of_a_tenth_of_a_second_is_why() -> None:
    assert recording("error_too_many_points").params["step"] == "0.1s"
    assert recording("error_too_many_points").text == 'cannot parse "0.1s" to a valid duration'


async def test_an_instant_moment_is_exact_to_the_millisecond() -> None:
    stub = Stub(lambda request: httpx.Response(200, json=matrix()))
    await stub.source.instant("1", 1795405130.7349)
    assert stub.form == {"query": "1", "time": "1795405130735000000"}


async def test_a_range_is_capped_as_configured_and_values_at_a_thousand() -> None:
    result = [{"metric": {"n": str(n)}, "value": [1, "1"], "values": [[1, "1"]]} for n in range(1500)]

    def reply(request: httpx.Request) -> httpx.Response:
        kind = "matrix" if request.url.path.endswith("range") else "vector"
        return httpx.Response(200, json={"status": "success", "data": {"resultType": kind, "result": result}})

    stub = Stub(reply, max_series=50)
    assert (await stub.source.range("x", 0.0, 1.0, 1.0)).dropped == 1450
    assert (await stub.source.instant("x", 1.0)).dropped == 500


async def test_label_values_are_those_of_six_hours_or_of_the_window_and_selector_given() -> None:
    stub = Stub(lambda request: httpx.Response(200, content=recording("label_values").body, headers=JSON))
    assert await stub.source.label_values("event/type") == (
        "auth_failure",
        "request",
        "slow_query",
        "tenant_violation",
    )
    assert stub.last.method == "GET"
    assert stub.last.url.raw_path.startswith(b"/loki/api/v1/label/event%2Ftype/values?")
    assert dict(stub.last.url.params) == {"start": "978400000000000", "end": "1000000000000000"}
    await stub.source.label_values("level", '{job="x"}', 100.0, 200.0)
    assert dict(stub.last.url.params) == {"start": "100000000000", "end": "200000000000", "query": '{job="x"}'}


JSON = {"content-type": "application/json; charset=UTF-8"}


async def test_recorded_label_values_are_found() -> None:
    assert await replayed().label_values("event_type", "", START / 1e9, END / 1e9) == (
        "auth_failure",
        "request",
        "slow_query",
        "tenant_violation",
    )


@pytest.mark.parametrize("name", ["error_parse", "error_no_selector", "error_range_reversed", "error_too_long_range"])
async def test_a_recorded_refusal_of_a_log_query_is_said_in_lokis_words(name: str) -> None:
    asked = recording(name)

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(asked.status, content=asked.body, headers={"content-type": asked.kind})

    error = await failure(Stub(reply))
    assert (type(error), error.cause, error.status, error.retryable) == (BadQuery, asked.text, 400, False)


async def test_the_recorded_refusal_of_a_query_says_where_it_is_wrong() -> None:
    with pytest.raises(BadQuery) as caught:
        await replayed().lines('{job="laravel"', START, END, 100)
    assert caught.value.cause == "parse error at line 1, col 15: syntax error: unexpected $end, expecting } or ,"


async def test_a_log_query_where_numbers_are_wanted_says_what_to_do() -> None:
    with pytest.raises(BadQuery) as instant:
        await replayed().instant('{job="laravel"}', AT / 1e9)
    stub = Stub(lambda request: httpx.Response(200, json=EMPTY))
    with pytest.raises(BadQuery) as ranged:
        await stub.source.range('{job="laravel"}', 0.0, 60.0, 60)
    assert instant.value.cause == ranged.value.cause == logdecode.NOT_NUMBERS
    assert (instant.value.status, ranged.value.status) == (400, 400)


async def test_a_query_that_counts_where_lines_are_wanted_says_what_to_do() -> None:
    stub = Stub(lambda request: httpx.Response(200, json=matrix((1, "1"))))
    error = await failure(stub)
    assert (type(error), error.cause) == (BadQuery, logdecode.NOT_LINES)


HTML = "<!DOCTYPE html><title>Sign in</title>"


@pytest.mark.parametrize(
    ("stub", "kind", "cause"),
    [
        (
            answering(400, "pipeline error: 'JSONParserErr'"),
            BadQuery,
            "pipeline error: 'JSONParserErr'",
        ),
        (answering(401, "no org id\n"), Auth, "401 from http://loki:3100: no org id; name one as tenant: NAME"),
        (answering(401, "who?"), Auth, "401 from http://loki:3100: login needed or wrong (who?)"),
        (answering(403, HTML, "text/html"), Auth, "403 from http://loki:3100: access denied"),
        (
            answering(404, "404 page not found\n"),
            BadAnswer,
            "404 from http://loki:3100: no Loki API there; wrong URL or missing prefix?",
        ),
        (
            answering(429, "too many outstanding requests"),
            Overloaded,
            "429 from http://loki:3100: too many outstanding requests",
        ),
        (answering(429, HTML, "text/html"), Overloaded, "429 from http://loki:3100: too many requests"),
        (answering(499, ""), Overloaded, "499 from http://loki:3100: cancelled"),
        (answering(500, "rpc error"), Overloaded, "500 from http://loki:3100: rpc error"),
        (answering(502, HTML, "text/html"), Overloaded, "502 from http://loki:3100: bad gateway"),
        (
            answering(503, "Ingester not ready: waiting for 15s after being ready\n"),
            Overloaded,
            "503 from http://loki:3100: Ingester not ready: waiting for 15s after being ready",
        ),
        (
            answering(504, "request timed out, decrease the duration"),
            Overloaded,
            "504 from http://loki:3100: request timed out, decrease the duration",
        ),
        (
            answering(302, location="https://sso.example.net/login?token=secret"),
            Auth,
            "http://loki:3100 sends to sso.example.net; a login page?",
        ),
        (
            answering(200, HTML, "text/html"),
            BadAnswer,
            "http://loki:3100 answered HTML, not Loki: login page or wrong URL?",
        ),
        (
            answering(200, "ready\n"),
            BadAnswer,
            "http://loki:3100 answered text/plain, not Loki: ready",
        ),
        (answering(200, "", "application/json"), BadAnswer, "an empty answer"),
        (answering(204), BadAnswer, "an empty answer"),
        (answering(200, '{"status":"succ', "application/json"), BadAnswer, "truncated or broken JSON (15 bytes)"),
        (answering(200, "{}", "application/json"), BadAnswer, "an error without a text"),
        (
            answering(400, '{"code":400,"message":"no \\u001b[2J such","status":"error"}', "application/json"),
            BadQuery,
            "no ␛[2J such",
        ),
        (answering(400, "one\r\n\x1b]0;x\x07two"), BadQuery, "one ␛]0;x␇two"),
        (answering(400, "x" * 5000), BadQuery, "x" * 299 + "…"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_a_server_says_becomes_one_line(stub: Stub, kind: type[SourceError], cause: str) -> None:
    error = await failure(stub)
    assert (type(error), error.cause) == (kind, cause)


async def test_an_html_answer_is_no_loki_for_numbers_and_labels_either() -> None:
    for ask in (
        lambda source: source.instant("1", 1.0),
        lambda source: source.range("1", 0.0, 1.0, 1.0),
        lambda source: source.label_values("level"),
    ):
        with pytest.raises(BadAnswer) as caught:
            await ask(answering(200, HTML, "text/html").source)
        assert caught.value.cause == "http://loki:3100 answered HTML, not Loki: login page or wrong URL?"


@pytest.mark.parametrize("status", [405, 501])
async def test_a_gateway_that_forbids_posting_is_asked_by_get_for_good(status: int) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status) if request.method == "POST" else httpx.Response(200, json=EMPTY)

    stub = Stub(reply)
    for _ in range(2):
        await stub.source.lines("{a=`b`}", 0, 1, 10)
    assert [one.method for one in stub.requests] == ["POST", "GET", "GET"]
    assert dict(stub.last.url.params)["query"] == "{a=`b`}"


async def test_a_kept_connection_that_was_given_up_is_opened_again_once() -> None:
    answers: list[httpx.Response | Exception] = [
        httpx.Response(200, json=EMPTY),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
        httpx.Response(200, json=EMPTY),
    ]

    def reply(request: httpx.Request) -> httpx.Response:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    stub = Stub(reply)
    for _ in range(2):
        await stub.source.lines("{a=`b`}", 0, 1, 10)
    assert len(stub.requests) == 3
    answers.append(httpx.RemoteProtocolError("Server disconnected without sending a response."))
    answers.append(httpx.RemoteProtocolError("Server disconnected without sending a response."))
    assert isinstance(await failure(stub), HungUp)


async def test_a_server_that_never_answered_is_not_asked_twice() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")

    stub = Stub(reply)
    assert isinstance(await failure(stub), HungUp)
    assert len(stub.requests) == 1


async def test_one_429_keeps_every_kind_of_question_away_until_its_time_is_over() -> None:
    stub = answering(429, "too many outstanding requests")
    first = await failure(stub)
    assert first.retry_after is not None and 0.25 <= first.retry_after <= 2.0
    for ask in (
        lambda: stub.source.lines("{a=`b`}", 0, 1, 10),
        lambda: stub.source.instant("1", 1.0),
        lambda: stub.source.range("1", 0.0, 1.0, 1.0),
        lambda: stub.source.label_values("level"),
        lambda: anext(stub.source.tail("{a=`b`}", 0)),
    ):
        with pytest.raises(Overloaded) as caught:
            await ask()
        assert (caught.value.cause, caught.value.retry_after) == (first.cause, first.retry_after)
    assert len(stub.requests) == 1
    stub.clock.advance(first.retry_after)
    stub.reply = lambda request: httpx.Response(200, json=EMPTY)
    await stub.source.lines("{a=`b`}", 0, 1, 10)
    await stub.source.lines("{a=`b`}", 0, 1, 10)
    assert len(stub.requests) == 3


async def test_at_most_three_questions_of_all_kinds_are_under_way_at_once() -> None:
    running, peak, asked = 0, 0, 0

    async def handle(request: httpx.Request) -> httpx.Response:
        nonlocal running, peak, asked
        running, asked = running + 1, asked + 1
        peak = max(peak, running)
        for _ in range(5):
            await asyncio.sleep(0)
        running -= 1
        kind = "vector" if request.url.path.endswith("/query") else "streams"
        return httpx.Response(200, json={"status": "success", "data": {"resultType": kind, "result": []}})

    server = Server(url="http://loki:3100")
    source = LokiSource(server, client(server, httpx.MockTransport(handle)), FixedClock(0.0))
    await asyncio.gather(
        *(source.lines("{a=`b`}", 0, 1, 10) for _ in range(10)),
        *(source.instant("1", 1.0) for _ in range(10)),
    )
    assert (peak, asked) == (3, 20)


async def test_a_server_that_says_nothing_times_out_and_frees_its_place() -> None:
    async def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            await asyncio.Event().wait()
        return httpx.Response(200, json={"status": "success", "data": ["a"]})

    server = Server(url="http://loki:3100", timeout=0.05)
    source = LokiSource(server, client(server, httpx.MockTransport(handle)), FixedClock(0.0))
    found = await asyncio.gather(*(source.lines("{a=`b`}", 0, 1, 10) for _ in range(4)), return_exceptions=True)
    assert [str(one) for one in found] == ["no answer from http://loki:3100 within 0.05s"] * 4
    assert {type(one) for one in found} == {Timeout}
    assert await source.label_values("level") == ("a",)


async def test_a_closed_source_is_unreachable_by_every_way() -> None:
    stub = Stub()
    await stub.source.aclose()
    for ask in (
        lambda: stub.source.lines("{a=`b`}", 0, 1, 10),
        lambda: stub.source.instant("1", 1.0),
        lambda: anext(stub.source.tail("{a=`b`}", 0)),
    ):
        with pytest.raises(Unreachable) as caught:
            await ask()
        assert caught.value.cause == "the connection to http://loki:3100 is closed"


async def test_a_login_that_cannot_be_read_is_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOKI_TOKEN", raising=False)
    stub = Stub(bearer_env="LOKI_TOKEN")
    error = await failure(stub)
    with pytest.raises(Auth) as tailed:
        await anext(stub.source.tail("{a=`b`}", 0))
    assert (type(error), tailed.value.cause, stub.requests) == (Auth, error.cause, [])
    assert "LOKI_TOKEN" in error.cause
