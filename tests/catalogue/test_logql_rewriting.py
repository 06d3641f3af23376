"""Log queries guarded against broken lines, counted, and narrowed, by their text."""

from __future__ import annotations

import pytest
from hypothesis import given

from noc.catalogue.logql import LogQLError, LogQuery, counted, filtered, guarded, parse, written
from noc.catalogue.logql.syntax import Comparison, Grouping, LabelFilter, Parser, RangeAggregation, VectorAggregation
from tests.catalogue.logqltrees import LOG_QUERIES

NO_ERROR = LabelFilter(Comparison("__error__", "=", ""))
MINUTE = 60_000_000_000


@pytest.mark.parametrize("stage", ["json", 'json a="b"', "logfmt", 'regexp "(?P<a>b)"', 'pattern "<a>"', "unpack"])
def test_a_query_that_reads_its_lines_leaves_out_those_it_cannot_read(stage: str) -> None:
    assert guarded(f'{{a="b"}} | {stage}') == f'{{a="b"}} | {stage} | __error__=""'


@pytest.mark.parametrize(
    "text",
    [
        '{a="b"}',
        '{a="b"} |= "json"',
        '{a="b"} | level="x"',
        '{a="b"} | json | __error__!=""',
        '{a="b"} | json | drop __error__',
    ],
)
def test_a_query_that_reads_nothing_or_minds_errors_itself_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_lines_are_counted_in_a_window_by_labels_and_long_ago() -> None:
    assert counted('{a="b"}', "5m") == 'sum (count_over_time({a="b"} [5m]))'
    assert counted('{a="b"} | json', "30m", ["ip", "path"], "1d") == (
        'sum by (ip, path) (count_over_time({a="b"} | json | __error__="" [30m] offset 1d))'
    )


def test_a_comment_at_the_end_swallows_nothing() -> None:
    assert counted('{a="b"} # all of it', "5m", ["ip"]) == 'sum by (ip) (count_over_time({a="b"} # all of it\n[5m]))'
    assert guarded('{a="b"} # first\n| json # then  ') == '{a="b"} # first\n| json # then\n| __error__=""'
    assert filtered('{a="b"} | json # x', 'ip="1"') == '{a="b"} | json # x\n| ip="1"'


def test_a_sign_of_comments_inside_a_text_does_no_harm() -> None:
    assert parse(counted('{a="b"} |= "# no"', "5m")) == parse('sum(count_over_time({a="b"} |= "# no" [5m]))')


def test_one_more_filter_reads_the_lines_first_where_nothing_does() -> None:
    assert filtered('{a="b"} |= "x"', 'ip="203.0.113.1"') == '{a="b"} |= "x" | json | ip="203.0.113.1"'
    assert filtered('{a="b"} | json', 'ip="203.0.113.1"') == '{a="b"} | json | ip="203.0.113.1"'


@pytest.mark.parametrize("text", ['{a="b"', "{}", 'rate({a="b"}[5m])', ""])
def test_what_is_no_log_query_is_refused(text: str) -> None:
    for rewrite in (guarded, lambda one: counted(one, "5m"), lambda one: filtered(one, 'a="b"')):
        with pytest.raises(LogQLError):
            rewrite(text)


@given(LOG_QUERIES)
def test_every_log_query_can_be_counted_and_narrowed(query: LogQuery) -> None:
    text = written(query)
    parsers = [stage for stage in query.stages if isinstance(stage, Parser)]
    expected = (*query.stages, NO_ERROR) if parsers and "__error__" not in text else query.stages
    assert parse(counted(text, "5m", ["ip"])) == VectorAggregation(
        "sum", RangeAggregation("count_over_time", LogQuery(query.matchers, expected), 5 * MINUTE), Grouping(("ip",))
    )
    one_more = LabelFilter(Comparison("ip", "=", "x"))
    stages = (*query.stages, one_more) if parsers else (*query.stages, Parser("json"), one_more)
    assert parse(filtered(text, 'ip="x"')) == LogQuery(query.matchers, stages)
