"""Companies: their requests, storage, features, and how many there are."""

from __future__ import annotations

import numpy as np

from noc.demo.figures.site import API_PER_SECOND, COMPANIES, SUFFERER, TENANT_SHARES, TRAFFIC, Site
from noc.demo.flows import Block, Counters, Flow, Moments, Row
from noc.demo.levels import Level, Levels, Plain
from noc.demo.samples import Floats
from noc.demo.traffic import DAY

_CLASSES = {"2xx": 0.9847, "4xx": 0.0149, "5xx": 0.0004}
_NEW_EVERY = 7 * DAY / 3  # seconds between two registrations
_FEATURES = {  # uses per second, companies that use it
    "retell_ai": (1.9, 15),
    "calcom_sync": (2.2, 18),
    "online_booking": (5.4, 21),
    "sms_reminders": (0.8, 11),
    "invoicing": (0.25, 9),
    "api_v2": (66.0, 20),
}
_STORED = 96e9  # bytes of all companies at the scenario's zero
_GROWTH = 0.0022  # a day


def blocks(site: Site) -> list[Block]:
    """All app_tenant_*, app_feature_* and app_compan* series that are not security's."""
    return [_requests(site), _registrations(site), _features(site), _gauges(site), _companies(site)]


def _requests(site: Site) -> Counters:
    tenants_rate = API_PER_SECOND - sum(TRAFFIC[path].per_second for path in TRAFFIC if "webhook" in path)
    streams: dict[str, Flow] = {}
    rows: list[tuple[Row, list[str]]] = []
    for company, share in TENANT_SHARES.items():
        for status_class, part in _CLASSES.items():
            effects = site.share("api.errors", tenants_rate * share) if status_class == "5xx" else ()
            if company == SUFFERER and status_class == "5xx":
                effects += site.push("tenant.errors")
            key = f"{company} {status_class}"
            streams[key] = Flow(tenants_rate * share * part, gust=0.2, effects=effects).scaled(site.part)
            labels = {"company_id": company, "status_class": status_class}
            rows.append((("app_tenant_requests_total", labels), [key]))
    return Counters(site.shapes, site.key + " tenants", streams, rows)


def _registrations(site: Site) -> Counters:
    flow = Flow(1 / _NEW_EVERY, "flat", 0.0).scaled(site.part)
    rows: list[tuple[Row, list[str]]] = [(("app_companies_created_total", {}), ["all"])]
    return Counters(site.shapes, site.key + " registrations", {"all": flow}, rows, even=frozenset(["all"]))


def _features(site: Site) -> Counters:
    streams = {feature: Flow(rate, gust=0.2).scaled(site.part) for feature, (rate, _) in _FEATURES.items()}
    rows: list[tuple[Row, list[str]]] = [
        (("app_feature_uses_total", {"feature": feature}), [feature]) for feature in _FEATURES
    ]
    return Counters(site.shapes, site.key + " features", streams, rows)


def _gauges(site: Site) -> Levels:
    """Read from the database: the same on every instance; what waits for a connection is the instance's own."""
    levels: list[tuple[Row, Level]] = [
        (("app_active_companies", {}), Level(21.5, 0.9, 0.8, high=COMPANIES)),
    ]
    for feature, (_, companies) in _FEATURES.items():
        levels.append(
            (("app_feature_active_companies", {"feature": feature}), Level(companies, 0.6, 0.8, high=COMPANIES))
        )
    waiting = Level(0.1, 0.1, 0.6, site.push("pool.waiting", site.part))
    levels.append((("app_db_connections_waiting", {}), waiting))
    return Levels(site.shapes, "tenants", levels)


def _companies(site: Site) -> Plain:
    """Registered companies, and what each has stored: growing, trimmed by a nightly clean-up."""
    zero = site.zero
    rows: list[Row] = [("app_companies", {})]
    rows += [("app_tenant_storage_bytes", {"company_id": company}) for company in TENANT_SHARES]

    def figures(moments: Moments) -> list[Floats | float]:
        days = (moments.times - zero) / DAY
        registered = np.maximum(COMPANIES + np.floor(days * DAY / _NEW_EVERY), COMPANIES - 2)
        growth = np.exp(_GROWTH * days) * (1 + 0.003 * (moments.times % DAY / DAY - 0.5))
        stored: list[Floats | float] = [np.floor(_STORED * share * growth) for share in TENANT_SHARES.values()]
        return [registered, *stored]

    return Plain(rows, figures)
