"""A threshold says from which value on a number is in trouble, and how much."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from noc.model.severity import Severity, worst


@dataclass(frozen=True, slots=True)
class Threshold:
    """Crossed when the value is strictly above (or below) ``value``, in the panel's base unit (seconds, ratio, ...)."""

    value: float
    severity: Severity
    below: bool = False
    label: str = ""

    def crossed(self, value: float) -> bool:
        if math.isnan(value):
            return False
        return value < self.value if self.below else value > self.value


def severity_of(value: float | None, thresholds: Iterable[Threshold]) -> Severity:
    """The worst crossed threshold; ok when none is, or when there is no value."""
    if value is None:
        return Severity.OK
    return worst([threshold.severity for threshold in thresholds if threshold.crossed(value)])
