"""What is sent for a style at each depth, and a picture of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from noc.charts.canvas import Canvas, Ink
from noc.model.colour import blend
from noc.model.depth import Depth
from noc.picture.frame import Frame
from noc.ui.anchor import rendered
from noc.ui.depth import Inks, as_shown
from tests.palettes import DARK as PALETTE

TRUE, FULL, SIXTEEN, NONE = (Inks(depth, PALETTE) for depth in Depth)
CONSOLE = Console(color_system="truecolor")


def style(front: str, back: str, **more: bool) -> Style:
    return Style(color=front, bgcolor=back, **more)  # type: ignore[arg-type]


CRITICAL = style(PALETTE.critical, PALETTE.surface, bold=True)


def test_24_bits_are_sent_as_they_are_drawn() -> None:
    assert TRUE.sgr(CRITICAL) == "1;38;2;242;73;92;48;2;23;27;33"
    strip = Strip([Segment("load ▌ 84 %", CRITICAL), Segment(" 漢", Style(italic=True, underline=True, reverse=True))])
    assert rendered(strip, 5, CONSOLE, TRUE) == strip.render(CONSOLE)


def test_256_colours_are_sent_by_number() -> None:
    assert FULL.sgr(CRITICAL) == "1;38;5;203;48;5;234"


def test_sixteen_colours_are_sent_by_the_oldest_codes() -> None:
    assert SIXTEEN.sgr(CRITICAL) == "1;91;40"
    assert SIXTEEN.sgr(style(PALETTE.text, PALETTE.raised)) == "97;44"


def test_without_colours_only_bold_underline_and_reverse_are_sent() -> None:
    assert NONE.sgr(CRITICAL) == "1"
    assert NONE.sgr(style(PALETTE.text, PALETTE.surface, dim=True, italic=True)) == ""
    assert NONE.written("ok", style(PALETTE.ok, PALETTE.surface)) == "ok"
    assert NONE.sgr(style("#000000", PALETTE.critical)) == "7"


def test_without_colours_the_focus_and_the_cursor_are_reversed_and_a_quiet_band_is_underlined() -> None:
    assert NONE.sgr(style(PALETTE.text, PALETTE.raised, bold=True)) == "1;7"
    assert NONE.sgr(style(PALETTE.text, blend(PALETTE.accent, PALETTE.surface, 0.25))) == "7"
    assert NONE.sgr(style(PALETTE.muted, blend(PALETTE.raised, PALETTE.surface, 0.6))) == "4"
    assert NONE.sgr(style(PALETTE.text, PALETTE.raised, reverse=True)) == ""


@pytest.mark.parametrize("colour", PALETTE.ramp)
def test_without_colours_a_tile_shows_the_shade_that_it_is_drawn_with(colour: str) -> None:
    assert NONE.sgr(style(colour, colour)) == ""


@pytest.mark.parametrize("role", ["low", "medium", "high", "critical"])
def test_without_colours_a_state_is_bold(role: str) -> None:
    assert NONE.sgr(style(getattr(PALETTE, role), PALETTE.surface)) == "1"


def test_lighter_words_of_a_state_keep_its_colour_and_pictures_of_old_data_are_grey() -> None:
    overdue = blend(PALETTE.critical, PALETTE.text, 0.5)
    assert SIXTEEN.sgr(style(overdue, PALETTE.surface)) == "91;40"
    old = blend(PALETTE.critical, PALETTE.surface, 0.45)
    assert SIXTEEN.sgr(style(old, PALETTE.surface)) == "90;40"


def test_a_title_in_trouble_stands_on_the_colour_of_its_state_and_can_be_read() -> None:
    tinted = blend(PALETTE.critical, PALETTE.surface, 0.22)
    assert SIXTEEN.sgr(style(PALETTE.text, tinted, bold=True)) == "1;97;41"
    assert SIXTEEN.sgr(style(PALETTE.critical, tinted)) == "97;41"


@pytest.mark.parametrize("dark", [True, False])
def test_a_console_that_shows_bold_as_a_brighter_colour_tells_all_states_and_text_apart(dark: bool) -> None:
    palette = replace(PALETTE, dark=dark)
    inks, seen = Inks(Depth.SIXTEEN, palette), set()
    for role in ("text", "muted", "ok", "low", "medium", "high", "critical"):
        codes = inks.sgr(style(getattr(palette, role), palette.surface, bold=role != "muted")).split(";")
        bold, code = codes[0] == "1", int(codes[-2])
        slot = code - 30 if code < 90 else code - 82
        seen.add(slot | 8 if bold else slot)
    assert len(seen) == 7


def test_what_draws_with_blocks_keeps_its_colour_beside_another() -> None:
    both = style(PALETTE.medium, PALETTE.high)
    assert SIXTEEN.written("▀▀", both) == "\x1b[93;43m▀▀\x1b[0m"
    same = style(PALETTE.low, PALETTE.low)
    assert SIXTEEN.written("▀", same) == "\x1b[94;44m▀\x1b[0m"
    assert SIXTEEN.written("█", style(PALETTE.critical, blend(PALETTE.critical, PALETTE.surface, 0.22))).startswith(
        "\x1b[91;41m"
    )


@pytest.mark.parametrize("inks", [FULL, SIXTEEN, NONE], ids=["256", "16", "none"])
def test_no_depth_sends_codes_of_a_deeper_one(inks: Inks) -> None:
    sent = [
        inks.sgr(style(f"#{red:02x}{green:02x}40", f"#20{red:02x}{green:02x}"))
        for red in range(0, 256, 51)
        for green in range(0, 256, 51)
    ]
    allowed = {
        Depth.FULL: r"38;5;\d+;48;5;\d+",
        Depth.SIXTEEN: r"(3|9)[0-7];(4|10)[0-7]",
        Depth.NONE: r"(1|4|7)?(;(4|7))*",
    }[inks.depth]
    assert all(re.fullmatch(allowed, one) for one in sent)


def test_colours_that_are_the_terminals_own_stay_so() -> None:
    assert [inks.sgr(Style(bold=True)) for inks in (TRUE, FULL, SIXTEEN, NONE)] == ["1"] * 4


def test_a_picture_shows_what_such_a_terminal_shows() -> None:
    canvas = Canvas(4, 1, Ink(PALETTE.text, PALETTE.surface))
    canvas.put(0, 0, "ok", Ink(PALETTE.ok, PALETTE.surface))
    frame = Frame(canvas, PALETTE.text, PALETTE.background)
    assert as_shown(frame, SIXTEEN).cells.inks[0] == [Ink("#55ffff", "#000000")] * 2 + [Ink("#ffffff", "#000000")] * 2
    assert as_shown(frame, FULL).cells.inks[0][2] == Ink("#dadada", "#1c1c1c")
    assert as_shown(frame, NONE).cells.inks[0][0] == Ink("#e0e0e0", "#000000")
    assert as_shown(frame, TRUE).cells.inks == canvas.inks
    assert as_shown(frame, SIXTEEN).cells.text() == "ok"
