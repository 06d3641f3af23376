"""What goes to the terminal when a few cells change: these cells, and nothing before them."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from noc.charts.canvas import Canvas
from noc.ui.compat import TightUpdate, changed_spans


def canvas(*rows: str) -> Canvas:
    made = Canvas(max(map(cell_len, rows)), len(rows))
    for y, row in enumerate(rows):
        made.put(0, y, row)
    return made


def spans(old: str, new: str, x: int = 0) -> list[tuple[int, int]]:
    return [(span.x, span.right) for span in changed_spans(canvas(old), canvas(new), x, 0)]


def test_an_equal_row_has_no_span() -> None:
    assert spans("load 1.20", "load 1.20") == []


def test_a_span_is_as_wide_as_what_differs() -> None:
    assert spans("load 1.20 now", "load 3.25 now") == [(5, 9)]


def test_a_part_is_compared_where_it_lies() -> None:
    assert changed_spans(canvas("....", "a..b"), canvas(".X"), 2, 1) == [Region(3, 1, 1, 1)]


def test_a_part_beside_the_canvas_changes_nothing_and_one_over_its_edge_what_lies_on_it() -> None:
    small, part = canvas("....", "...."), canvas("....", "abcd")
    assert [changed_spans(small, part, x, y) for x, y in [(4, 0), (9, 0), (-4, 0), (-9, 0), (0, 2), (0, -2)]] == [
        []
    ] * 6
    assert changed_spans(small, part, 2, 0) == [Region(2, 1, 2, 1)]
    assert changed_spans(small, part, -3, -1) == [Region(0, 0, 1, 1)]


def test_changes_close_together_are_one_span_and_far_apart_are_two() -> None:
    near, far = " " * 15, " " * 16
    assert spans(f"1{near}1", f"2{near}2") == [(0, 17)]
    assert spans(f"1{far}1", f"2{far}2") == [(0, 1), (17, 18)]


def test_a_wide_character_is_never_cut() -> None:
    assert spans("a語b", "axyb") == [(1, 3)]
    assert spans("語xb", "語yb") == [(2, 3)]
    assert spans("漢b", "語b") == [(0, 2)]
    assert spans("ab語", "a語b") == [(1, 4)]


def test_an_update_writes_only_the_span() -> None:
    row = Strip([Segment("0123456789")], 10)
    update = TightUpdate([{0: row}, {0: row}], [(0, 3, 5), (1, 0, 10)], [[10], [10]])
    assert update.render_segments(Console()) == "\x1b[1;4H34\x1b[2;1H0123456789"


def test_a_row_that_is_painted_in_parts_shows_its_wide_characters_whole() -> None:
    row = Strip([Segment("a世界b")], 6)
    update = TightUpdate([{0: row}], [(0, 0, 2), (0, 2, 4), (0, 4, 6)], [[6]])
    assert update.render_segments(Console()) == "\x1b[1;1Ha世\x1b[1;2H世界\x1b[1;4H界b"


def test_an_update_skips_what_is_not_rendered_and_joins_pieces_of_a_row() -> None:
    chops = [{0: Strip([Segment("abcd")], 4), 4: None, 6: Strip([Segment("efgh")], 4)}]
    update = TightUpdate(chops, [(0, 2, 8)], [[4, 6, 10]])
    assert update.render_segments(Console()) == "\x1b[1;3Hcd\x1b[1;7Hef"
