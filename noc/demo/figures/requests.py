"""Requests and everything security counts: one set of event streams, which every counter adds up.

A bad token is a 401 on its endpoint and an authentication failure; a denied policy is a 403; a forged webhook is a 401,
an authentication failure and a failed signature. The counters agree because they count the same streams.
"""

from __future__ import annotations

from collections.abc import Iterator

from noc.catalogue.contract import Endpoint
from noc.demo.figures.site import API_PER_SECOND, TENANT_SHARES, TRAFFIC, Site
from noc.demo.flows import Block, Counters, Flow, Row

_SUCCESS = {"POST": "201", "DELETE": "204"}
_CLIENT_ERRORS = {  # shares of an endpoint's requests
    "/api/v2/bookings": {"422": 0.012, "400": 0.002},
    "/api/v2/bookings/{id}": {"404": 0.006},
    "/api/v2/bookings/{id}/reschedule": {"422": 0.02, "404": 0.004},
    "/api/v2/bookings/{id}/cancel": {"404": 0.009},
    "/api/v2/availability": {"422": 0.002, "429": 0.0006},
    "/api/v1/bookings": {"422": 0.025, "400": 0.004},
    "/api/v1/customers": {"404": 0.004},
    "/api/v1/calls": {"404": 0.003},
    "/api/auth/login": {"422": 0.01},
}
_SERVER_ERRORS = 0.0004  # share, on the busy endpoints only: one error in three requests is no rate
_BUSY = 4.0  # requests per second
_BROKEN = {"500": 0.6, "502": 0.15, "503": 0.25}  # how an incident's errors fall
_FRAGILE = {"/api/v2/bookings": 5.0, "/api/v1/bookings": 4.0, "/api/v2/bookings/{id}/reschedule": 4.0}
_TOKENS = {"/api/v2/bookings": 0.3, "/api/v2/availability": 0.4, "/api/v1/customers": 0.2, "/api/v1/calls": 0.1}
_MODELS = {  # where a denial of a model's policy surfaces, and how often denials concern it
    "Appointment": ("/api/v2/bookings/{id}", 0.36),
    "Service": ("/api/v2/services", 0.14),
    "Customer": ("/api/v1/customers", 0.22),
    "Call": ("/api/v1/calls", 0.12),
    "Staff": ("/api/v2/availability", 0.08),
    "Branch": ("/api/v2/availability", 0.05),
    "Invoice": ("/api/v1/bookings", 0.03),
}
_DENIALS, _BAD_TOKENS, _BAD_LOGINS = 0.009, 0.0035, 0.0035  # per second, the whole gateway
_FORGED = {"retell": 0.002, "calcom": 0.0012, "stripe": 0.0004}
_UNSIGNED = {"retell": 0.0006, "calcom": 0.0004, "stripe": 0.0002}
_INTRUDER = "11"  # the company whose account reaches too far
_MISPLACED = {"Customer": 0.5, "Appointment": 0.35, "Invoice": 0.15}


