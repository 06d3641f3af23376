"""Only the missing tail is asked for, and the cache always equals the whole."""

from __future__ import annotations

import math
import random
from array import array

import pytest

from noc.engine.store import Store, Ticket
from noc.engine.window import Coverage, Gap, TimeGrid, Traits, covered, missing, traits
from noc.model.query import Demand, Query, QueryKind
from noc.model.series import Answer, Series, labels_of

GRID = TimeGrid(step=15.0, span=3600.0)


def test_the_first_fetch_asks_for_the_whole_window_on_whole_steps() -> None:
    gap = missing(GRID, 10_007.0, 10_007.0, None)
    assert gap == Gap(start=667 - 240, first=667 - 240, end=667)
    assert gap.full
    assert (GRID.time(gap.first), GRID.time(gap.end)) == (6405.0, 10_005.0)


def test_a_later_fetch_asks_from_the_first_point_that_was_not_settled() -> None:
    have = covered(GRID, missing(GRID, 10_007.0, 10_007.0, None), 10_007.0, None, provisional=30.0)
    assert have == Coverage(settled=665, end=667, read_at=10_007.0, full_at=10_007.0)
    assert missing(GRID, 10_022.0, 10_022.0, have) == Gap(start=428, first=666, end=668)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (10_007.0 + 3700.0, "everything settled has left the window"),
        (10_006.0, "the clock stepped back"),
        (10_007.0 + 901.0, "the last full fetch is a quarter of an hour old"),
    ],
)
def test_the_whole_window_is_fetched_again_when(now: float, why: str) -> None:
    have = Coverage(settled=665, end=667, read_at=10_007.0, full_at=10_007.0)
    assert missing(GRID, now, now, have).full, why


def test_an_expression_that_moves_with_the_window_is_always_fetched_in_full() -> None:
    have = Coverage(settled=665, end=667, read_at=10_007.0, full_at=10_007.0)
    assert missing(GRID, 10_022.0, 10_022.0, have, whole=True).full


def test_a_partial_answer_settles_nothing() -> None:
    have = Coverage(settled=665, end=667, read_at=10_007.0, full_at=10_007.0)
    gap = missing(GRID, 10_022.0, 10_022.0, have)
    assert covered(GRID, gap, 10_022.0, have, provisional=30.0, partial=True) == Coverage(665, 668, 10_022.0, 10_007.0)
    whole = missing(GRID, 10_022.0, 10_022.0, None)
    assert covered(GRID, whole, 10_022.0, have, provisional=30.0, partial=True).settled == whole.start - 1


def test_a_shifted_window_reads_the_past_so_it_settles_at_once() -> None:
    grid = TimeGrid(step=15.0, span=3600.0, shift=86400.0)
    gap = missing(grid, 10_007.0, 10_007.0, None)
    assert covered(grid, gap, 10_007.0, None, provisional=30.0).settled == gap.end


@pytest.mark.parametrize("step", [0.1, 0.25, 1.0, 7.0, 15.0, 300.0, 86400.0])
def test_grid_points_are_exact_for_steps_that_floats_cannot_hold(step: float) -> None:
    grid = TimeGrid(step, span=step * 10)
    assert grid.length == 11
    for point in (1, 3, 7, 1_795_406, 17_954_061_729):
        assert grid.floor(grid.time(point)) == point == grid.nearest(grid.time(point))


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("up", Traits()),
        ("rate(x[5m] offset 5m)", Traits()),
        ("x offset -5m", Traits(future=300.0)),
        ("rate(x[5m] offset -1h30m)", Traits(future=5400.0)),
        ("max_over_time(sum(x)[1h:5m] offset -1m)", Traits(future=60.0)),
        ("x @ 1609746000", Traits()),
        ("x @ end()", Traits(whole=True)),
        ("rate(x[5m] @ start())", Traits(whole=True)),
        ('x{note="@ end()"}', Traits()),
        ('x{note="offset -5m"}', Traits()),
        ("WITH (a = x offset -5m) a", Traits(future=300.0)),
        ("rate(x) default 0 @ end ()", Traits(whole=True)),
    ],
)
def test_traits_of_an_expression(expr: str, expected: Traits) -> None:
    assert traits(expr) == expected


