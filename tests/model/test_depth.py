"""How many colours a terminal shows is told from its environment, and a severity keeps a colour of its own in all of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from noc.config.loader import load_theme
from noc.config.paths import Places
from noc.model.ansi import FULL, SEVERITIES, VGA, distance, full, full_slots, ground_slots, ink_slots, nearest, readable
from noc.model.depth import Depth, told
from noc.model.palette import Palette
from tests.config.colour_science import VISIONS, contrast, difference

THEMES = Places.of({}, Path("/nonexistent")).available_themes()


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, Depth.TRUECOLOR),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, Depth.TRUECOLOR),
        ({"TERM": "xterm-256color"}, Depth.FULL),
        ({"TERM": "xterm"}, Depth.FULL),
        ({"TERM": "xterm-kitty"}, Depth.TRUECOLOR),
        ({"TERM": "xterm-direct"}, Depth.TRUECOLOR),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Depth.TRUECOLOR),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Depth.FULL),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/t,1,0"}, Depth.FULL),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/t,1,0", "COLORTERM": "truecolor"}, Depth.TRUECOLOR),
        ({"TERM": "screen", "TMUX": "/tmp/t,1,0"}, Depth.FULL),
        ({"TERM": "screen", "STY": "1.pts"}, Depth.SIXTEEN),
        ({"TERM": "screen", "STY": "1.pts", "COLORTERM": "truecolor"}, Depth.SIXTEEN),
        ({"TERM": "screen.xterm-256color", "STY": "1.pts", "COLORTERM": "truecolor"}, Depth.FULL),
        ({"TERM": "linux"}, Depth.SIXTEEN),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, Depth.SIXTEEN),
        ({"TERM": "rxvt"}, Depth.SIXTEEN),
        ({"TERM": "xterm-16color"}, Depth.SIXTEEN),
        ({}, Depth.SIXTEEN),
        ({"TERM": "dumb"}, Depth.NONE),
        ({"TERM": "vt220"}, Depth.NONE),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, Depth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, Depth.FULL),
    ],
)
def test_the_depth_is_told_from_the_environment(environ: dict[str, str], depth: Depth) -> None:
    assert told(environ) is depth


@pytest.mark.parametrize("depth", Depth)
def test_what_was_chosen_goes_before_all_of_it(depth: Depth) -> None:
    assert told({"NO_COLOR": "1", "TERM": "dumb", "COLORTERM": "truecolor"}, depth.value) is depth


@pytest.fixture(params=sorted(THEMES))
def palette(request: pytest.FixtureRequest) -> Palette:
    return load_theme(THEMES[request.param]).palette(request.param)


def severities(palette: Palette) -> list[str]:
    return [str(getattr(palette, role)) for role in SEVERITIES]


def test_the_256_colours_are_xterms() -> None:
    assert [FULL[slot] for slot in (16, 17, 196, 231, 232, 255)] == [
        "#000000",
        "#00005f",
        "#ff0000",
        "#ffffff",
        "#080808",
        "#eeeeee",
    ]
    assert (len(FULL), FULL[:16]) == (256, VGA)


def test_a_colour_that_is_there_is_itself() -> None:
    assert {full(colour) for colour in ("#ff0000", "#080808")} == {196, 232}
    assert nearest("#fe0101", ("#00ff00", "#ff0000")) == "#ff0000"
    assert distance("#000000", "#ffffff") == pytest.approx(1.0, abs=1e-3)


def test_in_256_colours_severities_and_grounds_stay_apart(palette: Palette) -> None:
    slots = full_slots(palette)
    assert len({slots[colour] for colour in severities(palette)}) == 5
    grounds = {palette.background, palette.surface, palette.raised}
    assert len({slots[ground] for ground in grounds}) == len(grounds)
    assert all(16 <= slot < 256 for slot in slots.values())
    assert not {slots[colour] for colour in palette.series} & {slots[colour] for colour in severities(palette)} or (
        set(palette.series) & set(severities(palette))
    )


@pytest.mark.parametrize("vision", VISIONS)
def test_in_256_colours_every_kind_of_eye_tells_severities_apart(palette: Palette, vision: str) -> None:
    seen = [FULL[full_slots(palette)[colour]] for colour in severities(palette)]
    assert min(difference(one, other, vision) for one, other in itertools.combinations(seen, 2)) >= 5


def test_in_sixteen_colours_every_severity_has_its_own_and_no_series_has_it(palette: Palette) -> None:
    inks = ink_slots(palette)
    own = [inks[colour] for colour in severities(palette)]
    assert len(set(own)) == 5
    assert not {inks[colour] for colour in palette.series} & set(own)


@pytest.mark.parametrize("vision", VISIONS)
def test_in_sixteen_colours_a_console_shows_severities_apart_to_every_kind_of_eye(
    palette: Palette, vision: str
) -> None:
    seen = [VGA[ink_slots(palette)[colour]] for colour in severities(palette)]
    assert min(difference(one, other, vision) for one, other in itertools.combinations(seen, 2)) >= 8


def test_in_sixteen_colours_a_console_needs_no_bright_ground_on_a_dark_theme(palette: Palette) -> None:
    grounds = ground_slots(palette)
    assert all(0 <= slot < 16 for slot in grounds.values())
    if palette.dark:
        used = {grounds[str(getattr(palette, role))] for role in ("background", "surface", "raised", *SEVERITIES)}
        assert max(used) < 8


def test_what_is_written_can_be_read_on_every_ground() -> None:
    for ink, ground in itertools.product(range(16), range(16)):
        assert contrast(VGA[readable(ink, ground)], VGA[ground]) >= 2.8
    assert (readable(9, 0), readable(12, 4), readable(8, 4), readable(15, 11)) == (9, 15, 7, 0)


def test_the_theme_of_sixteen_colours_loses_nothing_on_a_terminal_of_sixteen() -> None:
    palette = load_theme(THEMES["ansi16"]).palette("ansi16")
    inks, grounds = ink_slots(palette), ground_slots(palette)
    for role in ("text", "muted", "faint", "accent", *SEVERITIES):
        assert VGA[inks[str(getattr(palette, role))]] == getattr(palette, role)
    for role in ("background", "surface", "raised"):
        assert VGA[grounds[str(getattr(palette, role))]] == getattr(palette, role)
    assert [VGA[inks[colour]] for colour in palette.series] == list(palette.series)
