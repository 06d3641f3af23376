"""From an amount to a colour of the theme's ramp and a glyph that says the same where there is no colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noc.charts.canvas import Ink
from noc.charts.charset import Charset
from noc.charts.scale import finite
from noc.model.colour import blend
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.thresholds import Threshold, severity_of

SHADES, PLAIN_SHADES = "░▒▓█", ".:-=+*#%@"
_NOTHING = 0.35
"""Share of the ramp's first colour in the ground of a zero."""
_LOG = 1000.0
"""Ratio between the greatest amount and what a logarithmic ramp still tells from zero."""
_INITIALS = {Severity.LOW: "L", Severity.MEDIUM: "M", Severity.HIGH: "H", Severity.CRITICAL: "C"}

Tile = tuple[str, Ink]
"""What fills a cell."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Amounts from ``low`` to ``high`` and how they become steps; amounts that cross a threshold take its colour."""

    low: float
    high: float
    scale: Literal["linear", "sqrt", "log"]
    thresholds: tuple[Threshold, ...]
    palette: Palette
    charset: Charset

    @property
    def blended(self) -> bool:
        """Whether colours alone carry the picture. A theme with a short ramp (16 colours, none) gets shades, too."""
        return self.charset.braille and len(self.palette.ramp) > 4

    def position(self, value: float) -> float:
        """0 for the least amount or less, 1 for the greatest or more; the ramp's curve is in it."""
        if value >= self.high:
            return 1.0 if value > self.low else 0.0
        if value <= self.low:
            return 0.0
        share = (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        if self.scale == "sqrt":
            return math.sqrt(share)
        return math.log1p(share * _LOG) / math.log1p(_LOG) if self.scale == "log" else share

    def severity(self, value: float | None) -> Severity:
        return severity_of(value, self.thresholds)

    def colour(self, value: float | None) -> str | None:
        """The colour of an amount; None where there is none."""
        if value is None or math.isnan(value):
            return None
        level = self.severity(value)
        if level is not Severity.OK:
            return self.palette.severity(level)
        at = self.position(value)
        if at <= 0:
            return blend(self.palette.ramp[0], self.palette.surface, _NOTHING)
        return self.palette.ramp[_step(at, len(self.palette.ramp))]

    def tile(self, value: float | None) -> Tile:
        """The glyph and ink of a whole cell. Where colour carries the picture, the glyph has the colour of its ground: it
        is seen where colours are gone."""
        colour = self.colour(value)
        if colour is None:
            return self.gap
        level = self.severity(value)
        at = self.position(value or 0.0)
        shades = SHADES if self.charset.braille else PLAIN_SHADES
        glyph = " " if at <= 0 else shades[_step(at, len(shades))]
        if level is not Severity.OK:
            glyph = level.glyph if self.charset.braille else _INITIALS[level]
        if self.blended:
            return glyph, Ink(colour, colour)
        if not self.charset.braille and level is Severity.OK:
            colour = self.palette.ramp[max(_step(at, len(self.palette.ramp)), len(self.palette.ramp) // 2)]
        return glyph, Ink(colour)

    @property
    def gap(self) -> Tile:
        """What fills a cell without a value: bare ground with a dot, unlike a zero."""
        return ("·" if self.charset.braille else "'"), Ink(self.palette.faint)


def _step(position: float, steps: int) -> int:
    """The step of a position above 0."""
    return min(steps - 1, max(0, math.ceil(position * steps) - 1))


def ramp_over(
    values: Sequence[float],
    scale: Literal["linear", "sqrt", "log"],
    thresholds: tuple[Threshold, ...],
    palette: Palette,
    charset: Charset,
    *,
    low: float | None = None,
    high: float | None = None,
    soft_high: float | None = None,
) -> Ramp:
    """A ramp from zero, or what is below it, to the greatest amount, or to ``soft_high`` where all are less; ``low`` and
    ``high`` fix it where they are finite."""
    known = finite(values)
    bottom = low if low is not None and math.isfinite(low) else min([0.0, *known])
    top = high if high is not None and math.isfinite(high) else max(known, default=bottom)
    if high is None and soft_high is not None and math.isfinite(soft_high):
        top = max(top, soft_high)
    return Ramp(bottom, max(bottom, top), scale, thresholds, palette, charset)
