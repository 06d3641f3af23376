"""Events read from lines: three kinds and a generic one, from every shape an incident is written in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue import events
from noc.catalogue.events import (
    AuthFailure,
    Event,
    SlowQuery,
    TenantViolation,
    Words,
    detail,
    level_of,
    pretty,
    read,
    words,
)
from noc.model.logs import LogLine
from noc.model.severity import Severity
from noc.model.text import clean, width

RECORDINGS = Path(__file__).parent.parent / "recordings" / "loki"

AUTH: dict[str, Any] = {
    "timestamp": "2025-10-02T15:30:45.123Z",
    "level": "warning",
    "category": "security",
    "event_type": "auth_failure",
    "subcategory": "webhook_signature",
    "severity": "high",
    "context": {
        "middleware": "VerifyRetellWebhookSignature",
        "endpoint": "/webhook",
        "ip_address": "203.0.113.42",
        "user_agent": "curl/7.68.0",
        "company_id": None,
        "user_id": None,
        "signature_provided": False,
        "error_code": "SIGNATURE_MISSING",
    },
    "trace_id": "req_abc123xyz",
    "span_id": "span_456def",
}
TENANT: dict[str, Any] = {
    "timestamp": "2025-10-02T15:31:12.456Z",
    "level": "critical",
    "category": "security",
    "event_type": "tenant_violation",
    "subcategory": "cross_company_access",
    "severity": "critical",
    "context": {
        "user_id": 42,
        "user_company_id": 1,
        "requested_company_id": 2,
        "model": "Service",
        "operation": "view",
        "policy": "ServicePolicy",
        "blocked": True,
        "endpoint": "/api/v2/bookings",
    },
    "trace_id": "req_def789ghi",
    "span_id": "span_123abc",
}
SLOW: dict[str, Any] = {
    "timestamp": "2025-10-02T15:32:05.789Z",
    "level": "warning",
    "category": "performance",
    "event_type": "slow_query",
    "subcategory": "company_scope",
    "severity": "medium",
    "context": {
        "query_time_ms": 1250,
        "threshold_ms": 1000,
        "model": "Appointment",
        "scopes": ["CompanyScope"],
        "company_id": 5,
        "query_type": "select",
        "affected_rows": 1500,
        "sql_fingerprint": "SELECT * FROM appointments WHERE company_id = ? ORDER BY created_at DESC",
    },
    "trace_id": "req_ghi456jkl",
}
SPECIFIED = [AUTH, TENANT, SLOW]
NUMBERS = {"warning": 300, "critical": 500}


def line(told: object, labels: tuple[tuple[str, str], ...] = (), metadata: tuple[tuple[str, str], ...] = ()) -> LogLine:
    text = told if isinstance(told, str) else json.dumps(told)
    return LogLine(1_795_405_195_322_089_681, text, labels, metadata)


def in_context(told: dict[str, Any]) -> dict[str, Any]:
    """What a logger's second argument holds: everything that Monolog has no place for."""
    kept = dict(told["context"])
    for name in ("event_type", "subcategory", "severity", "trace_id", "span_id"):
        if name in told:
            kept[name] = told[name]
    return kept


def monolog(told: dict[str, Any]) -> dict[str, Any]:
    """The same incident as Monolog's JsonFormatter writes it."""
    level = told["level"]
    return {
        "message": "It happened",
        "context": in_context(told),
        "level": NUMBERS[level],
        "level_name": level.upper(),
        "channel": "production",
        "datetime": "2025-10-02T15:30:45.123456+00:00",
        "extra": [],
    }


def laravel(told: dict[str, Any]) -> str:
    """The same incident as Laravel's default formatter writes it into laravel.log."""
    return f"[2025-10-02 15:30:45] production.{told['level'].upper()}: It happened {json.dumps(in_context(told))} \n"


def recorded(name: str) -> list[LogLine]:
    """The lines of a recorded answer, two- and three-tuples."""
    body = json.loads(json.loads((RECORDINGS / f"{name}.json").read_text())["body"])
    return [
        LogLine(
            int(value[0]),
            value[1],
            tuple(sorted(stream["stream"].items())),
            tuple(sorted({k: v for part in value[2].values() for k, v in part.items()}.items())) if value[2:] else (),
        )
        for stream in body["data"]["result"]
        for value in stream["values"]
    ]


