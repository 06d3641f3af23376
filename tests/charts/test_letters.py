"""Words one reads from five metres, dot by dot."""

from __future__ import annotations

import string

import pytest

from noc.charts.canvas import Ink
from noc.charts.charset import ASCII
from noc.charts.letters import draw_word, spelt, word_size
from noc.model.severity import Severity
from tests.charts.pictures import picture

INK = Ink(fg="#ffffff", bold=True)


def rows(text: str, width: int = 200, height: int = 3) -> list[str]:
    drawn = draw_word(text, INK, width, height)
    assert drawn is not None
    return picture(drawn)


def test_the_states_of_a_wall() -> None:
    assert rows("OK") == [
        "█▀█ █ ▄▀",
        "█ █ █▀▄",
        "▀▀▀ ▀  ▀",
    ]
    assert rows("CRITICAL") == [
        "█▀▀ █▀█ █ ▀█▀ █ █▀▀ █▀█ █",
        "█   █▀▄ █  █  █ █   █▀█ █",
        "▀▀▀ ▀ ▀ ▀  ▀  ▀ ▀▀▀ ▀ ▀ ▀▀▀",
    ]
    assert rows("HIGH") == [
        "█ █ █ █▀▀ █ █",
        "█▀█ █ █ █ █▀█",
        "▀ ▀ ▀ ▀▀▀ ▀ ▀",
    ]
    assert rows("UNKNOWN") == [
        "█ █ █▄ █ █ ▄▀ █▄ █ █▀█ █   █ █▄ █",
        "█ █ █ ▀█ █▀▄  █ ▀█ █ █ █▄▀▄█ █ ▀█",
        "▀▀▀ ▀  ▀ ▀  ▀ ▀  ▀ ▀▀▀ ▀   ▀ ▀  ▀",
    ]


def test_a_word_is_drawn_as_large_as_the_room_allows() -> None:
    sizes = {scale: word_size("LOW", scale) for scale in (1, 2, 3, 6)}
    assert sizes == {1: (13, 3), 2: (26, 5), 3: (39, 8), 6: (78, 15)}
    for width, height, size in (
        (200, 55, (78, 18)),
        (39, 8, (39, 8)),
        (39, 12, (39, 9)),
        (38, 8, (26, 6)),
        (39, 7, (26, 6)),
        (26, 5, (26, 5)),
        (25, 9, (13, 3)),
        (13, 3, (13, 3)),
    ):
        drawn = draw_word("LOW", INK, width, height)
        assert drawn is not None
        assert (drawn.width, drawn.height) == size


def test_a_word_that_cannot_grow_in_width_grows_upwards_with_strokes_as_thick_as_before() -> None:
    assert rows("LOW", 27, 6) == [
        "██      ██████  ██      ██",
        "██      ██  ██  ██      ██",
        "██      ██  ██  ██  ▄▄  ██",
        "██      ██  ██  ██▄▄▀▀▄▄██",
        "██      ██  ██  ████  ████",
        "██████  ██████  ██      ██",
    ]
    assert word_size("LOW", 1) == (13, 3)


def test_twice_as_large_is_the_same_word() -> None:
    assert rows("LOW", 26, 5) == [
        "██      ██████  ██      ██",
        "██      ██  ██  ██      ██",
        "██      ██  ██  ██  ██  ██",
        "██      ██  ██  ████  ████",
        "██████  ██████  ██      ██",
    ]


@pytest.mark.parametrize(("width", "height"), [(12, 3), (13, 2), (0, 0)])
def test_without_room_there_is_no_large_word(width: int, height: int) -> None:
    assert draw_word("LOW", INK, width, height) is None


def test_a_terminal_without_blocks_has_letters_of_signs_where_there_is_room() -> None:
    drawn = draw_word("OK", INK, 40, 5, ASCII)
    assert drawn is not None
    assert picture(drawn) == [
        "######  ##    ##",
        "##  ##  ##  ##",
        "##  ##  ####",
        "##  ##  ##  ##",
        "######  ##    ##",
    ]
    assert draw_word("OK", INK, 40, 4, ASCII) is None


def test_a_word_with_a_character_that_has_no_shape_is_not_drawn_at_all() -> None:
    assert draw_word("low", INK, 200, 55) is None
    assert draw_word("漢", INK, 200, 55) is None
    assert draw_word("", INK, 200, 55) is None


def test_any_text_is_spelt_in_capitals_where_all_of_it_can() -> None:
    assert [spelt(text) for text in ("up", "Down 2", "v1.5", "größer", "漢", "")] == [
        "UP",
        "DOWN 2",
        "V1.5",
        "",
        "",
        "",
    ]


def test_every_capital_and_every_state_can_be_drawn_and_no_two_letters_are_alike() -> None:
    drawn = [tuple(rows(letter)) for letter in string.ascii_uppercase]
    assert len(set(drawn)) == 26
    for level in Severity:
        assert draw_word(level.value.upper(), INK, 200, 55) is not None


def test_each_dot_has_the_ink_it_was_given() -> None:
    drawn = draw_word("I", INK, 10, 3)
    assert drawn is not None
    assert {ink for row in drawn.inks for ink in row} == {INK}
