"""Histograms row by row: shares, bounds, quantiles as Prometheus has them, and how they give way to the room."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.charts.buckets import (
    Bucket,
    apart,
    beyond,
    binned,
    bound,
    bound_text,
    cumulative,
    merged,
    quantile,
    quantile_of,
)
from noc.charts.charset import ASCII, UNICODE
from noc.charts.histogram import Histogram, Mark, bound_texts, bucket_level, draw_histogram, share_text
from noc.demo.promql.histogram import bucket_quantile
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.thresholds import Threshold
from tests.charts.pictures import picture
from tests.charts.test_any_input import charsets, heights, thresholds, units, whole, widths

INF = math.inf
LATENCY = cumulative(
    [(0.01, 20), (0.025, 140), (0.05, 900), (0.1, 2200), (0.25, 3700), (0.5, 3960), (1, 3990), (2.5, 3990), (INF, 4000)]
)
MARKS = (Mark("p50", 0.0923, "92.3 ms"), Mark("p95", 0.346, "346 ms"))
SLOW = (Threshold(0.5, Severity.MEDIUM), Threshold(1.0, Severity.HIGH))
SHOWN = Histogram(apart(LATENCY), MARKS, "s", words="n 4k")

counts = st.lists(st.floats(0, 1e9), min_size=1, max_size=12)
values = st.lists(st.floats(), max_size=40)


# -- buckets


@pytest.mark.parametrize(
    ("le", "value"),
    [
        ("0.25", 0.25),
        ("+Inf", INF),
        ("1e-3", 0.001),
        ("-1", -1.0),
        ("", None),
        ("NaN", None),
        ("1_0", None),
        ("x", None),
    ],
)
def test_the_label_of_a_bucket_is_its_bound(le: str, value: float | None) -> None:
    assert bound(le) == value


def test_buckets_of_several_series_are_summed_by_their_bounds_in_ascending_order() -> None:
    assert cumulative([(INF, 9.0), (0.5, 2.0), (1.0, 5.0), (0.5, 1.0), (INF, 3.0)]) == (
        (0.5, 3.0),
        (1.0, 5.0),
        (INF, 12.0),
    )


def test_a_count_below_the_one_before_it_is_raised_and_no_count_is_none() -> None:
    torn = [(0.1, 5.0), (0.2, 4.0), (0.3, math.nan), (0.4, -2.0), (INF, 6.0)]
    assert cumulative(torn) == ((0.1, 5.0), (0.2, 5.0), (0.3, 5.0), (0.4, 5.0), (INF, 6.0))


def test_a_bucket_holds_what_it_has_above_the_one_before() -> None:
    assert apart(((0.5, 3.0), (1.0, 5.0), (INF, 12.0))) == (
        Bucket(0.0, 0.5, 3.0),
        Bucket(0.5, 1.0, 2.0),
        Bucket(1.0, INF, 7.0),
    )


def test_the_first_bucket_is_open_below_where_its_bound_is_not_above_zero() -> None:
    assert apart(((-1.0, 3.0), (1.0, 4.0))) == (Bucket(-INF, -1.0, 3.0), Bucket(-1.0, 1.0, 1.0))
    assert apart(()) == ()


@settings(deadline=None)
@given(counts, st.floats(0.001, 0.999), st.booleans())
def test_quantiles_are_those_of_histogram_quantile(found: list[float], q: float, negative: bool) -> None:
    """The demo's evaluator is held against a real Prometheus in its own tests."""
    bounds = [index - (3.0 if negative else -0.5) for index in range(len(found) - 1)] + [INF]
    with np.errstate(all="ignore"):
        expected = bucket_quantile(np.array([q]), np.array(bounds), np.array(found).reshape(-1, 1))[0]
    got = quantile(q, cumulative(zip(bounds, found, strict=True)))
    assert math.isnan(got) if math.isnan(expected) else math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-9)


def test_a_quantile_beyond_the_last_bound_is_that_bound_and_known_to_be_greater() -> None:
    found = cumulative([(1.0, 10.0), (5.0, 90.0), (INF, 100.0)])
    assert (quantile(0.95, found), beyond(0.95, found)) == (5.0, True)
    assert (quantile(0.9, found), beyond(0.9, found)) == (5.0, False)