class _Server:
    """Series that come and go, with gaps, NaN, and samples that land late."""

    def __init__(self, rng: random.Random, step: float, lateness: float) -> None:
        self._seed, self._step, self._lateness = rng.random(), step, lateness
        self._count = rng.randint(1, 6)
        self._gaps = rng.choice([0.0, 0.1, 0.6])

    def answer(self, first: int, last: int, now: float) -> Answer:
        found = []
        for n in range(self._count):
            times, values = array("d"), array("d")
            for point in range(first, last + 1):
                value = self._value(n, point, now)
                if value is not None:
                    times.append(point * self._step)
                    values.append(value)
            if times:
                found.append(Series(labels_of({"n": str(n)}), times, values))
        return Answer(tuple(found), lateness=self._lateness)

    def _value(self, n: int, point: int, now: float) -> float | None:
        """What the server says of a point at ``now``: an older value until the sample has landed, then the final."""
        rng = random.Random(f"{self._seed} {n} {point}")
        life = (point // 40 + n) % 3
        if life == 0 or rng.random() < self._gaps:
            return None
        if now < point * self._step + rng.random() * self._lateness:
            return None if rng.random() < 0.5 else -1.0
        return math.nan if rng.random() < 0.02 else rng.random()


@pytest.mark.parametrize("seed", range(24))
def test_after_every_refresh_the_cache_equals_a_full_query(seed: int) -> None:
    """Protocols 2.4's simulation: random step, range, lateness, gaps, churn, errors, partial answers, clock steps."""
    rng = random.Random(seed)
    step = rng.choice([1.0, 2.0, 5.0, 15.0, 30.0, 60.0])
    span = step * rng.choice([5, 37, 120]) + rng.choice([0.0, 0.3]) * step
    lateness = rng.choice([0.0, 5.0, 29.0, 90.0])
    server = _Server(rng, step, lateness)
    query = Query("prom", "x", QueryKind.RANGE, step, span)
    store = Store(spread=rng.random)
    store.demand([Demand(query, step)])
    now, fetched, whole = 1_000_000.0 + rng.random() * 100, 0, 0
    for _ in range(150):
        now += rng.choice([1.0, step, step * 1.3, step * 2, span / 2, span * 3] if rng.random() < 0.2 else [step])
        if rng.random() < 0.02:
            now -= rng.random() * 200
        ticket = store.ask(query, now)
        assert ticket.gap is not None
        whole += ticket.gap.end - ticket.gap.start + 1
        fetched += ticket.gap.end - ticket.gap.first + 1
        if rng.random() < 0.1:
            continue  # the request failed
        answer = server.answer(ticket.gap.first, ticket.gap.end, now)
        if rng.random() < 0.05:
            store.accept(ticket, Answer(answer.series[1:], partial=True, lateness=lateness), now)
            continue
        store.accept(ticket, answer, now)
        expected = server.answer(ticket.gap.start, ticket.gap.end, now).series
        assert _words(store.result(query).series) == _words(expected)
    assert fetched < whole or span < 5 * (max(30.0, lateness) + step), "nothing was saved"


def _words(series: tuple[Series, ...]) -> str:
    return "\n".join(f"{one.labels} {list(zip(one.times, one.values, strict=True))}" for one in series)


def test_too_short_a_provisional_window_is_healed_by_the_next_full_fetch() -> None:
    query = Query("prom", "x", QueryKind.RANGE, 15.0, 3600.0)
    store = Store()
    store.demand([Demand(query, 15.0)])

    def poll(now: float, landed: bool) -> Ticket:
        ticket = store.ask(query, now)
        assert ticket.gap is not None
        wrong = 1_000_005.0
        pairs = [
            (point * 15.0, 1.0 if landed or point * 15.0 != wrong else 0.0)
            for point in range(ticket.gap.first, ticket.gap.end + 1)
        ]
        store.accept(ticket, Answer((Series.of({}, pairs),)), now)
        return ticket

    poll(1_000_050.0, landed=False)
    later = poll(1_000_065.0, landed=True)
    assert later.gap is not None
    assert not later.gap.full
    assert 0.0 in store.result(query).series[0].values
    poll(1_000_050.0 + 560.0, landed=True)
    assert 0.0 in store.result(query).series[0].values
    poll(1_000_050.0 + 901.0, landed=True)
    assert 0.0 not in store.result(query).series[0].values
