"""The demo's rules write what Prometheus' own rule engine writes (promtool), evaluation for evaluation."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pytest

from noc.catalogue.rules import CONDITION, HISTORY, AlertRule, RecordingRule, Rule, RuleGroup
from noc.demo.episodes import Chronicle
from noc.demo.promql import evaluate_instant
from noc.demo.rules import RuledSource, RunningRules, expanded
from noc.demo.samples import Samples, SampleTable
from noc.model.series import Labels, labels_of
from tests.stack.promtool import EVALUATION, SCRAPE, Check, Fired, Shape, prove

pytestmark = pytest.mark.servers

UNTIL = 3000.0
TIMINGS = ((0.0, 0.0), (0.0, 90.0), (60.0, 0.0), (60.0, 300.0), (45.0, 100.0), (300.0, 600.0))
"""``for`` and ``keep_firing_for`` of a rule, in seconds; some are no multiples of the interval."""
VALUES = (0.5, 0.25, 0.75, 1.0, None, 1.5, 86.125, 7325.0, 86.123456789, 1234567.5, 100000.0)
"""What a series is for a while; the first half does not cross the threshold."""
WRITTEN = ("ALERTS", "ALERTS_FOR_STATE", CONDITION, *(rule.record for rule in HISTORY), "severe", "twice")
NOTES = {
    "value": "{{ $value }}",
    "fixed": '{{ $value | printf "%.2f" }}',
    "share": "{{ $value | humanizePercentage }}",
    "time": "{{ $value | humanizeDuration }}",
    "label": "{{ $labels.shard }}, {{ $labels.alertname }}, ‹{{$labels.none}}›",
}


def rules() -> Iterator[Rule]:
    """One alert of each timing, in turn with a record of its condition and without; then what is recorded of them."""
    for number, (wait, keep) in enumerate(TIMINGS):
        name, labels = f"A{number}", {"severity": ("critical", "high")[number % 2]}
        expr = f'load{{rule="{number}"}} > 1'
        if number % 2:
            yield RecordingRule(CONDITION, expr, {"alertname": name, **labels})
            expr = f'{CONDITION}{{alertname="{name}", severity="high"}}'
        yield AlertRule(name, expr, wait, keep, {**labels, "team": "noc"}, NOTES)
    yield from HISTORY
    yield RecordingRule("severe", 'ALERTS{severity="critical"}', {"team": "all"})
    yield RecordingRule("twice", "sum by (alertname) (severe) * 2")


GROUP = RuleGroup("all", EVALUATION, tuple(rules()))


def courses() -> dict[tuple[int, str], list[float | None]]:
    """What each rule's series do, scrape by scrape: runs above and below the threshold, and gaps."""
    dice = random.Random(7)
    out: dict[tuple[int, str], list[float | None]] = {}
    for number in range(len(TIMINGS)):
        for shard in ("a", "b"):
            runs = ([dice.choice(VALUES)] * dice.randint(1, 24) for _ in repeat(0))
            course = chain.from_iterable(runs)
            out[number, shard] = [next(course) for _ in range(int(UNTIL / SCRAPE) + 2)]
    return out


COURSES = courses()


def shapes() -> dict[str, Shape]:
    return {f'load{{rule="{number}", shard="{shard}"}}': shape(course) for (number, shard), course in COURSES.items()}


def shape(course: list[float | None]) -> Shape:
    return lambda at: course[round(at / SCRAPE)]


def running() -> RuledSource:
    table = []
    for (number, shard), course in COURSES.items():
        there = [(index * SCRAPE, value) for index, value in enumerate(course) if value is not None]
        labels = labels_of({"__name__": "load", "rule": str(number), "shard": shard})
        table.append(Samples(labels, np.array([at for at, _ in there]), np.array([value for _, value in there])))
    source = SampleTable(table)
    return RuledSource(source, RunningRules(Chronicle(source, [GROUP], 0.0)))


def answer(source: RuledSource, name: str, at: float) -> Mapping[str, float]:
    found = evaluate_instant(f"round({name}, 1e-6)", at, source)
    return {spelled(one.labels): float(one.values[0]) for one in found.points}


def spelled(labels: Labels) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels) + "}"


def moments() -> Iterator[float]:
    return (number * EVALUATION for number in range(int(UNTIL / EVALUATION)))


@pytest.mark.parametrize("name", WRITTEN)
def test_every_series_that_rules_write_is_prometheus_own(name: str, tmp_path: Path) -> None:
    source = running()
    checks = [Check(at, name, answer(source, name, at)) for at in moments()]
    assert sum(map(bool, (check.answer for check in checks))) > 10
    prove(tmp_path, [GROUP], shapes(), checks, speed=1)


def test_firing_alerts_have_prometheus_own_labels_and_annotations(tmp_path: Path) -> None:
    """While an alert is kept, its annotations stay those of the last time its condition held."""
    told = running().rules
    checks = []
    for at in list(moments())[::2]:
        found = {
            rule.rule.alert: [
                (
                    {name: value for name, value in one.labels if name != "alertname"},
                    expanded(rule.rule.annotations, one.seen, one.value(at)),
                )
                for one in episodes
                if one.firing(at)
            ]
            for rule, episodes in told.chronicle.episodes(at, at)
        }
        checks += [Fired(at, name, alerts) for name, alerts in found.items()]
    assert len({len(check.alerts) for check in checks}) == 3
    prove(tmp_path, [GROUP], shapes(), checks, speed=1)
