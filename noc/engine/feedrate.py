"""How many lines arrive in a second: by arrival, spread evenly over the time since the answer before.

So what comes after a stall counts for the whole of the stall, not for the moment of its end.
"""

from __future__ import annotations

from collections import deque

OVER = 10.0
"""Seconds that are looked back."""

_LEAST = 1.0  # seconds before a rate can be told
_GRAIN = 0.25  # seconds of arrivals that are noted as one


class FeedRate:
    """Lines a second over the last ten. Times are seconds of any clock that does not step."""

    def __init__(self) -> None:
        self._noted: deque[tuple[float, float, float]] = deque()
        self._since: float | None = None
        self.now = 0.0

    def note(self, since: float, now: float, lines: float) -> None:
        """So many lines arrived between two moments."""
        lines = max(0.0, lines)
        self._since = since if self._since is None else self._since
        self.now = max(self.now, now)
        if self._noted and now - self._noted[-1][0] < _GRAIN and since >= self._noted[-1][0]:
            begun, _, before = self._noted.pop()
            since, lines = begun, before + lines
        self._noted.append((since, now, lines))
        while self._noted and self._noted[0][1] < self.now - OVER:
            self._noted.popleft()

    def rate(self) -> float | None:
        """Lines a second at the moment last noted; None before a second has been seen."""
        if self._since is None:
            return None
        over = min(OVER, self.now - self._since)
        if over < _LEAST:
            return None
        return sum(self._share(one, self.now - over) for one in self._noted) / over

    @staticmethod
    def _share(noted: tuple[float, float, float], start: float) -> float:
        since, until, lines = noted
        if until <= since:
            return lines if since >= start else 0.0
        return lines * max(0.0, until - max(since, start)) / (until - since)
