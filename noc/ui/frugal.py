"""What Textual and Rich remember for as long as they run, in numbers that a wall of months can bear. Importing it is enough."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import rich.color
from rich import cells
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.style import Style

LIBRARIES = ("rich", "textual")


@lru_cache(1024)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)


def _get_inner_outer(_: StylesCache, base: Color, background: Color) -> tuple[Style, Style]:
    """What Textual remembers under the widget's own cache, and with it every row that widget ever drew: a wall on which
    dialogs are opened for months would keep a thousand of them (measured: 60 MB in a day)."""
    return _inner_outer(base, background)


def _remembering(owner: Any, name: str, most: int) -> None:
    """The same cached function with ``most`` answers kept, wherever the libraries have taken it by name already. Their
    thousands are of rows and places that come once on a wall, and lie among what stays. A version that has no such function
    remembers what it likes."""
    old: Any = vars(owner).get(name)
    inner: Callable[..., Any] | None = getattr(getattr(old, "__func__", old), "__wrapped__", None)
    if inner is None:
        return
    new: Any = lru_cache(most)(inner)
    if isinstance(old, classmethod):
        setattr(owner, name, classmethod(new))
        return
    setattr(owner, name, new)
    for module in [one for title, one in sys.modules.items() if title.partition(".")[0] in LIBRARIES]:
        for known in [known for known, value in vars(module).items() if value is old]:
            setattr(module, known, new)


StylesCache.get_inner_outer = _get_inner_outer  # type: ignore[method-assign, assignment]

_remembering(Segment, "_split_cells", 512)
_remembering(cells, "cached_cell_len", 512)
for _method in ("intersection", "overlaps", "translate"):
    _remembering(Region, _method, 512)


def forget_colours() -> None:
    """What was remembered of a palette that is no longer worn."""
    for owner, name in (
        (RichStyle, "_add"),
        (RichStyle, "clear_meta_and_links"),
        (rich.color.Color, "parse"),
        (ANSIToTruecolor, "truecolor_style"),
    ):
        clear = getattr(getattr(owner, name, None), "cache_clear", None)
        if clear is not None:
            clear()
    _inner_outer.cache_clear()
