"""Samples kept from query to query: a chart of a day that is asked for every half minute reads five minutes of lines.

What is extracted from a span of the past does not depend on window, step or offset, so it is kept in blocks of equal
length by what was extracted, the least used ones going first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Final

import numpy as np

from noc.demo.logql.extraction import Extracted, Times, Values
from noc.model.logs import SECOND
from noc.model.series import Labels

BLOCK: Final = 300 * SECOND
ROOM: Final = 2_000_000
"""Samples kept at most, 16 bytes each; a series of a block counts as 20 more."""

Run = Callable[[int, int], Extracted]
"""Extracts what lies between two times, the end excluded."""


class Kept:
    """Blocks of samples; safe to share between threads."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._blocks: OrderedDict[tuple[Hashable, int], Extracted] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def read(self, key: Hashable, run: Run, start: int, end: int, settled: int) -> Extracted:
        """Samples with start <= at < end. Whole blocks before ``settled`` are kept under ``key``."""
        first, last = -(-start // BLOCK), min(end, settled) // BLOCK
        if first >= last:
            return run(start, end)
        parts = [run(start, first * BLOCK)] if start < first * BLOCK else []
        block = first
        while block < last:
            held = self._held(key, block)
            if held is not None:
                parts.append(held)
                block += 1
                continue
            missing = block + 1
            while missing < last and (key, missing) not in self._blocks:
                missing += 1
            found = _split(run(block * BLOCK, missing * BLOCK), range(block, missing))
            for number, one in zip(range(block, missing), found, strict=True):
                self._keep(key, number, one)
            parts.extend(found)
            block = missing
        return _joined([*parts, run(last * BLOCK, end)] if last * BLOCK < end else parts)

    def _held(self, key: Hashable, block: int) -> Extracted | None:
        with self._lock:
            held = self._blocks.get((key, block))
            if held is not None:
                self._blocks.move_to_end((key, block))
            return held

    def _keep(self, key: Hashable, block: int, found: Extracted) -> None:
        with self._lock:
            if (key, block) in self._blocks:
                return
            self._blocks[key, block] = found
            self._size += _weight(found)
            while self._size > self._room:
                self._size -= _weight(self._blocks.popitem(last=False)[1])


def _weight(found: Extracted) -> int:
    return 20 + sum(20 + len(times) for times, _ in found.series.values()) + 20 * len(found.faults)


def _split(whole: Extracted, blocks: range) -> list[Extracted]:
    """One for each block. What it cost to read them is told by the first."""
    parts = [Extracted() for _ in blocks]
    parts[0].lines, parts[0].bytes = whole.lines, whole.bytes
    edges = np.array([block * BLOCK for block in blocks[1:]], dtype=np.int64)
    for labels, (times, values) in whole.series.items():
        cuts = np.searchsorted(times, edges)
        pieces = zip(parts, np.split(times, cuts), np.split(values, cuts), strict=True)
        for part, moments, held in pieces:
            if len(moments):
                part.series[labels] = (moments.copy(), held.copy())
    for at, labels in whole.faults:
        parts[at // BLOCK - blocks[0]].faults.append((at, labels))
    return parts


def _joined(parts: Sequence[Extracted]) -> Extracted:
    gathered: dict[Labels, list[tuple[Times, Values]]] = {}
    whole = Extracted()
    for part in parts:
        whole.lines += part.lines
        whole.bytes += part.bytes
        whole.faults += part.faults
        for labels, samples in part.series.items():
            gathered.setdefault(labels, []).append(samples)
    for labels, pieces in gathered.items():
        times, values = zip(*pieces, strict=True)
        whole.series[labels] = (np.concatenate(times), np.concatenate(values))
    return whole