class _Requests:
    """Streams by name, and the streams each series counts."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.streams: dict[str, Flow] = {}
        self.rows: list[tuple[Row, list[str]]] = []
        self.even: set[str] = set()

    def stream(self, name: str, flow: Flow, *, even: bool = False) -> str:
        self.streams[name] = flow.scaled(self.site.part)
        if even:
            self.even.add(name)
        return name

    def count(self, name: str, labels: dict[str, str], streams: list[str]) -> None:
        self.rows.append(((name, labels), streams))


def blocks(site: Site) -> list[Block]:
    """http_requests, auth_failures, policy_denials, webhook signatures and rate limits, attack patterns, violations."""
    requests = _Requests(site)
    denied = _denials(requests)
    for endpoint in site.contract.endpoints:
        refused = _auth_failures(requests, endpoint)
        by_status = dict(_answers(site, endpoint))
        streams = {status: [requests.stream(f"{endpoint.path} {status}", flow)] for status, flow in by_status.items()}
        streams["401"] = [*streams.get("401", []), *refused]
        streams["403"] = denied.get(endpoint.path, [])
        if endpoint.provider:
            limited = requests.stream(f"limited {endpoint.provider}", _limited(site, endpoint.provider))
            streams["429"] = [limited]
            requests.count("app_webhook_rate_limited_total", {"provider": endpoint.provider}, [limited])
            handled = [name for status in streams if status[0] in "25" for name in streams[status]]
            _signatures(requests, endpoint.provider, handled, refused)
        labels = {"method": endpoint.method, "endpoint": endpoint.path, "version": endpoint.version}
        for status, names in sorted(streams.items()):
            if names:
                requests.count("app_http_requests_total", {**labels, "status": status}, names)
    return [
        Counters(site.shapes, site.key + " requests", requests.streams, requests.rows, frozenset(requests.even)),
        _violations(site),
    ]


def _answers(site: Site, endpoint: Endpoint) -> Iterator[tuple[str, Flow]]:
    """Status and rate of what an endpoint answers, denials and refusals apart."""
    traffic = TRAFFIC[endpoint.path]
    success = (
        "200"
        if endpoint.provider or endpoint.path.endswith(("login", "sync"))
        else _SUCCESS.get(endpoint.method, "200")
    )
    yield success, Flow(traffic.per_second, traffic.rhythm)
    for status, share in _CLIENT_ERRORS.get(endpoint.path, {}).items():
        yield status, Flow(traffic.per_second * share, traffic.rhythm, 0.2)
    if traffic.rhythm == "flat":
        return
    usual = _SERVER_ERRORS if traffic.per_second >= _BUSY else 0.0
    weight = traffic.per_second * _FRAGILE.get(endpoint.path, 1.0) / _fragility()
    for status, part in _BROKEN.items():
        effects = site.share("api.errors", API_PER_SECOND * weight * part)
        usual_part = traffic.per_second * usual if status == "500" else 0.0
        yield status, Flow(usual_part, traffic.rhythm, 0.2, effects)


def _fragility() -> float:
    return sum(
        traffic.per_second * _FRAGILE.get(path, 1.0) for path, traffic in TRAFFIC.items() if traffic.rhythm != "flat"
    )


def _auth_failures(requests: _Requests, endpoint: Endpoint) -> list[str]:
    """Counts an endpoint's authentication failures by type; the streams that were refused with 401."""
    site, path = requests.site, endpoint.path
    kinds: dict[str, Flow] = {}
    if provider := endpoint.provider:
        forged = site.push(f"forged.{provider}")
        unsigned = site.push("unsigned.retell") if provider == "retell" else ()
        kinds["webhook_signature"] = Flow(_FORGED[provider], "flat", 0.1, forged)
        kinds["webhook_missing"] = Flow(_UNSIGNED[provider], "flat", 0.1, unsigned)
    if path in _TOKENS:
        kinds["api_token"] = Flow(_BAD_TOKENS * _TOKENS[path], effects=site.push("token.failures", _TOKENS[path]))
    if path.endswith("/login"):
        kinds["sanctum"] = Flow(_BAD_LOGINS, effects=site.push("login.failures"))
    refused = []
    for kind, flow in kinds.items():
        # a second bad Stripe signature within a minute is CRITICAL: on a calm day they must not come in bursts
        refused.append(requests.stream(f"{kind} {path}", flow, even=endpoint.provider == "stripe"))
        requests.count("app_auth_failures_total", {"type": kind, "endpoint": path}, refused[-1:])
    return refused


def _signatures(requests: _Requests, provider: str, accepted: list[str], refused: list[str]) -> None:
    name = "app_webhook_signatures_total"
    requests.count(name, {"provider": provider, "result": "success"}, accepted)
    requests.count(name, {"provider": provider, "result": "failure"}, refused)


def _limited(site: Site, provider: str) -> Flow:
    effects = site.push("rate_limited.retell") if provider == "retell" else ()
    return Flow(0.0006, "flat", 0.1, effects)


def _denials(requests: _Requests) -> dict[str, list[str]]:
    """Counts denied authorizations by model and company; the streams that were answered with 403, by endpoint."""
    site = requests.site
    by_endpoint: dict[str, list[str]] = {}
    for model, (path, part) in _MODELS.items():
        for company, share in TENANT_SHARES.items():
            hit = site.push("policy.denials", _MISPLACED.get(model, 0.0)) if company == _INTRUDER else ()
            name = requests.stream(f"denied {model} {company}", Flow(_DENIALS * part * share, effects=hit))
            by_endpoint.setdefault(path, []).append(name)
            requests.count("app_policy_denials_total", {"model": model, "company_id": company}, [name])
    return by_endpoint


def _violations(site: Site) -> Counters:
    """Attack patterns and breaches of tenant isolation: mostly unborn counters."""
    usual = {"xss": 0.003, "user_enumeration": 0.0012, "brute_force": 0.001}
    streams: dict[str, Flow] = {}
    rows: list[tuple[Row, list[str]]] = []

    def add(name: str, label: str, value: str, flow: Flow) -> None:
        key = f"{name} {value}"
        streams[key] = flow.scaled(site.part)
        rows.append(((name, {label: value}), [key]))

    for pattern in site.values("app_attack_patterns_total", "pattern"):
        effects = site.push(f"attack.{pattern}")
        add("app_attack_patterns_total", "pattern", pattern, Flow(usual.get(pattern, 0.0), "flat", 0.1, effects))
    for name, knob in (
        ("app_tenant_violations_total", "breach.cross"),
        ("app_tenant_admin_bypass_attempts_total", "breach.admin"),
        ("app_tenant_service_violations_total", "breach.service"),
    ):
        victims = [company for company in TENANT_SHARES if company != _INTRUDER]
        asked = dict(zip(victims[:4], (0.5, 0.25, 0.15, 0.1), strict=True))
        for company in TENANT_SHARES:
            add(name, "company_id", company, Flow(0.0, effects=site.push(knob, asked.get(company, 0.0))))
    for model in _MODELS:
        hit = site.push("breach.scope", _MISPLACED.get(model, 0.0))
        add("app_tenant_scope_bypass_attempts_total", "model", model, Flow(0.0, effects=hit))
    return Counters(site.shapes, site.key + " violations", streams, rows)
