"""What Textual and Rich remember for as long as they run, in numbers that a wall of months can bear. Importing it is enough."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style


@lru_cache(1024)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)


def _get_inner_outer(_: StylesCache, base: Color, background: Color) -> tuple[Style, Style]:
    """What Textual remembers under the widget's own cache, and with it every row that widget ever drew: a wall on which
    dialogs are opened for months would keep a thousand of them (measured: 60 MB in a day)."""
    return _inner_outer(base, background)


StylesCache.get_inner_outer = _get_inner_outer  # type: ignore[method-assign, assignment]

# Rich remembers sixteen thousand segments it has cut; those of a wall are log lines and numbers that never come back.
Segment._split_cells = classmethod(lru_cache(512)(vars(Segment)["_split_cells"].__func__.__wrapped__))  # type: ignore[assignment, arg-type]
