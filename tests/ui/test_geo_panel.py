"""The map's card by its exact text: which countries, how much, what stands apart; and where a row leads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest

from noc.charts.charset import ASCII, Charset
from noc.engine.origin import Origin
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import severity
from noc.ui.panels.data import PanelData
from noc.ui.panels.geo import arranged, keys, labels, places_of, row_at
from tests.ui.given import NOW, Answers, panel

LABEL = "context_ip_address"
COUNTS = {
    "1.0.0.1": 300.0,
    "1.0.0.2": 100.0,
    "2.0.0.1": 150.0,
    "3.0.0.1": 40.0,
    "10.0.0.3": 60.0,
    "203.0.113.9": 20.0,
    "9.9.9.9": 5.0,
}
LEVELS = [{"above": 100, "severity": "medium"}, {"above": 300, "severity": "critical"}]
ORIGINS = {
    "1.0.0.1": Origin("CN", "China"),
    "1.0.0.2": Origin("CN", "China"),
    "2.0.0.1": Origin("US", "United States"),
    "3.0.0.1": Origin("BR", "Brazil"),
    "10.0.0.3": Origin(note="private"),
    "203.0.113.9": Origin(note="documentation"),
    "9.9.9.9": Origin(),
    "8.8.8.8": Origin("US", "United States"),
}


def found(counts: Mapping[str, float], label: str = LABEL) -> Answers:
    return [({label: value}, [(NOW, count)]) for value, count in counts.items()]


def geo(counts: Mapping[str, float] = COUNTS, charset: Charset | None = None, **written: object) -> PanelData:
    data = panel({"kind": "geo", "title": "Failures", "query": "x", **written}, found(counts))
    return replace(data, look=replace(data.look, origin=ORIGINS.get, charset=charset or data.look.charset))


def nowhere(data: PanelData) -> PanelData:
    """Without a country database: ranges are known, countries are not."""
    notes = {one: Origin(note=origin.note) for one, origin in ORIGINS.items()}
    return replace(data, look=replace(data.look, origin=notes.get))


def text(data: PanelData, columns: int, rows: int) -> list[str]:
    return draw_card(data, columns, rows).text().split("\n")


def test_beside_the_map_stands_the_list() -> None:
    assert text(geo(), 100, 20) == [
        " Failures",
        "                           ⣀⣤⣤⣀⣀⣀⣐⣦⣅⣠⣸⠾⣥ ⢉⣿⣿⡿⠟⠁   ⢀⣠⣄⣀⢀⣀⣀⣤⣴⣶⣾⣿⣶⣦⣦⣤⣤⣤⣤⣀⣀⣀⣀",
        "                         ⠰⠟⠛⠻⣿⣿⣿⣿⣿⣿⡋⠉⣰⣎⡅ ⠘⠋  ⠈⠁⢀ ⢰⡿⢑⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⠛⠛⢻⡛",
        "                            ⢀⣿⣿⣿⣿⣿⣿⣿⣾⣿⡛⠯       ⠁⣷⣾⣿⣿⣿⢿⢿⣿⢿⣿⣿⣿⣿⣿⣿⣿⢀⣀⡀⣿⣿⣷  ⠁",
        "                            ⣾⣿⠰●⠆⣿US 150      ⠠⡿⣋⣁⠑⠹⠻⠶⣾⣿⣎⣿⣿⣿⣿⣿⣿⣿⣿●⣿⣿CN 400",
        "                            ⢸⢿⣿⡟⠛⠛⠏          ⢀⣴⣿⣿⣿⣶⣴⣶⣶⢿⣿⣟⠿⣿⣿⣿⣿⣿⣿⠈⠉⠁⣿⣷ ⠁",
        "                             ⠘⠿⢤⣔ ⠐⠠         ⣺⣿⣿⣿⣿⣿⣿⣿⣿⣧⢻⣿⡿⠃ ⠙⣿⡿⠋⠻⢿⣟⠋⠁⡀",
        "                                ⠈⠣⢤⣶⣤⣄⡀      ⠙⢿⣿⠿⣿⣿⣿⣿⣿⣿⣿⣷    ⠘⠄  ⠈⡙⠁⢀ ⠄",
        "                                 ⢠⣾⣿⣿⣿⣿⣤⣀⡀       ⠰⣿⣿⣿⣿⣿⠟⠁        ⠐⢧⠰⠿  ⠠⣀⡀",
        "                                  ⢻⣿⣿⣿⣿●⣿BR 40    ⢸⣿⣿⣿⣿⡄⢀          ⠁   ⣀⠈⡉⠂",
        "                                   ⠈⣿⣿⣿⣿⠿⠁        ⢹⣿⣿⣿⠏⠠⡏           ⣤⣼⣿⣿⣷⣷⡀",
        "                                    ⣿⣿⣿⠏          ⠈⢿⠿⠋             ⢀⡿⠿⠿⣿⣿⡿⠃",
        "                                    ⢻⣿⠁                                ⠈⠉   ⠄⠂",
        "                                    ⠘⠿⡀",
        " country           count  share",
        " CN China            400  ████████████████████████████████████████████████████████████████████  59%",
        " US United States    150  █████████████████████████▌                                            22%",
        " BR Brazil            40  ██████▊                                                                6%",
        " +3 more",
        " 675 from 7 addresses in 3 countries, 85 in none",
    ]


def test_in_a_tall_card_the_list_stands_beneath() -> None:
    assert text(geo(), 62, 26) == [
        " Failures",
        "         ⢀⣤⣤⣤⣠⣤⣰⣶⣅⣦⡺⢻⣄⠈⣹⣿⡿⠟⠁   ⢀⣤⣄⣀⣀⣂⣤⣤⣶⣾⣿⣶⣶⣦⣤⣦⣤⣤⣤⣤⣀⣀",
        "        ⠞⠛⠙⣿⣿⣿⣿⣿⣿⣉⢀⣶⣬⡀ ⠙⠁    ⡀⢚⡿⣸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡟⠛⠉⣟⠁",
        "          ⢀⣿⣿⣿⣿⣿⣿⣿⣿⠿⠉⠃      ⣀⣷⡿⡿⣿⡿⠟⢿⡟⣿⣿⣿⣿⣿⣿⣿⢀⣀⡀⣿⣿⡿⢀",
        "          ⢸⣿⠰●⠆⣿US 150      ⣛⣥⣤⡈⢘⠙⠛⣿⣿⣼⣿⣿⣿⣿⣿⣿⣿●⣿⣯CN 400",
        "           ⠹⣿⡏⠉⠈⠃         ⢠⣾⣿⣿⣿⣿⣿⣿⣿⢻⣿⣍⣟⠛⢿⣿⣿⡿⠈⠉⠁⡿⠇",
        "            ⠉⠓⠿⡄ ⣀        ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣧⡿⡛⠁  ⢹⡏ ⠈⠻⢷  ⠂",
        "                ⣽⣿⣿⣷⣆      ⠙⠛⠉⢛⣿⣿⣿⣿⣿⡿⠃       ⢠⡆⢀⣴⠈",
        "               ⠘⢿⣿⣿⣿⣿⣿⣶⠄       ⢻⣿⣿⣿⣏          ⠙⠨⠁⠁ ⠁⠳⠆",
        "                ⠈⢻⣿⣿⣿●⡟BR 40   ⢾⣿⣿⣿⠛⢰⠇          ⣀⣴⣾⣷⣼⡄",
        "                 ⠈⣿⣿⣿⠇         ⠘⣿⣿⠏ ⠈          ⢸⣿⡿⢿⣿⣿⡿",
        "                  ⢿⡟⠃                              ⠛⠋  ⡀⠐",
        "                  ⠘⢇",
        " country           count  share",
        " CN China            400  ██████████████████████████████  59%",
        " US United States    150  ███████████▎                    22%",
        " BR Brazil            40  ███                              6%",
        " private              60  ████▌                            9%",
        " documentation        20  █▌                               3%",
        " unknown               5  ▍                                1%",
        "",
        "",
        "",
        "",
        "",
        " 675 from 7 addresses in 3 countries, 85 in none",
    ]


def test_with_thresholds_a_country_has_the_glyph_of_its_severity() -> None:
    assert text(geo(thresholds=LEVELS), 100, 18) == [
        " Failures                                                                                ✖ CRITICAL",
        "                                                                    country         count  share",
        "          ⣀⣤⣄⣀⣀⣀⣲⣬⣁⣄⠷⣯⡀⠉⣿⣿⡿⠿⠁   ⢀⣠⣄⣀⢀⣂⣀⣤⣴⣶⣿⣷⣶⣴⣤⣤⣤⣤⣄⣀⣀⣀           ✖  CN China          400  ███  59%",
        "        ⠶⠟⠛⢻⣿⣿⣿⣿⣿⣟⠉⢁⣶⣉ ⠈⠛⠁ ⠈⠁⢀ ⢰⡿⢙⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠟⠛⢻⡛⠁          ◆  US United Sta…    150  █▏   22%",
        "           ⢸⣿⣿⣿⣿⣿⣿⣷⣿⡟⠻⠄      ⠁⣷⣾⣿⣿⣿⢿⣿⣿⢿⣿⣿⣿⣿⣿⣿⣿⢀⣀⡀⣿⣿⡆ ⠁           ✔  BR Brazil          40  ▎     6%",
        "          ⢰⣿⣿⠰◆⠆⣿US 150      ⠿⣋⣁⠑⠹⠳⠶⣾⣿⣘⣿⣿⣿⣿⣿⣿⣿⣿✖⣿⡛CN 400            private            60  ▌     9%",
        "           ⠿⣿⣿⠟⠛⠻⠁          ⣴⣿⣿⣿⣶⣴⣶⣶⢿⣿⡟⠿⣿⣿⣿⣿⣿⣿⠈⠉⠁⣿⠆⠈                documentation      20  ▏     3%",
        "            ⠸⠿⣤⡆ ⠂         ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣎⢿⣿⠟ ⠈⢹⣿⠟⠉⠿⣿⡋⠉⢀                 unknown             5  ▏     1%",
        "               ⠙⠤⣴⣦⣤⡀      ⠘⢿⣿⡿⣿⣿⣿⣿⣿⣿⣿⡖    ⠛   ⢉⠋ ⡀⠠",
        "                ⣴⣿⣿⣿⣿⣧⣄⡀       ⠰⣿⣿⣿⣿⣿⠏⠁        ⠺⡄⠾⠧  ⢀⣀",
        "                ⠘⣿⣿⣿⣿●⣿BR 40    ⢸⣿⣿⣿⣿               ⣀⡀⠉⠁",
        "                  ⢻⣿⣿⣿⡿⠇        ⢹⣿⣿⣿⠋⢰⠇          ⣠⣴⣿⣿⣷⣿⡄",
        "                  ⢸⣿⣿⡟          ⠈⢿⠿⠃             ⣿⠿⠿⢿⣿⣿⠏",
        "                  ⠸⣿⠋                                ⠍⠁ ⢀ ⠂",
        "                   ⠻⠆",
        "",
        "",
        " 675 from 7 addresses in 3 countries, 85 in none",
    ]


def test_a_small_card_has_the_list_alone() -> None:
    assert text(geo(), 40, 10) == [
        " Failures",
        " country           count  share",
        " CN China            400  ████████  59%",
        " US United States    150  ███       22%",
        " BR Brazil            40  ▊          6%",
        " private              60  █▎         9%",
        " documentation        20  ▍          3%",
        " unknown               5  ▏          1%",
        "",
        " 675 in 3 countries, 85 in none",
    ]


def test_the_smallest_card_still_says_the_first_country() -> None:
    assert text(geo(), 20, 4) == [
        " Failures",
        " country      count",
        " CN China       400",
        " 675, 85 in none",
    ]


def test_in_ascii() -> None:
    assert text(geo(charset=ASCII, thresholds=LEVELS), 90, 18) == [
        " Failures                                                                      ✖ CRITICAL",
        "                           .   ... .  ....         ..........",
        "                           ...... ..         ................. .",
        "                           ..*.US 150      ...................",
        "                           .....          ...   ..........x.CN 400",
        "                            .            ...........  ......",
        "                                ..       ..........",
        "                               ......        .....          .",
        "                                ....o.BR 40  ....             ..",
        "                                 ....         ..            ......",
        "                                 ..                            .",
        "                                  .",
        "    country           count  share",
        " x  CN China            400  #######################################################  59%",
        " *  US United States    150  #####################                                    22%",
        " +  BR Brazil            40  ######                                                    6%",
        " +3 more",
        " 675 from 7 addresses in 3 countries, 85 in none",
    ]


def test_without_a_country_database_it_says_what_to_install_and_lists_addresses() -> None:
    assert text(nowhere(geo()), 80, 12) == [
        " Failures",
        " address      count  share",
        " 1.0.0.1        300  █████████████████████████████████████████████████████  44%",
        " 2.0.0.1        150  ██████████████████████████▌                            22%",
        " 1.0.0.2        100  █████████████████▋                                     15%",
        " 10.0.0.3        60  ██████████▋                                             9%",
        " 3.0.0.1         40  ███████▏                                                6%",
        " 203.0.113.9     20  ███▌                                                    3%",
        " 9.9.9.9          5  ▉                                                       1%",
        "",
        "",
        " 675 from 7 addresses: no country database: pip install 'noc-wall[geo]'",
    ]


def test_with_a_database_that_cannot_serve_it_says_what_is_wrong_with_it() -> None:
    data = geo()
    data = replace(
        data, look=replace(data.look, origin=lambda address: Origin(unknown="the country database is damaged"))
    )
    assert text(data, 80, 12)[-1] == " 675 from 7 addresses: the country database is damaged"


def test_what_counts_nothing_is_left_out() -> None:
    places = places_of(geo({"1.0.0.1": math.nan, "2.0.0.1": math.inf, "3.0.0.1": -4, "10.0.0.3": 0, "9.9.9.9": 2}))
    assert (places.countries, places.total, places.addresses) == ((), 2.0, 1)


def test_codes_of_two_letters_are_countries_themselves() -> None:
    data = panel({"kind": "geo", "query": "x", "by": "country"}, found({"DE": 4, "fr": 3, "XX": 2}, "country"))
    places = places_of(data)
    assert [(place.code, place.name, place.count) for place in places.countries] == [
        ("DE", "Germany", 4.0),
        ("FR", "France", 3.0),
    ]
    assert [(place.name, place.count) for place in places.apart] == [("unknown", 2.0)]
    assert (places.missing, places.addresses) == ("", 0)


def test_the_card_is_in_the_worst_countrys_state_not_in_its_addresses() -> None:
    assert severity(geo(thresholds=LEVELS)) is Severity.CRITICAL
    assert severity(geo({"1.0.0.1": 60.0, "1.0.0.2": 60.0}, thresholds=LEVELS)) is Severity.MEDIUM
    assert severity(geo()) is Severity.OK


def test_countries_beyond_the_top_are_counted() -> None:
    assert "+2 more" in draw_card(geo(top=1), 40, 12).text()


# -- rows and where they lead


def test_rows_are_the_countries_then_what_is_none() -> None:
    assert keys(geo(), 100, 20) == ["geo:CN", "geo:US", "geo:BR", "geo:private", "geo:documentation", "geo:unknown"]


@pytest.mark.parametrize(("columns", "rows"), [(38, 9), (98, 18), (70, 30), (30, 4)])
def test_a_click_finds_the_row_that_is_drawn_there(columns: int, rows: int) -> None:
    data = geo()
    drawn = text(data, columns + 2, rows + 1)[1:]
    names = {"geo:CN": "China", "geo:US": "United", "geo:BR": "Brazil", "geo:private": "private"}
    seen = 0
    for y, line in enumerate(drawn):
        key = row_at(data, columns, rows, y)
        if key in names:
            assert names[key] in line
            seen += 1
    assert seen >= 1
    assert row_at(data, columns, rows, rows + 5) is None


def test_the_chosen_country_is_marked_in_the_list_and_on_the_map() -> None:
    data = replace(geo(), chosen="geo:BR")
    card = draw_card(data, 100, 20)
    raised = [
        (x, y) for y, row in enumerate(card.inks) for x, ink in enumerate(row) if ink.bg == data.look.palette.raised
    ]
    lines = {y for _, y in raised}
    words = {"".join(card.chars[y][x] for x, at in raised if at == y) for y in lines}
    assert any(one.startswith("BR Brazil") for one in words)
    assert "BR 40" in words


def test_a_row_takes_its_country_and_its_addresses_along() -> None:
    data = geo()
    assert labels(data, "geo:CN") == {"country": "CN", LABEL: r"1\.0\.0\.1|1\.0\.0\.2", "address": "1.0.0.1"}
    assert labels(data, "geo:BR") == {"country": "BR", LABEL: "3.0.0.1", "address": "3.0.0.1"}
    assert labels(data, "geo:private") == {"country": "", LABEL: "10.0.0.3", "address": "10.0.0.3"}
    assert labels(data, "geo:ZZ") == {}


def test_a_row_takes_fifty_addresses_at_most_those_with_the_most() -> None:
    data = geo({f"1.0.{n}.1": float(n) for n in range(1, 90)})
    data = replace(data, look=replace(data.look, origin=lambda address: Origin("CN", "China")))
    taken = labels(data, "geo:CN")[LABEL].split("|")
    assert (len(taken), taken[0], taken[-1]) == (50, r"1\.0\.89\.1", r"1\.0\.40\.1")


def test_what_a_stranger_wrote_for_an_address_is_no_expression() -> None:
    assert labels(geo({".*|x": 3.0, "1.0.0.1": 1.0}), "geo:unknown")[LABEL] == r"\.\*\|x"


# -- sizes and costs


@pytest.mark.parametrize(
    ("columns", "rows", "mapped"),
    [(58, 14, True), (57, 14, False), (58, 13, False), (200, 50, True), (20, 3, False)],
)
def test_under_a_card_of_60x16_the_list_replaces_the_map(columns: int, rows: int, mapped: bool) -> None:
    assert bool(arranged(columns, rows, 12, mapped=True)[0][0]) is mapped
    assert arranged(columns, rows, 12, mapped=False) == ((0, 0), (0, 0), (columns, rows))


def test_map_and_list_stand_within_the_card_and_apart() -> None:
    for columns, rows, listed in product(range(58, 220, 9), range(14, 60, 7), (1, 12)):
        (wide, high), (x, y), (width, height) = arranged(columns, rows, listed, mapped=True)
        assert 0 < wide <= columns and 0 < high <= rows
        assert x + width <= columns and y + height <= rows
        assert x >= wide or y >= high
        assert height >= min(3, listed + 1)


def test_an_address_is_looked_up_once_however_often_its_card_is_drawn() -> None:
    asked: list[str] = []

    def origin(address: str) -> Origin:
        asked.append(address)
        return Origin("CN", "China")

    data = geo({f"1.{n // 256}.{n % 256}.7": 1.0 + n for n in range(1000)})
    data = replace(data, look=replace(data.look, origin=origin))
    for chosen in (None, "geo:CN", None):
        moved = replace(data, chosen=chosen)
        draw_card(moved, 100, 30)
        assert [row_at(moved, 98, 29, y) for y in range(29)].count("geo:CN") == 1
    assert len(asked) == 1000
    assert "from 1000 addresses in 1 country" in draw_card(data, 100, 30).text()
