"""Expressions broken down by one more label: exact texts, refusals in words, and what always holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue.metrics import load
from noc.engine.split import additive, narrowed, obstacle, sample, selectors, split_by
from noc.engine.syntax import parse
from noc.engine.variables import builtins, interpolate

SPLIT = {
    # one aggregation
    'sum(rate(x{job="a"}[5m]))': 'sum by (t) (rate(x{job="a"}[5m]))',
    "sum by (job) (x)": "sum by (job, t) (x)",
    "sum(x) by (job)": "sum by (job, t) (x)",
    "sum by (t) (x)": "sum by (t) (x)",
    "sum without (instance, t) (x)": "sum without (instance) (x)",
    "sum without (t) (x)": "sum without () (x)",
    "sum without (instance) (x)": "sum without (instance) (x)",
    "quantile(0.9, x)": "quantile by (t) (0.9, x)",
    'count_values("version", x)': 'count_values by (t) ("version", x)',
    "sum(x @ end() offset 5m)": "sum by (t) (x @ end() offset 5m)",
    # none: parts that add up are added, others averaged
    "rate(x[5m])": "sum by (t) (rate(x[5m]))",
    "60 * increase(x[1m])": "sum by (t) (60 * increase(x[1m]))",
    "rate(a[5m]) + rate(b[5m])": "sum by (t) (rate(a[5m]) + rate(b[5m]))",
    "x": "avg by (t) (x)",
    "a / b": "avg by (t) (a / b)",
    "rate(a[5m]) / rate(b[5m])": "avg by (t) (rate(a[5m]) / rate(b[5m]))",
    # aggregations in aggregations and in functions
    "max(sum by (job) (x))": "max by (t) (sum by (job, t) (x))",
    "count(count by (job) (x))": "count by (t) (count by (job, t) (x))",
    "histogram_quantile(0.95, sum by (le) (rate(b_bucket[5m])))": (
        "histogram_quantile(0.95, sum by (le, t) (rate(b_bucket[5m])))"
    ),
    "max_over_time(sum(rate(x[5m]))[1h:5m])": "max_over_time(sum by (t) (rate(x[5m]))[1h:5m])",
    'label_replace(sum(x), "a", "$1", "b", "(.*)")': 'label_replace(sum by (t) (x), "a", "$1", "b", "(.*)")',
    "sort_desc(sum by (a) (x))": "sum by (a, t) (x)",
    # two sides
    "sum(a) / sum(b)": "sum by (t) (a) / sum by (t) (b)",
    "100 * (1 - sum(a) / sum(b))": "100 * (1 - sum by (t) (a) / sum by (t) (b))",
    "sum by (j) (a) / on (j) sum by (j) (b)": "sum by (j, t) (a) / on (j, t) sum by (j, t) (b)",
    "sum by (j, t) (a) / ignoring (t) sum by (j) (b)": None,
    "sum(a) / scalar(sum(b))": "sum by (t) (a) / scalar(sum(b))",
    "time() - max(a)": "time() - max by (t) (a)",
    "-sum(a)": "-sum by (t) (a)",
    "sum(a) + sum(b)": "(sum by (t) (a) + sum by (t) (b) or sum by (t) (a) or sum by (t) (b))",
    "sum(a) - sum(b)": "(sum by (t) (a) - sum by (t) (b) or sum by (t) (a) or -sum by (t) (b))",
    "sum(a) or sum(b)": "sum by (t) (a) or sum by (t) (b)",
    # sides that stay whole
    "sum by (c) (a) / ignoring (c) group_left () sum(b)": "sum by (c, t) (a) / ignoring (c, t) group_left () sum(b)",
    "sum(a) * on () group_right () sum by (j) (b)": "sum(a) * on () group_right () sum by (j, t) (b)",
    "rate(a[5m]) * on (i) group_left (t) info": "sum by (t) (rate(a[5m]) * on (i) group_left (t) info)",
    "sum(a) or vector(0)": "sum by (t) (a)",
    '(sum(a)) or on () (0 * max(up{job="z"} == 1))': "(sum by (t) (a))",
    "sum(a) and on () sum(b) > 5": "sum by (t) (a) and on () sum(b) > 5",
    "sum by (j) (a) unless sum by (j) (b)": "sum by (j, t) (a) unless ignoring (t) sum by (j) (b)",
    # selections give way to what they select from
    "topk(5, sum by (job) (a))": "sum by (job, t) (a)",
    "2 * topk(5, sum(a) / sum(b))": "2 * (sum by (t) (a) / sum by (t) (b))",
    "sum(topk(5, a))": "sum by (t) (topk(5, a))",
    "sum(a) > 5": "sum by (t) (a)",
    "5 < sum(a)": "sum by (t) (a)",
    "sum(a) > bool sum(b)": "sum by (t) (a)",
    "count(up == 0)": "count by (t) (up == 0)",
    # spelling
    'sum(x{a=~`\\d+"`}) # by hand': 'sum by (t) (x{a=~"\\\\d+\\""})',
    "sum(x{a='b)c,{'})": 'sum by (t) (x{a="b)c,{"})',
    'sum({"http.requests", "code.x"="5"})': 'sum by (t) ({__name__="http.requests", "code.x"="5"})',
}

REFUSED = {
    "1 + 2": "it is a single number and has no labels",
    "time()": "it is a single number and has no labels",
    "scalar(sum(x))": "it is a single number and has no labels",
    '"text"': "it is a single number and has no labels",
    "vector(1)": "its value has no labels",
    "hour()": "its value has no labels",
    "x[5m]": "it is a range, not a value",
    "absent(up)": "absent tells that nothing is there, and nothing has no parts",
    "sum(absent_over_time(up[5m]))": "absent_over_time tells that nothing is there, and nothing has no parts",
    "sum(a) / b": "one side of / is a whole, the other is not",
    "sum(a) + vector(1)": "one side of + has no labels",
    "sum(topk(5, sum by (j) (a)))": "topk chooses among wholes, and something is made of its choice",
    "count(sum by (j) (a) > 5)": "a comparison judges a whole, and something is made of its verdict",
    'label_replace(sum(x), "t", "a", "", "")': "t is made by label_replace out of a whole",
    'count_values("t", x)': "t is what count_values makes",
    "sum(x": "it cannot be read: a bracket is open: close it with )",
}


@pytest.mark.parametrize(("expr", "parts"), SPLIT.items(), ids=list(SPLIT))
def test_every_aggregation_on_the_way_keeps_the_label(expr: str, parts: str | None) -> None:
    assert split_by(expr, "t") == parts


@pytest.mark.parametrize(("expr", "reason"), REFUSED.items(), ids=list(REFUSED))
def test_what_has_no_parts_is_refused_with_the_reason(expr: str, reason: str) -> None:
    assert split_by(expr, "t") is None
    assert obstacle(expr, "t") == reason


def test_a_histogram_is_never_split_by_its_buckets() -> None:
    expr = "histogram_quantile(0.9, rate(b_bucket[5m]))"
    assert split_by(expr, "le") is None
    assert split_by(expr, "t") == "avg by (t) (histogram_quantile(0.9, rate(b_bucket[5m])))"


def test_labels_outside_the_classic_grammar_are_quoted() -> None:
    assert split_by("sum(x)", "http.route") == 'sum by ("http.route") (x)'


@pytest.mark.parametrize(
    ("expr", "adds"),
    [
        ("sum(x)", True),
        ("count by (a) (x)", True),
        ("count(count by (a) (x))", False),
        ("sum(max by (a) (x))", False),
        ("sum(sum by (a) (x))", True),
        ("60 * sum(rate(x[1m]))", True),
        ("sum(a) - sum(b)", True),
        ("sum(a) + 1", False),
        ("sum(a) / sum(b)", False),
        ("1 / sum(a)", False),
        ("max(x)", False),
        ("avg(x)", False),
        ("up", False),
        ("rate(x[5m]) * on (i) group_left () info", True),
        ("sum(x", False),
    ],
)
def test_only_counts_and_their_multiples_add_up(expr: str, adds: bool) -> None:
    assert additive(expr) is adds


def test_selectors_are_those_the_value_is_made_of() -> None:
    expr = 'sum(rate(a{x="1"}[5m] offset 1h)) / sum(b) + sum(b) or on () (up{job="z"} == 1)'
    assert selectors(expr) == ['a{x="1"}', "b"]
    assert selectors("sum(") == []
    assert sample('a{x="1"}', 20) == 'topk(20, a{x="1"})'


def test_narrowed_leaves_fallbacks_alone_and_replaces_a_matcher_it_makes_needless() -> None:
    expr = 'sum(rate(a{t=~"x|y", u!="z"}[5m])) or on () (0 * up)'
    assert narrowed(expr, "t", 'q"\n') == 'sum(rate(a{u!="z", t="q\\"\\n"}[5m])) or on () (0 * up)'
    assert narrowed("sum(", "t", "x") is None


def test_every_catalogue_query_has_parts_or_a_reason() -> None:
    values = builtins(step=15, span=3600, scrape_interval=15)
    metrics = [metric for metric in load().metrics.values() if metric.query is not None]
    refused = {}
    for metric in metrics:
        expr = interpolate(metric.panel_query, values)
        parts = split_by(expr, "t")
        if parts is None:
            refused[metric.title] = obstacle(expr, "t")
        else:
            parse(parts)
    assert all(refused.values())
    assert len(refused) < len(metrics) / 20


SELECTORS = st.sampled_from(["a", 'b{x="1"}', 'c{t=~"p|q"}', "up"])


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouping = st.sampled_from(["", " by (j)", " by (t, j)", " without (t)", " without (i)"])
    matching = st.sampled_from(["", " on (j)", " ignoring (i, t)", " on ()"])
    return st.one_of(
        st.builds("{}{} ({})".format, st.sampled_from(["sum", "max", "count", "avg"]), grouping, inner),
        st.builds("topk(3, {})".format, inner),
        st.builds("abs({})".format, inner),
        st.builds("-({})".format, inner),
        st.builds("max_over_time(({})[1h:5m])".format, inner),
        st.builds(
            "({}) {}{} ({})".format, inner, st.sampled_from(["+", "/", "and", "or", "unless", ">"]), matching, inner
        ),
        st.builds("({}) > 3".format, inner),
        st.builds("({}) * on (j) group_left (v) ({})".format, inner, inner),
        st.builds("scalar({}) + ({})".format, inner, inner),
        st.builds('label_replace({}, "t", "x", "j", "(.*)")'.format, inner),
    )


EXPRESSIONS = st.recursive(SELECTORS | SELECTORS.map("rate({}[5m])".format), _deeper, max_leaves=6)


@given(EXPRESSIONS)
def test_a_split_always_parses_and_a_refusal_always_has_a_reason(expr: str) -> None:
    parts = split_by(expr, "t")
    if parts is None:
        assert obstacle(expr, "t")
    else:
        parse(parts)
        assert obstacle(expr, "t") == ""


@given(EXPRESSIONS)
def test_splitting_twice_by_one_label_changes_nothing_more(expr: str) -> None:
    once = split_by(expr, "t")
    if once is not None:
        assert split_by(once, "t") == once
