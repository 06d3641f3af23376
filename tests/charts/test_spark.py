"""Sparklines, row by row."""

from __future__ import annotations

import math

from noc.charts.charset import ASCII
from noc.charts.spark import draw_spark, draw_spark_series
from tests.charts.pictures import TWO, minutes, picture

BLUE = "#7d9ccf"
WAVE = [math.sin(index / 8) for index in range(60)]


def test_one_row_is_drawn_in_eighths() -> None:
    assert picture(draw_spark(WAVE, 30, 1, BLUE)) == [
        "▄▅▆▇▇▇▇▇▇▇▆▅▄▄▃▂▁▁▁▁▁▁▂▃▃▄▅▆▇▇",
    ]


def test_more_rows_are_a_line() -> None:
    assert picture(draw_spark(WAVE, 30, 3, BLUE)) == [
        " ⢀⡠⠔⠒⠉⠉⠉⠑⠢⢄⡀               ⡠⠔⠒",
        "⠒⠁         ⠈⠒⢄⡀         ⡠⠔⠉",
        "              ⠈⠒⠤⢄⣀⣀⣀⠤⠒⠉",
    ]


def test_few_values_are_joined_over_the_width() -> None:
    assert picture(draw_spark([0, 7], 8, 1, BLUE)) == [
        "▁▁▂▃▄▅▆▇",
    ]


def test_gaps_stay_gaps() -> None:
    assert picture(draw_spark([1, 2, math.nan, math.nan, 2, 1], 6, 1, BLUE)) == [
        "▄▇  ▇▄",
    ]


def test_zero_is_not_a_gap() -> None:
    assert picture(draw_spark([0, 0, 5, 0], 4, 1, BLUE)) == [
        "▁▁▇▁",
    ]


def test_the_scale_can_be_fixed() -> None:
    assert picture(draw_spark([1, 2, 3, 4], 4, 1, BLUE, low=0, high=8)) == [
        "▁▂▃▄",
    ]


def test_a_spike_survives() -> None:
    assert picture(draw_spark([1] * 500 + [9] + [1] * 500, 20, 1, BLUE)) == [
        "▁▁▁▁▁▁▁▁▁▁▇▁▁▁▁▁▁▁▁▁",
    ]


def test_a_spark_in_ascii() -> None:
    assert picture(draw_spark(WAVE, 30, 2, BLUE, ASCII)) == [
        "..:#######::.            ..:##",
        "###############:......::######",
    ]


def test_a_series_is_drawn_at_its_times() -> None:
    half = minutes(lambda index: None if index < 30 else index)
    assert picture(draw_spark_series(half, TWO - 3600, TWO, 60, 20, 2, BLUE)) == [
        "          ⣀⣀⣠⠤⠤⠴⠒⠒⠋⠉",
        "",
    ]


def test_no_values_are_an_empty_picture() -> None:
    assert picture(draw_spark([], 5, 1, BLUE)) == [
        "",
    ]
