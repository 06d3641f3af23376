"""Small HTTP servers that do what proxies, login pages and wrong ports do. Each on a free loopback port, in threads."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked: the path, and the parameters of the query and the form together."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Reply]


class Server:
    """A running server: its ``url``, and what it was asked. A hanging one keeps requests until it is stopped."""

    def __init__(self, answer: Answer, hanging: bool) -> None:
        self.asked: list[Request] = []
        self._release = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                form = self.rfile.read(length).decode()
                url = urlsplit(self.path)
                params = {name: values[-1] for name, values in parse_qs(f"{url.query}&{form}").items()}
                request = Request(url.path, params, dict(self.headers))
                outer.asked.append(request)
                if hanging:
                    outer._release.wait()
                reply = answer(request)
                try:
                    self.send_response(reply.status)
                    self.send_header("Content-Type", reply.kind)
                    self.send_header("Content-Length", str(len(reply.body)))
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:  # whoever asked has gone
                    self.close_connection = True

            do_GET = do_POST = _answer

            def log_message(self, *_: object) -> None:
                pass

            def handle(self) -> None:
                with suppress(ConnectionError):  # a kept connection that was cut
                    super().handle()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(answer: Answer, *, hanging: bool = False) -> Iterator[Server]:
    """A server that answers so until the block ends; a ``hanging`` one accepts every request and says nothing."""
    server = Server(answer, hanging)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def listening(said: bytes) -> Iterator[str]:
    """A port that is no HTTP server: it says its bytes to whoever connects and hangs up. Yields a URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # the block has ended
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(said)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


# -- answers of the Prometheus API


def as_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


def vector(*series: tuple[Mapping[str, str], str], warnings: Sequence[str] = ()) -> Answer:
    """Every query finds these series with these values, at the time or on the grid it asks for."""

    def answer(request: Request) -> Reply:
        form = request.params
        if request.path.endswith("/query"):
            at = float(form["time"])
            result: list[Any] = [{"metric": dict(labels), "value": [at, value]} for labels, value in series]
            data: Any = {"resultType": "vector", "result": result}
        elif request.path.endswith("/query_range"):
            start, end, step = (float(form[name]) for name in ("start", "end", "step"))
            times = [start + index * step for index in range(int((end - start) / step + 1e-6) + 1)]
            result = [{"metric": dict(labels), "values": [[at, value] for at in times]} for labels, value in series]
            data = {"resultType": "matrix", "result": result}
        elif request.path.endswith("/values"):
            data = sorted({label for labels, _ in series for label in labels.values()})
        elif request.path.endswith("/buildinfo"):
            data = {"version": "3.5.0"}
        else:
            return as_json({"status": "error", "errorType": "not_found", "error": "nothing here"}, 404)
        extra = {"warnings": list(warnings)} if warnings else {}
        return as_json({"status": "success", "data": data, **extra})

    return answer


def refusing(error: str, status: int = 400, kind: str = "bad_data") -> Answer:
    """Every query is refused in the API's own words; everything else is there."""
    found = vector()

    def answer(request: Request) -> Reply:
        if "/query" in request.path:
            return as_json({"status": "error", "errorType": kind, "error": error}, status)
        return found(request)

    return answer


def always(reply: Reply) -> Answer:
    return lambda request: reply
