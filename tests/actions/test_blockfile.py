"""The state file of blocks: written whole under a lock, never forgotten, left alone where it cannot be read."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noc.actions import blockfile
from noc.actions.block import Block, BlockState
from noc.actions.blockfile import LARGEST, Blocks, as_json, named
from noc.model.errors import ActionError
from tests.actions.blockgiven import ADDRESS, DAY, HOST, OTHER, block, raw
from tests.actions.given import refused
from tests.alertgiven import NOW

FAILED = block(OTHER, at=NOW - 60, failures=3, next_try=NOW + 240.0, error="ssh: lost", state=BlockState.UNKNOWN)


def held(home: Path, *blocks: Block) -> Blocks:
    """The file with these blocks in it."""
    made = Blocks(home / "blocks.json")
    made.change(lambda known: blocks)
    return made


def test_without_a_file_nothing_is_blocked_and_none_is_made(tmp_path: Path) -> None:
    assert Blocks(tmp_path / "state" / "blocks.json").read() == ()
    assert list(tmp_path.iterdir()) == []


def test_blocks_come_back_as_they_were_the_oldest_first(tmp_path: Path) -> None:
    assert held(tmp_path, block(), FAILED).read() == (FAILED, block())


def test_the_file_is_json_that_people_can_read_and_only_its_owner_may(tmp_path: Path) -> None:
    held(tmp_path / "state", block())
    assert raw(tmp_path / "state") == {
        "version": 1,
        "blocks": [
            {
                "address": ADDRESS,
                "at": NOW,
                "until": NOW + DAY,
                "by": "mara",
                "reason": "brute force",
                "command": ["ufw", "prepend", "deny", "from", ADDRESS],
                "undo": ["ufw", "delete", "deny", "from", ADDRESS],
                "timeout": 20.0,
                "host": HOST,
                "state": "blocked",
                "failures": 0,
                "next_try": 0.0,
                "error": "",
            }
        ],
    }
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert modes == {"blocks.json": 0o600, "blocks.json.lock": 0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_change_sees_what_is_there_and_what_it_refuses_changes_nothing(tmp_path: Path) -> None:
    made = held(tmp_path, block())
    made.change(lambda known: (*known, FAILED))

    def refuse(known: tuple[Block, ...]) -> tuple[Block, ...]:
        assert known == (FAILED, block())
        raise ActionError("no")

    with pytest.raises(ActionError, match=r"^no$"):
        made.change(refuse)
    assert made.read() == (FAILED, block())


ONE = as_json(block())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        ('{"version": 1, "blo', "JSONDecodeError: Unterminated string starting at: line 1 column 16 (char 15)"),
        ("[]", "ValueError: it is not of version 1"),
        ('{"version": 2, "blocks": []}', "ValueError: it is not of version 1"),
        ('{"version": 1}', "KeyError: 'blocks'"),
        (json.dumps({"version": 1, "blocks": [{}]}), "KeyError: 'address'"),
        (json.dumps({"version": 1, "blocks": [{**ONE, "address": "x; reboot"}]}), "'x; reboot' is no address"),
        (json.dumps({"version": 1, "blocks": [{**ONE, "undo": "ufw delete"}]}), "a command is no list of words"),
        (json.dumps({"version": 1, "blocks": [{**ONE, "undo": []}]}), "a command is no list of words"),
        (json.dumps({"version": 1, "blocks": [{**ONE, "undo": ["ufw", 7]}]}), "a command is no list of words"),
        (json.dumps({"version": 1, "blocks": [{**ONE, "until": None}]}), "TypeError: float() argument must be"),
        (json.dumps({"version": 1, "blocks": [{**ONE, "state": "gone"}]}), "'gone' is not a valid BlockState"),
        (json.dumps({"version": 1, "blocks": [7]}), "TypeError: 'int' object is not subscriptable"),
        (json.dumps({"version": 1, "blocks": [{**ONE, "until": float("nan")}]}), "ValueError: nan is no time"),
        pytest.param("[" * 100_000, "RecursionError: ", id="deep"),
        pytest.param(" " * (LARGEST + 1), "ValueError: it is too large", id="large"),
    ],
)
def test_a_damaged_file_is_an_error_that_says_what_to_do_and_it_stays_as_it_is(
    tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "blocks.json"
    path.write_text(text)
    for read in (Blocks(path).read, lambda: Blocks(path).due(NOW, HOST), lambda: Blocks(path).change(lambda known: ())):
        with pytest.raises(ActionError) as caught:
            read()
        assert str(caught.value).startswith(f"{path} is damaged (")
        assert why in str(caught.value)
        assert str(caught.value).endswith(
            "); it is left as it is: mend it, or move it away and undo its blocks by hand"
        )
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_damage_too(tmp_path: Path) -> None:
    (tmp_path / "blocks.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ActionError, match=r"is damaged \(UnicodeDecodeError: "):
        Blocks(tmp_path / "blocks.json").read()


def test_a_file_that_cannot_be_read_or_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "blocks.json").mkdir()
    with pytest.raises(ActionError, match=r"blocks\.json cannot be read \(Is a directory\)$"):
        Blocks(tmp_path / "blocks.json").read()
    (tmp_path / "file").write_text("")
    with pytest.raises(ActionError, match=r"file/blocks\.json\.lock cannot be made \(.+\)$"):
        Blocks(tmp_path / "file" / "blocks.json").change(lambda known: known)

    def full(path: Path, data: str) -> None:
        raise OSError(28, "No space left on device")

    made = held(tmp_path / "state", block())
    monkeypatch.setattr(blockfile, "write_whole", full)
    with pytest.raises(ActionError, match=r"blocks\.json cannot be written \(No space left on device\)$"):
        made.change(lambda known: ())
    assert made.read() == (block(),)


def locked(path: Path) -> int:
    """The lock as another noc holds it; closing the descriptor lets it go."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def test_while_another_noc_writes_one_waits_and_then_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, waits = held(tmp_path, block()), []
    handle = locked(tmp_path / "blocks.json.lock")
    monkeypatch.setattr("noc.actions.blockfile.time.sleep", waits.append)
    with pytest.raises(ActionError, match=r"blocks\.json\.lock is held by another noc; try again$"):
        made.change(lambda known: ())
    assert waits == [blockfile.PAUSE] * (blockfile.TRIES - 1)
    assert made.read() == (block(),)

    def let_go(seconds: float) -> None:
        os.close(handle)

    monkeypatch.setattr("noc.actions.blockfile.time.sleep", let_go)
    made.change(lambda known: ())
    assert made.read() == ()


