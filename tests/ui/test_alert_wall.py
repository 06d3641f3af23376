"""Alerts are worked by keys: every sentence of "at 3 am" pressed on the real app, over an Alertmanager that is played."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from noc.config.alerting import Alerting, Findings, Sound
from noc.model.acks import Outcome, Stage, parse_ack, parse_record
from noc.model.alerts import Alert, Matcher, SilenceState
from noc.model.clock import FixedClock
from noc.model.errors import BadQuery, Timeout
from noc.runtime import AlertDesk
from noc.ui.app import WallApp
from noc.ui.compat import frame_of
from noc.ui.screens.ackline import AckLine
from noc.ui.screens.ask import Ask
from noc.ui.screens.detail import Detail, RunbookScreen
from noc.ui.screens.form import Button, Form
from noc.ui.screens.picker import Picker
from noc.ui.screens.sheets import Reading
from noc.ui.screens.wall import Wall
from tests.alertgiven import MINUTE, NOW, alert, silence
from tests.ui.alertfakes import FakeAlertmanager, FakeRules, make_desk
from tests.ui.fakes import FakeSource, make_app, make_runtime
from tests.ui.given import PALETTE

LAYOUT = """
grid:
  columns: [3fr, 2fr]
  areas: [list work]
panels:
  list: {kind: alerts, title: Firing, view: VIEW, group_by: GROUPS, silences: true}
  work: {kind: incidents, title: Incidents}
