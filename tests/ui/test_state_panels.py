"""Panels of states: services, strips over time, promises, totals, the time."""

from __future__ import annotations

import math
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from noc.charts.charset import ASCII
from noc.engine.plan import Role
from noc.model.checks import CheckResult, CheckState
from noc.model.errors import Timeout
from noc.model.markers import Marker
from noc.model.results import State
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import KINDS, clock, counter, severity, slo, state, state_timeline, status_grid
from noc.ui.panels.data import Asked, PanelData, age
from tests.ui.given import NOW, PALETTE, panel, values

WORDS = [{"value": 1, "text": "up", "severity": "ok"}, {"value": 0, "text": "DOWN", "severity": "critical"}]
GRID = {"kind": "status-grid", "title": "Services", "query": "x", "mappings": WORDS}
FOUR = values(("API", 1.0), ("Cache", 1.0), ("DB", 1.0), ("Queue", 0.0))


def body(data: PanelData, columns: int, rows: int) -> list[str]:
    return draw_card(data, columns, rows).text().split("\n")[1:]


# -- status-grid


def test_a_service_is_its_name_and_its_word_and_the_worst_is_the_panels() -> None:
    data = panel(GRID, FOUR)
    assert [(mark.name, mark.word, mark.rank) for mark in status_grid.marks_of(data)] == [
        ("API", "up", 0),
        ("Cache", "up", 0),
        ("DB", "up", 0),
        ("Queue", "DOWN", 4),
    ]
    assert severity(data) is Severity.CRITICAL
    assert body(data, 20, 4) == [" ✖ 1 DOWN: Queue", " ✖ Queue       DOWN", " +3 more up"]


def test_without_mappings_thresholds_say_the_state_and_without_those_the_value_is_none() -> None:
    plain = {"kind": "status-grid", "query": "x"}
    judged = panel({**plain, "thresholds": [{"above": 5, "severity": "medium"}]}, values(("a", 1.0), ("b", 9.0)))
    assert [(one.word, one.state, one.rank) for one in status_grid.marks_of(judged)] == [
        ("1", "ok", 0),
        ("9", "MEDIUM", 2),
    ]
    bare = status_grid.marks_of(panel(plain, values(("a", 1.0))))
    assert [(one.glyph, one.word, one.judged) for one in bare] == [("·", "1", False)]


def test_a_value_that_must_not_fall_is_ok_in_a_word_and_its_number_only_when_it_fell() -> None:
    spec = {"kind": "status-grid", "query": "x", "thresholds": [{"below": 1, "severity": "high"}]}
    marks = status_grid.marks_of(panel(spec, values(("a", 1.0), ("b", 0.0))))
    assert [(one.word, one.state, one.rank) for one in marks] == [("ok", "ok", 0), ("0", "HIGH", 3)]


def test_marks_that_have_no_room_are_counted_by_their_state_not_by_their_number() -> None:
    spec = {"kind": "status-grid", "query": "x", "thresholds": [{"above": 5, "severity": "medium"}]}
    data = panel(spec, values(("unsigned", 0.0), ("injection", 9.0), ("failures", 1.0), ("forbidden", 2.0)))
    assert body(data, 20, 4) == [" ◆ 1 MEDIUM: injec…", " ◆ injection      9", " +3 more ok"]


def test_what_has_no_value_or_no_answer_is_not_ok() -> None:
    data = panel(GRID, values(("API", 1.0), ("Queue", float("nan"))))
    assert [(one.glyph, one.word) for one in status_grid.marks_of(data)] == [("✔", "up"), ("?", "no value")]
    [main] = data.asked
    gone = Asked(replace(main.planned, index=1, title="Billing"), replace(main.result, series=()))
    missing = status_grid.marks_of(replace(data, asked=(main, gone)))[-1]
    assert (missing.name, missing.glyph, missing.word) == ("Billing", "?", "missing")
    assert severity(replace(panel(GRID, values(("API", 1.0))), asked=(panel(GRID, FOUR).asked[0], gone))) is (
        Severity.CRITICAL
    )
    assert severity(data) is Severity.HIGH


def checked(services: tuple[tuple[str, str], ...], at: float = NOW - 5) -> CheckState:
    return CheckState("api", "API", "http://x", 30.0, None, Severity.HIGH, CheckResult(at, 0.1, 200, services=services))


