"""``noc silence MATCHER...``: silence from a script or a shell, with the wall's preview and guard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated

import typer

from noc.actions import guard, silence
from noc.actions import window as window_actions
from noc.actions.intent import Breadth, Intent, Verb
from noc.cli import alerting, options
from noc.engine.alertfilter import parse_matcher
from noc.model.alerts import Matcher
from noc.model.clock import SystemClock
from noc.model.coming import parse_coming
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
Window = Annotated[
    str | None,
    typer.Option(
        "--window",
        metavar="CLASS",
        help="A maintenance window of that class: deployment, database, rate-limit-test, or the settings' own.",
    ),
]
TemplateName = Annotated[str | None, typer.Option("--template", metavar="NAME", help="A template of the settings.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="What a class or template asks for: company_id=7."),
]


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
    """Silence what matches, after a look at what that hides.

    More than a set share of all that fires, a match-all or a lone negative matcher wants the number of alerts: typed, or
    as --expect N.

    \b
    noc silence alertname=SlowQueryRate 'company_id=~"7|9"' -c 'index build' -d 2h
    noc silence --window rate-limit-test --set company_id=7 -c 'load test' --start 'tomorrow 09:00'
    """
    if sum(map(bool, (matchers, window, template))) != 1:
        raise typer.BadParameter("give matchers, or --window CLASS, or --template NAME")
    if duration and until:
        raise typer.BadParameter("give --duration or --until, not both")
    settings, places = alerting.settings_of(config, env, prometheus, alertmanager, log_file, read_only=read_only)
    wish = Wish(
        _matchers(matchers or []),
        window,
        template,
        _answers(set or []),
        comment,
        until or duration,
        start,
        "--until" if until else "--duration",
        long,
        zone(settings.timezone),
    )
    wish.times(SystemClock().now(), "2h")  # a wrong command line is told before any server is asked

    async def work(desk: AlertDesk) -> int:
        def proposed() -> tuple[Intent, alerting.Question]:
            intent = wish.proposed(desk, SystemClock().now())
            found = guard.preview(intent.drafts[0].matchers, desk.poller.book, desk.settings.guard)
            why = f" ({found.why})" if found.why else ""
            return intent, alerting.Question(f"{intent.summary}{why}", found.number, found.breadth is Breadth.BROAD)

        intent, question = proposed()
        found = guard.preview(intent.drafts[0].matchers, desk.poller.book, desk.settings.guard)
        alerting.shown(question, found.hides)
        if not dry_run:
            intent = await alerting.agreed(desk, proposed, yes=yes, expect=expect)
        return await alerting.carried_out(desk, intent, dry_run=dry_run, as_json=json)

    alerting.run(settings, places, work, author=author, writes=not dry_run, signs=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """The silence that a command line asks for. ``ends`` and ``start`` as typed; ``option`` is where the end was."""

    matchers: tuple[Matcher, ...]
    window: str | None
    template: str | None
    answers: Mapping[str, str]
    comment: str
    ends: str | None
    start: str | None
    option: str
    long: bool
    tz: tzinfo

    def proposed(self, desk: AlertDesk, now: float) -> Intent:
        """What would be sent, decided on the book as it is now. Refused as the wall's form refuses."""
        book, own, author = desk.poller.book, desk.settings, desk.runner.author
        if self.window is not None:
            chosen = own.windows.get(self.window)
            starts_at, ends_at = self.times(now, format_duration(chosen.duration if chosen else 3600.0))
            words = self.comment or (chosen.title if chosen else "")
            return window_actions.propose(
                self.window,
                self.answers,
                book,
                own,
                author,
                words,
                ends_at,
                now,
                starts_at=starts_at,
                long=self.long,
            )
        matchers, words, span = self.matchers, self.comment, "2h"
        if self.template is not None:
            known = own.templates.get(self.template)
            if known is None:
                there = ", ".join(own.templates) or "none"
                raise Refused(f"there is no template {self.template!r}; there are {there}", "template")
            matchers = silence.templated(known, self.answers)
            words, span = self.comment or known.comment, format_duration(known.duration)
        starts_at, ends_at = self.times(now, span)
        return silence.propose(
            matchers, book, own, author, words, ends_at, now, starts_at=starts_at, long=self.long, verb=Verb.SILENCE
        )

    def times(self, now: float, span: str) -> tuple[float | None, float]:
        """Start (None: now) and end in unix seconds; ``span`` where no end was typed. BadParameter."""
        starts_at = self._moment(self.start, "--start", now) if self.start else None
        return starts_at, self._moment(self.ends or span, self.option, now if starts_at is None else starts_at)

    def _moment(self, text: str, option: str, now: float) -> float:
        try:
            return parse_coming(text, now, self.tz)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint=option) from None


def _answers(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text or alerting.readable(text) is None:
            raise typer.BadParameter(f"{text!r} answers nothing; write NAME=VALUE", param_hint="--set")
    return dict(text.partition("=")[::2] for text in texts)


def _matchers(texts: list[str]) -> tuple[Matcher, ...]:
    try:
        return tuple(parse_matcher(alerting.readable(text) or "") for text in texts)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
