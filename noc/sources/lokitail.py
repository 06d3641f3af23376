"""Following lines over Loki's websocket: opening it, noticing that it is dead, and never falling behind (protocols.md 6.5).

Loki pings every second and drops lines for a client that reads slowly, hardly saying so. A task therefore does nothing but
read; what its consumer has not taken yet waits in a bounded backlog.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from ssl import SSLContext
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
)

from noc import __version__
from noc.config.server import Server
from noc.model.errors import (
    BadAnswer,
    ConfigError,
    SourceError,
    TailClosed,
    Timeout,
    Unreachable,
)
from noc.model.logs import TailFrame
from noc.model.text import clean
from noc.sources.http import HungUp, Reply, network_error, unreadable, unsendable
from noc.sources.logdecode import Frames

SILENCE = 10.0
"""Seconds without a byte after which a link is dead; Loki pings every second."""

LARGEST_FRAME = 32 * 1024 * 1024
"""Bytes of a frame at most: a hundred lines of 256 kB, the longest that Loki takes by default."""

BACKLOG_LINES = 10_000
BACKLOG_BYTES = 32 * 1024 * 1024
"""What waits for a consumer at most, unless one frame alone is larger; the oldest frames give way."""

IN_THREAD = 200_000
"""Bytes of a frame above which it is read in a thread: the event loop draws frames."""

log = logging.getLogger(__name__)

_SENDABLE = re.compile(r"[!-~\x80-\xff]([\t -~\x80-\xff]*[!-~\x80-\xff])?|")
"""What the value of a header may be: no line break, no blank at its ends."""

_READ = 500
_TURN = 1000
"""Lines after which the reader and a consumer let others have the event loop; the consumer catches up."""

_UNREAD = 4  # frames that may lie between the socket and the reader
_CLOSING = 0.5  # seconds for the other side to say goodbye
_ABNORMAL = 1006
_TOO_BIG = 1009
_SHORT = 200  # characters of a server's own reason that are kept


class Link(ClientConnection):
    """A connection that ends itself when nothing was heard for ``silence`` seconds: no frame, no ping."""

    silence = SILENCE
    hung = False
    _watch: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        self._rearm()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def _rearm(self) -> None:
        self._disarm()
        self._watch = self.loop.call_later(self.silence, self._died)

    def _disarm(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _died(self) -> None:
        self.hung = True
        self.transport.abort()


class _Connect(connect):
    """Redirects are not followed: they lead to a login page."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def opened(
    server: Server,
    path: str,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    context: SSLContext | None,
    silence: float = SILENCE,
) -> Link | Reply:
    """A websocket within the server's deadline, or the answer that was no upgrade. SourceError when there is neither."""
    where = server.url

    def made(*args: Any, **options: Any) -> Link:
        link = Link(*args, **options)
        link.silence = silence
        return link

    options: dict[str, Any] = {}
    if context is not None:
        options = {"ssl": context, "server_hostname": server.tls.server_name or urlsplit(where).hostname}
    try:
        said = {**server.request_headers(), **headers}
        if not all(_SENDABLE.fullmatch(value) for value in said.values()):
            raise unsendable(where)
        return await _Connect(  # type: ignore[return-value]
            f"ws{where.removeprefix('http')}{path}?{urlencode(params, quote_via=quote)}",
            additional_headers=said,
            user_agent_header=f"noc/{__version__}",
            compression="deflate" if server.compression else None,
            proxy=proxy_of(where),
            open_timeout=server.timeout,
            ping_interval=None,
            close_timeout=_CLOSING,
            max_size=LARGEST_FRAME,
            max_queue=_UNREAD,
            create_connection=made,  # type: ignore[arg-type]
            **options,
        )
    except ConfigError as error:
        raise unreadable(error) from None
    except InvalidStatus as error:
        response = error.response
        known = {name.lower(): value for name, value in response.headers.raw_items()}
        return Reply(response.status_code, known, bytes(response.body), len(response.body))
    except (InvalidHandshake, InvalidProxy, InvalidURI, OSError, UnicodeError, ImportError) as error:
        raise _unopened(error, where, server.timeout) from None


def _unopened(error: Exception, where: str, deadline: float) -> SourceError:
    """Why no connection stands. The texts of libraries are not repeated where they could hold a header."""
    if isinstance(error, TimeoutError):
        return Timeout(f"no answer from {where} within {deadline:g}s")
    if isinstance(error, InvalidMessage):
        cause = error.__cause__
        if isinstance(cause, EOFError):
            return HungUp(f"{where} hung up without an HTTP answer; wrong port?")
        return BadAnswer(f"{where} does not speak HTTP; wrong port?")
    if isinstance(error, OSError):
        return network_error(error, where)
    if isinstance(error, ImportError):
        return Unreachable(f"no websocket to {where} through a SOCKS proxy without the package python-socks")
    if isinstance(error, (InvalidURI, UnicodeError)):
        return Unreachable(f"no host can have the name {urlsplit(where).hostname or where}")
    if isinstance(error, InvalidProxy):
        return Unreachable(f"no websocket to {where}: the proxy of the environment is no URL of a proxy")
    return BadAnswer(f"{where} does not open a websocket as it should; a proxy in between?")


