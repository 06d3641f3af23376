"""Marks on a time axis: uprights over no data, signs at their feet, words where they cover nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import ASCII, UNICODE
from noc.charts.line import draw_graph
from noc.charts.markers import SHADE, Field, at_cursor, draw_markers, glyph, marked, said, unlabelled, within
from noc.model.colour import blend
from noc.model.markers import Marker
from noc.model.palette import Palette
from noc.model.severity import Severity
from tests.charts.pictures import TWO, picture
from tests.charts.test_line import RISING

DEPLOY = Marker(TWO - 1900, None, "deploy", "v2.14 by mara")
DOWN = Marker(TWO - 1000, TWO - 300, "incident", "db down")
NOTE = Marker(TWO - 3000, None, "note", "hello")
GRAPH = replace(RISING, markers=(DEPLOY, DOWN, NOTE))
FIELD = Field(0, 61, 3, TWO - 3600, TWO, 3)


def test_marks_stand_over_no_data_with_a_sign_at_the_foot_and_their_words_beside(palette: Palette) -> None:
    assert picture(draw_graph(GRAPH, 60, 10, palette)) == [
        "60    hello ┊  v2.14 by mara ┊             ┊ db down  ⣀⡠⠤⠔⠒⠊",
        "            ┊                ┊             ┊  ⢀⣀⠤⠤⠒⠒⠉⠉",
        "            ┊                ┊         ⣀⡠⠤⠔⠒⠊⠉⠁",
        "30          ┊                ┊ ⢀⣀⠤⠤⠒⠒⠉⠉    ┊",
        "            ┊           ⢀⣀⡠⠤⠔⠒⠊⠁           ┊",
        "            ┊    ⣀⣀⠤⠤⠒⠒⠉⠁    ┊             ┊",
        "         ⢀⣀⡠⠤⠔⠒⠉⠉            ┊             ┊",
        " 0 ⣀⠤⠤⠒⠊⠉⠁  ┊                ┊             ┊",
        "            ¶       13:20    ⇧             ‡    13:50",
        "─ rising 60",
    ]


def test_plain_terminals_get_letters_and_colons(palette: Palette) -> None:
    assert picture(draw_graph(GRAPH, 60, 10, palette, ASCII)) == [
        "60    hello :  v2.14 by mara :             : db down   *****",
        "            :                :             :    *******",
        "            :                :         *********",
        "30          :                : ********    :",
        "            :           *******            :",
        "            :  *********     :             :",
        "        *******              :             :",
        " 0 *****    :                :             :",
        "            N       13:20    D             I    13:50",
        "- rising 60",
    ]


def test_without_clock_times_the_sign_stands_in_the_lowest_row_where_no_data_is(palette: Palette) -> None:
    assert picture(draw_graph(GRAPH, 20, 4, palette)) == [
        "   ┊    ┊   ⢀⣀⠤⠒⠉ 60",
        "   ┊    ⢀⡠⠔⠚⠉",
        "   ┊⣀⠤⠖⠋⠁   ┊",
        "⣠⠴⠒⠉    ⇧   ‡",
    ]


def test_the_cursor_says_what_happened_where_it_stands(palette: Palette) -> None:
    drawn = picture(draw_graph(replace(GRAPH, cursor=DEPLOY.at), 60, 10, palette))
    assert drawn[8] == "            ¶   13:28 deploy v2.14 by mara ‡    13:50"


def test_a_long_word_under_the_cursor_stays_within_the_plot(palette: Palette) -> None:
    graph = replace(RISING, markers=(replace(DEPLOY, text="x" * 500),), cursor=DEPLOY.at)
    assert picture(draw_graph(graph, 40, 10, palette))[8] == "    13:28 deploy xxxxxxxxxxxxxxxxxxxxx…"


def test_a_chart_without_marks_is_drawn_as_it_always_was(palette: Palette) -> None:
    outside = replace(RISING, markers=(Marker(TWO - 7200, None, "deploy", "earlier"), Marker(TWO + 60)))
    assert draw_graph(outside, 60, 10, palette).text() == draw_graph(RISING, 60, 10, palette).text()


def test_the_words_of_two_marks_never_touch_and_what_shares_a_column_is_counted(palette: Palette) -> None:
    canvas = Canvas(61, 4)
    close = [Marker(TWO - 600 + 2 * n, None, "note", f"word {n}") for n in range(3)]
    taken = draw_markers(canvas, FIELD, [*close, Marker(TWO - 480, None, "deploy", "other")], palette, UNICODE)
    assert canvas.text().split("\n") == [
        " " * 40 + "word 0 +2 ┊ ┊ other",
        " " * 50 + "┊ ┊",
        " " * 50 + "┊ ┊",
        " " * 50 + "¶ ⇧",
    ]
    assert taken == frozenset({50, 52})


def test_words_that_fit_nowhere_are_left_to_the_cursor(palette: Palette) -> None:
    canvas = Canvas(9, 2)
    draw_markers(canvas, Field(0, 9, 1, 0.0, 8.0, 1), [Marker(4.0, None, "deploy", "version two")], palette, UNICODE)
    assert canvas.text() == "    ┊\n    ⇧"


def test_a_stretch_is_shaded_in_a_neutral_colour_from_its_begin_to_its_end(palette: Palette) -> None:
    canvas = Canvas(61, 4)
    draw_markers(canvas, FIELD, [Marker(TWO - 600, TWO - 420, "incident")], palette, UNICODE)
    ground = blend(palette.muted, palette.surface, SHADE)
    assert [x for x, ink in enumerate(canvas.inks[1]) if ink.bg == ground] == [50, 51, 52, 53]
    assert ground not in {palette.severity(one) for one in Severity}


def test_a_stretch_that_began_before_the_window_is_shaded_without_a_sign(palette: Palette) -> None:
    canvas = Canvas(61, 4)
    taken = draw_markers(canvas, FIELD, [Marker(TWO - 9000, TWO - 3480, "incident", "old")], palette, UNICODE)
    assert canvas.text().strip() == "" and taken == frozenset()
    assert [x for x, ink in enumerate(canvas.inks[0]) if ink != Ink()] == [0, 1, 2]


def test_a_stretch_never_covers_the_ground_that_is_data(palette: Palette) -> None:
    canvas = Canvas(61, 4, Ink(None, palette.series[0]))
    draw_markers(canvas, FIELD, [Marker(TWO - 600, TWO - 420, "incident")], palette, UNICODE)
    assert {ink.bg for row in canvas.inks[:3] for ink in row} == {palette.series[0]}


def test_marks_wear_no_colour_of_a_state(palette: Palette) -> None:
    canvas = Canvas(61, 4)
    draw_markers(canvas, FIELD, [DEPLOY, DOWN, NOTE], palette, UNICODE)
    states = {palette.severity(one) for one in Severity} | {palette.accent}
    assert {ink.fg for row in canvas.inks for ink in row} & states == set()


def test_their_signs_are_distinct_and_none_is_a_severity() -> None:
    for charset in (UNICODE, ASCII):
        signs = [glyph(kind, charset) for kind in ("deploy", "incident", "note")]
        assert len(set(signs)) == 3
        assert not {one.glyph for one in Severity} & set(signs)
    assert glyph("a kind nobody knows", UNICODE) == "¶"


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("deploy", "v2.14 by mara", "deploy v2.14 by mara"),
        ("deploy", "Deploy of v2", "Deploy of v2"),
        ("incident", "", "incident"),
        ("note", "a\x1b[31mb\nc", "note a[31mb c"),
    ],
)
def test_a_mark_in_words_is_harmless_and_says_its_kind_once(kind: str, text: str, words: str) -> None:
    said_ = said(Marker(0.0, None, kind, text))
    assert "\x1b" not in said_ and "\n" not in said_
    if "\x1b" not in text:
        assert said_ == words


def test_a_window_holds_what_reaches_into_it_in_order() -> None:
    marks = [Marker(9.0), Marker(1.0, 6.0), Marker(1.0, 4.0), Marker(11.0), Marker(2.0)]
    assert within(marks, 5.0, 10.0) == [Marker(1.0, 6.0), Marker(9.0)]
    assert within([Marker(5.0, None, "note"), Marker(5.0, None, "incident")], 0, 9)[0].kind == "incident"


def test_nothing_is_marked_where_there_is_no_time() -> None:
    assert marked([Marker(5.0)], Field(0, 0, 3, 0.0, 10.0)) == {}
    assert marked([Marker(5.0)], Field(0, 10, 3, 5.0, 5.0)) == {}
    assert at_cursor([Marker(5.0)], Field(0, 11, 3, 0.0, 10.0), 99.0) == ""
    assert at_cursor([Marker(5.0, text="x")], Field(0, 11, 3, 0.0, 10.0), 5.2) == "note x"


def test_clock_times_leave_a_cell_of_air_to_every_sign() -> None:
    ticks = [(0, "13:00"), (10, "13:15"), (20, "13:30")]
    assert unlabelled(ticks, frozenset({15})) == [(0, "13:00"), (20, "13:30")]
    assert unlabelled(ticks, frozenset({16})) == ticks
