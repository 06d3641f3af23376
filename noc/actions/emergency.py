"""Silence everything but the Watchdog: half an hour at most, a red banner on every wall, a list of what fired meanwhile."""

from __future__ import annotations

from noc.actions import guard, silence
from noc.actions.intent import Intent, Preview, Verb
from noc.config.alerting import Alerting
from noc.engine.book import Book, Event, EventKind
from noc.model.alerts import PREFIXES, WATCHDOG, Matcher, Silence, SilenceKind
from noc.model.errors import Refused

LONGEST = 1800.0
"""Seconds; whoever needs longer needs a decision, not a key."""

MATCHERS = (Matcher("alertname", ".+", regex=True), Matcher("alertname", WATCHDOG, equal=False))
"""Two matchers of one label hide alerts with and without a severity, and leave the Watchdog (measured on 0.25)."""


def preview(book: Book, settings: Alerting) -> Preview:
    """What it would hide: the number that must be typed, always."""
    return guard.preview(MATCHERS, book, settings.guard)


def propose(book: Book, settings: Alerting, author: str, comment: str, seconds: float, now: float) -> Intent:
    """The emergency silence. Refused over half an hour, or without an author and a reason."""
    if not 0 < seconds <= LONGEST:
        raise Refused("an emergency silence lasts 30 minutes at most", "ends")
    words = f"{PREFIXES[SilenceKind.EMERGENCY]} {comment.strip()}" if comment.strip() else ""
    return silence.propose(MATCHERS, book, settings, author, words, now + seconds, now, verb=Verb.EMERGENCY)


def aftermath(book: Book, ended: Silence) -> tuple[Event, ...]:
    """What fired while everything was silenced, oldest first."""
    return tuple(
        event for event in book.log if event.kind is EventKind.FIRED and ended.starts_at <= event.at <= ended.ends_at
    )
