"""The world on /metrics in the text format, so that a real Prometheus can scrape it.

One page stands for all targets: every series carries its ``job`` and ``instance``, which a scrape configuration keeps
with ``honor_labels: true``. ``up`` and ``scrape_*`` are left to the Prometheus that scrapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from noc.catalogue.contract import SeriesSpec
from noc.demo.world import World
from noc.model.clock import Clock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PARTS = ("_bucket", "_sum", "_count")


class _Snapshot(Collector):
    """The world at one moment as the client library's metric families."""

    def __init__(self, world: World, now: float) -> None:
        self._world = world
        self._now = now

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        """Families in the contract's order; a target that is down shows nothing."""
        specs = self._world.contract.series
        families: dict[str, Metric] = {}
        for labels, value in self._world.at(self._now):
            named = dict(labels)
            name = named.pop("__name__")
            family = family_of(name, specs)
            if family not in families:
                families[family] = _metric(family, specs[family])
            families[family].add_sample(name, named, value)
        for family in specs:
            if family in families:
                yield families[family]


def family_of(name: str, specs: dict[str, SeriesSpec]) -> str:
    """The family a series on the wire belongs to: ``x_bucket`` of histogram ``x`` is ``x``."""
    if name in specs:
        return name
    for part in _PARTS:
        family = name.removesuffix(part)
        if family != name and family in specs:
            return family
    raise KeyError(name)


def _metric(name: str, spec: SeriesSpec) -> Metric:
    """Counters without ``_total`` go out untyped, as mysqld_exporter sends them: the format has no other word for them."""
    if spec.type != "counter":
        return Metric(name, spec.help, spec.type)
    if name.endswith("_total"):
        return Metric(name.removesuffix("_total"), spec.help, "counter")
    return Metric(name, spec.help, "unknown")


def render(world: World, now: float) -> bytes:
    """All series at ``now`` (unix seconds) in the Prometheus text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(world, now))
    return generate_latest(registry)


class ExporterApp:
    """An ASGI application that serves ``render`` at the clock's now on /metrics."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("method not allowed\n", 405, {"Allow": "GET, HEAD"})
        if scope["path"] != "/metrics":
            return PlainTextResponse("the metrics are on /metrics\n", 404)
        body = await run_in_threadpool(render, self._world, self._clock.now())
        return Response(body, headers={"Content-Type": CONTENT_TYPE})
