"""Programmes are checked with file, line, key and the nearest word; what nobody would ever see is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc.cli.main import run
from noc.config.layout import Layout
from noc.config.loader import load_programme, read_layout
from noc.config.paths import Places
from noc.config.programme import Preempt
from noc.config.settings import Settings
from noc.doctor.lint import lint_settings
from noc.doctor.programmes import lint_programme
from noc.doctor.remark import Known
from noc.model.errors import ConfigError
from noc.tvwiring import first_page, programme_of

PLACES = Places.of({}, Path("/nonexistent"))
KNOWN = Known(layouts=frozenset({"host", "logs", "alerts"}), programmes=frozenset({"gateway"}))


def layout_of(name: str) -> Layout | None:
    return read_layout(PLACES.find_layout(name)).model if name in KNOWN.layouts else None


def said(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    return [str(fault) for fault in lint_programme(path, KNOWN, file="x.yaml", layout_of=layout_of)]


def test_a_programme_that_is_well_has_no_fault(tmp_path: Path) -> None:
    text = (
        'pages:\n  - {layout: host, variables: {instance: a}}\n  - {layout: logs, between: "22:00-06:00", range: 6h}\n'
    )
    assert said(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pages: [{layout: hosst}]", "x.yaml:1: pages[1].layout: unknown layout 'hosst', did you mean 'host'?"),
        ("pages: [{layout: ./no.yaml}]", "x.yaml:1: pages[1].layout: './no.yaml' does not exist"),
        (
            "pages:\n  - layout: host\n    variables: {instnce: a}",
            "x.yaml:3: pages[1].variables.instnce: 'host' has no variable 'instnce', did you mean 'instance'?",
        ),
        (
            "pages: [{layout: host, range: 1x}]",
            "x.yaml:1: pages[1].range: '1x' is no duration; write 30s, 5m, 1h30m or 7d",
        ),
        ("pages: [{layout: host, range: 30s}]", "x.yaml:1: pages[1].range: 30s is under 1m, the least a wall shows"),
        (
            "dwell: 1s\npages: [{layout: host}]",
            "x.yaml:1: dwell: 1s is too short for anybody to read a page; 3s at least",
        ),
        (
            'pages:\n  - {layout: host, dwell: 5m}\n  - {layout: logs, between: "12:00-12:01"}',
            "x.yaml:3: warning: pages[2].between: lasts 1m, a round 5m30s: the page may never be shown",
        ),
        (
            "pages: [{layout: host}]\npreempt: {layout: host}",
            "x.yaml:2: warning: preempt.layout: 'host' lists no alerts: nothing will point at the one",
        ),
        (
            "pages: [{layout: host, days: [mon]}]",
            "x.yaml:0: some page must have neither 'between' nor 'days', so that the glass is never empty",
        ),
    ],
)
def test_a_fault_says_where_it_is_and_what_would_be_right(tmp_path: Path, text: str, fault: str) -> None:
    assert said(tmp_path, text) == [fault]


def test_settings_that_name_no_programme_are_told_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("tv: true\nprogramme: gatway\n")
    faults = [str(one) for one in lint_settings(path, KNOWN, file="config.yaml")]
    assert faults == ["config.yaml:2: programme: unknown programme 'gatway', did you mean 'gateway'?"]


def test_noc_check_takes_a_programme_by_name_and_by_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "room.yaml").write_text("pages: [{layout: hosst}]\n")
    assert run(["check", "room.yaml"]) == 1
    assert "room.yaml:1: pages[1].layout: unknown layout 'hosst', did you mean 'host'?" in capsys.readouterr().out
    (tmp_path / "room.yaml").write_text("pages: [{layout: host}]\n")
    assert run(["check", "room.yaml", "host"]) == 0
    assert capsys.readouterr().err == "checked 1 layout, 1 programme: 0 errors, 0 warnings\n"


def test_a_path_in_a_programme_stands_beside_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("")
    file = tmp_path / "room.yaml"
    file.write_text("pages: [{layout: ./mine.yaml}, {layout: host}]\n")
    assert [page.layout for page in load_programme(file).pages] == [str(tmp_path / "mine.yaml"), "host"]


def test_named_layouts_take_turns_where_no_programme_is_configured() -> None:
    places, names = PLACES, ["logs", "host"]
    programme, file = programme_of(Settings(tv=True), places, names)
    assert (programme is not None and [page.layout for page in programme.pages], file) == (names, None)
    assert programme_of(Settings(), places, names) == (None, None)
    assert programme_of(Settings(tv=True), places, ["host"]) == (None, None)
    assert programme_of(Settings(tv=True), places, [*places.available_layouts()]) == (None, None)


def test_a_layout_that_stands_alone_gives_way_to_alerts_where_there_are_any() -> None:
    for named, shown in ((["host"], "host"), ([], "host")):
        programme, file = programme_of(Settings(tv=True), PLACES, named, alerted=True, shown=shown)
        assert programme is not None and file is None
        assert ([page.layout for page in programme.pages], programme.preempt) == (["host"], Preempt())
        assert programme_of(Settings(), PLACES, named, alerted=True, shown=shown) == (None, None)
        assert programme_of(Settings(tv=True), PLACES, named, alerted=False, shown=shown) == (None, None)


def test_an_unknown_programme_is_refused_and_a_wall_opens_on_the_first_page_that_can_be_read() -> None:
    with pytest.raises(ConfigError, match="unknown programme 'gatway', did you mean 'gateway'"):
        programme_of(Settings(tv=True, programme="gatway"), PLACES, [])

    def load(name: str) -> str:
        return str(PLACES.find_layout(name))

    programme, _ = programme_of(Settings(tv=True), PLACES, ["nowhere", "host"])
    assert str(first_page(programme, [], load)).endswith("host.yaml")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="unknown layout 'nowhere'"):
        first_page(None, ["nowhere", "host"], load)  # type: ignore[arg-type]
