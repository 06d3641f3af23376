"""Layouts against a log server that is given as answers: what it refuses, what finds no lines, what it is asked."""

from __future__ import annotations

from pathlib import Path

from noc.catalogue.metrics import load
from noc.catalogue.resolve import resolve
from noc.config.loader import read_layout
from noc.doctor.live import LiveLogs, LiveServers, check_layout
from noc.model.errors import BadQuery
from noc.model.series import Answer, Series

LAYOUT = """
range: 30m
variables:
  job: {kind: query, query: label_values(job), language: logql}
grid:
  areas:
    - lines rate
    - top   number
panels:
  lines: {kind: logs, query: '{job="$job"}'}
  rate: {kind: log-rate, query: '{job="$job"} |= "x"'}
  top: {kind: top, query: '{job="$job"} | json', optional: true}
  number: {kind: stat, query: 'sum(rate({job="$job"}[5m]))', source: loki}
"""

ONE = Answer((Series.of({}, [(0, 1)]),))


def checked(tmp_path: Path, answers: dict[str, Answer | BadQuery]) -> tuple[list[str], list[str]]:
    """The faults of the layout, and what was asked."""
    asked: list[str] = []

    def query(expr: str) -> Answer:
        asked.append(expr)
        answer = answers.get(expr, Answer(()))
        if isinstance(answer, BadQuery):
            raise answer
        return answer

    path = tmp_path / "mine.yaml"
    path.write_text(LAYOUT)
    loaded = read_layout(path, "mine.yaml")
    assert loaded.document is not None
    servers = LiveServers({}, {"loki": LiveLogs(query, lambda label, match: ("shop", "till"))})
    faults = check_layout(resolve(loaded.required(), load()), loaded.document, servers)
    return [str(fault) for fault in faults], asked


COUNTED = 'sum (count_over_time({job="shop"} [30m]))'
MATCHED = 'sum (count_over_time({job="shop"} |= "x" [30m]))'
NUMBER = 'sum(rate({job="shop"}[5m]))'


def test_lines_are_counted_over_the_panels_range_and_numbers_asked_as_they_are(tmp_path: Path) -> None:
    faults, asked = checked(tmp_path, {COUNTED: ONE, MATCHED: ONE, NUMBER: ONE})
    assert faults == []
    assert asked == [COUNTED, MATCHED, 'sum (count_over_time({job="shop"} | json | __error__="" [30m]))', NUMBER]


def test_what_finds_no_lines_is_a_warning_and_an_optional_panel_none(tmp_path: Path) -> None:
    faults, _ = checked(tmp_path, {NUMBER: ONE})
    assert faults == [
        "mine.yaml:10: warning: panels.lines.query: finds no lines in 30m",
        "mine.yaml:11: warning: panels.rate.queries[1]: finds no lines in 30m",
    ]


def test_what_the_server_refuses_is_an_error_in_its_own_words(tmp_path: Path) -> None:
    faults, _ = checked(tmp_path, {COUNTED: ONE, MATCHED: ONE, NUMBER: BadQuery("parse error at line 1, col 3: no")})
    assert faults == ["mine.yaml:13: panels.number.queries[1]: the server refuses it: parse error at line 1, col 3: no"]
