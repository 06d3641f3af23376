"""Blocking an address from the menu of a row: one confirmation runs one command, and what it said is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from noc.actions.block import BlockState
from noc.actions.program import Ended
from noc.config.alerting import Alerting
from noc.config.blocking import Blocking
from noc.model.errors import Overloaded
from noc.runtime import BlockDesk
from noc.ui.bindings import KEYS
from noc.ui.screens.form import Button, Form
from noc.ui.screens.sheets import Reading
from tests.actions.blockgiven import ADDRESS, ON, Gate, Scripted, block, gate
from tests.ui.logfakes import FakeLoki, Room, event, line, opened

LAYOUT = """
title: Security
grid: {columns: [1fr, 1fr], areas: [feed top]}
panels:
  feed: {kind: logs, title: Events, query: '{job="laravel"}'}
  top: {kind: top, title: Attackers, query: '{job="laravel"} | json'}
"""
COMMAND = ("ufw", "prepend", "deny", "from", ADDRESS)
UNDO = ("ufw", "delete", "deny", "from", ADDRESS)


def loki_of(*lines: object, address: str = ADDRESS) -> FakeLoki:
    loki = FakeLoki(*lines)  # type: ignore[arg-type]
    loki.reply_all("^topk", lambda expr, at: [({"context_ip_address": address}, 12.0)])
    loki.reply_all("^sum\\(count_over_time.*category!=", lambda expr, at: [({}, 418.0)])
    loki.reply_all("^count\\(sumby", lambda expr, at: [({}, 6.0)])
    loki.reply_all("^sum\\(count_over_time.*category=", lambda expr, at: [({}, 9120.0)])
    return loki


@asynccontextmanager
async def room(
    home: Path,
    run: Scripted | None = None,
    *,
    settings: Blocking = ON,
    author: str = "mara",
    read_only: bool = False,
    loki: FakeLoki | None = None,
    desk: bool = True,
    **more: Any,
) -> AsyncIterator[tuple[Room, Gate, Scripted]]:
    run = run or Scripted()
    given = gate(home, run, author=author, read_only=read_only)
    more["blocking"] = BlockDesk(settings, given.blocker) if desk else None
    async with opened(LAYOUT, loki=loki or loki_of(), read_only=read_only, size=(150, 44), **more) as found:
        given.clock.at = found.clock.at
        yield found, given, run


async def asked(found: Room) -> Form:
    """The dialog of the first address."""
    found.wall.actions.focus_panel("top")
    await found.press("j", "full_stop", "up", "enter")
    await found.wall.workers.wait_for_complete()
    await found.press()
    assert isinstance(found.screen, Form)
    return found.screen


async def fill(found: Room, **values: str) -> None:
    for name, text in values.items():
        found.pilot.app.screen.query_one(f"#{name}", Input).value = text
    await found.pilot.pause()


async def confirm(found: Room) -> None:
    found.pilot.app.screen.query_one("#confirm").focus()
    await found.press("enter")
    await found.wall.workers.wait_for_complete()
    await found.pilot.pause()


def wrong(found: Room) -> str:
    return str(found.pilot.app.screen.query_one("#wrong").render())


def preview(form: Form) -> list[str]:
    return str(form.query_one("#preview").render()).split("\n")


async def test_blocking_is_on_no_key_of_its_own_and_last_in_the_menu_of_an_address(tmp_path: Path) -> None:
    assert not [key for key in KEYS if "block" in key.id or "block" in key.words]
    async with room(tmp_path) as (found, _, _):
        found.wall.actions.focus_panel("top")
        await found.press("j", "full_stop")
        assert found.offered[-1] == f"block {ADDRESS} ...   writes"


async def test_the_address_of_a_line_can_be_blocked_too_and_a_line_without_one_cannot(tmp_path: Path) -> None:
    lines = event("auth_failure", 5, ip_address=ADDRESS), line("plain", 2)
    async with room(tmp_path, loki=loki_of(*lines)) as (found, _, _):
        found.wall.actions.focus_panel("feed")
        await found.press("j", "full_stop")
        assert "block" not in " ".join(found.offered)
        await found.press("escape", "j", "full_stop")
        assert found.offered[-1] == f"block {ADDRESS} ...   writes"


@pytest.mark.parametrize("read_only", [True, False])
async def test_a_wall_that_only_reads_or_keeps_no_state_does_not_offer_it(tmp_path: Path, read_only: bool) -> None:
    async with room(tmp_path, read_only=read_only, desk=read_only) as (found, _, run):
        found.wall.actions.focus_panel("top")
        await found.press("j", "full_stop")
        assert found.offered == ["its lines   Enter", "its endpoints and lines   d", "copy the row   y"]
        found.wall.tick()
        await found.wall.workers.wait_for_complete()
        assert run.ran == []


async def test_where_nothing_is_configured_it_says_what_is_missing(tmp_path: Path) -> None:
    async with room(tmp_path, settings=Blocking()) as (found, _, _):
        found.wall.actions.focus_panel("top")
        await found.press("j", "full_stop", "up", "enter")
        assert found.screen is found.wall
        assert found.footer == "blocking is not configured; blocking: in the settings needs command, undo and never"


async def test_the_dialog_asks_the_log_whom_it_would_hit(tmp_path: Path) -> None:
    async with room(tmp_path) as (found, _, _):
        form = await asked(found)
        assert preview(form)[1:] == [
            "hits: 418 good requests, 6 tenants, last hour",
            "stops: 9120 bad requests",
            f"runs: {' '.join(COMMAND)}",
            f"then: {' '.join(UNDO)}",
        ]
        mine = [expr for expr in found.loki.exprs("instant") if f'|= "{ADDRESS}"' in expr]
        assert len(mine) == 3 and all(f'context_ip_address="{ADDRESS}"' in expr for expr in mine)
        assert form.query_one("#confirm", Button).words == f"Block {ADDRESS} for 1d"


async def test_a_log_that_does_not_answer_leaves_the_question_open_and_says_so(tmp_path: Path) -> None:
    loki = loki_of()
    loki.reply_all(r'\|="185', Overloaded("too many outstanding requests", status=429))
    async with room(tmp_path, loki=loki) as (found, _, _):
        assert preview(await asked(found))[1:3] == [
            "hits: nobody can tell whom else it hits (last hour)",
            "stops: unknown bad requests",
        ]


async def test_counting_that_takes_long_is_said_and_arrives_in_the_open_dialog(tmp_path: Path) -> None:
    async with room(tmp_path) as (found, _, _):
        found.wall.actions.focus_panel("top")
        await found.press("j", "full_stop", "up")
        found.loki.hold()
        await found.pilot.press("enter")
        await found.pilot.pause()
        form = found.screen
        assert isinstance(form, Form)
        assert preview(form)[-1] == "counting in the log whom it would hit ..."
        found.loki.release()
        await found.wall.workers.wait_for_complete()
        form._examine()
        assert preview(form)[1] == "hits: 418 good requests, 6 tenants, last hour"


async def test_nothing_is_sent_until_the_address_is_typed_whole(tmp_path: Path) -> None:
    async with room(tmp_path) as (found, given, run):
        form = await asked(found)
        await confirm(found)
        assert wrong(found) == "a reason is required: the next one on call reads it"
        await fill(found, reason="brute force")
        for typed in ("", "yes", ADDRESS[:-1], f"{ADDRESS}0"):
            await fill(found, typed=typed)
            await confirm(found)
            assert (found.screen is form, wrong(found)) == (True, f"type {ADDRESS} to go on")
        await found.press("escape")
        assert (found.screen is found.wall, run.ran, given.kept, given.audit) == (True, [], (), [])


async def test_one_confirmation_runs_one_command_and_its_output_is_shown(tmp_path: Path) -> None:
    run = Scripted(script=[Ended(0, ("Rule inserted",))])
    async with room(tmp_path, run) as (found, given, _):
        await asked(found)
        await fill(found, reason="brute force", typed=ADDRESS)
        await confirm(found)
        assert run.ran == [COMMAND]
        assert isinstance(found.screen, Reading)
        assert [row.strip() for row in found.text.split("\n") if row.strip()][:3] == [
            "Blocking",
            f"{ADDRESS} is blocked",
            "Rule inserted",
        ]
        (kept,) = given.kept
        assert (kept.address, kept.by, kept.reason, kept.state) == (ADDRESS, "mara", "brute force", BlockState.BLOCKED)
        assert [(one["event"], one.get("result")) for one in given.audit] == [("asked", None), ("ended", "done")]
        await found.press("escape", "enter")
        assert run.ran == [COMMAND]


async def test_a_command_that_fails_is_shown_and_nothing_counts_as_blocked(tmp_path: Path) -> None:
    run = Scripted(script=[Ended(1, ("ERROR: need root",))])
    async with room(tmp_path, run) as (found, given, _):
        await asked(found)
        await fill(found, reason="brute force", typed=ADDRESS)
        await confirm(found)
        assert f"{ADDRESS} is not blocked: ufw ended with 1: ERROR: need root" in " ".join(found.text.split())
        assert given.kept == ()


async def test_who_blocks_is_asked_where_the_account_does_not_say_it_and_remembered(tmp_path: Path) -> None:
    generic = Alerting().generic_authors[0]
    async with room(tmp_path, author=generic) as (found, given, run):
        await asked(found)
        await fill(found, reason="brute force", typed=ADDRESS)
        await confirm(found)
        assert (wrong(found), found.pilot.app.focused.id) == ("say who you are", "author")  # type: ignore[union-attr]
        assert run.ran == []
        await fill(found, author="leo")
        await confirm(found)
        assert ([one.by for one in given.kept], given.blocker.author) == (["leo"], "leo")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("10.0.0.9", "10.0.0.9 is private: no such address is blocked"),
        ("104.16.0.9", "104.16.0.9 is never blocked: it is inside 104.16.0.0/13 (blocking.never of the settings)"),
    ],
)
async def test_an_address_that_must_not_be_blocked_is_refused_in_the_dialog(
    tmp_path: Path, address: str, words: str
) -> None:
    async with room(tmp_path, loki=loki_of(address=address)) as (found, _, run):
        form = await asked(found)
        assert preview(form) == [words]
        assert form.query_one("#confirm", Button).words == "Not possible"
        await confirm(found)
        assert (wrong(found), run.ran) == (words, [])


async def test_an_address_that_is_blocked_already_is_refused(tmp_path: Path) -> None:
    async with room(tmp_path) as (found, given, run):
        given.write(block())
        assert preview(await asked(found)) == [f"{ADDRESS} is blocked already, by mara; noc blocks lists and undoes"]
        await confirm(found)
        assert run.ran == []


async def test_a_state_file_that_cannot_be_read_is_said_and_nothing_is_asked(tmp_path: Path) -> None:
    async with room(tmp_path) as (found, _, _):
        (tmp_path / "blocks.json").write_text("{")
        found.wall.actions.focus_panel("top")
        await found.press("j", "full_stop", "up", "enter")
        assert found.screen is found.wall
        assert "blocks.json" in found.footer


async def test_what_is_overdue_is_taken_back_by_the_tick_once_a_minute(tmp_path: Path) -> None:
    async with room(tmp_path) as (found, given, run):
        given.clock.at = found.clock.at
        found.wall.tick()
        await found.wall.workers.wait_for_complete()
        given.write(block(until=found.clock.at + 30))
        for seconds, ran in ((59, []), (2, [UNDO]), (120, [UNDO])):
            found.clock.advance(seconds)
            given.clock.at = found.clock.at
            found.wall.tick()
            await found.wall.workers.wait_for_complete()
            assert run.ran == ran
        assert given.kept == ()


async def test_an_undo_that_fails_is_said_and_stays_listed(tmp_path: Path) -> None:
    async with room(tmp_path, Scripted(script=[Ended(1, ("no such rule",))])) as (found, given, _):
        given.write(block(until=found.clock.at - 1))
        found.clock.advance(61)
        given.clock.at = found.clock.at
        found.wall.tick()
        await found.wall.workers.wait_for_complete()
        assert found.footer == f"{ADDRESS} is still blocked: ufw ended with 1: no such rule"
        assert [one.failures for one in given.kept] == [1]
