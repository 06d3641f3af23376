"""Frames as PNG."""

from __future__ import annotations

import struct
import zlib
from importlib.resources import files

import pytest

from noc.charts.canvas import Canvas, Ink
from noc.picture.frame import Frame
from noc.picture.png import has_glyph, to_png

GROUND, FRONT = "#101418", "#d0d4d8"


class Picture:
    """An 8-bit RGBA PNG, decoded."""

    def __init__(self, data: bytes) -> None:
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        at, packed = 8, b""
        while at < len(data):
            (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
            chunk = data[at + 8 : at + 8 + length]
            if kind == b"IHDR":
                self.width, self.height, depth, colour = struct.unpack(">IIBB", chunk[:10])
                assert (depth, colour) == (8, 6)
            elif kind == b"IDAT":
                packed += chunk
            at += length + 12
        raw, stride = zlib.decompress(packed), self.width * 4
        self.rows: list[bytearray] = []
        for y in range(self.height):
            line = raw[y * (stride + 1) : (y + 1) * (stride + 1)]
            self.rows.append(self._unfilter(line[0], line[1:], self.rows[-1] if self.rows else bytearray(stride)))

    @staticmethod
    def _unfilter(kind: int, line: bytes, above: bytearray) -> bytearray:
        out = bytearray(len(line))
        for i, value in enumerate(line):
            left, up, corner = (out[i - 4] if i >= 4 else 0), above[i], (above[i - 4] if i >= 4 else 0)
            guess = left + up - corner
            near = min((left, up, corner), key=lambda c: abs(guess - c))
            out[i] = (value + (0, left, up, (left + up) // 2, near)[kind]) & 0xFF
        return out

    def colour(self, x: int, y: int) -> str:
        assert self.rows[y][x * 4 + 3] == 255
        return "#" + self.rows[y][x * 4 : x * 4 + 3].hex()

    def inked(self, x: int, y: int, width: int, height: int) -> int:
        """Pixels of a rectangle that are not the ground."""
        return sum(self.colour(i, j) != GROUND for j in range(y, y + height) for i in range(x, x + width))


def picture(text: str, ink: Ink | None = None, scale: int = 1) -> Picture:
    canvas = Canvas(6, 2)
    canvas.put(0, 0, text, ink or Ink())
    return Picture(to_png(Frame(canvas, FRONT, GROUND), scale))


@pytest.mark.parametrize("scale", [1, 2])
def test_size_is_cells_times_scale(scale: int) -> None:
    drawn = picture("x", scale=scale)
    assert (drawn.width, drawn.height) == (6 * 9 * scale, 2 * 18 * scale)


def test_other_scales_are_refused() -> None:
    with pytest.raises(ValueError, match="scale must be one of 1, 2, 3, 4, not 9"):
        picture("x", scale=9)


def test_ground_and_blocks_are_exact_colours() -> None:
    drawn = picture("█▀", Ink(fg="#ff8800", bg="#202428"))
    assert drawn.colour(0, 0) == drawn.colour(8, 17) == "#ff8800"
    assert drawn.colour(9, 8) == "#ff8800"
    assert drawn.colour(9, 9) == "#202428"
    assert drawn.colour(18, 0) == GROUND
    assert drawn.colour(0, 18) == GROUND


def test_a_light_line_is_one_crisp_pixel() -> None:
    drawn = picture("─┐")
    assert [drawn.colour(2, y) for y in (7, 8, 9)] == [GROUND, FRONT, GROUND]
    assert [drawn.colour(x, 15) for x in (12, 13, 14)] == [GROUND, FRONT, GROUND]


def test_a_braille_dot_is_round_and_in_its_place() -> None:
    drawn = picture("⠁", scale=4)
    assert drawn.colour(9, 9) == FRONT
    assert drawn.colour(27, 9) == GROUND
    assert drawn.colour(9 - 5, 9 - 5) == GROUND


def test_text_stays_in_its_cells() -> None:
    drawn = picture("H H", scale=2)
    assert drawn.inked(0, 0, 18, 36) > 50
    assert drawn.inked(18, 0, 18, 36) == 0
    assert drawn.inked(36, 0, 18, 36) == drawn.inked(0, 0, 18, 36)


def test_bold_has_more_ink_and_italic_is_another_face() -> None:
    plain, bold, italic = (picture("H", ink, 2) for ink in (Ink(), Ink(bold=True), Ink(italic=True)))
    assert bold.inked(0, 0, 18, 36) > plain.inked(0, 0, 18, 36)
    assert italic.rows != plain.rows


def test_what_the_font_lacks_is_an_empty_frame_of_its_width() -> None:
    drawn = picture("世")
    assert drawn.inked(0, 0, 18, 18) > 20
    assert drawn.colour(9, 9) == GROUND
    assert drawn.inked(18, 0, 36, 18) == 0


def test_the_same_frame_gives_the_same_bytes() -> None:
    canvas = Canvas(10, 2)
    canvas.put(0, 0, "▲ HIGH ⣿", Ink(fg="#f5a97f"))
    frame = Frame(canvas, FRONT, GROUND)
    assert to_png(frame) == to_png(frame)


def test_the_font_covers_what_walls_write() -> None:
    assert all(has_glyph(char) for char in "azAZ09 |~ äöüß éèñžŠ λΩµ Привет €$ –—…‹›×±≤≥∞ ␛␀²°·")
    assert not any(has_glyph(char) for char in "世한🔔\u0e01\uffff")
    assert has_glyph("e\u0301")


def test_the_font_comes_with_its_licence_and_stays_small() -> None:
    folder = files("noc.picture") / "font"
    assert "SIL OPEN FONT LICENSE" in (folder / "LICENSE-OFL-1.1.txt").read_text(encoding="utf-8")
    faces = [entry for entry in folder.iterdir() if entry.name.endswith(".ttf")]
    assert sorted(face.name for face in faces) == [
        "JetBrainsMono-Bold.ttf",
        "JetBrainsMono-Italic.ttf",
        "JetBrainsMono-Regular.ttf",
    ]
    assert sum(len(face.read_bytes()) for face in faces) < 250_000
