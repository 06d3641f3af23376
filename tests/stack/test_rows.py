"""Every threshold row's rule fires at the table's threshold, stays quiet below it, and resolves; promtool says so.

Each row is tried at the world's own pace and at sixty times it: the same samples in a sixtieth of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.pace import paced
from noc.catalogue.rules import RuleGroup, groups
from tests.stack.promtool import Check, Fired, prove
from tests.stack.rows import ROWS, Row

pytestmark = pytest.mark.servers

CATALOGUE = metrics.load()
RULES = {speed: groups(CATALOGUE, contract.load(), speed=speed) for speed in (1, 60)}

ACK_WITHIN = {"critical": "5m", "high": "15m", "medium": "1h"}  # section 4.1
SOONER = {  # section 4.4
    ("CrossTenantAccessAttempt", "critical"): "2m",
    ("DatabaseConnectionPoolHigh", "critical"): "1m",
    ("DatabaseConnectionPoolHigh", "high"): "1m",
    ("HighAPIErrorRate", "high"): "10m",
}
WATCHED_LONGER = {"CrossTenantAccessAttempt": "30m", "WebhookSignatureFailures": "30m"}


def alone(row: Row, speed: int) -> RuleGroup:
    """The rules of the row's metric, as the whole file has them."""
    (made,) = [
        RuleGroup(group.name, group.interval, rules)
        for group in RULES[speed]
        if (rules := tuple(rule for rule in group.rules if getattr(rule, "alert", named(rule.labels)) == row.alert))
    ]
    return made


def named(labels: Mapping[str, str]) -> str:
    return labels.get("alertname", "")


def spelled(**labels: str) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def annotations(row: Row, severity: str, said: str) -> dict[str, str]:
    metric = CATALOGUE[row.metric]
    within = SOONER.get((row.alert, severity), ACK_WITHIN.get(severity))
    return {
        "summary": metric.title,
        "description": said,
        "metric": row.metric,
        "runbook": str(metric.runbook),
        "runbook_url": f"https://wiki.example.com/runbooks/{metric.runbook}",
        "dashboard": "operations" if row.category == "availability" else row.category,
        **({"ack_within": within} if within else {}),
        "watch_after": WATCHED_LONGER.get(row.alert, "10m"),
    }


def alert(row: Row, severity: str, said: str) -> tuple[dict[str, str], dict[str, str]]:
    labels = {**row.where, "severity": severity, "category": row.category}
    return labels, annotations(row, severity, said)


@pytest.mark.parametrize("speed", [1, 60])
@pytest.mark.parametrize("row", ROWS, ids=[f"{row.metric}-{row.severity}" for row in ROWS])
def test_the_rows_rule_fires_at_its_threshold_not_below_and_resolves(tmp_path: Path, row: Row, speed: int) -> None:
    own = {"alertname": row.alert, "severity": row.severity}
    any_state = f"ALERTS{spelled(**own)}"
    firing = f"ALERTS{spelled(**own, alertstate='firing')}"
    recorded = f"noc:alert_condition{spelled(**own)}"
    measured = paced(str(CATALOGUE[row.metric].query), speed)
    fires = {spelled(**own, **row.where, alertstate="firing", category=row.category): 1.0}
    levels = [alert(row, row.severity, row.said), *([alert(row, *row.milder)] if row.milder else [])]
    busy, over, calm = row.phases.busy, row.phases.over, row.phases.over + row.gone
    checks = [
        # just not enough: not even pending
        Check(busy - 30, measured, {} if row.below is None else {spelled(**row.where): row.below}),
        Check(busy - 30, any_state, {}),
        # just enough: it fires after `for`, with the measured value in its words
        Check(busy + row.hold - 30, firing, {}),
        Check(row.fires, recorded, {spelled(**own, **row.where): row.above}),
        Check(row.fires, firing, fires),
        Fired(row.fires, row.alert, levels),
        # calm again: it keeps firing for ten minutes, then it is gone
        Check(over - 30, firing, fires),
        Check(calm, recorded, {}),
        Check(calm, firing, fires),
        Check(calm + 600, any_state, {}),
    ]
    prove(tmp_path, [alone(row, speed)], row.world(row.phases), checks, speed)
