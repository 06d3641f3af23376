"""Which part of the past a question reads again."""

from __future__ import annotations

from noc.engine.feedwindow import Window
from noc.model.logs import SECOND


def seconds(value: float) -> int:
    return round(value * SECOND)


def covered(until: float, at: float = 0.0, begin: float = 0.0) -> Window:
    one = Window(seconds(begin))
    one.cover(seconds(until), (), at)
    return one


def test_the_first_question_begins_where_the_history_does() -> None:
    assert Window(seconds(5)).start(None, ()) == seconds(5)


def test_the_next_reach_ten_seconds_behind_what_was_covered() -> None:
    assert covered(1000).start(None, ()) == seconds(990)
    assert covered(1000).start(seconds(1010), ()) == seconds(990)


def test_a_pipeline_that_lags_is_followed_behind_its_newest_line_up_to_a_minute() -> None:
    assert covered(1000).start(seconds(960), ()) == seconds(950)
    assert covered(1000).start(seconds(100), ()) == seconds(930)


def test_farther_looks_are_due_in_their_time_and_once() -> None:
    one = covered(1000, at=50.0)
    assert one.due(59.9) == ()
    assert one.due(60.0) == (30,)
    assert one.due(110.0) == (30, 300)
    assert one.start(seconds(1000), (30,)) == seconds(970)
    assert one.start(seconds(1000), (30, 300)) == seconds(700)
    one.cover(seconds(1060), (30, 300), 110.0)
    assert one.due(119.9) == ()
    assert one.due(120.0) == (30,)


def test_nothing_before_the_history_is_wanted_and_a_look_so_far_is_done_nevertheless() -> None:
    one = covered(1000, at=0.0, begin=900.0)
    assert one.start(None, (300,)) == seconds(900)
    one.cover(seconds(1002), (300,), 60.0)
    assert 300 not in one.due(61.0)


def test_a_failed_question_leaves_the_looks_due() -> None:
    one = covered(1000, at=0.0)
    assert one.due(65.0) == (30, 300)
    assert one.due(66.0) == (30, 300)
