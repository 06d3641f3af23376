"""The program beside the bell: as it was given, one at a time, ended after its time with all it started."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from noc.actions import hook
from noc.actions.hook import Hook
from noc.engine.book import Entry
from tests.alertgiven import alert, entry

DOWN = entry(alert("ServiceDown", "critical", instance="db-1"))


async def ran(argv: list[str], one: Entry = DOWN, seconds: float = 10.0) -> Hook:
    """The hook after its program ended."""
    made = Hook(argv, seconds)
    assert made.start(one)
    await until(lambda: not made.running)
    return made


async def until(true: Callable[[], bool], deadline: float = 10.0) -> None:
    async with asyncio.timeout(deadline):
        while not true():  # noqa: ASYNC110  another process is waited for
            await asyncio.sleep(0.01)


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


def gone(pid: int) -> bool:
    """Whether a process has ended; a zombie that nobody reaped yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def test_it_is_told_the_alert_in_its_environment_and_its_arguments_are_left_as_they_are(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = (
        "import os,sys; names = ('NOC_ALERT', 'NOC_SEVERITY', 'NOC_FINGERPRINT');"
        "open(sys.argv[1],'w').write('|'.join([*sys.argv[2:], *map(os.environ.get, names)]))"
    )
    made = await ran([*python(code), str(out), "$HOME; touch x", "`id`", "*"])
    assert made.failure == ""
    assert out.read_text() == f"$HOME; touch x|`id`|*|ServiceDown|critical|{DOWN.alert.fingerprint}"


async def test_no_shell_reads_a_strangers_label_and_no_control_character_reaches_the_program(tmp_path: Path) -> None:
    out = tmp_path / "out"
    evil = entry(alert('$(touch pwned)\0\n\x1b]0;x\x07"; reboot', "critical"))
    made = await ran([*python("import os,sys; open(sys.argv[1],'w').write(os.environ['NOC_ALERT'])"), str(out)], evil)
    assert made.failure == ""
    assert out.read_text() == '$(touch pwned)␀⏎␛]0;x␇"; reboot'


async def test_a_long_name_is_cut(tmp_path: Path) -> None:
    out = tmp_path / "out"
    long = entry(alert("x" * 100_000, "critical"))
    await ran([*python("import os,sys; open(sys.argv[1],'w').write(os.environ['NOC_ALERT'])"), str(out)], long)
    assert len(out.read_text()) == 200


async def test_it_has_the_users_environment_no_terminal_and_no_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/run/pulse")
    out = tmp_path / "out"
    code = (
        "import os,sys; print('loud'); print('louder', file=sys.stderr);"
        "open(sys.argv[1],'w').write(repr([os.environ['PULSE_SERVER'], sys.stdin.read(), os.getsid(0) == os.getpid()]))"
    )
    await ran([*python(code), str(out)])
    assert out.read_text() == "['unix:/run/pulse', '', True]"
    assert capfd.readouterr() == ("", "")


async def test_only_one_runs_at_a_time(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    made = Hook([*python("import sys; open(sys.argv[1]).read()"), str(pipe)], 10.0)
    assert made.start(DOWN)
    assert not made.start(DOWN)
    handle: list[int] = []

    def listening() -> bool:
        try:
            handle.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True

    await until(listening)
    assert made.running
    assert not made.start(DOWN)
    os.close(handle[0])
    await until(lambda: not made.running)
    assert made.start(DOWN)
    await made.aclose()


async def test_its_time_ends_it_with_what_it_started_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    out = tmp_path / "pids"
    made = await ran(["/bin/sh", "-c", 'sleep 60 & echo "$$ $!" >"$0"; wait', str(out)], seconds=0.5)
    assert made.failure == "/bin/sh did not end within 0.5s and was ended"
    assert caplog.record_tuples == [("noc.actions.hook", logging.WARNING, f"on_critical: {made.failure}")]
    for pid in map(int, out.read_text().split()):
        await until(lambda pid=pid: gone(pid))  # type: ignore[misc]


async def test_a_program_that_will_not_be_asked_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "GRACE", 0.05)
    out = tmp_path / "pid"
    made = await ran(["/bin/sh", "-c", 'trap "" TERM; echo $$ >"$0"; exec sleep 60', str(out)], seconds=0.5)
    assert made.failure == "/bin/sh did not end within 0.5s and was ended"
    assert gone(int(out.read_text()))


async def test_closing_the_wall_ends_it(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    made = Hook(
        [*python("import os,sys,time; open(sys.argv[1],'w').write(str(os.getpid())); time.sleep(60)"), str(out)], 60.0
    )
    made.start(DOWN)
    await until(lambda: out.exists() and out.read_text() != "")
    await made.aclose()
    assert gone(int(out.read_text()))
    assert not made.running
    assert made.failure == ""


@pytest.mark.parametrize(
    ("argv", "failure"),
    [
        (["/nowhere/horn"], "/nowhere/horn: No such file or directory"),
        (["/tmp"], "/tmp: Permission denied"),
        (python("raise SystemExit(3)"), f"{sys.executable} ended with 3"),
    ],
    ids=["missing", "no program", "failing"],
)
async def test_a_failure_is_told(argv: list[str], failure: str) -> None:
    assert (await ran(argv)).failure == failure


async def test_without_a_program_nothing_is_started() -> None:
    made = Hook((), 10.0)
    assert not made.start(DOWN)
    await made.aclose()
