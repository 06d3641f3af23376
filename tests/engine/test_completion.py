"""What stands at the cursor of a half-typed expression, and what completing it makes of the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.completion import (
    Candidate,
    Context,
    Place,
    completed,
    context,
    label_values,
    labels,
    metrics_in,
    nearest,
    ranges,
    words,
)
from noc.engine.syntax import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Context(Place.EXPRESSION)),
        ("su", Context(Place.EXPRESSION, 0, "su")),
        ("sum(ra", Context(Place.EXPRESSION, 4, "ra")),
        ("a + ", Context(Place.EXPRESSION, 4)),
        ("5", Context(Place.NOTHING)),
        ("# up", Context(Place.NOTHING)),
        ('label_replace(x, "up', Context(Place.NOTHING)),
        ("x{", Context(Place.LABEL, 2, "", "x")),
        ("{jo", Context(Place.LABEL, 1, "jo")),
        ('sum(x{a="b,c", jo', Context(Place.LABEL, 15, "jo", "x")),
        ("x{job=", Context(Place.NOTHING)),
        ('x{job="a"', Context(Place.NOTHING)),
        ('x{job="a', Context(Place.VALUE, 7, "a", "x", "x", "job", "=")),
        ("x{job!='", Context(Place.VALUE, 8, "", "x", "x", "job", "!=")),
        ('x{a="b,c",job=~"p', Context(Place.VALUE, 16, "p", "x", 'x{a="b,c"}', "job", "=~")),
        ("sum by (", Context(Place.GROUPING, 8)),
        ("rate(x[5m]) / on (j", Context(Place.GROUPING, 18, "j", metrics=("x",))),
        ("rate(x[", Context(Place.RANGE, 7)),
        ("rate(x[1", Context(Place.RANGE, 7, "1")),
        ("sum by (job) (rate(x[5m]) > ", Context(Place.EXPRESSION, 28)),
    ],
)
def test_the_place_of_the_cursor(text: str, expected: Context) -> None:
    assert context(text, len(text)) == expected


def test_grouping_knows_the_metrics_behind_the_cursor() -> None:
    text = "sum by () (rate(requests_total{code='5'}[5m])) / sum(up)"
    assert context(text, 8).metrics == ("requests_total", "up")
    assert metrics_in("sum by (job) (label_replace(x, 'a', 'b', 'c', 'd'))") == ("x",)


def test_functions_come_by_their_beginning_and_metrics_by_any_part() -> None:
    texts = [one.text for one in words("rat", ["http_rate", "rate_of_x", "up"])]
    assert texts == ["rate", "rate_of_x", "http_rate"]
    assert words("", ["up"]) == []
    assert [one.insert for one in words("http.", ["http.requests"])] == ['{"http.requests"}']


def test_a_label_brings_its_opening_quote_and_a_value_its_closing_one() -> None:
    assert labels("in", ["__name__", "instance", "job"]) == [Candidate("instance", "", 'instance="')]
    assert labels("", ["a.b"], grouping=True) == [Candidate("a.b", "", '"a.b"')]
    at = context('x{job="a', 8)
    assert [one.insert for one in label_values(at, ['a"b', "b"])] == ['a\\"b"']
    regex = context('x{job=~"', 8)
    assert [one.insert for one in label_values(regex, ["a.b"])] == ['a\\\\.b"']
    assert [one.insert for one in ranges("1")] == ["1m]", "10m]", "15m]", "1h]", "1d]"]


def test_a_value_that_would_move_the_cursor_is_inserted_as_its_escape() -> None:
    (one,) = label_values(context('x{job="', 7), ["\x1b[2J"])
    assert one.insert == '\\x1b[2J"'


def test_what_is_closed_already_is_not_closed_twice() -> None:
    assert completed('x{job="a"}', context('x{job="a"}', 8), 8, Candidate("api", "", 'api"')) == ('x{job="api"}', 11)
    assert completed("ra(x)", context("ra(x)", 2), 2, Candidate("rate", "", "rate(")) == ("rate(x)", 5)
    assert completed("rate(x[", context("rate(x[", 7), 7, Candidate("5m", "", "5m]")) == ("rate(x[5m]", 10)


def test_names_that_begin_with_the_text_stand_before_those_that_hold_it() -> None:
    assert nearest("Job", ["a_job", "job_b", "x", "job_a"]) == ["job_a", "job_b", "a_job"]


@given(st.text(alphabet="ab{}[]()\"'`=~!,# \\0._", max_size=30), st.integers(0, 30))
def test_no_text_is_too_broken_to_look_at(text: str, cursor: int) -> None:
    at = context(text, min(cursor, len(text)))
    assert text[at.start :].startswith(at.prefix)


@given(st.text(min_size=1), st.sampled_from(["=", "=~"]))
def test_any_value_completed_makes_a_sound_matcher(value: str, operator: str) -> None:
    value = value.encode("utf-8", "ignore").decode()
    text = f'x{{job{operator}"'
    at = context(text, len(text))
    for one in label_values(at, [value]):
        full, _ = completed(text, at, len(text), one)
        (matcher,) = parse(full + "}").matchers.matchers
        assert operator == "=~" or matcher.value == value
