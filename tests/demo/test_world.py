"""The world answers for any moment, the same each time, and its figures agree with each other."""

from __future__ import annotations

import numpy as np
import pytest

from noc.demo.samples import LabelMatcher, Samples
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import HISTORY, World
from noc.model.ports import Target

ZERO = 1_794_960_000.0
HOUR = 3600.0


@pytest.fixture(scope="module")
def tour() -> World:
    return World(7, "tour", ZERO)


def matchers(name: str, **labels: str) -> list[LabelMatcher]:
    return [LabelMatcher("__name__", "=", name), *(LabelMatcher(key, "=", value) for key, value in labels.items())]


def total(series: list[Samples], start: int = 0) -> float:
    """What all series together grew by, from a sample on."""
    return float(sum(samples.values[-1] - samples.values[start] for samples in series))


def label(samples: Samples, name: str) -> str:
    return dict(samples.labels)[name]


def test_samples_lie_on_the_targets_scrape_grid(tour: World) -> None:
    (cpu,) = tour.select(matchers("node_load1", instance="db-1:9100"), ZERO - 600, ZERO)
    assert np.diff(cpu.times) == pytest.approx(15.0)
    assert len(cpu.times) == 40
    assert np.array_equal(np.round(cpu.times, 3), cpu.times)
    other = tour.select(matchers("node_load1", instance="api-1:9100"), ZERO - 600, ZERO)[0]
    assert not np.isin(cpu.times, other.times).any()


def test_both_ends_of_a_window_are_inclusive(tour: World) -> None:
    (load,) = tour.select(matchers("node_load1", instance="db-1:9100"), ZERO - 600, ZERO)
    (same,) = tour.select(matchers("node_load1", instance="db-1:9100"), load.times[0], load.times[-1])
    assert same.times.tolist() == load.times.tolist()
    assert tour.select(matchers("node_load1", instance="db-1:9100"), load.times[0] + 0.001, load.times[1] - 0.001) == []


def test_slow_probes_are_scraped_as_slowly_as_the_contract_says(tour: World) -> None:
    (probe,) = tour.select(
        matchers("probe_success", instance="https://api.example.com/health/calcom"), ZERO - HOUR, ZERO
    )
    assert np.diff(probe.times) == pytest.approx(300.0)


def test_another_scrape_interval_stretches_every_job() -> None:
    world = World(7, "calm", ZERO, scrape_interval=5.0)
    (load,) = world.select(matchers("node_load1", instance="db-1:9100"), ZERO - 600, ZERO)
    (probe,) = world.select(matchers("probe_success", instance="https://api.example.com/health"), ZERO - 600, ZERO)
    assert np.diff(load.times) == pytest.approx(5.0)
    assert np.diff(probe.times) == pytest.approx(10.0)


def test_equal_seeds_tell_the_same_story(tour: World) -> None:
    again = World(7, "tour", ZERO)
    for name in ("app_http_requests_total", "node_load1", "app_http_request_duration_seconds_bucket"):
        for one, other in zip(
            tour.select(matchers(name), ZERO, ZERO + HOUR), again.select(matchers(name), ZERO, ZERO + HOUR), strict=True
        ):
            assert one.labels == other.labels
            assert np.array_equal(one.values, other.values)


def test_another_seed_tells_another(tour: World) -> None:
    other = World(8, "tour", ZERO)
    name = matchers("node_load1", instance="db-1:9100")
    assert not np.array_equal(
        tour.select(name, ZERO, ZERO + HOUR)[0].values, other.select(name, ZERO, ZERO + HOUR)[0].values
    )


def test_a_sample_does_not_depend_on_the_window_asked_for(tour: World) -> None:
    name = matchers("app_http_requests_total", endpoint="/webhook", status="401", instance="api-1:8000")
    (day,) = tour.select(name, ZERO - 24 * HOUR, ZERO + HOUR)
    (moment,) = World(7, "tour", ZERO).select(name, day.times[-100], day.times[-100])
    assert moment.values.tolist() == [day.values[-100]]


def test_history_reaches_five_weeks_back_and_no_further(tour: World) -> None:
    assert tour.begin == ZERO - HISTORY
    name = matchers("up", job="prometheus")
    assert tour.select(name, 0.0, tour.begin - 1) == []
    assert tour.select(name, 0.0, tour.begin + 60)[0].times[0] >= tour.begin


