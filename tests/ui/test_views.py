"""A view is kept as it stands and opened as it was; a TV opens and never saves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from noc.config.views import SavedView, load_views, save_view
from noc.ui import views
from noc.ui.board import Board
from noc.ui.panels.data import Look
from noc.ui.screens.wall import Wall
from noc.ui.state import View
from tests.palettes import DARK
from tests.ui.fakes import NOW, FakeSource, make_app, make_runtime

LAYOUT = """\
variables: {host: {kind: list, values: [a, b], default: a}}
grid: {areas: [one, two]}
panels:
  one: {kind: stat, query: 'x{host="$host"}'}
  two: {kind: timeseries, query: y}
"""
OTHER = "grid: {areas: [z]}\npanels: {z: {kind: stat, query: z}}"
KEPT = SavedView(
    layout="test", range=7200.0, until=NOW - 600, variables={"host": ("b",)}, compare=86_400.0, focus="two"
)


def board() -> Board:
    found = Board(make_runtime(LAYOUT, FakeSource(), others={"other": OTHER}), View("test"), Look(DARK))
    found.arrange(100, 30)
    return found


def test_what_is_opened_is_what_was_saved() -> None:
    found = board()
    views.opened(found, KEPT, NOW)
    found.arrange(100, 30)
    assert views.saved(found) == KEPT
    assert (found.view.left_live, found.page.name) == (NOW, "test")


def test_typed_filters_come_back_and_what_is_gone_is_no_fault() -> None:
    found = board()
    one = SavedView(layout="test", filters={"one": "word", "gone": "x"}, focus="gone", variables={"nobody": ("x",)})
    views.opened(found, one, NOW)
    assert (found.desk.of("one").typed, found.view.focus, found.view.values) == ("word", None, ())
    assert views.saved(found) == SavedView(layout="test", filters={"one": "word"})


def test_a_paused_wall_is_kept_at_its_moment() -> None:
    found = board()
    found.change(replace(found.view, paused_at=NOW - 5))
    assert views.saved(found) == SavedView(layout="test", until=NOW - 5)


def test_a_comparison_that_no_key_makes_is_opened_and_the_key_ends_it() -> None:
    found = board()
    views.opened(found, SavedView(layout="test", compare=172_800.0), NOW)
    assert (found.view.compare, found.view.compared().compare) == (172_800.0, 0.0)


def test_a_range_beyond_what_the_keys_show_is_as_wide_as_they_go() -> None:
    assert views.view_of(SavedView(layout="test", range=1e9), "test", NOW).span == 366 * 86_400.0
    assert views.view_of(SavedView(layout="test", range=1.0), "test", NOW).span == 60.0


@pytest.mark.parametrize(
    ("reopen", "said"),
    [
        (("noc",), "noc --view mine"),
        (("noc", "wall", "--env", "prod"), "noc wall --env prod --view mine"),
        (("noc", "demo", "--seed", "1"), ""),
    ],
)
async def test_only_a_command_that_opens_views_is_named_with_one(
    tmp_path: Path, reopen: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "views.yaml"
    save_view(path, "mine", SavedView(layout="test"))
    async with make_app(make_runtime(LAYOUT, FakeSource(), views=path, reopen=reopen)).run_test() as pilot:
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        assert wall.actions.named_command() == said


def test_a_layout_is_kept_by_its_name_only_where_that_leads_to_its_file() -> None:
    found = board()
    found.page = replace(found.page, path=Path("walls/test.yaml"))
    whole = str(Path("walls/test.yaml").absolute())
    assert (views.saved(found).layout, found.command()) == (whole, f"noc {whole}")
    own = found.page
    found.runtime = replace(found.runtime, load=lambda name: own)
    assert (views.saved(found).layout, found.command()) == ("test", "noc test")


def test_a_view_is_told_in_a_few_words() -> None:
    assert views.told(KEPT) == "test  2h  fixed  host=b"
    assert views.told(SavedView(layout="a", range=3600.0, filters={"x": "y"})) == "a  last 1h  1 filter"


async def test_a_view_is_saved_listed_opened_and_deleted_at_the_keys(tmp_path: Path) -> None:
    path = tmp_path / "views.yaml"
    runtime = make_runtime(LAYOUT, FakeSource(), others={"other": OTHER}, views=path, read_only=True)
    async with make_app(runtime).run_test(size=(100, 30)) as pilot:
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        await pilot.press("2", "ctrl+s")
        await pilot.pause()
        await pilot.press(*"mine", "enter")
        await pilot.pause()
        assert load_views(path) == {"mine": SavedView(layout="test", range=21_600.0)}
        assert wall.actions.named_command() == "noc --view mine"
        wall.actions.open_layout("other")
        assert wall.actions.named_command() == ""
        await pilot.press("V")
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert (wall.board.page.name, wall.board.view.span) == ("test", 21_600.0)
        wall.actions.do_view_delete()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert load_views(path) == {}


async def test_a_tv_opens_views_and_saves_none(tmp_path: Path) -> None:
    path = tmp_path / "views.yaml"
    save_view(path, "night", SavedView(layout="other"))
    runtime = make_runtime(LAYOUT, FakeSource(), others={"other": OTHER}, views=path, tv=True)
    async with make_app(runtime).run_test(size=(100, 30)) as pilot:
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        wall.actions.do_view_save()
        assert pilot.app.screen is wall
        wall.actions.do_views()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert wall.board.page.name == "other"
        assert list(load_views(path)) == ["night"]
