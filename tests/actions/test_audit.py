"""The audit: a line for what was asked and one for how it ended, whole, private, or nothing is sent."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from noc.actions import ack
from noc.actions.audit import Audit, entries
from noc.actions.intent import Done, Intent, Verb
from noc.model.alerts import Matcher
from noc.model.clock import FixedClock
from noc.model.errors import ActionError, Rejected
from tests.actions.given import SETTINGS
from tests.alertgiven import NOW, ack_of, alert, book, entry, silence

DEADLOCKS = alert(instance="db-1")
SEEN = book(entry(DEADLOCKS))
HOST = os.uname().nodename


def made(path: Path) -> Audit:
    return Audit(path, FixedClock(NOW), "prod")


def proposed() -> Intent:
    return ack.propose(SEEN.entries, SEEN, SETTINGS, "mara", "on it", NOW)


def test_what_was_asked_is_one_line_of_json_with_alerts_and_matchers(tmp_path: Path) -> None:
    made(tmp_path / "audit.jsonl").asked(proposed(), "mara", SEEN)
    (line,) = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "at": "2025-10-02T15:30:00.000Z",
        "environment": "prod",
        "host": HOST,
        "event": "asked",
        "who": "mara",
        "verb": "acknowledge",
        "what": "acknowledge DatabaseDeadlocks{instance=db-1}",
        "keys": [DEADLOCKS.fingerprint],
        "before": [],
        "expire": [],
        "alerts": [{"fingerprint": DEADLOCKS.fingerprint, "labels": dict(DEADLOCKS.labels)}],
        "after": [
            {
                "id": "",
                "matchers": '{alertname="DatabaseDeadlocks", instance="db-1", severity="high"}',
                "starts_at": "2025-10-02T15:25:00Z",
                "ends_at": "2025-10-02T15:45:00Z",
                "created_by": "mara",
                "comment": proposed().drafts[0].comment,
            }
        ],
    }


def test_what_is_ended_is_recorded_as_it_was(tmp_path: Path) -> None:
    window = silence(Matcher("team", "db"), comment="MW! upgrade")
    intent = Intent(Verb.EXPIRE, "expires it", expire=(window.id,), before=(window,), detail={"class": "database"})
    made(tmp_path / "audit.jsonl").asked(intent, "leo", SEEN)
    (line,) = entries(tmp_path / "audit.jsonl")
    assert line["expire"] == [window.id]
    assert line["class"] == "database"
    assert line["before"] == [
        {
            "id": window.id,
            "matchers": '{team="db"}',
            "starts_at": "2025-10-02T15:28:00Z",
            "ends_at": "2025-10-02T15:43:00Z",
            "created_by": "mara",
            "comment": "MW! upgrade",
            "state": "active",
        }
    ]


def test_how_it_ended_is_a_second_line(tmp_path: Path) -> None:
    audit, intent = made(tmp_path / "audit.jsonl"), proposed()
    audit.ended(Done(intent, "done", ids=("id-1",)), "mara")
    audit.ended(Done(intent, "no", Rejected("comment is required", "comment")), "mara")
    told = [
        {key: line.get(key) for key in ("event", "result", "ids", "error")}
        for line in entries(tmp_path / "audit.jsonl")
    ]
    assert told == [
        {"event": "ended", "result": "done", "ids": ["id-1"], "error": None},
        {"event": "ended", "result": "failed", "ids": [], "error": "comment is required"},
    ]


def test_that_a_runbook_was_opened_is_recorded(tmp_path: Path) -> None:
    made(tmp_path / "audit.jsonl").opened_runbook("deadlocks", DEADLOCKS.fingerprint, "mara")
    (line,) = entries(tmp_path / "audit.jsonl")
    assert line == {
        "at": "2025-10-02T15:30:00.000Z",
        "environment": "prod",
        "host": HOST,
        "event": "runbook",
        "who": "mara",
        "runbook": "deadlocks",
        "key": DEADLOCKS.fingerprint,
    }


def test_an_extension_names_the_silence_before_and_after(tmp_path: Path) -> None:
    held = ack_of(DEADLOCKS)
    made(tmp_path / "audit.jsonl").asked(ack.extended(held, NOW + 3600), "mara", SEEN)
    (line,) = entries(tmp_path / "audit.jsonl")
    assert [line["before"][0]["id"], line["after"][0]["id"]] == [held.id, held.id]
    assert [line["before"][0]["ends_at"], line["after"][0]["ends_at"]] == [
        "2025-10-02T15:43:00Z",
        "2025-10-02T16:30:00Z",
    ]


def test_only_its_owner_can_read_it_and_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "state" / "noc" / "audit.jsonl"
    made(path).opened_runbook("a", "b", "mara")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_lines_are_appended_and_hostile_text_stays_on_its_line(tmp_path: Path) -> None:
    audit = made(tmp_path / "audit.jsonl")
    audit.opened_runbook("first", "x", "mara")
    audit.opened_runbook("second\n{}\x1b[2J\u2028", "x", "m\ud800ra")
    made(tmp_path / "audit.jsonl").opened_runbook("third", "x", "leo")
    raw = (tmp_path / "audit.jsonl").read_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == 3
    assert [line["runbook"] for line in entries(tmp_path / "audit.jsonl")] == [
        "first",
        "second\n{}\x1b[2J\u2028",
        "third",
    ]


def test_many_writers_leave_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"

    def write(who: str) -> None:
        audit = made(path)
        for _ in range(20):
            audit.asked(replace(proposed(), summary=who * 3000), who, SEEN)

    threads = [threading.Thread(target=write, args=(who,)) for who in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line["what"][0] for line in entries(path)) == sorted("abcd" * 20)
    assert len(path.read_text().splitlines()) == 80


@pytest.mark.parametrize("where", ["a directory", "below a file"])
def test_what_cannot_be_recorded_is_an_error_that_names_the_file(tmp_path: Path, where: str) -> None:
    path = tmp_path / "audit.jsonl"
    if where == "a directory":
        path.mkdir()
    else:
        path.write_text("")
        path /= "audit.jsonl"
    reason = os.strerror(21) if where == "a directory" else os.strerror(17)
    with pytest.raises(ActionError, match=f"^{re.escape(str(path))} cannot record this \\({reason}\\)$"):
        made(path).opened_runbook("a", "b", "mara")
    with pytest.raises(ActionError, match=r"cannot record this \(.*\); nothing was sent$"):
        made(path).asked(proposed(), "mara", SEEN)


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:10]))
    with pytest.raises(ActionError, match="the disk is full"):
        made(tmp_path / "audit.jsonl").opened_runbook("a", "b", "mara")


def test_without_a_path_nothing_is_recorded_and_nothing_refused() -> None:
    Audit(None, FixedClock(NOW)).asked(proposed(), "mara", SEEN)


def test_broken_lines_are_passed_over_when_read(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b'{"event": "a"}\n{"event": \n[1]\n\xff\n{"event": "b"}\n')
    assert [line["event"] for line in entries(path)] == ["a", "b"]
