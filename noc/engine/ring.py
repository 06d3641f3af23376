"""The points of one range query: a ring of floats per series, aligned to the query's time grid.

A window that moves on overwrites only what left it, so merging costs the new points and nothing else, and a wall that
runs for months never grows. Presence is kept beside the values: a stored NaN is a value, a missing point is not.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import compress

from noc.engine.window import Gap, TimeGrid
from noc.model.series import Labels, Series


class _Row:
    """One series: ``values[k % n]`` counts only where ``present[k % n]`` is 1."""

    __slots__ = ("count", "present", "values")

    def __init__(self, length: int) -> None:
        self.values = array("d", bytes(8 * length))
        self.present = bytearray(length)
        self.count = 0

    def put(self, slot: int, value: float) -> None:
        self.count += 1 - self.present[slot]
        self.present[slot] = 1
        self.values[slot] = value

    def fill(self, slot: int, values: array[float]) -> None:
        """Put a run of values into consecutive slots that do not wrap."""
        stop = slot + len(values)
        self.count += len(values) - self.present.count(1, slot, stop)
        self.present[slot:stop] = b"\1" * len(values)
        self.values[slot:stop] = values

    def drop(self, slot: int, stop: int) -> None:
        gone = self.present.count(1, slot, stop)
        if gone:
            self.count -= gone
            self.present[slot:stop] = bytes(stop - slot)


class Ring:
    """Series of one query within one window of ``grid.length`` points."""

    def __init__(self, grid: TimeGrid) -> None:
        self._grid = grid
        self._rows: dict[Labels, _Row] = {}
        self._start = 0
        self._end = -1  # an empty window

    @property
    def points(self) -> int:
        """Slots held, filled or not: 9 bytes each."""
        return len(self._rows) * self._grid.length

    def __len__(self) -> int:
        return len(self._rows)

    def merge(self, gap: Gap, series: Iterable[Series], limit: int) -> int:
        """Replace everything from ``gap.first`` on by the answer, for every series, also those absent from it.

        Points outside the gap are ignored (Loki answers one step into the future). Returns how many new series were
        left out because ``limit`` are kept already.
        """
        self._forget(gap)
        left_out = 0
        for one in series:
            row = self._rows.get(one.labels)
            if row is None:
                if len(self._rows) >= limit:
                    left_out += 1
                    continue
                row = self._rows[one.labels] = _Row(self._grid.length)
            self._insert(row, gap, one)
        for labels in [labels for labels, row in self._rows.items() if not row.count]:
            del self._rows[labels]
        return left_out

    def _insert(self, row: _Row, gap: Gap, one: Series) -> None:
        """Put the points of one series where they belong; a run without gaps goes in at once."""
        grid, length = self._grid, self._grid.length
        if not one.times:
            return
        first, last = grid.nearest(one.times[0] + grid.shift), grid.nearest(one.times[-1] + grid.shift)
        if last - first + 1 == len(one.times) and gap.first <= first and last <= gap.end:
            slot, room = first % length, length - first % length
            row.fill(slot, one.values[:room])
            row.fill(0, one.values[room:])
            return
        for time, value in zip(one.times, one.values, strict=True):
            point = grid.nearest(time + grid.shift)
            if gap.first <= point <= gap.end:
                row.put(point % length, value)

    def _forget(self, gap: Gap) -> None:
        """Empty the slots of points that left the window and of those about to be replaced; then move the window."""
        if gap.start < self._start or gap.start > self._end:
            self._rows.clear()
        else:
            self._empty(self._start, gap.start - 1)
            self._empty(max(gap.first, gap.start), self._end)
        for labels in [labels for labels, row in self._rows.items() if not row.count]:
            del self._rows[labels]
        self._start, self._end = gap.start, gap.end

    def _empty(self, first: int, last: int) -> None:
        if last < first:
            return
        length = self._grid.length
        slot, count = first % length, min(last - first + 1, length)
        wrapped = max(0, slot + count - length)
        for row in self._rows.values():
            row.drop(slot, slot + count - wrapped)
            if wrapped:
                row.drop(0, wrapped)

    def series(self) -> tuple[Series, ...]:
        """Every series with its present points, by labels; times on the wall's axis (``shift`` already undone)."""
        grid = self._grid
        times = array("d", (grid.time(point) for point in range(self._start, self._end + 1)))
        cut = self._start % grid.length
        found = []
        for labels in sorted(self._rows):
            row = self._rows[labels]
            present = row.present[cut:] + row.present[:cut]
            values = row.values[cut:] + row.values[:cut]
            found.append(Series(labels, array("d", compress(times, present)), array("d", compress(values, present))))
        return tuple(found)
