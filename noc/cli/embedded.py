"""A frame of the wall on the embedded world that depends on nothing but what is asked: for pictures, and for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from noc.charts.charset import ASCII, UNICODE, Charset
from noc.cli.demo import staged
from noc.cli.glass import look, photographed
from noc.cli.moments import moment, variables
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.model.depth import Depth
from noc.picture.frame import Frame
from noc.runtime import Runtime
from noc.ui.board import Board
from noc.ui.depth import Inks, as_shown
from noc.ui.state import View

STANDING = "2025-10-02T15:30:00Z"
"""The moment of a picture that is compared, where none is asked for."""
NOBODY = Places.of({}, Path("/nonexistent"))
"""The bundled layouts and themes alone: what is in somebody's home is in no test."""


def embedded(
    layout: str,
    size: tuple[int, int],
    *,
    scenario: str,
    seed: int = 1,
    at: float | None = None,
    values: Sequence[str] = (),
    keys: Sequence[str] = (),
    settings: Settings | None = None,
    places: Places = NOBODY,
    patience: float = 60.0,
) -> tuple[Frame, Board]:
    """The layout (by name or path) at the scenario's telling moment, which is ``at`` (unix seconds; ``STANDING``).

    ``values`` are ``NAME=VALUE`` for its variables, ``keys`` are pressed first; ``patience`` is how many seconds the
    answers may take. Two calls alike give two frames alike. ConfigError; typer.BadParameter for a bad value. Opens no socket.
    """
    stand = moment(STANDING) if at is None else at
    settings = fixed(settings or Settings(timezone="UTC"))
    runtime, advance = staged(settings, places, layout, scenario, seed, stand)
    view = replace(View(runtime.page.name), values=variables(list(values), runtime.page))
    return drawn(runtime, view, size, settings, patience, keys, advance)


def drawn(
    runtime: Runtime,
    view: View,
    size: tuple[int, int],
    settings: Settings,
    patience: float,
    keys: Sequence[str] = (),
    advance: Callable[[], None] | None = None,
) -> tuple[Frame, Board]:
    """One frame as a terminal with the colours, characters and scale of the settings shows it."""
    dressed = look(runtime, charset_of(settings), scale=settings.scale)
    frame, board = asyncio.run(photographed(runtime, view, size, dressed, patience, keys, advance))
    depth = Depth(settings.colours)
    return (frame if depth is Depth.TRUECOLOR else as_shown(frame, Inks(depth, board.look.palette))), board


def fixed(settings: Settings) -> Settings:
    """Nothing is told from the terminal: a picture has every colour unless the settings say otherwise."""
    return settings.model_copy(update={"colours": "truecolor"}) if settings.colours == "auto" else settings


def charset_of(settings: Settings) -> Charset:
    """A picture has every character unless the settings say otherwise."""
    return ASCII if settings.charset == "ascii" else UNICODE
