"""Maintenance windows by class (specification 4.3): each with a positive matcher, and never over the Watchdog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from noc.actions import silence
from noc.actions.guard import hides_watchdog, narrows
from noc.actions.intent import Intent, Verb
from noc.config.alerting import Alerting, WindowClass
from noc.engine.book import Book
from noc.model.alerts import PREFIXES, Matcher, SilenceKind
from noc.model.errors import Refused
from noc.model.text import clean


def matchers_of(chosen: WindowClass, values: Mapping[str, str], book: Book) -> tuple[Matcher, ...]:
    """The class's matchers with its questions answered. Refused without a positive one, or over the Watchdog."""
    matchers = silence.filled(chosen.matchers, values)
    if not any(narrows(matcher) for matcher in matchers):
        raise Refused(f"{clean(chosen.title, 60)}: a window needs a positive matcher", "matchers")
    if hides_watchdog(matchers, book):
        raise Refused(f"{clean(chosen.title, 60)} would hide the Watchdog", "matchers")
    return matchers


def asks(chosen: WindowClass) -> tuple[str, ...]:
    """The names a class asks for (``company_id``)."""
    return silence.wanted(chosen.matchers)


def propose(
    name: str,
    values: Mapping[str, str],
    book: Book,
    settings: Alerting,
    author: str,
    comment: str,
    ends_at: float,
    now: float,
    *,
    starts_at: float | None = None,
    long: bool = False,
) -> Intent:
    """A window of that class, now or planned. Refused for an unknown class, or as a silence would be."""
    chosen = settings.windows.get(name)
    if chosen is None:
        raise Refused(f"there is no class of windows {name!r}; there are {', '.join(settings.windows)}", "class")
    matchers = matchers_of(chosen, values, book)
    words = f"{PREFIXES[SilenceKind.WINDOW]} {comment.strip()}" if comment.strip() else ""
    made = silence.propose(
        matchers, book, settings, author, words, ends_at, now, starts_at=starts_at, long=long, verb=Verb.WINDOW
    )
    return replace(made, detail={**made.detail, "class": name})
