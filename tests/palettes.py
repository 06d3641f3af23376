"""The palette that all drawings of the tests wear."""

from __future__ import annotations

from noc.model.palette import Palette

DARK = Palette(
    name="test-dark",
    dark=True,
    background="#0f1216",
    surface="#171b21",
    raised="#242b35",
    text="#d7dde5",
    muted="#8b95a3",
    faint="#3a424e",
    accent="#6fb3ff",
    ok="#58b26d",
    low="#5b9bd5",
    medium="#d9c14a",
    high="#f0883e",
    critical="#f2495c",
    series=("#7fb7be", "#a99fd6", "#c9a27c", "#8fb07a", "#c48aa8", "#7d9ccf", "#b5b37a", "#93a1b0"),
    ramp=("#1d2b3a", "#24506b", "#2f7f8f", "#6bb09a", "#c9d28b"),
)
