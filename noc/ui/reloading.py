"""Files that change under a running wall, the layout's and the theme's, and the command that opens a view again. No Textual."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from noc.engine.variables import ALL
from noc.model.errors import ConfigError, NocError
from noc.model.timerange import format_duration
from noc.ui.logpages import MADE

if TYPE_CHECKING:
    from noc.runtime import Page
    from noc.ui.board import Board


def reloaded(board: Board) -> bool:
    """Look whether the layout's or theme's file changed; a broken one keeps the old wall and says what is wrong."""
    changed = False
    theme_file = board.runtime.watched(board.look.palette.name)
    for path in (board.page.path, theme_file):
        if path is None:
            continue
        try:
            stamp = path.stat().st_mtime
        except OSError:
            continue
        if board.seen.setdefault(path, stamp) == stamp:
            continue
        board.seen[path] = stamp
        changed = True
        try:
            if path == theme_file:
                palette = board.runtime.load_palette(board.look.palette.name)
                board.runtime.palettes[palette.name] = palette
                board.look = replace(board.look, palette=palette)
            else:
                board.page = board.runtime.load(str(path))
            board.fault = ""
        except ConfigError as error:
            more = f" (+{len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
            board.fault = f"kept the old wall: {error.faults[0]}{more}"
    return changed


def command(board: Board) -> str:
    """The command line that opens this very view again; of a page made on the spot: that of where it came from."""
    named = [(board.page, board.view), *((one.page, one.view) for one in reversed(board.trail))]
    page, view = next((one for one in named if not one[0].name.startswith(MADE)), named[-1])
    parts = [*board.runtime.reopen, address(board, page)]
    if view.span:
        parts += ["--range", format_duration(view.span)]
    if view.end is not None:
        parts += ["--until", f"{view.end:.0f}"]
    for name, values in view.values:
        parts += [part for value in values for part in ("--var", f"{name}={'all' if value == ALL else value}")]
    return shlex.join(parts)


def address(board: Board, page: Page) -> str:
    """How a layout is named so that it opens from anywhere: its name where that leads to this file, else the whole path."""
    if page.path is None:
        return page.name
    try:
        named = board.runtime.load(page.name).path
    except NocError:  # no such name, or a broken file of that name
        named = None
    return page.name if named == page.path else str(page.path.absolute())
