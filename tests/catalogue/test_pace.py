"""A world that runs faster crosses the same thresholds at the same figures."""

from __future__ import annotations

import json

import numpy as np
import promql_parser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.catalogue import metrics
from noc.catalogue.expressions import Expression
from noc.catalogue.metrics import Metric
from noc.catalogue.pace import paced, shortened
from noc.catalogue.rules import condition
from noc.demo.promql import Options, evaluate_instant
from noc.demo.samples import Samples, SampleTable
from noc.model.series import Labels, labels_of
from noc.model.timerange import format_duration, parse_duration

ROWS = dict(metrics.load().rules())


@pytest.mark.parametrize(
    ("expr", "faster"),
    [
        ("up == 0", "up == 0"),
        ("increase(x[5m])", "increase(x[5s])"),
        ("increase(x[1h30m])", "increase(x[1m30s])"),
        ("x unless x offset 5m", "x unless x offset 5s"),
        ("x OFFSET  - 1d", "x OFFSET  - 24m"),
        ("rate(x[5m])", "(rate(x[5s]) / 60)"),
        ("sum by (le) (rate(x[5m]))", "sum by (le) ((rate(x[5s]) / 60))"),
        ("rate(x[5m]) / irate(y[1h])", "(rate(x[5s]) / 60) / (irate(y[1m]) / 60)"),
        ("max_over_time((rate(x[5m]))[30m:1m])", "max_over_time(((rate(x[5s]) / 60))[30s:1s])"),
        ("max_over_time(rate(x[5m])[30m:])", "max_over_time((rate(x[5s]) / 60)[30s:])"),
        ("x[ 5m : 1m ] offset 1w", "x[ 5s : 1s ] offset 2h48m"),
        ("x[1m] # rate( [5m]", "x[1s] # rate( [5m]"),
        ("x{a=\"[5m] rate(\", b='offset 5m', c=`\\`}[5m]", "x{a=\"[5m] rate(\", b='offset 5m', c=`\\`}[5s]"),
        (r'x{a="\"[5m]"}[5m]', r'x{a="\"[5m]"}[5s]'),
        ("my:rate + app_rate + sum by (rate) (x)", "my:rate + app_rate + sum by (rate) (x)"),
        ('x{offset="5m"} * 60', 'x{offset="5m"} * 60'),
    ],
)
def test_windows_offsets_and_rates_are_divided_and_nothing_else(expr: str, faster: str) -> None:
    assert paced(expr, 60) == faster


@given(st.sampled_from([metric.query or "" for metric in ROWS.values()]))
def test_at_the_worlds_own_pace_nothing_changes(expr: str) -> None:
    assert paced(expr, 1) == expr


@pytest.mark.parametrize(
    ("span", "speed", "shorter"),
    [
        ("5m", 60, "5s"),
        ("1h", 60, "1m"),
        ("1m", 600, "100ms"),
        ("5m", 7, "42s857ms"),
        ("1ms", 60, "1ms"),
        ("1m", 1.5, "40s"),
    ],
)
def test_spans_are_whole_milliseconds_and_never_nothing(span: str, speed: float, shorter: str) -> None:
    assert shortened(span, speed) == shorter


spans = st.builds(lambda count, unit: f"{count}{unit}", st.integers(1, 90), st.sampled_from(["s", "m", "h", "d"]))
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
hostile = texts | st.sampled_from(["[5m]", "rate(x[5m])", "offset 5m", ")", "((", "#", "'", "`", '"', "\\", '\\"'])


def _quoted(text: str) -> st.SearchStrategy[str]:
    written = json.dumps(text, ensure_ascii=False)
    # the parser takes a backslash between backquotes for an escape, which in PromQL it is not
    return st.just(written) if "`" in text or "\\" in text else st.sampled_from([written, f"`{text}`"])


@st.composite
def selectors(draw: st.DrawFn) -> str:
    labels = draw(st.lists(hostile.flatmap(_quoted), max_size=3))
    return "x_total{" + ", ".join(f"l{number}={text}" for number, text in enumerate(labels)) + "}"


@given(selectors(), spans, spans, st.sampled_from(["sum(rate({}))", "increase({}) > 1", "-rate({})"]))
def test_what_stands_in_strings_is_never_touched(selector: str, window: str, offset: str, around: str) -> None:
    expr = around.format(f"{selector}[{window}] offset {offset}")
    faster = paced(expr, 60)
    assert Expression(faster).selectors == Expression(expr).selectors
    shorter = f"{selector}[{shortened(window, 60)}] offset {shortened(offset, 60)}"
    asked = around.format(shorter)
    if "rate(" in around:
        asked = asked.replace(f"rate({shorter})", f"(rate({shorter}) / 60)")
    assert faster == asked


