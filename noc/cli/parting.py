"""Whoever kept acknowledgements and leaves is told what stays quiet, and until when."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from noc.actions import ack
from noc.actions.intent import Intent
from noc.engine.book import Entry
from noc.engine.digest import named, owner
from noc.model.clock import Clock
from noc.model.text import clean
from noc.runtime import AlertDesk

LEAVING = 10.0  # seconds that a server that hangs holds up whoever leaves


async def parted(desk: AlertDesk, held: Sequence[Entry], clock: Clock, words: str) -> None:
    """Of these alerts prolong the author's own acknowledgements once, by an hour at most and within the cap, and list all
    beneath ``words`` on standard error. Nothing is said where there are none."""
    if not held:
        return
    book = replace(desk.poller.book, entries=tuple(held))
    intent = ack.parting(book, desk.runner.author, desk.settings, clock.now())
    failure = await _prolonged(desk, intent) if intent is not None else ""
    lines = [words]
    at = desk.poller.book.server_now(clock.now())
    for entry in held:
        now = desk.poller.book.by_key.get(entry.key, entry)
        lines.append(f"  {named(now, 120)}  {owner(now, at)}")
    lines += [f"  {clean(failure, 300)}"] if failure else []
    with suppress(OSError):  # after SIGHUP nobody reads it
        for line in lines:
            print(line, file=sys.stderr)


async def _prolonged(desk: AlertDesk, intent: Intent) -> str:
    """Prolong them; why that failed, or nothing."""
    try:
        async with asyncio.timeout(LEAVING):
            done = await desk.runner.run(intent)
    except TimeoutError:
        return f"perhaps not prolonged: no answer within {LEAVING:g}s"
    return "" if done.ok else f"not prolonged: {done.message}"
