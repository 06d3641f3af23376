"""Text from strangers, on its way to a cell."""

from __future__ import annotations

import unicodedata

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from noc.charts.canvas import Canvas
from noc.model.text import clean, clean_lines, fit, truncate, width

WILD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(list("\x00\x1b\x9b\x07\n\r\t\u202e\u2066\u200b\u200d\ufe0f\ufeff\u0301\u0300\U000e0041")),
        st.sampled_from(list("👩👍🏽❤世界한\u1161\u20e31🇩🇪\ud800\udfff\u2028\u3000…‹›×")),
    ),
    max_size=60,
)
FORBIDDEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", ""),
        ("plain [bold]markup[/bold] & <b>", "plain [bold]markup[/bold] & <b>"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b2J", "‹U+009B›2J"),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("tab\tstop", "tab stop"),
        ("one\ntwo\r\nthree\n", "one⏎two⏎three"),
        ("over\rwrite", "over␍write"),
        ("a\u2028b\u2029c", "a⏎b⏎c"),
        ("user\u202etxt.exe", "user‹U+202E›txt.exe"),
        ("\u2066iso\u2069", "‹U+2066›iso‹U+2069›"),
        ("zero\u200bwidth", "zero‹U+200B›width"),
        ("\ufeffbom", "‹U+FEFF›bom"),
        ("tag\U000e0041", "tag‹U+E0041›"),
        ("half\ud83d", "half‹U+D83D›"),
        ("soft\xadhyphen", "soft‹U+00AD›hyphen"),
        ("filler\u3164", "filler‹U+3164›"),
        ("\u200b" * 40, "‹U+200B›×40"),
        ("nbsp\xa0and\u3000wide", "nbsp and  wide"),
        ("cafe\u0301", "café"),
        ("\u0301mark first", "‹U+0301›mark first"),
        ("\u0301\u0302\u0301", "‹U+0301›‹U+0302›‹U+0301›"),
        ("\x1b\u0301\u0302", "␛‹U+0301›‹U+0302›"),
        ("Z" + "\u0335" * 9 + "!", "Z\u0335\u0335‹+7›!"),
        ("👩\u200d👩\u200d👧", "👩👩👧"),
        ("❤\ufe0f ⚠\ufe0f 1\ufe0f\u20e3", "❤ ⚠ 1"),
        ("a\u200db", "a‹U+200D›b"),
        ("a\ufe0fb", "a‹U+FE0F›b"),
        ("👍🏽", "👍"),
        ("👍🏽🏿👋🏻", "👍👋"),
        ("☝🏽 a🏽 🏽", "☝ a‹U+1F3FD› ‹U+1F3FD›"),
        ("👩🏽\u200d🚀", "👩🚀"),
        ("🏳\ufe0f\u200d🌈", "🏳🌈"),
        ("世界 🇩🇪", "世界 DE"),
        ("🇩🇩🇩🇩", "DDDD"),
        ("text\ufe0estyle", "text‹U+FE0E›style"),
        ("≠\ufe0f=\ufe0f\u0338", "≠≠"),
        ("\u1112\u1161\u11ab", "한"),
        ("\u1112\u1161\ua97c", "하ꥼ"),
        ("a\u1161\u11ab", "a‹U+1161›‹U+11AB›"),
        ("\u115f\u1160", "‹U+115F›‹U+1160›"),
        ("हिन्दी", "हिन्दी"),
        ("\u0e01\u0e33\u0e25\u0e31\u0e07 \u0e17\u0e35\u0e48", "\u0e01\u0e33\u0e25\u0e31\u0e07 \u0e17\u0e35\u0e48"),
        ("a\u20dd", "a\u20dd"),
        ("blank\u2800braille", "blank braille"),
        ("null\U0001d159note", "null‹U+1D159›note"),
        ("object\ufffc", "object‹U+FFFC›"),
        ("lost\ufffd", "lost\ufffd"),
        ("private\ue0b0\U000f0001", "private‹U+E0B0›‹U+F0001›"),
        ("never\ufdd0\uffff\U0010ffff", "never‹U+FDD0›‹U+FFFF›‹U+10FFFF›"),
        ("none yet\u0378", "none yet‹U+0378›"),
        ("verse\ufdfd", "verse‹U+FDFD›"),
        ("\ufff9base\ufffagloss\ufffb", "‹U+FFF9›base‹U+FFFA›gloss‹U+FFFB›"),
        ("variation\U000e0100", "variation‹U+E0100›"),
        ("law\u2069\u061c", "law‹U+2069›‹U+061C›"),
        ("bytes \udcff\udc80", "bytes ‹U+DCFF›‹U+DC80›"),
        ("\x85next", "‹U+0085›next"),
        ("ﬁne ﷲ", "ﬁne ﷲ"),
        ("שלום 12", "שלום 12"),
    ],
)
def test_outside_text_becomes_what_can_be_seen(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(WILD)
def test_nothing_unseen_survives(text: str) -> None:
    assert not {unicodedata.category(char) for char in clean(text)} & FORBIDDEN


ALL = [chr(code) for code in (*range(0x20000), *range(0xE0000, 0xE0200), *range(0x10FF00, 0x110000))]
"""Every character, less the planes that hold only Han, nothing, or what is private."""


def test_whatever_character_it_is_one_sees_it_between_its_neighbours_and_it_takes_the_room_that_is_measured() -> None:
    for char in ALL:
        shown = clean(f"a{char}b")
        if len(shown) == 2 or width(shown) == 2:  # a mark: it joins the character before it, as an accent of two cells
            assert unicodedata.category(char)[0] == "M" and width(shown) == 2, ascii(char)
        else:
            assert shown[0] == "a" and shown[-1] == "b" and width(shown) > 2, ascii(char)
        assert not {unicodedata.category(one) for one in shown} & FORBIDDEN, ascii(char)


def test_what_is_shown_is_as_wide_as_a_terminals_own_table_has_it() -> None:
    differing = {char for char in ALL for one in clean(char) if cell_len(one) != max(0, wcwidth(one))}
    assert differing == set()


@given(WILD)
def test_a_terminal_gives_clean_text_exactly_its_width(text: str) -> None:
    line = clean(text)
    screen = pyte.Screen(max(2, width(line) + 2), 2)
    stream = pyte.Stream(screen)
    for char in line + "|":  # one by one: of a text, pyte drops what follows a mark that Unicode gives no class
        stream.feed(char)
    assert (screen.cursor.x, screen.cursor.y) == (width(line) + 1, 0)


@given(WILD)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(WILD, st.integers(1, 30))
def test_the_limit_is_in_cells_and_holds_for_a_second_pass(text: str, limit: int) -> None:
    short = clean(text, limit)
    assert width(short) <= limit
    assert clean(short, limit) == short


@given(WILD)
def test_the_canvas_gives_clean_text_exactly_its_width(text: str) -> None:
    line = clean(text)
    canvas = Canvas(width(line) + 1, 1)
    assert canvas.put(0, 0, line + "|") == width(line) + 1
    assert canvas.chars[0][-1] == "|"
    assert sum(map(width, canvas.text())) == width(line) + 1


@given(WILD, st.integers(-2, 20), st.sampled_from(["end", "middle"]))
def test_truncated_text_is_never_wider(text: str, cells: int, where: str) -> None:
    line = clean(text)
    short = truncate(line, cells, where)
    assert width(short) <= max(0, cells)
    if width(line) <= cells:
        assert short == line


@given(WILD, st.integers(0, 20), st.sampled_from(["left", "right", "center"]))
def test_fitted_text_is_exactly_as_wide(text: str, cells: int, align: str) -> None:
    assert width(fit(clean(text), cells, align)) == cells
    assert width(fit(text, cells, align)) == cells


@pytest.mark.parametrize(
    ("text", "cells", "where", "expected"),
    [
        ("gateway-01", 10, "end", "gateway-01"),
        ("gateway-01", 6, "end", "gatew…"),
        ("gateway-01", 6, "middle", "ga…-01"),
        ("/var/log/nginx/access.log", 12, "middle", "/var/…ss.log"),
        ("世界世界", 4, "end", "世…"),
        ("世界世界", 5, "end", "世界…"),
        ("世界世界", 6, "middle", "世…界"),
        ("abc", 1, "end", "…"),
        ("abc", 1, "middle", "…"),
        ("abc", 0, "end", ""),
        ("x\u0335yz", 2, "end", "x\u0335…"),
    ],
)
def test_what_is_cut_and_where(text: str, cells: int, where: str, expected: str) -> None:
    assert truncate(text, cells, where) == expected


@pytest.mark.parametrize(
    ("text", "cells", "align", "expected"),
    [
        ("ab", 5, "left", "ab   "),
        ("ab", 5, "right", "   ab"),
        ("ab", 5, "center", " ab  "),
        ("世", 3, "right", " 世"),
        ("世界", 3, "left", "世…"),
        ("世界", 2, "left", "… "),
    ],
)
def test_padding_goes_to_the_other_side(text: str, cells: int, align: str, expected: str) -> None:
    assert fit(text, cells, align) == expected


def test_a_long_line_ends_in_an_ellipsis() -> None:
    assert clean("x" * 50, 10) == "xxxxxxxxx…"


def test_megabytes_of_noise_stay_bounded() -> None:
    assert width(clean("\x1b\u202e" * 1_000_000)) == 4096
    assert clean("\u0301" * 5_000_000) == "‹U+0301›×16384…"


def test_lines_are_cleaned_one_by_one() -> None:
    assert clean_lines("a\x1bb\r\nc\td\n\ne\n") == ["a␛b", "c d", "", "e"]


def test_lines_beyond_the_last_are_counted() -> None:
    assert clean_lines("1\n2\n3\n4\n5", max_lines=3) == ["1", "2", "… 3 more lines"]
    assert clean_lines("1\n2\n3", max_lines=3) == ["1", "2", "3"]
