"""Bars in groups, side by side and on one another, lying and standing, row by row."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.canvas import Ink
from noc.charts.charset import ASCII, UNICODE
from noc.charts.groups import Group, Part, draw_groups
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from tests.charts.pictures import picture
from tests.charts.test_any_input import bounds, heights, numbers, texts, thresholds, whole, widths
from tests.palettes import DARK

PARTS = [Part("2xx", DARK.series[0]), Part("4xx", DARK.series[1]), Part("5xx", DARK.critical)]
LIMIT = [Threshold(100, Severity.HIGH)]


def group(name: str, *values: float | None) -> Group:
    total = sum(value for value in values if value is not None and not math.isnan(value))
    return Group(name, values, tuple("" if value is None else f"{value:g}" for value in values), total, f"{total:g}")


HOOKS = [group("retell", 120, 30, 12.5), group("calcom", 80, None, 3), group("stripe", 40, 10, 0)]
NET = [group("in", 30, 5), group("out", -10, -4)]


def test_stacked_bars_have_parts_on_one_another_and_their_total(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 50, 8, palette, mode="stacked")) == [
        "retell ███████████████████████████▍██████▏██ 162.5",
        "",
        "calcom ██████████████████▎                      83",
        "",
        "stripe █████████▏█▍                             50",
        "",
        "",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_grouped_bars_stand_in_the_order_of_the_legend(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 44, 9, palette)) == [
        "retell ████████████████████████████████  120",
        "       ████████                           30",
        "       ███▍                             12.5",
        "calcom █████████████████████▍             80",
        "       ▊                                   3",
        "stripe ██████████▋                        40",
        "       ██▋                                10",
        "                                           0",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_groups_stand_apart_where_there_is_room(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS[:2], PARTS, 44, 8, palette)) == [
        "retell ████████████████████████████████  120",
        "       ████████                           30",
        "       ███▍                             12.5",
        "",
        "calcom █████████████████████▍             80",
        "       ▊                                   3",
        "",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_whole_groups_that_do_not_fit_are_counted(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 44, 6, palette, more=7)) == [
        "retell ████████████████████████████████  120",
        "       ████████                           30",
        "       ███▍                             12.5",
        "",
        "+9 more",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_the_bars_of_the_only_group_that_do_not_fit_are_counted(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS[:1], PARTS, 30, 2, palette)) == [
        "retell ███████████████████ 120",
        "+2 more",
    ]


def test_a_threshold_is_a_mark_across_all_of_them(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 44, 4, palette, mode="stacked", thresholds=LIMIT)) == [
        "retell ███████████████████│██▉█████▋██ 162.5",
        "calcom ███████████████▎   │               83",
        "stripe ███████▋█▌         │               50",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_parts_below_zero_grow_to_the_left(palette: Palette) -> None:
    assert picture(draw_groups(NET, PARTS[:2], 40, 4, palette, mode="stacked")) == [
        "in           ▏██████████████████▊███  35",
        "",
        "out ██▋██████▏                       -14",
        "█ 2xx  █ 4xx",
    ]


def test_stacked_columns_have_their_total_above_and_the_group_below(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 40, 9, palette, mode="stacked", direction="vertical")) == [
        "   162.5",
        "▄▄▄▄▄▄▄▄▄▄▄▄",
        "▃▃▃▃▃▃▃▃▃▃▃▃      83",
        "████████████ ▁▁▁▁▁▁▁▁▁▁▁▁",
        "████████████ ████████████      50",
        "████████████ ████████████ ▄▄▄▄▄▄▄▄▄▄▄▄",
        "████████████ ████████████ ████████████",
        "   retell       calcom       stripe",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_grouped_columns_stand_together(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 50, 9, palette, direction="vertical", thresholds=LIMIT)) == [
        "120",
        "████┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄",
        "████             80",
        "████            ████",
        "████  30        ████             40",
        "████ ▄▄▄▄ 12.5  ████  3         ████  10",
        "████ ████ ▅▅▅▅  ████ ▁▁▁▁       ████ ▄▄▄▄  0",
        "    retell          calcom          stripe",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_columns_below_zero_hang(palette: Palette) -> None:
    assert picture(draw_groups(NET, PARTS[:2], 30, 9, palette, mode="stacked", direction="vertical")) == [
        "      35",
        "▃▃▃▃▃▃▃▃▃▃▃▃▃▃",
        "██████████████",
        "██████████████",
        "██████████████      -14",
        "▆▆▆▆▆▆▆▆▆▆▆▆▆▆ ▆▆▆▆▆▆▆▆▆▆▆▆▆▆",
        "               ▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        "      in            out",
        "█ 2xx  █ 4xx",
    ]


def test_groups_of_columns_that_do_not_fit_are_counted(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS * 4, PARTS, 20, 6, palette, direction="vertical")) == [
        "",
        "█           █",
        "█   █3      █",
        "█▆▂ █▁  █▂0 █▆▂",
        "r…l c…m s…e r…l   +8",
        "█ 2xx  █ 4xx  █ 5xx",
    ]


def test_stacked_bars_in_ascii_differ_without_colour(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 44, 5, palette, ASCII, mode="stacked")) == [
        "retell #######################======++ 162.5",
        "calcom ###############+                   83",
        "stripe ########==                         50",
        "",
        "# 2xx  = 4xx  + 5xx",
    ]


def test_grouped_columns_in_ascii(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 44, 8, palette, ASCII, direction="vertical")) == [
        "120",
        "###          80",
        "###          ###",
        "### 30       ###          40",
        "### ===      ###  3       ### 10",
        "### === +++  ### +++      ### ===  0",
        "  retell       calcom       stripe",
        "# 2xx  = 4xx  + 5xx",
    ]


def test_a_legend_that_does_not_fit_counts_its_parts(palette: Palette) -> None:
    assert picture(draw_groups(HOOKS, PARTS, 17, 5, palette, mode="stacked", more_parts=4)) == [
        "re…ll ███▊▋ 162.5",
        "ca…om ██▌      83",
        "st…pe █▎       50",
        "",
        "█ 2xx  +6 more",
    ]


def test_what_crosses_a_threshold_has_its_colour_and_the_parts_keep_theirs(palette: Palette) -> None:
    canvas = draw_groups(HOOKS, PARTS, 50, 8, palette, mode="stacked", thresholds=LIMIT)
    assert canvas.inks[0][49].fg == palette.high
    assert canvas.inks[2][49].fg == palette.text
    assert {ink.fg for ink in canvas.inks[0][7:20]} == {DARK.series[0]}


def test_two_parts_meet_within_a_cell(palette: Palette) -> None:
    canvas = draw_groups([group("a", 1, 1)], PARTS[:2], 13, 1, palette, mode="stacked", high=2.0)
    assert picture(canvas) == ["a ████▌████ 2"]
    assert canvas.inks[0][6] == Ink(fg=DARK.series[0], bg=DARK.series[1])


def test_a_part_that_is_no_number_has_no_segment_and_its_words(palette: Palette) -> None:
    broken = [Group("a", (math.nan, 2.0), ("NaN", "2"), 2.0, "2")]
    assert picture(draw_groups(broken, PARTS[:2], 24, 3, palette)) == [
        "a                    NaN",
        "  ██████████████████   2",
        "",
    ]


def test_groups_of_anything_have_their_size() -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.data(), widths, heights, st.sampled_from([UNICODE, ASCII]), thresholds, bounds, bounds)
    def check(data, width, height, charset, limits, low, high) -> None:  # type: ignore[no-untyped-def]
        names = data.draw(st.lists(texts, max_size=10))
        values = st.lists(st.none() | numbers, min_size=len(names), max_size=len(names))
        groups = [
            Group(data.draw(texts), tuple(found), tuple(data.draw(texts) for _ in found), data.draw(numbers), "9")
            for found in data.draw(st.lists(values, max_size=6))
        ]
        canvas = draw_groups(
            groups,
            [Part(name, DARK.ok) for name in names],
            width,
            height,
            DARK,
            charset,
            mode=data.draw(st.sampled_from(["grouped", "stacked"])),
            direction=data.draw(st.sampled_from(["horizontal", "vertical"])),
            low=low,
            high=high,
            thresholds=limits,
            more=data.draw(st.integers(0, 3)),
            more_parts=data.draw(st.integers(0, 3)),
        )
        whole(canvas, width, height)

    check()
