"""noc expire: what wakes is shown, and somebody else's or a CRITICAL one's wants the number."""

from __future__ import annotations

import pytest

from noc.cli.exits import Exit
from noc.demo.encoding import Reply
from tests.cli.alertgiven_cli import Ran, Room, Shell, matcher


@pytest.fixture
def mine(room: Room) -> str:
    """mara's silence over two alerts, one of which ines has silenced too."""
    for company in ("7", "8"):
        room.fires("SlowQueryRate", "high", company_id=company)
    room.silenced(matcher("company_id", "8"), by="ines")
    return room.silenced(matcher("alertname", "SlowQueryRate"))


def test_ones_own_is_ended_by_one_request_and_what_wakes_is_shown(mine: str, room: Room, noc: Shell) -> None:
    said = "expires mara's silence; 1 becomes ACTIVE\n"
    ran = noc("expire", mine[:8], "--yes")
    assert (ran.code, ran.out) == (Exit.OK, "")
    assert sorted(ran.err.splitlines()) == sorted([said.strip(), "  ▲ SlowQueryRate{company_id=7}", said.strip()])
    assert room.written == [("DELETE", f"/api/v2/silence/{mine}", None)]
    assert [one["createdBy"] for one in room.held()] == ["ines"]


def test_json_is_one_object(mine: str, noc: Shell) -> None:
    assert noc("expire", mine, "--yes", "--json").json == {
        "ok": True,
        "message": "expires mara's silence; 1 becomes ACTIVE",
        "ids": [],
    }


def test_a_dry_run_names_what_would_be_ended_and_ends_nothing(mine: str, room: Room, noc: Shell) -> None:
    ran = noc("expire", mine[:8], "--dry-run", "--read-only")
    assert (ran.code, ran.out, room.written) == (Exit.OK, f"expire {mine}\n", [])
    assert ran.err.splitlines()[-1] == "nothing was sent; without --dry-run: expires mara's silence; 1 becomes ACTIVE"
    assert noc("expire", mine, "--dry-run", "--json").json["expire"] == [mine]


def test_one_named_twice_is_ended_once(mine: str, room: Room, noc: Shell) -> None:
    assert noc("expire", mine, mine[:8], "--yes").code == Exit.OK
    assert len(room.written) == 1


def test_ones_own_asks_and_without_a_terminal_refuses(mine: str, room: Room, noc: Shell) -> None:
    ran = noc("expire", mine)
    assert (ran.code, ran.err.splitlines()[-1], room.written) == (Exit.REFUSED, "nobody to ask; give --yes", [])
    assert noc("expire", mine, answer="n\n").code == Exit.REFUSED
    assert noc("expire", mine, answer="y\n").code == Exit.OK


def guarded(ran: Ran, number: int, room: Room) -> None:
    assert (ran.code, ran.out, room.written) == (Exit.GUARD, "", [])
    assert ran.err.splitlines()[-1] == f"--yes does not answer this; look first, then give --expect {number}"


def test_somebody_elses_wants_the_number(mine: str, room: Room, noc: Shell) -> None:
    (theirs,) = [one["id"] for one in room.held() if one["createdBy"] == "ines"]
    ran = noc("expire", theirs, "--yes")
    guarded(ran, 0, room)
    assert ran.err.startswith("expires ines's silence; nothing wakes (these are ines's)\n")
    assert noc("expire", theirs, "--yes", "--expect", "1").code == Exit.GUARD
    assert room.written == []
    assert noc("expire", theirs, "--expect", "0").code == Exit.OK


def test_one_that_hides_a_critical_wants_the_number_though_it_is_ones_own(room: Room, noc: Shell) -> None:
    room.fires("DatabaseDeadlocks", "critical", instance="db-1")
    room.fires("SlowQueryRate", "high")
    id = room.silenced(matcher("alertname", ".+", regex=True))
    ran = noc("expire", id, "--yes")
    guarded(ran, 2, room)
    assert ran.err.startswith("expires mara's silence; 2 become ACTIVE, 1 CRITICAL (1 CRITICAL would wake)\n")
    assert noc("expire", id, answer="yes\n").code == Exit.REFUSED
    assert noc("expire", id, answer="2\n").code == Exit.OK
    assert room.held() == []


def test_expect_that_is_wrong_stops_ones_own_too(mine: str, room: Room, noc: Shell) -> None:
    ran = noc("expire", mine, "--yes", "--expect", "2")
    assert (ran.code, ran.err.splitlines()[-1]) == (Exit.GUARD, "it is 1 now, not 2; nothing was sent")
    assert room.written == []


def test_several_are_ended_each_by_its_request(mine: str, room: Room, noc: Shell) -> None:
    ids = [one["id"] for one in room.held()]
    ran = noc("expire", *ids, "--expect", "2")
    assert (ran.code, len(room.written), room.held()) == (Exit.OK, 2, [])
    assert ran.err.startswith("expires 2 silences; 2 become ACTIVE (these are ines's)\n")


@pytest.mark.parametrize("unknown", ["zz\x1b[2J", ""])
def test_an_id_nobody_knows_among_several_stops_all(unknown: str, mine: str, room: Room, noc: Shell) -> None:
    ran = noc("expire", mine, unknown, "--yes")
    shown = "zz␛[2J" if unknown else "nothing"
    assert ran == Ran(
        Exit.REFUSED,
        "",
        f"{shown} is no silence that Alertmanager knows; noc alert FINGERPRINT names those that hide it\n",
    )
    assert room.written == []


def test_digits_of_several_and_one_that_has_ended_are_refused(room: Room, noc: Shell) -> None:
    ids = [room.silenced(matcher("alertname", f"A{number}")) for number in range(40)]
    prefix = max("0123456789abcdef", key=lambda digit: sum(id.startswith(digit) for id in ids))
    assert noc("expire", prefix, "--yes") == Ran(Exit.REFUSED, "", f"{prefix} begins several silences\n")
    assert noc("expire", ids[0], "--yes").code == Exit.OK
    assert noc("expire", ids[0], "--yes") == Ran(Exit.REFUSED, "", "this silence has ended already\n")


def test_a_server_that_does_not_take_it_is_told(mine: str, room: Room, noc: Shell, alertmanager: str) -> None:
    room.instead = lambda request: Reply(403, {}, b"") if request.method == "DELETE" else None
    ran = noc("expire", mine, "--yes")
    assert (ran.code, len(room.written)) == (Exit.ERROR, 1)
    assert ran.err.splitlines()[-1].endswith(f": 403 from {alertmanager}: access denied")
    room.instead = lambda request: Reply(504, {}, b"") if request.method == "DELETE" else None
    ran = noc("expire", mine, "--yes")
    assert ran.code == Exit.UNREACHABLE
    assert ran.err.splitlines()[-1].endswith("; it may still be active")


def test_a_hostile_authors_name_is_harmless(room: Room, noc: Shell) -> None:
    id = room.silenced(matcher("a", "b"), by="mal\x1b[2Jlory\u202e")
    ran = noc("expire", id, "--dry-run")
    assert ran.err.startswith("expires mal␛[2Jlory‹U+202E›'s silence; nothing wakes")
