"""The client against real sockets that behave as badly as networks do."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from noc.config.server import Server
from noc.model.errors import Auth, BadAnswer, ConfigError, SourceError, Timeout, Unreachable
from noc.sources.http import HungUp, Reply, client, exchange
from tests.servers import free_port, require

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A TCP server that reads one request's head and then behaves; yields its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await behaviour(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answering(raw: bytes) -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()

    return behave


async def get(url: str, *, deadline: float = 5.0, largest: int = 1_000_000, **server: object) -> Reply:
    settings = Server.model_validate({"url": url, **server})
    async with client(settings) as opened:
        return await exchange(opened, "GET", "/api", deadline=deadline, largest=largest)


async def failure(url: str, **options: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await get(url, **options)  # type: ignore[arg-type]
    return caught.value


async def fault(behaviour: Behaviour, **options: object) -> tuple[type[SourceError], str]:
    """Class and cause of the failure, with the port left out."""
    async with listening(behaviour) as port:
        error = await failure(f"http://127.0.0.1:{port}", **options)
        return type(error), error.cause.replace(f":{port}", "")


async def test_a_whole_answer_is_read_unpacked_and_its_packed_size_kept() -> None:
    packed = gzip.compress(b"x" * 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    async with listening(answering(head % len(packed) + packed)) as port:
        reply = await get(f"http://127.0.0.1:{port}")
    assert (reply.status, reply.body, reply.wire, reply.kind) == (200, b"x" * 1000, len(packed), "text/plain")


async def test_a_port_nobody_listens_on() -> None:
    port = free_port()
    error = await failure(f"http://127.0.0.1:{port}")
    assert (type(error), error.cause) == (
        Unreachable,
        f"connection refused by http://127.0.0.1:{port}; is it running?",
    )


async def test_a_port_that_does_not_speak_http() -> None:
    assert await fault(answering(b"SSH-2.0-OpenSSH_9.2\r\n")) == (
        HungUp,
        "http://127.0.0.1 hung up without an HTTP answer; wrong port?",
    )
    assert await fault(answering(b"220 mail.example ESMTP\r\n\r\n")) == (
        BadAnswer,
        "http://127.0.0.1 does not speak HTTP; wrong port?",
    )


async def test_a_server_that_hangs_up() -> None:
    assert await fault(answering(b"")) == (
        HungUp,
        "http://127.0.0.1 hung up without an HTTP answer; wrong port?",
    )


async def test_a_server_that_resets_the_connection() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert await fault(reset) == (HungUp, "http://127.0.0.1 reset the connection")


async def test_an_answer_cut_in_the_middle() -> None:
    assert await fault(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")) == (
        Unreachable,
        "http://127.0.0.1 closed the connection in the middle of an answer",
    )


async def test_a_server_that_never_answers() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    assert await fault(hang, deadline=0.05) == (Timeout, "no answer from http://127.0.0.1 within 0.05s")


async def test_the_deadline_is_for_the_whole_answer_not_for_each_piece() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.005)

    assert await fault(drip, deadline=0.05) == (Timeout, "no answer from http://127.0.0.1 within 0.05s")


async def test_broken_gzip() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"
    assert await fault(answering(raw)) == (BadAnswer, "the answer of http://127.0.0.1 is broken: bad gzip")


async def test_a_small_packet_that_unpacks_to_gigabytes_is_stopped() -> None:
    packed = gzip.compress(b"\0" * 3_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert await fault(answering(head + packed), largest=2**20) == (
        BadAnswer,
        "the answer of http://127.0.0.1 is larger than 1 MB; narrow the query",
    )


async def test_https_to_a_port_that_speaks_http() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with listening(refuse) as port:
        error = await failure(f"https://127.0.0.1:{port}")
    assert type(error) is Unreachable
    assert error.cause.startswith(f"no TLS with https://127.0.0.1:{port} (")
    assert error.cause.endswith("); is it http://?")


async def test_an_unknown_host() -> None:
    class Nowhere(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            try:
                raise socket.gaierror(-2, "Name or service not known")
            except socket.gaierror as error:
                raise httpx.ConnectError("All connection attempts failed") from error

    async with client(Server(url="http://prom.nowhere:9090"), Nowhere()) as opened:
        with pytest.raises(Unreachable) as caught:
            await exchange(opened, "GET", "/", deadline=1.0)
    assert caught.value.cause == "unknown host prom.nowhere"


async def test_cancelling_a_request_closes_its_connection() -> None:
    arrived, left = asyncio.Event(), asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await reader.read()
        left.set()

    async with listening(wait) as port, client(Server(url=f"http://127.0.0.1:{port}")) as opened:
        task = asyncio.create_task(exchange(opened, "GET", "/", deadline=60.0))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(left.wait(), 5)


async def test_requests_one_after_the_other_share_a_connection() -> None:
    connections = 0

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()

    async with listening(keep) as port, client(Server(url=f"http://127.0.0.1:{port}")) as opened:
        for _ in range(5):
            assert (await exchange(opened, "GET", "/", deadline=5.0)).body == b"ok"
    assert connections == 1


async def test_login_by_name_and_password_and_headers_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "s3cret")
    monkeypatch.setenv("KEY", "k")
    seen: list[bytes] = []

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with listening(look) as port:
        login = {"username": "noc", "password_env": "PASSWORD"}
        await get(f"http://127.0.0.1:{port}", basic=login, headers_env={"X-Api-Key": "KEY"})
    assert b"Authorization: Basic bm9jOnMzY3JldA==\r\n" in seen[0]
    assert b"X-Api-Key: k\r\n" in seen[0]


async def test_a_token_file_may_rotate(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("one\n")
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200)

    async with client(Server(url="http://prom", bearer_file=token), httpx.MockTransport(handle)) as opened:
        await exchange(opened, "GET", "/", deadline=1.0)
        token.write_text("two\n")
        await exchange(opened, "GET", "/", deadline=1.0)
        token.unlink()
        with pytest.raises(Auth) as caught:
            await exchange(opened, "GET", "/", deadline=1.0)
    assert seen == ["Bearer one", "Bearer two"]
    assert caught.value.cause == f"{token}: cannot be read: No such file or directory (token of http://prom)"


async def test_a_closed_client_is_unreachable() -> None:
    opened = client(Server(url="http://prom"), httpx.MockTransport(lambda request: httpx.Response(200)))
    await opened.aclose()
    with pytest.raises(Unreachable) as caught:
        await exchange(opened, "GET", "/", deadline=1.0)
    assert caught.value.cause == "the connection to http://prom is closed"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PEM file with a certificate for the name ``prom.test``, signed by itself, and its key."""
    openssl = require("openssl")
    pem = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=prom.test", "-addext", "subjectAltName=DNS:prom.test"]
    subprocess.run([*command, *names, "-keyout", pem, "-out", f"{pem}.crt"], check=True, capture_output=True)
    pem.write_text(pem.read_text() + Path(f"{pem}.crt").read_text())
    return pem


