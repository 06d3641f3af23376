"""A theme: colours by role, never a colour per widget. Severities mean state; series are muted and distinct from them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from noc.config.base import Model
from noc.model.palette import Palette

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def _hex(value: Any) -> Any:
    if value is None:
        raise ValueError("no colour; put it in quotes ('#1a2b3c'), YAML reads # as a comment")
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise ValueError("is no colour; write '#rrggbb' in quotes")
    return value.lower()


Hex = Annotated[str, BeforeValidator(_hex)]
"""``#rrggbb``."""


class Theme(Model):
    """One file of ``themes/``; its name is the file's."""

    title: str = ""
    """How lists show it; the file's name by default."""
    dark: bool
    """Whether the ground is darker than the text."""
    background: Hex
    """The glass between the cards."""
    surface: Hex
    """Ground of a card."""
    raised: Hex
    """Ground of dialogs, the cursor row and the focused title."""
    text: Hex
    """Values and what must be read: contrast 7:1 at least on every ground."""
    muted: Hex
    """Titles, units and axes: 4.5:1 at least on a card."""
    faint: Hex
    """Grid lines, empty tracks and skeletons."""
    accent: Hex
    """Focus."""
    ok: Hex
    """All is well. This and the severities: 4.5:1 at least on a card, told apart by colour-blind eyes."""
    low: Hex
    """LOW."""
    medium: Hex
    """MEDIUM."""
    high: Hex
    """HIGH."""
    critical: Hex
    """CRITICAL."""
    series: tuple[Hex, ...] = Field(min_length=8, max_length=8)
    """Lines and bars, in the order they are handed out."""
    ramp: tuple[Hex, ...] = Field(min_length=3, max_length=16)
    """Heat from low to high, ascending in contrast to the card."""

    def palette(self, name: str = "") -> Palette:
        """The colours ready for drawing."""
        roles = {key: getattr(self, key) for key in type(self).model_fields if key != "title"}
        return Palette(name=name or self.title, **roles)


def role_colour(palette: Palette, word: str) -> str:
    """The colour of ``accent``, a severity, ``series1`` to ``series8``; ``#rrggbb`` stays what it is."""
    if word.startswith("#"):
        return word
    if word.startswith("series"):
        return palette.series[int(word.removeprefix("series")) - 1]
    return str(getattr(palette, word))
