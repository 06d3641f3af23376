"""How late the wall is: its ticks, its paints, its terminal. Seconds of a monotonic clock; used by two threads."""

from __future__ import annotations

from collections import deque

from noc.model.clock import Clock

TOLD = 2.0
"""Seconds of lateness from which a wall says it."""
REMEMBERED = 10.0
"""Seconds for which a lateness that is over is still told: a blink helps nobody."""


class Pulse:
    """``beat`` once a tick, ``wanted`` when a picture differs from what the terminal shows, ``painted`` when it no more does."""

    def __init__(self, clock: Clock, every: float = 1.0) -> None:
        self.paints = 0
        """Pictures the terminal has taken."""
        self._clock = clock
        self._every = every
        self._beat_at: float | None = None
        self._wanted_at: float | None = None
        self._recent: deque[tuple[float, float]] = deque(maxlen=1000)

    def beat(self) -> None:
        """The wall ticks; what it is late by was spent in the event loop."""
        now = self._clock.monotonic()
        if self._beat_at is not None:
            self._note(now, now - self._beat_at - self._every)
        self._beat_at = now

    def wanted(self) -> None:
        """Something on the glass differs from what is seen."""
        if self._wanted_at is None:
            self._wanted_at = self._clock.monotonic()

    def painted(self) -> None:
        """The terminal has taken all there was."""
        began, self._wanted_at = self._wanted_at, None
        if began is not None:
            self.paints += 1
            now = self._clock.monotonic()
            self._note(now, now - began)

    @property
    def late(self) -> float:
        """Seconds: what is late now, or was in the last ten seconds at the worst. 0 for a wall in time."""
        now = self._clock.monotonic()
        began, beat_at = self._wanted_at, self._beat_at
        worst = max((late for at, late in tuple(self._recent) if now - at < REMEMBERED), default=0.0)
        waiting = 0.0 if began is None else now - began
        still = 0.0 if beat_at is None else now - beat_at - self._every
        return max(0.0, worst, waiting, still)

    def _note(self, now: float, late: float) -> None:
        if late >= TOLD / 10:
            self._recent.append((now, late))


def late_words(late: float) -> str:
    """``painting 4 s late``; nothing for a wall in time."""
    return f"painting {late:.0f} s late" if late >= TOLD else ""
