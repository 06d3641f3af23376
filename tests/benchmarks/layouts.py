"""Layouts to measure: as many charts and stats as a benchmark asks for, written as an author would."""

from __future__ import annotations

import json
from collections.abc import Sequence

PAINTED = "DATA-PAINTED"
"""What the first stat shows instead of its value, once it has one."""

REAL = (
    "sum by (instance) (rate(prometheus_http_requests_total[5m]))",
    "sum by (handler, code) (rate(prometheus_http_requests_total[1m]))",
    'avg by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[1m]))',
    "rate(node_cpu_seconds_total[1m])",
    "node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes",
    "node_load1",
    "rate(node_network_receive_bytes_total[1m])",
    "rate(node_disk_read_bytes_total[1m])",
    "histogram_quantile(0.95, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket[5m])))",
    "histogram_quantile(0.95, sum by (le, handler) (rate(prometheus_http_request_duration_seconds_bucket[5m])))",
    "topk(5, rate(prometheus_http_requests_total[5m]))",
    'sum(rate(prometheus_http_requests_total{code!~"2.."}[5m])) / sum(rate(prometheus_http_requests_total[5m]))',
)
"""Twelve charts of a Prometheus that scrapes itself and a node exporter: rates, ratios, quantiles, rankings."""

REAL_STATS = (
    "time() - node_boot_time_seconds",
    "node_load5",
    "sum(rate(node_cpu_seconds_total{mode!='idle'}[1m]))",
    "node_memory_MemAvailable_bytes",
    "prometheus_tsdb_head_series",
    "rate(prometheus_tsdb_head_samples_appended_total[1m])",
    "process_resident_memory_bytes{job='prometheus'}",
    "count(up)",
)

PAST = r"prometheus_http_requests_total|prometheus_http_request_duration_seconds_(bucket|sum|count)|node_cpu_seconds_total|\
node_memory_Mem(Total|Available)_bytes|node_load[15]|node_network_receive_bytes_total|node_disk_read_bytes_total|up|\
node_boot_time_seconds|prometheus_tsdb_head_series|prometheus_tsdb_head_samples_appended_total|process_resident_memory_bytes"
"""The metrics those queries read."""


def wall(charts: Sequence[str], stats: Sequence[str], *, span: str = "24h", refresh: str = "10s") -> str:
    """Stats in the first row, charts below, four in a row."""
    panels = {
        f"s{number}": {"kind": "stat", "title": f"Stat {number}", "query": query} for number, query in enumerate(stats)
    }
    if stats:
        panels["s0"]["mappings"] = [{"from": -1e18, "to": 1e18, "text": PAINTED}]
    panels |= {
        f"c{number}": {"kind": "timeseries", "title": f"Chart {number}", "query": query, "unit": "reqps"}
        for number, query in enumerate(charts)
    }
    areas = [" ".join(f"s{number}" for number in range(len(stats)))] if stats else []
    for first in range(0, len(charts), 4):
        names = [f"c{number}" for number in range(first, min(first + 4, len(charts)))]
        areas.append(" ".join(name for name in names for _ in range(len(stats) // len(names) or 1)))
    rows = (["1fr"] if stats else []) + ["2fr"] * (len(areas) - bool(stats))
    return _document(panels, areas, rows, span, refresh)


def crowd(count: int, columns: int = 10, *, span: str = "1h", refresh: str = "10s") -> str:
    """Very many small charts."""
    panels = {
        f"c{number}": {"kind": "timeseries", "title": f"Chart {number}", "query": f"m{number}"}
        for number in range(count)
    }
    areas = [" ".join(f"c{number}" for number in range(first, first + columns)) for first in range(0, count, columns)]
    return _document(panels, areas, ["1fr"] * len(areas), span, refresh)


def _document(panels: object, areas: list[str], rows: list[str], span: str, refresh: str) -> str:
    layout = {"title": "Benchmark", "range": span, "refresh": refresh, "grid": {"rows": rows, "areas": areas}}
    return json.dumps({**layout, "panels": panels}, indent=1)  # JSON is YAML
