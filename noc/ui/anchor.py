"""Rows as a terminal gets them: every column stands where it was measured, and nothing in a text is obeyed.

Terminals disagree about the width of emoji, of Indic vowels, of half of Unicode; one cell more moves the rest of the row. So
what is not as wide everywhere is written between two moves: its cells blanked, itself, then on to the column behind it.
What should never have come this far (controls, bidi, invisible characters: text in a field that somebody pasted) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

if TYPE_CHECKING:
    from noc.ui.depth import Inks

_SURE = (
    " -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f"  # ASCII, Latin, Greek, Cyrillic
    "\u2010-\u2027\u2030-\u205e\u2070-\u209c\u20a0-\u20c0\u2100-\u2138\u2150-\u218b"  # punctuation, currencies, numbers
    "\u2190-\u21ff\u2200-\u22ff\u2316\u23f4-\u23fa\u2400-\u2426\u2500-\u25fc"  # arrows, mathematics, boxes, blocks, shapes
    "\u2605\u2606\u2691\u26a0\u2713-\u2718\u2800-\u28ff\U0001fb00-\U0001fbaf"  # what the wall draws besides
    "\u3001-\u3020\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60"  # two cells
)
_ALL_SURE = re.compile(f"[{_SURE}]*")
_UNSURE = re.compile(f"[^{_SURE}]+")


def rendered(strip: Strip, x: int, console: Console, inks: Inks | None = None) -> str:
    """A strip that begins in column ``x`` as text and escape sequences: colours as ``inks`` has them, and moves within its
    own row."""
    if inks is not None:
        return "".join(_inked(strip, x, inks))
    if _ALL_SURE.fullmatch(strip.text):
        return strip.render(console)
    pieces = []
    for text, style, _ in strip:
        pieces.append(Segment(anchored(text, x), style))
        x += cell_len(text)
    return Strip(pieces).render(console)


def _inked(strip: Strip, x: int, inks: Inks) -> Iterator[str]:
    sure = _ALL_SURE.fullmatch(strip.text) is not None
    for text, style, _ in strip:
        yield inks.written(text if sure else anchored(text, x), style)
        x += 0 if sure else cell_len(text)


def cropped(strip: Strip, left: int, right: int) -> Strip:
    """The cells of a strip from ``left`` on and before ``right``; a mark goes where its base goes (Textual's own crop cuts
    it off a last base and puts it before a first one). Half a wide character is a blank."""
    if _ALL_SURE.fullmatch(strip.text):
        return strip.crop(left, right)
    pieces, at, kept = [], 0, False
    for text, style, _ in strip:
        out = []
        for char in text:
            wide = cell_len(char)
            if wide:
                kept = left <= at and at + wide <= right
                out.append(char if kept else " " * (min(at + wide, right) - max(at, left)))
            elif kept:
                out.append(char)
            at += wide
        if found := "".join(out):
            pieces.append(Segment(found, style))
    return Strip(pieces, max(0, min(right, at) - left))


def anchored(text: str, x: int) -> str:
    """A text that begins in column ``x`` (from 0) with a move around everything that is not as wide everywhere."""
    out, done = [], 0
    for found in _UNSURE.finditer(text):
        left, right = x + cell_len(text[: found.start()]), x + cell_len(text[: found.end()])
        shown = "".join(char if char.isprintable() else " " * cell_len(char) for char in found[0])
        blank = f"{' ' * (right - left)}\x1b[{left + 1}G" if right > left else ""
        out += [text[done : found.start()], f"{blank}{shown}\x1b[{right + 1}G"]
        done = found.end()
    return "".join([*out, text[done:]])
