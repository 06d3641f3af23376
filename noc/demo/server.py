"""Real HTTP servers of the embedded world on 127.0.0.1: each application on a free port of its own, all in one thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self, runtime_checkable
from urllib.parse import parse_qs

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from noc.demo.encoding import Reply
from noc.demo.parameters import Params
from noc.demo.request import Request as Asked
from noc.model.errors import NocError

_FORM = "application/x-www-form-urlencoded"


class Handler(Protocol):
    """A server as a function of the request: PrometheusApi and its kind."""

    def handle(self, method: str, path: str, params: Params) -> Reply: ...


@runtime_checkable
class WholeHandler(Protocol):
    """A server that reads headers and bodies too: AlertmanagerApi and its kind."""

    def answer(self, request: Asked) -> Reply: ...


class HandlerApp:
    """A handler as an ASGI application. Handlers run in worker threads, so a long query does not hold up the others.

    Websockets are an application's own (noc.demo.lokitail); here their handshake fails.
    """

    def __init__(self, handler: Handler | WholeHandler) -> None:
        self.handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        reply = await self._reply(request)
        if not reply.status:
            await _silence(receive)
            return
        await Response(reply.body, reply.status, reply.headers)(scope, receive, send)

    async def _reply(self, request: Request) -> Reply:
        """A WholeHandler gets the request as it is, a Handler the parameters of URL and form."""
        params = parse_qs(request.url.query, keep_blank_values=True)
        path = str(request.scope["path"])
        if isinstance(self.handler, WholeHandler):
            asked = Asked(request.method, path, params, dict(request.headers), await request.body())
            return await run_in_threadpool(self.handler.answer, asked)
        if request.headers.get("content-type", "").startswith(_FORM):
            form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
            params = {name: form.get(name, []) + params.get(name, []) for name in {**form, **params}}
        return await run_in_threadpool(self.handler.handle, request.method, path, params)


async def _silence(receive: Receive) -> None:
    """Hold the connection until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        pass


class DemoServer:
    """Serves named applications until stopped; a context manager.

    ``ports`` asks for fixed ports by name (default: any free one). ``urls`` are known, and connections wait in the
    socket's queue, as soon as it is entered.
    """

    def __init__(self, apps: Mapping[str, ASGIApp], ports: Mapping[str, int] | None = None) -> None:
        self._apps = dict(apps)
        self._ports = dict(ports or {})
        self._servers: list[uvicorn.Server] = []
        self._sockets: dict[str, socket.socket] = {}
        self._thread: threading.Thread | None = None

    @property
    def urls(self) -> dict[str, str]:
        """Base URL of each application, without a trailing slash."""
        return {name: f"http://127.0.0.1:{bound.getsockname()[1]}" for name, bound in self._sockets.items()}

    def start(self) -> Self:
        """Bind and serve in a thread; raises NocError when a wanted port is taken."""
        try:
            for name in self._apps:
                self._sockets[name] = _bound(self._ports.get(name, 0))
        except OSError as fault:
            self._close()
            raise NocError(
                f"cannot listen on 127.0.0.1:{self._ports.get(name, 0)} for {name}: {fault.strerror}"
            ) from fault
        self._servers = [uvicorn.Server(_config(app)) for app in self._apps.values()]
        self._thread = threading.Thread(target=self._run, name="noc-demo-server", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving; requests under way are cut off."""
        for server in self._servers:
            server.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._servers = []
        self._close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        pairs = zip(self._servers, self._sockets.values(), strict=True)
        await asyncio.gather(*(server.serve(sockets=[bound]) for server, bound in pairs))

    def _close(self) -> None:
        for bound in self._sockets.values():
            bound.close()
        self._sockets = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound


def _config(app: ASGIApp) -> uvicorn.Config:
    """Quiet, without headers of its own: the Date is the demo's clock, not the machine's. Websockets are pinged as often as
    Loki does, and their frames are not compressed."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        date_header=False,
        server_header=False,
        timeout_keep_alive=300,
        timeout_graceful_shutdown=0,
        ws="websockets-sansio",
        ws_ping_interval=1.0,
        ws_per_message_deflate=False,
    )
