"""``noc plot``: one chart printed into the scrollback, for pasting into an incident channel. Drawn by plotext."""

from __future__ import annotations

import asyncio
import math
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from noc.cli import options
from noc.cli.glass import log_to
from noc.cli.moments import DEFAULT_SCENARIO, Scenario, Seed, moment, size
from noc.cli.plotlines import gives_lines, print_lines, print_lines_json, speaks_logql
from noc.cli.wall import NO_SERVER
from noc.config.settings import Settings
from noc.engine.variables import builtins, interpolate
from noc.model.clock import Clock, FixedClock, SystemClock
from noc.model.errors import ConfigError, Fault
from noc.model.logs import SECOND, LogLine
from noc.model.ports import MetricSource
from noc.model.series import Answer, Series
from noc.model.spoken import parse_window
from noc.model.text import clean, truncate
from noc.model.timerange import format_duration, nice_step
from noc.model.units import format_axis, format_value
from noc.ui.panels.data import names

if TYPE_CHECKING:
    from noc.demowiring import World
    from noc.sources.loki import LokiSource

MOST = 8  # lines a chart without colour can still tell apart
AXIS = 12  # columns plotext needs for its own axis

Expr = Annotated[str, typer.Argument(metavar="EXPR", help="PromQL, or LogQL for a Loki.")]
Over = Annotated[
    str, typer.Option("--range", metavar="1h", help="6h, 'yesterday 14:00 to 15:00', '2025-10-02 14:00 to 16:00'.")
]
Size = Annotated[
    str | None, typer.Option("--size", metavar="COLUMNSxROWS", help="By default the terminal's width, 20 rows.")
]
Unit = Annotated[
    str, typer.Option("--unit", metavar="NAME", help="Unit of the values: reqps, percentunit, s, bytes, ...")
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=5000, help="Lines of a log query at most.")]
Demo = Annotated[bool, typer.Option("--demo", help="Ask the embedded world.")]
Colour = Annotated[bool | None, typer.Option("--colour/--no-colour", help="By default only on a terminal.")]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="The moment to stand at.")]


