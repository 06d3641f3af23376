"""Numbers as they stand on the glass."""

from __future__ import annotations

import math
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.text import clean
from noc.model.units import (
    KNOWN,
    format_age,
    format_axis,
    format_delta,
    format_value,
    is_known,
    split_axis,
    split_value,
)

NEW_YEAR = 1767225600.0  # 2026-01-01 00:00 UTC
CEST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "s", "–"),
        (math.nan, "s", "NaN"),
        (math.inf, "bytes", "∞"),
        (-math.inf, "percent", "-∞"),
        # counts
        (0, "short", "0"),
        (-0.0, "short", "0"),
        (5, "short", "5"),
        (84.3, "short", "84.3"),
        (999, "short", "999"),
        (999.4, "short", "999"),
        (999.95, "short", "1.00k"),
        (1000, "short", "1k"),
        (12_400, "short", "12.4k"),
        (12_345, "short", "12.3k"),
        (-12_345, "short", "-12.3k"),
        (999_499, "short", "999k"),
        (999_500, "short", "1.00M"),
        (1.5e9, "short", "1.50B"),
        (2e12, "short", "2T"),
        (0.98, "short", "0.98"),
        (1.02, "short", "1.02"),
        (9.994, "short", "9.99"),
        (9.996, "short", "10.0"),
        (99.94, "short", "99.9"),
        (99.96, "short", "100"),
        (0.1, "short", "0.10"),
        (0.07, "short", "0.07"),
        (0.012345, "short", "0.012"),
        (0.0001, "short", "0.0001"),
        (1.23e-9, "short", "1.2e-9"),
        # plain numbers keep every digit before the point
        (1_234_567, "none", "1234567"),
        (1234.567, "none", "1235"),
        (1e22, "none", "1e+22"),
        (1_234_567.8, "locale", "1,234,568"),
        (12.5, "locale", "12.5"),
        # percentages
        (84, "percent", "84 %"),
        (84.26, "percent", "84.3 %"),
        (0.84, "percentunit", "84 %"),
        (0.07, "percentunit", "7 %"),
        (0.9995, "percentunit", "100 %"),
        (0.0123, "percentunit", "1.23 %"),
        (12, "percentunit", "1200 %"),
        # time
        (0, "s", "0 s"),
        (0, "ms", "0 ms"),
        (1.84, "s", "1.84 s"),
        (0.25, "s", "250 ms"),
        (0.00025, "s", "250 µs"),
        (2.5e-7, "s", "250 ns"),
        (59.94, "s", "59.9 s"),
        (59.96, "s", "1.00 min"),
        (192, "s", "3.20 min"),
        (5400, "s", "1.50 h"),
        (200_000, "s", "2.31 d"),
        (999.7, "ms", "1.00 s"),
        (1000, "ms", "1 s"),
        (1500, "us", "1.50 ms"),
        (1500, "µs", "1.50 ms"),
        (2_000_000, "ns", "2 ms"),
        (90, "m", "1.50 h"),
        (36, "h", "1.50 d"),
        (3, "d", "3 d"),
        (45, "dtdurations", "45s"),
        (0.2, "dtdurations", "200 ms"),
        (130, "dtdurations", "2m 10s"),
        (59.7, "dtdurations", "1m 00s"),
        (3599.8, "dtdurations", "1h 00m"),
        (11_100, "dtdurations", "3h 05m"),
        (190_000, "dtdurations", "2d 04h"),
        (-130, "dtdurations", "-2m 10s"),
        (130_000, "dtdurationms", "2m 10s"),
        (3661, "dthms", "01:01:01"),
        (90_061, "dtdhms", "1 d 01:01:01"),
        # data
        (0, "bytes", "0 B"),
        (512, "bytes", "512 B"),
        (1023, "bytes", "1023 B"),
        (1024, "bytes", "1 KiB"),
        (1536, "bytes", "1.50 KiB"),
        (1024**2 - 1, "bytes", "1.00 MiB"),
        (3.5 * 1024**3, "bytes", "3.50 GiB"),
        (2048, "kbytes", "2 MiB"),
        (1500, "decbytes", "1.50 kB"),
        (2048, "bits", "2 Kib"),
        (1500, "decbits", "1.50 kb"),
        (12_400, "Bps", "12.4 kB/s"),
        (12_400, "binBps", "12.1 KiB/s"),
        (1e9, "bps", "1 Gb/s"),
        (1024, "binbps", "1 Kib/s"),
        (1500, "pps", "1.50 kp/s"),
        (0.5, "Bps", "0.50 B/s"),
        # rates
        (0.05, "reqps", "0.05 req/s"),
        (12_345, "reqps", "12.3k req/s"),
        (3.14159, "ops", "3.14 ops/s"),
        (7, "cps", "7 c/s"),
        (7, "iops", "7 io/s"),
        (7, "rps", "7 rd/s"),
        (7, "wps", "7 wr/s"),
        (7, "eps", "7 evt/s"),
        # the rest
        (1500, "hertz", "1.50 kHz"),
        (21.54, "celsius", "21.5 °C"),
        (90, "degree", "90°"),
        (0.25, "watt", "250 mW"),
        (1.5, "kwatth", "1.50 kWh"),
        (1234.5, "currencyUSD", "$1.23k"),
        (-5, "currencyEUR", "-€5"),
        (1200, "currencySEK", "1.20k kr"),
        (1, "bool", "True"),
        (0, "bool", "False"),
        (1, "bool_yes_no", "Yes"),
        (0, "bool_on_off", "Off"),
        (255, "hex0x", "0xFF"),
        (12345, "sci", "1.23e+04"),
        # words of one's own
        (12, "trips", "12 trips"),
        (12_345, "documents/s", "12345 documents/s"),
        (3, "suffix:cars", "3 cars"),
        (3, "prefix:#", "#3"),
        (1500, "si:W", "1.50 kW"),
        (1500, "si:mW", "1.50 W"),
        (1500, "count:jobs", "1.50k jobs"),
        (1500, "currency:₿", "₿1.50k"),
        (1, "bool:up/down", "up"),
        (0, "bool:up/down", "down"),
        (0, "bool:up", "-"),
        (1, "evil\x1b[2J", "1 evil␛[2J"),
    ],
)
def test_a_value_in_its_unit(value: float | None, unit: str, shown: str) -> None:
    assert format_value(value, unit) == shown


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (84.26, "percent", 0, "84 %"),
        (84, "percent", 2, "84.00 %"),
        (999.95, "short", 1, "1.0k"),
        (999.94, "short", 1, "999.9"),
        (999.6, "ms", 0, "1 s"),
        (999.4, "short", 0, "999"),
        (1_043_210, "short", 0, "1.04M"),
        (-14_180.4, "short", 0, "-14.2k"),
        (970_210.7, "reqps", 0, "970k req/s"),
        (1_043_210, "bytes", 0, "1019 KiB"),
        (-0.04, "none", 1, "0.0"),
        (12_345.678, "locale", 2, "12,345.68"),
        (5, "short", -3, "5"),
    ],
)
def test_the_author_may_fix_the_decimals(value: float, unit: str, decimals: int, shown: str) -> None:
    assert format_value(value, unit, decimals) == shown


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        ("dateTimeAsIso", NEW_YEAR * 1000, "2026-01-01 02:00:00"),
        ("dateTimeAsLocal", NEW_YEAR * 1000, "2026-01-01 02:00:00"),
        ("dateTimeAsIsoNoDateIfToday", NEW_YEAR * 1000, "02:00:00"),
        ("dateTimeAsIsoNoDateIfToday", (NEW_YEAR - 86400) * 1000, "2025-12-31 02:00:00"),
        ("dateTimeAsUS", (NEW_YEAR + 43200) * 1000, "01/01/2026 2:00:00 pm"),
        ("dateTimeAsUSNoDateIfToday", NEW_YEAR * 1000, "2:00:00 am"),
        ("dateTimeFromNow", NEW_YEAR * 1000, "4 m ago"),
        ("dateTimeFromNow", (NEW_YEAR + 10_000) * 1000, "in 2 h"),
        ("dateTimeAsIso", 1e30, "1e+30"),
    ],
)
def test_dates_are_milliseconds_told_in_a_zone_and_from_a_now(unit: str, value: float, shown: str) -> None:
    assert format_value(value, unit, now=NEW_YEAR + 250, tz=CEST) == shown


