"""LogQL evaluated over a handful of lines: every function with values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from noc.catalogue.logql import LogQLError, LogQuery, parse
from noc.demo.logql.answers import Reader, ordered, points
from noc.demo.logql.fault import SERIES, LimitError, PipelineError, UnsupportedError
from noc.demo.logql.source import LineTable
from noc.demo.promql import ExecutionError
from noc.demo.promql.values import Scalar
from noc.model.errors import QueryError
from noc.model.logs import SECOND, LogLine
from noc.model.series import labels_of

NOW = 1_700_000_000
INFO = {"app": "shop", "level": "info"}
WARN = {"app": "shop", "level": "warn"}
OTHER = {"app": "mail", "level": "info"}


def _line(second: float, text: str, labels: dict[str, str] | None = None, **beside: str) -> LogLine:
    return LogLine(NOW * SECOND + int(second * SECOND), text, labels_of(labels or INFO), labels_of(beside))


SHOP = LineTable(
    [
        _line(-50, '{"ip": "10.0.0.1", "ms": 10, "took": "10ms", "size": "1KB"}', detected_level="info", trace_id="t1"),
        _line(
            -40,
            '{"ip": "10.0.0.2", "ms": 20, "took": "20ms", "size": "2KB"}',
            WARN,
            detected_level="warn",
            trace_id="t2",
        ),
        _line(
            -30, '{"ip": "10.0.0.1", "ms": 40, "took": "1.5s", "size": "1.5KiB"}', detected_level="info", trace_id="t3"
        ),
        _line(
            -20, '{"ip": "10.0.0.1", "ms": 30, "took": "5us", "size": "5B"}', WARN, detected_level="warn", trace_id="t4"
        ),
        _line(
            -10, '{"ip": "10.0.0.3", "ms": 50, "took": "2m", "size": "7"}', WARN, detected_level="warn", trace_id="t5"
        ),
        _line(-5, "delivered", OTHER, detected_level="unknown"),
    ]
)
BROKEN = LineTable([_line(-30, '{"ip": "10.0.0.1"}'), _line(-20, '{"ip": '), _line(-10, "plain")])


def _lines(query: str, table: LineTable = SHOP) -> list[str]:
    found = parse(query)
    assert isinstance(found, LogQuery)
    return [row.text for row in Reader(table).oldest(found, 0, NOW * SECOND)]


def _labels(query: str, table: LineTable = SHOP) -> list[dict[str, str]]:
    found = parse(query)
    assert isinstance(found, LogQuery)
    return [dict(row.labels()) for row in Reader(table).oldest(found, 0, NOW * SECOND)]


def _at(query: str, second: float = 0, table: LineTable = SHOP) -> dict[str, float]:
    """The vector at a second from now, by its labels as text."""
    steps = np.array([NOW * SECOND + int(second * SECOND)], dtype=np.int64)
    expr = parse(query)
    assert not isinstance(expr, LogQuery)
    found = ordered(expr, points(Reader(table).samples(expr, steps), steps))
    return {",".join(f"{name}={value}" for name, value in one.labels): float(one.values[0]) for one in found}


def _course(query: str, *seconds: float, table: LineTable = SHOP) -> dict[str, list[float | None]]:
    """A range query's values at these seconds from now, None where there is none."""
    steps = np.array([NOW * SECOND + int(second * SECOND) for second in seconds], dtype=np.int64)
    expr = parse(query)
    assert not isinstance(expr, LogQuery)
    found = {}
    for one in points(Reader(table).samples(expr, steps), steps):
        values = dict(zip(one.times.tolist(), one.values.tolist(), strict=True))
        found[",".join(f"{name}={value}" for name, value in one.labels)] = [values.get(step) for step in steps.tolist()]
    return found


