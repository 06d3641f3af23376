"""Whole stories on the demo's servers: an alert fires, is inhibited, wakes again, resolves; equal moments, equal bytes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from noc.demo import silences
from noc.demo.alertmanager import AlertmanagerApi, cluster
from noc.demo.gateway import Gateway
from noc.demo.request import Request
from noc.model.clock import FixedClock

ZERO = 1_759_417_200.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
PERIOD = 90 * MINUTE
"""How often the tour comes round."""
JSON = {"content-type": "application/json"}


def ask(api: AlertmanagerApi, method: str, path: str, body: object = None, status: int = 200) -> Any:
    reply = api.answer(Request(method, f"/api/v2/{path}", {}, JSON, b"" if body is None else orjson.dumps(body)))
    assert reply.status == status, reply.body
    return orjson.loads(reply.body) if reply.body else None


def states(api: AlertmanagerApi, name: str) -> dict[str, str]:
    """By severity."""
    found = [one for one in ask(api, "GET", "alerts") if one["labels"]["alertname"] == name]
    return {one["labels"]["severity"]: one["status"]["state"] for one in found}


def silence(at: float, seconds: float, **labels: str) -> dict[str, object]:
    """The body of a silence from ``at`` on."""
    start = datetime.fromtimestamp(at, UTC)
    return {
        "matchers": [{"name": name, "value": value, "isRegex": False} for name, value in labels.items()],
        "startsAt": start.isoformat(),
        "endsAt": (start + timedelta(seconds=seconds)).isoformat(),
        "createdBy": "mara",
        "comment": "known",
    }


def changes(gateway: Gateway, clock: FixedClock, name: str, until: float) -> Iterator[tuple[int, dict[str, str]]]:
    """Minutes after ZERO at which the states of an alert's severities change, on every member at once."""
    last: dict[str, str] = {}
    while clock.now() <= until:
        found = [states(member, name) for member in gateway.alertmanagers]
        assert found == [found[0]] * len(found)
        if found[0] != last:
            last = found[0]
            yield int((clock.now() - ZERO) // MINUTE), last
        clock.advance(MINUTE)


def test_on_the_tour_an_alert_fires_is_inhibited_wakes_again_and_resolves_each_time_round() -> None:
    clock = FixedClock(ZERO)
    gateway = Gateway("tour", ZERO, 1, clock, members=2)
    once = [
        (14, {"high": "active"}),
        (15, {"critical": "active", "high": "suppressed"}),
        (32, {"high": "active"}),
        (33, {}),
    ]
    assert list(changes(gateway, clock, "DatabaseConnectionPoolHigh", ZERO + PERIOD)) == once
    clock.at = ZERO + PERIOD
    again = list(changes(gateway, clock, "DatabaseConnectionPoolHigh", ZERO + PERIOD + 45 * MINUTE))
    assert [found for _, found in again] == [found for _, found in once]


def test_an_inhibited_alert_names_the_one_that_inhibits_it_though_that_is_silenced() -> None:
    clock = FixedClock(ZERO + 20 * MINUTE)
    (api,) = Gateway("tour", ZERO, 1, clock).alertmanagers
    named = "DatabaseConnectionPoolHigh"
    id = ask(api, "POST", "silences", silence(clock.now(), HOUR, alertname=named, severity="critical"))["silenceID"]
    found = {one["labels"]["severity"]: one for one in ask(api, "GET", "alerts") if one["labels"]["alertname"] == named}
    assert {severity: one["status"] for severity, one in found.items()} == {
        "critical": {"inhibitedBy": [], "silencedBy": [id], "state": "suppressed"},
        "high": {"inhibitedBy": [found["critical"]["fingerprint"]], "silencedBy": [], "state": "suppressed"},
    }


def test_an_alert_that_resolved_while_silenced_fires_again_under_a_silence_that_was_kept() -> None:
    """That is why noc deletes an acknowledgement once its alert resolved (alerts.md 0)."""
    clock = FixedClock(ZERO + 20 * MINUTE)
    (api,) = Gateway("tour", ZERO, 1, clock).alertmanagers
    name = "WebhookRateLimitExceeded"
    first = next(one for one in ask(api, "GET", "alerts") if one["labels"]["alertname"] == name)
    ask(api, "POST", "silences", silence(clock.now(), 4 * HOUR, **first["labels"]))
    clock.at = ZERO + 60 * MINUTE
    assert states(api, name) == {}
    clock.at = ZERO + PERIOD + 20 * MINUTE
    again = next(one for one in ask(api, "GET", "alerts") if one["labels"]["alertname"] == name)
    assert again["fingerprint"] == first["fingerprint"]
    assert again["startsAt"] > first["startsAt"]
    assert again["status"]["state"] == "suppressed"


def test_an_alert_starts_when_it_fired_and_keeps_its_start_through_hours_and_restarts_of_the_demo() -> None:
    told = set()
    for minute in (20, 25, 30):
        (api,) = Gateway("tour", ZERO, 1, FixedClock(ZERO + minute * MINUTE)).alertmanagers
        told |= {
            (one["fingerprint"], one["startsAt"])
            for one in ask(api, "GET", "alerts")
            if one["labels"]["alertname"] == "RetellSignatureInvalid"
        }
    assert len(told) == 1


PATHS = ("alerts", "alerts/groups", "silences", "status", "receivers")


def pictured(seed: int, at: float, before: Sequence[float] = ()) -> list[bytes]:
    """Everything the two servers say at one moment, after some others; with one silence."""
    clock = FixedClock(at)
    gateway = Gateway("alert-storm", ZERO, seed, clock, members=2)
    api = gateway.alertmanagers[0]
    for moment in before:
        clock.at = moment
        ask(api, "GET", "alerts/groups")
    clock.at = at
    ask(api, "POST", "silences", silence(at, HOUR, alertname="UnsignedWebhooks"))
    said = [
        member.answer(Request("GET", f"/api/v2/{path}", {}, JSON, b"")).body
        for member in gateway.alertmanagers
        for path in PATHS
    ]
    queries = [
        ("rules", {}),
        ("alerts", {}),
        ("query", {"query": ["ALERTS"]}),
        ("query", {"query": ["ALERTS_FOR_STATE"]}),
    ]
    return said + [gateway.prometheus.handle("GET", f"/api/v1/{path}", params).body for path, params in queries]


def test_equal_seeds_and_moments_give_equal_bytes_whatever_was_asked_before() -> None:
    at = ZERO + 16 * MINUTE
    first = pictured(1, at)
    assert b"UnsignedWebhooks" in first[0]
    assert pictured(1, at, before=(at - 10 * MINUTE, at + 3 * HOUR)) == first
    assert pictured(2, at) != first


# -- what is kept


def test_ids_are_a_seeds_own_and_look_like_the_servers() -> None:
    def ids(seed: int) -> list[str]:
        (api,) = cluster(1, FixedClock(ZERO), seed=seed)
        return [ask(api, "POST", "silences", silence(ZERO, HOUR, a=str(n)))["silenceID"] for n in range(3)]

    assert ids(1) == ids(1)
    assert len({*ids(1), *ids(2)}) == 6
    assert {str(uuid.UUID(id)) == id and uuid.UUID(id).version for id in ids(1)} == {4}


def test_an_ended_silence_is_remembered_for_five_days_and_then_unknown() -> None:
    clock = FixedClock(ZERO)
    (api,) = cluster(1, clock)
    id = ask(api, "POST", "silences", silence(ZERO, HOUR, a="b"))["silenceID"]
    clock.at = ZERO + HOUR + 120 * HOUR - 1
    assert ask(api, "GET", f"silence/{id}")["status"] == {"state": "expired"}
    clock.advance(1)
    assert ask(api, "GET", "silences") == []
    ask(api, "GET", f"silence/{id}", status=404)
    ask(api, "DELETE", f"silence/{id}", status=500)
    ask(api, "POST", "silences", {**silence(clock.now(), HOUR, a="b"), "id": id}, status=404)


def test_weeks_of_silences_that_nobody_lists_and_of_alerts_leave_no_more_than_the_last_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(silences, "_JUDGED", 100)
    clock = FixedClock(ZERO)
    api, other = cluster(2, clock)
    for hour in range(24 * 21):
        clock.at = ZERO + hour * HOUR
        ask(api, "POST", "silences", silence(clock.now(), 1800, hour=str(hour)))
        ask(other, "POST", "alerts", [{"labels": {"alertname": "A", "hour": str(hour)}}])
        assert len(api.silences._held) <= 121
        assert len(other.received._held) <= 2
        if hour % 50 == 0:
            ask(other, "GET", "alerts")
    assert len(ask(other, "GET", "silences")) == 121  # the last one and five days of ended ones
    for number in range(300):
        api.silences.silencing(f"{number:016x}", {"a": "b"}, datetime.fromtimestamp(ZERO, UTC))
        assert len(api.silences._matching) <= 100
