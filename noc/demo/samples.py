"""What the evaluator reads: raw samples of selected series, as a time series database would hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noc.model.series import Labels

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LabelMatcher:
    """``name op value`` with op one of ``=``, ``!=``, ``=~``, ``!~``; regular expressions are fully anchored."""

    name: str
    op: str
    value: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.value, re.DOTALL)

    def matches(self, value: str) -> bool:
        """Whether a label value matches; an absent label is the empty string."""
        if self.op == "=":
            return value == self.value
        if self.op == "!=":
            return value != self.value
        hit = self._pattern.fullmatch(value) is not None
        return hit if self.op == "=~" else not hit


@dataclass(frozen=True)
class Samples:
    """One raw series: times (unix seconds, millisecond precision, ascending) and values of equal length."""

    labels: Labels
    times: Floats
    values: Floats


class SampleSource(Protocol):
    """Holds raw samples: the demo's world, or a table of recorded scrapes in a test."""

    def select(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Samples]:
        """All series that match every matcher, with their samples where start <= t <= end; none without samples."""

    def label_names(self) -> set[str]: ...

    def series(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Labels]: ...
