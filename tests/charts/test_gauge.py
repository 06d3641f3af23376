"""Gauges, row by row."""

from __future__ import annotations

import math

from noc.charts.charset import ASCII
from noc.charts.gauge import GaugeValue, draw_gauge
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from tests.charts.pictures import picture

LIMITS = (Threshold(5, Severity.MEDIUM), Threshold(20, Severity.HIGH))
RATE = [GaugeValue("failures", 12.4, "12.4 per min")]
POOLS = [GaugeValue("db-1", 12.4, "12.4"), GaugeValue("db-2", 4.4, "4.4")]


def test_an_arc_has_the_number_inside_and_the_ends_below(palette: Palette) -> None:
    assert picture(draw_gauge(RATE, 0, 30, LIMITS, 30, 8, palette)) == [
        "        ⣀⣤⣴⡆⣾⣿⣿⣿⣿⣷⣶⣦⣤⣀",
        "     ⢀⣴⣾⣿⣿⣿⠷⠿⠛⠛⠛⠛⠿⠿⣿⣿⣿⣷⣦⡀",
        "   ⢀⣴⣿⣿⣿⠟⠉          ⠉⠻⣿⣿⣿⣦⡀",
        "  ⢠⣾⣿⣿⠟⠁              ⠈⠻⣿⣿⣷⡄",
        " ⢀⣿⣿⣿⠃  ▀█  ▀▀█   █ █   ⠘⣿⣿⣿⡀",
        " ⣸⣿⣿⡇    █  █▀▀   ▀▀█    ⢸⣿⣿⣇",
        " ⣿⣿⣿    ▀▀▀ ▀▀▀ ▀   ▀     ⣿⣿⣿",
        " 0          per min        30",
    ]


def test_two_values_are_nested_arcs(palette: Palette) -> None:
    assert picture(draw_gauge(POOLS, 0, 30, LIMITS, 30, 8, palette)) == [
        "        ⣀⣤⣴⡆⣾⣿⣿⣿⣿⣷⣶⣦⣤⣀",
        "     ⢀⣴⣾⣿⡿⠟⢀⣀⣀⣤⣤⣀⣀⡀⠻⢿⣿⣷⣦⡀",
        "   ⢀⣴⣿⣿⠟⣠⣴⣾⣿⣿⡿⠿⠿⢿⣿⣿⣷⣦⣄⠻⣿⣿⣦⡀",
        "  ⢠⣾⣿⠟⣠⣾⣿⡿⠛⠉      ⠉⠛⢿⣿⣷⣄⠻⣿⣷⡄",
        " ⢀⣿⣿⠏⣰⣿⣿⠋            ⠙⣿⣿⣆⠹⣿⣿⡀",
        " ⣸⣿⡟⢰⣿⣿⠃  db-1 12.4   ⠘⣿⣿⡆⢻⣿⣇",
        " ⣿⣿⡇⣼⣿⡏    db-2 4.4    ⢹⣿⣧⢸⣿⣿",
        " 0                         30",
    ]


def test_where_an_arc_has_no_room_for_its_number_a_bar_has(palette: Palette) -> None:
    assert picture(draw_gauge(RATE, 0, 30, LIMITS, 30, 6, palette)) == [
        "    ▀█  ▀▀█   █ █",
        "     █  █▀▀   ▀▀█",
        "    ▀▀▀ ▀▀▀ ▀   ▀ per min",
        "",
        "█████│██████▍       │",
        "0    5             20       30",
    ]


def test_an_arc_can_be_asked_for(palette: Palette) -> None:
    assert picture(draw_gauge(RATE, 0, 30, LIMITS, 20, 5, palette, style="arc")) == [
        "     ⣠⣴⣶⡀⣿⣿⣿⣶⣦⣄",
        "   ⣠⣾⡿⠋⠁    ⠈⠙⢿⣷⣄",
        "  ⢰⣿⠏          ⠹⣿⡆",
        "  ⣿⣿    12.4    ⣿⣿",
        "  0   per min   30",
    ]


def test_a_low_bar_has_its_value_above(palette: Palette) -> None:
    assert picture(draw_gauge(RATE, 0, 30, LIMITS, 30, 3, palette)) == [
        "         12.4 per min",
        "█████│██████▍       │",
        "0    5             20       30",
    ]


def test_one_row_is_bar_and_value(palette: Palette) -> None:
    assert picture(draw_gauge(RATE, 0, 30, LIMITS, 30, 1, palette)) == [
        "██│████    │      12.4 per min",
    ]


def test_many_values_are_rows_over_one_scale(palette: Palette) -> None:
    assert picture(
        draw_gauge([*POOLS, GaugeValue("replica-of-db-1", 24.4, "24.4")], 0, 30, LIMITS, 34, 4, palette)
    ) == [
        "db-1        ██│████    │      12.4",
        "db-2        ██│        │       4.4",
        "repli…-db-1 ██│████████│█▉    24.4",
        "            0 5       20   30",
    ]


def test_few_bars_in_a_tall_card_are_thick_and_stand_apart(palette: Palette) -> None:
    assert picture(draw_gauge(POOLS, 0, 30, LIMITS, 34, 7, palette, style="bar")) == [
        "",
        "db-1 ████│████▉      │        12.4",
        "     ████│████▉      │",
        "",
        "db-2 ███▌│           │         4.4",
        "     ███▌│           │",
        "     0   5          20     30",
    ]


