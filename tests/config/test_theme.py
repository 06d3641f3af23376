"""Colours measured: contrast as WCAG defines it, and distance between severities for colour-blind eyes."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from noc.config.loader import load_theme
from noc.config.paths import Places
from noc.config.theme import role_colour
from noc.model.ansi import VGA
from noc.model.palette import Palette
from tests.config.colour_science import VISIONS, contrast, difference

THEMES = Places.of({}, Path("/nonexistent")).available_themes()
SEVERITIES = ("ok", "low", "medium", "high", "critical")


SIXTEEN = "ansi16"
"""The theme that has only what a console has: its own tests stand at the end."""


@pytest.fixture(params=sorted({*THEMES} - {SIXTEEN}))
def palette(request: pytest.FixtureRequest) -> Palette:
    return load_theme(THEMES[request.param]).palette(request.param)


def grounds(palette: Palette) -> tuple[str, str, str]:
    return palette.background, palette.surface, palette.raised


def test_text_stands_out_seven_to_one_on_every_ground(palette: Palette) -> None:
    assert min(contrast(palette.text, ground) for ground in grounds(palette)) >= 7


def test_quiet_text_stands_out_four_and_a_half_to_one_on_every_ground(palette: Palette) -> None:
    assert min(contrast(palette.muted, ground) for ground in grounds(palette)) >= 4.5


@pytest.mark.parametrize("role", [*SEVERITIES, "accent"])
def test_severities_and_focus_can_be_read_on_a_card(palette: Palette, role: str) -> None:
    assert contrast(getattr(palette, role), palette.surface) >= 4.5
    assert contrast(getattr(palette, role), palette.raised) >= 3


def test_lines_can_be_read_on_a_card(palette: Palette) -> None:
    assert min(contrast(colour, palette.surface) for colour in palette.series) >= 4.5


def test_faint_marks_are_seen_but_quieter_than_text(palette: Palette) -> None:
    assert 1.3 <= contrast(palette.faint, palette.surface) < contrast(palette.muted, palette.surface)


def test_a_card_is_a_little_lighter_than_the_glass_behind_it(palette: Palette) -> None:
    assert contrast(palette.surface, "#000000") > contrast(palette.background, "#000000")
    assert contrast(palette.surface, palette.background) < 1.3


@pytest.mark.parametrize("vision", VISIONS)
def test_severities_are_told_apart_by_every_kind_of_eye(palette: Palette, vision: str) -> None:
    pairs = itertools.combinations((getattr(palette, role) for role in SEVERITIES), 2)
    assert min(difference(one, other, vision) for one, other in pairs) >= 9


def test_series_are_neither_each_other_nor_a_severity(palette: Palette) -> None:
    assert min(difference(one, other) for one, other in itertools.combinations(palette.series, 2)) >= 12
    assert min(difference(line, getattr(palette, role)) for line in palette.series for role in SEVERITIES) >= 15


def test_heat_rises_in_contrast_to_the_card(palette: Palette) -> None:
    steps = [contrast(colour, palette.surface) for colour in palette.ramp]
    assert steps == sorted(steps)
    assert steps[-1] >= 7


def test_a_role_is_a_colour_and_a_colour_is_itself(palette: Palette) -> None:
    assert role_colour(palette, "high") == palette.high
    assert role_colour(palette, "series8") == palette.series[7]
    assert role_colour(palette, "#123456") == "#123456"


@pytest.mark.parametrize("vision", VISIONS)
def test_the_colour_blind_theme_parts_severities_twice_as_far(vision: str) -> None:
    palette = load_theme(THEMES["colour-blind"]).palette("colour-blind")
    pairs = itertools.combinations((getattr(palette, role) for role in SEVERITIES), 2)
    assert min(difference(one, other, vision) for one, other in pairs) >= 20


@pytest.fixture
def sixteen() -> Palette:
    return load_theme(THEMES[SIXTEEN]).palette(SIXTEEN)


def test_the_theme_of_sixteen_colours_has_no_other(sixteen: Palette) -> None:
    used = {getattr(sixteen, role) for role in (*SEVERITIES, "text", "muted", "faint", "accent")}
    used |= {*grounds(sixteen), *sixteen.series, *sixteen.ramp}
    assert used <= {*VGA}


def test_text_of_sixteen_colours_can_be_read_as_in_any_theme(sixteen: Palette) -> None:
    assert min(contrast(sixteen.text, ground) for ground in grounds(sixteen)) >= 7
    assert min(contrast(sixteen.muted, ground) for ground in grounds(sixteen)) >= 4.5


def test_severities_of_sixteen_colours_are_read_on_the_card_and_are_no_series(sixteen: Palette) -> None:
    assert min(contrast(getattr(sixteen, role), sixteen.surface) for role in SEVERITIES) >= 3.9
    assert not {*sixteen.series} & {getattr(sixteen, role) for role in SEVERITIES}


@pytest.mark.parametrize("vision", VISIONS)
def test_severities_of_sixteen_colours_are_told_apart_by_every_kind_of_eye(sixteen: Palette, vision: str) -> None:
    pairs = itertools.combinations((getattr(sixteen, role) for role in SEVERITIES), 2)
    assert min(difference(one, other, vision) for one, other in pairs) >= 9


def test_heat_of_sixteen_colours_rises_too(sixteen: Palette) -> None:
    steps = [contrast(colour, sixteen.surface) for colour in sixteen.ramp]
    assert steps == sorted(steps)
