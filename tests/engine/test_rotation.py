"""A TV programme walks through days, alerts, people and clocks; every sentence of the rotation's rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from noc.config.programme import Programme, ProgrammePage
from noc.engine.book import Book, Entry
from noc.engine.rotation import AWAY, Rotation, Showing, Why, shown_at, urgent, within
from noc.model.alerts import AlertState
from tests.alertgiven import alert

ZURICH = ZoneInfo("Europe/Zurich")
NOON = datetime(2026, 1, 7, 12, tzinfo=UTC).timestamp()
"""A Wednesday."""


def rotation(*pages: dict[str, Any], **more: Any) -> Rotation:
    listed = [{"layout": one} for one in "abc"] if not pages else list(pages)
    return Rotation(Programme.model_validate({"dwell": "30s", "pages": listed, **more}), UTC)


def seen(one: Rotation, seconds: int, alerts: Sequence[str] = (), start: float = NOON, **person: float) -> str:
    """What stands on the glass, second by second, without repetitions: ``0 1 A 1``."""
    out: list[str] = []
    for second in range(seconds):
        showing = one.look(start + second, alerts, **person)
        word = showing.alert or str(showing.page)
        if not out or out[-1] != word:
            out.append(word)
    return " ".join(out)


def test_pages_take_turns_each_for_its_time_and_begin_again() -> None:
    one = rotation({"layout": "a", "dwell": "10s"}, {"layout": "b"}, {"layout": "c"})
    assert one.look(NOON, ()) == Showing(0, None, NOON + 10, Why.TURN, 1, 3, 1)
    assert one.look(NOON + 9, ()).page == 0
    assert one.look(NOON + 10, ()) == Showing(1, None, NOON + 40, Why.TURN, 2, 3, 2)
    assert seen(one, 80, start=NOON + 11) == "1 2 0 1"


def test_the_picture_moves_by_one_cell_a_page_and_comes_back() -> None:
    one = rotation()
    moved = [one.look(NOON + 30 * turn, ()).offset for turn in range(8)]
    assert moved == [(1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]


# -- an alert takes the glass


def test_a_new_critical_takes_the_glass_at_once_and_holds_it_five_minutes() -> None:
    one = rotation()
    one.look(NOON, ())
    assert one.look(NOON + 5, ["A"]) == Showing(0, "A", NOON + 305, Why.ALERT, 1, 3, 2)
    assert one.look(NOON + 304, ["A"]).alert == "A"
    assert one.look(NOON + 305, ["A"]) == Showing(0, None, NOON + 335, Why.TURN, 1, 3, 3)


def test_after_its_hold_every_second_page_is_the_alerts_until_it_is_over() -> None:
    one = rotation(preempt={"hold": "10s", "dwell": "5s"})
    assert seen(one, 120, ["A"]) == "A 0 A 1 A 2 A 0"
    assert seen(one, 100, [], start=NOON + 120) == "0 1 2 0"


def test_once_it_is_acknowledged_the_wall_goes_on_where_it_was() -> None:
    one = rotation()
    assert seen(one, 40) == "0 1"
    assert one.look(NOON + 40, ["A"]).alert == "A"
    assert one.look(NOON + 60, []) == Showing(1, None, NOON + 90, Why.TURN, 2, 3, 4)


def test_a_second_critical_takes_the_cursor_and_the_hold_begins_again() -> None:
    one = rotation()
    one.look(NOON, ["A"])
    showing = one.look(NOON + 200, ["B", "A"])
    assert (showing.alert, showing.until) == ("B", NOON + 500)


def test_when_the_second_is_over_the_first_has_what_is_left_of_its_hold() -> None:
    one = rotation()
    one.look(NOON, ["A"])
    one.look(NOON + 100, ["B", "A"])
    showing = one.look(NOON + 150, ["A"])
    assert (showing.alert, showing.until, showing.why) == ("A", NOON + 300, Why.ALERT)


def test_several_alerts_take_turns_on_the_second_pages() -> None:
    one = rotation(preempt={"hold": "10s", "dwell": "10s"})
    assert seen(one, 135, ["B", "A"]) == "B 0 A 1 B 2 A 0"


def test_an_alert_that_fires_anew_takes_the_glass_anew() -> None:
    one = rotation(preempt={"hold": "10s"})
    assert seen(one, 15, ["A@1"]) == "A@1 0"
    assert one.look(NOON + 15, []).alert is None
    assert one.look(NOON + 16, ["A@2"]).why is Why.ALERT


def test_nothing_interrupts_a_programme_that_says_so() -> None:
    assert seen(rotation(preempt=None), 70, ["A"]) == "0 1 2"


def test_only_what_is_critical_fires_and_nobody_has_is_urgent_the_newest_first() -> None:
    def entry(name: str, severity: str, since: float, state: AlertState = AlertState.ACTIVE) -> Entry:
        return Entry(alert(name, severity), state, active_since=since)

    old, new = entry("Old", "critical", 10.0), entry("New", "critical", 20.0)
    quiet = [entry(state.value, "critical", 15.0, state) for state in AlertState if state is not AlertState.ACTIVE]
    found = urgent(Book(entries=(old, *quiet, entry("High", "high", 30.0), new)))
    assert found == {f"{new.key}@20": new, f"{old.key}@10": old}
    assert urgent(Book()) == {}


# -- people


def test_nothing_turns_while_somebody_is_there_and_two_minutes_after_the_last_key_it_goes_on() -> None:
    one = rotation()
    one.look(NOON, ())
    assert one.look(NOON + 31, (), last_key=NOON + 29) == Showing(0, None, NOON + 149, Why.HERE, 1, 3, 1)
    assert one.look(NOON + 148, (), last_key=NOON + 29).page == 0
    assert one.look(NOON + 149, (), last_key=NOON + 29) == Showing(1, None, NOON + 179, Why.TURN, 2, 3, 2)


def test_an_alert_waits_for_whoever_is_there() -> None:
    one = rotation()
    one.look(NOON, ())
    assert one.look(NOON + 10, ["A"], last_key=NOON + 5).alert is None
    assert one.look(NOON + 5 + AWAY, ["A"], last_key=NOON + 5).why is Why.ALERT


def test_what_lies_over_the_wall_is_closed_before_it_goes_on() -> None:
    one = rotation()
    one.look(NOON, ())
    assert one.look(NOON + 500, (), last_key=NOON, occupied=True).page == 0
    assert one.look(NOON + 501, (), last_key=NOON).page == 1


def test_an_alerts_page_that_somebody_left_is_shown_again_for_the_rest_of_its_hold() -> None:
    one = rotation()
    before = one.look(NOON, ["A"])
    one.look(NOON + 10, ["A"], last_key=NOON + 9)
    after = one.look(NOON + 130, ["A"], last_key=NOON + 9)
    assert (after.alert, after.until, after.turns) == ("A", before.until, before.turns + 1)


def test_a_pause_counts_down_and_ends_by_itself() -> None:
    one = rotation()
    one.look(NOON, ())
    one.pause(NOON + 10)
    assert one.look(NOON + 100, ()) == Showing(0, None, NOON + 130, Why.PAUSED, 1, 3, 1)
    assert one.look(NOON + 130, ()) == Showing(1, None, NOON + 160, Why.TURN, 2, 3, 2)
    assert not one.paused


def test_the_key_that_ends_a_pause_holds_nothing() -> None:
    one = rotation()
    one.look(NOON, ())
    one.pause(NOON + 10)
    one.look(NOON + 11, (), last_key=NOON + 10)
    one.resume(NOON + 20)
    showing = one.look(NOON + 20, (), last_key=NOON + 20)
    assert (showing.page, showing.until, showing.why) == (0, NOON + 50, Why.TURN)


def test_steps_go_both_ways_and_around() -> None:
    one = rotation()
    one.look(NOON, ())
    pages = []
    for by in (1, 1, 1, -1, -1):
        one.step(by, NOON)
        pages.append(one.look(NOON, (), last_key=NOON).page)
    assert pages == [1, 2, 0, 2, 1]


# -- times of the day


@pytest.mark.parametrize(
    ("span", "hours"),
    [((420, 1200), range(7, 20)), ((1320, 360), [*range(6), 22, 23]), ((0, 0), range(24)), ((1320, 0), [22, 23])],
)
def test_a_part_of_the_day_may_lie_over_midnight(span: tuple[int, int], hours: Sequence[int]) -> None:
    midnight = datetime(2026, 1, 7, tzinfo=UTC).timestamp()
    assert [hour for hour in range(24) if within(span, midnight + hour * 3600, UTC)] == list(hours)


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    page = ProgrammePage.model_validate({"layout": "a", "between": "22:00-06:00", "days": ["fri"]})
    friday = datetime(2026, 1, 9, tzinfo=UTC).timestamp()
    shown = [hour for hour in range(48) if shown_at(page, friday + hour * 3600, UTC)]
    assert shown == [22, 23, *range(24, 30)]


def test_the_zone_decides_and_its_daylight_saving() -> None:
    page = ProgrammePage.model_validate({"layout": "a", "between": "02:00-03:00"})

    def minutes(day: datetime) -> int:
        start = day.replace(tzinfo=ZURICH).timestamp()
        return sum(shown_at(page, start + minute * 60, ZURICH) for minute in range(6 * 60))

    assert minutes(datetime(2026, 1, 7)) == 60
    assert minutes(datetime(2026, 3, 29)) == 0  # the hour is left out
    assert minutes(datetime(2026, 10, 25)) == 120  # the hour comes twice


def test_pages_of_another_time_are_passed_over_and_do_not_count() -> None:
    one = rotation({"layout": "a"}, {"layout": "b", "between": "22:00-06:00"}, {"layout": "c"})
    assert seen(one, 61) == "0 2 0"
    assert one.look(NOON + 61, ()).count == 2


def test_a_page_whose_time_of_the_day_ends_goes_at_once() -> None:
    one = rotation({"layout": "a", "between": "11:00-12:01", "dwell": "1h"}, {"layout": "b"})
    assert one.look(NOON, ()).page == 0
    assert one.look(NOON + 60, ()).page == 1


def test_the_only_page_of_its_time_stands_and_moves_all_the_same() -> None:
    one = rotation({"layout": "a"}, {"layout": "b", "between": "22:00-06:00"})
    assert [(one.look(NOON + at, ()).page, one.look(NOON + at, ()).turns) for at in (0, 30, 60)] == [
        (0, 1),
        (0, 2),
        (0, 3),
    ]


# -- what goes wrong


def test_a_page_that_does_not_open_is_left_out_and_tried_again_next_round() -> None:
    one = rotation()
    one.look(NOON, ())
    assert one.look(NOON + 30, ()).page == 1
    assert one.skipped(NOON + 30).page == 2
    assert seen(one, 61, start=NOON + 31) == "2 0 1"


def test_behind_an_alerts_page_that_does_not_open_stands_the_page_at_hand() -> None:
    one = rotation()
    one.look(NOON, ["A"])
    assert one.skipped(NOON) == Showing(0, None, NOON + 30, Why.TURN, 1, 3, 3)


def test_a_clock_that_is_set_back_changes_nothing() -> None:
    one = rotation()
    one.look(NOON, ["A"])
    one.look(NOON + 100, ["A"])
    showing = one.look(NOON + 100 - 3600, ["A"])
    assert (showing.alert, showing.until) == ("A", NOON - 3300)
    assert one.look(NOON + 100 - 3600, ["A"], last_key=NOON + 99).why is Why.ALERT  # a key of the future holds nothing


def test_a_clock_that_jumps_ahead_turns_one_page() -> None:
    one = rotation()
    one.look(NOON, ())
    assert one.look(NOON + 1e6, ()).page == 1


def test_months_of_turning_keep_nothing() -> None:
    one = rotation()
    for day in range(200):
        one.look(NOON + day * 86400, [f"A@{day}"])
    assert len(one._held) == 1
    assert one.look(NOON + 200 * 86400, []).turns == 202


def test_an_edited_programme_keeps_the_page_at_hand() -> None:
    one = rotation()
    assert seen(one, 35) == "0 1"
    one.replaced(Programme.model_validate({"pages": [{"layout": "x"}, {"layout": "y"}, {"layout": "b"}]}), NOON + 35)
    assert one.look(NOON + 36, ()).page == 2
    one.replaced(Programme.model_validate({"pages": [{"layout": "x"}]}), NOON + 40)
    assert one.look(NOON + 41, ()).page == 0


def test_what_comes_next_is_known_before() -> None:
    one = rotation(preempt={"hold": "10s"})
    one.look(NOON, ())
    assert one.coming([]) == (1, None)
    one.look(NOON, ["A"])
    assert one.coming(["A"]) == (0, None)
    one.look(NOON + 10, ["A"])
    assert one.coming(["A"]) == (0, "A")
