"""Three hours of a small fleet with every oddity a database can hold, and the expressions to ask of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from noc.demo.samples import STALE_BITS, Samples
from noc.model.series import labels_of

START = 1_700_000_000.0 - 1_700_000_000.0 % 3600
END = START + 3 * 3600
INSTANTS = (START + 5400, START + 5417.123, START + 7777.5, END, START + 60)
"""On and off the scrape grid, during an outage, at the end, and when there is hardly any history."""

NAN, INF = float("nan"), float("inf")
STALE = float(np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0])


def _scrapes(generator: np.random.Generator, interval: float = 15.0, jitter: float = 0.2) -> np.ndarray:
    times = np.arange(START, END + 1, interval)
    return np.round(times + generator.uniform(0, jitter, len(times)), 3) if jitter else times


def _counter(generator: np.random.Generator, times: np.ndarray, rate: float, resets: Sequence[int] = ()) -> np.ndarray:
    steps = generator.poisson(rate * 15, len(times)).astype(float)
    total = np.cumsum(steps)
    for at in resets:
        total[at:] -= total[at]
    return total


def _series(times: np.ndarray, values: np.ndarray | Sequence[float], **metric: str) -> Samples:
    name = metric.pop("name")
    return Samples(labels_of({"__name__": name, **metric}), times, np.asarray(values, dtype=float))


def _without(times: np.ndarray, values: np.ndarray, start: float, end: float) -> tuple[np.ndarray, np.ndarray]:
    keep = (times < START + start) | (times >= START + end)
    return times[keep], values[keep]


def _requests(generator: np.random.Generator) -> list[Samples]:
    found = []
    for number, instance in enumerate(("a:9100", "b:9100", "c:9100")):
        times = _scrapes(generator)
        for route in ("/login", "/cart", "/pay"):
            for code in ("200", "500"):
                resets = [120 + 100 * number, 500] if number != 1 else []
                values = _counter(generator, times, 5.0 if code == "200" else 0.1, resets)
                here, kept = times, values
                if (instance, route) == ("b:9100", "/pay"):
                    here, kept = _without(times, values, 7000, 8200)  # an outage longer than the lookback
                if (instance, route) == ("c:9100", "/cart"):
                    here, kept = times[300:], values[300:]  # appears late
                if (instance, route) == ("a:9100", "/pay") and code == "500":
                    here, kept = times[:400], values[:400]  # vanishes
                found.append(
                    _series(here, kept, name="requests_total", job="api", instance=instance, route=route, code=code)
                )
        memory = 1e9 + 1e8 * number + np.cumsum(generator.normal(0, 1e6, len(times)))
        found.append(_series(times, memory, name="memory_bytes", job="api", instance=instance))
        found.append(_series(times, np.full(len(times), 4e9), name="memory_limit_bytes", job="api", instance=instance))
        up = (generator.random(len(times)) > 0.05 * number).astype(float)
        found.append(_series(times, up, name="up", job="api", instance=instance))
        info = {"name": "build_info", "job": "api", "instance": instance}
        found.append(_series(times[:350], np.ones(350), version="1.0", **info))
        found.append(_series(times[350:], np.ones(len(times) - 350), version="1.1", **info))
    return found


def _histograms(generator: np.random.Generator) -> list[Samples]:
    found = []
    bounds = ("0.005", "0.05", "0.1", "0.5", "1", "5", "+Inf")
    for instance in ("a:9100", "b:9100"):
        times = _scrapes(generator)
        increments = generator.poisson(3, (len(bounds), len(times))).cumsum(axis=0).astype(float)
        if instance == "b:9100":
            increments[:, 400:] = 0  # quiet: quantiles become NaN
        counts = increments.cumsum(axis=1)
        for bound, values in zip(bounds, counts, strict=True):
            found.append(_series(times, values, name="latency_seconds_bucket", instance=instance, le=bound))
        found.append(_series(times, counts[-1], name="latency_seconds_count", instance=instance))
        found.append(_series(times, counts[-1] * 0.2, name="latency_seconds_sum", instance=instance))
    times = _scrapes(generator, jitter=0)
    odd = {
        "no_inf": {"1": 3, "2": 5},
        "only_inf": {"+Inf": 4},
        "falling": {"1": 5, "2": 4, "3": 7, "+Inf": 6},
        "negative": {"-5": 2, "-1": 4, "1": 6, "+Inf": 6},
        "twice": {"1": 2, "1.0": 3, "2": 9, "+Inf": 9},
        "nan": {"1": 2, "2": NAN, "3": 5, "+Inf": 8},
        "tail": {"1": 0, "2": 0, "+Inf": 10},
        "broken": {"x": 1, "1": 3, "+Inf": 5},
        "zero": {"1": 0, "+Inf": 0},
        "exponent": {"1e-3": 2, "1E+1": 8, "inf": 10},
    }
    for case, buckets in odd.items():
        for bound, count in buckets.items():
            found.append(_series(times, np.full(len(times), float(count)), name="odd_bucket", case=case, le=bound))
    return found


def _gauges(generator: np.random.Generator) -> list[Samples]:
    times = _scrapes(generator, jitter=0)
    count = len(times)
    wave = np.sin(np.arange(count) / 7)
    spells: dict[str, Callable[[], np.ndarray]] = {
        "constant": lambda: np.full(count, 42.0),
        "wave": lambda: wave,
        "nan": lambda: np.where(np.arange(count) % 5 == 0, NAN, wave),
        "all_nan": lambda: np.full(count, NAN),
        "inf": lambda: np.where(np.arange(count) % 11 == 3, INF, wave),
        "both_inf": lambda: np.where(np.arange(count) % 13 == 2, INF, np.where(np.arange(count) % 17 == 4, -INF, wave)),
        "constant_inf": lambda: np.full(count, INF),
        "large_small": lambda: np.where(
            np.arange(count) % 3 == 0, 1e100, np.where(np.arange(count) % 3 == 1, 1, -1e100)
        ),
        "huge": lambda: np.full(count, 1.5e308),
        "small": lambda: wave * 1e-9,
        "integer": lambda: np.arange(count, dtype=float) % 4,
        "negative": lambda: -np.arange(count, dtype=float),
    }
    found = [_series(times, make(), name="gauge", kind=kind) for kind, make in spells.items()]
    numbers = {
        "a": 0.1,
        "b": 1e-7,
        "c": 1e21,
        "d": 123456789012345680000.0,
        "e": 5e-324,
        "f": 1e-5,
        "g": -0.0,
        "h": 1e6,
    }
    found += [_series(times, np.full(count, value), name="number", at=key) for key, value in numbers.items()]
    found.append(_series(np.arange(START, END + 1, 60.0), np.arange(181.0), name="minute_grid", edge="yes"))
    found.append(_series(np.arange(START, END + 1, 300.0), np.arange(37.0), name="five_minutes", edge="yes"))
    found.append(_series(np.arange(START, END + 1, 400.0), np.arange(28.0), name="slow", edge="yes"))
    found.append(_series(np.array([START + 5200.0]), [7.0], name="single", edge="yes"))
    found.append(_series(np.array([START + 5100.0, START + 5101.0]), [7.0, 9.0], name="couple", edge="yes"))
    found.append(_series(times, times + 0.5, name="clock_seconds", zone="utc"))
    found.append(_series(times, np.full(count, 1.0), name="path_info", path="/srv/data", text='a "b" \\c', unit="é"))
    return found


def _ended(generator: np.random.Generator) -> list[Samples]:
    """Series that a stale marker ends, for good or for a while."""
    times = _scrapes(generator)
    counted = np.arange(len(times), dtype=float)
    pauses = np.where(counted % 40 == 30, STALE, counted)
    return [
        _series(times[:361], np.where(counted[:361] == 360, STALE, counted[:361]), name="ended", n="for good"),
        _series(times[counted % 40 < 31], pauses[counted % 40 < 31], name="ended", n="now and then"),
    ]


def samples() -> list[Samples]:
    """All series, the same at every call."""
    generator = np.random.default_rng(20231114)
    return [*_requests(generator), *_histograms(generator), *_gauges(generator), *_ended(generator)]


EXPRESSIONS = tuple(
    line.strip()
    for line in """
    up
    up == 0
    requests_total{route="/pay"}
    requests_total{route!="/pay",code=~"5.."}
    requests_total{route!~"/(pay|cart)",instance=~"a.*|b.+"}
    requests_total{code=~"(?i)5[0-9]{2}",missing=""}
    {__name__=~"memory_.+"}
    {__name__="up",instance="a:9100"}
    gauge
    number
    single
    slow
    five_minutes
    minute_grid
    nothing_here
    ended
    ended offset 5m
    timestamp(ended)
    rate(ended[5m])
    irate(ended[10m])
    count_over_time(ended[10m])
    last_over_time(ended[10m])
    avg_over_time(ended[10m:1m])
    absent(ended{n="for good"})
    absent_over_time(ended{n="for good"}[20m])
    sum(ended) / count(ended)
    changes(ended[20m])
    requests_total offset 10m
    requests_total offset -10m
    sum(rate(requests_total[5m] offset 7m))
    memory_bytes @ 1700001000
    memory_bytes @ 1700001000.5 offset 1m
    memory_bytes @ start()
    memory_bytes @ end()
    rate(requests_total[5m] @ end())
    rate(requests_total[5m] @ 1700003000 offset -2m)
    memory_bytes - memory_bytes @ start()
    rate(requests_total[1m])
    rate(requests_total[5m])
    rate(requests_total[20s])
    rate(requests_total[1h])
    rate(gauge[5m])
    irate(requests_total[5m])
    irate(gauge[1m])
    increase(requests_total[10m])
    increase(minute_grid[1m])
    increase(minute_grid[5m])
    increase(five_minutes[10m])
    rate(slow[30m])
    delta(memory_bytes[15m])
    delta(gauge[5m])
    idelta(memory_bytes[5m])
    idelta(gauge[5m])
    deriv(memory_bytes[15m])
    deriv(gauge{kind=~"wave|constant|nan|integer|negative|constant_inf"}[10m])
    deriv(single[1h])
    deriv(couple[1h])
    predict_linear(memory_bytes[15m], 3600)
    predict_linear(gauge{kind=~"wave|constant|integer|negative|constant_inf"}[10m], 600)
    predict_linear(memory_bytes[15m] offset 5m, -60)
    resets(requests_total[1h])
    resets(gauge[10m])
    changes(gauge[10m])
    changes(up[30m])
    changes(build_info[1h])
    avg_over_time(gauge[10m])
    avg_over_time(memory_bytes[1h])
    min_over_time(gauge[10m])
    max_over_time(gauge[10m])
    sum_over_time(gauge[10m])
    sum_over_time(up[1h])
    count_over_time(gauge[10m])
    count_over_time(minute_grid[5m])
    count_over_time(slow[5m])
    last_over_time(gauge[10m])
    last_over_time(slow[10m])
    quantile_over_time(0.9, gauge[10m])
    quantile_over_time(0.5, memory_bytes[7m])
    quantile_over_time(2, up[10m])
    quantile_over_time(-1, up[10m])
    quantile_over_time(NaN, up[10m])
    stddev_over_time(gauge{kind!~"large_small|huge"}[10m])
    stdvar_over_time(gauge{kind!~"large_small|huge"}[10m])
    stddev_over_time(memory_bytes[10m])
    present_over_time(slow[5m])
    absent_over_time(slow[5m])
    absent_over_time(nothing_here{a="b",c=~"d"}[5m])
    absent_over_time(requests_total{route="/pay",instance="b:9100"}[5m])
    absent_over_time(rate(nothing_here{a="b"}[5m])[10m:1m])
    histogram_quantile(0.9, rate(latency_seconds_bucket[5m]))
    histogram_quantile(0.5, sum by (le) (rate(latency_seconds_bucket[5m])))
    histogram_quantile(0.99, sum by (le, instance) (increase(latency_seconds_bucket[10m])))
    histogram_quantile(0.5, odd_bucket)
    histogram_quantile(0, odd_bucket)
    histogram_quantile(1, odd_bucket)
    histogram_quantile(0.25, odd_bucket)
    histogram_quantile(0.95, odd_bucket)
    histogram_quantile(1.1, odd_bucket)
    histogram_quantile(-0.1, odd_bucket)
    histogram_quantile(NaN, odd_bucket)
    histogram_quantile(0.9, latency_seconds_bucket{le!="+Inf"})
    histogram_quantile(0.9, memory_bytes)
    histogram_quantile(scalar(up{instance="a:9100"}) / 2, odd_bucket)
    histogram_quantile(0.9, {__name__=~"odd_bucket|latency_seconds_bucket"})
    rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])
    sum(requests_total)
    sum by (instance) (rate(requests_total[5m]))
    sum without (instance) (rate(requests_total[5m]))
    sum by (missing, code) (requests_total)
    sum by () (requests_total)
    sum without () (requests_total)
    sum by (__name__, code) (requests_total)
    avg by (route) (rate(requests_total[5m]))
    avg(gauge{kind!="huge"})
    avg(gauge{kind=~"huge"})
    min by (kind) (gauge)
    min(gauge)
    max(gauge)
    max(gauge{kind=~"nan|all_nan"})
    count(up)
    count by (version) (build_info)
    count(nothing_here)
    group by (code) (requests_total)
    stddev(memory_bytes)
    stdvar by (code) (rate(requests_total[5m]))
    stddev(gauge{kind=~"inf|wave"})
    stddev(single)
    topk(3, rate(requests_total[5m]))
    topk(1, memory_bytes)
    topk(100, memory_bytes)
    topk(0, memory_bytes)
    topk(-1, memory_bytes)
    topk(2.9, memory_bytes)
    topk by (code) (1, rate(requests_total[5m]))
    topk without (instance, route) (2, rate(requests_total{code="200"}[5m]) + requests_total)
    bottomk(2, memory_bytes)
    bottomk(3, rate(requests_total{code="200"}[5m]))
    topk(3, gauge{kind=~"nan|wave|integer|negative|constant"})
    bottomk(3, gauge{kind=~"nan|all_nan|wave|negative|constant"})
    topk(NaN, memory_bytes)
    topk(1e30, memory_bytes)
    topk(scalar(up{instance="b:9100"}) + 1, memory_bytes)
    quantile(0.9, rate(requests_total[5m]))
    quantile by (code) (0.5, rate(requests_total[5m]))
    quantile(0.3, gauge)
    quantile(1.2, gauge)
    quantile(scalar(up{instance="b:9100"}) / 2, memory_bytes)
    count_values("value", up)
    count_values by (kind) ("value", gauge{kind=~"integer|constant|nan|inf"})
    count_values without (kind) ("kind", gauge{kind=~"integer|constant"})
    count_values("version", number)
    count_values("not a label", up)
    1 + 2 * 3 ^ 2 ^ 0.5 - -4 % 3
    -2 ^ 2
    5 % 0
    1 / 0
    -5 % 3
    1 == bool 2
    3 >= bool 2
    "some text"
    up + 1
    2 ^ gauge{kind="integer"}
    gauge % 0.3
    gauge{kind=~"wave|negative"} ^ 2
    gauge ^ 0.5
    -gauge
    -up + 3
    +up
    gauge atan2 2
    memory_bytes / memory_limit_bytes
    memory_bytes / memory_limit_bytes * 100 > 26
    memory_bytes > 1.1e9
    memory_bytes > bool 1.1e9
    1.1e9 < memory_bytes
    1.1e9 < bool memory_bytes
    1.1e9 == memory_bytes
    gauge == gauge
    gauge != gauge
    gauge == bool gauge
    gauge >= 0
    gauge < bool 0.5
    up{instance="a:9100"} == on (job, instance) up
    memory_limit_bytes > memory_bytes
    memory_limit_bytes > bool memory_bytes
    memory_bytes < memory_limit_bytes
    requests_total and requests_total{code="500"}
    requests_total and on (instance) (memory_bytes > 1.1e9)
    requests_total and ignoring (route, code) memory_bytes
    requests_total unless on (instance) (memory_bytes > 1.1e9)
    requests_total unless requests_total{code="500"}
    up or memory_bytes
    up == 0 or on (instance) memory_bytes
    (up > 0) or vector(0)
    sum(nothing_here) or vector(0)
    up and on () nothing_here
    up unless on () vector(1)
    rate(requests_total{code="500"}[5m]) / ignoring (code) rate(requests_total{code="200"}[5m])
    rate(requests_total[5m]) / ignoring (code) group_left rate(requests_total{code="200"}[5m])
    sum by (instance, route) (rate(requests_total[5m])) / on (instance) group_left memory_bytes
    memory_bytes * on (instance) group_left (version) build_info
    build_info * on (instance) group_right (version) memory_bytes
    up * on (instance) group_left (missing) build_info
    memory_bytes * on (instance) group_left (__name__) build_info
    requests_total > on (instance) group_left up
    requests_total > bool on (instance) group_left up
    up < on (instance) group_right requests_total
    requests_total / on (instance) memory_bytes
    memory_bytes / on (instance) requests_total
    memory_bytes / on (job) memory_limit_bytes
    requests_total / ignoring (code, route) group_right memory_bytes
    memory_bytes / on (job) group_left up
    requests_total + on (instance, route) group_left (code) sum by (instance, route) (requests_total)
    sum(rate(requests_total{code=~"5.."}[5m])) / sum(rate(requests_total[5m])) * 100
    100 - avg(up) * 100
    max_over_time(rate(requests_total[5m])[30m:1m])
    avg_over_time(up[30m:])
    rate(requests_total[10m:1m])
    sum_over_time(minute_grid[5m:1m])
    count_over_time(up[10m:7s])
    last_over_time(sum(up)[10m:2m] offset 3m)
    max_over_time(memory_bytes[10m:1m] @ 1700003000)
    max_over_time((memory_bytes - memory_bytes @ start())[10m:1m])
    min_over_time(max_over_time(memory_bytes[5m])[30m:5m])
    quantile_over_time(0.9, rate(requests_total[1m])[10m:30s])
    deriv(rate(requests_total{code="200"}[5m])[30m:1m])
    count_over_time(time()[5m:1m] )
    avg_over_time(vector(time())[5m:1m])
    stddev_over_time(up[20m:90s])
    increase(five_minutes[20m:3m])
    absent(up)
    absent(nothing_here)
    absent(nothing_here{a="b",c="d",c="e",f=~"g",h=""})
    absent(nothing_here{a="b"} offset 1m)
    absent(nothing_here{a="b"} @ 1700003000)
    absent((nothing_here{a="b"}))
    absent(sum(nothing_here{a="b"}))
    absent(requests_total{instance="b:9100",route="/pay"})
    vector(3)
    vector(time())
    scalar(up)
    scalar(up{instance="a:9100"})
    scalar(nothing_here)
    time()
    time() - timestamp(up)
    timestamp(slow)
    timestamp((slow))
    timestamp(up offset 1m)
    timestamp(up @ 1700003000)
    timestamp(up + 0)
    timestamp(sum(up))
    label_replace(up, "host", "$1", "instance", "(.*):.*")
    label_replace(up, "host", "x-${1}-$2-$$-$name", "instance", "(.*):(?P<name>.*)")
    label_replace(up, "host", "$1x", "instance", "(.*):.*")
    label_replace(up, "instance", "", "instance", ".*")
    label_replace(up, "job", "", "instance", "a.*")
    label_replace(up, "host", "v", "missing", "")
    label_replace(up, "host", "v", "instance", "nomatch")
    label_replace(up, "__name__", "renamed", "job", "api")
    label_replace(up, "bad label", "v", "job", "api")
    label_join(up, "both", "-", "job", "instance", "missing")
    label_join(up, "job", "-", "missing")
    label_join(up, "job", "-")
    label_join(up, "x", "-", "bad label")
    rate(label_replace(requests_total, "a", "$1", "route", "/(.*)")[5m:1m])
    clamp(gauge, -0.5, 0.5)
    clamp(gauge, 1, 0)
    clamp(gauge, NaN, 1)
    clamp_min(gauge, 0)
    clamp_max(gauge, 0)
    clamp_max(gauge, NaN)
    clamp_max(up, scalar(up{instance="b:9100"}))
    round(memory_bytes / 7)
    round(memory_bytes, 1000)
    round(gauge, 0.1)
    round(gauge * 10 - 0.5)
    round(-gauge, 0)
    abs(gauge)
    ceil(gauge * 3)
    floor(gauge * 3)
    exp(gauge)
    ln(gauge)
    log2(gauge)
    log10(gauge)
    sqrt(gauge)
    sgn(gauge)
    sin(gauge)
    acosh(gauge)
    deg(gauge)
    rad(gauge)
    pi() * 2
    minute()
    hour()
    day_of_week()
    day_of_month(clock_seconds)
    day_of_year(clock_seconds)
    month(clock_seconds)
    year(clock_seconds)
    days_in_month(clock_seconds + 86400 * 100)
    days_in_month(vector(1709210096))
    hour(clock_seconds)
    minute(clock_seconds offset 10m)
    day_of_week(vector(-1.5))
    year(vector(-1))
    minute(vector(-61.5))
    abs({__name__=~"memory_.+"})
    rate({__name__=~"latency_seconds_(sum|count)"}[5m])
    -{__name__=~"memory_.+"}
    {__name__=~"memory_.+"} * 2
    sum({__name__=~"memory_.+"})
    last_over_time({__name__=~"memory_.+"}[5m])
    round(build_info)
    sum by (path) (path_info{text=`a "b" \\c`})
    path_info{text="a \\"b\\" \\\\c",unit="é"}
    path_info{path=~'/srv/.*'}
    ALERTS
    sum(rate(requests_total[5m])) by (route) > 10 and sum(rate(requests_total[5m])) by (route) < 40
    histogram_quantile(0.95, sum(rate(latency_seconds_bucket[5m])) by (le)) > 0.2 or vector(0)
    (sum by (instance) (increase(requests_total{code="500"}[15m])) / sum by (instance) (increase(requests_total[15m]))) > bool 0.01
    """.splitlines()
    if line.strip()
)

ORDERED = (
    "sort(memory_bytes)",
    "sort_desc(memory_bytes)",
    'sort(gauge{kind=~"nan|wave|constant|negative"})',
    'sort_desc(gauge{kind=~"nan|wave|constant|negative"})',
    "topk(4, memory_bytes)",
    'bottomk(2, rate(requests_total{code="200"}[5m]))',
    "sort_desc(sum by (route) (requests_total))",
)
"""Instant queries whose answer has an order."""
