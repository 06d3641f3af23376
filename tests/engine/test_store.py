"""The store keeps the last good answer, never grows, and never lets an old answer overwrite a newer one."""

from __future__ import annotations

import math
from collections.abc import Callable

from noc.engine.store import Limits, Size, Store
from noc.model.errors import BadQuery, Unreachable
from noc.model.query import Demand, Query, QueryKind
from noc.model.results import State
from noc.model.series import Answer, Series

NOW = 1_000_000.0
VALUE = Query("prom", "up")
COURSE = Query("prom", "up", QueryKind.RANGE, step=10.0, span=100.0)
Reply = Callable[..., Answer]


def demanded(*queries: Query, limits: Limits | None = None, refresh: float = 5.0) -> Store:
    store = Store(limits=limits or Limits())
    store.demand([Demand(query, refresh) for query in queries])
    return store


def course(store: Store, query: Query, now: float, *names: str, value: float = 1.0) -> None:
    """Answer a range query as asked, with one constant series a name."""
    ticket = store.ask(query, now)
    start, end = ticket.bounds
    times = [start + n * query.step for n in range(round((end - start) / query.step) + 1)]
    store.accept(ticket, Answer(tuple(Series.of({"n": name}, [(t, value) for t in times]) for name in names)), now)


def test_an_unknown_query_is_loading() -> None:
    assert Store().result(VALUE).state(NOW) is State.LOADING


def test_a_good_answer_is_fresh_with_its_age(reply: Reply) -> None:
    store = demanded(VALUE)
    assert store.accept(store.ask(VALUE, NOW), reply(3.0), NOW)
    result = store.result(VALUE)
    assert (result.state(NOW + 4.0), result.age(NOW + 4.0), result.series[0].last) == (State.FRESH, 4.0, 3.0)
    assert result.refresh == 5.0


def test_a_failure_keeps_the_good_data_and_names_the_cause(reply: Reply) -> None:
    store = demanded(VALUE)
    store.accept(store.ask(VALUE, NOW), reply(3.0), NOW)
    error = Unreachable("connection refused")
    store.fail(VALUE, error, ticket=store.ask(VALUE, NOW + 5), next_try=NOW + 7)
    result = store.result(VALUE)
    assert (result.error, result.next_try, result.good_at, result.series[0].last) == (error, NOW + 7, NOW, 3.0)
    assert result.state(NOW + 9) is State.FRESH
    assert result.state(NOW + 11) is State.STALE
    store.accept(store.ask(VALUE, NOW + 12), reply(4.0), NOW + 12)
    assert store.result(VALUE).error is None


def test_a_refused_query_is_an_error_even_over_good_data(reply: Reply) -> None:
    store = demanded(VALUE)
    store.accept(store.ask(VALUE, NOW), reply(3.0), NOW)
    store.fail(VALUE, BadQuery("no"), ticket=store.ask(VALUE, NOW + 5))
    assert store.result(VALUE).state(NOW + 5) is State.ERROR


def test_a_late_answer_never_overwrites_a_newer_one(reply: Reply) -> None:
    store = demanded(VALUE)
    early, late = store.ask(VALUE, NOW), store.ask(VALUE, NOW + 5)
    assert store.accept(late, reply(2.0), NOW + 6)
    assert not store.accept(early, reply(1.0), NOW + 7)
    assert not store.fail(VALUE, Unreachable("gone"), ticket=early)
    assert store.result(VALUE).series[0].last == 2.0
    assert store.result(VALUE).error is None


def test_a_late_range_answer_does_not_touch_the_ring() -> None:
    store = demanded(COURSE)
    early = store.ask(COURSE, NOW)
    course(store, COURSE, NOW + 10, "a")
    before = store.result(COURSE).series
    assert not store.accept(early, Answer(()), NOW + 11)
    assert store.result(COURSE).series == before


def test_a_stored_nan_is_a_value_and_a_missing_point_is_a_gap() -> None:
    store = demanded(COURSE)
    series = Series.of({"n": "a"}, [(NOW - 30, 1.0), (NOW - 20, math.nan), (NOW, math.inf)])
    store.accept(store.ask(COURSE, NOW), Answer((series,)), NOW)
    found = store.result(COURSE).series[0]
    assert list(found.times) == [NOW - 30, NOW - 20, NOW]
    assert str(list(found.values)) == "[1.0, nan, inf]"


def test_a_series_that_vanished_stays_until_its_last_point_leaves() -> None:
    store = demanded(COURSE)
    course(store, COURSE, NOW, "a", "b")
    course(store, COURSE, NOW + 60, "b")
    assert [one.label("n") for one in store.result(COURSE).series] == ["a", "b"]
    assert store.result(COURSE).series[0].times[-1] == NOW - 30  # the rest was provisional and is gone at once
    course(store, COURSE, NOW + 90, "b")
    course(store, COURSE, NOW + 110, "b")
    assert [one.label("n") for one in store.result(COURSE).series] == ["b"]


def test_points_the_server_answers_beyond_the_window_are_ignored() -> None:
    store = demanded(COURSE)
    store.accept(store.ask(COURSE, NOW), Answer((Series.of({}, [(NOW, 1.0), (NOW + 10, 2.0)]),)), NOW)
    assert list(store.result(COURSE).series[0].times) == [NOW]


def test_a_shifted_course_lies_on_the_present_axis() -> None:
    query = Query("prom", "up", QueryKind.RANGE, step=10.0, span=100.0, shift=86400.0)
    store = demanded(query)
    ticket = store.ask(query, NOW)
    assert ticket.bounds == (NOW - 100 - 86400, NOW - 86400)
    store.accept(ticket, Answer((Series.of({}, [(NOW - 86400, 1.0)]),)), NOW)
    assert list(store.result(query).series[0].times) == [NOW]


