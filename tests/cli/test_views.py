"""``noc views`` lists what was saved, for people and for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noc.cli.views import chosen, command, file_of
from noc.config.views import SavedView, save_view
from noc.model.errors import ConfigError

NIGHT = SavedView(layout="security", range=21_600.0, variables={"company_id": ("7",)})


def test_the_views_stand_beside_the_configuration_that_is_named(tmp_path: Path) -> None:
    assert file_of(tmp_path / "noc.yaml") == tmp_path / "views.yaml"


def test_each_view_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_view(tmp_path / "views.yaml", "night", NIGHT)
    save_view(tmp_path / "views.yaml", "x\x1b[2J", SavedView(layout="host"))
    command(config=tmp_path / "noc.yaml")
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["night", "security", "last", "6h", "company_id=7"]
    assert "\x1b" not in out


def test_scripts_get_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_view(tmp_path / "views.yaml", "night", NIGHT)
    command(json=True, config=tmp_path / "noc.yaml")
    assert json.loads(capsys.readouterr().out) == {
        "views": [
            {
                "name": "night",
                "layout": "security",
                "range": 21600.0,
                "until": None,
                "compare": None,
                "variables": {"company_id": ["7"]},
                "filters": {},
                "focus": None,
            }
        ]
    }


def test_nothing_saved_is_said_beside_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(config=tmp_path / "noc.yaml")
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("no view was saved yet")) == ("", True)


def test_a_view_is_found_by_name(tmp_path: Path) -> None:
    save_view(tmp_path / "views.yaml", "night", NIGHT)
    assert chosen("night", tmp_path / "noc.yaml") == NIGHT
    with pytest.raises(ConfigError):
        chosen("day", tmp_path / "noc.yaml")
