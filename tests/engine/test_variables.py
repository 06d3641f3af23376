"""Variables are replaced as tokens and escaped for the place they land in."""

from __future__ import annotations

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.variables import ALL, builtins, held, interpolate, used
from noc.model.errors import QueryError

VALUES = {
    "job": ("api",),
    "job_name": ("shop",),
    "jobs": ("api", "web.eu"),
    "every": (ALL,),
    "odd": ('a.b"c\\d',),
    "n": ("5",),
    "window": ("5m",),
    "by": ("instance", "job"),
    "empty": (),
    "nested": ("$job",),
    "tick": ("a`b",),
    "lines": ("a\nb",),
    **builtins(step=30.0, span=3600.0, scrape_interval=15.0),
}


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ('up{job="$job"}', 'up{job="api"}'),
        ('up{job="${job}"}', 'up{job="api"}'),
        ("up{job='$job'}", "up{job='api'}"),
        ('up{job="$job_name"}', 'up{job="shop"}'),
        ('up{job="${job}_name"}', 'up{job="api_name"}'),
        ('up{job="$job-x"}', 'up{job="api-x"}'),
        ('up{job=~"$job"}', 'up{job=~"api"}'),
        ('up{job=~"$jobs"}', r'up{job=~"(api|web\\.eu)"}'),
        ('up{job!~"$jobs"}', r'up{job!~"(api|web\\.eu)"}'),
        ('up{job =~ "$jobs"}', r'up{job =~ "(api|web\\.eu)"}'),
        ("up{job=~`$jobs`}", r"up{job=~`(api|web\.eu)`}"),
        ('up{job=~"$every"}', 'up{job=~".*"}'),
        ('up{job=~"x-$job.*"}', 'up{job=~"x-api.*"}'),
        ('up{job="$odd"}', r'up{job="a.b\"c\\d"}'),
        ("up{job='$odd'}", r"""up{job='a.b"c\\d'}"""),
        ('up{job=~"$odd"}', r'up{job=~"a\\.b\"c\\\\d"}'),
        ('up{job="$lines"}', r'up{job="a\nb"}'),
        ('up{job="$nested"}', 'up{job="$job"}'),
        ("topk($n, up)", "topk(5, up)"),
        ("sum by ($by) (up)", "sum by (instance, job) (up)"),
        ("rate(x[$window])", "rate(x[5m])"),
        ("rate(x[${window}])", "rate(x[5m])"),
        ("rate(x[$__rate_interval])", "rate(x[60s])"),
        ("rate(x[${__rate_interval}])", "rate(x[60s])"),
        ("increase(x[$__range]) / $__range_s", "increase(x[3600s]) / 3600"),
        ("x * $__interval_ms + $__range_ms", "x * 30000 + 3600000"),
        ("max_over_time(x[$__interval])", "max_over_time(x[30s])"),
        ('label_replace(up, "a", "$1", "b", "(.*)")', 'label_replace(up, "a", "$1", "b", "(.*)")'),
        ('label_replace(up, "a", "${1}", "b", "(.*)")', 'label_replace(up, "a", "${1}", "b", "(.*)")'),
        ('label_replace(up, "a", "$x", "b", "(?P<x>.*)$")', 'label_replace(up, "a", "$x", "b", "(?P<x>.*)$")'),
        ('up{job=~"api$"}', 'up{job=~"api$"}'),
        ("up # of $nobody\n + $n", "up # of $nobody\n + 5"),
        ('{app="$job"} |~ "$jobs" |= `$job`', r'{app="api"} |~ "(api|web\\.eu)" |= `api`'),
        ('up{a="\\"$job"}', 'up{a="\\"api"}'),
        ("up == $n", "up == 5"),
    ],
)
def test_a_variable_is_written_for_its_place(expr: str, expected: str) -> None:
    assert interpolate(expr, VALUES) == expected


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ('up{job="$jbo"}', "unknown variable $jbo, did you mean $job?"),
        ('up{job="$zzz"}', "unknown variable $zzz"),
        ("rate(x[$__rate_intervall])", "unknown variable $__rate_intervall, did you mean $__rate_interval?"),
        ('up{job="$empty"}', "$empty has no value yet"),
        ('up{job="$jobs"}', "$jobs has several values where one can stand; write =~ instead of ="),
        ('up{job!="$jobs"}', "$jobs has several values where one can stand; write !~ instead of !="),
        ('up{job="$every"}', "$every has several values where one can stand; write =~ instead of ="),
        ('label_replace(up, "a", "$jobs", "b", "c")', "$jobs has several values where one can stand"),
        ("up{job=`$tick`}", "the value of $tick holds a backtick and cannot stand in a `…` string"),
        ("topk($odd, up)", "$odd stands outside quotes and cannot be 'a.b\"c\\\\d'; put it into a quoted string"),
        ("topk($every, up)", "$every stands outside quotes and cannot be all values; put it into a quoted string"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_hint(expr: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        interpolate(expr, VALUES)
    assert str(caught.value) == message


def test_the_variables_used_are_listed_once_in_order_without_built_in_ones() -> None:
    assert used('rate(x{job="$job",a="$b"}[$__interval]) + y{job=~"${job}"} # $c') == ("job", "b")


@pytest.mark.parametrize(
    ("step", "scrape", "expected"), [(15.0, 15.0, "60s"), (60.0, 15.0, "75s"), (1.0, 0.5, "2s"), (0.25, 0.1, "400ms")]
)
def test_the_rate_interval_covers_four_scrapes_and_one_step_more(step: float, scrape: float, expected: str) -> None:
    assert builtins(step=step, span=60.0, scrape_interval=scrape)["__rate_interval"] == (expected,)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
def test_any_value_survives_as_the_very_same_string(value: str) -> None:
    tree = promql_parser.parse(interpolate('up{a="$v"}', {"v": (value,)}))
    assert tree.matchers.matchers[0].value == value


@given(st.lists(st.text("ab.*+|()[]{}^$\\\"'`? ", min_size=1, max_size=6), min_size=1, max_size=4))
def test_values_in_a_regular_expression_match_themselves_and_nothing_else(chosen: list[str]) -> None:
    import re

    tree = promql_parser.parse(interpolate('up{a=~"$v"}', {"v": tuple(chosen)}))
    pattern = re.compile(tree.matchers.matchers[0].value)
    assert all(pattern.fullmatch(value) for value in chosen)
    assert not pattern.fullmatch("zz")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$job", "api"),
        ("${job}", "api"),
        ("plain", "plain"),
        ("$odd", 'a.b"c\\d'),
        ("$jobs", None),
        ("$every", None),
        ("$empty", None),
        ("$unknown", None),
        ("$job-.*", None),
    ],
)
def test_what_a_panel_is_narrowed_to_is_held_where_one_value_is_left(text: str, expected: str | None) -> None:
    assert held({"a": text}, VALUES) == ({} if expected is None else {"a": expected})
