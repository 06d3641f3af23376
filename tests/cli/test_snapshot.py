"""noc snapshot: the same picture twice, from no network, in every format."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

import orjson
import pytest

from noc.charts.canvas import Canvas
from noc.cli.exits import Exit
from noc.cli.main import run
from noc.picture.frame import Frame
from noc.picture.svg import to_svg

AT = "2025-10-02T15:30:00Z"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a snapshot of the demo opened a socket")

    for name in ("connect", "bind", "listen"):
        monkeypatch.setattr(socket.socket, name, refuse)


def snapshot(file: Path, *more: str, layout: str = "operations", size: str = "120x40") -> bytes:
    args = ["snapshot", layout, "--demo", "--at", AT, "--size", size, "-o", str(file), *more]
    assert run(args) == Exit.OK
    return file.read_bytes()


@pytest.mark.parametrize(
    ("ending", "layout"), [("svg", "operations"), ("png", "host"), ("txt", "host"), ("json", "host")]
)
def test_the_same_command_gives_the_same_bytes_and_opens_no_socket(
    ending: str, layout: str, tmp_path: Path, no_network: None
) -> None:
    args = ("--format", ending)
    once, again = (snapshot(tmp_path / f"{name}.{ending}", *args, layout=layout) for name in ("once", "again"))
    assert once == again
    assert len(once) > 2000


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    assert snapshot(tmp_path / "1.txt") != snapshot(tmp_path / "2.txt", "--seed", "2")


def test_the_text_has_every_row_and_stands_at_the_moment_asked_for(tmp_path: Path) -> None:
    rows = snapshot(tmp_path / "wall.txt", size="120x40").decode().split("\n")
    assert len(rows) == 41
    assert rows[-1] == ""
    assert "Unified operations" in rows[0]
    assert "15:30:00 UTC" in rows[0]


EVENT = re.compile(r"\d\d:\d\d:\d\d [✖▲◆●·] ")
"""A line of a feed."""


def test_the_tour_stands_at_its_telling_moment_and_calm_is_calm(tmp_path: Path) -> None:
    tour = snapshot(tmp_path / "tour.txt", size="200x55").decode()
    calm = snapshot(tmp_path / "calm.txt", "--scenario", "calm", size="200x55").decode()
    titles = [line for line in tour.split("\n") if "DB connections" in line]
    assert "✖ CRITICAL" in titles[0]
    assert "no alert fires" in calm
    beside = EVENT.sub("", calm)  # a feed marks its lines on any day
    assert [mark for mark in "✖▲◆●" if beside.count(mark) > 1] == []  # once each: the heads of the tiles, with a 0
    assert "no data" not in calm


def test_a_lost_server_leaves_old_pictures_that_say_so(tmp_path: Path) -> None:
    text = snapshot(tmp_path / "blackout.txt", "--scenario", "blackout", size="200x55").decode()
    assert "◷ 9 m old" in text
    assert "503" in text.split("\n")[0]
    assert "all 3 sources fail, the picture behind is 9 m old" in text
    assert "Request throughput" in text  # the last picture stays


def test_json_gives_states_ages_and_values_as_the_server_gave_them(tmp_path: Path) -> None:
    found = orjson.loads(snapshot(tmp_path / "wall.json", size="200x55"))
    assert {key: found[key] for key in ("layout", "at", "size")} == {
        "layout": "operations",
        "at": AT,
        "size": "200x55",
    }
    pool = found["panels"]["pool"]
    assert set(pool) == {"kind", "title", "state", "age", "values", "text"}
    assert (pool["kind"], pool["state"], pool["age"]) == ("gauge", "fresh", 0.0)
    assert 0.8 < max(one["value"] for one in pool["values"]) <= 1.0
    assert "DB connections" in pool["text"]
    assert {panel["state"] for panel in found["panels"].values()} == {"fresh"}


def test_panels_that_are_not_on_the_page_are_hidden(tmp_path: Path) -> None:
    states = [panel["state"] for panel in orjson.loads(snapshot(tmp_path / "w.json", size="80x24"))["panels"].values()]
    assert states.count("hidden") > 3
    assert states.count("fresh") > 3


def test_on_a_small_terminal_the_first_page_holds_the_most_severe_panels(tmp_path: Path) -> None:
    panels = orjson.loads(snapshot(tmp_path / "w.json", size="80x24"))["panels"]
    shown = [name for name, panel in panels.items() if panel["state"] != "hidden" and "CRITICAL" in panel["text"]]
    assert sorted(shown) == ["forged", "pool", "status", "tiles"]
    whole = orjson.loads(snapshot(tmp_path / "all.json", size="200x55"))["panels"]
    assert sorted(name for name, panel in whole.items() if "CRITICAL" in panel["text"]) == sorted(shown)


def test_a_panel_of_the_first_page_is_never_calmer_than_one_behind_it(tmp_path: Path) -> None:
    """Tables are judged by the thresholds of their queries and columns, also while they are not on the glass."""
    panels = orjson.loads(snapshot(tmp_path / "w.json", layout="performance", size="80x34"))["panels"]
    assert panels["endpoints"]["state"] == "fresh"
    assert "▲ HIGH" in panels["endpoints"]["text"]


@pytest.mark.parametrize("layout", ["operations", "host", "prometheus"])
@pytest.mark.parametrize("size", ["200x55", "120x40", "80x24"])
def test_no_bundled_layout_shows_an_empty_panel_on_the_demo(layout: str, size: str, tmp_path: Path) -> None:
    found = orjson.loads(snapshot(tmp_path / "wall.json", "--scenario", "calm", layout=layout, size=size))
    shown = {name: panel for name, panel in found["panels"].items() if panel["state"] != "hidden"}
    assert shown
    assert {panel["state"] for panel in shown.values()} == {"fresh"}
    assert [name for name, panel in shown.items() if "no data" in panel["text"]] == []


def test_the_file_says_what_it_is_or_the_format_must(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["snapshot", "host", "--demo", "-o", str(tmp_path / "wall")]) == Exit.USAGE
    assert "give --format svg, png, txt or json" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["200", "0x5", "axb", "2000x50"])
def test_a_size_is_columns_and_rows(size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["snapshot", "host", "--demo", "--size", size, "-o", str(tmp_path / "w.svg")]) == Exit.USAGE
    assert "write COLUMNSxROWS" in " ".join(capsys.readouterr().err.split())


def test_an_unknown_scenario_names_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["snapshot", "host", "--demo", "--scenario", "calmer", "-o", str(tmp_path / "w.svg")]) == Exit.ERROR
    assert "unknown scenario 'calmer'; there are calm, tour, webhook-attack" in capsys.readouterr().err


SMALL = """
grid: {areas: [cpu words]}
panels:
  cpu: {kind: stat, title: CPU, query: '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))', unit: percentunit, delta: false}
  words: {kind: text, title: Words, text: as written}
