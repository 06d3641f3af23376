"""When the room is rung: only for a CRITICAL that nobody acknowledged, again and again until somebody does. Pure decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo

from noc.config.alerting import Sound
from noc.engine.book import Book, Entry
from noc.model.severity import Severity

LEAST = 5.0
"""Seconds between two rings at least, however many alerts arrive."""

HUSHED = 8 * 3600.0
"""Seconds after which a bell that was switched off rings again by itself (keys.md)."""

TV_HUSHED = 600.0
"""Seconds for a read-only TV, where anybody may walk by and press a key."""

FINDING_HUSHED = 1800.0
"""Seconds for which ``a`` on one of the wall's own findings keeps it quiet here."""


@dataclass(slots=True)
class Bell:
    """What has rung, and until when it is off. Moments are unix seconds by the wall's clock."""

    settings: Sound
    off_since: float | None = None
    off_until: float | None = None
    _rung: dict[str, float] = field(default_factory=dict)
    _last: float = float("-inf")
    _announced: set[str] = field(default_factory=set)
    _findings: dict[str, float] = field(default_factory=dict)

    def rings(self, book: Book, now: float, tz: tzinfo) -> bool:
        """Whether to ring now; notes that it rang. A new CRITICAL at once, an old one every ``repeat`` seconds."""
        loud = set(self.loud(book, now))
        for key in [key for key in self._rung if key not in loud]:
            del self._rung[key]
        due = [key for key in loud if not 0 <= now - self._rung.get(key, float("-inf")) < self.settings.repeat]
        if not due or not self.settings.bell or self.off(now) or self.quiet(now, tz) or 0 <= now - self._last < LEAST:
            return False
        self._rung.update(dict.fromkeys(loud, now))
        self._last = now
        return True

    def loud(self, book: Book, now: float) -> Iterable[str]:
        """Keys of what may ring: unacknowledged CRITICAL alerts, and the wall's own findings unless hushed here."""
        for entry in book.entries:
            if entry.loud and entry.severity is Severity.CRITICAL:
                yield _mark(entry)
        for finding in book.findings:
            if not finding.hint and now >= self._findings.get(finding.key, 0.0):
                yield finding.key

    def new(self, book: Book) -> list[str]:
        """Keys of CRITICAL firings not handed out before: what the program beside the bell is run for, once each."""
        firing = {_mark(entry): entry for entry in book.entries if entry.severity is Severity.CRITICAL}
        loud = {mark: entry.key for mark, entry in firing.items() if entry.loud}
        fresh = [key for mark, key in loud.items() if mark not in self._announced]
        self._announced = (self._announced & firing.keys()) | loud.keys()
        return fresh

    def hush(self, now: float, seconds: float = HUSHED) -> None:
        """Switch the bell off for so long."""
        self.off_since, self.off_until = now, now + seconds

    def unhush(self) -> None:
        self.off_since = self.off_until = None

    def off(self, now: float) -> bool:
        """Whether it is switched off; it comes on again by itself."""
        if self.off_until is not None and now >= self.off_until:
            self.unhush()
        return self.off_until is not None

    def hush_finding(self, key: str, now: float) -> None:
        """Keep one of the wall's own findings quiet for half an hour; its mark stays."""
        self._findings[key] = now + FINDING_HUSHED

    def finding_hushed(self, key: str, now: float) -> bool:
        return now < self._findings.get(key, 0.0)

    def quiet(self, now: float, tz: tzinfo) -> bool:
        """Whether the time of day is one without sound."""
        at = datetime.fromtimestamp(now, tz).time()
        return any(_within(at, start, end) for start, end in self.settings.quiet)


def _mark(entry: Entry) -> str:
    """One time in which an alert stands unacknowledged: a later firing, or a lapsed acknowledgement, is another."""
    return f"{entry.key}@{entry.active_since:.0f}"


def _within(at: time, start: time, end: time) -> bool:
    return start <= at < end if start <= end else at >= start or at < end