@pytest.mark.parametrize(
    ("query", "seconds"),
    [
        ('{app="shop"}', [-50, -40, -30, -20, -10]),
        ('{app=~"shop|mail", level!="warn"}', [-50, -30, -5]),
        ('{app=~".+"} |= "10.0.0.1"', [-50, -30, -20]),
        ('{app="shop"} != "10.0.0.1" != "10.0.0.2"', [-10]),
        ('{app="shop"} |= "10.0.0.2" or "10.0.0.3"', [-40, -10]),
        ('{app="shop"} != "10.0.0.2" or "10.0.0.3"', [-50, -30, -20]),
        ('{app="shop"} |~ "ms.: [12]0"', [-50, -40]),
        ('{app="shop"} !~ `"ms": \\d0,`', []),
        ('{app="shop"} |~ "(?i)IP" !~ "took.*m"', [-30, -20]),
        ('{app="shop"} | level="warn"', [-40, -20, -10]),
        ('{app="shop"} | detected_level=~"wa.*"', [-40, -20, -10]),
        ('{app="shop"} | detected_level=~"wa"', []),
        ('{app="shop"} | trace_id="t3"', [-30]),
        ('{app="shop"} | nothing=""', [-50, -40, -30, -20, -10]),
        ('{app="shop"} | nothing>0', []),
        ('{app="shop"} | json | ms>20', [-30, -20, -10]),
        ('{app="shop"} | json | ms=20 or ms>=50', [-40, -10]),
        ('{app="shop"} | json | ms>10 and ms!=50, level="warn"', [-40, -20]),
        ('{app="shop"} | json | (ms<20 or ms>40) and ip="10.0.0.1"', [-50]),
        ('{app="shop"} | json | took>=20ms', [-40, -30, -10]),
        ('{app="shop"} | json | took<1ms', [-20]),
        ('{app="shop"} | json | size>1000B', [-40, -30]),
        ('{app="shop"} | json | size==1.5KiB', [-30]),
        ('{app="shop"} | json x="ip" | x="10.0.0.2"', [-40]),
        ('{app="shop"} | json ip | ip!~"10.0.0.[12]"', [-10]),
        ('{app="shop"} | json | line_format "{{.ms}}" |= "0" | ip="10.0.0.3"', [-10]),
    ],
)
def test_a_log_query_keeps_these_lines(query: str, seconds: list[int]) -> None:
    found = parse(query)
    assert isinstance(found, LogQuery)
    rows = Reader(SHOP).oldest(found, 0, NOW * SECOND)
    assert [(row.at - NOW * SECOND) // SECOND for row in rows] == seconds


def test_a_window_has_its_start_and_not_its_end() -> None:
    query = parse('{app="shop"}')
    assert isinstance(query, LogQuery)
    rows = Reader(SHOP).oldest(query, (NOW - 40) * SECOND, (NOW - 20) * SECOND)
    assert [row.at // SECOND - NOW for row in rows] == [-40, -30]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 9])
def test_the_newest_lines_are_found_backwards_however_far(limit: int) -> None:
    lines = [_line(-(3**n), f"{n}") for n in range(12)]
    query = parse('{app="shop"} != "2"')
    assert isinstance(query, LogQuery)
    rows = Reader(LineTable(lines)).newest(query, (NOW - 3**10) * SECOND, NOW * SECOND, limit)
    assert [row.text for row in rows] == ["0", "1", "3", "4", "5", "6", "7", "8", "9", "10"][:limit]


def test_only_as_much_is_read_as_the_newest_lines_need() -> None:
    reader = Reader(LineTable([_line(-n * 10, f"{n}") for n in range(1, 1000)]))
    query = parse('{app="shop"}')
    assert isinstance(query, LogQuery)
    assert len(reader.newest(query, 0, NOW * SECOND, 5)) == 5
    assert reader.tally.lines == 6


def test_line_format_writes_lines_and_label_format_labels() -> None:
    assert _lines('{app="shop"} | json | ip="10.0.0.3" | line_format "{{.level}} {{ .ms }}ms {{.nothing}}!"') == [
        "warn 50ms !"
    ]
    (labels,) = _labels(
        '{app="shop"} | json | ms=50 | label_format who=ip, app=level, text="{{.who}} {{.ms}}" | keep who, app, text'
    )
    assert labels == {"who": "10.0.0.3", "app": "warn", "text": "10.0.0.3 50"}


def test_keep_and_drop_choose_labels_by_name_or_value() -> None:
    query = '{app="shop"} | json | ms=20'
    assert _labels(f"{query} | keep ip, level") == [{"ip": "10.0.0.2", "level": "warn"}]
    assert _labels(f'{query} | keep ip="10.0.0.1", level=~"w.*"') == [{"level": "warn"}]
    assert _labels(f'{query} | drop ip, took, size, trace_id, app="shop", level="info"') == [
        {"detected_level": "warn", "level": "warn", "ms": "20"}
    ]


def test_errors_are_labels_that_can_be_filtered_kept_and_dropped() -> None:
    details = "Value looks like object, but can't find closing '}' symbol"
    broken = {"app": "shop", "level": "info", "__error__": "JSONParserErr", "__error_details__": "Malformed JSON error"}
    assert _labels('{app="shop"} | json | __error__!=""', BROKEN) == [broken, {**broken, "__error_details__": details}]
    assert _lines('{app="shop"} | json | __error__=""', BROKEN) == ['{"ip": "10.0.0.1"}']
    assert _labels('{app="shop"} | json | __error__!="" | keep app', BROKEN)[0].keys() == broken.keys() - {"level"}
    assert _labels('{app="shop"} | json | drop __error__, __error_details__', BROKEN)[1] == {
        "app": "shop",
        "level": "info",
    }


@pytest.mark.parametrize(
    ("condition", "details"),
    [
        ("ip>5", 'strconv.ParseFloat: parsing "10.0.0.1": invalid syntax'),
        ("ip>5ms", 'time: invalid duration "10.0.0.1"'),
        ("ip>5KB", 'strconv.ParseFloat: parsing "10.0.0.1": invalid syntax'),
    ],
)
def test_a_label_that_cannot_be_compared_leaves_the_line_with_an_error(condition: str, details: str) -> None:
    (labels,) = _labels(f'{{app="shop"}} | json | ms=10 | {condition} | keep ip')
    assert labels == {"ip": "10.0.0.1", "__error__": "LabelFilterErr", "__error_details__": details}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('count_over_time({app="mail"}[1m])', {"app=mail,detected_level=unknown,level=info": 1}),
        ('sum(count_over_time({app="shop"}[1m]))', {"": 5}),
        ('sum by (level) (count_over_time({app="shop"}[1m]))', {"level=info": 2, "level=warn": 3}),
        ('sum by (detected_level) (count_over_time({app=~".+"}[15s]))', {"detected_level=unknown": 1, "detected_level=warn": 1}),
        ('sum without (trace_id, detected_level, level) (count_over_time({app="shop"}[1m]))', {"app=shop": 5}),
        ('sum by (level) (rate({app="shop"}[50s]))', {"level=info": 0.02, "level=warn": 0.06}),
        ('sum(bytes_over_time({app="mail"}[1m]))', {"": 9}),
        ('sum(bytes_rate({app="mail"}[1m]))', {"": 0.15}),
        ('sum by (ip) (count_over_time({app="shop"} | json | ms>10 [1m]))', {"ip=10.0.0.1": 2, "ip=10.0.0.2": 1, "ip=10.0.0.3": 1}),
        ('topk(1, sum by (ip) (count_over_time({app="shop"} | json ip [1m])))', {"ip=10.0.0.1": 3}),
        ('bottomk(1, sum by (level) (count_over_time({app="shop"}[1m])))', {"level=info": 2}),
        ('topk by (level) (1, sum by (level, ip) (sum_over_time({app="shop"} | json | unwrap ms [1m])))', {
            "ip=10.0.0.1,level=info": 50,
            "ip=10.0.0.3,level=warn": 50,
        }),
        ('sum(sum_over_time({app="shop"} | json | unwrap ms [1m]))', {"": 150}),
        ('avg_over_time({app="shop"} | json | unwrap ms [1m]) by (level)', {"level=info": 25, "level=warn": 100 / 3}),
        ('min_over_time({app="shop"} | json | unwrap ms [1m]) by (level)', {"level=info": 10, "level=warn": 20}),
        ('max_over_time({app="shop"} | json | unwrap ms [1m]) by (level)', {"level=info": 40, "level=warn": 50}),
        ('first_over_time({app="shop"} | json | unwrap ms [1m]) by (level)', {"level=info": 10, "level=warn": 20}),
        ('last_over_time({app="shop"} | json | unwrap ms [1m]) by (level)', {"level=info": 40, "level=warn": 50}),
        ('quantile_over_time(0.5, {app="shop"} | json | unwrap ms [1m]) by (app)', {"app=shop": 30}),
        ('quantile_over_time(0.9, {app="shop"} | json | unwrap ms [1m]) by (app)', {"app=shop": 46}),
        ('quantile_over_time(2, {app="shop"} | json | unwrap ms [1m]) by (app)', {"app=shop": math.inf}),
        ('sum(rate({app="shop"} | json | unwrap ms [1m]))', {"": 2.5}),
        ('max_over_time({app="shop"} | json | unwrap duration(took) [1m]) by (app)', {"app=shop": 120}),
        ('sum_over_time({app="shop"} | json | keep size | unwrap bytes(size) [1m])', {"": 4548}),
        ('sum_over_time({app="shop"} | json ms, ip | keep ms, ip | unwrap ms [1m])', {
            "ip=10.0.0.1": 80,
            "ip=10.0.0.2": 20,
            "ip=10.0.0.3": 50,
        }),
        ('max_over_time({app="shop"} | json | unwrap ms | ip="10.0.0.1" [1m]) by (ip)', {"ip=10.0.0.1": 40}),
        ('sum(count_over_time({app="shop"} | line_format "x" [1m]))', {"": 5}),
        ('sum(bytes_over_time({app="shop"} | line_format "é" [1m]))', {"": 10}),
        ('avg(sum by (level) (count_over_time({app="shop"}[1m])))', {"": 2.5}),
        ('max(sum by (level) (count_over_time({app="shop"}[1m])))', {"": 3}),
        ('min(sum by (level) (count_over_time({app="shop"}[1m])))', {"": 2}),
        ('count(sum by (ip) (count_over_time({app="shop"} | json [1m])))', {"": 3}),
        ('count by (level) (sum by (ip, level) (count_over_time({app="shop"} | json [1m])))', {"level=info": 1, "level=warn": 3}),
        ('sum(count_over_time({app="none"}[5m])) or vector(0)', {"": 0}),
        ('sum(count_over_time({app="shop"}[1m])) or vector(0)', {"": 5}),
        ('sum(count_over_time({app="none"}[5m]))', {}),
        ('absent_over_time({app="none", level="info", x!="y"}[5m])', {"app=none,level=info": 1}),
        ('absent_over_time({app="none", app="twice", level="info"}[5m])', {"level=info": 1}),
        ('absent_over_time({app="shop"}[5m])', {}),
        ('absent_over_time({app="shop"} | json | ms>50 [5m])', {"app=shop": 1}),
        ('sum(count_over_time({app="shop"}[1m] offset 30s))', {"": 3}),
        ('sum(count_over_time({app="shop"}[10s] offset 15s))', {"": 1}),
        ('label_replace(sum by (level) (count_over_time({app="shop"}[1m])), "l", "$1!", "level", "(.).*")', {
            "l=i!,level=info": 2,
            "l=w!,level=warn": 3,
        }),
        ("vector(2.5)", {"": 2.5}),
    ],
)  # fmt: skip
def test_a_metric_query_has_this_vector(query: str, expected: dict[str, float]) -> None:
    assert _at(query) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("C by (level) + 1", {"level=info": 3, "level=warn": 4}),
        ("10 - C by (level)", {"level=info": 8, "level=warn": 7}),
        ("C by (level) * 2 ^ 3 % 5", {"level=info": 1, "level=warn": 4}),
        ("C by (level) > 2", {"level=warn": 3}),
        ("C by (level) > bool 2", {"level=info": 0, "level=warn": 1}),
        ("2 < C by (level)", {"level=warn": 3}),
        ("C by (level) / on(level) C by (level)", {"level=info": 1, "level=warn": 1}),
        ("C by (level) / ignoring(level) group_left() C", {"level=info": 0.4, "level=warn": 0.6}),
        ("C by (level) / on() group_left(app) C by (app)", {"app=shop,level=info": 0.4, "app=shop,level=warn": 0.6}),
        ("C by (level) and C by (level) > 2", {"level=warn": 3}),
        ("C by (level) unless C by (level) > 2", {"level=info": 2}),
        ("C by (level) > 2 or C by (level) * 10", {"level=info": 20, "level=warn": 3}),
        ("C == C", {"": 5}),
        ("C != C", {}),
        ("C >= bool 5", {"": 1}),
    ],
)
def test_vectors_are_combined(query: str, expected: dict[str, float]) -> None:
    parts = query.split("C")
    text = parts[0]
    for part in parts[1:]:
        grouping = part[: part.index(")") + 1] if part.startswith(" by") else ""
        text += f'sum{grouping} (count_over_time({{app="shop"}}[1m])){part[len(grouping) :]}'
    assert _at(text) == pytest.approx(expected)


