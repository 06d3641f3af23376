"""Prometheus' own metrics: a small server that scrapes this world."""

from __future__ import annotations

import numpy as np

from noc.demo.figures.site import Site
from noc.demo.flows import Block, Counters, Flow, Meters, Moments, Row
from noc.demo.levels import Level, Levels, Plain, constants
from noc.demo.samples import Floats
from noc.demo.traffic import DAY

_SERIES = 2150.0
_MIB = 2.0**20
_EVALUATION = {"inner_eval": 0.0011, "prepare_time": 0.00032, "queue_time": 0.00004, "result_sort": 0.000004}  # seconds
_QUANTILES = {"0.5": 1.0, "0.9": 3.4, "0.99": 11.0}  # times the median
_INTERVALS = {"0.01": -0.0042, "0.05": -0.0019, "0.5": 0.0, "0.9": 0.0013, "0.99": 0.0046}  # seconds beside 15
_QUERIES = 2.4  # per second
_REQUESTS = {
    ("/api/v1/query", "200"): 1.3,
    ("/api/v1/query_range", "200"): 0.9,
    ("/metrics", "200"): 1 / 15,
    ("/api/v1/query", "400"): 0.0004,
}


def blocks(site: Site) -> list[Block]:
    """All prometheus_* and process_* series."""
    return [
        Levels(site.shapes, site.key, _levels()),
        _events(site),
        Meters(site.shapes, site.key + " seconds", _seconds(), 1e-6),
        _state(site),
        _fixed(site),
    ]


def _rule_group(site: Site) -> dict[str, str]:
    return {"rule_group": site.values("prometheus_rule_evaluations_total", "rule_group")[0]}


def _levels() -> list[tuple[Row, Level]]:
    figures = {
        "prometheus_tsdb_head_series": Level(_SERIES, 6.0, 14.0),
        "prometheus_engine_queries": Level(0.3, 0.2, 0.7),
        "prometheus_notifications_queue_length": Level(0.0),
        "process_resident_memory_bytes": Level(186 * _MIB, 7 * _MIB, 9 * _MIB, quantum=4096),
        "process_open_fds": Level(46, 4, 4),
    }
    rows: list[tuple[Row, Level]] = [((name, {}), level) for name, level in figures.items()]
    for part, median in _EVALUATION.items():
        for quantile, times in _QUANTILES.items():
            seconds = median * times
            labels = {"slice": part, "quantile": quantile}
            level = Level(seconds, seconds * 0.1, seconds * 0.3, low=seconds * 0.3, quantum=1e-9)
            rows.append((("prometheus_engine_query_duration_seconds", labels), level))
    for quantile, beside in _INTERVALS.items():
        labels = {"interval": "15s", "quantile": quantile}
        level = Level(15.0 + beside, 0.0, abs(beside) * 0.3, quantum=1e-9)
        rows.append((("prometheus_target_interval_length_seconds", labels), level))
    return rows


def _events(site: Site) -> Counters:
    streams: dict[str, Flow] = {}
    rows: list[tuple[Row, list[str]]] = []

    def add(name: str, labels: dict[str, str], flow: Flow) -> None:
        key = " ".join([name, *labels.values()])
        streams[key] = flow
        rows.append(((name, labels), [key]))

    group = _rule_group(site)
    receiver = {"alertmanager": site.values("prometheus_notifications_sent_total", "alertmanager")[0]}
    add("prometheus_tsdb_head_samples_appended_total", {"type": "float"}, Flow(_SERIES / 15, "flat", 0.005))
    add("prometheus_tsdb_wal_page_flushes_total", {}, Flow(0.42, "flat", 0.05))
    add("prometheus_tsdb_wal_corruptions_total", {}, Flow(0.0))
    add("prometheus_tsdb_compactions_failed_total", {}, Flow(0.0))
    add("prometheus_rule_evaluations_total", group, Flow(22 / 30, "flat", 0.0))
    add("prometheus_rule_evaluation_failures_total", group, Flow(0.0))
    add("prometheus_notifications_sent_total", receiver, Flow(1 / 60, "flat", 0.0, site.push("forged.retell", 0.3)))
    add("prometheus_notifications_dropped_total", {}, Flow(0.0))
    for (handler, code), rate in _REQUESTS.items():
        add("prometheus_http_requests_total", {"handler": handler, "code": code}, Flow(rate, gust=0.2))
    for part in _EVALUATION:
        add("prometheus_engine_query_duration_seconds_count", {"slice": part}, Flow(_QUERIES, gust=0.2))
    add("prometheus_target_interval_length_seconds_count", {"interval": "15s"}, Flow(0.6, "flat", 0.0))
    return Counters(site.shapes, site.key + " events", streams, rows)


def _seconds() -> list[tuple[Row, Flow]]:
    rows: list[tuple[Row, Flow]] = [(("process_cpu_seconds_total", {}), Flow(0.017, "people", 0.3))]
    for part, median in _EVALUATION.items():
        name = "prometheus_engine_query_duration_seconds_sum"
        rows.append(((name, {"slice": part}), Flow(_QUERIES * median * 1.6, gust=0.25)))
    rows.append((("prometheus_target_interval_length_seconds_sum", {"interval": "15s"}), Flow(9.0, "flat", 0.0)))
    return rows


def _state(site: Site) -> Plain:
    """What grows between compactions, every two hours, and what only a start changes."""
    names = (
        "prometheus_tsdb_head_chunks",
        "prometheus_tsdb_storage_blocks_bytes",
        "prometheus_config_last_reload_success_timestamp_seconds",
        "process_start_time_seconds",
    )
    rows: list[Row] = [(name, {}) for name in names]
    rows.append(("prometheus_rule_group_last_duration_seconds", _rule_group(site)))
    ripple = site.shapes.ripples[1]

    def figures(moments: Moments) -> list[Floats | float]:
        turn = np.floor(moments.times / 7200)
        since = moments.times - turn * 7200
        age = np.clip((turn * 7200 - site.zero) / DAY + 90, 0.0, 90.0)
        chunks = np.floor(_SERIES * (1 + (since + 3600) / 1800))
        duration = np.round(0.0031 * (1 + 0.4 * moments.value(ripple)), 9)
        return [chunks, np.floor(age * 21.4e6), np.floor(moments.since) + 4.0, moments.since, duration]

    return Plain(rows, figures)


def _fixed(site: Site) -> Plain:
    build = {label: values.values[0] for label, values in site.contract.series["prometheus_build_info"].labels.items()}
    values = {
        "prometheus_engine_queries_concurrent_max": 20.0,
        "prometheus_config_last_reload_successful": 1.0,
        "process_max_fds": 8192.0,
    }
    fixed = constants({"prometheus_build_info": 1.0}, build)
    others = constants(values)
    return Plain([*fixed.rows, *others.rows], lambda moments: [*fixed.at(moments), *others.at(moments)])
