"""A breach from the alert to the acknowledgement, in a real terminal: runbook, lines, trace, address, block, undo."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from noc.model.clock import SystemClock
from tests.e2e.logsite import LogSite, logsite
from tests.e2e.terminal import Terminal, run, terminal, wall
from tests.e2e.test_alerts import click, heard

ALERT = "CrossTenantAccessAttempt"
ROW = rf"({ALERT}  \d)"
"""An alert of one company; the row of its group names no company."""

ROOM = """\
title: Room
range: 15m
refresh: 5s
grid: {rows: [3fr, 1fr], areas: [alerts, events]}
panels:
  alerts: {kind: alerts, title: Firing}
  events: {kind: logs, title: Events, query: '{job="laravel", category="security"}'}
"""

SCRIPT = """\
#!/bin/sh
printf '%s\\n' "$@" END >> "$0.argv"
echo "rule for $3 is there"
"""
ADDRESS = "198.51.100.23"
"""Where the demo's account sits that reaches for other companies."""

HITS = re.compile(r"hits: (\d+ good requests?, \d+ tenants?|no good request in the logs), last hour")

OFFER = re.compile(r"\b(\d+) +\d+ lines\b")
"""What a picker offers for a placeholder: a value, and in how many lines it stands."""


@dataclass(frozen=True)
class Firewall:
    """A configuration whose blocking command writes down how it was called."""

    config: Path
    script: Path

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of every call so far."""
        file = self.script.with_name(f"{self.script.name}.argv")
        text = file.read_text() if file.exists() else ""
        return [call.splitlines() for call in text.split("END\n")[:-1]]


@pytest.fixture
def firewall(home: Path) -> Iterator[Firewall]:
    with TemporaryDirectory(prefix="fw-") as short:  # its path has room in a dialog
        yield configured(home, Path(short) / "ufw")


def configured(home: Path, script: Path) -> Firewall:
    """Write the script, the configuration that calls it, and the layout."""
    script.write_text(SCRIPT)
    script.chmod(0o755)
    blocking = {
        "command": [str(script), "deny", "from", "{ip}"],
        "undo": [str(script), "allow", "from", "{ip}"],
        "never": ["10.0.0.0/8", "203.0.113.0/24"],
    }
    config = home / "config.yaml"
    config.write_text(json.dumps({"author": "mara", "blocking": blocking}))  # JSON is YAML
    (home / "room.yaml").write_text(ROOM)
    return Firewall(config, script)


@pytest.fixture
def breach() -> Iterator[LogSite]:
    """Servers that watch a breach which began eleven minutes ago."""
    with logsite(ago=660.0) as found:
        yield found


# -- what stands on the glass


def rows(text: str, pattern: str) -> list[str]:
    """The rows of the screen that hold a pattern."""
    return [line for line in text.splitlines() if re.search(pattern, line)]


def times(text: str) -> list[str]:
    """The clock times of the log lines on the glass, as they stand: from top to bottom."""
    found = (re.match(r"^[ ▌](\d\d:\d\d:\d\d) [✖▲◆●·]", line) for line in text.splitlines())
    return [one[1] for one in found if one]


def clock(nanoseconds: int) -> str:
    """A line's moment as a feed writes it, in UTC."""
    seconds = nanoseconds // 1_000_000_000 % 86400
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


# -- the steps


def runbook(tty: Terminal) -> str:
    """The runbook of the alert under the cursor: a user id from the alert's lines is filled in. Returns it."""
    tty.press("R")
    tty.wait_for("f fill in")
    tty.press("f")
    text = tty.wait_for(lambda text: "Fill in user_id, from the lines of this alert" in text and OFFER.search(text))
    (value,) = OFFER.findall(text)
    tty.press("enter")
    tty.wait_for(lambda text: "Fill in user_id" not in text)
    while f"user:disable {value}" not in (text := tty.screen_text()):
        tty.press("pagedown")
        tty.wait_for(lambda now, text=text: now != text)  # at the end of the page there is nothing more
    tty.press("escape")
    tty.wait_for(lambda text: "Room" in text and "f fill in" not in text)
    return value


