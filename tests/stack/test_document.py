"""Rule groups as a file: exact text, readable by Prometheus, nothing lost on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from noc.catalogue import contract, metrics
from noc.catalogue.rules import SHORTEST, AlertRule, RecordingRule, RuleGroup, groups
from noc.model.timerange import parse_duration
from noc.stack.rules import document
from tests.stack.promtool import run

CATALOGUE, CONTRACT = metrics.load(), contract.load()

SMALL = RuleGroup(
    "small",
    30.0,
    (
        RecordingRule("job:up:min", "min by (job) (up)"),
        RecordingRule("noc:alert_condition", "x" * 111, {"alertname": "Down", "severity": "high"}),
        AlertRule("Watchdog", "vector(1)", labels={"severity": "none"}, annotations={"summary": "Alerting works"}),
        AlertRule(
            "Down",
            'up{job="a"} == 0',
            90.0,
            600.0,
            {"severity": "high"},
            {"summary": "It's down", "description": '{{ $value | printf "%.0f" }}: down'},
        ),
    ),
)

TEXT = f"""\
# Alert and recording rules, made by: noc stack rules
# Prometheus 2.42 or newer (keep_firing_for). Prometheus must scrape every 1m15s or oftener: the shortest window is 5m.
groups:
  - name: small
    interval: 30s
    rules:
      - record: job:up:min
        expr: min by (job) (up)
      - record: noc:alert_condition
        expr: >-
          {"x" * 111}
        labels:
          alertname: Down
          severity: high
      - alert: Watchdog
        expr: vector(1)
        labels:
          severity: none
        annotations:
          summary: Alerting works
      - alert: Down
        expr: up{{job="a"}} == 0
        for: 1m30s
        keep_firing_for: 10m
        labels:
          severity: high
        annotations:
          summary: It's down
          description: '{{{{ $value | printf "%.0f" }}}}: down'
"""


def read(text: str) -> list[RuleGroup]:
    """The groups a file holds."""
    return [
        RuleGroup(group["name"], parse_duration(group["interval"]), tuple(rule(one) for one in group["rules"]))
        for group in YAML(typ="safe").load(text)["groups"]
    ]


def rule(found: dict[str, Any]) -> RecordingRule | AlertRule:
    if "record" in found:
        return RecordingRule(found["record"], found["expr"], found.get("labels", {}))
    for_, keep = (parse_duration(found[key]) if key in found else 0.0 for key in ("for", "keep_firing_for"))
    return AlertRule(found["alert"], found["expr"], for_, keep, found["labels"], found["annotations"])


def test_the_file_reads_as_a_person_would_write_it() -> None:
    assert document([SMALL]) == TEXT


def test_a_faster_file_says_how_it_was_made_and_how_often_to_scrape() -> None:
    assert document([SMALL], speed=60).split("\n")[:2] == [
        "# Alert and recording rules, made by: noc stack rules --speed 60",
        "# Prometheus 2.42 or newer (keep_firing_for). "
        "Prometheus must scrape every 1s250ms or oftener: the shortest window is 5s.",
    ]


@pytest.mark.parametrize("speed", [1, 60, 600])
def test_what_is_written_is_what_was_made(speed: float) -> None:
    made = groups(CATALOGUE, CONTRACT, speed=speed)
    assert read(document(made, speed=speed)) == list(made)


def test_the_same_catalogue_makes_the_same_file() -> None:
    assert document(groups(CATALOGUE, CONTRACT)) == document(groups(metrics.load(), contract.load()))


def test_the_head_is_right_about_the_shortest_window() -> None:
    made = groups(CATALOGUE, CONTRACT)
    exprs = [one.expr for group in made for one in group.rules]
    windows = {window for expr in exprs for window in ("[5m]", "[11m]", "[1h]", "[30m:1m]") if window in expr}
    assert windows == {"[5m]", "[11m]", "[1h]", "[30m:1m]"}
    assert sum(expr.count("[") for expr in exprs) == sum(expr.count(window) for expr in exprs for window in windows)
    assert parse_duration("5m") == SHORTEST


@pytest.mark.servers
@pytest.mark.parametrize("speed", [1, 1.5, 7, 60, 600])
def test_promtool_accepts_the_file_at_every_pace(tmp_path: Path, speed: float) -> None:
    path = tmp_path / "noc.rules.yml"
    path.write_text(document(groups(CATALOGUE, CONTRACT, speed=speed), speed=speed), encoding="utf-8")
    assert "SUCCESS: 118 rules found" in run("check", "rules", "--lint-fatal", str(path))
