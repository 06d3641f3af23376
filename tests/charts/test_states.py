"""States over time, cell by cell, and many states at once, mark by mark."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from noc.charts.charset import ASCII, UNICODE
from noc.charts.marks import Mark, draw_marks, grid_of
from noc.charts.states import Stretch, Strip, Timeline, cells_of, draw_states, joined_stretches
from noc.model.markers import Marker
from tests.charts.pictures import TWO, picture
from tests.palettes import DARK

HOUR = 3600.0
START = TWO - HOUR
UP, DOWN = DARK.ok, DARK.critical


def up(first: float, last: float) -> Stretch:
    return Stretch(START + first * 60, START + last * 60, "up", UP, calm=True)


def down(first: float, last: float) -> Stretch:
    return Stretch(START + first * 60, START + last * 60, "DOWN", DOWN, 4)


DATABASE = Strip("db", "Database", (up(0, 20), down(20, 40), up(40, 60)), "up", DARK.text)
CACHE = Strip("cache", "Cache", (up(0, 10), up(20, 60)), "up", DARK.text)
TIME = Timeline(START, TWO)


def test_a_strip_has_its_words_inside_gaps_as_gaps_and_the_time_beneath() -> None:
    assert picture(draw_states([DATABASE, CACHE], TIME, 60, 4, DARK)) == [
        "Database ▄▄▄▄▄▄ up ▄▄▄▄▄▄█████ DOWN █████▄▄▄▄▄▄ up ▄▄▄▄▄▄ up",
        "",
        "Cache    ▄▄ up ▄▄········▄▄▄▄▄▄▄▄▄▄▄▄▄▄ up ▄▄▄▄▄▄▄▄▄▄▄▄▄▄ up",
        "                   13:15       13:30       13:45",
    ]


def test_without_blocks_every_severity_has_a_sign_of_its_own() -> None:
    assert picture(draw_states([DATABASE, CACHE], TIME, 60, 3, DARK, ASCII)) == [
        "Database ====== up ======##### DOWN #####====== up ====== up",
        "Cache    == up ==........============== up ============== up",
        "                   13:15       13:30       13:45",
    ]


def test_the_shortest_outage_stays_seen_over_a_day() -> None:
    day = 86_400.0
    minute = Stretch(START + 30_000, START + 30_060, "DOWN", DOWN, 4)
    calm = (Stretch(START, START + 30_000, "up", UP), minute, Stretch(START + 30_060, START + day, "up", UP))
    cells = cells_of(calm, START, START + day, 50)
    assert [index for index, cell in enumerate(cells) if cell == 1] == [17]
    assert None not in cells


def test_of_equally_bad_states_the_longer_one_has_the_cell() -> None:
    ready = (Stretch(0, 4, "a", UP), Stretch(4, 10, "b", UP))
    assert cells_of(ready, 0, 10, 1) == [1]
    assert cells_of(ready, 0, 10, 2) == [0, 1]


def test_what_lies_outside_the_window_has_no_cell() -> None:
    assert cells_of((Stretch(-20, -10, "a", UP), Stretch(30, 40, "b", UP)), 0, 10, 4) == [None] * 4
    assert cells_of((Stretch(0, 1, "a", UP),), 10, 10, 4) == [None] * 4


def test_equal_neighbours_become_one_and_a_gap_stays() -> None:
    found = joined_stretches((up(0, 1), up(1, 2), up(5, 6), down(6, 7), down(7, 8)), 30)
    assert found == (up(0, 2), up(5, 6), down(6, 8))


def test_strips_that_have_no_room_are_counted_and_the_chosen_one_is_seen() -> None:
    many = [replace(CACHE, key=str(at), name=f"cache-{at}") for at in range(9)]
    assert picture(draw_states(many, replace(TIME, more=3), 40, 4, DARK))[2].startswith("+10 more")
    last = picture(draw_states(many, replace(TIME, chosen="8"), 40, 4, DARK))
    assert [row[:7] for row in last[:2]] == ["cache-7", "cache-8"]


def test_the_cursor_stands_across_all_strips_and_names_its_time() -> None:
    rows = picture(draw_states([DATABASE, CACHE], replace(TIME, cursor=START + 1800), 60, 3, DARK))
    assert [row.index("│") for row in rows[:2]] == [33, 33]
    assert " 13:30 " in rows[2]


def test_what_happened_stands_where_nothing_is_covered_and_at_the_foot() -> None:
    marks = (
        Marker(START + 780, kind="deploy", text="v2.20"),
        Marker(START + 2700, kind="incident", text="pool\x1b[2J"),
    )
    marked = replace(TIME, markers=marks)
    assert picture(draw_states([DATABASE, CACHE], marked, 60, 4, DARK)) == [
        "Database ▄▄▄▄▄▄ up ▄▄▄▄▄▄█████ DOWN █████▄▄▄▄▄▄ up ▄▄▄▄▄▄ up",
        "                   ┊ v2.20                   ┊ pool␛[2J",
        "Cache    ▄▄ up ▄▄········▄▄▄▄▄▄▄▄▄▄▄▄▄▄ up ▄▄▄▄▄▄▄▄▄▄▄▄▄▄ up",
        "                   ⇧           13:30         ‡",
    ]
    assert picture(draw_states([DATABASE, CACHE], marked, 60, 3, DARK, ASCII))[2:] == [
        "                   D           13:30         I"
    ]
    told = picture(draw_states([DATABASE, CACHE], replace(marked, cursor=START + 780), 60, 3, DARK))[2]
    assert told == "          13:13 deploy v2.20   13:30         ‡"


def test_a_mark_and_the_cursor_stand_in_the_cell_of_the_state_of_their_moment() -> None:
    for minute in range(60):
        at = START + 60 * minute + 30
        alone = [replace(DATABASE, stretches=(Stretch(at, at, "", DARK.critical, 4),))]
        marked = replace(TIME, markers=(Marker(at, kind="deploy", text=""),))
        cell = picture(draw_states(alone, TIME, 60, 3, DARK))[0].index("█")
        assert picture(draw_states(alone, marked, 60, 3, DARK))[2].index("⇧") == cell
        assert picture(draw_states(alone, replace(TIME, cursor=at), 60, 3, DARK))[0].index("│") == cell


def mark(name: str, word: str = "up") -> Mark:
    return Mark(name, name, word, "✔", DARK.ok) if word == "up" else Mark(name, name, word, "✖", DARK.critical, 4)


FOUR = [mark("API"), mark("Database"), mark("Cache"), mark("Queue", "DOWN")]


def test_marks_use_the_room_there_is() -> None:
    assert picture(draw_marks(FOUR, 32, 5, DARK)) == [
        "✔ API        up  ✔ Database   up",
        "✔ Cache      up  ✖ Queue    DOWN",
        "",
        "",
        "",
    ]
    assert picture(draw_marks(FOUR[2:], 60, 6, DARK)) == [
        " ✔ Cache                       ✖ Queue",
        "",
        " █ █ █▀█                       █▀▄ █▀█ █   █ █▄ █",
        " █ █ █▀▀                       █ █ █ █ █▄▀▄█ █ ▀█",
        " ▀▀▀ ▀                         ▀▀  ▀▀▀ ▀   ▀ ▀  ▀",
        "",
    ]


def test_the_worst_is_named_where_there_is_no_room_for_all() -> None:
    assert picture(draw_marks(FOUR, 18, 3, DARK)) == ["✖ 1 DOWN: Queue", "✖ Queue       DOWN", "+3 more up"]
    assert picture(draw_marks(FOUR, 30, 1, DARK)) == ["✖ 1 DOWN: Queue  ✔ 3 up"]


def test_hundreds_are_counted_and_a_chosen_one_has_a_place() -> None:
    many = [mark(f"svc-{at}", "DOWN" if at == 70 else "up") for at in range(300)]
    rows = picture(draw_marks(many, 40, 4, DARK, more=12))
    assert rows[0] == "✖ 1 DOWN: svc-70  ✔ 299 up  +12"
    assert rows[1].startswith("✖ svc-70")
    assert rows[3].endswith("+307 more")
    grid = grid_of(many, 40, 4, "svc-299")
    assert 299 in grid.order
    assert grid.left == 300 - len(grid.order)


numbers = st.floats()
texts = st.text(max_size=12)


@given(
    st.lists(st.tuples(numbers, numbers, texts, st.integers(0, 4), st.booleans()), max_size=8),
    st.integers(0, 90),
    st.integers(0, 20),
    st.sampled_from([UNICODE, ASCII]),
    st.none() | numbers,
)
def test_strips_and_marks_of_anything_have_their_size(found, columns, rows, charset, cursor) -> None:  # type: ignore[no-untyped-def]
    stretches = tuple(Stretch(a, b, "w" * len(c), UP, d, e) for a, b, c, d, e in found if a == a and b == b)
    strips = [Strip(str(at), c, stretches, "n", UP) for at, (_, _, c, _, _) in enumerate(found)]
    drawn = draw_states(strips, Timeline(START, TWO, cursor=cursor, more=len(found)), columns, rows, DARK, charset)
    assert (drawn.width, drawn.height) == (columns, rows)
    marks = [Mark(str(at), "n" * len(c), "w" * at, "✔", UP, d) for at, (_, _, c, d, _) in enumerate(found)]
    drawn = draw_marks(marks, columns, rows, DARK, charset, chosen="3", more=len(found) % 2)
    assert (drawn.width, drawn.height) == (columns, rows)
