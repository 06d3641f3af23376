"""noc snapshot: the same picture twice, from no network, in every format."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import orjson
import pytest

from noc.cli.exits import Exit
from noc.cli.main import run

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


@pytest.mark.parametrize("ending", ["svg", "png", "txt", "json"])
def test_the_same_command_gives_the_same_bytes_and_opens_no_socket(
    ending: str, tmp_path: Path, no_network: None
) -> None:
    once, again = (snapshot(tmp_path / f"{name}.{ending}", "--format", ending) for name in ("once", "again"))
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
    assert all(words in calm for words in ("no alert fires", "nobody is working on anything"))
    beside = EVENT.sub("", calm)  # a feed marks its lines on any day
    assert [mark for mark in "✖▲◆●" if beside.count(mark) > 1] == []  # once each: the heads of the tiles, with a 0
    assert "no data" not in calm


def test_a_lost_server_leaves_old_pictures_that_say_so(tmp_path: Path) -> None:
    text = snapshot(tmp_path / "blackout.txt", "--scenario", "blackout", size="200x55").decode()
    assert "◷ 9 m old" in text
    assert "503" in text.split("\n")[0]
    assert "company 3" in text  # the last picture stays


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
    assert sorted(shown) == ["forged", "incidents", "pool", "status", "tiles"]
    whole = orjson.loads(snapshot(tmp_path / "all.json", size="200x55"))["panels"]
    assert sorted(name for name, panel in whole.items() if "CRITICAL" in panel["text"]) == sorted(shown)


def test_a_panel_of_the_first_page_is_never_calmer_than_one_behind_it(tmp_path: Path) -> None:
    """Tables are judged by the thresholds of their queries and columns, also while they are not on the glass."""
    panels = orjson.loads(snapshot(tmp_path / "w.json", size="80x34"))["panels"]
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
