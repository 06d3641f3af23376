"""Panels without a picture."""

from __future__ import annotations

from noc.charts.charset import ASCII
from noc.charts.status import draw_message, draw_skeleton
from noc.model.palette import Palette
from tests.charts.pictures import picture

REFUSED = "http://prometheus:9090 refused the connection; next try in 12 s"


def test_a_skeleton_is_rows_to_come(palette: Palette) -> None:
    assert picture(draw_skeleton(30, 6, palette)) == [
        "",
        "▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        "",
        "▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        "",
        "▄▄▄▄▄▄▄▄▄▄▄▄▄",
    ]


def test_a_skeleton_in_ascii(palette: Palette) -> None:
    assert picture(draw_skeleton(20, 4, palette, ASCII)) == [
        "",
        "------------",
        "",
        "-----------------",
    ]


def test_a_message_stands_in_the_middle(palette: Palette) -> None:
    assert picture(draw_message("✖", "no answer", REFUSED, 40, 7, palette)) == [
        "",
        "",
        "              ✖ no answer",
        "   http://prometheus:9090 refused the",
        "      connection; next try in 12 s",
        "",
        "",
    ]


def test_a_long_detail_is_cut(palette: Palette) -> None:
    assert picture(draw_message("✖", "no answer", REFUSED, 24, 3, palette)) == [
        "      ✖ no answer",
        " http://prometheus:9090",
        "refused the connection;…",
    ]


def test_one_row_keeps_the_headline(palette: Palette) -> None:
    assert picture(draw_message("✖", "no answer from the server", REFUSED, 20, 1, palette)) == [
        "✖ no answer from th…",
    ]


def test_a_message_without_detail(palette: Palette) -> None:
    assert picture(draw_message("", "needs 20x4", "", 12, 3, palette)) == [
        "",
        " needs 20x4",
        "",
    ]
