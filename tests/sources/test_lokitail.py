"""A tail against a scripted server: what its frames become, how each way of ending is told, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import random
import ssl
import subprocess
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from noc.config.credentials import Tls
from noc.config.server import Server
from noc.model.clock import FixedClock
from noc.model.errors import (
    Auth,
    BadAnswer,
    BadQuery,
    Overloaded,
    SourceError,
    TailClosed,
    Timeout,
    Unreachable,
)
from noc.model.logs import LogLine, TailFrame
from noc.sources import lokitail
from noc.sources.http import client
from noc.sources.loki import LokiSource
from noc.sources.lokitail import Backlog, proxy_of
from tests.sources.recorded import tail_frames

Script = Callable[[ServerConnection], Awaitable[None]]
Answer = Callable[[ServerConnection, Request], Response | None]

DEADLINE = 10.0
"""Seconds until a test that waits for a real server has failed."""


class Scripted:
    """A websocket server that does what a script says; keeps the handshakes."""

    def __init__(self, script: Script, answer: Answer | None = None, **options: Any) -> None:
        self.script = script
        self.answer = answer
        self.options = options
        self.asked: list[Request] = []
        self.gone = asyncio.Event()
        self.port = 0

    async def _handle(self, connection: ServerConnection) -> None:
        try:
            await self.script(connection)
        finally:
            self.gone.set()

    def _process(self, connection: ServerConnection, request: Request) -> Response | None:
        self.asked.append(request)
        return self.answer(connection, request) if self.answer else None

    @asynccontextmanager
    async def running(self, silence: float = DEADLINE, **server: Any) -> AsyncGenerator[LokiSource, None]:
        options = {"ping_interval": None, "close_timeout": 0.5, "process_request": self._process, **self.options}
        async with serve(self._handle, "127.0.0.1", 0, **options) as running:
            self.port = running.sockets[0].getsockname()[1]
            scheme = "https" if "ssl" in self.options else "http"
            known = Server.model_validate({"url": f"{scheme}://127.0.0.1:{self.port}", **server})
            source = LokiSource(known, client(known), FixedClock(1000.0), rng=random.Random(1), silence=silence)
            try:
                yield source
            finally:
                await source.aclose()


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


async def forever(connection: ServerConnection) -> None:
    await connection.wait_closed()


def sending(*frames: object, close: int | None = None, reason: str = "") -> Script:
    """Sends frames, then closes, or stays."""

    async def script(connection: ServerConnection) -> None:
        for frame in frames:
            await connection.send(frame if isinstance(frame, (str, bytes)) else orjson.dumps(frame).decode())
        if close is not None:
            await connection.close(close, reason)
        else:
            await connection.wait_closed()

    return script


def frame(*texts: str, dropped: int = 0) -> dict[str, object]:
    streams = [{"stream": {"job": "x"}, "values": [[str(n), text]]} for n, text in enumerate(texts)]
    gone = [{"timestamp": "1", "labels": {}}] * dropped
    return {"streams": streams, **({"dropped_entries": gone} if dropped else {})}


def texts(found: list[TailFrame]) -> list[list[str]]:
    return [[line.text for line in one.lines] for one in found]


async def heard(source: LokiSource, query: str = '{job="x"}') -> tuple[list[TailFrame], SourceError]:
    """Every frame until the end, and how it ended."""
    found: list[TailFrame] = []
    async with asyncio.timeout(DEADLINE), aclosing(source.tail(query, 7)) as tail:
        with pytest.raises(SourceError) as caught:
            async for one in tail:
                found.append(one)
    return found, caught.value


async def ending(scripted: Scripted, silence: float = DEADLINE, **server: Any) -> SourceError:
    async with scripted.running(silence, **server) as source:
        return (await heard(source))[1]


def refusing(status: int, text: str, kind: str = "text/plain; charset=utf-8", **headers: str) -> Scripted:
    def answer(connection: ServerConnection, request: Request) -> Response:
        body = text.encode()
        known = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close", **headers})
        return Response(status, HTTPStatus(status).phrase, known, body)

    return Scripted(forever, answer)


@pytest.mark.parametrize("name", ["tail_frames", "tail_frames_categorized"])
async def test_recorded_frames_arrive_whole_and_in_order(name: str) -> None:
    sent = tail_frames(name)
    async with Scripted(sending(*sent, close=1000)).running() as source:
        found, _ = await heard(source)
    expected = [[(int(one["values"][0][0]), one["values"][0][1]) for one in one["streams"]] for one in sent]
    assert [[(line.at, line.text) for line in one.lines] for one in found] == expected
    assert [one.dropped for one in found] == [0] * len(sent)


async def test_the_handshake_asks_as_the_other_requests_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKI_TOKEN", "s3cret")
    scripted = Scripted(sending(close=1000))
    async with scripted.running(tenant="team-a", bearer_env="LOKI_TOKEN", headers={"X-Room": "4"}) as source:
        await heard(source, '{job="a b"} |= "x+y&z"')
    asked = scripted.asked[0]
    assert asked.path == (
        "/loki/api/v1/tail?query=%7Bjob%3D%22a%20b%22%7D%20%7C%3D%20%22x%2By%26z%22&start=7&limit=5000"
    )
    names = ("X-Scope-OrgID", "Authorization", "X-Room", "X-Loki-Response-Encoding-Flags")
    assert [asked.headers[name] for name in names] == ["team-a", "Bearer s3cret", "4", "categorize-labels"]
    assert asked.headers["User-Agent"].startswith("noc/")


async def test_a_path_prefix_is_kept() -> None:
    scripted = Scripted(sending(close=1000))
    async with scripted.running() as plain:
        known = Server(url=f"{plain._server.url}/logs")
        source = LokiSource(known, client(known), FixedClock(0.0))
        await heard(source)
        await source.aclose()
    assert scripted.asked[0].path.startswith("/logs/loki/api/v1/tail?")


async def test_bytes_and_requests_are_counted() -> None:
    sent = orjson.dumps(frame("a")).decode()
    async with Scripted(sending(sent, sent, close=1000)).running() as source:
        await heard(source)
        assert (source.requests, source.received) == (1, 2 * len(sent))


async def test_what_the_server_dropped_is_counted() -> None:
    async with Scripted(sending(frame("a"), frame("b", dropped=3), frame(dropped=2), close=1000)).running() as source:
        found, _ = await heard(source)
    assert [(len(one.lines), one.dropped) for one in found] == [(1, 0), (1, 3), (0, 2)]


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        (1011, "reached tail max duration limit", "ended the tail: reached tail max duration limit"),
        (
            1011,
            "rpc error: max concurrent tail requests limit exceeded, count > limit (11 > 10)",
            "ended the tail: rpc error: max concurrent tail requests limit exceeded, count > limit (11 > 10)",
        ),
        (1011, "two\nlines \x1b[2J", "ended the tail: two lines ␛[2J"),
        (1000, "", "ended the tail"),
        (1001, "", "ended the tail"),
    ],
)
async def test_a_close_is_told_with_its_code_and_reason(code: int, reason: str, cause: str) -> None:
    scripted = Scripted(sending(frame("a"), close=code, reason=reason))
    async with scripted.running() as source:
        found, error = await heard(source)
    assert texts(found) == [["a"]]
    assert isinstance(error, TailClosed)
    assert (error.code, error.cause) == (code, f"http://127.0.0.1:{scripted.port} {cause}")


async def test_a_lost_connection_is_1006_after_what_had_come() -> None:
    async def script(connection: ServerConnection) -> None:
        await connection.send(orjson.dumps(frame("a")).decode())
        await connection.ping()
        connection.transport.abort()

    scripted = Scripted(script)
    async with scripted.running() as source:
        found, error = await heard(source)
    assert texts(found) in ([["a"]], [])  # an abort may take with it what was on its way
    assert isinstance(error, TailClosed)
    assert (error.code, error.cause) == (1006, f"the connection to http://127.0.0.1:{scripted.port} was lost")


async def test_silence_is_a_dead_link_even_where_the_connection_stands() -> None:
    scripted = Scripted(sending(frame("a")))
    async with scripted.running(silence=0.2) as source:
        found, error = await heard(source)
    assert texts(found) == [["a"]]
    assert isinstance(error, TailClosed)
    assert (error.code, error.cause) == (1006, f"no sign of life from http://127.0.0.1:{scripted.port}")


async def test_pings_keep_a_quiet_link_alive() -> None:
    async def script(connection: ServerConnection) -> None:
        for _ in range(12):
            await connection.ping()
            await asyncio.sleep(0.05)
        await connection.send(orjson.dumps(frame("late")).decode())
        await connection.close(1000)

    async with Scripted(script).running(silence=0.4) as source:
        found, error = await heard(source)
    assert texts(found) == [["late"]]
    assert isinstance(error, TailClosed) and error.code == 1000


@pytest.mark.parametrize(
    ("scripted", "kind", "status", "cause"),
    [
        (
            refusing(400, "parse error at line 1, col 15: syntax error: unexpected $end, expecting } or ,"),
            BadQuery,
            400,
            "parse error at line 1, col 15: syntax error: unexpected $end, expecting } or ,",
        ),
        (
            refusing(400, "multiple org IDs present\n"),
            BadQuery,
            400,
            "tail follows one tenant only; several are followed by polling (multiple org IDs present)",
        ),
        (refusing(401, "no org id\n"), Auth, 401, "401 from HERE: no org id; name one as tenant: NAME"),
        (refusing(403, "RBAC: denied"), Auth, 403, "403 from HERE: access denied (RBAC: denied)"),
        (
            refusing(404, "404 page not found\n"),
            BadAnswer,
            404,
            "404 from HERE: no Loki API there; wrong URL or missing prefix?",
        ),
        (refusing(429, "slow down", **{"Retry-After": "7"}), Overloaded, 429, "429 from HERE: slow down"),
        (refusing(500, "rpc error"), Overloaded, 500, "500 from HERE: rpc error"),
        (refusing(502, "<html><body>Bad Gateway", "text/html"), Overloaded, 502, "502 from HERE: bad gateway"),
        (
            refusing(200, "<!DOCTYPE html><title>Sign in</title>", "text/html"),
            BadAnswer,
            200,
            "HERE answered HTML, not Loki: login page or wrong URL?",
        ),
        (refusing(200, "{}", "application/json"), BadAnswer, 200, "HERE opens no websocket; a proxy in between?"),
        (
            refusing(302, "", Location="https://sso.example.net/login?token=secret"),
            Auth,
            302,
            "HERE sends to sso.example.net; a login page?",
        ),
        (
            refusing(302, "", Location="/elsewhere"),
            Auth,
            302,
            "HERE sends to /elsewhere; a login page or a missing prefix?",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_answer_that_opens_no_websocket_is_told_as_for_any_request(
    scripted: Scripted, kind: type[SourceError], status: int, cause: str
) -> None:
    error = await ending(scripted)
    url = f"http://127.0.0.1:{scripted.port}"
    assert (type(error), error.status, error.cause) == (kind, status, cause.replace("HERE", url))
    assert len(scripted.asked) == 1


async def test_a_429_at_the_handshake_keeps_other_questions_away() -> None:
    async with refusing(429, "slow down", **{"Retry-After": "7"}).running() as source:
        _, error = await heard(source)
        assert error.retry_after == 7.0
        with pytest.raises(Overloaded) as caught:
            await source.lines('{job="x"}', 0, 1, 10)
        assert (caught.value.cause, caught.value.retry_after) == (error.cause, 7.0)


async def test_a_frame_that_is_no_json_ends_the_tail_and_the_connection() -> None:
    scripted = Scripted(sending(frame("a"), '{"streams":[{"str'))
    async with scripted.running() as source:
        found, error = await heard(source)
        await scripted.gone.wait()
    assert texts(found) == [["a"]]
    assert (type(error), error.cause) == (BadAnswer, "truncated or broken JSON (17 bytes)")


async def test_a_frame_larger_than_any_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lokitail, "LARGEST_FRAME", 2**20)
    scripted = Scripted(sending(frame("a"), frame("x" * 2**20)))
    async with scripted.running() as source:
        found, error = await heard(source)
    assert texts(found) == [["a"]]
    assert isinstance(error, TailClosed)
    assert (error.code, error.cause) == (1009, f"a frame of http://127.0.0.1:{scripted.port} is larger than 1 MB")


async def test_a_frame_of_megabytes_is_read_in_a_thread_and_keeps_its_place() -> None:
    long = "x" * 200_000
    async with Scripted(sending(frame("a"), frame(*[long] * 20), frame("b"), close=1000)).running() as source:
        found, _ = await heard(source)
    assert texts(found) == [["a"], [long] * 20, ["b"]]


async def test_what_is_no_websocket_frame_is_said_so() -> None:
    async def script(connection: ServerConnection) -> None:
        connection.transport.write(b"\xff\xff\xff\xff")
        await connection.wait_closed()

    scripted = Scripted(script)
    error = await ending(scripted)
    assert isinstance(error, TailClosed)
    url = f"http://127.0.0.1:{scripted.port}"
    assert (error.code, error.cause) == (1002, f"{url} does not keep to the websocket protocol")


async def test_a_failure_of_nocs_own_ends_the_tail_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, body: bytes) -> TailFrame:
        raise RuntimeError("secret")

    monkeypatch.setattr(lokitail.Frames, "read", broken)
    async with Scripted(sending(frame("a"))).running() as source:
        _, error = await heard(source)
    assert (type(error), error.cause) == (SourceError, "noc failed on a frame (RuntimeError); see the log")


@asynccontextmanager
async def raw_server(answer: bytes | None) -> AsyncGenerator[str, None]:
    """The URL of a server that says ``answer`` to anything and hangs up, or says nothing until the other side leaves."""
    busy: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        if answer is not None:
            writer.write(answer)
            writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()

    def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        busy.add(asyncio.create_task(talk(reader, writer), name="raw server"))

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait_for(asyncio.gather(*busy), DEADLINE)


@pytest.mark.parametrize(
    ("answer", "kind", "cause"),
    [
        (b"", Unreachable, "URL hung up without an HTTP answer; wrong port?"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", BadAnswer, "URL does not speak HTTP; wrong port?"),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            BadAnswer,
            "URL does not open a websocket as it should; a proxy in between?",
        ),
        (None, Timeout, "no answer from URL within 0.2s"),
    ],
)
async def test_a_server_that_speaks_something_else_is_told_apart(
    answer: bytes | None, kind: type[SourceError], cause: str
) -> None:
    async with raw_server(answer) as url:
        known = Server(url=url, timeout=0.2 if answer is None else 5.0)
        source = LokiSource(known, client(known), FixedClock(0.0))
        _, error = await heard(source)
        await source.aclose()
    assert isinstance(error, kind)
    assert error.cause == cause.replace("URL", url)


async def test_a_refused_connection_and_an_unknown_host_are_unreachable() -> None:
    for url, cause in (
        ("http://127.0.0.1:1", "connection refused by http://127.0.0.1:1; is it running?"),
        ("http://loki.invalid:3100", "unknown host loki.invalid"),
    ):
        known = Server(url=url)
        source = LokiSource(known, client(known), FixedClock(0.0))
        _, error = await heard(source)
        await source.aclose()
        assert (type(error), error.cause) == (Unreachable, cause)


@pytest.mark.parametrize(
    ("url", "proxy", "cause"),
    [
        ("http://a..b:3100", "", "no host can have the name a..b"),
        (
            "http://loki:3100",
            "ftp://proxy",
            "no websocket to http://loki:3100: the proxy of the environment is no URL of a proxy",
        ),
        (
            "http://loki:3100",
            "socks5://proxy",
            "no websocket to http://loki:3100 through a SOCKS proxy without the package python-socks",
        ),
    ],
)
async def test_a_way_that_cannot_be_gone_is_unreachable(
    monkeypatch: pytest.MonkeyPatch, url: str, proxy: str, cause: str
) -> None:
    known = Server(url=url)
    source = LokiSource(known, client(known), FixedClock(0.0))
    monkeypatch.setattr(lokitail, "getproxies", lambda: {"http": proxy} if proxy else {})
    _, error = await heard(source)
    await source.aclose()
    assert (type(error), error.cause) == (Unreachable, cause)


@pytest.mark.parametrize("tenant", ["a\r\nX-Evil: 1", "a ", "ünïcödé\u2603"])
async def test_a_header_that_cannot_be_sent_is_said_without_its_value(tenant: str) -> None:
    scripted = Scripted(forever)
    async with scripted.running(tenant=tenant) as source:
        _, error = await heard(source)
    assert (type(error), error.cause) == (
        Auth,
        f"a header for http://127.0.0.1:{scripted.port} cannot be sent; look for blanks or line breaks in tenant, headers and secrets",
    )
    assert scripted.asked == []


def server_context(folder: Path) -> ssl.SSLContext:
    """A server's certificate for ``loki.test``, signed by itself; its file is ``cert.pem``."""
    subject = ["-subj", "/CN=loki.test", "-addext", "subjectAltName=DNS:loki.test"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def test_tls_is_verified_by_the_servers_own_authority_and_name(tmp_path: Path) -> None:
    scripted = Scripted(sending(frame("a"), close=1000), ssl=server_context(tmp_path))
    trusted = Tls(ca=tmp_path / "cert.pem", server_name="loki.test")
    async with scripted.running(tls=trusted) as source:
        assert texts((await heard(source))[0]) == [["a"]]
    error = await ending(scripted, tls=Tls(ca=tmp_path / "cert.pem"))
    assert isinstance(error, Unreachable)
    assert error.cause.startswith("certificate of 127.0.0.1 refused: ")
    error = await ending(scripted)
    assert error.cause.startswith("certificate of 127.0.0.1 refused: self")


async def test_a_certificate_that_went_away_is_said(tmp_path: Path) -> None:
    known = Server(url="https://127.0.0.1:1")
    http = client(known)
    lost = Server(url="https://127.0.0.1:1", tls=Tls(ca=tmp_path / "gone.pem"))
    source = LokiSource(lost, http, FixedClock(0.0))
    _, error = await heard(source)
    await source.aclose()
    assert isinstance(error, Auth)
    assert "gone.pem" in error.cause


async def test_closing_the_generator_closes_the_connection_and_leaves_no_task() -> None:
    scripted = Scripted(sending(frame("a")))
    async with scripted.running() as source:
        before = asyncio.all_tasks()
        tail = source.tail('{job="x"}', 7)
        assert texts([await anext(tail)]) == [["a"]]
        await tail.aclose()
        async with asyncio.timeout(DEADLINE):
            await scripted.gone.wait()
        await until(lambda: asyncio.all_tasks() <= before)


async def test_a_consumer_that_is_cancelled_leaves_nothing_behind() -> None:
    scripted = Scripted(sending(frame("a")))
    got = asyncio.Event()

    async def consume(source: LokiSource) -> None:
        async with aclosing(source.tail('{job="x"}', 7)) as tail:
            async for _ in tail:
                got.set()

    async with scripted.running() as source:
        before = asyncio.all_tasks()
        task = asyncio.create_task(consume(source))
        await got.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(DEADLINE):
            await scripted.gone.wait()
        await until(lambda: asyncio.all_tasks() <= before)


async def test_cancelling_before_the_connection_stands_leaves_nothing_behind() -> None:
    async with raw_server(None) as url:
        known = Server(url=url)
        source = LokiSource(known, client(known), FixedClock(0.0))
        before = asyncio.all_tasks()
        tail = source.tail('{job="x"}', 7)
        task = asyncio.ensure_future(anext(tail))
        await until(lambda: source.requests == 1)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await tail.aclose()
        await source.aclose()
        await until(lambda: not [one for one in asyncio.all_tasks() - before if one.get_name() != "raw server"])


async def test_a_server_that_does_not_say_goodbye_holds_nobody_up() -> None:
    closed = asyncio.Event()

    async def script(connection: ServerConnection) -> None:
        await connection.send(orjson.dumps(frame("a")).decode())
        connection.transport.pause_reading()
        await closed.wait()
        connection.transport.abort()

    async with Scripted(script).running() as source, asyncio.timeout(DEADLINE):
        tail = source.tail('{job="x"}', 7)
        await anext(tail)
        await tail.aclose()
        closed.set()


async def test_closing_the_source_ends_its_tails() -> None:
    async with Scripted(sending(frame("a"))).running() as source, aclosing(source.tail('{job="x"}', 7)) as tail:
        await anext(tail)
        await source.aclose()
        with pytest.raises(TailClosed) as caught:
            await anext(tail)
        assert caught.value.code == 1006


async def test_a_tail_holds_no_place_that_questions_need() -> None:
    async with Scripted(sending(frame("a"))).running() as source:
        tails = [source.tail('{job="x"}', 7) for _ in range(5)]
        for tail in tails:
            async with asyncio.timeout(DEADLINE):
                await anext(tail)
        assert source._gate._places.locked() is False
        for tail in tails:
            await tail.aclose()


async def test_a_slow_consumer_stalls_nobody_and_what_it_lost_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lokitail, "Backlog", lambda: Backlog(lines=50, size=10**9))
    lines = [f"line {n}" for n in range(3000)]
    sent = [frame(*lines[n : n + 10]) for n in range(0, 3000, 10)]
    done = asyncio.Event()

    async def script(connection: ServerConnection) -> None:
        for one in sent:
            await connection.send(orjson.dumps(one).decode())
        await connection.ping()
        await connection.close(1000)
        done.set()

    found: list[TailFrame] = []
    async with Scripted(script).running() as source, aclosing(source.tail('{job="x"}', 7)) as tail:
        found.append(await anext(tail))
        async with asyncio.timeout(DEADLINE):
            await done.wait()
        with pytest.raises(TailClosed):
            async for one in tail:
                found.append(one)
    taken = [line.text for one in found for line in one.lines]
    assert taken[-50:] == lines[-50:]
    assert len(taken) + sum(one.dropped for one in found) == 3000


