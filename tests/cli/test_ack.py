"""noc ack and noc acks: one short silence each, who has what, and how a keeper stays and leaves."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from noc.cli.exits import Exit
from noc.demo import gotime
from noc.demo.alertmanager import AlertmanagerApi
from noc.demo.encoding import Reply
from noc.demo.silences import Silences
from noc.model.alerts import fingerprint
from noc.model.clock import SystemClock
from tests.alertgiven import NOW, text_of
from tests.cli.alertgiven_cli import Front, Ran, Room, Shell, matcher
from tests.e2e.real import until

DEADLOCKS = fingerprint({"alertname": "DatabaseDeadlocks", "severity": "critical", "instance": "db-1"})
SLOW = fingerprint({"alertname": "SlowQueryRate", "severity": "high"})


@pytest.fixture
def two(room: Room) -> Room:
    room.fires("DatabaseDeadlocks", "critical", instance="db-1")
    room.fires("SlowQueryRate", "high")
    return room


def body(comment: str = "looking", lasts: float = 900, by: str = "mara") -> dict[str, Any]:
    """The acknowledgement of the deadlocks: every label by =, sorted by name."""
    machine = f"[noc/1 fp={DEADLOCKS} since={text_of(NOW - 300)} sev=critical step=1 ext=0 stage=acked out=]"
    return {
        "matchers": [
            matcher("alertname", "DatabaseDeadlocks"),
            matcher("instance", "db-1"),
            matcher("severity", "critical"),
        ],
        "startsAt": text_of(NOW - 300),
        "endsAt": text_of(NOW + lasts),
        "createdBy": by,
        "comment": f"ACK! {comment} {machine}",
    }


WARNED = "lasts {}; without a keeper (a wall, noc acks --keep, --hold) RESOLVED may be swallowed\n"


def test_one_alert_is_acknowledged_for_a_quarter_of_an_hour_without_asking(two: Room, noc: Shell) -> None:
    ran = noc("ack", DEADLOCKS[:8], "-c", "looking")
    assert ran == Ran(
        Exit.OK,
        two.held()[0]["id"] + "\n",
        "acknowledge DatabaseDeadlocks{instance=db-1} until 15:45 UTC\n" + WARNED.format("15m"),
    )
    assert two.written == [("POST", "/api/v2/silences", body())]
    assert [(line["event"], line["who"], line["keys"]) for line in noc.audit] == [
        ("asked", "mara", [DEADLOCKS]),
        ("ended", "mara", [DEADLOCKS]),
    ]


def test_duration_comment_and_author_are_those_given(two: Room, noc: Shell) -> None:
    ran = noc("ack", DEADLOCKS, "-d", "90m", "-a", "ines")
    assert ran.err.endswith("until 17:00 UTC\n" + WARNED.format("1h30m"))
    assert two.written == [("POST", "/api/v2/silences", body("on it", 5400, "ines"))]


def test_the_settings_say_how_long_what_words_and_who(two: Room, noc: Shell) -> None:
    noc.settings["alerting"] = {"ack": {"duration": "5m", "comment": "seen", "ignore_labels": ["instance"]}}
    assert noc("ack", DEADLOCKS).err.endswith(WARNED.format("5m"))
    expected = body("seen", 300)
    del expected["matchers"][1]
    assert two.written == [("POST", "/api/v2/silences", expected)]


def test_json_says_until_when(two: Room, noc: Shell) -> None:
    ran = noc("ack", DEADLOCKS, "--json")
    assert ran.json == {
        "ok": True,
        "message": "acknowledge DatabaseDeadlocks{instance=db-1} until 15:45 UTC",
        "ids": [two.held()[0]["id"]],
        "ends_at": text_of(NOW + 900),
    }
    assert ran.err == WARNED.format("15m")


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(two: Room, noc: Shell) -> None:
    ran = noc("ack", DEADLOCKS, "-c", "looking", "--dry-run", "--read-only")
    assert (ran.code, ran.json, two.written, noc.audit) == (Exit.OK, body(), [], [])
    assert ran.err == "nothing was sent; without --dry-run: acknowledge DatabaseDeadlocks{instance=db-1}\n"
    assert noc("ack", DEADLOCKS, "-c", "looking", "--dry-run", "--json").json["create"] == [body()]


def test_several_are_shown_and_asked_about_and_yes_answers(two: Room, noc: Shell) -> None:
    look = "acknowledge 2 alerts (DatabaseDeadlocks, ...) as mara\n  ✖ DatabaseDeadlocks{instance=db-1}\n  ▲ SlowQueryRate\n"
    ran = noc("ack", DEADLOCKS, SLOW)
    assert ran == Ran(Exit.REFUSED, "", look + "nobody to ask; give --yes\n")
    assert noc("ack", DEADLOCKS, SLOW, answer="n\n").code == Exit.REFUSED
    assert two.written == []
    ran = noc("ack", DEADLOCKS, SLOW, "--yes")
    assert ran.code == Exit.OK
    assert sorted(ran.out.split()) == sorted(one["id"] for one in two.held())
    assert len(two.written) == 2


def test_the_same_alert_twice_is_one(two: Room, noc: Shell) -> None:
    assert noc("ack", DEADLOCKS, DEADLOCKS[:8]).code == Exit.OK
    assert len(two.written) == 1


def test_one_that_is_unknown_among_several_stops_all(two: Room, noc: Shell) -> None:
    ran = noc("ack", DEADLOCKS, "feedbeef", "--yes")
    assert ran == Ran(Exit.REFUSED, "", "there is no alert feedbeef; noc alerts lists them\n")
    assert two.written == []


def test_what_somebody_has_already_is_left_out_and_alone_it_is_refused(two: Room, noc: Shell) -> None:
    two.acked("SlowQueryRate", "high", by="ines")
    ran = noc("ack", DEADLOCKS, SLOW, "--yes")
    assert (ran.code, len(two.written)) == (Exit.OK, 1)
    assert "left out: SlowQueryRate is acked by ines, 13 m left\n" in ran.err
    assert noc("ack", SLOW) == Ran(Exit.REFUSED, "", "already acknowledged by ines\n")


@pytest.mark.parametrize(
    ("duration", "code", "words"),
    [
        ("soon", Exit.USAGE, "Invalid value for --duration"),
        ("0s", Exit.USAGE, "Invalid value for --duration"),
        ("3h", Exit.REFUSED, "an acknowledgement of a CRITICAL lasts 2h at most; silence it instead"),
    ],
)
def test_a_duration_that_is_none_or_above_the_cap_sends_nothing(
    duration: str, code: Exit, words: str, two: Room, noc: Shell
) -> None:
    ran = noc("ack", DEADLOCKS, "-d", duration)
    assert (ran.code, ran.out, two.written) == (code, "", [])
    assert words in ran.err


def test_without_a_fingerprint_it_is_a_usage_error(room: Room, noc: Shell) -> None:
    assert (noc("ack").code, noc("alert").code, noc("expire").code, room.asked) == (2, 2, 2, [])


def test_a_hostile_comment_is_sent_as_it_is_and_shown_harmless(two: Room, noc: Shell) -> None:
    words = "a\x1b[2J\u202eb\nc"
    assert noc("ack", DEADLOCKS, "-c", words).code == Exit.OK
    assert two.held()[0]["comment"] == body("a\x1b[2J\u202eb c")["comment"]
    assert (
        noc("acks").out
        == f"✖  {DEADLOCKS}  mara  for 0s  15 m left  acked  DatabaseDeadlocks{{instance=db-1}}  a␛[2J‹U+202E›b c\n"
    )
    ran = noc("acks", "--json")
    assert '"comment": "a\\u001b[2J\\u202eb c"' in ran.out


def test_one_that_fails_of_several_is_told_and_the_others_are_done(two: Room, noc: Shell) -> None:
    two.instead = lambda request: (
        Reply(400, {"Content-Type": "application/json"}, b'"no"') if b"SlowQueryRate" in request.body else None
    )
    ran = noc("ack", DEADLOCKS, SLOW, "--yes")
    assert (ran.code, ran.out) == (Exit.ERROR, two.held()[0]["id"] + "\n")
    assert ran.err.splitlines()[-1] == "acknowledge 2 alerts (DatabaseDeadlocks, ...): 1 of 2 done; no"


def test_acks_lists_the_longest_held_first_with_words_stage_and_what_is_left(two: Room, noc: Shell) -> None:
    old = two.acked("SlowQueryRate", "high", by="ines")
    noc("ack", DEADLOCKS, "-c", "looking")
    assert noc("acks") == Ran(
        Exit.OK,
        f"▲  {SLOW}  ines  for 2 m  13 m left  acked  SlowQueryRate                     on it\n"
        f"✖  {DEADLOCKS}  mara  for 0s   15 m left  acked  DatabaseDeadlocks{{instance=db-1}}  looking\n",
        "",
    )
    first, second = noc("acks", "--json").json["acks"]
    assert first == {
        "id": old,
        "fingerprint": SLOW,
        "alertname": "SlowQueryRate",
        "labels": {"alertname": "SlowQueryRate", "severity": "high"},
        "by": "ines",
        "comment": "on it",
        "stage": "acked",
        "kept": True,
        "since": text_of(NOW - 120),
        "until": text_of(NOW + 780),
    }
    assert second["by"] == "mara"


def test_an_ack_of_another_program_is_listed_and_said_not_to_be_kept(two: Room, noc: Shell) -> None:
    two.silenced(matcher("alertname", "SlowQueryRate"), by="jo", comment="ACK! This alert was acknowledged using karma")
    (found,) = noc("acks", "--json").json["acks"]
    assert (found["by"], found["comment"], found["kept"]) == (
        "jo",
        "This alert was acknowledged using karma",
        False,
    )


def test_nobody_has_anything(two: Room, noc: Shell) -> None:
    assert noc("acks") == Ran(Exit.OK, "", "nobody acknowledged anything\n")
    assert noc("acks", "--json").json == {"acks": []}


class Keeper:
    """A keeper as a process, in real time. ``said`` is its standard error so far."""

    def __init__(self, home: Path, settings: dict[str, Any], *args: str) -> None:
        file = home / f"{settings['author']}.json"  # JSON is YAML
        file.write_bytes(orjson.dumps(settings))
        command = [sys.executable, "-c", "from noc.cli.main import main; main()", *args, "--config", str(file)]
        environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environ)
        self.said = ""

    def hears(self, words: str, deadline: float = 20.0) -> None:
        """Wait until it says these words."""
        assert self.process.stderr is not None
        end = time.monotonic() + deadline
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stderr, selectors.EVENT_READ)
            while words not in self.said:
                assert time.monotonic() < end and self.process.poll() is None, self.said
                if selector.select(0.2):
                    self.said += os.read(self.process.stderr.fileno(), 65536).decode()

    def end(self, signum: int | None = None) -> int:
        """Its exit code, after a signal where one is given."""
        if signum is not None:
            self.process.send_signal(signum)
        _, err = self.process.communicate(timeout=20)
        self.said += err.decode()
        return self.process.returncode


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., Keeper]]:
    """``keep(settings, "ack", ...)`` starts a keeper; none outlives the test."""
    started: list[Keeper] = []

    def start(settings: dict[str, Any], *args: str) -> Keeper:
        started.append(Keeper(tmp_path, settings, *args))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


@pytest.fixture
def live(front: tuple[Front, str]) -> str:
    """An emulated Alertmanager in real time, with one CRITICAL alert that has just begun, and the rules of the
    Prometheus that sent it; the URL of both."""
    room, clock = Room(), SystemClock()
    room.api = AlertmanagerApi(clock, Silences(1), started=clock.now() - 86400)
    room.instead = lambda request: rules(room) if request.path == "/api/v1/rules" else None
    front[0].room = room
    post(front[1])
    return front[1]


def rules(room: Room) -> Reply:
    """The one rule, which fires what the Alertmanager has."""
    at = text_of(SystemClock().now())
    firing = [
        {"labels": LABELS, "annotations": {}, "state": "firing", "activeAt": at, "value": "1"}
        for _ in room.api.alerts(gotime.utc(SystemClock().now()))
    ]
    rule = {"type": "alerting", "name": "DatabaseDeadlocks", "query": "deadlocks > 0", "duration": 0, "health": "ok"}
    rule |= {"labels": {"severity": "critical"}, "annotations": {}, "alerts": firing, "lastEvaluation": at}
    groups = [{"name": "db", "file": "noc.rules.yml", "interval": 1, "rules": [rule]}]
    return Reply(
        200, {"Content-Type": "application/json"}, orjson.dumps({"status": "success", "data": {"groups": groups}})
    )


LABELS = {"alertname": "DatabaseDeadlocks", "severity": "critical", "instance": "db-1"}


def post(url: str, *, over: bool = False) -> None:
    """Tell an Alertmanager that the alert fires, or that it is over."""
    now = SystemClock().now()
    alert = {"labels": LABELS, "startsAt": text_of(now - 60), "endsAt": text_of(now - 1 if over else now + 600)}
    httpx.post(f"{url}/api/v2/alerts", json=[alert]).raise_for_status()


def running(url: str) -> list[dict[str, Any]]:
    return [one for one in httpx.get(f"{url}/api/v2/silences").json() if one["status"]["state"] != "expired"]


def left(silence: dict[str, Any]) -> float:
    """Seconds until it ends."""
    return datetime.fromisoformat(silence["endsAt"]).timestamp() - SystemClock().now()


def settings(url: str, author: str = "mara", **alerting: Any) -> dict[str, Any]:
    """A person's settings: everybody is asked as often as may be."""
    return {
        "author": author,
        "environments": {"prod": {"alertmanager": url, "prometheus": url}},
        "alerting": {"refresh": 2, "rules_refresh": 2, **alerting},
    }