def test_a_walls_own_health_check_stands_instead_of_the_query() -> None:
    data = replace(panel({**GRID, "check": "api"}), checks=(checked((("db", "UP"), ("queue", "degraded"))),))
    assert [(one.name, one.word, one.rank) for one in status_grid.marks_of(data)] == [
        ("db", "UP", 0),
        ("queue", "degraded", 4),
    ]
    assert state(data) is State.FRESH
    assert "degraded" in "\n".join(body(data, 40, 6))
    assert state(replace(data, checks=(checked((("db", "UP"),), NOW - 300),))) is State.STALE
    assert state(replace(data, checks=(checked(()),))) is State.NODATA


def test_a_grid_of_a_walls_own_check_is_as_old_as_the_check_not_as_its_query() -> None:
    data = replace(panel({**GRID, "check": "api"}, FOUR), checks=(checked((("db", "UP"),), NOW - 3600),))
    assert draw_card(data, 40, 6).text().split("\n")[0] == " Services                     ◷ 1 h old"
    assert age(replace(data, checks=(checked((), NOW - 3600),))) == 2.0


def test_services_beyond_those_that_are_kept_are_counted_not_the_series_of_a_query_that_is_not_shown() -> None:
    data = panel({**GRID, "check": "api"}, FOUR)
    [main] = data.asked
    data = replace(data, asked=(Asked(main.planned, replace(main.result, dropped=70)),))
    probed = checked((("db", "UP"), ("queue", "UP")))
    assert "more" not in "\n".join(body(replace(data, checks=(probed,)), 40, 6))
    assert probed.last is not None
    cut = replace(probed, last=replace(probed.last, more_services=5))
    assert " +5 more" in [row.rstrip() for row in body(replace(data, checks=(cut,)), 20, 6)]


def test_a_mark_can_be_walked_to_and_gives_its_labels() -> None:
    data = panel(GRID, FOUR)
    keys = status_grid.keys(data, 60, 5)
    assert [status_grid.labels(data, key) for key in keys] == [
        {"instance": name} for name in ("API", "Cache", "DB", "Queue")
    ]
    assert status_grid.row_at(data, 18, 3, 1) == keys[3]
    assert status_grid.row_at(data, 18, 3, 2) is None
    assert status_grid.labels(data, "service:db") == {"service": "db"}


# -- state-timeline

LINE = {"kind": "state-timeline", "title": "Services", "query": "x", "mappings": WORDS}


def course(down: range, until: int = 61) -> list[tuple[float, float]]:
    return [(NOW - 60 * (60 - at), 0.0 if at in down else 1.0) for at in range(until)]


def test_the_worst_and_longest_stands_first_and_what_is_now_at_the_right() -> None:
    found = [({"instance": "a"}, course(range(0))), ({"instance": "b"}, course(range(5, 7)))]
    data = panel(LINE, [*found, ({"instance": "c"}, course(range(30, 61)))])
    assert [(one.name, one.note) for one in state_timeline.strips_of(data)] == [
        ("c", "✖ DOWN"),
        ("b", "up"),
        ("a", "up"),
    ]
    assert [row[:4] for row in body(data, 50, 5)[:3]] == [" c ▄", " b ▄", " a ▄"]
    assert [row.rstrip()[-6:] for row in body(data, 50, 5)[:1]] == ["✖ DOWN"]
    assert severity(data) is Severity.CRITICAL


def test_what_happened_stands_at_its_time() -> None:
    data = panel(LINE, [({"instance": "a"}, course(range(5, 7)))])
    data = replace(data, markers=(Marker(NOW - 1800, None, "deploy", "v9"),))
    assert body(data, 50, 4) == [
        " Services ▄▄██▄▄▄▄▄▄▄▄▄▄▄▄▄▄ up ▄▄▄▄▄▄▄▄▄▄▄▄▄▄ up",
        "                            ┊",
        "                 14:45      ⇧      15:15",
    ]


def test_a_series_that_ended_says_nothing_of_now() -> None:
    [strip] = state_timeline.strips_of(panel(LINE, [({"instance": "a"}, course(range(0), 40))]))
    assert strip.note == "no value"
    assert strip.stretches[0].end == NOW - 60 * 21