def test_nothing_is_divided_by_zero() -> None:
    for query in ("vector(1) / vector(0)", "vector(1) / 0", "vector(1) % 0", "1 / vector(0)"):
        assert math.isnan(_at(query)[""])


def test_numbers_alone_are_one_number_at_every_step() -> None:
    steps = np.array([NOW * SECOND, (NOW + 1) * SECOND], dtype=np.int64)
    expr = parse("(1 + 2) * 3 > 1")
    assert not isinstance(expr, LogQuery)
    value = Reader(SHOP).samples(expr, steps)
    assert isinstance(value, Scalar)
    assert value.values.tolist() == [1.0, 1.0]


def test_a_window_leaves_out_its_start_and_takes_its_end() -> None:
    query = 'sum(count_over_time({app="shop"}[10s]))'
    assert _course(query, -40.5, -40, -39.5, -30, -29.5) == {"": [1, 1, 1, 1, 1]}
    assert _course('sum(count_over_time({app="shop"} | trace_id="t1" [10s]))', -50.5, -50, -40.5, -40) == {
        "": [None, 1, 1, None]
    }


def test_a_course_has_gaps_where_nothing_was() -> None:
    query = 'sum by (level) (count_over_time({app="shop"}[15s]))'
    assert _course(query, -60, -45, -30, -15, 0, 15) == {
        "level=info": [None, 1, 1, None, None, None],
        "level=warn": [None, None, 1, 1, 1, None],
    }


