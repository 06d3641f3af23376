"""The world emits the contract's series: every one, with its labels, values and bounds, and no application series more."""

from __future__ import annotations

import math

import pytest

from noc.catalogue.contract import EVERY_JOB
from noc.demo.samples import LabelMatcher
from noc.demo.world import World
from noc.model.ports import Metadata

ZERO = 1_794_960_000.0
STORM = World(1, "alert-storm", ZERO)  # late in a storm every counter has been born
CONTRACT = STORM.contract
EXPOSED: dict[str, list[dict[str, str]]] = {}
for found in STORM.series((), ZERO + 2400, ZERO + 2700):
    EXPOSED.setdefault(dict(found)["__name__"], []).append(dict(found))


def jobs_of(family: str) -> set[str]:
    job = CONTRACT.series[family].job
    return set(CONTRACT.jobs) if job == EVERY_JOB else {job}


@pytest.mark.parametrize("family", CONTRACT.series)
def test_a_series_has_the_contracts_names_and_labels(family: str) -> None:
    for name, labels in CONTRACT.series[family].exposed(family).items():
        assert name in EXPOSED
        for series in EXPOSED[name]:
            assert set(series) - {"__name__"} == labels


@pytest.mark.parametrize("family", CONTRACT.series)
def test_a_series_comes_from_every_target_of_its_job(family: str) -> None:
    spec = CONTRACT.series[family]
    expected = {
        (job, instance) for job in jobs_of(family) for instance in (spec.instances or CONTRACT.jobs[job].instances)
    }
    for name in spec.exposed(family):
        assert {(series["job"], series["instance"]) for series in EXPOSED[name]} == expected


@pytest.mark.parametrize("family", CONTRACT.series)
def test_a_label_has_as_many_values_as_the_contract_allows(family: str) -> None:
    spec = CONTRACT.series[family]
    for label, allowed in spec.labels.items():
        if family == "app_http_requests_total" and label == "endpoint":
            assert len({series["endpoint"] for series in EXPOSED[family]}) == allowed.cardinality
            continue
        for name in spec.exposed(family):
            values = {series[label] for series in EXPOSED[name] if label in series}
            assert len(values) <= allowed.cardinality
            if len(allowed.values) == allowed.cardinality:
                assert values <= set(allowed.values)
            if not spec.sparse and values:
                assert values >= set(allowed.values) - set(spec_missing(family))


def spec_missing(family: str) -> tuple[str, ...]:
    """Examples that belong to no endpoint or status of this world."""
    return ("/health",) if family == "app_auth_failures_total" else ()


@pytest.mark.parametrize("family", [name for name, spec in CONTRACT.series.items() if spec.type == "histogram"])
def test_a_histogram_has_the_contracts_bounds(family: str) -> None:
    bounds = sorted({float(series["le"]) for series in EXPOSED[f"{family}_bucket"]})
    assert bounds == [*CONTRACT.series[family].buckets, math.inf]


def test_there_are_no_series_beside_the_contracts() -> None:
    assert set(EXPOSED) - set(CONTRACT.exposed()) == set()


@pytest.mark.parametrize("family", CONTRACT.series)
def test_metadata_is_the_contracts(family: str) -> None:
    spec = CONTRACT.series[family]
    assert STORM.metadata()[family] == Metadata(spec.type, spec.help, spec.unit or "")


def test_a_request_names_an_endpoint_of_the_contract() -> None:
    routes = {(route.path, route.method, route.version) for route in CONTRACT.endpoints}
    assert {(s["endpoint"], s["method"], s["version"]) for s in EXPOSED["app_http_requests_total"]} == routes


def test_only_sparse_series_are_missing_in_calm() -> None:
    calm = World(1, "calm", ZERO)
    names = {dict(labels)["__name__"] for labels in calm.series((), ZERO, ZERO + 300)}
    missing = set(CONTRACT.exposed()) - names
    assert missing == {
        "app_tenant_violations_total",
        "app_tenant_scope_bypass_attempts_total",
        "app_tenant_admin_bypass_attempts_total",
        "app_tenant_service_violations_total",
    }
    assert all(CONTRACT.series[name].sparse for name in missing)


def test_there_are_no_more_series_than_a_small_server_holds() -> None:
    assert 1500 < sum(map(len, EXPOSED.values())) < 2500


def test_no_two_series_are_the_same() -> None:
    every = STORM.series([LabelMatcher("__name__", "!=", "")], ZERO + 2400, ZERO + 2700)
    assert len(every) == len(set(every))