def test_what_ended_in_trouble_is_none_now() -> None:
    ended, still = course(range(30, 40), 40), course(range(30, 61))
    assert severity(panel(LINE, [({"instance": "a"}, ended)])) is Severity.OK
    assert severity(panel(LINE, [({"instance": "a"}, ended), ({"instance": "b"}, still)])) is Severity.CRITICAL


def test_what_was_not_asked_since_has_not_ended() -> None:
    data = panel(LINE, [({"instance": "a"}, course(range(50, 57), 57))], age=230.0)
    assert [one.note for one in state_timeline.strips_of(data)] == ["✖ DOWN"]
    assert severity(data) is Severity.CRITICAL


def test_at_the_cursor_it_says_what_was_then() -> None:
    data = panel(LINE, [({"instance": "a"}, course(range(10, 20)))])
    [strip] = state_timeline.strips_of(replace(data, cursor=NOW - 60 * 45))
    assert strip.note == "✖ DOWN"


def test_a_strip_can_be_walked_to_and_what_is_beyond_the_top_is_counted() -> None:
    many = [({"instance": f"i{at}"}, course(range(at))) for at in range(9)]
    data = panel({**LINE, "top": 4}, many)
    keys = state_timeline.keys(data, 50, 6)
    assert [state_timeline.labels(data, key)["instance"] for key in keys] == ["i8", "i7", "i6", "i5"]
    assert [state_timeline.row_at(data, 50, 6, y) for y in range(6)] == [*keys, None, None]
    assert any(row.startswith(" +5 more") for row in body(data, 50, 7))


# -- slo


def promised(share: float, *burns: float | None, early: bool = True, **more: object) -> PanelData:
    data = panel({"kind": "slo", "title": "SLO", "query": "x", **more}, [({}, [(NOW, share)])])
    [main] = data.asked

    def asked(role: Role, value: float | None) -> Asked:
        other = panel({"kind": "slo", "query": "x"}, [({}, [(NOW, value)])] if value is not None else [])
        return Asked(replace(main.planned, role=role), other.asked[0].result)

    found = [asked(Role.BURN, burn) for burn in burns]
    return replace(data, asked=(main, *found, asked(Role.DELTA, 1.0 if early else None)))


def test_a_promise_says_what_is_left_in_percent_and_in_time() -> None:
    assert body(promised(0.99962, 0.9996, 0.9988), 44, 8) == [
        " █▀█ █▀█   █▀█ █▀▀",
        " ▀▀█ ▀▀█   ▀▀█ █▀█",
        " ▀▀▀ ▀▀▀ ▀ ▀▀▀ ▀▀▀ %       of 99.9 % in 30d",
        "",
        " ██████████████████████████",
        " budget left 62 %, 26m 47s of 43m 12s",
        " burn  1h 0.4x  6h ◆ 1.2x",
    ]


def test_a_budget_that_is_gone_is_a_bar_of_words() -> None:
    data = promised(0.998, 0.98, None)
    assert severity(data) is Severity.HIGH
    card = draw_card(data, 50, 7)
    assert card.text().split("\n")[-2:] == [
        "  ▲ ERROR BUDGET SPENT, 43m 12s over, of 43m 12s",
        " burn  1h ▲ 20.0x  6h –",
    ]
    assert {ink.bg for ink in card.inks[-2][1:49]} == {PALETTE.high}
    assert "BUDGET SPENT" in "\n".join(body(data, 20, 4))


def test_a_server_younger_than_the_promise_is_said_to_be() -> None:
    assert "less measured yet" in "\n".join(body(promised(1.0, 1.0, early=False), 80, 8))
    assert "under 30d" in "\n".join(body(promised(0.9995, 1.0, early=False), 20, 4))


def test_a_broken_promise_is_never_rounded_into_a_kept_one() -> None:
    assert slo.percent(1.7e303, 0) == "1.7e+305"
    assert slo.percent(1.7e308, 1) == "inf"
    assert [slo.percent(share, 2) for share in (0.99899999, 0.999, 0.9999999, 1.0)] == [
        "99.89",
        "99.90",
        "99.99",
        "100.00",
    ]
    assert [slo.decimals_of(one) for one in (0.9, 0.99, 0.995, 0.999, 0.9999)] == [1, 1, 2, 2, 3]


