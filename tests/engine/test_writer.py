"""What is written parses to the tree that was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.syntax import Complaint, complaint, is_logql, one_line, parse
from noc.engine.writer import Writer, quoted

KEPT = [
    'sum by (job) (rate(x{a="b", c!~"d.*"}[5m] offset -1h))',
    "a / on (job) group_left (x, y) b",
    "a * on (b) group_right () b",
    "a == bool ignoring (c) b",
    "a + fill_left (0) fill_right (1) b",
    "2 ^ 3 ^ -x",
    "a - (b - c)",
    "x or y and z unless w",
    "rate(x[1s500ms] @ start())[1h:30s] @ end() offset 1d",
    "x @ 1609746000.123",
    'x{a="b" or c="d"}',
    "topk by (a) (5, x)",
    'count_values without (a) ("v", x)',
    "NaN + Inf - 0.1 * 1e-09 * x",
    "day_of_month()",
    "x atan2 y",
    '{__name__=~"a|b"}',
    'sum by ("a.b") (x)',
]


@pytest.mark.parametrize("expr", KEPT)
def test_normal_spelling_is_written_as_it_was_read(expr: str) -> None:
    assert Writer().write(parse(expr)) == expr


@given(st.text())
def test_any_text_survives_in_quotes_and_is_harmless(text: str) -> None:
    sound = text.encode("utf-8", "ignore").decode()
    literal = quoted(sound)
    assert all(char == " " or char.isprintable() for char in literal)
    assert parse(f'label_join(x, "a", {literal})').args[2].val == sound


@pytest.mark.parametrize(
    "expr", ["(" * 50_000, "-" * 30_000 + "x", "x" + "+x" * 8000, "x[1e400]", "x[" + "9" * 400 + "]"]
)
def test_what_would_bring_the_parser_down_is_refused(expr: str) -> None:
    with pytest.raises(ValueError, match=r"too long|out of range"):
        parse(expr)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty: type a metric's name"),
        ("sum(x", "a bracket is open: close it with )"),
        ("sum(x))", "one ) too many"),
        ("x{", "the braces are open: close them with }"),
        ("x[5m", "the range is open: close it as in [5m]"),
        ('x{a="', "a string is open: close its quotes"),
        ("x{a=b}", 'a label\'s value stands in quotes: job="api"'),
        ("rate(x)", "rate needs a range: rate(metric[5m])"),
        ("abs(x, y)", "abs takes 1 arguments, not 2"),
        ("rat(x[5m])", "no function named rat: did you mean rate?"),
        ("zzzzzz(x)", "no function named zzzzzz: a newer server may know it; Enter asks it"),
        ("x +", "something must follow at the end: after +"),
        ("sum by (a)", "an aggregation needs its vector in brackets: sum by (job) (up)"),
        ("x = 5", "one = compares nothing: write == outside of braces"),
        ("up down", "two expressions stand side by side: join them by an operator: + - * / and or unless"),
        ('x{a=~"("}', "( is no regular expression"),
        ("$job", "a variable stands here: write its value; the query line knows no $variables"),
        ('{job="x"} |= "err"', "this is LogQL: the query line asks Prometheus, and logs are not asked here"),
        ('rate({job="x"} | json [5m])', "this is LogQL: the query line asks Prometheus, and logs are not asked here"),
    ],
)
def test_complaints_are_plain_words_with_a_hint(text: str, words: str) -> None:
    assert str(complaint(text)) == words


@pytest.mark.parametrize(
    "text",
    ["up", 'x{a="} |= b"}', 'label_replace(x, "a", "$1", "b", "(.*)")', "x != y", "x{} != y", 'sum(x{a="b"} != y)'],
)
def test_sound_promql_is_not_complained_about(text: str) -> None:
    assert complaint(text) is None
    assert not is_logql(text)


def test_an_unfinished_text_is_told_from_a_wrong_one() -> None:
    assert complaint("sum(") == Complaint("a bracket is open", "close it with )", unfinished=True)
    assert complaint("sum())") == Complaint("one ) too many")


def test_a_pasted_expression_becomes_one_line_without_comments() -> None:
    assert one_line('sum( # all\n  rate(x{a="#b"}[5m])\x1b\n)\n') == 'sum( rate(x{a="#b"}[5m]) )'
