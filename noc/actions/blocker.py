"""The gate of blocks: read-only, one confirmation one command, audit, the command, the state file, expiry.

A block is in the state file before its command runs, so that a noc that dies meanwhile leaves a trace; it stays there until
its undo command said that it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from noc.actions import program
from noc.actions.audit import Audit
from noc.actions.block import Block, BlockIntent, BlockState
from noc.actions.blockfile import Blocks, named
from noc.actions.intent import Intent, Verb
from noc.actions.program import Ended
from noc.model.addresses import parse_address
from noc.model.clock import Clock
from noc.model.errors import ActionError, Refused, Rejected, Unsettled
from noc.model.text import clean

FIRST_RETRY, LAST_RETRY = 60.0, 3600.0
"""Seconds after which an undo that failed is tried again: doubled each time."""

LOST = 255
"""ssh's own exit code: the connection failed, before the command or in the middle of it."""

Run = Callable[[Sequence[str], float], Awaitable[Ended]]


@dataclass(frozen=True, slots=True)
class BlockDone:
    """How a command ended. ``message`` is one line for the notice, ``output`` what the command said, harmless."""

    verb: Verb
    block: Block
    message: str
    error: ActionError | None = None
    code: int | None = None
    output: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.error is None


class Blocker:
    """Blocks and unblocks from this machine. ``host`` is its name; ``run`` runs a command for some seconds."""

    def __init__(
        self,
        blocks: Blocks,
        audit: Audit,
        clock: Clock,
        *,
        author: str,
        host: str,
        read_only: bool,
        run: Run = program.run,
    ) -> None:
        self.author = author
        self.host = host
        self.read_only = read_only
        self.blocks = blocks
        self._audit = audit
        self._clock = clock
        self._run = run
        self._last: BlockIntent | None = None

    async def block(self, intent: BlockIntent) -> BlockDone:
        """Carry a confirmed block out, once. Never raises: what went wrong is in the answer."""
        block = intent.block
        try:
            if self.read_only:
                raise Refused("read-only: nothing is blocked from here")
            if intent == self._last:
                raise Refused("already asked; one confirmation blocks once")
            self._last = intent
            self._asked(Verb.BLOCK, intent.summary, block, block.command, collateral=intent.collateral.words)
            await self._entered(block)
        except ActionError as error:
            return BlockDone(Verb.BLOCK, block, f"{block.address} is not blocked: {error}", error)
        ended, fault = await self._carried_out(Verb.BLOCK, block, block.command)
        kept: Block | None = None
        if fault is None:
            kept, message = replace(block, state=BlockState.BLOCKED), f"{block.address} is blocked"
        elif isinstance(fault, Unsettled):
            kept = replace(block, state=BlockState.UNKNOWN, error=clean(str(fault), 200))
            message = f"nobody knows whether {block.address} is blocked: {fault}; it is listed until it is undone"
        else:
            message = f"{block.address} is not blocked: {fault}"
        return await self._settled(BlockDone(Verb.BLOCK, block, message, fault, ended.code, ended.output), kept)

    async def _entered(self, block: Block) -> None:
        """Into the state file, before the command runs. ActionError, and the audit knows, where that cannot be."""
        try:
            await asyncio.to_thread(self.blocks.change, lambda known: (*_without(known, block), block))
        except ActionError as error:
            self._recorded(Verb.BLOCK, block, "failed", {"error": f"{error}; nothing was run"})
            raise

    async def undo(self, address: str) -> BlockDone:
        """Take one block back now. ActionError where nothing was run; else as :meth:`block`."""
        if self.read_only:
            raise Refused("read-only: nothing is undone from here")
        with self.blocks.undoing() as alone:
            if not alone:
                raise Refused("another noc takes blocks back just now; try again")
            block = named(self.blocks.read(), address)
            if block.under_way(self._clock.now()):
                raise Refused(f"{block.address} is being blocked just now; wait for its end")
            if block.host != self.host:
                raise Refused(f"{block.address} was blocked from {clean(block.host, 60)}; undo it there")
            return await self._undone(block, "asked")

    async def forget(self, address: str) -> BlockDone:
        """Strike a block off the list without running anything: somebody took it back by hand. ActionError."""
        if self.read_only:
            raise Refused("read-only: nothing is forgotten from here")
        with self.blocks.undoing() as alone:
            if not alone:
                raise Refused("another noc takes blocks back just now; try again")
            block = named(self.blocks.read(), address)
            self._asked(Verb.UNBLOCK, f"forget {block.address}", block, (), why="undone by hand")
            message = f"{block.address} is no longer listed; nothing was run"
            return await self._settled(BlockDone(Verb.UNBLOCK, block, message), None)

    async def expire_due(self) -> tuple[BlockDone, ...]:
        """Take back what is overdue, one after the other; a failure is kept with the block and tried again later.

        Nothing where another noc does so. ActionError where the state file cannot be read.
        """
        if self.read_only or not self.blocks.due(self._clock.now(), self.host):
            return ()
        out = []
        with self.blocks.undoing() as alone:
            if alone:
                for block in self.blocks.due(self._clock.now(), self.host):
                    with suppress(Refused):  # it went since it was read
                        out.append(await self._undone(named(self.blocks.read(), block.address), "expired"))
        return tuple(out)

    async def _undone(self, block: Block, why: str) -> BlockDone:
        """Run the undo command; this noc alone does so."""
        try:
            self._asked(Verb.UNBLOCK, f"unblock {block.address}", block, block.undo, why=why)
        except ActionError as error:
            return await self._kept(block, error, Ended(None))
        ended, fault = await self._carried_out(Verb.UNBLOCK, block, block.undo)
        if fault is not None:
            return await self._kept(block, fault, ended)
        message = f"{block.address} is no longer blocked"
        return await self._settled(BlockDone(Verb.UNBLOCK, block, message, None, ended.code, ended.output), None)

    async def _kept(self, block: Block, error: ActionError, ended: Ended) -> BlockDone:
        """An undo that did not succeed: the block stays listed, and is tried again when its time has come."""
        wait = min(LAST_RETRY, FIRST_RETRY * 2.0 ** min(block.failures, 10))
        failed = replace(
            block,
            failures=block.failures + 1,
            next_try=self._clock.now() + wait,
            error=clean(str(error), 200),
        )
        message = f"{block.address} is still blocked: {error}"
        return await self._settled(BlockDone(Verb.UNBLOCK, block, message, error, ended.code, ended.output), failed)

    async def _carried_out(self, verb: Verb, block: Block, command: Sequence[str]) -> tuple[Ended, ActionError | None]:
        """Run a command and judge how it ended; cancelled, its outcome is unknown and recorded so."""
        try:
            ended = await self._run(command, block.timeout)
        except ActionError as error:
            return Ended(None), error
        except asyncio.CancelledError:
            with suppress(ActionError):
                self._recorded(verb, block, "unknown", {"error": "noc ended before the command did"})
            raise
        return ended, _judged(ended, command, block.timeout)

    async def _settled(self, done: BlockDone, kept: Block | None) -> BlockDone:
        """Write down what is so now: the state file first, then the audit; what cannot be written is said."""
        block, faults = done.block, []
        try:
            await asyncio.to_thread(
                self.blocks.change, lambda known: (*_without(known, block), *(() if kept is None else (kept,)))
            )
        except ActionError as error:
            faults.append(str(error))
        result = "done" if done.error is None else "unknown" if isinstance(done.error, Unsettled) else "failed"
        more: dict[str, Any] = {"exit": done.code, "output": list(done.output)}
        if done.error is not None:
            more["error"] = str(done.error)
        try:
            self._recorded(done.verb, block, result, more)
        except ActionError as error:
            faults.append(f"the audit failed: {error}")
        return replace(done, message="; but ".join([done.message, *faults]))

    def _asked(self, verb: Verb, summary: str, block: Block, command: Sequence[str], **more: str) -> None:
        """Before anything is run. ActionError where it cannot be recorded."""
        told = {
            "address": block.address,
            "reason": block.reason,
            "until": datetime.fromtimestamp(block.until, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "command": list(command),
            **more,
        }
        try:
            self._audit.write("asked", self._who(verb, block), Intent(verb, summary), told)
        except ActionError as error:
            raise ActionError(f"{error}; nothing was run") from None

    def _recorded(self, verb: Verb, block: Block, result: str, more: dict[str, Any]) -> None:
        what = Intent(verb, f"{verb.value} {block.address}")
        self._audit.write("ended", self._who(verb, block), what, {"address": block.address, "result": result, **more})

    def _who(self, verb: Verb, block: Block) -> str:
        """Who blocked is in the block; who undoes is who sits here."""
        return block.by if verb is Verb.BLOCK else self.author


def _without(known: Sequence[Block], block: Block) -> tuple[Block, ...]:
    """The others. Refused where somebody else blocked the address since it was looked at."""
    for one in known:
        if parse_address(one.address) == parse_address(block.address) and one.at != block.at:
            raise Refused(f"{one.address} was blocked meanwhile, by {clean(one.by, 40)}")
    return tuple(one for one in known if one.at != block.at or one.address != block.address)


def _judged(ended: Ended, command: Sequence[str], seconds: float) -> ActionError | None:
    """None for a command that said it did its work; Rejected where it said it did not; Unsettled where nobody knows."""
    name = clean(PurePosixPath(command[0]).name, 60)
    said = f": {ended.output[-1]}" if ended.output else ""
    if ended.code is None:
        still = "and could not be ended: it may still run" if ended.alive else "and was ended"
        return Unsettled(f"{name} did not end within {seconds:g}s {still}{said}")
    if ended.code < 0:
        return Unsettled(f"{name} was ended by signal {-ended.code}{said}")
    if ended.code == LOST and name == "ssh":
        return Unsettled(f"ssh lost the connection, or never had one{said}")
    if ended.code:
        return Rejected(f"{name} ended with {ended.code}{said}")
    return None
