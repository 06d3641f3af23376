"""Heatmaps row by row: how amounts become steps, what a zero and a gap are, and how rows share the room."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.canvas import Ink
from noc.charts.charset import ASCII, UNICODE
from noc.charts.heat import draw_heat, halving
from noc.charts.heatgrid import Heat, HeatRow, fitted, grid_of, spans
from noc.charts.ramp import ramp_over
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from tests.charts.pictures import TWO, picture
from tests.charts.test_any_input import charsets, heights, texts, thresholds, units, whole, widths

HOUR = 3600.0
LOUD = (Threshold(60.0, Severity.HIGH),)


def rows_of(count: int, columns: int = 12) -> tuple[HeatRow, ...]:
    """Rows that rise to the right, the first one the most."""
    return tuple(
        HeatRow(f"/api/v1/{name}", tuple(float(at * (count - index)) for at in range(columns)), name)
        for index, name in enumerate(["login", "webhooks", "users", "health", "reports", "search"][:count])
    )


def bounds_of(count: int, columns: int = 12) -> tuple[HeatRow, ...]:
    """Buckets, the highest on top: a hill in the middle ones."""
    return tuple(
        HeatRow(
            f"≤ {2**at} s", tuple(max(0.0, 9.0 - abs(at - count // 2) * 2 - x % 3) for x in range(columns)), str(at)
        )
        for at in reversed(range(count))
    )


TIMED = Heat(rows_of(4), start=TWO - HOUR, end=TWO, step=300.0)
DENSE = Heat(bounds_of(12), start=TWO - HOUR, end=TWO, step=300.0, dense=True)
GAPPY = replace(TIMED, rows=(HeatRow("a", (None, 0.0, 1.0, 4.0, math.nan, math.inf)), HeatRow("b", (None,) * 6)))
MATRIX = Heat(
    (HeatRow("/login", (812.0, 40.0, None), "l"), HeatRow("/webhook", (0.0, 9.0, 120.0), "w")), ("CN", "RU", "BR")
)
MANY = Heat((HeatRow("row", tuple(map(float, range(12)))),), tuple(f"country-{at}" for at in range(12)), more_columns=3)
SHORT = ("#000080", "#00ffff", "#ffffff")


# -- the ramp


def test_the_ramp_runs_from_zero_to_the_greatest_amount(palette: Palette) -> None:
    ramp = ramp_over([3.0, 8.0, math.nan, math.inf], "linear", (), palette, UNICODE)
    assert (ramp.low, ramp.high) == (0.0, 8.0)
    assert [ramp.position(value) for value in (-1.0, 0.0, 2.0, 8.0, math.inf)] == [0.0, 0.0, 0.25, 1.0, 1.0]
    assert [ramp.colour(value) for value in (1.6, 1.7, 8.0)] == [palette.ramp[0], palette.ramp[1], palette.ramp[4]]


def test_a_ramp_reaches_so_far_at_least_and_further_where_there_is_more(palette: Palette) -> None:
    def top(*values: float, **ends: float) -> float:
        return ramp_over(values, "sqrt", (), palette, UNICODE, **ends).high

    assert [top(1.0, soft_high=10.0), top(12.0, soft_high=10.0), top(soft_high=10.0)] == [10.0, 12.0, 10.0]
    assert [top(1.0, soft_high=10.0, high=4.0), top(1.0, soft_high=math.nan)] == [4.0, 1.0]
    rows = draw_heat(replace(TIMED, rows=(HeatRow("a", (0.0, 1.0)),), soft_high=10.0), 40, 6, palette)
    assert picture(rows)[-1].split()[-1] == "10"


def test_amounts_below_zero_begin_the_ramp_and_ends_can_be_given(palette: Palette) -> None:
    assert ramp_over([-4.0, 4.0], "linear", (), palette, UNICODE).position(0.0) == 0.5
    fixed = ramp_over([5.0], "linear", (), palette, UNICODE, low=0.0, high=10.0)
    assert fixed.position(5.0) == 0.5
    assert ramp_over([], "sqrt", (), palette, UNICODE, low=9.0, high=1.0).position(9.0) == 0.0


@pytest.mark.parametrize(("scale", "expected"), [("linear", 0.01), ("sqrt", 0.1), ("log", 0.347)])
def test_what_is_small_beside_what_is_large_is_seen_on_a_curved_ramp(
    scale: str, expected: float, palette: Palette
) -> None:
    ramp = ramp_over([100.0], scale, (), palette, UNICODE)  # type: ignore[arg-type]
    assert round(ramp.position(1.0), 3) == expected


def test_zero_lies_beneath_the_ramp_and_a_gap_is_bare_ground(palette: Palette) -> None:
    ramp = ramp_over([9.0], "linear", (), palette, UNICODE)
    zero = blend(palette.ramp[0], palette.surface, 0.35)
    assert ramp.tile(0.0) == (" ", Ink(zero, zero))
    assert ramp.tile(None) == ramp.tile(math.nan) == ("·", Ink(palette.faint))


def test_a_tile_has_its_colour_as_ground_and_a_glyph_that_is_seen_without_colours(palette: Palette) -> None:
    ramp = ramp_over([4.0], "linear", LOUD, palette, UNICODE)
    assert [ramp.tile(value)[0] for value in (0.5, 1.5, 2.5, 4.0)] == ["░", "▒", "▓", "█"]
    assert ramp.tile(4.0)[1] == Ink(palette.ramp[4], palette.ramp[4])
    assert ramp.tile(61.0) == ("▲", Ink(palette.high, palette.high))


def test_a_short_ramp_and_ascii_draw_glyphs_that_differ_by_themselves(palette: Palette) -> None:
    sixteen = replace(palette, ramp=SHORT)
    assert halving(palette, UNICODE) and not halving(sixteen, UNICODE) and not halving(palette, ASCII)
    assert ramp_over([4.0], "linear", LOUD, sixteen, UNICODE).tile(0.5) == ("░", Ink("#000080"))
    plain = ramp_over([9.0], "linear", LOUD, palette, ASCII)
    assert "".join(plain.tile(float(value))[0] for value in range(10)) == " .:-=+*#%@"
    assert (plain.tile(None)[0], plain.tile(61.0)[0]) == ("'", "H")


# -- where things lie


def test_cells_share_the_columns_of_data_evenly() -> None:
    assert spans(4, 8) == [(0, 1), (0, 1), (1, 2), (1, 2), (2, 3), (2, 3), (3, 4), (3, 4)]
    assert spans(6, 3) == [(0, 2), (2, 4), (4, 6)]
    assert (spans(0, 5), spans(5, 0)) == ([], [])


@given(st.integers(1, 200), st.integers(1, 200))
def test_every_column_of_data_is_in_a_cell(count: int, wide: int) -> None:
    found = spans(count, wide)
    assert len(found) == wide
    assert {column for first, last in found for column in range(first, last)} == set(range(count)) or wide >= count
    assert all(0 <= first < last <= count for first, last in found)


def test_rows_on_one_scale_share_lines_before_they_are_added_up() -> None:
    assert fitted(DENSE, 60, 14) is DENSE
    assert (grid_of(DENSE, 60, 14).halves, grid_of(DENSE, 60, 14).lines) == (2, 12)
    assert fitted(DENSE, 60, 9) is DENSE
    assert (grid_of(DENSE, 60, 9).halves, grid_of(DENSE, 60, 9).lines) == (1, 6)
    added = fitted(DENSE, 60, 5)
    assert [row.name for row in added.rows] == ["≤ 2048 s", "≤ 1024 s", "≤ 256 s", "≤ 32 s", "≤ 4 s"]
    for at in range(12):
        assert sum(row.values[at] or 0.0 for row in added.rows) == sum(row.values[at] or 0.0 for row in DENSE.rows)


def test_rows_added_up_have_the_severity_that_all_of_them_have_and_gaps_where_none_has_a_value() -> None:
    levels = [Severity.HIGH, Severity.HIGH, Severity.MEDIUM, Severity.OK]
    rows = tuple(HeatRow(str(at), (1.0, None), str(at), level) for at, level in enumerate(levels))
    added = fitted(Heat(rows, dense=True), 30, 4, halves=False)
    assert added.rows == (rows[0], rows[1], HeatRow("2", (2.0, None), "2", Severity.OK))


def test_a_line_names_its_row() -> None:
    grid = grid_of(TIMED, 60, 6)
    assert [grid.row(y) for y in range(-1, 6)] == [None, 0, 1, 2, 3, None, None]
    tall = grid_of(replace(TIMED, rows=TIMED.rows[:2]), 60, 8)
    assert [tall.row(y) for y in range(7)] == [0, 0, 0, 1, 1, 1, None]
    halved = grid_of(DENSE, 60, 9)
    assert [halved.row(y) for y in range(7)] == [0, 2, 4, 6, 8, 10, None]


def test_rows_grow_by_half_lines_and_their_names_stand_where_the_whole_line_is_theirs() -> None:
    grid = grid_of(TIMED, 60, 8)
    assert (len(TIMED.rows), grid.halves, grid.lines) == (4, 3, 6)
    assert [(grid.row(y), grid.under(y)) for y in range(6)] == [(0, 0), (0, 1), (1, 1), (2, 2), (2, 3), (3, 3)]
    assert [grid.named(y) for y in range(6)] == [0, None, 1, 2, None, 3]


def test_few_rows_those_of_a_scale_and_those_of_a_matrix_grow_by_whole_lines() -> None:
    few = replace(TIMED, rows=TIMED.rows[:3])
    scale = replace(TIMED, dense=True)
    matrix = replace(TIMED, columns=tuple("abcd"))
    assert [grid_of(heat, 60, rows).halves for heat, rows in ((few, 7), (scale, 8), (matrix, 9))] == [2, 2, 2]


def test_where_colours_do_not_carry_the_picture_rows_grow_by_whole_lines() -> None:
    assert [grid_of(TIMED, 60, rows, halves=False).halves for rows in (6, 8, 9, 10, 11, 14)] == [2, 2, 2, 4, 4, 6]


@given(st.integers(1, 30), st.integers(1, 60), st.booleans(), st.booleans())
def test_every_row_shown_has_its_name_in_a_line_that_is_its_own_or_shared_by_two(
    count: int, height: int, dense: bool, halves: bool
) -> None:
    rows = tuple(HeatRow(str(at), (1.0,), str(at)) for at in range(count))
    grid = grid_of(Heat(rows, dense=dense), 60, height, halves=halves)
    named = [at for y in range(grid.lines) if (at := grid.named(y)) is not None]
    assert named == list(range(grid.first, grid.first + grid.shown, 2 if grid.halves == 1 else 1))
    assert grid.lines <= height
    assert all(
        grid.row(y) == grid.under(y) == grid.named(y) for y in range(grid.lines) if grid.named(y) is not None
    ) or (grid.halves == 1)


def test_the_chosen_row_is_scrolled_to() -> None:
    grid = grid_of(replace(TIMED, rows=rows_of(6)), 60, 5, chosen="search")
    assert (grid.first, grid.shown, grid.row(0)) == (4, 2, 4)


# -- pictures


def test_series_over_time_have_names_newest_values_a_time_axis_and_the_ramp(palette: Palette) -> None:
    assert picture(draw_heat(TIMED, 60, 7, palette)) == [
        "/api/v1/login        ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓████████████████ 44",
        "/api/v1/webhooks     ▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓██████████ 33",
        "/api/v1/users        ░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 22",
        "/api/v1/health       ░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ 11",
        "                         13:15     13:30    13:45",
        "",
        "0 ░░▒▒▓▓████ 44",
    ]


def test_a_zero_a_gap_and_an_infinite_amount_differ(palette: Palette) -> None:
    assert picture(draw_heat(GAPPY, 44, 5, palette)) == [
        "a ·······       ▒▒▒▒▒▒▒███████·······███████",
        "b ··········································",
        "          13:15      13:30     13:45",
        "",
        "0 ░░▒▒▓▓████ 4   · no data",
    ]


def test_rows_take_more_lines_where_there_is_room(palette: Palette) -> None:
    assert picture(draw_heat(replace(TIMED, rows=TIMED.rows[:2]), 40, 8, palette)) == [
        "                   ▒▒▒▒▓▓▓▓▓▓▓▓█████████",
        "/api/v1/login      ▒▒▒▒▓▓▓▓▓▓▓▓█████████",
        "                   ▒▒▒▒▓▓▓▓▓▓▓▓█████████",
        "                   ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓█████",
        "/api/v1/webhooks   ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓█████",
        "                   ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓█████",
        "                          13:30",
        "0 ░░▒▒▓▓████ 44",
    ]


def test_what_has_no_room_is_counted(palette: Palette) -> None:
    assert picture(draw_heat(replace(TIMED, rows=rows_of(6), more=7), 40, 6, palette)) == [
        "/api/v1/login      ▒▒▒▒▓▓▓▓▓▓▓▓█████████",
        "/api/v1/webhooks   ▒▒▒▒▒▒▓▓▓▓▓▓▓▓███████",
        "/api/v1/users      ░░▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓███",
        "+10 more",
        "                          13:30",
        "0 ░░▒▒▓▓████ 66",
    ]
    assert picture(draw_heat(TIMED, 18, 3, palette)) == [
        "/ap…gin  ▒▒▓▓▓████",
        "/ap…oks  ▒▒▒▓▓▓▓██",
        "+2 more",
    ]


def test_buckets_share_lines_in_half_blocks(palette: Palette) -> None:
    canvas = draw_heat(DENSE, 40, 9, palette)
    assert picture(draw_heat(DENSE, 40, 9, palette)) == [
        "≤ 2048 s ▄▄▄     ▄▄▄     ▄▄▄     ▄▄",
        " ≤ 512 s ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        " ≤ 128 s ██████▄▄█████▄▄▄█████▄▄▄█████▄▄",
        "  ≤ 32 s ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀",
        "   ≤ 8 s ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀",
        "   ≤ 2 s",
        "                      13:30",
        "",
        "0 ░░▒▒▓▓████ 9",
    ]
    assert [canvas.chars[3][9], canvas.inks[3][9]] == ["▀", Ink(palette.ramp[4], palette.ramp[3])]
    zero = blend(palette.ramp[0], palette.surface, 0.35)
    assert [canvas.chars[5][9], canvas.inks[5][9]] == [" ", Ink(zero, zero)]


def test_buckets_with_a_short_ramp_are_added_up_instead(palette: Palette) -> None:
    sixteen = replace(palette, ramp=SHORT)
    assert picture(draw_heat(DENSE, 40, 8, replace(palette, ramp=SHORT))) == [
        "≤ 2048 s",
        "≤ 1024 s ▒▒▒▒▒▒░░▒▒▒▒▒░░░▒▒▒▒▒░░░▒▒▒▒▒░░",
        " ≤ 256 s ███████████████████████████████",
        "  ≤ 32 s ██████▓▓█████▓▓▓█████▓▓▓█████▓▓",
        "   ≤ 4 s ░░░     ░░░     ░░░     ░░",
        "                      13:30",
        "",
        "0 ▒▒▓▓██ 21",
    ]
    assert all(ink.bg is None for row in draw_heat(DENSE, 40, 8, sixteen).inks for ink in row)


def test_a_heatmap_in_ascii(palette: Palette) -> None:
    assert picture(draw_heat(replace(TIMED, thresholds=(Threshold(40.0, Severity.HIGH),)), 56, 7, palette, ASCII)) == [
        "/api/v1/login       ---===+++***######%%%%%%@@@@@@HHH 44",
        "/api/v1/webhooks    ---===++++++******######%%%%%%%%% 33",
        "/api/v1/users       :::---======++++++*********###### 22",
        "/api/v1/health      ::::::------============+++++++++ 11",
        "                        13:15    13:30   13:45",
        "",
        "0 ::==**%%@@ 44   ^ HIGH > 40",
    ]


def test_a_matrix_has_its_amounts_written_where_tiles_are_wide(palette: Palette) -> None:
    assert picture(draw_heat(MATRIX, 60, 5, palette)) == [
        "/login   ████ 812 █████░░░░░ 40 ░░░░░··············",
        "/webhook       0       ░░░░░ 9 ░░░░░░▒▒▒▒ 120 ▒▒▒▒▒",
        "               CN            RU            BR",
        "",
        "0 ░░▒▒▓▓████ 812   · no data",
    ]


def test_a_narrow_matrix_has_tiles_alone_and_heads_that_can_be_read(palette: Palette) -> None:
    assert picture(draw_heat(MATRIX, 22, 5, palette)) == [
        "/login   ████░░░░····",
        "/webhook     ░░░░▒▒▒▒",
        "          CN  RU  BR",
        "",
        "0 ░▒▓██ 812",
    ]
    assert picture(draw_heat(MANY, 42, 5, palette)) == [
        "       ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓███████████████",
        "row    ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓███████████████",
        "       ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓███████████████",
        "+3  cou…ry-0 cou…ry-3 cou…ry-6 cou…ry-9",
        "0 ░░▒▒▓▓████ 11",
    ]


def test_amounts_beyond_a_threshold_take_its_colour_and_the_legend_says_so(palette: Palette) -> None:
    canvas = draw_heat(replace(TIMED, rows=rows_of(6), thresholds=LOUD, unit="reqps"), 90, 9, palette)
    assert picture(canvas)[-1] == "0 req/s ░░▒▒▓▓████ 66 req/s   ▲ HIGH > 60 req/s"
    tinted = [(char, ink) for char, ink in zip(canvas.chars[0], canvas.inks[0], strict=True) if ink.bg == palette.high]
    assert tinted == [("▲", Ink(palette.high, palette.high))] * len(tinted) and tinted


def test_names_of_rows_beyond_a_limit_take_its_colour(palette: Palette) -> None:
    rows = (HeatRow("> 2 s", (1.0,), "2", Severity.HIGH), HeatRow("≤ 2 s", (1.0,), "1"))
    canvas = draw_heat(
        replace(DENSE, rows=rows, limits=(Threshold(2.0, Severity.HIGH),), limit_unit="s"), 40, 6, palette
    )
    assert [canvas.inks[y][0].fg for y in (0, 2)] == [palette.high, palette.muted]
    assert picture(canvas)[-1] == "0 ░░▒▒▓▓████ 1   ▲ HIGH > 2 s"


def test_the_time_cursor_is_an_upright_with_its_time_and_the_values_under_it(palette: Palette) -> None:
    assert picture(draw_heat(replace(TIMED, cursor=TWO - 1800), 60, 7, palette)) == [
        "/api/v1/login        ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓│▓▓▓████████████████ 24",
        "/api/v1/webhooks     ▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓│▓▓▓▓▓▓▓▓▓██████████ 18",
        "/api/v1/users        ░░░▒▒▒▒▒▒▒▒▒▒▒▒▒│▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 12",
        "/api/v1/health       ░░░░░░▒▒▒▒▒▒▒▒▒▒│▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  6",
        "                         13:15     13:30    13:45",
        "",
        "0 ░░▒▒▓▓████ 44",
    ]


def test_a_cursor_outside_the_window_is_not_drawn(palette: Palette) -> None:
    outside = draw_heat(replace(TIMED, cursor=TWO + 60), 60, 7, palette)
    assert picture(outside) == picture(draw_heat(TIMED, 60, 7, palette))


def test_rows_without_any_column_bear_a_cursor(palette: Palette) -> None:
    bare = Heat((HeatRow("a", ()),), start=TWO - HOUR, end=TWO, cursor=TWO)
    assert picture(draw_heat(bare, 12, 2, palette)) == ["a", ""]


def test_names_of_columns_take_turns_in_two_lines_where_one_is_too_narrow(palette: Palette) -> None:
    assert picture(
        draw_heat(replace(MATRIX, columns=("webhook_signature", "sanctum", "api_token")), 36, 8, palette)
    ) == [
        "/login   ██ 812 ██░░ 40 ░░░·········",
        "         █████████░░░░░░░░░·········",
        "/webhook     0    ░░░ 9 ░░░▒▒ 120 ▒▒",
        "                  ░░░░░░░░░▒▒▒▒▒▒▒▒▒",
        "         webhook_signature api_token",
        "                   sanctum",
        "",
        "0 ░░▒▒▓▓████ 812   · no data",
    ]


def test_the_chosen_row_is_lit(palette: Palette) -> None:
    canvas = draw_heat(TIMED, 60, 7, palette, chosen="users")
    assert [canvas.inks[y][0].bg for y in range(4)] == [None, None, palette.raised, None]


def test_without_rows_there_is_nothing_to_draw(palette: Palette) -> None:
    assert picture(draw_heat(Heat(()), 20, 2, palette)) == ["", ""]


def test_a_heatmap_of_anything_has_its_size(palette: Palette) -> None:
    amounts = st.none() | st.floats()

    @settings(max_examples=200, deadline=None)
    @given(st.data(), st.integers(0, 14), st.integers(0, 30), thresholds, widths, heights, charsets, units)
    def check(
        data: st.DataObject,
        count: int,
        columns: int,
        limits: list[Threshold],
        width: int,
        height: int,
        charset: object,
        unit: str,
    ) -> None:
        names = data.draw(st.lists(texts, min_size=count, max_size=count))
        made = tuple(
            HeatRow(name, tuple(data.draw(st.lists(amounts, min_size=columns, max_size=columns))), str(at))
            for at, name in enumerate(names)
        )
        heads = ("字",) * columns if data.draw(st.booleans()) else ()
        start = data.draw(st.floats(-1e6, 4e9))
        heat = Heat(
            made,
            heads,
            start,
            start + data.draw(st.floats(0, 1e8)),
            cursor=data.draw(st.none() | st.floats(-1e6, 4e9)),
            unit=unit,
            scale=data.draw(st.sampled_from(["linear", "sqrt", "log"])),
            low=data.draw(st.none() | st.floats(allow_nan=False)),
            high=data.draw(st.none() | st.floats(allow_nan=False)),
            thresholds=tuple(limits),
            limits=tuple(limits),
            dense=data.draw(st.booleans()),
            more=data.draw(st.integers(0, 3)),
            more_columns=data.draw(st.integers(0, 3)),
        )
        shades = replace(palette, ramp=palette.ramp[:3]) if data.draw(st.booleans()) else palette
        glyphs = ASCII if charset is ASCII else UNICODE
        whole(draw_heat(heat, width, height, shades, glyphs, chosen=data.draw(st.none() | st.just("3"))), width, height)

    check()
