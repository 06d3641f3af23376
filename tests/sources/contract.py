"""What every MetricSource has to do, as one list of checks that each implementation passes on the same samples.

To test another implementation, put a fixture that yields a Subject over ``samples()`` into ``test_contract``.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np
import pytest

from noc.demo.samples import Samples
from noc.model.errors import BadQuery, Unreachable
from noc.model.ports import MetricSource
from noc.model.series import Answer, Labels, Series, labels_of

END = 1_700_000_000.0
"""Unix seconds of the newest sample, a multiple of ten."""

EVERY = 10.0
"""Seconds between samples."""

COUNT = 120


@dataclass(frozen=True)
class Subject:
    """A source that answers from ``samples()``."""

    source: MetricSource


Check = Callable[[Subject], Awaitable[None]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def samples() -> list[Samples]:
    """A gauge and a counter of two jobs, special values, and a series that pauses for ten minutes (a gap)."""
    n = np.arange(COUNT, dtype=np.float64)
    times = END - EVERY * (COUNT - 1 - n)

    def of(name: str, values: np.ndarray, keep: np.ndarray | None = None, **labels: str) -> Samples:
        kept = keep if keep is not None else np.full(COUNT, True)
        return Samples(labels_of({"__name__": name, **labels}), times[kept], values[kept])

    return [
        of("load", n, job="api"),
        of("load", n * 2, job="web"),
        of("requests_total", np.cumsum(n % 7), job="api", path="a b+c"),
        of("pausing", n, (n < 20) | (n >= 100), job="api"),
        of("special", np.full(COUNT, math.inf), sign="plus"),
        of("special", np.full(COUNT, -math.inf), sign="minus"),
        of("special", np.full(COUNT, math.nan), sign="none"),
        of("small", np.full(COUNT, 1e-300)),
    ]


def words(answer: Answer) -> dict[Labels, list[str]]:
    """Series as text, so that NaN equals NaN."""
    return {one.labels: [f"{t:.3f} {v!r}" for t, v in zip(one.times, one.values, strict=True)] for one in answer.series}


def only(answer: Answer) -> Series:
    assert len(answer.series) == 1
    return answer.series[0]


@check
async def an_instant_answer_has_one_point_a_series_at_the_time_asked(subject: Subject) -> None:
    answer = await subject.source.instant("load", END + 1.5)
    assert words(answer) == {
        labels_of({"__name__": "load", "job": "api"}): ["1700000001.500 119.0"],
        labels_of({"__name__": "load", "job": "web"}): ["1700000001.500 238.0"],
    }
    assert (answer.warnings, answer.infos, answer.partial, answer.dropped) == ((), (), False, 0)
    assert answer.size > 0
    assert answer.server_time is not None


@check
async def a_range_answer_has_both_ends_of_its_grid(subject: Subject) -> None:
    series = only(await subject.source.range('load{job="api"}', END - 60, END, 20))
    assert list(series.times) == [END - 60, END - 40, END - 20, END]
    assert list(series.values) == [113.0, 115.0, 117.0, 119.0]


@check
async def a_tail_asked_later_equals_the_same_part_of_the_whole(subject: Subject) -> None:
    for expr in ("load", "rate(requests_total[1m])", "sum(load)", "topk(1, load)", "load offset 1m", "special"):
        whole = await subject.source.range(expr, END - 600, END, 15)
        tail = words(await subject.source.range(expr, END - 150, END, 15))
        expected = {
            labels: [line for line in lines if float(line.split()[0]) >= END - 150]
            for labels, lines in words(whole).items()
        }
        assert tail == {labels: lines for labels, lines in expected.items() if lines}, expr


@check
async def a_gap_is_missing_points_and_never_a_value(subject: Subject) -> None:
    series = only(await subject.source.range("pausing", END - 1190, END, 10))
    gaps = [b - a for a, b in zip(series.times, series.times[1:], strict=False) if b - a > 15]
    assert len(gaps) == 1
    assert not any(math.isnan(value) for value in series.values)


@check
async def special_values_arrive_as_they_are(subject: Subject) -> None:
    found = {one.label("sign"): one.last for one in (await subject.source.instant("special", END)).series}
    assert (found["plus"], found["minus"], str(found["none"])) == (math.inf, -math.inf, "nan")
    assert only(await subject.source.instant("small", END)).last == 1e-300


@check
async def no_series_is_an_empty_answer_and_no_error(subject: Subject) -> None:
    assert (await subject.source.instant("nothing", END)).series == ()
    assert (await subject.source.range("nothing", END - 60, END, 10)).series == ()


@check
async def a_scalar_is_one_series_without_labels(subject: Subject) -> None:
    series = only(await subject.source.instant("1 + 1", END))
    assert (series.labels, list(series.values)) == ((), [2.0])
    assert list(only(await subject.source.range("scalar(sum(load))", END - 20, END, 20)).values) == [351.0, 357.0]


@check
async def an_aggregate_has_only_its_labels_in_sorted_order(subject: Subject) -> None:
    answer = await subject.source.instant("sum by (path, job) (requests_total)", END)
    assert only(answer).labels == (("job", "api"), ("path", "a b+c"))


@check
async def signs_of_an_expression_reach_the_server_unchanged(subject: Subject) -> None:
    series = only(await subject.source.instant('requests_total{path=~"a b.+c", job=~".+"} % 1000', END))
    assert series.label("path") == "a b+c"


@check
async def an_expression_longer_than_any_url_is_answered(subject: Subject) -> None:
    names = "|".join(f"job-{n:05d}" for n in range(3000))
    assert only(await subject.source.instant(f'load{{job=~"{names}|api"}}', END)).last == 119.0


@check
async def a_wrong_expression_is_refused_with_the_servers_words(subject: Subject) -> None:
    with pytest.raises(BadQuery) as caught:
        await subject.source.instant("sum(", END)
    assert caught.value.status == 400
    assert "parse error" in caught.value.cause
    assert not caught.value.retryable


@check
async def an_expression_that_cannot_be_executed_is_told_apart_from_a_wrong_one(subject: Subject) -> None:
    with pytest.raises(BadQuery) as caught:
        await subject.source.instant("load * on () load", END)
    assert caught.value.status == 422


@check
async def more_points_than_a_server_answers_are_refused(subject: Subject) -> None:
    with pytest.raises(BadQuery) as caught:
        await subject.source.range("load", END - 11_001, END, 1)
    assert "11,000" in caught.value.cause


@check
async def label_values_are_sorted_and_can_be_narrowed(subject: Subject) -> None:
    source, window = subject.source, (END - 600, END)
    assert await source.label_values("job", "", *window) == ("api", "web")
    assert await source.label_values("job", 'load{job!="web"}', *window) == ("api",)
    assert await source.label_values("__name__", '{job="web"}', *window) == ("load",)
    assert await source.label_values("nothing", "", *window) == ()


@check
async def a_closed_source_is_unreachable(subject: Subject) -> None:
    await subject.source.aclose()
    with pytest.raises(Unreachable):
        await subject.source.instant("load", END)