@pytest.mark.parametrize("scenario", ["calm", "alert-storm", "tour"])
@pytest.mark.parametrize("zero", [ZERO, ZERO + 9 * HOUR, ZERO + 76 * HOUR])
def test_counters_never_go_back(scenario: str, zero: float) -> None:
    world = World(3, scenario, zero)
    for family, spec in world.contract.series.items():
        if spec.type not in ("counter", "histogram"):
            continue
        for name in spec.exposed(family):
            for samples in world.select(matchers(name), zero - HOUR, zero + 3 * HOUR):
                assert (np.diff(samples.values) >= 0).all(), samples.labels


def test_event_counters_are_whole_numbers(tour: World) -> None:
    for samples in tour.select([LabelMatcher("__name__", "=~", "app_.*_total")], ZERO, ZERO + HOUR):
        assert np.array_equal(samples.values, np.floor(samples.values)), samples.labels


@pytest.mark.parametrize("scenario", ["calm", "alert-storm"])
def test_buckets_grow_with_their_bound_and_end_at_the_count(scenario: str) -> None:
    world = World(3, scenario, ZERO)
    for family, spec in world.contract.series.items():
        if spec.type != "histogram":
            continue
        counts = world.select(matchers(f"{family}_count"), ZERO, ZERO + HOUR)
        width = len(spec.buckets) + 1
        buckets = world.select(matchers(f"{family}_bucket"), ZERO, ZERO + HOUR)
        assert len(buckets) == width * len(counts)
        for number, count in enumerate(counts):
            group = np.stack([samples.values for samples in buckets[number * width : (number + 1) * width]])
            assert (np.diff(group, axis=0) >= 0).all()
            assert np.array_equal(group[-1], count.values)


def test_a_histograms_sum_is_about_its_mean_times_its_count(tour: World) -> None:
    seconds = total(tour.select(matchers("app_http_request_duration_seconds_sum"), ZERO - HOUR, ZERO))
    count = total(tour.select(matchers("app_http_request_duration_seconds_count"), ZERO - HOUR, ZERO))
    assert 0.10 < seconds / count < 0.16


def test_requests_and_their_durations_count_the_same_traffic(tour: World) -> None:
    requests = total(tour.select(matchers("app_http_requests_total"), ZERO - HOUR, ZERO))
    timed = total(tour.select(matchers("app_http_request_duration_seconds_count"), ZERO - HOUR, ZERO))
    assert requests == pytest.approx(timed, rel=0.05)


@pytest.mark.parametrize("endpoint", ["/webhook", "/stripe/webhook", "/api/auth/login", "/api/v2/availability"])
def test_every_authentication_failure_was_answered_with_401(tour: World, endpoint: str) -> None:
    window = (ZERO, ZERO + HOUR)
    failures = tour.select(matchers("app_auth_failures_total", endpoint=endpoint), *window)
    answers = tour.select(matchers("app_http_requests_total", endpoint=endpoint, status="401"), *window)
    assert total(failures) == total(answers)
    assert sum(samples.values[0] for samples in failures) == sum(samples.values[0] for samples in answers) > 0


def test_every_denied_policy_was_answered_with_403(tour: World) -> None:
    denials = tour.select(matchers("app_policy_denials_total"), ZERO - HOUR, ZERO)
    answers = tour.select(matchers("app_http_requests_total", status="403"), ZERO - HOUR, ZERO)
    assert total(denials) == total(answers) > 0


@pytest.mark.parametrize("provider", ["retell", "calcom", "stripe"])
def test_webhook_failures_are_counted_once_by_reason_and_once_by_result(tour: World, provider: str) -> None:
    reasons = tour.select(matchers("app_webhook_failures_total", provider=provider), ZERO, ZERO + HOUR)
    results = tour.select(
        matchers("app_webhook_processed_total", provider=provider, result="failure"), ZERO, ZERO + HOUR
    )
    assert sum(samples.values[-1] for samples in reasons) == sum(samples.values[-1] for samples in results) > 0


def test_the_modes_of_a_cpu_add_up_to_its_time() -> None:
    world = World(3, "alert-storm", ZERO)
    modes = world.select(matchers("node_cpu_seconds_total", instance="db-1:9100", cpu="2"), ZERO, ZERO + HOUR)
    assert len(modes) == 8
    assert total(modes) == pytest.approx(modes[0].times[-1] - modes[0].times[0], abs=0.1)


def test_memory_available_is_less_than_all_and_more_than_free(tour: World) -> None:
    free, available, everything = (
        tour.select(matchers(f"node_memory_{part}_bytes", instance="api-1:9100"), ZERO - HOUR, ZERO)[0].values
        for part in ("MemFree", "MemAvailable", "MemTotal")
    )
    assert (free < available).all()
    assert (available < everything).all()


