"""Which alerts are quiet because a more severe one fires (Alertmanager's inhibit rules)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from noc.demo.received import ReceivedAlert
from noc.demo.routing import Inhibition
from noc.model.alerts import match_all


class Inhibitor:
    """The sources among the firing alerts, found once for many targets.

    Silenced sources inhibit too. Where several would, Alertmanager names any one of them; here it is the one of the smallest
    fingerprint.
    """

    def __init__(self, rules: Sequence[Inhibition], firing: Iterable[ReceivedAlert]) -> None:
        self._rules = [(rule, self._sources(rule, firing)) for rule in rules]

    @staticmethod
    def _sources(
        rule: Inhibition, firing: Iterable[ReceivedAlert]
    ) -> dict[tuple[str, ...], list[tuple[str, Mapping[str, str]]]]:
        found: dict[tuple[str, ...], list[tuple[str, Mapping[str, str]]]] = {}
        for alert in firing:
            labels = dict(alert.labels)
            if match_all(rule.source, labels):
                found.setdefault(_equal(rule, labels), []).append((alert.fingerprint, labels))
        return {values: sorted(sources, key=lambda one: one[0]) for values, sources in found.items()}

    def inhibiting(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """The fingerprint of an alert that inhibits one with these labels, or nothing.

        An alert that is source and target of one rule is not inhibited by another such: they would silence each other.
        """
        for rule, sources in self._rules:
            if not match_all(rule.target, labels):
                continue
            both = match_all(rule.source, labels)
            for fingerprint, source in sources.get(_equal(rule, labels), ()):
                if not (both and match_all(rule.target, source)):
                    return (fingerprint,)
        return ()


def _equal(rule: Inhibition, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Values of the labels that must be equal; an absent label is empty."""
    return tuple(labels.get(name, "") for name in rule.equal)
