"""The viewer's steps through time, at 1,000,000 on an hour's wall."""

from __future__ import annotations

from noc.ui.state import NARROWEST, WIDEST, View

NOW = 1_000_000.0
HOME = View("operations")


def test_panning_back_moves_half_a_window_and_leaves_live() -> None:
    view = HOME.panned(-1, 3600, NOW)
    assert (view.span, view.end, view.live, view.left_live) == (3600, NOW - 1800, False, NOW)


def test_panning_forward_over_now_is_live_again() -> None:
    view = HOME.panned(-1, 3600, NOW).panned(1, 3600, NOW)
    assert view.end is None
    assert view.live


def test_a_range_in_history_keeps_its_right_edge() -> None:
    assert HOME.panned(-1, 3600, NOW).ranged(21600).end == NOW - 1800


def test_zooming_in_while_live_keeps_the_right_edge_at_now() -> None:
    view = HOME.zoomed(0.5, 3600, NOW)
    assert (view.span, view.end) == (1800, None)


def test_zooming_in_history_keeps_the_middle() -> None:
    view = HOME.fixed(NOW - 7200, NOW - 3600, NOW).zoomed(0.5, 3600, NOW)
    assert (view.end - view.span / 2, view.span) == (NOW - 5400, 1800)


def test_spans_stay_between_a_minute_and_a_year() -> None:
    assert HOME.ranged(1).span == NARROWEST
    assert HOME.zoomed(1e9, 3600, NOW).span == WIDEST


def test_live_keeps_the_chosen_span_and_pressed_again_forgets_it() -> None:
    once = HOME.ranged(21600).panned(-1, 3600, NOW).lived()
    assert (once.span, once.end) == (21600, None)
    assert once.lived().span is None


def test_pause_is_a_toggle() -> None:
    paused = HOME.paused(NOW)
    assert paused.paused_at == NOW
    assert not paused.live
    assert paused.paused(NOW + 5) == HOME


def test_live_comes_back_after_ten_minutes_and_after_two_on_a_tv() -> None:
    view = HOME.panned(-1, 3600, NOW)
    assert [view.overdue(NOW + 599, False), view.overdue(NOW + 600, False)] == [False, True]
    assert [view.overdue(NOW + 119, True), view.overdue(NOW + 120, True)] == [False, True]
    assert not HOME.overdue(NOW + 1e6, True)


def test_panning_on_does_not_push_the_return_further_away() -> None:
    view = HOME.panned(-1, 3600, NOW).panned(-1, 3600, NOW + 300)
    assert view.left_live == NOW


def test_comparison_goes_round() -> None:
    steps = [HOME.compared(), HOME.compared().compared(), HOME.compared().compared().compared()]
    assert [view.compare for view in steps] == [86400.0, 604800.0, 0.0]
