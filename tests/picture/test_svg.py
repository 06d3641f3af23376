"""Frames as SVG and as text."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.charts.canvas import Canvas, Ink
from noc.model.text import clean
from noc.picture.frame import Frame
from noc.picture.svg import to_svg
from noc.picture.text import to_text

GROUND, FRONT = "#101418", "#d0d4d8"
NS = "{http://www.w3.org/2000/svg}"


def frame(*lines: str, ink: Ink | None = None, title: str = "noc") -> Frame:
    canvas = Canvas(max((len(line) for line in lines), default=0) * 2, len(lines))
    for row, line in enumerate(lines):
        canvas.put(0, row, line, ink or Ink())
    return Frame(canvas, FRONT, GROUND, title)


def body(picture: Frame) -> list[str]:
    """The document's lines between its ground and its end."""
    return to_svg(picture).splitlines()[3:-1]


def test_a_whole_document() -> None:
    canvas = Canvas(4, 1)
    canvas.put(0, 0, "⠁", Ink(fg="#8aadf4"))
    canvas.put(1, 0, "ok", Ink(bold=True))
    assert to_svg(Frame(canvas, FRONT, GROUND, "Wall")) == (
        '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="18" viewBox="0 0 36 18" role="img" '
        "font-family=\"'JetBrains Mono','DejaVu Sans Mono','Noto Sans Mono','Liberation Mono',monospace\" "
        'font-size="15" style="font-variant-ligatures:none">\n'
        "<title>Wall</title>\n"
        '<rect width="36" height="18" fill="#101418"/>\n'
        '<g fill="none" stroke-linejoin="round">\n'
        '<path stroke="#8aadf4" stroke-width="2.9" stroke-linecap="round" d="M2.25 2.25h.01"/>\n'
        "</g>\n"
        '<g fill="#d0d4d8" font-weight="700">\n'
        '<text x="9 18" y="14">ok</text>\n'
        "</g>\n"
        "</svg>\n"
    )


def test_every_character_names_its_column() -> None:
    assert body(frame("p95 1.84", "x")) == [
        '<g fill="#d0d4d8">',
        '<text x="0 9 18" y="14">p95</text>',
        '<text x="36 45 54 63" y="14">1.84</text>',
        '<text x="0" y="32">x</text>',
        "</g>",
    ]


def test_signs_a_font_would_join_stand_in_words_of_their_own() -> None:
    assert body(frame("a=>b")) == [
        '<g fill="#d0d4d8">',
        '<text x="0 9" y="14">a=</text>',
        '<text x="18 27" y="14">&gt;b</text>',
        "</g>",
    ]


def test_a_wide_character_is_centred_on_its_two_cells() -> None:
    assert body(frame("a世b")) == [
        '<g fill="#d0d4d8">',
        '<text x="0" y="14">a</text>',
        '<text x="18" y="14" text-anchor="middle">世</text>',
        '<text x="27" y="14">b</text>',
        "</g>",
    ]


def test_a_character_beyond_the_basic_plane_stands_alone() -> None:
    assert '<text x="9" y="14">🇩</text>' in body(frame("a🇩🇪b"))


def test_a_marked_letter_stands_alone() -> None:
    canvas = Canvas(3, 1)
    canvas.chars[0] = ["a", "x\u0335", "y"]
    assert body(Frame(canvas, FRONT, GROUND))[1:4] == [
        '<text x="0" y="14">a</text>',
        '<text x="9" y="14">x\u0335</text>',
        '<text x="18" y="14">y</text>',
    ]


def test_braille_becomes_dots_by_colour() -> None:
    canvas = Canvas(3, 2)
    canvas.put(1, 1, "⣀⠁", Ink(fg="#112233"))
    assert (
        '<path stroke="#112233" stroke-width="2.9" stroke-linecap="round" '
        'd="M11.25 33.75h.01M15.75 33.75h.01M20.25 20.25h.01"/>'
    ) in body(Frame(canvas, FRONT, GROUND))


