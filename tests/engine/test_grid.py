"""Areas and tracks become rectangles that fill the glass without a hole or an overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc.config.layout import Grid
from noc.engine.grid import Need, Rect, areas, nearest, place, rectangles, scaled, touching, tracks


def grid(areas_: list[str], columns: list[str] | None = None, rows: list[str] | None = None) -> Grid:
    return Grid.model_validate({"areas": areas_, "columns": columns or (), "rows": rows or ()})


def test_shares_divide_what_fixed_tracks_leave() -> None:
    assert tracks(101, [(20, False), (1, True), (3, True)], 1) == [(0, 20), (21, 20), (42, 59)]


def test_fixed_tracks_that_overflow_become_shares() -> None:
    assert tracks(20, [(30, False), (10, False)], 0) == [(0, 15), (15, 5)]


def test_fixed_tracks_never_leave_a_hole_at_the_edge() -> None:
    assert tracks(100, [(10, False), (10, False)], 0) == [(0, 50), (50, 50)]


@given(st.integers(1, 300), st.lists(st.integers(1, 5), min_size=1, max_size=8), st.integers(0, 2))
def test_tracks_fill_the_total_exactly(total: int, shares: list[int], gap: int) -> None:
    found = tracks(total, [(share, True) for share in shares], gap)
    room = max(0, total - gap * (len(shares) - 1))
    assert sum(size for _, size in found) == room
    assert all(found[i + 1][0] == found[i][0] + found[i][1] + gap for i in range(len(found) - 1))


def test_an_area_spans_the_cells_that_bear_its_name() -> None:
    assert areas(grid(["a a b", "a a .", "c d d"])) == {
        "a": (0, 1, 0, 1),
        "b": (2, 2, 0, 0),
        "c": (0, 0, 2, 2),
        "d": (1, 2, 2, 2),
    }


def test_rectangles_respect_gutters() -> None:
    found = rectangles(grid(["a b", "a c"]), 41, 11, (1, 1))
    assert found == {"a": Rect(0, 0, 20, 11), "b": Rect(21, 0, 20, 5), "c": Rect(21, 6, 20, 5)}


def needs(*names: str) -> list[Need]:
    return [Need(name, 20, 4, 6) for name in names]


def test_a_grid_that_fits_is_placed_as_drawn() -> None:
    placement = place(grid(["a b", "c d"]), needs("a", "b", "c", "d"), 81, 20)
    assert not placement.reflowed
    assert placement.pages == (
        {"a": Rect(0, 0, 40, 10), "b": Rect(41, 0, 40, 10), "c": Rect(0, 10, 40, 10), "d": Rect(41, 10, 40, 10)},
    )


def test_a_glass_too_small_for_the_grid_is_dealt_onto_pages_with_the_named_first() -> None:
    placement = place(grid(["a b c d e f g h i j"]), needs(*"abcdefghij"), 80, 12, first=("j", "c"))
    assert placement.reflowed
    assert len(placement.pages) == 3
    assert list(placement.pages[0])[:2] == ["j", "c"]
    assert [panel for page in placement.pages for panel in page] == ["j", "c", "a", "b", "d", "e", "f", "g", "h", "i"]


def test_one_panel_on_a_tiny_glass_still_has_a_place() -> None:
    assert place(grid(["a b"]), needs("a", "b"), 10, 3).pages == ({"a": Rect(0, 0, 10, 3)}, {"b": Rect(0, 0, 10, 3)})


@given(st.integers(1, 250), st.integers(1, 80), st.integers(1, 30))
def test_dealt_tiles_lie_inside_the_glass_and_never_overlap(width: int, height: int, count: int) -> None:
    names = [f"p{index}" for index in range(count)]
    placement = place(grid([" ".join(names)]), needs(*names), width, height)
    assert sorted(panel for page in placement.pages for panel in page) == sorted(names)
    for page in placement.pages:
        cells: set[tuple[int, int]] = set()
        for rect in page.values():
            own = {(x, y) for x in range(rect.x, rect.x + rect.width) for y in range(rect.y, rect.y + rect.height)}
            assert not own & cells
            cells |= own
        assert all(0 <= x < width and 0 <= y < height for x, y in cells)


QUARTERS = {"a": Rect(0, 0, 20, 10), "b": Rect(21, 0, 20, 10), "c": Rect(0, 11, 20, 10), "d": Rect(21, 11, 20, 10)}


def test_arrows_lead_to_the_nearest_rectangle_ahead() -> None:
    steps = [nearest(QUARTERS, *step) for step in (("a", 1, 0), ("a", 0, 1), ("d", -1, 0), ("d", 0, -1))]
    assert steps == ["b", "c", "c", "b"]


def test_an_arrow_into_the_edge_of_the_glass_leads_nowhere() -> None:
    assert [nearest(QUARTERS, "a", -1, 0), nearest(QUARTERS, "a", 0, -1)] == [None, None]


def test_rectangles_touch_when_no_row_is_free_between_them() -> None:
    assert not touching(QUARTERS.values())
    assert touching([Rect(0, 0, 20, 5), Rect(10, 5, 20, 5)])
    assert not touching([Rect(0, 0, 20, 5), Rect(20, 5, 20, 5)])


def test_a_card_seen_from_afar_needs_more_and_at_the_desk_what_it_did() -> None:
    need = Need("a", 20, 4, 9)
    assert scaled(need, 1) == need
    assert scaled(need, 2) == Need("a", 40, 12, 18)
    assert scaled(need, 3) == Need("a", 60, 18, 27)


def test_seen_from_afar_a_full_grid_becomes_pages_of_few_large_cards() -> None:
    layout = grid(["a b c d", "e f g h", "i j k l"])
    wanted = [Need(name, 20, 4, 9) for name in "abcdefghijkl"]
    cards = {scale: place(layout, wanted, 160, 48, scale=scale) for scale in (1, 2, 3)}
    assert [[len(page) for page in cards[scale].pages] for scale in (1, 2, 3)] == [[12], [6, 6], [2, 2, 2, 2, 2, 2]]
    smallest = [
        min((rect.width, rect.height) for page in cards[scale].pages for rect in page.values()) for scale in (1, 2, 3)
    ]
    assert smallest[1] >= (40, 12)
    assert smallest[2] >= (60, 17)


def test_a_grid_of_few_cards_stays_as_drawn_from_afar() -> None:
    assert not place(grid(["a b", "c d"]), needs("a", "b", "c", "d"), 200, 53, scale=2).reflowed


@given(st.integers(1, 250), st.integers(1, 80), st.integers(1, 20), st.sampled_from([2, 3]))
def test_from_afar_no_card_is_lost_either(width: int, height: int, count: int, scale: int) -> None:
    names = [f"p{index}" for index in range(count)]
    placement = place(grid([" ".join(names)]), needs(*names), width, height, scale=scale)
    assert sorted(panel for page in placement.pages for panel in page) == sorted(names)
    assert all(
        rect.x >= 0 and rect.y >= 0 and rect.x + rect.width <= width and rect.y + rect.height <= height
        for page in placement.pages
        for rect in page.values()
    )
