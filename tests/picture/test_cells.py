"""Pictures carry their cells, and give them back as they were."""

from __future__ import annotations

import zlib
from base64 import b64encode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.charts.canvas import Canvas, Ink
from noc.picture.cells import NoCells, of_png, of_svg, of_text, pack, unpack, with_cells
from noc.picture.frame import Frame
from noc.picture.png import to_png
from noc.picture.svg import to_svg
from noc.picture.text import to_text

FRONT, GROUND = "#d0d4d8", "#101418"


def frame(*lines: str, ink: Ink | None = None) -> Frame:
    canvas = Canvas(20, max(1, len(lines)))
    for y, line in enumerate(lines):
        canvas.put(0, y, line, ink or Ink())
    return Frame(canvas, FRONT, GROUND, "Wall <1>")


def same(one: Frame, other: Frame) -> bool:
    return (one.cells.chars, one.cells.inks, one.foreground, one.background, one.title) == (
        other.cells.chars,
        other.cells.inks,
        other.foreground,
        other.background,
        other.title,
    )


inks = st.builds(Ink, st.sampled_from([None, "#ff0000"]), st.sampled_from([None, "#00ff00"]), bold=st.booleans())


@given(st.lists(st.tuples(st.text(max_size=12), inks), max_size=4))
def test_a_frame_comes_back_out_of_its_pack(lines: list[tuple[str, Ink]]) -> None:
    canvas = Canvas(9, 4)
    for y, (text, ink) in enumerate(lines):
        canvas.put(0, y, "".join(char for char in text if char.isprintable()), ink)
    packed = Frame(canvas, FRONT, GROUND, "t")
    assert same(unpack(pack(packed)), packed)


@pytest.mark.parametrize("lines", [("a=>b", "世界 é̂ ⣿█"), ("",), ("  </svg> ]]> IEND",)])
def test_an_svg_and_a_png_give_back_what_they_show(lines: tuple[str, ...]) -> None:
    shown = frame(*lines, ink=Ink("#ff0000", None, bold=True))
    assert same(of_svg(to_svg(shown, comparable=True)), shown)
    assert same(of_png(to_png(shown)), shown)


def test_an_svg_to_look_at_carries_nothing_unless_asked() -> None:
    assert "metadata" not in to_svg(frame("x"))
    with pytest.raises(NoCells, match="it carries no cells to compare"):
        of_svg(to_svg(frame("x")))


def test_the_cells_change_nothing_of_the_svgs_picture() -> None:
    plain, carrying = to_svg(frame("x")).splitlines(), to_svg(frame("x"), comparable=True).splitlines()
    assert carrying[:-2] == plain[:-1]
    assert carrying[-1] == "</svg>"


def test_a_png_stays_one_that_any_program_reads() -> None:
    """Chunks end to end with right checksums, the frame's in front of the end."""
    png, at, kinds = to_png(frame("x")), 8, []
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        kinds.append(png[at + 4 : at + 8])
        assert zlib.crc32(png[at + 4 : at + 8 + length]) == int.from_bytes(png[at + 8 + length : at + 12 + length])
        at += 12 + length
    assert kinds[0] == b"IHDR"
    assert kinds[-2:] == [b"zTXt", b"IEND"]


def test_text_has_no_colours_and_its_rows_may_be_short() -> None:
    found = of_text(to_text(frame("ab", "世c")), FRONT, GROUND)
    assert (found.cells.width, found.cells.height) == (3, 2)
    assert found.cells.chars == [["a", "b", " "], ["世", "", "c"]]


def test_nothing_at_all_is_a_frame_of_text_too() -> None:
    assert (of_text("", FRONT, GROUND).cells.width, of_text("", FRONT, GROUND).cells.height) == (0, 1)


def changed(**more: object) -> bytes:
    found = orjson.loads(zlib.decompress(pack(frame("x"))))
    return zlib.compress(orjson.dumps({**found, **more}))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no zlib", "its cells cannot be read"),
        (zlib.compress(b"[1]"), "its cells cannot be read"),
        (zlib.compress(b"\xff"), "its cells cannot be read"),
        (changed(inks=[]), "its cells cannot be read"),
        (changed(ground=["#ffffff", "black"]), "its cells cannot be read"),
        (changed(rows=[list(range(20))]), "its cells cannot be read"),
        (changed(runs=[[[10**15, 0]]]), "its cells are fewer than it says"),
        (changed(runs=[]), "its cells are fewer than it says"),
        (changed(size=[21, 1]), "its cells are fewer than it says"),
        (changed(version=2), "its cells are of version 2, this noc reads version 1"),
        (zlib.compress(b" " * 64_000_001), "its cells are more than any wall has"),
    ],
)
def test_what_cannot_be_read_says_so(data: bytes, words: str) -> None:
    with pytest.raises(NoCells, match=words):
        unpack(data)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\0\0\0\xffIHDR"])
def test_another_programs_picture_carries_none(data: bytes) -> None:
    with pytest.raises(NoCells):
        of_png(data)


def test_base64_that_is_none_is_refused() -> None:
    broken = to_svg(frame("x"), comparable=True).replace(b64encode(pack(frame("x"))).decode(), "AAAAA")
    with pytest.raises(NoCells, match="its cells cannot be read"):
        of_svg(broken)


def test_the_last_chunk_wins_no_contest() -> None:
    """Cells put in twice: the first are read, and both pictures stay whole."""
    assert same(of_png(with_cells(to_png(frame("x")), frame("y"))), frame("x"))
