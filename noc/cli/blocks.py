"""``noc blocks``: addresses that are blocked from here; takes blocks back, one by hand or all that are overdue."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from noc.actions.audit import Audit
from noc.actions.block import Block, confirmed, shown
from noc.actions.blocker import BlockDone, Blocker
from noc.actions.blockfile import STATE_FILE, Blocks, as_json, named
from noc.cli import alerting, options
from noc.cli.exits import Exit
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.model.clock import SystemClock
from noc.model.errors import Refused
from noc.model.text import clean
from noc.model.units import format_age


class Do(StrEnum):
    """What is done with the blocks."""

    LIST = "list"
    UNDO = "undo"
    EXPIRE = "expire"


What = Annotated[
    Do,
    typer.Argument(
        metavar="list|undo|expire",
        show_default=False,
        help="list them (so without a word), undo one, or undo all that are overdue, for cron.",
    ),
]
Address = Annotated[
    str | None,
    typer.Argument(metavar="ADDRESS", callback=alerting.readable, help="The one to undo, in any of its spellings."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; otherwise the address must be typed.")]
Forget = Annotated[
    bool, typer.Option("--forget", help="With undo: somebody did so by hand; strike it off and run nothing.")
]


def command(
    what: What = Do.LIST,
    address: Address = None,
    yes: Yes = False,
    forget: Forget = False,
    json: options.Json = False,
    author: alerting.Author = None,
    config: options.Config = None,
    env: options.Env = None,
    read_only: options.ReadOnly = False,
    log_file: options.LogFile = None,
) -> None:
    """List the addresses that are blocked from here, the oldest first, or take blocks back.

    A block stays listed until its undo command said that it is done. Walls undo what is overdue every minute; where none
    runs, cron does: * * * * * noc blocks expire

    \b
    noc blocks
    noc blocks undo 198.51.100.7
    noc blocks expire
    """
    if (what is Do.UNDO) != (address is not None):
        raise typer.BadParameter("noc blocks undo ADDRESS; list and expire take no address")
    if forget and what is not Do.UNDO:
        raise typer.BadParameter("--forget goes with undo")
    settings, places = alerting.settings_of(config, env, None, None, log_file, read_only=read_only)
    blocks = Blocks(places.state / STATE_FILE)
    if what is Do.LIST:
        listed(blocks.read(), SystemClock().now(), json=json)
        return
    if not settings.writable:
        raise Refused("read-only: nothing is undone from here")
    gate = gate_of(settings, places, author)
    if what is Do.EXPIRE:
        done: Sequence[BlockDone] = asyncio.run(gate.expire_due())
    else:
        assert address is not None
        alerting.signed(settings, author)
        agreed(named(blocks.read(), address), yes=yes, forget=forget)
        done = [asyncio.run(gate.forget(address) if forget else gate.undo(address))]
    if code := told(done, json=json, one=what is Do.UNDO):
        raise typer.Exit(code)


def gate_of(settings: Settings, places: Places, author: str | None) -> Blocker:
    """The gate over this user's state, audited where everything else is."""
    from noc.alertwiring import author_of

    clock = SystemClock()
    path = settings.alerting.audit or places.state / "audit.jsonl"
    return Blocker(
        Blocks(places.state / STATE_FILE),
        Audit(path, clock, alerting.environment_of(settings)),
        clock,
        author=author or author_of(settings),
        host=os.uname().nodename,
        read_only=not settings.writable,
    )


def agreed(block: Block, *, yes: bool, forget: bool) -> None:
    """Show what would be done; Refused unless somebody stands by it."""
    options.narrate(f"{block.address}: blocked by {clean(block.by, 40)}, {clean(block.reason, 120)}")
    options.narrate("forgets it; runs nothing" if forget else f"runs: {shown(block.undo)}")
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("nobody to ask; give --yes")
    if not confirmed(block.address, alerting.typed(f"type {block.address} to go on: ")):
        raise Refused("nothing was run")


def listed(blocks: Sequence[Block], now: float, *, json: bool) -> None:
    """The blocks, as a table or as JSON."""
    if json:
        alerting.print_json({"blocks": [block_json(one, now) for one in blocks]})
        return
    alerting.rows([line(one, now) for one in blocks])
    if not blocks:
        options.narrate("nothing is blocked from here")


def line(block: Block, now: float) -> tuple[str, ...]:
    """A row of the table."""
    left = block.until - now
    elsewhere = "" if block.host == os.uname().nodename else f"from {clean(block.host, 40)}"
    return (
        block.address,
        block.words(now),
        f"for {format_age(max(0.0, now - block.at))}",
        f"{format_age(left)} left" if left > 0 else f"{format_age(-left)} over",
        clean(block.by, 24),
        clean(block.reason, 60),
        clean(block.error, 80) or elsewhere,
    )


def block_json(block: Block, now: float) -> dict[str, Any]:
    """A block for scripts: its times in ISO 8601, its state as people see it."""
    return {
        **as_json(block),
        "at": alerting.iso(block.at),
        "until": alerting.iso(block.until),
        "next_try": alerting.iso(block.next_try),
        "state": block.words(now),
        "overdue": block.overdue(now),
    }


def told(done: Sequence[BlockDone], *, json: bool, one: bool) -> int:
    """How it went; the exit code is that of the first failure."""
    if json:
        told_json = [done_json(each) for each in done]
        alerting.print_json(told_json[0] if one else {"undone": told_json})
    else:
        for each in done:
            for text in (*each.output, each.message):
                options.narrate(text)
        if not done:
            options.narrate("nothing is overdue, or another noc sees to it")
    errors = [each.error for each in done if each.error is not None]
    return options.refusal_code(errors[0]) if errors else Exit.OK


def done_json(done: BlockDone) -> dict[str, Any]:
    """How one undo ended."""
    return {
        "ok": done.ok,
        "address": done.block.address,
        "message": clean(done.message, 400),
        "exit": done.code,
        "output": list(done.output),
        **({} if done.error is None else {"error": clean(str(done.error), 400)}),
    }