def test_gauges_read_from_the_database_are_the_same_on_both_instances(tour: World) -> None:
    window = (ZERO - HOUR, ZERO)
    for name in ("app_active_companies", "app_companies", "app_queue_workers"):
        one, other = (
            {samples.values[0] for samples in tour.select(matchers(name, instance=instance), *window)}
            for instance in ("api-1:8000", "api-2:8000")
        )
        assert one == other


def test_matchers_negate_and_match_expressions_and_absent_labels(tour: World) -> None:
    by_type = [
        LabelMatcher("__name__", "=~", "app_auth_.+"),
        LabelMatcher("type", "!~", "webhook_.+"),
        LabelMatcher("instance", "!=", "api-2:8000"),
        LabelMatcher("provider", "=", ""),
    ]
    found = {(label(samples, "type"), label(samples, "instance")) for samples in tour.select(by_type, ZERO - 60, ZERO)}
    assert found == {("sanctum", "api-1:8000"), ("api_token", "api-1:8000")}


def test_an_unknown_name_selects_nothing(tour: World) -> None:
    assert tour.select(matchers("app_nothing_total"), ZERO - HOUR, ZERO) == []
    assert tour.series(matchers("app_nothing_total"), ZERO - HOUR, ZERO) == []


def test_series_names_what_select_would_show(tour: World) -> None:
    every = [LabelMatcher("job", "=~", "laravel-api|blackbox")]
    listed = tour.series(every, ZERO, ZERO + 100)
    assert listed == [samples.labels for samples in tour.select(every, ZERO, ZERO + 100)]


def test_label_names_are_those_of_all_series(tour: World) -> None:
    assert {"__name__", "job", "instance", "le", "company_id", "mountpoint", "quantile"} <= tour.label_names()


def test_a_sparse_counter_is_born_with_its_first_event() -> None:
    world = World(7, "cross-tenant-breach", ZERO)
    name = matchers("app_tenant_violations_total")
    assert world.series(name, ZERO - 24 * HOUR, ZERO) == []
    born = world.select(name, ZERO - HOUR, ZERO + 0.5 * HOUR)
    assert born
    for samples in born:
        assert samples.values[0] > 0
        assert samples.times[0] > ZERO + 120
    assert len({label(samples, "company_id") for samples in born}) == 4


def test_a_restart_leaves_a_gap_a_stale_marker_and_counters_at_zero() -> None:
    world = World(7, "error-spike", ZERO)
    restart = SCENARIOS["error-spike"].restarts[0]
    window = (ZERO, ZERO + 300)
    requests = matchers(
        "app_http_requests_total", instance=restart.instance, endpoint="/api/v2/availability", status="200"
    )
    (ok,) = world.select(requests, *window)
    (stale,) = np.flatnonzero(np.isnan(ok.values))
    away = ZERO + restart.at
    assert away <= ok.times[stale] < away + restart.down
    assert ok.times[stale + 1] >= away + restart.down
    assert ok.values[stale - 1] > 1e6
    assert ok.values[stale + 1] < 5000
    (up,) = world.select(matchers("up", instance=restart.instance), *window)
    assert set(up.times[up.values == 0]) == {t for t in up.times if away <= t < away + restart.down}
    assert not np.isnan(up.values).any()


def test_targets_say_who_is_down() -> None:
    world = World(7, "error-spike", ZERO)
    restart = SCENARIOS["error-spike"].restarts[0]
    assert all(target.health == "up" for target in world.targets(ZERO))
    down = [target for target in world.targets(ZERO + restart.at + 1) if target.health == "down"]
    refused = 'Get "http://api-1:8000/metrics": connect: connection refused'
    assert down == [Target("laravel-api", "api-1:8000", "down", refused, 15.0)]


def test_the_moment_is_what_the_scrape_of_that_moment_stored(tour: World) -> None:
    (load,) = tour.select(matchers("node_load1", instance="db-1:9100"), ZERO, ZERO + 600)
    exposed = dict(tour.at(float(load.times[-1])))
    window = [LabelMatcher("instance", "=", "db-1:9100"), LabelMatcher("__name__", "!~", "up|scrape_.*")]
    scraped = {samples.labels: samples.values[0] for samples in tour.select(window, load.times[-1], load.times[-1])}
    assert len(scraped) > 60
    assert {labels: exposed[labels] for labels in scraped} == scraped


def test_a_calm_weekday_has_plausible_traffic() -> None:
    world = World(1, "calm", ZERO)  # a Tuesday, some minutes before midnight, UTC
    name = matchers("app_http_requests_total")
    hours = [total(world.select(name, ZERO + start * HOUR, ZERO + (start + 1) * HOUR)) / 3585 for start in range(24)]
    assert 20 < min(hours) < 45
    assert 140 < max(hours) < 220
