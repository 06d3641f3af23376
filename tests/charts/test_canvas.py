"""The canvas keeps its shape whatever is written where."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from noc.charts.canvas import PLAIN, Canvas, Ink
from noc.charts.charset import ASCII, UNICODE, charset_named, spell

RED = Ink(fg="#ff0000")


def test_text_is_clipped_at_every_edge() -> None:
    canvas = Canvas(5, 2)
    assert canvas.put(-2, 0, "abcdefghi", RED) == 7
    assert canvas.put(0, 7, "nowhere") == 7
    assert canvas.put(3, 1, "xyz") == 6
    assert canvas.text() == "cdefg\n   xy"


def test_a_wide_character_owns_two_cells_or_none() -> None:
    canvas = Canvas(5, 1)
    canvas.put(0, 0, "日本語")
    assert canvas.chars[0] == ["日", "", "本", "", " "]


def test_half_of_an_overwritten_wide_character_becomes_blank() -> None:
    canvas = Canvas(4, 1)
    canvas.put(0, 0, "日本")
    canvas.put(1, 0, "x")
    assert canvas.chars[0] == [" ", "x", "本", ""]
    canvas.put(2, 0, "y")
    assert canvas.chars[0] == [" ", "x", "y", " "]


def test_an_accent_joins_the_character_before_it() -> None:
    canvas = Canvas(3, 1)
    assert canvas.put(0, 0, "e\u0301x") == 2
    assert canvas.chars[0] == ["e\u0301", "x", " "]


def test_runs_join_equal_ink() -> None:
    canvas = Canvas(6, 1)
    canvas.put(1, 0, "ab", RED)
    canvas.put(3, 0, "c", Ink(fg="#ff0000"))
    assert list(canvas.runs(0)) == [(" ", PLAIN), ("abc", RED), ("  ", PLAIN)]


def test_a_canvas_on_a_canvas_is_clipped() -> None:
    small = Canvas(3, 2, RED)
    small.put(0, 0, "日x", RED)
    small.put(0, 1, "abc", RED)
    canvas = Canvas(4, 2)
    canvas.blit(-1, 0, small)
    canvas.blit(3, -1, small)
    assert canvas.chars == [[" ", "x", " ", "a"], ["b", "c", " ", " "]]


writes = st.tuples(
    st.sampled_from(["put", "fill", "blit"]),
    st.integers(-4, 12),
    st.integers(-2, 4),
    st.text("a日é\u0301 ", max_size=6),
)


@settings(deadline=None)
@given(st.lists(writes, max_size=8))
def test_every_row_keeps_its_width(done: list[tuple[str, int, int, str]]) -> None:
    canvas = Canvas(10, 3)
    for how, x, y, text in done:
        if how == "put":
            canvas.put(x, y, text)
        elif how == "fill":
            canvas.fill(x, y, len(text), 2, "#")
        else:
            other = Canvas(len(text), 2)
            other.put(0, 1, text)
            canvas.blit(x, y, other)
    for row in canvas.chars:
        assert len(row) == 10
        assert cell_len("".join(row)) == 10


def test_charsets_are_found_by_name() -> None:
    assert (charset_named("unicode"), charset_named("ascii")) == (UNICODE, ASCII)
    with pytest.raises(ValueError, match="'utf8' is no charset; write unicode or ascii"):
        charset_named("utf8")


def test_ascii_replaces_symbols_and_keeps_letters() -> None:
    canvas = Canvas(12, 1)
    canvas.put(0, 0, "✖ é…─│ ▲ ∞")
    assert spell(canvas, ASCII).text() == "x é~-| ^ 8"


def test_a_wide_character_that_no_longer_fits_leaves_no_half_of_the_one_it_met() -> None:
    canvas = Canvas(10, 1)
    canvas.put(3, 0, "a日日日")
    canvas.put(6, 0, "aaa日")
    assert canvas.text() == "   a日aaa"
    assert cell_len("".join(canvas.chars[0])) == 10
