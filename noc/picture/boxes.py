"""Box drawing (U+2500-257F) as rectangles and strokes, worked out from each character's Unicode name.

``BOX DRAWINGS DOWN LIGHT AND RIGHT UP HEAVY`` says which arms leave the centre and how heavy each is; that is all a
drawing needs, so there is no table of 128 shapes. Lines lie on whole pixels at any whole zoom: light is one unit wide,
heavy three, double two light lines with three units between them.
"""

from __future__ import annotations

import re
import unicodedata

from noc.picture.shape import CELL_HEIGHT as H
from noc.picture.shape import CELL_WIDTH as W
from noc.picture.shape import Rect, Shape

CENTRE_X, CENTRE_Y = 4.5, 8.5
_SPREAD = 2.0  # from the centre to each line of a double
_THICKNESS = {"LIGHT": 1.0, "SINGLE": 1.0, "HEAVY": 3.0, "DOUBLE": 1.0}
_ARMS = {"LEFT": "l", "RIGHT": "r", "UP": "u", "DOWN": "d", "HORIZONTAL": "lr", "VERTICAL": "ud"}
_DASHES = {"DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}
_OPPOSITE = {"l": "r", "r": "l", "u": "d", "d": "u"}
_SIDES = {
    "l": ("u", "d"),
    "r": ("u", "d"),
    "u": ("l", "r"),
    "d": ("l", "r"),
}  # across an arm: towards smaller, towards larger coordinates
# Round corners: from the middle of the lower or upper edge to that of the right or left one.
_ARCS = {
    "╭": (CENTRE_X, H, "v-5a4.5 4.5 0 0 1 4.5-4.5"),
    "╮": (CENTRE_X, H, "v-5a4.5 4.5 0 0 0-4.5-4.5"),
    "╯": (CENTRE_X, 0, "v4a4.5 4.5 0 0 1-4.5 4.5"),
    "╰": (CENTRE_X, 0, "v4a4.5 4.5 0 0 0 4.5 4.5"),
}
_RISING, _FALLING = (1.0, 0.0, float(H), f"l{W}-{H}"), (1.0, 0.0, 0.0, f"l{W} {H}")
_DIAGONALS = {"╱": (_RISING,), "╲": (_FALLING,), "╳": (_RISING, _FALLING)}


def box(char: str) -> Shape | None:
    """The lines of a box drawing character."""
    if not 0x2500 <= ord(char) <= 0x257F:
        return None
    if char in _ARCS:
        return Shape(strokes=((1.0, *_ARCS[char]),))
    if char in _DIAGONALS:
        return Shape(strokes=_DIAGONALS[char])
    words = unicodedata.name(char).removeprefix("BOX DRAWINGS ")
    dashed = re.fullmatch(r"(LIGHT|HEAVY) (\w+) DASH (\w+)", words)
    if dashed:
        return Shape(rects=_dashes(_THICKNESS[dashed[1]], _DASHES[dashed[2]], dashed[3] == "HORIZONTAL"))
    arms = _arms(words)
    return Shape(rects=tuple(rect for arm in arms for rect in _arm(arm, arms)))


def _arms(words: str) -> dict[str, str]:
    """The arms by direction and their weight: ``DOWN LIGHT AND RIGHT UP HEAVY`` is d light, r and u heavy."""
    arms: dict[str, str] = {}
    weight = "LIGHT"
    for clause in words.split(" AND "):
        names = clause.split()
        weight = next((name for name in names if name in _THICKNESS), weight)
        arms.update({arm: weight for name in names for arm in _ARMS.get(name, "")})
    return arms


def _arm(arm: str, arms: dict[str, str]) -> list[Rect]:
    """The lines of one arm, from where it meets the others to the edge of the cell."""
    weight = arms[arm]
    if weight != "DOUBLE":
        return [_line(arm, 0.0, _THICKNESS[weight], _single_start(arm, arms))]
    return [_line(arm, side * _SPREAD, 1.0, _double_start(arm, side, arms)) for side in (-1, 1)]


def _single_start(arm: str, arms: dict[str, str]) -> float:
    """Where a single line begins along its arm, from the centre outwards; negative reaches over the centre."""
    across = [arms[side] for side in _SIDES[arm] if side in arms]
    if "DOUBLE" in across:
        if _OPPOSITE[arm] in arms:
            return 0.0
        return _SPREAD - 0.5 if len(across) == 2 else -_SPREAD - 0.5
    return -max((_THICKNESS[weight] / 2 for weight in across), default=0.0)


def _double_start(arm: str, side: int, arms: dict[str, str]) -> float:
    """Where the line of a double arm on one side begins: at the near line of its neighbour, or around the far one."""
    smaller, larger = _SIDES[arm]
    near, far = (arms.get(smaller), arms.get(larger)) if side < 0 else (arms.get(larger), arms.get(smaller))
    if near == "DOUBLE":
        return _SPREAD - 0.5
    if _OPPOSITE[arm] in arms:
        return 0.0
    if near is None and far == "DOUBLE":
        return -_SPREAD - 0.5
    return -0.5 if near or far else 0.0


def _line(arm: str, offset: float, thick: float, start: float) -> Rect:
    if arm in "lr":
        top = CENTRE_Y + offset - thick / 2
        return (CENTRE_X + start, top, W - CENTRE_X - start, thick) if arm == "r" else (0, top, CENTRE_X - start, thick)
    left = CENTRE_X + offset - thick / 2
    return (left, CENTRE_Y + start, thick, H - CENTRE_Y - start) if arm == "d" else (left, 0, thick, CENTRE_Y - start)


def _dashes(thick: float, count: int, horizontal: bool) -> tuple[Rect, ...]:
    """Dashes with a gap of a third between them, half of it at either edge so that neighbours continue the pattern."""
    period = (W if horizontal else H) / count
    length, gap = period * 2 / 3, period / 3
    starts = [gap / 2 + period * index for index in range(count)]
    if horizontal:
        return tuple((start, CENTRE_Y - thick / 2, length, thick) for start in starts)
    return tuple((CENTRE_X - thick / 2, start, thick, length) for start in starts)