KEEPS = "keeping acknowledgements; Ctrl+C ends it\n"
LIFTED = "end the acknowledgement of DatabaseDeadlocks: resolved\n"


def test_hold_says_until_when_it_would_last_and_that_it_keeps_it(live: str, keep: Callable[..., Keeper]) -> None:
    keeper = keep(settings(live), "ack", DEADLOCKS[:8], "-c", "x", "--hold")
    keeper.hears(KEEPS)
    assert re.fullmatch(
        r"acknowledge DatabaseDeadlocks\{instance=db-1\} until (\w+ \d+ \w+ )?\d\d:\d\d \w+\n" + re.escape(KEEPS),
        keeper.said,
    ), keeper.said


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_who_ends_hold_leaves_its_ack_prolonged_once_in_place_and_listed(
    signum: int, live: str, keep: Callable[..., Keeper]
) -> None:
    keeper = keep(settings(live), "ack", DEADLOCKS, "--hold")
    keeper.hears(KEEPS)
    (before,) = running(live)
    assert 880 < left(before) <= 900
    assert keeper.end(signum) == Exit.OK
    (after,) = running(live)
    assert (after["id"], after["startsAt"], after["matchers"]) == (before["id"], before["startsAt"], before["matchers"])
    assert 3580 < left(after) <= 3600
    assert " ext=1 " in after["comment"]
    listed = r"quiet without a keeper:\n  DatabaseDeadlocks\{instance=db-1\}  acked by mara, (59 m|1 h) left\n"
    assert re.fullmatch(listed, keeper.said.partition(KEEPS)[2]), keeper.said


