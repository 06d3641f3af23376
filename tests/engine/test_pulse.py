"""A wall that cannot paint in time knows by how much, whichever of its parts is slow."""

from __future__ import annotations

import pytest

from noc.engine.pulse import Pulse, late_words
from noc.model.clock import FixedClock


def test_a_wall_in_time_is_not_late() -> None:
    clock = FixedClock(0.0)
    pulse = Pulse(clock)
    for _ in range(60):
        pulse.beat()
        pulse.wanted()
        clock.advance(0.02)
        pulse.painted()
        clock.advance(0.98)
    assert (pulse.late, pulse.paints) == (0.0, 60)


def test_a_loop_that_was_held_up_is_late_by_what_the_tick_waited_and_says_so_for_ten_seconds() -> None:
    clock = FixedClock(0.0)
    pulse = Pulse(clock)
    pulse.beat()
    clock.advance(5.0)
    pulse.beat()
    assert pulse.late == 4.0
    for _ in range(9):
        clock.advance(1.0)
        pulse.beat()
    assert pulse.late == 4.0
    clock.advance(1.0)
    pulse.beat()
    assert pulse.late == 0.0


def test_a_loop_that_still_stands_is_late_before_its_next_tick() -> None:
    clock = FixedClock(0.0)
    pulse = Pulse(clock)
    pulse.beat()
    clock.advance(31.0)
    assert pulse.late == 30.0


def test_a_picture_the_terminal_has_not_taken_is_late_since_it_was_first_wanted() -> None:
    clock = FixedClock(0.0)
    pulse = Pulse(clock)
    pulse.wanted()
    clock.advance(3.0)
    pulse.wanted()
    clock.advance(1.0)
    assert (pulse.late, pulse.paints) == (4.0, 0)
    pulse.painted()
    assert (pulse.late, pulse.paints) == (4.0, 1)
    clock.advance(11.0)
    assert pulse.late == 0.0


def test_a_terminal_that_took_what_nobody_wanted_painted_nothing() -> None:
    pulse = Pulse(FixedClock(0.0))
    pulse.painted()
    assert pulse.paints == 0


@pytest.mark.parametrize(
    ("late", "words"), [(0.0, ""), (1.9, ""), (2.0, "painting 2 s late"), (61.4, "painting 61 s late")]
)
def test_from_two_seconds_on_it_is_said(late: float, words: str) -> None:
    assert late_words(late) == words
