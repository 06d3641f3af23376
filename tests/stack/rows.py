"""Each threshold row of sections 1-3 and of appendix B, and each second level: its alert, and a world that crosses it.

``below`` and ``above`` are what the metric reads while it is just not enough and just enough, ``said`` is the alert's
description then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.stack.promtool import Phases
from tests.stack.worlds import (
    API,
    LATENCY,
    OTHER,
    SCOPE,
    WEBHOOKS,
    World,
    born,
    counters,
    deadlocks,
    failures,
    forged,
    gauges,
    histogram,
    pool,
    probed,
    requests,
    shares,
    tenants,
    webhook_failures,
)

HOUR = 3600.0


@dataclass(frozen=True)
class Row:
    """``hold``: the rule's ``for``; ``window``: seconds the query looks back, after which a plateau is read exactly."""

    metric: str
    alert: str
    severity: str
    hold: float
    world: World
    below: float | None
    above: float
    said: str
    where: Mapping[str, str] = field(default_factory=dict)
    """The measured series' labels."""
    category: str = "security"
    window: float = 300.0
    at_once: bool = False
    """The condition holds from the first busy moment."""
    gone: float = 300.0
    """Seconds after the calm begins by which the condition has ended."""
    milder: tuple[str, str] | None = None
    """For a second level: the severity of the first, which fires too, and what it says."""

    @property
    def phases(self) -> Phases:
        busy = max(self.window, 300.0) + 300.0
        return Phases(busy, busy + (0.0 if self.at_once else self.window) + self.hold + 60.0)

    @property
    def fires(self) -> float:
        """When the alert fires at the latest."""
        return self.phases.over - 60.0


COMPANY = {"company_id": "7"}
BASIC = "2 while /health answers 200 in less than 100 ms, 1 while it is slower, 0 while it fails"
DB = {"instance": "db-1:9104"}

