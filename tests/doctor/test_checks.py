"""Faults of health checks in files, with their lines."""

from __future__ import annotations

from pathlib import Path

from noc.doctor.lint import lint_layout, lint_settings
from noc.doctor.remark import Known

GOOD = """\
probe: true
checks:
  health: {target: https://api.example.com/health, interval: 30s, within: 100ms}
  detailed:
    target: {url: https://api.example.com/api/v1/health, timeout: 5s}
    interval: 2m
    services: $.services
    body: [{path: "$.services.*", each: up}, {path: $.time, recent: 5s}]
"""

BAD = """\
probe: true
checks:
  a: {target: https://a.example.com/health, within: 20s}
  b: {target: https://b.example.com/health, interval: 5s}
  c: {target: {url: https://c.example.com/health, tls: {insecure_skip_verify: true}}}
  d:
    target: d.example.com/health
    body:
      - {path: $.time, recent: 500ms}
"""

REFUSED = """\
checks:
  a:
    target: https://a.example.com/health
    services: services
    body:
      - {path: $..x, each: up}
      - {matches: "("}
      - {path: $.a}
"""

LAYOUT = """\
grid:
  areas:
    - [a, b]
panels:
  a: {kind: checks, checks: [health, helth]}
  b: {kind: status-grid, query: up, check: detail}
"""


def settings(directory: Path, text: str) -> list[str]:
    path = directory / "noc.yaml"
    path.write_text(text, encoding="utf-8")
    return [str(fault) for fault in lint_settings(path, Known(), file="noc.yaml")]


def test_good_checks_are_good(tmp_path: Path) -> None:
    assert settings(tmp_path, GOOD) == []


def test_checks_that_cannot_mean_what_they_say_are_named(tmp_path: Path) -> None:
    assert settings(tmp_path, BAD) == [
        "noc.yaml:3: checks.a.within: 20s is never exceeded: the target is given up after 10s",
        "noc.yaml:4: warning: checks.b.interval: a probe may last 10s, longer than the interval of 5s;"
        " give the target a shorter timeout",
        "noc.yaml:5: warning: checks.c.target: the certificate is not verified, so nobody knows when it ends",
        "noc.yaml:9: warning: checks.d.body[1].recent: clocks of two machines may differ by more than 500ms",
    ]


def test_paths_and_patterns_are_refused_where_they_stand(tmp_path: Path) -> None:
    assert settings(tmp_path, REFUSED) == [
        "noc.yaml:4: checks.a.services: the path 'services' must begin with $, such as $.status",
        "noc.yaml:6: checks.a.body[1].path: the path '$..x' cannot be read at '..x'; write .name, ['name'], [0] or *",
        "noc.yaml:7: checks.a.body[2].matches: no regular expression: missing ), unterminated subpattern",
        "noc.yaml:8: checks.a.body[3]: an assertion needs exactly one of exists, equals, each, matches, recent",
    ]


def test_a_wall_that_probes_nothing_is_told(tmp_path: Path) -> None:
    assert settings(tmp_path, "probe: true\n") == [
        "noc.yaml:1: warning: probe: there are no checks to make; write them under checks"
    ]


def test_a_panel_that_names_no_check_is_told_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(LAYOUT, encoding="utf-8")
    known = Known(checks=frozenset({"health", "detailed"}))
    found = [str(fault) for fault in lint_layout(path, known, file="mine.yaml")]
    assert found == [
        "mine.yaml:5: panels.a.checks[2]: unknown check 'helth', did you mean 'health'?",
        "mine.yaml:6: panels.b.check: unknown check 'detail', did you mean 'detailed'?",
    ]
