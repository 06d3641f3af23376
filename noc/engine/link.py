"""One server as the poller sees it: who waits for it, how many requests are under way, how it is doing."""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from dataclasses import dataclass, field

from noc.engine.skew import Skew
from noc.engine.watch import Watch
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.model.ports import MetricSource
from noc.model.results import ServerHealth

_LIVES = "vector(1)"  # PromQL and LogQL


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
    spoken: float = float("inf")  # the last question or answer; before the first there is no silence
    knocking: bool = False
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

    def answered(self, moment: float, wall: float) -> None:
        """The server lives."""
        self.backoff.succeeded()
        self.good_at, self.good_moment, self.spoken, self.error = wall, moment, moment, None

    def knock_due(self, after: float) -> float:
        """When a server that is silent is to be asked for a word. While it fails, a query that waits for it is the probe."""
        if self.knocking or (self.backoff.failing and self.waiting):
            return math.inf
        return max(self.spoken + after, self.backoff.until)

    async def knock(self, clock: Clock, deadline: float) -> SourceError | None:
        """Ask what costs nothing; what tells that the server fails, else None: also a refusal is an answer."""
        try:
            async with asyncio.timeout(deadline):
                await self.source.instant(_LIVES, self.now(clock))
        except BadQuery:
            pass
        except SourceError as error:
            return error.kept()
        except TimeoutError:
            return Timeout(f"no answer within {deadline:g}s")
        self.answered(clock.monotonic(), clock.now())
        return None

    def health(self, clock: Clock, pace: float = 1.0) -> ServerHealth:
        wait = self.backoff.until - clock.monotonic()
        return ServerHealth(
            name=self.name,
            kind="prometheus",
            asked=self.asked,
            good_at=self.good_at,
            error=self.error,
            next_try=clock.now() + max(0.0, wait) * pace if self.backoff.failing else None,
            skew=self.skew.worth_telling,
        )
