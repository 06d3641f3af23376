"""Certificates of one-shot look-ups, against a TLS server with a private authority."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from noc.config.server import Server
from noc.model.errors import Auth, SourceError, Unreachable
from noc.sources.inventory import PrometheusInventory
from tests.servers import require

BODY = b'{"status":"success","data":["up"]}'


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: Any) -> None:
        pass


class TlsServer(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A refused handshake is the client's to report."""


@pytest.fixture(scope="session")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for ``prom.test`` with its key, signed by itself: server, client and authority in one."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [require("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=prom.test", "-addext", "subjectAltName=DNS:prom.test"]
    subprocess.run([*command, "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def serve(pem: Path) -> Iterator[Callable[[bool], str]]:
    """``serve(mutual)`` starts a TLS server, which wants a client certificate if mutual, and returns its URL."""
    running: list[TlsServer] = []

    def start(mutual: bool) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        if mutual:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(pem)
        server = TlsServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def names(url: str, **tls: object) -> tuple[str, ...]:
    inventory = PrometheusInventory(Server.model_validate({"url": url, "timeout": 5, "tls": tls}))
    try:
        return inventory.names()
    finally:
        inventory.close()


def test_a_private_authority_and_another_name_are_accepted_when_given(serve: Callable[[bool], str], pem: Path) -> None:
    assert names(serve(False), ca=str(pem), server_name="prom.test") == ("up",)


def test_a_client_certificate_is_shown(serve: Callable[[bool], str], pem: Path) -> None:
    url = serve(True)
    assert names(url, ca=str(pem), server_name="prom.test", cert=str(pem)) == ("up",)
    with pytest.raises(Unreachable):
        names(url, ca=str(pem), server_name="prom.test")


def test_checking_can_be_switched_off(serve: Callable[[bool], str]) -> None:
    assert names(serve(False), insecure_skip_verify=True) == ("up",)


@pytest.mark.parametrize(
    ("tls", "error", "cause"),
    [
        (
            {},
            Unreachable,
            "certificate of 127.0.0.1 refused: self-signed certificate; give its authority as tls: {ca: FILE}",
        ),
        (
            {"ca": "PEM"},
            Unreachable,
            "certificate of 127.0.0.1 refused: IP address mismatch, certificate is not valid for '127.0.0.1'; "
            "give its name as tls: {server_name: NAME}",
        ),
        (
            {"ca": "PEM", "server_name": "other.test"},
            Unreachable,
            "certificate of 127.0.0.1 refused: hostname 'other.test' doesn't match 'prom.test'; "
            "give its name as tls: {server_name: NAME}",
        ),
        (
            {"ca": "/nowhere/ca.pem"},
            Auth,
            "a certificate of URL cannot be used: "
            "Could not find a suitable TLS CA certificate bundle, invalid path: /nowhere/ca.pem",
        ),
    ],
)
def test_a_certificate_that_is_not_trusted_says_what_to_configure(
    serve: Callable[[bool], str], pem: Path, tls: dict[str, str], error: type[SourceError], cause: str
) -> None:
    url = serve(False)
    with pytest.raises(error) as caught:
        names(url, **{key: str(pem) if value == "PEM" else value for key, value in tls.items()})
    assert caught.value.cause == cause.replace("URL", url)
