"""Questions narrowed by labels: the text stays, the matchers come in where they belong, everywhere."""

from __future__ import annotations

import pytest

from noc.catalogue.expressions import Expression, Matcher, Selector
from noc.catalogue.logql.reading import parse, selectors
from noc.catalogue.metrics import load
from noc.catalogue.narrowing import narrowed
from noc.model.errors import QueryError

METRICS = load().metrics
PROMQL = {name: metric.query for name, metric in METRICS.items() if metric.query is not None}
LOGQL = {name: metric.logql for name, metric in METRICS.items() if metric.logql is not None}


def filled(query: str) -> str:
    for name in ("rate_interval", "interval", "range"):
        query = query.replace(f"$__{name}", "5m")
    return query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("up", 'up{a=~"$a"}'),
        ("up{}", 'up{a=~"$a"}'),
        ('up{job="x"}', 'up{job="x", a=~"$a"}'),
        ('up{job="x",}', 'up{job="x",a=~"$a"}'),
        ('{__name__="up"}', '{__name__="up", a=~"$a"}'),
        ("sum by (b) (rate(c[$__range]))", 'sum by (b) (rate(c{a=~"$a"}[$__range]))'),
        ("sum(c) by (b)", 'sum(c{a=~"$a"}) by (b)'),
        ("SUM BY (b) (c)", 'SUM BY (b) (c{a=~"$a"})'),
        ("c / on (b) group_left (e) d", 'c{a=~"$a"} / on (b) group_left (e) d{a=~"$a"}'),
        ("c / on (b) group_left d", 'c{a=~"$a"} / on (b) group_left d{a=~"$a"}'),
        ("c and d unless e > bool 1", 'c{a=~"$a"} and d{a=~"$a"} unless e{a=~"$a"} > bool 1'),
        ("max_over_time(c[1h:5m] offset 1d)", 'max_over_time(c{a=~"$a"}[1h:5m] offset 1d)'),
        ("c @ end() offset -5m", 'c{a=~"$a"} @ end() offset -5m'),
        ("c > -Inf # by (d)", 'c{a=~"$a"} > -Inf # by (d)'),
        ('c{b="}{", d=~"x{2}"} + 1e3', 'c{b="}{", d=~"x{2}", a=~"$a"} + 1e3'),
        ('label_replace(c, "x", "$1", "y", "(.*)")', 'label_replace(c{a=~"$a"}, "x", "$1", "y", "(.*)")'),
        ("histogram_quantile(0.9, node:c:sum)", 'histogram_quantile(0.9, node:c:sum{a=~"$a"})'),
        ("time() - 0x1f", "time() - 0x1f"),
    ],
)
def test_every_selector_gets_the_matcher_and_nothing_else_changes(query: str, expected: str) -> None:
    assert narrowed(query, {"a": "$a"}) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('{j="x"} | json', '{j="x"} | json | a=~"$a"'),
        ('{j="x"} | logfmt # all', '{j="x"} | logfmt # all\n| a=~"$a"'),
        ('{j="x"} |= "json"', '{j="x"} |= "json" | json | __error__="" | a=~"$a"'),
        ('rate({j="x"}[$__range])', 'rate({j="x"} | json | __error__="" | a=~"$a" [$__range])'),
        ('rate({j="x"} | json [5m])', 'rate({j="x"} | json | a=~"$a" [5m])'),
        (
            'sum(sum_over_time({j="x"} | json | unwrap t [5m])) / sum(rate({j="y"}[5m]))',
            'sum(sum_over_time({j="x"} | json | a=~"$a" | unwrap t [5m])) '
            '/ sum(rate({j="y"} | json | __error__="" | a=~"$a" [5m]))',
        ),
    ],
)
def test_every_pipeline_gets_the_filter_behind_its_parser(query: str, expected: str) -> None:
    assert narrowed(query, {"a": "$a"}, logql=True) == expected


def test_a_value_without_a_variable_is_meant_as_it_stands_and_several_labels_hold_together() -> None:
    where = {"a": 'x".*', "b": "${b}-.*"}
    assert narrowed("c", where) == 'c{a="x\\".*", b=~"${b}-.*"}'
    assert narrowed('{j="x"} | json', where, logql=True) == '{j="x"} | json | a="x\\".*" | b=~"${b}-.*"'
    assert narrowed("c", {}) == "c"


@pytest.mark.parametrize("name", PROMQL)
def test_every_metric_can_be_narrowed(name: str) -> None:
    before = Expression(filled(PROMQL[name])).selectors
    after = Expression(filled(narrowed(PROMQL[name], {"zone": "$zone"}))).selectors
    assert after == tuple(Selector(one.name, (*one.matchers, Matcher("zone", "=~", "$zone"))) for one in before)


@pytest.mark.parametrize("name", LOGQL)
def test_every_log_question_can_be_narrowed(name: str) -> None:
    made = narrowed(LOGQL[name], {"zone": "$zone"}, logql=True)
    assert made.count('| zone=~"$zone"') == len(list(selectors(parse(filled(LOGQL[name])))))
    assert list(selectors(parse(filled(made)))) == list(selectors(parse(filled(LOGQL[name]))))


@pytest.mark.parametrize("query", ["sum(", "c{a", "rate($metric[5m])", "c[5m", "by (x", "c > > d"])
def test_what_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        narrowed(query, {"a": "$a"})
