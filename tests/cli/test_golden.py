"""Golden pictures: each format, held against one frame of a small wall."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from noc.charts.charset import ASCII, UNICODE
from noc.cli.embedded import charset_of, embedded, fixed
from noc.cli.golden import Format, Verdict, judged, marked, put, standing, written
from noc.config.settings import Settings
from noc.engine.grid import Rect
from noc.model.errors import ConfigError
from noc.picture.frame import Frame
from noc.ui.board import Board

SIZE = (60, 8)
SMALL = """
grid: {areas: [cpu words]}
panels:
  cpu: {kind: stat, title: CPU, query: '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))', delta: false}
  words: {kind: text, title: Words, text: as written}
"""
Drawn = tuple[Frame, Board]
ENDINGS = [ending.value for ending in Format]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    layout = tmp_path_factory.mktemp("layouts") / "small.yaml"
    layout.write_text(SMALL)
    return embedded(str(layout), SIZE, scenario="tour")


@pytest.fixture
def kept(drawn: Drawn, tmp_path: Path) -> Callable[[str], Path]:
    """Writes the frame as a golden file of an ending."""

    def keep(ending: str) -> Path:
        golden = tmp_path / f"wall.{ending}"
        put(golden, written(*drawn, SIZE, Format(ending)))
        return golden

    return keep


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_frame_equals_what_was_written_of_it(ending: str, drawn: Drawn, kept: Callable[[str], Path]) -> None:
    assert judged(kept(ending), *drawn, SIZE) == Verdict()


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_never_written_is_missing(ending: str, drawn: Drawn, tmp_path: Path) -> None:
    assert judged(tmp_path / f"a.{ending}", *drawn, SIZE) == Verdict("there is no such picture yet", missing=True)


@pytest.mark.parametrize(("ending", "differs"), [("svg", True), ("png", True), ("txt", False), ("json", False)])
def test_colours_count_in_pictures_and_nowhere_else(
    ending: str, differs: bool, drawn: Drawn, kept: Callable[[str], Path]
) -> None:
    frame, board = drawn
    grounds = [[ink._replace(bg="#123456") for ink in row] for row in frame.cells.inks]
    golden, inks = kept(ending), frame.cells.inks
    frame.cells.inks = grounds
    try:
        found = judged(golden, frame, board, SIZE)
    finally:
        frame.cells.inks = inks
    assert bool(found) is differs
    assert all("is coloured -#" in line for line in found.lines)


@pytest.mark.parametrize("ending", ["svg", "png", "txt"])
def test_another_word_is_named_with_its_row_and_panel(ending: str, drawn: Drawn, kept: Callable[[str], Path]) -> None:
    frame, board = drawn
    golden = kept(ending)
    row = next(row for row in frame.cells.chars if "as written" in "".join(row))
    before, at = list(row), "".join(row).index("as written")
    row[at : at + 2] = list("AS")
    try:
        found = judged(golden, frame, board, SIZE)
    finally:
        row[:] = before
    y = frame.cells.chars.index(row)
    assert found.head == "2 cells differ in 1 row: words"
    assert found.lines == (f"row {y + 1}, column {at + 1} (words): -'as' +'AS'",)
    assert found.picture is not None


def test_values_that_differ_are_named_by_their_path(drawn: Drawn, kept: Callable[[str], Path]) -> None:
    golden = kept("json")
    found = orjson.loads(golden.read_bytes())
    found["panels"]["cpu"]["state"] = "stale"
    found["panels"]["cpu"]["text"] = found["panels"]["cpu"]["text"].replace("CPU", "\x1bCPU")
    del found["panels"]["words"]["title"]
    golden.write_bytes(orjson.dumps(found))
    verdict = judged(golden, *drawn, SIZE)
    assert verdict.head == "3 values differ"
    assert verdict.lines[0] == "panels.cpu.state: -'stale' +'fresh'"
    assert verdict.lines[1].startswith("panels.cpu.text[0]: -' ␛CPU")
    assert verdict.lines[2] == "panels.words.title: -nothing +'Words'"
    assert verdict.picture is None


def test_many_values_are_counted_behind_the_first_twenty(drawn: Drawn, kept: Callable[[str], Path]) -> None:
    golden = kept("json")
    golden.write_bytes(orjson.dumps({"other": list(range(50))}))
    lines = judged(golden, *drawn, SIZE).lines
    assert lines[0] == "other[0]: -0 +nothing"
    assert len(lines) == 21
    assert lines[-1].startswith("and ") and lines[-1].endswith(" more")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.svg", b"<svg/>", "this picture cannot be compared: it carries no cells to compare"),
        ("a.png", b"GIF", "this picture cannot be compared: it is no PNG"),
        ("a.txt", b"\xff", "this is no txt that noc wrote"),
        ("a.json", b"{", "this is no json that noc wrote"),
    ],
)
def test_a_file_that_noc_did_not_write_says_so(
    name: str, data: bytes, words: str, drawn: Drawn, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    assert judged(tmp_path / name, *drawn, SIZE) == Verdict(words)


def test_a_file_that_cannot_be_read_or_written_is_named(drawn: Drawn, tmp_path: Path) -> None:
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(ConfigError, match=r"a\.svg.*cannot be read: Is a directory"):
        judged(tmp_path / "a.svg", *drawn, SIZE)
    with pytest.raises(ConfigError, match=r"b\.svg.*cannot be written: No such file or directory"):
        put(tmp_path / "none" / "b.svg", b"")
    put(tmp_path / "none" / "b.svg", b"x", parents=True)
    assert (tmp_path / "none" / "b.svg").read_bytes() == b"x"


def test_a_name_without_an_ending_has_no_format(drawn: Drawn) -> None:
    with pytest.raises(ValueError, match="'gif' is not a valid Format"):
        judged(Path("a.gif"), *drawn, SIZE)


def test_panels_are_found_where_they_stand_also_under_a_banner(drawn: Drawn) -> None:
    frame, board = drawn
    assert standing(frame, board) == {"cpu": Rect(0, 1, 30, 7), "words": Rect(31, 1, 29, 7)}
    frame.cells.chars.insert(1, [" "] * 60)
    try:
        assert standing(frame, board)["cpu"] == Rect(0, 2, 30, 7)
    finally:
        del frame.cells.chars[1]


def test_the_difference_is_drawn_beside_its_picture() -> None:
    assert marked(Path("walls/operations.svg")) == Path("walls/operations.diff.png")


def test_a_picture_asks_no_terminal_what_it_can_show() -> None:
    assert fixed(Settings()).colours == "truecolor"
    assert fixed(Settings(colours="16")).colours == "16"
    assert (charset_of(Settings()), charset_of(Settings(charset="ascii"))) == (UNICODE, ASCII)
