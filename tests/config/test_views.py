"""Named views as a file: strict to read, kind to what people wrote in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc.config.views import SavedView, delete_view, find_view, load_views, save_view
from noc.model.errors import ConfigError

WRITTEN = """\
# what the night shift looks at
views:
  night:  # mara's
    layout: security
    range: 6h
    variables: {company_id: 7, region: [eu, us]}
    filters: {alerts: '@state=active'}
  monday:
    layout: ./own/wall.yaml
    until: 1759419000
"""


def file_with(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "views.yaml"
    path.write_text(text)
    return path


def test_a_file_written_by_hand_is_read(tmp_path: Path) -> None:
    assert load_views(file_with(tmp_path, WRITTEN)) == {
        "night": SavedView(
            layout="security",
            range=21_600.0,
            variables={"company_id": ("7",), "region": ("eu", "us")},
            filters={"alerts": "@state=active"},
        ),
        "monday": SavedView(layout="./own/wall.yaml", until=1_759_419_000.0),
    }


def test_no_file_and_an_empty_one_hold_no_views(tmp_path: Path) -> None:
    assert load_views(tmp_path / "none.yaml") == {}
    assert load_views(file_with(tmp_path, "# nothing yet\n")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("views: {night: {layout: a}, night: {layout: b}}", ":1: views.night: this key stands in line 1 already"),
        ("views:\n  night:\n    range: 6h\n", ":2: views.night: 'layout' is missing"),
        ("views:\n  night:\n    layout: a\n    rnage: 6h\n", ":4: "),
        ("views:\n  night:\n    layout: a\n    range: long\n", ":4: "),
        ("views:\n  night:\n    layout: a\n    range: -5\n", ":4: "),
        ("- night\n", ":1: the file must be a mapping (views: {NAME: ...})"),
        ("views: [\n", ":"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = file_with(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_views(path)
    assert str(caught.value.faults[0]).startswith(f"{path}{said}")


def test_an_unknown_view_is_told_the_nearest(tmp_path: Path) -> None:
    path = file_with(tmp_path, WRITTEN)
    with pytest.raises(ConfigError) as caught:
        find_view(path, "nigth")
    assert str(caught.value) == f"{path}:0: unknown view 'nigth', did you mean 'night'?"


def test_saving_keeps_what_people_wrote_of_the_others(tmp_path: Path) -> None:
    path = file_with(tmp_path, WRITTEN)
    view = SavedView(layout="host", range=3600.0, variables={"host": ("web-1",)}, focus="cpu")
    save_view(path, "hosts", view)
    text = path.read_text()
    assert "# what the night shift looks at" in text and "night:  # mara's" in text
    assert load_views(path) == {**load_views(file_with(tmp_path, WRITTEN)), "hosts": view}


def test_saving_makes_the_file_and_writes_over_the_same_name(tmp_path: Path) -> None:
    path = tmp_path / "noc" / "views.yaml"
    save_view(path, "a b: #1", SavedView(layout="host"))
    save_view(path, "a b: #1", SavedView(layout="alerts", filters={"list": 'severity="high" #x'}))
    assert load_views(path) == {"a b: #1": SavedView(layout="alerts", filters={"list": 'severity="high" #x'})}


def test_a_broken_file_is_never_written_over(tmp_path: Path) -> None:
    path = file_with(tmp_path, "views: {a: {}}\n")
    with pytest.raises(ConfigError):
        save_view(path, "b", SavedView(layout="host"))
    assert path.read_text() == "views: {a: {}}\n"


def test_deleting_takes_one_out_and_leaves_the_rest(tmp_path: Path) -> None:
    path = file_with(tmp_path, WRITTEN)
    delete_view(path, "monday")
    assert list(load_views(path)) == ["night"]
    assert "mara's" in path.read_text()
    with pytest.raises(ConfigError):
        delete_view(path, "monday")
