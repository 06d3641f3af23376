"""Characters drawn without a font."""

from __future__ import annotations

import pytest

from noc.model.severity import Severity
from noc.picture.blocks import block, braille
from noc.picture.boxes import box
from noc.picture.drawing import merged, missing, shape_of
from noc.picture.shape import CELL_HEIGHT, CELL_WIDTH, Rect
from noc.picture.symbols import SYMBOLS


def cover(rects: tuple[Rect, ...], x: float, y: float) -> bool:
    """Whether a point lies on one of the rectangles."""
    return any(left <= x < left + w and top <= y < top + h for left, top, w, h in rects)


def test_the_eight_braille_dots_stand_where_unicode_numbers_them() -> None:
    places = {bit: braille(chr(0x2800 + (1 << bit))).dots for bit in range(8)}  # type: ignore[union-attr]
    assert places == {
        0: ((2.25, 2.25),),
        1: ((2.25, 6.75),),
        2: ((2.25, 11.25),),
        3: ((6.75, 2.25),),
        4: ((6.75, 6.75),),
        5: ((6.75, 11.25),),
        6: ((2.25, 15.75),),
        7: ((6.75, 15.75),),
    }


def test_every_braille_pattern_has_as_many_dots_as_bits() -> None:
    for pattern in range(256):
        shape = braille(chr(0x2800 + pattern))
        assert shape is not None
        assert len(set(shape.dots)) == pattern.bit_count()


@pytest.mark.parametrize(
    ("char", "rects"),
    [
        ("█", ((0, 0, 9, 18),)),
        ("▁", ((0, 15.75, 9, 2.25),)),
        ("▄", ((0, 9, 9, 9),)),
        ("▇", ((0, 2.25, 9, 15.75),)),
        ("▀", ((0, 0, 9, 9),)),
        ("▏", ((0, 0, 1.125, 18),)),
        ("▌", ((0, 0, 4.5, 18),)),
        ("▉", ((0, 0, 7.875, 18),)),
        ("▐", ((4.5, 0, 4.5, 18),)),
        ("▔", ((0, 0, 9, 2.25),)),
        ("▕", ((7.875, 0, 1.125, 18),)),
        ("▞", ((4.5, 0, 4.5, 9), (0, 9, 4.5, 9))),
        ("▙", ((0, 0, 4.5, 9), (0, 9, 9, 9))),
    ],
)
def test_blocks_are_exact_fractions_of_a_cell(char: str, rects: tuple[Rect, ...]) -> None:
    shape = block(char)
    assert shape is not None
    assert shape.rects == rects


def test_shades_are_shares_of_the_colour() -> None:
    assert [block(char).shade for char in "░▒▓█"] == [0.25, 0.5, 0.75, 1.0]  # type: ignore[union-attr]


@pytest.mark.parametrize("code", range(0x2580, 0x25A0))
def test_every_block_element_is_drawn_inside_its_cell(code: int) -> None:
    shape = shape_of(chr(code))
    assert shape is not None
    assert shape.rects
    assert all(x >= 0 and y >= 0 and x + w <= CELL_WIDTH and y + h <= CELL_HEIGHT for x, y, w, h in shape.rects)


@pytest.mark.parametrize("code", range(0x2500, 0x2580))
def test_every_box_character_is_drawn_inside_its_cell(code: int) -> None:
    shape = shape_of(chr(code))
    assert shape is not None
    assert shape.rects or shape.strokes
    for x, y, w, h in shape.rects:
        assert x >= 0 and y >= 0 and w > 0 and h > 0
        assert x + w <= CELL_WIDTH + 1e-9 and y + h <= CELL_HEIGHT + 1e-9


