"""The log tells the scenario's story: who attacks, who is caught between, and how one thing led to the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from noc.demo.events import Journal
from noc.demo.events.people import INTRUDER, INTRUDER_COMPANY, SHARED, SHARED_COMPANIES
from noc.demo.figures.site import SUFFERER, TENANT_SHARES
from noc.demo.samples import LabelMatcher
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.logs import SECOND
from tests.demo.events_read import event_of

ZERO = 1_794_996_000.0  # 10:00 UTC on a working day
HOUR = 3600.0
EVENTS = [LabelMatcher("job", "=", "laravel"), LabelMatcher("event_type", "!=", "")]

Told = list[tuple[float, dict[str, Any]]]


@cache
def journal(scenario: str) -> Journal:
    return Journal(World(1, scenario, ZERO))


@cache
def told(scenario: str, start: float = 0.0, end: float = HOUR, event_type: str = "") -> Told:
    """Moments (seconds after zero) and events, of one type or all of them, both shapes as one."""
    asked = [*EVENTS, *([LabelMatcher("event_type", "=", event_type)] if event_type else [])]
    lines = journal(scenario).lines(asked, round((ZERO + start) * SECOND), round((ZERO + end) * SECOND))
    return [(line.seconds - ZERO, event_of(line)) for line in lines]


def contexts(found: Told, event_type: str) -> list[dict[str, Any]]:
    return [event["context"] for _, event in found if event["event_type"] == event_type]


def failing(scenario: str, start: float = 0.0, end: float = HOUR) -> Counter[str]:
    """Authentication failures by address."""
    return Counter(
        context["ip_address"] for context in contexts(told(scenario, start, end, "auth_failure"), "auth_failure")
    )


def heavy(scenario: str, start: float = 0.0, end: float = HOUR) -> set[str]:
    return {address for address, _ in failing(scenario, start, end).most_common(6)}


def traces(found: Told) -> dict[str, Told]:
    grouped: dict[str, Told] = defaultdict(list)
    for at, event in found:
        grouped[event["trace_id"]].append((at, event))
    return grouped


def chain(trace: Told) -> list[str]:
    """What happened under one trace, in order."""
    return [f"{event['event_type']} {event['context'].get('status_code', '')}".strip() for _, event in trace]


def test_an_attack_has_a_few_heavy_hitters_and_a_long_tail() -> None:
    failures = failing("webhook-attack")
    assert len(failures) > 40
    first, *_, tenth = [number for _, number in failures.most_common(10)]
    assert first > 5 * tenth
    assert 0.15 < first / failures.total() < 0.4


def test_every_wave_and_every_scenario_has_its_own_attackers() -> None:
    waves = [heavy("webhook-attack", number * 7200, number * 7200 + HOUR) for number in range(3)]
    found = [*waves, heavy("alert-storm")]
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            assert len(one & other) <= 2, "the shared address is in every wave, hardly any other is"


def test_one_attacker_tries_several_endpoints_and_tenants() -> None:
    found = contexts(told("alert-storm", event_type="auth_failure"), "auth_failure")
    (address, _) = failing("alert-storm").most_common(1)[0]
    theirs = [context for context in found if context["ip_address"] == address]
    assert len({context["endpoint"] for context in theirs}) >= 5
    assert len({context["company_id"] for context in theirs} - {None}) >= 8


def test_a_calm_day_has_strangers_too_each_seldom() -> None:
    failures = failing("calm", -12 * HOUR, 12 * HOUR)
    assert len(failures) > 100
    assert max(failures.values()) < 0.1 * failures.total()


def test_attackers_come_from_documentation_ranges_and_from_abroad() -> None:
    first = Counter(address.rpartition(".")[0] for address in failing("webhook-attack"))
    documented = first["203.0.113"] + first["198.51.100"]
    assert 15 < documented < first.total() - 15


def test_good_requests_of_six_tenants_come_from_behind_an_attacking_address() -> None:
    good = [
        context
        for context in contexts(told("webhook-attack"), "request")
        if context["ip_address"] == SHARED and context["status_code"] < 400
    ]
    assert {str(context["company_id"]) for context in good} == set(SHARED_COMPANIES)
    assert 200 < len(good) < 2000
    assert failing("webhook-attack")[SHARED] > 20


def test_who_attacks_from_elsewhere_has_no_good_requests() -> None:
    good = Counter(context["ip_address"] for context in contexts(told("webhook-attack"), "request"))
    assert all(good[address] == 0 for address in heavy("webhook-attack") - {SHARED})


def test_companies_appear_as_often_as_their_share_of_the_traffic() -> None:
    companies = Counter(context["company_id"] for context in contexts(told("calm"), "request") if context["company_id"])
    for company, share in TENANT_SHARES.items():
        assert abs(companies[int(company)] / companies.total() - share) < 0.02


def test_one_account_of_one_company_is_behind_every_breach() -> None:
    violations = contexts(told("cross-tenant-breach"), "tenant_violation")
    assert len(violations) > 60
    assert {(context["user_id"], context["user_company_id"]) for context in violations} == {
        (INTRUDER, INTRUDER_COMPANY)
    }
    assert (INTRUDER, INTRUDER_COMPANY) == (42, 11)
    assert all(context["requested_company_id"] != INTRUDER_COMPANY for context in violations)


def test_a_breach_can_be_followed_back_to_the_requests_before_it() -> None:
    for _, trace in broken():
        before = trace[: chain(trace).index("tenant_violation")]
        requests = [event for _, event in before if event["event_type"] == "request"]
        assert len(requests) >= 2
        assert {event["context"]["user_id"] for event in requests} == {INTRUDER}
        assert {event["context"]["ip_address"] for event in requests} == {SHARED}
        assert trace[-1][0] - trace[0][0] < 15


def test_many_breaches_come_after_a_denial_of_the_same_trace() -> None:
    chains = [chain(trace) for _, trace in broken()]
    after = [one for one in chains if "policy_denial" in one]
    assert len(after) > len(chains) / 2
    for one in after:
        assert one.index("policy_denial") < one.index("tenant_violation")
        assert "request 403" in one


def broken() -> list[tuple[str, Told]]:
    """Traces with a violation, of those that lie wholly within the hour."""
    return [
        (name, trace)
        for name, trace in traces(told("cross-tenant-breach")).items()
        if any(event["event_type"] == "tenant_violation" for _, event in trace) and trace[0][0] > 20
    ]


@pytest.mark.parametrize("scenario", ["db-pool-exhaustion", "alert-storm"])
def test_a_slow_query_leads_to_the_error_of_its_request(scenario: str) -> None:
    found = [trace for trace in traces(told(scenario, 300, 1200)).values() if any(is_slow(event) for _, event in trace)]
    linked = [trace for trace in found if len(trace) > 1]
    assert len(linked) > 80
    for trace in linked:
        if 310 < trace[0][0] < 1190:
            assert chain(trace)[:2] == ["request 200", "slow_query"]
            assert chain(trace)[2] in ("request 500", "request 502", "request 503")
            assert len(trace) == 3
            contexts_of = [event["context"] for _, event in trace]
            assert len({context["company_id"] for context in contexts_of}) == 1
            assert contexts_of[0]["user_id"] == contexts_of[2]["user_id"]
            assert contexts_of[2]["duration_ms"] >= (trace[2][0] - trace[1][0]) * 1000 - 1


def is_slow(event: dict[str, Any]) -> bool:
    return bool(event["event_type"] == "slow_query")


def test_a_denial_and_the_request_it_answered_share_a_trace() -> None:
    for trace in traces(told("calm")).values():
        if "policy_denial" in chain(trace) and trace[0][0] < HOUR - 1:
            assert chain(trace) == ["policy_denial", "request 403"]
            (_, denial), (_, request) = trace
            for name in ("user_id", "company_id", "endpoint", "ip_address"):
                assert denial["context"][name] == request["context"][name]


def test_queries_slow_down_in_an_incident_and_so_do_requests() -> None:
    calm, slow = told("calm"), told("slow-scope")
    assert mean(slow, "slow_query", "query_time_ms") > 1.2 * mean(calm, "slow_query", "query_time_ms")
    assert mean(slow, "request", "duration_ms") > 1.5 * mean(calm, "request", "duration_ms")


def mean(found: Told, event_type: str, name: str) -> float:
    values = [context[name] for context in contexts(found, event_type)]
    return float(sum(values) / len(values))


def test_a_broken_release_hits_one_company_hardest() -> None:
    errors = Counter(
        event["context"]["company_id"]
        for _, event in told("error-spike", 300, 900, "request")
        if event["event_type"] == "request" and event["level"] == "error"
    )
    assert errors.total() > 1000
    share = TENANT_SHARES[SUFFERER]
    assert errors[int(SUFFERER)] / errors.total() > share + 0.08


def test_every_trace_but_a_story_is_one_line() -> None:
    lengths = Counter(len(trace) for trace in traces(told("calm")).values())
    assert lengths[1] > 0.95 * lengths.total()
    assert max(lengths) <= 3


def test_events_of_one_wave_come_again_in_the_next_with_the_same_strength() -> None:
    counts = [failing("webhook-attack", turn * 7200, turn * 7200 + HOUR).total() for turn in range(3)]
    for one, other in pairwise(counts):
        assert 0.8 < one / other < 1.25


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_before_its_zero_every_scenario_is_calm(scenario: str) -> None:
    assert told(scenario, -HOUR, 0.0, "tenant_violation") == []
    assert all(event["level"] != "critical" for _, event in told(scenario, -HOUR, 0.0, "attack_pattern"))
    assert failing(scenario, -HOUR, 0.0).total() < 120
