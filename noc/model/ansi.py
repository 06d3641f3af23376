"""The colours that terminals number, and which of them stands for a colour of a theme. Distances are taken in OKLab.

The first sixteen belong to whoever owns the terminal: their names are sure, what they look like is not. So a theme's roles
are given fixed ones among them, chosen so that severities stay apart on the palettes of VGA, xterm and Tango for all kinds of
eyes (CIEDE2000 of 8 at least). The other 240 are the same everywhere (xterm's cube and greys).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from noc.model.colour import blend, luminance
from noc.model.palette import Palette

VGA = (
    *("#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa"),
    *("#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff"),
)
"""What the first sixteen look like on a console; other terminals differ."""

_LEVELS = (0, 95, 135, 175, 215, 255)
FULL = (
    *VGA,
    *(f"#{red:02x}{green:02x}{blue:02x}" for red in _LEVELS for green in _LEVELS for blue in _LEVELS),
    *(f"#{level:02x}{level:02x}{level:02x}" for level in range(8, 248, 10)),
)
"""All 256 by number."""

SEVERITIES = ("ok", "low", "medium", "high", "critical")
GROUNDS = ("background", "surface", "raised")
TINT = 0.22
"""How much of a severity a tinted title row holds."""

SHADE = 0.15
"""How much of a severity the stretch of a chart holds in which its alert fired."""
FADED = 0.45
"""How much of their colour pictures of old data keep: in sixteen colours they are grey."""

_DARK_INKS = {
    "text": 15,
    "muted": 7,
    "faint": 8,
    "accent": 15,
    "ok": 14,
    "low": 12,
    "medium": 11,
    "high": 3,
    "critical": 9,
}
_DARK_SERIES = (6, 13, 2, 7, 10, 5, 6, 13)
_DARK_GROUNDS = {
    "background": 0,
    "surface": 0,
    "raised": 4,
    "accent": 7,
    "ok": 6,
    "low": 4,
    "medium": 3,
    "high": 3,
    "critical": 1,
}
_FULL_TINTS = {"low": 17, "medium": 58, "high": 94, "critical": 52}
_FULL_RED = 125
_DARK_RAMP = (4, 4, 6, 6, 7, 15)
_LIGHT_INKS = {"text": 0, "muted": 8, "faint": 7, "accent": 4, "ok": 6, "low": 4, "medium": 3, "high": 5, "critical": 1}
_LIGHT_SERIES = (2, 8, 12, 13, 0, 2, 8, 12)
_LIGHT_GROUNDS = {
    "background": 7,
    "surface": 15,
    "raised": 7,
    "accent": 4,
    "ok": 6,
    "low": 4,
    "medium": 3,
    "high": 5,
    "critical": 1,
}
_LIGHT_RAMP = (7, 7, 6, 6, 4, 0)
# Grounds are 0 to 7 on dark themes: a Linux console has no bright ones. Where a tint is asked for only the two gravest are
# tinted: what is MEDIUM or LOW says so in its own colour on the card.


@lru_cache(maxsize=8192)
def oklab(colour: str) -> tuple[float, float, float]:
    """Lightness 0-1, and two axes of hue and chroma, of ``#rrggbb`` (Ottosson 2020)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def distance(one: str, other: str) -> float:
    """How unlike two colours look; hue counts twice, for it is what a state is told by. 1 is black from white."""
    (l1, a1, b1), (l2, a2, b2) = oklab(one), oklab(other)
    return float(((l1 - l2) ** 2 + 4 * (a1 - a2) ** 2 + 4 * (b1 - b2) ** 2) ** 0.5)


def nearest(colour: str, choices: Iterable[str]) -> str:
    """The choice that looks most like the colour; the first of equals."""
    return min(choices, key=lambda choice: distance(colour, choice))


def full_slots(palette: Palette) -> dict[str, int]:
    """A number from 16 to 255 for each colour of a theme: the nearest, but no two severities and no two grounds share one,
    nor does a series with a severity. Any other colour takes the nearest of all (:func:`full`)."""
    slots: dict[str, int] = {}
    if palette.dark:  # the cube has few dark colours, and the nearest to a tint is a grey
        slots |= {_tint(palette, role, share): slot for role, slot in _FULL_TINTS.items() for share in (TINT, 0.3)}
    else:  # the nearest red is the olive of MEDIUM to eyes without green
        slots[palette.critical] = _FULL_RED
    for group in (GROUNDS, SEVERITIES):
        taken: set[int] = set()
        for role in group:
            colour = str(getattr(palette, role))
            if colour not in slots:
                slots[colour] = _free(colour, taken)
            taken.add(slots[colour])
    severities = {slots[str(getattr(palette, role))] for role in SEVERITIES}
    for colour in palette.series:
        slots.setdefault(colour, _free(colour, severities))
    return slots


