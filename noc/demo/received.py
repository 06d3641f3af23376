"""The alerts one emulated Alertmanager was sent: how two sendings of one alert become one (alerts.md 4).

Members of a cluster do not tell each other of alerts: each has a store of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from noc.model.alerts import fingerprint
from noc.model.series import Labels

REMEMBERED = timedelta(minutes=30)
"""How long an ended alert can still be joined by a sending that overlaps it."""


@dataclass(frozen=True)
class ReceivedAlert:
    """One alert as it is held. ``timeout``: its end is only the resolve timeout, which any explicit end overrides."""

    labels: Labels
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    annotations: Labels = ()
    generator_url: str = ""
    timeout: bool = False

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(dict(self.labels))

    def firing(self, now: datetime) -> bool:
        return self.ends_at > now


def joined(old: ReceivedAlert, new: ReceivedAlert, now: datetime) -> ReceivedAlert:
    """What is known after ``new`` arrived: where the two overlap, the earliest start and the later explicit end."""
    inside = new.ends_at > old.starts_at and new.ends_at < old.ends_at
    begins = new.starts_at > old.starts_at and new.starts_at < old.ends_at
    if not inside and not begins:
        return new
    ends = new.ends_at
    if new.firing(now):
        if old.ends_at > ends and not old.timeout:
            ends = old.ends_at
    elif not old.firing(now):
        ends = max(ends, old.ends_at)
    return replace(new, starts_at=min(old.starts_at, new.starts_at), ends_at=ends)


class Received:
    """Alerts posted to one member, by fingerprint; safe to share between threads."""

    def __init__(self) -> None:
        self._held: dict[str, ReceivedAlert] = {}
        self._lock = threading.Lock()

    def put(self, alerts: Iterable[ReceivedAlert], now: datetime) -> None:
        with self._lock:
            for alert in alerts:
                old = self._held.get(alert.fingerprint)
                self._held[alert.fingerprint] = alert if old is None else joined(old, alert, now)
            self._held = {name: one for name, one in self._held.items() if one.ends_at > now - REMEMBERED}

    def firing(self, now: datetime) -> list[ReceivedAlert]:
        """The alerts whose end has not come."""
        with self._lock:
            return [alert for alert in self._held.values() if alert.firing(now)]
