"""``noc silence MATCHER...``: silence from a script or a shell, with the wall's preview and guard."""

from __future__ import annotations

from typing import Annotated

import typer

from noc.actions import guard, silence, window
from noc.actions.intent import Breadth, Intent, Preview, Verb
from noc.cli import alerting, options
from noc.engine.alertfilter import parse_matcher
from noc.engine.digest import named
from noc.model.alerts import Matcher
from noc.model.clock import SystemClock
from noc.model.errors import Refused
from noc.model.timerange import format_duration
from noc.runtime import AlertDesk
from noc.wiring import zone

Matchers = Annotated[
    list[str] | None,
    typer.Argument(metavar="[MATCHER]...", help='As amtool takes them: alertname=Name, company_id=~"1|2".'),
]
Duration = Annotated[str | None, typer.Option("--duration", "-d", metavar="2h", help="How long; two hours by default.")]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Instead: 18:00, tomorrow 09:00, 2025-10-03 08:00.")
]
Start = Annotated[str | None, typer.Option("--start", metavar="TIME", help="Planned: begin then instead of now.")]
Window = Annotated[str | None, typer.Option("--window", metavar="CLASS", help="A maintenance window of that class.")]
TemplateName = Annotated[str | None, typer.Option("--template", metavar="NAME", help="A template of the settings.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Answers of a class or template.")]


def command(
    matchers: Matchers = None,
    comment: alerting.Comment = "",
    duration: Duration = None,
    until: Until = None,
    start: Start = None,
    window: Window = None,
    template: TemplateName = None,
    set: Set = None,
    author: alerting.Author = None,
    yes: alerting.Yes = False,
    expect: alerting.Expect = None,
    long: alerting.Long = False,
    dry_run: alerting.DryRun = False,
    json: options.Json = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    alertmanager: options.Alertmanager = None,
    read_only: options.ReadOnly = False,
    log_file: options.LogFile = None,
) -> None:
    """Silence what matches: shows what it hides, asks, and above the breadth guard wants the number (--expect N)."""
    if sum(map(bool, (matchers, window, template))) != 1:
        raise typer.BadParameter("give matchers, or --window CLASS, or --template NAME")
    if duration and until:
        raise typer.BadParameter("give --duration or --until, not both")
    answers = dict(text.partition("=")[::2] for text in set or [])
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)

    async def work(desk: AlertDesk) -> int:
        intent, found = _proposed(
            desk,
            matchers or [],
            window,
            template,
            answers,
            comment,
            until or duration,
            start,
            long=long,
            tz_name=settings.timezone,
        )
        if not dry_run:
            _asked(found, intent, yes=yes, expect=expect)
        elif not json:
            _told(found)
        return await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)

    alerting.run(settings, places, work, author=author, writes=not dry_run)


def _proposed(
    desk: AlertDesk,
    texts: list[str],
    class_: str | None,
    template: str | None,
    answers: dict[str, str],
    comment: str,
    ends: str | None,
    start: str | None,
    *,
    long: bool,
    tz_name: str | None,
) -> tuple[Intent, Preview]:
    book, own, now, tz = desk.poller.book, desk.settings, SystemClock().now(), zone(tz_name)
    starts_at = silence.ends(start, now, tz) if start else None
    author = desk.runner.author
    if class_ is not None:
        chosen = own.windows.get(class_)
        ends_at = silence.ends(ends or format_duration(chosen.duration if chosen else 3600.0), starts_at or now, tz)
        words = comment or (chosen.title if chosen else "")
        intent = window.propose(class_, answers, book, own, author, words, ends_at, now, starts_at=starts_at, long=long)
        return intent, guard.preview(intent.drafts[0].matchers, book, own.guard)
    matchers, words, span = _matchers(texts), comment, "2h"
    if template is not None:
        known = own.templates.get(template)
        if known is None:
            raise Refused(f"there is no template {template!r}; there are {', '.join(own.templates) or 'none'}")
        matchers = silence.templated(known, answers)
        words, span = comment or known.comment, format_duration(known.duration)
    ends_at = silence.ends(ends or span, starts_at or now, tz)
    intent = silence.propose(
        matchers, book, own, author, words, ends_at, now, starts_at=starts_at, long=long, verb=Verb.SILENCE
    )
    return intent, guard.preview(matchers, book, own.guard)


def _matchers(texts: list[str]) -> tuple[Matcher, ...]:
    try:
        return tuple(parse_matcher(text) for text in texts)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _told(found: Preview) -> None:
    options.narrate(found.words + (f": {found.why}" if found.why else ""))
    for entry in found.hides[:10]:
        options.narrate(f"  {entry.severity.glyph} {named(entry, 120)}")
    if len(found.hides) > 10:
        options.narrate(f"  and {len(found.hides) - 10} more")


def _asked(found: Preview, intent: Intent, *, yes: bool, expect: int | None) -> None:
    _told(found)
    broad = found.breadth is Breadth.BROAD
    if expect is not None and not broad and expect != found.number:
        raise alerting.Guarded(f"it hides {found.number} now, not {expect}; nothing was sent")
    alerting.confirmed(intent.summary, yes=yes, number=found.number if broad else None, expect=expect)
