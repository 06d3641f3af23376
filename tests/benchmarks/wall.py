"""The running wall in a terminal of 240x67: processor share, memory, bytes to the terminal, time to the first data.

Twelve charts and eight stats over 24 hours, refreshed every ten seconds, on the stub (every value moves) and on a real
Prometheus; the same wall paused; and a bare Textual application as the floor. The four run beside one another.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import bare, history, layouts, stub, terminal
from tests.benchmarks.figures import Baseline, Figure, Report, Spread

WARM = 15.0  # seconds that do not count: the first fetch, the first pictures
SLICE = 10.0  # seconds of one repeat
STARTS = 5
PATIENCE = 20.0  # seconds for a first picture

CHARTS = [f"sum by (instance) (rate(m{number}[5m]))" for number in range(12)]
STATS = [f"s{number}" for number in range(8)]


@dataclass
class Course:
    """What one program used, slice by slice: share of a core, bytes a second; its memory at the end."""

    shares: list[float] = field(default_factory=list)
    bytes: list[float] = field(default_factory=list)
    memory: float = 0.0

    @property
    def share(self) -> float:
        return sum(self.shares) / len(self.shares)

    @property
    def rate(self) -> float:
        return sum(self.bytes) / len(self.bytes)


def noc(layout: Path, url: str) -> list[str]:
    """The command of a wall; the one that a user types, in this interpreter."""
    return [sys.executable, "-c", "from noc.cli.main import main; main()", str(layout), "--prometheus", url]


def bare_program() -> list[str]:
    return [sys.executable, "-m", bare.__name__]


def followed(programs: Sequence[terminal.Terminal], seconds: float) -> list[Course]:
    """The programs' courses over so many seconds from now."""
    courses = [Course() for _ in programs]
    for _ in range(max(1, round(seconds / SLICE))):
        before = [(one.now(), one.cpu()) for one in programs]
        time.sleep(SLICE)
        for one, course, (began, cpu) in zip(programs, courses, before, strict=True):
            length = one.now() - began
            course.shares.append((one.cpu() - cpu) / length)
            course.bytes.append(one.written(began) / length)
    for one, course in zip(programs, courses, strict=True):
        course.memory = one.memory()
    return courses


def first_data(command: Sequence[str], needle: str) -> list[float]:
    """Seconds from the start to the first painted value, over several starts."""
    found = []
    for _ in range(STARTS):
        with terminal.opened(command) as program:
            at = program.wait_for(needle.encode(), PATIENCE)
            if at is None:
                raise RuntimeError(f"{' '.join(command)} painted no {needle} within {PATIENCE:g} s")
            found.append(at)
    return found


def run(seconds: float = 60.0) -> Report:
    """``seconds`` is how long the walls are watched after they are warm."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="noc-bench-")))
        canned, real = directory / "canned.yaml", directory / "real.yaml"
        canned.write_text(layouts.wall(CHARTS, STATS))
        real.write_text(layouts.wall(layouts.REAL, layouts.REAL_STATS))
        url = stack.enter_context(stub.running())
        quiet = stack.enter_context(stub.running())
        prometheus = stack.enter_context(history.prometheus(layouts.PAST, hours=24, step=120))
        starts = first_data(noc(canned, url), layouts.PAINTED)
        real_starts = first_data(noc(real, prometheus), layouts.PAINTED)
        bare_starts = first_data(bare_program(), bare.READY)
        commands = [noc(canned, url), noc(canned, quiet), noc(real, prometheus), bare_program()]
        programs = [stack.enter_context(terminal.opened(command)) for command in commands]
        time.sleep(WARM / 2)
        programs[1].press(b" ")
        time.sleep(WARM / 2)
        asked, unasked = stub.count(url)[0], stub.count(quiet)[0]
        busy, paused, live, floor = followed(programs, seconds)
        asked, unasked = stub.count(url)[0] - asked, stub.count(quiet)[0] - unasked
        measured = max(1, round(seconds / SLICE)) * SLICE
    return Report(
        "wall",
        f"12 charts and 8 stats over 24 h every 10 s in 240x67, watched for {measured:g} s",
        (
            *_lasting("stub", busy, floor, share=3.0, rate=1500.0),
            *_lasting("real Prometheus", live, floor, share=3.0, rate=1500.0),
            *_lasting("paused", paused, floor, share=1.0, rate=None),
            _start("first data, stub", starts, bare_starts),
            _start("first data, real Prometheus", real_starts, bare_starts),
            Figure("requests a second, stub", asked / measured, "/s"),
            Figure("requests a second, paused", unasked / measured, "/s"),
        ),
        ("the bare application is Textual with one widget and a clock: what noc adds is the difference",),
    )


def _lasting(where: str, course: Course, floor: Course, *, share: float, rate: float | None) -> list[Figure]:
    return [
        Figure(
            f"share of a core, {where}",
            100 * course.share,
            "%",
            aim=share,
            baseline=Baseline("bare Textual", 100 * floor.share),
            spread=Spread.of(course.shares).scaled(100),
        ),
        Figure(
            f"to the terminal, {where}",
            course.rate,
            "B/s",
            aim=rate,
            baseline=Baseline("bare Textual", floor.rate),
            spread=Spread.of(course.bytes),
        ),
        Figure(
            f"resident memory, {where}", course.memory, "MB", aim=100.0, baseline=Baseline("bare Textual", floor.memory)
        ),
    ]


def _start(name: str, seconds: list[float], floor: list[float]) -> Figure:
    spread, base = Spread.of(seconds), Spread.of(floor)
    return Figure(
        name, spread.middle, "s", aim=1.5, baseline=Baseline("bare Textual, first picture", base.middle), spread=spread
    )