# Which edges of the cell a line reaches, and how thick it is there: left, right, up, down.
EDGES = {
    "─": (1, 1, 0, 0),
    "━": (3, 3, 0, 0),
    "│": (0, 0, 1, 1),
    "┌": (0, 1, 0, 1),
    "┘": (1, 0, 1, 0),
    "┡": (0, 3, 3, 1),
    "┩": (3, 0, 3, 1),
    "┼": (1, 1, 1, 1),
    "╇": (3, 3, 3, 1),
    "╊": (1, 3, 3, 3),
    "╋": (3, 3, 3, 3),
    "╴": (1, 0, 0, 0),
    "╻": (0, 0, 0, 3),
    "╼": (1, 3, 0, 0),
    "╽": (0, 0, 1, 3),
    "═": (2, 2, 0, 0),
    "╔": (0, 2, 0, 2),
    "╬": (2, 2, 2, 2),
    "╟": (0, 1, 2, 2),
    "╪": (2, 2, 1, 1),
    "╥": (1, 1, 0, 2),
}


@pytest.mark.parametrize(("char", "edges"), EDGES.items())
def test_a_box_line_reaches_the_edges_its_name_says(char: str, edges: tuple[int, int, int, int]) -> None:
    shape = box(char)
    assert shape is not None
    steps = [index / 4 for index in range(CELL_HEIGHT * 4)]
    ends = ((0.05, None), (CELL_WIDTH - 0.05, None), (None, 0.05), (None, CELL_HEIGHT - 0.05))
    reached = tuple(
        sum(cover(shape.rects, step if x is None else x, step if y is None else y) for step in steps) / 4
        for x, y in ends
    )
    assert reached == edges


@pytest.mark.parametrize("char", "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋┍┑┕┙┎┒┖┚╂┿")
def test_the_lines_of_a_corner_meet_at_the_centre(char: str) -> None:
    shape = box(char)
    assert shape is not None
    assert cover(shape.rects, 4.5, 8.5)


@pytest.mark.parametrize(("char", "outer", "inner"), [("╔", (2.1, 6.1), (6.1, 10.1)), ("╝", (6.9, 10.9), (2.9, 6.9))])
def test_a_double_corner_has_an_outer_and_an_inner_one(
    char: str, outer: tuple[float, float], inner: tuple[float, float]
) -> None:
    shape = box(char)
    assert shape is not None
    assert cover(shape.rects, *outer)
    assert cover(shape.rects, *inner)
    assert not cover(shape.rects, 4.5, 8.5)


def test_a_double_cross_leaves_its_middle_open() -> None:
    shape = box("╬")
    assert shape is not None
    assert not cover(shape.rects, 4.5, 8.5)
    assert not cover(shape.rects, 2.5, 8.5)
    assert all(cover(shape.rects, x, y) for x in (2.2, 6.2) for y in (6.2, 10.2))


def test_dashes_are_counted_by_their_name() -> None:
    assert [len(box(char).rects) for char in "╌┄┈╍┅┉╎┆┊"] == [2, 3, 4, 2, 3, 4, 2, 3, 4]  # type: ignore[union-attr]


@pytest.mark.parametrize("severity", Severity)
def test_severities_never_depend_on_a_font(severity: Severity) -> None:
    assert shape_of(severity.glyph) is SYMBOLS[severity.glyph]


def test_letters_are_text() -> None:
    assert [shape_of(char) for char in ("a", "é", "世", "", "e\u0301")] == [None] * 5


def test_a_missing_character_is_a_frame_of_its_width() -> None:
    assert missing(wide=False).strokes == ((1.0, 1.5, 4.5, "h6v9h-6z"),)
    assert missing(wide=True).strokes == ((1.0, 1.5, 4.5, "h15v9h-15z"),)


def test_rectangles_that_share_a_side_become_one() -> None:
    cells: list[Rect] = [(x * 9, y * 18, 9, 18) for y in range(3) for x in range(4)]
    assert merged(cells) == [(0, 0, 36, 54)]
    assert merged([(0, 0, 9, 18), (18, 0, 9, 18)]) == [(0, 0, 9, 18), (18, 0, 9, 18)]
    assert merged([(0, 9, 9, 9), (9, 0, 9, 18)]) == [(9, 0, 9, 18), (0, 9, 9, 9)]