def lines_of_that_minute(tty: Terminal) -> str:
    """From the alert to its lines: the feed has the focus, and holds a violation."""
    tty.press("l")
    return tty.wait_for(lambda text: rows(text, "^▌Lines") and rows(text, r"^▌\d\d:\d\d:\d\d ✖ tenant violation"))


def choose(tty: Terminal) -> None:
    """The first line of the focused feed gets the cursor."""
    tty.press("down")
    tty.wait_for("stands still")


def trace(tty: Terminal) -> str:
    """From the violation on top of the feed to its trace. Returns the trace's id."""
    choose(tty)
    tty.press("enter")
    event = tty.wait_for(lambda text: "d trace" in text and "trace_id" in text)
    (id,) = set(re.findall(r"\breq_\w+", event))
    tty.press("d")
    tty.wait_for(lambda text: f"▌Trace {id}" in text and len(times(text)) > 2)
    return str(id)


def address(tty: Terminal) -> None:
    """From a line of the trace that names an address to its page."""
    choose(tty)
    tty.press(".")
    heard(tty, f"address {ADDRESS}: endpoints, lines")
    tty.press("address", "enter")
    tty.wait_for(
        lambda text: ADDRESS[-6:] in text.split("\n")[0] and rows(text, "^ Endpoints") and rows(text, r"^ +1  /api/")
    )
    tty.wait_for(lambda text: len(times(text)) > 3)


def ask_to_block(tty: Terminal) -> str:
    """From a line of the address to the dialog; returns it once the log has told whom the block would hit."""
    choose(tty)
    tty.press(".")
    heard(tty, f"block {ADDRESS} ...")
    tty.press("block", "enter")
    heard(tty, "Cancel")
    return tty.wait_for(lambda text: HITS.search(text))


def fill_in(tty: Terminal, typed: str) -> None:
    """Reason, duration, who, and the address as ``typed``; then press the button that blocks."""
    tty.press("tab", "tab", "reached for other companies", "tab", "tab", "tab", typed, "tab", "tab", "enter")


def mistype(tty: Terminal) -> None:
    """A neighbour of the address is typed: nothing is sent. The dialog is left."""
    fill_in(tty, ADDRESS[:-1] + "4")
    tty.wait_for(f"type {ADDRESS} to go on")
    tty.press("escape")
    tty.wait_for(lambda text: "Cancel" not in text)


def acknowledge(tty: Terminal) -> None:
    """The alert under the cursor, with the comment as it is offered."""
    tty.press("a")
    heard(tty, "Enter sends")
    tty.press("enter")


# -- the tests


def test_a_breach_is_worked_from_the_alert_to_the_acknowledgement_and_the_wall_is_where_it_was(
    breach: LogSite, firewall: Firewall, home: Path, environ: dict[str, str]
) -> None:
    noc = wall("wall", "--config", str(firewall.config), *breach.flags, str(home / "room.yaml"))
    with terminal(noc, size=(120, 40), environ=environ) as tty:
        company = company_of_one(tty)
        tty.press("escape")
        tty.wait_for(lambda text: "▌Firing" in text and not re.search(r"company_id +\d+", text))

        user = runbook(tty)
        now = SystemClock().now()
        told = breach.lines('{job="laravel", event_type="tenant_violation"}', now - 3600, now)
        violations = {clock(at): json.loads(text) for at, text in told}
        assert user in {str(one["context"]["user_id"]) for one in violations.values()}

        text = lines_of_that_minute(tty)
        assert set(times(text)) <= set(violations)
        assert {violations[at]["context"]["requested_company_id"] for at in times(text)} == {int(company)}

        id = trace(tty)
        check_trace(tty, breach, id)
        tty.press("escape")
        tty.wait_for(lambda text: "▌Lines" in text and "Trace" not in text)
        tty.press("d")
        tty.wait_for(lambda text: f"▌Trace {id}" in text and len(times(text)) > 2)

        address(tty)
        asked = ask_to_block(tty)
        assert f"runs: {firewall.script} deny from {ADDRESS}" in asked
        assert f"then: {firewall.script} allow from {ADDRESS}" in asked
        mistype(tty)
        assert firewall.calls == []
        ask_to_block(tty)
        fill_in(tty, ADDRESS)
        tty.wait_for(lambda text: f"{ADDRESS} is blocked" in text and f"rule for {ADDRESS} is there" in text)
        assert firewall.calls == [["deny", "from", ADDRESS]]
        check_undone(firewall, environ)

        for gone in (f"rule for {ADDRESS}", f"› address {ADDRESS}", f"› trace {id}", "› lines of "):
            tty.press("escape")
            tty.wait_for(lambda text, gone=gone: gone not in text)
        tty.wait_for(lambda text: text.startswith(" Room  last 15m ▸ live") and "▌Firing" in text)

        acknowledge(tty)
        tty.wait_for(lambda text: any("mara" in row for row in rows(text, ROW)))
        (ack,) = [one for one in breach.silences() if one["comment"].startswith("ACK!")]
        assert (ack["createdBy"], ack["status"]["state"]) == ("mara", "active")
        assert {"name": "company_id", "value": company, "isRegex": False, "isEqual": True} in ack["matchers"]
        tty.signal(signal.SIGTERM)
        tty.end(0)


