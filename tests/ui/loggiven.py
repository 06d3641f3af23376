"""Lines, feeds and panels of log lines as tests write them, around the moment of ``tests/ui/given.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from noc.model.errors import SourceError
from noc.model.logs import SECOND, Feed, FeedQuery, LogLine
from noc.model.series import labels_of
from noc.ui.panels.data import Logs, PanelData
from tests.ui.given import NOW, panel

QUERY = '{job="laravel", category="security"}'


def line(text: str, ago: float = 0.0, level: str = "info", **labels: str) -> LogLine:
    """A line that came so many seconds before NOW; its level stands where Loki puts it."""
    at = round((NOW - ago) * 1000) * (SECOND // 1000)
    stream = labels_of({"job": "laravel", **labels})
    return LogLine(at, text, stream, (("detected_level", level),) if level else ())


def event(kind: str, ago: float = 0.0, level: str = "warn", severity: str = "", **context: object) -> LogLine:
    """A line of specification 1.2."""
    body = {"level": level, "category": "security", "event_type": kind, "context": context, "trace_id": f"req_{ago:g}"}
    return line(json.dumps({**body, **({"severity": severity} if severity else {})}), ago, level, event_type=kind)


def failure(
    ago: float, ip: str = "203.0.113.42", endpoint: str = "/webhook", code: str = "SIGNATURE_MISSING"
) -> LogLine:
    return event("auth_failure", ago, "warn", "high", ip_address=ip, endpoint=endpoint, error_code=code)


def violation(ago: float) -> LogLine:
    return event(
        "tenant_violation",
        ago,
        "critical",
        "critical",
        user_id=42,
        user_company_id=1,
        requested_company_id=2,
        model="Service",
        operation="view",
        blocked=True,
        endpoint="/api/v2/bookings",
    )


def slow(ago: float) -> LogLine:
    context = {"query_time_ms": 1250, "threshold_ms": 1000, "model": "Appointment", "company_id": 5}
    return event("slow_query", ago, "warn", "medium", affected_rows=1500, **context)


def feed(lines: Sequence[LogLine] = (), *, age: float | None = 1.0, limit: int = 1000, **more: object) -> Feed:
    """A feed of these lines, put in order, that was heard of ``age`` seconds ago."""
    ordered = tuple(sorted(lines, key=lambda one: one.at))
    query = FeedQuery("loki", QUERY, 3600.0, more.pop("end", None), limit)  # type: ignore[arg-type]
    good_at = None if age is None else NOW - age
    return Feed(query, 1, ordered, len(ordered), good_at=good_at, **more)  # type: ignore[arg-type]


def logs(
    of: Feed | Sequence[LogLine] = (),
    written: Mapping[str, object] | None = None,
    **viewer: object,
) -> PanelData:
    """A panel of lines; ``viewer`` are fields of what its viewer did with it."""
    spec = {"kind": "logs", "title": "Events", "query": QUERY, **(written or {})}
    own = of if isinstance(of, Feed) else feed(of, rate=1.25)
    return replace(panel(spec), logs=Logs(own, **viewer))  # type: ignore[arg-type]


def failed(error: SourceError, **more: object) -> PanelData:
    """A panel whose feed never answered."""
    return logs(feed(age=None, error=error, **more))