def command(
    expr: Expr,
    range: Over = "1h",
    unit: Unit = "short",
    size_: Size = None,
    colour: Colour = None,
    demo: Demo = False,
    scenario: Scenario = DEFAULT_SCENARIO,
    seed: Seed = 1,
    at: At = None,
    limit: Limit = 100,
    json: options.Json = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    loki: options.Loki = None,
    log_file: options.LogFile = None,
) -> None:
    """Print one chart of an expression into the scrollback, ready to paste into an incident channel; of a log query its
    lines, the newest last."""
    settings, _ = options.build_settings(config=config, env=env, prometheus=prometheus, loki=loki, log_file=log_file)
    log_to(settings.log_file)
    clock: Clock = FixedClock(moment(at)) if at else SystemClock()
    columns, rows = size(size_) if size_ else (min(shutil.get_terminal_size((100, 24)).columns, 160), 20)
    zone = _zone(settings, demo)
    try:
        window = parse_window(range, clock.now(), zone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--range") from None
    logs = speaks_logql(expr, **_servers(settings, demo), named=bool(loki) and not prometheus)
    asked = _Asked(expr, window.start, window.end, columns, rows)
    if logs:
        log_source, scrape = _log_source(settings, clock, demo, scenario, seed)
        text = asked.filled(scrape)
        if gives_lines(text):
            lines = asyncio.run(_lines(log_source, text, window.start, window.end, limit))
            print_lines_json(lines) if json else print_lines(lines, zone)
            return
        source: MetricSource = log_source
    else:
        source, scrape = _source(settings, clock, demo, scenario, seed)
    step = asked.step(scrape)
    end = math.floor(window.end / step) * step
    answer = asyncio.run(_ask(source, asked.filled(scrape), end - asked.span, end, step))
    if json:
        _print_json(answer)
    else:
        _print_chart(answer, asked, end, step, scrape, unit, zone, colour)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked, of which window (unix seconds), to be drawn in so many cells."""

    expr: str
    start: float
    end: float
    columns: int
    rows: int

    @property
    def span(self) -> float:
        return self.end - self.start

    def step(self, scrape: float) -> float:
        return nice_step(self.span, max(10, 2 * (self.columns - AXIS)), scrape)

    def filled(self, scrape: float) -> str:
        """The expression as it is sent."""
        known = builtins(step=self.step(scrape), span=self.span, scrape_interval=scrape)
        return interpolate(self.expr, known)


def _print_chart(
    answer: Answer, asked: _Asked, end: float, step: float, scrape: float, unit: str, zone: tzinfo, colour: bool | None
) -> None:
    """The expression, its window, the chart, and the last value of every line."""
    text, start, columns = asked.filled(scrape), end - asked.span, asked.columns
    drawn = answer.series[:MOST]
    labels = names(drawn, [None] * len(drawn), clean(text, 60))
    print(f"{clean(text, 400)}")
    begin, finish = (datetime.fromtimestamp(one, zone) for one in (start, end))
    print(f"{begin:%Y-%m-%d %H:%M} to {finish:%H:%M} {finish:%Z}, every {format_duration(step)}")
    for word in answer.warnings:
        print(f"warning: {clean(word)}")
    if not drawn:
        print("no data: nothing matches")
        return
    plain = not (sys.stdout.isatty() if colour is None else colour)
    print(chart(drawn, (start, end), (columns, asked.rows), unit, zone, plain=plain))
    for mark, label, series in zip(MARKS, labels, drawn, strict=False):
        before = f"{mark}  " if plain and len(drawn) > 1 else ""
        print(f"  {before}{truncate(label, columns - 24)}  last {format_value(series.last, unit)}")
    if len(answer.series) > MOST:
        print(f"  +{len(answer.series) - MOST} more series")


def _zone(settings: Settings, demo: bool) -> tzinfo:
    from noc.wiring import zone

    return zone(settings.timezone or ("UTC" if demo else None))


def _servers(settings: Settings, demo: bool) -> dict[str, bool]:
    """Which kinds of servers there are to ask."""
    active = settings.active()
    return {"prometheus": demo or bool(active.prometheus), "loki": demo or bool(active.loki)}


def _source(settings: Settings, clock: Clock, demo: bool, scenario: str, seed: int) -> tuple[MetricSource, float]:
    """The Prometheus to ask and its scrape interval (seconds)."""
    from noc.sources.http import client
    from noc.sources.prometheus import PrometheusSource

    if demo:
        from noc.demowiring import demo_source

        stand = FixedClock(clock.now())
        source, server = demo_source(_world(stand, scenario, seed), stand)
        return source, server.scrape_interval
    servers = settings.active().prometheus
    if not servers:
        raise ConfigError([Fault("noc", 0, NO_SERVER)])
    server = next(iter(servers.values()))
    return PrometheusSource(server, client(server), clock), server.scrape_interval


def _log_source(settings: Settings, clock: Clock, demo: bool, scenario: str, seed: int) -> tuple[LokiSource, float]:
    """The Loki to ask, and the interval its steps are made of (seconds)."""
    from noc.sources.http import client
    from noc.sources.loki import LokiSource

    if demo:
        from noc.demowiring import demo_log_source

        stand = FixedClock(clock.now())
        source, server = demo_log_source(_world(stand, scenario, seed), stand)
        return source, server.scrape_interval
    server = next(iter(settings.active().loki.values()))
    return LokiSource(server, client(server), clock), server.scrape_interval


def _world(stand: Clock, scenario: str, seed: int) -> World:
    from noc.demo.gateway import telling_moment
    from noc.demowiring import World

    return World(scenario, stand.now() - telling_moment(scenario), seed)


async def _lines(source: LokiSource, query: str, start: float, end: float, limit: int) -> tuple[LogLine, ...]:
    try:
        return (await source.lines(query, int(start * SECOND), int(end * SECOND), limit)).lines
    finally:
        await source.aclose()


async def _ask(source: MetricSource, expr: str, start: float, end: float, step: float) -> Answer:
    try:
        return await source.range(expr, math.ceil(start / step) * step, end, step)
    finally:
        await source.aclose()


MARKS = "abcdefgh"
"""What tells lines apart where there is no colour."""


def chart(
    drawn: tuple[Series, ...],
    window: tuple[float, float],
    size: tuple[int, int],
    unit: str,
    zone: tzinfo,
    *,
    plain: bool,
) -> str:
    """The chart as text, ``size`` columns and rows; without colour escapes, and lines told apart by letters, when ``plain``."""
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.plot_size(*size)
    figure.theme("colorless" if plain else "default")
    finite: list[float] = []
    for mark, series in zip(MARKS, drawn, strict=False):
        points = [(x, y) for x, y in zip(series.times, series.values, strict=True) if math.isfinite(y)]
        if not points:
            continue
        finite += [y for _, y in points]
        marker = mark if plain and len(drawn) > 1 else "braille"
        signal = figure.signal([x for x, _ in points], [y for _, y in points], marker=marker)
        signal.lines(True)
        _break_gaps(signal, [x for x, _ in points])
        figure.draw(signal)
    ticks = [window[0] + (window[1] - window[0]) * part / 4 for part in (0, 1, 2, 3, 4)]
    form = "%H:%M" if window[1] - window[0] <= 86400 else "%d %b %H:%M"
    figure.ruler("x").lim(*window)
    figure.ruler("x").ticks(ticks, [datetime.fromtimestamp(at, zone).strftime(form) for at in ticks])
    if finite:
        low, high = min(finite), max(finite)
        marks = [low + (high - low) * part / 4 for part in (0, 1, 2, 3, 4)] if high > low else [low]
        figure.ruler("y").ticks(marks, format_axis(marks, unit))
    text = str(figure.build())
    return str(plotext.uncolorize(text) if plain else text).rstrip()


def _break_gaps(signal: Any, times: list[float]) -> None:
    """Gaps stay gaps: no line over more than one and a half of the usual distance."""
    distances = sorted(later - earlier for earlier, later in pairwise(times))
    usual = distances[len(distances) // 2] if distances else 0.0
    for index, (earlier, later) in enumerate(pairwise(times), start=1):
        if later - earlier > 1.5 * usual:
            signal.line(index, False)


def _print_json(answer: Answer) -> None:
    """``{"series": [{"labels", "times", "values"}], "warnings"}`` on standard output; NaN is null."""
    import orjson

    from noc.cli.alerting import as_text

    series = [
        {
            "labels": dict(one.labels),
            "times": list(one.times),
            "values": [value if math.isfinite(value) else None for value in one.values],
        }
        for one in answer.series
    ]
    sys.stdout.write(as_text(orjson.dumps({"series": series, "warnings": answer.warnings})) + "\n")