def test_hold_ends_by_itself_when_the_alert_resolves_and_leaves_no_silence(
    live: str, keep: Callable[..., Keeper]
) -> None:
    keeper = keep(settings(live), "ack", DEADLOCKS, "--hold")
    keeper.hears(KEEPS)
    post(live, over=True)
    assert keeper.end() == Exit.OK
    assert running(live) == []
    assert keeper.said.endswith(LIFTED + "resolved; nothing is left to keep\n")


def test_hold_prolongs_while_the_alert_fires(live: str, keep: Callable[..., Keeper]) -> None:
    keeper = keep(settings(live, ack={"duration": "6s"}), "ack", DEADLOCKS, "--hold")
    keeper.hears("keep the acknowledgement of DatabaseDeadlocks")
    (one,) = running(live)
    assert " ext=1 " in one["comment"]
    assert keeper.end(signal.SIGTERM) == Exit.OK


def test_hold_says_so_when_its_ack_is_over_and_the_alert_is_not(live: str, keep: Callable[..., Keeper]) -> None:
    keeper = keep(settings(live), "ack", DEADLOCKS, "--hold")
    keeper.hears(KEEPS)
    (one,) = running(live)
    httpx.delete(f"{live}/api/v2/silence/{one['id']}").raise_for_status()
    assert keeper.end() == Exit.ERROR
    assert keeper.said.endswith("fires and nobody has it any more: DatabaseDeadlocks{instance=db-1}\n")