def company_of_one(tty: Terminal) -> str:
    """Open one of the alerts whole; its company. The list moves while more join: a click may meet the group's row, which
    Enter closes and opens again."""
    for _ in range(5):
        tty.wait_for(lambda text: "✖ CRITICAL" in text and rows(text, ROW))
        click(tty, ROW)
        tty.wait_for("▌Firing")
        tty.press("enter")
        text = tty.wait_for(lambda text: re.search(r"company_id +\d+", text) or rows(text, rf"▸ {ALERT}"))
        if found := re.search(r"company_id +(\d+)", text):
            return found[1]
        tty.press("enter")
    raise AssertionError(f"no click met an alert:\n{tty.screen_text()}")


def check_trace(tty: Terminal, breach: LogSite, id: str) -> None:
    """The trace on the glass is the trace in the log: every line of it, of several streams, as they happened."""
    now = SystemClock().now()
    whole = breach.lines(f'{{job=~".+"}} |= "{id}"', now - 3600, now)
    events = {json.loads(text).get("event_type") for _, text in whole}
    assert len(events) > 1
    assert times(tty.screen_text()) == [clock(at) for at, _ in whole]


def check_undone(firewall: Firewall, environ: dict[str, str]) -> None:
    """The block is listed for scripts, and taken back by one."""

    def blocks(*words: str) -> dict[str, Any]:
        done = run(wall("blocks", *words, "--config", str(firewall.config), "--json"), environ)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    (listed,) = blocks()["blocks"]
    assert {key: listed[key] for key in ("address", "state", "by", "reason")} == {
        "address": ADDRESS,
        "state": "blocked",
        "by": "mara",
        "reason": "reached for other companies",
    }
    undone = blocks("undo", ADDRESS, "--yes")
    assert (undone["ok"], undone["message"]) == (True, f"{ADDRESS} is no longer blocked")
    assert firewall.calls == [["deny", "from", ADDRESS], ["allow", "from", ADDRESS]]
    assert blocks() == {"blocks": []}


def test_the_demo_plays_the_breach_at_80x24_and_rehearses_the_block_without_running_it(
    firewall: Firewall, home: Path, environ: dict[str, str]
) -> None:
    noc = wall("demo", "--scenario", "cross-tenant-breach", "--speed", "12", "--config", str(firewall.config))
    with terminal([*noc, str(home / "room.yaml")], size=(80, 24), environ=environ) as tty:
        tty.wait_for(lambda text: "✖ CRITICAL" in text and rows(text, ROW))
        click(tty, ROW)
        tty.wait_for("▌Firing")
        runbook(tty)
        lines_of_that_minute(tty)
        trace(tty)
        address(tty)
        asked = ask_to_block(tty)
        assert f"block {ADDRESS} for 1d" in asked
        mistype(tty)
        ask_to_block(tty)
        fill_in(tty, ADDRESS)
        tty.wait_for("the demo runs nothing")
        assert firewall.calls == []
        for _ in range(4):
            tty.press("escape")
        tty.wait_for(lambda text: "  Room " in text.split("\n")[0] and "▌Firing" in text)
        acknowledge(tty)
        tty.wait_for(lambda text: any("mara" in row for row in rows(text, ROW)))