# -- the kinds of the specification


def test_an_auth_failure_has_the_fields_of_the_specification() -> None:
    event = read(line(AUTH))
    assert isinstance(event, AuthFailure)
    assert (event.at, event.kind, event.level, event.severity, event.trace_id) == (
        *(1_795_405_195_322_089_681, "auth_failure", "warn"),
        *(Severity.HIGH, "req_abc123xyz"),
    )
    assert (event.middleware, event.ip_address, event.user_agent) == (
        *("VerifyRetellWebhookSignature", "203.0.113.42"),
        "curl/7.68.0",
    )
    assert (event.company_id, event.user_id, event.signature_provided) == (None, None, False)
    assert (event.error_code, event.address, event.endpoint) == ("SIGNATURE_MISSING", "203.0.113.42", "/webhook")
    assert words(event) == Words("203.0.113.42", "signature missing", "/webhook")


def test_a_tenant_violation_has_the_fields_of_the_specification() -> None:
    event = read(line(TENANT))
    assert isinstance(event, TenantViolation)
    assert (event.user_id, event.user_company_id, event.requested_company_id) == (42, 1, 2)
    assert (event.model, event.operation, event.policy, event.blocked) == ("Service", "view", "ServicePolicy", True)
    assert (event.severity, event.level, event.user, event.company) == (Severity.CRITICAL, "critical", "42", "1")
    assert words(event) == Words("user 42 of company 1", "view Service of company 2, blocked", "/api/v2/bookings")


def test_a_slow_query_has_the_fields_of_the_specification() -> None:
    event = read(line(SLOW))
    assert isinstance(event, SlowQuery)
    assert (event.query_time_ms, event.threshold_ms, event.affected_rows, event.company_id) == (1250, 1000, 1500, 5)
    assert (event.model, event.query_type, event.field("scopes")) == ("Appointment", "select", '["CompanyScope"]')
    assert event.sql_fingerprint == SLOW["context"]["sql_fingerprint"]
    assert event.severity is Severity.MEDIUM
    assert words(event) == Words("Appointment model", "1.25 s over 1 s, 1500 rows", "company 5")


@pytest.mark.parametrize("told", SPECIFIED, ids=lambda told: told["event_type"])
def test_flat_json_monologs_and_laravels_lines_give_equal_events(told: dict[str, Any]) -> None:
    flat = read(line(told))
    for shape in (
        monolog(told),
        laravel(told),
        monolog(told) | {"datetime": {"date": "2025-10-02 15:30:45.123456", "timezone_type": 3, "timezone": "UTC"}},
        {name: value for name, value in monolog(told).items() if name != "level_name"},
        monolog(told) | {"context": {"event_type": told["event_type"], **in_context(told), "context": told["context"]}},
        {**told, "context": dict(reversed(told["context"].items()))},
        "\ufeff" + json.dumps(told, indent=2),
    ):
        event = read(line(shape))
        assert event.fields == flat.fields
        assert event == flat
        assert hash(event) == hash(flat)
        assert words(event) == words(flat)
        own = type(flat).model_fields.keys() - {"line", "envelope"}
        assert event.model_dump(include=own) == flat.model_dump(include=own)


def test_what_the_writing_adds_is_kept_and_found() -> None:
    event = read(line(monolog(AUTH)))
    assert event.envelope == {
        "message": "It happened",
        "level": "300",
        "level_name": "WARNING",
        "channel": "production",
        "datetime": "2025-10-02T15:30:45.123456+00:00",
        "extra": "[]",
    }
    assert (event.field("channel"), event.text) == ("production", "It happened")
    assert read(line(AUTH)).field("timestamp") == "2025-10-02T15:30:45.123Z"


def test_other_incidents_are_other_events() -> None:
    assert read(line(AUTH)) != read(line(AUTH | {"severity": "low"}))
    assert read(line(AUTH)) != read(line({**AUTH, "context": {**AUTH["context"], "endpoint": "/login"}}))
    assert read(line(AUTH)) != "an event"


