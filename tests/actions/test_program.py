"""A program run to its end: arguments as given, no input, a small environment, bounded harmless output, ended after its time."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from noc.actions import program
from noc.actions.program import LINES, Ended, run
from tests.actions.blockgiven import program as made
from tests.actions.given import refused

HANG = "signal.pause()"


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def test_arguments_reach_the_program_as_they_are_and_no_shell_reads_them(tmp_path: Path) -> None:
    path = made(tmp_path / "show", "print(*sys.argv[1:], sep='|')")
    ended = await run([path, "$HOME", "; touch pwned", "`id`", "*", "a b", ""], 10.0)
    assert ended == Ended(0, ("$HOME|; touch pwned|`id`|*|a b|",))
    assert names(tmp_path) == ["show"]


async def test_it_reads_the_end_of_input_at_once(tmp_path: Path) -> None:
    path = made(tmp_path / "ask", "print(repr(sys.stdin.read()), sys.stdin.isatty())")
    assert await run([path], 10.0) == Ended(0, ("'' False",))


async def test_it_has_no_terminal_to_ask_at(tmp_path: Path) -> None:
    path = made(tmp_path / "ask", "try: os.open('/dev/tty', os.O_RDWR)\nexcept OSError as error: print(error.errno)")
    assert await run([path], 10.0) == Ended(0, ("6",))


async def test_its_environment_is_path_home_and_the_ssh_agent_alone(tmp_path: Path) -> None:
    path = made(
        tmp_path / "env", "print(*sorted(f'{k}={v}' for k, v in os.environ.items() if k != 'LC_CTYPE'), sep='\\n')"
    )
    given = {"PATH": "/bin", "HOME": "/h", "SSH_AUTH_SOCK": "/s", "NOC_PASSWORD": "hunter2", "LD_PRELOAD": "x"}
    assert await run([path], 10.0, given) == Ended(0, ("HOME=/h", "PATH=/bin", "SSH_AUTH_SOCK=/s"))
    assert await run([path], 10.0, {}) == Ended(0, (f"PATH={os.defpath}",))


async def test_a_program_is_looked_for_along_the_path(tmp_path: Path) -> None:
    made(tmp_path / "block-it", "print('found')")
    assert await run(["block-it"], 10.0, {"PATH": str(tmp_path)}) == Ended(0, ("found",))


@pytest.mark.parametrize("code", [1, 3, 255])
async def test_its_exit_code_is_told(tmp_path: Path, code: int) -> None:
    path = made(tmp_path / "fail", f"print('no', file=sys.stderr); sys.exit({code})")
    ended = await run([path], 10.0)
    assert ended == Ended(code, ("no",))
    assert ended.settled


async def test_both_streams_come_in_the_order_they_were_written(tmp_path: Path) -> None:
    path = made(tmp_path / "talk", "for n in range(4): os.write(1 + n % 2, b'%d\\n' % n)")
    assert await run([path], 10.0) == Ended(0, ("0", "1", "2", "3"))


async def test_hostile_output_is_made_harmless(tmp_path: Path) -> None:
    body = r"os.write(1, b'\x1b]0;owned\x07\x1b[2J\x9b31m\xff\r\n\xe2\x80\xaegnp.exe\x00\n')"
    assert await run([made(tmp_path / "evil", body)], 10.0) == Ended(0, ("␛]0;owned␇␛[2J�31m�", "‹U+202E›gnp.exe␀"))


async def test_of_many_lines_the_first_are_kept_and_the_rest_counted(tmp_path: Path) -> None:
    ended = await run([made(tmp_path / "long", "print('\\n'.join(map(str, range(100))))")], 10.0)
    assert ended.output == (*(str(number) for number in range(LINES - 1)), f"… {100 - LINES + 1} more lines")


async def test_of_a_flood_the_beginning_is_kept_and_the_program_never_waits_for_a_reader(tmp_path: Path) -> None:
    ended = await run([made(tmp_path / "flood", "for n in range(300): os.write(1, b'x' * 100_000)")], 60.0)
    assert ended.code == 0
    assert ended.output == ("x" * 199 + "…", "… and more")


async def test_a_program_that_is_not_there_or_cannot_be_run_did_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("text")
    with refused(f"{tmp_path}/none cannot be run: No such file or directory"):
        await run([f"{tmp_path}/none"], 10.0)
    with refused(f"{plain} cannot be run: Permission denied"):
        await run([str(plain)], 10.0)
    with refused("a␀b cannot be run: embedded null byte"):
        await run(["a\0b"], 10.0)


def gone(pid: int) -> bool:
    """Whether a process has ended; a zombie that nobody reaped yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until_gone(*pids: int) -> None:
    async with asyncio.timeout(10.0):
        while not all(map(gone, pids)):  # noqa: ASYNC110  another process is waited for
            await asyncio.sleep(0.01)


def pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()]


FAMILY = """
signal.signal(signal.SIGTERM, {own})
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open(sys.argv[1], 'a').write(f'{{os.getpid()}}\\n')
    os.kill(os.getppid(), signal.SIGUSR1)
    while True: signal.pause()
signal.sigwait([signal.SIGUSR1])
open(sys.argv[1], 'a').write(f'{{os.getpid()}}\\n')
print('started', flush=True)
while True: signal.pause()
"""


@pytest.mark.parametrize("own", ["signal.SIG_DFL", "signal.SIG_IGN"])
async def test_one_that_hangs_is_ended_with_all_it_started_and_what_it_said_is_kept(
    tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "GRACE", 0.2)
    body = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])" + FAMILY.format(own=own)
    ended = await run([made(tmp_path / "hang", body), str(tmp_path / "pids")], 3.0)
    assert ended == Ended(None, ("started",))
    assert not ended.settled
    assert len(pids(tmp_path / "pids")) == 2
    await until_gone(*pids(tmp_path / "pids"))


async def test_a_child_that_keeps_the_output_open_holds_nobody_up(tmp_path: Path) -> None:
    body = f"""
print('done', flush=True)
if os.fork() == 0:
    os.setsid()
    open(sys.argv[1], 'w').write(str(os.getpid()))
    os.kill(os.getppid(), signal.SIGUSR1)
    {HANG}
signal.sigwait([signal.SIGUSR1])
"""
    body = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])" + body
    ended = await run([made(tmp_path / "master", body), str(tmp_path / "pid")], 60.0)
    (child,) = pids(tmp_path / "pid")
    os.kill(child, signal.SIGKILL)
    assert ended == Ended(0, ("done",))


async def test_one_that_is_ended_by_a_signal_did_not_say_how_it_went(tmp_path: Path) -> None:
    ended = await run([made(tmp_path / "dies", "os.kill(os.getpid(), signal.SIGKILL)")], 10.0)
    assert ended == Ended(-9)
    assert not ended.settled


async def test_one_that_may_not_be_ended_is_given_up_and_said_to_be_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "GRACE", 0.1)
    real, tried = os.killpg, []

    def forbidden(pid: int, sign: int) -> None:
        tried.append((pid, sign))
        raise PermissionError(1, "Operation not permitted")

    started: list[asyncio.subprocess.Process] = []
    create = asyncio.create_subprocess_exec

    async def remembered(*args: Any, **options: Any) -> asyncio.subprocess.Process:
        started.append(await create(*args, **options))
        return started[0]

    monkeypatch.setattr("noc.actions.program.os.killpg", forbidden)
    monkeypatch.setattr("noc.actions.program.asyncio.create_subprocess_exec", remembered)
    ended = await run([made(tmp_path / "root", HANG)], 0.5)
    monkeypatch.undo()
    assert ended == Ended(None, (), alive=True)
    assert [sign for _, sign in tried] == [signal.SIGTERM, signal.SIGKILL]
    real(tried[0][0], signal.SIGKILL)
    await started[0].wait()  # the loop hears of it too, or the process would be called running when it is forgotten


async def test_cancelled_it_ends_the_program_first(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    path = made(tmp_path / "hang", f"open(sys.argv[1], 'w').write(str(os.getpid()))\n{HANG}")
    task = asyncio.create_task(run([path, str(fifo)], 60.0))
    pid = int(await asyncio.to_thread(fifo.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_gone(pid)


async def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    path = made(tmp_path / "fine", "print('fine')")
    await run([path], 10.0)
    before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208  descriptors, no files
    for _ in range(5):
        await run([path], 10.0)
    with refused(f"{tmp_path}/none cannot be run: No such file or directory"):
        await run([f"{tmp_path}/none"], 10.0)
    assert sorted(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
