"""The footer says where ``d`` leads from the panel that has the focus; ``d`` goes there, and Escape comes back."""

from __future__ import annotations

from noc.model.clock import FixedClock
from noc.ui.bindings import KEYS
from noc.ui.board import Board
from noc.ui.hints import footer_keys, leads_to
from noc.ui.panels.data import Look
from noc.ui.screens.wall import Wall
from noc.ui.state import View
from tests.alertgiven import NOW, alert
from tests.palettes import DARK
from tests.ui.alertfakes import FakeAlertmanager, FakeRules, make_desk
from tests.ui.fakes import FakeSource, make_app, make_runtime

LAYOUT = (
    "title: Room\ngrid: {areas: [load, tenants, text, tiles, list]}\npanels:\n"
    "  load: {kind: stat, title: Load, query: load}\n"
    "  tenants: {kind: table, title: Tenants, query: 'sum by (company_id) (x)'}\n"
    "  text: {kind: text, text: words}\n  tiles: {kind: alert-tiles, title: Tiles}\n  list: {kind: alerts, title: Firing}\n"
)
TENANT = (
    "title: Tenant\nvariables: {company_id: {kind: text, default: '1'}}\ngrid: {areas: [a]}\n"
    "panels: {a: {kind: stat, title: Calls, query: 'calls{company_id=\"$company_id\"}'}}"
)
ALERTS = "title: Alarm\ngrid: {areas: [list]}\npanels: {list: {kind: alerts, title: Firing}}"
DEADLOCKS = "title: Locks\ngrid: {areas: [locks]}\npanels: {locks: {kind: timeseries, metric: db.deadlock_rate}}"


def test_without_a_focus_or_behind_a_text_the_footer_says_nothing_of_it() -> None:
    runtime = make_runtime(LAYOUT, FakeSource(), others={"tenant": TENANT})
    board = Board(runtime, View("test"), Look(DARK))
    board.arrange(120, 60)
    assert "d" not in [key.label for key, _ in footer_keys(board, KEYS)]
    for panel, words in {"load": "Load over time", "text": "", "list": "alerts over time"}.items():
        board.change(View("test", focus=panel))
        assert leads_to(board) == words
    board.change(View("test", focus="load"))
    assert ("d", "Load over time") in [(key.label, word) for key, word in footer_keys(board, KEYS)]


async def test_d_leads_where_the_footer_says_and_escape_comes_back() -> None:
    clock, source = FixedClock(NOW), FakeSource()
    source.answer("sum by (company_id) (x)", ({"company_id": "3"}, 9.0), ({"company_id": "7"}, 5.0))
    member = FakeAlertmanager(clock, alert("Slow", "medium"), alert("DatabaseDeadlocks", "critical", since=600))
    desk = make_desk(member, rules=FakeRules(member))
    others = {"tenant": TENANT, "alerts": ALERTS, "locks": DEADLOCKS}
    runtime = make_runtime(LAYOUT, source, clock, others=others, alerting=desk)
    async with make_app(runtime).run_test(size=(120, 60)) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        await wall.settled(5)

        def footer() -> str:
            wall.redraw(whole=True)
            return wall.glass.canvas.text().split("\n")[-1]

        async def back() -> None:
            await pilot.press("escape")
            await pilot.pause()
            assert wall.board.page.name == "test"

        wall.actions.focus_panel("tenants")
        await pilot.press("down")
        await pilot.press("down")
        assert "d tenant 7" in footer()
        await pilot.press("d")
        await pilot.pause()
        assert (wall.board.page.name, wall.board.values) == ("tenant", {"company_id": ("7",)})
        await back()
        wall.actions.focus_panel("tiles")
        assert "d CRITICAL alerts" in footer()
        await pilot.press("d")
        await pilot.pause()
        assert (wall.board.page.name, wall.board.desk.of("list").typed) == ("alerts", "@severity=critical")
        assert "Slow" not in wall.glass.canvas.text()
        await back()
        wall.actions.focus_panel("list")
        await pilot.press("down")
        assert "d where it began" in footer()
        await pilot.press("d")
        await pilot.pause()
        assert (wall.board.page.name, wall.board.view.focus) == ("locks", "locks")
        assert wall.board.view.mark == NOW - 600
        assert wall.board.view.end == NOW
        assert wall.board.trail[-1].page.name == "test"
        await back()
