"""Bars lying and standing, row by row."""

from __future__ import annotations

import math

from noc.charts.bars import Bar, draw_bars
from noc.charts.charset import ASCII
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from tests.charts.pictures import picture

BLUE = "#7d9ccf"
PATHS = [
    Bar("/api/v1/webhooks/incoming/github", 1234, "1.23k", BLUE),
    Bar("/login", 890, "890", BLUE),
    Bar("/health", 333, "333", BLUE),
    Bar("/quiet", 3, "3", BLUE),
]
NODES = [Bar(f"db-{n}", value, str(value), BLUE) for n, value in enumerate([4, 8, 1.5, 0])]
GROUPED = [
    Bar(f"db-{n % 2}", n + 1, str(n + 1), BLUE, group) for n, group in enumerate(["prod", "prod", "test", "test"])
]


def test_bars_have_names_cut_in_the_middle_and_values_at_the_right(palette: Palette) -> None:
    assert picture(draw_bars(PATHS, 50, 4, palette)) == [
        "/api/v1/webhook…incoming/github ████████████ 1.23k",
        "/login                          ████████▋      890",
        "/health                         ███▎           333",
        "/quiet                          ▏                3",
    ]


def test_bars_stand_apart_where_there_is_room(palette: Palette) -> None:
    assert picture(draw_bars(PATHS, 40, 7, palette)) == [
        "/api/v1/we…ing/github ████████████ 1.23k",
        "",
        "/login                ████████▋      890",
        "",
        "/health               ███▎           333",
        "",
        "/quiet                ▏                3",
    ]


def test_bars_with_room_to_spare_stand_off_the_title(palette: Palette) -> None:
    assert picture(draw_bars(PATHS[1:3], 24, 5, palette)) == [
        "",
        "/login  ████████████ 890",
        "",
        "/health ████▌        333",
        "",
    ]


def test_what_does_not_fit_is_counted(palette: Palette) -> None:
    assert picture(draw_bars(PATHS, 40, 3, palette, more=7)) == [
        "/api/v1/we…ing/github ████████████ 1.23k",
        "/login                ████████▋      890",
        "+9 more",
    ]


def test_a_group_has_its_title_above_it(palette: Palette) -> None:
    assert picture(draw_bars(GROUPED, 30, 6, palette)) == [
        "prod",
        "db-0 █████▊                  1",
        "db-1 ███████████▌            2",
        "test",
        "db-0 █████████████████▎      3",
        "db-1 ███████████████████████ 4",
    ]


def test_negative_bars_grow_to_the_left(palette: Palette) -> None:
    assert picture(draw_bars([Bar("in", 30, "30", BLUE), Bar("out", -10, "-10", BLUE)], 30, 2, palette)) == [
        "in       ▌████████████████  30",
        "out █████▌                 -10",
    ]


def test_a_threshold_is_a_mark_across_the_bars(palette: Palette) -> None:
    assert picture(draw_bars(PATHS, 40, 4, palette, thresholds=[Threshold(500, Severity.HIGH)])) == [
        "/api/v1/we…ing/github ████│███████ 1.23k",
        "/login                ████│███▋      890",
        "/health               ███▎│          333",
        "/quiet                ▏   │            3",
    ]


def test_ends_can_be_given(palette: Palette) -> None:
    assert picture(draw_bars(NODES, 30, 4, palette, low=0, high=16)) == [
        "db-0 █████▎                  4",
        "db-1 ██████████▌             8",
        "db-2 ██                    1.5",
        "db-3                         0",
    ]


def test_a_bar_without_a_number_is_only_its_text(palette: Palette) -> None:
    assert picture(
        draw_bars(
            [Bar("a", math.nan, "NaN", BLUE), Bar("b", math.inf, "∞", BLUE), Bar("c", 1, "1", BLUE)], 20, 3, palette
        )
    ) == [
        "a                NaN",
        "b ██████████████   ∞",
        "c ██████████████   1",
    ]


def test_bars_in_ascii(palette: Palette) -> None:
    assert picture(draw_bars(PATHS, 40, 4, palette, ASCII, thresholds=[Threshold(500, Severity.HIGH)])) == [
        "/api/v1/we~ing/github ####|####### 1.23k",
        "/login                ####|####      890",
        "/health               ####|          333",
        "/quiet                #   |            3",
    ]


def test_columns_have_the_value_above_and_the_name_below(palette: Palette) -> None:
    assert picture(draw_bars(NODES, 24, 8, palette, direction="vertical")) == [
        "        8",
        "      █████",
        "      █████",
        "  4   █████",
        "█████ █████  1.5",
        "█████ █████ ▁▁▁▁▁",
        "█████ █████ █████   0",
        "db-0  db-1  db-2  db-3",
    ]


def test_columns_of_a_group_stand_together(palette: Palette) -> None:
    assert picture(draw_bars(GROUPED, 24, 8, palette, direction="vertical")) == [
        "                 4",
        "            3   ████",
        "      2    ▆▆▆▆ ████",
        " 1   ▄▄▄▄  ████ ████",
        "▂▂▂▂ ████  ████ ████",
        "████ ████  ████ ████",
        "db-0 db-1  db-0 db-1",
        "prod       test",
    ]


def test_columns_that_do_not_fit_are_counted(palette: Palette) -> None:
    assert picture(draw_bars(NODES * 3, 15, 6, palette, direction="vertical")) == [
        "  8       8",
        "  █       █",
        "4 █     4 █",
        "█ █     █ █",
        "█ █ ▆ 0 █ █",
        "             +6",
    ]


def test_calm_bars_are_as_long_as_they_are_near_to_their_first_threshold(palette: Palette) -> None:
    limits = [Threshold(40, Severity.CRITICAL), Threshold(16, Severity.HIGH)]
    assert picture(draw_bars(NODES[:3], 24, 3, palette, thresholds=limits)) == [
        "db-0 ███▊          │   4",
        "db-1 ███████▌      │   8",
        "db-2 █▍            │ 1.5",
    ]
    assert picture(draw_bars(NODES[:1], 24, 1, palette, thresholds=limits, high=4.0)) == ["db-0 █████████████████ 4"]


def test_a_threshold_lies_behind_the_columns(palette: Palette) -> None:
    assert picture(
        draw_bars(NODES, 24, 8, palette, direction="vertical", thresholds=[Threshold(6, Severity.HIGH)])
    ) == [
        "        8",
        "      █████",
        "┄┄┄┄┄┄█████┄┄┄┄┄┄┄┄┄┄┄┄┄",
        "  4   █████",
        "█████ █████  1.5",
        "█████ █████ ▁▁▁▁▁",
        "█████ █████ █████   0",
        "db-0  db-1  db-2  db-3",
    ]


def test_columns_in_ascii(palette: Palette) -> None:
    assert picture(draw_bars(NODES, 24, 8, palette, ASCII, direction="vertical")) == [
        "        8",
        "      #####",
        "      #####",
        "  4   #####",
        "##### #####  1.5",
        "##### ##### .....",
        "##### ##### #####   0",
        "db-0  db-1  db-2  db-3",
    ]
