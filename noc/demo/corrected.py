"""The demo's alertmanager.yml: the specification's routes, corrected (corrections.md 8), with receivers that tell nobody."""

from __future__ import annotations

from noc.demo.routing import EVERYTHING, Config, Inhibition, Route, TimeInterval
from noc.model.alerts import WATCHDOG, Matcher

MINUTE, HOUR = 60.0, 3600.0
WEEKLY = "weekly-db-maintenance"


def _severity(word: str) -> Matcher:
    return Matcher("severity", word)


_SECURITY = Matcher("category", "security")
_OTHER = Matcher("category", "security", equal=False)

_ROUTES = (
    Route(
        "deadman", (Matcher("alertname", WATCHDOG),), timing=(("group_interval", MINUTE), ("repeat_interval", MINUTE))
    ),
    Route("noc", (Matcher("severity", "critical|high|medium|low", regex=True),), (EVERYTHING,), continues=True),
    Route("pd-critical-security", (_severity("critical"), _SECURITY), continues=True),
    Route("pd-critical-availability", (_severity("critical"), _OTHER), continues=True),
    Route("slack-critical", (_severity("critical"),)),
    Route("pd-high-performance", (_severity("high"),), continues=True),
    Route("slack-high", (_severity("high"),)),
    Route("slack-medium", (_severity("medium"),), muted=(WEEKLY,)),
    Route("slack-daily", (_severity("low"),), timing=(("repeat_interval", 24 * HOUR),)),
)

CONFIG = Config(
    Route(
        "noc",
        group_by=("alertname", "severity", "category"),
        routes=_ROUTES,
        timing=(("group_wait", 10.0), ("group_interval", MINUTE), ("repeat_interval", 3 * HOUR)),
    ),
    (
        Inhibition(
            (_severity("critical"),), (Matcher("severity", "high|medium|low", regex=True),), ("alertname", "company_id")
        ),
    ),
    (TimeInterval(WEEKLY, ("sunday",), 120, 240),),
    tuple(dict.fromkeys(("noc", *(route.receiver for route in _ROUTES)))),
)