def test_the_highest_are_chosen_at_every_step_anew() -> None:
    query = 'topk(1, sum by (ip) (sum_over_time({app="shop"} | json | unwrap ms [15s])))'
    assert _course(query, -40, -30, -20, -10, 0) == {
        "ip=10.0.0.1": [None, 40, 70, None, None],
        "ip=10.0.0.2": [20, None, None, None, None],
        "ip=10.0.0.3": [None, None, None, 50, 50],
    }


def test_series_come_in_the_order_of_their_labels_and_sorted_ones_by_value() -> None:
    by_ip = 'sum by (ip) (sum_over_time({app="shop"} | json | unwrap ms [1m]))'
    assert list(_at(by_ip)) == ["ip=10.0.0.1", "ip=10.0.0.2", "ip=10.0.0.3"]
    assert list(_at(f"topk(3, {by_ip})")) == ["ip=10.0.0.1", "ip=10.0.0.2", "ip=10.0.0.3"]
    assert list(_at(f"sort({by_ip})")) == ["ip=10.0.0.2", "ip=10.0.0.3", "ip=10.0.0.1"]
    assert list(_at(f"sort_desc({by_ip})")) == ["ip=10.0.0.1", "ip=10.0.0.3", "ip=10.0.0.2"]
    unlabelled = 'sum by (x) (count_over_time({app=~".+"} | label_format x="{{.trace_id}}" [1m]))'
    assert list(_at(unlabelled)) == ["x=t1", "x=t2", "x=t3", "x=t4", "x=t5", ""]