def test_from_now_without_a_now_is_a_date() -> None:
    assert format_value(NEW_YEAR * 1000, "dateTimeFromNow") == "2026-01-01 00:00:00"


@pytest.mark.parametrize(
    ("value", "unit", "parts"),
    [
        (84, "percent", ("84", "%")),
        (12_345, "reqps", ("12.3", "k req/s")),
        (12_345, "short", ("12.3", "k")),
        (-5, "currencyEUR", ("-€5", "")),
        (1.84, "s", ("1.84", "s")),
        (None, "s", ("–", "")),
        (math.nan, "s", ("NaN", "")),
        (1, "bool", ("True", "")),
    ],
)
def test_the_number_apart_from_its_suffix(value: float | None, unit: str, parts: tuple[str, str]) -> None:
    assert split_value(value, unit) == parts


@pytest.mark.parametrize(
    ("values", "unit", "labels"),
    [
        ((0, 0.5, 1, 1.5, 2), "s", ["0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s"]),
        ((0, 250, 500, 750, 1000), "ms", ["0.00 s", "0.25 s", "0.50 s", "0.75 s", "1.00 s"]),
        ((0, 200, 400), "ms", ["0 ms", "200 ms", "400 ms"]),
        ((0, 0.25, 0.5), "percentunit", ["0 %", "25 %", "50 %"]),
        ((98.5, 99, 99.5, 100), "percent", ["98.5 %", "99.0 %", "99.5 %", "100.0 %"]),
        ((0, 20_000, 40_000), "reqps", ["0k req/s", "20k req/s", "40k req/s"]),
        ((1_000_000, 1_000_001), "short", ["1.000000M", "1.000001M"]),
        ((1, 1000, 1_000_000), "short", ["1", "1k", "1M"]),
        ((0.001, 1, 1000), "s", ["1 ms", "1 s", "16.7 min"]),
        ((0, 512 * 1024, 1024**2), "bytes", ["0.0 MiB", "0.5 MiB", "1.0 MiB"]),
        ((-1, 0, 1), "currencyUSD", ["-$1", "$0", "$1"]),
        ((0, 0.0005, 0.001), "s", ["0.0 ms", "0.5 ms", "1.0 ms"]),
        ((0, 1 / 3, 2 / 3, 1), "short", ["0.00", "0.33", "0.67", "1.00"]),
        ((0, 1), "bool", ["False", "True"]),
        ((0, 0), "s", ["0 s", "0 s"]),
        ((0, math.nan, math.inf), "s", ["0 s", "NaN", "∞"]),
        ((60, 3600), "dtdurations", ["1m 00s", "1h 00m"]),
        ((), "s", []),
    ],
)
def test_an_axis_has_one_scale_and_tells_neighbours_apart(
    values: tuple[float, ...], unit: str, labels: list[str]
) -> None:
    assert format_axis(values, unit) == labels


