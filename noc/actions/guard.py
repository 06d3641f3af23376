"""How much a silence would hide, judged before anything is sent: "hides 7 of 41 firing", and when a number must be typed.

A lone negative matcher hides everything (alerts.md 0.6, measured); so does a match-all. Alertmanager accepts both.
"""

from __future__ import annotations

from collections.abc import Sequence

from noc.actions.intent import Breadth, Preview
from noc.config.alerting import Guard
from noc.engine.book import Book, Entry
from noc.model.alerts import WATCHDOG, AlertState, Matcher, match_all
from noc.model.errors import QueryError

_PROBES = ("a", "Zz-9", "noc probe 1")
"""Values no rule would choose: an expression that matches all of them narrows nothing."""


def preview(matchers: Sequence[Matcher], book: Book, guard: Guard) -> Preview:
    """What a silence with these matchers hides of what fires now. Pending alerts do not count: they hide nothing yet."""
    hides, unsure = [], 0
    for entry in book.entries:
        verdict = meets(matchers, entry)
        if verdict is None:
            unsure += 1
        elif verdict:
            hides.append(entry)
    breadth, why = judged(matchers, book, hides, guard, unsure)
    already = sum(one.state in (AlertState.SILENCED, AlertState.ACKED) for one in hides)
    return Preview(tuple(hides), len(book.entries), breadth, why, already, unsure)


def meets(matchers: Sequence[Matcher], entry: Entry) -> bool | None:
    """Whether an alert would be hidden; None where noc cannot tell."""
    try:
        return match_all(matchers, dict(entry.alert.labels))
    except QueryError:
        return None


def judged(
    matchers: Sequence[Matcher], book: Book, hides: Sequence[Entry], guard: Guard, unsure: int
) -> tuple[Breadth, str]:
    """How broad it is, and why."""
    if not matchers:
        return Breadth.FORBIDDEN, "a silence needs a matcher"
    if all(_refused(matcher) for matcher in matchers):
        return Breadth.FORBIDDEN, "every matcher is met by alerts without that label: Alertmanager refuses it"
    if not any(narrows(matcher) for matcher in matchers):
        if not any(matcher.equal for matcher in matchers):
            return Breadth.BROAD, "a negative matcher alone hides everything else"
        return Breadth.BROAD, "this matches everything"
    if hides_watchdog(matchers, book):
        return Breadth.BROAD, "this hides the Watchdog: nobody would notice that alerts no longer arrive"
    if len(hides) >= guard.least and len(hides) > guard.share * len(book.entries):
        return Breadth.BROAD, f"more than {guard.share:.0%} of all that fires"
    if unsure:
        return Breadth.BROAD, f"noc cannot tell for {unsure} alerts: the expression is read differently by Alertmanager"
    return Breadth.NARROW, ""


def narrows(matcher: Matcher) -> bool:
    """Whether a matcher picks some alerts rather than leaving some out."""
    if not matcher.equal:
        return False
    try:
        return matcher.value != "" and not all(matcher.matches({matcher.name: probe}) for probe in _PROBES)
    except QueryError:
        return True


def _refused(matcher: Matcher) -> bool:
    """Whether Alertmanager counts a matcher as met by the empty string; it never does so for negative ones."""
    try:
        return matcher.equal and matcher.takes_empty
    except QueryError:
        return False


def hides_watchdog(matchers: Sequence[Matcher], book: Book) -> bool:
    """Whether the Watchdog, as it is or as it usually looks, would be hidden; so it is said where noc cannot tell."""
    labels = dict(book.watchdog.labels) if book.watchdog else {"alertname": WATCHDOG, "severity": "none"}
    try:
        return match_all(matchers, labels)
    except QueryError:
        return True
