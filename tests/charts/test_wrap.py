"""Breaking text into lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from noc.charts.canvas import PLAIN, Ink
from noc.charts.wrap import wrap, wrap_pieces

BOLD = Ink(bold=True)


def test_words_stay_whole_where_they_fit() -> None:
    assert wrap("the pool of the database is full", 12) == ["the pool of", "the database", "is full"]


def test_long_words_and_wide_characters_are_broken() -> None:
    assert wrap("abcdefgh ij", 3) == ["abc", "def", "gh", "ij"]
    assert wrap("日本語", 5) == ["日本", "語"]


def test_line_ends_are_kept() -> None:
    assert wrap("a\nb", 9) == ["a", "b"]


def test_nothing_needs_no_room() -> None:
    assert wrap("text", 0) == []
    assert wrap("", 9) == [""]


def test_a_word_of_two_inks_is_not_torn() -> None:
    assert wrap_pieces([("un", PLAIN), ("likely", BOLD), (" it", PLAIN)], 8) == [
        [("un", PLAIN), ("likely", BOLD)],
        [("it", PLAIN)],
    ]


@settings(deadline=None)
@given(st.text("ab 日\n", max_size=60), st.integers(2, 20))
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
