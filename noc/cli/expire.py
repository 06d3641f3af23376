"""``noc expire ID...``: end silences; shows what wakes."""

from __future__ import annotations

from typing import Annotated

import typer

from noc.actions import expire
from noc.cli import alerting, options
from noc.engine.digest import named
from noc.runtime import AlertDesk

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Their first digits are enough.")]


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
    """End silences. Somebody else's, or any that hides a CRITICAL, wants the number of alerts it wakes (--expect N)."""
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)

    async def work(desk: AlertDesk) -> int:
        book = desk.poller.book
        waking = expire.preview([alerting.known_silence(book, one) for one in ids], book, desk.runner.author)
        intent = expire.propose(waking)
        options.narrate(intent.summary)
        for entry in waking.wakes[:10]:
            options.narrate(f"  {entry.severity.glyph} {named(entry, 120)}")
        if not dry_run:
            number = waking.number if waking.guarded else None
            if expect is not None and number is None and expect != waking.number:
                raise alerting.Guarded(f"it wakes {waking.number} now, not {expect}; nothing was sent")
            alerting.confirmed(waking.why or intent.summary, yes=yes, number=number, expect=expect)
        return await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)

    alerting.run(settings, places, work, author=author, writes=not dry_run)
