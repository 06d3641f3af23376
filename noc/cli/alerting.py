"""What the commands of alert work share: the desk without a wall, the confirmation, the guard, the words."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from noc.actions.intent import Done, Intent
from noc.actions.silence import generic
from noc.cli import options
from noc.cli.exits import Exit
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.engine.book import Book, Entry
from noc.engine.digest import named
from noc.model.alerts import Silence, SilenceDraft
from noc.model.clock import SystemClock
from noc.model.errors import ConfigError, Fault, Refused, SourceError
from noc.model.text import clean
from noc.runtime import AlertDesk

PATIENCE = 12.0
"""Seconds to wait for every member and every Prometheus to answer or fail."""


def readable(text: str | None) -> str | None:
    """Words from the command line; bytes that are no UTF-8 are a usage error, not a broken request."""
    if text is not None and any("\ud800" <= char <= "\udfff" for char in text):
        raise typer.BadParameter("these bytes are no UTF-8 text")
    return text


Comment = Annotated[
    str,
    typer.Option("--comment", "-c", metavar="WORDS", callback=readable, help="Why: the next one on call reads it."),
]
Author = Annotated[
    str | None,
    typer.Option(
        "--author",
        "-a",
        metavar="NAME",
        callback=readable,
        help="Who acts, by name; else author: of the settings, else the account.",
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask. Where a number must be typed, --expect is the answer instead.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")]
Expect = Annotated[
    int | None,
    typer.Option(
        "--expect",
        metavar="N",
        min=0,
        help="Do not ask: the number of alerts this is meant for; sent only if it is so at that moment.",
    ),
]
Long = Annotated[bool, typer.Option("--long", help="Meant: longer than 24 hours.")]

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
    signs: bool = False,
) -> None:
    """Do the work on an open desk; its value is the exit code. What writes is refused before any server is asked where
    nothing may be written; what is signed, where the author's name does not say who that is."""
    if writes and not settings.writable:
        raise Refused("read-only: nothing is written from here")
    if signs:
        signed(settings, author)

    async def whole() -> int:
        async with open_desk(settings, places, author=author) as desk:
            return await work(desk)

    code = asyncio.run(whole())
    if code:
        raise typer.Exit(code)


def signed(settings: Settings, author: str | None) -> None:
    """Refused where the name is none, or one that several people share."""
    from noc.alertwiring import author_of

    name = (author or author_of(settings)).strip()
    if not name or generic(name, settings.alerting):
        why = f"{clean(name, 40)!r} does not say who you are" if name else "say who you are"
        raise Refused(f"{why}; give --author NAME, or write author: NAME into the settings", "author")


def environment_of(settings: Settings) -> str:
    """The environment's name, where somebody named it."""
    from noc.wiring import UNNAMED

    name = settings.active().name
    return "" if name == UNNAMED else name


def found(book: Book, prefix: str) -> Entry:
    """The one alert whose fingerprint begins so. Refused where there is none, or more than one."""
    entries = {one.alert.fingerprint: one for one in reversed(book.find(prefix))}
    if not entries:
        raise Refused(f"there is no alert {clean(prefix, 40) or 'without digits'}; noc alerts lists them")
    if len(entries) > 1:
        names = ", ".join(sorted(entries)[:8]) + (f" and {len(entries) - 8} more" if len(entries) > 8 else "")
        raise Refused(f"{clean(prefix, 40)} begins several fingerprints: {names}")
    return next(iter(entries.values()))


def known_silence(book: Book, prefix: str) -> Silence:
    """The one silence whose id begins so. Refused as :func:`found`."""
    hits = [one for one in book.silences if prefix and one.id.startswith(prefix)]
    if len(hits) == 1:
        return hits[0]
    why = (
        "begins several silences"
        if hits
        else "is no silence that Alertmanager knows; noc alert FINGERPRINT names those that hide it"
    )
    raise Refused(f"{clean(prefix, 60) or 'nothing'} {why}")


