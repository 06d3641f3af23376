"""The only place where noc reads time. Everything else is handed a ``Clock``."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """``now`` is unix seconds (UTC); ``monotonic`` never steps and is for durations of this process only."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class FixedClock:
    """A clock that stands still until told to move: snapshots and tests."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds


class ScaledClock:
    """Runs ``speed`` times as fast as the machine from a given moment: the demo."""

    def __init__(self, start: float, speed: float = 1.0, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._start = start
        self._speed = speed
        self._zero = self._base.monotonic()

    def now(self) -> float:
        return self._start + (self._base.monotonic() - self._zero) * self._speed

    def monotonic(self) -> float:
        return self._base.monotonic()
