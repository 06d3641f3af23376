"""The account of a feed: each line known once, holes counted and closed, everything bounded."""

from __future__ import annotations

from noc.engine.feedledger import FeedLedger, whole
from noc.model.logs import SECOND, LogLine
from tests.engine.logserver import line


def at(seconds: float) -> int:
    return line(seconds).at


def ledger(*lines: LogLine, keys: int = 1000) -> FeedLedger:
    one = FeedLedger(at(0), keys)
    for each in lines:
        one.add(each)
    return one


def lines(start: float, count: int, apart: float = 0.01) -> list[LogLine]:
    return [line(start + n * apart, f"{start:g}/{n}") for n in range(count)]


def sums(one: FeedLedger) -> tuple[int, int, bool]:
    return one.skipped, one.dropped, one.uncounted


def test_a_line_is_new_once() -> None:
    one = ledger()
    assert one.add(line(1, "a")) is True
    assert one.add(line(1, "a")) is False
    assert one.add(LogLine(at(1), "a", line(1).labels, (("level", "info"),))) is False
    assert one.add(line(1, "b")) is True
    assert one.keys == 2


def test_read_lines_are_counted_by_whole_seconds() -> None:
    one = ledger(*lines(0, 100), *lines(1, 50), *lines(3, 7))
    assert [one.read(at(0), at(n)) for n in (1, 2, 3, 4)] == [100, 150, 150, 157]
    assert one.read(at(1), at(3)) == 50


def test_an_answer_that_reached_its_start_leaves_no_hole() -> None:
    one = ledger()
    one.answered(at(5), None)
    assert (one.hole, one.to_count(), one.to_close(at(100))) == (None, None, None)


def test_an_answer_that_did_not_leaves_one_up_to_its_oldest_line() -> None:
    one = ledger()
    one.answered(at(5), at(8.3))
    assert one.hole == (at(5), at(8.3) + 1)
    assert one.to_count() == (at(5), at(7))
    assert sums(one) == (0, 0, False)


def test_what_the_server_counts_and_was_not_read_is_skipped() -> None:
    one = ledger(*lines(5, 20))
    one.answered(at(5), at(8.3))
    one.counted((at(5), at(8)), 50)
    assert sums(one) == (30, 0, False)
    one.add(line(6, "late, but it came"))
    one.add(line(8.1, "not in what was counted"))
    assert sums(one) == (29, 0, False)


def test_a_later_answer_that_reaches_into_a_hole_makes_it_smaller_or_ends_it() -> None:
    one = ledger()
    one.answered(at(5), at(8.3))
    one.counted((at(5), at(8)), 50)
    one.answered(at(7), None)
    assert one.hole == (at(5), at(7))
    one.answered(at(5), None)
    assert (one.hole, one.unread, sums(one)) == (None, None, (0, 0, False))


def test_a_later_answer_that_stops_short_too_makes_one_hole_of_both() -> None:
    one = ledger()
    one.answered(at(5), at(8))
    one.answered(at(10), at(12))
    assert one.hole == (at(5), at(12) + 1)


def test_a_hole_never_reaches_below_the_floor() -> None:
    one = ledger()
    one.raise_floor(at(50))
    one.answered(at(5), at(52))
    assert one.hole == (at(50), at(52) + 1)
    one.answered(at(5), at(40))
    assert one.hole is None


def test_a_hole_is_closed_for_good_in_parts() -> None:
    one = ledger(*lines(5, 20))
    one.answered(at(5), at(18.3))
    one.counted((at(5), at(18)), 120)
    assert one.skipped == 100
    part = one.to_close(at(10))
    assert part == (at(5), at(10))
    one.closed(part, 60)
    assert (one.hole, one.unread, sums(one)) == ((at(10), at(18.3) + 1), 60, (100, 0, False))
    one.raise_floor(at(10))
    part = one.to_close(at(40))
    assert part == (at(10), at(19))
    one.closed(part, 70)
    assert (one.hole, one.unread, sums(one)) == (None, None, (110, 0, False))


