"""What a wall knows of itself: that nothing answers, that it lives, that it paints late, what it probed."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noc import __version__
from noc.config.checks import Check
from noc.config.programme import Programme
from noc.config.views import SavedView
from noc.engine.checks import Checkups
from noc.engine.heartbeat import Heartbeat
from noc.engine.listeners import Listeners
from noc.engine.pulse import Pulse
from noc.model.checks import CheckResult
from noc.model.clock import FixedClock
from noc.model.errors import Unreachable
from noc.model.results import State
from noc.runtime import Runtime
from noc.ui.panels import state, status_grid
from noc.ui.screens.wall import Wall
from noc.ui.screens.zoom import Zoom
from noc.ui.vitals import settle
from tests.alertgiven import alert
from tests.ui.alertfakes import FakeAlertmanager, FakeRules, make_desk
from tests.ui.fakes import NOW, FakeSource, make_app, make_page, make_runtime

LAYOUT = (
    "title: Rooms\nrefresh: 5s\ngrid: {areas: [one, two]}\npanels:\n"
    "  one: {kind: stat, title: Load, query: load}\n  two: {kind: timeseries, title: Course, query: course}\n"
)
OTHER = "title: Elsewhere\ngrid: {areas: [z]}\npanels: {z: {kind: stat, title: Zed, query: zed}}"
TWICE = (
    "refresh: 5s\ngrid: {areas: [one, two]}\npanels:\n  one: {kind: stat, title: Here, query: load}\n"
    "  two: {kind: stat, title: There, query: load, source: second}\n"
)
GONE = Unreachable("refuses the connection")
LETTERS = "█▄ █ █▀█    █▀▄ █▀█ ▀█▀ █▀█"
"""The top of NO DATA in the smallest letters; as words where there is no room for them."""


@dataclass
class Room:
    """A wall whose servers come and go."""

    pilot: Pilot[None]
    wall: Wall
    clock: FixedClock
    sources: Mapping[str, FakeSource]
    member: FakeAlertmanager | None

    @property
    def runtime(self) -> Runtime:
        return self.wall.runtime

    @property
    def text(self) -> str:
        self.wall.redraw(whole=True)
        return self.wall.glass.canvas.text()

    @property
    def dark(self) -> bool:
        """Whether the glass says it, as it stands on it."""
        said = any(words in self.text for words in ("behind", "since noc started", "NO DATA"))
        assert said is (self.wall.vitals.blackout is not None)
        return said

    def _metric(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in self.sources if not names or name in names]

    def die(self, *names: str) -> None:
        """Servers that refuse from now on, all by default."""
        for name in self._metric(names):
            self.sources[name].reply_all("", GONE)
        if self.member is not None and (not names or "alertmanager" in names):
            self.member.down = GONE

    def live(self, *names: str) -> None:
        """Servers that answer again."""
        for name in self._metric(names):
            self.sources[name].reply_all("", lambda expr, at: [({"instance": "a"}, 42.0)])
        if self.member is not None and (not names or "alertmanager" in names):
            self.member.down = None

    async def ticked(self, seconds: float) -> None:
        """Time goes by; what is due is asked; the wall ticks."""
        self.clock.advance(seconds)
        self.runtime.poller.tick()
        await self.pilot.pause()
        await self.passed(0, asked=False)

    async def passed(self, seconds: float, *, asked: bool = True) -> None:
        """Time goes by; everything is asked at its end, unless it is asked seldom; the wall ticks."""
        self.clock.advance(seconds)
        if asked:
            self.runtime.poller.refresh()
            if self.runtime.alerting is not None:
                self.runtime.alerting.poller.refresh()
            await self.wall.settled(5)
        self.wall.tick()
        await self.pilot.pause()


@asynccontextmanager
async def room(
    layout: str = LAYOUT,
    *,
    servers: tuple[str, ...] = ("prometheus",),
    alerts: bool = False,
    size: tuple[int, int] = (100, 30),
    **changes: object,
) -> AsyncIterator[Room]:
    clock, sources = FixedClock(NOW), {name: FakeSource() for name in servers}
    member = FakeAlertmanager(clock) if alerts else None
    desk = make_desk(member, rules=FakeRules(member)) if member is not None else None
    runtime = make_runtime(layout, sources, clock, others={"other": OTHER}, alerting=desk, **changes)  # type: ignore[arg-type]
    async with make_app(runtime).run_test(size=size) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        found = Room(pilot, wall, clock, sources, member)
        found.live()
        await found.passed(0)
        yield found


# -- nothing answers


async def test_a_wall_goes_dark_with_the_first_failure_ten_seconds_after_the_last_good_answer() -> None:
    async with room() as found:
        found.die()
        await found.passed(5)
        assert not found.dark
        await found.passed(5)
        assert not found.dark
        await found.passed(1, asked=False)
        assert found.dark
        assert LETTERS in found.text
        assert "the only source fails, the picture behind is 11s old" in found.text
        assert "refuses the connection" in found.text


async def test_the_first_answer_ends_it_and_the_panels_stand_there_fresh() -> None:
    async with room() as found:
        found.die()
        await found.passed(11)
        assert found.dark
        found.live()
        await found.passed(1)
        assert not found.dark
        assert "42" in found.text
        assert " old" not in found.text


@pytest.mark.parametrize("size", [(80, 24), (200, 55)])
async def test_nothing_of_the_letters_stays_between_the_cards(size: tuple[int, int]) -> None:
    async with room(size=size) as found:
        before = found.text.split("\n")[1:]
        found.die()
        await found.passed(11)
        assert found.text.split("\n")[1:] != before
        found.live()
        found.clock.at = NOW  # the same picture again
        await found.passed(0)
        assert found.text.split("\n")[1:] == before


async def test_a_panel_stamps_its_age_beyond_two_intervals_before_the_wall_goes_dark() -> None:
    async with room(LAYOUT.replace("refresh: 5s", "refresh: 2s")) as found:
        found.die()
        await found.passed(4)
        assert " old" not in found.text
        await found.passed(1)
        assert "◷ 5s old" in found.text
        assert not found.dark


async def test_pictures_behind_the_letters_say_how_old_they_are_however_soon_it_went_dark() -> None:
    async with room() as found:
        found.die()
        found.clock.advance(11)
        found.runtime.poller.refresh()
        if found.runtime.alerting is not None:
            found.runtime.alerting.poller.refresh()
        await settle(found.runtime, 5)
        found.wall.tick()  # the first look at the failures, before any card was drawn anew
        behind = found.wall.vitals._behind
        assert behind is not None
        assert "11s old" in behind.text()


async def test_one_of_three_sources_that_answers_keeps_the_wall() -> None:
    async with room(TWICE, servers=("prometheus", "second"), alerts=True) as found:
        found.die("prometheus", "second")
        await found.passed(600)
        assert not found.dark
        found.die("alertmanager")
        await found.passed(5)
        assert not found.dark  # it answered five seconds ago
        await found.passed(6)
        assert found.dark
        assert "all 3 sources fail, the picture behind is 11s old" in found.text
        found.live("second")
        await found.passed(1)
        assert not found.dark


async def test_a_server_that_this_page_does_not_ask_says_nothing_for_it() -> None:
    async with room(servers=("prometheus", "second")) as found:
        found.die("prometheus")
        await found.passed(11)
        assert found.dark


async def test_a_wall_of_slow_panels_asks_for_a_word_and_knows_within_seconds_that_it_is_blind() -> None:
    async with room(LAYOUT.replace("refresh: 5s", "refresh: 5m")) as found:
        for _ in range(8):
            await found.ticked(6)
            assert not found.dark  # a word is enough, the panels are not due
        found.die()
        await found.ticked(6)
        assert not found.dark
        await found.ticked(5)
        assert found.dark
        assert "the picture behind is 11s old" in found.text
        found.live()
        await found.ticked(6)
        assert not found.dark


async def test_slow_panels_on_a_server_that_hangs_are_dark_as_soon() -> None:
    async with room(LAYOUT.replace("refresh: 5s", "refresh: 5m")) as found:
        found.sources["prometheus"].hold()
        await found.passed(15, asked=False)
        assert not found.dark
        await found.passed(1, asked=False)
        assert found.dark
        found.sources["prometheus"].release()


async def test_a_server_that_hangs_is_dark_ten_seconds_after_its_answer_was_due() -> None:
    async with room() as found:
        found.sources["prometheus"].hold()
        await found.passed(15, asked=False)
        assert not found.dark
        await found.passed(1, asked=False)
        assert found.dark
        assert "does not answer" in found.text
        found.sources["prometheus"].release()


async def test_an_alertmanager_that_hangs_keeps_no_dead_wall_alight_for_longer() -> None:
    async with room(alerts=True) as found:
        assert found.member is not None and found.runtime.alerting is not None
        assert found.runtime.alerting.poller.interval == 5.0
        found.die("prometheus")
        found.member.hold()
        found.clock.advance(12)
        found.runtime.poller.refresh()
        await found.runtime.poller.settle(5)
        await found.passed(3, asked=False)
        assert not found.dark
        await found.passed(1, asked=False)
        assert found.dark
        assert "does not answer" in found.text
        found.member.release()


async def test_a_clock_that_runs_fast_leaves_a_server_its_time_to_answer() -> None:
    async with room() as found:
        asked = found.wall.board.demands()
        found.runtime.store.demand([replace(one, refresh=one.refresh * 60) for one in asked])  # as a fast poller does
        found.sources["prometheus"].hold()
        found.runtime.poller._pace = 60.0
        await found.passed(300, asked=False)
        assert not found.dark
        await found.passed(11, asked=False)
        assert found.dark
        found.sources["prometheus"].release()


async def test_a_wall_whose_servers_never_answered_says_so_ten_seconds_after_its_start() -> None:
    async with room() as found:
        assert not found.dark
    clock, source = FixedClock(NOW), FakeSource()
    source.reply_all("", GONE)
    async with make_app(make_runtime(LAYOUT, source, clock)).run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        await wall.settled(5)
        never = Room(pilot, wall, clock, {"prometheus": source}, None)
        await never.passed(10)
        assert not never.dark
        await never.passed(1)
        assert never.dark
        assert "the only source fails, none has answered since noc started" in never.text


@pytest.mark.parametrize("key", ["space", "left_square_bracket"])
async def test_a_paused_wall_and_history_stand_on_old_answers_by_wish(key: str) -> None:
    async with room() as found:
        await found.pilot.press(key)
        found.die()
        await found.passed(60)
        assert not found.dark
        await found.pilot.press("0")
        await found.passed(1)
        assert found.dark


async def test_a_wall_that_is_dark_shows_history_when_asked_for_it() -> None:
    async with room() as found:
        found.die()
        await found.passed(11)
        await found.pilot.press("left_square_bracket")
        await found.passed(1)
        assert not found.dark
        assert "HISTORY" in found.text


# -- what is done while it is dark


@pytest.mark.parametrize("size", [(80, 24), (200, 55), (60, 12), (30, 6), (3, 2), (1, 1)])
async def test_a_dark_wall_takes_any_size_and_comes_back_in_it(size: tuple[int, int]) -> None:
    async with room() as found:
        found.die()
        await found.passed(11)
        await found.pilot.resize_terminal(*size)
        await found.passed(1)
        canvas = found.wall.glass.canvas
        assert (canvas.width, canvas.height) == size
        if size[0] >= 30:
            assert found.dark
        found.live()
        await found.passed(1)
        assert found.wall.vitals.blackout is None
        assert size[0] < 60 or "Course" in found.text


async def test_another_layout_and_every_key_leave_it_dark_with_the_last_picture_behind() -> None:
    async with room() as found:
        found.die()
        await found.passed(11)
        for key in ("tab", "down", "enter", "escape", "n", "1", "c", "d", "escape", "r", "p"):
            await found.pilot.press(key)
            await found.pilot.pause()
            if found.pilot.app.screen is found.wall:
                assert found.dark, key
        await found.pilot.press("n")
        await found.passed(1)
        assert "Elsewhere" in found.text.split("\n")[0]
        assert found.dark
        found.live()
        await found.passed(1)
        assert "Zed" in found.text
        assert not found.dark


async def test_a_dialog_stays_open_over_it_and_the_wall_beneath_goes_dark() -> None:
    async with room() as found:
        await found.pilot.press("question_mark")
        over = found.pilot.app.screen
        assert over is not found.wall
        found.die()
        await found.passed(11)
        assert found.pilot.app.screen is over
        await found.pilot.press("escape")
        await found.pilot.pause()
        assert found.pilot.app.screen is found.wall
        assert found.dark


async def test_a_zoomed_panel_goes_dark_too() -> None:
    async with room() as found:
        await found.pilot.press("tab", "z")
        await found.pilot.pause()
        zoom = found.pilot.app.screen
        assert isinstance(zoom, Zoom)
        found.die()
        await found.passed(11)
        zoom.draw()
        rows = zoom.glass.canvas.text().split("\n")
        assert any(LETTERS in row for row in rows)
        assert (rows[0].startswith(" PROD  Rooms"), "back" in rows[-1]) == (True, True)
        await found.pilot.press("escape")
        await found.pilot.pause()
        assert found.dark
        found.live()
        await found.pilot.press("z")
        await found.passed(1)
        zoom = found.pilot.app.screen
        assert isinstance(zoom, Zoom)
        zoom.draw()
        assert LETTERS not in zoom.glass.canvas.text()


async def test_a_tv_moves_the_letters_with_its_picture_and_turns_its_pages_in_the_dark() -> None:
    programme = Programme.model_validate({"pages": [{"layout": "test"}, {"layout": "other"}]})
    async with room(tv=True, programme=programme, size=(100, 30)) as found:
        found.die()
        await found.passed(11)
        seen = {}
        for _ in range(4):
            assert found.dark
            rows = found.text.split("\n")
            at = next(y for y, row in enumerate(rows) if LETTERS in row)
            seen[found.wall.moved] = (rows[at].index(LETTERS), at)
            await found.passed(30)
        x, y = seen[(0, 0)]
        assert seen == {(0, 0): (x, y), (1, 0): (x + 1, y), (1, 1): (x + 1, y + 1), (0, 1): (x, y + 1)}
        found.live()
        await found.passed(1)
        assert not found.dark
        assert "42" in found.text


# -- its sign of life


def figures(path: Path) -> dict[str, float]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_the_heartbeat_is_written_every_fifteen_seconds_and_says_goodbye(tmp_path: Path) -> None:
    path, clock = tmp_path / "noc.prom", FixedClock(NOW)
    async with room(alerts=True, heartbeat=Heartbeat(path, clock)) as found:
        first = figures(path)
        assert first["noc_up"] == 1
        assert first['noc_page_info{layout="test"}'] == 1
        assert first[f'noc_build_info{{version="{__version__}"}}'] == 1
        assert first["noc_heartbeat_timestamp_seconds"] > NOW
        assert 10e6 < first["noc_resident_bytes"] < 10e9
        assert first["noc_paint_late_seconds"] < 60
        counted = [first[f'noc_sources{{state="{one}"}}'] for one in ("ok", "failing", "waiting")]
        assert counted == [2, 0, 0]
        found.die("prometheus")
        found.wall.actions.open_layout("other")
        clock.advance(14)
        await found.passed(1)
        assert figures(path) == first
        clock.advance(1)
        await found.passed(1)
        second = figures(path)
        assert second["noc_heartbeat_timestamp_seconds"] > first["noc_heartbeat_timestamp_seconds"]
        assert second['noc_page_info{layout="other"}'] == 1
        assert [second[f'noc_sources{{state="{one}"}}'] for one in ("ok", "failing")] == [1, 1]
    assert figures(path)["noc_up"] == 0


async def test_a_heartbeat_that_cannot_be_written_is_said_once(tmp_path: Path) -> None:
    path, clock = tmp_path / "gone" / "noc.prom", FixedClock(NOW)
    async with room(heartbeat=Heartbeat(path, clock)) as found:
        assert f"the heartbeat cannot be written to {path}"[:60] in found.text
        found.wall.say("something else")
        clock.advance(15)
        await found.passed(1)
        assert "something else" in found.text
        path.parent.mkdir()
        clock.advance(15)
        await found.passed(1)
        assert figures(path)["noc_up"] == 1


# -- it paints late


async def test_a_wall_that_was_held_up_says_for_ten_seconds_how_late_it_painted() -> None:
    async with room() as found:
        clock = FixedClock(NOW)
        found.wall.vitals.app.pulse = Pulse(clock)
        await found.passed(1)
        clock.advance(1)
        await found.passed(1)
        assert "late" not in found.text
        clock.advance(5)
        await found.passed(1)
        assert "painting 4 s late" in found.text
        for _ in range(9):
            clock.advance(1)
            await found.passed(1)
        assert "painting 4 s late" in found.text
        clock.advance(1)
        await found.passed(1)
        assert "late" not in found.text


async def test_a_picture_that_waits_for_its_terminal_is_late_too_and_a_notice_goes_before_it() -> None:
    async with room() as found:
        clock = FixedClock(NOW)
        pulse = found.wall.vitals.app.pulse = Pulse(clock)
        pulse.wanted()
        clock.advance(3)
        assert "painting 3 s late" in found.text
        found.wall.say("copied")
        assert "copied" in found.text
        assert "late" not in found.text
        pulse.painted()
        assert pulse.paints == 1


async def test_a_notice_and_a_key_from_before_the_clock_was_set_back_are_over() -> None:
    async with room() as found:
        await found.pilot.press("tab")
        found.wall.board.desk.of("one").order = ("x",)
        found.wall.say("copied")
        await found.passed(-3600)
        assert "copied" not in found.text
        assert found.wall.board.desk.of("one").order is None


# -- a saved view


async def test_a_wall_opens_on_a_saved_view_with_its_variables_range_filters_and_focus() -> None:
    layout = (
        "variables: {host: {kind: list, values: [a, b], default: a}}\ngrid: {areas: [list, one]}\npanels:\n"
        "  list: {kind: alerts, title: Firing}\n  one: {kind: timeseries, title: One, query: 'x{host=\"$host\"}'}\n"
    )
    view = SavedView(
        layout="test", range=7200.0, variables={"host": ("b",)}, filters={"list": "@severity=critical"}, focus="one"
    )
    async with room(layout, alerts=True, opens=view) as found:
        assert found.member is not None
        found.member.fire(alert("Breach", "critical"), alert("Slow", "medium"))
        await found.passed(1)
        board = found.wall.board
        assert (board.view.focus, board.span, board.values) == ("one", 7200.0, {"host": ("b",)})
        assert 'x{host="b"}' in found.sources["prometheus"].exprs()
        assert 'x{host="a"}' not in found.sources["prometheus"].exprs()
        assert "Breach" in found.text
        assert "Slow" not in found.text


# -- a page that stands alone on a TV

ALERTS = (
    "title: Alarm\nrefresh: 5s\ngrid: {areas: [list, count]}\npanels:\n  list: {kind: alerts, title: Firing}\n"
    "  count: {kind: stat, title: Count, query: firing}\n"
)
ALONE = Programme.model_validate({"pages": [{"layout": "test", "dwell": 60}]})


async def test_a_page_that_stands_alone_gives_way_to_a_critical_whose_page_comes_full() -> None:
    pages = {"test": make_page(LAYOUT, "test"), "alerts": make_page(ALERTS, "alerts")}
    async with room(alerts=True, tv=True, programme=ALONE, load=pages.__getitem__, size=(120, 40)) as found:
        assert found.member is not None
        assert "page" not in found.text.split("\n")[0]
        assert "firing" in found.sources["prometheus"].exprs()
        await found.passed(11)
        assert "firing" not in {demand.query.expr for demand in found.wall.board.demands()}
        found.sources["prometheus"].hold()
        found.member.fire(alert("Breach", "critical"))
        assert found.runtime.alerting is not None
        await found.runtime.alerting.poller.fresh(5)
        await found.pilot.pause()
        assert found.wall.board.title == "Alarm"
        firing = [asked.result for asked in found.wall.board.data("count").asked if asked.planned.role == "main"]
        assert [one.series[0].values[-1] for one in firing] == [42.0]
        assert "alert's page" in found.text
        found.sources["prometheus"].release()
        found.member.resolve(*[one for one in found.member.firing.values() if one.name == "Breach"])
        await found.passed(1)
        await found.passed(5)
        assert found.wall.board.title == "Rooms"


async def test_keys_on_a_page_that_stands_alone_lead_to_other_layouts_and_it_comes_back() -> None:
    async with room(alerts=True, tv=True, programme=ALONE, size=(120, 40)) as found:
        await found.pilot.press("n")
        await found.pilot.pause()
        assert found.wall.board.title == "Elsewhere"
        await found.passed(121)
        assert found.wall.board.title == "Rooms"


async def test_a_view_that_was_named_stands_on_a_tv_as_it_was_saved() -> None:
    view = SavedView(layout="other", range=7200.0)
    async with room(alerts=True, tv=True, programme=ALONE, opens=view) as found:
        await found.passed(61)
        assert (found.wall.board.title, found.wall.board.span) == ("Elsewhere", 7200.0)


# -- its own health checks

CHECKS = (
    "title: Health\ngrid: {areas: [own, services]}\npanels:\n  own: {kind: checks, title: Checks}\n"
    "  services: {kind: status-grid, title: Services, check: detailed, query: exported_services}\n"
)
SERVICES = (("api", "up"), ("queue", "down"))


class Answering:
    """A Prober that always finds the same."""

    async def probe(self) -> CheckResult:
        return CheckResult(NOW, 0.05, 200, services=SERVICES)

    async def aclose(self) -> None:
        return None


async def test_what_a_wall_probed_itself_stands_in_its_panels_and_the_exporter_is_not_asked_for_it() -> None:
    check = Check.model_validate({"target": "http://gateway.example/health/detailed", "services": "$.services"})
    clock, news = FixedClock(NOW), Listeners()
    checkups = Checkups({"detailed": check}, {"detailed": Answering()}, clock, random.Random(1), news)
    async with room(CHECKS, checkups=checkups, check_news=news) as found:
        await found.passed(1)
        grid = found.wall.board.data("services")
        assert "/health/detailed" in found.text
        assert status_grid.services(grid) == SERVICES
        assert ("api" in found.text, "queue" in found.text) == (True, True)
        assert set(found.sources["prometheus"].exprs()) == {"exported_services"}  # what stands where a body names none
        states = {panel: state(found.wall.board.data(panel)) for panel in ("own", "services")}
        assert states == {"own": State.FRESH, "services": State.FRESH}
        found.die()
        await found.passed(11)
        assert found.dark  # that endpoints answer does not make the servers of numbers live


async def test_a_wall_without_probes_asks_the_exporter() -> None:
    async with room(CHECKS) as found:
        assert any("probe_" in expr for expr in found.sources["prometheus"].exprs())
