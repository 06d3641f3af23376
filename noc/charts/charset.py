"""Which glyphs a terminal can show. A terminal without blocks and braille gets the same picture in ASCII."""

from __future__ import annotations

from dataclasses import dataclass

from noc.charts.canvas import Canvas


@dataclass(frozen=True, slots=True)
class Charset:
    """``rising`` and ``growing`` hold nine glyphs from empty to full: columns from below, bars from the left."""

    name: str
    braille: bool
    rising: str
    growing: str
    line: str  # a series in a legend
    ghost: str  # a comparison series in a legend
    dash: str  # threshold lines where dots are too fine
    track: str  # the empty part of a bar
    upright: str  # cursors and marks across a row


UNICODE = Charset("unicode", True, " ▁▂▃▄▅▆▇█", " ▏▎▍▌▋▊▉█", "─", "┄", "┄", "─", "│")
ASCII = Charset("ascii", False, " ...::###", "     ####", "-", ".", "-", ".", "|")

_PLAIN = {
    ord(glyph): plain
    for glyph, plain in zip("…─━┄│┃·•∞✖▲▼◆●✔◷µ°×≥≤–—→←↑↓▸▾░▒█▕▏▌", "~-=.||.*8x^v*o+@u~x><--><^v>v.:#||#", strict=True)
}


def charset_named(name: str) -> Charset:
    """The charset of the setting ``charset``; ValueError for a word that is none."""
    for charset in (UNICODE, ASCII):
        if charset.name == name:
            return charset
    raise ValueError(f"{name!r} is no charset; write unicode or ascii")


def spell(canvas: Canvas, charset: Charset) -> Canvas:
    """The canvas itself, its symbols replaced by plain ones where the charset has no others. Letters stay."""
    if not charset.braille:
        for row in canvas.chars:
            for column, char in enumerate(row):
                if char and not char.isascii():
                    row[column] = _PLAIN.get(ord(char[0]), char)
    return canvas