def test_where_bars_are_three_rows_thick_their_values_are_as_large(palette: Palette) -> None:
    assert picture(draw_gauge(POOLS, 0, 30, LIMITS, 50, 10, palette, style="bar")) == [
        "",
        "     █████│██████▍       │           ▀█  ▀▀█   █ █",
        "db-1 █████│██████▍       │            █  █▀▀   ▀▀█",
        "     █████│██████▍       │           ▀▀▀ ▀▀▀ ▀   ▀",
        "",
        "     ████▍│              │               █ █   █ █",
        "db-2 ████▍│              │               ▀▀█   ▀▀█",
        "     ████▍│              │                 ▀ ▀   ▀",
        "     0    5             20       30",
        "",
    ]


def test_names_that_would_be_cut_stand_above_their_bars(palette: Palette) -> None:
    named = [GaugeValue("db-1:9104", 12.4, "12.4 %"), GaugeValue("db-2:9104", 4.4, "4.4 %")]
    assert picture(draw_gauge(named, 0, 30, LIMITS, 23, 7, palette)) == [
        "db-1:9104        12.4 %",
        "███│█████▌     │",
        "",
        "db-2:9104         4.4 %",
        "███│           │",
        "0  5          20     30",
        "",
    ]
    assert picture(draw_gauge(named, 0, 30, LIMITS, 23, 5, palette)) == [
        "db-1:9104        12.4 %",
        "███│█████▌     │",
        "db-2:9104         4.4 %",
        "███│           │",
        "0  5          20     30",
    ]


def test_an_arc_stands_in_the_middle_of_a_tall_card(palette: Palette) -> None:
    assert picture(draw_gauge(RATE, 0, 30, LIMITS, 20, 10, palette, style="arc")) == [
        "",
        "",
        "    ⢀⣤⣶⡆⣿⣿⣿⣿⣶⣶⣤⡀",
        "  ⣠⣾⣿⡿⠛⠉⠉  ⠉⠉⠛⢿⣿⣷⣄",
        " ⣴⣿⡿⠁          ⠈⢿⣿⣦",
        "⢸⣿⡟              ⢻⣿⡇",
        "⣿⣿⠃     12.4     ⠘⣿⣿",
        "0     per min     30",
        "",
        "",
    ]


def test_the_ends_are_written_in_the_unit(palette: Palette) -> None:
    assert picture(draw_gauge([GaugeValue("", 0.84, "84 %")], 0, 1, (), 30, 3, palette, unit="percentunit")) == [
        "             84 %",
        "█████████████████████████▎",
        "0 %                      100 %",
    ]


def test_without_a_value_the_track_is_empty(palette: Palette) -> None:
    assert picture(draw_gauge([GaugeValue("", None, "–")], 0, 1, (), 20, 3, palette)) == [
        "         –",
        "",
        "0                  1",
    ]


def test_a_value_beyond_the_end_fills_the_bar(palette: Palette) -> None:
    assert picture(draw_gauge([GaugeValue("", 99, "99")], 0, 1, (), 20, 3, palette)) == [
        "         99",
        "████████████████████",
        "0                  1",
    ]


def test_a_gauge_in_ascii(palette: Palette) -> None:
    assert picture(draw_gauge(RATE, 0, 30, LIMITS, 30, 8, palette, ASCII)) == [
        "        ####.........+",
        "     #######........++...",
        "   #######          +......",
        "  +++###              ......",
        " ###++       _          .....",
        " ####     |  _|   |_|    ....",
        " ###      | |_  .   |     ...",
        " 0          per min        30",
    ]


def test_a_duration_is_not_cut_at_its_blank(palette: Palette) -> None:
    assert picture(draw_gauge([GaugeValue("", 130, "2m 10s")], 0, 300, (), 30, 6, palette, unit="s")) == [
        "   ▀▀█         ▀█  █▀█  ▄▄",
        "   █▀▀ █▀█▀█    █  █ █ ▀▄▄",
        "   ▀▀▀ ▀ ▀ ▀   ▀▀▀ ▀▀▀ ▀▀",
        "",
        "█████████████",
        "0 s                      5 min",
    ]


def test_trouble_colours_the_bar_and_the_number(palette: Palette) -> None:
    for value, colour, text in ((3.0, palette.series[0], palette.text), (12.4, palette.medium, palette.medium)):
        canvas = draw_gauge([GaugeValue("", value, "x")], 0, 30, LIMITS, 20, 3, palette)
        assert canvas.inks[1][0].fg == colour
        assert canvas.inks[0][9].fg == text


def test_thresholds_are_marked_and_named_in_their_colour(palette: Palette) -> None:
    canvas = draw_gauge(RATE, 0, 30, LIMITS, 30, 3, palette)
    assert [(x, ink.fg) for x, ink in enumerate(canvas.inks[1]) if canvas.chars[1][x] == "│"] == [
        (5, palette.medium),
        (20, palette.high),
    ]
    assert canvas.inks[2][20].fg == palette.high


def test_ends_that_make_no_scale_are_replaced(palette: Palette) -> None:
    for low, high in ((5, 5), (5, 1), (math.nan, 1), (0, math.inf), (1e300, 1e300)):
        assert draw_gauge(RATE, low, high, (), 20, 3, palette).width == 20
