"""One server as the poller sees it: who waits for it, how many requests are under way, how it is doing."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

from noc.engine.skew import Skew
from noc.engine.watch import Watch
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import Auth, BadAnswer, Overloaded, SourceError, Timeout, Unreachable
from noc.model.ports import MetricSource
from noc.model.results import ServerHealth


@dataclass(slots=True)
class Link:
    """State of one server. Moments are monotonic seconds unless they say wall."""

    name: str
    source: MetricSource
    backoff: Backoff
    skew: Skew = field(default_factory=Skew)
    waiting: deque[Watch] = field(default_factory=deque)
    in_flight: int = 0
    asked: bool = False
    good_at: float | None = None  # wall's clock
    good_moment: float = float("-inf")
    error: SourceError | None = None

    @classmethod
    def to(cls, name: str, source: MetricSource, rng: random.Random) -> Link:
        return cls(name, source, Backoff(rng))

    def now(self, clock: Clock) -> float:
        """Unix seconds by the server's clock."""
        return clock.now() + self.skew.seconds

    def room(self, moment: float, limit: int) -> bool:
        """Whether a request may start: one probe at a time while the server fails, and none before its time."""
        return moment >= self.backoff.until and self.in_flight < (1 if self.backoff.failing else limit)

    def blames(self, error: SourceError, began: float) -> bool:
        """Whether a failure tells of the server rather than of the query.

        A refused query never does, nor a query that timed out in evaluation; nor does a failure of a request begun
        before another one was answered well, unless the server itself asks for time.
        """
        if isinstance(error, Overloaded) and (error.status == 429 or error.retry_after is not None):
            return True
        if isinstance(error, Timeout) and error.status is not None:
            return False
        grave = isinstance(error, (Unreachable, Timeout, Auth, Overloaded, BadAnswer))
        return grave and self.good_moment < began

    def health(self, clock: Clock) -> ServerHealth:
        wait = self.backoff.until - clock.monotonic()
        return ServerHealth(
            name=self.name,
            kind="prometheus",
            asked=self.asked,
            good_at=self.good_at,
            error=self.error,
            next_try=clock.now() + max(0.0, wait) if self.backoff.failing else None,
            skew=self.skew.worth_telling,
        )
