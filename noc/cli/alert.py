"""``noc alert FINGERPRINT``: one alert whole; on a terminal the wall opens on it (for links in pages)."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from noc.cli import alerting, options
from noc.cli.alerts import as_json
from noc.cli.exits import Exit
from noc.engine import digest
from noc.model.alerts import spelled
from noc.model.text import clean
from noc.runtime import AlertDesk

Fingerprint = Annotated[str, typer.Argument(metavar="FINGERPRINT", help="Its first digits are enough.")]
Text = Annotated[bool, typer.Option("--text", help="Print it instead of opening the wall.")]


def command(
    fingerprint: Fingerprint,
    json: options.Json = False,
    text: Text = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    alertmanager: options.Alertmanager = None,
    read_only: options.ReadOnly = False,
    theme: options.Theme = None,
    log_file: options.LogFile = None,
) -> None:
    """Show one alert: open the wall on it, or print it where there is no terminal.

    \b
    noc alert 48bae544
    noc alert 48bae544 --text
    """
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)
    if sys.stdout.isatty() and not (json or text):
        from noc.cli.wall import open_alert

        open_alert(settings, places, fingerprint, theme=theme)
        return

    async def work(desk: AlertDesk) -> int:
        book = desk.poller.book
        entry = alerting.found(book, fingerprint)
        if json:
            alerting.print_json(as_json(entry, book))
            return Exit.OK
        from noc.wiring import zone

        tz = zone(settings.timezone)
        print(digest.six_lines(entry, book.at, tz, alerting.environment_of(settings)))
        for name, value in entry.alert.annotations:
            print(f"{clean(name, 40)}: {clean(value, 400)}")
        for one in entry.silences:
            print(clean(f"{one.kind.value} {one.id} by {one.created_by}: {spelled(one.matchers)}", 400))
        return Exit.OK

    alerting.run(settings, places, work)
