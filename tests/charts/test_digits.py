"""Large digits, row by row."""

from __future__ import annotations

import pytest

from noc.charts.canvas import Ink
from noc.charts.charset import ASCII
from noc.charts.digits import HEIGHTS, draw_digits, tallest_digits
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


def test_eight_rows_are_the_same_three_times() -> None:
    assert picture(draw_digits("14", "", INK, height=8)) == [
        "██████      ███   ███",
        "▀▀▀███      ███   ███",
        "   ███      ███   ███",
        "   ███      █████████",
        "   ███      ▀▀▀▀▀▀███",
        "   ███            ███",
        "█████████         ███",
        "▀▀▀▀▀▀▀▀▀         ▀▀▀",
    ]


@pytest.mark.parametrize("height", HEIGHTS)
def test_numbers_of_equal_length_are_equally_wide_at_every_height(height: int) -> None:
    found = [draw_digits(number, "req/s", INK, height=height) for number in ("11.1", "48.7", "00.0")]
    assert {(one.width, one.height) for one in found if one} == {(found[0].width if found[0] else 0, height)}


def test_the_tallest_digits_that_fit_are_taken() -> None:
    for width, height, size in (
        (99, 55, (78, 15)),
        (77, 55, (65, 13)),
        (99, 12, (52, 10)),
        (51, 12, (39, 8)),
        (38, 12, (26, 5)),
        (13, 4, (13, 3)),
    ):
        drawn = tallest_digits("1.40", "", INK, width=width, height=height)
        assert drawn is not None
        assert (drawn.width, drawn.height) == size, (width, height)
    assert tallest_digits("1.40", "", INK, width=12, height=99) is None
    assert tallest_digits("1.40", "", INK, width=99, height=2) is None


def test_tall_ascii_digits_are_made_of_signs() -> None:
    assert picture(draw_digits("12k", "", INK, ASCII, height=5)) == [
        "####    ######  ##",
        "  ##        ##  ##  ##",
        "  ##    ######  ####",
        "  ##    ##      ##  ##",
        "######  ######  ##  ##",
    ]
    assert draw_digits("12", "", INK, ASCII, height=8) is None


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
