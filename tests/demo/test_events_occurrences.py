"""Moments of events: the inverse of counting, dice that depend on nothing but the event, columns in order."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from noc.demo.events.dice import pick, seed_of, throws
from noc.demo.events.occurrences import Columns
from noc.demo.events.people import SHARED, Crowd, company_of, user_of
from noc.demo.figures.site import TENANT_SHARES
from noc.demo.flows import Counters, Flow, Moments, Shapes
from noc.demo.gateway import Gateway
from noc.demo.request import Request
from noc.demo.traffic import Arrivals
from noc.demo.world import World
from noc.model.clock import FixedClock

ZERO = 1_794_960_000.0


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes(4)


@pytest.mark.parametrize("first", [1, 65_530, 200_000, 123_456_789])
def test_an_event_is_due_when_the_count_first_reaches_it(shapes: Shapes, first: int) -> None:
    arrivals = shapes.arrivals
    numbers = np.arange(first, first + 400, dtype=np.int64)
    for phase in (0.0, 0.37, 0.999):
        phases = np.full(len(numbers), phase)
        due = arrivals.due(numbers, phases)
        assert (arrivals.count(due, phases) >= numbers).all()
        assert (arrivals.count(due - 0.01, phases) < numbers).all()
        assert (np.diff(due) >= 0).all()


def test_the_process_begins_again_after_its_last_event(shapes: Shapes) -> None:
    numbers = np.array([1, 1 + Arrivals.COUNT], dtype=np.int64)
    once, again = shapes.arrivals.due(numbers, np.zeros(2))
    assert again - once == Arrivals.COUNT


def test_evenly_spaced_events_are_due_one_apart(shapes: Shapes) -> None:
    counters = Counters(
        shapes, "even", {"a": Flow(1.0, "flat", 0.0)}, [(("a_total", {}), ["a"])], even=frozenset(["a"])
    )
    streams = np.zeros(3, dtype=np.int64)
    assert np.diff(counters.due(streams, np.array([1, 2, 3]))).tolist() == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("scenario", ["cross-tenant-breach", "alert-storm"])
def test_where_an_incident_has_ended_rounding_does_not_move_a_counter(scenario: str) -> None:
    """What is expected stands still then, often on a place where an event may stand: a hair more or less is the same."""
    world = World(1, scenario, ZERO)
    after = np.array([ZERO + 6000.0])
    still = 0
    for target, counters in world.counters():
        expected = counters.mixture.grown(Moments(after, target.since(after)))
        places = np.abs(expected * 8 - np.round(expected * 8)) < 1e-9
        still += int((places & (expected > 0)).sum())
        less, more = counters.events(expected - 1e-9), counters.events(expected + 1e-9)
        assert np.array_equal(less[places], more[places])
    assert still > 3


def test_dice_depend_on_the_stream_and_the_number_alone() -> None:
    seed = np.array([seed_of(1, "api-1:8000", 3)], dtype=np.uint64)
    many = throws(seed, np.arange(1, 100, dtype=np.int64))
    assert throws(seed, np.array([50], dtype=np.int64))[0] == many[49]
    assert len(set(many.tolist())) == 99
    assert seed_of(1, 23) != seed_of(12, 3)


def test_dice_are_fair() -> None:
    draws = throws(np.array([seed_of("fair")], dtype=np.uint64), np.arange(20_000, dtype=np.int64))
    for shift in (0, 8, 16, 40, 56):
        faces = np.bincount((draws >> np.uint64(shift) & np.uint64(7)).astype(np.int64), minlength=8)
        assert faces.min() > 2250
        assert faces.max() < 2750


def test_a_pick_is_as_frequent_as_its_weight() -> None:
    weights = (("a", 0.5), ("b", 0.3), ("c", 0.2))
    picked = Counter(pick(draw, weights) for draw in range(65_536))
    assert {word: round(number / 65_536, 3) for word, number in picked.items()} == {"a": 0.5, "b": 0.3, "c": 0.2}


def test_columns_join_in_order_of_time_and_of_their_parts() -> None:
    def part(times: list[int], told: int) -> Columns:
        at = np.array(times, dtype=np.int64)
        whole = np.full(len(times), told, dtype=np.int64)
        bits = whole.astype(np.uint64)
        return Columns(at, whole, whole, bits, bits, np.zeros(len(times), dtype=np.bool_))

    joined = Columns.joined([part([10, 30], 0), part([10, 20, 30], 1)])
    labels = [{"name": "first"}, {"name": "second"}]
    found = [(one.at, one.labels["name"]) for one in joined.between(10, 30, labels)]
    assert found == [(10, "first"), (10, "second"), (20, "second")]
    assert Columns.joined([]).between(0, 100, labels) == []


def test_every_account_belongs_to_one_company() -> None:
    owners: dict[int, int] = {}
    for company in map(int, TENANT_SHARES):
        for bits in range(40):
            assert owners.setdefault(user_of(company, bits), company) == company
    assert owners[42] == 11


def test_every_company_calls() -> None:
    assert {str(company_of(bits)) for bits in range(1024)} == set(TENANT_SHARES)


def test_a_client_of_a_company_that_does_not_share_comes_from_home() -> None:
    crowd = Crowd(1, "calm")
    assert SHARED not in {crowd.client(24, bits * 257) for bits in range(2000)}
    assert SHARED in {crowd.client(3, bits * 257) for bits in range(2000)}


@pytest.mark.parametrize(("after", "status"), [(200.0, 200), (400.0, 503)])
def test_the_blackout_takes_the_worlds_loki_too(after: float, status: int) -> None:
    gateway = Gateway("blackout", ZERO, 1, FixedClock(ZERO + after))
    assert gateway.loki.answer(Request("GET", "/ready", {}, {}, b"")).status == status
