"""``noc emergency``: silence everything but the Watchdog, for half an hour at most."""

from __future__ import annotations

from typing import Annotated

import typer

from noc.actions import emergency
from noc.cli import alerting, options
from noc.model.clock import SystemClock
from noc.runtime import AlertDesk

Minutes = Annotated[float, typer.Option("--minutes", metavar="30", min=1, max=30, help="How long; 30 at most.")]


def command(
    comment: alerting.Comment = "",
    minutes: Minutes = 30.0,
    author: alerting.Author = None,
    expect: alerting.Expect = None,
    dry_run: alerting.DryRun = False,
    json: options.Json = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    alertmanager: options.Alertmanager = None,
    read_only: options.ReadOnly = False,
    log_file: options.LogFile = None,
) -> None:
    """Silence EVERYTHING but the Watchdog. Always asks for the number of alerts; every wall shows a red banner."""
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)

    async def work(desk: AlertDesk) -> int:
        book, now = desk.poller.book, SystemClock().now()
        intent = emergency.propose(book, desk.settings, desk.runner.author, comment, minutes * 60, now)
        if not dry_run:
            number = emergency.preview(book, desk.settings).number
            alerting.confirmed(f"silence EVERYTHING ({number} alerts)", yes=False, number=number, expect=expect)
        return await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)

    alerting.run(settings, places, work, author=author, writes=not dry_run)