def test_the_middleware_of_the_specification_writes_a_flat_context_without_a_code() -> None:
    event = read(
        line(
            {
                "message": "Authorization failure",
                "context": {
                    "event_type": "auth_failure",
                    "status_code": 403,
                    "endpoint": "api/v2/bookings",
                    "ip_address": "2001:db8::42",
                    "user_id": 7,
                    "company_id": 3,
                    "trace_id": None,
                },
                "level": 300,
                "level_name": "WARNING",
                "channel": "security",
                "datetime": "2025-10-02T15:30:45.123456+00:00",
                "extra": {},
            }
        )
    )
    assert words(event) == Words("2001:db8::42", "Authorization failure, 403", "api/v2/bookings")
    assert (event.severity, event.user, event.company, event.trace_id) == (Severity.MEDIUM, "7", "3", "")
    assert event.fields["category"] == "security"


# -- what Loki's pipeline leaves


@pytest.mark.parametrize("name", ["streams_json_stage", "streams_structured_metadata"])
def test_recorded_lines_are_read_and_replaced_lines_are_read_from_their_labels(name: str) -> None:
    for one in recorded(name):
        event = read(one)
        assert isinstance(event, AuthFailure | SlowQuery | TenantViolation)
        assert (event.level, event.trace_id) == ("warn", json.loads(one.text)["trace_id"])
        if name == "streams_json_stage":
            replaced = read(LogLine(one.at, "replaced by line_format", one.labels, one.metadata))
            assert replaced == event
            assert replaced.text == "replaced by line_format"


def test_labels_of_a_stage_that_read_monologs_json_give_the_event_too() -> None:
    labels = (("context_event_type", "auth_failure"), ("context_ip_address", "203.0.113.9"), ("level", "400"))
    event = read(line("203.0.113.9 refused", labels, (("context_trace_id", "req_1"), ("job", "laravel"))))
    assert event.fields == {
        "event_type": "auth_failure",
        "context.ip_address": "203.0.113.9",
        "trace_id": "req_1",
        "level": "error",
        "category": "security",
    }
    assert (event.level, event.severity, event.address) == ("error", Severity.HIGH, "203.0.113.9")
    assert words(event) == Words("203.0.113.9", "203.0.113.9 refused", "")


def test_a_field_is_found_by_path_by_name_by_its_labels_name_and_among_labels() -> None:
    event = read(line(AUTH, (("job", "laravel"),), (("context_country", "DE"), ("detected_level", "warn"))))
    names = ("context.ip_address", "ip_address", "context_ip_address", "job", "country", "context.country", "nothing")
    assert [event.field(name) for name in names] == [
        *("203.0.113.42", "203.0.113.42", "203.0.113.42"),
        *("laravel", "DE", "DE", ""),
    ]


# -- levels and severities


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('{"level": "warning"}', "warn"),
        ('{"level": "WARNING"}', "warn"),
        ('{"level": "notice"}', "info"),
        ('{"level": "err"}', "error"),
        ('{"level": "fatal"}', "critical"),
        ('{"level": "emergency"}', "critical"),
        ('{"level": "alert"}', "critical"),
        ('{"level": 100}', "debug"),
        ('{"level": 250, "level_name": "NOTICE"}', "info"),
        ('{"level": 400}', "error"),
        ('{"level": 550}', "critical"),
        ('{"level": 600}', "critical"),
        ('{"level": "trace"}', "trace"),
        ('{"level": 301}', ""),
        ('{"level": "loud"}', ""),
        ('{"level": {"name": "warning"}}', ""),
        ("{}", ""),
        ("[2025-10-02 15:30:45] local.ERROR: no route", "error"),
        ("level=warn msg=late", "warn"),
        ("10:02 WARNING the pool is small", "warn"),
        ("2025/10/02 15:30:45 [error] 12#0: no such file", "error"),
        ("all is well, no errors", ""),
        ("INFORMATION is no level here", ""),
        ("", ""),
    ],
)
def test_a_level_in_lokis_words(text: str, level: str) -> None:
    assert level_of(line(text)) == level
    assert read(line(text)).level == level


def test_labels_tell_the_level_before_the_line_does() -> None:
    said = '{"level": "debug"}'
    assert level_of(line(said, (("level", "warning"),), (("detected_level", "error"),))) == "error"
    assert level_of(line(said, (("level", "warning"),), (("detected_level", "unknown"),))) == "warn"
    assert level_of(line(said, (("level", "unheard"),))) == "debug"


