"""The pytest plugin: the fixture ``noc_snapshot`` holds a layout, drawn on the embedded world, against a golden picture.

Loaded by pytest wherever noc is installed, so it imports nothing of noc before a test asks for the fixture
(docs/testing-layouts.md).
"""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from noc.picture.frame import Frame
    from noc.ui.board import Board

FOLDER = "__noc_snapshots__"
"""Beside the test file: a folder for each file, in it a picture for each call."""
FORMATS = ("svg", "png", "txt", "json")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--noc-update``."""
    group = parser.getgroup("noc", "pictures of noc's walls")
    group.addoption(
        "--noc-update", action="store_true", help="Write the pictures of noc_snapshot instead of comparing them."
    )


class WallSnapshot:
    """What the fixture gives: calling it draws a layout and compares the picture. Calls are numbered within a test."""

    def __init__(self, test: Path, name: str, root: Path, *, update: bool) -> None:
        self._folder = test.parent / FOLDER / test.stem
        self._near = (test.parent, root)
        self._name = _file_name(name)
        self._update = update
        self._calls = 0

    def __call__(
        self,
        layout: str | Path,
        size: str = "120x40",
        at: str = "2025-10-02T15:30:00Z",
        scenario: str = "tour",
        *,
        theme: str = "midnight",
        seed: int = 1,
        variables: Mapping[str, str | Sequence[str]] | None = None,
        format: str = "svg",
        scale: int = 1,
    ) -> None:
        """Fail unless the layout looks as its golden picture says, cell by cell.

        ``layout`` and ``theme`` are names of bundled ones, or paths from the test's directory or from pytest's root.
        ``at`` is the scenario's telling moment; ``format`` is svg or png (text and colours), txt (text) or json (values).
        Nobody's configuration is read and no socket is opened.
        """
        __tracebackhide__ = True
        if format not in FORMATS:
            raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
        self._calls += 1
        golden = self._folder / f"{self._name}-{self._calls}.{format}"
        given = variables or {}
        values = [
            f"{name}={value}"
            for name, chosen in given.items()
            for value in ([chosen] if isinstance(chosen, str) else chosen)
        ]
        # A thread of its own: the test may have a running loop, and whatever loop it has is left alone.
        with ThreadPoolExecutor(1) as thread:
            drawn = thread.submit(
                _drawn, self._found(layout), size, at, scenario, self._found(theme), seed, values, scale
            ).result()
        wrong = _held(golden, drawn, size, update=self._update)
        if wrong:
            pytest.fail(wrong, pytrace=False)

    def _found(self, name: str | Path) -> str:
        """A name as it is; a path made whole."""
        text = str(name)
        if "/" not in text and not text.endswith((".yaml", ".yml")):
            return text
        return next((str(folder / text) for folder in self._near if (folder / text).is_file()), text)


def _file_name(test: str) -> str:
    """A test's name as that of a file; where characters had to go a sum tells it from others that look alike then."""
    plain = test.replace("[", "-").replace("]", "")
    safe = re.sub(r"[^A-Za-z0-9_.=-]+", "-", plain).strip("-.")[:120]
    return safe if safe == plain else f"{safe}-{crc32(test.encode('utf-8', 'replace')):08x}"


def _drawn(
    layout: str, size_: str, at: str, scenario: str, theme: str, seed: int, values: list[str], scale: int
) -> tuple[Frame, Board]:
    import typer

    from noc.cli.embedded import embedded
    from noc.cli.moments import moment, size
    from noc.config.settings import Settings
    from noc.model.errors import ConfigError

    try:
        settings = Settings.model_validate({"timezone": "UTC", "theme": theme, "scale": scale, "author": "noc"})
        return embedded(
            layout, size(size_), scenario=scenario, seed=seed, at=moment(at), values=values, settings=settings
        )
    except typer.BadParameter as error:
        raise ValueError(error.message) from None
    except ConfigError as error:
        raise ValueError("\n".join(map(str, error.faults))) from None


def _held(golden: Path, drawn: tuple[Frame, Board], size_: str, *, update: bool) -> str:
    """What differs, in words; empty where nothing does or it was written down."""
    from noc.cli.golden import Format, judged, marked, put, written
    from noc.cli.moments import size
    from noc.picture.png import to_png

    frame, board = drawn
    found, beside = judged(golden, frame, board, size(size_)), marked(golden)
    if not found or update:
        beside.unlink(missing_ok=True)  # of an earlier run: it shows what is no more
        if found:
            put(golden, written(frame, board, size(size_), Format.of(golden)), parents=True)
        return ""
    if found.missing:
        return f"{golden}: {found.head}; pytest --noc-update writes it"
    told = [f"{golden}: {found.head}", *(f"  {line}" for line in found.lines)]
    if found.picture is not None:
        put(beside, to_png(found.picture))
        told.append(f"  both pictures, what differs marked: {beside}")
    return "\n".join([*told, "  as it should be? pytest --noc-update writes it down"])


@pytest.fixture
def noc_snapshot(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compare a layout's picture on the embedded world with the golden one in ``__noc_snapshots__``."""
    name = ".".join(request.node.nodeid.split("::")[1:])  # with its class and its parameters
    return WallSnapshot(
        request.path, name, request.config.rootpath, update=bool(request.config.getoption("--noc-update"))
    )
