"""What a cell holds when it is drawn without a font: rectangles, filled outlines, strokes and dots in cell coordinates."""

from __future__ import annotations

from dataclasses import dataclass

CELL_WIDTH = 9
CELL_HEIGHT = 18
FONT_SIZE = 15  # an advance of 0.6 em, as nearly every monospaced face has, is then one cell
BASELINE = 14

Rect = tuple[float, float, float, float]  # x, y, width, height
Outline = tuple[float, float, str]  # where it begins, then relative path commands
Stroke = tuple[float, float, float, str]  # line width, where it begins, relative path commands


@dataclass(frozen=True, slots=True)
class Shape:
    """One character's drawing, x right and y down from the cell's top left corner.

    ``shade`` below 1 mixes the colour into the ground: the ░▒▓ of terminals, without opacity.
    """

    rects: tuple[Rect, ...] = ()
    outlines: tuple[Outline, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    dots: tuple[tuple[float, float], ...] = ()
    shade: float = 1.0