def test_a_labelled_level_reads_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: LogLine) -> Event:
        raise AssertionError("the line was read")

    monkeypatch.setattr(events, "read", refuse)
    assert level_of(line(AUTH, (), (("detected_level", "warn"),))) == "warn"
    assert level_of(line(AUTH, (("level", "critical"),))) == "critical"


@pytest.mark.parametrize(
    ("told", "severity"),
    [
        ({"severity": "low", "level": "critical"}, Severity.LOW),
        ({"severity": " HIGH "}, Severity.HIGH),
        ({"severity": "ok", "level": "error"}, Severity.OK),
        ({"severity": "sev1", "level": "error"}, Severity.HIGH),
        ({"level": "critical"}, Severity.CRITICAL),
        ({"level": "warning"}, Severity.MEDIUM),
        ({"level": "info"}, Severity.OK),
        ({}, Severity.OK),
    ],
)
def test_an_events_own_severity_goes_before_its_levels(told: dict[str, str], severity: Severity) -> None:
    assert read(line(told)).severity is severity


# -- what is unlike the specification


def test_wrong_types_are_shown_as_they_are_written() -> None:
    event = read(
        line(
            '{"event_type": "slow_query", "context": {"query_time_ms": "long", "threshold_ms": 1e999, "affected_rows":'
            ' {"n": 1}, "company_id": [5], "model": 7, "extra_key": NaN, "deep": {"er": {"still": true}}}}'
        )
    )
    assert isinstance(event, SlowQuery)
    assert (event.query_time_ms, event.threshold_ms, event.affected_rows, event.company_id) == (
        "long",
        "1e999",
        None,
        "[5]",
    )
    assert event.model == "7"
    assert event.fields == {
        "event_type": "slow_query",
        "context.query_time_ms": "long",
        "context.threshold_ms": "1e999",
        "context.affected_rows.n": "1",
        "context.company_id": "[5]",
        "context.model": "7",
        "context.extra_key": "NaN",
        "context.deep.er.still": "true",
        "category": "performance",
    }
    assert words(event) == Words("7 model", "long over 1e999", "company [5]")


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({}, Words("", "access", "")),
        ({"user_id": 9, "blocked": False}, Words("user 9", "access, not blocked", "")),
        ({"blocked": "maybe", "policy": "P"}, Words("", "access, blocked: maybe", "P")),
        ({"requested_company_id": "x", "ip_address": "192.0.2.1"}, Words("192.0.2.1", "access of company x", "")),
    ],
)
def test_a_violation_with_parts_missing_says_what_is_there(context: dict[str, Any], expected: Words) -> None:
    assert words(read(line({"event_type": "tenant_violation", "context": context}))) == expected


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({}, Words("", "slow query", "")),
        ({"query_time_ms": 2740.5}, Words("", "2.74 s", "")),
        ({"threshold_ms": 1000, "endpoint": "/x"}, Words("", "over 1 s", "/x")),
        ({"sql_fingerprint": "SELECT 1", "affected_rows": 0}, Words("SELECT 1", "slow query, 0 rows", "")),
    ],
)
def test_a_slow_query_with_parts_missing_says_what_is_there(context: dict[str, Any], expected: Words) -> None:
    assert words(read(line({"event_type": "slow_query", "context": context}))) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("plain text line without json", Words("", "plain text line without json", "")),
        ('{"broken json": ', Words("", '{"broken json": ', "")),
        ('["a", "list"]', Words("", '["a", "list"]', "")),
        ("12", Words("", "12", "")),
        ({}, Words("", "{}", "")),
        (
            {
                "event_type": "request",
                "severity": "low",
                "context": {"endpoint": "/api/zeitinfo", "status_code": 200, "duration_ms": 641, "company_id": 19},
            },
            Words("company 19", "request, 200, 641 ms", "/api/zeitinfo"),
        ),
        ({"message": "cache cleared", "context": {"ip": "192.0.2.4"}}, Words("192.0.2.4", "cache cleared", "")),
        ('level=error msg="no \\"route\\"" path=/x ip=192.0.2.5', Words("192.0.2.5", 'no "route"', "/x")),
        ("a=1 b=2", Words("", "a=1 b=2", "")),
        ("WHERE a=1 AND b=2", Words("", "WHERE a=1 AND b=2", "")),
        ("[2025-10-02 15:30:45] production.ERROR: {odd {braces", Words("", "{odd {braces", "")),
        ('[2025-10-02 15:30:45] production.INFO: got {"a": 1} and more', Words("", 'got {"a": 1} and more', "")),
    ],
)
def test_other_lines_are_generic_and_lose_nothing(told: object, expected: Words) -> None:
    event = read(line(told))
    assert type(event) is Event
    assert words(event) == expected


