"""The ring of a feed: order, bounds, and what it can still tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc.engine.feedring import FeedRing
from noc.model.logs import LogLine, in_order
from tests.engine.logserver import line


def ring(limit: int = 3, characters: int = 1000) -> FeedRing:
    return FeedRing(limit, characters)


def texts(ring: FeedRing) -> list[str]:
    return [one.text for one in ring.view()]


def test_lines_stand_in_the_order_of_their_times_and_those_of_a_moment_as_they_came() -> None:
    one = ring(10)
    one.put([line(2, "c"), line(1, "a"), line(1, "b"), line(3, "d"), line(2, "c2")])
    assert texts(one) == ["a", "b", "c", "c2", "d"]


def test_the_oldest_leave_and_the_ring_knows_up_to_when() -> None:
    one = ring()
    one.put(line(n, f"{n}") for n in range(3))
    assert (one.lost, one.missed(line(0).at)) == (None, False)
    one.put([line(3, "3"), line(4, "4")])
    assert texts(one) == ["2", "3", "4"]
    assert one.lost == line(1).at
    assert [one.missed(line(n).at) for n in (0, 1, 2)] == [True, True, False]


def test_a_late_line_older_than_all_that_is_left_falls_through() -> None:
    one = ring()
    one.put(line(n, f"{n}") for n in range(5))
    before = one.view()
    one.put([line(0.5, "late")])
    assert one.view() is before
    one.put([line(2.5, "not so late")])
    assert texts(one) == ["not so late", "3", "4"]


def test_a_ring_whose_beginning_was_cut_knows_that() -> None:
    one = ring()
    one.put([line(5, "5")])
    one.cut(line(5).at)
    assert one.missed(line(4).at)
    one.put([line(4, "older")])
    assert texts(one) == ["5"]


def test_a_line_is_held_when_time_stream_and_text_agree() -> None:
    one = ring()
    one.put([line(1, "a"), line(1, "b"), line(1, "a", host="two")])
    assert one.holds(LogLine(line(1).at, "a", line(1).labels, (("detected_level", "info"),)))
    assert one.holds(line(1, "a", host="two"))
    assert not one.holds(line(1, "c"))
    assert not one.holds(line(1, "a", host="three"))
    assert not one.holds(line(1.5, "a"))


def test_texts_are_bounded_together_and_one_line_stays_in_any_case() -> None:
    one = ring(10, characters=10)
    one.put([line(1, "x" * 4), line(2, "y" * 4), line(3, "z" * 4)])
    assert texts(one) == ["y" * 4, "z" * 4]
    assert one.size == 8
    one.put([line(4, "w" * 50)])
    assert texts(one) == ["w" * 50]
    assert one.size == 50


def test_the_view_is_the_same_object_until_something_changes() -> None:
    one = ring()
    one.put([line(1)])
    first = one.view()
    assert one.view() is first
    one.put([])
    assert one.view() is first
    one.put([line(2)])
    assert one.view() is not first


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(1, 20), st.integers(1, 10))
def test_in_whatever_order_lines_come_the_newest_remain(ats: list[int], limit: int, batch: int) -> None:
    lines = [line(at, f"{index}") for index, at in enumerate(ats)]
    one = FeedRing(limit, 10_000)
    for first in range(0, len(lines), batch):
        one.put(lines[first : first + batch])
    shown = one.view()
    assert list(shown) == in_order(list(shown))
    assert len(shown) == len(one) == min(limit, len(lines))
    assert sorted(one.at for one in shown) == sorted(one.at for one in lines)[-limit:]
    assert one.size == sum(len(one.text) for one in shown)
