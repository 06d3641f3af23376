"""What the tests of blocks share: settings that are on, a block, fake programs, a blocker over a directory."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc.actions.audit import Audit, entries
from noc.actions.block import Block, BlockIntent, BlockState, Collateral, propose
from noc.actions.blocker import Blocker, Run
from noc.actions.blockfile import Blocks
from noc.actions.program import Ended, run
from noc.config.blocking import Blocking
from noc.model.clock import FixedClock
from tests.alertgiven import NOW

ADDRESS = "185.220.101.7"
OTHER = "2a02:4780:1::9"
HOST = os.uname().nodename
DAY = 86400.0

ON = Blocking.model_validate(
    {
        "command": ["ufw", "prepend", "deny", "from", "{ip}"],
        "undo": ["ufw", "delete", "deny", "from", "{ip}"],
        "never": ["104.16.0.0/13", "2a00:1450::/32", "9.9.9.9"],
    }
)
HITS = Collateral(good_requests=418, tenants=6, bad_requests=9120)


def settings_of(command: Sequence[str], undo: Sequence[str], seconds: float = 20.0) -> Blocking:
    """Blocking that is on, by these commands."""
    given = {"command": list(command), "undo": list(undo), "never": ["104.16.0.0/13"], "timeout": seconds}
    return Blocking.model_validate(given)


def intent(
    address: str = ADDRESS, settings: Blocking = ON, *, now: float = NOW, expires: float | None = None
) -> BlockIntent:
    """mara's block."""
    return propose(address, settings, (), "mara", "brute force", now, HOST, collateral=HITS, expires=expires)


def block(address: str = ADDRESS, **more: Any) -> Block:
    """A block that was made and has a day to go."""
    given = {
        "address": address,
        "at": NOW,
        "until": NOW + DAY,
        "by": "mara",
        "reason": "brute force",
        "command": ("ufw", "prepend", "deny", "from", address),
        "undo": ("ufw", "delete", "deny", "from", address),
        "timeout": 20.0,
        "host": HOST,
        "state": BlockState.BLOCKED,
    }
    return Block(**{**given, **more})


def program(path: Path, body: str) -> str:
    """An executable Python program; its path."""
    path.write_text(f"#!{sys.executable} -S\nimport os, signal, sys\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@dataclass
class Scripted:
    """A ``run`` that starts nothing: it notes what it was asked to run and answers by script, else with success."""

    ran: list[tuple[str, ...]] = field(default_factory=list)
    script: list[Ended | BaseException] = field(default_factory=list)

    async def __call__(self, argv: Sequence[str], seconds: float) -> Ended:
        self.ran.append(tuple(argv))
        step = self.script.pop(0) if self.script else Ended(0)
        if isinstance(step, BaseException):
            raise step
        return step


@dataclass
class Gate:
    """A blocker in a directory of its own, and what it left there."""

    blocker: Blocker
    clock: FixedClock
    home: Path

    @property
    def kept(self) -> tuple[Block, ...]:
        return Blocks(self.home / "blocks.json").read()

    @property
    def audit(self) -> list[dict[str, Any]]:
        """The lines of the audit without what is the same in each."""
        path = self.home / "audit.jsonl"
        lines = entries(path) if path.exists() else []
        same = {"environment": "prod", "host": HOST, "keys": [], "before": [], "expire": []}
        assert all(line[key] == value for line in lines for key, value in same.items())
        return [{key: value for key, value in line.items() if key not in same} for line in lines]

    def write(self, *blocks: Block) -> None:
        """What stands in the state file."""
        Blocks(self.home / "blocks.json").change(lambda known: blocks)


def gate(home: Path, how: Run = run, *, author: str = "leo", read_only: bool = False, host: str = HOST) -> Gate:
    """A blocker whose clock stands at NOW."""
    clock = FixedClock(NOW)
    audit = Audit(home / "audit.jsonl", clock, "prod")
    blocks = Blocks(home / "blocks.json")
    return Gate(Blocker(blocks, audit, clock, author=author, host=host, read_only=read_only, run=how), clock, home)


def raw(home: Path) -> Any:
    """The state file as it stands."""
    return json.loads((home / "blocks.json").read_text())
