"""Tables, row by row."""

from __future__ import annotations

from noc.charts.charset import ASCII
from noc.charts.table import Cell, TableColumn, column_widths, draw_table
from noc.model.palette import Palette
from tests.charts.pictures import picture

NAMES = TableColumn("Company", [Cell(name) for name in ("ACME Industries", "Globex", "Initech", "Umbrella")])
RATES = TableColumn("req/s", [Cell(text) for text in ("1.24k", "890", "12", "3")], "right", 2)
TIMES = TableColumn("p95", [Cell("2.40 s", "#f0883e"), *[Cell("120 ms")] * 3], "right", 1)
TREND = TableColumn("hour", [Cell("", None, [1, 2, 3, 4, 3, 2])] * 4, priority=-1)
HOSTS = TableColumn("Host", [Cell("web-frontend-07.example.org")], cut="middle")


def test_numbers_are_right_aligned_under_quiet_titles(palette: Palette) -> None:
    assert picture(draw_table([NAMES, RATES, TIMES, TREND], 50, 5, palette)) == [
        "Company                req/s     p95  hour",
        "ACME Industries        1.24k  2.40 s  ▂▃▄▅▆▆▇▇▇▆▅▄",
        "Globex                   890  120 ms  ▂▃▄▅▆▆▇▇▇▆▅▄",
        "Initech                   12  120 ms  ▂▃▄▅▆▆▇▇▇▆▅▄",
        "Umbrella                   3  120 ms  ▂▃▄▅▆▆▇▇▇▆▅▄",
    ]


def test_rows_below_the_edge_are_counted(palette: Palette) -> None:
    assert picture(draw_table([NAMES, RATES], 30, 4, palette, more=6)) == [
        "Company                  req/s",
        "ACME Industries          1.24k",
        "Globex                     890",
        "+8 more",
    ]


def test_the_offset_scrolls(palette: Palette) -> None:
    assert picture(draw_table([NAMES, RATES], 30, 3, palette, offset=2)) == [
        "Company                  req/s",
        "Initech                     12",
        "Umbrella                     3",
    ]


def test_columns_of_low_priority_leave_first(palette: Palette) -> None:
    assert picture(draw_table([NAMES, RATES, TIMES, TREND], 34, 3, palette)) == [
        "Company              req/s     p95",
        "ACME Industries      1.24k  2.40 s",
        "+3 more",
    ]


def test_the_column_that_names_the_rows_never_leaves(palette: Palette) -> None:
    assert picture(draw_table([NAMES, RATES, TIMES, TREND], 12, 3, palette)) == [
        "Comp…  req/s",
        "ACME…  1.24k",
        "+3 more",
    ]


def test_hosts_are_cut_in_the_middle(palette: Palette) -> None:
    assert picture(draw_table([HOSTS, RATES], 20, 2, palette)) == [
        "Host           req/s",
        "web-fr…le.org  1.24k",
    ]


def test_without_titles_there_is_no_head(palette: Palette) -> None:
    assert picture(draw_table([TableColumn("", [Cell("a"), Cell("b")])], 10, 2, palette)) == [
        "a",
        "b",
    ]


def test_a_table_in_ascii(palette: Palette) -> None:
    assert picture(draw_table([NAMES, TREND], 24, 3, palette, ASCII)) == [
        "Company       hour",
        "ACME Indust~  ..::####::",
        "+3 more",
    ]


def test_the_cursor_row_is_raised(palette: Palette) -> None:
    canvas = draw_table([NAMES, RATES], 30, 5, palette, cursor=1)
    assert [bool(row[0].bg) for row in canvas.inks] == [False, False, True, False, False]
    assert {ink.bg for ink in canvas.inks[2]} == {palette.raised}


def test_a_cell_keeps_its_colour_and_the_head_is_quiet(palette: Palette) -> None:
    canvas = draw_table([TIMES], 10, 3, palette)
    assert [canvas.inks[y][9].fg or canvas.inks[y][5].fg for y in range(2)] == [palette.muted, "#f0883e"]


def test_numbers_never_shrink_but_leave_before_names_are_unreadable() -> None:
    endpoints = TableColumn("Endpoint", [Cell("/api/v2/bookings/{id}/cancel")], cut="middle")
    assert column_widths([endpoints, RATES, TIMES], 33) == [18, 5, 6]
    assert column_widths([endpoints, RATES, TIMES], 30) == [23, 5, 0]
    assert column_widths([NAMES, RATES, TIMES], 40) == [25, 5, 6]
    assert column_widths([NAMES, RATES, TIMES], 26) == [19, 5, 0]
    assert column_widths([NAMES, RATES, TIMES], 18) == [11, 5, 0]
    assert column_widths([NAMES, RATES], 0) == [0, 0]


def test_a_share_is_a_bar_with_its_words_behind_it(palette: Palette) -> None:
    shares = TableColumn(
        "share", [Cell("66%", bar=0.66), Cell("5%", bar=0.05), Cell("0%", bar=0.0), Cell("100%", bar=2.0)]
    )
    assert picture(draw_table([NAMES, shares], 34, 5, palette)) == [
        "Company             share",
        "ACME Industries     ██████     66%",
        "Globex              ▌           5%",
        "Initech                         0%",
        "Umbrella            █████████ 100%",
    ]


def test_a_share_without_words_is_its_bar_alone(palette: Palette) -> None:
    bars = TableColumn("", [Cell("", bar=share) for share in (1.0, 0.5, 0.25, 0.01)])
    assert picture(draw_table([NAMES, bars], 34, 5, palette))[1:] == [
        "ACME Industries     ██████████████",
        "Globex              ███████",
        "Initech             ███▌",
        "Umbrella            ▏",
    ]
    assert picture(draw_table([NAMES, bars], 34, 3, palette, ASCII))[1] == "ACME Industries     ##############"


def test_a_column_that_keeps_its_cells_leaves_before_it_is_cut(palette: Palette) -> None:
    places = TableColumn("from", [Cell("documentation")] * 4)
    kept = TableColumn("from", [Cell("documentation")] * 4, keep=13)
    assert picture(draw_table([NAMES, places], 28, 2, palette)) == [
        "Company          from",
        "ACME Industries  documentat…",
    ]
    assert picture(draw_table([NAMES, kept], 28, 2, palette)) == [
        "Company        from",
        "ACME Industr…  documentation",
    ]
    assert column_widths([NAMES, RATES, kept], 28) == [21, 5, 0]


def test_a_column_that_grows_takes_of_what_is_left_over_first() -> None:
    growing = TableColumn("", [Cell("", bar=1.0)], grow=10)
    assert column_widths([NAMES, growing], 31) == [15, 14]
    assert column_widths([NAMES, growing], 36) == [15, 19]
    assert column_widths([NAMES, growing], 60) == [34, 24]


def test_what_is_left_out_elsewhere_is_counted_whole_where_the_rows_leave_room(palette: Palette) -> None:
    column = TableColumn("name", [Cell(name) for name in ("a", "b")])
    assert picture(draw_table([column], 10, 6, palette, more=22))[-1] == "+22 more"
    assert picture(draw_table([column], 10, 3, palette, more=22))[-1] == "+23 more"