"""
"""A layout that is drawn in no time."""


def small(name: str = "small") -> str:
    """Its path, in the home of the test."""
    path = Path(os.environ["HOME"]) / "layouts" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SMALL)
    return str(path)


def check(golden: Path, *more: str, size: str = "60x8") -> int:
    return run(["snapshot", small(), "--demo", "--size", size, "--check", str(golden), *more])


def test_a_golden_picture_is_written_once_and_then_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], no_network: None
) -> None:
    golden = tmp_path / "pictures" / "host.svg"
    assert check(golden) == Exit.ERROR
    assert capsys.readouterr().out == f"{golden}: there is no such picture yet; --update writes it\n"
    assert check(golden, "--update") == Exit.OK
    assert capsys.readouterr().out == f"{golden}: new\n"
    assert check(golden) == Exit.OK
    assert capsys.readouterr() == ("", "")
    before = golden.stat().st_mtime_ns
    assert check(golden, "--update") == Exit.OK
    assert capsys.readouterr().out == f"{golden}: unchanged\n"
    assert golden.stat().st_mtime_ns == before
    assert [file.name for file in golden.parent.iterdir()] == [golden.name]


def test_a_difference_names_panels_and_rows_and_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden = tmp_path / "host.svg"
    check(golden, "--update")
    capsys.readouterr()
    assert check(golden, "--seed", "2") == Exit.ERROR
    head, *rows, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r".*host\.svg: \d+ cells differ in \d+ rows: cpu", head)
    assert all(re.fullmatch(r"  row \d+, column \d+ \([a-z]+\): .*|  and \d+ more rows?", row) for row in rows)
    assert last == f"  both pictures, what differs marked: {tmp_path / 'host.diff.png'}"
    assert (tmp_path / "host.diff.png").read_bytes().startswith(b"\x89PNG")
    assert check(golden, "--seed", "2", "--update") == Exit.OK
    assert capsys.readouterr().out.startswith(f"{golden}: written anew; ")
    assert check(golden, "--seed", "2") == Exit.OK
    assert not (tmp_path / "host.diff.png").exists()  # what it showed is no more


def test_the_picture_of_a_difference_goes_where_it_is_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden = tmp_path / "a.svg"
    golden.write_text(to_svg(Frame(Canvas(3, 1), "#ffffff", "#000000"), comparable=True))
    assert check(golden, "--diff", str(tmp_path / "d.png")) == Exit.ERROR
    assert "a.svg: it is 60x8 and was 3x1" in capsys.readouterr().out
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "a.diff.png").exists()


def test_several_layouts_and_sizes_are_checked_to_the_end_and_the_worst_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["snapshot", small("one"), small("two"), "--demo", "--size", "60x8", "--size", "40x8"]
    args += ["--check", str(tmp_path / "{layout}-{size}.txt")]
    assert run([*args, "--update"]) == Exit.OK
    names = ["one-40x8.txt", "one-60x8.txt", "two-40x8.txt", "two-60x8.txt"]
    assert sorted(file.name for file in tmp_path.glob("*.txt")) == names
    (tmp_path / "one-60x8.txt").write_text("x\n")
    (tmp_path / "two-40x8.txt").unlink()
    capsys.readouterr()
    assert run(args) == Exit.ERROR
    told = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert [line.split(":")[0].rpartition("/")[2] for line in told] == ["one-60x8.txt", "two-40x8.txt"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["host", "--demo"], "say where the frame goes: -o FILE, or --check FILE to compare it"),
        (["host", "--demo", "-o", "a.svg", "--update"], "it goes with --check"),
        (["host", "--demo", "-o", "a.svg", "--diff", "a.png"], "it goes with --check"),
        (["host", "--demo", "--check", "a"], "does not say what it is"),
        (["host", "--demo", "-o", "a.svg", "--check", "./a.svg"], "a.svg is what the frame is held against"),
        (["host", "--demo", "--check", "a.png", "--diff", "a.png"], "a.png is what the frame is held against"),
        (
            ["host", "logs", "--demo", "--check", "{layout}.svg", "--diff", "a.png"],
            "a.png is one file for 2 frames; put {layout} and {size} in it",
        ),
        (["host", "--check", "a.svg"], "a picture of now differs from every other; give --at TIME"),
        (
            ["host", "logs", "--demo", "--check", "{size}.svg"],
            "is one file for 2 frames; put {layout} and {size} in it",
        ),
    ],
)
def test_a_comparison_that_cannot_be_meant_is_refused(
    args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["snapshot", *args]) == Exit.USAGE
    assert words in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_golden_file_that_cannot_be_read_or_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.svg").mkdir()
    assert check(tmp_path / "a.svg") == Exit.ERROR
    assert "a.svg: cannot be read: Is a directory" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert check(tmp_path / "file" / "a.svg", "--update") == Exit.ERROR
    assert "cannot be" in capsys.readouterr().err
