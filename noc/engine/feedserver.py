"""One log server as its feeds see it: its clock, how it is doing, and whose turn it is while it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from noc.engine.skew import Skew
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import BadQuery, Overloaded, SourceError, Timeout
from noc.model.ports import LogSource
from noc.model.results import ServerHealth


@dataclass(slots=True)
class LogServer:
    """State of one server. Moments are monotonic seconds unless they say wall."""

    name: str
    source: LogSource
    backoff: Backoff
    skew: Skew = field(default_factory=Skew)
    in_flight: int = 0
    asked: bool = False
    good_at: float | None = None  # wall's clock
    good_moment: float = float("-inf")
    error: SourceError | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)
    """Called when somebody's turn may have come, or the server has failed."""

    def now(self, clock: Clock) -> float:
        """Unix seconds by the server's clock."""
        return clock.now() + self.skew.seconds

    def wait(self, moment: float) -> float | None:
        """Seconds until a question may be put; None while another one finds out whether the server is back."""
        if not self.backoff.failing:
            return 0.0
        if moment < self.backoff.until:
            return self.backoff.until - moment
        return None if self.in_flight else 0.0

    def answered(self, moment: float, wall: float) -> None:
        """It answered, be it that it refused a query."""
        back = self.backoff.failing
        self.backoff.succeeded()
        self.good_at, self.good_moment, self.error = wall, moment, None
        if back:
            self.tell()

    def failed(self, error: SourceError, moment: float, began: float) -> None:
        """It failed; everybody leaves it alone for a while."""
        self.error = error
        self.backoff.failed(moment, began, error.retry_after)
        self.tell()

    def blames(self, error: SourceError, began: float) -> bool:
        """Whether a failure tells of the server rather than of the query: as for metrics (noc.engine.link)."""
        if isinstance(error, Overloaded) and (error.status == 429 or error.retry_after is not None):
            return True
        if isinstance(error, BadQuery) or (isinstance(error, Timeout) and error.status is not None):
            return False
        return type(error) is not SourceError and self.good_moment < began

    def tell(self) -> None:
        for listener in list(self.listeners):
            listener()

    def health(self, clock: Clock, pace: float) -> ServerHealth:
        wait = self.backoff.until - clock.monotonic()
        return ServerHealth(
            name=self.name,
            kind="loki",
            asked=self.asked,
            good_at=self.good_at,
            error=self.error,
            next_try=clock.now() + max(0.0, wait) * pace if self.backoff.failing else None,
            skew=self.skew.worth_telling,
        )