def test_one_broken_line_fails_a_metric_query_and_a_guarded_one_passes() -> None:
    with pytest.raises(PipelineError) as caught:
        _at('sum by (ip) (count_over_time({app="shop"} | json [1m]))', table=BROKEN)
    assert str(caught.value) == (
        "pipeline error: 'JSONParserErr' for series: '{__error__=\"JSONParserErr\", "
        '__error_details__="Malformed JSON error", app="shop", level="info"}\'.\n'
        'Use a label filter to intentionally skip this error. (e.g | __error__!="JSONParserErr").\n'
        'To skip all potential errors you can match empty errors.(e.g __error__="")\n'
        'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n'
    )
    guarded = 'sum by (ip) (count_over_time({app="shop"} | json | __error__="" [1m]))'
    assert _at(guarded, table=BROKEN) == {"ip=10.0.0.1": 1}


def test_a_broken_line_outside_the_window_or_behind_a_filter_fails_nothing() -> None:
    assert _at('sum by (ip) (count_over_time({app="shop"} | json [1m]))', -25, BROKEN) == {"ip=10.0.0.1": 1}
    assert _at('sum by (ip) (count_over_time({app="shop"} |= "10" | json [1m]))', table=BROKEN) == {"ip=10.0.0.1": 1}
    assert _at('sum by (ip) (count_over_time({app="shop"} | json | ip!="" [1m]))', table=BROKEN) == {"ip=10.0.0.1": 1}


def test_lines_are_not_read_where_nothing_is_asked_of_them() -> None:
    assert _at('sum(count_over_time({app="shop"} | json [1m]))', table=BROKEN) == {"": 3}


