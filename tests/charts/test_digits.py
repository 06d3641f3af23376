"""Large digits, row by row."""

from __future__ import annotations

import pytest

from noc.charts.canvas import Ink
from noc.charts.charset import ASCII
from noc.charts.digits import draw_digits
from noc.charts.glyphs import PIXELS, pixels
from noc.model.palette import Palette
from tests.charts.pictures import picture

INK, QUIET = Ink(fg="#ffffff", bold=True), Ink(fg="#888888")


def test_ten_digits() -> None:
    assert picture(draw_digits("0123456789", "", INK)) == [
        "█▀█ ▀█  ▀▀█ ▀▀█ █ █ █▀▀ █▀▀ ▀▀█ █▀█ █▀█",
        "█ █  █  █▀▀  ▀█ ▀▀█ ▀▀█ █▀█   █ █▀█ ▀▀█",
        "▀▀▀ ▀▀▀ ▀▀▀ ▀▀▀   ▀ ▀▀▀ ▀▀▀   ▀ ▀▀▀ ▀▀▀",
    ]


def test_the_unit_stands_small_at_the_foot() -> None:
    assert picture(draw_digits("-12.4k", "req/s", INK)) == [
        "    ▀█  ▀▀█   █ █ █ ▄",
        "▀▀▀  █  █▀▀   ▀▀█ █▀▄",
        "    ▀▀▀ ▀▀▀ ▀   ▀ ▀ ▀ req/s",
    ]


def test_signs_and_letters() -> None:
    assert picture(draw_digits("+∞%±×", "", INK)) == [
        " ▄   ▄▄ ▄▄  ▀  █ ▄█▄ ▄ ▄",
        "▀█▀ ▀▄▄▀▄▄▀ ▄▀▀   ▀  ▄▀▄",
        "            ▀  ▀ ▀▀▀",
    ]


def test_durations() -> None:
    assert picture(draw_digits("2m 10s", "", INK)) == [
        "▀▀█         ▀█  █▀█  ▄▄",
        "█▀▀ █▀█▀█    █  █ █ ▀▄▄",
        "▀▀▀ ▀ ▀ ▀   ▀▀▀ ▀▀▀ ▀▀",
    ]


def test_five_rows() -> None:
    assert picture(draw_digits("93.4", "%", INK, height=5)) == [
        "██████  ██████      ██  ██",
        "██  ██      ██      ██  ██",
        "██████    ████      ██████",
        "    ██      ██          ██",
        "██████  ██████  ██      ██ %",
    ]


def test_ascii_digits() -> None:
    assert picture(draw_digits("-12:34.56", "%", INK, ASCII)) == [
        "         _     _         _   _",
        " _    |  _| .  _| |_|   |_  |_",
        "      | |_  .  _|   | .  _| |_| %",
    ]


def test_number_and_unit_have_their_own_ink(palette: Palette) -> None:
    canvas = draw_digits("1", "s", INK, suffix_ink=QUIET)
    assert canvas is not None
    assert (canvas.inks[0][0], canvas.inks[2][4]) == (INK, QUIET)


def test_too_wide_is_nothing() -> None:
    assert draw_digits("12.4", "s", INK, width=14) is None
    assert draw_digits("12.4", "s", INK, width=15) is not None
    assert draw_digits("12.4", "", INK, width=20, height=5) is None


def test_a_character_without_a_large_shape_is_nothing() -> None:
    assert draw_digits("日", "", INK) is None
    assert draw_digits("", "", INK) is None
    assert draw_digits("12k", "", INK, ASCII) is None


@pytest.mark.parametrize("char", list(PIXELS))
def test_every_shape_is_a_rectangle_of_five_rows(char: str) -> None:
    rows = pixels(char)
    assert rows is not None
    assert len(rows) == 5
    assert len({len(row) for row in rows}) == 1