@asynccontextmanager
async def tls_server(certificate: Path) -> AsyncIterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with listening(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), context) as port:
        yield f"https://127.0.0.1:{port}"


async def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path) -> None:
    async with tls_server(certificate) as url:
        error = await failure(url)
    assert (type(error), error.cause) == (
        Unreachable,
        "certificate of 127.0.0.1 refused: self-signed certificate; give its authority as tls: {ca: FILE}",
    )


async def test_a_certificate_of_another_name_is_refused(certificate: Path) -> None:
    async with tls_server(certificate) as url:
        error = await failure(url, tls={"ca": str(certificate)})
    assert type(error) is Unreachable
    assert "IP address mismatch" in error.cause


async def test_a_given_authority_and_name_are_enough(certificate: Path) -> None:
    async with tls_server(certificate) as url:
        assert (await get(url, tls={"ca": str(certificate), "server_name": "prom.test"})).body == b"ok"
        assert (await get(url, tls={"insecure_skip_verify": True})).body == b"ok"


def test_a_broken_certificate_file_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("nothing")
    cases = [
        ({"ca": str(broken)}, f"{broken}:0: cannot be used for TLS: no PEM file of authorities"),
        ({"ca": str(tmp_path / "gone")}, f"{tmp_path / 'gone'}:0: cannot be used for TLS: No such file or directory"),
        ({"cert": str(broken)}, f"{broken}:0: cannot be used for TLS: no PEM certificate with its unencrypted key"),
    ]
    for tls, message in cases:
        with pytest.raises(ConfigError) as caught:
            client(Server.model_validate({"url": "https://prom", "tls": tls}))
        assert str(caught.value) == message
