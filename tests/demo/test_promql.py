"""PromQL on tables small enough to check by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from noc.demo.promql import (
    SUPPORTED,
    ExecutionError,
    Options,
    ParseError,
    UnsupportedError,
    evaluate_instant,
    evaluate_range,
)
from noc.demo.samples import Samples, SampleTable
from noc.model.errors import QueryError
from noc.model.series import Series
from tests.demo.promql_tables import STALE, ask, ask_range, table

COUNTER = table(c=[0, 10, 20, 30, 40, 50])
FLEET = table(up__i_a=[1, 1, 1], up__i_b=[0, 0, 0], load__i_a=[2, 4, 6], load__i_b=[1, 1, 1])


def test_a_selector_sees_the_newest_sample_within_five_minutes() -> None:
    assert ask(COUNTER, "c", 1044) == {"c{}": 40}
    assert ask(COUNTER, "c", 1050 + 300) == {"c{}": 50}
    assert ask(COUNTER, "c", 1050 + 300.001) == {}
    assert ask(COUNTER, "c", 999.999) == {}


def test_3x_excludes_the_left_edge_of_lookback_and_windows() -> None:
    assert ask(COUNTER, "c", 1050 + 300, edges="3.x") == {}
    assert ask(COUNTER, "count_over_time(c[20s])", 1050) == {"{}": 3}
    assert ask(COUNTER, "count_over_time(c[20s])", 1050, edges="3.x") == {"{}": 2}
    assert ask(COUNTER, "rate(c[10s])", 1050, edges="3.x") == {}
    assert ask(COUNTER, "count_over_time(c[20s:10s])", 1050) == {"{}": 3}
    assert ask(COUNTER, "count_over_time(c[20s:10s])", 1050, edges="3.x") == {"{}": 2}


def test_a_stale_marker_ends_a_series_at_once_and_is_no_sample() -> None:
    source = table(c=[1, 2, STALE, 4])
    assert ask(source, "c", 1019) == {"c{}": 2}
    assert ask(source, "c", 1020) == {}
    assert ask(source, "c", 1030) == {"c{}": 4}
    assert ask(source, "count_over_time(c[1m])", 1030) == {"{}": 3}
    assert ask(source, "absent(c)", 1025) == {"{}": 1}


def test_rate_extrapolates_to_the_window_but_not_far_beyond_the_samples() -> None:
    assert ask(COUNTER, "increase(c[50s])", 1050) == {"{}": 50}
    assert ask(COUNTER, "rate(c[40s])", 1050) == {"{}": 1}
    # the window reaches 10 s before the first and 25 s after the last sample; 10 < 11 counts in full, 25 as half an interval,
    # but a counter that began at 0 is not extrapolated below 0
    assert ask(COUNTER, "increase(c[85s])", 1075) == {"{}": pytest.approx(55)}
    assert ask(table(c=[5, 15, 25]), "increase(c[35s])", 1025) == {"{}": pytest.approx(20 * (20 + 5 + 5) / 20)}
    assert ask(table(g=[5, 15, 25]), "delta(g[35s])", 1025) == {"{}": pytest.approx(20 * (20 + 10 + 5) / 20)}


def test_the_limit_at_zero_comes_before_the_threshold_in_2x_and_after_it_in_3x() -> None:
    source = table(c=[14, 24, 34])
    # 30 s before the first sample: beyond 11 s, so half an interval; the counter would be zero 14 s before
    assert ask(source, "increase(c[50s])", 1020) == {"{}": 20 * (20 + 5) / 20}
    assert ask(table(c=[3, 13, 23]), "increase(c[50s])", 1020) == {"{}": 20 * (20 + 3) / 20}
    assert ask(table(c=[9, 19, 29]), "increase(c[50s])", 1020) == {"{}": 20 * (20 + 9) / 20}
    assert ask(table(c=[9, 19, 29]), "increase(c[50s])", 1020, edges="3.x") == {"{}": 20 * (20 + 5) / 20}


def test_counter_resets_add_what_was_counted_before() -> None:
    source = table(c=[10, 20, 5, 15, 2, 12])
    assert ask(source, "increase(c[50s])", 1050) == {"{}": 2 + 20 + 15}
    assert ask(source, "resets(c[50s])", 1050) == {"{}": 2}
    assert ask(source, "irate(c[50s])", 1045) == {"{}": 0.2}
    assert ask(source, "idelta(c[50s])", 1045) == {"{}": -13}


def test_one_sample_makes_no_rate() -> None:
    for function in ("rate", "increase", "delta", "irate", "idelta", "deriv"):
        assert ask(COUNTER, f"{function}(c[5s])", 1050) == {}


def test_range_answers_are_the_instant_answers_of_each_step() -> None:
    matrix = ask_range(COUNTER, "rate(c[20s]) + c", 1015, 1080, 5)
    for at in range(1015, 1081, 5):
        assert ask(COUNTER, "rate(c[20s]) + c", at) == {k: v for k, vs in matrix.items() for t, v in vs if t == at}


def test_a_range_ends_on_its_grid() -> None:
    assert ask_range(COUNTER, "time()", 1000, 1025, 10) == {"{}": [(1000, 1000), (1010, 1010), (1020, 1020)]}


def test_offsets_and_fixed_times() -> None:
    assert ask(COUNTER, "c offset 20s", 1050) == {"c{}": 30}
    assert ask(COUNTER, "c offset -20s", 1010) == {"c{}": 30}
    assert ask(COUNTER, "c @ 1020", 1050) == {"c{}": 20}
    assert ask(COUNTER, "c @ 1030 offset 10s", 1050) == {"c{}": 20}
    assert ask_range(COUNTER, "c - c @ start()", 1010, 1030, 10) == {"{}": [(1010, 0), (1020, 10), (1030, 20)]}
    assert ask_range(COUNTER, "c @ end()", 1010, 1030, 10) == {"c{}": [(1010, 30), (1020, 30), (1030, 30)]}


def test_subqueries_are_evaluated_on_multiples_of_their_step() -> None:
    assert ask(COUNTER, "sum_over_time(c[25s:10s])", 1047) == {"{}": 30 + 40}
    assert ask(COUNTER, "max_over_time(rate(c[20s])[20s:10s])", 1050) == {"{}": 1}
    assert ask(COUNTER, "count_over_time(c[1m:])", 1050, subquery_step=15) == {"{}": 4}
    assert ask(COUNTER, "count_over_time(c[1m:])", 1050) == {"{}": 1}
    result = evaluate_instant("sum(c)[25s:10s]", 1047, COUNTER)
    assert result.kind == "matrix"
    assert result.series() == (Series.of({}, [(1030, 30), (1040, 40)]),)


def test_over_time_functions() -> None:
    source = table(g=[4, 1, math.nan, 3])
    answers = {
        "min": 1,
        "max": 4,
        "count": 4,
        "last": 3,
        "present": 1,
    }
    for function, value in answers.items():
        assert list(ask(source, f"{function}_over_time(g[1m])").values()) == [value]
    plain = table(g=[4, 1, 7])
    assert ask(plain, "avg_over_time(g[1m])") == {"{}": 4}
    assert ask(plain, "stdvar_over_time(g[1m])") == {"{}": 6}
    assert ask(plain, "stddev_over_time(g[1m])") == {"{}": math.sqrt(6)}
    assert ask(plain, "quantile_over_time(0.75, g[1m])") == {"{}": 5.5}
    assert ask(plain, "changes(g[1m])") == {"{}": 2}
    assert ask(plain, "deriv(g[1m])") == {"{}": pytest.approx(0.15)}
    assert ask(plain, "predict_linear(g[1m], 60)", 1020) == {"{}": pytest.approx(4 + 0.15 * 70)}


def test_sums_are_compensated() -> None:
    source = table(g=[1e100, 1, -1e100])
    assert ask(source, "sum_over_time(g[1m])") == {"{}": 1}
    assert ask(table(g=[math.inf, 1]), "avg_over_time(g[1m])") == {"{}": math.inf}
    assert ask(table(g=[1.7e308, 1.7e308]), "avg_over_time(g[1m])") == {"{}": 1.7e308}


def test_names_are_dropped_where_the_meaning_changes() -> None:
    assert ask(FLEET, "up + 1") == {"{i=a}": 2, "{i=b}": 1}
    assert ask(FLEET, "-up") == {"{i=a}": -1, "{i=b}": 0}
    assert ask(FLEET, "up == 1") == {"up{i=a}": 1}
    assert ask(FLEET, "up == bool 1") == {"{i=a}": 1, "{i=b}": 0}
    assert ask(FLEET, "last_over_time(up[1m])") == {"up{i=a}": 1, "up{i=b}": 0}
    assert ask(FLEET, 'sum by (__name__) ({__name__=~"up|load"})') == {"up{}": 1, "load{}": 7}
    assert ask(FLEET, "up / load") == {"{i=a}": pytest.approx(1 / 6), "{i=b}": 0}


@pytest.mark.parametrize(
    "expr", ['rate({__name__=~"up|load"}[1m])', '-{__name__=~"up|load"}', '{__name__=~"up|load"} * 2']
)
def test_series_that_become_equal_are_refused(expr: str) -> None:
    with pytest.raises(ExecutionError, match=r"^vector cannot contain metrics with the same labelset$"):
        ask(FLEET, expr)


def test_aggregations() -> None:
    source = table(x__i_a=[1], x__i_b=[2], x__i_c=[math.nan], x__i_d=[5])
    at = 1000.0
    assert ask(source, "count(x)", at) == {"{}": 4}
    assert ask(source, "max(x)", at) == {"{}": 5}
    assert ask(source, "min(x)", at) == {"{}": 1}
    assert math.isnan(ask(source, "sum(x)", at)["{}"])
    assert ask(source, 'avg(x{i!="c"})', at) == {"{}": pytest.approx(8 / 3)}
    assert ask(source, 'stdvar(x{i!="c"})', at) == {"{}": pytest.approx(26 / 9)}
    assert ask(source, 'quantile(0.5, x{i!="c"})', at) == {"{}": 2}
    assert ask(source, "group by (i) (x)", at) == {"{i=a}": 1, "{i=b}": 1, "{i=c}": 1, "{i=d}": 1}
    assert list(ask(source, "topk(2, x)", at).items()) == [("x{i=d}", 5), ("x{i=b}", 2)]
    assert list(ask(source, "bottomk(2, x)", at).items()) == [("x{i=a}", 1), ("x{i=b}", 2)]
    assert list(ask(source, "sort_desc(x)", at))[:3] == ["x{i=d}", "x{i=b}", "x{i=a}"]
    assert ask(source, 'count_values("v", x)', at) == {"{v=1}": 1, "{v=2}": 1, "{v=NaN}": 1, "{v=5}": 1}


def test_topk_chooses_anew_at_every_step() -> None:
    source = table(x__i_a=[1, 9], x__i_b=[5, 5])
    assert ask_range(source, "topk(1, x)", 1000, 1010, 10) == {"x{i=a}": [(1010, 9)], "x{i=b}": [(1000, 5)]}


def test_set_operators() -> None:
    assert ask(FLEET, "load and up == 1") == {"load{i=a}": 6}
    assert ask(FLEET, "load unless up == 1") == {"load{i=b}": 1}
    assert ask(FLEET, "up == 1 or load") == {"up{i=a}": 1, "load{i=b}": 1}
    assert ask(FLEET, "nothing or vector(0)") == {"{}": 0}
    assert ask(FLEET, "load and on () up") == {"load{i=a}": 6, "load{i=b}": 1}


def test_many_to_one_takes_labels_from_the_one_side() -> None:
    source = table(r__i_a__c_1=[2], r__i_a__c_2=[4], info__i_a__v_x=[1])
    assert ask(source, "r * on (i) group_left (v) info", 1000) == {"{c=1,i=a,v=x}": 2, "{c=2,i=a,v=x}": 4}
    assert ask(source, "info * on (i) group_right (v) r", 1000) == {"{c=1,i=a,v=x}": 2, "{c=2,i=a,v=x}": 4}
    with pytest.raises(ExecutionError, match=r"^multiple matches for labels: many-to-one matching must be explicit"):
        ask(source, "r * on (i) info", 1000)
    with pytest.raises(
        ExecutionError, match=r"^found duplicate series for the match group \{i=.a.\} on the right hand-side"
    ):
        ask(source, "info * on (i) r", 1000)


def test_histogram_quantiles_interpolate_inside_the_bucket() -> None:
    source = table(**{"h__le_1": [10], "h__le_2": [30], "h__le_+Inf": [40]})
    assert ask(source, "histogram_quantile(0.5, h)", 1000) == {"{}": 1.5}
    assert ask(source, "histogram_quantile(0.1, h)", 1000) == {"{}": 0.4}
    assert ask(source, "histogram_quantile(0.9, h)", 1000) == {"{}": 2}
    assert ask(source, "histogram_quantile(2, h)", 1000) == {"{}": math.inf}
    torn = table(**{"h__le_1": [10], "h__le_2": [8], "h__le_4": [20], "h__le_+Inf": [20]})
    assert ask(torn, "histogram_quantile(0.75, h)", 1000) == {"{}": 3}
    assert math.isnan(ask(table(h__le_1=[3]), "histogram_quantile(0.5, h)", 1000)["{}"])


def test_absent_names_what_is_missing() -> None:
    assert ask(FLEET, 'absent(nothing{a="1",b=~"2"})') == {"{a=1}": 1}
    assert ask(FLEET, "absent(up)") == {}
    assert ask(FLEET, 'absent_over_time(nothing{a="1"}[1m])') == {"{a=1}": 1}


def test_labels_can_be_rewritten() -> None:
    assert ask(FLEET, 'label_replace(up, "to", "<$1>", "i", "(.)")') == {"up{i=a,to=<a>}": 1, "up{i=b,to=<b>}": 0}
    assert ask(FLEET, 'label_join(up, "to", "-", "i", "none", "i")') == {"up{i=a,to=a--a}": 1, "up{i=b,to=b--b}": 0}
    with pytest.raises(ExecutionError, match="same labelset"):
        ask(FLEET, 'label_replace(up, "i", "", "i", ".*")')


def test_raw_strings_are_read_as_prometheus_reads_them() -> None:
    assert ask(FLEET, "up{i=~`[a]`} # `a comment`") == {"up{i=a}": 1}
    assert ask(FLEET, 'label_replace(up{i="a"}, "to", `\\d"$1`, "i", `(\\w)`)') == {'up{i=a,to=\\d"a}': 1}


def test_scalars_and_dates() -> None:
    assert ask(FLEET, 'scalar(up{i="a"}) * 3') == {"{}": 3}
    assert math.isnan(ask(FLEET, "scalar(up)")["{}"])
    leap = 1709210096  # 2024-02-29 12:34:56 UTC, a Thursday
    fields = ("year", "month", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute")
    values = [ask(FLEET, f"{field}(vector({leap}))")["{}"] for field in fields]
    assert values == [2024, 2, 29, 4, 60, 29, 12, 34]


@pytest.mark.parametrize(
    "expr",
    [
        "mad_over_time(up[5m])",
        "double_exponential_smoothing(up[5m], 0.1, 0.1)",
        'sort_by_label(up, "i")',
        "limitk(1, up)",
        "up + fill(0) load",
        "ts_of_max_over_time(up[5m])",
        "histogram_count(up)",
        'up{a="1" or b="2"}',
        "up @ -5",
        "year(vector(NaN))",
    ],
)
def test_what_would_be_wrong_is_refused(expr: str) -> None:
    with pytest.raises(UnsupportedError):
        ask(FLEET, expr)


def test_windows_that_slide_in_prometheus_against_its_documentation_are_refused() -> None:
    assert ask(COUNTER, "predict_linear(c[50s] @ 1050, 10)", 1050) == {"{}": pytest.approx(60)}
    with pytest.raises(UnsupportedError):
        ask_range(COUNTER, "predict_linear(c[50s] @ 1050, 10)", 1000, 1050, 10)


@pytest.mark.parametrize(
    "expr",
    [
        "",
        "up{",
        "rate(up)",
        "up{i=~'['}",
        'up{i=~"[[:alpha:]]"}',
        "up{i='a",
        "up @ 1e20",
        "rate(up[9223372036854775808])",
    ],
)
def test_faulty_expressions_are_refused(expr: str) -> None:
    with pytest.raises(ParseError):
        ask(FLEET, expr)


def test_range_vectors_have_no_graph() -> None:
    with pytest.raises(
        QueryError, match=r'^invalid expression type "range vector" for range query, must be Scalar or instant Vector$'
    ):
        ask_range(FLEET, "up[5m]", 1000, 1010, 10)


def test_a_rate_of_two_hundred_series_over_a_day_is_that_of_each() -> None:
    times = np.arange(0.0, 90_000.0, 15.0)
    source = SampleTable(
        [
            Samples((("__name__", "c"), ("i", f"{number:03}")), times, np.arange(len(times)) * float(number))
            for number in range(200)
        ]
    )
    result = evaluate_range("rate(c[5m])", 3600, 3600 + 86400, 180, source, Options())
    assert len(result.points) == 200
    assert result.points[150].values.tolist() == pytest.approx([10.0] * 481)


def test_the_supported_functions_are_listed() -> None:
    assert {"rate", "histogram_quantile", "label_replace", "quantile_over_time", "days_in_month"} <= set(SUPPORTED)
    assert len(SUPPORTED) == len(set(SUPPORTED)) == 66
