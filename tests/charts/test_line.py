"""Time series charts, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

from noc.charts.charset import ASCII
from noc.charts.line import Graph, Line, Span, draw_graph, plot_columns
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.series import Series
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from tests.charts.pictures import TWO, minutes, picture

LILAC, SAND = "#a99fd6", "#c9a27c"
RISING = Graph((Line("rising", minutes(), LILAC),), TWO - 3600, TWO, 60.0)


def drawn(*lines: Series, **changes: object) -> Graph:
    """The rising graph with other series, named a, b, c."""
    named = tuple(
        Line(name, series, colour) for name, series, colour in zip("abc", lines, (LILAC, SAND, LILAC), strict=False)
    )
    return replace(RISING, lines=named or RISING.lines, **changes)  # type: ignore[arg-type]


def test_a_line_has_its_axis_its_times_and_its_last_value(palette: Palette) -> None:
    assert picture(draw_graph(RISING, 40, 9, palette)) == [
        "60                                 ⣀⡠⠔⠒⠉",
        "                              ⣀⠤⠒⠊⠉",
        "                        ⢀⡠⠔⠒⠊⠉",
        "30                 ⣀⠤⠔⠒⠉⠁",
        "             ⢀⡠⠤⠔⠊⠉",
        "        ⣀⠤⠤⠒⠉⠁",
        " 0 ⣀⠤⠔⠊⠉",
        "          13:15    13:30    13:45",
        "─ rising 60",
    ]


def test_a_low_chart_first_loses_its_times(palette: Palette) -> None:
    assert picture(draw_graph(RISING, 40, 7, palette)) == [
        "60                                ⣀⣀⠤⠔⠒⠉",
        "                            ⣀⣀⠤⠒⠒⠉",
        "30                   ⢀⣀⠤⠤⠒⠉⠉",
        "               ⣀⣀⠤⠒⠒⠉⠁",
        "         ⣀⡠⠤⠒⠊⠉",
        " 0 ⣀⠤⠔⠒⠊⠉",
        "─ rising 60",
    ]


def test_a_lower_one_its_legend(palette: Palette) -> None:
    assert picture(draw_graph(RISING, 40, 5, palette)) == [
        "60                               ⣀⣀⠤⠤⠒⠒⠉",
        "                         ⢀⣀⡠⠤⠒⠒⠉⠉",
        "30               ⢀⣀⡠⠤⠔⠒⠊⠉⠁",
        "          ⢀⣀⠤⠤⠒⠒⠉⠁",
        " 0 ⣀⠤⠤⠒⠒⠉⠉⠁",
    ]


def test_a_small_one_keeps_the_line_and_its_last_value(palette: Palette) -> None:
    assert picture(draw_graph(RISING, 20, 4, palette)) == [
        "            ⢀⣀⠤⠒⠉ 60",
        "        ⢀⡠⠔⠚⠉",
        "    ⣀⠤⠖⠋⠁",
        "⣠⠴⠒⠉",
    ]


def test_a_narrow_one_has_its_values_below_in_the_colours_of_their_lines(palette: Palette) -> None:
    latency = minutes(lambda index: 0.5 + 0.01 * index)
    chart = draw_graph(drawn(latency, minutes(lambda index: 0.2), unit="s"), 20, 7, palette)
    assert picture(chart) == [
        "                 ⣀⡠⠤",
        "          ⣀⣀⠤⠴⠒⠊⠉",
        "   ⢀⣀⡤⠤⠒⠊⠉⠁",
        "⠒⠚⠉⠉",
        "⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀",
        "",
        "1.10 s  200 ms",
    ]
    assert [chart.inks[6][0].fg, chart.inks[6][8].fg] == [LILAC, SAND]


def test_a_narrow_one_counts_the_series_that_have_no_place(palette: Palette) -> None:
    below = picture(draw_graph(drawn(minutes(), more=6), 24, 9, palette))
    assert below[-1].split() == ["60", "+6"]
    beside = picture(draw_graph(drawn(minutes(), minutes(), minutes(), more=6), 24, 2, palette))
    assert [row.split()[-1] for row in beside] == ["60", "+8"]
    assert picture(draw_graph(drawn(minutes(), minutes(), more=6), 24, 1, palette))[0].endswith("60")


def test_a_narrow_one_says_a_thresholds_severity_by_its_glyph(palette: Palette) -> None:
    limit = (Threshold(1.2, Severity.HIGH),)
    latency = minutes(lambda index: 0.5 + 0.01 * index)
    tops = [
        picture(draw_graph(drawn(latency, unit="s", thresholds=limit), columns, 7, palette))[0] for columns in (19, 15)
    ]
    assert tops == ["⠁⠁⠁⠁ HIGH 1.2 s ⣀⣠⠤", "⠁⠁⠁ ▲ 1.2 s ⢀⣀⠤"]


def test_one_row_is_still_a_line_and_a_value(palette: Palette) -> None:
    assert picture(draw_graph(RISING, 10, 1, palette)) == [
        "⣀⡤⠤⠔⠒⠚⠉ 60",
    ]


def test_a_gap_stays_a_gap(palette: Palette) -> None:
    gap = minutes(lambda index: None if 20 <= index <= 40 else 5)
    assert picture(draw_graph(drawn(gap), 40, 9, palette)) == [
        "10",
        "",
        "",
        " 5 ⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒             ⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒",
        "",
        "",
        " 0",
        "          13:15    13:30    13:45",
        "─ a 5",
    ]


def test_a_value_that_is_no_number_is_a_gap_too(palette: Palette) -> None:
    gap = minutes(lambda index: float("nan") if 20 <= index <= 40 else 5)
    assert picture(draw_graph(drawn(gap), 30, 6, palette)) == [
        "10",
        "",
        " 5 ⠒⠒⠒⠒⠒⠒⠒⠒⠒         ⠒⠒⠒⠒⠒⠒⠒⠒⠒",
        "",
        " 0",
        "─ a 5",
    ]


def test_a_spike_and_a_dip_of_one_point_in_ten_are_drawn_whole(palette: Palette) -> None:
    points = {300: 100.0, 450: 0.0}
    calm = minutes(lambda index: points.get(index, 50.0), count=601, step=6.0)
    assert picture(draw_graph(drawn(calm, step=6.0), 40, 9, palette)) == [
        "100                   ⡇",
        "                     ⢀⡇",
        "                     ⢸⡇",
        " 50 ⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠚⠓⠒⠒⠒⠒⠒⠒⠒⢲⠒⠒⠒⠒⠒⠒⠒⠒⠒",
        "                              ⢸",
        "                              ⢸",
        "  0                           ⢸",
        "           13:15    13:30   13:45",
        "─ a 50",
    ]


def test_thresholds_are_dotted_lines_named_at_their_end_or_where_there_is_room(palette: Palette) -> None:
    limits = (Threshold(1.2, Severity.HIGH), Threshold(0.2, Severity.LOW, below=True, label="idle"))
    latency = minutes(lambda index: 0.5 + 0.01 * index)
    assert picture(draw_graph(drawn(latency, unit="s", thresholds=limits), 48, 9, palette)) == [
        "1.2 s ⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁ HIGH 1.2 s ⣀⣀⣀⠤",
        "                               ⢀⣀⣀⣀⠤⠤⠤⠒⠒⠒⠊⠉⠉",
        "                   ⣀⣀⣀⡠⠤⠤⠔⠒⠒⠒⠉⠉⠁",
        "0.6 s  ⢀⣀⣀⠤⠤⠤⠔⠒⠒⠊⠉⠉",
        "      ⠉⠁",
        "      ⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄ LOW idle",
        "0.0 s",
        "              13:15      13:30     13:45",
        "─ a 1.10 s",
    ]


def test_ascii_terminals_see_the_same_picture(palette: Palette) -> None:
    limits = (Threshold(1.2, Severity.HIGH), Threshold(0.2, Severity.LOW, below=True, label="idle"))
    latency = minutes(lambda index: 0.5 + 0.01 * index)
    assert picture(draw_graph(drawn(latency, unit="s", thresholds=limits), 48, 9, palette, ASCII)) == [
        "1.2 s - - - - - - - - - - - - - - - - HIGH 1.2 s",
        "                                  **************",
        "                    **************",
        "0.6 s  **************",
        "      *",
        "      - - - - - - - - - - - - - - - - - LOW idle",
        "0.0 s",
        "              13:15      13:30     13:45",
        "- a 1.10 s",
    ]


def test_fixed_ends_fix_the_axis(palette: Palette) -> None:
    good = minutes(lambda index: 0.99 - 0.001 * index)
    assert picture(draw_graph(drawn(good, unit="percentunit", low=0.0, high=1.0), 40, 8, palette)) == [
        "100 % ⠉⠉⠉⠉⠉⠉⠑⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠤⠤⠤",
        "",
        " 50 %",
        "",
        "",
        "  0 %",
        "            13:15    13:30   13:45",
        "─ a 93 %",
    ]


def test_a_logarithmic_axis_gives_every_decade_the_same_height(palette: Palette) -> None:
    decades = minutes(lambda index: 10 ** (index / 10 - 3))
    assert picture(draw_graph(drawn(decades, log=True), 40, 8, palette)) == [
        "   1k                             ⢀⣀⠤⠤⠒⠉",
        "                             ⣀⡠⠔⠒⠊⠁",
        "    1                  ⣀⡠⠤⠒⠉⠉",
        "                 ⣀⣀⠤⠒⠊⠉",
        "           ⢀⡠⠤⠔⠊⠉",
        "0.001 ⣀⠤⠒⠒⠉⠁",
        "            13:15    13:30   13:45",
        "─ a 1k",
    ]


def test_zero_lies_at_the_foot_of_a_logarithmic_axis(palette: Palette) -> None:
    counts = minutes(lambda index: 0 if index < 30 else 1000)
    assert picture(draw_graph(drawn(counts, log=True), 40, 8, palette)) == [
        "10.0k",
        "",
        "",
        " 1.0k                 ⢀⠏⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉",
        "                      ⢸",
        " 0.1k ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡎",
        "            13:15    13:30   13:45",
        "─ a 1k",
    ]


def test_an_area_is_filled_down_to_zero(palette: Palette) -> None:
    assert picture(draw_graph(replace(RISING, style="area"), 40, 8, palette)) == [
        "60                                ⣀⣀⣤⣴⣶⣿",
        "                            ⣀⣀⣤⣶⣶⣿⣿⣿⣿⣿⣿⣿",
        "30                   ⢀⣀⣤⣤⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "               ⣀⣀⣤⣶⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "         ⣀⣠⣤⣶⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        " 0 ⣀⣤⣴⣶⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "          13:15    13:30    13:45",
        "─ rising 60",
    ]


def test_an_area_of_negative_values_hangs_from_zero(palette: Palette) -> None:
    assert picture(draw_graph(drawn(minutes(lambda index: index - 30), style="area"), 40, 8, palette)) == [
        " 30                               ⣀⣀⣤⣴⣶⣿",
        "                            ⢀⣀⣤⣶⣶⣿⣿⣿⣿⣿⣿⣿",
        "  0 ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣠⣤⣴⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "    ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⠿⠛⠋⠉",
        "    ⣿⣿⣿⣿⣿⣿⣿⠿⠿⠛⠉⠉",
        "-30 ⣿⠿⠟⠛⠉⠉",
        "           13:15    13:30   13:45",
        "─ a 30",
    ]


def test_points_are_not_joined(palette: Palette) -> None:
    assert picture(draw_graph(drawn(minutes(lambda index: index % 20), style="points"), 40, 8, palette)) == [
        "20           ⢀⠔          ⢀⠔          ⢀⠠⠂",
        "           ⢀⠔          ⢀⠠⠂          ⡠⠂",
        "10       ⡠⠐⠁         ⢀⠔⠁         ⢀⠔⠁",
        "       ⢀⠔          ⢀⠔          ⢀⠄⠂",
        "     ⠠⠊          ⠠⠂⠁          ⠔⠁",
        " 0 ⡠⠂⠁         ⡀⠔⠁         ⢀⠔⠁         ⢀",
        "          13:15    13:30    13:45",
        "─ a 0",
    ]


def test_stacked_areas_reach_up_to_their_sum(palette: Palette) -> None:
    low, high = minutes(lambda index: 20), minutes(lambda index: 10 + index // 2)
    assert picture(draw_graph(drawn(low, high, style="stacked"), 40, 8, palette)) == [
        "60                          ▁▂▂▂▃▄▅▆▆▆▇█",
        "                ▁▂▂▂▃▄▅▆▆▆▇█████████████",
        "30  ▁▂▂▂▃▄▅▆▆▆▇█████████████████████████",
        "   █████████████████████████████████████",
        "   █████████████████████████████████████",
        " 0 █████████████████████████████████████",
        "          13:15    13:30    13:45",
        "─ a 20  ─ b 40",
    ]


def test_of_more_layers_than_a_cell_has_colours_the_lowest_and_the_largest_are_seen(palette: Palette) -> None:
    """Otherwise a thin layer over a thinner one fills its cell wherever the thinner one is there."""
    heights = (("#ff0000", 1.0), ("#ffff00", 2.0), ("#808080", 30.0))
    lines = tuple(Line(colour, minutes(lambda index, most=most: most), colour) for colour, most in heights)  # type: ignore[misc]
    canvas = draw_graph(replace(RISING, lines=lines, style="stacked"), 20, 3, palette)
    foot = canvas.inks[2][5]
    assert (canvas.chars[2][5], foot.fg, foot.bg) == (
        "▁",
        blend("#ff0000", palette.surface, 0.75),
        blend("#808080", palette.surface, 0.75),
    )


def test_a_layer_of_nothing_on_top_of_a_stack_is_not_seen(palette: Palette) -> None:
    lines = (Line("high", minutes(lambda _: 7), "#ff0000"), Line("low", minutes(lambda _: 0), "#0000ff"))
    canvas = draw_graph(replace(RISING, lines=lines, style="stacked", low=0.0, high=8.0), 20, 3, palette)
    assert {ink.bg for row in canvas.inks for ink in row} == {None}
    assert "#0607c8" not in {ink.fg for row in canvas.inks for ink in row}


def test_a_thin_layer_on_top_of_a_stack_does_not_fill_its_cell(palette: Palette) -> None:
    thin, thick = minutes(lambda _: 0.2), minutes(lambda _: 2.0)
    for upper, ground in ((thin, None), (thick, blend("#0000ff", palette.surface, 0.75))):
        lines = (Line("high", minutes(lambda _: 5.0), "#ff0000"), Line("low", upper, "#0000ff"))
        canvas = draw_graph(replace(RISING, lines=lines, style="stacked", low=0.0, high=9.0), 20, 3, palette)
        assert [canvas.inks[row][5].bg for row in (0, 1, 2)] == [None, ground, None]


def test_stacked_areas_differ_in_ascii(palette: Palette) -> None:
    low, high = minutes(lambda index: 20), minutes(lambda index: 10 + index // 2)
    assert picture(draw_graph(drawn(low, high, style="stacked"), 40, 8, palette, ASCII)) == [
        "60                          %%%%%%%%%%%%",
        "                %%%%%%%%%%%%%%%%%%%%%%%%",
        "30  %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%",
        "   %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%",
        "   #####################################",
        " 0 #####################################",
        "          13:15    13:30    13:45",
        "- a 20  - b 40",
    ]


def test_a_stack_where_nobody_answered_is_a_gap(palette: Palette) -> None:
    part = minutes(lambda index: None if 20 <= index <= 40 else 5)
    assert picture(draw_graph(drawn(part, part, style="stacked"), 30, 6, palette)) == [
        "10 █████████         █████████",
        "   █████████         █████████",
        " 5 ▄▄▄▄▄▄▄▄▄         ▄▄▄▄▄▄▄▄▄",
        "   █████████         █████████",
        " 0 █████████         █████████",
        "─ a 5  ─ b 5",
    ]


def test_the_cursor_shows_the_values_under_it(palette: Palette) -> None:
    assert picture(draw_graph(replace(RISING, cursor=TWO - 1800), 40, 9, palette)) == [
        "60                   │             ⣀⡠⠔⠒⠉",
        "                     │        ⣀⠤⠒⠊⠉",
        "                     │  ⢀⡠⠔⠒⠊⠉",
        "30                 ⣀⠤⠔⠒⠉⠁",
        "             ⢀⡠⠤⠔⠊⠉  │",
        "        ⣀⠤⠤⠒⠉⠁       │",
        " 0 ⣀⠤⠔⠊⠉             │",
        "          13:15    13:30    13:45",
        "─ rising 30",
    ]


def test_bytes_have_round_labels_in_powers_of_two(palette: Palette) -> None:
    used = minutes(lambda index: index * 2**25)
    assert picture(draw_graph(drawn(used, unit="bytes"), 40, 8, palette)) == [
        "2 GiB                               ⢀⣀⡠⠔",
        "                              ⢀⡠⠤⠔⠒⠉⠁",
        "1 GiB                   ⣀⡠⠤⠒⠒⠉⠁",
        "                 ⢀⣀⡠⠤⠒⠒⠉",
        "           ⢀⣀⡠⠤⠒⠊⠁",
        "0 GiB ⣀⠤⠤⠒⠉⠁",
        "            13:15    13:30   13:45",
        "─ a 1.88 GiB",
    ]


def test_seconds_have_round_labels_in_minutes(palette: Palette) -> None:
    waits = minutes(lambda index: index * 10)
    assert picture(draw_graph(drawn(waits, unit="s"), 40, 8, palette)) == [
        "10 min                            ⢀⣀⠤⠤⠒⠉",
        "                             ⣀⣀⠤⠒⠊⠁",
        " 5 min                 ⢀⣀⠤⠔⠊⠉",
        "                  ⣀⡠⠔⠒⠉⠁",
        "            ⢀⡠⠤⠒⠉⠉",
        " 0 min ⣀⠤⠒⠒⠉⠁",
        "             13:15   13:30   13:45",
        "─ a 10 min",
    ]


def test_a_long_unit_is_written_once(palette: Palette) -> None:
    rate = minutes(lambda index: index * 300)
    assert picture(draw_graph(drawn(rate, unit="reqps"), 40, 8, palette)) == [
        "20k req/s                            ⢀⣀⡠",
        "                              ⢀⣀⠤⠤⠒⠒⠉⠁",
        "10                     ⢀⣀⡠⠤⠔⠒⠉⠁",
        "                ⢀⣀⠤⠤⠒⠒⠉⠁",
        "         ⢀⣀⡠⠔⠒⠊⠉⠁",
        " 0 ⣀⠤⠤⠒⠒⠉⠁",
        "          13:15    13:30    13:45",
        "─ a 18k req/s",
    ]


def test_a_unit_written_once_gives_way_to_data(palette: Palette) -> None:
    rate = minutes(lambda index: 20000 - index * 300)
    assert picture(draw_graph(drawn(rate, unit="reqps"), 40, 8, palette)) == [
        "20 ⠉⠒⠒⠤⠤⣀⡀",
        "         ⠈⠉⠑⠢⠤⢄⣀⡀",
        "10k req/s       ⠈⠉⠒⠒⠤⠤⣀⡀",
        "                       ⠈⠉⠑⠒⠤⠤⣀⡀",
        "                              ⠈⠉⠒⠒⠤⢄⣀⡀",
        " 0                                   ⠈⠉⠑",
        "          13:15    13:30    13:45",
        "─ a 2k req/s",
    ]


def test_the_legend_shows_the_statistics_asked_for(palette: Palette) -> None:
    assert picture(draw_graph(replace(RISING, show=("last", "min", "max", "mean")), 60, 6, palette)) == [
        "60                                               ⣀⣀⣀⣀⠤⠤⠔⠒⠒⠊⠉",
        "                                      ⣀⣀⡠⠤⠤⠔⠒⠒⠊⠉⠉",
        "30                       ⢀⣀⣀⡠⠤⠤⠔⠒⠒⠒⠉⠉⠉",
        "              ⢀⣀⣀⠤⠤⠤⠒⠒⠒⠉⠉⠁",
        " 0 ⣀⣀⠤⠤⠔⠒⠒⠊⠉⠉⠉⠁",
        "─ rising 60 min 0 max 60 mean 30",
    ]


def test_a_series_that_ended_has_no_last_value(palette: Palette) -> None:
    ended = minutes(lambda index: index if index < 40 else None)
    assert picture(draw_graph(drawn(ended, minutes()), 40, 6, palette)) == [
        "60                               ⣀⣀⠤⠤⠒⠒⠉",
        "                         ⢀⣀⡠⠤⠒⠒⠉⠉",
        "30               ⢀⣀⡠⠤⠔⠒⠊⠉⠁",
        "          ⢀⣀⠤⠤⠒⠒⠉⠁",
        " 0 ⣀⠤⠤⠒⠒⠉⠉⠁",
        "─ a –  ─ b 60",
    ]


def test_times_stand_in_the_zone_of_the_wall(palette: Palette) -> None:
    assert picture(draw_graph(replace(RISING, tz=timezone(timedelta(hours=5, minutes=45))), 40, 9, palette)) == [
        "60                                 ⣀⡠⠔⠒⠉",
        "                              ⣀⠤⠒⠊⠉",
        "                        ⢀⡠⠔⠒⠊⠉",
        "30                 ⣀⠤⠔⠒⠉⠁",
        "             ⢀⡠⠤⠔⠊⠉",
        "        ⣀⠤⠤⠒⠉⠁",
        " 0 ⣀⠤⠔⠊⠉",
        "          19:00    19:15    19:30",
        "─ rising 60",
    ]


def hosts(count: int) -> tuple[Line, ...]:
    """Series with the long names that hosts have."""
    return tuple(
        Line(f"host-{n:02}.rack-{n % 3}.example.org", minutes(lambda _, n=n: 10 * n), LILAC) for n in range(count)
    )


def legend(graph: Graph, width: int, palette: Palette) -> str:
    """The last row of a chart."""
    return picture(draw_graph(graph, width, 9, palette))[-1]


def test_the_legend_keeps_names_whole_then_shortens_them_then_counts(palette: Palette) -> None:
    graph = replace(RISING, lines=hosts(3))
    assert legend(graph, 100, palette) == (
        "─ host-00.rack-0.example.org 0  ─ host-01.rack-1.example.org 10  ─ host-02.rack-2.example.org 20"
    )
    assert legend(graph, 70, palette) == "─ host-00…mple.org 0  ─ host-01…mple.org 10  ─ host-02…mple.org 20"
    assert legend(graph, 50, palette) == "─ host-…le.org 0  ─ host-…le.org 10  +1 more"
    assert (
        legend(replace(graph, more=4), 70, palette) == "─ host-…le.org 0  ─ host-…le.org 10  ─ host-…le.org 20  +4 more"
    )


def test_a_hidden_series_stays_in_the_legend_without_a_value_and_leaves_the_axis(palette: Palette) -> None:
    graph = drawn(minutes(lambda _: 1000), minutes(), hidden=frozenset({"a"}))
    canvas = draw_graph(graph, 40, 6, palette)
    assert picture(canvas)[0].startswith("60 ")
    assert picture(canvas)[-1] == "─ a  ─ b 60"
    assert canvas.inks[5][0].fg == palette.faint


def test_a_zoomed_chart_has_a_table_of_statistics(palette: Palette) -> None:
    rows = picture(draw_graph(replace(RISING, lines=hosts(2)), 50, 20, palette, table=True))
    assert rows[-3:] == [
        "                              last  min  max  mean",
        "─ host-00.rack-0.example.org     0    0    0     0",
        "─ host-01.rack-1.example.org    10   10   10    10",
    ]


def test_the_newest_point_touches_the_right_edge_even_before_the_next_step_is_complete(palette: Palette) -> None:
    graph = replace(RISING, start=RISING.start + 45, end=RISING.end + 45)
    for chart in (RISING, graph):
        column = [row[39:40] for row in picture(draw_graph(chart, 40, 9, palette))[:7]]
        assert column == ["⠉", "", "", "", "", "", ""]


def test_data_is_drawn_over_thresholds_and_names_never_hide_it(palette: Palette) -> None:
    flat = drawn(minutes(lambda _: 10), thresholds=(Threshold(10, Severity.HIGH),), low=0.0, high=20.0)
    canvas = draw_graph(flat, 40, 9, palette)
    assert picture(canvas)[3] == "10 ⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒"
    assert {ink.fg for ink in canvas.inks[3][3:]} == {LILAC}
    assert picture(canvas)[2].endswith(" HIGH 10")


def test_a_threshold_far_from_the_data_does_not_flatten_it(palette: Palette) -> None:
    canvas = draw_graph(drawn(minutes(), thresholds=(Threshold(5000, Severity.HIGH),)), 40, 9, palette)
    assert picture(canvas)[0].startswith("60 ")
    assert "HIGH" not in canvas.text()


def test_a_threshold_nearby_is_drawn_in_its_colour(palette: Palette) -> None:
    canvas = draw_graph(drawn(minutes(), thresholds=(Threshold(80, Severity.CRITICAL),)), 40, 9, palette)
    assert picture(canvas)[0] == "80 ⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁ CRITICAL 80"
    assert {ink.fg for ink in canvas.inks[0][3:]} == {palette.critical}


def test_a_ghost_is_dotted_dimmer_and_under_the_others(palette: Palette) -> None:
    lines = (Line("now", minutes(lambda _: 5), LILAC), Line("1 h ago", minutes(lambda _: 15), LILAC, ghost=True))
    canvas = draw_graph(replace(RISING, lines=lines, high=20.0), 30, 6, palette)
    assert picture(canvas)[1] == "   ⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂⠂"
    assert canvas.inks[1][10].fg == blend(LILAC, palette.surface, 0.6)
    assert picture(canvas)[-1] == "─ now 5  ┄ 1 h ago 15"


def test_a_span_shades_its_columns_and_nothing_else(palette: Palette) -> None:
    span = Span(TWO - 1800, TWO - 900, palette.high)
    canvas = draw_graph(replace(RISING, spans=(span,)), 40, 9, palette)
    shaded = [x for x in range(40) if canvas.inks[0][x].bg]
    assert shaded == list(range(21, 31))
    assert [x for x in range(40) if canvas.inks[6][x].bg] == shaded
    assert not any(ink.bg for ink in canvas.inks[7])


def test_names_from_outside_are_made_harmless(palette: Palette) -> None:
    graph = replace(RISING, lines=(Line("evil\x1b[31m\n", minutes(), LILAC),))
    assert legend(graph, 60, palette) == "─ evil␛[31m 60"


def test_the_columns_of_the_plot_are_known_before_the_data() -> None:
    assert [plot_columns(width) for width in (0, 20, 48, 120)] == [1, 20, 42, 114]
