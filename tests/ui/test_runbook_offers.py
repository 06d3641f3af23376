"""A runbook's placeholders are offered from the alert's log lines: what fits, most frequent first, chosen by a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from noc.catalogue import metrics
from noc.catalogue.loglinks import alert_lines
from noc.catalogue.runbooks import load
from noc.model.alerts import Alert
from noc.model.clock import FixedClock
from noc.model.errors import Overloaded, Unreachable
from noc.ui.runbookoffers import AFTER, OFFERED, Offer, offers, wanted
from noc.ui.screens.detail import RunbookScreen
from noc.ui.screens.picker import Picker
from tests.alertgiven import MINUTE, NOW, alert
from tests.ui.alertfakes import FakeAlertmanager
from tests.ui.fakes import FakeSource
from tests.ui.logfakes import FakeLoki, Room, opened, room_runtime

LAYOUT = """
title: Alerts
grid: {areas: [list]}
panels:
  list: {kind: alerts, title: Firing, view: table, group_by: [alertname]}
"""
LINES = '{job="laravel", event_type="auth_failure"} | json | context_error_code=~"LOGIN_FAILED|TOKEN_INVALID"'
BRUTE = alert("BruteForcePattern", "high", since=20 * MINUTE)
BOOK = load("brute-force")
ATTACKER, OTHER = "203.0.113.42", "198.51.100.7"


def counted(field: str) -> str:
    known = f'{LINES} | {field}!="" | __error__=""'
    return f"topk(32, sum by ({field}) (count_over_time({known} [900s])))"


def loki_of() -> FakeLoki:
    """Addresses and users as lines name them; among them what fits no placeholder."""
    loki = FakeLoki()
    addresses = [(OTHER, 7.0), (ATTACKER, 12.0), ("127.0.0.1", 50.0), (f"{OTHER}; reboot", 40.0), ("$(id)", 30.0)]
    loki.answer(counted("context_ip_address"), *(({"context_ip_address": name}, count) for name, count in addresses))
    users = [("42", 9.0), ("-1", 20.0), ("1 or 1=1", 20.0), ("", 3.0)]
    loki.answer(counted("context_user_id"), *(({"context_user_id": name}, count) for name, count in users))
    return loki


async def asked(loki: FakeLoki, firing: Alert = BRUTE, **changes: Any) -> dict[str, list[Offer]]:
    runtime = room_runtime(LAYOUT, loki, FakeSource(), FixedClock(NOW))
    for name, value in changes.items():
        setattr(runtime, name, value)
    names = wanted(BOOK, dict(firing.labels))
    return await offers(runtime, firing.name, firing.labels, firing.starts_at, names)


# -- what is wanted, what is offered


def test_what_no_label_fills_is_wanted_by_name_and_type() -> None:
    assert wanted(BOOK, {}) == {"ip_address": "address", "user_id": "integer"}
    assert wanted(BOOK, {"user_id": "42"}) == {"ip_address": "address"}
    assert wanted(BOOK, {"user_id": "42; reboot", "ip_address": ATTACKER}) == {"user_id": "integer"}


async def test_values_that_fit_are_offered_the_most_frequent_first_and_no_others() -> None:
    assert await asked(loki_of()) == {
        "ip_address": [Offer(ATTACKER, 12), Offer(OTHER, 7)],
        "user_id": [Offer("42", 9)],
    }


async def test_the_lines_are_those_of_the_alert_until_five_minutes_after_it_fired() -> None:
    loki = loki_of()
    await asked(loki)
    assert [(one.method, one.expr, one.end) for one in loki.asked] == [
        ("instant", counted("context_ip_address"), BRUTE.starts_at + AFTER),
        ("instant", counted("context_user_id"), BRUTE.starts_at + AFTER),
    ]
    assert alert_lines("BruteForcePattern", BRUTE.labels, metrics.load()) == LINES


async def test_an_alert_that_fired_just_now_is_asked_until_now() -> None:
    loki = loki_of()
    await asked(loki, alert("BruteForcePattern", "high", since=10))
    assert {one.end for one in loki.asked} == {NOW}


async def test_no_more_than_a_handful_is_offered() -> None:
    loki = FakeLoki()
    many = [({"context_ip_address": f"203.0.113.{number}"}, float(number)) for number in range(1, 30)]
    loki.answer(counted("context_ip_address"), *many)
    found = (await asked(loki))["ip_address"]
    assert (len(found), found[0]) == (OFFERED, Offer("203.0.113.29", 29))


async def test_without_a_loki_or_lines_nothing_is_offered_and_nothing_asked() -> None:
    loki = loki_of()
    assert await asked(loki, log_servers={}) == {}
    assert await asked(loki, catalogue=lambda: metrics.EMPTY) == {}
    assert loki.asked == []


async def test_one_question_that_fails_leaves_the_other_answer() -> None:
    loki = loki_of()
    loki.reply(counted("context_user_id"), Overloaded("too many outstanding requests", status=429))
    assert await asked(loki) == {"ip_address": [Offer(ATTACKER, 12), Offer(OTHER, 7)]}


# -- on the wall


@asynccontextmanager
async def book(
    loki: FakeLoki | None = None, firing: Alert = BRUTE, size: tuple[int, int] = (150, 60)
) -> AsyncIterator[Room]:
    """The runbook of an alert, open."""
    member = FakeAlertmanager(FixedClock(NOW), firing)
    async with opened(LAYOUT, loki=loki or loki_of(), member=member, size=size) as room:
        await room.press("tab", "j", "R")
        await room.wall.workers.wait_for_complete()
        assert isinstance(room.screen, RunbookScreen)
        yield room


async def command(room: Room, words: str) -> str:
    """Walk to the first command that holds these words; the screen's text."""
    screen = room.screen
    assert isinstance(screen, RunbookScreen)
    at = next(index for index, one in enumerate(screen._commands) if words in one.text)
    await room.press(*["right"] * ((at - screen.chosen) % len(screen._commands)))
    return " ".join(room.text.split())


