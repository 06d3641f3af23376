"""What the libraries remember for a wall: little, and nothing of a palette that is no longer worn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import textual._compositor
import textual._segment_tools
from rich import cells, segment
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region

from noc.charts.canvas import Canvas, Ink
from noc.model.palette import Palette
from noc.ui import compat
from noc.ui.compat import Application, strip_of
from noc.ui.dimming import dimmed
from noc.ui.frugal import _remembering
from tests.palettes import DARK


@pytest.mark.parametrize(
    "remembered",
    [Segment._split_cells, cells.cached_cell_len, Region.intersection, Region.overlaps, Region.translate],
    ids=lambda one: str(one.__qualname__),
)
def test_few_answers_are_kept(remembered: Any) -> None:
    assert remembered.cache_info().maxsize == 512


def test_a_function_is_the_frugal_one_under_every_name_the_libraries_have_for_it() -> None:
    measured: list[Callable[..., int]] = [
        segment.cached_cell_len,
        textual._compositor.cell_len,
        textual._segment_tools.cell_len,
    ]
    assert measured == [cells.cached_cell_len] * 3
    assert [cells.cell_len(text) for text in ("load", "漢字", "e\u0301")] == [4, 4, 1]


def test_a_version_without_such_a_function_is_left_as_it_is() -> None:
    class Newer:
        plain = len

    _remembering(Newer, "gone", 512)
    _remembering(Newer, "plain", 512)
    assert Newer.plain is len


def test_the_same_answers_as_before() -> None:
    wall, card = Region(0, 0, 80, 24), Region(70, 20, 20, 10)
    assert wall.intersection(card) == Region(70, 20, 10, 4)
    assert wall.overlaps(card)
    assert not wall.overlaps(card.translate((10, 0)))
    assert Segment("漢字").split_cells(1) == (Segment(" "), Segment(" 字"))


class Worn(Application):
    palette: Palette = DARK


def test_styles_of_a_palette_go_when_another_is_worn() -> None:
    app, night = Worn(), dimmed(DARK, 0.5)
    canvas = Canvas(4, 1)
    canvas.put(0, 0, "load", Ink(DARK.text))
    assert app.inks is not None
    strip_of(canvas, 0, DARK.text, DARK.surface)
    Style(bold=True) + Style(color=DARK.text)
    assert (len(compat._styles), Style._add.cache_info().currsize) == (1, 1)
    app.worn = night
    inks = app.inks
    assert inks is not None and inks.palette == night
    assert (compat._styles, Style._add.cache_info().currsize) == ({}, 0)
    strip_of(canvas, 0, night.text, night.surface)
    assert app.inks is inks
    assert list(compat._styles) == [(night.text, night.surface)]
