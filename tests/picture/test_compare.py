"""What differs between two frames: by cells, in words, as a picture."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.charts.canvas import Canvas, Ink
from noc.engine.grid import Rect
from noc.picture.cells import of_text
from noc.picture.compare import MARK, compare, picture
from noc.picture.frame import Frame
from noc.picture.sheet import PAPER, beside
from noc.picture.text import to_text

FRONT, GROUND = "#d0d4d8", "#101418"
PANELS = {"rate": Rect(0, 0, 20, 4), "pool": Rect(20, 0, 20, 4)}


def frame(*lines: str, width: int = 40, ink: Ink | None = None) -> Frame:
    canvas = Canvas(width, len(lines))
    for y, line in enumerate(lines):
        canvas.put(0, y, line, ink or Ink())
    return Frame(canvas, FRONT, GROUND)


def test_equal_frames_do_not_differ() -> None:
    found = compare(frame("a", "世"), frame("a", "世"), PANELS)
    assert not found
    assert found.lines() == []


def test_a_change_names_row_column_and_panel_and_both_texts() -> None:
    old, new = frame("", "Pool".rjust(24) + " 84 %"), frame("", "Pool".rjust(24) + " 91 %")
    found = compare(old, new, PANELS)
    assert found.head == "2 cells differ in 1 row: pool"
    assert found.lines() == ["row 2, column 26 (pool): -'84' +'91'"]


def test_changes_far_apart_or_in_two_panels_stand_in_lines_of_their_own() -> None:
    old = frame("a..........b......c.d")
    new = frame("A..........B......C.D")
    assert compare(old, new, PANELS).lines() == [
        "row 1, column 1 (rate): -'a' +'A'",
        "row 1, column 12 (rate): -'b......c' +'B......C'",
        "row 1, column 21 (pool): -'d' +'D'",
    ]


def test_a_colour_alone_is_a_difference_and_is_told_as_one() -> None:
    old, new = frame("ok", ink=Ink("#00ff00")), frame("ok", ink=Ink("#ff0000", bold=True))
    found = compare(old, new)
    assert found.head == "2 cells differ in 1 row"
    assert found.lines() == [
        "row 1, column 1: 'ok' is coloured -#00ff00 on #101418 +#ff0000 on #101418 bold",
    ]


def test_an_ink_that_names_the_grounds_own_colours_is_the_same_ink() -> None:
    assert not compare(frame("x"), frame("x", ink=Ink(FRONT, GROUND)))


def test_another_ground_is_another_picture() -> None:
    assert compare(frame("x"), replace(frame("x"), background="#ffffff"))


def test_another_title_is_not() -> None:
    assert not compare(frame("x"), replace(frame("x"), title="Other"))


def test_text_alone_compares_no_colours_and_no_blanks_at_the_end() -> None:
    shown = frame("a", "b", "", ink=Ink("#ff0000"))
    assert not compare(of_text(to_text(shown), FRONT, GROUND), shown, text_only=True)
    assert not compare(of_text("a\nb\n", FRONT, GROUND), shown, text_only=True)
    found = compare(of_text("a\nc\nd\n", FRONT, GROUND), shown, text_only=True)
    assert found.lines() == ["row 2, column 1: -'c' +'b'", "row 3, column 1: -'d' +' '"]


def test_another_size_is_said_before_anything_else() -> None:
    found = compare(frame("ab", "c", width=3), frame("ab", width=2))
    assert found.head == "it is 2x1 and was 3x2"
    assert found.lines() == ["row 1, column 3: -' ' +''", "row 2, column 1: -'c  ' +''"]


def test_twenty_rows_are_told_and_the_rest_is_counted() -> None:
    old, new = frame(*["a"] * 22), frame(*["b"] * 22)
    lines = compare(old, new).lines()
    assert len(lines) == 21
    assert lines[-1] == "and 2 more rows"
    assert compare(frame(*["a"] * 21), frame(*["b"] * 21)).lines()[-1] == "and 1 more row"


def test_words_of_strangers_are_told_harmless() -> None:
    found = compare(frame("ab"), frame("\x1b\u202e"), {"\x1b[2J": Rect(0, 0, 9, 9)})
    assert not any(char in line for line in (found.head, *found.lines()) for char in "\x1b\u202e")


def test_the_picture_marks_what_differs_and_darkens_the_rest() -> None:
    old, new = frame("ab", width=4), frame("aB", width=4)
    shown = picture(old, new, compare(old, new)).cells
    assert shown.text().split("\n") == ["", " was   is", " ab    aB", ""]
    marks = [(x, y) for y in range(shown.height) for x in range(shown.width) if shown.inks[y][x].bg == MARK]
    assert marks == [(2, 2), (8, 2)]
    assert shown.inks[2][1].fg == "#7a7e82"
    assert shown.inks[2][1].bg == GROUND


def test_wide_pictures_stand_above_one_another() -> None:
    old, new = frame("a", width=120), frame("b", width=120)
    shown = picture(old, new, compare(old, new)).cells
    assert shown.text().split("\n") == ["", " was", " a", "", " is", " b", ""]


def test_a_picture_of_two_sizes_is_drawn_too() -> None:
    old, new = frame("abc", "d", width=3), frame("a", width=1)
    assert picture(old, new, compare(old, new)).cells.text().split("\n") == ["", " was  …", " abc  a", " d", ""]


cells = st.lists(st.text("ab世 é", max_size=5), max_size=4)


@given(cells, cells, st.booleans())
def test_any_two_frames_can_be_compared_and_told(one: list[str], other: list[str], text_only: bool) -> None:
    old, new = frame(*one, width=6), frame(*other, width=8)
    found = compare(old, new, PANELS, text_only=text_only)
    assert bool(found) or text_only
    assert found.lines() == [] or found.head
    picture(old, new, found)


@given(cells)
def test_every_frame_equals_itself(lines: list[str]) -> None:
    assert not compare(frame(*lines, width=6), frame(*lines, width=6))


def test_a_sheet_aligns_its_columns_and_cuts_captions() -> None:
    shown = beside(
        [
            ("first", frame("aaaa", width=4)),
            ("a long caption", frame("b", "b", width=6)),
            ("third", frame("c", width=2)),
        ],
        across=2,
    )
    assert shown.cells.text().split("\n") == ["", " fir…  a lon…", " aaaa  b", "       b", "", " thi…", " c", ""]
    assert shown.cells.inks[2][1].bg == GROUND
    assert shown.cells.inks[0][0].bg == PAPER


@pytest.mark.parametrize(("frames", "across"), [([], 2), ([("x", frame("x"))], 0)])
def test_a_sheet_of_nothing_is_refused(frames: list[tuple[str, Frame]], across: int) -> None:
    with pytest.raises(ValueError, match="a sheet needs a frame and a column"):
        beside(frames, across=across)
