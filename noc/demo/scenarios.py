"""What goes wrong in the demo's world, as data: bumps on named knobs, restarts of processes, outages of servers.

All moments are seconds after the scenario's zero; before zero every scenario is calm. A knob's amount is in the unit
its entry in KNOBS gives, for the whole system; ``share`` means a part of the traffic at that time of day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Literal

from noc.demo.traffic import Pulse

How = Literal["refused", "503", "slow"]
MINUTE = 60.0

KNOBS: dict[str, str] = {
    "forged.retell": "wrong signatures per second",
    "forged.calcom": "wrong signatures per second",
    "forged.stripe": "wrong signatures per second",
    "unsigned.retell": "webhooks without a signature per second",
    "rate_limited.retell": "webhooks refused by the rate limit per second",
    "secret.stripe": "1: the webhook secret is missing on an instance",
    "failing.retell": "failed webhooks per second",
    "failing.calcom": "failed webhooks per second",
    "failing.stripe": "failed webhooks per second",
    "retried": "retried webhooks per second",
    "webhooks.slow": "share of the webhooks that take 5-15 s",
    "login.failures": "failed logins per second",
    "token.failures": "requests with a bad token per second",
    "policy.denials": "denied authorizations per second",
    "breach.cross": "cross-tenant attempts per second",
    "breach.scope": "scope bypass attempts per second",
    "breach.admin": "admin bypass attempts per second",
    "breach.service": "service discovery violations per second",
    "attack.sql_injection": "patterns per second",
    "attack.xss": "patterns per second",
    "attack.user_enumeration": "patterns per second",
    "attack.brute_force": "patterns per second",
    "api.errors": "share of the traffic answered 5xx",
    "api.slow": "share of the traffic that takes 1-4 s",
    "api.drag": "share of the traffic that takes 0.2-0.6 s",
    "tenant.errors": "5xx per second of the company that suffers most",
    "scope.slow": "share of the scope queries that take 1-3 s",
    "scope.more": "additional scope queries, as a share",
    "scope.misses": "share of the look-ups that miss the cache",
    "scope.unindexed": "share of the scope queries without index",
    "pool.connections": "additional connections to the primary database",
    "pool.waiting": "requests waiting for a connection",
    "db.slow": "slow queries per second",
    "db.deadlocks": "deadlocks per second",
    "db.busy": "additional busy cores of the database host",
    "replica.lag": "seconds",
    "queue.backlog": "waiting jobs",
    "api.busy": "additional busy cores of each application host",
    "probe.basic": "1: the basic health check fails",
    "probe.detailed": "1: the detailed health check fails, for its database",
    "probe.metrics": "1: the metrics health check fails",
    "probe.calcom": "1: the Cal.com health check fails",
    "probe.time": "1: the time service fails",
    "probe.slow": "seconds added to every health check",
}


@dataclass(frozen=True)
class Bump:
    """One knob turned up by ``amount`` at the height of ``pulse``."""

    knob: str
    amount: float
    pulse: Pulse


@dataclass(frozen=True)
class Restart:
    """A process of ``job`` goes away at ``at``, comes back ``down`` seconds later, its counters at 0."""

    job: str
    instance: str
    at: float
    down: float


@dataclass(frozen=True)
class Outage:
    """A server (``prometheus``, ``loki``, ``alertmanager``) fails from ``start`` to ``end``."""

    server: str
    start: float
    end: float
    how: How


@dataclass(frozen=True)
class Scenario:
    """A story. ``tell`` is the moment a snapshot stands at, ``period`` how often the bumps come back (seconds)."""

    name: str
    description: str
    tell: float
    bumps: tuple[Bump, ...] = ()
    period: float = inf
    restarts: tuple[Restart, ...] = ()
    outages: tuple[Outage, ...] = ()

    def of(self, knob: str) -> Iterator[Bump]:
        """The bumps on one knob; a knob nobody declared is a KeyError."""
        KNOBS[knob]
        return (bump for bump in self.bumps if bump.knob == knob)

    def outage(self, server: str, after: float) -> How | None:
        """How ``server`` fails ``after`` seconds from zero."""
        for outage in self.outages:
            if outage.server == server and outage.start <= after < outage.end:
                return outage.how
        return None


def _pulse(start: float, rise: float, hold: float, fall: float) -> Pulse:
    """A pulse in minutes."""
    return Pulse(start * MINUTE, rise * MINUTE, hold * MINUTE, fall * MINUTE)


def _bumps(pulse: Pulse, **amounts: float) -> tuple[Bump, ...]:
    """Bumps of one pulse; ``__`` in a keyword stands for the dot of the knob's name."""
    return tuple(Bump(knob.replace("__", "."), amount, pulse) for knob, amount in amounts.items())