ROWS = (
    # === 1.1
    Row(
        "auth.webhook.signature_failures", "WebhookSignatureFailures", "critical", 60,
        webhook_failures("webhook_signature", (4.9, 5.1, 0)), 4.9, 5.1,
        "5.1 per minute (/webhook), above 5: Failed webhook signature validations per minute, by endpoint",
        {"endpoint": "/webhook"},
    ),
    Row(
        "auth.api.unauthorized_rate", "HighUnauthorizedRate", "high", 120,
        counters(app_http_requests_total={
            f'status="401", endpoint="/api/v2/bookings", {API}': (9.9, 10.1, 0),
            f'status="401", endpoint="/calcom/webhook", {API}': (90, 90, 90),
        }),
        9.9, 10.1,
        "10.1 per minute (/api/v2/bookings), above 10: "
        "HTTP 401 per minute and endpoint; webhook endpoints have their own metrics",
        {"endpoint": "/api/v2/bookings"},
    ),
    Row(
        "auth.api.forbidden_rate", "HighForbiddenRate", "medium", 300,
        requests(_403=(14.9, 15.1, 0)), 14.9, 15.1,
        "15.1 per minute, above 15: HTTP 403 policy denials per minute",
    ),
    Row(
        "auth.session.failed_logins", "FailedLogins", "high", 120,
        failures(sanctum=(3.9, 4.2, 0), api_token=(50, 50, 50)), 19.5, 21,
        "21, above 20: Failed Sanctum authentications in the last 5 minutes",
    ),
    Row(
        "auth.webhook.missing_signatures", "UnsignedWebhooks", "critical", 60,
        webhook_failures("webhook_missing", (2.9, 3.1, 0)), 2.9, 3.1,
        "3.1 per minute (/webhook), above 3: Webhook requests without a signature per minute, by endpoint",
        {"endpoint": "/webhook"},
    ),
    Row(
        "tenant.cross_access_attempts", "CrossTenantAccessAttempt", "critical", 0,
        born("app_tenant_violations_total", f'company_id="7", user_id="311", {API}'), None, 1,
        "1 (company 7), above 0: Attempts to reach another company's data in the last 5 minutes, by company asked for",
        {**COMPANY, "instance": "api-1:8000", "job": "laravel-api"}, at_once=True,
    ),
    Row(
        "tenant.scope_bypass_attempts", "ScopeBypassAttempt", "critical", 0,
        born("app_tenant_scope_bypass_attempts_total", f'model="Invoice", {API}'), None, 1,
        "1 (Invoice), above 0: Queries that tried to run without CompanyScope in the last 5 minutes, by model",
        {"model": "Invoice"}, at_once=True,
    ),
    Row(
        "tenant.policy_violations", "PolicyViolations", "high", 120,
        counters(app_policy_denials_total={
            f'model="Invoice", company_id="7", {API}': (2.5, 2.6, 0),
            f'model="Call", company_id="9", {API}': (2.4, 2.5, 0),
        }),
        4.9, 5.1,
        "5.1 per minute, above 5: Policy authorization failures per minute",
    ),
    Row(
        "tenant.admin_scope_bypass", "AdminScopeBypass", "critical", 0,
        born("app_tenant_admin_bypass_attempts_total", f'company_id="7", {API}'), None, 1,
        "1 (company 7), above 0: Super-admin actions tried by a company's administrator in the last 5 minutes",
        COMPANY, at_once=True,
    ),
    Row(
        "tenant.service_discovery_violations", "ServiceDiscoveryViolation", "critical", 0,
        born("app_tenant_service_violations_total", f'company_id="7", {API}'), None, 1,
        "1 (company 7), above 0: Attempts to discover or use another company's service in the last 5 minutes",
        COMPANY, at_once=True,
    ),
    Row(
        "webhook.retell.signature_invalid", "RetellSignatureInvalid", "critical", 60,
        forged("retell", (1.9, 2.1, 0)), 1.9, 2.1,
        "2.1 per minute, above 2: Invalid Retell signatures per minute",
    ),
    Row(
        "webhook.calcom.signature_invalid", "CalcomSignatureInvalid", "critical", 60,
        forged("calcom", (1.9, 2.1, 0)), 1.9, 2.1,
        "2.1 per minute, above 2: Invalid Cal.com signatures per minute",
    ),
    Row(
        "webhook.stripe.signature_invalid", "StripeSignatureInvalid", "critical", 60,
        forged("stripe", (0.9, 1.1, 0)), 0.9, 1.1,
        "1.1 per minute, above 1: Invalid Stripe signatures per minute",
    ),
    Row(
        "webhook.rate_limit_exceeded", "WebhookRateLimitExceeded", "high", 120,
        counters(app_webhook_rate_limited_total={f'provider="retell", {API}': (1.9, 2.2, 0)}), 9.5, 11,
        "11, above 10: Webhook requests refused by the rate limit in the last 5 minutes",
    ),
    Row(
        "webhook.unconfigured_secret", "WebhookSecretUnconfigured", "critical", 0,
        gauges(app_webhook_secret_configured={
            f'provider="stripe", {API}': (1, 1, 1),
            f'provider="stripe", {OTHER}': (1, 0, 1),
        }),
        0, 1,
        "1 (stripe), above 0: 1 for each provider whose webhook secret is missing on an instance",
        {"provider": "stripe"}, at_once=True,
    ),
    Row(
        "security.sql_injection_attempts", "SqlInjectionAttempt", "critical", 0,
        born("app_attack_patterns_total", f'pattern="sql_injection", {API}'), None, 1,
        "1, above 0: Suspicious SQL patterns in requests in the last 5 minutes",
        at_once=True,
    ),
    Row(
        "security.xss_attempts", "XssAttempts", "high", 120,
        counters(app_attack_patterns_total={f'pattern="xss", {API}': (4.9, 5.1, 0)}), 4.9, 5.1,
        "5.1 per minute, above 5: XSS patterns blocked by the observer per minute",
    ),
    Row(
        "security.timing_attack_pattern", "TimingAttackPattern", "medium", 300,
        counters(app_attack_patterns_total={f'pattern="user_enumeration", {API}': (1.9, 2.2, 0)}), 9.5, 11,
        "11, above 10: User enumeration timing patterns in the last 5 minutes",
    ),
    Row(
        "security.brute_force_pattern", "BruteForcePattern", "critical", 60,
        failures(sanctum=(39, 41, 0), api_token=(10, 10, 0), webhook_signature=(90, 90, 90)), 49, 51,
        "51.0 per minute, above 50: Rapid repeated authentication failures per minute, webhooks apart",
    ),
    # === appendix B
    Row(
        "auth.failure_spike", "AuthFailureSpike", "high", 120,
        failures(sanctum=(1.9, 2.1, 0), api_token=(2, 2.1, 0), webhook_missing=(90, 90, 90)), 19.5, 21,
        "21, above 20: Authentication failures in the last 5 minutes, webhooks apart (they have their own alerts)",
    ),
    # === 2.1
    Row(
        "scope.company.query_time_p95", "SlowCompanyScopeQueries", "medium", 300,
        histogram(SCOPE, _0_1=(0, 0, 990), _0_5=(952, 948, 1000), _1_0=(1000, 1000, 1000)), 0.49916, 0.519231,
        "519.2ms, above 500ms: 95th percentile CompanyScope query time", category="performance",
    ),
    Row(
        "scope.company.query_time_p99", "VerySlowCompanyScopeQueries", "high", 300,
        histogram(SCOPE, _0_5=(0, 0, 1000), _1_0=(992, 988, 1000), _2_0=(1000, 1000, 1000)), 0.998992, 1.166667,
        "1.167s, above 1s: 99th percentile CompanyScope query time", category="performance",
    ),
    Row(
        "scope.company.queries_per_second", "HighCompanyScopeQueryRate", "medium", 300,
        counters(app_company_scope_query_duration_seconds_count={API: (59_940, 60_060, 6000)}), 999, 1001,
        "1001.0 per second, above 1000: CompanyScope queries per second", category="performance",
    ),
    Row(
        "scope.company.cache_hit_rate", "LowScopeCacheHitRate", "medium", 300,
        shares("app_company_scope_cache_requests_total", "result", "hit", "miss", (801, 799, 990)), 0.801, 0.799,
        "79.9%, below 80%: Share of company look-ups served from the cache", category="performance",
    ),
    Row(
        "scope.company.index_usage", "LowIndexUsage", "high", 300,
        shares("app_company_scope_index_queries_total", "index", "used", "missed", (951, 949, 1000)), 0.951, 0.949,
        "94.9%, below 95%: Share of CompanyScope queries the company_id index served", category="performance",
    ),
    # === 2.2
    Row(
        "db.connection_pool.active", "DatabaseConnectionPoolHigh", "high", 300, pool((80, 81, 40)), 0.8, 0.81,
        "81% (db-1:9104), above 80%: Share of the allowed database connections in use, by server",
        DB, "performance", at_once=True,
    ),
    Row(
        "db.connection_pool.active", "DatabaseConnectionPoolHigh", "critical", 300, pool((95, 96, 40)), 0.95, 0.96,
        "96% (db-1:9104), above 95%: Share of the allowed database connections in use, by server",
        DB, "performance", at_once=True,
        milder=("high", "96% (db-1:9104), above 80%: Share of the allowed database connections in use, by server"),
    ),
    Row(
        "db.connection_pool.waiting", "DatabaseConnectionsQueued", "medium", 300,
        gauges(app_db_connections_waiting={API: (5, 6, 0), OTHER: (5, 5, 0)}), 10, 11,
        "11, above 10: Requests that wait for a database connection", category="performance", at_once=True,
    ),
    Row(
        "db.query.slow_log_rate", "SlowQueryRate", "medium", 300,
        counters(mysql_global_status_slow_queries={'instance="db-1:9104", job="mysqld"': (4.9, 5.1, 0)}), 4.9, 5.1,
        "5.1 per minute (db-1:9104), above 5: Queries above the slow log's threshold per minute, by server",
        DB, "performance",
    ),
    Row(
        "db.deadlock_rate", "DatabaseDeadlocks", "high", 0, deadlocks, 1, 2,
        "2 (db-1:9104), above 1: Database deadlocks in the last hour, by server",
        DB, "performance", window=HOUR, at_once=True, gone=3000,
    ),
    Row(
        "db.replication_lag", "ReplicationLag", "high", 120,
        gauges(mysql_slave_status_seconds_behind_source={'instance="db-2:9104", job="mysqld"': (5, 6, 0)}), 5, 6,
        "6s (db-2:9104), above 5s: How far a read replica is behind its source",
        {"instance": "db-2:9104"}, "performance", at_once=True,
    ),
    # === 2.3
    Row(
        "api.response_time_p50", "ApiMedianLatency", "low", 300,
        histogram(LATENCY, _0_1=(0, 0, 990), _0_2=(505, 495, 1000), _0_5=(1000, 1000, 1000)), 0.19901, 0.20297,
        "203ms, above 200ms: Median API response time", category="performance",
    ),
    Row(
        "api.response_time_p95", "ApiLatencyP95", "medium", 300,
        histogram(LATENCY, _0_5=(0, 0, 1000), _1_0=(952, 948, 1000), _2_0=(1000, 1000, 1000)), 0.99895, 1.038462,
        "1.038s, above 1s: 95th percentile API response time", category="performance",
    ),
    Row(
        "api.response_time_p95", "ApiLatencyP95", "high", 300,
        histogram(LATENCY, _1_0=(0, 0, 1000), _2_0=(952, 948, 1000), _5_0=(1000, 1000, 1000)), 1.997899, 2.115385,
        "2.115s, above 2s: 95th percentile API response time", category="performance",
        milder=("medium", "2.115s, above 1s: 95th percentile API response time"),
    ),
    Row(
        "api.response_time_p99", "ApiLatencyP99", "high", 300,
        histogram(LATENCY, _1_0=(0, 0, 1000), _2_0=(992, 988, 1000), _5_0=(1000, 1000, 1000)), 1.997984, 2.5,
        "2.5s, above 2s: 99th percentile API response time", category="performance",
    ),
    Row(
        "api.throughput", "LowApiThroughput", "medium", 300, requests(_200=(606, 594, 1200)), 10.1, 9.9,
        "9.9 requests per second, below 10: API requests per second", category="performance",
    ),
    Row(
        "api.error_rate_5xx", "HighAPIErrorRate", "high", 120, requests(_200=(991, 989, 1000), _502=(9, 11, 0)), 0.009, 0.011,
        "1.1%, above 1%: Share of requests answered with a server error", category="availability",
    ),
    Row(
        "api.error_rate_5xx", "HighAPIErrorRate", "critical", 120, requests(_200=(901, 899, 999), _502=(99, 101, 1)), 0.099, 0.101,
        "10.1%, above 10%: Share of requests answered with a server error", category="availability",
        milder=("high", "10.1%, above 1%: Share of requests answered with a server error"),
    ),
    # === 3.2
    Row(
        "health.basic", "BasicHealthCheck", "medium", 120, probed("/health", (1, 1, 1), (0.099, 0.1, 0.03)), 2, 1,
        f"1 (https://api.example.com/health), below 2: {BASIC}",
        {"instance": "https://api.example.com/health"}, "availability", at_once=True,
    ),
    Row(
        "health.basic", "BasicHealthCheck", "high", 120, probed("/health", (1, 0, 1), (0.1, 0.1, 0.03)), 1, 0,
        f"0 (https://api.example.com/health), below 1: {BASIC}",
        {"instance": "https://api.example.com/health"}, "availability", at_once=True,
        milder=("medium", f"0 (https://api.example.com/health), below 2: {BASIC}"),
    ),
    Row(
        "health.detailed", "DetailedHealthCheck", "high", 180, probed("/health/detailed", (1, 0, 1)), 1, 0,
        "0 (https://api.example.com/health/detailed), below 1: 1 while /health/detailed answers 200 and all services are up",
        {"instance": "https://api.example.com/health/detailed"}, "availability", at_once=True,
    ),
    Row(
        "health.metrics", "MetricsHealthCheck", "medium", 120, probed("/health/metrics", (1, 0, 1)), 1, 0,
        "0 (https://api.example.com/health/metrics), below 1: 1 while /health/metrics answers 200 with valid JSON",
        {"instance": "https://api.example.com/health/metrics"}, "availability", at_once=True,
    ),
    Row(
        "health.calcom", "CalcomHealthCheck", "high", 360, probed("/health/calcom", (1, 0, 1)), 1, 0,
        "0 (https://api.example.com/health/calcom), below 1: 1 while /health/calcom answers 200 and Cal.com can be reached",
        {"instance": "https://api.example.com/health/calcom"}, "availability", at_once=True,
    ),
    Row(
        "health.time", "TimeServiceHealthCheck", "medium", 120, probed("/api/zeitinfo", (1, 0, 1)), 1, 0,
        "0 (https://api.example.com/api/zeitinfo), below 1: 1 while /api/zeitinfo answers 200 with a valid timestamp",
        {"instance": "https://api.example.com/api/zeitinfo"}, "availability", at_once=True,
    ),
    # === 3.3
    Row(
        "webhook.retell.success_rate", "RetellWebhookFailures", "medium", 300,
        shares(WEBHOOKS, "result", "success", "failure", (951, 949, 1000), 'provider="retell", '), 0.951, 0.949,
        "94.9%, below 95%: Share of Retell webhooks processed successfully", category="business",
    ),
    Row(
        "webhook.calcom.success_rate", "CalcomWebhookFailures", "medium", 300,
        shares(WEBHOOKS, "result", "success", "failure", (951, 949, 1000), 'provider="calcom", '), 0.951, 0.949,
        "94.9%, below 95%: Share of Cal.com webhooks processed successfully", category="business",
    ),
    Row(
        "webhook.stripe.success_rate", "StripeWebhookFailures", "high", 120,
        shares(WEBHOOKS, "result", "success", "failure", (991, 989, 1000), 'provider="stripe", '), 0.991, 0.989,
        "98.9%, below 99%: Share of Stripe webhooks processed successfully", category="business",
    ),
    Row(
        "webhook.delivery_latency_p95", "WebhookDeliverySlow", "medium", 300,
        histogram("app_webhook_processing_duration_seconds", _2_0=(0, 0, 1000), _5_0=(952, 948, 1000), _10_0=(1000,) * 3),
        4.993697, 5.192308,
        "5.192s, above 5s: 95th percentile webhook processing time", category="business",
    ),
    Row(
        "webhook.retry_rate", "WebhookRetryRate", "medium", 300,
        counters(
            app_webhook_retries_total={f'provider="retell", {API}': (99, 101, 0)},
            app_webhook_processed_total={f'provider="retell", result="success", {API}': (1000, 1000, 1000)},
        ),
        0.099, 0.101,
        "10.1%, above 10%: Retried deliveries as a share of webhooks processed", category="business",
    ),
    # === 3.4
    Row(
        "tenant.error_rate_overall", "TenantErrorRate", "high", 120, tenants((951, 949, 1000), (49, 51, 0)), 0.049, 0.051,
        "5.1% (company 7), above 5%: Share of a company's requests answered with a server error", COMPANY, "business",
    ),
    Row(
        "tenant.api_failures", "TenantApiFailures", "medium", 300, tenants((50, 50, 50), (1.65, 1.7, 0)), 99, 102,
        "102 (company 7), above 100: Requests answered with a server error in the last hour, by company",
        COMPANY, "business", window=HOUR,
    ),
    Row(
        "tenant.webhook_failures", "TenantWebhookFailures", "medium", 300,
        counters(app_tenant_webhook_failures_total={f'company_id="7", {API}': (0.16, 0.18, 0)}), 9.6, 10.8,
        "11 (company 7), above 10: Failed webhooks in the last hour, by company",
        COMPANY, "business", window=HOUR,
    ),
)  # fmt: skip
