"""What the members of a cluster and the servers of rules say, united: one entry an alert. Pure.

Alerts are not gossiped between members, silences are; so every member is asked and alerts are united by fingerprint, with
the earliest startsAt and the worst state (alerts.md 4). Prometheus's own alerts lack external labels and what alert
relabelling adds: they belong to the entry whose labels hold theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from noc.engine.book import Entry, MemberView, RulesView
from noc.model.acks import Ack, parse_ack
from noc.model.alerts import (
    Alert,
    AlertState,
    Phase,
    Rule,
    RuleAlert,
    Silence,
    SilenceKind,
    SilenceState,
    fingerprint,
)
from noc.model.series import Labels

SKEWED = 2.0
"""Seconds two clocks may differ before a rule's times are corrected."""


@dataclass(frozen=True, slots=True)
class United:
    """One alert of the cluster, who has it, and whether anybody who answers has it."""

    alert: Alert
    members: tuple[str, ...]
    live: bool


@lru_cache(maxsize=8192)
def ack_in(silence: Silence) -> Ack | None:
    """What an acknowledging silence says; a thousand silences are read at every poll."""
    return parse_ack(silence)


def united(members: Sequence[MemberView]) -> dict[str, United]:
    """Alerts by fingerprint. A member that fails keeps its last answer; it counts only where nobody else has the alert."""
    out: dict[str, United] = {}
    for live in (True, False):
        for member in members:
            if member.answer is None or (member.error is None) is not live:
                continue
            for alert in member.answer.alerts:
                known = out.get(alert.fingerprint)
                if known is None:
                    out[alert.fingerprint] = United(alert, (member.name,), live)
                elif known.live is live:
                    out[alert.fingerprint] = United(_worse(known.alert, alert), (*known.members, member.name), live)
    return out


def _worse(one: Alert, other: Alert) -> Alert:
    """Two members' words on one alert: the earliest startsAt; hidden only where both hide it."""
    first, second = (one, other) if one.starts_at <= other.starts_at else (other, one)
    if not (first.suppressed and second.suppressed):
        open_one = first if not first.suppressed else second
        if open_one is first:
            return first
        return replace(open_one, starts_at=first.starts_at, since_text=first.since_text)
    return replace(
        first,
        silenced_by=tuple(dict.fromkeys((*first.silenced_by, *second.silenced_by))),
        inhibited_by=tuple(dict.fromkeys((*first.inhibited_by, *second.inhibited_by))),
        muted_by=tuple(dict.fromkeys((*first.muted_by, *second.muted_by))),
    )


def silences_of(members: Sequence[MemberView]) -> dict[str, Silence]:
    """Silences of the cluster by id, the latest word on each; a member that answers goes before one that does not."""
    out: dict[str, Silence] = {}
    for live in (False, True):
        for member in members:
            if member.answer is None or (member.error is None) is not live:
                continue
            for silence in member.answer.silences:
                known = out.get(silence.id)
                if known is None or silence.updated_at >= known.updated_at:
                    out[silence.id] = silence
    return out


def state_of(alert: Alert, hiding: Iterable[Silence]) -> AlertState:
    """The state as derived from what hides it (alerts.md 3.1); what several things hide has the more urgent state."""
    if not alert.suppressed and not (alert.silenced_by or alert.inhibited_by or alert.muted_by):
        return AlertState.ACTIVE
    found = []
    if alert.silenced_by:
        acked = any(one.kind is SilenceKind.ACK for one in hiding)
        found.append(AlertState.ACKED if acked else AlertState.SILENCED)
    if alert.inhibited_by:
        found.append(AlertState.INHIBITED)
    if alert.muted_by:
        found.append(AlertState.MUTED)
    return min(found, key=lambda state: state.order, default=AlertState.MUTED)


@dataclass(frozen=True, slots=True)
class Running:
    """An alert of a rule, with its rule and how far its server's clock is from ours (seconds)."""

    alert: RuleAlert
    rule: Rule
    skew: float

    @property
    def fires_at(self) -> float:
        return self.alert.active_at + self.rule.hold - self.skew

    @property
    def clears_at(self) -> float | None:
        kept = self.alert.keep_firing_since
        return None if kept is None else kept + self.rule.keep_firing_for - self.skew


