"""What the wall itself finds wrong with the alerting, and what is only a hint."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from noc.catalogue.runbooks import names
from noc.config.alerting import Findings
from noc.engine.book import Finding, FindingKind, MemberView, Observation, RulesView
from noc.engine.findings import Watch
from noc.model.alerts import Alert, AlertAnswer, ClusterStatus, Rule, RuleAnswer
from noc.model.errors import Unreachable
from noc.model.severity import Severity
from tests.alertgiven import NOW, alert

DOWN = Unreachable("connection refused")
DOG = alert("Watchdog", "none")
NO_DOG = "no Watchdog alert in Alertmanager: alerts may not arrive; look at Prometheus and its alerting section"
OFF = Findings(watchdog="off", alertmanager="off", rules="off", rule_errors="off")


def member(
    at: float = 0.0, *, name: str = "am", down: bool = False, started: float = -86400.0, skew: float = 0.0
) -> MemberView:
    """A member that answered ``at`` seconds after NOW, or fails and answered then."""
    status = ClusterStatus("0.25.0", "ready", 1, NOW + started)
    return MemberView(name, AlertAnswer((), (), status), NOW + at, DOWN if down else None, skew=skew, asked=True)


def unasked(name: str = "am") -> MemberView:
    return MemberView(name)


def never(name: str = "am") -> MemberView:
    return MemberView(name, error=DOWN, asked=True)


def rules(*all: Rule, name: str = "prom", placeholder: bool = False, down: bool = False) -> RulesView:
    return RulesView(name, RuleAnswer(all, placeholder), NOW, DOWN if down else None, True)


def rule(name: str = "Slow", health: str = "ok", error: str = "", alerting: bool = True) -> Rule:
    return Rule(name, "noc", alerting, "up == 0", health, error)


class Wall:
    def __init__(self, settings: Findings | None = None) -> None:
        self.watch, self.settings = Watch(), settings or Findings()

    def finds(
        self, at: float, *members: MemberView, rules: Sequence[RulesView] = (), dog: Alert | None = DOG
    ) -> tuple[Finding, ...]:
        return self.watch.find(Observation(NOW + at, members, tuple(rules)), dog, self.settings)


def kinds(found: tuple[Finding, ...]) -> list[tuple[str, bool]]:
    return [(one.kind.value, one.hint) for one in found]


# -- the Watchdog


def test_a_missing_watchdog_is_a_finding_after_two_polls_once_it_was_seen() -> None:
    wall = Wall()
    assert wall.finds(0, member(0)) == ()
    assert wall.finds(5, member(5), dog=None) == ()
    expected = Finding(FindingKind.WATCHDOG, "Watchdog missing", NO_DOG, NOW + 10, False, "watchdog-missing")
    assert wall.finds(10, member(10), dog=None) == (expected,)
    assert wall.finds(15, member(15), dog=None) == (expected,)
    assert wall.finds(20, member(20)) == ()
    assert (expected.key, expected.severity) == ("finding:watchdog", Severity.CRITICAL)


def test_a_watchdog_never_seen_here_is_a_hint_that_is_not_critical() -> None:
    wall = Wall()
    wall.finds(0, member(0), dog=None)
    (found,) = wall.finds(5, member(5), dog=None)
    assert (found.hint, found.severity) == (True, Severity.OK)


def test_what_is_required_is_a_finding_though_it_was_never_seen() -> None:
    wall = Wall(Findings(watchdog="required"))
    wall.finds(0, member(0), dog=None)
    assert kinds(wall.finds(5, member(5), dog=None)) == [("watchdog", False)]


def test_two_looks_at_one_answer_are_one_poll() -> None:
    wall = Wall()
    wall.finds(0, member(0))
    assert [wall.finds(at, member(5), dog=None) for at in (5, 6, 7)] == [(), (), ()]
    assert wall.watch.waiting


def test_every_member_must_have_been_asked_twice() -> None:
    wall = Wall()
    wall.finds(0, member(0), member(0, name="b"))
    seen = [
        kinds(wall.finds(at, member(one), member(other, name="b"), dog=None))
        for at, one, other in ((5, 5, 0), (6, 5, 6), (10, 10, 6))
    ]
    assert seen == [[], [], [("watchdog", False)]]


@pytest.mark.parametrize("skew", [0.0, 300.0, -300.0])
def test_right_after_a_restart_of_alertmanager_the_watchdog_may_be_missing_for_two_minutes(skew: float) -> None:
    wall = Wall()
    wall.finds(0, member(0))
    seen = [kinds(wall.finds(at, member(at, started=1 + skew, skew=skew), dog=None)) for at in (5, 60, 120, 121)]
    assert seen == [[], [], [], [("watchdog", False)]]


def test_while_nobody_answers_nothing_new_is_said_of_the_watchdog() -> None:
    wall = Wall()
    wall.finds(0, member(0))
    assert kinds(wall.finds(9, member(0, down=True), dog=None)) == [("alertmanager", False)]
    wall.finds(10, member(10), dog=None)
    (found,) = wall.finds(15, member(15), dog=None)
    both = wall.finds(20, member(15, down=True), dog=None)
    assert [(one.kind, one.since) for one in both] == [
        (FindingKind.WATCHDOG, found.since),
        (FindingKind.ALERTMANAGER, NOW + 20),
    ]


# -- Alertmanager


def test_that_no_member_answers_is_a_finding_with_the_reason() -> None:
    wall = Wall()
    wall.finds(0, member(0))
    assert wall.finds(5, member(0, down=True)) == (
        Finding(
            FindingKind.ALERTMANAGER,
            "Alertmanager unreachable",
            "no member answers, what is shown is old: connection refused",
            NOW + 5,
            False,
            "alertmanager-down",
        ),
    )


def test_a_member_down_while_another_answers_is_no_finding() -> None:
    wall = Wall()
    wall.finds(0, member(0), member(0, name="b"))
    assert wall.finds(5, member(0, down=True), member(5, name="b")) == ()


def test_an_alertmanager_that_never_answered_is_a_hint() -> None:
    assert kinds(Wall().finds(0, never(), never("b"), dog=None)) == [("alertmanager", True)]


def test_while_a_member_is_still_being_asked_nothing_is_said() -> None:
    wall = Wall()
    assert wall.finds(0, unasked(), dog=None) == ()
    assert wall.finds(1, never(), MemberView("b", asked=True), dog=None) == ()
    assert wall.finds(2, dog=None) == ()


# -- rules


def test_that_no_rule_is_loaded_any_more_is_a_finding() -> None:
    wall = Wall()
    wall.finds(0, rules=[rules(rule())])
    assert wall.finds(5, rules=[rules(rule(alerting=False))]) == (
        Finding(
            FindingKind.RULES,
            "No rules loaded",
            "prom has no alert rule loaded: nothing can fire; look at rule_files, noc stack rules prints a set",
            NOW + 5,
            False,
            "rules-missing",
        ),
    )


def test_a_prometheus_that_never_had_rules_is_a_hint() -> None:
    assert kinds(Wall().finds(0, rules=[rules()])) == [("rules", True)]


def test_victoria_metrics_placeholder_is_evidence_of_nothing() -> None:
    assert Wall(Findings(rules="required")).finds(0, rules=[rules(placeholder=True)]) == ()


def test_a_prometheus_that_does_not_answer_says_nothing_of_its_rules() -> None:
    view = RulesView("prom", None, None, DOWN, True)
    assert Wall(Findings(rules="required")).finds(0, rules=[view]) == ()


def test_a_failing_rule_is_named_with_its_error_and_how_many_more_fail() -> None:
    wall = Wall()
    wall.finds(0, rules=[rules(rule("Slow"), rule("Dead"), rule("Fine"))])
    broken = rules(rule("Slow", "err", "many-to-many matching"), rule("Dead", "err", "x"), rule("Fine"))
    assert wall.finds(5, rules=[broken]) == (
        Finding(
            FindingKind.RULE_ERRORS,
            "A rule fails",
            "Slow (+1 more) is not evaluated: many-to-many matching",
            NOW + 5,
            False,
            "rule-failures",
        ),
    )
    assert wall.finds(10, rules=[rules(rule("Slow"), rule("Dead"))]) == ()


def test_a_rule_that_never_worked_here_is_a_hint_and_without_a_reason_it_says_so() -> None:
    (found,) = Wall().finds(0, rules=[rules(rule("Slow", "err"))])
    assert (found.hint, found.text) == (True, "Slow is not evaluated: no reason given")


def test_a_rule_not_evaluated_yet_is_no_finding() -> None:
    assert Wall(Findings(rule_errors="required")).finds(0, rules=[rules(rule("Slow", "unknown"))]) == ()


def test_findings_about_rules_outlast_a_prometheus_that_fails_to_answer() -> None:
    wall = Wall()
    wall.finds(0, rules=[rules(rule())])
    (found,) = wall.finds(5, rules=[rules(rule(health="err"))])
    assert wall.finds(10, rules=[rules(rule(health="err"), down=True)]) == (found,)


# -- all together


def test_what_is_off_is_never_found() -> None:
    wall = Wall(OFF)
    wall.finds(0, member(0), rules=[rules(rule())])
    for at in (5, 10, 15):
        assert wall.finds(at, member(at), rules=[rules(), rules(rule(health="err"), name="b")], dog=None) == ()
    assert wall.finds(20, member(0, down=True), dog=None) == ()


def test_findings_stand_by_age_and_hints_come_last() -> None:
    wall = Wall(Findings(rule_errors="required"))
    wall.finds(0, member(0))
    found = wall.finds(5, member(5), rules=[rules(rule(health="err")), rules(name="empty")], dog=None)
    assert kinds(found) == [("rule-errors", False), ("rules", True)]
    again = wall.finds(10, member(10), rules=[rules(rule(health="err")), rules(name="empty")], dog=None)
    assert [(one.kind.value, one.since - NOW) for one in again] == [("rule-errors", 5), ("watchdog", 10), ("rules", 5)]


def test_a_finding_that_returns_is_new() -> None:
    wall = Wall()
    wall.finds(0, member(0))
    seen = [wall.finds(at, member(0, down=down)) for at, down in ((5, True), (10, False), (15, True))]
    assert [[one.since - NOW for one in found] for found in seen] == [[5], [], [15]]


def test_every_finding_has_its_runbook() -> None:
    for runbook in ("watchdog-missing", "alertmanager-down", "rules-missing", "rule-failures"):
        assert runbook in names(())