def test_one_noc_alone_takes_blocks_back_and_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    made = Blocks(tmp_path / "blocks.json")
    with made.undoing() as first, Blocks(made.path).undoing() as second:
        assert (first, second) == (True, False)
    with pytest.raises(KeyError), made.undoing():
        raise KeyError
    with made.undoing() as again:
        assert again


def add(path: Path, number: int) -> None:
    for turn in range(5):
        one = block(f"185.220.{number}.{turn}", at=NOW + number + turn / 10)
        Blocks(path).change(lambda known, one=one: (*known, one))


def test_two_nocs_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "blocks.json"
    context: Any = multiprocessing.get_context("spawn")
    others = [context.Process(target=add, args=(path, number)) for number in range(3)]
    for one in others:
        one.start()
    for one in others:
        one.join(60)
    assert [one.exitcode for one in others] == [0, 0, 0]
    assert {one.address for one in Blocks(path).read()} == {f"185.220.{n}.{m}" for n in range(3) for m in range(5)}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["blocks.json", "blocks.json.lock"]


def test_due_are_overdue_ones_of_this_machine_whose_time_to_try_has_come(tmp_path: Path) -> None:
    over = block(until=NOW)
    waiting = replace(FAILED, until=NOW - 1)
    running = block("185.220.101.8", until=NOW, at=NOW - 5, state=BlockState.ASKED)
    elsewhere = block("185.220.101.9", until=NOW - 5, host="fw-2")
    made = held(tmp_path, over, waiting, running, elsewhere, block("185.220.101.10"))
    assert made.due(NOW, HOST) == (over,)
    assert made.due(NOW - 0.1, HOST) == ()
    assert made.due(NOW + 240.0, HOST) == (waiting, running, over)
    assert made.due(NOW, "fw-2") == (elsewhere,)


def test_a_block_is_named_by_its_address_however_that_is_spelled() -> None:
    assert named((FAILED, block()), f" ::ffff:{ADDRESS} ") == block()
    assert named((FAILED, block()), OTHER.upper()) == FAILED
    for word in ("8.8.8.8", "", "185.220", "all", "\x1b[2J"):
        with refused(
            f"{'␛[2J' if word.startswith(chr(27)) else word} is not blocked from here; noc blocks lists what is"
        ):
            named((FAILED, block()), word)
