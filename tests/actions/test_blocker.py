"""The gate of blocks: one confirmation one command, recorded before and after, kept until it is taken back, expired."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from noc.actions.block import BlockState
from noc.actions.blockfile import Blocks
from noc.actions.intent import Verb
from noc.actions.program import Ended
from noc.model.errors import ActionError, Refused, Rejected, Unsettled
from tests.actions.blockgiven import (
    ADDRESS,
    DAY,
    OTHER,
    Scripted,
    block,
    gate,
    intent,
    program,
    settings_of,
)
from tests.actions.given import refused
from tests.alertgiven import NOW

AT = "2025-10-02T15:30:00.000Z"
ASKED = {
    "at": AT,
    "event": "asked",
    "who": "mara",
    "verb": "block",
    "what": "block 185.220.101.7 for 1d",
    "address": ADDRESS,
    "reason": "brute force",
    "until": "2025-10-03T15:30:00Z",
    "command": ["ufw", "prepend", "deny", "from", ADDRESS],
    "collateral": "418 good requests, 6 tenants, last hour",
}
ENDED = {"at": AT, "event": "ended", "who": "mara", "verb": "block", "what": "block 185.220.101.7", "address": ADDRESS}
UNDO_ASKED = {
    "at": AT,
    "event": "asked",
    "who": "leo",
    "verb": "unblock",
    "what": "unblock 185.220.101.7",
    "address": ADDRESS,
    "reason": "brute force",
    "until": "2025-10-03T15:30:00Z",
    "command": ["ufw", "delete", "deny", "from", ADDRESS],
    "why": "asked",
}
UNDO_ENDED = {**ENDED, "who": "leo", "verb": "unblock", "what": "unblock 185.220.101.7"}


class TestBlocking:
    async def test_a_block_is_asked_run_and_recorded_and_stands_in_the_state_file(self, tmp_path: Path) -> None:
        run = Scripted(script=[Ended(0, ("Rule inserted",))])
        made = gate(tmp_path, run)
        done = await made.blocker.block(intent())
        assert (done.ok, done.verb, done.code, done.output) == (True, Verb.BLOCK, 0, ("Rule inserted",))
        assert done.message == "185.220.101.7 is blocked"
        assert run.ran == [("ufw", "prepend", "deny", "from", ADDRESS)]
        assert made.kept == (block(),)
        assert made.audit == [ASKED, {**ENDED, "result": "done", "exit": 0, "output": ["Rule inserted"]}]

    async def test_it_stands_in_audit_and_state_file_before_the_command_runs(self, tmp_path: Path) -> None:
        seen: list[object] = []

        async def run(argv: object, seconds: float) -> Ended:
            seen.extend([made.kept, made.audit, seconds])
            return Ended(0)

        made = gate(tmp_path, run)
        await made.blocker.block(intent())
        assert seen == [(block(state=BlockState.ASKED),), [ASKED], 20.0]

    async def test_a_command_that_says_no_blocks_nothing(self, tmp_path: Path) -> None:
        made = gate(tmp_path, Scripted(script=[Ended(1, ("ERROR: You need to be root",))]))
        done = await made.blocker.block(intent())
        assert isinstance(done.error, Rejected)
        assert done.message == "185.220.101.7 is not blocked: ufw ended with 1: ERROR: You need to be root"
        assert made.kept == ()
        assert made.audit[1] == {
            **ENDED,
            "result": "failed",
            "exit": 1,
            "output": ["ERROR: You need to be root"],
            "error": "ufw ended with 1: ERROR: You need to be root",
        }

    async def test_a_program_that_is_not_there_blocks_nothing(self, tmp_path: Path) -> None:
        no = Refused("ufw cannot be run: No such file or directory")
        made = gate(tmp_path, Scripted(script=[no]))
        done = await made.blocker.block(intent())
        assert (done.message, done.error) == (f"185.220.101.7 is not blocked: {no}", no)
        assert made.kept == ()
        assert made.audit[1] == {**ENDED, "result": "failed", "exit": None, "output": [], "error": str(no)}

    @pytest.mark.parametrize(
        ("ended", "why"),
        [
            (Ended(None, ("connecting",)), "ufw did not end within 20s and was ended: connecting"),
            (Ended(None, (), alive=True), "ufw did not end within 20s and could not be ended: it may still run"),
            (Ended(-9), "ufw was ended by signal 9"),
        ],
    )
    async def test_where_nobody_knows_what_the_command_did_the_block_is_kept_as_unknown(
        self, tmp_path: Path, ended: Ended, why: str
    ) -> None:
        made = gate(tmp_path, Scripted(script=[ended]))
        done = await made.blocker.block(intent())
        assert isinstance(done.error, Unsettled)
        told = f"nobody knows whether 185.220.101.7 is blocked: {why}; it is listed until it is undone"
        assert done.message == told
        assert made.kept == (block(state=BlockState.UNKNOWN, error=why),)
        output = list(ended.output)
        assert made.audit[1] == {**ENDED, "result": "unknown", "exit": ended.code, "output": output, "error": why}

    async def test_a_lost_connection_of_ssh_leaves_it_unknown_and_another_255_does_not(self, tmp_path: Path) -> None:
        command = ["/usr/bin/ssh", "fw1", "sudo", "-n", "block", "{ip}"]
        made = gate(tmp_path, Scripted(script=[Ended(255, ("Connection reset",)), Ended(255)]))
        done = await made.blocker.block(intent(settings=settings_of(command, command)))
        assert str(done.error) == "ssh lost the connection, or never had one: Connection reset"
        assert [one.state for one in made.kept] == [BlockState.UNKNOWN]
        done = await made.blocker.block(intent(OTHER))
        assert str(done.error) == "ufw ended with 255"

    async def test_one_confirmation_runs_one_command_however_often_it_arrives(self, tmp_path: Path) -> None:
        run = Scripted(script=[Ended(1), Ended(0)])
        made = gate(tmp_path, run)
        first, second = await asyncio.gather(made.blocker.block(intent()), made.blocker.block(intent()))
        third = await made.blocker.block(intent())
        assert str(first.error) == "ufw ended with 1"
        why = "185.220.101.7 is not blocked: already asked; one confirmation blocks once"
        assert [second.message, third.message, len(run.ran)] == [why, why, 1]
        assert (await made.blocker.block(intent(now=NOW + 1))).ok
        assert len(run.ran) == 2

    async def test_two_who_confirm_the_same_address_run_one_command(self, tmp_path: Path) -> None:
        run = Scripted()
        mara, ines = gate(tmp_path, run), gate(tmp_path, run)
        await mara.blocker.block(intent())
        later = intent(now=NOW + 1)
        done = await ines.blocker.block(replace(later, block=replace(later.block, by="ines")))
        assert done.message == "185.220.101.7 is not blocked: 185.220.101.7 was blocked meanwhile, by mara"
        assert (len(run.ran), ines.kept) == (1, (block(),))
        assert ines.audit[3] == {
            **ENDED,
            "who": "ines",
            "result": "failed",
            "error": "185.220.101.7 was blocked meanwhile, by mara; nothing was run",
        }

    async def test_what_cannot_be_recorded_is_not_done(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run)
        (tmp_path / "audit.jsonl").mkdir()
        done = await made.blocker.block(intent())
        why = f"{tmp_path}/audit.jsonl cannot record this (Is a directory); nothing was run"
        assert done.message == f"185.220.101.7 is not blocked: {why}"
        assert (run.ran, made.kept) == ([], ())

    async def test_what_the_state_file_cannot_keep_is_not_done_and_the_file_stays(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run)
        (tmp_path / "blocks.json").write_text("{broken")
        done = await made.blocker.block(intent())
        assert done.message.startswith(f"185.220.101.7 is not blocked: {tmp_path}/blocks.json is damaged (")
        assert (run.ran, (tmp_path / "blocks.json").read_text()) == ([], "{broken")
        assert [line["event"] for line in made.audit] == ["asked", "ended"]
        assert made.audit[1]["result"] == "failed"

    async def test_what_could_not_be_written_afterwards_is_said_beside_what_was_done(self, tmp_path: Path) -> None:
        async def run(argv: object, seconds: float) -> Ended:
            (tmp_path / "audit.jsonl").unlink()
            (tmp_path / "audit.jsonl").mkdir()
            (tmp_path / "blocks.json").write_text("{broken")
            return Ended(0)

        done = await gate(tmp_path, run).blocker.block(intent())
        assert done.ok
        assert done.message.startswith(f"185.220.101.7 is blocked; but {tmp_path}/blocks.json is damaged (")
        assert done.message.endswith(
            f"; but the audit failed: {tmp_path}/audit.jsonl cannot record this (Is a directory)"
        )

    async def test_read_only_runs_and_writes_nothing(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run, read_only=True)
        made.write(block(until=NOW - 1))
        done = await made.blocker.block(intent(OTHER))
        assert done.message == f"{OTHER} is not blocked: read-only: nothing is blocked from here"
        with refused("read-only: nothing is undone from here"):
            await made.blocker.undo(ADDRESS)
        with refused("read-only: nothing is forgotten from here"):
            await made.blocker.forget(ADDRESS)
        assert await made.blocker.expire_due() == ()
        assert (run.ran, made.audit, made.kept) == ([], [], (block(until=NOW - 1),))

    async def test_a_wall_that_is_closed_meanwhile_ends_the_command_and_leaves_it_unknown(self, tmp_path: Path) -> None:
        made = gate(tmp_path, Scripted(script=[asyncio.CancelledError()]))
        with pytest.raises(asyncio.CancelledError):
            await made.blocker.block(intent())
        assert made.kept == (block(state=BlockState.ASKED),)
        assert made.kept[0].words(NOW + 60.0) == "unknown"
        assert made.audit[1] == {**ENDED, "result": "unknown", "error": "noc ended before the command did"}


class TestUndoing:
    async def test_an_undo_runs_the_command_kept_with_the_block_and_strikes_it_off(self, tmp_path: Path) -> None:
        run = Scripted(script=[Ended(0, ("Rule deleted",))])
        made = gate(tmp_path, run)
        made.write(block(), block(OTHER))
        done = await made.blocker.undo(f"::ffff:{ADDRESS}")
        assert (done.ok, done.message) == (True, "185.220.101.7 is no longer blocked")
        assert run.ran == [("ufw", "delete", "deny", "from", ADDRESS)]
        assert made.kept == (block(OTHER),)
        assert made.audit == [UNDO_ASKED, {**UNDO_ENDED, "result": "done", "exit": 0, "output": ["Rule deleted"]}]

    async def test_an_undo_that_fails_leaves_the_block_listed_with_its_error(self, tmp_path: Path) -> None:
        made = gate(tmp_path, Scripted(script=[Ended(1, ("locked",)), Ended(None)]))
        made.write(block())
        done = await made.blocker.undo(ADDRESS)
        assert done.message == "185.220.101.7 is still blocked: ufw ended with 1: locked"
        assert made.kept == (block(failures=1, next_try=NOW + 60.0, error="ufw ended with 1: locked"),)
        assert made.audit[1]["result"] == "failed"
        done = await made.blocker.undo(ADDRESS)
        assert isinstance(done.error, Unsettled)
        assert [(one.failures, one.next_try, one.error) for one in made.kept] == [
            (2, NOW + 120.0, "ufw did not end within 20s and was ended")
        ]

    async def test_an_unknown_block_can_be_undone_and_one_that_is_being_made_cannot(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run)
        made.write(block(state=BlockState.ASKED), block(OTHER, state=BlockState.UNKNOWN))
        with refused("185.220.101.7 is being blocked just now; wait for its end"):
            await made.blocker.undo(ADDRESS)
        assert (await made.blocker.undo(OTHER)).ok
        made.clock.advance(50.0)
        assert (await made.blocker.undo(ADDRESS)).ok
        assert made.kept == ()

    async def test_what_is_not_blocked_or_was_blocked_elsewhere_is_refused(self, tmp_path: Path) -> None:
        made = gate(tmp_path, Scripted(), host="desk-2")
        made.write(block(host="desk-1\x1b[2J"))
        with refused("8.8.8.8 is not blocked from here; noc blocks lists what is"):
            await made.blocker.undo("8.8.8.8")
        with refused("185.220.101.7 was blocked from desk-1␛[2J; undo it there"):
            await made.blocker.undo(ADDRESS)

    async def test_two_who_undo_at_once_run_one_command(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run)
        made.write(block())
        answers = await asyncio.gather(*(made.blocker.undo(ADDRESS) for _ in range(3)), return_exceptions=True)
        assert len(run.ran) == 1
        assert [str(one) for one in answers[1:]] == ["another noc takes blocks back just now; try again"] * 2

    async def test_an_undo_that_cannot_be_recorded_is_not_run(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run)
        made.write(block())
        (tmp_path / "audit.jsonl").mkdir()
        done = await made.blocker.undo(ADDRESS)
        assert "cannot record this (Is a directory); nothing was run" in done.message
        assert run.ran == []
        assert [(one.address, one.failures) for one in made.kept] == [(ADDRESS, 1)]

    async def test_one_that_was_undone_by_hand_is_forgotten_without_running_anything(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run, host="desk-2")
        made.write(block(failures=7, error="no such rule"))
        done = await made.blocker.forget(ADDRESS)
        assert (done.ok, done.message) == (True, "185.220.101.7 is no longer listed; nothing was run")
        assert (run.ran, made.kept) == ([], ())
        what = "forget 185.220.101.7"
        assert made.audit == [
            {**UNDO_ASKED, "what": what, "command": [], "why": "undone by hand"},
            {**UNDO_ENDED, "result": "done", "exit": None, "output": []},
        ]


class TestExpiry:
    async def test_overdue_blocks_are_undone_one_after_the_other_and_the_rest_is_left(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run)
        made.write(block(until=NOW, at=NOW - 9), block(OTHER, until=NOW - 1), block("185.220.101.9"))
        done = await made.blocker.expire_due()
        assert [one.message for one in done] == [
            "185.220.101.7 is no longer blocked",
            "2a02:4780:1::9 is no longer blocked",
        ]
        assert [argv[-1] for argv in run.ran] == [ADDRESS, OTHER]
        assert made.kept == (block("185.220.101.9"),)
        assert made.audit[0] == {**UNDO_ASKED, "until": "2025-10-02T15:30:00Z", "why": "expired"}
        assert await made.blocker.expire_due() == ()

    async def test_a_failure_stays_listed_and_is_tried_again_ever_more_seldom(self, tmp_path: Path) -> None:
        made = gate(tmp_path, Scripted(script=[Ended(1)] * 9))
        made.write(block(until=NOW))
        waits = []
        for _ in range(9):
            (done,) = await made.blocker.expire_due()
            assert done.message == "185.220.101.7 is still blocked: ufw ended with 1"
            assert await made.blocker.expire_due() == ()
            (kept,) = made.kept
            assert kept.words(made.clock.now()) == "overdue"
            waits.append(kept.next_try - made.clock.now())
            made.clock.at = kept.next_try
        assert waits == [60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0, 3600.0]
        assert [one.ok for one in await made.blocker.expire_due()] == [True]
        assert made.kept == ()

    async def test_one_that_fails_holds_up_no_other(self, tmp_path: Path) -> None:
        made = gate(tmp_path, Scripted(script=[Ended(1), Ended(0)]))
        made.write(block(until=NOW, at=NOW - 9), block(OTHER, until=NOW))
        assert [one.ok for one in await made.blocker.expire_due()] == [False, True]
        assert [one.address for one in made.kept] == [ADDRESS]

    async def test_while_another_noc_expires_this_one_does_not(self, tmp_path: Path) -> None:
        run = Scripted()
        made = gate(tmp_path, run)
        made.write(block(until=NOW))
        with Blocks(tmp_path / "blocks.json").undoing() as alone:
            assert alone
            assert await made.blocker.expire_due() == ()
        assert (run.ran, made.kept) == ([], (block(until=NOW),))

    async def test_one_that_somebody_undid_meanwhile_is_passed_over(self, tmp_path: Path) -> None:
        async def run(argv: object, seconds: float) -> Ended:
            made.write()
            return Ended(0)

        made = gate(tmp_path, run)
        made.write(block(until=NOW, at=NOW - 9), block(OTHER, until=NOW))
        assert [one.block.address for one in await made.blocker.expire_due()] == [ADDRESS]

    async def test_blocks_of_another_machine_are_its_own_business(self, tmp_path: Path) -> None:
        made = gate(tmp_path, Scripted())
        made.write(block(until=NOW, host="desk-2"))
        assert (await made.blocker.expire_due(), len(made.kept)) == ((), 1)

    async def test_a_damaged_file_is_an_error_each_time(self, tmp_path: Path) -> None:
        (tmp_path / "blocks.json").write_text("{broken")
        made = gate(tmp_path, Scripted())
        for _ in range(2):
            with pytest.raises(ActionError, match=r"blocks\.json is damaged"):
                await made.blocker.expire_due()


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


class TestRealPrograms:
    """A firewall that is a directory: a file for each blocked address."""

    @pytest.fixture
    def firewall(self, tmp_path: Path) -> Path:
        rules = tmp_path / "rules"
        rules.mkdir()
        program(tmp_path / "deny", f"open('{rules}/' + sys.argv[1], 'x'); print('denied', sys.argv[1])")
        program(tmp_path / "allow", f"os.unlink('{rules}/' + sys.argv[1])")
        return rules

    async def test_an_address_is_blocked_listed_and_let_in_again_when_its_day_is_over(
        self, tmp_path: Path, firewall: Path
    ) -> None:
        own = settings_of([f"{tmp_path}/deny", "{ip}"], [f"{tmp_path}/allow", "{ip}"])
        made = gate(tmp_path / "state")
        done = await made.blocker.block(intent(settings=own))
        assert (done.message, done.output) == (f"{ADDRESS} is blocked", (f"denied {ADDRESS}",))
        assert names(firewall) == [ADDRESS]
        assert [one.state for one in made.kept] == [BlockState.BLOCKED]
        made.clock.advance(DAY)
        assert [one.message for one in await made.blocker.expire_due()] == [f"{ADDRESS} is no longer blocked"]
        assert (names(firewall), made.kept) == ([], ())
        assert [(line["event"], line["verb"], line.get("result")) for line in made.audit] == [
            ("asked", "block", None),
            ("ended", "block", "done"),
            ("asked", "unblock", None),
            ("ended", "unblock", "done"),
        ]

    async def test_a_command_that_fails_with_hostile_output_is_told_harmlessly(self, tmp_path: Path) -> None:
        body = r"os.write(2, b'\x1b]52;c;aGk=\x07\x1b[2Jno\n'); sys.exit(3)"
        bad = program(tmp_path / "bad", body)
        done = await gate(tmp_path / "state").blocker.block(intent(settings=settings_of([bad, "{ip}"], [bad, "{ip}"])))
        assert done.output == ("␛]52;c;aGk=␇␛[2Jno",)
        assert done.message == f"{ADDRESS} is not blocked: bad ended with 3: ␛]52;c;aGk=␇␛[2Jno"

    async def test_a_command_that_hangs_is_ended_and_its_block_is_unknown(self, tmp_path: Path) -> None:
        hang = program(tmp_path / "hang", "signal.pause()")
        own = settings_of([hang, "{ip}"], [hang, "{ip}"], seconds=0.5)
        made = gate(tmp_path / "state")
        done = await made.blocker.block(intent(settings=own))
        assert isinstance(done.error, Unsettled)
        assert [one.state for one in made.kept] == [BlockState.UNKNOWN]

    async def test_a_wall_closed_while_the_command_runs_leaves_no_process_behind(self, tmp_path: Path) -> None:
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        hang = program(tmp_path / "hang", f"open('{fifo}', 'w').write(str(os.getpid()))\nsignal.pause()")
        made = gate(tmp_path / "state")
        task = asyncio.create_task(made.blocker.block(intent(settings=settings_of([hang, "{ip}"], [hang, "{ip}"]))))
        pid = int(await asyncio.to_thread(fifo.read_text))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        assert [one.state for one in made.kept] == [BlockState.ASKED]
        assert made.audit[1]["result"] == "unknown"
