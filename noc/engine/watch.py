"""One watched query and when it is due next: graphs when their grid has a new point, values at their refresh."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from noc.engine.store import grid_of
from noc.model.backoff import Backoff
from noc.model.query import Query, QueryKind

LANDING = 1.0
"""Seconds after a grid point before it is asked for: scrapes need to land."""

NEVER = math.inf


@dataclass(slots=True, eq=False)
class Watch:
    """A query somebody looks at. ``jitter`` (0 to 1) spreads the graphs of a wall over the second after a grid point."""

    query: Query
    refresh: float
    jitter: float
    due: float  # monotonic seconds
    backoff: Backoff
    moment: float = 0.0  # server's clock at the tick that made it due: all values of a tick share it
    queued: bool = False
    tried: bool = False
    task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self.task is None and not self.queued

    def next_due(self, moment: float, now: float, pace: float, base: float) -> float:
        """When to ask again after ``moment`` (monotonic), when the server's clock stands at ``now``.

        ``pace`` is how many seconds of the server's clock pass in one of ours. Values keep to multiples of their
        refresh since ``base``, so that those of one wall are asked together.
        """
        if self.query.kind is QueryKind.INSTANT or self.query.end is not None:
            turns = math.floor((moment - base) / self.refresh + 1e-6) + 1
            return base + turns * self.refresh
        grid = grid_of(self.query)
        delay = LANDING + self.jitter
        stride = max(1, math.ceil(self.refresh / grid.step - 1e-6))
        point = (grid.floor(now - delay) // stride + 1) * stride
        return moment + max(0.001, (point * grid.step + delay - now) / pace)
