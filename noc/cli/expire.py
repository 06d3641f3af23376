"""``noc expire ID...``: end silences; shows what wakes."""

from __future__ import annotations

from typing import Annotated

import typer

from noc.actions import expire
from noc.actions.intent import Intent
from noc.cli import alerting, options
from noc.runtime import AlertDesk

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Silences; their first digits are enough.")]


def command(
    ids: Ids,
    author: alerting.Author = None,
    yes: alerting.Yes = False,
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
    """End silences, after a look at what wakes.

    Somebody else's, or one that hides a CRITICAL, wants the number of alerts that wake: typed, or as --expect N.

    \b
    noc expire 762e340d
    noc expire 762e340d 1f0c29a4 --expect 7
    """
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)

    async def work(desk: AlertDesk) -> int:
        chosen = list(dict.fromkeys(alerting.known_silence(desk.poller.book, one).id for one in ids))

        def proposed() -> tuple[Intent, alerting.Question]:
            book = desk.poller.book
            waking = expire.preview([alerting.known_silence(book, id) for id in chosen], book, desk.runner.author)
            intent = expire.propose(waking)
            why = f"{intent.summary} ({waking.why})" if waking.why else intent.summary
            return intent, alerting.Question(why, waking.number, waking.guarded)

        intent, question = proposed()
        alerting.shown(question, [desk.poller.book.by_key[key] for key in intent.keys])
        if not dry_run:
            intent = await alerting.agreed(desk, proposed, yes=yes, expect=expect)
        return await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)

    alerting.run(settings, places, work, author=author, writes=not dry_run, signs=True)
