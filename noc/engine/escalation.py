"""Countdowns of the escalation policy: who is due, and when (specification 4.2). Shown, never sent.

A pure function of when an alert became active, its severity, what hides it, and the clock: every wall shows the same, and
nothing has to be remembered (alerts.md 0.7; meaning of the sentences: corrections, section 7).
"""

from __future__ import annotations

from dataclasses import dataclass

from noc.config.alerting import Escalation, Step
from noc.engine.book import Book, Entry
from noc.model.alerts import AlertState, Phase
from noc.model.severity import Severity

LEGEND = "shown, not sent by noc"


@dataclass(frozen=True, slots=True)
class Due:
    """The next step, or the last one that is due. ``at``: unix seconds; ``step`` counts from 1."""

    who: tuple[str, ...]
    at: float
    overdue: bool
    step: int
    last: bool
    why: str = ""
    """Why it came at once: the alert flaps, or several CRITICAL fire."""

    def words(self, now: float) -> str:
        """``policy: backup due in 2:50``; ``policy: backup overdue 1:10``."""
        names = "+".join(self.who)
        if self.overdue:
            return f"policy: {names} overdue {countdown(now - self.at)}"
        return f"policy: {names} due in {countdown(self.at - now)}"


def due(entry: Entry, policy: Escalation, now: float, *, storm: bool = False) -> Due | None:
    """The step an alert has come to; None where the policy has none or the clock does not run.

    The clock runs while nobody acknowledged; an inhibited or time-muted CRITICAL counts down all the same (alerts.md 3.1).
    A first step that is due at once needs no words, everybody sees the alert: shown is the next one, and from its time on
    that it is overdue, until the step after it is due.
    """
    steps = policy.steps.get(entry.severity, ())
    if not steps or not _running(entry):
        return None
    flapping = entry.flaps >= policy.flaps
    base = entry.active_since or entry.alert.starts_at
    hurried = flapping or (storm and entry.severity is Severity.CRITICAL)
    times = _times(steps, base, hurried)
    passed = sum(at <= now for at in times)
    silent = 1 if steps[0].after == 0 and len(steps) > 1 else 0
    at = max(silent, passed - 1)
    why = "flapping" if flapping else "storm" if hurried else ""
    return Due(steps[at].who, times[at], times[at] <= now, at + 1, at == len(steps) - 1, why)


def _running(entry: Entry) -> bool:
    if entry.phase not in (Phase.FIRING, Phase.CLEARING, Phase.UNKNOWN):
        return False
    quiet = entry.state in (AlertState.INHIBITED, AlertState.MUTED) and entry.severity is Severity.CRITICAL
    return entry.state is AlertState.ACTIVE or quiet


def _times(steps: tuple[Step, ...], base: float, hurried: bool) -> list[float]:
    """When each step is due. A trigger brings the second step at once and the others as much earlier."""
    early = steps[1].after if hurried and len(steps) > 1 else 0.0
    return [base + max(0.0, step.after - early) for step in steps]


def storm(book: Book, policy: Escalation) -> bool:
    """Whether more CRITICAL alerts than the policy allows fire at once, unacknowledged."""
    return sum(one.loud and one.severity is Severity.CRITICAL for one in book.entries) > policy.storm


def response(entry: Entry, within: float | None, now: float) -> tuple[str, bool]:
    """The response target in words (``ack in 2:10``, ``ack overdue 1:10``), and whether it is missed; empty where none applies."""
    if within is None or entry.state is not AlertState.ACTIVE or entry.phase is Phase.PENDING or not _running(entry):
        return "", False
    left = (entry.active_since or entry.alert.starts_at) + within - now
    if left < 0:
        return f"ack overdue {countdown(-left)}", True
    return f"ack in {countdown(left)}", False


def countdown(seconds: float) -> str:
    """``0:42``, ``7:10``, ``2:05:00``; days beyond."""
    whole = max(0, int(seconds))
    if whole >= 86400:
        return f"{whole // 86400}d {whole % 86400 // 3600}h"
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"
