"""The gateway's five health endpoints (specification 3.2) as the embedded world would answer at this moment.

Status and time are those of the world's ``probe_*`` series, so a wall that probes and one that reads the exporter see the
same. What is wrong stands in the body: a service that is down, a Cal.com that cannot be reached, a clock that is behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from noc.config.checks import Check
from noc.demo.promql import evaluate_instant
from noc.demo.world import World
from noc.model.clock import Clock

SITE = "https://api.example.com"
"""What the world's series call the gateway."""

BEHIND = 5400.0
"""Seconds by which the time service is behind while it fails: its zone is wrong."""

_BOOKINGS = "sum(rate(app_http_requests_total[5m]))"
_CONNECTIONS = "sum(mysql_global_status_threads_connected)"
_WAITING = "max(app_db_connections_waiting)"
_SERVICES = {
    "api": 'max(up{job="laravel-api"})',
    "database": "max(mysql_up)",
    "cache": "max(redis_up)",
    "queue": "min(max by (queue) (app_queue_workers) > bool 0)",
}

CHECKS: Mapping[str, Mapping[str, Any]] = {
    "health": {"path": "/health", "interval": "30s", "within": "100ms"},
    "detailed": {
        "path": "/health/detailed",
        "interval": "2m",
        "services": "$.services",
        "body": [{"path": "$.services.*", "each": "up"}],
    },
    "metrics": {"path": "/health/metrics", "interval": "1m", "valid_json": True, "severity": "medium"},
    "calcom": {"path": "/health/calcom", "interval": "5m", "body": [{"path": "$.calcom.reachable", "equals": True}]},
    "time": {
        "path": "/api/zeitinfo",
        "interval": "1m",
        "body": [{"path": "$.utc", "recent": "5s"}],
        "severity": "medium",
    },
}
"""The checks of the specification's table, by name."""


def demo_checks(url: str) -> dict[str, Check]:
    """The five checks against endpoints under a base URL, for ``settings.checks``."""
    return {
        name: Check.model_validate({"target": url + check["path"], **{k: v for k, v in check.items() if k != "path"}})
        for name, check in CHECKS.items()
    }


class HealthApp:
    """The endpoints as an ASGI application. ``wait`` passes the seconds an answer takes: really, or on a stopwatch."""

    def __init__(self, world: World, clock: Clock, wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._world = world
        self._clock = clock
        self._wait = wait

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request, path = Request(scope, receive), str(scope["path"])
        if path not in {check["path"] for check in CHECKS.values()}:
            response = Response('{"message":"Not Found"}', 404, media_type="application/json")
        elif request.method not in ("GET", "HEAD"):
            response = Response('{"message":"Method Not Allowed"}', 405, media_type="application/json")
        else:
            began = self._clock.monotonic()
            status, took, body = await run_in_threadpool(self.answer, path, self._clock.now())
            await self._wait(max(0.0, took - (self._clock.monotonic() - began)))  # what it cost to know is part of it
            headers = {"Date": formatdate(self._clock.now(), usegmt=True), "Cache-Control": "no-store"}
            if path == "/api/zeitinfo" and status == 200:  # told when the answer leaves
                body = _time(self._clock.now())
            response = Response(body, status, headers, media_type="application/json")
        await response(scope, receive, send)

    def answer(self, path: str, now: float) -> tuple[int, float, bytes]:
        """Status, seconds it takes and body of an endpoint at ``now`` (unix seconds)."""
        figures = {
            dict(labels)["__name__"]: value
            for labels, value in self._world.at(now)
            if dict(labels).get("instance") == SITE + path
        }
        status = int(figures.get("probe_http_status_code", 200.0))
        return status, figures.get("probe_duration_seconds", 0.0), self._body(path, status == 200, now)

    def _body(self, path: str, good: bool, now: float) -> bytes:
        if path == "/health":
            return _json({"status": "ok" if good else "error", "timestamp": _moment(now)})
        if path == "/health/detailed":
            services = {name: "up" if (self._value(expr, now) or 0) > 0 else "down" for name, expr in _SERVICES.items()}
            if not good:  # connections are there, and none is free
                services["database"] = "exhausted"
            return _json({"status": "ok" if good else "degraded", "services": services, "timestamp": _moment(now)})
        if path == "/health/metrics":
            if not good:
                return b"<!DOCTYPE html><title>Server Error</title><h1>500</h1>"
            asked = {"requests_per_second": _BOOKINGS, "db_connections": _CONNECTIONS, "db_waiting": _WAITING}
            return _json({name: self._value(expr, now) for name, expr in asked.items()})
        if path == "/health/calcom":
            return _json({"calcom": {"reachable": good, "error": None if good else "no answer within 5 s"}})
        return _time(now if good else now - BEHIND)

    def _value(self, expr: str, now: float) -> float | None:
        points = evaluate_instant(expr, now, self._world).points
        return round(float(points[0].values[-1]), 3) if points else None


class Stopwatch:
    """A clock whose durations are what was waited on it: an application in this process, at a moment that stands still."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waited = 0.0

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic() + self._waited

    async def wait(self, seconds: float) -> None:
        self._waited += seconds


def _time(moment: float) -> bytes:
    return _json({"utc": _moment(moment), "unix": round(moment), "timezone": "Europe/Berlin"})


def _moment(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(body: object) -> bytes:
    return orjson.dumps(body)
