"""The picture key: what the terminal shows, as an SVG file in the viewer's picture directory."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from textual.app import App

from noc.config.write import write_whole
from noc.picture.svg import to_svg
from noc.ui.board import Board
from noc.ui.compat import frame_of


def directory() -> Path:
    """``XDG_PICTURES_DIR``, else ``~/Pictures`` where there is one, else the working directory."""
    chosen = os.environ.get("XDG_PICTURES_DIR")
    for path in (Path(chosen) if chosen else None, Path.home() / "Pictures"):
        if path is not None and path.is_dir():
            return path
    return Path.cwd()


def save(app: App[None], board: Board) -> Path:
    """Write the picture whole (a temporary file, then a rename); returns where. OSError when that fails."""
    palette = board.look.palette
    stamp = datetime.fromtimestamp(board.runtime.clock.now(), board.look.tz).strftime("%Y-%m-%d-%H%M%S")
    path = directory() / f"noc-{_plain(board.page.name)}-{stamp}.svg"
    write_whole(path, to_svg(frame_of(app, palette.text, palette.background, board.title)), mode=0o644)
    return path


def _plain(name: str) -> str:
    """A page's name as part of a file's: pages of an address or a trace are called what strangers wrote."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-.")[:80] or "page"
