"""``noc emergency``: silence everything but the Watchdog, for half an hour at most."""

from __future__ import annotations

from typing import Annotated

import typer

from noc.actions import emergency
from noc.actions.intent import Intent
from noc.cli import alerting, options
from noc.model.clock import SystemClock
from noc.model.timerange import format_duration
from noc.runtime import AlertDesk

Minutes = Annotated[float, typer.Option("--minutes", metavar="N", min=1, max=30, help="How long.")]


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
    """Silence EVERYTHING but the Watchdog, for 30 minutes at most; every wall shows a red banner.

    Always wants the number of alerts it hides: typed, or as --expect N. There is no --yes.

    \b
    noc emergency -c 'core switch replaced'
    noc emergency -c 'core switch replaced' --minutes 10 --expect 41
    """
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)

    async def work(desk: AlertDesk) -> int:
        def proposed() -> tuple[Intent, alerting.Question]:
            book, now = desk.poller.book, SystemClock().now()
            intent = emergency.propose(book, desk.settings, desk.runner.author, comment, minutes * 60, now)
            found = emergency.preview(book, desk.settings)
            words = f"silence EVERYTHING but the Watchdog for {format_duration(minutes * 60)}: {found.words}"
            return intent, alerting.Question(words, found.number, guarded=True)

        intent, question = proposed()
        alerting.shown(question, [desk.poller.book.by_key[key] for key in intent.keys])
        if not dry_run:
            intent = await alerting.agreed(desk, proposed, yes=False, expect=expect)
        return await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)

    alerting.run(settings, places, work, author=author, writes=not dry_run, signs=True)