def test_the_text_of_an_event_without_a_message_is_its_words() -> None:
    assert read(line(AUTH)).text == "203.0.113.42, signature missing, /webhook"
    assert read(line("just text")).text == "just text"
    assert read(line({"level": "info"})).text == '{"level": "info"}'


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.42", "203.0.113.42"),
        ("2001:DB8::1", "2001:DB8::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("fe80::1%eth0", ""),
        ("fe80::1%; reboot", ""),
        ("203.0.113.42 ", ""),
        ("203.0.113.042", ""),
        ("203.0.113", ""),
        ("١.٢.٣.٤", ""),
        ("-h", ""),
        (12345, ""),
        ("203.0.113.42\n", ""),
    ],
)
def test_an_address_is_an_address_or_nothing(written: object, address: str) -> None:
    assert read(line({"context": {"ip_address": written}})).address == address


def test_a_key_that_is_there_twice_counts_once_and_is_shown_twice() -> None:
    event = read(line('{"a": 1, "a": {"b": 2}, "a": 3}'))
    assert event.fields == {"a": "3", "a.b": "2"}
    assert pretty(event) == ["{", '  "a": 1,', '  "a": {', '    "b": 2', "  },", '  "a": 3', "}"]


def test_two_places_for_one_fact_keep_both_when_they_differ() -> None:
    same = read(line({"event_type": "x", "context": {"event_type": "x", "context": {"ip": "1.1.1.1"}}}))
    assert same.fields == {"event_type": "x", "context.ip": "1.1.1.1"}
    other = read(line({"event_type": "x", "context": {"event_type": "y", "ip": "a", "context": {"ip": "b"}}}))
    assert other.fields == {"event_type": "x", "context.event_type": "y", "context.ip": "a", "context.context.ip": "b"}


# -- hostile lines


@pytest.mark.parametrize(
    "text",
    [
        '{"a": ' * 100_000,
        '{"a":' * 900 + "1" + "}" * 900,
        "[" * 100_000 + "]" * 100_000,
        '{"a": ' + "9" * 6000 + "}",
        '{"a": -Infinity, "b": NaN, "c": 1E+400}',
        '{"a": "\\ud83d", "\\udfff": 1}',
        '{"a": "' + "x" * 1_000_000 + '"}',
        "x" * 1_000_000,
        "a=b " * 250_000,
        "[2025-10-02 15:30:45] a.ERROR: " + " {" * 500_000,
        '{"' + "context." * 30_000 + 'a": 1}',
        "{" + ",".join(f'"k{n}": {n}' for n in range(15_000)) + "}",
        '{"a": [' + ",".join("[]" for _ in range(60_000)) + "]}",
        "\ud800 half",
        "\x00\x1b]0;owned\x07",
        '{"event_type": "\\u0000", "context": null, "level": null}',
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_no_line_is_too_odd_to_be_read(text: str) -> None:
    event = read(line(text))
    assert len(event.fields) <= 1000
    assert words(event, {"*": "{{a}} {{context.a}}"}).who == ""
    shown = pretty(event, limit=200, max_lines=50)
    assert 1 <= len(shown) <= 50
    assert all(clean(row) == row and width(row) <= 200 for row in shown)
    assert all(isinstance(value, str) for pair in detail(event) for value in pair)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["level", "context", "event_type", "extra", "severity", "ip_address", "message", "x.y", ""]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["auth_failure", "tenant_violation", "slow_query", "other"]))
