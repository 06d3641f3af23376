"""The inquiry asks a server little, in order, and takes its failures as answers; a real Prometheus understands it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from noc.config.server import Server
from noc.demo.samples import Samples
from noc.engine.inquiry import LABELS, Inquiry
from noc.model.clock import FixedClock
from noc.model.errors import Timeout
from noc.model.series import labels_of
from noc.sources.http import client
from noc.sources.prometheus import PrometheusSource
from tests.ui.fakes import NOW, FakeSource


async def asked(source: FakeSource, expr: str) -> Inquiry:
    inquiry = Inquiry(source, expr, NOW)
    await inquiry.run(lambda: None)
    return inquiry


async def test_the_questions_are_the_whole_the_labels_and_each_split_at_both_moments() -> None:
    source = FakeSource()
    source.answer("topk(50, x)", ({"a": "1", "b": "1", "c": "1"}, 1), ({"a": "2", "b": "1", "c": "2"}, 1))
    inquiry = await asked(source, "sum(x)")
    assert inquiry.labels == ("a", "c")
    assert sorted({(one.expr, one.end) for one in source.asked}) == [
        ("sum by (a) (x)", NOW - 3600),
        ("sum by (a) (x)", NOW),
        ("sum by (c) (x)", NOW - 3600),
        ("sum by (c) (x)", NOW),
        ("sum(x)", NOW - 3600),
        ("sum(x)", NOW),
        ("topk(50, x)", NOW - 3600),
        ("topk(50, x)", NOW),
    ]
    assert len(source.asked) == 8
    assert inquiry.done
    assert inquiry.ordered == []


async def test_a_label_whose_values_are_all_empty_is_left_out() -> None:
    source = FakeSource()
    source.answer("topk(50, x)", ({"a": "1"}, 1), ({"a": "2"}, 1))
    source.answer("sum by (a) (x)", ({}, 3))
    assert (await asked(source, "sum(x)")).ordered == []


async def test_more_labels_than_are_asked_are_counted() -> None:
    source = FakeSource()
    names = [f"l{index:02}" for index in range(LABELS + 3)]
    source.answer("topk(50, x)", *((dict.fromkeys(names, value), 1) for value in ("1", "2")))
    inquiry = await asked(source, "sum(x)")
    assert (len(inquiry.labels), inquiry.unasked) == (LABELS, 3)


async def test_nothing_is_asked_about_what_has_no_parts() -> None:
    source = FakeSource()
    inquiry = await asked(source, "time()")
    assert (inquiry.obstacle, inquiry.done, source.asked) == ("it is a single number and has no labels", True, [])


@pytest.mark.parametrize(
    ("labels", "reason"),
    [([], "its selectors find no series"), ([{"a": "1"}, {"a": "1"}], "no label of its series has two values")],
)
async def test_series_that_nothing_tells_apart_are_no_parts(labels: list[dict[str, str]], reason: str) -> None:
    source = FakeSource()
    source.answer("topk(50, x)", *((each, 1.0) for each in labels))
    assert (await asked(source, "sum(x)")).obstacle == reason


async def test_a_server_that_fails_ends_the_inquiry_with_its_words() -> None:
    source = FakeSource()
    source.reply("sum(x)", Timeout("no answer within 10s"))
    inquiry = await asked(source, "sum(x)")
    assert (inquiry.error, inquiry.done, source.flying) == ("no answer within 10s", True, 0)


def _counters() -> list[Samples]:
    times = np.arange(NOW - 3 * 3600, NOW + 1, 60.0)
    held = []
    for tenant, faster in (("acme", 1.0), ("globex", 5.0), ("initech", 1.0)):
        for code in ("401", "403"):
            rate = np.where(times > NOW - 1800, faster if code == "401" else 1.0, 1.0)
            labels = {"__name__": "logins_total", "job": "api", "tenant": tenant, "code": code}
            held.append(Samples(labels_of(labels), times, np.cumsum(rate * 60)))
    return held


@pytest.mark.servers
async def test_a_real_prometheus_tells_who_it_was(history_factory: Callable[..., str]) -> None:
    url = history_factory(_counters())
    clock = FixedClock(NOW)
    server = Server(url=url)
    async with client(server) as connections:
        source = PrometheusSource(server, connections, clock)
        inquiry = Inquiry(source, 'sum(rate(logins_total{job="api"}[5m])) > 0', NOW)
        await inquiry.run(lambda: None)
    assert (inquiry.error, inquiry.obstacle, inquiry.failed) == ("", "", [])
    assert (inquiry.now, inquiry.before) == (pytest.approx(10), pytest.approx(6))
    best = inquiry.ordered[0]
    assert (best.label, best.changes[0].value, round(best.changes[0].change, 6)) == ("tenant", "globex", 4)
    assert best.changes[0].share == pytest.approx(1)