def entry(n: int) -> TailFrame:
    return TailFrame((LogLine(n, str(n)),))


async def test_the_backlog_gives_frames_in_order_and_then_the_error() -> None:
    backlog = Backlog()
    backlog.put(entry(1), 10)
    backlog.put(entry(2), 10)
    backlog.end(TailClosed("over", 1000))
    assert [await backlog.take(), await backlog.take()] == [entry(1), entry(2)]
    for _ in range(2):
        with pytest.raises(TailClosed):
            await backlog.take()


async def test_others_get_their_turn_after_a_thousand_lines() -> None:
    backlog, order = Backlog(), []
    many = TailFrame(tuple(LogLine(n, "x") for n in range(500)))
    for _ in range(4):
        backlog.put(many, 10)

    async def take() -> None:
        for n in range(4):
            await backlog.take()
            order.append(str(n))

    async def other() -> None:
        order.append("other")

    await asyncio.gather(take(), other())
    assert order == ["0", "1", "other", "2", "3"]


async def test_the_backlog_waits_for_a_frame() -> None:
    backlog = Backlog()
    task = asyncio.create_task(backlog.take())
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    backlog.put(entry(1), 10)
    assert await task == entry(1)


@pytest.mark.parametrize(("lines", "size"), [(3, 1000), (1000, 30)])
async def test_the_oldest_frames_give_way_by_lines_and_by_bytes(lines: int, size: int) -> None:
    backlog = Backlog(lines, size)
    backlog.put(TailFrame((LogLine(0, "0"),), dropped=5), 10)
    for n in range(1, 6):
        backlog.put(entry(n), 10)
    assert await backlog.take() == TailFrame((LogLine(3, "3"),), dropped=8)
    assert [await backlog.take(), await backlog.take()] == [entry(4), entry(5)]


