"""The prober against real sockets that behave as badly as endpoints do, over TLS too."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from noc.config.checks import Check
from noc.model.checks import CheckResult, Finding
from noc.model.clock import SystemClock
from noc.sources.http import client
from noc.sources.probe import LARGEST, HttpProber
from tests.servers import free_port, require
from tests.sources.test_http import Behaviour, answering, listening


def http(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def probe(url: str, **check: Any) -> CheckResult:
    target = {"url": url, **check.pop("target", {})}
    made = Check.model_validate({"target": target, **check})
    prober = HttpProber(made, client(made.target), SystemClock())
    try:
        return await prober.probe()
    finally:
        await prober.aclose()


async def found(behaviour: Behaviour, **check: Any) -> CheckResult:
    async with listening(behaviour) as port:
        return await probe(f"http://127.0.0.1:{port}/health", **check)


def failures(result: CheckResult) -> list[str]:
    return [finding.failure for finding in result.findings if finding.failure]


async def test_a_good_answer_is_good_and_dated() -> None:
    before = SystemClock().now()
    result = await found(answering(http(b'{"services": {"db": "up"}}')), services="$.services", within="9s")
    assert (result.ok, result.status, result.error, result.certificate) == (True, 200, "", None)
    assert result.findings == (Finding("status 200"), Finding("under 9 s"), Finding("valid JSON"))
    assert result.services == (("db", "up"),)
    assert before <= result.at <= SystemClock().now()
    assert 0 < result.duration < 9


async def test_the_path_is_asked_as_it_is_written_with_login_and_a_connection_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEALTH_TOKEN", "open-sesame")
    heads: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(http())
        await writer.drain()

    result = await found(behave, target={"bearer_env": "HEALTH_TOKEN"})
    assert result.ok
    line, *fields = heads[0].decode().lower().split("\r\n")
    assert line == "get /health http/1.1"
    assert "authorization: bearer open-sesame" in fields
    assert "connection: close" in fields
    assert "open-sesame" not in repr(result)


async def test_a_secret_that_is_not_there_is_said() -> None:
    result = await probe("http://127.0.0.1:1/health", target={"bearer_env": "NOT_SET_ANYWHERE"})
    assert "NOT_SET_ANYWHERE" in result.error
    assert not result.ok


@pytest.mark.parametrize(
    ("raw", "check", "status", "failed"),
    [
        (http(status="503 Service Unavailable"), {}, 503, ["status 503"]),
        (http(b"<html>busy"), {"valid_json": True}, 200, ["no JSON: <html>busy"]),
        (
            http(b"", "302 Found", "Location: https://login.test/?token=secret"),
            {},
            302,
            ["status 302, sends to login.test"],
        ),
        (http(b"", "301 Moved", "Location: /new?token=secret"), {}, 301, ["status 301, sends to /new"]),
        (http(b"", "302 Found"), {}, 302, ["status 302"]),
    ],
)
async def test_an_answer_that_is_not_the_wanted_one(
    raw: bytes, check: dict[str, Any], status: int, failed: list[str]
) -> None:
    result = await found(answering(raw), **check)
    assert (result.status, failures(result), result.error) == (status, failed, "")


async def test_a_slow_body_is_measured_to_its_end() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        whole = http(b'{"a": 1}')
        writer.write(whole[:-3])
        await writer.drain()
        await asyncio.sleep(0.15)
        writer.write(whole[-3:])
        await writer.drain()

    result = await found(behave, within="100ms")
    assert result.duration >= 0.15
    assert failures(result) == [f"{result.duration * 1000:.0f} ms, over 100 ms"]


async def test_a_huge_body_is_not_read_to_its_end() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n")
        while True:
            writer.write(b"x" * (LARGEST // 4))
            await writer.drain()

    result = await found(behave, valid_json=True)
    assert failures(result) == ["the body is larger than 1 MB"]


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.Event().wait()


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(http(b"x" * 100)[:-50])
    await writer.drain()
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("behaviour", "status", "words"), [(hanging, None, "no answer from"), (half, 200, "no whole answer from")]
)
async def test_an_endpoint_that_hangs_is_given_up(behaviour: Behaviour, status: int | None, words: str) -> None:
    result = await found(behaviour, target={"timeout": "300ms"})
    assert result.error.startswith(words)
    assert result.error.endswith("within 0.3s")
    assert (result.status, result.ok) == (status, False)
    assert 0.25 < result.duration < 3


async def test_nobody_listens() -> None:
    port = free_port()
    result = await probe(f"http://127.0.0.1:{port}/health")
    assert result.error == f"connection refused by http://127.0.0.1:{port}/health; is it running?"
    assert (result.status, result.findings) == (None, ())


async def test_what_is_no_http_and_what_hangs_up() -> None:
    assert "does not speak HTTP" in (await found(answering(b"SSH-2.0-x\r\n\r\n"))).error
    assert "hung up without an HTTP answer" in (await found(answering(b""))).error
    assert "in the middle of an answer" in (await found(answering(http(b"x" * 9)[:-5]))).error


async def test_a_closed_prober_says_so_and_does_not_raise() -> None:
    check = Check.model_validate({"target": "http://127.0.0.1:1/health"})
    prober = HttpProber(check, client(check.target), SystemClock())
    await prober.aclose()
    assert (await prober.probe()).error == "the connection to http://127.0.0.1:1/health is closed"


# -- TLS


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("health-tls")
    certify(directory, "good", "-days", "20")
    certify(directory, "old", "-not_before", "20240101000000Z", "-not_after", "20240201000000Z")
    return directory


def certify(directory: Path, name: str, *valid: str) -> None:
    """A certificate for 127.0.0.1 signed by itself, with its key."""
    key, cert = directory / f"{name}.key", directory / f"{name}.crt"
    command = [require("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=health.test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key)]
    done = subprocess.run([*command, "-out", str(cert), *valid], capture_output=True, check=False)
    if done.returncode and "-not_before" in valid:  # an openssl before 3.4 cannot date back
        dated = [
            require("openssl"),
            "x509",
            "-in",
            str(directory / "good.crt"),
            "-signkey",
            str(directory / "good.key"),
        ]
        subprocess.run([*dated, "-days", "-1", "-out", str(cert)], check=False, capture_output=True)
        key.write_bytes((directory / "good.key").read_bytes())


async def over_tls(authority: Path, name: str, **tls: Any) -> CheckResult:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if not (authority / f"{name}.crt").exists():
        pytest.skip("this openssl makes no such certificate")
    context.load_cert_chain(authority / f"{name}.crt", authority / f"{name}.key")
    async with listening(answering(http()), context) as port:
        return await probe(f"https://127.0.0.1:{port}/health", target={"tls": tls})


async def test_the_end_of_a_certificate_is_read_off_the_connection(authority: Path) -> None:
    result = await over_tls(authority, "good", ca=str(authority / "good.crt"))
    assert (result.ok, result.error) == (True, "")
    assert result.certificate is not None
    left = datetime.fromtimestamp(result.certificate, UTC) - datetime.fromtimestamp(result.at, UTC)
    assert timedelta(days=19) < left <= timedelta(days=20)


async def test_a_certificate_signed_by_itself_is_refused_with_the_reason(authority: Path) -> None:
    result = await over_tls(authority, "good")
    assert result.error == (
        "certificate of 127.0.0.1 refused: self-signed certificate; give its authority as tls: {ca: FILE}"
    )
    assert (result.status, result.certificate) == (None, None)


async def test_a_certificate_that_has_ended_is_refused_with_the_reason(authority: Path) -> None:
    result = await over_tls(authority, "old", ca=str(authority / "old.crt"))
    assert "certificate has expired" in result.error
    assert not result.ok


async def test_of_a_certificate_that_is_not_verified_nothing_is_known(authority: Path) -> None:
    result = await over_tls(authority, "good", insecure_skip_verify=True)
    assert (result.ok, result.certificate) == (True, None)
