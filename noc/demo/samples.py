"""What the evaluator reads: raw samples of selected series, as a time series database would hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noc.model.regex import compiled
from noc.model.series import Labels

Floats = NDArray[np.float64]

STALE_BITS = 0x7FF0000000000002
"""The NaN that ends a series at once; selectors see nothing where it is the newest sample."""


@dataclass(frozen=True)
class LabelMatcher:
    """``name op value`` with op one of ``=``, ``!=``, ``=~``, ``!~``; regular expressions are fully anchored."""

    name: str
    op: str
    value: str

    def matches(self, value: str) -> bool:
        """Whether a label value matches; an absent label is the empty string."""
        if self.op == "=":
            return value == self.value
        if self.op == "!=":
            return value != self.value
        hit = compiled(self.value).fullmatch(value) is not None
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


class SampleTable:
    """A SampleSource over recorded series held in memory: scrapes read back, tests, small demos."""

    def __init__(self, series: Sequence[Samples]) -> None:
        self._series = tuple(series)

    def select(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Samples]:
        """All matching series, cut to start <= t <= end (unix seconds); none without samples."""
        found = []
        for samples in self._matching(matchers):
            low, high = np.searchsorted(samples.times, start, "left"), np.searchsorted(samples.times, end, "right")
            if low < high:
                found.append(Samples(samples.labels, samples.times[low:high], samples.values[low:high]))
        return found

    def label_names(self) -> set[str]:
        return {name for samples in self._series for name, _ in samples.labels}

    def series(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Labels]:
        return [samples.labels for samples in self.select(matchers, start, end)]

    def _matching(self, matchers: Sequence[LabelMatcher]) -> list[Samples]:
        return [samples for samples in self._series if selected(samples.labels, matchers)]


def selected(labels: Labels, matchers: Sequence[LabelMatcher]) -> bool:
    """Whether a label set satisfies every matcher."""
    values = dict(labels)
    return all(matcher.matches(values.get(matcher.name, "")) for matcher in matchers)
