"""A wall without servers: a source that answers what a test tells it, and a Runtime with the real store and poller.

``FakeSource`` answers by expression: series, a whole Answer, an error, or a function of (expression, time). What it was
not told answers with nothing, as a server does for an unknown metric. ``hold()`` keeps every further question waiting
until ``release()``: a server that hangs.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache

from ruamel.yaml import YAML

from noc.catalogue import metrics
from noc.catalogue.resolve import resolve
from noc.config.layout import Layout
from noc.config.server import Server
from noc.engine.poller import Poller
from noc.engine.store import Store
from noc.model.clock import Clock, FixedClock
from noc.model.errors import ConfigError, Fault, NocError
from noc.model.series import Answer, Series
from noc.runtime import Environment, Page, Runtime
from noc.ui.app import WallApp
from noc.ui.panels.data import Look
from noc.ui.state import View
from tests.palettes import DARK

NOW = 1_767_225_600.0
"""2026-01-01 00:00:00 UTC."""

Curve = Callable[[float], float | None]
"""Value of a series at a unix time; None is a gap."""

Reply = Answer | NocError | Callable[[str, float], "Answer | Iterable[tuple[Mapping[str, str], float | Curve]]"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question the source was asked; ``step`` is 0 for an instant query, ``end`` its time."""

    method: str
    expr: str
    start: float = 0.0
    end: float = 0.0
    step: float = 0.0


class FakeSource:
    """A MetricSource. ``asked`` lists all questions; ``flying`` counts those that wait, ``most`` their maximum."""

    def __init__(self, *, labels: Mapping[str, Iterable[str]] | None = None) -> None:
        self.asked: list[Asked] = []
        self.flying = 0
        self.most = 0
        self.cancelled = 0
        self._labels = {name: tuple(values) for name, values in (labels or {}).items()}
        self._replies: list[tuple[re.Pattern[str], object]] = []
        self._open = asyncio.Event()
        self._open.set()

    # -- told by the test

    def answer(self, expr: str, *series: tuple[Mapping[str, str], float | Curve]) -> None:
        """The expression, compared as text without blanks, answers these (labels, value or curve); the last word wins."""
        self._reply(re.escape(_bare(expr)), list(series))

    def reply(self, expr: str, reply: Reply) -> None:
        """The expression answers a whole Answer, raises an error, or is computed from (expression, time)."""
        self._reply(re.escape(_bare(expr)), reply)

    def reply_all(self, pattern: str, reply: Reply) -> None:
        """As :meth:`reply` for every expression in which a regular expression is found (blanks left out)."""
        self._reply(f".*(?:{pattern}).*", reply)

    def label(self, name: str, *values: str) -> None:
        """Values of a label, ``__name__`` for metric names."""
        self._labels[name] = values

    def hold(self) -> None:
        """Every question from now on waits."""
        self._open.clear()

    def release(self) -> None:
        """Answer what waits."""
        self._open.set()

    def exprs(self, method: str = "") -> list[str]:
        """The expressions asked so far, of one method or all."""
        return [asked.expr for asked in self.asked if not method or asked.method == method]

    # -- asked by noc

    async def instant(self, expr: str, at: float) -> Answer:
        await self._wait(Asked("instant", expr, at, at))
        return self._answer(expr, [at])

    async def range(self, expr: str, start: float, end: float, step: float) -> Answer:
        await self._wait(Asked("range", expr, start, end, step))
        count = int((end - start) / step + 1e-6) + 1
        return self._answer(expr, [round(start + index * step, 3) for index in range(count)])

    async def label_values(self, label: str, match: str = "", start: float = 0.0, end: float = 0.0) -> tuple[str, ...]:
        await self._wait(Asked("label_values", f"{label} {match}".strip(), start, end))
        for pattern, reply in reversed(self._replies):
            if pattern.fullmatch(f"label_values({label})") and isinstance(reply, NocError):
                raise reply
        return self._labels.get(label, ())

    async def aclose(self) -> None:
        self.release()

    async def _wait(self, asked: Asked) -> None:
        self.asked.append(asked)
        self.flying += 1
        self.most = max(self.most, self.flying)
        try:
            await self._open.wait()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.flying -= 1

    def _reply(self, pattern: str, reply: object) -> None:
        self._replies.append((re.compile(pattern, re.DOTALL), reply))

    def _answer(self, expr: str, times: list[float]) -> Answer:
        bare = _bare(expr)
        for pattern, reply in reversed(self._replies):
            if not pattern.fullmatch(bare):
                continue
            if isinstance(reply, NocError):
                raise reply
            if callable(reply):
                reply = reply(expr, times[-1])
            if isinstance(reply, Answer):
                return reply
            assert isinstance(reply, list | tuple)
            return Answer(tuple(_series(labels, value, times) for labels, value in reply))
        return Answer(())


def _bare(expr: str) -> str:
    return re.sub(r"\s+", "", expr)


def _series(labels: Mapping[str, str], value: float | Curve, times: list[float]) -> Series:
    points = [(time, value(time) if callable(value) else value) for time in times]
    return Series.of(labels, [(time, float(found)) for time, found in points if found is not None])


def stepped(before: float, now: float, at: float = NOW - 1800.0) -> Curve:
    """A value that changed at a moment, half an hour ago by default."""
    return lambda time: before if time < at else now


@cache
def _catalogue() -> metrics.Catalogue:
    return metrics.load()


def make_page(layout_yaml: str, name: str = "test", catalogue: metrics.Catalogue | None = None) -> Page:
    """A layout from its YAML text, resolved against the bundled catalogue."""
    data = YAML(typ="safe").load(layout_yaml)
    layout = Layout.model_validate({"title": name, **data})
    return Page(name, resolve(layout, catalogue or _catalogue()))


def make_runtime(
    layout_yaml: str,
    source: FakeSource | Mapping[str, FakeSource],
    clock: Clock | None = None,
    *,
    others: Mapping[str, str] | None = None,
    tv: bool = False,
    **changes: object,
) -> Runtime:
    """A Runtime over fake sources (one is called ``prometheus``), with the real store and poller.

    ``others`` are further layouts by name, as YAML; ``changes`` replace fields of the Runtime.
    """
    sources = dict(source) if isinstance(source, Mapping) else {"prometheus": source}
    clock = clock or FixedClock(NOW)
    catalogue = _catalogue()
    pages = {
        name: make_page(text, name, catalogue) for name, text in {"test": layout_yaml, **dict(others or {})}.items()
    }
    store = Store()
    poller = Poller(sources, store, clock, random.Random(1), lambda queries: None)

    def load(name: str) -> Page:
        if name not in pages:
            raise ConfigError([Fault(name, 0, "there is no such layout")])
        return pages[name]

    runtime = Runtime(
        environment=Environment("PROD", "#a33030"),
        clock=clock,
        zone=UTC,
        catalogue=lambda: catalogue,
        page=pages["test"],
        palettes={DARK.name: DARK},
        theme=DARK.name,
        sources=dict(sources),
        servers={name: Server(url="http://prometheus.example:9090") for name in sources},
        store=store,
        poller=poller,
        load=load,
        layouts=lambda: list(pages),
        inventory=lambda: list(pages),
        load_palette=lambda name: DARK,
        tv=tv,
    )
    return replace(runtime, **changes) if changes else runtime  # type: ignore[arg-type]


def make_app(runtime: Runtime, view: View | None = None) -> WallApp:
    """The app over a runtime; run it with ``async with make_app(runtime).run_test(size=(80, 24)) as pilot``."""
    return WallApp(runtime, view or View(runtime.page.name), Look(DARK))
