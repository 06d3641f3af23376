"""What a counter counted and what the log tells are the same events, whenever either is asked."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from noc.demo.events import Journal
from noc.demo.events.line import Stream
from noc.demo.events.security import AUTH
from noc.demo.flows import Moments
from noc.demo.samples import LabelMatcher
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.logs import SECOND, LogLine
from tests.demo.events_read import context_of

ZERO = 1_794_960_000.0
HOUR = 3600.0


@cache
def world(scenario: str, zero: float = ZERO) -> World:
    return World(5, scenario, zero)


@cache
def journal(scenario: str, zero: float = ZERO) -> Journal:
    return Journal(world(scenario, zero))


def counted(one: World, name: str, start: float, end: float, **labels: str) -> int:
    """Events of all series of a family with start < t <= end, read off its target's processes at those moments."""
    total = 0.0
    for target, block in one.counters():
        rows = [
            number
            for number, (family, have) in enumerate(block.rows)
            if family == name and all(have[key] == value for key, value in labels.items())
        ]
        for begin, until in _alive(target.starts, target.gaps, start, end) if rows else ():
            times = np.array([begin, until])
            since = target.since(times)
            if since[0] != since[1] or begin in target.starts:
                since = np.full(2, max(moment for moment in target.starts if moment <= begin))
            values = block.at(Moments(times, since))[rows]
            total += float((values[:, 1] - values[:, 0]).sum())
    return round(total)


def _alive(
    starts: tuple[float, ...], gaps: tuple[tuple[float, float], ...], start: float, end: float
) -> Iterator[tuple[float, float]]:
    edges = [*starts, float("inf")]
    for since, then in itertools.pairwise(edges):
        until = min([then, *(begin for begin, _ in gaps if begin >= since)])
        if max(since, start) < min(until, end):
            yield max(since, start), min(until, end)


def told(one: Journal, stream: Stream, start: float, end: float) -> list[LogLine]:
    """Lines of one stream with start < at <= end; microseconds, as events have them."""
    exact = [LabelMatcher(name, "=", value) for name, value in stream.labels]
    return list(one.lines(exact, round(start * SECOND) + 1, round(end * SECOND) + 1))


def windows(scenario: str) -> list[tuple[float, float]]:
    """Around the story and far from it, on whole seconds and between them, wide and narrow."""
    rng = random.Random(scenario)
    found = [(ZERO - 60, ZERO + 2 * HOUR), (ZERO - 20 * 24 * HOUR, ZERO - 20 * 24 * HOUR + HOUR)]
    for _ in range(12):
        start = round(ZERO + rng.uniform(-600, 7800), rng.choice((0, 1, 3)))
        found.append((start, round(start + rng.choice((1.0, 15.0, 300.0)) * rng.uniform(0.5, 1.5), 3)))
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_counted_failure_has_its_line_and_no_line_is_uncounted(scenario: str) -> None:
    one, log = world(scenario), journal(scenario)
    for start, end in windows(scenario):
        lines = told(log, AUTH, start, end)
        seen = Counter((context_of(line)["error_code"], context_of(line)["endpoint"]) for line in lines)
        codes = {
            "webhook_signature": "SIGNATURE_INVALID",
            "webhook_missing": "SIGNATURE_MISSING",
            "api_token": "TOKEN_INVALID",
            "sanctum": "LOGIN_FAILED",
        }
        for kind, code in codes.items():
            for endpoint in [endpoint.path for endpoint in one.contract.endpoints]:
                expected = counted(one, "app_auth_failures_total", start, end, type=kind, endpoint=endpoint)
                assert seen[(code, endpoint)] == expected, (kind, endpoint, start, end)
        assert len(lines) == counted(one, "app_auth_failures_total", start, end)
