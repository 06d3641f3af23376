"""noc emergency: everything but the Watchdog, always by the number, half an hour at most."""

from __future__ import annotations

import pytest

from noc.cli.exits import Exit
from tests.alertgiven import NOW, text_of
from tests.cli.alertgiven_cli import Room, Shell, matcher

LOOK = "silence EVERYTHING but the Watchdog for 30m: hides 2 of 2 firing\n"


@pytest.fixture(autouse=True)
def _firing(room: Room) -> None:
    room.fires("Watchdog", "none")
    room.fires("DatabaseDeadlocks", "critical")
    room.fires("SlowQueryRate", "high")


def body(minutes: float = 30) -> dict[str, object]:
    return {
        "matchers": [matcher("alertname", ".+", regex=True), matcher("alertname", "Watchdog", equal=False)],
        "startsAt": text_of(NOW - 300),
        "endsAt": text_of(NOW + minutes * 60),
        "createdBy": "mara",
        "comment": "EMERGENCY! core switch replaced",
    }


def test_it_is_sent_for_the_number_and_hides_all_but_the_watchdog(room: Room, noc: Shell) -> None:
    ran = noc("emergency", "-c", "core switch replaced", "--expect", "2")
    assert (ran.code, ran.out) == (Exit.OK, room.held()[0]["id"] + "\n")
    assert ran.err.startswith(LOOK) and ran.err.endswith(" until 16:00 UTC\n")
    assert room.written == [("POST", "/api/v2/silences", body())]
    left = noc("alerts", "--json").json["alerts"]
    assert {one["state"] for one in left} == {"silenced"}


def test_without_the_number_it_ends_with_the_code_of_the_guard(room: Room, noc: Shell) -> None:
    ran = noc("emergency", "-c", "x")
    assert (ran.code, ran.out, room.written) == (Exit.GUARD, "", [])
    assert ran.err.splitlines()[-1] == "nobody to ask; look first, then give --expect 2"


def test_another_number_is_not_sent(room: Room, noc: Shell) -> None:
    ran = noc("emergency", "-c", "x", "--expect", "3")
    assert (ran.code, ran.err.splitlines()[-1]) == (Exit.GUARD, "it is 2 now, not 3; nothing was sent")
    assert room.written == []


@pytest.mark.parametrize(("answer", "code"), [("2\n", Exit.OK), ("yes\n", Exit.REFUSED), ("", Exit.REFUSED)])
def test_a_person_types_the_number(answer: str, code: Exit, room: Room, noc: Shell) -> None:
    ran = noc("emergency", "-c", "core switch replaced", "--minutes", "10", answer=answer)
    assert ran.code == code
    assert room.written == ([("POST", "/api/v2/silences", body(10))] if code == Exit.OK else [])


def test_a_dry_run_sends_nothing(room: Room, noc: Shell) -> None:
    ran = noc("emergency", "-c", "core switch replaced", "--dry-run", "--read-only")
    assert (ran.code, ran.json, room.written) == (Exit.OK, body(), [])
    assert ran.err.startswith(LOOK)
    assert noc("emergency", "-c", "core switch replaced", "--dry-run", "--json").json["create"] == [body()]


@pytest.mark.parametrize("minutes", ["0", "31", "-1", "nan", "long"])
def test_more_than_half_an_hour_is_a_usage_error(minutes: str, room: Room, noc: Shell) -> None:
    ran = noc("emergency", "-c", "x", "--expect", "2", "--minutes", minutes)
    assert (ran.code, room.written) == (Exit.USAGE, [])
    assert "--minutes" in ran.err


def test_there_is_no_yes(room: Room, noc: Shell) -> None:
    ran = noc("emergency", "-c", "x", "--yes")
    assert (ran.code, room.asked) == (Exit.USAGE, [])


def test_a_reason_is_required(room: Room, noc: Shell) -> None:
    ran = noc("emergency", "--expect", "2")
    assert (ran.code, ran.err) == (Exit.REFUSED, "a comment is required: the next one on call reads it\n")
    assert room.written == []
