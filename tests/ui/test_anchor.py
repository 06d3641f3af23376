"""Columns stand in any terminal, whatever it holds for the width of a character, and no text is obeyed."""

from __future__ import annotations

from collections.abc import Iterable

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip
from wcwidth import wcwidth

from noc.model.text import clean, width
from noc.ui.anchor import anchored, cropped, rendered
from noc.ui.compat import TightUpdate, WholeUpdate

CONSOLE = Console(color_system="truecolor")
RED = Style(color="#ff0000")

WIDTHS = {
    "as measured": lambda char: wcwidth(char),
    "emoji narrow": lambda char: 1 if ord(char) > 0x1F000 else wcwidth(char),
    "marks with a cell of their own": lambda char: max(1, wcwidth(char)),
    "pictures wide": lambda char: 2 if 0x2600 <= ord(char) < 0x2605 or ord(char) > 0x1F000 else wcwidth(char),
}
"""What terminals believe."""


@pytest.mark.parametrize(
    ("text", "x", "sent"),
    [
        ("plain", 0, "plain"),
        ("Zürich │ ⣀⣿▌ ✖ ▲ 漢字 한국 ‹U+202E›", 3, "Zürich │ ⣀⣿▌ ✖ ▲ 漢字 한국 ‹U+202E›"),
        ("a👍b", 0, "a  \x1b[2G👍\x1b[4Gb"),
        ("a👍b", 10, "a  \x1b[12G👍\x1b[14Gb"),
        ("👍👍", 0, "    \x1b[1G👍👍\x1b[5G"),
        ("e\u0301.", 0, "e\u0301\x1b[2G."),
        ("漢\u0301.", 0, "漢\u0301\x1b[3G."),
        ("का|", 0, " \x1b[1Gका\x1b[2G|"),
        ("1\x1b]0;t\x07", 0, "1\x1b[2G]0;t\x1b[6G"),
        ("a\u202eb\x9b\u200bc", 0, "a\x1b[2Gb\x1b[3Gc"),
        ("a\u3000b", 0, "a  \x1b[2G  \x1b[4Gb"),
        ("\ud800|", 0, " \x1b[1G \x1b[2G|"),
    ],
)
def test_what_is_not_as_wide_everywhere_stands_between_two_moves(text: str, x: int, sent: str) -> None:
    assert anchored(text, x) == sent


def test_a_sure_strip_is_rendered_as_ever() -> None:
    strip = Strip([Segment("load ▌ 84 %", RED), Segment(" 漢")])
    assert rendered(strip, 5, CONSOLE) == strip.render(CONSOLE) == "\x1b[38;2;255;0;0mload ▌ 84 %\x1b[0m 漢"


def test_columns_are_counted_over_the_segments_of_a_strip() -> None:
    strip = Strip([Segment("漢👍", RED), Segment("👍|")])
    assert rendered(strip, 2, CONSOLE) == (
        "\x1b[38;2;255;0;0m漢  \x1b[5G👍\x1b[7G\x1b[0m  \x1b[7G👍\x1b[9G|"
    )  # fmt: skip


@pytest.mark.parametrize("believed", WIDTHS)
@given(
    text=st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from(list("👍🏽👩❤☂☕हिन्दी漢한é\u0301 a"))), max_size=20
    )
)
def test_what_follows_stands_in_its_column_whatever_a_terminal_believes(believed: str, text: str) -> None:
    shown = clean(text)
    screen = pyte.Screen(width(shown) + 12, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pyte.screens.wcwidth", WIDTHS[believed])
        pyte.Stream(screen).feed(rendered(Strip([Segment(f"before {shown}"), Segment("|end")]), 0, CONSOLE))
    row = screen.buffer[0]
    left = 7 + width(shown)
    assert "".join(row[x].data for x in range(7)) == "before "
    assert "".join(row[x].data for x in range(left, left + 4)) == "|end"


@given(st.text(max_size=40))
def test_whatever_gets_into_a_strip_only_text_and_moves_within_the_row_get_out(text: str) -> None:
    sent = anchored(text, 0)
    without_moves = "".join(part.partition("G")[2] if index else part for index, part in enumerate(sent.split("\x1b[")))
    assert all(char.isprintable() for char in without_moves)
    screen = pyte.Screen(cell_len(text) + 2, 1)
    pyte.Stream(screen).feed(sent + "|")
    assert screen.buffer[0][cell_len(text)].data == "|"


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        *((0, 6, "ae\u0301漢\u0302👍"), (0, 2, "ae\u0301"), (1, 4, "e\u0301漢\u0302"), (2, 6, "漢\u0302👍")),
        *((4, 6, "👍"), (3, 6, " 👍"), (2, 3, " "), (5, 9, " "), (6, 9, ""), (2, 2, "")),
    ],
)
def test_a_part_of_a_strip_keeps_marks_with_their_bases(left: int, right: int, text: str) -> None:
    strip = Strip([Segment("ae"), Segment("\u0301漢\u0302", RED), Segment("👍")])
    part = cropped(strip, left, right)
    assert (part.text, part.cell_length) == (text, cell_len(text))


def test_both_ways_to_update_a_screen_are_anchored() -> None:
    strip = Strip([Segment("a👍b")])
    tight = TightUpdate([{2: strip}], [(0, 2, 6)], [[6]])
    assert tight.render_segments(CONSOLE) == "\x1b[1;3Ha  \x1b[4G👍\x1b[6Gb"
    whole = WholeUpdate([[strip, strip], [Strip([Segment("c")])]], Region(2, 4, 8, 2))
    assert whole.render_segments(CONSOLE) == (
        "\x1b[5;3Ha  \x1b[4G👍\x1b[6Gba  \x1b[8G👍\x1b[10Gb\x1b[6;3Hc"
    )  # fmt: skip


def test_a_whole_update_is_textuals_own_otherwise() -> None:
    rows: list[Iterable[Strip]] = [[Strip([Segment("plain", RED)])], [Strip([Segment("漢字")])]]
    ours = WholeUpdate(rows, Region(0, 0, 5, 2)).render_segments(CONSOLE)
    assert ours == LayoutUpdate(rows, Region(0, 0, 5, 2)).render_segments(CONSOLE).replace("\n", "")
