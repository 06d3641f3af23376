"""A frame sorted for drawing: grounds, shapes and words, each gathered by colour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from noc.charts.canvas import Ink
from noc.model.text import width
from noc.picture.blocks import block, braille
from noc.picture.boxes import box
from noc.picture.colour import mix, resolve
from noc.picture.frame import Frame
from noc.picture.shape import CELL_HEIGHT, CELL_WIDTH, Outline, Rect, Shape
from noc.picture.symbols import SYMBOLS


@dataclass(slots=True)
class Word:
    """Text on consecutive cells; ``x`` and ``y`` of its first cell in units. A wide, marked or rare character is a word of its own."""

    x: int
    y: int
    cells: list[str]
    wide: bool = False


Style = tuple[str, bool, bool]  # colour, bold, italic
# Programmers' fonts join these into one sign (=> != ://) wherever a viewer lets them: they never share a word.
_JOINING = frozenset("-=<>!|&+*/:~?#.")


@dataclass(slots=True)
class Drawing:
    """Everything on the frame but its ground, in picture coordinates. Order within a list is row by row, left to right."""

    width: int  # of the whole picture, in units
    height: int
    grounds: dict[str, list[Rect]] = field(default_factory=lambda: defaultdict(list))
    rects: dict[str, list[Rect]] = field(default_factory=lambda: defaultdict(list))
    outlines: dict[str, list[Outline]] = field(default_factory=lambda: defaultdict(list))
    strokes: dict[tuple[str, float], list[Outline]] = field(default_factory=lambda: defaultdict(list))
    dots: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    words: dict[Style, list[Word]] = field(default_factory=lambda: defaultdict(list))


def shape_of(char: str) -> Shape | None:
    """How a character is drawn without a font; None when it is text."""
    if len(char) != 1 or char.isascii():
        return None
    return braille(char) or block(char) or box(char) or SYMBOLS.get(char)


def missing(wide: bool) -> Shape:
    """The empty frame that stands for a character the font does not have."""
    across = (2 if wide else 1) * CELL_WIDTH - 3
    return Shape(strokes=((1.0, 1.5, 4.5, f"h{across}v9h-{across}z"),))


def draw(frame: Frame, has_glyph: Callable[[str], bool] | None = None) -> Drawing:
    """Sort the cells of a frame. ``has_glyph`` tells which characters the font covers; the others get an empty frame."""
    cells = frame.cells
    drawing = Drawing(max(1, cells.width) * CELL_WIDTH, max(1, cells.height) * CELL_HEIGHT)
    colours: dict[Ink, tuple[str, str]] = {}
    shapes: dict[str, Shape | None] = {}
    ground = resolve(Ink(), frame)[1]
    for row in range(cells.height):
        last: Word | None = None
        last_style: Style | None = None
        for column in range(cells.width):
            char, ink = cells.chars[row][column], cells.inks[row][column]
            if ink not in colours:
                colours[ink] = resolve(ink, frame)
            front, behind = colours[ink]
            x, y = column * CELL_WIDTH, row * CELL_HEIGHT
            if behind != ground:
                drawing.grounds[behind].append((x, y, CELL_WIDTH, CELL_HEIGHT))
            if ink.underline:
                drawing.rects[front].append((x, y + CELL_HEIGHT - 2, CELL_WIDTH, 1))
            if not char or char.isspace():
                last = None
                continue
            wide = width(char) == 2
            if char not in shapes:
                shapes[char] = shape_of(char) or (missing(wide) if has_glyph and not has_glyph(char) else None)
            shape = shapes[char]
            if shape is not None:
                last = None
                _place(drawing, shape, x, y, front, behind)
                continue
            style = (front, ink.bold, ink.italic)
            # Viewers disagree how many x a mark or a character beyond the BMP takes.
            alone = wide or len(char) > 1 or char > "\uffff"
            if last is None or style != last_style or alone or {char, last.cells[-1]} <= _JOINING:
                last = Word(x, y, [], wide)
                drawing.words[style].append(last)
            last.cells.append(char)
            last, last_style = (None if alone else last), style
    return drawing


def _place(drawing: Drawing, shape: Shape, x: int, y: int, front: str, behind: str) -> None:
    """Add a shape at a cell's corner."""
    colour = front if shape.shade == 1 else mix(front, behind, shape.shade)
    if shape.rects:
        drawing.rects[colour] += [(x + left, y + top, w, h) for left, top, w, h in shape.rects]
    if shape.outlines:
        drawing.outlines[colour] += [(x + left, y + top, path) for left, top, path in shape.outlines]
    for thick, left, top, path in shape.strokes:
        drawing.strokes[colour, thick].append((x + left, y + top, path))
    if shape.dots:
        drawing.dots[colour] += [(x + left, y + top) for left, top in shape.dots]


def merged(rects: Collection[Rect]) -> list[Rect]:
    """The same area with rectangles joined that share a whole side, rows first: fewer, and no seams between cells."""
    rows: list[Rect] = []
    for x, y, w, h in sorted(rects, key=lambda r: (r[1], r[3], r[0])):
        if rows and rows[-1][1] == y and rows[-1][3] == h and rows[-1][0] + rows[-1][2] == x:
            rows[-1] = (rows[-1][0], y, rows[-1][2] + w, h)
        else:
            rows.append((x, y, w, h))
    joined: list[Rect] = []
    for x, y, w, h in sorted(rows, key=lambda r: (r[0], r[2], r[1])):
        if joined and joined[-1][0] == x and joined[-1][2] == w and joined[-1][1] + joined[-1][3] == y:
            joined[-1] = (x, joined[-1][1], w, joined[-1][3] + h)
        else:
            joined.append((x, y, w, h))
    return sorted(joined, key=lambda r: (r[1], r[0]))
