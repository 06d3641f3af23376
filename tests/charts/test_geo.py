"""The map: land, marks and words, cell by cell, and where places are on it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.canvas import Ink
from noc.charts.centroids import centroids
from noc.charts.charset import ASCII, UNICODE
from noc.charts.geo import ASPECT, Mark, _middle, _radii, _spot, draw_map
from noc.charts.projection import latitude_at, longitude_at, place
from noc.engine.origin import country_of
from noc.model.palette import Palette
from tests.charts.pictures import picture
from tests.charts.test_any_input import heights, texts, whole, widths
from tests.palettes import DARK

MARKS = [
    Mark("CN", 1.0, DARK.critical, "CN 900", "✖"),
    Mark("US", 0.45, DARK.high, "US 410", "▲"),
    Mark("BR", 0.2, DARK.medium, "BR 150", "◆"),
    Mark("AU", 0.01, DARK.ok, "AU 3"),
]


def test_the_land_is_drawn_in_braille(palette: Palette) -> None:
    assert picture(draw_map([], 60, 12, palette)) == [
        "        ⢀⣤⣤⣤⣠⣤⣰⣶⣅⣦⡺⢻⣄⠈⣹⣿⡿⠟⠁   ⢀⣤⣄⣀⣀⣂⣤⣤⣶⣾⣿⣶⣶⣦⣤⣦⣤⣤⣤⣤⣀⣀",
        "       ⠞⠛⠙⣿⣿⣿⣿⣿⣿⣉⢀⣶⣬⡀ ⠙⠁    ⡀⢚⡿⣸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡟⠛⠉⣟⠁",
        "         ⢀⣿⣿⣿⣿⣿⣿⣿⣿⠿⠉⠃      ⣀⣷⡿⡿⣿⡿⠟⢿⡟⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⢀",
        "         ⢸⣿⣿⣿⣿⣿⡿⠏          ⣛⣥⣤⡈⢘⠙⠛⣿⣿⣼⣿⣿⣿⣿⣿⣿⣿⣿⣿⣯⡉⠄⠠",
        "          ⠹⣿⡏⠉⠈⠃         ⢠⣾⣿⣿⣿⣿⣿⣿⣿⢻⣿⣍⣟⠛⢿⣿⣿⡿⣿⣿⣿⡿⠇",
        "           ⠉⠓⠿⡄ ⣀        ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣧⡿⡛⠁  ⢹⡏ ⠈⠻⢷  ⠂",
        "               ⣽⣿⣿⣷⣆      ⠙⠛⠉⢛⣿⣿⣿⣿⣿⡿⠃       ⢠⡆⢀⣴⠈",
        "              ⠘⢿⣿⣿⣿⣿⣿⣶⠄       ⢻⣿⣿⣿⣏          ⠙⠨⠁⠁ ⠁⠳⠆",
        "               ⠈⢻⣿⣿⣿⣿⡟        ⢾⣿⣿⣿⠛⢰⠇          ⣀⣴⣾⣷⣼⡄",
        "                ⠈⣿⣿⣿⠇         ⠘⣿⣿⠏ ⠈          ⢸⣿⡿⢿⣿⣿⡿",
        "                 ⢿⡟⠃                              ⠛⠋  ⡀⠐",
        "                 ⠘⢇",
    ]


def test_marks_have_words_beside_them(palette: Palette) -> None:
    assert picture(draw_map(MARKS, 60, 12, palette)) == [
        "        ⢀⣤⣤⣤⣠⣤⣰⣶⣅⣦⡺⢻⣄⠈⣹⣿⡿⠟⠁   ⢀⣤⣄⣀⣀⣂⣤⣤⣶⣾⣿⣶⣶⣦⣤⣦⣤⣤⣤⣤⣀⣀",
        "       ⠞⠛⠙⣿⣿⣿⣿⣿⣿⣉⢀⣶⣬⡀ ⠙⠁    ⡀⢚⡿⣸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡟⠛⠉⣟⠁",
        "         ⢀⣿⣿⣿⣿⣿⣿⣿⣿⠿⠉⠃      ⣀⣷⡿⡿⣿⡿⠟⢿⡟⣿⣿⣿⣿⣿⣿⣿⢀⣀⡀⣿⣿⡿⢀",
        "         ⢸⣿⠰▲⠆⣿US 410      ⣛⣥⣤⡈⢘⠙⠛⣿⣿⣼⣿⣿⣿⣿⣿⣿⣿✖⣿⣯CN 900",
        "          ⠹⣿⡏⠉⠈⠃         ⢠⣾⣿⣿⣿⣿⣿⣿⣿⢻⣿⣍⣟⠛⢿⣿⣿⡿⠈⠉⠁⡿⠇",
        "           ⠉⠓⠿⡄ ⣀        ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣧⡿⡛⠁  ⢹⡏ ⠈⠻⢷  ⠂",
        "               ⣽⣿⣿⣷⣆      ⠙⠛⠉⢛⣿⣿⣿⣿⣿⡿⠃       ⢠⡆⢀⣴⠈",
        "              ⠘⢿⣿⣿⣿⣿⣿⣶⠄       ⢻⣿⣿⣿⣏          ⠙⠨⠁⠁ ⠁⠳⠆",
        "               ⠈⢻⣿⣿⣿◆⡟BR 150  ⢾⣿⣿⣿⠛⢰⠇          ⣀⣴⣾⣷⣼⡄",
        "                ⠈⣿⣿⣿⠇         ⠘⣿⣿⠏ ⠈          ⢸⣿⡿⢿•⣿AU 3",
        "                 ⢿⡟⠃                              ⠛⠋  ⡀⠐",
        "                 ⠘⢇",
    ]


def test_a_small_map_in_ascii(palette: Palette) -> None:
    assert picture(draw_map(MARKS, 50, 10, palette, ASCII)) == [
        "        .. .... . ....       ........... .",
        "        ...... ..       ................",
        "        ..^.US 410     ..............x.CN 900",
        "        ...           ..................",
        "                     ..........   .  .",
        "             ...         .....         .",
        "             ...*.BR 150 ....",
        "              ....       ...           ..o.AU 3",
        "              ..                          .",
        "",
    ]


def test_a_mark_has_the_colour_of_its_country(palette: Palette) -> None:
    canvas = draw_map(MARKS[:1], 60, 12, palette)
    at = next(x for x, char in enumerate(canvas.chars[3]) if char == "✖")
    assert canvas.inks[3][at] == Ink(fg=palette.critical, bold=True)
    assert canvas.inks[3][at - 1] == Ink(fg=palette.critical)


def test_the_chosen_mark_is_turned_inside_out_and_named_first(palette: Palette) -> None:
    chosen = Mark("JP", 0.01, palette.low, "JP 1", "●", chosen=True)
    canvas = draw_map([*MARKS, chosen], 60, 12, palette)
    assert "JP 1" in canvas.text()
    assert Ink(fg=palette.surface, bg=palette.low, bold=True) in [ink for row in canvas.inks for ink in row]
    assert Ink(fg=palette.text, bg=palette.raised, bold=True) in [ink for row in canvas.inks for ink in row]


def test_of_two_marks_in_one_cell_the_greater_is_seen_and_words_never_meet(palette: Palette) -> None:
    both = [Mark("BE", 1.0, palette.critical, "BE 9", "✖"), Mark("LU", 0.1, palette.ok, "LU 1")]
    text = draw_map(both, 24, 5, palette).text()
    assert "✖" in text
    assert "●" not in text
    assert text.count("BE 9") == 1


def test_discs_stand_apart_and_the_smaller_ones_give_way(palette: Palette) -> None:
    crowd = ("DE", "FR", "AT", "CH", "GB", "PL")
    placed = [
        (Mark(code, 1.0, palette.high, code), spot) for code in crowd if (spot := _spot(code, 110, 22)) is not None
    ]
    radii = _radii(placed, 110)
    assert radii[0] == 5.5
    middles = [_middle(spot) for _, spot in placed]
    for at, radius in enumerate(radii):
        assert radius <= radii[0]
        for other in range(at):
            gap = math.dist(middles[at], middles[other]) - radius - radii[other]
            assert gap >= 1.99 or radius == 0.9


def test_in_a_crowd_the_greatest_have_their_words(palette: Palette) -> None:
    crowd = [
        ("DE", 1.0),
        ("CH", 0.5),
        ("AT", 0.42),
        ("FR", 0.3),
        *((code, 0.05) for code in ["DK", "NL", "BE", "LU", "CZ", "PL", "IT"]),
    ]
    marks = [Mark(code, amount, palette.high, f"{code} {amount:.0%}") for code, amount in crowd]
    text = draw_map(marks, 110, 22, palette).text()
    assert [words for words in ("DE 100%", "CH 50%", "AT 42%") if words not in text] == []


def test_a_country_that_is_on_no_map_has_no_mark(palette: Palette) -> None:
    nothing = draw_map([], 40, 8, palette)
    for code in ("AQ", "ZZ", "", "de"):
        assert draw_map([Mark(code, 1.0, palette.high, "x")], 40, 8, palette).text() == nothing.text()


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [(0.0, 11.0, (0.5, 0.5723)), (78.0, 11.0, (0.5, 0.0)), (-56.0, 11.0, (0.5, 1.0)), (0.0, -168.9, (0.0003, 0.5723))],
)
def test_a_place_in_degrees_has_a_place_on_the_map(
    latitude: float, longitude: float, expected: tuple[float, float]
) -> None:
    assert place(latitude, longitude) == pytest.approx(expected, abs=1e-3)


def test_beyond_the_edges_nothing_has_a_place() -> None:
    assert place(79.0, 0.0) is None
    assert place(-80.0, 0.0) is None
    assert longitude_at(0.0, 60.0) is None


@given(st.floats(-55.9, 77.9), st.floats(-168.9, 179.9))
def test_the_way_back_leads_to_where_it_came_from(latitude: float, longitude: float) -> None:
    at = place(latitude, longitude)
    assert at is not None
    assert latitude_at(at[1]) == pytest.approx(latitude, abs=1e-6)
    back = longitude_at(at[0], latitude)
    assert back is not None
    assert (back - longitude + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


def test_every_country_but_the_two_without_people_has_a_place() -> None:
    found = centroids()
    assert len(found) == 247
    assert all(country_of(code) is not None for code in found)
    assert all(place(*at) is not None for at in found.values())
    assert {code: found[code] for code in ("DE", "US", "AU", "RU")} == {
        "DE": (51.6, 10.0),
        "US": (39.7, -100.0),
        "AU": (-24.6, 136.1),
        "RU": (58.4, 99.3),
    }


def test_large_countries_stand_on_land(palette: Palette) -> None:
    plain = draw_map([], 147, 30, palette)
    for code in ("US", "CA", "BR", "AR", "DE", "FR", "UA", "RU", "CN", "IN", "AU", "NG", "CD", "ZA", "SA", "KZ"):
        at = place(*centroids()[code])
        assert at is not None
        assert plain.chars[int(at[1] * 30)][int(at[0] * 147)] == "⣿", code


def test_the_map_keeps_its_shape() -> None:
    assert pytest.approx(4.9, abs=0.05) == ASPECT


def test_maps_of_anything_have_their_size() -> None:
    marks = st.builds(
        Mark,
        st.sampled_from([*centroids(), "AQ", "?"]),
        st.floats(0, 1),
        st.just(DARK.ok),
        texts,
        st.sampled_from(["", "✖", "字"]),
        st.booleans(),
    )

    @settings(max_examples=60, deadline=None)
    @given(st.lists(marks, max_size=30), widths, heights, st.sampled_from([UNICODE, ASCII]))
    def check(found, width, height, charset) -> None:  # type: ignore[no-untyped-def]
        whole(draw_map(found, width, height, DARK, charset), width, height)

    check()
