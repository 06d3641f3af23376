"""``noc ack FINGERPRINT...``: acknowledge from a script or a shell."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from noc.actions import ack
from noc.actions.intent import Done, Intent
from noc.cli import alerting, options
from noc.cli.exits import Exit
from noc.cli.parting import parted
from noc.engine.alertmerge import ack_in
from noc.engine.book import Book, Entry
from noc.engine.digest import named, owner
from noc.model.alerts import Silence, SilenceState
from noc.model.clock import SystemClock
from noc.model.text import clean
from noc.model.timerange import format_duration, parse_duration
from noc.runtime import AlertDesk

Fingerprints = Annotated[
    list[str], typer.Argument(metavar="FINGERPRINT...", help="Alerts; their first digits are enough.")
]
Duration = Annotated[
    str | None,
    typer.Option("--duration", "-d", metavar="15m", help="How long it lasts without a keeper; 15 minutes by default."),
]
Hold = Annotated[
    bool, typer.Option("--hold", help="Stay and keep them until they resolve; Ctrl+C or SIGTERM prolong them once.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; several alerts are asked about, one is not.")]


def command(
    fingerprints: Fingerprints,
    comment: alerting.Comment = "",
    duration: Duration = None,
    author: alerting.Author = None,
    hold: Hold = False,
    yes: Yes = False,
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

    \b
    noc ack 48bae544 -c 'looking at it'
    noc ack 48bae544 9f3c21aa -c 'same disk' -d 1h --yes
    """
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)
    try:
        seconds = parse_duration(duration) if duration else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--duration") from None

    async def work(desk: AlertDesk) -> int:
        named_ones = [alerting.found(desk.poller.book, one) for one in fingerprints]
        keys = list(dict.fromkeys(one.key for one in named_ones))

        def proposed() -> tuple[Intent, alerting.Question]:
            book = desk.poller.book
            entries = [book.by_key[key] for key in keys if key in book.by_key]
            words, now = comment or desk.settings.ack.comment, SystemClock().now()
            intent = ack.propose(entries, book, desk.settings, desk.runner.author, words, now, seconds)
            who = clean(desk.runner.author, 40)
            return intent, alerting.Question(f"{intent.summary} as {who}", len(intent.keys))

        intent, question = proposed()
        if len(keys) > 1:
            alerting.shown(question, [desk.poller.book.by_key[key] for key in intent.keys])
        passed_over([desk.poller.book.by_key[key] for key in keys if key not in intent.keys], desk.poller.book.at)
        if not dry_run:
            intent = await alerting.agreed(desk, proposed, yes=yes or len(keys) == 1, expect=None)
        span = min(draft.ends_at for draft in intent.drafts) - desk.poller.book.server_now(SystemClock().now())
        code = await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)
        if code or dry_run:
            return code
        if hold:
            return await held(desk, {desk.poller.book.by_key[key].alert.fingerprint for key in intent.keys})
        lasts = format_duration(round(span))
        options.narrate(f"lasts {lasts}; without a keeper (a wall, noc acks --keep, --hold) RESOLVED may be swallowed")
        return Exit.OK

    alerting.run(settings, places, work, author=author, writes=not dry_run, signs=True)


def passed_over(entries: list[Entry], now: float) -> None:
    """Tell what is left out, and why: it does not fire, or somebody has it."""
    for one in entries:
        options.narrate(f"left out: {named(one, 120)} is {owner(one, now) or one.phase.value}")


async def held(desk: AlertDesk, fingerprints: set[str] | None) -> int:
    """Keep acknowledgements until the last of these alerts has none (None: for ever), SIGTERM, SIGHUP or Ctrl+C.

    Then whoever leaves is told what stays quiet. ERROR where one of them fires and nobody has it any more.
    """
    from noc.actions.keeping import Keeping

    def told(done: Done) -> None:
        options.narrate(done.message if done.ok else f"failed: {done.message}")

    keeping = Keeping(desk.runner, desk.settings, SystemClock(), told)
    over, ended = asyncio.Event(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    seen: set[str] = set()

    def look() -> None:
        book = desk.poller.book
        keeping.look(book)
        running = {one.id for one in kept(book, fingerprints)}
        seen.update(running)
        if fingerprints is not None and seen and not running and not keeping.busy:
            over.set()

    async def ticking() -> None:
        while True:
            look()
            await asyncio.sleep(1.0)

    options.narrate("keeping acknowledgements; Ctrl+C ends it")
    polling, tick = asyncio.create_task(desk.poller.run()), asyncio.create_task(ticking())
    waiting = [asyncio.create_task(one.wait()) for one in (over, ended)]
    unsubscribe = desk.poller.subscribe(lambda book: look())
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        unsubscribe()
        tick.cancel()
        await keeping.aclose()
        if ended.is_set():
            ids = {one.id for one in kept(desk.poller.book, fingerprints)}
            entries = [one for one in desk.poller.book.entries if one.ack is not None and one.ack.id in ids]
            await parted(desk, entries, SystemClock(), "quiet without a keeper:")
            return Exit.OK
        return resolved(desk.poller.book, fingerprints or set())
    finally:
        unsubscribe()
        for task in (polling, tick, *waiting):
            task.cancel()
        await asyncio.gather(polling, tick, *waiting, return_exceptions=True)


def kept(book: Book, fingerprints: set[str] | None) -> list[Silence]:
    """The running acknowledgements of noc for these alerts; None: for any."""
    acks = [(one, ack_in(one)) for one in book.silences if one.state is SilenceState.ACTIVE]
    return [
        silence
        for silence, found in acks
        if found is not None and found.structured and (fingerprints is None or found.fingerprint in fingerprints)
    ]


def resolved(book: Book, fingerprints: set[str]) -> int:
    """How holding ended by itself; ERROR where an acknowledgement is over and its alert is not."""
    loud = [one for one in book.entries if one.alert.fingerprint in fingerprints and one.loud]
    for one in loud:
        options.narrate(f"fires and nobody has it any more: {named(one, 120)}")
    if not loud:
        options.narrate("resolved; nothing is left to keep")
    return Exit.ERROR if loud else Exit.OK
