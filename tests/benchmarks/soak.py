"""A day of a wall on an accelerated clock: what it keeps of memory, tasks and sockets while everything happens to it.

Three processes: the demo's servers (killed and started again every so often), the wall in a terminal under ``--tv``
with a programme, and this one, which resizes the terminal (and back: what is compared is compared at one size),
presses keys and reads the figures the wall writes about itself. The servers' own caches do not count: they run apart.
All clocks run ``speed`` times as fast from one moment on. Only clocks do: beyond some thirty times a page turns before the
servers have answered, the first hour does not show all there is, and what comes later looks like growth.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks import terminal
from tests.benchmarks.figures import Figure, Report

ZERO = 1_759_417_200.0  # 2025-10-02T15:00:00Z
HOUR = 3600.0
EVERY = 220.0  # seconds of the wall's time between two things that happen to it
SIZES = ((55, 200), (40, 120), (24, 80), (90, 300))
KEYS = (
    "1",
    "2",
    "3",
    "4",
    "0",
    "+",
    "-",
    "[",
    "]",
    "n",
    "p",
    "\t",
    "z",
    "\x1b",
    " ",
    "r",
    "c",
    "w",
    "\x1b",
    "0",
    "j",
    "k",
    "?",
    "\x1b",
)
NAMES = ("prometheus", "loki", "alertmanager")
SCENARIO = "tour"
TYPES = 60


def clock_at(t0: float, speed: float) -> float:
    """The world's time now; every process reckons it alike."""
    return ZERO + (time.time() - t0) * speed


# -- the servers


def serve(t0: float, speed: float, ports: dict[str, int]) -> None:
    """The demo's servers until killed."""
    from starlette.types import ASGIApp

    from noc.demo.gateway import Gateway
    from noc.demo.lokitail import LokiApp
    from noc.demo.server import DemoServer, HandlerApp
    from noc.model.clock import ScaledClock

    gateway = Gateway(SCENARIO, ZERO, 1, ScaledClock(clock_at(t0, speed), speed))
    apps: dict[str, ASGIApp] = {
        "prometheus": HandlerApp(gateway.prometheus),
        "loki": LokiApp(gateway.loki),
        "alertmanager": HandlerApp(gateway.alertmanagers[0]),
    }
    with DemoServer(apps, ports):
        signal.pause()


# -- the wall


@dataclass(frozen=True, slots=True)
class Sample:
    """What a wall says of itself at a moment; ``at`` in hours of its own time, memory in bytes."""

    at: float
    memory: int
    tasks: int
    sockets: int
    files: int
    objects: int
    threads: int
    types: dict[str, int]
    """Live objects by the name of their type, the ``TYPES`` most frequent."""


def sample(t0: float, speed: float) -> Sample:
    gc.collect()
    live = gc.get_objects()
    types = Counter(map(type, live))
    tasks = Counter(f"task {getattr(task.get_coro(), '__qualname__', '?')}" for task in asyncio.all_tasks())
    fields = Path("/proc/self/status").read_text().splitlines()
    status = {name: value.split() for name, _, value in (line.partition(":") for line in fields)}
    links = []
    for one in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(one.readlink()))
        except OSError:
            continue  # the listing itself
    return Sample(
        at=(clock_at(t0, speed) - ZERO) / HOUR,
        memory=int(status["VmRSS"][0]) * 1024,
        tasks=len(asyncio.all_tasks()),
        sockets=sum(link.startswith("socket:") for link in links),
        files=len(links),
        objects=len(live),
        threads=int(status["Threads"][0]),
        types={f"{one.__module__}.{one.__qualname__}": n for one, n in types.most_common(TYPES)} | tasks,
    )


async def _sampling(t0: float, speed: float, file: Path) -> None:
    with file.open("a") as out:
        while True:
            taken = sample(t0, speed)
            out.write(json.dumps({name: getattr(taken, name) for name in Sample.__slots__}) + "\n")
            out.flush()
            await asyncio.sleep(300.0 / speed)


def wall(t0: float, speed: float, ports: dict[str, int], file: Path) -> None:
    """The wall of ``noc --tv --programme gateway`` on those servers, its clock accelerated."""
    from noc.cli import glass
    from noc.cli.options import build_settings
    from noc.cli.wall import opened
    from noc.model.clock import ScaledClock
    from noc.wiring import Library, live

    urls = {name: [f"http://127.0.0.1:{port}"] for name, port in ports.items()}
    settings, places = build_settings(programme="gateway", **urls)
    clock = ScaledClock(clock_at(t0, speed), speed)
    runtime = live(settings, Library.of(places), ["operations", "security"], ("noc",), clock=clock, pace=speed)
    view = opened(runtime.page, settings, None, None)

    async def main() -> None:
        sampling = asyncio.create_task(_sampling(t0, speed, file))
        try:
            await glass._live(runtime, view, settings, True)
        finally:
            sampling.cancel()

    asyncio.run(main())


