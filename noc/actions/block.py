"""Blocking an address: what is refused, what is asked before, what would be run. Pure; ``blocker`` carries it out.

The address is the only word from outside that reaches a command line: it is parsed, so that it can hold nothing but hex
digits, dots and colons, neither an option nor anything a shell or a firewall would read.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from noc.config.blocking import Blocking, filled
from noc.model.addresses import note_of, parse_address
from noc.model.errors import Refused
from noc.model.text import clean
from noc.model.timerange import format_duration

REASON = 200
"""Characters of a reason at most."""

HOUR = 3600.0

HARMLESS = frozenset({"documentation"})
"""Ranges that may be blocked though nobody lives there: in examples and in the demo they stand for strangers."""

SLACK = 30.0
"""Seconds beyond its time that a command may take to be ended and recorded."""


class BlockState(StrEnum):
    """What is known of a block. ``ASKED``: its command runs, or noc died meanwhile; ``UNKNOWN``: nobody knows whether the
    command did its work."""

    ASKED = "asked"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Block:
    """One block as the state file keeps it until it is undone. Times are unix seconds.

    ``undo`` is the command of the settings as they were: it takes back what was done then. ``host`` is the machine it
    was run from, and the only one that can take it back. ``failures`` counts tries to undo it, ``error`` is the last one's.
    """

    address: str
    at: float
    until: float
    by: str
    reason: str
    command: tuple[str, ...]
    undo: tuple[str, ...]
    timeout: float
    host: str
    state: BlockState = BlockState.ASKED
    failures: int = 0
    next_try: float = 0.0
    error: str = ""

    def overdue(self, now: float) -> bool:
        """Whether it should have ended."""
        return now >= self.until

    def under_way(self, now: float) -> bool:
        """Whether its command may still run, in this noc or in another one; afterwards *asked* means unknown."""
        return self.state is BlockState.ASKED and now < self.at + self.timeout + SLACK

    def words(self, now: float) -> str:
        """Its state, for people."""
        if self.overdue(now):
            return "overdue"
        return "unknown" if self.state is BlockState.ASKED and not self.under_way(now) else self.state.value


@dataclass(frozen=True, slots=True)
class Collateral:
    """Whom a block would hit, from the logs of the last ``window`` seconds; None is what nobody could tell.

    ``tenants`` are those of the good requests.
    """

    good_requests: int | None = None
    tenants: int | None = None
    bad_requests: int | None = None
    window: float = HOUR

    @property
    def words(self) -> str:
        """``418 good requests, 6 tenants, last hour``; what is unknown is said to be."""
        span = "last hour" if self.window == HOUR else f"last {format_duration(self.window)}"
        if self.good_requests is None and self.tenants is None:
            return f"nobody can tell whom else it hits ({span})"
        if self.good_requests == 0:
            return f"no good request in the logs, {span}"
        return f"{_count(self.good_requests, 'good request')}, {_count(self.tenants, 'tenant')}, {span}"

    @property
    def against(self) -> str:
        """What it would stop, in words."""
        return _count(self.bad_requests, "bad request")


def _count(number: int | None, what: str) -> str:
    return f"unknown {what}s" if number is None else f"{number} {what}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a block of ``address`` would do: shown before anybody confirms. ``command`` and ``undo`` are whole."""

    address: str
    until: float
    command: tuple[str, ...]
    undo: tuple[str, ...]
    collateral: Collateral = Collateral()

    def lines(self, tz: tzinfo, now: float) -> tuple[str, ...]:
        """The dialog's lines, each harmless."""
        end = datetime.fromtimestamp(self.until, tz).strftime("%a %d %b %H:%M %Z")
        return (
            f"block {self.address} for {format_duration(round(self.until - now))}, until {end}",
            f"hits: {self.collateral.words}",
            f"stops: {self.collateral.against}",
            f"runs: {shown(self.command)}",
            f"then: {shown(self.undo)}",
        )


@dataclass(frozen=True, slots=True)
class BlockIntent:
    """One block to make, as it was confirmed. Equal intents are one confirmation: it is carried out once."""

    block: Block
    collateral: Collateral = Collateral()

    @property
    def summary(self) -> str:
        """One line for the notice and the audit."""
        return f"block {self.block.address} for {format_duration(round(self.block.until - self.block.at))}"


def shown(command: Sequence[str]) -> str:
    """A command as one would type it, harmless and bounded."""
    return clean(shlex.join(command), 400)


def blockable(address: str, settings: Blocking, blocks: Sequence[Block]) -> str:
    """The address as it would be blocked, in its shortest spelling. Refused with the reason."""
    if not settings.on:
        raise Refused(settings.off_because)
    found = parse_address(address.strip())
    if found is None:
        raise Refused(f"{clean(address, 60)!r} is no single address", "address")
    if (note := note_of(found)) and note not in HARMLESS:
        raise Refused(f"{found} is {note}: no such address is blocked", "address")
    for network in settings.never:
        if found.version == network.version and found in network:
            raise Refused(
                f"{found} is never blocked: it is inside {network} (blocking.never of the settings)", "address"
            )
    for block in blocks:
        if parse_address(block.address) == found:
            known = (
                "is blocked already" if block.state is BlockState.BLOCKED else f"may be blocked already ({block.state})"
            )
            raise Refused(f"{found} {known}, by {clean(block.by, 40)}; noc blocks lists and undoes", "address")
    return str(found)


def preview(
    address: str,
    settings: Blocking,
    blocks: Sequence[Block],
    now: float,
    *,
    collateral: Collateral = Collateral(),
    expires: float | None = None,
) -> Preview:
    """What a block would run and whom it would hit. Refused for what cannot be blocked; ``expires`` in seconds."""
    known = blockable(address, settings, blocks)
    until = now + (settings.expires if expires is None else expires)
    return Preview(known, until, filled(settings.command, known), filled(settings.undo, known), collateral)


def propose(
    address: str,
    settings: Blocking,
    blocks: Sequence[Block],
    author: str,
    reason: str,
    now: float,
    host: str,
    *,
    collateral: Collateral = Collateral(),
    expires: float | None = None,
) -> BlockIntent:
    """A block from now on, ``expires`` seconds long. Refused with the field that is to blame.

    Whether the address was typed (:func:`confirmed`) and whether the author's name says who that is, is the caller's
    business; ``host`` is this machine's name.
    """
    found = preview(address, settings, blocks, now, collateral=collateral, expires=expires)
    if not author.strip():
        raise Refused("say who you are", "author")
    if not reason.strip():
        raise Refused("a reason is required: the next one on call reads it", "reason")
    if found.until <= now:
        raise Refused("the end must come after now", "expires")
    block = Block(
        found.address,
        now,
        found.until,
        author.strip(),
        reason.strip()[:REASON],
        found.command,
        found.undo,
        settings.timeout,
        host,
    )
    return BlockIntent(block, collateral)


def confirmed(address: str, typed: str) -> bool:
    """Whether somebody typed the address that is meant, in any of its spellings.

    All of it and not its end: neighbours in a list of talkers differ in one digit, and the end is alike in every network.
    """
    found = parse_address(typed.strip())
    return found is not None and found == parse_address(address)
