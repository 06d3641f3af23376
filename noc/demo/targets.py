"""Scrape targets of the world: when each is scraped, since when its process runs, and when it is away."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from noc.demo.samples import Floats


@dataclass(frozen=True)
class ScrapeTarget:
    """``starts`` are the process' starts, ascending (unix seconds); ``gaps`` when it does not answer: from, to.

    Scrape number k is at ``k * interval + offset``, to the millisecond.
    """

    job: str
    instance: str
    interval: float
    offset: float
    starts: tuple[float, ...]
    gaps: tuple[tuple[float, float], ...] = ()

    def scrapes(self, start: float, end: float) -> tuple[int, int]:
        """The first scrape within start <= t <= end, and the one after the last."""
        first = ceil(round((start - self.offset) / self.interval, 6))
        last = floor(round((end - self.offset) / self.interval, 6))
        return first, max(first, last + 1)

    def times(self, first: int, stop: int) -> Floats:
        """When the scrapes first ... stop-1 happen."""
        return np.asarray(np.round(np.arange(first, stop, dtype=np.float64) * self.interval + self.offset, 3))

    def since(self, times: Floats) -> Floats:
        """The start of the process that runs at each time."""
        which = np.searchsorted(self.starts, times, "right") - 1
        return np.asarray(np.asarray(self.starts)[np.maximum(which, 0)])

    def alive(self, times: Floats) -> NDArray[np.bool_]:
        """Whether the target answers at each time."""
        answers = np.ones(times.shape, dtype=bool)
        for begin, end in self.gaps:
            answers &= ~((times >= begin) & (times < end))
        return answers
