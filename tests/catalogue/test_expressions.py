"""Series, matchers and labels are read off an expression's tree."""

from __future__ import annotations

import pytest

from noc.catalogue.expressions import Expression, Matcher, Selector
from noc.model.errors import QueryError


def test_selectors_come_with_their_matchers_in_reading_order() -> None:
    expression = Expression('sum(rate(a_total{x="1", y!="2"}[5m] offset 1h)) / topk(3, b{z=~"3", w!~"4"})')
    assert expression.selectors == (
        Selector("a_total", (Matcher("x", "=", "1"), Matcher("y", "!=", "2"))),
        Selector("b", (Matcher("z", "=~", "3"), Matcher("w", "!~", "4"))),
    )


def test_selectors_are_found_in_every_place_an_expression_may_hold_one() -> None:
    expression = Expression(
        "quantile(scalar(a), -(b)) unless max_over_time((c > bool 1)[1h:1m]) or sum without (x) (d)"
    )
    assert [selector.name for selector in expression.selectors] == ["b", "a", "c", "d"]


def test_a_selector_without_a_name_has_an_empty_one() -> None:
    assert Expression('{job="x"}').selectors == (Selector("", (Matcher("job", "=", "x"),)),)


def test_labels_of_by_on_and_group_left_are_used_and_those_of_without_are_not() -> None:
    expression = Expression("sum by (a) (x) / on (b) group_left (c) (sum without (d) (y)) - ignoring (e) z")
    assert expression.used_labels == {"a", "b", "c"}


def test_labels_of_label_replace_are_made() -> None:
    expression = Expression('label_replace(x, "kind", "a", "", "") or label_join(y, "pair", "-", "a", "b")')
    assert expression.made_labels == {"kind", "pair"}


def test_what_is_no_promql_is_refused_with_the_parsers_words() -> None:
    with pytest.raises(QueryError, match=r"^no PromQL: unclosed left parenthesis$"):
        Expression("sum(")