# -- what happens to it


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _servers(t0: float, speed: float, ports: dict[str, int]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", __name__ if __name__ != "__main__" else "tests.benchmarks.soak"]
    process = subprocess.Popen([*command, "serve", str(t0), str(speed), json.dumps(ports)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run(hours: float = 24.0, speed: float = 24.0) -> Report:
    """So many hours of wall time; the figures are memory's growth after the first hour and what is left open."""
    rng, t0 = random.Random(1), time.time()
    ports = {name: _free() for name in NAMES}
    with tempfile.TemporaryDirectory(prefix="noc-soak-") as folder:
        file = Path(folder) / "samples.jsonl"
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.soak",
            "wall",
            str(t0),
            str(speed),
            json.dumps(ports),
            str(file),
        ]
        end, restarts, resizes, presses = t0 + hours * HOUR / speed, 0, 0, 0
        # Each once in the first hour: sizes, and the ranges at the largest, for as long as all pages take; other keys for
        # a moment.
        shown = [*((size, "") for size in (*SIZES[1:3], SIZES[3])), *((None, key) for key in "1234c"), (SIZES[0], "0")]
        first, away = deque((215.0 / speed, *one) for one in shown), False
        first.extend((50.0 / speed, None, key) for key in KEYS[4:])
        with terminal.opened(command, 200, 55) as program:
            while time.time() < end:
                with _servers(t0, speed, ports):
                    hours_up = (
                        1.0 if restarts else 0.4
                    )  # of service, then a minute and a half without; once in the first hour
                    until = min(end, time.time() + hours_up * HOUR / speed)
                    while time.time() < until:
                        time.sleep(first[0][0] if first else EVERY / speed)
                        program.chunks.clear()
                        if first:
                            _, size, key = first.popleft()
                        elif away:
                            size, key = SIZES[0], ""
                        else:
                            key = rng.choice(KEYS) if rng.random() < 0.6 else ""
                            size = None if key or rng.random() < 0.7 else rng.choice(SIZES)
                        away = bool(size) and size != SIZES[0]
                        if size:
                            fcntl.ioctl(program.fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
                            resizes += 1
                        if key:
                            program.press(key.encode())
                            presses += 1
                restarts += 1
                time.sleep(90.0 / speed)
            samples = [Sample(**json.loads(line)) for line in file.read_text().splitlines()]
    return _report(samples, speed, restarts, resizes, presses)


def _report(samples: list[Sample], speed: float, restarts: int, resizes: int, presses: int) -> Report:
    first = [one for one in samples if 1.0 <= one.at < 2.0] or samples[:1]
    last = samples[-max(1, len(first)) :]

    def grown(name: str) -> float:
        return median(getattr(one, name) for one in last) / median(getattr(one, name) for one in first) - 1

    figures = [
        Figure("wall time", samples[-1].at, "h"),
        Figure("memory after the first hour", median(one.memory for one in first) / 1e6, "MB"),
        Figure("memory at the end", median(one.memory for one in last) / 1e6, "MB"),
        Figure("growth", 100 * grown("memory"), "%", aim=2.0),
        Figure("most memory", max(one.memory for one in samples) / 1e6, "MB"),
        Figure("tasks, second hour, most", max(one.tasks for one in first), ""),
        Figure("tasks, last hour, most", max(one.tasks for one in last), ""),
        Figure("sockets, second hour, most", max(one.sockets for one in first), ""),
        Figure("sockets, last hour, most", max(one.sockets for one in last), ""),
        Figure("files, last hour, most", max(one.files for one in last), ""),
        Figure("threads, last hour, most", max(one.threads for one in last), ""),
        Figure("objects, growth", 100 * grown("objects"), "%"),
        Figure("servers killed", restarts, ""),
        Figure("resizes", resizes, ""),
        Figure("keys", presses, ""),
    ]
    more = Counter(last[-1].types)
    more.subtract(first[0].types)
    grew = "  ".join(f"{name} {count:+,}" for name, count in more.most_common(8))
    course = "  ".join(f"{one.at:.0f} h {one.memory / 1e6:.1f}" for one in samples[:: max(1, len(samples) // 24)])
    return Report("soak", f"speed {speed:g}; memory in MB: {course}; more objects: {grew}", tuple(figures))


if __name__ == "__main__":
    what, t0_, speed_, *rest = sys.argv[1:]
    os.environ.setdefault("NOC_CHARSET", "unicode")
    if what == "serve":
        serve(float(t0_), float(speed_), json.loads(rest[0]))
    else:
        wall(float(t0_), float(speed_), json.loads(rest[0]), Path(rest[1]))