async def test_one_frame_is_kept_however_large() -> None:
    backlog = Backlog(2, 10)
    large = TailFrame(tuple(LogLine(n, "x") for n in range(10)))
    backlog.put(entry(1), 1)
    backlog.put(large, 10**6)
    assert await backlog.take() == TailFrame(large.lines, 1)


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, "http://loki:3100", None),
        ({"http_proxy": "http://proxy:8080"}, "http://loki:3100", "http://proxy:8080"),
        ({"https_proxy": "http://proxy:8080"}, "http://loki:3100", None),
        ({"https_proxy": "proxy:8080"}, "https://loki", "http://proxy:8080"),
        ({"all_proxy": "http://proxy:8080"}, "https://loki", "http://proxy:8080"),
        ({"all_proxy": "http://proxy:8080", "no_proxy": "loki"}, "http://loki:3100", None),
        ({"http_proxy": "http://proxy:8080", "no_proxy": "*"}, "http://loki:3100", None),
    ],
)
def test_a_tail_takes_the_proxy_that_other_requests_take(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], url: str, proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "socks_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxy_of(url) == proxy
    known = client(Server(url=url))
    transport = known._transport_for_url(known.base_url.join("/x"))
    pool = getattr(transport, "_pool", None)
    assert ("Proxy" in type(pool).__name__) is (proxy is not None)
