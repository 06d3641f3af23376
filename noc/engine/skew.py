"""How far a server's clock is from ours, learned from the Date header of its answers.

A wall whose clock runs ahead would ask for the future, and the server would answer with the last sample: a healthy
looking, invented edge (protocols.md 7). So the window ends where the server's clock stands.
"""

from __future__ import annotations

from collections import deque
from statistics import median

WORTH_TELLING = 5.0
"""Seconds off above which somebody should mend a clock."""

_NOISE = 1.5  # seconds; the header counts whole seconds, and corrections must not flutter with every answer
_SLOWEST = 2.0  # seconds of round trip above which an answer tells nothing


class Skew:
    """Server clock minus ours in seconds: the median of the last answers, held still while it only flutters."""

    def __init__(self, size: int = 5) -> None:
        self._samples: deque[float] = deque(maxlen=size)
        self.seconds = 0.0
        """The correction to apply."""

    @property
    def worth_telling(self) -> float | None:
        """The skew when it is more than five seconds, else None."""
        return self.seconds if abs(self.seconds) > WORTH_TELLING else None

    def observe(self, server_time: float, sent: float, received: float) -> None:
        """Learn from an answer: its Date header, and our clock at both ends of the request."""
        if not 0.0 <= received - sent <= _SLOWEST:
            return
        self._samples.append(server_time + 0.5 - (sent + received) / 2)
        middle = median(self._samples)
        if abs(middle - self.seconds) > _NOISE:
            self.seconds = middle if abs(middle) > _NOISE else 0.0

    def forget(self, stepped: float) -> None:
        """Our clock was set by ``stepped`` seconds: what was learned is void.

        Backwards, the correction takes the step up, so that the window stays where it was. Forwards it may have been
        a machine asleep, whose server slept not: only the next answer can tell.
        """
        if stepped < 0 and self._samples:
            self.seconds -= stepped
        self._samples.clear()
