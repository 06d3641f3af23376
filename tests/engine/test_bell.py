"""When the room is rung, and when it is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from noc.config.alerting import Sound
from noc.engine.bell import FINDING_HUSHED, HUSHED, Bell
from noc.engine.book import Book, Entry, Finding, FindingKind
from noc.model.alerts import AlertState, Phase
from tests.alertgiven import MINUTE, NOW, acked, alert, book, entry

BERLIN = ZoneInfo("Europe/Berlin")
CRITICAL = entry(alert("Dead", "critical"))
OTHER = entry(alert("Gone", "critical"))
FINDING = Finding(FindingKind.WATCHDOG, "Watchdog missing", "no Watchdog", NOW)


def rung(bell: Bell, shown: Book, *moments: float) -> list[float]:
    """Those of the moments (seconds after NOW) at which it rings."""
    return [after for after in moments if bell.rings(shown, NOW + after, UTC)]


def test_a_new_critical_rings_at_once_and_then_every_minute() -> None:
    assert rung(Bell(Sound()), book(CRITICAL), *range(181)) == [0, 60, 120, 180]


def test_the_time_between_two_rings_is_the_rooms() -> None:
    assert rung(Bell(Sound(repeat=20)), book(CRITICAL), *range(61)) == [0, 20, 40, 60]


@pytest.mark.parametrize("severity", ["high", "medium", "low", "none"])
def test_nothing_less_than_critical_rings(severity: str) -> None:
    assert rung(Bell(Sound()), book(entry(alert("A", severity))), 0, 60) == []


@pytest.mark.parametrize("state", [state for state in AlertState if state is not AlertState.ACTIVE])
def test_what_somebody_has_or_something_hides_is_silent(state: AlertState) -> None:
    assert rung(Bell(Sound()), book(replace(CRITICAL, state=state)), 0, 60) == []


@pytest.mark.parametrize(
    ("phase", "rings"),
    [
        (Phase.FIRING, True),
        (Phase.CLEARING, True),
        (Phase.UNKNOWN, True),
        (Phase.RESOLVED, False),
        (Phase.PENDING, False),
    ],
)
def test_what_is_over_or_to_come_is_silent(phase: Phase, rings: bool) -> None:
    assert rung(Bell(Sound()), book(replace(CRITICAL, phase=phase)), 0) == ([0] if rings else [])


def test_it_falls_silent_with_the_acknowledgement_and_rings_again_when_that_lapses() -> None:
    bell = Bell(Sound())
    assert rung(bell, book(CRITICAL), 0, 10) == [0]
    assert rung(bell, book(acked(CRITICAL.alert)), 20, 60, 90) == []
    assert rung(bell, book(replace(CRITICAL, active_since=NOW + 95)), 100, 110, 160) == [100, 160]


def test_a_second_critical_rings_at_once_but_never_two_within_five_seconds() -> None:
    bell = Bell(Sound())
    assert rung(bell, book(CRITICAL), 0) == [0]
    assert rung(bell, book(CRITICAL, OTHER), 2, 4, 5, 6) == [5]
    assert rung(bell, book(CRITICAL, OTHER), *range(7, 70)) == [65]


def test_a_storm_is_one_ring_in_five_seconds() -> None:
    bell, many = Bell(Sound()), [entry(alert(f"A{number}", "critical")) for number in range(20)]
    assert [at for at in range(20) if bell.rings(book(*many[: at + 1]), NOW + at, UTC)] == [0, 5, 10, 15]


def test_a_later_firing_of_the_same_alert_is_news() -> None:
    bell = Bell(Sound())
    anew = replace(CRITICAL.alert, starts_at=NOW + 8)
    assert rung(bell, book(CRITICAL), 0) == [0]
    assert rung(bell, book(entry(anew)), 10) == [10]


def test_a_bell_that_is_not_wanted_never_rings() -> None:
    assert rung(Bell(Sound(bell=False)), book(CRITICAL), 0, 60) == []


def test_a_clock_that_was_set_back_does_not_keep_it_quiet() -> None:
    bell = Bell(Sound())
    assert rung(bell, book(CRITICAL), 0, -3600, -3590) == [0, -3600]


# -- quiet hours


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ((21, 59), False),
        ((22, 0), True),
        ((23, 59), True),
        ((0, 0), True),
        ((6, 59), True),
        ((7, 0), False),
        ((12, 29), False),
        ((12, 30), True),
        ((13, 0), False),
    ],
)
def test_quiet_hours_are_the_rooms_own_and_pass_midnight(clock: tuple[int, int], quiet: bool) -> None:
    bell = Bell(Sound.model_validate({"quiet": ["22:00-07:00", "12:30-13:00"]}))
    at = datetime(2025, 10, 2, *clock, tzinfo=BERLIN).timestamp()
    assert bell.quiet(at, BERLIN) is quiet
    assert bell.rings(book(CRITICAL), at, BERLIN) is not quiet


def test_what_came_in_quiet_hours_rings_when_they_end() -> None:
    bell = Bell(Sound.model_validate({"quiet": ["17:00-17:31"]}))
    moments = [at for at in range(0, 120, 10) if bell.rings(book(CRITICAL), NOW + at, BERLIN)]
    assert moments == [60]  # NOW is 17:30 in Berlin


# -- switched off


def test_a_bell_that_was_switched_off_comes_on_by_itself() -> None:
    bell = Bell(Sound())
    bell.hush(NOW)
    assert (bell.off(NOW), bell.off_since, bell.off_until) == (True, NOW, NOW + HUSHED)
    assert rung(bell, book(CRITICAL), 0, HUSHED - 1, HUSHED) == [HUSHED]
    assert (bell.off_since, bell.off_until) == (None, None)


def test_it_can_be_switched_on_again() -> None:
    bell = Bell(Sound())
    bell.hush(NOW, 600.0)
    assert [bell.off(NOW + 599), bell.off(NOW)] == [True, True]
    bell.unhush()
    assert (bell.off(NOW), rung(bell, book(CRITICAL), 0)) == (False, [0])


# -- findings


def test_a_finding_of_the_wall_rings_and_a_hint_does_not() -> None:
    assert rung(Bell(Sound()), book(findings=[FINDING]), 0, 30, 60) == [0, 60]
    assert rung(Bell(Sound()), book(findings=[replace(FINDING, hint=True)]), 0, 60) == []


def test_a_hushed_finding_is_quiet_for_half_an_hour_and_the_others_are_not() -> None:
    bell = Bell(Sound())
    bell.hush_finding(FINDING.key, NOW)
    assert [bell.finding_hushed(FINDING.key, NOW + after) for after in (0, FINDING_HUSHED - 1, FINDING_HUSHED)] == [
        True,
        True,
        False,
    ]
    assert rung(bell, book(findings=[FINDING]), 0, 30 * MINUTE - 1, 30 * MINUTE) == [30 * MINUTE]
    bell.hush_finding(FINDING.key, NOW)
    other = replace(FINDING, kind=FindingKind.RULES)
    assert rung(bell, book(findings=[FINDING, other]), 10) == [10]


# -- the program beside the bell


def test_every_critical_firing_is_handed_out_once() -> None:
    bell = Bell(Sound())
    high = entry(alert("H", "high"))
    given = [bell.new(book(*shown)) for shown in ([], [CRITICAL, high], [CRITICAL, high], [CRITICAL, OTHER, high])]
    assert given == [[], [CRITICAL.key], [], [OTHER.key]]


def test_a_firing_that_was_silenced_for_a_while_is_not_handed_out_again() -> None:
    bell = Bell(Sound())
    steps: list[Entry] = [CRITICAL, replace(CRITICAL, state=AlertState.SILENCED), CRITICAL]
    assert [bell.new(book(one)) for one in steps] == [[CRITICAL.key], [], []]


def test_a_later_firing_and_a_lapsed_ack_are_handed_out_again() -> None:
    bell = Bell(Sound())
    lapsed = replace(CRITICAL, active_since=NOW + 60)
    anew = entry(replace(CRITICAL.alert, starts_at=NOW + 300))
    given = [bell.new(book(*some)) for some in ([CRITICAL], [acked(CRITICAL.alert)], [lapsed], [], [anew])]
    assert given == [[CRITICAL.key], [], [CRITICAL.key], [], [CRITICAL.key]]
