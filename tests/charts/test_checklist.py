"""The list of checks by its exact text: what stands beside a row, what beneath it, and what gives way first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.charts.charset import ASCII
from noc.charts.checklist import CheckLine, Widths, arrange, draw_checklist, widths_of
from tests.palettes import DARK

GOOD = CheckLine("a", "/health", "✔", DARK.ok, "34 ms", "of 100 ms", "200", (True,) * 30)
WORDS = "since 4 m · status 503 · calcom.reachable is false"
BAD = CheckLine(
    "b", "/health/calcom", "▲", DARK.high, "5.03 s", "", "503", (True, True, False, False), WORDS, rank=3
)  # fmt: skip
SOON = CheckLine("c", "/api/zeitinfo", "◆", DARK.medium, "27 ms", "", "200", (True,) * 4, "certificate ends in 9 d", 2)
THREE = [GOOD, BAD, SOON]


def drawn(lines: list[CheckLine], columns: int, rows: int, **more: object) -> list[str]:
    return draw_checklist(lines, columns, rows, DARK, **more).text().split("\n")  # type: ignore[arg-type]


def test_on_a_wide_card_everything_stands_in_one_row() -> None:
    assert drawn(THREE, 118, 4) == [
        "                    took            code                    latest",
        "✔ /health          34 ms  of 100 ms  200  ●●●●●●●●●●●●●●●●●●●●●●●●",
        "▲ /health/calcom  5.03 s             503                      ●●○○  " + WORDS,
        "◆ /api/zeitinfo    27 ms             200                      ●●●●  certificate ends in 9 d",
    ]


def test_without_a_column_for_words_they_stand_beneath_their_rows() -> None:
    assert drawn(THREE, 42, 6) == [
        "                    took code       latest",
        "✔ /health          34 ms  200  ●●●●●●●●●●●",
        "▲ /health/calcom  5.03 s  503         ●●○○",
        "  since 4 m · status 503 · calcom.reachab…",
        "◆ /api/zeitinfo    27 ms  200         ●●●●",
        "  certificate ends in 9 d",
    ]


def test_the_head_gives_way_to_words_and_the_mildest_words_to_rows() -> None:
    assert drawn(THREE, 42, 4) == [
        "✔ /health          34 ms  200  ●●●●●●●●●●●",
        "▲ /health/calcom  5.03 s  503         ●●○○",
        "  since 4 m · status 503 · calcom.reachab…",
        "◆ /api/zeitinfo    27 ms  200         ●●●●",
    ]


def test_on_a_tall_card_rows_have_air() -> None:
    assert drawn([GOOD, replace(GOOD, key="d")], 30, 5) == [
        "            took code   latest",
        "✔ /health  34 ms  200  ●●●●●●●",
        "",
        "✔ /health  34 ms  200  ●●●●●●●",
        "",
    ]


def test_what_does_not_fit_is_counted_and_the_most_urgent_stays() -> None:
    assert drawn(THREE, 30, 2) == ["▲ /health/calcom   5.03 s  503", "+2 more"]
    assert drawn(THREE, 30, 1) == ["▲ /health/calcom   5.03 s  503"]


def test_lines_that_were_not_even_kept_are_counted_with_the_others() -> None:
    assert drawn(THREE, 30, 2, more=40)[-1] == "+42 more"
    assert drawn([GOOD], 30, 3, more=40)[-1] == "+40 more"


def test_the_cursors_row_is_seen() -> None:
    assert drawn(THREE, 30, 2, cursor="a") == ["✔ /health           34 ms  200", "+2 more"]
    canvas = draw_checklist(THREE, 30, 3, DARK, cursor="b")
    assert [row[0].bg for row in canvas.inks] == [None, DARK.raised, None]


def test_a_long_name_is_cut_in_the_middle_and_numbers_never() -> None:
    long = replace(GOOD, name="https://api.example.com/v2/health/detailed")
    assert drawn([long], 28, 1) == ["✔ https:…etailed  34 ms  200"]


@pytest.mark.parametrize(
    ("columns", "widths"),
    [
        (118, Widths(14, 6, 9, 3, 24, 50)),
        (42, Widths(14, 6, 0, 3, 11, 0)),
        (30, Widths(15, 6, 0, 3, 0, 0)),
        (20, Widths(13, 0, 0, 3, 0, 0)),
        (10, Widths(8)),
        (1, Widths(0)),
    ],
)
def test_what_leaves_first(columns: int, widths: Widths) -> None:
    assert widths_of(THREE, columns) == widths


def test_good_and_failed_differ_by_shape_in_ascii_too() -> None:
    assert drawn([BAD], 42, 1, charset=ASCII) == ["^ /health/calcom         5.03 s  503  ooxx"]


def test_what_is_old_is_paler() -> None:
    fresh, old = (draw_checklist([one], 60, 1, DARK) for one in (BAD, replace(BAD, faded=True)))
    assert fresh.text() == old.text()
    assert fresh.inks[0][0].fg == DARK.high != old.inks[0][0].fg


lines = st.builds(
    CheckLine,
    key=st.text(max_size=3),
    name=st.sampled_from(["/a", "/health/detailed", "字" * 20, ""]),
    glyph=st.just("▲"),
    colour=st.just(DARK.high),
    took=st.sampled_from(["", "34 ms", "–"]),
    bound=st.sampled_from(["", "of 100 ms"]),
    status=st.sampled_from(["", "503"]),
    history=st.lists(st.booleans(), max_size=60).map(tuple),
    words=st.sampled_from(["", "x" * 100, "short"]),
    rank=st.integers(0, 4),
)


@given(st.lists(lines, max_size=12), st.integers(0, 120), st.integers(0, 30))
def test_at_any_size_nothing_is_drawn_twice_and_nothing_is_lost_unsaid(
    found: list[CheckLine], columns: int, rows: int
) -> None:
    canvas = draw_checklist(found, columns, rows, DARK)
    assert (canvas.width, canvas.height) == (columns, rows)
    arranged = arrange(found, columns, rows)
    heights = [place.y for place in arranged.places]
    assert heights == sorted(set(heights))
    assert all(y < rows for y in heights)
    shown = [place.index for place in arranged.places if not place.detail]
    assert len(shown) + arranged.left == len(found)
