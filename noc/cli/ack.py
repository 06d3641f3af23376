"""``noc ack FINGERPRINT...``: acknowledge from a script or a shell."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from noc.actions import ack
from noc.actions.intent import Done
from noc.cli import alerting, options
from noc.cli.exits import Exit
from noc.model.clock import SystemClock
from noc.model.timerange import format_duration, parse_duration
from noc.runtime import AlertDesk

Fingerprints = Annotated[list[str], typer.Argument(metavar="FINGERPRINT...", help="Their first digits are enough.")]
Duration = Annotated[
    str | None, typer.Option("--duration", "-d", metavar="15m", help="How long it lasts without a keeper.")
]
Hold = Annotated[bool, typer.Option("--hold", help="Stay as keeper until they resolve, or Ctrl+C.")]


def command(
    fingerprints: Fingerprints,
    comment: alerting.Comment = "",
    duration: Duration = None,
    author: alerting.Author = None,
    hold: Hold = False,
    yes: alerting.Yes = False,
    dry_run: alerting.DryRun = False,
    json: options.Json = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    alertmanager: options.Alertmanager = None,
    read_only: options.ReadOnly = False,
    log_file: options.LogFile = None,
) -> None:
    """Acknowledge alerts: one short silence each, 15 minutes unless --duration says otherwise.

    A running wall, noc acks --keep or --hold keeps them while they fire and ends them when they resolve. Without any of
    these an alert that resolves meanwhile sends no RESOLVED, and firing again it may send nothing.
    """
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)
    try:
        seconds = parse_duration(duration) if duration else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--duration") from None

    async def work(desk: AlertDesk) -> int:
        book, now = desk.poller.book, SystemClock().now()
        entries = tuple(alerting.found(book, one) for one in fingerprints)
        words = comment or desk.settings.ack.comment
        intent = ack.propose(entries, book, desk.settings, desk.runner.author, words, now, seconds)
        if not dry_run and len(entries) > 1:
            alerting.confirmed(f"{intent.summary} as {desk.runner.author}", yes=yes, number=None, expect=None)
        code = await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)
        if code or dry_run:
            return code
        if hold:
            return await held(desk, {one.alert.fingerprint for one in entries})
        span = format_duration(seconds or desk.settings.ack.duration)
        options.narrate(f"lasts {span}; without a keeper (a wall, noc acks --keep, --hold) RESOLVED may be swallowed")
        return Exit.OK

    alerting.run(settings, places, work, author=author, writes=not dry_run)


async def held(desk: AlertDesk, fingerprints: set[str] | None) -> int:
    """Keep acknowledgements until these alerts resolved (None: for ever), SIGTERM, SIGHUP or Ctrl+C."""
    from noc.actions.keeping import Keeping

    def told(done: Done) -> None:
        options.narrate(done.message if done.ok else f"failed: {done.message}")

    keeping = Keeping(desk.runner, desk.settings, SystemClock(), told)
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(name, over.set)

    def look() -> None:
        book = desk.poller.book
        keeping.look(book)
        firing = {one.alert.fingerprint for one in book.entries}
        if fingerprints is not None and not (fingerprints & firing) and not keeping.busy:
            over.set()

    async def ticking() -> None:
        while True:
            look()
            await asyncio.sleep(1.0)

    polling, tick = asyncio.create_task(desk.poller.run()), asyncio.create_task(ticking())
    unsubscribe = desk.poller.subscribe(lambda book: look())
    try:
        await over.wait()
    finally:
        unsubscribe()
        tick.cancel()
        polling.cancel()
        await asyncio.gather(tick, polling, return_exceptions=True)
        await keeping.aclose()
    return Exit.OK
