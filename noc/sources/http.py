"""How noc talks HTTP: one client a server, one total deadline a request, and every failure as a SourceError.

TLS is verified, redirects are not followed (a 302 is a login page), idle connections are kept a minute so that a wall
does not connect anew with every poll (protocols.md 0). Secrets are read when a request is sent and stand in no message.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from noc import __version__
from noc.config.credentials import Tls
from noc.config.server import Server
from noc.model.errors import (
    Auth,
    BadAnswer,
    BadQuery,
    ConfigError,
    Fault,
    Overloaded,
    SourceError,
    Timeout,
    Unreachable,
)
from noc.model.text import clean

CONNECTIONS = 8
KEEP_ALIVE = 60.0  # seconds
CONNECT = 5.0  # seconds
LARGEST = 64 * 1024 * 1024
"""Bytes of an unpacked answer that are read at most."""

_SHORT = 200  # characters of a server's own text that are repeated


class HungUp(Unreachable):
    """The connection was ended by the server: a wrong port, or a kept connection that it had just given up."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer of any status. ``wire`` counts the bytes of the body as they came, packed."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    wire: int

    @property
    def kind(self) -> str:
        """The media type, in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        return "json" in self.kind

    @property
    def is_html(self) -> bool:
        return "html" in self.kind or self.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))

    @property
    def text(self) -> str:
        """The beginning of the body as one harmless line."""
        head = self.body[: 4 * _SHORT].decode("utf-8", "replace")
        return clean(" ".join(head.split()), _SHORT)

    @property
    def date(self) -> float | None:
        """The server's clock in unix seconds, as the Date header tells."""
        return _moment(self.headers.get("date", ""))

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asks to wait, given as a number or as a date."""
        value = self.headers.get("retry-after", "").strip()
        if value.isdigit():
            return float(value)
        until, now = _moment(value), self.date
        return max(0.0, until - now) if until is not None and now is not None else None


def client(server: Server, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client for one server; build it once. ConfigError when a certificate file cannot be used.

    ``transport`` replaces the network (tests, the demo in this process).
    """
    https = urlsplit(server.url).scheme == "https"
    return httpx.AsyncClient(
        base_url=server.url,
        auth=_Identity(server),
        headers={
            "User-Agent": f"noc/{__version__}",
            "Accept-Encoding": "gzip" if server.compression else "identity",
            "Accept": "application/json, text/plain;q=0.5, */*;q=0.1",
        },
        verify=tls_context(server.tls) if https and transport is None else False,
        timeout=httpx.Timeout(server.timeout, connect=connect_within(server.timeout)),
        limits=httpx.Limits(
            max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE
        ),
        follow_redirects=False,
        transport=transport,
    )


def connect_within(deadline: float) -> float:
    """Seconds until a connection must stand; below the deadline, so that a handshake ends by itself."""
    return min(CONNECT, 0.8 * deadline)


async def exchange(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    *,
    deadline: float,
    params: Mapping[str, str | list[str]] | None = None,
    form: Mapping[str, str | list[str]] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    largest: int = LARGEST,
) -> Reply:
    """Send one request and read the whole answer within ``deadline`` seconds, whatever its status.

    Unreachable, Timeout, Auth (a secret cannot be read) or BadAnswer; cancelling closes the connection.
    """
    where = str(client.base_url).rstrip("/")
    if client.is_closed:
        raise unsent(Unreachable(f"the connection to {where} is closed"))
    try:
        async with asyncio.timeout(deadline):
            request = client.build_request(method, path, params=params, data=form, content=content, headers=headers)
            response = await client.send(request, stream=True)
            try:
                body = await _body(response, largest, where)
            finally:
                await response.aclose()
    except ConfigError as error:
        raise unreadable(error) from None
    except (TimeoutError, httpx.TimeoutException) as error:
        if isinstance(error, httpx.ConnectTimeout):
            raise unsent(Timeout(f"no connection to {where} within {connect_within(deadline):g}s")) from None
        raise Timeout(f"no answer from {where} within {deadline:g}s") from None
    except httpx.HTTPError as error:
        found = network_error(error, where)
        raise unsent(found) if isinstance(error, httpx.ConnectError) else found from None
    return Reply(response.status_code, response.headers, body, response.num_bytes_downloaded)


def unreadable(error: ConfigError) -> Auth:
    """What it means for a request that a secret or a certificate cannot be read."""
    return unsent(Auth("; ".join(f"{fault.file}: {fault.message}" for fault in error.faults)))


E = TypeVar("E", bound=SourceError)


def unsent(error: E) -> E:
    """The same error, of a request that surely never reached the server."""
    error.unsent = True
    return error


