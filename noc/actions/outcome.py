"""What a person says of a resolved alert: fixed, false positive, noise.

Never written to an ended silence: a late write makes a new, active one and hides the next firing (measured). It goes into
the audit and into a one-minute silence on a label that no alert has (alerts.md 3.2).
"""

from __future__ import annotations

from noc.actions.ack import EARLIER
from noc.actions.intent import Intent, Verb
from noc.engine.book import Book, Entry
from noc.model.acks import Outcome, record_comment
from noc.model.alerts import RECORD_LABEL, Matcher, Phase, SilenceDraft
from noc.model.errors import Refused
from noc.model.text import clean

KEPT = 60.0
"""Seconds the recording silence is active; afterwards it stays readable as expired."""


def propose(entry: Entry, said: Outcome, book: Book, author: str, now: float) -> Intent:
    """Record an outcome. Refused for an alert that has not resolved."""
    if entry.phase is not Phase.RESOLVED:
        raise Refused(f"{clean(entry.alert.name, 60)} has not resolved yet")
    at = book.server_now(now)
    draft = SilenceDraft(
        (Matcher(RECORD_LABEL, entry.alert.fingerprint),),
        at - EARLIER,
        at + KEPT,
        author,
        record_comment(said, entry.alert.fingerprint, entry.alert.since_text),
    )
    what = f"{clean(entry.alert.name, 80)}: {said.words}"
    return Intent(Verb.OUTCOME, what, (entry.key,), (draft,), detail={"outcome": said.value})
