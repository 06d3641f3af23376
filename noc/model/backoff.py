"""How long to leave a failing server alone: exponential with full jitter, so that many walls do not return at once."""

from __future__ import annotations

import random

FIRST = 2.0
LONGEST = 60.0
LEAST = 0.25
"""Seconds; jitter may come out near zero, and a refused connection costs next to nothing but not nothing."""

PATIENCE = 600.0
"""Seconds of a server's Retry-After that are honoured at most."""


class Backoff:
    """The failures in a row and the moment (monotonic seconds) until which to wait."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.failures = 0
        self.until = 0.0
        self._failed_at = float("-inf")

    @property
    def failing(self) -> bool:
        return self.failures > 0

    def failed(self, now: float, began: float, retry_after: float | None = None) -> float:
        """Note a failure at ``now`` of a request begun at ``began``; returns the seconds to wait from now.

        Requests that were under way together when the trouble began count as one failure.
        """
        if not self.failures or began > self._failed_at:
            self.failures += 1
            ceiling = min(LONGEST, FIRST * 2.0 ** min(self.failures - 1, 10))
            self.until = now + max(LEAST, self._rng.uniform(0.0, ceiling))
        self.until = max(self.until, now + LEAST)
        self._failed_at = now
        if retry_after is not None:
            self.until = max(self.until, now + min(retry_after, PATIENCE))
        return max(0.0, self.until - now)

    def succeeded(self) -> None:
        self.failures = 0
        self.until = 0.0

    def hurry(self, now: float) -> None:
        """Somebody asked for it: try now, still with one probe."""
        self.until = min(self.until, now)