async def test_a_command_shows_what_may_fill_it_and_cannot_be_copied_before() -> None:
    async with book() as room:
        text = await command(room, "ufw prepend")
        assert "ip_address unknown: not copied" in text
        assert f"ip_address: {ATTACKER} (12 lines), {OTHER} (7 lines) f chooses" in text
        assert "f fill in" in text
        await room.press("y")
        assert room.copied == []
        assert "not copied: ip_address is unknown" in room.text


async def test_a_chosen_value_fills_every_command_and_each_can_be_copied() -> None:
    async with book() as room:
        await command(room, "ufw prepend")
        await room.press("f")
        assert isinstance(room.screen, Picker)
        assert room.offered == [f"{ATTACKER}   12 lines", f"{OTHER}   7 lines"]
        await room.press("down", "enter")
        assert f"sudo ufw prepend deny from {OTHER}" in room.text
        await room.press("y")
        await command(room, "ufw delete")
        await room.press("y")
        assert room.copied == [f"sudo ufw prepend deny from {OTHER}", f"sudo ufw delete deny from {OTHER}"]


async def test_a_value_that_was_chosen_can_be_chosen_anew() -> None:
    async with book() as room:
        await command(room, "ufw prepend")
        await room.press("f", "enter", "f", "down", "enter", "y")
        assert room.copied == [f"sudo ufw prepend deny from {OTHER}"]


async def test_escape_chooses_nothing() -> None:
    async with book() as room:
        await command(room, "ufw prepend")
        await room.press("f", "escape", "y")
        assert room.copied == []


async def test_a_label_that_does_not_fit_is_replaced_by_what_was_chosen() -> None:
    firing = alert("BruteForcePattern", "high", since=20 * MINUTE, ip_address="unknown")
    loki = loki_of()
    loki.reply_all('context_ip_address="unknown"', lambda expr, at: [({"context_ip_address": ATTACKER}, 3.0)])
    async with book(loki, firing) as room:
        await command(room, "ufw prepend")
        await room.press("f", "enter", "y")
        assert room.copied == [f"sudo ufw prepend deny from {ATTACKER}"]


async def test_offers_that_come_late_arrive_in_the_open_runbook() -> None:
    member, loki = FakeAlertmanager(FixedClock(NOW), BRUTE), loki_of()
    async with opened(LAYOUT, loki=loki, member=member, size=(150, 60)) as room:
        loki.hold()
        await room.press("tab", "j", "R")
        assert "f chooses" not in await command(room, "ufw prepend")
        loki.release()
        await room.wall.workers.wait_for_complete()
        assert f"ip_address: {ATTACKER} (12 lines)" in " ".join(room.text.split())


async def test_a_log_that_does_not_answer_is_said_and_the_runbook_stays_what_it_is() -> None:
    loki = FakeLoki()
    loki.reply_all(".", Unreachable("connection refused"))
    async with book(loki) as room:
        text = await command(room, "ufw prepend")
        assert "no values from the log: connection refused" in text
        await room.press("f")
        assert "the log lines offer nothing to fill in" in room.text


async def test_a_runbook_closed_before_the_answer_harms_nothing() -> None:
    member, loki = FakeAlertmanager(FixedClock(NOW), BRUTE), loki_of()
    async with opened(LAYOUT, loki=loki, member=member, size=(150, 60)) as room:
        loki.hold()
        await room.press("tab", "j", "R", "escape")
        loki.release()
        await room.wall.workers.wait_for_complete()
        assert room.screen is room.wall
