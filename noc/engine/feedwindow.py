"""Which part of the past to read again: late lines are common, and pipelines lag.

Every question reaches back a few seconds behind what was covered, or behind the newest line where the whole pipeline lags;
now and then further, so that lines that were held up come within their minute; all that from the same clock as the lines:
the server's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from noc.model.logs import SECOND

OVERLAP = 10
"""Seconds that every question reads again."""

LAG = 60
"""Seconds that a pipeline may lag behind and every question still reaches its newest line."""

FURTHER = ((30, 10.0), (300, 60.0))
"""Seconds to look back, and the seconds between two such looks."""

AHEAD = 60
"""Seconds that a question reaches into the server's future: clocks of shippers run ahead, and ours may be behind before
the server's is known. Log servers hold what they were given and invent nothing."""


@dataclass(slots=True)
class Window:
    """Keeps account of what was covered. ``begin``: nothing before it is wanted (unix nanoseconds)."""

    begin: int
    covered: int | None = None
    """Everything before was asked for; None before the first answer."""
    looked: dict[int, float] = field(default_factory=dict)
    """Seconds back: when it was last looked so far back (monotonic seconds)."""

    def due(self, moment: float) -> tuple[int, ...]:
        """The farther looks that are due, in seconds back."""
        return tuple(back for back, every in FURTHER if moment - self.looked.get(back, moment) >= every)

    def start(self, newest: int | None, due: tuple[int, ...]) -> int:
        """Where the next question begins (unix nanoseconds), ``newest`` being the time of the newest line known."""
        if self.covered is None:
            return self.begin
        near = self.covered
        if newest is not None:
            near = min(near, max(newest, near - LAG * SECOND))
        return max(self.begin, min(near - OVERLAP * SECOND, *(self.covered - back * SECOND for back in (*due, 0))))

    def cover(self, until: int, due: tuple[int, ...], moment: float) -> None:
        """The question was answered, the farther looks with it, and the server knew everything before ``until``."""
        for back, _ in FURTHER:
            if back in due or back not in self.looked:
                self.looked[back] = moment
        self.covered = until