def test_burn_rates_that_are_old_or_do_not_come_are_not_shown_as_fresh() -> None:
    data = promised(0.9995, 0.97, 0.97)
    main, hour, *others = data.asked
    failed = replace(hour.result, error=Timeout("no answer within 10s"))
    old = replace(data, asked=(main, replace(hour, result=replace(failed, good_at=NOW - 7200)), *others))
    assert (state(data), state(old), severity(old)) == (State.FRESH, State.STALE, Severity.HIGH)
    card = draw_card(old, 60, 9).text().split("\n")
    assert card[0].endswith("◷ 2 h old")
    assert card[-1].rstrip() == " ✖ no answer within 10s"
    never = replace(hour, result=replace(failed, good_at=None, series=()))
    assert state(replace(data, asked=(main, never, *others))) is State.ERROR


def test_of_several_questions_the_one_that_kept_least_burns_at_its_own_rate() -> None:
    first, second = promised(0.9999, 1.0, 1.0), promised(0.9991, 0.98, 0.99)
    other = tuple(replace(one, planned=replace(one.planned, index=1)) for one in second.asked)
    promise = slo.promise_of(replace(first, asked=(*first.asked, *other)))
    assert promise is not None
    assert (promise.share, promise.burns) == (0.9991, (0.98, 0.99))


def test_thresholds_of_the_author_make_it_graver() -> None:
    graver = [{"below": 0.9995, "severity": "critical"}]
    assert severity(promised(0.9992, 1.0, thresholds=graver)) is Severity.CRITICAL


# -- counter, stat


def test_a_total_is_held_against_yesterday_in_value_and_percent() -> None:
    data = panel(
        {"kind": "counter", "query": "x"},
        {"main": values(("a", 800_000.0), ("b", 560_000.0)), "delta": values(("a", 1_210_000.0))},
    )
    assert counter.total(data) == 1_360_000.0
    assert counter.changes(data, 1_360_000.0) == [
        "▲ 12 %  +150k  vs yesterday, 1.21M",
        "▲ 12 % vs yesterday, 1.21M",
        "▲ 12 % vs yesterday",
        "▲ 12 %",
    ]


@pytest.mark.parametrize(("how", "value"), [("sum", 5.0), ("count", 2.0), ("last", 2.0)])
def test_several_series_become_one_number(how: str, value: float) -> None:
    data = panel({"kind": "counter", "query": "x", "reduce": how}, values(("a", 2.0), ("b", 3.0)))
    assert counter.total(data) == value


def test_a_total_is_not_held_against_a_yesterday_that_is_no_more() -> None:
    data = panel({"kind": "counter", "query": "x"}, {"main": values(("a", 3.0)), "delta": values(("a", 2.0))})
    main, delta = data.asked
    old = replace(delta.result, good_at=NOW - 7200, error=Timeout("no answer within 10s"))
    assert counter.changes(replace(data, asked=(main, Asked(delta.planned, old))), 3.0) == [
        "nothing known of yesterday"
    ]


@pytest.mark.parametrize(("how", "course"), [("sum", [3.0, 6.0]), ("count", [1.0, 2.0]), ("last", [3.0, 1.0])])
def test_the_course_of_a_total_is_that_of_all_its_series(how: str, course: list[float]) -> None:
    then = [({"instance": "a"}, [(NOW - 60, 3.0), (NOW, 1.0)]), ({"instance": "b"}, [(NOW - 60, math.nan), (NOW, 5.0)])]
    data = panel({"kind": "counter", "query": "x", "reduce": how}, {"main": values(("a", 1.0)), "trend": then})
    [trend] = counter.summed(data).role("trend")
    assert list(trend.result.series[0].values) == course


def test_a_total_that_lacks_series_says_so() -> None:
    data = panel({"kind": "counter", "query": "x"}, {"main": values(("a", 3.0)), "delta": values(("a", 2.0))})
    main, delta = data.asked
    cut = replace(data, asked=(Asked(main.planned, replace(main.result, dropped=500)), delta))
    assert "+500 more series, not counted" in "\n".join(body(cut, 44, 8))


def test_a_total_is_judged_not_the_series_it_is_made_of() -> None:
    spec = {"kind": "counter", "query": "x", "thresholds": [{"above": 500, "severity": "high"}]}
    assert severity(panel(spec, values(("a", 300.0), ("b", 300.0)))) is Severity.HIGH
    assert severity(panel({**spec, "reduce": "count"}, values(("a", 900.0), ("b", 900.0)))) is Severity.OK


