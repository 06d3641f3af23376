"""Webhook processing, retries and the queues behind it."""

from __future__ import annotations

from noc.demo.figures.site import TENANT_SHARES, Site
from noc.demo.flows import Block, Counters, Flow, Histograms, Latency, Row
from noc.demo.levels import Level, Levels

PROCESSED = {"retell": 2.15, "calcom": 1.35, "stripe": 1.28}  # per second on average
_FAILURES = {  # per second; Stripe fails so rarely that one in five minutes stays below a percent
    "retell": {"timeout": 3.2e-4, "exception": 1.6e-4, "invalid_payload": 1.6e-4, "upstream_error": 2.4e-4},
    "calcom": {"timeout": 1.8e-4, "exception": 0.8e-4, "invalid_payload": 0.8e-4, "upstream_error": 2.2e-4},
    "stripe": {"upstream_error": 1.1e-4},
}
_BROKEN = {"upstream_error": 0.45, "timeout": 0.3, "exception": 0.15, "database_error": 0.1}
_QUEUES = {  # jobs per second, jobs that usually wait, share of an incident's backlog, workers
    "default": (12.0, 7.0, 0.2, 8),
    "webhooks": (4.8, 4.0, 0.6, 6),
    "calcom-sync": (2.2, 3.0, 0.15, 4),
    "notifications": (1.6, 2.0, 0.05, 3),
}


def blocks(site: Site) -> list[Block]:
    """Processed, failed and retried webhooks, their durations, configured secrets, queues."""
    return [_processed(site), _failed_by_company(site), _durations(site), _jobs(site), _gauges(site)]


def _processed(site: Site) -> Counters:
    """Failures are spaced evenly and counted by reason; the processed ones with result="failure" are their sum."""
    streams: dict[str, Flow] = {}
    rows: list[tuple[Row, list[str]]] = []
    for provider in PROCESSED:
        failed = []
        for reason in site.values("app_webhook_failures_total", "reason"):
            key = f"{provider} {reason}"
            usual = _FAILURES[provider].get(reason, 0.0)
            effects = site.push(f"failing.{provider}", _BROKEN.get(reason, 0.0))
            streams[key] = Flow(usual, "flat", 0.1, effects).scaled(site.part)
            rows.append((("app_webhook_failures_total", {"provider": provider, "reason": reason}), [key]))
            failed.append(key)
        streams[provider] = Flow(PROCESSED[provider], "machines").scaled(site.part)
        streams[f"retried {provider}"] = Flow(
            0.008 * PROCESSED[provider], "machines", 0.2, site.push("retried", 1 / 3)
        ).scaled(site.part)
        for result, names in (("success", [provider]), ("failure", failed)):
            rows.append((("app_webhook_processed_total", {"provider": provider, "result": result}), names))
        rows.append((("app_webhook_retries_total", {"provider": provider}), [f"retried {provider}"]))
    even = frozenset(key for key in streams if key.partition(" ")[2] in _BROKEN or key.endswith("invalid_payload"))
    return Counters(site.shapes, site.key + " webhooks", streams, rows, even=even)


def _failed_by_company(site: Site) -> Counters:
    usual = sum(sum(reasons.values()) for reasons in _FAILURES.values())
    streams, rows = {}, []
    for company, share in TENANT_SHARES.items():
        effects = tuple(effect for provider in PROCESSED for effect in site.push(f"failing.{provider}", share))
        streams[company] = Flow(usual * share, "flat", 0.1, effects).scaled(site.part)
        rows.append((("app_tenant_webhook_failures_total", {"company_id": company}), [company]))
    return Counters(site.shapes, site.key + " tenant webhooks", streams, rows)


def _durations(site: Site) -> Histograms:
    name = "app_webhook_processing_duration_seconds"
    groups = []
    for provider, rate in PROCESSED.items():
        slow = site.share("webhooks.slow", rate, "machines")
        lost = tuple((train, -amount) for train, amount in slow)
        parts = [
            Latency(0.16, 0.55, Flow(rate * 0.84, "machines", 0.1, lost)),
            Latency(0.75, 0.45, Flow(rate * 0.16, "machines", 0.3)),
            Latency(8.5, 0.3, Flow(0.0, "machines", 0.0, slow)),
        ]
        scaled = [Latency(part.median, part.spread, part.flow.scaled(site.part)) for part in parts]
        groups.append(({"provider": provider}, scaled))
    return Histograms(site.shapes, site.key, name, site.buckets(name), groups)


def _jobs(site: Site) -> Counters:
    streams: dict[str, Flow] = {}
    rows: list[tuple[Row, list[str]]] = []
    for queue, (rate, _, _, _) in _QUEUES.items():
        for result, share in (("success", 0.999), ("failure", 0.001)):
            key = f"{queue} {result}"
            streams[key] = Flow(rate * share, "people", 0.15).scaled(site.part)
            rows.append((("app_queue_processed_total", {"queue": queue, "result": result}), [key]))
    return Counters(site.shapes, site.key + " jobs", streams, rows)


def _gauges(site: Site) -> Levels:
    """Waiting jobs and workers are read from one queue server: the same on every instance."""
    levels: list[tuple[Row, Level]] = []
    for queue, (_, waiting, backlog, workers) in _QUEUES.items():
        level = Level(waiting, waiting * 0.6, waiting * 0.8, site.push("queue.backlog", backlog))
        levels.append((("app_queue_jobs", {"queue": queue}), level))
        levels.append((("app_queue_workers", {"queue": queue}), Level(workers)))
    for provider in PROCESSED:
        first = site.contract.jobs[site.target.job].instances[0] == site.target.instance
        gone = site.push("secret.stripe", -1.0) if provider == "stripe" and first else ()
        levels.append((("app_webhook_secret_configured", {"provider": provider}), Level(1.0, effects=gone)))
    return Levels(site.shapes, "queues", levels)
