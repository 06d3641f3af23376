"""The settings a command line makes together with the file and the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc.cli.options import build_settings, chosen_pages, narrate
from noc.config.paths import bundled
from noc.model.errors import ConfigError


def test_a_command_without_any_file_runs_on_a_url(tmp_path: Path) -> None:
    settings, places = build_settings(prometheus=["http://p:9090"], tv=True, environ={}, home=tmp_path)
    assert settings.active().prometheus["prometheus"].url == "http://p:9090"
    assert settings.tv
    assert places.layouts == (tmp_path / ".config/noc/layouts", bundled("layouts"))


def test_the_users_file_is_read_and_its_directories_are_searched_first(tmp_path: Path) -> None:
    file = tmp_path / "xdg/noc/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("layouts: [team]\nthemes: [~/looks]\nenvironments:\n  prod: {loki: 'http://l:3100'}\n")
    settings, places = build_settings(environ={"XDG_CONFIG_HOME": str(tmp_path / "xdg")}, home=tmp_path)
    assert settings.environment == "prod"
    assert places.layouts[0] == file.parent / "team"
    assert places.themes[0] == tmp_path / "looks"


def test_layouts_that_are_named_go_before_a_configured_programme_but_not_before_a_named_one(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("tv: true\nprogramme: gateway\n")
    settings, _ = build_settings(config=file, environ={}, home=tmp_path)
    chosen = [
        chosen_pages(settings, layouts, programme).programme
        for layouts, programme in ((["host"], None), ([], None), (None, None), (["host"], "gateway"))
    ]
    assert chosen == [None, "gateway", "gateway", "gateway"]


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        build_settings(config=tmp_path / "no.yaml", environ={}, home=tmp_path)
    assert str(caught.value) == f"{tmp_path / 'no.yaml'}:0: cannot be read: No such file or directory"


def test_every_fault_of_the_file_is_raised_at_once(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("theme: 5\nrefresh: 1s\n")
    with pytest.raises(ConfigError) as caught:
        build_settings(config=file, environ={}, home=tmp_path)
    assert [fault.line for fault in caught.value.faults] == [1, 2]


def test_narration_goes_to_standard_error_and_holds_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    narrate("a\x1b[31mred")
    said = capsys.readouterr()
    assert said.out == ""
    assert "\x1b" not in said.err