@lru_cache(maxsize=8192)
def full(colour: str) -> int:
    """The number from 16 to 255 that looks most like the colour."""
    return _free(colour, set())


def _free(colour: str, taken: set[int]) -> int:
    return min((slot for slot in range(16, 256) if slot not in taken), key=lambda slot: distance(colour, FULL[slot]))


def ink_slots(palette: Palette) -> dict[str, int]:
    """Which of the sixteen writes in each colour of a theme; what else is written takes that of the nearest of them."""
    inks, series, ramp = (
        (_DARK_INKS, _DARK_SERIES, _DARK_RAMP) if palette.dark else (_LIGHT_INKS, _LIGHT_SERIES, _LIGHT_RAMP)
    )
    grounds = _DARK_GROUNDS if palette.dark else _LIGHT_GROUNDS
    slots = {"#000000": 0, "#ffffff": 15}
    slots |= {str(getattr(palette, role)): grounds[role] for role in GROUNDS}
    slots |= _ramped(palette, ramp)
    whole = dict(zip(palette.series, series, strict=False))
    whole |= {str(getattr(palette, role)): slot for role, slot in inks.items()}
    for share in (0.6, 0.75):  # lighter text of a state, filled charts
        slots |= {blend(colour, palette.surface, share): slot for colour, slot in whole.items()}
        slots |= {_blended(palette, role, palette.text, share): inks[role] for role in SEVERITIES}
    slots |= {_blended(palette, role, palette.text, 0.5): inks[role] for role in SEVERITIES}
    slots |= {blend(colour, palette.surface, FADED): inks["faint"] for colour in whole}
    return slots | whole


def ground_slots(palette: Palette) -> dict[str, int]:
    """The same for what stands behind: grounds, tinted titles, the filled parts of pictures."""
    grounds, series, ramp = (
        (_DARK_GROUNDS, _DARK_SERIES, _DARK_RAMP) if palette.dark else (_LIGHT_GROUNDS, _LIGHT_SERIES, _LIGHT_RAMP)
    )
    slots: dict[str, int] = dict(
        zip(palette.series, (slot % 8 if palette.dark else slot for slot in series), strict=False)
    )
    for share in (0.6, 0.75):  # filled charts
        slots |= {blend(colour, palette.surface, share): slots[colour] for colour in palette.series}
    slots |= _ramped(palette, ramp)
    for role in SEVERITIES:
        tinted = grounds[role] if role in ("high", "critical") else grounds["surface"]
        slots[blend(str(getattr(palette, role)), palette.surface, TINT)] = tinted
        slots[blend(str(getattr(palette, role)), palette.background, 0.35)] = grounds[role]
    slots |= {blend(palette.accent, palette.surface, share): grounds["raised"] for share in (0.25, 0.35)}
    slots |= {str(getattr(palette, role)): slot for role, slot in grounds.items()}
    return slots


def _tint(palette: Palette, role: str, share: float = TINT) -> str:
    return _blended(palette, role, palette.surface if share == TINT else palette.background, share)


def _blended(palette: Palette, role: str, other: str, share: float) -> str:
    return blend(str(getattr(palette, role)), other, share)


def _ramped(palette: Palette, ramp: tuple[int, ...]) -> Mapping[str, int]:
    last = max(1, len(palette.ramp) - 1)
    return {colour: ramp[round(index * (len(ramp) - 1) / last)] for index, colour in enumerate(palette.ramp)}


READABLE = 2.8


def readable(ink: int, ground: int) -> int:
    """The ink, or where it cannot be read on the ground (3:1 on a console) the black or white that can."""
    if _contrast(ink, ground) >= READABLE:
        return ink
    if ink == 8 and _contrast(7, ground) >= READABLE:
        return 7
    return 15 if _contrast(15, ground) >= _contrast(0, ground) else 0


def _contrast(one: int, other: int) -> float:
    dark, light = sorted((luminance(VGA[one]), luminance(VGA[other])))
    return (light + 0.05) / (dark + 0.05)
