"""Values ranked by how far they moved, and labels by how much they explain."""

from __future__ import annotations

import pytest

from noc.engine.changes import Change, labels_of_interest, power, ranked
from noc.model.series import Answer, Series


def answer(label: str, **values: float) -> Answer:
    return Answer(tuple(Series.of({label: name}, [(0.0, value)]) for name, value in values.items()))


def test_the_largest_change_stands_first_whatever_its_direction() -> None:
    found = ranked(answer("t", a=5, b=1, c=3), answer("t", a=6, b=9, c=3), "t")
    assert found == [
        Change("b", 1, 9, -8, pytest.approx(8 / 9)),
        Change("a", 5, 6, -1, pytest.approx(1 / 9)),
        Change("c", 3, 3, 0, 0),
    ]


def test_what_came_and_went_is_marked() -> None:
    came, went = ranked(answer("t", new=4), answer("t", old=2), "t")
    assert (came.value, came.new, came.vanished, came.change) == ("new", True, False, 4)
    assert (went.value, went.new, went.vanished, went.change) == ("old", False, True, -2)
    assert (round(came.share, 2), round(went.share, 2)) == (0.67, 0.33)


def test_several_series_of_one_value_are_added_or_averaged() -> None:
    now = Answer(tuple(Series.of({"t": "a", "i": str(i)}, [(0.0, float(i))]) for i in (1, 3)))
    assert ranked(now, Answer(()), "t")[0].now == 4
    assert ranked(now, Answer(()), "t", additive=False)[0].now == 2


def test_cumulative_buckets_are_counted_once() -> None:
    buckets = [("0.1", 3.0), ("1", 5.0), ("+Inf", 6.0)]
    now = Answer(tuple(Series.of({"t": "a", "le": le}, [(0.0, value)]) for le, value in buckets))
    assert ranked(now, Answer(()), "t")[0].now == 6


def test_nan_is_no_value_and_nothing_moved_has_no_share() -> None:
    (same,) = ranked(answer("t", a=1, b=float("nan")), answer("t", a=1), "t")
    assert same == Change("a", 1, 1, 0, 0.0)


def test_a_label_whose_one_value_carries_all_explains_most() -> None:
    one_of_ten = ranked(
        answer("t", a=10, **{f"x{i}": 1 for i in range(9)}), answer("t", a=1, **{f"x{i}": 1 for i in range(9)}), "t"
    )
    one_of_two = ranked(answer("t", a=10, b=1), answer("t", a=1, b=1), "t")
    even = ranked(answer("t", a=2, b=2), answer("t", a=1, b=1), "t")
    alone = ranked(answer("t", a=2), answer("t", a=1), "t")
    assert [round(power(changes), 2) for changes in (one_of_ten, one_of_two, even, alone, [])] == [0.9, 0.5, 0, 0, 0]


def test_labels_that_all_selectors_have_come_first_those_with_few_values_before() -> None:
    a = [Series.of({"__name__": "a", "j": "x", "i": str(i), "le": str(i), "k": str(i % 2)}, []) for i in range(4)]
    b = [Series.of({"__name__": "b", "j": "x", "i": str(i), "only": str(i), "k": "0"}, []) for i in range(4)]
    assert labels_of_interest([a, b]) == ["k", "i"]
    assert labels_of_interest([a, b], complete=False) == ["k", "i", "j"]
    assert labels_of_interest([a, []]) == ["k", "i"]
    assert labels_of_interest([[], []]) == []


def test_labels_of_some_are_better_than_none() -> None:
    a = [Series.of({"x": "1"}, []), Series.of({"x": "2"}, [])]
    b = [Series.of({"y": "1"}, []), Series.of({}, [])]
    assert labels_of_interest([a, b]) == ["x", "y"]
