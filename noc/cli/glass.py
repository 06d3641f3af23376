"""Puts a runtime on the terminal; without a terminal, one frame of text."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from noc.actions import ack
from noc.charts.charset import ASCII, UNICODE, Charset, charset_named
from noc.cli.exits import Exit
from noc.cli.parting import parted
from noc.config.settings import Settings
from noc.model.clock import Clock
from noc.model.depth import told
from noc.model.errors import ConfigError, Fault
from noc.model.text import clean
from noc.picture.frame import Frame
from noc.picture.text import to_text
from noc.runtime import AlertDesk, Runtime
from noc.ui.app import WallApp
from noc.ui.board import Board
from noc.ui.compat import frame_of
from noc.ui.panels.data import Look
from noc.ui.state import View

SETTLE = 15.0  # seconds a frame without a terminal waits for answers

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Options of mallopt(3)."""
LARGE = 128 * 1024
"""Bytes from which a block is given back by itself: what glibc begins with."""
THRESHOLDS = (10_000, 3, 30)
"""When garbage is collected. A look at everything holds up keys for a tenth of a second, and Textual's rows are cycles that
die with their frame: they go in the cheap looks at what is young, if these come less often than frames."""


def charset(chosen: str = "auto") -> Charset:
    """ASCII where the locale or the terminal has no blocks and braille; NOC_CHARSET goes before the setting, and both before
    what is guessed."""
    chosen = os.environ.get("NOC_CHARSET", "") or chosen
    if chosen in ("ascii", "unicode"):
        return charset_named(chosen)
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    plain = os.environ.get("TERM") in ("linux", "dumb", "vt100", "vt220")
    return ASCII if plain or (locale and "UTF" not in locale.upper()) else UNICODE


def log_to(file: Path | None) -> None:
    """Log into a file, or nowhere: a line on the terminal would stand in the middle of the wall. ConfigError."""
    try:
        handler = logging.FileHandler(file, encoding="utf-8") if file else logging.NullHandler()
    except OSError as error:
        raise ConfigError([Fault(str(file), 0, f"cannot be written: {error.strerror}")]) from None
    handler.setFormatter(Harmless("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO if file else logging.CRITICAL, handlers=[handler])


class Harmless(logging.Formatter):
    """Log lines that no terminal obeys and no message forges: what servers said stands in them."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = clean(record.message, 10_000)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return "\n".join(clean(line, 10_000) for line in super().formatException(ei).split("\n"))


def look(runtime: Runtime, glyphs: Charset | None = None, *, scale: int = 1) -> Look:
    return Look(runtime.palettes[runtime.theme], glyphs or charset(), runtime.zone, runtime.origin, scale)


def show(
    runtime: Runtime, view: View, *, mouse: bool = True, alert: str = "", settings: Settings | None = None
) -> None:
    """Run the wall until the viewer quits; print one frame where standard output is no terminal. ``alert``: the beginning
    of a fingerprint to open the wall on. ``settings`` say what the terminal can show and how much it may get."""
    settings = settings or Settings()
    if not sys.stdout.isatty():
        size = (_size("COLUMNS", 120), _size("LINES", 40))
        frame, _ = asyncio.run(photographed(runtime, view, size, worn(runtime, settings), SETTLE))
        sys.stdout.write(to_text(frame))
        return
    code = asyncio.run(_live(runtime, view, settings, mouse, alert))
    if code:
        raise typer.Exit(code)


def worn(runtime: Runtime, settings: Settings) -> Look:
    """How the settings want it drawn on this terminal."""
    return look(runtime, charset(settings.charset), scale=settings.scale)


async def _live(runtime: Runtime, view: View, settings: Settings, mouse: bool, alert: str = "") -> int:
    """The wall until the viewer, SIGTERM, SIGHUP or a bug ends it; the exit code."""
    app = WallApp(runtime, view, worn(runtime, settings), alert)
    app.depth = told(os.environ, settings.colours)
    app.bandwidth, app.metered = settings.bandwidth, settings.meter
    # Whoever ends the wall from outside (a service manager, a logout, a lost line) leaves a usable terminal behind.
    for name in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, app.exit)
    _give_back()
    gc.freeze()  # layouts and models live as long as the wall
    gc.set_threshold(*THRESHOLDS)
    try:
        await app.run_async(mouse=mouse)
    finally:
        if runtime.alerting is not None:
            await left(runtime.alerting, runtime.clock)
        if runtime.close:
            await runtime.close()
        _let_go()
    return Exit.INTERRUPTED if app.interrupted else app.return_code or Exit.OK


def _give_back() -> None:
    """glibc raises its bounds with the largest block that was ever freed, and keeps what a single large answer took; with
    fixed bounds it gives that back. Other C libraries do anyway, or have no such call."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for option, value in ((M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE), (M_ARENA_MAX, 1)):
        mallopt(option, value)


def _let_go() -> None:
    """Where the terminal is gone, what Python still holds for it goes nowhere: else it would end with a complaint."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def left(desk: AlertDesk, clock: Clock) -> None:
    """Own acknowledgements outlive the wall that kept them; one that only reads keeps none."""
    if desk.poller.book.known and not desk.runner.read_only:
        held = ack.own(desk.poller.book, desk.runner.author)
        await parted(desk, held, clock, "acknowledged by you, and quiet without a wall:")


def _size(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isdigit() and int(text) > 0 else default


async def photographed(
    runtime: Runtime,
    view: View,
    size: tuple[int, int],
    look: Look,
    deadline: float,
    keys: Sequence[str] = (),
    advance: Callable[[], None] | None = None,
) -> tuple[Frame, Board]:
    """One frame of the real wall without a terminal: waits until every visible panel has an answer or the deadline passed.

    ``advance`` moves the clock on once the wall has settled, and it is asked again: a wall that lost its server.
    ``keys`` are pressed on the settled wall (pictures of the help, of a zoomed panel).
    """
    from noc.ui.screens.wall import Wall

    app = WallApp(runtime, view, look)
    try:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            wall = app.screen
            assert isinstance(wall, Wall)
            wall.ticking.pause()  # how long this takes is nothing of the picture: no second passes but where it is said here
            await wall.settled(deadline)
            wall.tick()
            await wall.settled(deadline)
            await pilot.pause()
            if advance:
                advance()
                runtime.poller.refresh()
                if runtime.feeds is not None:
                    runtime.feeds.refresh()
                if runtime.alerting is not None:
                    runtime.alerting.poller.refresh()
                await wall.settled(deadline)
                wall.tick()
                await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
                await wall.settled(deadline)
                await pilot.pause()
            palette = wall.board.look.palette
            return frame_of(app, palette.text, palette.background, wall.board.title), wall.board
    finally:
        if runtime.close:
            await runtime.close()
