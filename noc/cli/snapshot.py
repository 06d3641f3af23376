"""``noc snapshot``: one frame of the wall without a terminal, as text, SVG, PNG or JSON; or held against such a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from noc.cli import options
from noc.cli.embedded import STANDING, drawn, embedded, fixed
from noc.cli.exits import Exit
from noc.cli.glass import log_to
from noc.cli.golden import Format, judged, marked, put, written
from noc.cli.moments import DEFAULT_SCENARIO, Scenario, Seed, moment, size, variables
from noc.cli.wall import NO_SERVER, Var
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.model.clock import SystemClock
from noc.model.errors import ConfigError, Fault
from noc.model.text import clean
from noc.picture.frame import Frame
from noc.ui.board import Board
from noc.ui.state import View

Layouts = Annotated[list[str], typer.Argument(metavar="LAYOUT...", help="Layouts by name or path.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Where the frame is written, whole or not at all; {layout} and {size} stand for those of each frame.",
    ),
]
Check = Annotated[
    Path | None,
    typer.Option(
        "--check",
        metavar="FILE",
        help="Hold the frame against this picture, cell by cell; exit code 1 and a list where it differs.",
    ),
]
Update = Annotated[bool, typer.Option("--update", help="With --check: write the picture where it differs.")]
Diff = Annotated[
    Path | None,
    typer.Option(
        "--diff",
        metavar="FILE",
        help="With --check: where both pictures are put, marked (PNG); beside FILE by default.",
    ),
]
As = Annotated[Format | None, typer.Option("--format", help="What to write; by default the file's ending says.")]
Sizes = Annotated[
    list[str] | None, typer.Option("--size", metavar="COLUMNSxROWS", help="Size of the terminal to draw.")
]
Demo = Annotated[bool, typer.Option("--demo", help="Draw the embedded world; opens no socket.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="The moment to stand at; with --demo the scenario's telling moment."),
]
Deadline = Annotated[str, typer.Option("--deadline", metavar="30s", help="How long to wait for answers.")]

Drawn = tuple[Frame, Board]


@dataclass(frozen=True, slots=True)
class Task:
    """One frame: what is drawn, where it is written, what it is held against and where the difference goes."""

    layout: str
    size: tuple[int, int]
    output: Path | None
    golden: Path | None
    diff: Path | None


def command(
    layouts: Layouts,
    output: Out = None,
    check: Check = None,
    update: Update = False,
    diff: Diff = None,
    format: As = None,
    size_: Sizes = None,
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
    probe: options.Probe = False,
) -> None:
    """Write one frame of the wall; waits until every visible panel has an answer or the deadline has passed.

    With --check: compare it with a picture that was written before. Nothing is said where they are equal."""
    tasks = _tasks(layouts, size_ or ["200x55"], output, check, diff, format, update=update)
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
        probe=probe,
    )
    log_to(settings.log_file)
    patience, stand = _seconds(deadline), _stand(at, demo=demo, compared=check is not None)
    settings, values = fixed(settings), var or []

    def draw(task: Task) -> Drawn:
        if not demo:
            return _live(task, settings, places, stand, values, patience)
        return embedded(
            task.layout,
            task.size,
            scenario=scenario,
            seed=seed,
            at=SystemClock().now() if stand is None else stand,
            values=values,
            settings=settings,
            places=places,
            patience=patience,
        )

    equal = [_done(task, draw, format, update=update) for task in tasks]
    if not all(equal):
        raise typer.Exit(Exit.ERROR)


def _tasks(
    layouts: Sequence[str],
    sizes: Sequence[str],
    output: Path | None,
    golden: Path | None,
    diff: Path | None,
    format: Format | None,
    *,
    update: bool,
) -> list[Task]:
    """A frame for each layout in each size; BadParameter where their files would not be told apart."""
    if output is None and golden is None:
        raise typer.BadParameter("say where the frame goes: -o FILE, or --check FILE to compare it")
    if golden is None and (update or diff is not None):
        raise typer.BadParameter("it goes with --check", param_hint="--update" if update else "--diff")
    for file in (output if format is None else None, golden):
        if file is not None:
            _by_name(file)
    wanted = [(layout, size(text)) for layout in layouts for text in sizes]
    found = []
    for layout, cells in wanted:
        files = (_named(file, layout, cells) for file in (output, golden, diff))
        found.append(Task(layout, cells, *files))
    if golden is not None and any(task.golden in (task.output, task.diff) for task in found):
        raise typer.BadParameter(f"{golden} is what the frame is held against", param_hint="-o, --diff")
    all_files = [(task.output, task.golden, task.diff) for task in found]
    for given, named in zip((output, golden, diff), map(set, zip(*all_files, strict=True)), strict=True):
        if given is not None and len(named) < len(found):
            raise typer.BadParameter(f"{given} is one file for {len(found)} frames; put {{layout}} and {{size}} in it")
    return found


def _named(file: Path | None, layout: str, cells: tuple[int, int]) -> Path | None:
    if file is None:
        return None
    return Path(str(file).replace("{layout}", Path(layout).stem).replace("{size}", f"{cells[0]}x{cells[1]}"))


def _by_name(file: Path) -> Format:
    try:
        return Format.of(file)
    except ValueError:
        message = f"{file} does not say what it is; give --format svg, png, txt or json, or such an ending"
        raise typer.BadParameter(message) from None


def _seconds(deadline: str) -> float:
    from noc.model.timerange import parse_duration

    try:
        return parse_duration(deadline)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--deadline") from None


def _stand(at: str | None, *, demo: bool, compared: bool) -> float | None:
    """Where the frame stands (unix seconds), None for now. What is compared stands still."""
    if at is not None:
        return moment(at)
    if compared and not demo:
        raise typer.BadParameter("a picture of now differs from every other; give --at TIME", param_hint="--check")
    return moment(STANDING) if compared else None


def _live(
    task: Task, settings: Settings, places: Places, end: float | None, values: list[str], patience: float
) -> Drawn:
    from noc.wiring import Library, live

    if settings.active().empty:
        raise ConfigError([Fault("noc", 0, NO_SERVER)])
    runtime = live(settings, Library.of(places), [task.layout], ("noc",))
    view = replace(View(runtime.page.name, end=end), values=variables(values, runtime.page))
    return drawn(runtime, view, task.size, settings, patience)


def _done(task: Task, draw: Callable[[Task], Drawn], format: Format | None, *, update: bool) -> bool:
    """Draw, write and compare one frame; False where it differs and that was not to be written down."""
    frame, board = draw(task)
    if task.output is not None:
        put(task.output, written(frame, board, task.size, format or Format.of(task.output)))
    return task.golden is None or _held(task, task.golden, frame, board, update=update)


def _held(task: Task, golden: Path, frame: Frame, board: Board, *, update: bool) -> bool:
    """Hold a frame against its golden picture and say what differs; with ``update`` write it down instead."""
    found, beside = judged(golden, frame, board, task.size), task.diff or marked(golden)
    if not found or update:
        if task.diff is None:
            beside.unlink(missing_ok=True)  # of an earlier run: it shows what is no more
        if update:
            said = "unchanged" if not found else "new" if found.missing else f"written anew; {found.head}"
            print(clean(f"{golden}: {said}", 400))
            if found:
                put(golden, written(frame, board, task.size, Format.of(golden)), parents=True)
        return True
    print(clean(f"{golden}: {found.head}{'; --update writes it' if found.missing else ''}", 400))
    for line in found.lines:
        print(f"  {clean(line, 600)}")
    if found.picture is not None:
        from noc.picture.png import to_png

        put(beside, to_png(found.picture))
        print(clean(f"  both pictures, what differs marked: {beside}", 400))
    return False
