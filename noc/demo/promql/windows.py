"""The samples of range vectors for all series and steps: one flat array of samples and the bounds of each window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc.demo.promql.values import Floats, Ints, Mask
from noc.model.series import Labels


@dataclass(frozen=True)
class Windows:
    """Range vectors. Window (series, step) is ``times[low:high]`` and ``values[low:high]`` of the flat arrays.

    ``times`` are milliseconds. ``start`` and ``end`` are the window's edges for each step, ``at`` the evaluation time.
    """

    labels: Sequence[Labels]
    times: Ints
    values: Floats
    low: Ints
    high: Ints
    start: Ints
    end: Ints
    at: Ints

    @classmethod
    def cut(
        cls,
        series: Sequence[tuple[Labels, Ints, Floats]],
        edges: tuple[Ints, Ints],
        at: Ints,
        left_open: bool,
    ) -> Windows:
        """The windows between ``edges`` (start and end of each step) of every series; the right edge is inside."""
        start, end = edges
        low = np.empty((len(series), len(at)), dtype=np.int64)
        high = np.empty_like(low)
        offset = 0
        previous: Ints | None = None
        for row, (_, times, _) in enumerate(series):
            if times is not previous:
                previous = times
                first = np.searchsorted(times, start, "right" if left_open else "left")
                stop = np.searchsorted(times, end, "right")
            low[row], high[row] = first + offset, stop + offset
            offset += len(times)
        times = np.concatenate([times for _, times, _ in series] or [np.zeros(0, dtype=np.int64)])
        values = np.concatenate([values for _, _, values in series] or [np.zeros(0)])
        return cls([labels for labels, _, _ in series], times, values, low, np.maximum(low, high), start, end, at)

    @cached_property
    def counts(self) -> Ints:
        return self.high - self.low

    def at_index(self, array: NDArray[Any], index: Ints, needed: int = 1) -> NDArray[Any]:
        """``array[index]`` for windows of at least ``needed`` samples, its first element elsewhere."""
        if not len(array):
            return np.zeros(index.shape, dtype=array.dtype)
        return np.asarray(array[np.where(self.counts >= needed, index, 0)])

    def first(self) -> Floats:
        return self.at_index(self.values, self.low)

    def last(self, back: int = 0) -> Floats:
        """The last value, or the one ``back`` samples before it."""
        return self.at_index(self.values, self.high - 1 - back, back + 1)

    def first_time(self) -> Ints:
        return self.at_index(self.times, self.low)

    def last_time(self, back: int = 0) -> Ints:
        return self.at_index(self.times, self.high - 1 - back, back + 1)

    def reduced(self, ufunc: np.ufunc, array: NDArray[Any], skip: int = 0) -> NDArray[Any]:
        """``ufunc`` over each window of a flat array, without its first ``skip`` samples; zero where nothing is left."""
        filled = self.counts > skip
        result = np.zeros(self.counts.shape, dtype=array.dtype)
        if filled.any():
            bounds = np.stack([self.low[filled] + skip, self.high[filled]], axis=1).ravel()
            padded = np.append(array, array[-1:])
            result[filled] = ufunc.reduceat(padded, bounds)[::2]
        return result

    def folded(self, states: int, step: Callable[[list[Floats], Ints, Ints, int], None]) -> list[Floats]:
        """Sequential folds, one sample of every window at a time, where the order of additions matters.

        ``step(state, index, window, nth)`` gets views of ``states`` arrays for the windows that still have a sample, the
        samples' flat indices, the windows' flat numbers and how many samples were seen, this one included; it updates the views in place.
        """
        counts = self.counts.ravel()
        order = np.argsort(-counts, kind="stable")
        low, ascending = self.low.ravel()[order], np.sort(counts)
        state = [np.zeros(len(order)) for _ in range(states)]
        for nth in range(int(ascending[-1]) if len(ascending) else 0):
            active = len(order) - int(np.searchsorted(ascending, nth, "right"))
            step([array[:active] for array in state], low[:active] + nth, order[:active], nth + 1)
        results = []
        for array in state:
            result = np.empty_like(array)
            result[order] = array
            results.append(result.reshape(self.counts.shape))
        return results

    def stacked(self) -> Iterator[tuple[Mask, Floats]]:
        """Windows of equal length together: a mask (series, steps) and their samples, shape (windows, samples)."""
        for count in np.unique(self.counts):
            if count:
                chosen = self.counts == count
                yield chosen, self.values[self.low[chosen][:, None] + np.arange(count)]


def kahan_add(increment: Floats, total: Floats, rest: Floats) -> None:
    """Neumaier's compensated addition in place, as Prometheus sums since 2.42."""
    raised = total + increment
    rest += np.where(np.abs(total) >= np.abs(increment), (total - raised) + increment, (increment - raised) + total)
    total[:] = raised