@given(st.integers(1, 10**6), st.sampled_from([2, 7, 10, 60, 600]))
def test_a_shorter_span_is_the_span_divided(milliseconds: int, speed: int) -> None:
    span = format_duration(milliseconds / 1000)
    assert parse_duration(shortened(span, speed)) == pytest.approx(
        max(0.001, milliseconds / 1000 / speed), abs=0.000501
    )


# -- the same samples in a sixtieth of the time give the same figures: the catalogue's own expressions, evaluated

START = 1_700_000_000.0
SCRAPE = 15.0
COUNT = 300
"""Samples of a series: 75 minutes, so that windows of an hour are full at the end."""
BOUNDS = tuple({"le": bound} for bound in ("0.1", "0.5", "1.0", "2.0", "5.0", "10.0", "+Inf"))


def families(metric: Metric) -> list[Labels]:
    """Label sets that every selector of the metric finds something in."""
    found = []
    for selector in Expression(metric.query or "").selectors:
        own = {m.label: "502" if m.value == "5.." else m.value for m in selector.matchers if m.op in ("=", "=~")}
        bounds = BOUNDS if selector.name.endswith("_bucket") else ({},)
        found += [labels_of({"__name__": selector.name, **own, **bound}) for bound in bounds]
    return list(dict.fromkeys(found))


def world(metric: Metric, seed: int, speed: float) -> SampleTable:
    """Random counters and gauges, some born late, some reset; the same for every speed."""
    random = np.random.default_rng(seed)
    table, bucket = [], np.zeros(COUNT)
    for labels in families(metric):
        steps = random.poisson(random.choice([0.0, 0.3, 2.0, 900.0]), COUNT) * 0.7317
        values = np.cumsum(steps)
        if dict(labels).get("le"):
            bucket = values = bucket + values
        elif random.random() < 0.3:
            values = np.concatenate([values[:200], values[200:] - values[200]])
        first = int(random.choice([0, 0, 150, 285]))
        times = START + SCRAPE * np.arange(COUNT) / speed
        table.append(Samples(labels, times[first:], values[first:]))
    return SampleTable(table)


def figures(expr: str, source: SampleTable, speed: float) -> list[dict[Labels, float]]:
    """What it answers at each of a few moments, by labels."""
    options = Options(lookback=300 / speed, subquery_step=60 / speed)
    moments = (START + SCRAPE * at / speed for at in (20, 151, 170, 286, 290, 299))
    answers = (evaluate_instant(expr, moment, source, options) for moment in moments)
    return [{points.labels: float(points.values[-1]) for points in answer.points} for answer in answers]


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=8)
@given(seed=st.integers(0, 10**6), speed=st.sampled_from([3.0, 60.0, 600.0]))
def test_a_faster_world_reads_the_same(name: str, seed: int, speed: float) -> None:
    metric = ROWS[name]
    slow, fast = world(metric, seed, 1), world(metric, seed, speed)
    values = figures(metric.query or "", slow, 1)
    on_edge = any(
        value == pytest.approx(level.threshold().value, rel=1e-9)
        for answer in values
        for value in answer.values()
        for level in metric.thresholds
    )  # the last bit of a float decides there
    asked = [metric.query or "", *(condition(metric, level) for level in metric.thresholds if not on_edge)]
    for expr in asked:
        ours, theirs = figures(expr, slow, 1), figures(paced(expr, speed), fast, speed)
        assert [answer.keys() for answer in theirs] == [answer.keys() for answer in ours]
        for one, other in zip(ours, theirs, strict=True):
            assert other == pytest.approx(one, rel=1e-9, nan_ok=True)


def test_a_query_and_its_condition_are_read_alike() -> None:
    """No query of a row ends in an operator as loose as a comparison, so a condition needs no parentheses."""
    for metric in ROWS.values():
        for level in metric.thresholds:
            tree = promql_parser.parse(condition(metric, level))
            compared = tree.lhs if metric.guard else tree
            assert compared.lhs.prettify() == promql_parser.parse(metric.query).prettify()
            assert (str(compared.op), compared.rhs.val) == (
                "<" if level.below is not None else ">",
                level.threshold().value,
            )
            if metric.guard:
                assert (str(tree.op), tree.rhs.prettify()) == ("and", promql_parser.parse(metric.guard).prettify())
