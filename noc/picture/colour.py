"""The two colours a cell finally has: inherited, reversed and dimmed, as plain ``#rrggbb`` any viewer understands."""

from __future__ import annotations

from noc.charts.canvas import Ink
from noc.picture.frame import Frame

DIM = 0.66
"""How much of its own colour dim text keeps; the same share a terminal running the wall shows."""


def mix(colour: str, ground: str, share: float) -> str:
    """``share`` of a colour and the rest of the ground; raises ValueError when either is not ``#rrggbb``."""
    parts = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for high, low in parts)


def resolve(ink: Ink, frame: Frame) -> tuple[str, str]:
    """Foreground and background of a cell."""
    front = mix(ink.fg or frame.foreground, "#000000", 1)
    ground = mix(ink.bg or frame.background, "#000000", 1)
    if ink.reverse:
        front, ground = ground, front
    return (mix(front, ground, DIM) if ink.dim else front), ground


def _channels(colour: str) -> tuple[int, int, int]:
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
