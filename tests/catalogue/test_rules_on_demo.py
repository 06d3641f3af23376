"""The embedded world can evaluate every rule of the catalogue, at every pace."""

from __future__ import annotations

import numpy as np
import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.rules import RecordingRule, groups
from noc.demo.promql import Options, evaluate_instant, evaluate_range
from noc.demo.samples import Samples, SampleTable
from noc.demo.world import World
from noc.model.series import labels_of

ZERO = 1_759_419_000.0
WORLD = World(7, "alert-storm", ZERO - 1200)
CALM = World(7, "calm", ZERO)
EXPRESSIONS = {
    speed: list(
        dict.fromkeys(
            rule.expr for group in groups(metrics.load(), contract.load(), speed=speed) for rule in group.rules
        )
    )
    for speed in (1, 60)
}


@pytest.mark.parametrize(
    ("speed", "expr"), [(speed, expr) for speed, exprs in EXPRESSIONS.items() for expr in exprs if "ALERTS" not in expr]
)
def test_the_worlds_promql_knows_all_that_the_rule_uses(speed: int, expr: str) -> None:
    options = Options(subquery_step=60 / speed)
    at_once = evaluate_instant(expr, ZERO, WORLD, options)
    over_time = evaluate_range(expr, ZERO - 120, ZERO, 60, WORLD, options)
    newest = {points.labels: points.values[-1] for points in over_time.points if points.times[-1] == ZERO * 1000}
    assert {points.labels: points.values[0] for points in at_once.points} == newest


@pytest.mark.parametrize(
    "record", [rule for group in groups(metrics.load(), contract.load())[:4] for rule in group.rules[::2]], ids=str
)
def test_on_a_calm_day_no_condition_holds(record: RecordingRule) -> None:
    assert evaluate_range(record.expr, ZERO - 3 * 3600, ZERO, 60, CALM).points == ()


def test_history_is_read_off_what_alerting_leaves() -> None:
    """An alert that was active for a minute before it fired, and whose condition rose three times in half an hour."""
    times = ZERO + np.arange(0, 1801, 30.0)
    rising = times[(times - ZERO - 120) % 600 < 300]
    name = {"alertname": "A", "severity": "critical"}
    table = SampleTable(
        [
            Samples(labels_of({"__name__": "ALERTS", "alertstate": "firing", **name}), times[-1:], np.ones(1)),
            Samples(labels_of({"__name__": "ALERTS_FOR_STATE", **name}), times[-3:], np.full(3, times[-3])),
            Samples(labels_of({"__name__": "noc:alert_condition", **name}), rising, np.full(len(rising), 7.0)),
        ]
    )
    (history,) = [group for group in groups(metrics.load(), contract.load()) if group.name == "noc_history"]
    found = {
        rule.record: [
            (dict(points.labels), float(points.values[0]))
            for points in evaluate_instant(rule.expr, times[-1], table, Options(lookback=45.0)).points
        ]
        for rule in history.rules
    }
    assert found == {
        "noc:alert_fired": [({"__name__": "ALERTS", "alertstate": "firing", **name}, 1.0)],
        "noc:alert_detect_seconds": [(name, 60.0)],
        "noc:alert_flapping": [(name, 3.0)],
        "noc:alerts_critical": [({}, 1.0)],
    }
