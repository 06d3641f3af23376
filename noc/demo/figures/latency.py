"""How long requests and security middleware take: mixtures whose slow parts grow in an incident."""

from __future__ import annotations

from noc.demo.figures.site import TRAFFIC, Site, Traffic
from noc.demo.flows import Block, Effects, Flow, Histograms, Latency, Rhythm

_MIDDLEWARE = {  # endpoint whose requests pass it, and its usual time
    "VerifyRetellWebhookSignature": ("/webhook", 0.0013),
    "VerifyCalcomSignature": ("/calcom/webhook", 0.0016),
    "VerifyStripeSignature": ("/stripe/webhook", 0.0021),
}
_LOGGED_PER_SECOND, _LOGGING = 80.0, 0.0006
_PROVIDERS = {"retell": "/webhook", "calcom": "/calcom/webhook", "stripe": "/stripe/webhook"}


def blocks(site: Site) -> list[Block]:
    """Durations of requests, security middleware and signature verification."""
    name = "app_http_request_duration_seconds"
    requests = [
        ({"endpoint": endpoint.path}, _request(site, TRAFFIC[endpoint.path], endpoint.path))
        for endpoint in site.contract.endpoints
    ]
    middleware = [
        ({"middleware": title}, _middleware(site, TRAFFIC[path], median, path))
        for title, (path, median) in _MIDDLEWARE.items()
    ]
    logging = Traffic(_LOGGED_PER_SECOND, 0.0)
    middleware.append(({"middleware": "SecurityLogging"}, _middleware(site, logging, _LOGGING, "")))
    signatures = [
        ({"provider": provider}, _middleware(site, TRAFFIC[path], 0.0009, path))
        for provider, path in _PROVIDERS.items()
    ]
    security, verify = "app_security_middleware_duration_seconds", "app_webhook_signature_duration_seconds"
    return [
        Histograms(site.shapes, site.key, name, site.buckets(name), requests),
        Histograms(site.shapes, site.key, security, site.buckets(security), middleware),
        Histograms(site.shapes, site.key, verify, site.buckets(verify), signatures),
    ]


def _request(site: Site, traffic: Traffic, path: str) -> list[Latency]:
    """Most are quick, some work, few are slow; an incident drags quick ones along or makes them crawl."""
    rate, rhythm, part = traffic.per_second, traffic.rhythm, site.part
    spared = path in ("/health", "/api/zeitinfo")
    drag: Effects = () if spared else site.share("api.drag", rate, rhythm)
    slow: Effects = () if spared else site.share("api.slow", rate, rhythm)
    lost = tuple((train, -amount) for train, amount in drag + slow)
    late: Rhythm = "rush" if rhythm == "people" else rhythm
    rest: Effects = ((site.shapes.rhythms[late], -rate * 0.20),)  # so that all parts together follow the traffic
    forged = site.push(f"forged.{_provider(path)}") if _provider(path) else ()
    return [
        Latency(traffic.median, 0.45, Flow(rate, rhythm, 0.2, lost + rest + forged).scaled(part)),
        Latency(traffic.median * 2.0, 0.45, Flow(rate * 0.17, late, 0.45).scaled(part)),
        Latency(traffic.median * 4.5, 0.5, Flow(rate * 0.03, late, 0.9).scaled(part)),
        Latency(0.36, 0.3, Flow(0.0, rhythm, 0.0, drag).scaled(part)),
        Latency(2.1, 0.45, Flow(0.0, rhythm, 0.0, slow).scaled(part)),
    ]


def _middleware(site: Site, traffic: Traffic, median: float, path: str) -> list[Latency]:
    forged = site.push(f"forged.{_provider(path)}") if _provider(path) else ()
    usual = Flow(traffic.per_second * 0.93, traffic.rhythm, 0.25, forged).scaled(site.part)
    late = Flow(traffic.per_second * 0.07, traffic.rhythm, 0.4).scaled(site.part)
    return [Latency(median, 0.4, usual), Latency(median * 5, 0.6, late)]


def _provider(path: str) -> str:
    return next((provider for provider, hook in _PROVIDERS.items() if hook == path), "")
