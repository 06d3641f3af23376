"""Where layouts and themes are found: the user's before the bundled, by name or by path."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from noc.config import paths
from noc.config.loader import load_layout, load_theme
from noc.config.paths import Places, bundled
from noc.model.errors import ConfigError

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "config/noc/layouts").mkdir(parents=True)
    (tmp_path / "team").mkdir()
    return Places.of({"XDG_CONFIG_HOME": str(tmp_path / "config")}, tmp_path, layouts=(tmp_path / "team",))


def test_the_directories_follow_the_xdg_specification(tmp_path: Path) -> None:
    places = Places.of({}, tmp_path)
    assert places.config_file == tmp_path / ".config/noc/config.yaml"
    assert Places.of({"XDG_CONFIG_HOME": "relative"}, tmp_path).config == tmp_path / ".config/noc"


def test_a_layout_of_the_user_hides_the_bundled_one_of_its_name(places: Places, tmp_path: Path) -> None:
    assert places.find_layout("host") == ROOT / "layouts/host.yaml"
    mine = places.config / "layouts/host.yml"
    mine.write_text("")
    assert places.find_layout("host") == mine
    team = tmp_path / "team/host.yaml"
    team.write_text("")
    assert places.find_layout("host") == team
    assert places.available_layouts()["host"] == team


def test_a_path_is_taken_as_it_is(places: Places, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("")
    assert places.find_layout(str(path)) == path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hots", "hots:0: unknown layout 'hots', did you mean 'host'?"),
        ("./no.yaml", "./no.yaml:0: does not exist; a layout is a name or the path of a YAML file"),
        ("/tmp/", "/tmp/:0: is a directory; a layout is a name or the path of a YAML file"),
    ],
)
def test_a_layout_that_is_not_there_is_answered_with_the_nearest(places: Places, name: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        places.find_layout(name)
    assert str(caught.value) == message


def test_every_bundled_layout_and_theme_loads() -> None:
    places = Places.of({}, Path("/nonexistent"))
    layouts, themes = places.available_layouts(), places.available_themes()
    assert {"host", "operations", "prometheus"} <= set(layouts)
    assert {"midnight", "paper", "contrast"} <= set(themes)
    for path in layouts.values():
        assert load_layout(path).panels
    for name, path in themes.items():
        assert load_theme(path).palette(name).name == name


def test_a_foreign_layouts_directory_beside_an_installed_package_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages/noc"
    (package / "_bundled/layouts").mkdir(parents=True)
    (tmp_path / "site-packages/layouts").mkdir()
    monkeypatch.setattr(paths, "PACKAGE", package)
    assert bundled("layouts") == package / "_bundled/layouts"


def test_a_wheel_carries_layouts_themes_and_programmes_where_they_are_looked_for(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("noc", "layouts", "themes", "programmes"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path / "dist"),
        str(source),
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("layouts", "themes", "programmes"):
        for path in (ROOT / folder).glob("*.yaml"):
            assert f"noc/_bundled/{folder}/{path.name}" in names
