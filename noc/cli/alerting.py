"""What the commands of alert work share: the desk without a wall, the confirmation, the guard, the words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from noc.actions.intent import Done, Intent
from noc.cli import options
from noc.cli.exits import Exit
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.engine.book import Book, Entry
from noc.model.alerts import Silence, SilenceDraft
from noc.model.clock import SystemClock
from noc.model.errors import ConfigError, Fault, Refused, SourceError
from noc.model.text import clean
from noc.runtime import AlertDesk

PATIENCE = 12.0
"""Seconds to wait for every member and every Prometheus to answer or fail."""

Comment = Annotated[str, typer.Option("--comment", "-c", metavar="WORDS", help="Why: the next one on call reads it.")]
Author = Annotated[
    str | None, typer.Option("--author", "-a", metavar="NAME", help="Who acts; author: in the settings.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask. Above the breadth guard --expect is needed too.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")]
Expect = Annotated[
    int | None,
    typer.Option("--expect", metavar="N", min=0, help="The number of alerts this is meant for: sent only if it is so."),
]
Long = Annotated[bool, typer.Option("--long", help="Mean it: longer than 24 hours.")]

NO_MEMBER = "no Alertmanager is configured; give one with --alertmanager URL, or let noc init look for it"


@asynccontextmanager
async def open_desk(settings: Settings, places: Places, *, author: str | None = None) -> AsyncIterator[AlertDesk]:
    """The desk over the configured servers, with a book made from their first answers. ConfigError, SourceError."""
    from noc.alertwiring import alert_desk, members_of
    from noc.sources.http import client
    from noc.sources.prometheus import PrometheusSource
    from noc.wiring import zone

    environment = settings.active()
    if not environment.alertmanager:
        raise ConfigError([Fault("noc", 0, NO_MEMBER)])
    clock = SystemClock()
    if author:
        settings = settings.model_copy(update={"author": author})
    members = members_of(settings, clock)
    metrics = {name: PrometheusSource(one, client(one), clock) for name, one in environment.prometheus.items()}
    desk = alert_desk(
        settings,
        places,
        clock,
        members,
        metrics,
        zone=zone(settings.timezone),
        read_only=not settings.writable,
        environment=environment_of(settings),
    )
    try:
        await desk.poller.settle(PATIENCE)
        if not desk.poller.book.known:
            error = next((one.error for one in desk.poller.book.members if one.error), None)
            raise error or SourceError("no Alertmanager answered in time")
        yield desk
    finally:
        await desk.aclose()
        for member in members.values():
            await member.aclose()
        for source in metrics.values():
            await source.aclose()


def run(
    settings: Settings,
    places: Places,
    work: Callable[[AlertDesk], Awaitable[int]],
    *,
    author: str | None = None,
    writes: bool = False,
) -> None:
    """Do the work on an open desk; its value is the exit code. What writes is refused before anybody is asked where
    nothing may be written."""
    if writes and not settings.writable:
        raise Refused("read-only: nothing is written from here")

    async def whole() -> int:
        async with open_desk(settings, places, author=author) as desk:
            return await work(desk)

    code = asyncio.run(whole())
    if code:
        raise typer.Exit(code)


def environment_of(settings: Settings) -> str:
    """The environment's name, where somebody named it."""
    from noc.wiring import UNNAMED

    name = settings.active().name
    return "" if name == UNNAMED else name


def found(book: Book, prefix: str) -> Entry:
    """The one alert whose fingerprint begins so. Refused where there is none, or more than one."""
    entries = {one.alert.fingerprint: one for one in reversed(book.find(prefix))}
    if not entries:
        raise Refused(f"there is no alert {clean(prefix, 40)}; noc alerts lists them")
    if len(entries) > 1:
        names = ", ".join(sorted(entries))
        raise Refused(f"{clean(prefix, 40)} begins several fingerprints: {names}")
    return next(iter(entries.values()))


def known_silence(book: Book, prefix: str) -> Silence:
    """The one silence whose id begins so. Refused as :func:`found`."""
    hits = [one for one in book.silences if prefix and one.id.startswith(prefix)]
    if len(hits) == 1:
        return hits[0]
    why = "begins several silences" if hits else "is no silence that Alertmanager knows"
    raise Refused(f"{clean(prefix, 60)} {why}")


