"""Lines have the fields of section 1.2, exactly, in both shapes; what is no JSON or hostile stands where it may."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from noc.demo.events import TELLINGS, Journal
from noc.demo.events.line import Told, application, json_line
from noc.demo.events.payloads import HOSTILE
from noc.demo.figures.site import TENANT_SHARES
from noc.demo.samples import LabelMatcher
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.logs import SECOND, LogLine
from noc.model.series import labels_of
from tests.demo.events_read import context_of, event_of

ZERO = 1_794_960_000.0
HOUR = 3600.0
RECORDED = Path(__file__).parents[1] / "recordings" / "loki"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class AuthContext(Strict):
    middleware: str
    endpoint: str
    ip_address: str
    user_agent: str
    company_id: int | None
    user_id: int | None
    signature_provided: bool
    error_code: Literal["SIGNATURE_MISSING", "SIGNATURE_INVALID", "TOKEN_INVALID", "LOGIN_FAILED"]


class ViolationContext(Strict):
    user_id: int
    user_company_id: int
    requested_company_id: int
    model: str
    operation: str
    policy: str
    blocked: bool
    endpoint: str


class SlowContext(Strict):
    query_time_ms: int = Field(gt=1000)
    threshold_ms: Literal[1000]
    model: str
    scopes: list[str]
    company_id: int
    query_type: Literal["select"]
    affected_rows: int
    sql_fingerprint: str


class SecurityEvent(Strict):
    timestamp: str
    level: Literal["warning"]
    category: Literal["security"]
    event_type: Literal["auth_failure"]
    subcategory: Literal["webhook_signature", "api_token", "login"]
    severity: Literal["high"]
    context: AuthContext
    trace_id: str = Field(pattern="^req_[0-9a-f]{9}$")
    span_id: str = Field(pattern="^span_[0-9a-f]{6}$")


class IsolationEvent(Strict):
    timestamp: str
    level: Literal["critical"]
    category: Literal["security"]
    event_type: Literal["tenant_violation"]
    subcategory: Literal["cross_company_access", "scope_bypass", "admin_bypass", "service_discovery"]
    severity: Literal["critical"]
    context: ViolationContext
    trace_id: str = Field(pattern="^req_[0-9a-f]{9}$")
    span_id: str = Field(pattern="^span_[0-9a-f]{6}$")


class SlowQueryEvent(Strict):
    timestamp: str
    level: Literal["warning"]
    category: Literal["performance"]
    event_type: Literal["slow_query"]
    subcategory: Literal["company_scope"]
    severity: Literal["medium"]
    context: SlowContext
    trace_id: str = Field(pattern="^req_[0-9a-f]{9}$")


MODELS: dict[str, type[Strict]] = {
    "auth_failure": SecurityEvent,
    "tenant_violation": IsolationEvent,
    "slow_query": SlowQueryEvent,
}


@cache
def lines(scenario: str, hours: float = 1.0) -> tuple[LogLine, ...]:
    """What was logged in the first hours of a story."""
    if scenario == "alert-storm" and hours < 2.0:  # a story is made once
        return tuple(line for line in lines(scenario, 2.0) if line.seconds < ZERO + hours * HOUR)
    journal = Journal(World(3, scenario, ZERO))
    everything = [LabelMatcher("job", "=~", ".+")]
    return tuple(journal.lines(everything, round(ZERO * SECOND), round((ZERO + hours * HOUR) * SECOND)))


def of(scenario: str, **labels: str) -> list[LogLine]:
    return [line for line in lines(scenario) if all(line.label(name) == value for name, value in labels.items())]


def is_nested(line: LogLine) -> bool:
    return "datetime" in json.loads(line.text)


@pytest.mark.parametrize("event_type", MODELS)
def test_an_event_of_section_1_2_has_its_fields_and_no_others(event_type: str) -> None:
    found = of("alert-storm", event_type=event_type)
    assert len(found) > 100
    for line in found:
        MODELS[event_type].model_validate(event_of(line))


def test_the_flat_shape_keeps_the_specifications_order() -> None:
    (flat, *_) = (line for line in of("alert-storm", event_type="auth_failure") if not is_nested(line))
    names = [
        "timestamp",
        "level",
        "category",
        "event_type",
        "subcategory",
        "severity",
        "context",
        "trace_id",
        "span_id",
    ]
    assert list(json.loads(flat.text)) == names
    assert list(context_of(flat)) == list(AuthContext.model_fields)


def test_a_few_lines_in_a_hundred_have_monologs_shape() -> None:
    found = [line for line in lines("alert-storm") if line.label("event_type")]
    nested = [line for line in found if is_nested(line)]
    assert 0.02 < len(nested) / len(found) < 0.06
    numbers = {"info": 200, "warning": 300, "error": 400, "critical": 500}
    for line in nested:
        read: dict[str, Any] = json.loads(line.text)
        assert list(read) == ["message", "context", "level", "level_name", "channel", "datetime", "extra"]
        assert read["level"] == numbers[line.label("level")]
        assert read["level_name"] == line.label("level").upper()
        assert read["context"]["event_type"] == line.label("event_type")
        assert read["context"]["trace_id"] == line.label("trace_id")


def test_the_clock_in_the_line_is_the_lines_own_time() -> None:
    for line in lines("tour"):
        if line.label("event_type"):
            told = datetime.fromisoformat(event_of(line)["timestamp"]).timestamp()
            assert 0 <= line.seconds - told < 0.0011
            assert is_nested(line) or re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event_of(line)["timestamp"]
            )


def test_labels_agree_with_the_line_and_the_metadata_with_both() -> None:
    for line in lines("alert-storm"):
        if line.label("event_type"):
            event = event_of(line)
            assert {name: event[name] for name in ("category", "event_type", "level", "trace_id")} == {
                name: line.label(name) for name in ("category", "event_type", "level", "trace_id")
            }
        detected = {"warning": "warn"}.get(line.label("level"), line.label("level"))
        if detected:
            assert line.label("detected_level") == detected


def test_the_streams_of_the_recorded_loki_are_among_the_worlds() -> None:
    body = json.loads(json.loads((RECORDED / "series.json").read_text())["body"])
    ours = {stream.labels for telling in TELLINGS for stream in telling.streams}
    assert {labels_of(labels) for labels in body["data"]} <= ours


def test_metadata_is_what_the_recorded_loki_keeps_beside_such_a_line() -> None:
    body = json.loads(json.loads((RECORDED / "streams_structured_metadata.json").read_text())["body"])
    recorded = body["data"]["result"][0]
    (_, _, kept) = recorded["values"][0]
    ours = next(line for line in lines("alert-storm") if line.labels == labels_of(recorded["stream"]))
    assert [name for name, _ in ours.metadata] == sorted(kept["structuredMetadata"])
    assert dict(ours.metadata)["detected_level"] == kept["structuredMetadata"]["detected_level"]


def test_companies_users_and_models_are_those_that_the_counters_know() -> None:
    world = World(3, "alert-storm", ZERO)
    models = set(world.contract.series["app_policy_denials_total"].labels["model"].values)
    paths = {endpoint.path for endpoint in world.contract.endpoints}
    owners: dict[int, int] = {}
    for line in lines("alert-storm"):
        if not line.label("event_type") or line.label("event_type") == "health_check":
            continue
        context = context_of(line)
        for name in ("company_id", "user_company_id", "requested_company_id"):
            assert context.get(name) is None or str(context[name]) in TENANT_SHARES
        company = context.get("user_company_id", context.get("company_id"))
        if (user := context.get("user_id")) is not None:
            assert owners.setdefault(user, int(str(company))) == company
        assert context.get("model", "Call") in models
        assert context.get("endpoint", "/webhook") in paths
    assert owners[42] == 11


def test_unreadable_lines_stand_in_streams_of_their_own() -> None:
    plain = [line for line in lines("alert-storm") if not line.label("event_type")]
    assert {line.label("job") for line in plain} == {"laravel", "nginx", "mysql"}
    for line in plain:
        assert not line.text.startswith("{")
    assert len(of("alert-storm", job="mysql")) == len(of("alert-storm", event_type="slow_query"))


@pytest.mark.parametrize("scenario", ["calm", "blackout"])
def test_a_calm_log_has_nothing_critical_and_hardly_an_error(scenario: str) -> None:
    assert of(scenario, level="critical") == []
    assert of(scenario, event_type="tenant_violation") == []
    assert len([line for line in lines(scenario) if line.label("detected_level") == "error"]) < 0.1 * len(
        lines(scenario)
    )


def hostile(text: str) -> bool:
    """Whether text holds what a terminal could obey or be confused by: controls, unseen marks, stacks of accents."""
    if text.isascii() and text.isprintable():
        return len(text) > 2500
    return any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Mn") for char in text) or len(text) > 2500


def said(line: LogLine) -> str:
    """The line as it is and as it reads once its JSON is unpacked."""
    strings: list[str] = []

    def gather(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                gather(inner)
        elif isinstance(value, str):
            strings.append(value)

    if line.text.startswith("{"):
        gather(json.loads(line.text))
    return line.text + "".join(strings)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_hostile_text_comes_in_attack_lines_only(scenario: str) -> None:
    for line in lines(scenario, 2.0 if scenario == "tour" else 0.6):
        if line.label("event_type") != "attack_pattern" and "rejected input" not in line.text:
            assert not hostile(said(line)), line.text


def test_a_few_attack_lines_in_a_hundred_are_hostile_in_every_way() -> None:
    attacks = [line for line in lines("alert-storm", 2.0) if line.label("event_type") == "attack_pattern"]
    found = [line for line in attacks if hostile(said(line)) or "[bold red]" in line.text or "jndi" in line.text]
    assert 0.015 < len(found) / len(attacks) < 0.06
    assert any(len(context_of(line)["user_agent"]) > 4000 for line in found)
    payloads = [context_of(line)["payload"] for line in found]
    seen = [piece for piece in HOSTILE if any(payload.endswith(piece) for payload in payloads)]
    assert len(seen) > len(HOSTILE) // 2


def test_every_kind_of_hostile_text_survives_the_line_as_json() -> None:
    stream = application("security", "attack_pattern", "warning")
    for piece in HOSTILE:
        for bits in (255 << 44, 0):
            line = json_line(
                stream, 1_700_000_000_000_000, "req_000000001", bits, Told("xss", "high", {"payload": piece}, "m")
            )
            assert context_of(line) == {"payload": piece}
            assert "\n" not in line.text
            assert "\x1b" not in line.text


def test_raw_escapes_reach_the_log_where_no_json_packs_them() -> None:
    raw = [line for line in lines("alert-storm", 2.0) if "rejected input" in line.text]
    assert any("\x1b" in line.text for line in raw)
    assert {line.label("detected_level") for line in raw} == {"error"}