_HOURS_2 = 120 * MINUTE

_CALM = Scenario("calm", "an ordinary day: nothing is crossed", tell=30 * MINUTE)

_TOUR = Scenario(
    "tour",
    "calm, then forged Retell webhooks press on the database and response times rise; it passes and comes again",
    tell=18 * MINUTE,
    period=90 * MINUTE,
    bumps=(
        *_bumps(
            _pulse(5, 3, 12, 4),
            forged__retell=0.32,
            unsigned__retell=0.04,
            rate_limited__retell=0.05,
            attack__brute_force=0.12,
        ),
        *_bumps(
            _pulse(7, 3, 10, 5), pool__connections=118, pool__waiting=7, db__busy=1.1, db__slow=0.06, api__busy=0.5
        ),
        *_bumps(_pulse(7.5, 3, 9, 4), api__slow=0.11, api__drag=0.1, scope__slow=0.02, queue__backlog=160),
        *_bumps(_pulse(10, 2, 6, 4), api__errors=0.006, failing__retell=0.04, tenant__errors=0.01),
        *_bumps(_pulse(52, 2, 7, 3), failing__calcom=0.12, retried=0.15, webhooks__slow=0.03, probe__calcom=1),
    ),
)

_WEBHOOK_ATTACK = Scenario(
    "webhook-attack",
    "forged and unsigned webhooks hit the Retell endpoint, later Cal.com and Stripe",
    tell=15 * MINUTE,
    period=_HOURS_2,
    bumps=(
        *_bumps(
            _pulse(2, 2, 45, 6),
            forged__retell=0.75,
            unsigned__retell=0.12,
            rate_limited__retell=0.3,
            attack__brute_force=0.4,
        ),
        *_bumps(_pulse(6, 3, 35, 5), forged__calcom=0.09, api__busy=0.4),
        *_bumps(_pulse(9, 2, 25, 4), forged__stripe=0.06),
    ),
)

_BREACH = Scenario(
    "cross-tenant-breach",
    "one account reaches for other companies' data, scope and services",
    tell=12 * MINUTE,
    period=_HOURS_2,
    bumps=(
        *_bumps(_pulse(2, 1, 30, 3), breach__cross=0.05, policy__denials=0.3),
        *_bumps(_pulse(5, 1, 20, 3), breach__service=0.02, breach__scope=0.015),
        *_bumps(_pulse(7, 1, 15, 3), breach__admin=0.012, attack__user_enumeration=0.08),
    ),
)

_POOL = Scenario(
    "db-pool-exhaustion",
    "long transactions hold connections until the pool is empty; requests queue, then fail",
    tell=20 * MINUTE,
    period=_HOURS_2,
    bumps=(
        *_bumps(_pulse(2, 9, 40, 8), pool__connections=152, db__busy=1.6, db__slow=0.35, api__busy=0.4),
        *_bumps(
            _pulse(7, 5, 34, 6), pool__waiting=34, api__slow=0.16, api__drag=0.15, replica__lag=9, queue__backlog=420
        ),
        *_bumps(_pulse(10, 3, 28, 5), api__errors=0.018, db__deadlocks=0.0025, tenant__errors=0.02, probe__slow=0.12),
        *_bumps(_pulse(12, 2, 24, 4), probe__detailed=1),
    ),
    restarts=(Restart("mysqld", "db-1:9104", 63 * MINUTE, 40.0),),
)