def test_dropped_lines_come_or_are_counted_or_are_written_off() -> None:
    one = ledger()
    one.drop(10, at(6))
    assert sums(one) == (0, 10, False)
    one.ask()
    one.drop(3, at(7))
    one.came()
    assert sums(one) == (0, 3, False)
    one.ask()
    one.came(1)
    one.write_off()
    assert sums(one) == (0, 2, True)


def test_what_was_dropped_is_not_skipped_as_well() -> None:
    one = ledger()
    one.drop(10, at(6))
    one.answered(at(5), at(8))
    one.counted((at(5), at(8)), 25)
    assert sums(one) == (15, 10, False)
    one.closed((at(5), at(9)), 25)
    assert sums(one) == (15, 10, False)


def test_dropped_lines_that_were_read_all_the_same_are_forgiven_when_their_time_is_closed() -> None:
    one = ledger()
    one.drop(10, at(6))
    one.raise_floor(at(6))
    assert sums(one) == (0, 10, False)
    one.raise_floor(at(7))
    assert sums(one) == (0, 0, False)


def test_a_hole_nobody_can_count_is_told_so() -> None:
    one = ledger()
    one.give_up()
    assert sums(one) == (0, 0, False)
    one.answered(at(5), at(8))
    one.give_up()
    assert (one.hole, sums(one)) == (None, (0, 0, True))


def test_a_hole_that_was_counted_keeps_its_last_number_when_it_is_given_up() -> None:
    one = ledger()
    one.drop(4, at(6))
    one.answered(at(5), at(8))
    one.counted((at(5), at(8)), 25)
    one.give_up()
    assert sums(one) == (21, 4, False)


def test_the_account_is_closed_half_a_minute_back() -> None:
    assert ledger(*lines(40, 10)).mature(at(100.5)) == at(70)
    assert ledger().mature(at(10)) == at(0)


def test_it_is_closed_earlier_when_lines_are_many_but_never_what_the_next_question_reads_again() -> None:
    one = ledger(*(each for second in range(60, 100) for each in lines(second, 50)), keys=1000)
    assert one.mature(at(100)) == at(90)
    one = ledger(*(each for second in range(60, 100) for each in lines(second, 20)), keys=1000)
    assert one.mature(at(100)) == at(75)


def test_raising_the_floor_forgets_the_lines_before_it() -> None:
    one = ledger(*lines(5, 20), *lines(7, 30))
    one.raise_floor(at(7))
    assert (one.keys, one.floor, one.read(at(0), at(10))) == (30, at(7), 30)
    one.raise_floor(at(3))
    assert one.floor == at(7)


def test_no_more_lines_are_known_than_are_allowed_whatever_comes() -> None:
    one = FeedLedger(at(0), 1000)
    for second in range(100):
        for each in lines(second, 99):
            one.add(each)
        one.bound()
        assert one.keys <= 1000
    assert (one.floor, one.uncounted) == (at(90), False)


def test_a_single_second_may_be_too_much_and_a_hole_in_it_is_told_as_uncounted() -> None:
    one = FeedLedger(at(0), 1000)
    one.answered(at(0), at(5.5))
    for each in lines(5, 2000, apart=0.0):
        one.add(each)
    one.bound()
    assert (one.keys, one.floor, one.uncounted) == (0, at(6), True)


def test_a_successor_takes_the_sums_over_and_nothing_else() -> None:
    one = ledger(*lines(5, 20))
    one.answered(at(5), at(8))
    one.counted((at(5), at(8)), 25)
    new = one.successor(at(9))
    assert (new.keys, new.floor, new.hole, sums(new)) == (0, at(9), None, (5, 0, False))


def test_a_second_begins_where_it_begins() -> None:
    assert [whole(SECOND), whole(2 * SECOND - 1), whole(2 * SECOND)] == [SECOND, SECOND, 2 * SECOND]
