"""CompanyScope: query times, the company cache, index use, and who runs without it."""

from __future__ import annotations

from noc.demo.figures.site import TENANT_SHARES, Site
from noc.demo.flows import Block, Counters, Effects, Flow, Histograms, Latency, Row

_QUERIES, _LOOKUPS = 240.0, 380.0  # per second
_MISSES, _UNINDEXED = 0.045, 0.006
_SUPER_ADMIN = {"Appointment": 9e-4, "Customer": 6e-4, "Invoice": 4e-4, "Service": 2e-4}


def blocks(site: Site) -> list[Block]:
    """All app_company_scope_* series, and the legitimate bypasses."""
    name = "app_company_scope_query_duration_seconds"
    slow, more = site.share("scope.slow", _QUERIES), site.share("scope.more", _QUERIES)
    lost = tuple((train, -amount) for train, amount in slow)
    rest: Effects = ((site.shapes.rhythms["rush"], -_QUERIES * 0.20),)  # all parts together follow the traffic
    parts = [
        Latency(0.0021, 0.6, Flow(_QUERIES, effects=lost + rest + more)),
        Latency(0.013, 0.7, Flow(_QUERIES * 0.18, "rush", 0.4)),
        Latency(0.085, 0.6, Flow(_QUERIES * 0.02, "rush", 0.6)),
        Latency(1.7, 0.4, Flow(0.0, effects=slow)),
    ]
    scaled = [Latency(part.median, part.spread, part.flow.scaled(site.part)) for part in parts]
    return [Histograms(site.shapes, site.key, name, site.buckets(name), [({}, scaled)]), _counters(site)]


def _counters(site: Site) -> Counters:
    streams: dict[str, Flow] = {}
    rows: list[tuple[Row, list[str]]] = []

    def add(name: str, label: str, value: str, flow: Flow) -> None:
        key = f"{name} {value}"
        streams[key] = flow.scaled(site.part)
        rows.append(((name, {label: value}), [key]))

    for company, share in TENANT_SHARES.items():
        flow = Flow(_QUERIES * share, gust=0.2, effects=site.share("scope.more", _QUERIES * share))
        add("app_company_scope_queries_total", "company_id", company, flow)
    missed = site.share("scope.misses", _LOOKUPS)
    hit = tuple((train, -amount) for train, amount in missed)
    cache, index = "app_company_scope_cache_requests_total", "app_company_scope_index_queries_total"
    add(cache, "result", "hit", Flow(_LOOKUPS * (1 - _MISSES), effects=hit))
    add(cache, "result", "miss", Flow(_LOOKUPS * _MISSES, gust=0.35, effects=missed))
    scans = site.share("scope.unindexed", _QUERIES)
    used = tuple((train, -amount) for train, amount in scans)
    add(index, "index", "used", Flow(_QUERIES * (1 - _UNINDEXED), effects=used))
    add(index, "index", "missed", Flow(_QUERIES * _UNINDEXED, gust=0.35, effects=scans))
    for model in site.values("app_super_admin_scope_bypass_total", "model"):
        add("app_super_admin_scope_bypass_total", "model", model, Flow(_SUPER_ADMIN.get(model, 5e-5)))
    return Counters(site.shapes, site.key + " scope", streams, rows)
