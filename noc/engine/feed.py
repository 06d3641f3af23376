"""One feed as it is known: its lines, its account, its rate; no asking, no time but what is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noc.engine.feedledger import KEYS, FeedLedger
from noc.engine.feedrate import OVER, FeedRate
from noc.engine.feedring import FeedRing
from noc.model.logs import SECOND, LogLine


@dataclass(frozen=True, slots=True)
class Bounds:
    """What feeds may hold, each of them, and for how long they are kept when nobody looks."""

    keys: int = KEYS
    """Lines known by number, so that none is taken twice."""
    characters: int = 32_000_000
    """Of the texts of the lines kept."""
    kept: int = 2
    """Feeds nobody looks at."""
    kept_for: float = 600.0
    """Seconds."""


BOUNDS = Bounds()


class FeedLog:
    """Takes lines in any order and however often, keeps each once. ``total`` counts all that were ever taken."""

    def __init__(self, limit: int, bounds: Bounds) -> None:
        self._limit = limit
        self._bounds = bounds
        self.total = 0
        self.ring = FeedRing(limit, bounds.characters)
        self.ledger = FeedLedger(0, bounds.keys)
        self.rate = FeedRate()
        self._rated = 0
        self._rated_at: float | None = None

    def restart(self, floor: int) -> None:
        """What was known does not join what comes: it goes. Lines are accounted for from ``floor`` on."""
        self.ring = FeedRing(self._limit, self._bounds.characters)
        self.ledger = self.ledger.successor(floor)

    def take(self, lines: Sequence[LogLine]) -> int:
        """Take lines, at best oldest first; returns how many were new. About 2 µs a line."""
        ledger, ring = self.ledger, self.ring
        new = []
        earlier = set()
        for line in lines:
            if line.at >= ledger.floor:
                if ledger.add(line):
                    new.append(line)
            elif not (ring.missed(line.at) or ring.holds(line) or line in earlier):
                earlier.add(line)
                new.append(line)
        ring.put(new)
        ledger.bound()
        self.total += len(new)
        return len(new)

    def seed_rate(self, now: float, covered: int, bottom: int | None) -> None:
        """Begin with the rate that the history tells by its times."""
        start = covered - round(OVER * SECOND)
        if bottom is not None:
            start = max(start, min(bottom, covered - SECOND // 100))
        lines = sum(start <= line.at < covered for line in self.ring.view())
        self.rate = FeedRate()
        over = (covered - start) / SECOND
        self.rate.note(now - OVER, now, lines * OVER / over)
        self._rated, self._rated_at = self._arrived, now

    def note_rate(self, now: float) -> None:
        """Lines have arrived, or none, since this was called last."""
        arrived = self._arrived
        if self._rated_at is not None:
            self.rate.note(self._rated_at, now, arrived - self._rated)
        self._rated, self._rated_at = max(arrived, self._rated), now

    @property
    def _arrived(self) -> int:
        return self.total + self.ledger.skipped + self.ledger.dropped
