"""A frame as SVG that is right in any viewer: shapes need no font, and every character of text names its own column.

Backgrounds are joined rectangles, braille is round dots, blocks and boxes are rectangles, the wall's signs are paths.
Text is one element per word with an x per character (browsers, resvg), so even a viewer that reads only the first x
(librsvg) starts every word on its column. No opacity, no script, no style sheet, no outside reference. The same frame gives the
same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape

from noc.model.text import clean
from noc.picture import cells
from noc.picture.blocks import DOT
from noc.picture.colour import mix
from noc.picture.drawing import Drawing, Word, draw, merged
from noc.picture.frame import Frame
from noc.picture.shape import BASELINE, CELL_WIDTH, FONT_SIZE, Outline, Rect

FONT_FAMILY = "JetBrains Mono"
_FALLBACKS = f"'{FONT_FAMILY}','DejaVu Sans Mono','Noto Sans Mono','Liberation Mono',monospace"
_END = "</svg>\n"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_svg(frame: Frame, *, comparable: bool = False) -> str:
    """The frame as a complete SVG document, 9 x 18 units a cell; ``comparable`` keeps its cells in it (picture.cells)."""
    document = render(frame)
    if not comparable:
        return document
    return f"{document.removesuffix(_END)}{cells.metadata(frame)}\n{_END}"


def render(frame: Frame, has_glyph: Callable[[str], bool] | None = None) -> str:
    """The document; with ``has_glyph``, characters the font lacks become empty frames instead of text."""
    drawing = draw(frame, has_glyph)
    title = clean(frame.title, 200)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width}" height="{drawing.height}" '
            f'viewBox="0 0 {drawing.width} {drawing.height}" role="img" font-family="{_FALLBACKS}" '
            f'font-size="{FONT_SIZE}" style="font-variant-ligatures:none">',
            f"<title>{_text(title)}</title>",
            f'<rect width="{drawing.width}" height="{drawing.height}" fill="{mix(frame.background, "#000000", 1)}"/>',
            *_shapes(drawing),
            *_words(drawing),
            "</svg>",
            "",
        ]
    )


def _shapes(drawing: Drawing) -> Iterator[str]:
    """Grounds, then rectangles on whole pixels, then outlines, strokes and dots; one path per colour each."""
    if drawing.grounds or drawing.rects:
        yield '<g shape-rendering="crispEdges">'
        for layer in (drawing.grounds, drawing.rects):
            for colour, rects in layer.items():
                yield f'<path fill="{colour}" d="{_rect_path(merged(rects))}"/>'
        yield "</g>"
    for colour, outlines in drawing.outlines.items():
        yield f'<path fill="{colour}" d="{_path(outlines)}"/>'
    if drawing.strokes or drawing.dots:
        yield '<g fill="none" stroke-linejoin="round">'
        for (colour, thick), strokes in drawing.strokes.items():
            cap = "" if thick == 1 else ' stroke-linecap="round"'  # light box lines end flush with their cell
            yield f'<path stroke="{colour}" stroke-width="{_number(thick)}"{cap} d="{_path(strokes)}"/>'
        for colour, dots in drawing.dots.items():
            yield (
                f'<path stroke="{colour}" stroke-width="{_number(DOT)}" stroke-linecap="round" '
                f'd="{_path((x, y, "h.01") for x, y in dots)}"/>'
            )
        yield "</g>"


def _words(drawing: Drawing) -> Iterator[str]:
    """One group per colour and style, one text element per word."""
    for (colour, bold, italic), words in drawing.words.items():
        weight = ' font-weight="700"' if bold else ""
        slant = ' font-style="italic"' if italic else ""
        yield f'<g fill="{colour}"{weight}{slant}>'
        for word in words:
            yield _word(word)
        yield "</g>"


def _word(word: Word) -> str:
    y = word.y + BASELINE
    if word.wide:
        return f'<text x="{word.x + CELL_WIDTH}" y="{y}" text-anchor="middle">{_text("".join(word.cells))}</text>'
    columns = range(word.x, word.x + len(word.cells) * CELL_WIDTH, CELL_WIDTH)
    return f'<text x="{" ".join(map(str, columns))}" y="{y}">{_text("".join(word.cells))}</text>'


def _rect_path(rects: Iterable[Rect]) -> str:
    return "".join(
        f"M{_number(x)} {_number(y)}h{_number(width)}v{_number(height)}h-{_number(width)}z"
        for x, y, width, height in rects
    )


def _path(pieces: Iterable[Outline]) -> str:
    return "".join(f"M{_number(x)} {_number(y)}{path}" for x, y, path in pieces)


def _number(value: float) -> str:
    """At most three decimals, none where none are needed."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text.removeprefix("0") if text.startswith("0.") else text


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), quote=False)