def proxy_of(url: str) -> str | None:
    """The environment's proxy for a server: the same that httpx takes for its other requests."""
    parts, known = urlsplit(url), getproxies()
    if proxy_bypass(parts.netloc):
        return None
    proxy = known.get(parts.scheme) or known.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


async def frames(
    open_link: Callable[[], Awaitable[Link]], where: str, heard: Callable[[int], None]
) -> AsyncGenerator[TailFrame, None]:
    """Frames in the order they came until the connection ends, then its SourceError. ``heard`` gets the size of each.

    Closing or cancelling closes the connection.
    """
    link = await open_link()
    backlog = Backlog()
    reader = asyncio.create_task(_read(link, backlog, where, heard))
    try:
        while True:
            yield await backlog.take()
    finally:
        reader.cancel()
        try:
            await asyncio.wait([reader])
            await link.close()
        finally:
            link.transport.abort()


async def _read(link: Link, backlog: Backlog, where: str, heard: Callable[[int], None]) -> None:
    """Everything that comes, into the backlog, and at last why nothing comes any more."""
    decoder, lines = Frames(), 0
    try:
        while True:
            if lines >= _READ:
                lines = 0
                await asyncio.sleep(0)
            message = await link.recv(decode=False)
            heard(len(message))
            if len(message) > IN_THREAD:
                frame = await asyncio.to_thread(decoder.read, message)
            else:
                frame = decoder.read(message)
            backlog.put(frame, len(message))
            lines += len(frame.lines)
    except ConnectionClosed as closed:
        backlog.end(_ended(closed, link.hung, where))
    except SourceError as error:
        backlog.end(error)
    except Exception as error:
        log.exception("a frame of %s could not be used", where)
        backlog.end(SourceError(f"noc failed on a frame ({type(error).__name__}); see the log"))


def _ended(closed: ConnectionClosed, hung: bool, where: str) -> TailClosed:
    """How a tail ended: the server's code and reason, or what was missed."""
    if hung:
        return TailClosed(f"no sign of life from {where}", _ABNORMAL)
    if closed.rcvd is not None:
        said = clean(" ".join(closed.rcvd.reason.split()), _SHORT)
        return TailClosed(f"{where} ended the tail" + (f": {said}" if said else ""), closed.rcvd.code)
    if closed.sent is not None and closed.sent.code == _TOO_BIG:
        return TailClosed(f"a frame of {where} is larger than {LARGEST_FRAME // 2**20} MB", _TOO_BIG)
    if closed.sent is not None and closed.sent.code != 1000:
        return TailClosed(f"{where} does not keep to the websocket protocol", closed.sent.code)
    return TailClosed(f"the connection to {where} was lost", _ABNORMAL)


class Backlog:
    """Frames that came and were not yet taken. The oldest give way to the newest; their lines are counted as dropped."""

    def __init__(self, lines: int = BACKLOG_LINES, size: int = BACKLOG_BYTES) -> None:
        self._most_lines = lines
        self._most_bytes = size
        self._waiting: deque[tuple[TailFrame, int]] = deque()
        self._lines = 0
        self._bytes = 0
        self._lost = 0
        self._taken = 0
        self._error: SourceError | None = None
        self._news = asyncio.Event()

    def put(self, frame: TailFrame, size: int) -> None:
        """A frame of ``size`` bytes; the newest frame is always kept."""
        self._waiting.append((frame, size))
        self._lines += len(frame.lines)
        self._bytes += size
        while len(self._waiting) > 1 and (self._lines > self._most_lines or self._bytes > self._most_bytes):
            gone = self._pop()
            self._lost += len(gone.lines) + gone.dropped
        self._news.set()

    def end(self, error: SourceError) -> None:
        """Nothing comes any more."""
        self._error = error
        self._news.set()

    async def take(self) -> TailFrame:
        """The oldest frame, waiting for one; what was lost before it is counted in it. Once all were taken, the error.

        Whoever else runs on the event loop gets a turn after every thousand lines, however many wait.
        """
        if self._taken >= _TURN:
            self._taken = 0
            await asyncio.sleep(0)
        while not self._waiting:
            if self._error is not None:
                raise self._error
            self._taken = 0
            self._news.clear()
            await self._news.wait()
        frame = self._pop()
        self._taken += len(frame.lines)
        if self._lost:
            frame, self._lost = TailFrame(frame.lines, frame.dropped + self._lost), 0
        return frame

    def _pop(self) -> TailFrame:
        frame, size = self._waiting.popleft()
        self._lines -= len(frame.lines)
        self._bytes -= size
        return frame
