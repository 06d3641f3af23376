"""Arithmetic on hex colours."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def blend(colour: str, ground: str, share: float) -> str:
    """``share`` 1 is the colour itself, 0 the ground it is laid upon; both ``#rrggbb``."""
    mixed = (
        round(int(colour[at : at + 2], 16) * share + int(ground[at : at + 2], 16) * (1 - share)) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def luminance(colour: str) -> float:
    """Relative luminance 0-1 (WCAG 2.1) of ``#rrggbb``."""
    parts = []
    for at in (1, 3, 5):
        part = int(colour[at : at + 2], 16) / 255
        parts.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def readable_on(ground: str, dark: str = "#000000", light: str = "#ffffff") -> str:
    """Which of the two reads better on the ground."""
    level = luminance(ground)
    return dark if (level + 0.05) / 0.05 > 1.05 / (level + 0.05) else light
