"""noc blocks: what is blocked from here, taken back by hand or because its time is over; refused where nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from noc.actions.block import Block, BlockState
from noc.actions.blockfile import STATE_FILE, Blocks
from noc.cli.exits import Exit
from tests.actions.blockgiven import ADDRESS, DAY, HOST, OTHER, block, program
from tests.alertgiven import NOW
from tests.cli.alertgiven_cli import Shell


@pytest.fixture
def state(noc: Shell) -> Path:
    """noc's directory for what it remembers, in mara's home."""
    return noc.home / ".local" / "state" / "noc"


def keep(state: Path, *blocks: Block) -> None:
    """What stands in the state file."""
    Blocks(state / STATE_FILE).change(lambda known: blocks)


def kept(state: Path) -> list[str]:
    return [one.address for one in Blocks(state / STATE_FILE).read()]


def firewall(home: Path, body: str = "print('Rule deleted')") -> tuple[str, ...]:
    """An undo command that notes what it was asked."""
    return (program(home / "allow", f"open('{home}/asked', 'a').write(sys.argv[1] + '\\n')\n{body}"), ADDRESS)


def asked(home: Path) -> list[str]:
    path = home / "asked"
    return path.read_text().split() if path.exists() else []


def audit(state: Path) -> list[tuple[str, str, str, str]]:
    lines = [json.loads(line) for line in (state / "audit.jsonl").read_text().splitlines()]
    return [(line["environment"], line["event"], line["who"], line["what"]) for line in lines]


MANY = (
    block(at=NOW - 7200, until=NOW - 180, failures=2, next_try=NOW + 60, error="ufw ended with 1"),
    block(OTHER, at=NOW - 60, by="ines", reason="credential\x1b[2J stuffing", state=BlockState.UNKNOWN),
    block("185.220.101.9", at=NOW - 30, host="desk-9"),
)


def test_nothing_blocked_is_said_on_standard_error_and_is_no_failure(noc: Shell, state: Path) -> None:
    ran = noc("blocks")
    assert (ran.code, ran.out, ran.err) == (Exit.OK, "", "nothing is blocked from here\n")
    assert noc("blocks", "list", "--json").json == {"blocks": []}
    assert not state.exists()


def test_blocks_are_listed_the_oldest_first_with_ages_who_state_and_error(noc: Shell, state: Path) -> None:
    keep(state, *MANY)
    ran = noc("blocks")
    assert (ran.code, ran.err) == (Exit.OK, "")
    assert ran.out.splitlines() == [
        "185.220.101.7   overdue  for 2 h  3 m over  mara  brute force              ufw ended with 1",
        "2a02:4780:1::9  unknown  for 1 m  1 d left  ines  credential␛[2J stuffing",
        "185.220.101.9   blocked  for 30s  1 d left  mara  brute force              from desk-9",
    ]
    assert noc("blocks", "list").out == ran.out


def test_the_list_for_scripts_is_json_with_everything(noc: Shell, state: Path) -> None:
    keep(state, *MANY)
    first, *others = noc("blocks", "--json").json["blocks"]
    assert first == {
        "address": ADDRESS,
        "at": "2025-10-02T13:30:00.000Z",
        "until": "2025-10-02T15:27:00.000Z",
        "by": "mara",
        "reason": "brute force",
        "command": ["ufw", "prepend", "deny", "from", ADDRESS],
        "undo": ["ufw", "delete", "deny", "from", ADDRESS],
        "timeout": 20.0,
        "host": HOST,
        "state": "overdue",
        "overdue": True,
        "failures": 2,
        "next_try": "2025-10-02T15:31:00.000Z",
        "error": "ufw ended with 1",
    }
    assert [(one["state"], one["overdue"], one["next_try"]) for one in others] == [
        ("unknown", False, None),
        ("blocked", False, None),
    ]


def test_read_only_lists_and_refuses_to_undo(noc: Shell, state: Path, tmp_path: Path) -> None:
    keep(state, block(undo=firewall(tmp_path), until=NOW - 1))
    why = "read-only: nothing is undone from here\n"
    assert noc("blocks", "--read-only").code == Exit.OK
    for words in (["undo", ADDRESS, "--yes"], ["undo", ADDRESS, "--forget", "--yes"], ["expire"]):
        ran = noc("blocks", *words, "--read-only")
        assert (ran.code, ran.out, ran.err) == (Exit.REFUSED, "", why)
    noc.settings["read_only"] = True
    assert noc("blocks", "undo", ADDRESS, "--yes").code == Exit.REFUSED
    assert (kept(state), asked(tmp_path), (state / "audit.jsonl").exists()) == ([ADDRESS], [], False)


def test_an_undo_asks_to_type_the_address_and_tells_what_it_runs(noc: Shell, state: Path, tmp_path: Path) -> None:
    undo = firewall(tmp_path)
    keep(state, block(undo=undo), block(OTHER))
    ran = noc("blocks", "undo", ADDRESS, answer=f"{ADDRESS}\n")
    assert (ran.code, ran.out) == (Exit.OK, "")
    assert ran.err.splitlines() == [
        f"{ADDRESS}: blocked by mara, brute force",
        f"runs: {undo[0]} {ADDRESS}",
        f"type {ADDRESS} to go on: Rule deleted",
        f"{ADDRESS} is no longer blocked",
    ]
    assert (kept(state), asked(tmp_path)) == ([OTHER], [ADDRESS])
    assert audit(state) == [
        ("prod", "asked", "mara", f"unblock {ADDRESS}"),
        ("prod", "ended", "mara", f"unblock {ADDRESS}"),
    ]


@pytest.mark.parametrize("answer", ["yes\n", "y\n", "\n", "", "185.220.101.70\n", "7\n"])
def test_anything_else_typed_runs_nothing(noc: Shell, state: Path, tmp_path: Path, answer: str) -> None:
    keep(state, block(undo=firewall(tmp_path)))
    ran = noc("blocks", "undo", ADDRESS, answer=answer)
    assert (ran.code, ran.err.splitlines()[-1].removeprefix(f"type {ADDRESS} to go on: ")) == (
        Exit.REFUSED,
        "nothing was run",
    )
    assert (kept(state), asked(tmp_path)) == ([ADDRESS], [])


def test_without_a_terminal_yes_must_be_said(noc: Shell, state: Path, tmp_path: Path) -> None:
    keep(state, block(undo=firewall(tmp_path)))
    ran = noc("blocks", "undo", ADDRESS)
    assert (ran.code, ran.err.splitlines()[-1]) == (Exit.REFUSED, "nobody to ask; give --yes")
    assert noc("blocks", "undo", f"::ffff:{ADDRESS}", "--yes", "--author", "leo").code == Exit.OK
    assert (kept(state), asked(tmp_path), audit(state)[0][2]) == ([], [ADDRESS], "leo")


def test_a_name_that_several_people_share_does_not_undo(noc: Shell, state: Path, tmp_path: Path) -> None:
    keep(state, block(undo=firewall(tmp_path)))
    ran = noc("blocks", "undo", ADDRESS, "--yes", "--author", "root")
    assert (ran.code, asked(tmp_path)) == (Exit.REFUSED, [])
    assert ran.err.startswith("'root' does not say who you are; ")


def test_an_address_that_is_not_blocked_is_refused(noc: Shell, state: Path) -> None:
    keep(state, block())
    for word in ("8.8.8.8", "x; reboot"):
        ran = noc("blocks", "undo", word, "--yes")
        assert (ran.code, ran.err) == (Exit.REFUSED, f"{word} is not blocked from here; noc blocks lists what is\n")


@pytest.mark.parametrize(
    "words",
    [
        ["undo"],
        ["list", ADDRESS],
        ["expire", ADDRESS],
        ["lift"],
        ["--forget"],
        ["expire", "--forget"],
        ["undo", "\udcff"],
    ],
)
def test_a_wrong_command_line_is_a_usage_error(noc: Shell, words: list[str]) -> None:
    assert noc("blocks", *words).code == Exit.USAGE


def test_an_undo_that_fails_is_told_and_the_block_stays(noc: Shell, state: Path, tmp_path: Path) -> None:
    keep(state, block(undo=firewall(tmp_path, "print('no\\x1b[2J such rule'); sys.exit(4)")))
    ran = noc("blocks", "undo", ADDRESS, "--yes", "--json")
    assert ran.code == Exit.ERROR
    assert ran.json == {
        "ok": False,
        "address": ADDRESS,
        "message": f"{ADDRESS} is still blocked: allow ended with 4: no␛[2J such rule",
        "exit": 4,
        "output": ["no␛[2J such rule"],
        "error": "allow ended with 4: no␛[2J such rule",
    }
    assert kept(state) == [ADDRESS]


def test_an_undo_whose_end_nobody_knows_has_the_code_of_an_answer_that_never_came(
    noc: Shell, state: Path, tmp_path: Path
) -> None:
    keep(state, block(undo=firewall(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")))
    ran = noc("blocks", "undo", ADDRESS, "--yes")
    assert (ran.code, kept(state)) == (Exit.UNREACHABLE, [ADDRESS])


def test_a_block_that_was_undone_by_hand_is_forgotten_and_nothing_runs(noc: Shell, state: Path, tmp_path: Path) -> None:
    keep(state, block(undo=firewall(tmp_path)))
    ran = noc("blocks", "undo", ADDRESS, "--forget", "--yes")
    assert (ran.code, ran.err.splitlines()[1:]) == (
        Exit.OK,
        ["forgets it; runs nothing", f"{ADDRESS} is no longer listed; nothing was run"],
    )
    assert (kept(state), asked(tmp_path)) == ([], [])


def test_expire_undoes_what_is_overdue_without_asking_whatever_the_account_is_called(
    noc: Shell, state: Path, tmp_path: Path
) -> None:
    noc.settings["author"] = "root"
    keep(state, block(undo=firewall(tmp_path), until=NOW - 1), block(OTHER))
    ran = noc("blocks", "expire")
    assert (ran.code, ran.out) == (Exit.OK, "")
    assert ran.err.splitlines() == ["Rule deleted", f"{ADDRESS} is no longer blocked"]
    assert (kept(state), asked(tmp_path)) == ([OTHER], [ADDRESS])
    ran = noc("blocks", "expire")
    assert (ran.code, ran.err) == (Exit.OK, "nothing is overdue, or another noc sees to it\n")
    assert noc("blocks", "expire", "--json").json == {"undone": []}


def test_expire_tells_failures_by_its_code(noc: Shell, state: Path, tmp_path: Path) -> None:
    keep(state, block(undo=firewall(tmp_path, "sys.exit(1)"), until=NOW - 1))
    ran = noc("blocks", "expire", "--json")
    assert (ran.code, [one["ok"] for one in ran.json["undone"]]) == (Exit.ERROR, [False])
    assert noc("blocks").out.split()[:2] == [ADDRESS, "overdue"]


def test_a_damaged_state_file_is_an_error_and_stays(noc: Shell, state: Path) -> None:
    state.mkdir(parents=True)
    (state / STATE_FILE).write_text("{broken")
    for words in ([], ["undo", ADDRESS, "--yes"], ["expire"]):
        ran = noc("blocks", *words)
        assert (ran.code, ran.out) == (Exit.ERROR, "")
        assert f"{state}/{STATE_FILE} is damaged (" in ran.err
    assert (state / STATE_FILE).read_text() == "{broken"


def test_blocks_can_be_undone_though_blocking_was_switched_off(noc: Shell, state: Path, tmp_path: Path) -> None:
    given: dict[str, Any] = {"command": ["ufw", "deny", "{ip}"]}
    noc.settings["blocking"] = given
    keep(state, block(undo=firewall(tmp_path), until=NOW + DAY))
    assert noc("blocks", "undo", ADDRESS, "--yes").code == Exit.OK


def test_no_alertmanager_is_needed(noc: Shell, state: Path) -> None:
    del noc.settings["environments"]
    keep(state, block())
    assert noc("blocks").out.startswith(ADDRESS)
