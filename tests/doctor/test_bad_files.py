"""One broken file for each fault: the exact words a user reads, with line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc.catalogue.metrics import load
from noc.config.server import Server
from noc.doctor.lint import lint_layout, lint_settings, lint_theme
from noc.doctor.remark import Known
from noc.model.errors import Fault

BAD = Path(__file__).parent.parent / "fixtures" / "bad"

KNOWN = Known(
    catalogue=load(),
    layouts=frozenset({"host", "operations", "prometheus"}),
    themes=frozenset({"midnight", "paper"}),
    bindings=frozenset({"alert.silence"}),
    prometheus={"main": Server(url="http://prometheus:9090")},
    loki={"logs": Server(url="http://loki:3100")},
)

EXPECTED = {
    "a-list": [
        "1: the file must be a mapping (key: value)",
    ],
    "area-torn": [
        "3: grid.areas[1]: 'mem' fills 3 cells of the 4 around them; an area must be a rectangle",
    ],
    "area-without-panel": [
        "3: grid.areas[1]: no panel is called 'memry', did you mean 'memory'?",
        "6: panels.memory: this panel has no area in the grid",
    ],
    "bad-duration": [
        "1: range: '5 minutes' is no duration; write 30s, 5m, 1h30m or 7d",
    ],
    "bad-number": [
        "4: panels.cpu.min: must be a number, not 'low'",
    ],
    "bad-track": [
        "2: grid.columns[1]: '2 fr' is neither a number of cells nor a share like '1fr'",
    ],
    "bounds": [
        "4: panels.cpu.max: max 1 is not above min 10",
        "4: panels.cpu.step: the step is longer than the range",
    ],
    "colon-in-text": [
        "1: a ':' too many; put the text in quotes, or mend the indentation above",
    ],
    "control-character": [
        "1: the character U+0007 is not allowed in YAML",
    ],
    "duplicate-key": [
        "5: panels.cpu: this key stands in line 4 already",
    ],
    "empty": [
        "0: the file is empty",
    ],
    "indentation": [
        "3: this line is indented unlike its neighbours",
    ],
    "log-filter": [
        "4: panels.a.filter: at 1: invalid regular expression '[': unterminated character set at position 0",
        "5: panels.b.filter: at 1: there is no level 'wran', did you mean 'warn'?",
        '6: panels.c.filter: at 1: a quote is not closed; write "two words"',
    ],
    "log-highlight": [
        "7: panels.a.highlight: invalid regular expression '(unclosed': missing ), unterminated subpattern at position 0",
    ],
    "log-metric": [
        "4: panels.a.metric: metric 'security.events' is a log query, which a gauge panel cannot ask",
        "5: panels.b.metric: metric 'auth.webhook.signature_failures' is a PromQL query, and a logs panel asks a log query",
    ],
    "log-panel": [
        "4: panels.a: a logs panel needs exactly one of 'metric' and 'query'",
        "5: panels.b.follow: unknown value 'tails', did you mean 'tail'?",
        "5: panels.b.level: unknown value 'warning', did you mean 'warn'?",
        "5: panels.b.limit: must be at least 10, not 5",
        "6: panels.c.top: must be at least 1, not 0",
        "6: panels.c: unknown key 'wrap'",
    ],
    "log-variable": [
        "2: warning: variables.job: this variable is used nowhere",
        "6: panels.a.query: unknown variable $jbo, did you mean $job?",
    ],
    "logql-counts": [
        "4: panels.feed.query: this counts lines, and the panel wants the lines: a selector and its stages, no aggregation",
        "5: panels.rate.query: this counts lines, and the panel wants the lines: a selector and its stages, no aggregation",
        "6: panels.top.query: this counts lines, and the panel wants the lines: a selector and its stages, no aggregation",
    ],
    "logql-lines": [
        "4: panels.a.query: this gives lines, and the panel draws numbers: sum(count_over_time(…[5m])), or kind: logs",
        "9: panels.b.queries[2].query: this gives lines, and the panel draws numbers: "
        "sum(count_over_time(…[5m])), or kind: logs",
    ],
    "logql-syntax": [
        "4: panels.feed.query: parse error at line 1, col 20: syntax error: unexpected IDENTIFIER, expecting STRING or ip",
        "7: panels.rate.query: parse error at line 2, col 10: syntax error: unexpected |",
        "10: panels.top.query: parse error : queries require at least one regexp or equality matcher that does not have "
        'an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will',
    ],
    "latin1": [
        "0: is no UTF-8 text",
    ],
    "many-aliases": [
        "1: too many aliases",
    ],
    "many": [
        "1: refresh: is under 2s, which is a load test",
        "3: grid: unknown key 'colums', did you mean 'columns'?",
        "6: panels.a: unknown kind 'gague', did you mean 'gauge'?",
        "7: panels.b.decimals: must be a whole number, not 'lots'",
        "7: panels.b.query: no valid PromQL: unclosed left parenthesis",
        "8: panels.c.query: no valid PromQL: expected type matrix in call to function 'rate', got vector",
    ],
    "mappings": [
        "8: panels.cpu.mappings[1]: a mapping needs 'value', 'from', 'to' or 'nan: true'",
        "9: panels.cpu.mappings[2]: from 3 is above to 1; this matches nothing",
    ],
    "missing-grid": [
        "0: 'grid' is missing",
    ],
    "missing-kind": [
        "4: panels.cpu: 'kind' is missing",
    ],
    "no-panels": [
        "3: panels: must not be empty",
    ],
    "no-question": [
        "4: panels.cpu: a panel needs one of 'metric', 'query' or 'queries'",
    ],
    "number-for-text": [
        "1: title: must be text; put it in quotes: '42'",
    ],
    "only-comments": [
        "0: the file is empty",
    ],
    "open-bracket": [
        "2: a ',' or the closing ']' is missing",
    ],
    "open-quote": [
        "1: a quote is never closed",
    ],
    "panel-is-a-word": [
        "4: panels.cpu: must be a mapping (key: value), not 'up'",
    ],
    "panels-are-a-list": [
        "3: panels: must be a mapping (key: value), not a list",
    ],
    "promql-function": [
        "4: panels.cpu.query: no valid PromQL: unknown function 'histogramm_quantile', did you mean 'histogram_quantile'?",
    ],
    "promql-syntax": [
        "7: panels.cpu.query: no valid PromQL: unclosed left parenthesis",
    ],
    "range-vector": [
        "4: panels.cpu.query: this is a range vector and cannot be drawn; put rate(…) or an …_over_time(…) around it",
    ],
    "refresh-too-fast": [
        "1: refresh: is under 2s, which is a load test",
        "5: panels.cpu.refresh: is under 2s, which is a load test",
    ],
    "rows-of-unequal-length": [
        "4: grid.areas[2]: this row has 1 cell, the first has 2",
    ],
    "self-alias": [
        "1: an alias that contains itself",
    ],
    "settings-api-url": [
        "3: environments.prod.prometheus: give the base URL, without '/api/v1/query'",
    ],
    "settings-empty-environment": [
        "2: warning: environments.prod: this environment has no servers",
    ],
    "settings-password-as-variable": [
        "3: environments.prod.prometheus.bearer_env: this is no name of an environment variable; "
        "the secret itself stands elsewhere",
    ],
    "settings-password-in-url": [
        "3: environments.prod.prometheus: the URL holds a user name or password; "
        "write basic: {username: NAME, password_env: VARIABLE} beside it",
    ],
    "settings-password": [
        "3: environments.prod.prometheus.basic: unknown key 'password', did you mean 'password_env'?",
    ],
    "settings-scheme": [
        "3: environments.prod.alertmanager: the URL must begin with http:// or https://",
    ],
    "settings-secret-header": [
        "3: environments.prod.loki: the header 'Authorization' is a secret; use basic, bearer_env, bearer_file or headers_env",
    ],
    "settings-two-logins": [
        "3: environments.prod.prometheus: log in one way, not by bearer_env and bearer_file",
    ],
    "settings-words": [
        "1: environment: unknown environment 'prdo', did you mean 'prod'?",
        "2: theme: unknown theme 'midnigth', did you mean 'midnight'?",
        "3: layout[2]: unknown layout 'hots', did you mean 'host'?",
        "4: timezone: 'Europe/Zurch' is no time zone; write a name like Europe/Zurich or UTC",
        "5: keys.alert.silense: unknown binding 'alert.silense', did you mean 'alert.silence'?",
        "6: refresh: is under 2s, which is a load test",
        "8: environments.prod.colour: 'rde' is no colour; write '#rrggbb' in quotes, "
        "accent, ok, low, medium, high, critical or series1 to series8",
    ],
    "several-values": [
        "6: panels.cpu.query: $instance has several values where one can stand; write =~ instead of =",
    ],
    "short-window": [
        "4: panels.cpu.query: irate(…[45s]) spans less than 4 scrapes of 15s and is often empty; write [$__rate_interval]",
        "4: panels.cpu.query: rate(…[30s]) spans less than 4 scrapes of 15s and is often empty; write [$__rate_interval]",
    ],
    "string": [
        "4: panels.cpu.query: this is a string and cannot be drawn",
    ],
    "subquery": [
        "4: panels.cpu.query: this is a range vector and cannot be drawn; put rate(…) or an …_over_time(…) around it",
    ],
    "tab": [
        "2: a tab; indent with spaces",
    ],
    "table-columns": [
        "7: panels.t.sort: no column is called 'Tiem', did you mean 'Time'?",
        "9: panels.t.columns[1]: a column needs exactly one of 'label' and 'query'",
        "10: panels.t.columns[2].query: there is no query 4; the last is 0",
    ],
    "theme": [
        "0: 'accent' is missing",
        "0: 'critical' is missing",
        "0: 'faint' is missing",
        "0: 'high' is missing",
        "0: 'low' is missing",
        "0: 'medium' is missing",
        "0: 'muted' is missing",
        "0: 'ok' is missing",
        "0: 'ramp' is missing",
        "0: 'series' is missing",
        "0: 'text' is missing",
        "2: background: no colour; put it in quotes ('#1a2b3c'), YAML reads # as a comment",
        "3: surface: is no colour; write '#rrggbb' in quotes",
        "4: raised: is no colour; write '#rrggbb' in quotes",
        "5: unknown key 'tetx', did you mean 'text'?",
    ],
    "thresholds-out-of-order": [
        "9: panels.a.thresholds[2]: above 0.9 (medium) never shows: above 0.8 is high already",
        "10: panels.b.thresholds[3]: two levels below 9",
    ],
    "too-many-decimals": [
        "4: panels.cpu.decimals: must be at most 9, not 12",
    ],
    "tracks-do-not-count": [
        "2: grid.columns: 1 columns, but the areas have 2 cells a row",
        "3: grid.rows: 3 rows, but the areas have 2 rows",
    ],
    "two-documents": [
        "2: a second document ('---') in one file",
    ],
    "two-questions": [
        "4: panels.cpu: give one of 'metric', 'query' and 'queries', not metric and query",
    ],
    "two-sided-threshold": [
        "7: panels.cpu.thresholds[1]: a threshold needs exactly one of 'above' and 'below'",
    ],
    "unknown-anchor": [
        "4: no anchor is called 'gauge'",
    ],
    "unknown-builtin": [
        "4: panels.cpu.query: unknown variable $__rate_intervall, did you mean $__rate_interval?",
    ],
    "unknown-drill": [
        "7: panels.cpu.drill.layout: unknown layout 'hots', did you mean 'host'?",
    ],
    "unknown-key-at-top": [
        "0: 'panels' is missing",
        "3: unknown key 'panel', did you mean 'panels'?",
    ],
    "unknown-key": [
        "7: panels.cpu: unknown key 'tresholds', did you mean 'thresholds'?",
    ],
    "unknown-kind": [
        "4: panels.cpu: unknown kind 'gague', did you mean 'gauge'?",
    ],
    "unknown-loki": [
        "4: panels.a.source: unknown server 'lgos', did you mean 'logs'?",
        "5: panels.b.source: unknown server 'main'; known: logs",
        "6: panels.c.source: unknown server 'loki:lgos', did you mean 'logs'?",
        "10: panels.d.queries[1].source: unknown server 'main'; known: logs",
    ],
    "unknown-metric": [
        "4: panels.a.metric: unknown metric 'auth.webhook.signature_failure', did you mean 'auth.webhook.signature_failures'?",
        "5: panels.b.queries[1].metric: unknown metric 'nothing.like.it'",
    ],
    "unknown-runbook": [
        "4: panels.cpu.runbook: unknown runbook 'auth-failure', did you mean 'auth-failures'?",
    ],
    "unknown-severity": [
        "8: panels.cpu.thresholds[1].severity: unknown value 'hihg', did you mean 'high'?",
    ],
    "unknown-source": [
        "4: panels.cpu.source: unknown server 'mian', did you mean 'main'?",
    ],
    "unknown-unit": [
        "4: warning: panels.cpu.unit: unknown unit 'percentunits' is shown as a suffix, did you mean 'percentunit'?",
    ],
    "unknown-variable": [
        "6: panels.cpu.query: unknown variable $instanse, did you mean $instance?",
    ],
    "variables": [
        "2: warning: variables.unused: this variable is used nowhere",
        "3: variables.site.default: 'nort' is not one of the values, did you mean 'north'?",
        "4: variables.job.query: write label_values(SELECTOR, LABEL) or label_values(LABEL)",
        "5: variables.node.query: unknown variable $jbo, did you mean 'job'?",
        "5: variables.node.regex: no regular expression: missing ), unterminated subpattern",
    ],
    "where": [
        "5: panels.a.where.provider: unknown variable $providr, did you mean 'provider'?",
        "6: panels.b.where.pro-vider: 'pro-vider' cannot be the name of a label: letters, digits and _ alone",
        "7: panels.c: 'where' narrows catalogue metrics; write the labels into the query instead",
    ],
}
"""Line and message of every fault by the file's name."""


def lint(name: str) -> list[Fault]:
    path = BAD / f"{name}.yaml"
    if name.startswith("settings-"):
        return lint_settings(path, KNOWN, file=name)
    return lint_theme(path, file=name) if name.startswith("theme") else lint_layout(path, KNOWN, file=name)


def test_every_broken_file_has_its_expectation() -> None:
    assert sorted(path.stem for path in BAD.glob("*.yaml")) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_broken_file_is_told_so_in_these_words(name: str) -> None:
    assert [str(fault).removeprefix(f"{name}:") for fault in lint(name)] == EXPECTED[name]


def test_no_message_repeats_a_secret_or_speaks_jargon() -> None:
    said = "\n".join(str(fault) for name in EXPECTED for fault in lint(name))
    for word in ("hunter2", "pydantic", "Input should", "Value error", "type=", "model_", "function-"):
        assert word not in said