@pytest.mark.parametrize("pairs", [[], [(INF, 4.0)], [(1.0, 4.0), (2.0, 4.0)], [(1.0, 0.0), (INF, 0.0)]])
def test_there_is_no_quantile_without_an_infinite_bucket_another_one_and_observations(
    pairs: list[tuple[float, float]],
) -> None:
    assert math.isnan(quantile(0.5, cumulative(pairs)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_quantiles_of_values_are_linear_between_ranks(found: list[float], q: float) -> None:
    assert math.isclose(quantile_of(q, found), float(np.quantile(found, q)), rel_tol=1e-9, abs_tol=1e-6)


def test_quantiles_of_values_leave_out_what_is_no_number() -> None:
    assert quantile_of(0.5, [1.0, math.nan, 3.0]) == 2.0
    assert quantile_of(0.5, [1.0, INF, INF]) == INF
    assert math.isnan(quantile_of(0.5, [math.nan]))


# -- bins


def test_values_stand_in_bins_of_a_round_width_a_bound_in_the_bin_below_it() -> None:
    assert binned([1.0, 2.0, 2.5, 4.0, 10.0], 5) == (
        Bucket(0.0, 2.0, 2.0),
        Bucket(2.0, 4.0, 2.0),
        Bucket(4.0, 6.0, 0.0),
        Bucket(6.0, 8.0, 0.0),
        Bucket(8.0, 10.0, 1.0),
    )


def test_bins_are_round_in_what_the_unit_is_written_in() -> None:
    assert [one.high for one in binned([0.0, 4 * 2.0**20], 4, 2.0**20)] == [
        2.0**20,
        2 * 2.0**20,
        3 * 2.0**20,
        4 * 2.0**20,
    ]


def test_equal_values_have_a_bin_with_air_and_infinite_ones_stand_outside() -> None:
    assert sum(one.count for one in binned([5.0, 5.0, 5.0], 12)) == 3.0
    found = binned([-INF, 1.0, 2.0, INF, INF, math.nan], 2)
    assert (found[0], found[-1]) == (Bucket(-INF, 1.0, 1.0), Bucket(2.0, INF, 2.0))
    assert binned([INF], 4) == (Bucket(0.0, INF, 1.0),)
    assert binned([math.nan], 4) == ()


@given(values, st.integers(2, 60))
def test_every_number_stands_in_one_bin_and_bins_meet(found: list[float], bins: int) -> None:
    made = binned(found, bins)
    assert sum(one.count for one in made) == sum(not math.isnan(value) for value in found)
    assert len([one for one in made if math.isfinite(one.low) and math.isfinite(one.high)]) <= bins
    assert all(one.low < one.high or one.low == one.high == 0.0 for one in made if one.count)


def test_too_many_buckets_lose_empty_ends_first_and_then_become_wider() -> None:
    found = tuple(Bucket(float(at), at + 1.0, float(2 <= at < 8)) for at in range(12))
    assert merged(found, 12) == found
    assert merged(found, 6) == found[2:8]
    assert merged(found, 3) == (Bucket(2.0, 4.0, 2.0), Bucket(4.0, 6.0, 2.0), Bucket(6.0, 8.0, 2.0))


# -- words


def test_bounds_of_all_sizes_are_written_each_on_its_own_and_even_ones_on_one_scale() -> None:
    assert bound_texts([0.01, 0.1, 1.0, 2.5], "s") == ["10 ms", "100 ms", "1 s", "2.5 s"]
    assert bound_texts([0.0, 0.5, 1.0, 1.5], "s") == ["0.0 s", "0.5 s", "1.0 s", "1.5 s"]
    assert bound_texts([], "s") == []


def test_a_share_is_whole_percents_and_what_is_there_is_never_nothing() -> None:
    assert [share_text(share) for share in (0.0, 0.001, 0.005, 0.314, 1.0)] == ["0 %", "<1 %", "<1 %", "31 %", "100 %"]
    assert bound_text(Bucket(1.0, INF, 0.0), "1 s", "") == "> 1 s"
    assert bound_text(Bucket(1.0, 2.0, 0.0), "", "2 s") == "≤ 2 s"


def test_a_bucket_is_in_trouble_when_all_its_values_are() -> None:
    levels = [bucket_level(one, SLOW) for one in apart(LATENCY)]
    assert levels == [Severity.OK] * 6 + [Severity.MEDIUM, Severity.HIGH, Severity.HIGH]
    low = Threshold(0.05, Severity.LOW, below=True)
    assert [bucket_level(one, [low]) for one in apart(LATENCY)][:4] == [Severity.LOW] * 3 + [Severity.OK]


# -- pictures


def test_columns_have_their_share_above_and_their_bounds_below(palette: Palette) -> None:
    assert picture(draw_histogram(SHOWN, 72, 10, palette)) == [
        "p50 92.3 ms  p95 346 ms                                             n 4k",
        "                         32 %    38 %",
        "                        ▂▂▂▂▂▂▂ ███████",
        "                        ███████ ███████",
        "                 19 %   ███████ ███████",
        "                ███████ ███████ ███████",
        " <1 %     3 %   ███████ ███████ ███████   6 %    <1 %            <1 %",
        "▁▁▁▁▁▁▁ ▄▄▄▄▄▄▄ ███████ ███████ ███████ ███████ ▁▁▁▁▁▁▁         ▁▁▁▁▁▁▁",
        "──────────────────────────────│p50─────────│p95─────────────────────────",
        "0 s  10 ms   25 ms   50 ms   100 ms  250 ms  500 ms   1 s    2.5 s ∞",
    ]


def test_where_columns_are_narrow_only_some_bounds_are_named(palette: Palette) -> None:
    assert picture(draw_histogram(SHOWN, 36, 7, palette)) == [
        "p50 92.3 ms  p95 346 ms         n 4k",
        "               38 %",
        "       19 % ▅▅▅ ███",
        "    3 % ▄▄▄ ███ ███ 6 %        <1 %",
        "▁▁▁ ▂▂▂ ███ ███ ███ ▄▄▄ ▁▁▁     ▁▁▁",
        "───────────────│p50──│p95───────────",
        "0 s  25 ms   100 ms  500 ms  2.5 s",
    ]


def test_where_it_is_narrow_and_tall_buckets_are_rows(palette: Palette) -> None:
    assert picture(draw_histogram(SHOWN, 28, 10, palette)) == [
        "p50 92.3 ms  p95 346 ms",
        "≤ 10 ms  ▏              <1 %",
        "≤ 25 ms  █▏              3 %",
        "≤ 50 ms  ███████▏       19 %",
        "≤ 100 ms ████████████▏  32 %",
        "≤ 250 ms ██████████████ 38 %",
        "≤ 500 ms ██▍             6 %",
        "≤ 1 s    ▎              <1 %",
        "≤ 2.5 s                  0 %",
        "> 2.5 s  ▏              <1 %",
    ]


def test_in_the_least_room_the_worst_quantile_stays(palette: Palette) -> None:
    assert picture(draw_histogram(SHOWN, 18, 3, palette)) == [
        "p95 346 ms    n 4k",
        "▁▁▁▁▄▄▇▇██▁▁▁▁  ▁▁",
        "0 s  100 ms  2.5 s",
    ]
    assert picture(draw_histogram(SHOWN, 18, 1, palette)) == [
        "p95 346 ms    n 4k",
    ]


def test_a_quantile_beyond_a_threshold_says_how_bad_it_is(palette: Palette) -> None:
    marks = (Mark("p50", 0.1, "100 ms"), Mark("p95", INF, ">2.5 s"))
    canvas = draw_histogram(Histogram(apart(LATENCY), marks, "s", SLOW), 72, 8, palette)
    assert picture(canvas)[0] == "p50 100 ms  p95 ▲ >2.5 s"
    assert canvas.inks[0][16].fg == palette.high


def test_thresholds_stand_on_the_axis_and_tint_the_columns_beyond(palette: Palette) -> None:
    canvas = draw_histogram(Histogram(apart(LATENCY), MARKS, "s", SLOW), 72, 8, palette)
    assert picture(canvas)[-2] == "──────────────────────────────│p50─────────│p95│MEDIUM─│HIGH 1 s────────"
    axis = dict(zip(canvas.chars[6], canvas.inks[6], strict=True))
    assert (axis["M"].fg, axis["H"].fg) == (palette.medium, palette.high)
    assert [ink.fg for char, ink in zip(canvas.chars[5], canvas.inks[5], strict=True) if char == "▁"][-7:] == [
        palette.high
    ] * 7


def test_a_histogram_in_ascii(palette: Palette) -> None:
    assert picture(draw_histogram(SHOWN, 40, 7, palette, ASCII)) == [
        "p50 92.3 ms  p95 346 ms             n 4k",
        "                 38 %",
        "         19 % ::: ###",
        " <1 % 3 % ::: ### ### 6 %        <1 %",
        "  ... ... ### ### ### ::: ...     ...",
        "  ---------------|p50--|p95-----------",
        " 0 s   25 ms   100 ms  500 ms  2.5 s",
    ]


def test_without_observations_there_is_nothing_to_draw(palette: Palette) -> None:
    empty = Histogram(tuple(Bucket(one.low, one.high, 0.0) for one in SHOWN.buckets), MARKS)
    assert picture(draw_histogram(empty, 20, 3, palette)) == ["", "", ""]


def test_a_histogram_of_anything_has_its_size(palette: Palette) -> None:
    pairs = st.lists(st.tuples(st.floats(allow_nan=False), st.floats()), max_size=40)
    marks = st.lists(st.builds(Mark, st.just("p50"), st.floats(), st.sampled_from(["", "5 s", "字" * 9])), max_size=3)

    @settings(max_examples=150, deadline=None)
    @given(pairs, values, marks, thresholds, widths, heights, charsets, units, st.booleans())
    def check(
        pairs: list[tuple[float, float]],
        plain: Sequence[float],
        marks: list[Mark],
        limits: list[Threshold],
        width: int,
        height: int,
        charset: object,
        unit: str,
        of_values: bool,
    ) -> None:
        buckets = binned(plain, 12) if of_values else apart(cumulative(pairs))
        shown = Histogram(buckets, tuple(marks), unit, tuple(limits), "字 n 12")
        whole(draw_histogram(shown, width, height, palette, ASCII if charset is ASCII else UNICODE), width, height)

    check()
