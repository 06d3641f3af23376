"""Shares row by row: the ring and its legend, percentages that add up, targets, and the bar of small cards."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.charset import ASCII, UNICODE
from noc.charts.pie import draw_pie
from noc.charts.ring import apart, ring_cells
from noc.charts.shares import Pie, Slice, percents, place, slice_at
from noc.model.palette import Palette
from tests.charts.pictures import picture
from tests.charts.test_any_input import charsets, heights, texts, whole, widths

BLUE, GREEN, RED = "#7d9ccf", "#8fb07a", "#c48aa8"


def pie_of(*shares: float, **more: object) -> Pie:
    """Slices a, b, c... with these shares."""
    names = ["card", "transfer", "cash", "voucher", "other (4)", "f", "g", "h"]
    words = percents(shares)
    slices = [
        Slice(name, share, f"{share * 1000:.0f}", percent, colour, name)
        for name, share, percent, colour in zip(names, shares, words, [BLUE, GREEN, RED] * 3, strict=False)
    ]
    return Pie(tuple(slices), **more)  # type: ignore[arg-type]


HALVES = pie_of(0.5, 0.3, 0.2, centre=("50", "%", "card"))
MANY = pie_of(0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05)
NOTE = (("✔ target > 99 %  now 99.7 %", "✔ now 99.7 %"), GREEN)


# -- percentages


def test_percentages_are_rounded_so_that_they_add_up() -> None:
    assert percents([1 / 3, 1 / 3, 1 / 3]) == ["34 %", "33 %", "33 %"]
    assert percents([0.125, 0.125, 0.75]) == ["13 %", "12 %", "75 %"]
    assert percents([0.5, 0.5, 0.0]) == ["50 %", "50 %", "0 %"]


def test_a_decimal_is_written_where_a_slice_is_under_one_percent() -> None:
    assert percents([0.997, 0.0022, 0.0008]) == ["99.7 %", "0.2 %", "0.1 %"]


def test_what_is_there_is_never_nothing_and_the_rest_never_the_whole() -> None:
    assert percents([0.99999, 0.00001]) == ["99.9 %", "<0.1 %"]


def test_without_a_whole_there_are_no_shares() -> None:
    assert percents([0.0, 0.0]) == ["0 %", "0 %"]
    assert percents([]) == []


@given(st.lists(st.just(0.0) | st.floats(1e-9, 1), min_size=1, max_size=13))
def test_percentages_add_up_to_a_hundred(shares: list[float]) -> None:
    words = percents(shares)
    tenths = [1 if word.startswith("<") else round(float(word.removesuffix(" %")) * 10) for word in words]
    assert sum(tenths) == (1000 if math.fsum(shares) > 0 else 0)
    assert all((tenth > 0) == (share > 0) for tenth, share in zip(tenths, shares, strict=True) if sum(tenths))


# -- the ring


def test_a_ring_is_round_and_begins_at_the_top() -> None:
    found = ring_cells(20, 0.5)
    assert {(x, y) for x, y, _ in found} == {(19 - x, y) for x, y, _ in found} == {(x, 9 - y) for x, y, _ in found}
    dots = [dot for _, _, within in found for dot in within]
    assert min(dot.share for dot in dots) < 0.01
    assert (min(dot.radius for dot in dots) >= 10, max(dot.radius for dot in dots) <= 20) == (True, True)
    assert math.isclose(len(dots), math.pi * (20**2 - 10**2), rel_tol=0.02)


def test_the_distance_along_a_ring_goes_the_short_way_round() -> None:
    assert math.isclose(apart(0.95, 0.05, 10.0), 0.1 * math.tau * 10)
    assert apart(0.0, 1.0, 10.0) == 0.0


def test_each_slice_has_its_share_of_the_ring(palette: Palette) -> None:
    canvas = draw_pie(replace(HALVES, style="pie"), 60, 16, palette)
    found = [ink.fg for row in canvas.inks for ink in row[:34]]
    assert found.count(BLUE) > found.count(GREEN) > found.count(RED) > 20


def test_a_ring_with_legend_beside_it(palette: Palette) -> None:
    assert picture(draw_pie(HALVES, 56, 9, palette)) == [
        "          ⢀⣠⣴⣶⣿⡇⢸⣿⣶⣦⣄⡀",
        "        ⢀⣴⣿⣿⣿⠿⠛⠃⠘⠛⠿⣿⣿⣿⣦⡀",
        "       ⢀⣾⣿⣿⠋        ⠙⣿⣿⣷⡀",
        "       ⣤⣤⠉⠁ █▀▀ █▀█  ⠘⣿⣿⣧   ■ card      500  50 %",
        "       ⣿⣿⣿  ▀▀█ █ █   ⣿⣿⣿   ■ transfer  300  30 %",
        "       ⢻⣿⣿⡄ ▀▀▀ ▀▀▀  ⢠⣿⣿⡟   ■ cash      200  20 %",
        "       ⠈⢿⣿⣿⣄    %   ⣠⣿⣿⡿⠁",
        "        ⠈⠻⣿⣿⣿⣶⣤⡄⢠⣤⣶⣿⣿⣿⠟⠁",
        "          ⠈⠙⠻⠿⣿⡇⢸⣿⠿⠟⠋⠁",
    ]


def test_a_large_ring_has_large_digits_in_it(palette: Palette) -> None:
    assert picture(draw_pie(HALVES, 60, 13, palette)) == [
        "           ⢀⣠⣴⣶⣾⣿⡇⢸⣿⣷⣶⣦⣄⡀",
        "         ⣠⣾⣿⣿⣿⣿⣿⣿⡇⢸⣿⣿⣿⣿⣿⣿⣷⣄",
        "       ⣠⣾⣿⣿⣿⣿⠟⠛⠉⠁  ⠈⠉⠛⠻⣿⣿⣿⣿⣷⣄",
        "      ⣰⣿⣿⣿⣿⠏⠁          ⠈⠹⣿⣿⣿⣿⣆",
        "     ⢀⠙⠛⠿⢿⠁              ⠈⣿⣿⣿⣿⡆",
        "     ⣾⣿⣿⣶⠆    █▀▀ █▀█     ⠸⣿⣿⣿⣷   ■ card      500  50 %",
        "     ⣿⣿⣿⣿     ▀▀█ █ █      ⣿⣿⣿⣿   ■ transfer  300  30 %",
        "     ⢿⣿⣿⣿⡆    ▀▀▀ ▀▀▀ %   ⢰⣿⣿⣿⡿   ■ cash      200  20 %",
        "     ⠸⣿⣿⣿⣿⡀     card     ⢀⣿⣿⣿⣿⠇",
        "      ⠹⣿⣿⣿⣿⣆⡀          ⢀⣰⣿⣿⣿⣿⠏",
        "       ⠙⢿⣿⣿⣿⣿⣦⣤⣀⡀  ⢀⣀⣤⣴⣿⣿⣿⣿⡿⠋",
        "         ⠙⢿⣿⣿⣿⣿⣿⣿⡇⢸⣿⣿⣿⣿⣿⣿⡿⠋",
        "           ⠈⠙⠻⠿⢿⣿⡇⢸⣿⡿⠿⠟⠋⠁",
    ]


def test_a_long_word_under_the_number_is_cut_and_one_without_room_left_out(palette: Palette) -> None:
    long = replace(HALVES, centre=("50", "%", "upstream_error"))
    assert picture(draw_pie(long, 60, 13, palette))[8] == "     ⠸⣿⣿⣿⣿⡀ upstream_er… ⢀⣿⣿⣿⣿⠇"
    assert "upstream" not in "".join(picture(draw_pie(long, 60, 9, palette)))


def test_a_disc_has_nothing_written_into_it(palette: Palette) -> None:
    assert picture(draw_pie(replace(HALVES, style="pie"), 44, 6, palette)) == [
        "      ⣠⣶⣾⣿⣿⣷⣶⣄",
        "    ⢠⣾⣿⣿⣿⣿⣿⣿⣿⣿⣷⡄   ■ card      500  50 %",
        "    ⣶⣶⠛⠻⠿⣿⣿⣿⣿⣿⣿⣷   ■ transfer  300  30 %",
        "    ⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿   ■ cash      200  20 %",
        "    ⠘⢿⣿⣿⣿⣿⣿⣿⣿⣿⡿⠃",
        "      ⠙⠿⢿⣿⣿⡿⠿⠋",
    ]


def test_where_it_is_tall_the_legend_stands_beneath(palette: Palette) -> None:
    assert picture(draw_pie(replace(HALVES, notes=(NOTE,)), 28, 16, palette)) == [
        "        ⢀⣤⣶⣶⣿⡇⢸⣿⣶⣶⣤⡀",
        "      ⣠⣾⣿⣿⣿⡿⠿⠃⠘⠿⢿⣿⣿⣿⣷⣄",
        "     ⣴⣿⣿⡿⠋⠁      ⠈⠙⢿⣿⣿⣦",
        "    ⠈⠙⠛⠿⠁          ⠈⢿⣿⣿⡇",
        "    ⣿⣿⣿⠂  █▀▀ █▀█   ⠘⣿⣿⣿",
        "    ⣿⣿⣿⡄  ▀▀█ █ █   ⢠⣿⣿⣿",
        "    ⢸⣿⣿⣷⡀ ▀▀▀ ▀▀▀ %⢀⣾⣿⣿⡇",
        "     ⠻⣿⣿⣷⣄⡀ card ⢀⣠⣾⣿⣿⠟",
        "      ⠙⢿⣿⣿⣿⣷⣶⡄⢠⣶⣾⣿⣿⣿⡿⠋",
        "        ⠈⠛⠿⠿⣿⡇⢸⣿⠿⠿⠛⠁",
        "",
        "■ card            500  50 %",
        "■ transfer        300  30 %",
        "■ cash            200  20 %",
        "",
        "✔ target > 99 %  now 99.7 %",
    ]


def test_a_small_card_has_a_bar_and_its_legend(palette: Palette) -> None:
    assert picture(draw_pie(replace(HALVES, notes=(NOTE,)), 23, 6, palette)) == [
        "███████████▌██████▍████",
        "■ card        500  50 %",
        "■ transfer    300  30 %",
        "■ cash        200  20 %",
        "",
        "✔ now 99.7 %",
    ]


def test_the_bar_ends_slices_within_a_cell(palette: Palette) -> None:
    canvas = draw_pie(pie_of(0.55, 0.45), 10, 1, palette)
    assert picture(canvas) == ["█████▌████"]
    assert (canvas.inks[0][5].fg, canvas.inks[0][5].bg) == (BLUE, GREEN)


def test_slices_without_room_are_counted(palette: Palette) -> None:
    assert picture(draw_pie(MANY, 20, 5, palette)) == [
        "████████████████████",
        "■ card          30 %",
        "■ transfer      20 %",
        "■ cash          20 %",
        "  +4 more",
    ]


def test_values_leave_before_names_get_too_short(palette: Palette) -> None:
    assert picture(draw_pie(HALVES, 16, 4, palette)) == [
        "████████████▊███",
        "■ card      50 %",
        "■ transfer  30 %",
        "■ cash      20 %",
    ]


def test_rings_in_ascii_differ_without_colour(palette: Palette) -> None:
    assert picture(draw_pie(replace(HALVES, notes=(NOTE,)), 50, 8, palette, ASCII)) == [
        "      ++++####",
        "    ++++    ####     # card            500  50 %",
        "   +++        ###    = transfer        300  30 %",
        "  ===          ###   + cash            200  20 %",
        "  ===   50 %   ###",
        "   ===        ###    + target > 99 %  now 99.7 %",
        "    ====    ####",
        "      ====####",
    ]


def test_colours_are_never_mixed(palette: Palette) -> None:
    canvas = draw_pie(HALVES, 60, 13, palette)
    inks = {colour for row in canvas.inks for ink in row for colour in (ink.fg, ink.bg)}
    assert inks == {BLUE, GREEN, RED, palette.text, palette.muted, None}


def test_a_slice_as_thin_as_its_borders_is_seen(palette: Palette) -> None:
    canvas = draw_pie(pie_of(0.49, 0.50, 0.01), 60, 14, palette)
    assert sum(ink.fg == RED for row in canvas.inks for ink in row[:34]) >= 3


def test_a_target_is_a_tick_across_the_ring(palette: Palette) -> None:
    targeted = replace(pie_of(0.4, 0.6), target=0.5, target_colour="#ffffff")
    canvas = draw_pie(targeted, 60, 12, palette)
    marked = {y for y in range(12) for ink in canvas.inks[y] if "#ffffff" in (ink.fg, ink.bg)}
    assert marked == {10, 11}
    assert picture(draw_pie(targeted, 20, 1, palette)) == ["██████████│█████████"]


def test_a_note_takes_the_longest_words_that_fit(palette: Palette) -> None:
    noted = replace(pie_of(0.997, 0.003), notes=(NOTE,))
    assert picture(draw_pie(noted, 40, 4, palette))[3] == "✔ target > 99 %  now 99.7 %"
    assert picture(draw_pie(noted, 20, 4, palette))[3] == "✔ now 99.7 %"
    assert picture(draw_pie(noted, 10, 4, palette))[3] == "✔ now 99.…"


# -- the cursor


def test_the_chosen_slice_is_lit_and_always_shown(palette: Palette) -> None:
    canvas = draw_pie(MANY, 20, 5, palette, chosen="f")
    rows = picture(canvas)
    lit = [y for y in range(5) if canvas.inks[y][2].bg == palette.raised]
    assert [rows[y] for y in lit] == ["■ f              5 %"]


def test_a_row_of_the_picture_names_its_slice() -> None:
    assert [slice_at(HALVES, 56, 9, y) for y in range(9)] == [None] * 3 + ["card", "transfer", "cash"] + [None] * 3
    assert [slice_at(HALVES, 20, 4, y) for y in range(4)] == [None, "card", "transfer", "cash"]


@given(st.integers(0, 13), widths, heights, st.integers(0, 3))
def test_what_is_shown_lies_within_the_card(count: int, width: int, height: int, notes: int) -> None:
    made = pie_of(*[1 / 8] * count, notes=(NOTE,) * notes)
    spot = place(made, width, height)
    left, top, size = spot.ring
    assert left >= 0 and top >= 0 and left + size <= width and top + size // 2 <= height
    assert spot.left + spot.columns <= width
    assert spot.top + spot.shown <= max(height, 1)
    assert 0 <= spot.first <= len(made.slices)


def test_a_pie_of_anything_has_its_size(palette: Palette) -> None:
    shares = st.lists(st.floats(0, 1), max_size=13)

    @settings(max_examples=150, deadline=None)
    @given(shares, texts, st.none() | st.floats(0, 1), widths, heights, charsets, st.sampled_from(["donut", "pie"]))
    def check(
        shares: list[float], name: str, target: float | None, width: int, height: int, charset: object, style: str
    ) -> None:
        total = math.fsum(shares) or 1.0
        words = percents(shares)
        slices = [
            Slice(name, share / total, name, percent, BLUE, str(at))
            for at, (share, percent) in enumerate(zip(shares, words, strict=True))
        ]
        number = re.sub(r"\D", "", name)
        shown = Pie(tuple(slices), (number, "%", "x"), target, BLUE, (((NOTE[0][0],), RED),), style)  # type: ignore[arg-type]
        canvas = draw_pie(shown, width, height, palette, ASCII if charset is ASCII else UNICODE, chosen="3")
        whole(canvas, width, height)

    check()