def test_any_json_is_an_event(value: Any, kind: str) -> None:
    told = value | {"event_type": kind} if isinstance(value, dict) else {"event_type": kind, "context": value}
    one = line(told)
    event = read(one)
    assert event.kind == kind
    assert words(event).what != ""
    assert event == read(LogLine(one.at, json.dumps(told, indent=1)))
    assert all(clean(row) == row for row in pretty(event))


@given(
    st.text(max_size=80),
    st.lists(st.tuples(st.sampled_from(["level", "context_a", "event_type"]), st.text()), max_size=3),
)
def test_any_text_under_any_labels_is_an_event(text: str, labels: list[tuple[str, str]]) -> None:
    event = read(line(text, tuple(labels)))
    assert isinstance(event.text, str)
    assert level_of(event.line) == event.level


# -- templates, details, the cache


def test_a_template_replaces_all_three_parts() -> None:
    templates = {"auth_failure": "{{context.ip_address}} {{ error_code }} {{nothing}}!", "*": "other: {{message}}"}
    assert words(read(line(AUTH)), templates) == Words(what="203.0.113.42 SIGNATURE_MISSING !")
    assert words(read(line({"message": "hello"})), templates) == Words(what="other: hello")
    assert words(read(line(SLOW)), {"auth_failure": "x"}) == words(read(line(SLOW)))


def test_what_a_field_holds_is_no_template() -> None:
    assert words(read(line({"a": "{{b}}", "b": "c"})), {"*": "{{a}}"}) == Words(what="{{b}}")


def test_details_begin_with_what_it_is_and_end_with_how_it_was_written() -> None:
    told = {
        "trace_id": "t",
        "other": "o",
        "context": {"b": 1, "a": 2},
        "message": "m",
        "level": "info",
        "event_type": "e",
    }
    assert detail(read(line(told))) == [
        ("event_type", "e"),
        ("level", "info"),
        ("context.b", "1"),
        ("context.a", "2"),
        ("other", "o"),
        ("trace_id", "t"),
        ("message", "m"),
    ]


def test_pretty_json_keeps_keys_in_their_order_and_numbers_as_written() -> None:
    said = '{"z": 1.50, "a": [], "e": {}, "l": [1, {"t": true}], "n": null, "s": "a\\u001b\\n\\u202e"}'
    assert pretty(read(line(said))) == [
        *("{", '  "z": 1.50,', '  "a": [],', '  "e": {},', '  "l": [', "    1,", "    {", '      "t": true', "    }"),
        *("  ],", '  "n": null,', '  "s": "a\\u001b\\n‹U+202E›"', "}"),
    ]
    assert pretty(read(line("a\x1b\nb\n"))) == ["a␛", "b"]
    assert pretty(read(line("[1]"))) == ["[", "  1", "]"]
    assert pretty(read(line({"a": [1, 2, 3]})), max_lines=3) == ["{", '  "a": [', "…"]


def test_a_line_is_read_once_whatever_its_metadata_says() -> None:
    one, other = line(AUTH), line(AUTH, (), (("detected_level", "error"),))
    assert read(one) is read(line(AUTH))
    assert one == other
    assert (read(one).level, read(other).level) == ("warn", "error")


@pytest.mark.parametrize(
    ("kind", "context", "what"),
    [
        ("attack_pattern", {"pattern": "sql_injection", "payload": "' OR 1=1"}, "sql injection: ' OR 1=1"),
        ("policy_denial", {"operation": "view", "model": "Customer", "error_code": "POLICY_DENIED"}, "view Customer"),
        ("rate_limit", {"limit": "60/min"}, "over 60/min"),
        ("webhook_failure", {"error_message": "Upstream answered 502"}, "Upstream answered 502"),
        ("request", {"status_code": 200, "duration_ms": 31}, "request, 200, 31 ms"),
    ],
)
def test_kinds_without_a_form_tell_their_deed_in_either_shape(kind: str, context: dict[str, object], what: str) -> None:
    flat = {"event_type": kind, "level": "warning", "context": context}
    nested = {"message": "said otherwise", "level": 300, "context": {"event_type": kind, **context}}
    said = [words(read(LogLine(1, json.dumps(one)))).what for one in (flat, nested)]
    assert said[0] == what
    assert said[1] == (what if kind != "request" else "said otherwise, 200, 31 ms")
