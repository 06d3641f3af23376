"""What an answer is worth: every condition of a check in words, whole, for bodies good, bad and hostile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.config.checks import Check
from noc.model.checks import Finding
from noc.sources.verdict import Verdict, judge, timestamp

NOW = 1_759_419_000.0
"""2025-10-02T15:30:00Z."""


def judged(answer: Any = "", status: int = 200, duration: float = 0.034, redirect: str = "", **check: Any) -> Verdict:
    made = Check.model_validate({"target": "http://api.test/health", **check})
    return judge(made, status, json.dumps(answer).encode(), duration, NOW, redirect)


def failures(verdict: Verdict) -> list[str]:
    return [finding.failure for finding in verdict.findings if finding.failure]


def test_a_good_answer_names_everything_that_was_held() -> None:
    verdict = judged(
        {"services": {"db": "up", "cache": "UP"}}, within="100ms", body=[{"path": "$.services.*", "each": "up"}]
    )
    assert verdict == Verdict(
        (Finding("status 200"), Finding("under 100 ms"), Finding("valid JSON"), Finding("services.* up"))
    )


def test_a_wrong_status_is_said_and_the_body_still_speaks() -> None:
    verdict = judged({"calcom": {"reachable": False}}, 503, body=[{"path": "$.calcom.reachable", "equals": True}])
    assert verdict.findings == (
        Finding("status 200", "status 503"),
        Finding("valid JSON"),
        Finding("calcom.reachable is true", "calcom.reachable is false"),
    )


def test_several_statuses_may_be_good() -> None:
    made = Check.model_validate({"target": "http://a", "status": [200, 204]})
    assert judge(made, 204, b"", 0.1, NOW).findings == (Finding("status 200 or 204"),)
    assert judge(made, 500, b"", 0.1, NOW).findings == (Finding("status 200 or 204", "status 500"),)


def test_a_redirect_says_where_it_sends() -> None:
    assert failures(judged(status=302, redirect="sends to login.test")) == ["status 302, sends to login.test"]


@pytest.mark.parametrize(
    ("duration", "failure"), [(0.0999, ""), (0.1, "100 ms, over 100 ms"), (0.142, "142 ms, over 100 ms")]
)
def test_the_bound_itself_is_too_slow(duration: float, failure: str) -> None:
    assert judged(duration=duration, within="100ms").findings[1] == Finding("under 100 ms", failure)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", "no JSON: the body is empty"),
        (b"<html>\n<h1>Bad gateway</h1>", "no JSON: <html> <h1>Bad gateway</h1>"),
        (b'{"a": NaN}', 'no JSON: {"a": NaN}'),
        (b'{"a": 1', 'no JSON: {"a": 1'),
        (b"\xff\xfe\x00", "no JSON: \ufffd\ufffd\u2400"),
        (b"[" * 100_000, "no JSON: " + "[" * 39 + "…"),
    ],
)
def test_a_body_that_is_no_json_is_quoted_and_its_assertions_are_not_tried(body: bytes, failure: str) -> None:
    check = Check.model_validate({"target": "http://a", "valid_json": True, "body": [{"path": "$.a", "exists": True}]})
    assert judge(check, 200, body, 0.1, NOW).findings == (Finding("status 200"), Finding("valid JSON", failure))


def test_a_body_too_large_fails_without_being_read() -> None:
    verdict = judge(Check.model_validate({"target": "http://a", "valid_json": True}), 200, None, 0.1, NOW)
    assert verdict.findings == (Finding("status 200"), Finding("at most 1 MB", "the body is larger than 1 MB"))


def held(assertion: dict[str, Any], body: Any) -> Finding:
    check = Check.model_validate({"target": "http://a", "body": [assertion]})
    return judge(check, 200, json.dumps(body).encode(), 0.1, NOW).findings[-1]


@pytest.mark.parametrize(
    ("assertion", "body", "finding"),
    [
        ({"path": "$.a", "exists": True}, {"a": None}, Finding("a exists")),
        ({"path": "$.a", "exists": True}, {}, Finding("a exists", "no a in the body")),
        ({"path": "$.error", "exists": False}, {}, Finding("no error")),
        ({"path": "$.error", "exists": False}, {"error": "x"}, Finding("no error", "error is there")),
        ({"path": "$.n", "equals": 3}, {"n": 3}, Finding("n is 3")),
        ({"path": "$.n", "equals": 1}, {"n": True}, Finding("n is 1", "n is true")),
        ({"path": "$.n", "equals": True}, {"n": 1}, Finding("n is true", "n is 1")),
        ({"path": "$.s", "equals": "ok"}, {"s": "OK"}, Finding("s is ok", "s is OK")),
        ({"path": "$.s.*", "each": "up"}, {"s": {"a": "up", "b": "Up"}}, Finding("s.* up")),
        ({"path": "$.s.*", "each": "up"}, {"s": {"a": "down", "b": "up", "c": 0}}, Finding("s.* up", "s.a is down, 1 more")),
        ({"path": "$.s.*", "each": "up"}, {"s": {}}, Finding("s.* up", "nothing in s")),
        ({"path": "$.v", "matches": r"\d+\.\d+"}, {"v": "12.4"}, Finding(r"v matches \d+\.\d+")),
        ({"path": "$.v", "matches": r"\d+"}, {"v": "12.4"}, Finding(r"v matches \d+", "v is 12.4")),
        ({"path": "$", "equals": "pong"}, "pong", Finding("the body is pong")),
        ({"path": "$.t", "recent": "5s"}, {"t": NOW - 2}, Finding("t within 5s")),
        ({"path": "$.t", "recent": "5s"}, {"t": NOW - 42}, Finding("t within 5s", "t is 42 s behind")),
        ({"path": "$.t", "recent": "5s"}, {"t": (NOW + 90) * 1000}, Finding("t within 5s", "t is 1.50 min ahead")),
        ({"path": "$.t", "recent": "5s"}, {"t": "soon"}, Finding("t within 5s", "t is no timestamp: soon")),
        ({"path": "$.t", "recent": "5s"}, {"t": None}, Finding("t within 5s", "t is no timestamp: null")),
    ],
)  # fmt: skip
def test_an_assertion_says_what_it_wanted_and_what_it_found(
    assertion: dict[str, Any], body: Any, finding: Finding
) -> None:
    assert held(assertion, body) == finding


def test_the_drift_is_that_of_the_first_timestamp() -> None:
    body = {"iso": "2025-10-02T17:30:00.250+02:00", "unix": NOW + 9}
    both = [{"path": "$.iso", "recent": "5s"}, {"path": "$.unix", "recent": "5s"}]
    check = Check.model_validate({"target": "http://a", "body": both})
    verdict = judge(check, 200, json.dumps(body).encode(), 0.1, NOW)
    assert verdict.drift == 0.25
    assert failures(verdict) == ["unix is 9 s ahead"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2025-10-02T15:30:00Z", NOW),
        ("2025-10-02T15:30:00", NOW),
        ("2025-10-02 17:30:00+02:00", NOW),
        (NOW, NOW),
        (NOW * 1000, NOW),
        ("1759419000", NOW),
        ("1759419000000", NOW),
        ("yesterday", None),
        ("", None),
        (True, None),
        (None, None),
        ([], None),
        (float("inf"), None),
        (10**400, None),
        ("99999-01-01T00:00:00Z", None),
    ],
)
def test_what_is_a_timestamp(value: Any, seconds: float | None) -> None:
    assert timestamp(value) == seconds


@pytest.mark.parametrize(
    ("found", "services"),
    [
        ({"db": "up", "cache": {"status": "down"}, "queue": {"state": "busy"}, "mail": {"x": 1}},
         (("db", "up"), ("cache", "down"), ("queue", "busy"), ("mail", "null"))),
        ([{"name": "db", "status": "up"}, {"status": "down"}, "x"], (("db", "up"), ("1", "down"))),
        ("all fine", ()),
        ({"a\x1b[31mb": "\u202eup"}, None),
    ],
)  # fmt: skip
def test_services_are_read_from_the_usual_shapes(found: Any, services: tuple[tuple[str, str], ...] | None) -> None:
    check = Check.model_validate({"target": "http://a", "services": "$.services"})
    verdict = judge(check, 200, json.dumps({"services": found}).encode(), 0.1, NOW)
    if services is not None:
        assert verdict.services == services
    assert not any("\x1b" in text or "\u202e" in text for pair in verdict.services for text in pair)


def test_services_that_are_not_kept_are_counted() -> None:
    check = Check.model_validate({"target": "http://a", "services": "$"})
    verdict = judge(check, 200, json.dumps({f"s{at}": "up" for at in range(205)}).encode(), 0.1, NOW)
    assert (len(verdict.services), verdict.more_services) == (200, 5)


def test_services_that_are_missing_are_none() -> None:
    check = Check.model_validate({"target": "http://a", "services": "$.services"})
    assert judge(check, 200, b"{}", 0.1, NOW).services == ()


@given(st.binary(max_size=60), st.text(max_size=20), st.integers(100, 599))
def test_no_body_breaks_a_verdict_and_no_text_of_it_stays_wild(raw: bytes, text: str, status: int) -> None:
    check = Check.model_validate(
        {"target": "http://a", "services": "$", "body": [{"path": "$.*", "each": "up"}, {"path": "$", "recent": "1s"}]}
    )
    for body in (raw, json.dumps({text: text}).encode(), json.dumps(text).encode()):
        verdict = judge(check, status, body, 0.1, NOW)
        said = "".join(f"{finding.what}{finding.failure}" for finding in verdict.findings)
        assert said.isprintable()