class Guarded(Refused):
    """Above the breadth guard: needs the number."""

    code = Exit.GUARD


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something is sent. ``number``: the alerts it is about; ``guarded``: the number must be typed."""

    words: str
    number: int
    guarded: bool = False


async def agreed(
    desk: AlertDesk, proposed: Callable[[], tuple[Intent, Question]], *, yes: bool, expect: int | None
) -> Intent:
    """The intent, already :func:`shown`, once somebody stands by it: ``--expect N`` where that is the number, ``--yes``
    below the guard, else a person at a terminal. Time passes while one types: it is then proposed anew, and a guarded
    number must still be so.

    Guarded where the guard is not passed, Refused where nobody can be asked or the answer is no.
    """
    intent, question = proposed()
    if expect is not None or (yes and not question.guarded):
        if expect is not None and expect != question.number:
            raise Guarded(f"it is {question.number} now, not {expect}; nothing was sent")
        return intent
    if yes or not sys.stdin.isatty():
        why = "--yes does not answer this" if yes else "nobody to ask"
        if question.guarded:
            raise Guarded(f"{why}; look first, then give --expect {question.number}")
        raise Refused(f"{why}; give --yes")
    wanted = str(question.number) if question.guarded else "yes"
    if typed(f"type {wanted} to go on: ") not in {wanted, wanted if question.guarded else "y"}:
        raise Refused("nothing was sent")
    await desk.poller.fresh(PATIENCE)
    intent, anew = proposed()
    if question.guarded and anew.number != question.number:
        raise Guarded(f"it is {anew.number} now, not {question.number}; nothing was sent")
    return intent


def typed(prompt: str) -> str:
    """A line from the terminal; the end of input is an empty one. Standard output stays free for ids."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # asyncio's would swallow the first Ctrl+C
    try:
        print(prompt, end="", file=sys.stderr, flush=True)
        return input().strip().lower()
    except EOFError:
        print(file=sys.stderr)
        return ""
    finally:
        signal.signal(signal.SIGINT, before)


async def carried_out(desk: AlertDesk, intent: Intent, *, dry_run: bool, as_json: bool) -> int:
    """Send an intent and tell how it ended; the exit code."""
    if dry_run:
        tell_draft(intent, as_json=as_json)
        return Exit.OK
    done = await desk.runner.run(intent)
    tell(done, as_json=as_json)
    return Exit.OK if done.error is None else options.refusal_code(done.error)


def shown(question: Question, entries: Sequence[Entry]) -> None:
    """What is about to be sent and the alerts it is about, ten at most, on standard error."""
    options.narrate(question.words)
    for entry in entries[:10]:
        options.narrate(f"  {entry.severity.glyph} {named(entry, 120)}")
    if len(entries) > 10:
        options.narrate(f"  and {len(entries) - 10} more")


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
        print(clean(id, 60))
    options.narrate(done.message)


def tell_draft(intent: Intent, *, as_json: bool) -> None:
    """What would be sent."""
    drafts = [draft_json(draft) for draft in intent.drafts]
    if as_json:
        print_json(
            {"dry_run": True, "what": clean(intent.summary, 400), "create": drafts, "expire": list(intent.expire)}
        )
        return
    options.narrate(f"nothing was sent; without --dry-run: {intent.summary}")
    for draft in drafts:
        print(as_text(orjson.dumps(draft)))
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
    """One JSON document on standard output."""
    sys.stdout.write(as_text(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)))


def as_text(json: bytes) -> str:
    """JSON whose strings are verbatim and that no terminal obeys: what is unseen beyond ASCII (C1 controls, bidi, zero
    width) is escaped too; below it JSON does so by itself."""
    return _BEYOND.sub(lambda one: one[0] if one[0].isprintable() else dumps(one[0])[1:-1], json.decode())


_BEYOND = re.compile("[\x7f-\U0010ffff]")


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
