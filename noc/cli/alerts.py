"""``noc alerts``: what fires, for scripts and prompts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from noc.cli import alerting, options
from noc.cli.exits import SEVERITY, Exit
from noc.engine import digest
from noc.engine.alertfilter import parse
from noc.engine.book import Book, Entry
from noc.model.errors import SourceError
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.units import format_age
from noc.runtime import AlertDesk

Filters = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILTER]...", help='severity=critical company_id="7" @state=active @age<1h @ack_by=mara word'
    ),
]
Oneline = Annotated[
    bool,
    typer.Option(
        "--oneline",
        help="One line for tmux and prompts (✖1 ▲2 prod); the exit code is the worst severity: "
        "0 calm, 10 low, 11 medium, 12 high, 13 critical, 3 unknown.",
    ),
]
Pending = Annotated[bool, typer.Option("--pending", help="Also what will fire, as Prometheus tells.")]


def command(
    filters: Filters = None,
    json: options.Json = False,
    oneline: Oneline = False,
    pending: Pending = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    alertmanager: options.Alertmanager = None,
    log_file: options.LogFile = None,
) -> None:
    """List the alerts of the whole cluster, most urgent first.

    Every filter must hold: matchers as amtool writes them, @state @age @ack_by @severity @fingerprint, and free words.

    \b
    noc alerts 'severity=~"critical|high"' @state=active
    noc alerts --oneline
    noc alerts company_id=7 --json
    """
    if json and oneline:
        raise typer.BadParameter("give --json or --oneline, not both")
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file)
    try:
        keep = parse(" ".join(filters or []))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None

    async def work(desk: AlertDesk) -> int:
        book = desk.poller.book
        name = alerting.environment_of(settings)
        if oneline:
            kept = tuple(one for one in book.entries if keep.keeps(one, book.at))
            text, level = digest.oneline(replace(book, entries=kept), name)
            print(text)
            return SEVERITY[level] if not text.startswith("?") else Exit.UNREACHABLE
        listed = [*book.entries, *(book.pending if pending else ())]
        chosen = [one for one in listed if keep.keeps(one, book.at)]
        if json:
            alerting.print_json({"alerts": [as_json(one, book) for one in chosen], "findings": found_json(book)})
        else:
            table(chosen, book)
        return Exit.OK

    try:
        alerting.run(settings, places, work)
    except SourceError:
        if oneline:  # a prompt must not look calm because nobody answers
            print(digest.oneline(Book(), alerting.environment_of(settings))[0])
        raise


def as_json(entry: Entry, book: Book) -> dict[str, Any]:
    """An alert in Alertmanager's names, and what noc makes of it."""
    alert = entry.alert
    return {
        "fingerprint": alert.fingerprint,
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": alerting.iso(alert.starts_at),
        "endsAt": alerting.iso(alert.ends_at),
        "updatedAt": alerting.iso(alert.updated_at),
        "generatorURL": alert.generator_url,
        "receivers": [{"name": name} for name in alert.receivers],
        "status": {
            "state": "suppressed" if alert.suppressed else "active",
            "silencedBy": list(alert.silenced_by),
            "inhibitedBy": list(alert.inhibited_by),
            "mutedBy": list(alert.muted_by),
        },
        "state": entry.state.value,
        "phase": entry.phase.value,
        "severity": entry.severity.value,
        "value": None if entry.value is None or entry.value != entry.value else entry.value,
        "ackedBy": entry.ack.created_by if entry.ack else None,
        "ackedUntil": alerting.iso(entry.ack.ends_at) if entry.ack else None,
        "stale": entry.stale,
        "members": list(entry.members),
        "firesAt": alerting.iso(entry.fires_at) if entry.fires_at else None,
        "clearsAt": alerting.iso(entry.clears_at) if entry.clears_at else None,
    }


def found_json(book: Book) -> list[dict[str, Any]]:
    """The wall's own findings, and members that do not answer."""
    out: list[dict[str, Any]] = [
        {
            "kind": one.kind.value,
            "title": one.title,
            "text": one.text,
            "severity": "hint" if one.hint else one.severity.value,
            "since": alerting.iso(one.since),
            "runbook": one.runbook,
        }
        for one in book.findings
    ]
    for member in book.members:
        if member.error is not None:
            out.append(
                {
                    "kind": "member",
                    "title": f"{member.name} does not answer",
                    "text": member.error.cause,
                    "severity": Severity.HIGH.value,
                    "since": alerting.iso(member.good_at or 0.0),
                    "runbook": "alertmanager-down",
                }
            )
    return out


def table(entries: list[Entry], book: Book) -> None:
    """Columns for people; findings first, on standard error."""
    for one in book.findings:
        options.narrate(f"{'hint' if one.hint else Severity.CRITICAL.glyph} {one.title}: {one.text}")
    for member in book.members:
        if member.error is not None:
            options.narrate(f"{member.name}: {member.error.cause}")
    lines = [
        (
            entry.severity.glyph if entry.severity is not Severity.OK else "·",
            clean(entry.alert.fingerprint, 16),
            clean(entry.state.value if entry.phase.value == "firing" else entry.phase.value, 12),
            format_age(max(0.0, book.at - entry.alert.starts_at)),
            digest.named(entry, 100),
            digest.owner(entry, book.at),
        )
        for entry in entries
    ]
    alerting.rows(lines)
    if not lines:
        options.narrate("no alert fires" if not book.entries else "nothing matches the filter")
