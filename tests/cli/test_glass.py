"""Leaving the wall: own acknowledgements are prolonged once and listed, and nothing that hangs holds the terminal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from noc.cli import glass, parting
from noc.engine.book import Book
from noc.model.alerts import SilenceDraft
from noc.model.errors import Auth
from tests.actions.given import SETTINGS, Bench, Member
from tests.alertgiven import MINUTE, NOW, ack_of, acked, alert, book, entry

MINE = acked(alert(instance="db-1"))
THEIRS = acked(alert("ApiErrors", "critical"), "leo")
SEEN = book(MINE, THEIRS, entry(alert("SlowScope", "low")))
HEAD = "acknowledged by you, and quiet without a wall:\n"
ROW = "  DatabaseDeadlocks{instance=db-1}  acked by mara, 13 m left\n"


async def left(bench: Bench) -> None:
    desk: Any = SimpleNamespace(
        runner=bench.runner, poller=SimpleNamespace(book=bench.book), settings=SETTINGS, clock=bench.clock
    )
    await glass.left(desk, bench.clock)


async def test_own_acknowledgements_last_an_hour_longer_and_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    await left(Bench(member := Member(*MINE.silences, *THEIRS.silences), seen=SEEN))
    assert [(one.id, one.ends_at) for one in member.posted] == [(MINE.silences[0].id, NOW + 60 * MINUTE)]
    assert capsys.readouterr() == ("", HEAD + ROW)


async def test_what_is_left_is_told_by_alertmanagers_clock(capsys: pytest.CaptureFixture[str]) -> None:
    fast = replace(SEEN, members=(replace(SEEN.members[0], skew=120.0),))
    await left(Bench(Member(*MINE.silences), seen=fast))
    assert capsys.readouterr().err == HEAD + ROW.replace("13 m", "11 m")


@pytest.mark.parametrize("seen", [book(THEIRS), book(entry(alert())), Book()], ids=["theirs", "none", "unknown"])
async def test_who_has_none_leaves_without_a_word(seen: Book, capsys: pytest.CaptureFixture[str]) -> None:
    await left(Bench(member := Member(*THEIRS.silences), seen=seen))
    assert (member.posted, capsys.readouterr()) == ([], ("", ""))


async def test_a_read_only_wall_prolongs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    await left(Bench(member := Member(*MINE.silences), seen=SEEN, read_only=True))
    assert (member.posted, capsys.readouterr()) == ([], ("", ""))


async def test_what_is_at_its_cap_is_listed_and_not_prolonged(capsys: pytest.CaptureFixture[str]) -> None:
    one = alert("ServiceDown", "critical", since=180 * MINUTE)
    capped = acked(one, since=115 * MINUTE, left=5 * MINUTE)
    await left(Bench(member := Member(ack_of(one)), seen=book(capped)))
    assert (member.posted, capsys.readouterr().err.startswith(f"{HEAD}  ServiceDown")) == ([], True)


async def test_a_refusal_is_told_beside_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(member := Member(*MINE.silences), seen=SEEN)
    member.script = [Auth("403 from http://one: access denied")]
    await left(bench)
    failure = "  not prolonged: keep 1 own acknowledgement alive: 403 from http://one: access denied\n"
    assert capsys.readouterr().err == HEAD + ROW + failure


async def test_a_server_that_hangs_holds_the_terminal_for_a_few_seconds_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hangs(Member):
        async def create_silence(self, draft: SilenceDraft) -> str:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(parting, "LEAVING", 0.05)
    await left(Bench(Hangs(*MINE.silences), seen=SEEN))
    assert capsys.readouterr().err == HEAD + ROW + "  perhaps not prolonged: no answer within 0.05s\n"


async def test_after_a_lost_line_nobody_reads_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, _: str) -> int:
            raise OSError(5, "Input/output error")

        def flush(self) -> None: ...

    bench = Bench(member := Member(*MINE.silences), seen=SEEN)
    monkeypatch.setattr("sys.stderr", Gone())
    await left(bench)
    assert len(member.posted) == 1


@pytest.mark.parametrize(
    ("environ", "setting", "name"),
    [
        ({"TERM": "xterm-256color", "LANG": "C.UTF-8"}, "auto", "unicode"),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, "auto", "ascii"),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, "unicode", "unicode"),
        ({"TERM": "xterm", "LANG": "C"}, "auto", "ascii"),
        ({"TERM": "xterm", "LANG": "C.UTF-8"}, "ascii", "ascii"),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "NOC_CHARSET": "unicode"}, "ascii", "unicode"),
    ],
)
def test_the_charset_is_the_variables_then_the_settings_then_the_terminals(
    environ: dict[str, str], setting: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("LC_ALL", "LC_CTYPE", "LANG", "TERM", "NOC_CHARSET"):
        monkeypatch.delenv(key, raising=False)
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    assert glass.charset(setting).name == name


def test_the_bounds_of_the_allocator_are_fixed_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(glass.ctypes, "CDLL", lambda _: SimpleNamespace(mallopt=lambda *call: calls.append(call)))
    glass._give_back()
    assert calls == [(-3, 131_072), (-1, 131_072), (-8, 1)]
    monkeypatch.setattr(glass.ctypes, "CDLL", lambda _: SimpleNamespace())  # another C library
    glass._give_back()
    assert len(calls) == 3
