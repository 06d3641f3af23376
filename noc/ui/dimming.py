"""A theme's colours in the dark hours: less light, the same picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from noc.model.colour import blend, luminance
from noc.model.palette import Palette

BLACK = "#000000"
READABLE = 4.5
"""Contrast that text keeps on cards (WCAG 2.1, level AA)."""
DISCERNIBLE = 3.0
"""Contrast of what is no running text: glyphs, quiet words, lines (WCAG 2.1, 1.4.11)."""

_STEPS = 20


def contrast(one: str, other: str) -> float:
    """Contrast ratio 1-21 of two colours (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=16)
def dimmed(palette: Palette, dim: float) -> Palette:
    """The colours with the share ``dim`` of their light taken away. CRITICAL is never dimmed; what is read on a card keeps
    as much light as its contrast needs."""

    def dark(colour: str) -> str:
        return blend(colour, BLACK, 1.0 - dim)

    grounds = (dark(palette.surface), dark(palette.raised), dark(palette.background))

    def discernible(colour: str) -> str:
        return _legible(colour, dim, grounds, DISCERNIBLE)

    return replace(
        palette,
        background=grounds[2],
        surface=grounds[0],
        raised=grounds[1],
        faint=dark(palette.faint),
        series=tuple(map(dark, palette.series)),
        ramp=tuple(map(dark, palette.ramp)),
        text=_legible(palette.text, dim, grounds, READABLE),
        muted=discernible(palette.muted),
        accent=discernible(palette.accent),
        ok=discernible(palette.ok),
        low=discernible(palette.low),
        medium=discernible(palette.medium),
        high=discernible(palette.high),
    )


def _legible(colour: str, dim: float, grounds: Sequence[str], least: float) -> str:
    """The darkest step between dimmed and whole that has the contrast on all grounds; the best one where none has."""
    steps = [blend(colour, BLACK, 1.0 - dim * (_STEPS - step) / _STEPS) for step in range(_STEPS + 1)]
    worst = {step: min(contrast(step, ground) for ground in grounds) for step in steps}
    return next((step for step in steps if worst[step] >= least), max(steps, key=worst.__getitem__))
