"""The wall answers keys: every test presses them on the real app over a played server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noc.model.clock import FixedClock
from noc.model.errors import ConfigError, Fault
from noc.runtime import Page, Runtime
from noc.ui.app import WallApp
from noc.ui.screens.wall import Wall
from noc.ui.screens.zoom import Zoom
from tests.ui.fakes import DARK, NOW, FakeSource, make_app, make_page, make_runtime

LAYOUT = """
range: 1h
refresh: 10s
variables:
  host: {kind: query, query: 'label_values(up, instance)', all: true}
grid:
  areas:
    - a b
    - c d
panels:
  a: {kind: timeseries, query: 'rate(x{instance=~"$host"}[5m])', title: Rate}
  b: {kind: stat, query: up, title: Up, spark: false, delta: false}
  c: {kind: table, query: load, title: Load, drill: {layout: other, variables: {box: $instance}}}
  d: {kind: stat, query: pool, title: Pool, unit: percentunit, spark: false, delta: false,
      thresholds: [{above: 0.8, severity: critical}]}
"""

OTHER = """
variables:
  box: {kind: text, default: none}
grid: {areas: [x]}
panels:
  x: {kind: stat, query: 'one{box="$box"}', title: One, spark: false, delta: false}
"""

Driven = Pilot[None]


def played() -> FakeSource:
    source = FakeSource(labels={"instance": ["web-1", "web-2"]})
    source.answer('rate(x{instance=~".*"}[5m])', ({"instance": "web-1"}, 3.0), ({"instance": "web-2"}, 5.0))
    source.answer("up", ({"job": "api"}, 1.0))
    source.answer("load", ({"instance": "web-1"}, 2.0), ({"instance": "web-2"}, 1.0))
    source.answer("pool", ({}, 0.5))
    return source


@asynccontextmanager
async def opened(
    source: FakeSource | None = None, size: tuple[int, int] = (120, 40), **changes: object
) -> AsyncIterator[tuple[Driven, Wall]]:
    runtime = make_runtime(LAYOUT, source or played(), others={"other": OTHER}, **changes)  # type: ignore[arg-type]
    async with make_app(runtime).run_test(size=size) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        await wall.settled(5)
        await pilot.pause()
        yield pilot, wall


def text_of(wall: Wall) -> str:
    wall.redraw()
    return wall.glass.canvas.text()


def header(wall: Wall) -> str:
    return text_of(wall).split("\n")[0]


async def press(pilot: Driven, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await pilot.pause()


async def test_the_wall_shows_what_the_server_answers() -> None:
    async with opened() as (_, wall):
        text = text_of(wall)
        assert " PROD  test  last 1h ▸ live" in text
        assert "web-1" in text
        assert "prometheus ✔" in text


async def test_tab_and_arrows_move_the_focus() -> None:
    async with opened() as (pilot, wall):
        seen = []
        for key in ("tab", "right", "down", "left", "shift+tab"):
            await press(pilot, key)
            seen.append(wall.board.view.focus)
        assert seen == ["a", "b", "d", "c", "b"]


async def test_escape_at_the_root_drops_the_focus_and_then_does_nothing() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "tab", "escape")
        assert wall.board.view.focus is None
        await press(pilot, "escape")
        assert pilot.app.screen is wall


async def test_in_a_table_the_arrows_move_the_row_cursor_first() -> None:
    async with opened() as (pilot, wall):
        wall.actions.focus_panel("c")
        await press(pilot, "j")
        assert (wall.board.view.focus, wall.board.rows["c"]) == ("c", 0)
        await press(pilot, "j")
        assert wall.board.rows["c"] == 1
        await press(pilot, "k", "k", "k")
        assert wall.board.view.focus == "a"


@pytest.mark.parametrize(("key", "span"), [("1", 3600), ("2", 21600), ("3", 86400), ("4", 604800)])
async def test_the_digits_choose_the_range_and_the_queries_follow(key: str, span: int) -> None:
    source = played()
    async with opened(source) as (pilot, wall):
        await press(pilot, key)
        await wall.settled(5)
        asked = [one for one in source.asked if one.method == "range"][-1]
        assert round(asked.end - asked.start) == span
        assert wall.board.span == span


async def test_panning_shows_history_and_says_so_until_live_again() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "left_square_bracket")
        assert "HISTORY, not live" in header(wall)
        assert wall.board.view.end == NOW - 1800
        await press(pilot, "0")
        assert "▸ live" in header(wall)


async def test_time_zooms_in_and_out() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "plus")
        assert wall.board.span == 1800
        await press(pilot, "minus", "minus")
        assert wall.board.span == 7200


async def test_a_paused_wall_says_how_long_and_draws_nothing_new() -> None:
    clock = FixedClock(NOW)
    source = played()
    async with opened(source, clock=clock) as (pilot, wall):
        await press(pilot, "space")
        assert "PAUSED 00:00" in header(wall)
        clock.advance(134)
        assert "PAUSED 02:14" in header(wall)
        source.answer("load", ({"instance": "web-9"}, 9.0))
        wall.runtime.poller.refresh()
        await wall.settled(5)
        assert "web-9" not in text_of(wall)
        assert "◷" not in text_of(wall)
        await press(pilot, "space")
        assert "PAUSED" not in header(wall)
        assert "web-9" in text_of(wall)


async def test_live_comes_back_by_itself() -> None:
    clock = FixedClock(NOW)
    async with opened(clock=clock) as (pilot, wall):
        await press(pilot, "left_square_bracket")
        clock.advance(601)
        wall.tick()
        assert wall.board.view.live
        assert "live again" in text_of(wall)


async def test_the_custom_range_explains_itself_before_it_is_taken() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "t", *"-3h", "space", *"to", "space", *"-1h")
        shown = str(pilot.app.screen.query_one("#understood").render())
        assert shown == "Wed 31 Dec 21:00 to 23:00 UTC"
        await press(pilot, "enter")
        assert (wall.board.view.end, wall.board.span) == (NOW - 3600, 7200)


async def test_a_range_that_is_none_is_not_taken() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "t", *"soon", "enter")
        assert "is no time" in str(pilot.app.screen.query_one("#understood").render())
        await press(pilot, "escape")
        assert pilot.app.screen is wall
        assert wall.board.view.live


async def test_variables_are_asked_of_the_server_and_narrow_the_queries() -> None:
    source = played()
    source.answer('rate(x{instance=~"web-2"}[5m])', ({"instance": "web-2"}, 5.0))
    async with opened(source) as (pilot, wall):
        assert wall.board.options("host") == [("$__all", "all"), ("web-1", "web-1"), ("web-2", "web-2")]
        await press(pilot, "v", *"web-2", "enter")
        await wall.settled(5)
        assert wall.board.values == {"host": ("web-2",)}
        assert 'rate(x{instance=~"web-2"}[5m])' in source.exprs("range")
        assert "host=web-2" in header(wall)


async def test_layouts_by_n_p_and_g() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "n")
        assert wall.board.page.name == "other"
        await press(pilot, "p")
        assert wall.board.page.name == "test"
        await press(pilot, "g", *"oth", "enter")
        assert wall.board.page.name == "other"


async def test_a_drill_link_carries_the_rows_label_and_escape_leads_back() -> None:
    source = played()
    async with opened(source) as (pilot, wall):
        wall.actions.focus_panel("c")
        await press(pilot, "j", "j", "d")
        await wall.settled(5)
        assert wall.board.page.name == "other"
        assert 'one{box="web-2"}' in source.exprs("instant")
        await press(pilot, "escape")
        assert (wall.board.page.name, wall.board.view.focus) == ("test", "c")


async def test_a_panel_without_a_drill_link_leads_to_its_course_and_escape_comes_back() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "tab", "tab")
        focus = wall.board.view.focus
        await press(pilot, "d")
        assert [spec.kind for spec in wall.board.page.layout.panels.values()] == ["timeseries"]
        await press(pilot, "escape")
        assert (wall.board.page.name, wall.board.view.focus) == ("test", focus)


async def test_find_filters_as_one_types_and_focuses() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "slash", *"poo", "enter")
        assert wall.board.view.focus == "d"


async def test_the_palette_does_what_it_lists() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "ctrl+p", *"last", "space", *"24", "enter")
        assert wall.board.span == 86400


async def test_themes_are_tried_on_while_choosing_and_taken_off_by_escape() -> None:
    paper = replace(DARK, name="test-paper", background="#ffffff", dark=False)
    async with opened(palettes={DARK.name: DARK, "test-paper": paper}) as (pilot, wall):
        await press(pilot, "T", "down")
        assert wall.board.look.palette.name == "test-paper"
        await press(pilot, "escape")
        assert wall.board.look.palette.name == DARK.name


async def test_help_lists_every_key_and_leaves() -> None:
    async with opened(size=(160, 55)) as (pilot, wall):
        await press(pilot, "question_mark")
        text = pilot.app.screen.query_one("#help").canvas.text()  # type: ignore[attr-defined]
        assert all(key.words in text for key in wall.keys)
        await press(pilot, "escape")
        assert pilot.app.screen is wall


async def test_comparison_asks_the_same_question_a_day_earlier() -> None:
    source = played()
    async with opened(source) as (pilot, wall):
        await press(pilot, "c")
        await wall.settled(5)
        ends = {one.end for one in source.asked if one.method == "range"}
        assert ends == {NOW, NOW - 86400}
        assert "vs 1d ago" in header(wall)


async def test_the_view_is_copied_as_a_command() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "2", "left_square_bracket", "Y")
        assert pilot.app.clipboard == f"noc test --range 6h --until {NOW - 10800:.0f}"
        assert "copied: noc test" in text_of(wall)


async def test_the_picture_key_writes_a_whole_svg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_PICTURES_DIR", str(tmp_path))
    async with opened() as (pilot, _):
        await press(pilot, "P")
        (picture,) = list(tmp_path.iterdir())  # noqa: ASYNC240
        assert picture.name == "noc-test-2026-01-01-000000.svg"
        assert picture.read_text().startswith("<svg")


async def test_zoom_shows_query_and_statistics_and_walks_values() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "tab", "z")
        zoom = pilot.app.screen
        assert isinstance(zoom, Zoom)
        await wall.settled(5)
        zoom.draw()
        text = zoom.glass.canvas.text()
        assert 'rate(x{instance=~".*"}[5m])   every 20s' in text
        assert "web-1" in text
        assert "web-2" in text
        await press(pilot, "down", "enter")
        assert zoom.hidden == {"web-2"}
        await press(pilot, "enter")
        assert zoom.hidden == frozenset()
        await press(pilot, "down", "backspace")
        assert zoom.hidden == {"web-2"}
        await press(pilot, "left", "left")
        assert zoom.cursor is not None
        assert NOW - 120 < zoom.cursor < NOW
        await press(pilot, "3")
        assert wall.board.span == 86400
        await press(pilot, "escape")
        assert pilot.app.screen is wall
        assert len(wall.board.demands()) == 4


async def test_an_arrow_in_the_zoom_never_moves_the_wall() -> None:
    async with opened() as (pilot, wall):
        await press(pilot, "tab", "z", "right", "down")
        assert wall.board.view.focus == "a"


async def test_a_click_focuses_and_a_double_click_zooms() -> None:
    async with opened() as (pilot, wall):
        rect = wall.board.rectangles["d"]
        await pilot.click("#glass", offset=(rect.x + 3, rect.y + 3))
        await pilot.pause()
        assert wall.board.view.focus == "d"
        await pilot.double_click("#glass", offset=(rect.x + 3, rect.y + 3))
        await pilot.pause()
        assert isinstance(pilot.app.screen, Zoom)


async def test_a_click_on_the_footer_presses_its_key_and_one_on_the_header_opens_layouts_or_range() -> None:
    async with opened() as (pilot, wall):
        await pilot.click("#glass", offset=(text_of(wall).split("\n")[-1].index("help"), 39))
        await pilot.pause()
        assert type(pilot.app.screen).__name__ == "Help"
        await press(pilot, "escape")
        await pilot.click("#glass", offset=(3, 0))
        await pilot.pause()
        assert type(pilot.app.screen).__name__ == "Picker"
        await press(pilot, "escape")
        await pilot.click("#glass", offset=(110, 0))
        await pilot.pause()
        assert type(pilot.app.screen).__name__ == "Ask"


async def test_on_a_glass_too_small_the_most_severe_come_first_and_the_footer_says_so() -> None:
    source, clock = played(), FixedClock(NOW)
    async with opened(source, size=(39, 22), clock=clock) as (pilot, wall):
        assert len(wall.board.placement.pages) == 2
        assert "d" not in wall.board.rectangles
        source.answer("pool", ({}, 0.93))
        clock.advance(20)
        wall.runtime.poller.refresh()
        await wall.runtime.poller.settle(5)
        wall.tick()
        await pilot.pause()
        assert next(iter(wall.board.rectangles)) == "d"
        assert "page 1 of 2" in text_of(wall)
        await press(pilot, "pagedown")
        assert wall.board.view.page == 1


@pytest.mark.parametrize("size", [(1, 1), (10, 3), (40, 10), (80, 24), (200, 60), (400, 120)])
async def test_no_size_breaks_the_wall(size: tuple[int, int]) -> None:
    async with opened() as (pilot, wall):
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert (wall.glass.canvas.width, wall.glass.canvas.height) == size


async def test_keys_answer_while_the_server_hangs() -> None:
    source = played()
    async with opened(source) as (pilot, wall):
        source.hold()
        await press(pilot, "3", "tab")
        assert (wall.board.span, wall.board.view.focus) == (86400, "a")
        source.release()


async def test_no_chrome_but_a_thin_line_under_tv_and_quitting_asks() -> None:
    async with opened(tv=True) as (pilot, wall):
        last = text_of(wall).split("\n")[-1]
        assert "help" not in last
        assert wall.board.rectangles["c"].y + wall.board.rectangles["c"].height == 39
        await press(pilot, "q")
        assert pilot.app.screen is not wall
        await press(pilot, "enter")
        assert pilot.app.screen is wall


async def test_a_changed_layout_is_picked_up_and_a_broken_one_keeps_the_old_wall(tmp_path: Path) -> None:
    file = tmp_path / "test.yaml"
    file.write_text(LAYOUT)
    fault: list[Fault] = []

    def load(name: str) -> Page:
        if fault:
            raise ConfigError(fault)
        return replace(make_page(file.read_text(), "test"), path=file)

    runtime: Runtime = replace(make_runtime(LAYOUT, played()), load=load)
    runtime = replace(runtime, page=load("test"))
    app: WallApp = make_app(runtime)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        wall = app.screen
        assert isinstance(wall, Wall)
        await wall.settled(5)
        fault.append(Fault("test.yaml", 7, "unknown key 'panls', did you mean 'panels'?"))
        _touched(file, LAYOUT.replace("panels", "panls"), 1)
        wall.tick()
        assert "kept the old wall: test.yaml:7: unknown key 'panls', did you mean 'panels'?" in text_of(wall)
        assert "Rate" in text_of(wall)
        fault.clear()
        _touched(file, LAYOUT.replace("title: Up", "title: Alive"), 2)
        wall.tick()
        assert "Alive" in text_of(wall)
        assert "kept the old wall" not in text_of(wall)


def _touched(file: Path, text: str, stamp: int) -> None:
    import os

    file.write_text(text)
    os.utime(file, (NOW + stamp, NOW + stamp))
