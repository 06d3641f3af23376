"""The line to the terminal: nothing late waits in it, and no more goes over it than it may."""

from __future__ import annotations

import io
import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.clock import FixedClock
from noc.ui.line import LEAST, MOST, SHARE, SLOW, Line, Output
from noc.ui.owed import Owed


def test_a_terminal_that_takes_all_is_never_waited_for_and_gets_all() -> None:
    line = Line(FixedClock(0.0))
    line.hand(50_000)
    line.took(50_000, 0.001)
    assert (line.wait(), line.room(), line.total, line.queued) == (0.0, math.inf, 50_000, 0)


def test_while_the_terminal_has_not_taken_a_part_the_next_waits_until_it_is_told() -> None:
    line, told = Line(FixedClock(0.0)), []
    line.on_free = lambda: told.append("free")
    line.hand(1000)
    line.took(400, 0.0)
    assert line.wait() == math.inf
    assert told == []
    line.took(600, 0.0)
    assert (told, line.wait()) == (["free"], 0.0)
    line.hand(10)
    line.took(10, 0.0)
    assert told == ["free"]  # nobody waited


def test_a_terminal_that_takes_its_time_gets_small_parts_until_it_has_been_fast_for_a_while() -> None:
    clock = FixedClock(0.0)
    line = Line(clock)
    line.hand(8000)
    line.took(8000, 2.0)
    assert line.room() == 4000 * SHARE
    clock.advance(10.0)
    assert line.room() == math.inf


@pytest.mark.parametrize("cap", [200, 1000, 20_000])
def test_under_a_cap_what_goes_in_any_time_is_no_more_than_the_cap_and_a_tenth(cap: int) -> None:
    clock = FixedClock(0.0)
    line = Line(clock, cap)
    sent = []
    while clock.now() < 30.0:
        wait = line.wait()
        if wait > 0:
            clock.advance(wait)
            continue
        size = int(line.room())
        line.hand(size)
        line.took(size, 0.0)
        sent.append((clock.now(), size))
    assert sum(size for _, size in sent) >= 0.9 * 30 * cap
    for begin in (0.0, 7.3):
        inside = sum(size for at, size in sent if begin <= at < begin + 20.0)
        assert inside <= 1.1 * 20 * cap
    assert all(size == max(LEAST, cap * SHARE) for _, size in sent)


def test_bytes_a_second_are_those_of_the_last_ten_seconds() -> None:
    clock = FixedClock(0.0)
    line = Line(clock)
    for _ in range(20):
        line.hand(500)
        line.took(500, 0.0)
        clock.advance(1.0)
    assert line.bytes_a_second() == 450.0
    clock.advance(60.0)
    assert (line.bytes_a_second(), line.total) == (0.0, 10_000)


def test_the_header_tells_of_a_line_that_is_capped_slow_or_metered_and_of_no_other() -> None:
    clock = FixedClock(0.0)
    line, capped = Line(clock), Line(clock, 2000)
    for one in (line, capped):
        one.hand(6400)
        one.took(6400, 0.01)
    assert [line.words(), line.words(True), capped.words()] == ["", "640 B/s", "640 B/s of 2 kB/s"]
    line.hand(100)
    line.took(100, 2 * SLOW)
    assert line.words() == "650 B/s"
    clock.advance(60.0)
    assert [line.words(), line.words(True), capped.words()] == ["", "0 B/s", "0 B/s of 2 kB/s"]


def test_what_waits_for_a_dead_terminal_is_bounded() -> None:
    line = Line(FixedClock(0.0))
    taken = [line.hand(MOST // 4) for _ in range(6)]
    assert taken == [True, True, True, True, False, False]
    assert line.queued == MOST


def test_the_thread_writes_all_and_says_when_the_terminal_has_it() -> None:
    file, done = io.StringIO(), threading.Event()
    output = Output(file)
    output.line.on_empty = done.set
    output.start()
    output.write("é" * 5000)
    assert done.wait(20)
    output.write("end")
    output.stop()
    assert file.getvalue() == "é" * 5000 + "end"
    assert (output.line.total, output.line.queued) == (10_003, 0)


class Stuck(io.StringIO):
    """A terminal that takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def write(self, text: str) -> int:
        self.go.wait(20)
        return super().write(text)


def test_what_a_locale_cannot_write_is_as_many_question_marks_and_ends_nothing() -> None:
    raw = io.BytesIO()
    thread = Output(io.TextIOWrapper(raw, encoding="latin-1"))
    thread.start()
    for text in ("é 日本 e\u0301", " on"):
        thread.write(text)
    thread.stop()
    assert raw.getvalue().decode("latin-1") == "é ???? e on"


def test_whoever_writes_to_a_terminal_that_stands_still_does_not_wait() -> None:
    file = Stuck()
    output = Output(file)
    output.start()
    for _ in range(1000):
        output.write("title")
    assert output.line.wait() == math.inf
    file.go.set()
    output.stop()
    assert output.line.total == 5000


def test_what_is_owed_longest_is_taken_first_and_each_cell_once() -> None:
    owed = Owed()
    owed.add([(5, 10, 20), (1, 0, 4)])
    owed.add([(5, 15, 30), (5, 40, 42), (3, 7, 7)])
    assert owed.cells == 26
    assert owed.take(math.inf) == [(5, 10, 30), (5, 40, 42), (1, 0, 4)]
    assert not owed


def test_what_a_key_changed_goes_before_the_rest() -> None:
    owed = Owed()
    owed.add([(1, 0, 80), (2, 0, 80)])
    owed.add([(7, 0, 10)], first=True)
    assert owed.take(10) == [(7, 0, 10)]


def test_a_row_that_changes_again_keeps_its_turn_so_that_none_starves() -> None:
    owed = Owed()
    owed.add([(0, 0, 10), (9, 0, 10)])
    assert owed.take(10) == [(0, 0, 10)]
    owed.add([(0, 0, 10)])
    assert owed.take(10) == [(9, 0, 10)]


def test_a_part_of_a_row_is_taken_and_the_rest_stays_owed() -> None:
    owed = Owed()
    owed.add([(4, 0, 100)])
    assert (owed.take(30), owed.take(0.5), owed.cells) == ([(4, 0, 30)], [(4, 30, 31)], 69)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 60), st.integers(0, 60), st.booleans()), max_size=30),
    st.integers(1, 50),
)
def test_every_cell_owed_is_taken_exactly_once(spans: list[tuple[int, int, int, bool]], cells: int) -> None:
    owed, wanted = Owed(), set()
    for row, start, stop, first in spans:
        owed.add([(row, start, stop)], first=first)
        wanted |= {(row, x) for x in range(start, stop)}
    taken = []
    while owed:
        part = owed.take(cells)
        assert 0 < sum(stop - start for _, start, stop in part) <= cells
        taken += [(row, x) for row, start, stop in part for x in range(start, stop)]
    assert sorted(taken) == sorted(wanted)
