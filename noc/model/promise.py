"""A promise of availability, held against what was measured (a service level objective).

The error budget is the share that may fail, ``1 - objective``. Spent of it is ``(1 - share) / budget``, left
``1 - spent``, negative once it is overdrawn. A window burns at ``(1 - share of the window) / budget``: at rate 1 the
budget lasts exactly for the promise's period (Site Reliability Workbook, chapter 5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from noc.model.severity import Severity, worst


@dataclass(frozen=True, slots=True)
class Promise:
    """``objective`` and ``share`` between 0 and 1, ``window`` in seconds; ``burns`` the share in each burn window, None
    where it is not known. ``alarm``: the first window's burn rate from which it is HIGH."""

    objective: float
    window: float
    share: float
    burns: tuple[float | None, ...] = ()
    alarm: float = 14.4

    @property
    def budget(self) -> float:
        """The share that may fail."""
        return 1 - self.objective

    @property
    def spent(self) -> float:
        """Of the budget: 1 is all of it."""
        return (1 - self.share) / self.budget

    @property
    def left(self) -> float:
        """Of the budget; negative: overdrawn."""
        return 1 - self.spent

    @property
    def seconds(self) -> float:
        """The whole budget as time of complete failure."""
        return self.budget * self.window

    @property
    def seconds_left(self) -> float:
        return self.left * self.seconds

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left; what a sum of floats leaves over is nothing."""
        return self.left <= 1e-9

    @property
    def rates(self) -> tuple[float | None, ...]:
        """The burn rate of each burn window."""
        return tuple(None if share is None or math.isnan(share) else (1 - share) / self.budget for share in self.burns)

    def severity_of_rate(self, index: int) -> Severity:
        """MEDIUM where a window uses the budget up before its period ends, HIGH above the alarm in the first one."""
        rate = self.rates[index]
        if rate is None or rate <= 1 + 1e-9:
            return Severity.OK
        return Severity.HIGH if index == 0 and rate > self.alarm else Severity.MEDIUM

    @property
    def severity(self) -> Severity:
        """HIGH when the budget is gone or burns above the alarm, MEDIUM while every window burns too fast: a short one
        alone is noise."""
        found = [self.severity_of_rate(index) for index in range(len(self.burns))]
        calm = not found or any(one is Severity.OK for one in found)
        rates = [one for one in found if one is Severity.HIGH or not calm]
        return worst([*rates, Severity.HIGH if self.exhausted else Severity.OK])
