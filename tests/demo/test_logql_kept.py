"""Samples kept from query to query: the same answers, and hardly anything read twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue.logql import LogQuery, parse
from noc.demo.logql.answers import Reader, points
from noc.demo.logql.fault import PipelineError
from noc.demo.logql.kept import BLOCK, Kept
from noc.demo.logql.source import LineTable
from noc.demo.samples import LabelMatcher
from noc.model.logs import SECOND, LogLine

ORIGIN = 1_700_000_000 // 300 * 300
"""Unix seconds, at the edge of a block."""
HOUR = 3600
LABELS = (("app", "shop"),)


class _Counting(LineTable):
    """Counts how many lines were taken from it."""

    taken = 0

    def lines(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> Iterator[LogLine]:
        for line in super().lines(matchers, start, end):
            self.taken += 1
            yield line


def _table(broken_at: int | None = None) -> _Counting:
    """A line every ten seconds of six hours."""
    texts = {second: f'{{"n": {second % 7}, "kind": "{"abc"[second // 10 % 3]}"}}' for second in range(0, 6 * HOUR, 10)}
    if broken_at is not None:
        texts[broken_at] = "broken"
    return _Counting([LogLine((ORIGIN + second) * SECOND, text, LABELS) for second, text in sorted(texts.items())])


def _answer(query: str, table: LineTable, start: int, end: int, step: int, kept: Kept | None, settled: int = 6 * HOUR):
    expr = parse(query)
    assert not isinstance(expr, LogQuery)
    steps = np.arange((ORIGIN + start) * SECOND, (ORIGIN + end) * SECOND + 1, step * SECOND, dtype=np.int64)
    value = Reader(table, kept, (ORIGIN + settled) * SECOND).samples(expr, steps)
    return [(one.labels, one.times.tolist(), one.values.tolist()) for one in points(value, steps)]


QUERIES = (
    'sum by (kind) (count_over_time({app="shop"} | json [7m]))',
    'quantile_over_time(0.5, {app="shop"} | json | unwrap n [10m]) by (kind)',
    'sum(rate({app="shop"} |= "1" [90s] offset 10m))',
    'absent_over_time({app="shop"} | json | n>5 [1m])',
)


@given(
    st.lists(
        st.tuples(st.sampled_from(QUERIES), st.integers(0, 5 * HOUR), st.integers(1, HOUR), st.integers(30, 700)),
        min_size=1,
        max_size=6,
    )
)
def test_answers_are_the_same_with_and_without(asked: list[tuple[str, int, int, int]]) -> None:
    table, kept = _table(), Kept(room=3000)
    for query, start, span, step in asked:
        plain = _answer(query, table, start, start + span, step, None)
        assert _answer(query, table, start, start + span, step, kept, settled=4 * HOUR) == plain


def test_a_day_asked_for_again_reads_what_is_new() -> None:
    table, kept = _table(), Kept()
    query = 'sum by (kind) (count_over_time({app="shop"} | json [10m]))'
    _answer(query, table, HOUR, 5 * HOUR, 60, kept, settled=5 * HOUR)
    first, table.taken = table.taken, 0
    _answer(query, table, HOUR + 30, 5 * HOUR + 30, 60, kept, settled=5 * HOUR + 30)
    assert first == (4 * HOUR + 600) // 10
    assert table.taken <= 2 * BLOCK // SECOND // 10


def test_other_windows_and_steps_use_what_is_kept_and_other_labels_do_not() -> None:
    table, kept = _table(), Kept()
    _answer('sum by (kind) (count_over_time({app="shop"} | json [10m]))', table, HOUR, 5 * HOUR, 60, kept)
    table.taken = 0
    _answer('sum by (kind) (count_over_time({app="shop"} | json [1h]))', table, 3 * HOUR, 5 * HOUR, 300, kept)
    assert table.taken <= 2 * BLOCK // SECOND // 10
    _answer('sum by (n) (count_over_time({app="shop"} | json [1h]))', table, 3 * HOUR, 5 * HOUR, 300, kept)
    assert table.taken > 500


def test_what_is_not_settled_is_not_kept() -> None:
    table, kept = _table(), Kept()
    query = 'sum(count_over_time({app="shop"}[10m]))'
    _answer(query, table, HOUR, 2 * HOUR, 60, kept, settled=0)
    table.taken = 0
    _answer(query, table, HOUR, 2 * HOUR, 60, kept, settled=0)
    assert table.taken == (HOUR + 600) // 10


def test_a_broken_line_fails_the_queries_whose_window_holds_it_and_no_others() -> None:
    table, kept = _table(broken_at=2 * HOUR + 10), Kept()
    query = 'sum by (kind) (count_over_time({app="shop"} | json [5m]))'
    for _ in range(2):
        with pytest.raises(PipelineError):
            _answer(query, table, HOUR, 3 * HOUR, 60, kept)
        assert _answer(query, table, 3 * HOUR, 4 * HOUR, 60, kept)
        assert _answer(query, table, HOUR, 2 * HOUR, 60, kept)


def test_room_is_made_by_what_was_used_least() -> None:
    table, kept = _table(), Kept(room=1000)
    query = 'sum(count_over_time({app="shop"}[5m]))'
    for hour in range(5):
        _answer(query, table, hour * HOUR, (hour + 1) * HOUR, 60, kept)
    assert kept._size <= 1000
    assert 0 < len(kept._blocks) < 30
    table.taken = 0
    _answer(query, table, 4 * HOUR + 1800, 5 * HOUR, 60, kept)
    assert table.taken <= BLOCK // SECOND // 10


def test_threads_share_it() -> None:
    table, kept = _table(), Kept(room=2000)

    def ask(number: int) -> object:
        return _answer(QUERIES[number % len(QUERIES)], table, number % 5 * HOUR, (number % 5 + 1) * HOUR, 60, kept)

    alone = [ask(number) for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(20))) == alone
