"""The signs that carry meaning on a wall (severities, states, cursors, arrows) as shapes: no font has all of them."""

from __future__ import annotations

from noc.picture.shape import Outline, Shape, Stroke

_RING = "a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"
_SMALL_RING = "a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0z"


def _filled(*outlines: Outline) -> Shape:
    return Shape(outlines=outlines)


def _drawn(*strokes: Stroke) -> Shape:
    return Shape(strokes=strokes)


def _clock(hands: str) -> Shape:
    """A clock face; hands as relative commands from the centre."""
    return _drawn((1.2, 0.6, 9, "a3.9 3.9 0 1 0 7.8 0a3.9 3.9 0 1 0-7.8 0z"), (1.2, 4.5, 9, hands))


_CROSS: Stroke = (2.6, 1.5, 6, "l6 6m-6 0l6-6")
_TICK: Stroke = (2.2, 1.2, 9.4, "l2.4 3 4.3-7.4")
SYMBOLS: dict[str, Shape] = {
    # severities
    "✖": _drawn(_CROSS),
    "▲": _filled((4.5, 4.2, "l4.4 9h-8.8z")),
    "◆": _filled((4.5, 3.8, "l4.3 5.2-4.3 5.2-4.3-5.2z")),
    "●": _filled((0.5, 9, _RING)),
    "✔": _drawn(_TICK),
    # lighter kin of the severities
    "✕": _drawn((1.4, 1.5, 6, "l6 6m-6 0l6-6")),
    "✗": _drawn((1.6, 1.8, 5.6, "l5.4 6.8m-5.6 0l6-7.2")),
    "✘": _drawn((2.3, 1.8, 5.6, "l5.4 6.8m-5.6 0l6-7.2")),
    "✓": _drawn((1.5, 1.2, 9.4, "l2.4 3 4.3-7.4")),
    "△": _drawn((1.2, 4.5, 5, "l3.7 7.8h-7.4z")),
    "▼": _filled((4.5, 13.6, "l-4.4-9h8.8z")),
    "▽": _drawn((1.2, 4.5, 13, "l-3.7-7.8h7.4z")),
    "◇": _drawn((1.2, 4.5, 4.6, "l3.6 4.4-3.6 4.4-3.6-4.4z")),
    "○": _drawn((1.2, 0.6, 9, "a3.9 3.9 0 1 0 7.8 0a3.9 3.9 0 1 0-7.8 0z")),
    "◉": Shape(
        strokes=((1.2, 0.6, 9, "a3.9 3.9 0 1 0 7.8 0a3.9 3.9 0 1 0-7.8 0z"),),
        outlines=((2.4, 9, "a2.1 2.1 0 1 0 4.2 0a2.1 2.1 0 1 0-4.2 0z"),),
    ),
    "•": _filled((1.9, 9, _SMALL_RING)),
    "∙": _filled((2.9, 9, "a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0z")),
    "◐": Shape(
        strokes=((1.2, 0.6, 9, "a3.9 3.9 0 1 0 7.8 0a3.9 3.9 0 1 0-7.8 0z"),),
        outlines=((4.5, 5, "a4 4 0 0 0 0 8z"),),
    ),
    "◑": Shape(
        strokes=((1.2, 0.6, 9, "a3.9 3.9 0 1 0 7.8 0a3.9 3.9 0 1 0-7.8 0z"),),
        outlines=((4.5, 5, "a4 4 0 0 1 0 8z"),),
    ),
    "■": _filled((1, 5.5, "h7v7h-7z")),
    "□": _drawn((1.2, 1.5, 6, "h6v6h-6z")),
    "▪": _filled((2.2, 6.7, "h4.6v4.6h-4.6z")),
    "▫": _drawn((1.2, 2.7, 7.2, "h3.6v3.6h-3.6z")),
    # time and state
    "◷": _clock("v-3.9m0 3.9h3.9"),
    "◴": _clock("v-3.9m0 3.9h-3.9"),
    "◵": _clock("v3.9m0-3.9h-3.9"),
    "◶": _clock("v3.9m0-3.9h3.9"),
    "⏸": _filled((1.5, 5, "h2v8h-2z"), (5.5, 5, "h2v8h-2z")),
    "⏵": _filled((1.6, 4.8, "l6.4 4.2-6.4 4.2z")),
    "⚠": _drawn((1.2, 4.5, 4.8, "l3.7 8h-7.4z"), (1.2, 4.5, 7.8, "v2.2m0 1.7v.1")),
    "⚑": _filled((1.6, 4, "h1.2v1h5l-1.6 2.6 1.6 2.6h-5v4.3h-1.2z")),
    "★": _filled((4.5, 4.4, "l1.1 3.1 3.2.1-2.5 2 .9 3.2-2.7-1.9-2.7 1.9.9-3.2-2.5-2 3.2-.1z")),
    "☆": _drawn((1, 4.5, 5.4, "l.9 2.5 2.6.1-2 1.6.7 2.5-2.2-1.5-2.2 1.5.7-2.5-2-1.6 2.6-.1z")),
    # pointers
    "▶": _filled((0.6, 4.6, "l8 4.4-8 4.4z")),
    "◀": _filled((8.4, 4.6, "l-8 4.4 8 4.4z")),
    "▷": _drawn((1.2, 1.2, 5.4, "l6.4 3.6-6.4 3.6z")),
    "◁": _drawn((1.2, 7.8, 5.4, "l-6.4 3.6 6.4 3.6z")),
    "▸": _filled((2.2, 5.8, "l4.8 3.2-4.8 3.2z")),
    "◂": _filled((6.8, 5.8, "l-4.8 3.2 4.8 3.2z")),
    "▴": _filled((4.5, 6.4, "l3.2 5h-6.4z")),
    "▾": _filled((4.5, 11.6, "l-3.2-5h6.4z")),
    "►": _filled((0.6, 6, "l8 3-8 3z")),
    "◄": _filled((8.4, 6, "l-8 3 8 3z")),
    "→": _drawn((1.2, 0.8, 9, "h7.2m-2.9-3l3 3-3 3")),
    "←": _drawn((1.2, 8.2, 9, "h-7.2m2.9-3l-3 3 3 3")),
    "↑": _drawn((1.2, 4.5, 13.5, "v-9m-3 2.9l3-3 3 3")),
    "↓": _drawn((1.2, 4.5, 4.5, "v9m-3-2.9l3 3 3-3")),
    "↔": _drawn((1.2, 0.8, 9, "h7.4m-2.4-2.5l2.5 2.5-2.5 2.5m-2.6-5l-2.5 2.5 2.5 2.5")),
    "↕": _drawn((1.2, 4.5, 4.4, "v9.2m-2.5-2.4l2.5 2.5 2.5-2.5m-5-4.2l2.5-2.5 2.5 2.5")),
    "↵": _drawn((1.2, 7.6, 5, "v5h-6.6m2.7-2.8l-2.8 2.8 2.8 2.8")),
    "⏎": _drawn((1.2, 7.6, 5, "v5h-6.6m2.7-2.8l-2.8 2.8 2.8 2.8")),
}