def test_a_number_made_of_several_is_judged_by_itself_and_the_first_of_several_with_all_of_them() -> None:
    spec = {"kind": "stat", "query": "x", "thresholds": [{"above": 500, "severity": "high"}]}
    parts = values(("a", 300.0), ("b", 900.0))
    judged = {how: severity(panel({**spec, "reduce": how}, parts)) for how in ("sum", "min", "mean", "max", "last")}
    assert judged == {
        "sum": Severity.HIGH,
        "min": Severity.OK,
        "mean": Severity.HIGH,
        "max": Severity.HIGH,
        "last": Severity.HIGH,
    }
    assert severity(panel({**spec, "reduce": "sum"}, values(("a", 300.0), ("b", 300.0)))) is Severity.HIGH


def test_what_is_not_known_of_yesterday_is_said() -> None:
    data = panel({"kind": "counter", "query": "x"}, {"main": values(("a", 2.0)), "delta": []})
    assert counter.changes(data, 2.0) == ["nothing known of yesterday"]


def test_a_state_in_words_is_as_large_as_a_number_and_has_no_percentage() -> None:
    spec = {"kind": "stat", "query": "x", "mappings": WORDS, "spark": False}
    data = panel(spec, {"main": values(("a", 0.0)), "delta": values(("a", 1.0))})
    assert body(data, 40, 8) == [
        "",
        " █▀▄ █▀█ █   █ █▄ █",
        " █ █ █ █ █▄▀▄█ █ ▀█",
        " ▀▀  ▀▀▀ ▀   ▀ ▀  ▀           up 1h ago",
        "",
        "",
        "",
    ]


def test_a_change_stands_one_row_off_a_number_where_there_is_room() -> None:
    spec = {"kind": "counter", "query": "x", "spark": False}
    data = panel(spec, {"main": values(("a", 1_360_000.0)), "delta": values(("a", 1_210_000.0))})
    roomy, tight = (body(data, 30, rows) for rows in (14, 10))
    assert (roomy[6], roomy[7]) == ("", " ▲ 12 % vs yesterday, 1.21M")
    assert tight[4] == " ▲ 12 % vs yesterday, 1.21M"


def test_digits_grow_with_their_card() -> None:
    data = panel({"kind": "stat", "query": "x", "spark": False}, values(("a", 42.0)))
    tall = {rows: sum(bool(row.strip()) for row in body(data, 90, rows + 1)) for rows in (5, 10, 15, 20, 26, 30)}
    assert tall == {5: 3, 10: 5, 15: 8, 20: 10, 26: 13, 30: 15}


def test_seen_from_afar_digits_take_the_room_of_the_course() -> None:
    data = panel({"kind": "stat", "query": "x", "spark": False}, values(("a", 42.0)))
    near = sum(bool(row.strip()) for row in body(data, 60, 13))
    far = replace(data, look=replace(data.look, scale=2))
    assert (near, sum(bool(row.strip()) for row in body(far, 60, 13))) == (5, 10)


# -- clock


def test_a_clock_names_its_zone_and_the_day_elsewhere() -> None:
    data = panel({"kind": "clock", "title": "Time", "zones": ["America/New_York", "Asia/Tokyo"]})
    assert body(data, 34, 7) == [
        " ▀█  █▀▀ ▄ ▀▀█ █▀█",
        "  █  ▀▀█ ▄  ▀█ █ █",
        " ▀▀▀ ▀▀▀   ▀▀▀ ▀▀▀ 00",
        " Thu 2 Oct 2025  UTC",
        " New York  11:30",
        " Tokyo     00:30  +1 day",
    ]
    assert body(data, 34, 6)[-1] == " +2 more zones"


def test_a_clock_is_drawn_anew_each_second_in_the_walls_zone() -> None:
    data = panel({"kind": "clock", "seconds": True})
    assert KINDS["clock"].ticks is clock.ticks
    assert [clock.ticks(replace(data, now=NOW + more)) for more in (0.0, 0.9, 1.0)] == [NOW, NOW, NOW + 1]
    berlin = replace(data, look=replace(data.look, tz=ZoneInfo("Europe/Berlin"), charset=ASCII))
    assert "Europe/Berlin CEST" in "\n".join(body(berlin, 60, 8))