def test_grounds_and_bars_are_joined_rectangles() -> None:
    card = Ink(bg="#202428")
    canvas = Canvas(6, 3)
    canvas.fill(1, 0, 4, 3, ink=card)
    canvas.put(1, 0, "█", Ink(fg="#ff0000", bg="#202428"))
    canvas.put(1, 1, "█", Ink(fg="#ff0000", bg="#202428"))
    assert body(Frame(canvas, FRONT, GROUND)) == [
        '<g shape-rendering="crispEdges">',
        '<path fill="#202428" d="M9 0h36v54h-36z"/>',
        '<path fill="#ff0000" d="M9 0h9v36h-9z"/>',
        "</g>",
    ]


def test_a_rule_is_one_rectangle() -> None:
    assert '<path fill="#d0d4d8" d="M0 8h45v1h-45z"/>' in body(frame("─────"))


@pytest.mark.parametrize(
    ("ink", "expected"),
    [
        (Ink(fg="#FFFFFF"), '<g fill="#ffffff">'),
        (Ink(bold=True), '<g fill="#d0d4d8" font-weight="700">'),
        (Ink(italic=True), '<g fill="#d0d4d8" font-style="italic">'),
        (Ink(dim=True), '<g fill="#8f9397">'),
        (Ink(reverse=True), '<g fill="#101418">'),
        (Ink(reverse=True), '<path fill="#d0d4d8" d="M0 0h18v18h-18z"/>'),
        (Ink(fg="#ff0000", underline=True), '<path fill="#ff0000" d="M0 16h18v1h-18z"/>'),
    ],
)
def test_styles_are_plain_colours_and_shapes(ink: Ink, expected: str) -> None:
    canvas = Canvas(3, 1)
    canvas.put(0, 0, "ab", ink)
    assert expected in body(Frame(canvas, FRONT, GROUND))


def test_a_shade_is_a_mixed_colour() -> None:
    assert '<path fill="#404448" d="M0 0h9v18h-9z"/>' in body(frame("░"))


def test_nothing_hostile_leaves_the_text() -> None:
    picture = frame("<script>&\"'", title="</title><script>\x1b]0;x\x07\u202e")
    root = ET.fromstring(to_svg(picture))
    assert root.findtext(f"{NS}title") == "</title><script>␛]0;x␇‹U+202E›"
    assert "".join(element.text or "" for element in root.iter(f"{NS}text")) == "<script>&\"'"
    assert not root.findall(f".//{NS}script")


def test_what_xml_cannot_hold_is_replaced() -> None:
    canvas = Canvas(3, 1)
    canvas.chars[0] = ["\x1b", "\ud800", "\uffff"]
    root = ET.fromstring(to_svg(Frame(canvas, FRONT, GROUND)))
    assert [element.text for element in root.iter(f"{NS}text")] == ["\ufffd\ufffd\ufffd"]


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not a colour of the form #rrggbb: 'red'"):
        to_svg(frame("x", ink=Ink(fg="red")))


def test_an_empty_frame_is_one_cell_of_ground() -> None:
    assert 'width="9" height="18"' in to_svg(Frame(Canvas(0, 0), FRONT, GROUND))


INKS = st.builds(
    Ink,
    fg=st.sampled_from([None, "#ff0000", "#00ff00"]),
    bg=st.sampled_from([None, "#0000ff"]),
    bold=st.booleans(),
    dim=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
)


@given(st.lists(st.tuples(st.text(max_size=12), INKS), max_size=5))
def test_any_frame_is_well_formed_the_same_twice_and_loses_no_letter(lines: list[tuple[str, Ink]]) -> None:
    canvas = Canvas(40, len(lines))
    for row, (line, ink) in enumerate(lines):
        canvas.put(0, row, clean(line, 40), ink)
    picture = Frame(canvas, FRONT, GROUND)
    document = to_svg(picture)
    assert document == to_svg(picture)
    root = ET.fromstring(document)
    for element in root.iter(f"{NS}text"):
        columns = [int(x) for x in (element.get("x") or "").split()]
        row = (int(element.get("y") or 0) - 14) // 18
        text = element.text or ""
        if element.get("text-anchor"):
            assert canvas.chars[row][columns[0] // 9 - 1] == text
        else:
            assert "".join(canvas.chars[row][x // 9] for x in columns) == text


def test_text_has_every_row_and_no_trailing_blanks() -> None:
    assert to_text(frame(" a  ", "", "世 b")) == " a\n\n世 b\n"
    assert to_text(Frame(Canvas(0, 0), FRONT, GROUND)) == ""
