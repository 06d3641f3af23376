"""What the servers of rules say, by labels: values, what is clearing, what is pending. Pure.

Prometheus's own alerts lack external labels and what alert relabelling adds: they belong to the alert of Alertmanager whose
labels hold theirs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noc.engine.book import Entry, RulesView
from noc.model.alerts import WATCHDOG, Alert, AlertState, Phase, Rule, RuleAlert, fingerprint
from noc.model.series import Labels

SKEWED = 2.0
"""Seconds two clocks may differ before a rule's times are corrected."""


@dataclass(frozen=True, slots=True)
class Running:
    """An alert of a rule, with its rule and how far its server's clock is from ours (seconds)."""

    alert: RuleAlert
    rule: Rule
    skew: float
    live: bool = True
    """Whether its server answers."""

    @property
    def value(self) -> float:
        return math.nan if math.isnan(self.alert.value) else self.alert.value  # one NaN: it equals itself in a tuple

    @property
    def fires_at(self) -> float:
        return self.alert.active_at + self.rule.hold - self.skew

    @property
    def clears_at(self) -> float | None:
        kept = self.alert.keep_firing_since
        return None if kept is None else kept + self.rule.keep_firing_for - self.skew


class RuleIndex:
    """Rule alerts by labels, so that thousands of entries find theirs without comparing each with each.

    ``before``: the index of the answers before. Which labels belong to which alert does not change.
    """

    def __init__(self, views: Sequence[RulesView] = (), before: RuleIndex | None = None) -> None:
        self.firing: dict[Labels, Running] = {}
        self.pending: dict[Labels, Running] = {}
        self._shapes: dict[str, list[tuple[str, ...]]] = {}
        self._rules: dict[str, list[tuple[Rule, str]]] = {}
        self._links: dict[str, Labels | None] = {}
        self._known = before._links if before else {}
        for view in sorted(views, key=lambda one: one.error is None):  # who answers has the last word
            for rule in view.answer.rules if view.answer else ():
                if rule.alerting:
                    self._rules.setdefault(rule.name, []).append((rule, view.name))
                    self._take(rule, _skew(view), view.error is None)

    def _take(self, rule: Rule, skew: float, live: bool) -> None:
        shapes = self._shapes.setdefault(rule.name, [])
        for alert in rule.alerts:
            if alert.state not in ("firing", "pending"):
                continue
            taken = self.firing if alert.state == "firing" else self.pending
            taken[alert.labels] = Running(alert, rule, skew, live)
            shape = tuple([name for name, _ in alert.labels])
            if shape not in shapes:
                shapes.append(shape)

    def of(self, alert: Alert) -> Running | None:
        """The firing alert of a rule behind one of Alertmanager's."""
        labels = self._linked(alert)
        return self.firing.get(labels) if labels is not None else None

    def coming(self, alert: Alert) -> Labels | None:
        """The labels under which a rule holds one of Alertmanager's alerts as pending: its server was restarted."""
        labels = self._linked(alert)
        return labels if labels in self.pending else None

    def _linked(self, alert: Alert) -> Labels | None:
        """The labels under which a rule has an alert; None where none has it."""
        fp = alert.fingerprint
        if fp not in self._links:
            labels = self._known.get(fp)
            found = labels if labels in self.firing or labels in self.pending else self._search(alert)
            self._links[fp] = found
        return self._links[fp]

    def _search(self, alert: Alert) -> Labels | None:
        if alert.labels in self.firing:
            return alert.labels
        own = dict(alert.labels)
        held = None
        for shape in self._shapes.get(alert.name, ()):
            if all(name in own for name in shape):
                labels = tuple([(name, own[name]) for name in shape])
                if labels in self.firing:
                    return labels
                held = labels if labels in self.pending else held
        return held

    def rules(self, name: str) -> list[tuple[Rule, str]]:
        """The rules of that name, each with the name of the server that runs it."""
        return self._rules.get(name, [])


def _skew(view: RulesView) -> float:
    """The server's clock minus ours, where it is worth correcting; the Date header has whole seconds."""
    if view.answer is None or view.answer.server_time is None or view.good_at is None:
        return 0.0
    off = view.answer.server_time + 0.5 - view.good_at
    return off if abs(off) > SKEWED else 0.0


def pending(index: RuleIndex, known: Mapping[str, Entry], now: float) -> tuple[Entry, ...]:
    """What will fire, the soonest first; what fires already, or is not known to be over, is left out.

    A server that does not answer any more has no say beyond the moment its alerts were to fire.
    """
    if not index.pending:
        return ()
    firing = {labels for one in known.values() if (labels := index.coming(one.alert)) is not None}
    out = []
    for labels, running in index.pending.items():
        fp = fingerprint(dict(labels))
        fires = fp in known or labels in index.firing or labels in firing
        if fires or running.rule.name == WATCHDOG or not (running.live or running.fires_at > now):
            continue
        began = running.alert.active_at - running.skew
        alert = Alert(fp, labels, began, running.alert.annotations or running.rule.annotations)
        entry = Entry(
            alert,
            AlertState.ACTIVE,
            Phase.PENDING,
            value=running.value,
            fires_at=running.fires_at,
            active_since=began,
        )
        out.append(entry)
    return tuple(sorted(out, key=lambda one: (one.fires_at or 0.0, -one.severity.rank, one.alert.name, one.key)))
