"""A terminal emulator that tells on whoever does more than write text in colour."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pyte
from wcwidth import wcwidth

from noc.charts.canvas import Canvas

DRAWING = {"draw", "select_graphic_rendition", "cursor_position", "cursor_to_column"}
"""What a picture needs of a terminal."""

SEQUENCE = re.compile(r"\x1b\[(?:\d+;\d+H|\d+G|(?:\d+(?:;\d+)*)?m)")
"""The only sequences of a picture: a place on the screen, a column of the row, colours."""


class Emulator(pyte.Screen):
    """Fed by :meth:`feed`; ``happened`` names whatever came in besides drawing, wrapped lines and bells included."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.happened: list[str] = []
        for name in pyte.Stream.events - DRAWING:
            setattr(self, name, lambda *args, name=name, **more: self.happened.append(name))
        self._stream = pyte.Stream(self)

    def feed(self, sent: str) -> None:
        """Bytes as a picture may send them, and no others: AssertionError tells what else is among them."""
        rest = SEQUENCE.sub("", sent)
        odd = sorted({ascii(char) for char in rest if not char.isprintable()})
        assert not odd, (
            f"{odd} among what is sent: {[ascii(part) for part in re.findall(r'.{,20}[^ -~].{,20}', rest)[:3]]}"
        )
        self._stream.feed(sent)
        assert self.happened == []

    def draw(self, data: str) -> None:
        """As pyte does, but marks without a combining class (Indic vowels) join their base too; pyte drops the rest."""
        for char in data:
            if wcwidth(char) == 0 and self.cursor.x:
                line = self.buffer[self.cursor.y]
                x = self.cursor.x - (2 if self.cursor.x > 1 and line[self.cursor.x - 1].data == "" else 1)
                line[x] = line[x]._replace(data=line[x].data + char)
            else:
                super().draw(char)

    @property
    def standing(self) -> tuple[object, ...]:
        """All that is not the picture: titles, modes, region, character sets, tabs, saved cursors, the cursor's look."""
        return (
            *(self.title, self.icon_name, sorted(self.mode), self.margins, self.charset, len(self.savepoints)),
            *(self.g0_charset, self.g1_charset, sorted(self.tabstops), self.cursor.hidden, self.columns, self.lines),
        )

    def row(self, y: int) -> list[str]:
        """The cells of a row, composed."""
        return composed([self.buffer[y][x].data for x in range(self.columns)])


def composed(cells: Sequence[str]) -> list[str]:
    return [unicodedata.normalize("NFC", cell) for cell in cells]


def check_shows(emulator: Emulator, canvas: Canvas) -> None:
    """The screen is the canvas, cell by cell."""
    for y in range(canvas.height):
        shown, meant = emulator.row(y)[: canvas.width], composed(canvas.chars[y])
        differing = [
            (x, ascii(one), ascii(other))
            for x, (one, other) in enumerate(zip(shown, meant, strict=True))
            if one != other
        ]
        assert not differing, f"row {y}: column, shown, meant: {differing[:6]}"