_ERRORS = Scenario(
    "error-spike",
    "a deployment restarts the application and breaks bookings: server errors well above 10 %",
    tell=12 * MINUTE,
    period=_HOURS_2,
    bumps=(
        *_bumps(_pulse(2.5, 1.5, 30, 5), api__errors=0.14, tenant__errors=1.2, probe__slow=0.05),
        *_bumps(_pulse(4, 2, 26, 4), failing__calcom=0.12, failing__stripe=0.05, failing__retell=0.15, retried=0.7),
    ),
    restarts=(
        Restart("laravel-api", "api-1:8000", 1.5 * MINUTE, 28.0),
        Restart("laravel-api", "api-2:8000", 2.2 * MINUTE, 31.0),
    ),
)

_SLOW_SCOPE = Scenario(
    "slow-scope",
    "a dropped company_id index: CompanyScope queries scan tables, the cache cools, p95 passes one second",
    tell=18 * MINUTE,
    period=_HOURS_2,
    bumps=(
        *_bumps(
            _pulse(2, 3, 45, 6),
            scope__slow=0.16,
            scope__unindexed=0.14,
            db__slow=0.5,
            db__busy=1.4,
            pool__connections=45,
        ),
        *_bumps(_pulse(4, 3, 40, 6), scope__misses=0.24, api__slow=0.09, api__drag=0.18),
    ),
)

_STORM = Scenario(
    "alert-storm",
    "everything at once: an attack, a failing database and a broken deployment cross most thresholds",
    tell=16 * MINUTE,
    period=_HOURS_2,
    bumps=(
        *_bumps(
            _pulse(2, 2, 45, 6), forged__retell=0.9, forged__calcom=0.12, forged__stripe=0.07, unsigned__retell=0.15
        ),
        *_bumps(
            _pulse(2, 2, 45, 6),
            login__failures=0.7,
            token__failures=0.5,
            rate_limited__retell=0.3,
            attack__brute_force=0.8,
        ),
        *_bumps(
            _pulse(3, 2, 42, 6),
            policy__denials=0.45,
            attack__xss=0.2,
            attack__user_enumeration=0.09,
            attack__sql_injection=0.02,
        ),
        *_bumps(_pulse(3, 2, 42, 6), breach__cross=0.03, breach__scope=0.01, breach__admin=0.01, breach__service=0.01),
        *_bumps(
            _pulse(3, 3, 42, 6),
            pool__connections=150,
            pool__waiting=28,
            db__slow=0.5,
            db__deadlocks=0.003,
            db__busy=1.7,
        ),
        *_bumps(
            _pulse(3, 3, 42, 6), api__slow=0.18, api__drag=0.32, api__errors=0.12, tenant__errors=1.0, replica__lag=14
        ),
        *_bumps(
            _pulse(3, 3, 42, 6),
            scope__slow=0.12,
            scope__misses=0.22,
            scope__unindexed=0.1,
            scope__more=0.3,
            api__busy=1.0,
        ),
        *_bumps(_pulse(4, 2, 40, 6), failing__retell=0.3, failing__calcom=0.2, failing__stripe=0.06, retried=0.9),
        *_bumps(
            _pulse(4, 2, 40, 6),
            webhooks__slow=0.12,
            queue__backlog=900,
            secret__stripe=1,
            probe__calcom=1,
            probe__slow=0.15,
        ),
        *_bumps(_pulse(6, 2, 38, 6), probe__basic=1, probe__detailed=1, probe__metrics=1, probe__time=1),
    ),
)

_BLACKOUT = Scenario(
    "blackout",
    "the monitoring itself fails: Prometheus answers 503 and hangs, then Loki and Alertmanager are refused",
    tell=12 * MINUTE,
    outages=(
        Outage("prometheus", 3 * MINUTE, 10 * MINUTE, "slow"),
        Outage("prometheus", 10 * MINUTE, inf, "503"),
        Outage("loki", 5 * MINUTE, inf, "refused"),
        Outage("alertmanager", 8 * MINUTE, inf, "refused"),
    ),
)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (_CALM, _TOUR, _WEBHOOK_ATTACK, _BREACH, _POOL, _ERRORS, _SLOW_SCOPE, _STORM, _BLACKOUT)
}

DEFAULT = "tour"
