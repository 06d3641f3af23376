"""``noc acks``: who has taken what, the oldest first; ``--keep`` keeps them alive without a wall."""

from __future__ import annotations

from typing import Annotated

import typer

from noc.cli import alerting, options
from noc.cli.ack import held
from noc.cli.exits import Exit
from noc.engine.alertmerge import ack_in
from noc.engine.book import Entry
from noc.engine.digest import named
from noc.model.acks import free_text
from noc.model.alerts import AlertState
from noc.model.text import clean
from noc.model.units import format_age
from noc.runtime import AlertDesk

Keep = Annotated[
    bool,
    typer.Option(
        "--keep",
        help="Stay, prolong every noc acknowledgement while its alert fires, end it when it resolves. "
        "Ctrl+C or SIGTERM prolong the author's own once.",
    ),
]


def command(
    keep: Keep = False,
    json: options.Json = False,
    author: alerting.Author = None,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    alertmanager: options.Alertmanager = None,
    read_only: options.ReadOnly = False,
    log_file: options.LogFile = None,
) -> None:
    """List acknowledged alerts, the longest held first, or keep them alive.

    \b
    noc acks
    noc acks --keep --author mara
    """
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)

    async def work(desk: AlertDesk) -> int:
        if keep:
            return await held(desk, None)
        acked = [one for one in desk.poller.book.entries if one.state is AlertState.ACKED and one.ack is not None]
        acked.sort(key=lambda one: one.ack.starts_at if one.ack else 0.0)
        if json:
            alerting.print_json({"acks": [as_json(one) for one in acked]})
            return Exit.OK
        alerting.rows([line(one, desk.poller.book.at) for one in acked])
        if not acked:
            options.narrate("nobody acknowledged anything")
        return Exit.OK

    alerting.run(settings, places, work, author=author, writes=keep)


def as_json(entry: Entry) -> dict[str, object]:
    assert entry.ack is not None
    ack = ack_in(entry.ack)
    return {
        "id": entry.ack.id,
        "fingerprint": entry.alert.fingerprint,
        "alertname": entry.alert.name,
        "labels": dict(entry.alert.labels),
        "by": entry.ack.created_by,
        "comment": free_text(entry.ack.comment),
        "stage": ack.stage.value if ack else None,
        "kept": bool(ack and ack.structured),
        "since": alerting.iso(entry.ack.starts_at),
        "until": alerting.iso(entry.ack.ends_at),
    }


def line(entry: Entry, now: float) -> tuple[str, ...]:
    assert entry.ack is not None
    ack = ack_in(entry.ack)
    return (
        entry.severity.glyph,
        clean(entry.alert.fingerprint, 16),
        clean(entry.ack.created_by, 24),
        f"for {format_age(max(0.0, now - entry.ack.starts_at))}",
        f"{format_age(max(0.0, entry.ack.ends_at - now))} left",
        ack.stage.words if ack else "",
        named(entry, 80),
        clean(free_text(entry.ack.comment), 80),
    )
