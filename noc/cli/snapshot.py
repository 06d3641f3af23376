"""``noc snapshot``: one frame of the wall without a terminal, as text, SVG, PNG or JSON."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from noc.charts.charset import UNICODE
from noc.cli import options
from noc.cli.glass import log_to, look, photographed
from noc.cli.moments import DEFAULT_SCENARIO, Scenario, Seed, moment, size, variables
from noc.cli.wall import NO_SERVER, Var
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.config.write import write_whole
from noc.model.clock import SystemClock
from noc.model.errors import ConfigError, Fault
from noc.picture.frame import Frame
from noc.runtime import Runtime
from noc.ui.board import Board
from noc.ui.state import View


class Format(StrEnum):
    """What a frame is written as; by default what the file's name says."""

    SVG = "svg"
    PNG = "png"
    TXT = "txt"
    JSON = "json"


Layout = Annotated[str, typer.Argument(metavar="LAYOUT", help="Layout by name or path.")]
Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE", help="Where the frame is written, whole or not at all.")
]
As = Annotated[Format | None, typer.Option("--format", help="What to write; by default the file's ending says.")]
Size = Annotated[str, typer.Option("--size", metavar="COLUMNSxROWS", help="Size of the terminal to draw.")]
Demo = Annotated[bool, typer.Option("--demo", help="Draw the embedded world; opens no socket.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="The moment to stand at; with --demo the scenario's telling moment."),
]
Deadline = Annotated[str, typer.Option("--deadline", metavar="30s", help="How long to wait for answers.")]


def command(
    layout: Layout,
    output: Out,
    format: As = None,
    size_: Size = "200x55",
    demo: Demo = False,
    scenario: Scenario = DEFAULT_SCENARIO,
    seed: Seed = 1,
    at: At = None,
    var: Var = None,
    deadline: Deadline = "30s",
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    loki: options.Loki = None,
    alertmanager: options.Alertmanager = None,
    range: options.Range = None,
    tv: options.Tv = False,
    theme: options.Theme = None,
    log_file: options.LogFile = None,
    scale: options.Scale = None,
    colours: options.Colours = None,
) -> None:
    """Write one frame of the wall; waits until every visible panel has an answer or the deadline has passed."""
    from noc.model.timerange import parse_duration

    chosen = format or _by_name(output)
    cells = size(size_)
    settings, places = options.build_settings(
        config=config,
        env=env,
        prometheus=prometheus,
        loki=loki,
        alertmanager=alertmanager,
        range=range,
        tv=tv,
        theme=theme,
        log_file=log_file,
        scale=scale,
        colours=colours,
    )
    log_to(settings.log_file)
    advance = None
    if demo:
        from noc.cli.demo import staged

        stand = moment(at) if at else SystemClock().now()
        runtime, advance = staged(settings, places, layout, scenario, seed, stand)
        view = View(runtime.page.name)
    else:
        runtime, view = _live(layout, settings, places, at)
    view = replace(view, values=variables(var or [], runtime.page))
    try:
        patience = parse_duration(deadline)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--deadline") from None
    frame, board = asyncio.run(photographed(runtime, view, cells, look(runtime, UNICODE), patience, advance=advance))
    try:
        write_whole(output, written(frame, board, cells, chosen), mode=0o644, parents=False)
    except OSError as error:
        raise ConfigError([Fault(str(output), 0, f"cannot be written: {error.strerror}")]) from None


def _by_name(output: Path) -> Format:
    ending = output.suffix.lower().lstrip(".")
    if ending not in set(Format):
        raise typer.BadParameter(f"{output} does not say what it is; give --format svg, png, txt or json")
    return Format(ending)


def _live(layout: str, settings: Settings, places: Places, at: str | None) -> tuple[Runtime, View]:
    from noc.wiring import Library, live

    if settings.active().empty:
        raise ConfigError([Fault("noc", 0, NO_SERVER)])
    runtime = live(settings, Library.of(places), [layout], ("noc",))
    return runtime, View(runtime.page.name, end=moment(at) if at else None)


def written(frame: Frame, board: Board, cells: tuple[int, int], chosen: Format) -> bytes:
    """The frame as the bytes of a file."""
    if chosen is Format.TXT:
        from noc.picture.text import to_text

        return to_text(frame).encode()
    if chosen is Format.SVG:
        from noc.picture.svg import to_svg

        return to_svg(frame).encode()
    if chosen is Format.PNG:
        from noc.picture.png import to_png

        return to_png(frame)
    from noc.ui.report import report

    return report(board, cells)
