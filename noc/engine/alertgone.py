"""What is gone from Alertmanager: whether it resolved, or only nobody says so any more (alerts.md 0.5, 3.4).

An alert has resolved if the Prometheus that evaluates its rule says that it is inactive. Without that word it has resolved
if every member answers, none was just restarted (alerts live in memory only), and a minute passed. A firing that is over
stays over: a member that was away when the others were told still lists it, for minutes after its return.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from noc.engine.alertmerge import United
from noc.engine.alertrules import RuleIndex
from noc.engine.book import Entry, Observation
from noc.model.alerts import AlertState, Phase

UNCONFIRMED = 60.0
"""Seconds an alert must be gone where no Prometheus can confirm that it resolved."""

ANEW = 1.0
"""Seconds by which startsAt must be later for another firing; members may differ by their rounding."""


@dataclass(frozen=True, slots=True)
class _Missed:
    """An alert that nobody who answers lists any more, as unknown, and when that was noticed."""

    entry: Entry
    at: float


@dataclass(slots=True)
class Gone:
    """The memory of what is gone, by fingerprint."""

    _missed: dict[str, _Missed] = field(default_factory=dict)
    _over: dict[str, float] = field(default_factory=dict)
    """startsAt of firings that are over though some member still has them."""

    @property
    def waiting(self) -> bool:
        """Whether anything is gone without proof: then every poll counts."""
        return bool(self._missed)

    def unknown(self, current: Mapping[str, Entry]) -> dict[str, Entry]:
        """Entries of what nobody lists and nobody has proven to be over."""
        return {key: one.entry for key, one in self._missed.items() if key not in current}

    def ended(
        self, seen: Observation, found: dict[str, United], was: Mapping[str, Entry], index: RuleIndex
    ) -> list[Entry]:
        """What resolved with this poll. Firings that are known to be over are taken out of ``found``."""
        self._drop(found, index)
        out: list[Entry] = []
        if not any(one.answers for one in seen.members):
            return out
        failing = {one.name for one in seen.members if one.error is not None}
        for key, entry in was.items():
            current = found.get(key)
            if current is None or not current.live:
                if key not in self._missed:
                    self._missed[key] = _Missed(replace(entry, phase=Phase.UNKNOWN, clears_at=None), seen.now)
            elif key not in self._missed and _anew(current, entry) and failing.isdisjoint(entry.members):
                out.append(_resolved(entry, seen.now))  # it ended and began again between two polls
        for key, missed in list(self._missed.items()):
            current = found.get(key)
            if current is not None and current.live:
                del self._missed[key]
                if _anew(current, missed.entry):
                    out.append(_resolved(missed.entry, seen.now))
            elif _proven(seen, missed, index, listed=current is not None):
                del self._missed[key]
                if found.pop(key, None) is not None:
                    self._over[key] = missed.entry.alert.starts_at
                out.append(_resolved(missed.entry, seen.now))
        return out

    def _drop(self, found: dict[str, United], index: RuleIndex) -> None:
        """Take out firings that are over, unless a rule fires them after all; forget those that nobody has any more."""
        for key, began in list(self._over.items()):
            one = found.get(key)
            if one is None or one.alert.starts_at > began + ANEW or (one.live and index.of(one.alert) is not None):
                del self._over[key]
            else:
                del found[key]


def _anew(one: United, entry: Entry) -> bool:
    return one.alert.starts_at > entry.alert.starts_at + ANEW


def _proven(seen: Observation, missed: _Missed, index: RuleIndex, *, listed: bool) -> bool:
    """Whether an alert that is gone has resolved. ``listed``: a member that does not answer still has it."""
    alert = missed.entry.alert
    answered = [one for one in seen.members if one.answers and (one.good_at or 0.0) > missed.at]
    if not answered or index.of(alert) is not None:
        return False
    restarted = any(one.restarted(seen.now) for one in answered)
    if restarted and index.coming(alert) is not None:
        return False  # Prometheus was restarted too, and counts the alert's time anew
    answering = {one.name: one.good_at or 0.0 for one in seen.rules if one.error is None and one.answer is not None}
    said = _inactive(missed, index, {name for name, at in answering.items() if at > missed.at})
    if said is not None:
        return said
    if listed or restarted or len(answered) < len(seen.members) or (seen.rules and not answering):
        return False
    return seen.now - missed.at >= max(UNCONFIRMED, 2 * seen.interval)


def _inactive(missed: _Missed, index: RuleIndex, asked: Set[str]) -> bool | None:
    """Whether a server of rules said that the alert's rule does not fire it; None where none can tell. ``asked``: names
    of those that answered since the alert is gone.

    Alert relabelling can change labels so that a rule's alerts are not recognised: then only a rule that fires nothing at
    all tells anything.
    """
    rules = index.rules(missed.entry.alert.name)
    recognised = missed.entry.value is not None
    if not rules or (not recognised and any(one.state == "firing" for rule, _ in rules for one in rule.alerts)):
        return None
    return any(rule.health == "ok" and server in asked for rule, server in rules)


def _resolved(entry: Entry, now: float) -> Entry:
    """The same alert as resolved. It is nobody's any more; who had it is remembered."""
    return replace(
        entry,
        phase=Phase.RESOLVED,
        state=AlertState.ACTIVE,
        resolved_at=now,
        was_acked_by=entry.ack.created_by if entry.ack else "",
        clears_at=None,
        stale=False,
    )
