"""What the wall itself finds wrong with the alerting: a green wall without eyes is the worst lie of all.

``auto`` raises only what this wall has seen working; until then it is a hint (issue of every new installation: nothing is
configured yet, and that is no emergency). VictoriaMetrics' placeholder answers are evidence of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from noc.config.alerting import Findings
from noc.engine.book import Finding, FindingKind, Observation, RulesView
from noc.model.alerts import Alert, Rule

_RUNBOOKS = {
    FindingKind.WATCHDOG: "watchdog-missing",
    FindingKind.ALERTMANAGER: "alertmanager-down",
    FindingKind.RULES: "rules-missing",
    FindingKind.RULE_ERRORS: "rule-failures",
}


@dataclass(slots=True)
class Watch:
    """What this wall has seen working, and since when what is missing."""

    seen: set[str] = field(default_factory=set)
    since: dict[FindingKind, float] = field(default_factory=dict)
    missed: int = 0
    """Rounds of answers without the Watchdog."""
    told_at: float = float("-inf")
    """The moment of the oldest answer of the last round, with it or without."""

    @property
    def waiting(self) -> bool:
        """Whether the next answers decide something, even if they are those of before."""
        return self.missed == 1

    def find(self, seen: Observation, watchdog: Alert | None, settings: Findings) -> tuple[Finding, ...]:
        """The findings now, the oldest first."""
        found = [
            self._watchdog(seen, watchdog, settings.watchdog),
            self._alertmanager(seen, settings.alertmanager),
            self._rules(seen, settings.rules),
            self._rule_errors(seen, settings.rule_errors),
        ]
        now = {one[0]: one for one in found if one is not None}
        for kind in list(self.since):
            if kind not in now:
                del self.since[kind]
        out = []
        for kind, title, text, known, mode in now.values():
            since = self.since.setdefault(kind, seen.now)
            hint = mode == "auto" and not known
            out.append(Finding(kind, title, text, since, hint, _RUNBOOKS[kind]))
        return tuple(sorted(out, key=lambda one: (one.hint, one.since, one.kind.value)))

    def _watchdog(self, seen: Observation, watchdog: Alert | None, mode: str) -> _Found | None:
        live = [one for one in seen.members if one.answers]
        told = min((one.good_at or 0.0 for one in live), default=self.told_at)
        if watchdog is not None:
            self.seen.add("watchdog")
            self.missed, self.told_at = 0, told
            return None
        if mode == "off" or not (live or FindingKind.WATCHDOG in self.since):
            return None
        if told > self.told_at:
            self.missed, self.told_at = self.missed + 1, told
        if self.missed < 2 or any(one.restarted(seen.now) for one in live):
            return None
        known = "watchdog" in self.seen
        text = "no Watchdog alert in Alertmanager: alerts may not arrive; look at Prometheus and its alerting section"
        return (FindingKind.WATCHDOG, "Watchdog missing", text, known, mode)

    def _alertmanager(self, seen: Observation, mode: str) -> _Found | None:
        asked = [one for one in seen.members if one.asked]
        if any(one.error is None and one.answer is not None for one in asked):
            self.seen.add("alertmanager")
            return None
        failed = [one for one in asked if one.error is not None]
        if mode == "off" or not failed or len(failed) < len(asked):
            return None
        why = failed[0].error
        text = f"no member answers, what is shown is old: {why.cause if why else ''}"
        return (FindingKind.ALERTMANAGER, "Alertmanager unreachable", text, "alertmanager" in self.seen, mode)

    def _rules(self, seen: Observation, mode: str) -> _Found | None:
        told = [one for one in seen.rules if one.answer is not None and not one.answer.placeholder]
        empty = [one for one in told if not any(rule.alerting for rule in _rules(one))]
        self.seen.update(f"rules {one.name}" for one in told if one not in empty)
        if mode == "off" or not empty:
            return None
        known = any(f"rules {one.name}" in self.seen for one in empty)
        names = ", ".join(one.name for one in empty)
        text = f"{names} has no alert rule loaded: nothing can fire; look at rule_files, noc stack rules prints a set"
        return (FindingKind.RULES, "No rules loaded", text, known, mode)

    def _rule_errors(self, seen: Observation, mode: str) -> _Found | None:
        failing = []
        known = False
        for view in seen.rules:
            for rule in _rules(view):
                key = f"rule {view.name} {rule.group} {rule.name} {rule.expr}"
                if rule.health == "err":
                    failing.append(rule)
                    known = known or key in self.seen
                elif rule.health == "ok":
                    self.seen.add(key)
        if mode == "off" or not failing:
            return None
        more = f" (+{len(failing) - 1} more)" if len(failing) > 1 else ""
        return (
            FindingKind.RULE_ERRORS,
            "A rule fails",
            f"{failing[0].name}{more} is not evaluated: {failing[0].error or 'no reason given'}",
            known,
            mode,
        )


def _rules(view: RulesView) -> tuple[Rule, ...]:
    """The rules a server told of last: that it fails to answer mends none of them."""
    return view.answer.rules if view.answer else ()


Mode = Literal["required", "auto", "off"]
_Found = tuple[FindingKind, str, str, bool, str]
"""Kind, title, text, whether it was seen working, mode."""
