"""Golden pictures: a file that says how a wall looks, held against how it looks now. For ``--check`` and for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from noc.config.write import write_whole
from noc.engine.grid import Rect
from noc.model.errors import ConfigError, Fault
from noc.model.text import clean
from noc.picture.cells import NoCells, of_png, of_svg, of_text
from noc.picture.compare import MOST_ROWS, compare, picture
from noc.picture.frame import Frame
from noc.ui.board import Board


class Format(StrEnum):
    """What a frame is written as; by default what the file's name says."""

    SVG = "svg"
    PNG = "png"
    TXT = "txt"
    JSON = "json"

    @classmethod
    def of(cls, file: Path) -> Format:
        """The format a file's ending names; ValueError."""
        return cls(file.suffix.lower().removeprefix("."))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Falsy where the wall looks as the golden picture says."""

    head: str = ""
    """What is wrong, in one line."""
    lines: tuple[str, ...] = ()
    """Where, a line each."""
    picture: Frame | None = None
    """Both pictures, marked, where the golden one has cells."""
    missing: bool = False

    def __bool__(self) -> bool:
        return bool(self.head)


def written(frame: Frame, board: Board, size: tuple[int, int], chosen: Format) -> bytes:
    """The frame as the bytes of a file."""
    if chosen is Format.TXT:
        from noc.picture.text import to_text

        return to_text(frame).encode()
    if chosen is Format.SVG:
        from noc.picture.svg import to_svg

        return to_svg(frame, comparable=True).encode()
    if chosen is Format.PNG:
        from noc.picture.png import to_png

        return to_png(frame)
    from noc.ui.report import report

    return report(board, size)


def judged(golden: Path, frame: Frame, board: Board, size: tuple[int, int]) -> Verdict:
    """Compare with the golden file by cells (text alone for ``txt``, values for ``json``). ConfigError if it cannot be
    read; ValueError if its name has none of the endings."""
    chosen = Format.of(golden)
    try:
        data = golden.read_bytes()
    except FileNotFoundError:
        return Verdict("there is no such picture yet", missing=True)
    except OSError as error:
        raise ConfigError([Fault(str(golden), 0, f"cannot be read: {error.strerror}")]) from None
    try:
        if chosen is Format.JSON:
            return _values(orjson.loads(data), orjson.loads(written(frame, board, size, chosen)))
        if chosen is Format.TXT:
            old = of_text(data.decode(), frame.foreground, frame.background)
        else:
            old = of_svg(data.decode()) if chosen is Format.SVG else of_png(data)
    except NoCells as error:
        return Verdict(f"this picture cannot be compared: {error}")
    except ValueError:
        return Verdict(f"this is no {chosen} that noc wrote")
    found = compare(old, frame, standing(frame, board), text_only=chosen is Format.TXT)
    return Verdict(found.head, tuple(found.lines()), picture(old, frame, found)) if found else Verdict()


def standing(frame: Frame, board: Board) -> dict[str, Rect]:
    """Where each panel stands in the frame: under the header, and under as many banners as most titles say."""
    cells, placed = frame.cells, board.rectangles
    titles = {panel: board.panel_title(panel)[:6] for panel in placed}

    def met(top: int) -> int:
        rows = ((panel, rect.y + top, rect) for panel, rect in placed.items() if rect.y + top < cells.height)
        return sum(titles[panel] in "".join(cells.chars[y][rect.x : rect.x + rect.width]) for panel, y, rect in rows)

    top = max(range(1, 6), key=met)
    return {panel: Rect(rect.x, rect.y + top, rect.width, rect.height) for panel, rect in placed.items()}


def _values(old: Any, new: Any) -> Verdict:
    """What differs between two reports, by the path of each value; a panel's text row by row."""
    before, after = dict(_flat(old, "")), dict(_flat(new, ""))
    paths = [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]
    if not paths:
        return Verdict()
    told = [f"{clean(path, 80)}: -{_said(before.get(path))} +{_said(after.get(path))}" for path in paths[:MOST_ROWS]]
    more = len(paths) - len(told)
    counted = "1 value differs" if len(paths) == 1 else f"{len(paths)} values differ"
    return Verdict(counted, (*told, *([f"and {more} more"] if more else [])))


def _flat(found: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(found, str) and "\n" in found:
        found = found.split("\n")
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(found, list):
        for index, value in enumerate(found):
            yield from _flat(value, f"{path}[{index}]")
    else:
        yield path, (found,)


def _said(found: tuple[Any] | None) -> str:
    return "nothing" if found is None else repr(clean(found[0], 160) if isinstance(found[0], str) else found[0])


def marked(golden: Path) -> Path:
    """Where the picture of a difference is put unless somebody says otherwise: ``wall.diff.png`` beside ``wall.svg``."""
    return golden.with_suffix(".diff.png")


def put(file: Path, data: bytes, *, parents: bool = False) -> None:
    """Write a picture whole; ConfigError. ``parents`` makes missing directories."""
    try:
        if parents:
            file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, data, mode=0o644, parents=False)
    except OSError as error:
        raise ConfigError([Fault(str(file), 0, f"cannot be written: {error.strerror}")]) from None
