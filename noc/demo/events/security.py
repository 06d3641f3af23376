"""Lines of section 1: refused logins, tokens and signatures, denials, rate limits, attack patterns, broken isolation."""

from __future__ import annotations

from collections.abc import Iterator

from noc.demo.events import people
from noc.demo.events.line import Told, application, json_line, plain, second_of, text_line, trace_of
from noc.demo.events.occurrences import MICROS, Occurrence
from noc.demo.events.payloads import HOSTILE, HOSTILE_OF_256, LONG_AGENT, USUAL
from noc.demo.events.requests import REQUEST, answered
from noc.demo.events.scene import Scene, Telling
from noc.model.logs import LogLine

AUTH = application("security", "auth_failure", "warning")
DENIAL = application("security", "policy_denial", "warning")
LIMIT = application("security", "rate_limit", "warning")
ATTACK = application("security", "attack_pattern", "warning")
INJECTION = application("security", "attack_pattern", "critical")
VIOLATION = application("security", "tenant_violation", "critical")
LARAVEL_TEXT = plain("laravel", "error")
NGINX_TEXT = plain("nginx", "error")

_HOOKS = {"/webhook": "retell", "/calcom/webhook": "calcom", "/stripe/webhook": "stripe"}
PROVIDER_PATHS = {provider: path for path, provider in _HOOKS.items()}
_MIDDLEWARE = {
    "retell": "VerifyRetellWebhookSignature",
    "calcom": "VerifyCalcomSignature",
    "stripe": "VerifyStripeSignature",
}
_REFUSED = {  # by the counter's type: subcategory, error code, Monolog's message
    "webhook_signature": ("webhook_signature", "SIGNATURE_INVALID", "Webhook signature invalid"),
    "webhook_missing": ("webhook_signature", "SIGNATURE_MISSING", "Webhook signature missing"),
    "api_token": ("api_token", "TOKEN_INVALID", "API token invalid"),
    "sanctum": ("login", "LOGIN_FAILED", "Failed login"),
}
_SEVERITY = {"sql_injection": "critical", "xss": "high", "user_enumeration": "medium", "brute_force": "high"}
_ENDPOINTS = {
    "sql_injection": ("/api/v1/customers", "/api/v2/availability", "/api/v1/calls"),
    "xss": ("/api/v2/bookings", "/api/v1/bookings", "/api/v1/customers"),
    "user_enumeration": ("/api/auth/login",),
    "brute_force": ("/api/auth/login", "/webhook"),
}
_SURFACE = {  # where a model is reached
    "Appointment": "/api/v2/bookings/{id}",
    "Service": "/api/v2/services",
    "Customer": "/api/v1/customers",
    "Call": "/api/v1/calls",
    "Staff": "/api/v2/availability",
    "Branch": "/api/v2/availability",
    "Invoice": "/api/v1/bookings",
}
_BREACHES = {  # by counter: subcategory, the models and operations reached for, message
    "app_tenant_violations_total": ("cross_company_access", ("Customer", "Appointment", "Invoice"), "view"),
    "app_tenant_scope_bypass_attempts_total": ("scope_bypass", (), "query"),
    "app_tenant_admin_bypass_attempts_total": ("admin_bypass", ("Staff", "Branch"), "update"),
    "app_tenant_service_violations_total": ("service_discovery", ("Service",), "list"),
}
_VICTIMS = (3, 7, 1, 12)


