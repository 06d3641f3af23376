"""Dots in cells, and lines through them."""

from __future__ import annotations

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import ASCII, UNICODE, Charset
from noc.charts.downsample import downsample
from noc.charts.raster import EMPTY, Raster, dot
from noc.charts.scale import Axis
from noc.charts.trace import dotted, filled, stretches

RED, BLUE = Ink(fg="#ff0000"), Ink(fg="#0000ff")


def drawn(raster: Raster) -> list[str]:
    canvas = Canvas(raster.width, raster.height)
    raster.onto(canvas, 0, 0)
    return canvas.text().split("\n")


def line(values: list[float], width: int, height: int, charset: Charset = UNICODE) -> list[str]:
    raster = Raster(width, height, charset)
    bins = downsample(range(len(values)), values, 0, len(values) - 1, raster.columns, 1)
    raster.trace(*stretches(bins, Axis(min(values), max(values)), raster.columns, raster.rows), RED)
    return drawn(raster)


def test_a_cell_has_two_columns_of_four_dots() -> None:
    raster = Raster(2, 1)
    assert (raster.columns, raster.rows) == (4, 4)
    raster.trace([0, 3, EMPTY, 1], [0, 3, EMPTY, 2], RED)
    assert drawn(raster) == ["⢁⠰"]


def test_a_stretch_runs_through_several_cells() -> None:
    raster = Raster(1, 3)
    raster.trace([2, EMPTY], [9, EMPTY], RED)
    assert drawn(raster) == ["⡄", "⡇", "⠃"]


def test_the_last_line_colours_a_shared_cell_and_keeps_all_dots() -> None:
    raster, canvas = Raster(1, 1), Canvas(1, 1)
    raster.trace([0, EMPTY], [0, EMPTY], RED)
    raster.trace([3, EMPTY], [3, EMPTY], BLUE)
    raster.onto(canvas, 0, 0)
    assert (canvas.chars, canvas.inks) == ([["⡁"]], [[BLUE]])


def test_a_raster_beyond_the_canvas_is_clipped() -> None:
    raster, canvas = Raster(3, 3), Canvas(2, 2)
    raster.trace([0] * 6, [11] * 6, RED)
    raster.onto(canvas, 1, 1)
    raster.onto(canvas, -2, -2)
    assert canvas.text() == "⣿\n ⣿"


def test_neighbours_are_joined_halfway() -> None:
    assert line([0, 7], 1, 2) == ["⢸", "⡇"]
    assert line([7, 0], 1, 2) == ["⡇", "⢸"]


def test_far_points_are_joined_by_a_straight_line() -> None:
    assert line([0, 7], 4, 2) == ["   ⢀⠔⠁", "⡠⠊"] or line([0, 7], 4, 2) == ["  ⡠⠊", "⡠⠊"]


def test_a_line_in_ascii_is_joined_too() -> None:
    assert line([0, 4], 2, 5, ASCII) == [" *", " *", "*", "*", "*"]


def test_a_ghost_has_every_other_dot_and_a_body_reaches_its_base() -> None:
    traced = ([2, 2, EMPTY, 2], [4, 4, EMPTY, 4])
    assert dotted(traced) == ([3, EMPTY, EMPTY, EMPTY],) * 2
    assert filled(traced, 7) == ([2, 2, EMPTY, 2], [7, 7, EMPTY, 7])
    assert filled(traced, 0) == ([0, 0, EMPTY, 0], [4, 4, EMPTY, 4])


def test_single_dots_of_a_dotted_line() -> None:
    assert [dot(row) for row in range(4)] == ["⠁", "⠂", "⠄", "⡀"]