class Guarded(Refused):
    """Above the breadth guard: needs the number."""

    code = Exit.GUARD


def confirmed(question: str, *, yes: bool, number: int | None, expect: int | None) -> None:
    """Ask, unless ``--yes`` answers. ``number``: what the guard wants typed, or ``--expect`` to say; None below it.

    Guarded where the guard is not passed, Refused where nobody can be asked or the answer is no.
    """
    if expect is not None and number is not None and expect != number:
        raise Guarded(f"{question}: it is {number} now, not {expect}; nothing was sent")
    if number is not None and expect is None and (yes or not sys.stdin.isatty()):
        raise Guarded(f"{question}: too broad to be answered by --yes; look first, then give --expect {number}")
    if yes or (expect is not None and number is not None and expect == number):
        return
    if not sys.stdin.isatty():
        raise Refused(f"{question}: nobody to ask; give --yes")
    options.narrate(question)
    wanted = "yes" if number is None else str(number)
    answer = input(f"type {wanted} to go on: ").strip().lower()
    if answer != wanted and not (number is None and answer == "y"):
        raise Refused("nothing was sent")


async def carried_out(desk: AlertDesk, intent: Intent, *, dry_run: bool, as_json: bool) -> int:
    """Send an intent and tell how it ended; the exit code."""
    if dry_run:
        tell_draft(intent, as_json=as_json)
        return Exit.OK
    done = await desk.runner.run(intent)
    tell(done, as_json=as_json)
    return Exit.OK if done.error is None else options.refusal_code(done.error)


def tell(done: Done, *, as_json: bool) -> None:
    """Ids on standard output, the story on standard error; with ``--json`` one object instead."""
    if as_json:
        out: dict[str, Any] = {"ok": done.ok, "message": clean(done.message, 400), "ids": list(done.ids)}
        if done.intent.drafts:
            out["ends_at"] = iso(max(draft.ends_at for draft in done.intent.drafts))
        if done.error is not None:
            out["error"] = clean(str(done.error), 400)
            out["field"] = done.error.field
        print_json(out)
        return
    for id in done.ids:
        print(id)
    options.narrate(done.message)


def tell_draft(intent: Intent, *, as_json: bool) -> None:
    """What would be sent."""
    drafts = [draft_json(draft) for draft in intent.drafts]
    if as_json:
        print_json(
            {"dry_run": True, "what": clean(intent.summary, 400), "create": drafts, "expire": list(intent.expire)}
        )
        return
    options.narrate(f"would {intent.summary}")
    for draft in drafts:
        print(orjson.dumps(draft).decode())
    for id in intent.expire:
        print(f"expire {clean(id, 60)}")


def draft_json(draft: SilenceDraft) -> dict[str, Any]:
    """A draft as Alertmanager's API writes it."""
    matchers = [
        {"name": one.name, "value": one.value, "isRegex": one.regex, "isEqual": one.equal} for one in draft.matchers
    ]
    return {
        **({"id": draft.id} if draft.id else {}),
        "matchers": matchers,
        "startsAt": iso(draft.starts_at),
        "endsAt": iso(draft.ends_at),
        "createdBy": draft.created_by,
        "comment": draft.comment,
    }


def iso(at: float) -> str | None:
    """A moment in ISO 8601, UTC; None for never."""
    if at in (0.0, float("inf")):
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def print_json(value: object) -> None:
    """One JSON document on standard output. Control characters are escaped by JSON itself."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())


def rows(lines: Sequence[Sequence[str]]) -> None:
    """Columns of cleaned text, as wide as they need to be."""
    from noc.model.text import fit, width

    widths = [max((width(line[index]) for line in lines), default=0) for index in range(len(lines[0]))] if lines else []
    for line in lines:
        print("  ".join(fit(text, cells) for text, cells in zip(line, widths, strict=True)).rstrip())


def settings_of(
    config: Path | None,
    env: str | None,
    prometheus: list[str] | None,
    alertmanager: list[str] | None,
    log_file: Path | None,
    *,
    read_only: bool = False,
) -> tuple[Settings, Places]:
    """The settings of a command of alert work, logging begun."""
    from noc.cli.glass import log_to

    settings, places = options.build_settings(
        config=config, env=env, prometheus=prometheus, alertmanager=alertmanager, log_file=log_file, read_only=read_only
    )
    log_to(settings.log_file)
    return settings, places