"""
ROWS = LAYOUT.replace("VIEW", "table").replace("GROUPS", "[alertname, instance, company_id]")
TREE = LAYOUT.replace("VIEW", "tree").replace("GROUPS", "[severity, alertname]")

POOL = alert("PoolHigh", "high", since=10 * MINUTE, instance="db-1")
QUEUE = alert("QueueSlow", "high", since=5 * MINUTE, instance="q-1")
DISK = alert("DiskFull", "low", since=MINUTE, instance="web-1")
FRAUD = alert("TenantBreach", "critical", since=0, company_id="7")


@dataclass
class Room:
    """A wall, the hand on its keys, and what rang."""

    pilot: Pilot[None]
    wall: Wall
    desk: AlertDesk
    member: FakeAlertmanager
    clock: FixedClock
    rung: list[float] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        """Keys, each heard: no dialog is deaf any more."""
        for key in keys:
            await self.pilot.press(key)
            self.clock.advance(0.4)

    async def write(self, text: str) -> None:
        """Into the field that has the focus, in place of what stands there."""
        focused = self.pilot.app.focused
        assert isinstance(focused, Input)
        focused.value = text
        await self.pilot.pause()

    async def news(self) -> None:
        """Ask Alertmanager and Prometheus once more and draw."""
        await self.desk.poller.fresh(5)
        await self.pilot._wait_for_screen()

    async def resolved(self, *alerts: Alert) -> None:
        """These end, and Prometheus confirms it."""
        self.member.resolve(*alerts)
        await self.news()
        self.clock.advance(5)
        await self.news()

    async def settled(self) -> None:
        """Until what was asked is done, or failed."""
        await self.wall.workers.wait_for_complete()
        await self.news()

    async def passed(self, seconds: float) -> None:
        """The clock moves, and the wall notices."""
        self.clock.advance(seconds)
        await self.news()
        self.wall.tick()
        await self.pilot._wait_for_screen()

    @property
    def text(self) -> str:
        """Everything on the glass, dialogs too."""
        if self.pilot.app.screen is self.wall:
            self.wall.redraw(whole=True)
            return self.wall.glass.canvas.text()
        return frame_of(self.pilot.app, PALETTE.text, PALETTE.background, "").cells.text()

    def row(self, word: str) -> str:
        """The first line that holds a word, its blanks made one, up to the panel beside it."""
        line = next((one for one in self.text.split("\n") if word in one), "")
        width = self.wall.board.rectangles["list"].width
        return " ".join(line[:width].split())

    @property
    def names(self) -> list[str]:
        """Names of the alerts in the list, top to bottom."""
        known = ("PoolHigh", "QueueSlow", "DiskFull", "TenantBreach", "ScopeSlow")
        width = self.wall.board.rectangles["list"].width
        lines = [one[:width] for one in self.text.split("\n")]
        return [name for line in lines for name in known if name in line]

    @property
    def cursor(self) -> str | None:
        return self.wall.board.desk.of("list").cursor

    @property
    def screen(self) -> object:
        return self.pilot.app.screen

    @property
    def form(self) -> Form:
        assert isinstance(self.pilot.app.screen, Form)
        return self.pilot.app.screen

    def button(self) -> str:
        return self.form.query_one("#confirm", Button).words

    def wrong(self) -> str:
        return str(self.form.query_one("#wrong").render())

    @property
    def focused(self) -> str | None:
        """The id of the field or button that has the focus."""
        widget = self.pilot.app.focused
        return widget.id if widget is not None else None

    async def reach(self, id: str) -> None:
        """Put the focus on a field or a button; a test of its own walks there by Tab."""
        self.form.query_one(f"#{id}").focus()
        await self.pilot._wait_for_screen()

    async def fill(self, **values: str) -> None:
        for id, text in values.items():
            self.form.query_one(f"#{id}", Input).value = text
        await self.pilot.pause()


@asynccontextmanager
async def opened(
    *firing: Alert,
    layout: str = ROWS,
    size: tuple[int, int] = (160, 40),
    member: FakeAlertmanager | None = None,
    settings: Alerting | None = None,
    author: str = "mara",
    read_only: bool = False,
    audit: Path | None = None,
    source: FakeSource | None = None,
    tv: bool = False,
) -> AsyncIterator[Room]:
    member = member or FakeAlertmanager(FixedClock(NOW), *firing)
    rules = FakeRules(member)
    desk = make_desk(member, settings=settings, author=author, read_only=read_only, audit=audit, rules=rules)
    runtime = make_runtime(layout, source or FakeSource(), member.clock, alerting=desk, read_only=read_only, tv=tv)
    app: WallApp = make_app(runtime)
    rung: list[float] = []
    app.bell = lambda: rung.append(member.clock.now())  # type: ignore[method-assign]
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        await wall.settled(5)
        await pilot.pause()
        yield Room(pilot, wall, desk, member, member.clock, rung)
        member.release()


# -- the cursor holds a thing, the order stands still


async def test_the_cursor_holds_an_alert_and_not_a_row_number() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j", "j")
        assert room.cursor == QUEUE.fingerprint
        room.member.fire(FRAUD)
        await room.resolved(POOL)
        assert room.cursor == QUEUE.fingerprint
        await room.press("a")
        assert "ack QueueSlow{instance=q-1}" in room.text


async def test_a_list_with_the_focus_stands_still_and_arrivals_wait_until_escape() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j")
        room.member.fire(FRAUD, DISK)
        await room.news()
        assert room.names == ["PoolHigh", "QueueSlow"]
        assert "2 new ↑" in room.text
        await room.press("escape")
        assert room.names == ["TenantBreach", "PoolHigh", "QueueSlow", "DiskFull"]
        assert "new ↑" not in room.text


async def test_the_focus_alone_makes_it_stand_still_and_leaving_lets_it_go() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab")
        room.member.fire(FRAUD)
        await room.news()
        assert (room.names, "1 new ↑" in room.text) == (["PoolHigh", "QueueSlow"], True)
        await room.press("tab")
        assert room.names == ["TenantBreach", "PoolHigh", "QueueSlow"]
        await room.press("shift+tab")
        assert "new ↑" not in room.text


async def test_a_list_that_nobody_reads_moves_again_after_two_minutes() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j")
        room.member.fire(FRAUD)
        await room.passed(130)
        assert room.names == ["TenantBreach", "PoolHigh", "QueueSlow"]


async def test_the_incidents_stand_still_too_and_count_what_waits() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "tab", "j")
        room.member.fire(FRAUD)
        await room.news()
        right = [line[room.wall.board.rectangles["work"].x :] for line in room.text.split("\n")]
        shown = [name for line in right for name in ("PoolHigh", "QueueSlow", "TenantBreach") if name in line]
        assert shown == ["PoolHigh", "QueueSlow"]
        assert any("1 new ↑" in line for line in right)


async def test_an_alert_that_resolves_under_the_cursor_stays_where_it_was_and_cannot_be_acknowledged() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j")
        await room.resolved(POOL)
        assert room.names == ["PoolHigh", "QueueSlow"]
        assert room.row("PoolHigh").endswith("outcome?")
        await room.press("a")
        assert room.screen is room.wall
        assert "PoolHigh is resolved: nothing to acknowledge" in room.text


async def test_an_alert_that_arrives_between_look_and_key_does_not_change_what_is_acknowledged() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j")
        room.member.fire(FRAUD)
        await room.news()
        await room.press("a")
        room.member.fire(DISK)
        await room.news()
        await room.press("enter")
        await room.settled()
        assert [draft.matchers for draft in room.member.posted] == [
            (Matcher("alertname", "PoolHigh"), Matcher("instance", "db-1"), Matcher("severity", "high"))
        ]


async def test_what_joins_a_group_between_look_and_key_is_not_acknowledged_with_it() -> None:
    one, two, three = (alert("ScopeSlow", "medium", since=60.0 - n, company_id=str(n)) for n in range(3))
    async with opened(one, two, layout=TREE) as room:
        await room.press("tab", "j", "j")
        assert room.cursor == "/severity=medium/alertname=ScopeSlow"
        room.member.fire(three)
        await room.news()
        await room.press("a")
        assert "ack 2 alerts (ScopeSlow, ...)" in room.text
        await room.press("enter")
        await room.settled()
        acked = {
            matcher.value for draft in room.member.posted for matcher in draft.matchers if matcher.name == "company_id"
        }
        assert acked == {"0", "1"}


async def test_a_mouse_puts_the_cursor_on_the_row_it_points_at_and_does_no_more() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        rect = room.wall.board.rectangles["list"]
        await room.pilot.click(offset=(rect.x + 3, room.wall.top + rect.y + 2))
        await room.pilot.pause()
        assert room.cursor == QUEUE.fingerprint
        assert (room.screen is room.wall, room.member.posted) == (True, [])
        room.member.fire(FRAUD)
        await room.passed(60)  # whoever points is as much there as who presses keys
        assert room.cursor == QUEUE.fingerprint
        assert "1 new ↑" in room.text
        await room.passed(121)
        assert room.cursor is None


async def test_without_a_cursor_a_key_takes_the_most_urgent_alert_and_never_a_whole_group() -> None:
    async with opened(POOL, QUEUE, FRAUD, layout=TREE) as room:
        await room.press("a")
        assert "ack TenantBreach{company_id=7} " in room.text
        assert room.wall.board.view.focus == "list"


# -- acknowledging


async def test_an_acknowledgement_is_one_line_and_the_row_says_asked_until_alertmanager_agrees() -> None:
    async with opened(POOL) as room:
        room.member.hold()
        await room.press("tab", "j", "a")
        line = room.text.split("\n")[-1]
        assert line.startswith(" ack PoolHigh{instance=db-1}")
        assert "on it" in line
        assert line.endswith(" as mara for 15m  Enter sends  Esc")
        await room.press("!", "enter")
        assert room.screen is room.wall
        assert room.row("PoolHigh").endswith("10 m acknowledge asked …")
        room.member.release()
        await room.settled()
        assert room.row("PoolHigh").endswith("10 m acked by mara 14 m left")
        (draft,) = room.member.posted
        assert (draft.created_by, draft.id) == ("mara", "")
        assert draft.comment == (
            f"ACK! on it! [noc/1 fp={POOL.fingerprint} since={POOL.since_text} sev=high step=1 ext=0 stage=acked out=]"
        )
        assert 890 < draft.ends_at - room.clock.now() <= 900
        assert "acknowledge PoolHigh{instance=db-1} until 15:45 UTC" in room.text


async def test_escape_leaves_the_line_and_sends_nothing() -> None:
    async with opened(POOL) as room:
        await room.press("tab", "j", "a", "escape")
        await room.settled()
        assert (room.screen is room.wall, room.member.posted) == (True, [])


async def test_a_failed_acknowledgement_stays_on_its_row_and_rings() -> None:
    async with opened(POOL, QUEUE) as room:
        room.member.fail = BadQuery("comment in body is required", status=422)
        await room.press("tab", "j", "a", "enter")
        await room.settled()
        assert room.row("PoolHigh").endswith("✖ comment in body is required")
        assert len(room.rung) == 1
        room.member.fail = None
        await room.passed(30)
        assert room.row("PoolHigh").endswith("✖ comment in body is required")
        await room.press("a", "enter")
        await room.settled()
        assert "acked by mara" in room.row("PoolHigh")


async def test_a_lost_answer_is_told_and_pressing_again_leaves_one_silence() -> None:
    async with opened(POOL) as room:
        room.member.fail = Timeout("no answer within 10s")
        await room.press("tab", "j", "a", "enter")
        await room.settled()
        assert "✖" in room.row("PoolHigh")
        assert "try again" in room.text
        room.member.fail = None
        await room.press("a", "enter")
        await room.settled()
        assert len(room.member.active()) == 1


async def test_undo_ends_the_acknowledgement_just_made() -> None:
    async with opened(POOL) as room:
        await room.press("tab", "j", "a", "enter")
        await room.settled()
        await room.press("u")
        await room.settled()
        assert room.member.active() == []
        assert "acked" not in room.row("PoolHigh")
        await room.press("u")
        assert "nothing to undo" in room.text


async def test_an_undo_that_fails_can_be_tried_again() -> None:
    async with opened(POOL) as room:
        await room.press("tab", "j", "a", "enter")
        await room.settled()
        room.member.fail = Timeout("no answer within 10s")
        await room.press("u")
        await room.settled()
        assert len(room.member.active()) == 1
        room.member.fail = None
        await room.press("u")
        await room.settled()
        assert room.member.active() == []


async def test_stages_follow_one_another_in_the_comment_of_the_same_silence() -> None:
    async with opened(POOL) as room:
        await room.press("tab", "j", "a", "enter")
        await room.settled()
        first = room.member.active()[0]
        await room.press("greater_than_sign")
        await room.settled()
        assert room.row("PoolHigh").endswith("mitigating · acked by mara 14 m left")
        await room.press("greater_than_sign")
        await room.settled()
        (now,) = room.member.active()
        found = parse_ack(now)
        assert found is not None
        assert (now.id, found.stage, now.starts_at) == (first.id, Stage.FIXING, first.starts_at)


async def test_a_stage_is_never_moved_on_a_row_that_nobody_saw_under_the_cursor() -> None:
    async with opened(POOL) as room:
        await room.press("tab", "j", "a", "enter", "escape", "escape")
        await room.settled()
        await room.press("greater_than_sign")
        await room.settled()
        assert (room.cursor, len(room.member.posted)) == (POOL.fingerprint, 1)
        await room.press("greater_than_sign")
        await room.settled()
        assert "mitigating" in room.row("PoolHigh")


async def test_a_generic_author_is_asked_for_a_name_once() -> None:
    async with opened(POOL, QUEUE, author="root") as room:
        await room.press("tab", "j", "a")
        assert isinstance(room.screen, Ask)
        await room.write("oncall")
        assert "oncall does not say who you are" in room.text
        await room.press("enter")
        assert isinstance(room.screen, Ask)
        await room.write("jo")
        await room.press("enter")
        assert isinstance(room.screen, AckLine)
        await room.press("enter")
        await room.settled()
        await room.press("j", "a")
        assert isinstance(room.screen, AckLine)
        assert "as jo for 15m" in room.text
        assert [draft.created_by for draft in room.member.posted] == ["jo"]


# -- silencing


async def test_a_form_hears_nothing_for_its_first_moment() -> None:
    async with opened(POOL) as room:
        await room.press("tab", "j")
        await room.pilot.press("s", "enter", "escape", "tab", "tab", "space", "x")
        await room.pilot.pause()
        assert (type(room.screen), room.focused) == (Form, "cancel")
        room.clock.advance(0.29)
        await room.pilot.press("enter")
        assert isinstance(room.screen, Form)
        room.clock.advance(0.02)
        await room.pilot.press("enter")
        await room.pilot.pause()
        assert (room.screen is room.wall, room.member.posted) == (True, [])


async def test_a_form_opens_on_cancel_with_the_matchers_of_the_row_and_its_consequence() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("tab", "j", "s")
        assert room.focused == "cancel"
        assert room.form.values == {
            "matcher0": 'alertname="PoolHigh"',
            "matcher1": 'instance="db-1"',
            "matcher2": "",
            "matcher3": "",
            "ends": "2h",
            "starts": "now",
            "author": "mara",
            "comment": "",
        }
        assert room.button() == "Silence 1 alert in PROD"
        assert " PROD   Silence 1 of 3 alerts" in room.text
        assert "hides 1 of 3 firing" in room.text
        assert "ends in 2:00:00, Thu 02 Oct 17:30 UTC" in room.text


async def test_a_silence_is_sent_as_it_was_typed_and_the_row_says_who_and_how_long() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("tab", "j", "s")
        await room.fill(ends="1h", comment="index rebuild")
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        (draft,) = room.member.posted
        assert draft.matchers == (Matcher("alertname", "PoolHigh"), Matcher("instance", "db-1"))
        assert (draft.created_by, draft.comment, draft.id) == ("mara", "index rebuild", "")
        assert 3590 < draft.ends_at - room.clock.now() <= 3600
        assert room.row("PoolHigh").endswith("silenced by mara 1 h left")


async def test_enter_in_a_field_moves_on_and_never_sends() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("tab", "j", "s")
        await room.fill(comment="index rebuild")
        await room.reach("matcher0")
        while isinstance(room.screen, Form):
            await room.press("enter")
        await room.settled()
        assert (room.screen is room.wall, room.member.posted) == (True, [])


async def test_no_click_of_a_mouse_writes() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("tab", "j", "s")
        await room.fill(comment="index rebuild")
        await room.pilot.click("#confirm")
        await room.pilot.click("#confirm", times=2)
        await room.settled()
        assert (room.member.posted, room.focused) == ([], "confirm")
        await room.press("enter")
        await room.settled()
        assert len(room.member.posted) == 1


async def test_pasted_text_goes_into_a_field_or_nowhere() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j")
        room.pilot.app.post_message(events.Paste("asx\nm\nq\n"))
        await room.pilot.pause()
        assert room.screen is room.wall
        await room.press("s")
        room.pilot.app.post_message(events.Paste("\n\n"))
        await room.pilot.pause()
        assert isinstance(room.screen, Form)
        await room.reach("comment")
        room.pilot.app.post_message(events.Paste("rebuild\n\n2\n"))
        await room.pilot.pause()
        assert room.form.values["comment"] == "rebuild"
        await room.press("escape")
        await room.press("a")
        room.pilot.app.post_message(events.Paste(" at last\n\n"))
        await room.pilot.pause()
        assert isinstance(room.screen, AckLine)
        assert room.screen.query_one(Input).value == "on it at last"
        assert room.member.posted == []


async def test_a_broad_silence_needs_the_number_which_is_that_of_the_moment() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("s")
        await room.fill(matcher0='severity!="none"', matcher1="", comment="all of it")
        assert "a negative matcher alone hides everything else" in room.text
        assert "type 3" in room.text
        await room.reach("confirm")
        await room.press("enter")
        assert room.wrong() == "type 3 to go on"
        await room.fill(typed="3")
        room.member.fire(FRAUD)
        await room.news()
        await room.reach("confirm")
        await room.press("enter")
        assert room.wrong() == "type 4 to go on"
        assert room.member.posted == []
        await room.fill(typed="4")
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        assert [one.matchers for one in room.member.active()] == [(Matcher("severity", "none", equal=False),)]


@pytest.mark.parametrize("matcher", ['alertname=~".*"', 'alertname=""', ""])
async def test_what_matches_everything_cannot_be_sent_whatever_is_typed(matcher: str) -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("s")
        await room.fill(matcher0=matcher, matcher1="", comment="all of it")
        for word in ("3", "long", "yes"):
            room.form.query_one("#typed", Input).value = word
            await room.reach("confirm")
            await room.press("enter", "space")
        await room.settled()
        assert isinstance(room.screen, Form)
        assert room.member.posted == []


async def test_longer_than_a_day_needs_the_word() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("tab", "j", "s")
        await room.fill(ends="25h", comment="until the vendor answers")
        await room.reach("confirm")
        await room.press("enter")
        assert room.wrong() == "type long to go on"
        assert room.member.posted == []
        await room.fill(typed="long")
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        assert len(room.member.active()) == 1


async def test_what_is_missing_is_said_at_its_field() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        await room.press("tab", "j", "s")
        await room.reach("confirm")
        await room.press("enter")
        assert room.wrong() == "a comment is required: the next one on call reads it"
        assert room.focused == "comment"
        await room.fill(comment="x", starts="yesterday")
        await room.reach("confirm")
        await room.press("enter")
        assert room.focused == "starts"
        assert room.member.posted == []


async def test_what_the_server_refuses_opens_the_form_again_at_its_field_as_it_was_typed() -> None:
    async with opened(POOL, QUEUE, DISK) as room:
        room.member.fail = BadQuery("invalid comment: too long", status=400)
        await room.press("tab", "j", "s")
        await room.fill(matcher2='env="x"', ends="45m", comment="index rebuild")
        before = room.form.values
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        assert room.form.values == before
        room.form._examine()  # as it does every second
        assert room.wrong() == "invalid comment: too long"
        assert room.focused == "comment"
        assert len(room.rung) == 1


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_buttons_of_a_form_are_in_sight_in_every_room(size: tuple[int, int]) -> None:
    many = [alert("ScopeSlow", "medium", company_id=str(n), instance="x" * 60) for n in range(30)]
    async with opened(*many, size=size) as room:
        await room.press("s")
        await room.fill(matcher0='alertname=~"Scope.+"', matcher1="", comment="tenants move")
        lines = room.text.split("\n")
        assert any("type 30" in line for line in lines)
        assert any("Cancel Esc" in line and "Silence 30 alerts in PROD Enter" in line for line in lines)
        assert "and 24 more" in room.text if size[1] > 30 else True


# -- silences of others


def window() -> FakeAlertmanager:
    member = FakeAlertmanager(FixedClock(NOW), POOL, QUEUE)
    member.keep(silence(Matcher("alertname", "Pool.+", True), by="jo", comment="MW! failover", left=3600.0, id="w"))
    return member


async def test_expiring_shows_what_wakes_and_somebody_elses_needs_the_number() -> None:
    async with opened(member=window()) as room:
        await room.press("tab", "j", "j", "x")
        assert "expires jo's window; 1 becomes ACTIVE" in room.text
        assert "these are jo's" in room.text
        assert room.button() == "End the silence: 1 alert wakes"
        await room.reach("confirm")
        await room.press("enter")
        assert (room.wrong(), room.member.ended) == ("type 1 to go on", [])
        await room.fill(typed="1")
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        assert room.member.ended == ["w"]
        assert "window" not in room.row("PoolHigh")


async def test_an_ended_silence_can_be_made_again() -> None:
    async with opened(member=window()) as room:
        await room.press("tab", "j", "j", "x")
        await room.fill(typed="1")
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        await room.press("u")
        await room.settled()
        assert [(one.matchers, one.created_by, one.comment) for one in room.member.active()] == [
            ((Matcher("alertname", "Pool.+", True),), "jo", "MW! failover")
        ]


async def test_extending_changes_the_end_in_place() -> None:
    async with opened(member=window()) as room:
        await room.press("tab", "j", "j", "e")
        assert "Extend jo's window" in room.text
        await room.fill(ends="3h")
        assert "then in 3:00:00" in room.text
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        (now,) = room.member.active()
        assert (now.id, now.starts_at) == ("w", NOW - 120)
        assert 3 * 3600 - 10 < now.ends_at - room.clock.now() <= 3 * 3600


async def test_a_silence_made_elsewhere_is_listed_with_its_author_and_what_it_hides() -> None:
    async with opened(POOL) as room:
        room.member.keep(silence(Matcher("company_id", "9"), by="ann", comment="quiet", id="idle"))
        await room.news()
        assert room.row("company_id") == '○ silence {company_id="9"} matches nothing, by ann, 13 m left: quiet'


async def test_a_maintenance_window_asks_for_its_tenant_and_is_no_acknowledgement() -> None:
    breach = alert("ScopeSlow", "medium", company_id="7")
    async with opened(breach, POOL, QUEUE, DISK) as room:
        await room.press("m")
        assert isinstance(room.screen, Picker)
        await room.write("tenant")
        await room.press("enter")
        await room.fill(company_id="7", comment="load test")
        assert '{company_id="7"}' in room.text
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        (draft,) = room.member.posted
        assert (draft.matchers, draft.comment) == ((Matcher("company_id", "7"),), "MW! load test")
        assert "window by mara" in room.row("ScopeSlow")


async def test_an_emergency_silence_needs_the_number_and_shows_on_the_wall_until_after_its_end() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("full_stop")
        await room.write("everything")
        await room.press("enter")
        await room.fill(minutes="31", comment="pager storm")
        await room.fill(typed="2")
        await room.reach("confirm")
        await room.press("enter")
        assert room.wrong() == "an emergency silence lasts 30 minutes at most"
        await room.fill(minutes="10")
        await room.reach("confirm")
        await room.press("enter")
        await room.settled()
        room.wall.tick()
        line = room.text.split("\n")[1]
        assert line.startswith(" ✖ EVERYTHING BUT THE WATCHDOG IS SILENCED by mara until 15:40 (9:5")
        room.member.fire(alert("TenantBreach", "critical", since=-120, company_id="7"))
        await room.passed(660)
        assert room.text.split("\n")[1] == (
            " ◆ the emergency silence of mara ended 15:40; 1 fired meanwhile: TenantBreach"
        )


# -- read-only

WRITERS = ("a", "u", "s", "e", "x", "m", "greater_than_sign")


async def test_a_wall_that_only_reads_has_no_key_that_writes_and_refuses_the_commands() -> None:
    async with opened(POOL, QUEUE, read_only=True) as room:
        assert "read-only" in room.text.split("\n")[0]
        await room.press("tab", "j")
        for key in WRITERS:
            await room.press(key)
            assert room.screen is room.wall
        assert [key.id for key in room.wall.keys if key.writes] == []
        for id in ("alert.ack", "alert.emergency", "alert.stage", "alert.undo"):
            room.wall.actions.act(id)
            assert "read-only: nothing is written from here" in room.text
        await room.press("full_stop")
        assert "writes" not in room.text
        await room.press("escape", "ctrl+p")
        assert "silence" not in room.text.replace("silences", "")
        await room.settled()
        assert (room.member.posted, room.member.ended) == ([], [])
    async with opened(POOL, QUEUE) as room:
        assert "read-only" not in room.text.split("\n")[0]


async def test_a_wall_that_only_reads_asks_for_no_outcome() -> None:
    async with opened(POOL, QUEUE, read_only=True) as room:
        await room.press("tab", "j")
        await room.resolved(POOL)
        await room.press("enter")
        assert room.screen is room.wall
        assert "read-only: nothing is written from here" in room.text


# -- findings, sound


async def test_the_bell_rings_for_a_new_critical_until_somebody_has_it() -> None:
    async with opened(POOL) as room:
        assert room.rung == []
        room.member.fire(FRAUD)
        await room.news()
        assert len(room.rung) == 1
        await room.passed(61)
        assert len(room.rung) == 2
        await room.press("a", "enter")
        await room.settled()
        await room.passed(120)
        assert len(room.rung) == 2


async def test_b_hushes_the_bell_for_eight_hours_and_the_wall_says_so() -> None:
    async with opened(POOL) as room:
        await room.press("b")
        room.member.fire(FRAUD)
        await room.passed(5)
        assert room.rung == []
        assert room.text.split("\n")[1].startswith(" ◆ BELL OFF 7:59:5")
        await room.press("b")
        await room.passed(5)
        assert len(room.rung) == 1
        await room.press("b")
        await room.passed(8 * 3600 + 10)
        assert len(room.rung) == 2


async def test_on_a_television_that_only_reads_the_bell_is_hushed_for_ten_minutes() -> None:
    async with opened(FRAUD, read_only=True, tv=True) as room:
        await room.press("b")
        before = len(room.rung)
        assert "bell off for 10 minutes" in room.text
        await room.passed(590)
        assert len(room.rung) == before
        await room.passed(20)
        assert len(room.rung) == before + 1


async def test_a_on_a_finding_hushes_its_bell_for_half_an_hour_and_its_mark_stays() -> None:
    quiet = Alerting(findings=Findings(watchdog="required"), sound=Sound(repeat=60))
    member = FakeAlertmanager(FixedClock(NOW), POOL, watchdog=False)
    async with opened(member=member, settings=quiet) as room:
        await room.passed(10)
        await room.passed(10)
        assert "✖ Watchdog missing" in room.text
        before = len(room.rung)
        assert before >= 1
        await room.press("tab", "j")
        assert room.cursor == "finding:watchdog"
        await room.press("a")
        assert room.screen is room.wall
        assert "its bell is off here for 30 minutes" in room.text
        await room.passed(600)
        assert (len(room.rung), "✖ Watchdog missing" in room.text) == (before, True)
        await room.passed(1250)
        assert len(room.rung) == before + 1


async def test_the_title_of_the_terminal_counts_what_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []
    monkeypatch.setattr("noc.ui.alertwatch.title_of", lambda app, text: titles.append(text))
    async with opened(POOL, QUEUE) as room:
        room.member.fire(FRAUD)
        await room.news()
        await room.press("a", "enter")
        await room.settled()
        assert titles[-1] == "▲2 PROD noc"
        assert "✖1 ▲2 PROD noc" in titles


# -- reading


async def test_enter_folds_a_group_and_unfolds_it() -> None:
    one, two = (alert("ScopeSlow", "medium", company_id=str(n)) for n in range(2))
    async with opened(one, two, POOL, layout=TREE) as room:
        await room.press("tab", "j", "j", "j", "j")
        assert room.cursor == "/severity=medium/alertname=ScopeSlow"
        assert room.names.count("ScopeSlow") == 3
        await room.press("enter")
        assert room.names.count("ScopeSlow") == 1
        assert "▸ ScopeSlow: 2 companies" in room.text
        assert room.cursor == "/severity=medium/alertname=ScopeSlow"
        await room.press("enter")
        assert room.names.count("ScopeSlow") == 3


async def test_enter_shows_an_alert_whole_and_stays_with_it_when_it_resolves() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j", "enter")
        assert isinstance(room.screen, Detail)
        assert "▲ HIGH PoolHigh{instance=db-1}" in room.text
        assert "active" in room.text
        await room.resolved(POOL)
        room.screen.paint()
        await room.pilot.pause()
        assert "PoolHigh{instance=db-1}" in room.text
        assert "resolved" in room.text
        assert "gone from the book" not in room.text


async def test_a_key_in_the_detail_acts_on_the_alert_it_shows_even_after_the_list_moved_on() -> None:
    async with opened(POOL, QUEUE) as room:
        await room.press("tab", "j", "j", "enter")
        assert isinstance(room.screen, Detail)
        room.member.fire(FRAUD)
        await room.passed(300)
        await room.press("a")
        assert "ack QueueSlow{instance=q-1}" in room.text


async def test_enter_on_a_resolved_row_asks_what_it_was_and_records_it_apart_from_every_alert(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    async with opened(POOL, QUEUE, audit=path) as room:
        await room.press("tab", "j")
        await room.resolved(POOL)
        await room.pilot.press("enter", "enter", "enter")
        await room.pilot.pause()
        assert isinstance(room.screen, Picker)
        assert "PoolHigh resolved. What was it?" in room.text
        room.clock.advance(1)
        await room.press("down", "enter")
        await room.settled()
        (kept,) = room.member.active()
        assert parse_record(kept) == (POOL.fingerprint, POOL.since_text, Outcome.FALSE_POSITIVE)
        assert kept.matchers == (Matcher("noc_record", POOL.fingerprint),)
        room.member.fire(POOL)
        await room.news()
        assert room.desk.poller.book.by_key[POOL.fingerprint].loud
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert [(one["event"], one["verb"], one["outcome"]) for one in lines] == [
            ("asked", "outcome", "false-positive"),
            ("ended", "outcome", "false-positive"),
        ]


async def test_a_runbook_copies_only_commands_that_are_filled_and_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    breach = alert("WebhookSignatureFailures", "critical", annotations={"runbook": "webhook-signature-failures"})
    async with opened(breach, audit=path) as room:
        await room.press("tab", "j", "R")
        assert isinstance(room.screen, RunbookScreen)
        assert "command 1 of" in room.text
        copied, refused = 0, 0
        for _ in room.screen._commands:
            room.pilot.app.copy_to_clipboard("nothing")
            await room.press("y")
            one = room.screen._commands[room.screen.chosen]
            assert room.pilot.app.clipboard == (one.text if one.copyable else "nothing")
            copied, refused = copied + one.copyable, refused + (not one.copyable)
            await room.press("right")
        assert copied
        assert refused
        (line,) = [json.loads(text) for text in path.read_text().splitlines()]
        assert (line["event"], line["runbook"], line["who"], line["key"]) == (
            "runbook",
            "webhook-signature-failures",
            "mara",
            breach.fingerprint,
        )


@pytest.mark.parametrize("size", [(160, 40), (80, 24)])
async def test_a_runbook_stands_beside_its_alert_and_sees_it_change(size: tuple[int, int]) -> None:
    one = alert("WebhookSignatureFailures", "critical", annotations={"runbook": "webhook-signature-failures"})
    async with opened(one, size=size) as room:
        await room.press("tab", "j", "R")
        lines = room.text.split("\n")
        heads = [line for line in lines if "✖ CRITICAL" in line]
        if size[0] == 160:
            assert re.match(r"  ✖ CRITICAL WebhookSignatureFailures {2,}command 1 of \d+  y copies it", heads[0])
            assert re.match(r"  state +active", next(line for line in lines if line.startswith("  state")))
        else:
            assert heads[0].strip() == "✖ CRITICAL WebhookSignatureFailures since 15:25 (5 m), nobody has it"
        await room.press("pagedown")
        assert ("✖ CRITICAL" in room.text) == (size[0] == 160)  # beside the text it stays; above it, it is scrolled
        await room.press("home")
        await room.resolved(one)
        room.screen.paint()
        assert "resolved" in room.text


async def test_links_are_copied_and_only_those_of_the_web() -> None:
    one = alert(
        "PoolHigh",
        "high",
        annotations={
            "runbook_url": "https://wiki.example/pool",
            "dashboard_url": "javascript:alert(1)",
            "ssh": "ssh://db-1",
        },
    )
    async with opened(one) as room:
        await room.press("tab", "j", "o")
        assert isinstance(room.screen, Picker)
        assert [choice.value for choice in room.screen._choices] == [
            "https://wiki.example/pool",
            "http://prometheus:9090/graph?g0.expr=up",
        ]
        await room.press("enter")
        assert room.pilot.app.clipboard == "https://wiki.example/pool"


async def test_y_copies_an_alert_as_six_lines() -> None:
    async with opened(POOL) as room:
        await room.press("tab", "j", "y")
        assert room.pilot.app.clipboard.split("\n")[0] == "▲ HIGH PoolHigh [PROD]"
        assert len(room.pilot.app.clipboard.split("\n")) == 6


async def test_h_sums_up_the_last_hours_with_what_prometheus_recorded() -> None:
    source = FakeSource()
    fired = lambda at: 1.0 if NOW - 7200 <= at <= NOW - 3600 else None  # noqa: E731
    source.answer('ALERTS{alertstate="firing"}', ({"alertname": "NightJob", "severity": "low"}, fired))
    async with opened(POOL, source=source) as room:
        await room.press("h")
        await room.settled()
        assert isinstance(room.screen, Reading)
        assert "13:30 NightJob fired, until 14:30" in room.text
        await room.press("y")
        assert room.pilot.app.clipboard.startswith("Alerts Thu 02 Oct 07:30 to 15:30 UTC in PROD")


async def test_after_a_quiet_quarter_of_an_hour_a_strip_sums_up_and_leaves_a_minute_after_the_first_key() -> None:
    async with opened(POOL) as room:
        await room.press("tab")
        room.member.fire(FRAUD)
        await room.news()
        await room.passed(901)
        assert room.text.split("\n")[1] == " · since 15:30: 1 fired   h: the last 8 hours"
        await room.press("tab")
        await room.passed(10)
        assert "since 15:30: 1 fired" in room.text
        await room.passed(60)
        assert "since 15:30" not in room.text


async def test_more_than_ten_firings_within_the_hour_are_called_a_storm() -> None:
    async with opened(*[alert("ScopeSlow", "low", company_id=str(n)) for n in range(11)]) as room:
        assert room.text.split("\n")[1] == " ▲ 11 alerts fired within the hour: more than 10 is a storm"


# -- hostile words

EVIL = "\x1b[31mred\x1b]0;x\x07\u202eevil\u2066\n\r\t[b]bold[/b] $(rm)\x00\x9b" + "W" * 300


async def test_hostile_words_reach_no_cell_unclean() -> None:
    one = alert(
        EVIL,
        "critical",
        instance=EVIL,
        annotations={"summary": EVIL, "description": EVIL, EVIL: EVIL, "runbook_url": "https://x/" + EVIL},
    )
    member = FakeAlertmanager(FixedClock(NOW), one)
    member.keep(silence(Matcher("company_id", EVIL), by=EVIL, comment=EVIL, id="evil"))
    async with opened(member=member) as room:
        await room.press("tab", "j")
        for keys in (["a"], ["s"], ["enter"], ["full_stop"], ["h"], ["x", "enter"], ["o"], ["y"]):
            await room.press(*keys)
            frame = frame_of(room.pilot.app, PALETTE.text, PALETTE.background, "")
            cells = "".join(char for row in frame.cells.chars for char in row)
            assert not [char for char in cells if ord(char) < 32 or 0x7F <= ord(char) <= 0x9F]
            assert not set(cells) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
            assert "[b]" in cells or "bold" not in cells
            while room.screen is not room.wall:
                await room.press("escape")
        assert SilenceState.EXPIRED not in {found.state for found in member.silences.values()}
