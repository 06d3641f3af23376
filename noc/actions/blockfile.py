"""The state file of blocks: what is blocked from this machine and must be taken back, shared by every noc of one user.

Written whole under a lock. A file that cannot be read is an error and stays as it is: forgetting a block would leave an
address blocked for ever.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

from noc.actions.block import Block, BlockState
from noc.config.write import write_whole
from noc.model.addresses import parse_address
from noc.model.errors import ActionError, Refused
from noc.model.text import clean

STATE_FILE = "blocks.json"
"""Its name in noc's state directory."""

VERSION = 1
LARGEST = 4_000_000
"""Bytes; some ten thousand blocks."""

TRIES, PAUSE = 40, 0.05
"""How often, and how many seconds apart, the lock is asked for: another noc holds it for milliseconds."""


class Blocks:
    """The blocks in the file at ``path``; the locks are files beside it. Every method raises ActionError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[Block, ...]:
        """Every block, the oldest first; none where there is no file."""
        try:
            with self.path.open("rb") as stream:
                data = stream.read(LARGEST + 1)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise ActionError(f"{self.path} cannot be read ({error.strerror})") from None
        try:
            return tuple(sorted(_parsed(data), key=lambda block: block.at))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            why = clean(f"{type(error).__name__}: {error}", 120)
            raise ActionError(
                f"{self.path} is damaged ({why}); it is left as it is: mend it, or move it away and undo its blocks by hand"
            ) from None

    def due(self, now: float, host: str) -> tuple[Block, ...]:
        """Blocks of this machine that should have ended and may be tried (again) now."""
        return tuple(
            block
            for block in self.read()
            if block.host == host and block.overdue(now) and now >= block.next_try and not block.under_way(now)
        )

    def change(self, how: Callable[[tuple[Block, ...]], tuple[Block, ...]]) -> None:
        """Read, change and write the whole file while nobody else does. Blocks for two seconds at most: not for an event
        loop. What ``how`` raises goes through, and then nothing is written."""
        with self._locked(".lock", TRIES) as got:
            if not got:
                raise ActionError(f"{self.path}.lock is held by another noc; try again")
            blocks = how(self.read())
            data = {"version": VERSION, "blocks": [as_json(block) for block in blocks]}
            try:
                write_whole(self.path, json.dumps(data, indent=1) + "\n")
            except OSError as error:
                raise ActionError(f"{self.path} cannot be written ({error.strerror})") from None

    @contextmanager
    def undoing(self) -> Iterator[bool]:
        """Whether this noc alone takes blocks back for the length of the context; False where another one does."""
        with self._locked(".undoing", 1) as got:
            yield got

    @contextmanager
    def _locked(self, suffix: str, tries: int) -> Iterator[bool]:
        """A lock that ends with its holder, however that ends."""
        path = self.path.with_name(self.path.name + suffix)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ActionError(f"{path} cannot be made ({error.strerror})") from None
        try:
            yield _lock(handle, path, tries)
        finally:
            os.close(handle)


def _lock(handle: int, path: Path, tries: int) -> bool:
    for left in reversed(range(tries)):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if left:
                time.sleep(PAUSE)
        except OSError as error:
            raise ActionError(f"{path} cannot be locked ({error.strerror})") from None
    return False


def named(blocks: tuple[Block, ...], address: str) -> Block:
    """The block of an address, however it is spelled. Refused where there is none."""
    wanted = parse_address(address.strip())
    for block in blocks:
        if wanted is not None and parse_address(block.address) == wanted:
            return block
    raise Refused(f"{clean(address, 60)} is not blocked from here; noc blocks lists what is")


def as_json(block: Block) -> dict[str, Any]:
    """A block as the file and ``noc blocks --json`` write it."""
    return {
        "address": block.address,
        "at": block.at,
        "until": block.until,
        "by": block.by,
        "reason": block.reason,
        "command": list(block.command),
        "undo": list(block.undo),
        "timeout": block.timeout,
        "host": block.host,
        "state": block.state.value,
        "failures": block.failures,
        "next_try": block.next_try,
        "error": block.error,
    }


def _parsed(data: bytes) -> Iterator[Block]:
    """ValueError, KeyError or TypeError for anything that :meth:`Blocks.change` would not have written."""
    if len(data) > LARGEST:
        raise ValueError("it is too large")
    document = json.loads(data)
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ValueError(f"it is not of version {VERSION}")
    for one in document["blocks"]:
        yield _block(one)


def _block(one: Mapping[str, Any]) -> Block:
    address = str(one["address"])
    if parse_address(address) is None:
        raise ValueError(f"{address!r} is no address")
    return Block(
        address,
        _number(one["at"]),
        _number(one["until"]),
        str(one["by"]),
        str(one["reason"]),
        _words(one["command"]),
        _words(one["undo"]),
        _number(one["timeout"]),
        str(one["host"]),
        BlockState(one["state"]),
        int(one["failures"]),
        _number(one["next_try"]),
        str(one["error"]),
    )


def _number(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"{number} is no time")
    return number


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        raise ValueError("a command is no list of words")
    return tuple(value)
