"""A wall walks through a programme: what stands on the glass, what is asked before, who is waited for, what nights look like."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from noc.charts.canvas import Ink
from noc.config.programme import Programme
from noc.engine.book import Entry
from noc.engine.rotation import AWAY
from noc.model.alerts import Alert, AlertState, Matcher
from noc.model.ansi import SEVERITIES
from noc.model.clock import FixedClock
from noc.model.depth import Depth
from noc.model.errors import ConfigError, Fault
from noc.model.severity import Severity
from noc.runtime import AlertDesk, Page
from noc.ui.app import WallApp
from noc.ui.banner import Banner, critical_banner
from noc.ui.compat import style_of
from noc.ui.dimming import DISCERNIBLE, READABLE, contrast, dimmed
from noc.ui.screens.picker import Picker
from noc.ui.screens.wall import Wall
from noc.ui.screens.zoom import Zoom
from noc.ui.tv import Tv
from tests.alertgiven import MINUTE, NOW, alert, silence
from tests.palettes import DARK
from tests.ui.alertfakes import FakeAlertmanager, FakeRules, make_desk
from tests.ui.fakes import FakeSource, make_app, make_runtime

ONE = "title: First\ngrid: {areas: [one]}\npanels:\n  one: {kind: stat, title: One, query: one_total}\n"
TWO = (
    "title: Second\ngrid: {areas: [two]}\npanels:\n  two: {kind: timeseries, title: Two, query: two_total, range: 1h}\n"
)
THREE = (
    "title: Third\ngrid: {areas: [three]}\nvariables:\n  node: {kind: query, query: 'label_values(up, node)'}\n"
    "panels:\n  three: {kind: stat, title: Three, query: 'three_total{node=\"$node\"}'}\n"
)
ALERTS = (
    "title: Alarm\ngrid: {areas: [tiles, list]}\npanels:\n  tiles: {kind: alert-tiles, title: Tiles}\n"
    "  list: {kind: alerts, title: Firing}\n"
)
BREACH = alert("TenantBreach", "critical", since=0, company_id="7")
FLOOD = alert("WebhookFlood", "critical", since=0, route="/webhook")


@dataclass
class Tower:
    """A TV on a wall, and the room before it."""

    pilot: Pilot[None]
    wall: Wall
    desk: AlertDesk
    member: FakeAlertmanager
    clock: FixedClock
    source: FakeSource
    broken: set[str] = field(default_factory=set)

    @property
    def tv(self) -> Tv:
        assert self.wall.tv is not None
        return self.wall.tv

    async def passed(self, seconds: float) -> None:
        """Time goes by, second by second at the end, and what was asked is answered."""
        self.clock.advance(seconds)
        self.wall.tick()
        await self.pilot.pause()
        await self.wall.settled(5)
        self.wall.redraw(whole=True)

    async def news(self) -> None:
        await self.desk.poller.fresh(5)
        await self.pilot.pause()
        self.wall.redraw(whole=True)

    @property
    def title(self) -> str:
        return self.wall.board.title

    @property
    def lines(self) -> list[str]:
        return self.wall.glass.canvas.text().split("\n")

    @property
    def header(self) -> str:
        return self.lines[self.wall.moved[1]]


@asynccontextmanager
async def tv(
    *firing: Alert, file: Path | None = None, size: tuple[int, int] = (120, 30), **programme: Any
) -> AsyncIterator[Tower]:
    pages = [{"layout": "test"}, {"layout": "two"}, {"layout": "three"}]
    wanted = Programme.model_validate({"pages": pages, **programme})
    clock, source = FixedClock(NOW), FakeSource(labels={"node": ["n1", "n2"]})
    for name in ("one_total", "two_total", 'three_total{node="n1"}', 'three_total{node="n2"}'):
        source.answer(name, ({"node": "x"}, 42.0))
    member = FakeAlertmanager(clock, *firing)
    desk = make_desk(member, read_only=True, rules=FakeRules(member))
    others = {"two": TWO, "three": THREE, "alerts": ALERTS}
    broken: set[str] = set()
    runtime = make_runtime(ONE, source, clock, others=others, tv=True, alerting=desk, read_only=True)
    load = runtime.load

    def breakable(name: str) -> Page:
        if name in broken:
            raise ConfigError([Fault(f"{name}.yaml", 3, "unknown key 'gird'")])
        return load(name)

    app: WallApp = make_app(replace(runtime, programme=wanted, programme_file=file, load=breakable))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        tower = Tower(pilot, wall, desk, member, clock, source, broken)
        await wall.settled(5)
        await tower.passed(0)
        yield tower


async def test_pages_turn_by_themselves_and_the_header_says_where_they_are() -> None:
    async with tv() as room:
        assert (room.title, "page 1 of 3 · 0:30" in room.header) == ("First", True)
        await room.passed(7)
        assert "page 1 of 3 · 0:23" in room.header
        titles = []
        for _ in range(4):
            await room.passed(30)
            titles.append(room.title)
        assert titles == ["Second", "Third", "First", "Second"]


async def test_a_page_has_the_programmes_range_and_variables() -> None:
    pages = [{"layout": "test"}, {"layout": "two", "range": "6h"}, {"layout": "three", "variables": {"node": "n2"}}]
    async with tv(pages=pages) as room:
        await room.passed(30)
        assert room.wall.board.span == 21600.0
        await room.passed(30)
        assert 'three_total{node="n2"}' in room.source.exprs()


async def test_the_next_page_is_asked_for_before_it_comes_and_comes_full() -> None:
    async with tv() as room:
        await room.passed(15)
        assert "two_total" not in room.source.exprs()
        await room.passed(6)
        assert "two_total" in room.source.exprs()
        room.source.hold()  # whatever is asked from now on waits
        room.clock.advance(9)
        room.wall.tick()
        room.wall.redraw(whole=True)
        assert room.title == "Second"
        assert any("42" in line for line in room.lines)  # the legend's last value
        room.source.release()


async def test_the_values_of_the_next_pages_variables_are_asked_before_too() -> None:
    async with tv() as room:
        await room.passed(30)
        await room.passed(22)
        await room.pilot.pause()
        assert 'three_total{node="n1"}' in room.source.exprs()


async def test_each_page_moves_the_picture_by_a_cell_and_nothing_is_lost() -> None:
    async with tv(size=(100, 20)) as room:
        for turn, moved in enumerate([(1, 0), (1, 1), (0, 1), (0, 0)]):
            if turn:
                await room.passed(30)
            assert room.wall.moved == moved
            assert room.wall.area == (99, 19)
            assert "UTC" in room.header
            last = max(rect.y + rect.height for rect in room.wall.board.rectangles.values())
            assert room.wall.top + last <= 19
            assert (room.lines[0].strip() == "") is (moved[1] == 1)


async def test_a_picture_that_may_not_move_has_the_whole_glass() -> None:
    async with tv(shift=False, size=(100, 20)) as room:
        await room.passed(30)
        assert (room.wall.moved, room.wall.area) == ((0, 0), (100, 20))


# -- an alert takes the glass


async def test_a_critical_takes_the_glass_as_soon_as_it_is_known_its_row_under_the_cursor() -> None:
    async with tv() as room:
        room.member.fire(FLOOD, BREACH)
        await room.news()
        assert room.title == "Alarm"
        first = room.wall.board.desk.of("list").cursor
        assert first in (FLOOD.fingerprint, BREACH.fingerprint)
        assert "alert's page · 5:00" in room.header
        assert room.lines[room.wall.moved[1] + 1].strip().startswith("✖ CRITICAL  ")


async def test_the_cursor_stays_for_the_whole_hold_though_nobody_touches_a_key() -> None:
    async with tv(BREACH) as room:
        for _ in range(3):
            await room.passed(60)
            assert room.wall.board.desk.of("list").cursor == BREACH.fingerprint
            assert room.wall.board.desk.of("list").order is None


async def test_after_the_hold_the_banner_stands_on_all_pages_until_it_is_over() -> None:
    async with tv(BREACH, preempt={"hold": "60s"}) as room:
        titles = [room.title]
        for seconds in (60, 30, 30):
            await room.passed(seconds)
            titles.append(room.title)
            assert "TenantBreach for" in room.lines[room.wall.moved[1] + 1]
        assert titles == ["Alarm", "First", "Alarm", "Second"]
        room.member.resolve(BREACH)
        await room.news()
        room.clock.advance(5)
        await room.news()
        await room.passed(1)
        assert "TenantBreach for" not in room.lines[room.wall.moved[1] + 1]


async def test_an_acknowledged_or_silenced_alert_lets_the_wall_go_on_where_it_was() -> None:
    async with tv() as room:
        await room.passed(30)
        room.member.fire(BREACH)
        await room.news()
        assert room.title == "Alarm"
        room.member.keep(silence(Matcher("alertname", "TenantBreach")))
        await room.news()
        await room.passed(1)
        assert room.title == "Second"
        assert room.tv.banners() == []


async def test_an_alert_page_that_does_not_open_leaves_the_page_under_its_banner() -> None:
    async with tv(preempt={"layout": "nowhere"}) as room:
        room.member.fire(BREACH)
        await room.news()
        assert room.title == "First"
        assert "nowhere is left out: there is no such layout" in room.header
        assert "TenantBreach for" in room.lines[room.wall.moved[1] + 1]


def test_the_banner_names_the_newest_and_counts_the_others() -> None:
    def entry(name: str, minutes: float) -> Entry:
        since = NOW - minutes * MINUTE
        return Entry(alert(name, "critical", since=minutes * MINUTE), AlertState.ACTIVE, active_since=since)

    new, old = entry("Flood", 4), entry("Breach", 90)
    more = "   and 1 more CRITICAL, the oldest for 1 h"
    assert critical_banner([], NOW) == []
    assert critical_banner([new], NOW) == [Banner("CRITICAL  Flood for 4 m   Flood happened", Severity.CRITICAL)]
    assert critical_banner([new, old], NOW) == [
        Banner(f"CRITICAL  Flood for 4 m{more}   Flood happened", Severity.CRITICAL)
    ]


# -- people


async def test_space_pauses_with_a_countdown_and_space_goes_on() -> None:
    async with tv() as room:
        await room.pilot.press("space")
        await room.passed(13)
        assert "PAUSED 1:47 left" in room.header
        await room.passed(60)
        assert room.title == "First"
        await room.pilot.press("space")
        await room.passed(30)
        assert ("PAUSED" in room.header, room.title) == (False, "Second")


async def test_a_pause_is_over_by_itself() -> None:
    async with tv() as room:
        await room.pilot.press("space")
        await room.passed(AWAY - 1)
        assert "PAUSED 0:01 left" in room.header
        await room.passed(1)
        assert ("PAUSED" in room.header, room.title) == (False, "Second")


async def test_n_and_p_step_through_the_programme_and_somebody_is_there() -> None:
    async with tv() as room:
        await room.pilot.press("n")
        assert room.title == "Second"
        await room.pilot.press("p", "p")
        assert room.title == "Third"
        await room.passed(60)
        assert "goes on in 1:00" in room.header
        assert room.title == "Third"


async def test_an_alert_does_not_tear_the_page_from_whoever_is_there_but_its_banner_and_bell_come() -> None:
    async with tv() as room:
        rung: list[float] = []
        room.wall.app.bell = lambda: rung.append(room.clock.now())  # type: ignore[method-assign]
        await room.pilot.press("tab")
        room.member.fire(BREACH)
        await room.news()
        assert room.title == "First"
        await room.passed(1)
        assert "TenantBreach for" in room.lines[room.wall.moved[1] + 1]
        assert rung
        await room.passed(AWAY)
        assert room.title == "Alarm"


async def test_the_banner_stands_over_a_zoomed_panel_too() -> None:
    async with tv() as room:
        await room.pilot.press("tab", "z")
        zoom = room.pilot.app.screen
        assert isinstance(zoom, Zoom)
        before = zoom.glass.canvas.text().split("\n")[1]
        room.member.fire(BREACH)
        await room.news()
        zoom.draw()
        rows = zoom.glass.canvas.text().split("\n")
        assert "TenantBreach for" in rows[1]
        assert rows[2] == before  # the card's title has made room
        assert len(rows) == room.wall.glass.size.height


async def test_what_somebody_left_open_is_closed_after_two_minutes_and_the_rotation_goes_on() -> None:
    async with tv() as room:
        await room.pilot.press("tab", "z")
        assert isinstance(room.pilot.app.screen, Zoom)
        await room.pilot.press("question_mark")
        await room.passed(AWAY - 1)
        assert room.pilot.app.screen is not room.wall
        for _ in range(4):
            await room.passed(1)
        assert room.pilot.app.screen is room.wall
        assert room.title == "Second"


async def test_keys_in_a_dialog_keep_it_open() -> None:
    async with tv() as room:
        await room.pilot.press("q")
        room.clock.advance(100)
        await room.pilot.press("down")
        await room.passed(100)
        assert isinstance(room.pilot.app.screen, Picker)
        assert room.pilot.app.is_running


# -- what goes wrong


async def test_a_layout_that_breaks_is_left_out_said_and_tried_again() -> None:
    async with tv() as room:
        room.broken.add("two")
        await room.passed(30)
        assert room.title == "Third"
        assert "two is left out: two.yaml:3: unknown key 'gird'" in room.header
        room.broken.clear()
        await room.passed(30)
        await room.passed(30)
        assert (room.title, "left out" in room.header) == ("Second", False)


async def test_where_no_page_opens_the_last_good_wall_stays() -> None:
    async with tv() as room:
        room.broken.update({"test", "two", "three"})
        for _ in range(3):
            await room.passed(30)
            assert room.title == "First"
            assert "left out" in room.header
        room.broken.clear()
        for _ in range(3):
            await room.passed(30)
        assert "left out" not in room.header


async def test_an_edited_programme_is_taken_and_a_broken_one_keeps_the_old_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "room.yaml"
    file.write_text("pages: [{layout: test}]\n")
    async with tv(file=file) as room:
        write(file, "pages: [{layout: test, dwel: 3s}]\n", 10)
        await room.passed(1)
        assert "kept the old programme" in room.header
        assert "page 1 of 3" in " ".join(room.tv.words().quiet)
        write(file, "pages: [{layout: test}, {layout: alerts}]\n", 20)
        await room.passed(1)
        assert room.tv.words().quiet[0].startswith("page 1 of 2")
        assert room.tv.words().fault == ""


def write(file: Path, text: str, later: int) -> None:
    """As an editor does it, so many seconds later."""
    file.write_text(text)
    stamp = file.stat().st_mtime + later
    os.utime(file, (stamp, stamp))


async def test_a_glass_of_one_column_has_no_room_for_a_picture_that_moves_and_nobody_waits_for_one() -> None:
    async with asyncio.timeout(20), tv(size=(1, 5)) as room:
        await room.passed(1)
        assert room.wall.board.rectangles == {}


# -- the night


async def test_the_wall_is_dimmed_at_night_and_bright_in_the_morning() -> None:
    hour = datetime.fromtimestamp(NOW, make_runtime(ONE, FakeSource()).zone).hour
    span = f"{(hour + 1) % 24:02d}:00-{(hour + 2) % 24:02d}:00"
    async with tv(night={"between": span, "dim": 0.4}) as room:
        assert room.wall.board.look.palette == DARK
        await room.passed(3600)
        assert room.wall.board.look.palette == dimmed(DARK, 0.4)
        await room.passed(3600)
        assert room.wall.board.look.palette == DARK


@pytest.mark.parametrize("depth", [Depth.SIXTEEN, Depth.NONE])
async def test_a_terminal_of_few_colours_shows_each_state_at_night_as_by_day(depth: Depth) -> None:
    hour = datetime.fromtimestamp(NOW, make_runtime(ONE, FakeSource()).zone).hour
    async with tv(night={"between": f"{(hour + 1) % 24:02d}:00-{(hour + 2) % 24:02d}:00", "dim": 0.8}) as room:
        room.wall.vitals.app.depth = depth
        seen = []
        for _ in range(3):
            inks, worn = room.wall.vitals.app.inks, room.wall.board.look.palette
            assert inks is not None
            written = [
                style_of(Ink(getattr(worn, role), worn.surface), "", "") for role in ("text", "muted", *SEVERITIES)
            ]
            titles = [style_of(Ink(worn.text, ground), "", "") for ground in (worn.surface, worn.raised, worn.critical)]
            seen.append([inks.sgr(style) for style in (*written, *titles)])
            await room.passed(3600)
        assert seen[1] == seen[0] == seen[2]


@pytest.mark.parametrize("dim", [0.0, 0.3, 0.45, 0.8])
def test_dimmed_text_is_still_read_and_critical_is_as_bright_as_ever(dim: float) -> None:
    night = dimmed(DARK, dim)
    assert night.critical == DARK.critical
    assert contrast(night.text, night.surface) >= READABLE
    quiet: Mapping[str, str] = {
        role: getattr(night, role) for role in ("muted", "ok", "low", "medium", "high", "accent")
    }
    assert {role for role, colour in quiet.items() if contrast(colour, night.surface) < DISCERNIBLE} == set()
    assert (night == DARK) is (dim == 0.0)
