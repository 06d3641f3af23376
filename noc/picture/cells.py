"""A frame as data inside a picture: what an SVG or a PNG shows, cell by cell, so that pictures compare by their cells.

The bytes of an SVG change when noc draws a letter otherwise, those of a PNG with the library that drew it; the cells do
not. So a picture carries them: packed text in an element ``metadata`` of the SVG, in a ``zTXt`` chunk of the PNG.
"""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64decode, b64encode
from binascii import crc32
from itertools import groupby
from typing import Any

import orjson

from noc.charts.canvas import PLAIN, Canvas, Ink
from noc.picture.frame import Frame

VERSION = 1
KEYWORD = b"noc frame"
"""Of the chunk in a PNG."""
MOST = 64_000_000
"""Bytes that a packed frame may unpack to: a picture may come from anywhere."""

_ELEMENT = re.compile(r'<metadata id="noc-frame">([A-Za-z0-9+/=\s]*)</metadata>')
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class NoCells(ValueError):
    """The picture carries no cells, or cells that cannot be read; the message says which."""


def pack(frame: Frame) -> bytes:
    """The frame as compressed JSON: its rows as text, its inks as a list, and for each row runs of (length, ink)."""
    known: dict[Ink, int] = {}
    runs = [
        [(len(list(run)), known.setdefault(ink, len(known))) for ink, run in groupby(row)] for row in frame.cells.inks
    ]
    found = {
        "version": VERSION,
        "size": (frame.cells.width, frame.cells.height),
        "ground": (frame.foreground, frame.background),
        "title": frame.title,
        "rows": [_row(row) for row in frame.cells.chars],
        "inks": [(ink.fg, ink.bg, [name for name in Ink._fields[2:] if getattr(ink, name)]) for ink in known],
        "runs": runs,
    }
    return zlib.compress(orjson.dumps(found), 9)


def _row(chars: list[str]) -> str | list[str]:
    """Plain text where every cell is one character; else each cell by itself (wide characters, accents)."""
    return "".join(chars) if all(len(char) == 1 for char in chars) else chars


def unpack(data: bytes) -> Frame:
    """The frame out of :func:`pack`; NoCells."""
    try:
        inflater = zlib.decompressobj()
        text = inflater.decompress(data, MOST)
        if inflater.unconsumed_tail:
            raise NoCells("its cells are more than any wall has")
        return _frame(orjson.loads(text))
    except (zlib.error, KeyError, TypeError, IndexError, ValueError) as error:
        if isinstance(error, NoCells):
            raise
        raise NoCells("its cells cannot be read") from None


def _frame(found: dict[str, Any]) -> Frame:
    if found["version"] != VERSION:
        raise NoCells(f"its cells are of version {found['version']}, this noc reads version {VERSION}")
    width, height = found["size"]
    foreground, background = found["ground"]
    inks = [Ink(fg, bg, **dict.fromkeys(flags, True)) for fg, bg, flags in found["inks"]]
    colours = {foreground, background, *(colour for ink in inks for colour in ink[:2] if colour is not None)}
    if not all(_COLOUR.fullmatch(colour) for colour in colours):
        raise ValueError("a colour is none")
    rows, runs = [list(row) for row in found["rows"]], found["runs"]
    lengths = [[max(0, length) for length, _ in row] for row in runs]  # counted before there are so many of them
    for sizes in ([len(row) for row in rows], [sum(row) for row in lengths]):
        if len(sizes) != height or any(size != width for size in sizes):
            raise NoCells("its cells are fewer than it says")
    if not all(isinstance(char, str) for row in rows for char in row):
        raise ValueError("a cell is no text")
    canvas = Canvas(0, 0)
    canvas.width, canvas.height, canvas.chars = width, height, rows
    canvas.inks = [[inks[index] for length, index in row for _ in range(length)] for row in runs]
    return Frame(canvas, foreground, background, found["title"])


def metadata(frame: Frame) -> str:
    """The frame as one element of an SVG."""
    return f'<metadata id="noc-frame">{b64encode(pack(frame)).decode()}</metadata>'


def of_svg(document: str) -> Frame:
    """The frame that an SVG carries; NoCells."""
    match = _ELEMENT.search(document)
    if match is None:
        raise NoCells("it carries no cells to compare")
    try:
        data = b64decode(match[1])
    except ValueError:
        raise NoCells("its cells cannot be read") from None
    return unpack(data)


def with_cells(png: bytes, frame: Frame) -> bytes:
    """A PNG with the frame in it, before its end."""
    end = png.rindex(b"IEND") - 4
    body = KEYWORD + b"\0\0" + pack(frame)  # the second zero: deflate, the only method there is
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", crc32(b"zTXt" + body))
    return png[:end] + chunk + png[end:]


def of_png(png: bytes) -> Frame:
    """The frame that a PNG carries; NoCells."""
    if not png.startswith(_SIGNATURE):
        raise NoCells("it is no PNG")
    at = len(_SIGNATURE)
    while at + 12 <= len(png):
        (length,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + length]
        if kind == b"zTXt" and body.startswith(KEYWORD + b"\0\0"):
            return unpack(body[len(KEYWORD) + 2 :])
        at += length + 12
    raise NoCells("it carries no cells to compare")


def of_text(text: str, foreground: str, background: str) -> Frame:
    """The frame of plain text: no colours, as wide as its longest row."""
    lines = text.removesuffix("\n").split("\n")
    wide = Canvas(max(1, *(2 * len(line) for line in lines)), len(lines), PLAIN)
    used = max((wide.put(0, y, line) for y, line in enumerate(lines)), default=0)
    canvas = Canvas(used, len(lines), PLAIN)
    canvas.blit(0, 0, wide)
    return Frame(canvas, foreground, background)