def refusal(reply: Reply, where: str, said: str = "") -> SourceError:
    """What an answer that is not 2xx means, by its status alone; ``said`` is the server's own explanation.

    Serves every protocol: Loki and proxies explain themselves in plain text.
    """
    status = reply.status
    said = said or ("" if reply.is_html else reply.text)
    tail = f": {said}" if said else ""
    if "HTTP request to an HTTPS server" in said:
        return BadAnswer(f"{where} wants https://", status=status)
    if status in (301, 302, 303, 307, 308):
        return _redirected(reply, where)
    if status < 400:
        return BadAnswer(f"{status} from {where}: no answer to a query; a broken cache in between?", status=status)
    if status in (401, 403, 407):
        why = "login needed or wrong" if status == 401 else "access denied"
        return Auth(f"{status} from {where}: {why}" + (f" ({said})" if said else ""), status=status)
    if status == 404:
        return BadAnswer(f"404 from {where}: nothing of this kind there; wrong URL?", status=status)
    if status == 408:
        return Timeout(f"408 from {where}{tail}")
    if status == 429 or status >= 499:
        word = {
            429: "too many requests",
            499: "cancelled",
            502: "bad gateway",
            503: "not ready",
            504: "gateway timeout",
        }
        return Overloaded(
            f"{status} from {where}{tail or ': ' + word.get(status, 'server error')}",
            status=status,
            retry_after=reply.retry_after,
        )
    return BadQuery(said or f"{status} from {where}", status=status)


class _Identity(httpx.Auth):
    """Puts login, tenant and further headers on each request, secrets read at that moment."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._server.request_headers())
        if self._server.tls.server_name:
            request.extensions = {**request.extensions, "sni_hostname": self._server.tls.server_name}
        yield request


def tls_context(tls: Tls) -> ssl.SSLContext:
    """The system's authorities, or those of ``tls.ca``; certifi's where the system has none. ConfigError."""
    paths = ssl.get_default_verify_paths()
    try:
        context = ssl.create_default_context(cafile=None if tls.ca is None else str(tls.ca))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError([_unusable(tls.ca, "no PEM file of authorities", error)]) from None
    if tls.ca is None and not (paths.cafile or paths.capath):
        import certifi

        context.load_verify_locations(certifi.where())
    if tls.cert is not None:
        try:
            context.load_cert_chain(str(tls.cert), None if tls.key is None else str(tls.key), password="")
        except (OSError, ssl.SSLError) as error:
            raise ConfigError([_unusable(tls.cert, "no PEM certificate with its unencrypted key", error)]) from None
    if tls.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _unusable(path: Path | None, what: str, error: OSError) -> Fault:
    reason = what if isinstance(error, ssl.SSLError) or not error.strerror else error.strerror
    return Fault(str(path), 0, f"cannot be used for TLS: {reason}")


async def _body(response: httpx.Response, largest: int, where: str) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise BadAnswer(f"the answer of {where} is larger than {largest // 2**20} MB; narrow the query")
    return bytes(body)


def network_error(error: Exception, where: str) -> SourceError:
    """Why no answer came. The texts of libraries are not repeated where they could hold a header."""
    host = urlsplit(where).hostname or where
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = clean(cause.verify_message or "not trusted", _SHORT)
            return Unreachable(f"certificate of {host} refused: {why}; give its authority as tls: {{ca: FILE}}")
        if isinstance(cause, ssl.SSLError):
            return Unreachable(f"no TLS with {where} ({(cause.reason or 'handshake failed').lower()}); is it http://?")
        if isinstance(cause, socket.gaierror):
            return Unreachable(f"unknown host {host}")
        if isinstance(cause, ConnectionRefusedError):
            return Unreachable(f"connection refused by {where}; is it running?")
        if isinstance(cause, (ConnectionResetError, BrokenPipeError)):
            return HungUp(f"{where} reset the connection")
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return Unreachable(f"no connection to {where}: {cause.strerror.lower()}")
    if isinstance(error, httpx.RemoteProtocolError):
        if "without sending a response" in str(error):
            return HungUp(f"{where} hung up without an HTTP answer; wrong port?")
        if "closed" in str(error):
            return Unreachable(f"{where} closed the connection in the middle of an answer")
        return BadAnswer(f"{where} does not speak HTTP; wrong port?")
    if isinstance(error, httpx.DecodingError):
        return BadAnswer(f"the answer of {where} is broken: bad gzip")
    if isinstance(error, httpx.LocalProtocolError):
        return unsendable(where)
    if isinstance(error, (httpx.ConnectError, OSError)):
        return Unreachable(f"no connection to {where}")
    return Unreachable(f"the connection to {where} was lost")


def unsendable(where: str) -> Auth:
    """A header holds what no header may; its value is not repeated."""
    return Auth(f"a header for {where} cannot be sent; look for blanks or line breaks in tenant, headers and secrets")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and everything it came from, groups unpacked; each once."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        one = todo.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            todo.extend(one.exceptions)
        todo += [one.__cause__, one.__context__]


def _redirected(reply: Reply, where: str) -> SourceError:
    """A redirect: to the same host it is a matter of the URL, elsewhere a login page. Queries of the target may hold
    tokens and are not repeated."""
    target = urlsplit(reply.headers.get("location", ""))
    if target.hostname and target.hostname != urlsplit(where).hostname:
        return Auth(f"{where} sends to {target.hostname}; a login page?", status=reply.status)
    if target.scheme and target.scheme != urlsplit(where).scheme:
        return Auth(f"{where} wants {target.scheme}://", status=reply.status)
    shown = clean(target.path, 60) or "another address"
    return Auth(f"{where} sends to {shown}; a login page or a missing prefix?", status=reply.status)


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except ValueError:
        return None
