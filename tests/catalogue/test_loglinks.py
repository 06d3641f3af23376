"""From alerts and series to the lines behind them: whatever stands in a label stays inside its string."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue.loglinks import alert_lines, field_of, literal, metric_lines, only, whole
from noc.catalogue.logql import parse
from noc.catalogue.logql.syntax import Comparison, LabelFilter, LogQuery, Parser
from noc.catalogue.metrics import EMPTY, Catalogue
from noc.catalogue.metrics import parse as parse_catalogue
from noc.engine.variables import interpolate, used

FALLBACK = '{job="laravel", level=~"error|critical"}'
CATALOGUE = parse_catalogue(
    f"""
log_labels:
  company_id: context_company_id
  endpoint: context_endpoint
  user_id: context_user_id
log_fallback: '{FALLBACK}'
metrics:
  logins:
    title: Failed logins
    description: Failed logins
    row: "1.1"
    query: failed
    thresholds: [{{above: 20, severity: high}}]
    for: 2m
    logs: '{{job="laravel", event_type="auth_failure"}} | json | context_endpoint="/login"'
    category: security
    alert: FailedLogins
    runbook: auth-failures
  breaches:
    title: Breaches
    description: Breaches
    row: "1.1"
    query: breached
    thresholds: [{{above: 0, severity: critical}}]
    for: 0s
    logs: '{{job="laravel", event_type="tenant_violation"}}'
    category: security
    alert: TenantBreach
    runbook: cross-tenant-access
  slow:
    title: Slow
    description: Slow
    row: "1.1"
    query: slow
    thresholds: [{{above: 0, severity: critical}}]
    for: 0s
    logs: '{{job="laravel", event_type="slow_query"}}'
    log_labels: {{company_id: tenant, model: context_model}}
    category: performance
    alert: Slow
    runbook: slow-queries
  silent:
    title: Silent
    description: Nothing is logged of it
    section: "2.4"
    query: silent
    category: performance
