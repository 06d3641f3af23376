"""Prometheus' own rule tester (Debian's promtool) on rules and series that tests describe in the world's own seconds.

A test of a world that runs ``speed`` times as fast is the same test, with every time divided: samples, evaluations, checks.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noc.catalogue.rules import RuleGroup
from noc.model.timerange import format_duration
from noc.stack.rules import document
from tests.servers import require

SCRAPE = 15.0
EVALUATION = 30.0

Shape = Callable[[float], float | None]
"""A series' value by seconds since the beginning; None where it does not exist."""


@dataclass(frozen=True)
class Phases:
    """When it gets busy and when it is over, in seconds; before and after it is calm."""

    busy: float
    over: float

    def among(self, at: float, values: tuple[float, float, float]) -> float:
        return values[0] if at < self.busy else values[1] if at < self.over else values[2]


@dataclass(frozen=True)
class Check:
    """What an expression answers at a time: values by label set, rounded to six decimals."""

    at: float
    expr: str
    answer: Mapping[str, float]


@dataclass(frozen=True)
class Fired:
    """The alerts of one name that fire at a time, whole: (labels without alertname, annotations)."""

    at: float
    alert: str
    alerts: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]


def prove(
    directory: Path,
    groups: Sequence[RuleGroup],
    series: Mapping[str, Shape],
    checks: Sequence[Check | Fired],
    speed: float,
) -> None:
    """Run the tester; fails with its words."""
    rules, test = directory / "rules.yml", directory / "test.yml"
    rules.write_text(document(groups, speed=speed), encoding="utf-8")
    until = max(check.at for check in checks)
    case = {
        "interval": format_duration(SCRAPE / speed),
        "input_series": [{"series": name, "values": _values(shape, until)} for name, shape in series.items()],
        "promql_expr_test": [_expression(check, speed) for check in checks if isinstance(check, Check)],
        "alert_rule_test": [_alerts(check, speed) for check in checks if isinstance(check, Fired)],
    }
    whole = {
        "rule_files": [rules.name],
        "evaluation_interval": format_duration(EVALUATION / speed),
        "group_eval_order": [group.name for group in groups],  # by chance otherwise: history would lag now and then
        "tests": [case],
    }
    test.write_text(json.dumps(whole), encoding="utf-8")  # JSON is YAML
    run("test", "rules", str(test))


def run(*args: str) -> str:
    """What promtool says; a refusal fails the test."""
    done = subprocess.run([require("promtool"), *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _values(shape: Shape, until: float) -> str:
    values = (shape(number * SCRAPE) for number in range(int(until / SCRAPE) + 2))
    return " ".join("_" if value is None else repr(value) for value in values)


def _expression(check: Check, speed: float) -> dict[str, Any]:
    answer = [{"labels": labels, "value": value} for labels, value in check.answer.items()]
    return {"expr": f"round({check.expr}, 1e-6)", "eval_time": format_duration(check.at / speed), "exp_samples": answer}


def _alerts(check: Fired, speed: float) -> dict[str, Any]:
    alerts = [{"exp_labels": dict(labels), "exp_annotations": dict(notes)} for labels, notes in check.alerts]
    return {"eval_time": format_duration(check.at / speed), "alertname": check.alert, "exp_alerts": alerts}