class RuleIndex:
    """Rule alerts by labels, so that thousands of entries find theirs without comparing each with each."""

    def __init__(self, views: Sequence[RulesView]) -> None:
        self.firing: dict[Labels, Running] = {}
        self.pending: dict[Labels, Running] = {}
        self.answering = [view for view in views if view.error is None and view.answer is not None]
        self._names: dict[str, list[tuple[str, ...]]] = {}
        self._rules: dict[str, list[tuple[Rule, RulesView]]] = {}
        for view in views:
            for rule in view.answer.rules if view.answer else ():
                if rule.alerting:
                    self._rules.setdefault(rule.name, []).append((rule, view))
                    self._take(rule, _skew(view))

    def _take(self, rule: Rule, skew: float) -> None:
        for alert in rule.alerts:
            if alert.state == "firing":
                self.firing[alert.labels] = Running(alert, rule, skew)
                shapes = self._names.setdefault(rule.name, [])
                shape = tuple(name for name, _ in alert.labels)
                if shape not in shapes:
                    shapes.append(shape)
            elif alert.state == "pending":
                self.pending[alert.labels] = Running(alert, rule, skew)

    def of(self, alert: Alert) -> Running | None:
        """The rule's own alert behind one of Alertmanager's."""
        exact = self.firing.get(alert.labels)
        if exact is not None:
            return exact
        labels = dict(alert.labels)
        for shape in self._names.get(alert.name, ()):
            if len(shape) < len(labels) and all(name in labels for name in shape):
                found = self.firing.get(tuple((name, labels[name]) for name in shape))
                if found is not None:
                    return found
        return None

    def rules(self, name: str) -> list[tuple[Rule, RulesView]]:
        """The rules of that name and who runs them."""
        return self._rules.get(name, [])


def _skew(view: RulesView) -> float:
    """The server's clock minus ours, where it is worth correcting; the Date header has whole seconds."""
    if view.answer is None or view.answer.server_time is None or view.good_at is None:
        return 0.0
    off = view.answer.server_time + 0.5 - view.good_at
    return off if abs(off) > SKEWED else 0.0


def lapsed_acks(silences: Iterable[Silence]) -> dict[str, float]:
    """When the last acknowledgement of an alert ended, by fingerprint: its escalation starts anew from there."""
    out: dict[str, float] = {}
    for silence in silences:
        if silence.state is not SilenceState.EXPIRED or silence.kind is not SilenceKind.ACK:
            continue
        ack = ack_in(silence)
        if ack is not None and ack.structured:
            out[ack.fingerprint] = max(silence.ends_at, out.get(ack.fingerprint, 0.0))
    return out


def entries(
    found: Mapping[str, United], silences: Mapping[str, Silence], index: RuleIndex, flaps: Mapping[str, int]
) -> Iterator[Entry]:
    """An entry for each united alert, in no order. ``flaps``: firings within the window, by fingerprint."""
    lapsed = lapsed_acks(silences.values())
    inhibits: dict[str, int] = {}
    for one in found.values():
        for source in one.alert.inhibited_by:
            inhibits[source] = inhibits.get(source, 0) + 1
    for fp, one in found.items():
        alert = one.alert
        hiding = tuple(silences[id] for id in alert.silenced_by if id in silences)
        acks = [each for each in hiding if each.kind is SilenceKind.ACK]
        running = index.of(alert)
        clears = running.clears_at if running else None
        ended = lapsed.get(fp, 0.0)
        yield Entry(
            alert,
            state_of(alert, hiding),
            Phase.FIRING if clears is None else Phase.CLEARING,
            one.members,
            not one.live,
            max(acks, key=lambda each: each.ends_at, default=None),
            hiding,
            inhibits.get(fp, 0),
            running.alert.value if running else None,
            clears_at=clears,
            active_since=max(alert.starts_at, ended),
            flaps=flaps.get(fp, 1),
        )


def pending(index: RuleIndex, known: Mapping[str, object]) -> tuple[Entry, ...]:
    """What will fire, the soonest first; what fires already is left out."""
    out = []
    for labels, running in index.pending.items():
        fp = fingerprint(dict(labels))
        if fp in known:
            continue
        began = running.alert.active_at - running.skew
        alert = Alert(fp, labels, began, running.alert.annotations or running.rule.annotations)
        entry = Entry(
            alert,
            AlertState.ACTIVE,
            Phase.PENDING,
            value=running.alert.value,
            fires_at=running.fires_at,
            active_since=began,
        )
        out.append(entry)
    return tuple(sorted(out, key=lambda one: (one.fires_at or 0.0, -one.severity.rank, one.alert.name)))


def urgency(entry: Entry) -> tuple[int, int, float, str]:
    """Most urgent first: state, severity, then the oldest."""
    return (entry.state.order, -entry.severity.rank, entry.alert.starts_at, entry.alert.fingerprint)
