"""What the evaluator reads: log lines of selected streams, as a log database would hold them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Protocol

from noc.demo.samples import LabelMatcher, selected
from noc.model.logs import LogLine, in_order
from noc.model.series import Labels


class LineSource(Protocol):
    """Holds log lines: the demo's world, or a list in a test. Times are unix nanoseconds; ``end`` is exclusive."""

    def lines(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> Iterator[LogLine]:
        """Lines of all streams that match every matcher, with start <= at < end, oldest first.

        ``metadata`` is what the server keeps beside a line: structured metadata with ``detected_level``.
        """

    def streams(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> list[Labels]:
        """Label sets of the matching streams with a line in the window."""


class LineTable:
    """A LineSource over lines held in memory: recordings read back, tests, small demos."""

    def __init__(self, lines: Sequence[LogLine]) -> None:
        self._lines = in_order(list(lines))
        self._times = [line.at for line in self._lines]

    def lines(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> Iterator[LogLine]:
        taken: dict[Labels, bool] = {}
        for line in self._lines[bisect_left(self._times, start) : bisect_left(self._times, end)]:
            take = taken.get(line.labels)
            if take is None:
                take = taken[line.labels] = selected(line.labels, matchers)
            if take:
                yield line

    def streams(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> list[Labels]:
        return sorted({line.labels for line in self.lines(matchers, start, end)})
