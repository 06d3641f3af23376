"""Braille patterns (U+2800-28FF) as dots, block elements (U+2580-259F) as rectangles."""

from __future__ import annotations

from noc.picture.shape import CELL_HEIGHT as H
from noc.picture.shape import CELL_WIDTH as W
from noc.picture.shape import Rect, Shape

DOT = 2.9
"""Diameter of a braille dot. Centres stand 4.5 apart in both directions, across cells too."""
# Bit of each dot, by column and row (Unicode: dots 1 2 3 7 on the left, 4 5 6 8 on the right).
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))

_UPPER_LEFT: Rect = (0, 0, W / 2, H / 2)
_UPPER_RIGHT: Rect = (W / 2, 0, W / 2, H / 2)
_LOWER_LEFT: Rect = (0, H / 2, W / 2, H / 2)
_LOWER_RIGHT: Rect = (W / 2, H / 2, W / 2, H / 2)
_UPPER: Rect = (0, 0, W, H / 2)
_LOWER: Rect = (0, H / 2, W, H / 2)
_RECTS: dict[str, tuple[Rect, ...]] = {
    "▀": (_UPPER,),
    **{chr(0x2580 + n): ((0, H - H * n / 8, W, H * n / 8),) for n in range(1, 9)},
    **{chr(0x2590 - n): ((0, 0, W * n / 8, H),) for n in range(1, 8)},
    "▐": ((W / 2, 0, W / 2, H),),
    "▔": ((0, 0, W, H / 8),),
    "▕": ((W * 7 / 8, 0, W / 8, H),),
    "▖": (_LOWER_LEFT,),
    "▗": (_LOWER_RIGHT,),
    "▘": (_UPPER_LEFT,),
    "▙": (_UPPER_LEFT, _LOWER),
    "▚": (_UPPER_LEFT, _LOWER_RIGHT),
    "▛": (_UPPER, _LOWER_LEFT),
    "▜": (_UPPER, _LOWER_RIGHT),
    "▝": (_UPPER_RIGHT,),
    "▞": (_UPPER_RIGHT, _LOWER_LEFT),
    "▟": (_UPPER_RIGHT, _LOWER),
}
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}


def braille(char: str) -> Shape | None:
    """The dots of a braille pattern."""
    pattern = ord(char) - 0x2800
    if not 0 <= pattern <= 0xFF:
        return None
    step = W / 2
    return Shape(
        dots=tuple(
            (step * (column + 0.5), step * (row + 0.5))
            for column, bits in enumerate(_BITS)
            for row, bit in enumerate(bits)
            if pattern & bit
        )
    )


def block(char: str) -> Shape | None:
    """The rectangles of a block element."""
    if char in _SHADES:
        return Shape(rects=((0, 0, W, H),), shade=_SHADES[char])
    return Shape(rects=_RECTS[char]) if char in _RECTS else None