""",
    "metrics.yaml",
)
BREACH = '{job="laravel", event_type="tenant_violation"}'

HOSTILE = {
    "a quote": '"} or {job="other',
    "a backslash": "\\",
    "a backslash and a quote": '\\"',
    "two backslashes": "\\\\",
    "a line break": 'a\nb | json | x="y',
    "a carriage return": "a\rb",
    "a variable": "$HOME",
    "a variable in braces": "${company_id}",
    "a built-in variable": "$__range",
    "a backslash and a variable": "\\$job",
    "a backtick": "`",
    "backticks and a pipe": '`| line_format "x"`',
    "a comment": "# all",
    "a regular expression": "(?P<x>.*)+$",
    "nothing printable": "\x00\x1b\x7f\x85\u2028",
    "letters of elsewhere": "ümläut 語 \U0001f600",
    "a name of a field": "context_user_id",
    "a template": "{{.ip}}",
}


def stages(query: str) -> list[tuple[str, str, object]]:
    """Name, operator and value of each label filter that compares a text, read as it goes to Loki."""
    tree = parse(interpolate(query, {}))
    assert isinstance(tree, LogQuery)
    found = [stage.condition for stage in tree.stages if isinstance(stage, LabelFilter)]
    return [(one.name, one.op, one.value) for one in found if isinstance(one, Comparison) and one.kind == "text"]


# -- values


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_value_stays_inside_its_string_and_means_itself(value: str) -> None:
    query = alert_lines("TenantBreach", (("company_id", value), ("user_id", "42")), CATALOGUE)
    assert query.startswith(f"{BREACH} | json | ")
    assert stages(query) == [("context_company_id", "=", value), ("context_user_id", "=", "42")]
    assert used(query) == ()


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_no_value_escapes_its_string_whatever_is_in_it(value: str, other: str) -> None:
    query = alert_lines("TenantBreach", (("company_id", value), ("endpoint", other)), CATALOGUE)
    tree = parse(interpolate(query, {}))
    assert isinstance(tree, LogQuery)
    assert [(one.name, one.op, one.value) for one in tree.matchers] == [
        ("job", "=", "laravel"),
        ("event_type", "=", "tenant_violation"),
    ]
    assert [type(stage) for stage in tree.stages if not isinstance(stage, LabelFilter)] == [Parser] * bool(
        value or other
    )
    wanted = (("context_company_id", "=", value), ("context_endpoint", "=", other))
    assert stages(query) == [one for one in wanted if one[2]]
    assert used(query) == ()


@given(st.text(st.sampled_from('\\"`$\n#{}ab=|')))
def test_no_mixture_of_signs_that_mean_something_escapes(value: str) -> None:
    assert stages(only(f"{BREACH} | json", "ip", value)) == [("ip", "=", value)]
    assert used(literal(value)) == ()


def test_a_literal_reads_like_the_value_but_for_its_dollars() -> None:
    assert literal("/api/v2") == '"/api/v2"'
    assert literal('say "$x" \\') == '"say \\"\\x24x\\" \\\\"'


# -- the query of an alert, of a series


def test_the_lines_of_an_alert_are_those_of_its_metric() -> None:
    assert alert_lines("TenantBreach", (), CATALOGUE) == BREACH


def test_labels_that_mean_a_field_narrow_it_and_others_do_not() -> None:
    labels = (("alertname", "TenantBreach"), ("company_id", "7"), ("instance", "web-1"), ("severity", "critical"))
    assert alert_lines("TenantBreach", labels, CATALOGUE) == f'{BREACH} | json | context_company_id="7"'


def test_an_empty_label_narrows_nothing() -> None:
    assert alert_lines("TenantBreach", (("company_id", ""),), CATALOGUE) == BREACH


def test_a_field_that_the_catalogue_filters_itself_is_left_to_it() -> None:
    labels = (("endpoint", "/other"), ("user_id", "42"))
    assert alert_lines("FailedLogins", labels, CATALOGUE) == (
        '{job="laravel", event_type="auth_failure"} | json | context_endpoint="/login" | context_user_id="42"'
    )


def test_a_value_that_names_a_field_does_not_switch_off_its_filter() -> None:
    labels = (("company_id", "context_endpoint context_user_id"), ("endpoint", "/x"), ("user_id", "42"))
    assert [name for name, _, _ in stages(alert_lines("TenantBreach", labels, CATALOGUE))] == [
        "context_company_id",
        "context_endpoint",
        "context_user_id",
    ]


def test_a_metric_knows_better_where_its_labels_stand() -> None:
    labels = (("company_id", "7"), ("model", "Service"), ("user_id", "42"))
    assert alert_lines("Slow", labels, CATALOGUE) == (
        '{job="laravel", event_type="slow_query"} | json | tenant="7" | context_user_id="42" | context_model="Service"'
    )


def test_an_alert_of_somebody_elses_shows_what_went_wrong() -> None:
    assert alert_lines("Unknown", (("company_id", "7"),), CATALOGUE) == f'{FALLBACK} | json | context_company_id="7"'


def test_without_a_catalogue_there_are_no_lines() -> None:
    assert (alert_lines("Unknown", (), EMPTY), metric_lines(None, {"endpoint": "/x"}, EMPTY)) == ("", "")


@pytest.mark.parametrize(
    ("metric", "found"),
    [
        ("breaches", f'{BREACH} | json | context_endpoint="/x"'),
        ("silent", f'{FALLBACK} | json | context_endpoint="/x"'),
        (None, f'{FALLBACK} | json | context_endpoint="/x"'),
    ],
)
def test_the_lines_behind_a_series_are_those_of_its_metric_else_what_went_wrong(metric: str | None, found: str) -> None:
    entry = CATALOGUE[metric] if metric else None
    assert metric_lines(entry, {"endpoint": "/x", "instance": "web-1"}, CATALOGUE) == found


def test_a_placeholder_is_looked_for_in_the_field_that_means_it() -> None:
    own = Catalogue.model_construct(log_labels={"ip_address": "context_client"}, metrics={})
    assert (field_of("ip_address", own), field_of("process_id", own)) == ("context_client", "context_process_id")


def test_every_alert_of_the_gateway_has_lines_and_its_hostile_labels_stay_inside(catalogue: Catalogue) -> None:
    labels = tuple((label, f'{label}"`\\$') for label in catalogue.log_labels)
    for name in sorted(one.alert for one in catalogue.metrics.values() if one.alert):
        query = alert_lines(name, labels, catalogue)
        written = [value for _, _, value in stages(query) if '"`' in str(value)]
        assert written and set(written) <= {value for _, value in labels}
        assert used(query) == ()


# -- queries that are filled in


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (BREACH, BREACH),
        ('{job="a"} |= "$HOME"', '{job="a"} |= "\\x24HOME"'),
        ("{job=`a`} |~ `^$x` # $comment", '{job="a"} |~ "^\\x24x"'),
        ('{job="a"} | json | line_format "{{.a}} $b"', '{job="a"} | json | line_format "{{.a}} \\x24b"'),
        ('{job="$', '{job="$'),
    ],
)
def test_in_a_query_that_is_filled_in_no_dollar_is_a_variable(query: str, found: str) -> None:
    assert whole(query) == found


@given(st.text(st.sampled_from('$ab{}"\\`|'), min_size=1, max_size=12))
def test_a_query_that_is_filled_in_means_the_same_in_a_layout(value: str) -> None:
    query = interpolate('{job="$x"} |= "$x" | json | ip="${x}"', {"x": (value,)})
    assert interpolate(whole(query), {}) == whole(query)
    assert parse(whole(query)) == parse(query)