def test_acks_keep_ends_other_peoples_when_their_alert_resolves_and_stays(
    live: str, keep: Callable[..., Keeper]
) -> None:
    assert keep(settings(live, "ines"), "ack", DEADLOCKS).end() == Exit.OK
    assert [one["createdBy"] for one in running(live)] == ["ines"]
    keeper = keep(settings(live), "acks", "--keep")
    keeper.hears(KEEPS)
    post(live, over=True)
    keeper.hears(LIFTED)
    assert running(live) == []
    assert keeper.process.poll() is None
    assert keeper.end(signal.SIGTERM) == Exit.OK
    assert keeper.said.endswith(LIFTED)


def test_who_ends_acks_keep_is_told_of_other_peoples_and_their_ends_stay(
    live: str, keep: Callable[..., Keeper]
) -> None:
    assert keep(settings(live, "ines"), "ack", DEADLOCKS).end() == Exit.OK
    before = running(live)
    keeper = keep(settings(live), "acks", "--keep")
    keeper.hears(KEEPS)
    assert keeper.end(signal.SIGTERM) == Exit.OK
    assert running(live) == before
    listed = "quiet without a keeper:\n  DatabaseDeadlocks{instance=db-1}  acked by ines, 14 m left\n"
    assert keeper.said.partition(KEEPS)[2] == listed


@pytest.mark.servers
def test_hold_on_a_real_alertmanager_leaves_one_silence_with_its_id(
    alertmanager_factory: Callable[..., str], keep: Callable[..., Keeper]
) -> None:
    url = alertmanager_factory()
    post(url)
    until(lambda: any(one["alerts"] for one in httpx.get(f"{url}/api/v2/alerts/groups").json()), "no alert arrived")
    keeper = keep({**settings(url), "environments": {"prod": {"alertmanager": url}}}, "ack", DEADLOCKS[:8], "--hold")
    keeper.hears(KEEPS)
    (before,) = running(url)
    assert keeper.end(signal.SIGTERM) == Exit.OK
    (after,) = running(url)
    assert (after["id"], after["createdBy"]) == (before["id"], "mara")
    assert 3580 < left(after) <= 3600