def _refused(scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    """A 401: no or a wrong signature, a bad token, a failed login."""
    subcategory, code, message = _REFUSED[event.labels["type"]]
    path, bits = event.labels["endpoint"], event.first
    hook = _HOOKS.get(path)
    company = None if hook else people.company_of(bits >> 8)
    if event.pushed:
        address, agent = scene.attacker(event.at, bits), people.probing_agent(bits >> 20)
    elif company and subcategory == "login":
        address, agent = scene.crowd.client(company, bits), people.working_agent(bits >> 20)
    else:
        address, agent = scene.stranger(event.at, bits), people.probing_agent(bits >> 20)
    context = {
        "middleware": _MIDDLEWARE[hook] if hook else "Authenticate:sanctum",
        "endpoint": path,
        "ip_address": address,
        "user_agent": agent,
        "company_id": company,
        "user_id": people.user_of(company, bits >> 30) if company and subcategory == "login" else None,
        "signature_provided": code == "SIGNATURE_INVALID",
        "error_code": code,
    }
    yield json_line(AUTH, event.at, trace_of(event), event.second, Told(subcategory, "high", context, message))


def _denied(scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    """A 403, and the request that it answered."""
    model, company = event.labels["model"], int(event.labels["company_id"])
    user = people.INTRUDER if event.pushed else people.user_of(company, event.first)
    address = people.SHARED if event.pushed else scene.crowd.client(company, event.first >> 8)
    operation = ("view", "update", "delete", "viewAny")[event.first >> 40 & 3]
    context = {
        "user_id": user,
        "company_id": company,
        "model": model,
        "operation": operation,
        "policy": f"{model}Policy",
        "endpoint": _SURFACE[model],
        "ip_address": address,
        "user_agent": people.working_agent(event.first >> 24),
        "error_code": "POLICY_DENIED",
    }
    told = Told(operation, "low", context, "This action is unauthorized.")
    trace = trace_of(event)
    yield json_line(DENIAL, event.at, trace, event.second, told)
    took = 12 + event.second % 60
    asked = answered(_SURFACE[model], 403, took, address, company, user, event.first >> 24)
    yield json_line(REQUEST, event.at + 2000 + event.second % 3000, trace, event.second >> 8, asked)


def _limited(scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    """A webhook that came too often; nginx, which counts, says so too."""
    provider = event.labels["provider"]
    address = scene.attacker(event.at, event.first) if event.pushed else scene.stranger(event.at, event.first)
    context = {
        "provider": provider,
        "endpoint": PROVIDER_PATHS[provider],
        "ip_address": address,
        "user_agent": people.probing_agent(event.first >> 20),
        "limit": "60/min",
        "retry_after": 5 + event.second % 55,
        "error_code": "RATE_LIMITED",
    }
    told = Told("webhook", "medium", context, "Too Many Attempts.")
    yield json_line(LIMIT, event.at, trace_of(event), event.second, told)
    clock = second_of(event.at // MICROS).replace("-", "/").replace("T", " ")
    yield text_line(
        NGINX_TEXT,
        event.at - event.at % 1000,
        f"{clock} [error] 31#31: *{event.first % 900000} limiting requests, excess: {1 + event.second % 9}.{event.second % 997:03d} "
        f'by zone "{provider}", client: {address}, server: api.example.com, request: "POST {PROVIDER_PATHS[provider]} HTTP/1.1"',
    )


def _attacked(scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    """A request recognised as part of an attack; a few of them aim at the reader of the log."""
    pattern, bits = event.labels["pattern"], event.first
    payload, agent = USUAL[pattern][(bits >> 12) % len(USUAL[pattern])], people.probing_agent(bits >> 20)
    hostile = bits >> 32 & 0xFF < HOSTILE_OF_256
    if hostile and bits >> 40 & 3:
        payload += HOSTILE[(bits >> 42) % len(HOSTILE)]
    elif hostile:
        agent = LONG_AGENT
    company = people.company_of(bits >> 44)
    context = {
        "pattern": pattern,
        "payload": payload,
        "parameter": "email" if pattern in ("brute_force", "user_enumeration") else "search",
        "endpoint": _ENDPOINTS[pattern][bits % len(_ENDPOINTS[pattern])],
        "ip_address": scene.attacker(event.at, bits) if event.pushed else scene.stranger(event.at, bits),
        "user_agent": agent,
        "company_id": company,
        "user_id": None,
        "blocked": True,
    }
    stream = INJECTION if pattern == "sql_injection" else ATTACK
    told = Told(pattern, _SEVERITY[pattern], context, f"Attack pattern detected: {pattern}")
    yield json_line(stream, event.at, trace_of(event), event.second, told)
    if hostile:
        clock = second_of(event.at // MICROS).replace("T", " ")
        yield text_line(LARAVEL_TEXT, event.at + 400, f"[{clock}] production.ERROR: rejected input {payload}")


def _breached(counter: str) -> Telling:
    """One company's account reaches for what belongs to others: the blocked attempt, and its requests just before."""
    subcategory, models, operation = _BREACHES[counter]

    def tell(scene: Scene, event: Occurrence, before: Occurrence | None) -> Iterator[LogLine]:
        bits = event.first
        model = event.labels.get("model") or models[(bits >> 8) % len(models)]
        asked = int(event.labels.get("company_id") or _VICTIMS[(bits >> 12) % len(_VICTIMS)])
        trace = trace_of(before or event)
        for number, seconds in enumerate((2.4, 1.1)):
            took = 20 + (event.second >> 8 * number) % 90
            request = answered(
                _SURFACE[model], 200, took, people.SHARED, people.INTRUDER_COMPANY, people.INTRUDER, bits >> 24
            )
            early = int(seconds * MICROS) + (event.second >> 8 * number) % 200_000
            yield json_line(REQUEST, event.at - early, trace, event.second >> 4 * (number + 1), request)
        context = {
            "user_id": people.INTRUDER,
            "user_company_id": people.INTRUDER_COMPANY,
            "requested_company_id": asked,
            "model": model,
            "operation": operation,
            "policy": f"{model}Policy",
            "blocked": True,
            "endpoint": _SURFACE[model],
        }
        told = Told(subcategory, "critical", context, f"Tenant isolation violation: {subcategory}")
        yield json_line(VIOLATION, event.at, trace, event.second, told)

    return Telling(
        subcategory,
        counter,
        (VIOLATION, REQUEST),
        tell,
        lead=3.0,
        continues="policy_denial of the intruder",
        within=8.0,
    )


TELLINGS = (
    Telling("auth_failure", "app_auth_failures_total", (AUTH,), _refused),
    Telling(
        "policy_denial of the intruder",
        "app_policy_denials_total",
        (DENIAL, REQUEST),
        _denied,
        of=lambda labels: labels["company_id"] == str(people.INTRUDER_COMPANY),
        trail=0.01,
    ),
    Telling("policy_denial", "app_policy_denials_total", (DENIAL, REQUEST), _denied, trail=0.01),
    Telling("rate_limit", "app_webhook_rate_limited_total", (LIMIT, NGINX_TEXT), _limited, lead=0.001),
    Telling("attack_pattern", "app_attack_patterns_total", (ATTACK, INJECTION, LARAVEL_TEXT), _attacked, trail=0.001),
    *(_breached(counter) for counter in _BREACHES),
)