def test_an_axis_can_leave_its_suffix_to_the_title() -> None:
    assert split_axis([0, 0.5, 1], "s") == (["0.0", "0.5", "1.0"], " s")
    assert split_axis([1, 1000, 1_000_000], "short") == (["1", "1k", "1M"], "")


@given(
    st.lists(st.integers(-50, 50), min_size=2, max_size=8, unique=True),
    st.sampled_from([0.001, 0.25, 1.0, 3.0, 1000.0, 7e8]),
    st.sampled_from(["short", "s", "ms", "bytes", "percentunit", "none", "currencyUSD"]),
)
def test_axis_labels_of_distinct_ticks_are_distinct(ticks: list[int], step: float, unit: str) -> None:
    labels = format_axis([tick * step for tick in ticks], unit)
    assert len(set(labels)) == len(ticks)


@given(st.floats(), st.sampled_from(sorted(KNOWN)))
def test_every_float_has_a_text_in_every_unit(value: float, unit: str) -> None:
    shown = format_value(value, unit, now=NEW_YEAR)
    assert shown
    assert clean(shown) == shown
    number, suffix = split_value(value, unit, now=NEW_YEAR)
    assert f"{number}{suffix}".replace(" ", "") == shown.replace(" ", "")
    assert format_axis([value, 0.0, 1.0], unit, now=NEW_YEAR)
    assert format_delta(value, 1.0, unit)


@given(st.floats(0.1, 999_999_999), st.sampled_from(["short", "reqps", "Bps", "decbytes", "hertz"]))
def test_a_scaled_number_never_needs_more_than_four_cells(value: float, unit: str) -> None:
    assert len(split_value(value, unit)[0]) <= 4


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"),
        (2.9, "2s"),
        (59.9, "59s"),
        (60, "1 m"),
        (240, "4 m"),
        (3599, "59 m"),
        (3600, "1 h"),
        (86_399, "23 h"),
        (86_400, "1 d"),
        (200_000, "2 d"),
        (-4, "0s"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_an_age_is_floored_into_one_unit(seconds: float | None, shown: str) -> None:
    assert format_age(seconds) == shown


@pytest.mark.parametrize(
    ("now", "before", "unit", "shown"),
    [
        (131, 100, "short", "▲ 31 %"),
        (96, 100, "short", "▼ 4 %"),
        (100, 100, "short", "±0 %"),
        (100.01, 100, "short", "±0 %"),
        (100.4, 100, "short", "▲ 0.4 %"),
        (0, 100, "s", "▼ 100 %"),
        (5, 0, "short", "new"),
        (0, 0, "short", "±0 %"),
        (1300, 100, "short", "▲ ×13"),
        (-50, -100, "short", "▲ 50 %"),
        (0.842, 0.8, "percentunit", "▲ 4.2 pp"),
        (30, 80, "percent", "▼ 50 pp"),
        (0.8, 0.8, "percentunit", "±0 pp"),
        (21, 23.5, "celsius", "▼ 2.5 °C"),
        (1, 0, "bool", "was False"),
        (1, 1, "bool_on_off", "±0"),
        (130_000, 0, "dateTimeAsIso", "▲ 2m 10s"),
        (None, 1, "s", "–"),
        (1, None, "s", "–"),
        (math.nan, 1, "s", "–"),
    ],
)
def test_a_delta_says_direction_and_amount(now: float | None, before: float | None, unit: str, shown: str) -> None:
    assert format_delta(now, before, unit) == shown


def test_units_are_known_by_grafanas_names() -> None:
    assert {"short", "percentunit", "dtdurations", "binBps", "currencyUSD", "bool_on_off"} <= KNOWN
    assert is_known("reqps")
    assert is_known("suffix:cars")
    assert not is_known("trips")
    assert not is_known("suffix:")


def test_an_axis_of_values_that_are_infinite_in_their_scale_says_so() -> None:
    assert format_axis((1.8e306,), "percentunit") == ["∞"]
    assert format_axis((-1.8e306, 0.0), "percentunit") == ["-∞", "0 %"]
