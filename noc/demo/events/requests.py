"""Lines about ordinary work: requests, server errors, webhooks that failed, health checks."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

from noc.demo.events import people
from noc.demo.events.dice import pick
from noc.demo.events.line import Told, application, json_line, plain, second_of, text_line, trace_of
from noc.demo.events.occurrences import MICROS, Occurrence
from noc.demo.events.scene import Scene, Telling
from noc.demo.figures.site import SUFFERER, TRAFFIC
from noc.model.logs import LogLine

REQUEST = application("application", "request", "info")
ERROR = application("application", "request", "error")
WEBHOOK = application("application", "webhook_failure", "error")
LARAVEL_TEXT = plain("laravel", "error")
NGINX_TEXT = plain("nginx", "error")

EVERY = 50
"""One ordinary request in so many is logged, every fiftieth of its kind; every server error is."""

_SPREAD = (
    -1.7,
    -1.1,
    -0.8,
    -0.5,
    -0.3,
    -0.2,
    -0.1,
    0.0,
    0.1,
    0.2,
    0.3,
    0.5,
    0.8,
    1.1,
    1.6,
    2.3,
)  # of a normal distribution
_PROVIDERS = {"/webhook": "retell", "/calcom/webhook": "calcom", "/stripe/webhook": "stripe"}
_EXCEPTIONS = {
    "500": (
        ("Illuminate\\Database\\QueryException", 0.45),
        ("ErrorException", 0.25),
        ("TypeError", 0.2),
        ("Symfony\\Component\\HttpKernel\\Exception\\HttpException", 0.1),
    ),
    "502": (("Illuminate\\Http\\Client\\ConnectionException", 1.0),),
    "503": (
        ("Illuminate\\Database\\ConnectionRefusedException", 0.6),
        ("Symfony\\Component\\HttpKernel\\Exception\\ServiceUnavailableHttpException", 0.4),
    ),
}
_SAYS = {
    "Illuminate\\Database\\QueryException": "SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded",
    "ErrorException": 'Undefined array key "slot_id"',
    "TypeError": "BookingService::price(): Argument #1 ($service) must be of type Service, null given",
    "Symfony\\Component\\HttpKernel\\Exception\\HttpException": "Cal.com answered 500",
    "Illuminate\\Http\\Client\\ConnectionException": "cURL error 28: Operation timed out after 10001 milliseconds",
    "Illuminate\\Database\\ConnectionRefusedException": "SQLSTATE[HY000] [1040] Too many connections",
    "Symfony\\Component\\HttpKernel\\Exception\\ServiceUnavailableHttpException": "Service Unavailable",
}
_TRACES_OF_16 = 2  # server errors with a stack trace behind them
_FAILED = {
    "timeout": "Provider did not answer within 10 s",
    "exception": "Unhandled exception in webhook job",
    "invalid_payload": "Payload does not match the schema",
    "upstream_error": "Upstream answered 502",
    "database_error": "SQLSTATE[HY000] [1040] Too many connections",
}


def answered(
    endpoint: str,
    status: int,
    took: int,
    address: str,
    company: int | None,
    user: int | None,
    bits: int,
    agent: str = "",
) -> Told:
    """A request that was answered; ``took`` is in milliseconds."""
    context = {
        "endpoint": endpoint,
        "status_code": status,
        "duration_ms": took,
        "ip_address": address,
        "user_agent": agent or people.working_agent(bits),
        "company_id": company,
        "user_id": user,
    }
    return Told("webhook" if endpoint in _PROVIDERS else "api", "low", context, "Request handled")


def _took(scene: Scene, event: Occurrence, path: str) -> int:
    """Milliseconds: usual for the endpoint, or as long as an incident makes it."""
    chance = (event.second >> 16 & 0xFFFF) / 65536
    spread = exp(0.45 * _SPREAD[event.second >> 32 & 15])
    if path not in ("/health", "/api/zeitinfo"):
        slow = scene.turned("api.slow", event.at)
        if chance < slow:
            return int(2100 * spread)
        if chance < slow + scene.turned("api.drag", event.at):
            return int(360 * spread)
    return max(1, int(1000 * TRAFFIC[path].median * spread * (1.0 if chance < 0.8 else 2.2)))


def _request(scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    path, status, bits = event.labels["endpoint"], int(event.labels["status"]), event.first
    took = _took(scene, event, path)
    provider = _PROVIDERS.get(path)
    if provider:
        address, agent = people.provider_of(provider, bits)
        told = answered(path, status, took, address, None, None, bits, agent)
    elif path == "/health":
        told = answered(path, status, took, "10.0.0.7", None, None, bits, "Prometheus-Blackbox/0.25")
    else:
        company = people.company_of(bits)
        user = people.user_of(company, bits >> 10)
        told = answered(path, status, took, scene.crowd.client(company, bits >> 16), company, user, bits >> 40)
    yield json_line(REQUEST, event.at, trace_of(event), event.second, told)


def _error(scene: Scene, event: Occurrence, before: Occurrence | None) -> Iterator[LogLine]:
    """A 5xx; where a slow query came just before, it was this request's, and so was the request before that."""
    path, status = event.labels["endpoint"], event.labels["status"]
    cause = before or event
    company = people.company_of(cause.first)
    if event.pushed and not before and event.second & 7 == 0:
        company = int(SUFFERER)
    user = people.user_of(company, cause.first >> 10)
    address = scene.crowd.client(company, cause.first >> 16)
    trace = trace_of(cause)
    took = _took(scene, event, path) + ((event.at - before.at) // 1000 if before else 0)
    if before:
        first = answered("/api/v2/availability", 200, 40 + event.second % 90, address, company, user, cause.first >> 40)
        yield json_line(REQUEST, before.at - 350_000 - event.second % 100_000, trace, event.second >> 8, first)
    kind = pick(event.second >> 24 & 0xFFFF, _EXCEPTIONS[status])
    told = answered(path, int(status), took, address, company, user, cause.first >> 40)
    context = {**told.context, "exception": kind, "exception_message": _SAYS[kind]}
    yield json_line(ERROR, event.at, trace, event.second, Told("api", "high", context, _SAYS[kind]))
    if status == "500" and event.second >> 40 & 15 < _TRACES_OF_16:
        yield text_line(
            LARAVEL_TEXT,
            event.at + 300,
            f"#0 /var/www/api-gateway/app/Services/BookingService.php({80 + event.first % 200}): {kind}->handle() [error]",
        )
    if status in ("502", "503"):
        yield text_line(NGINX_TEXT, event.at + 900, _nginx(event, path, address))


def _nginx(event: Occurrence, path: str, address: str) -> str:
    clock = second_of(event.at // MICROS).replace("-", "/").replace("T", " ")
    return (
        f"{clock} [error] 31#31: *{event.first % 900000} upstream timed out (110: Connection timed out) while reading "
        f'response header from upstream, client: {address}, server: api.example.com, request: "{path}"'
    )


def _webhook(_scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    provider, reason = event.labels["provider"], event.labels["reason"]
    context = {
        "provider": provider,
        "endpoint": next(path for path, name in _PROVIDERS.items() if name == provider),
        "reason": reason,
        "company_id": people.company_of(event.first),
        "attempt": 1 + event.first % 3,
        "error_message": _FAILED[reason],
        "error_code": f"WEBHOOK_{reason.upper()}",
    }
    told = Told(provider, "medium", context, _FAILED[reason])
    yield json_line(WEBHOOK, event.at, trace_of(event), event.second, told)


TELLINGS = (
    Telling("webhook_failure", "app_webhook_failures_total", (WEBHOOK,), _webhook),
    Telling(
        "server_error",
        "app_http_requests_total",
        (ERROR, REQUEST, LARAVEL_TEXT, NGINX_TEXT),
        _error,
        of=lambda labels: labels["status"][0] == "5",
        lead=6.0,
        trail=0.001,
        continues="slow_query",
        within=5.0,
    ),
    Telling("request", "app_http_requests_total", (REQUEST,), _request, every=EVERY),
)