def test_a_label_that_is_no_number_fails_unless_filtered_after_unwrap() -> None:
    with pytest.raises(PipelineError, match="SampleExtractionErr"):
        _at('sum(sum_over_time({app="shop"} | json | unwrap ip [1m]))')
    assert _at('sum(sum_over_time({app="shop"} | json | unwrap ip | __error__="" [1m]))') == {}
    assert _at('sum(sum_over_time({app="shop"} | json | unwrap nothing [1m]))') == {}


def test_a_query_of_too_many_series_is_refused() -> None:
    lines = LineTable([_line(-1, "x", {"app": "shop", "n": str(n)}) for n in range(SERIES + 1)])
    with pytest.raises(LimitError, match=r"^maximum number of series \(500\) reached for a single query"):
        _at('count_over_time({app="shop"}[1m])', table=lines)
    assert _at('count(count_over_time({app="shop"}[1m]))', table=lines) == {"": 501}


def test_a_series_a_line_at_thousands_of_steps_is_refused_before_it_takes_the_memory() -> None:
    lines = LineTable([_line(-n / 10, "x", trace_id=str(n)) for n in range(5000)])
    query = parse('count(count_over_time({app="shop"}[1m]))')
    assert not isinstance(query, LogQuery)
    steps = np.arange((NOW - 5000) * SECOND, NOW * SECOND, SECOND, dtype=np.int64)
    with pytest.raises(LimitError):
        Reader(lines).samples(query, steps)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('{app="shop"} | logfmt', "the demo does not evaluate the stage logfmt"),
        ('{app="shop"} | pattern "<a>"', "the demo does not evaluate the stage pattern"),
        ('{app="shop"} | regexp "(?P<a>b)"', "the demo does not evaluate the stage regexp"),
        ('{app="shop"} | unpack', "the demo does not evaluate the stage unpack"),
        ('{app="shop"} | decolorize', "the demo does not evaluate decolorize"),
        ('{app="shop"} |> "<_>"', "the demo does not evaluate pattern filters"),
        ('{app="shop"} |= ip("10.0.0.1")', "the demo does not evaluate ip() filters"),
        ('{app="shop"} | a=ip("10.0.0.1")', "the demo does not evaluate ip() filters"),
        (
            '{app="shop"} | line_format "{{.a | ToUpper}}"',
            "the demo does not evaluate the template {{.a | ToUpper}}: only fields such as {{.message}}",
        ),
        ('{app="shop"} | line_format "{{.a"', "the demo does not evaluate a template with an open action"),
        (
            '{app="shop"} | label_format a="{{if .b}}"',
            "the demo does not evaluate the template {{if .b}}: only fields such as {{.message}}",
        ),
    ],
)
def test_what_the_demo_does_not_evaluate_is_refused_and_never_guessed(query: str, words: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        _lines(query)
    assert str(caught.value) == words
    with pytest.raises(UnsupportedError):
        _at(f"sum(count_over_time({query} [1m]))")


@pytest.mark.parametrize("op", ["stddev_over_time", "stdvar_over_time", "rate_counter"])
def test_a_function_outside_the_subset_is_refused(op: str) -> None:
    with pytest.raises(UnsupportedError, match=op):
        _at(f'{op}({{app="shop"}} | json | unwrap ms [1m])')
    with pytest.raises(UnsupportedError, match="approx_topk"):
        _at('approx_topk(3, sum by (level) (count_over_time({app="shop"}[1m])))')


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('{app=~"["}', "parse error : error parsing regexp: missing closing ]: `[`"),
        ('{app="x"} |~ "("', "parse error : error parsing regexp: missing closing ): `(`"),
        ('{app="x"} | a=~"*"', "parse error : error parsing regexp: missing argument to repetition operator: `*`"),
        ('{app="x"} | drop a=~"*"', "parse error : error parsing regexp: missing argument to repetition operator: `*`"),
    ],
)
def test_a_wrong_regular_expression_is_refused_in_gos_words(query: str, words: str) -> None:
    with pytest.raises(LogQLError) as caught:
        _lines(query)
    assert str(caught.value) == words


def test_an_ambiguous_match_is_refused() -> None:
    with pytest.raises(ExecutionError, match="group_left"):
        _at(
            'sum by (level) (count_over_time({app="shop"}[1m])) / ignoring(level) sum(count_over_time({app="shop"}[1m]))'
        )


def test_every_refusal_is_one_kind_of_error() -> None:
    assert all(
        issubclass(one, QueryError) for one in (LogQLError, PipelineError, UnsupportedError, LimitError, ExecutionError)
    )