def test_a_shifted_value_is_asked_for_in_the_past() -> None:
    query = Query("prom", "up", shift=3600.0)
    store = demanded(query)
    assert store.ask(query, NOW).at == NOW - 3600


def test_history_is_evaluated_at_its_end_and_settles_for_good(reply: Reply) -> None:
    value = Query("prom", "up", end=NOW - 10)
    past = Query("prom", "up", QueryKind.RANGE, step=10.0, span=100.0, end=NOW - 10)
    store = demanded(value, past)
    ticket = store.ask(value, NOW)
    assert ticket.at == NOW - 10
    store.accept(ticket, reply(1.0), NOW)
    course(store, past, NOW, "a")
    assert not store.settled(value), "ten seconds ago may still change"
    assert not store.settled(past)
    store.accept(store.ask(value, NOW + 30), reply(1.0), NOW + 30)
    course(store, past, NOW + 30, "a")
    assert store.settled(value)
    assert store.settled(past)
    assert store.result(past).series[0].times[-1] == NOW - 10


def test_versions_move_with_every_change_and_only_then(reply: Reply) -> None:
    store = demanded(VALUE, COURSE)
    heard: list[Query] = []
    leave = store.subscribe(heard.append)
    assert dict(store.versions) == {}
    store.accept(store.ask(VALUE, NOW), reply(1.0), NOW)
    first = store.versions[VALUE]
    assert store.result(VALUE).version == first
    store.result(VALUE)
    assert store.versions[VALUE] == first
    store.fail(VALUE, Unreachable("gone"))
    assert store.versions[VALUE] > first
    assert COURSE not in store.versions
    assert heard == [VALUE, VALUE]
    leave()
    store.accept(store.ask(VALUE, NOW), reply(1.0), NOW)
    assert len(heard) == 2


def test_series_over_the_limit_are_counted_and_the_answer_never_settles() -> None:
    store = demanded(COURSE, VALUE, limits=Limits(series=2))
    course(store, COURSE, NOW, "a", "b", "c")
    result = store.result(COURSE)
    assert ([one.label("n") for one in result.series], result.dropped) == (["a", "b"], 1)
    gap = store.ask(COURSE, NOW + 10).gap
    assert gap is not None
    assert gap.full
    many = Answer(tuple(Series.of({"n": str(n)}, [(NOW, 1.0)]) for n in range(5)), dropped=95)
    store.accept(store.ask(VALUE, NOW), many, NOW)
    assert (len(store.result(VALUE).series), store.result(VALUE).dropped) == (2, 98)


def test_a_query_with_many_points_keeps_fewer_series() -> None:
    store = demanded(COURSE, limits=Limits(points=25))
    course(store, COURSE, NOW, "a", "b", "c")
    assert [one.label("n") for one in store.result(COURSE).series] == ["a", "b"]


def test_what_nobody_demands_is_evicted_oldest_first(reply: Reply) -> None:
    store = Store(limits=Limits(queries=2))
    queries = [Query("prom", f"q{n}") for n in range(4)]
    for query in queries:
        store.demand([Demand(query, 5.0)])
        store.accept(store.ask(query, NOW), reply(1.0), NOW)
    assert [query.expr for query in store.versions] == ["q2", "q3"]
    assert store.result(queries[0]).state(NOW) is State.LOADING
    assert not store.fail(queries[0], Unreachable("gone"))


def test_demanded_queries_are_never_evicted(reply: Reply) -> None:
    queries = [Query("prom", f"q{n}") for n in range(5)]
    store = demanded(*queries, limits=Limits(queries=2))
    assert store.size == Size(queries=5, series=0, points=0)


def test_months_of_changing_series_do_not_grow_the_store() -> None:
    store = demanded(COURSE)
    sizes = []
    for n in range(400):
        course(store, COURSE, NOW + 10 * n, f"pod-{n // 3}", "steady")
        sizes.append(store.size)
    assert sizes[-1].queries == 1
    assert max(size.series for size in sizes) <= 6
    assert max(size.points for size in sizes) <= 6 * 11


def test_setting_the_clock_back_keeps_ages(reply: Reply) -> None:
    store = demanded(VALUE)
    store.accept(store.ask(VALUE, NOW), reply(1.0), NOW)
    store.rebase(-3600.0)
    assert store.result(VALUE).age(NOW - 3600 + 8) == 8.0


def test_what_was_left_for_half_an_hour_is_dropped_and_what_comes_round_is_kept() -> None:
    store, page, other = Store(), Query("main", "a"), Query("main", "b")
    store.demand([Demand(page, 5.0)], 0.0)
    store.demand([Demand(other, 5.0)], 600.0)  # left now
    store.demand([Demand(other, 5.0)], 2400.0)
    assert store.size.queries == 2
    store.demand([Demand(page, 5.0)], 2401.0)  # it comes round just in time
    assert store.size.queries == 2
    store.demand([Demand(page, 5.0)], 4201.0)
    assert store.size.queries == 2
    store.demand([Demand(page, 5.0)], 4202.0)
    assert store.size.queries == 1


def test_a_clock_that_is_set_back_drops_nothing_and_keeps_nothing_for_ever() -> None:
    store, page, other = Store(), Query("main", "a"), Query("main", "b")
    store.demand([Demand(page, 5.0)], 10_000.0)
    store.demand([Demand(other, 5.0)], 10_000.0)
    store.demand([Demand(other, 5.0)], 100.0)
    assert store.size.queries == 2
    store.demand([Demand(other, 5.0)], 1901.0)
    assert store.size.queries == 1
