"""The escalation policy as countdowns: who is due when nobody acknowledged (corrections, section 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc.config.alerting import Escalation, Step
from noc.engine.book import Entry
from noc.engine.escalation import LEGEND, Due, countdown, due, response, storm
from noc.model.alerts import AlertState, Phase
from noc.model.severity import Severity
from tests.alertgiven import MINUTE, NOW, acked, alert, book, entry

POLICY = Escalation()


def firing(severity: str = "critical", since: float = 0.0, **more: object) -> Entry:
    """An alert that began ``since`` seconds before NOW."""
    return entry(alert("A", severity, since=since), **more)  # type: ignore[arg-type]


def words(one: Entry, policy: Escalation = POLICY, *, after: float = 0.0, storming: bool = False) -> str:
    found = due(one, policy, NOW + after, storm=storming)
    return found.words(NOW + after) if found else ""


@pytest.mark.parametrize(
    ("severity", "after", "said"),
    [
        ("critical", 0, "policy: backup+manager due in 5:00"),
        ("critical", 130, "policy: backup+manager due in 2:50"),
        ("critical", 299.5, "policy: backup+manager due in 0:00"),
        ("critical", 300, "policy: backup+manager overdue 0:00"),
        ("critical", 370, "policy: backup+manager overdue 1:10"),
        ("critical", 600, "policy: CTO+security lead overdue 0:00"),
        ("critical", 7800, "policy: CTO+security lead overdue 2:00:00"),
        ("high", 0, "policy: backup due in 15:00"),
        ("high", 960, "policy: backup overdue 1:00"),
        ("medium", 9999, ""),
        ("low", 9999, ""),
        ("none", 9999, ""),
    ],
)
def test_the_policy_counts_from_the_start_of_the_firing(severity: str, after: float, said: str) -> None:
    assert words(firing(severity), after=after) == said


def test_a_step_says_who_when_which_and_whether_it_is_the_last() -> None:
    found = [due(firing(), POLICY, NOW + after) for after in (0, 300, 600)]
    assert found == [
        Due(("backup", "manager"), NOW + 300, False, 2, False),
        Due(("backup", "manager"), NOW + 300, True, 2, False),
        Due(("CTO", "security lead"), NOW + 600, True, 3, True),
    ]
    assert due(firing("high"), POLICY, NOW) == Due(("backup",), NOW + 900, False, 2, True)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (0, Due(("first",), NOW + 60, False, 1, False)),
        (60, Due(("first",), NOW + 60, True, 1, False)),
        (120, Due(("second",), NOW + 120, True, 2, True)),
    ],
)
def test_a_first_step_that_is_not_due_at_once_is_counted_down_too(after: float, expected: Due) -> None:
    policy = Escalation(steps={Severity.LOW: (Step(after=60, who=("first",)), Step(after=120, who=("second",)))})
    assert due(firing("low"), policy, NOW + after) == expected


def test_a_policy_of_one_step_says_since_when_it_is_due() -> None:
    policy = Escalation(steps={Severity.CRITICAL: (Step(after=0, who=("on-call",)),)})
    assert words(firing(), policy, after=70) == "policy: on-call overdue 1:10"


@pytest.mark.parametrize(
    ("state", "severity", "runs"),
    [
        (AlertState.ACTIVE, "critical", True),
        (AlertState.ACTIVE, "high", True),
        (AlertState.ACKED, "critical", False),
        (AlertState.SILENCED, "critical", False),
        (AlertState.INHIBITED, "critical", True),
        (AlertState.MUTED, "critical", True),
        (AlertState.INHIBITED, "high", False),
        (AlertState.MUTED, "high", False),
    ],
)
def test_the_clock_runs_while_active_and_for_a_critical_that_nobody_hid(
    state: AlertState, severity: str, runs: bool
) -> None:
    assert (due(firing(severity, state=state), POLICY, NOW) is not None) is runs


@pytest.mark.parametrize(
    ("phase", "runs"),
    [
        (Phase.PENDING, False),
        (Phase.FIRING, True),
        (Phase.CLEARING, True),
        (Phase.UNKNOWN, True),
        (Phase.RESOLVED, False),
    ],
)
def test_the_clock_runs_until_the_alert_is_known_to_be_over(phase: Phase, runs: bool) -> None:
    assert (due(firing(phase=phase), POLICY, NOW) is not None) is runs


def test_after_an_ack_lapsed_the_clock_starts_anew_at_the_first_step() -> None:
    lapsed = firing(since=3600, active_since=NOW - 60)
    assert words(lapsed) == "policy: backup+manager due in 4:00"


def test_an_ack_stops_the_clock_and_leaves_the_severity_alone() -> None:
    taken = acked(alert("A", "critical", since=3600))
    assert (due(taken, POLICY, NOW), taken.severity) == (None, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("severity", "flaps", "storming", "after", "said"),
    [
        ("critical", 2, False, 10, "policy: backup+manager due in 4:50"),
        ("critical", 3, False, 10, "policy: backup+manager overdue 0:10"),
        ("critical", 1, True, 10, "policy: backup+manager overdue 0:10"),
        ("critical", 3, False, 310, "policy: CTO+security lead overdue 0:10"),
        ("high", 3, False, 10, "policy: backup overdue 0:10"),
        ("high", 1, True, 10, "policy: backup due in 14:50"),
        ("medium", 3, True, 10, ""),
    ],
)
def test_flapping_and_a_storm_of_criticals_bring_the_next_step_at_once(
    severity: str, flaps: int, storming: bool, after: float, said: str
) -> None:
    assert words(firing(severity, flaps=flaps), after=after, storming=storming) == said


def test_what_hurries_is_named() -> None:
    found = [
        due(firing(flaps=3), POLICY, NOW),
        due(firing(), POLICY, NOW, storm=True),
        due(firing(flaps=3), POLICY, NOW, storm=True),
        due(firing(), POLICY, NOW),
    ]
    assert [one.why if one else None for one in found] == ["flapping", "storm", "flapping", ""]


def test_a_storm_is_more_criticals_at_once_than_the_policy_allows() -> None:
    three = [entry(alert(f"C{number}", "critical")) for number in range(3)]
    high = entry(alert("H", "high"))
    taken = acked(alert("C9", "critical"))
    silent = replace(three[2], state=AlertState.SILENCED)
    assert [storm(book(*some), POLICY) for some in (three, [*three[:2], high, taken], [*three[:2], silent])] == [
        True,
        False,
        False,
    ]
    assert not storm(book(*three), Escalation(storm=3))


@pytest.mark.parametrize(
    ("one", "within", "said"),
    [
        (firing(since=170), 300.0, ("ack in 2:10", False)),
        (firing(since=300), 300.0, ("ack in 0:00", False)),
        (firing(since=370), 300.0, ("ack overdue 1:10", True)),
        (firing(since=3600, active_since=NOW - 60), 300.0, ("ack in 4:00", False)),
        (firing("low", since=60), 300.0, ("ack in 4:00", False)),
        (firing(since=370), None, ("", False)),
        (firing(since=370, state=AlertState.ACKED), 300.0, ("", False)),
        (firing(since=370, state=AlertState.INHIBITED), 300.0, ("", False)),
        (firing(since=370, phase=Phase.PENDING), 300.0, ("", False)),
        (firing(since=370, phase=Phase.RESOLVED), 300.0, ("", False)),
    ],
)
def test_the_response_target_is_counted_for_what_nobody_has(
    one: Entry, within: float | None, said: tuple[str, bool]
) -> None:
    assert response(one, within, NOW) == said


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0:00"),
        (42.9, "0:42"),
        (430, "7:10"),
        (3599, "59:59"),
        (7500, "2:05:00"),
        (86400, "1d 0h"),
        (100 * 3600, "4d 4h"),
    ],
)
def test_a_countdown_reads_as_a_clock(seconds: float, text: str) -> None:
    assert countdown(seconds) == text


def test_the_legend_says_who_sends_nothing() -> None:
    assert (LEGEND, MINUTE) == ("shown, not sent by noc", 60.0)
